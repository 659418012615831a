"""Float layers as a forward calls them: each is one call of the trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import nn

from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.weight_values import weights_in
from spikelut.quant.neurons.adaptive.float_adaptive import FloatAdaptiveLIF
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.reading.operations import features
from spikelut.quant.reading.qat_layers import check_state, shaping
from spikelut.quant.reading.trace import Trace
from spikelut.quant.reading.traced import Traced, Value, refuse
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, require_plain
from spikelut.quant.weights.pooling import Repeat

STEP_AT_A_TIME = "must be given one time step [B, ...] at a time"
STATES = {"Leaky": ("mem",), "Synaptic": ("syn", "mem"), "RLeaky": ("spk", "mem"), "RSynaptic": ("spk", "syn", "mem")}
"""What snnTorch's neurons take after their input, and give: `spk` is the spikes, others are states."""


class FloatLeaves:
    """The layers that `convert` reads. `visits`: by the path of a module the calls it made, and their time steps."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.visits: dict[str, list[tuple[str, int]]] = {}
        self._shapes: dict[Any, tuple[int, ...]] = {}

    def takes(self, module: nn.Module) -> bool:
        """Whether a module is of a class that is known, or of one made from it."""
        return self.kinds.of(module) is not None

    def methods(self) -> Sequence[tuple[type, str]]:
        """None but a call."""
        return ()

    def problem(self, who: str, path: str, module: nn.Module) -> str:
        """Why such a layer is not read, or nothing."""
        kind = self.kinds.of(module)
        assert kind is not None  # it is taken
        if isinstance(getattr(module, "neuron", module), FloatAdaptiveLIF):
            return f"{who}: layer {path!r}: adaptive thresholds are not converted: give their numbers to AdaptiveLIF"
        try:
            instead = WEIGHTS if kind in self.kinds.weights else LAYERS
            require_plain(f"{who}: layer {path!r}", module, kind, instead)
        except ValueError as error:
            return str(error)
        return ""

    def call(self, trace: Trace, path: str, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What such a layer gives."""
        kinds, place = self.kinds, path
        if path.endswith(".module") and isinstance(trace.modules.get(path[:-7]), TimeDistributed):
            place = trace.where[-1] = path[:-7]
        where, kind = f"{trace.who}: layer {place!r}", cast(Any, kinds.of(module))
        x, *rest = args or (kwargs.pop("input_", None) or kwargs.pop("input", None),)
        if not isinstance(x, Traced) or x.value.state:
            refuse(where, "must be given signals first")
        if x.value.layout == "ended":
            refuse(where, "sums over time come last: take them of what the network gives")
        if kind in kinds.nothing:
            return x
        if kind in kinds.neurons:
            return self._neurons(trace, path, module, kind, x, rest, kwargs)
        if kind in kinds.shapes:
            return _shaped(trace, path, module, kind, x)
        _check_frames(where, module, kind, kinds, x)
        shape = features(x) if kind in kinds.norms else self._weighed(where, module, features(x))
        value = trace.add("module", (x.value,), shape, stem=place, module=module)
        self._visit(path, value)
        return trace.tensor(value, shape)

    def _weighed(self, where: str, module: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        """What follows time and batch after a layer of weights, which loops call often."""
        key = (id(module), shape)
        if key not in self._shapes:
            self._shapes[key] = _weighed(where, module, shape)
        return self._shapes[key]

    def _visit(self, path: str, value: Value) -> None:
        self.visits.setdefault(path, []).append((value.call, value.t))

    def _neurons(
        self, trace: Trace, path: str, module: Any, kind: type, x: Traced, rest: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        place = trace.where[-1]
        where, shape = f"{trace.who}: layer {place!r}", features(x)
        single = x.value.layout == "step"
        if self.kinds.takes_steps(module):
            hint = "call it on x[t] in a loop over time, or write forward for one step"
            if not single:
                refuse(where, f"{STEP_AT_A_TIME}: {hint}, got {list(x.shape)}")
            if trace.stepwise and path in self.visits:
                refuse(where, "must be called once in a forward of one step, as it keeps its state")
            if x.value.call in trace.fixed:
                x = _lasting(trace, x, len(self.visits.get(path, ())))
        elif x.value.layout != "sequence":
            refuse(where, f"must be given all time steps [T, B, ...], as it keeps no states, got {list(x.shape)}")
        value = trace.add("module", (x.value,), shape, stem=place, module=module)
        self._visit(path, value)
        spikes = trace.tensor(value, shape)
        if kind not in self.kinds.snntorch:
            return spikes
        names = STATES[kind.__name__]
        for name, state in {**dict(zip(names, rest, strict=False)), **kwargs}.items():
            check_state(where, name, state, value, ("",))
        if not module.output and module.init_hidden:
            return spikes
        reads_out = module.reset_mechanism == "none"
        given = [_state(trace, value, shape, "spk" if reads_out else "")]
        given += [_state(trace, value, shape, "" if reads_out and n == "mem" else n) for n in names if n != "spk"]
        return tuple(given)


def _lasting(trace: Trace, x: Traced, t: int) -> Traced:
    """What stays the same, at a time step of a loop that a forward makes: the call that repeats it lasts longer."""
    name = f"{x.value.call}_repeat"
    call = next((call for call in trace.calls if call.name == name), None)
    if call is None:
        name = trace.add("repeat", (x.value,), features(x), stem=name, steps=1).call
        call = trace.calls[-1]
        trace.fixed.discard(name)
    call.arguments["steps"] = max(t + 1, call.arguments["steps"])
    trace.lengths[name] = max(t + 1, trace.lengths[name])
    return trace.tensor(Value(name, "step", t), features(x))


def _state(trace: Trace, value: Value, shape: tuple[int, ...], name: str) -> Traced:
    """What snnTorch's neurons hand out: their signal, or a state."""
    return trace.tensor(Value(value.call, value.layout, value.t, name), shape)


def _check_frames(where: str, module: Any, kind: type, kinds: Kinds, x: Traced) -> None:
    """Refuse [T, B, ...] where a layer would take T for the batch."""
    if not hasattr(module, "kernel_size") and kind not in kinds.norms:
        return
    ours = type(module).__module__.startswith("spikelut") or hasattr(module, "quant_weight")
    steps = getattr(module, "step_mode", "m" if ours and kind.__module__.startswith("spikelut") else "s") == "m"
    if steps and x.value.layout != "sequence":
        refuse(where, f"must be given all time steps [T, B, ...], got {list(x.shape)}")
    if not steps and x.value.layout == "sequence":
        refuse(
            where, f"takes no time steps: put it into a TimeDistributed, or use x.flatten(0, 1), got {list(x.shape)}"
        )


def _weighed(where: str, module: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """What follows time and batch after a layer of weights."""
    weights, _ = weights_in(where, module)
    rank = 1 if weights.geometry is None else weights.dims + 1
    fits = len(shape) == rank or (rank == 1 and len(shape) > 1)
    at = -1 if weights.geometry is None else 0
    if not fits or shape[at] != weights.inputs:
        wanted = f"[..., {weights.inputs}]" if rank == 1 else f"[N, {weights.inputs}, {'L' if rank == 2 else 'H, W'}]"
        refuse(where, f"must be given {wanted}, got [N, {', '.join(map(str, shape))}]")
    try:
        return tuple(weights.run(torch.empty(1, 1, *shape, dtype=torch.float64)).shape[2:])
    except RuntimeError as error:
        refuse(where, f"images must be large enough for its kernels, got {' '.join(str(error).split())[:120]}")


def _shaped(trace: Trace, path: str, module: Any, kind: Any, x: Traced) -> Any:
    where = f"{trace.who}: layer {path!r}"
    if x.value.layout != "sequence" and kind is not Repeat:
        refuse(where, f"must be given [T, B, ...], got {list(x.shape)}")
    op, arguments, shape = shaping(where, module, kind, features(x))
    return trace.tensor(trace.add(op, (x.value,), shape, stem=path, module=module, **arguments), shape)
