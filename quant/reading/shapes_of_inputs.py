"""Running a model's forward on inputs of a shape: the one of an example, or one that the layers tell."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from spikelut._checks import require, require_type
from spikelut.quant.network.network import INPUT
from spikelut.quant.reading.chains import Read
from spikelut.quant.reading.qat_layers import WEIGHTED, QatLayers
from spikelut.quant.reading.trace import Leaves, Trace, trace
from spikelut.quant.reading.traced import Refusal
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import QuantLinear
from spikelut.quant.wiring.call import Call

SIZES = (*range(4, 33), 34, 36, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256)
"""Heights and widths that are tried where no example says them."""
STEPS, BATCH = 4, 3


def traced(who: str, model: nn.Module, example: Any, leaves: Leaves | None = None) -> Read:
    """What was read of a model that is run; ValueError where its inputs' sizes are neither given nor told by layers."""
    names, leaves = arguments_of(model), leaves or QatLayers()
    if example is not None:
        shapes = shapes_of(who, example, names)
        return read_of(trace(who, model, shapes, leaves, keywords=isinstance(example, Mapping)), fixed=True)
    return _guessed(who, model, names, leaves)


def shapes_of(who: str, example: Any, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes of an example by the names of forward's arguments; a single one is called `input`."""
    require_type(who, "example", example, (Tensor, Mapping, tuple, list), "a tensor or a shape [T, B, ...], or several")
    if isinstance(example, Mapping):
        given = {str(name): _shape(who, name, part) for name, part in example.items()}
        unknown = sorted(given.keys() - set(names))
        require(not unknown, who, f"example must be of arguments of forward, {', '.join(names)}", unknown)
    elif isinstance(example, tuple | list) and example and not isinstance(example[0], int):
        require(len(example) <= len(names), who, f"example must be of arguments of forward, {names}", len(example))
        given = {name: _shape(who, name, part) for name, part in zip(names, example, strict=False)}
    else:
        given = {INPUT: _shape(who, "example", example)}
    if len(given) == 1 and not isinstance(example, Mapping):
        return {INPUT: next(iter(given.values()))}
    leading = {shape[0] for shape in given.values()}
    require(len(leading) == 1, who, "examples must have the same number of steps", sorted(leading))
    return given


def _shape(who: str, name: str, example: Any) -> tuple[int, ...]:
    shape = tuple(example.shape if isinstance(example, Tensor) else example)
    fits = len(shape) >= 3 and all(type(n) is int and n > 0 for n in shape)
    require(fits, who, f"{name} must be [T, B, ...], a tensor or its shape", shape)
    # A batch of its own, by which it is told from other sizes: in a batch of one [T * B, C] could be [T, B].
    return (shape[0], BATCH, *shape[2:])


def arguments_of(model: nn.Module) -> list[str]:
    """The names of what forward takes."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in inspect.signature(model.forward).parameters.values() if p.kind in kinds]


def read_of(made: Trace, fixed: bool) -> Read:
    """A trace as what was read."""
    steps = 1 if any(call.op == "repeat" for call in made.calls) else None
    shapes: dict[str, tuple[Any, ...]] = {name: shape[2:] for name, shape in made.inputs.items()}
    if not fixed:
        shapes = {name: (shape[0], *"HWD"[: len(shape) - 1]) for name, shape in shapes.items()}
    return Read(made.calls, shapes, made.outputs, steps=steps, ends=made.ends)


def _guessed(who: str, model: nn.Module, names: list[str], leaves: Leaves) -> Read:
    """With the sizes that the layers tell: one that fits, or any if they all lead to the same."""
    first: Any = next((module for module in model.modules() if isinstance(module, WEIGHTED)), None)
    require(
        first is not None,
        who,
        "model must be a torch.nn.Module with QuantLinear or other weights of spikelut",
        type(model).__name__,
    )
    several = [p for p in inspect.signature(model.forward).parameters.values() if p.default is p.empty]
    several = [p for p in several if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    require(len(several) <= 1, who, "example must be given of several inputs, a tuple or a dictionary", names)
    steps = 1 if any(type(module).__name__ == "Repeat" for module in model.modules()) else STEPS
    if isinstance(first, QuantLinear | DelayedLinear):
        return read_of(trace(who, model, {INPUT: (steps, BATCH, first.in_features)}, leaves), fixed=True)
    rank, found, said = len(first.kernel_size), [], None
    for size in SIZES:
        try:
            made = trace(who, model, {INPUT: (steps, BATCH, first.in_channels, *[size] * rank)}, leaves)
        except Refusal as error:
            said = said or error
            continue
        found.append(made)
        if len(found) == 2:
            break
    if not found:
        assert said is not None  # there are sizes
        raise said
    if len(found) == 1:
        return read_of(found[0], fixed=True)
    message = "example must be given, an input or its shape, as the model takes images of several sizes"
    require(_alike(*found), who, message, [list(t.inputs[INPUT][2:]) for t in found])
    return read_of(found[0], fixed=False)


def _alike(one: Trace, other: Trace) -> bool:
    """Whether two traces say the same, whatever the sizes."""

    def said(call: Call) -> Any:
        return call.op, call.name, call.inputs, id(call.module), sorted(map(repr, call.arguments.items()))

    return [said(call) for call in one.calls] == [said(call) for call in other.calls]
