"""An argument that is what it cannot be is refused, in words that say what it must be."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from public_calls import CALLS, OTHERS, of_files


class Unknown:
    def __repr__(self) -> str:
        return "<unknown>"


WRONG: tuple[Any, ...] = ("x", None, True, float("nan"), Unknown(), -1, [])

TAKEN = {
    "None": ("message_bits", "schedule", "clip_norm", "seed"),
    "[]": ("regularizers", "metrics", "callbacks", "loggers"),
    "'x'": ("path", "folder", "name"),
    "-1": ("frac", "beta"),  # beta of a chip whose leak is taken off: so -1 is one of 2
}
"""Which of these are right for what arguments, though another is the default."""

TAKEN_BY = {
    ("ApFixed", "integer", "-1"),
    ("FloatLIF", "surrogate", "None"),
    ("FoldedBatchNorm", "momentum", "None"),
    ("delta", "start", "-1"),
    ("threshold_levels", "low", "-1"),
    ("to_nir", "path", "None"),
}


def answer(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What it says to these arguments; nothing where it takes them or there is no such file."""
    try:
        call(*args, **kwargs)
    except (TypeError, ValueError) as error:
        return str(error)
    except OSError:
        return "no such file: the path must be there"
    return ""


def wrong_calls(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """One argument after the other is what it cannot be: its name, the value, what is said to it."""
    parameters = inspect.signature(call).parameters
    for place, (name, parameter) in enumerate(parameters.items()):
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        for wrong in WRONG:
            left_out = wrong is None and parameter.default is None
            flag = wrong is True and "bool" in str(parameter.annotation)
            right = name in TAKEN.get(repr(wrong), ()) or (call.__name__, name, repr(wrong)) in TAKEN_BY
            if not (left_out or flag or right):
                given = (*args[:place], wrong, *args[place + 1 :]) if place < len(args) else args
                yield name, wrong, answer(call, given, kwargs if place < len(args) else kwargs | {name: wrong})


def refuses(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """How many wrong arguments are refused in words; the others fail the test."""
    found = list(wrong_calls(call, args, kwargs))
    for name, wrong, text in found:
        assert any(word in text for word in ("must", "give", "need", "are for")), f"{name} = {wrong!r}: {text}"
    return len(found)


@pytest.mark.parametrize(("call", "args", "kwargs"), CALLS + OTHERS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_an_argument_cannot_be_is_refused_in_words(
    call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    # What records spikes has a flag alone, which has a test of its own.
    assert refuses(call, args, kwargs) > 0 or call.__name__ == "recorded"


def test_so_it_is_of_what_reads_files(tmp_path: Path) -> None:
    assert all(refuses(*one) > 10 for one in of_files(tmp_path))
