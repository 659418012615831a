"""Flags take True and False alone, and arguments what they are for: others are not taken without a word."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates, training

LOIHI, XYLO, ODIN = (hw_profiles.load(name) for name in ("loihi2", "xylo", "odin"))
LUT = quant.LUTSurrogate(surrogates.Arctan(), LOIHI)
X = torch.ones(4, 2, 3)
DATA = training.SpikeDataset(torch.ones(4, 4, 3), torch.arange(4) % 2)


def network() -> nn.Module:
    return nn.Sequential(quant.QuantLinear(3, 2, profile=LOIHI), quant.LIF(LOIHI, LUT))


def floats() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 2), quant.FloatLIF(surrogates.Arctan(), reset="zero"))


def recorded(**flags: Any) -> None:
    with training.recorded_spikes(network(), **flags):
        pass


# Each with what it is given besides.
CALLS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    (quant.QuantLinear, (3, 2), {"profile": LOIHI}),
    *((kind, (3, 2, 3), {"profile": LOIHI}) for kind in (quant.QuantConv1d, quant.QuantConv2d)),
    *((kind, (3, 2, 3), {"profile": LOIHI}) for kind in (quant.QuantConvTranspose1d, quant.QuantConvTranspose2d)),
    (quant.DelayedLinear, (3, 2), {"delay": 1, "profile": LOIHI}),
    (quant.Delay, (1,), {"profile": LOIHI}),
    *((kind, (LOIHI, LUT), {}) for kind in (quant.LIF, quant.CubaLIF, quant.AdaptiveLIF)),
    (quant.LI, (LOIHI,), {}),
    (quant.Delta, (LOIHI, 0.5), {}),
    (quant.SigmaDelta, (LOIHI, 0.5), {}),
    (quant.EventLIF, (3, 2), {"profile": ODIN, "surrogate": surrogates.Arctan()}),
    (quant.EventConv2d, (3, 2, 3), {"profile": ODIN, "surrogate": surrogates.Arctan()}),
    (quant.Affine, (1.0, 0), {}),
    (quant.FixedPoint, (8, 0), {}),
    (quant.Calibration, (), {}),
    (quant.convert, (floats(), LOIHI, X), {}),
    (quant.compare_gradients, (network(), [], None), {}),
    (export.to_onnx, (network(), X, Path("none.onnx"), "integer"), {}),
    (export.to_train_step, (network(), X, Path("none.onnx")), {}),
    (training.fit, (network(), DATA), {"epochs": 1}),
    (training.eprop, (network(), DATA), {"epochs": 1}),
    (training.load, ("none.npz",), {}),
    (recorded, (), {"strict": True}),
]
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


class Unknown:
    def __repr__(self) -> str:
        return "<unknown>"


WRONG: tuple[Any, ...] = ("x", None, True, float("nan"), Unknown(), -1, [])

TAKEN = {
    "None": ("message_bits", "schedule", "clip_norm", "seed"),
    "[]": ("regularizers", "metrics", "callbacks", "loggers"),
    "'x'": ("path", "folder"),
    "-1": ("frac", "beta"),  # beta of a chip whose leak is taken off: so -1 is one of 2
}
"""Which of these are right for what arguments, though another is the default."""


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
            if not (left_out or flag) and name not in TAKEN.get(repr(wrong), ()):
                given = (*args[:place], wrong, *args[place + 1 :]) if place < len(args) else args
                yield name, wrong, answer(call, given, kwargs if place < len(args) else kwargs | {name: wrong})


@pytest.mark.parametrize(("call", "args", "kwargs"), CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_an_argument_cannot_be_is_refused_in_words(
    call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, wrong, text in wrong_calls(call, args, kwargs):
        assert any(word in text for word in ("must", "give", "need", "are for")), f"{name} = {wrong!r}: {text}"


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
