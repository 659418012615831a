"""Public functions and classes say in words of their own what they were given instead of what they take."""

import inspect
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from spikelut import export, hw_profiles, quant, surrogates, training

HOLDERS = {"Batch", "Callback", "ChipFit", "Logger", "SpikeCount", "param"}
"""They hold what functions of ours make, and check nothing, or have no arguments; `param` takes any number or none."""

LOGGERS = {"MLflowLogger", "TensorBoardLogger", "WandbLogger"}
"""They tell first which package is missing."""

ALLOWED = ("must", "give", "not an ONNX", "not a valid", "not an integer network", "not an array", "name one")


class Unknown:
    def __repr__(self) -> str:
        return "<unknown>"


WRONG = {"None": None, "number": 3, "text": "nowhere", "tensor": torch.zeros(3), "object": Unknown()}


def of_users(value: object, name: str) -> bool:
    """Whether one calls it: no warnings and errors, nothing abstract, nothing that only describes types."""
    if inspect.isclass(value):
        described = typing.is_typeddict(value) or getattr(value, "_is_protocol", False) or inspect.isabstract(value)
        return not (described or issubclass(value, Warning | Exception) or name in HOLDERS | LOGGERS)
    return inspect.isfunction(value) and name not in HOLDERS


def callables() -> list[Any]:
    offered = [(m, n, getattr(m, n)) for m in (surrogates, hw_profiles, quant, export, training) for n in dir(m)]
    found = [(f"{m.__name__}.{n}", value) for m, n, value in offered if n[0] != "_" and of_users(value, n)]
    return [pytest.param(value, id=name) for name, value in found]


def answer(function: Callable[..., Any], wrong: Any) -> str:
    """What it says to being given nothing else; nothing where it takes that, or there is no such file."""
    given = inspect.signature(function).parameters.values()
    needed = [one for one in given if one.default is one.empty]
    places = [one for one in needed if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    names = {one.name: wrong for one in needed if one.kind is one.KEYWORD_ONLY}
    try:
        function(*[wrong] * max(1, len(places)), **names)
    except (TypeError, ValueError) as error:
        return str(error)
    except FileNotFoundError:
        return ""
    return ""


@pytest.mark.parametrize("function", callables())
def test_what_is_of_the_wrong_kind_is_refused_in_words(
    function: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = {name: answer(function, wrong) for name, wrong in WRONG.items()}
    raw = {name: text for name, text in said.items() if text and not any(word in text for word in ALLOWED)}
    assert not raw


def test_there_are_many() -> None:
    assert len(callables()) > 200
