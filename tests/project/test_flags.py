"""Flags take True and False alone: "no", of a file or a form, would otherwise be taken for True without a word."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from public_calls import CALLS, DATA, LOIHI, X, floats, network

from spikelut import export, quant, training

ELSEWHERE = {"progress", "keep_start", "events", "beyond_the_chip"}
"""Flags that have a third value, or say what they must be in words of their own."""


@pytest.mark.parametrize(("call", "args", "kwargs"), CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_word_is_no_flag(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    found = {name: p for name, p in inspect.signature(call).parameters.items() if "bool" in str(p.annotation)}
    flags = (set(found) | {name for name in kwargs if isinstance(kwargs[name], bool)}) - ELSEWHERE
    assert flags
    for name in flags:
        with pytest.raises(ValueError, match=rf"{name} must be (True or False|true or false), got 'no'"):
            call(*args, **kwargs | {name: "no"})


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_gradients_are_taken_in_any_mode(mode: Callable[[], Any], tmp_path: Path) -> None:
    made, trained = floats(), network()
    short = quant.Calibration(iterations=1)
    wanted = quant.convert(made, LOIHI, X, weight_bits=2, calibrate=short)
    with mode():
        found = quant.convert(made, LOIHI, X.clone(), weight_bits=2, calibrate=short)
        export.to_train_step(trained, X.clone(), tmp_path / "step.onnx")
    pairs = zip(wanted.model.state_dict().values(), found.model.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert not any(value.is_inference() for value in found.model.parameters())


def test_parameters_of_inference_mode_are_refused(tmp_path: Path) -> None:
    with torch.inference_mode():
        model = network()
    message = r"model must be made outside of torch.inference_mode\(\), for gradients"
    with pytest.raises(ValueError, match=f"fit: {message}"):
        training.fit(model, DATA, epochs=1)
    with pytest.raises(ValueError, match=f"to_train_step: {message}"):
        export.to_train_step(model, X, tmp_path / "step.onnx")
