"""What the forward of a float network does, in whichever way it can be run: whole, a step at a time, layer by layer."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut._torch import children
from spikelut.quant.conversion.float_leaves import STEP_AT_A_TIME, FloatLeaves
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.network.network import INPUT
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.reading.trace import Trace, trace
from spikelut.quant.reading.traced import Refusal
from spikelut.quant.weights.module_reading import LAYERS, classes_of, kind_of, own_part, require_plain

RUN = (
    nn.Flatten, nn.Unflatten, nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d,
    nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.Upsample, nn.UpsamplingNearest2d,
    nn.ZeroPad1d, nn.ZeroPad2d,
)  # fmt: skip
"""Torch's layers that are read by running them, each on [N, ...]."""
END = "model must end with neurons, or with weights after them"
DECODING = (nn.Softmax, nn.LogSoftmax)
HOLDING = (nn.Sequential, nn.ModuleList, nn.ModuleDict)


@dataclass
class FloatTrace:
    """The calls of a model, the class of its layers, and how it was run.

    `by_steps`: whether it takes a step at a time; `one_by_one`: whether its layers were called one after the other;
    `constant`: whether it takes what stays the same, and makes the time steps itself.
    """

    trace: Trace
    leaves: FloatLeaves
    by_steps: bool
    one_by_one: bool
    constant: bool = False


class OneByOne(nn.Module):
    """The layers of a Sequential, nested or not, one after the other, each on what it takes.

    Those for [B, ...], as convolutions and batch norm, get all steps at once; neurons that take a step get each.
    """

    def __init__(self, layers: dict[str, nn.Module], kinds: Kinds) -> None:
        super().__init__()
        self.kinds, self.frames = kinds, set()
        for name, module in layers.items():
            place, inner = name.replace(".", "/"), unwrapped(module)
            self.add_module(place, inner)
            if inner is not module or _takes_frames(inner, kinds):
                self.frames.add(place)

    def forward(self, x: Tensor) -> Tensor:
        """[T, B, ...] to [T, B, ...]."""
        for place, module in children(self).items():
            x = self._through(place, module, x)
        return x

    def _through(self, place: str, module: Any, x: Tensor) -> Tensor:
        if self.kinds.takes_steps(module):
            return torch.stack([spikes_of(module, module(x[t])) for t in range(len(x))])
        if place not in self.frames:
            return spikes_of(module, module(x))
        flat: Tensor = module(x.flatten(0, 1))
        return flat.reshape(*x.shape[:2], *flat.shape[1:])


def unwrapped(module: nn.Module) -> nn.Module:
    """The module in a `TimeDistributed`, or the module."""
    return module.module if isinstance(module, TimeDistributed) else module


def _takes_frames(module: Any, kinds: Kinds) -> bool:
    """Whether a layer takes [N, ...]."""
    if getattr(module, "step_mode", "s") == "m" or type(module).__module__.startswith("spikelut"):
        return False
    if isinstance(module, nn.Flatten):
        return module.start_dim != 2
    if isinstance(module, nn.Unflatten):
        return module.dim in (1, -1)
    return kind_of(
        module, (*kinds.norms, *kinds.weights, *kinds.nothing, *_votes(), *RUN)
    ) is not None and not isinstance(module, nn.Linear)


def spikes_of(module: Any, out: Any) -> Tensor:
    """Spikes of what a layer returned, or of a read-out membranes."""
    if getattr(module, "reset_mechanism", "") == "none":
        if isinstance(out, tuple):
            return out[-1]  # type: ignore[no-any-return]  # membranes come last
        return out if type(out) is not Tensor else torch.as_tensor(module.mem)  # what is traced is the membrane
    return out[0] if isinstance(out, tuple) else out  # type: ignore[no-any-return]


def layers_of(model: nn.Module, kinds: Kinds, prefix: str = "") -> dict[str, nn.Module] | None:
    """The layers of plain Sequentials by their paths; None if there is anything else than layers."""
    if not isinstance(model, nn.Sequential) or own_part(model, nn.Sequential) is not None:
        return None
    found: dict[str, nn.Module] = {}
    for name, module in children(model).items():
        assert module is not None  # a Sequential has no empty places
        if isinstance(module, nn.Sequential):
            inner = layers_of(module, kinds, f"{prefix}{name}.")
            if inner is None:
                return None
            found |= inner
        elif kinds.of(module) is not None or isinstance(module, (*RUN, *_votes(), TimeDistributed)):
            found[f"{prefix}{name}"] = module
        else:
            return None
    return found


def _votes() -> tuple[type, ...]:
    return classes_of("spikingjelly.activation_based.layer", "VotingLayer")


def traced(model: nn.Module, shapes: Mapping[str, tuple[int, ...]], kinds: Kinds) -> FloatTrace:
    """What a model does to events of these shapes; ValueError for what is not read.

    A single one is called `input`; others are given by the names of forward's arguments.
    """
    _check_layers(model, kinds)
    by_name = set(shapes) != {INPUT}
    layers = None if by_name else layers_of(model, kinds)
    if layers is not None:
        require(bool(layers), "convert", END, list(layers))
        # A layer that stands twice has a name for each place.
        inner = {name: unwrapped(module) for name, module in layers.items()}
        again = {name for name, module in inner.items() if _before(inner, name, module)}
        apart = {name: copy.copy(inner[name]) if name in again else layers[name] for name in layers}
        leaves = FloatLeaves(kinds)
        try:
            made = trace("convert", OneByOne(apart, kinds), shapes, leaves)
        except Refusal as error:
            raise ValueError(str(error).replace("/", ".")) from None
        made.calls = [replace(call, where=call.where.replace("/", ".")) for call in made.calls]
        return FloatTrace(made, leaves, False, True)
    steps = any(kinds.takes_steps(module) for module in model.modules())
    alone = all(shape[0] == 1 for shape in shapes.values())
    ways = [(False, False), *([(True, False)] if steps else []), *([(False, True)] if alone else [])]
    said: list[Refusal] = []
    for by_steps, constant in ways:
        leaves = FloatLeaves(kinds)
        options: dict[str, Any] = {"stepwise": by_steps, "constant": constant, "keywords": by_name}
        try:
            made = trace("convert", model, shapes, leaves, **options)
        except Refusal as error:
            said.append(error)
            continue
        return FloatTrace(made, leaves, by_steps, False, constant)
    raise said[0] if STEP_AT_A_TIME not in str(said[0]) else said[-1]


def _before(layers: dict[str, nn.Module], name: str, module: nn.Module) -> bool:
    return next(other for other, m in layers.items() if m is module) != name


def _check_layers(model: nn.Module, kinds: Kinds) -> None:
    """ValueError for a layer of a class that is known not to be read, and for hooks."""
    for path, module in _outer(model, "", kinds):
        where = f"convert: layer {path!r}" if path else "convert: model"
        if isinstance(module, nn.Sequential) and "hook" in (own_part(module, nn.Sequential) or ""):
            require_plain(where, module, nn.Sequential, "write it as a torch.nn.Sequential of layers")
        if isinstance(module, TimeDistributed):
            require_plain(where, module, TimeDistributed, LAYERS)
            kind = kinds.of(module.module)
            steps = kind in kinds.neurons or kind in kinds.shapes
            message = "must not stand in a TimeDistributed, as it takes all steps"
            require(not steps, where, message, type(module.module).__name__)
        if not _is_read(module, kinds):
            raise ValueError(f"{where}: must be {kinds.names}, got {type(module).__name__}")


def _outer(module: nn.Module, path: str, kinds: Kinds) -> Iterator[tuple[str, nn.Module]]:
    """The modules by their paths, but for those within layers."""
    yield path, module
    if kinds.of(module) is None and not _is_theirs(module):
        for name, child in children(module).items():
            if child is not None:
                yield from _outer(child, f"{path}.{name}" if path else name, kinds)


def _is_theirs(module: nn.Module) -> bool:
    """Whether it is a layer of neurons of another library."""
    return type(module).__module__.startswith(("spikingjelly.activation_based.neuron", "snntorch."))


def _is_read(module: nn.Module, kinds: Kinds) -> bool:
    """Whether a module is read, or is run to be read."""
    if kinds.of(module) is not None or isinstance(module, (*RUN, *DECODING, *HOLDING)):
        return True
    unwritten = type(module).forward is nn.Module.forward
    torchs = type(module).__module__.startswith("torch.nn.modules")
    return not (unwritten or torchs or _is_theirs(module))
