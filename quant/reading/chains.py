"""Chains of layers, which are read without being run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from torch import nn

from spikelut._checks import require
from spikelut._torch import children
from spikelut.quant.network.network import name_of_input
from spikelut.quant.neurons.event_layer import EventLayer
from spikelut.quant.reading.qat_layers import OTHERS, POOLS, SPIKING, TAKING
from spikelut.quant.weights.delay import Delay
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import QuantLinear
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, kind_of, own_part, require_plain
from spikelut.quant.weights.pooling import Repeat
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import GraphModule

FALLS_AWAY = (nn.Dropout, nn.Identity)
"""Modules that do nothing in evaluation mode."""
NAMES = "QuantLinear, QuantConv2d, LIF, IF, CubaLIF, Recurrent, LI, SumPool2d, Flatten, Repeat, Dropout or Identity"
RUN_AS_THEY_ARE = (
    nn.Unflatten, nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d,
    nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.Upsample, nn.UpsamplingNearest2d, nn.ZeroPad1d, nn.ZeroPad2d,
    nn.Dropout1d, nn.Dropout2d,
)  # fmt: skip
"""Torch's layers whose forward is read by running it."""


@dataclass
class Read:
    """What was read of a model: its `calls` in their order, its inputs' shapes after time and batch, its outputs.

    `stated`: whether the wiring is not just that of a chain. `ends`: what it does to outputs over time.
    """

    calls: list[Call]
    inputs: dict[str, tuple[Any, ...]]
    outputs: dict[str, str]
    stated: bool = True
    steps: int | None = None
    ends: list[str] = field(default_factory=list)


def chain_of(who: str, model: nn.Module) -> Read | None:
    """The layers of a `torch.nn.Sequential`, nested or not, one after the other; None where it has to be run.

    Raises ValueError for a layer in it that is not read.
    """
    found: list[tuple[str, Any, type]] = []
    if not _collect(who, "", model, found):
        return None
    before = name_of_input(path.replace(".", "_") for path, _, kind in found if kind not in FALLS_AWAY)
    read = Read([], {before: _input_shape(found)}, {}, stated=False)
    for path, module, kind in found:
        where = f"{who}: layer {path!r}"
        if kind in FALLS_AWAY:
            continue
        first = not any(c.module is not None and isinstance(c.module, TAKING) for c in read.calls)
        name, op, arguments = path.replace(".", "_"), "module", {}
        if kind in POOLS:
            require(not first, where, "must not be the first layer: pool the data instead", kind.__name__)
            op, arguments = POOLS[kind], module.window._asdict()
        elif kind is Delay:
            op, arguments = "delay", {"delays": tuple(module.delays.flatten().tolist())}
        elif kind is Repeat:
            op, arguments = "repeat", {"steps": module.steps}
        elif kind is nn.Flatten:
            require(not first, where, "must not be the first layer: flatten the data instead", "Flatten")
            dimensions = (module.start_dim, module.end_dim)
            require(dimensions == (2, -1), where, "must be nn.Flatten(2), which leaves time and batch", dimensions)
            op = "flatten"
        read.calls.append(Call(name, op, (before,), (), path, module, arguments))
        before = name
    kinds = [type(module).__name__ for module in model.children()]
    complete = any(isinstance(call.module, SPIKING) for call in read.calls)
    require(complete, who, "model must end with a LIF or another layer of neurons, or with weights after them", kinds)
    read.outputs = {"output": before}
    return read


def graph_of(who: str, model: nn.Module) -> Read | None:
    """What a `GraphModule` says of itself; None for other models.

    Raises ValueError for a layer in it that is not read.
    """
    if not isinstance(model, GraphModule) or own_part(model, GraphModule) is not None:
        return None
    for call in model.wiring:
        kind = kind_of(call.module, (*TAKING, *SPIKING, *OTHERS, nn.Flatten))
        where = f"{who}: layer {call.name!r}"
        if call.module is not None:
            require(kind is not None, where, f"must be a {NAMES}", type(call.module).__name__)
            require_plain(where, call.module, kind or nn.Module, WEIGHTS if kind in TAKING else LAYERS)
        require(call.op != "module" or call.module is not None, where, "must be there", None)
    return Read([_now(call) for call in model.wiring], model.takes, model.gives, steps=model.steps)


def _now(call: Call) -> Call:
    """A call as its layer is now: delays are values that may have changed."""
    if not isinstance(call.module, Delay):
        return call
    return replace(call, arguments={"delays": tuple(call.module.delays.flatten().tolist())})


def _collect(who: str, prefix: str, model: nn.Module, found: list[tuple[str, Any, type]]) -> bool:
    """Append the layers of a Sequential, with their paths; False where one has to be run to be read."""
    if not isinstance(model, nn.Sequential) or own_part(model, nn.Sequential) is not None:
        return False
    kinds = (*TAKING, *SPIKING, *POOLS, nn.Flatten, Repeat, Delay, *FALLS_AWAY)
    for name, module in children(model).items():
        path, where = f"{prefix}{name}", f"{who}: layer {prefix + name!r}"
        assert module is not None  # a Sequential has no empty places
        if isinstance(module, nn.Sequential):
            if not _collect(who, f"{path}.", module, found):
                return False
            continue
        kind = kind_of(module, kinds)
        if kind is None:
            theirs = type(module).__module__.startswith(("torch.nn.modules", "brevitas", "spikelut"))
            run = isinstance(module, (*RUN_AS_THEY_ARE, *OTHERS)) or not theirs or any(module.children())
            require(run, where, f"must be a {NAMES}", type(module).__name__)
            return False
        dimensions: Any = (getattr(module, "start_dim", 2), getattr(module, "end_dim", -1))
        if kind is nn.Flatten and dimensions != (2, -1) and prefix == "":
            require(False, where, "must be nn.Flatten(2), which leaves time and batch", dimensions)
        require_plain(where, module, kind, WEIGHTS if kind in TAKING else LAYERS)
        found.append((path, module, kind))
    return True


def _input_shape(found: list[tuple[str, Any, type]]) -> tuple[Any, ...]:
    first: Any = next((module for _, module, kind in found if kind in TAKING), None)
    if first is None:
        return ("N",)
    first = first.weights if isinstance(first, EventLayer) else first
    if isinstance(first, QuantLinear | DelayedLinear):
        return (first.in_features,)
    return (first.in_channels, *("H", "W")) if len(first.kernel_size) == 2 else (first.in_channels, "L")
