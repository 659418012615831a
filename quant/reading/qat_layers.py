"""Spikelut's layers as a forward calls them: each is one call of the trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from spikelut.quant.network.signal import window_count
from spikelut.quant.neurons.base import LayerOutput, MembraneOutput, Neuron, SpikingLayer
from spikelut.quant.neurons.event_layer import EventLayer
from spikelut.quant.neurons.event_lif import EventConv2d, EventLIF
from spikelut.quant.neurons.layer_kinds import LAYERS as NEURON_LAYERS
from spikelut.quant.neurons.lif import IF, LIF
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.reading.operations import features
from spikelut.quant.reading.trace import Trace
from spikelut.quant.reading.traced import Traced, Value, refuse
from spikelut.quant.weights.delay import Delay
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import (
    QuantConv1d,
    QuantConv2d,
    QuantConvTranspose1d,
    QuantConvTranspose2d,
    QuantLinear,
)
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, kind_of, require_plain
from spikelut.quant.weights.pooling import (
    GlobalSumPool,
    MaxPool1d,
    MaxPool2d,
    Repeat,
    SumPool1d,
    SumPool2d,
    Upsample,
)

CONVOLUTIONS = (QuantConv1d, QuantConv2d, QuantConvTranspose1d, QuantConvTranspose2d)
WEIGHTED: tuple[type, ...] = (QuantLinear, DelayedLinear, *CONVOLUTIONS)
NEURONS: tuple[type, ...] = (*NEURON_LAYERS, Recurrent)
EVENTS: tuple[type, ...] = (EventLIF, EventConv2d)
"""Weights and neurons in one."""
TAKING = (*WEIGHTED, *EVENTS)
"""The layers whose weights events meet."""
SPIKING = (*NEURONS, *EVENTS)
POOLS = {MaxPool1d: "max_pool", MaxPool2d: "max_pool", SumPool1d: "sum_pool", SumPool2d: "sum_pool"}
OTHERS: tuple[type, ...] = (*POOLS, GlobalSumPool, Upsample, Repeat, Delay)
STATES = {LIF: ("mem",), IF: ("mem",), Recurrent: ("mem", "syn", "last")}
"""The states that layers take one by one, in their order; `mem` and `syn` where it is not said."""


class QatLayers:
    """The layers of this library, which `integer` reads."""

    def takes(self, module: nn.Module) -> bool:
        """Whether a module is one of them, or of a class made from one."""
        return isinstance(module, (*WEIGHTED, *OTHERS, SpikingLayer, EventLayer))

    def methods(self) -> Sequence[tuple[type, str]]:
        """`sequence` and `step` of neurons."""
        found = [(cls, name) for cls in (*NEURONS, Neuron) for name in ("sequence", "step")]
        return [(cls, name) for cls, name in found if name in cls.__dict__]

    def problem(self, who: str, path: str, module: nn.Module) -> str:
        """Why such a layer is not read, or nothing."""
        where = f"{who}: layer {path!r}"
        kind = kind_of(module, (*WEIGHTED, *SPIKING, *OTHERS))
        if kind is None:
            return f"{where}: must be one of the layers that are read, got {type(module).__name__}"
        try:
            require_plain(where, module, kind, WEIGHTS if kind in TAKING else LAYERS)
        except ValueError as error:
            return str(error)
        return ""

    def call(self, trace: Trace, path: str, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What such a layer gives."""
        where = f"{trace.who}: layer {path!r}"
        kind: Any = kind_of(module, (*WEIGHTED, *SPIKING, *OTHERS))
        x, *rest = args
        if not isinstance(x, Traced) or x.value.state:
            refuse(where, "must be given signals first")
        if x.value.layout == "ended":
            refuse(where, "sums over time come last: take them of what the network gives")
        if kind is None:  # as was noted
            return trace.tensor(trace.add("unread", (x.value,), features(x)), features(x))
        if kind in NEURONS:
            return _neurons(trace, path, module, kind, x, rest, kwargs)
        if kind in OTHERS and kind is not Repeat and x.value.layout != "sequence":
            refuse(where, f"must be given [T, B, ...], got {list(x.shape)}")
        op, arguments, shape = shaping(where, module, kind, features(x))
        if op == "module":
            shape = shape_after(where, module, kind, x)
        return trace.tensor(trace.add(op, (x.value,), shape, stem=path, module=module, **arguments), shape)


def shaping(where: str, module: Any, kind: type, whole: tuple[Any, ...]) -> tuple[str, dict[str, Any], tuple[int, ...]]:
    """The operation of a layer that pools, repeats or enlarges what follows time and batch, and what comes out.

    `module` for one that does not.
    """
    if kind is Repeat:
        return "repeat", {"steps": module.steps}, whole
    if kind is Delay:
        real = {"learned": tuple(module.delay.detach().flatten().tolist())} if module.learned else {}
        return "delay", {"delays": delays_in(where, module, whole), **real}, whole
    if kind is GlobalSumPool:
        return "total", {"axes": tuple(range(1, len(whole)))}, whole[:1]
    if kind is Upsample:
        factor = module.scale_factor
        scale = (factor,) * (len(whole) - 1) if isinstance(factor, int) else tuple(factor)
        if len(scale) != len(whole) - 1:
            refuse(where, f"must be given {len(scale) + 3} dimensions, got {len(whole) + 2}")
        return "upsample", {"scale": scale}, (*whole[:1], *(n * s for n, s in zip(whole[1:], scale, strict=True)))
    if kind not in POOLS:
        return "module", {}, whole
    window = module.window
    if len(whole) != module.dims + 1:
        refuse(where, f"must be given {module.dims + 3} dimensions, got {len(whole) + 2}")
    sizes = tuple(window_count(n, k, s, 2 * p) for n, k, s, p in zip(whole[1:], *window, strict=True))
    if min(sizes) < 1:
        refuse(where, f"images must be large enough for windows of {window.kernel_size}, got {list(whole)}")
    return POOLS[kind], window._asdict(), (whole[0], *sizes)


def delays_in(where: str, module: Delay, whole: Sequence[Any]) -> tuple[int, ...]:
    """The steps of delays of axons, for a signal of that shape after time and batch."""
    found = tuple(module.delays.flatten().tolist())
    if len(found) > 1 and whole and isinstance(whole[0], int) and len(found) != whole[0]:
        refuse(where, f"must be given [T, B, {len(found)}, ...], got {[*whole]} after time and batch")
    return found


def shape_after(where: str, module: Any, kind: type, x: Traced) -> tuple[int, ...]:
    """What follows time and batch in what a layer of weights gives."""
    whole = features(x)
    if kind in EVENTS:
        layer = module.weights
        if kind is EventLIF and len(whole) != 1:
            refuse(where, f"must be given [T, B, {layer.in_features}], got {list(x.shape)}")
        if x.value.layout != "sequence":
            refuse(where, f"must be given [T, B, ...], got {list(x.shape)}")
        return shape_after(where, layer, QuantLinear if kind is EventLIF else QuantConv2d, x)
    if kind is QuantLinear:
        if whole[-1:] != (module.in_features,):
            refuse(where, f"must be given [..., {module.in_features}], got {list(x.shape)}")
        return (*whole[:-1], module.out_features)
    if x.value.layout != "sequence":
        refuse(where, f"must be given [T, B, ...], got {list(x.shape)}")
    if kind is DelayedLinear:
        if whole != (module.in_features,):
            refuse(where, f"must be given [T, B, {module.in_features}], got {list(x.shape)}")
        return (module.out_features,)
    rank = len(module.kernel_size)
    if len(whole) != rank + 1 or whole[0] != module.in_channels:
        refuse(
            where, f"must be given [T, B, {module.in_channels}, {'H, W' if rank == 2 else 'L'}], got {list(x.shape)}"
        )
    geometry = zip(whole[1:], module.kernel_size, module.stride, module.pads, module.dilation, strict=True)
    further = module.output_padding if module.transposed else (0,) * rank
    sizes = []
    for (n, kernel, stride, (before, behind), dilation), more in zip(geometry, further, strict=True):
        if module.transposed:
            sizes.append((n - 1) * stride - before - behind + dilation * (kernel - 1) + 1 + more)
        else:
            sizes.append(window_count(n, kernel, stride, before + behind, dilation))
    if min(sizes) < 1:
        refuse(where, f"images must be large enough for kernels of {module.kernel_size}, got {list(x.shape)}")
    return (module.out_channels, *sizes)


def _neurons(
    trace: Trace, path: str, module: Any, kind: type, x: Traced, rest: list[Any], kwargs: dict[str, Any]
) -> Any:
    where = f"{trace.who}: layer {path!r}"
    method = kwargs.pop("method", None)
    names = STATES.get(kind, ("mem", "syn"))
    before = {**dict(zip(names, rest, strict=False)), **kwargs}
    kept = getattr(module, "neuron", module).state_names
    before |= before.pop("states", None) or {}
    single = x.value.layout == "step"
    if (single and method != "step") or (not single and (x.value.layout != "sequence" or method == "step")):
        refuse(where, f"must be given [T, B, ...], or one step by .step(), got {list(x.shape)}")
    shape = features(x)
    value = trace.add("module", (x.value,), shape, stem=path, module=module)
    for name in dict.fromkeys((*(name for name in names if name != "last"), *kept)):
        state = before.get(name)
        if state is None and single and value.t and name in kept:
            refuse(where, f"{name} must be handed on from step to step: what .step() gave, got None in step {value.t}")
        check_state(where, name, state, value)
    if before.get("last") is not None:
        refuse(where, "last must be None: Recurrent hands its spikes on by itself")
    out = trace.tensor(value, shape)
    if method is None:
        return out
    ended = {name: trace.tensor(Value(value.call, "step", value.t, name), shape) for name in (*names, *kept)}
    if names == ("mem",):
        return MembraneOutput.of(out, {name: ended[name] for name in kept})
    return LayerOutput.of(out, {name: ended[name] for name in kept}, ended["syn"])


def check_state(where: str, name: str, state: Any, value: Value, names: Sequence[str] = ()) -> None:
    """Refuse a state that neurons are given, unless it is rest, or their own of the step before.

    `names`: what else it may be called; a read-out's membrane is its signal as well, which has no name.
    """
    if state is None:
        return
    if isinstance(state, Traced):
        own = (state.value.call, state.value.t) == (value.call, value.t - 1)
        if not own or state.value.state not in (name, *names):
            refuse(where, f"{name} must be its own of the step before, got that of {state.value.call!r}")
        return
    if not (isinstance(state, Tensor) and not bool(state.any())):
        refuse(where, f"{name} must be None or zeros at first, as the chip starts from rest")
