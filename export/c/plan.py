"""What a network is in C: the members of its state, its constants, and its layers with their places in both."""

from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.c.arrays import BYTES, Constant, Member, Values, c_type
from spikelut.export.c.flow import Flow, flow_of, shared, sized
from spikelut.export.c.names import suffixes
from spikelut.export.c.parts import Delayed, Neurons, Part, Shaping, Sums, Synapses
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerDelay,
    IntegerDelayedLinear,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerSumPool2d,
)
from spikelut.quant.network.network import IntegerNetwork, Node, check_graph
from spikelut.quant.network.shapes.order import IntegerTake
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerWeights


@dataclass(frozen=True, eq=False)
class Plan:
    """A network in C under `name`: what goes in and comes out, by name, what is kept, what is done, in this order."""

    name: str
    network: IntegerNetwork
    inputs: dict[str, Values]
    outputs: dict[str, Values]
    members: tuple[Member, ...]
    parts: tuple[Part, ...]

    @property
    def given(self) -> Values:
        """The first input."""
        return next(iter(self.inputs.values()))

    @property
    def constants(self) -> list[Constant]:
        found: list[Any] = []
        for part in self.parts:
            if isinstance(part, Shaping):
                found.append(part.index)
                continue
            if isinstance(part, Delayed):
                found += [part.weight, part.delay, part.shift]
                continue
            for synapses in (part.feed, part.back) if isinstance(part, Neurons) else (part.feed,):
                found += [synapses.weight, synapses.shift] if isinstance(synapses, Synapses) else []
            found += [part.bias, *part.own.values()] if isinstance(part, Neurons) else []
        return [constant for constant in found if isinstance(constant, Constant)]

    @property
    def scratch(self) -> int:
        """Bytes of the state that no step reads from the one before."""
        return sum(member.size for member in self.members if member.scratch)


def plan(network: IntegerNetwork, name: str, size: tuple[int, ...] | None) -> Plan:
    """The arrays of `network`, whose images have `size`.

    Raises ValueError for a network whose layers do not fit each other, for one that reverses time, and where a
    convolution is given no size.
    """
    known = sized(network, size)
    check_graph(known, "to_c")
    signals = known.signals
    flow = flow_of(known)
    suffix = suffixes(layer.name for layer in network.layers)
    inputs = _arguments("input", {one.name: signals[one.name] for one in known.inputs})
    outputs = _arguments("output", {layer: signals[layer] for layer in known.outputs})
    texts, slots = shared(flow, signals)
    build = _Build(name, suffix, flow, signals, dict(inputs), outputs, texts)
    for node in flow.nodes:
        _add(build, node)
    for root, shown in flow.shown.items():
        for other in shown if root in inputs else shown[1:]:
            part = Shaping(None, f"{suffix[other]}_copy", (build.values[root],), outputs[other])
            build.parts.append(part)
    members = [*build.members, *slots]
    if build.wide:
        members.append(Member("wide", "int64_t", build.wide, "synaptic sums that need 64 bits", scratch=True))
    members += [Member("sums", "int32_t", build.sums, "synaptic sums of a layer", scratch=True)] if build.sums else []
    if build.fed:
        members.append(Member("fed", "int32_t", build.fed, "sums of a layer's own last spikes", scratch=True))
    # The widest first, so that no gaps are between them.
    members.sort(key=lambda member: -BYTES[member.c_type])
    return Plan(name, network, inputs, outputs, tuple(members), tuple(build.parts))


def _arguments(what: str, signals: dict[str, Signal]) -> dict[str, Values]:
    """Those of the step: `input`, or where there are several `input_NAME`; currents and membranes in 32 bits."""
    suffix = suffixes(signals)
    found = {}
    for name, signal in signals.items():
        where = f"{what} {name!r}"
        kind = c_type(signal.least, signal.largest, where) if signal.kind == "events" else "int32_t"
        found[name] = Values(what if len(signals) == 1 else f"{what}_{suffix[name]}", kind, signal)
    return found


@dataclass
class _Build:
    name: str
    suffix: dict[str, str]
    flow: Flow
    signals: dict[str, Signal]
    values: dict[str, Values]
    outputs: dict[str, Values]
    texts: dict[str, str]
    members: list[Member] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    sums: int = 0
    wide: int = 0
    fed: int = 0

    def read(self, name: str) -> Values:
        """The values of a layer or input, wherever they are."""
        return replace(self.values[self.flow.roots[name]], signal=self.signals[name])

    def shown(self, name: str) -> Values | None:
        """The output that a layer's values go to at once, if it is one."""
        shown = self.flow.shown.get(name)
        return replace(self.outputs[shown[0]], signal=self.signals[name]) if shown else None

    def place(self, name: str) -> Values:
        """Where the values of a layer without neurons go."""
        signal, shown = self.signals[name], self.shown(name)
        if shown is None:
            where = f"what layer {name!r} gives"
            shown = Values(self.texts[name], c_type(signal.least, signal.largest, where), signal)
        self.values[name] = shown
        return shown


def _add(build: _Build, node: Node) -> None:
    layer, name = node.layer, node.layer.name
    suffix = build.suffix[name]
    if isinstance(layer, IntegerLIF):
        _add_neurons(build, node, layer)
    elif isinstance(layer, IntegerLinear | IntegerConv2d):
        feed = _synapses(build, suffix, layer, build.read(node.inputs[0]), "state->sums", build.signals[name])
        build.sums = max(build.sums, 0 if feed.is_wide else feed.outputs)
        build.parts.append(Sums(suffix, feed, build.place(name)))
    elif isinstance(layer, IntegerDelay | IntegerDelayedLinear):
        build.parts.append(_delayed(build, node, layer))
    else:
        if isinstance(layer, IntegerSumPool2d) and build.shown(name) is None:
            build.texts[name] = f"state->counts_{suffix}"
            into = build.place(name)
            about = f"events in the windows of layer {name!r}"
            build.members.append(Member(f"counts_{suffix}", into.c_type, into.count, about, scratch=True))
        given = tuple(build.read(before) for before in node.inputs)
        build.parts.append(Shaping(layer, suffix, given, build.place(name), _index(build, layer)))


def _delayed(build: _Build, node: Node, layer: IntegerDelay | IntegerDelayedLinear) -> Delayed:
    """A layer that looks back in time, and what it keeps."""
    name, suffix, given = layer.name, build.suffix[layer.name], build.read(node.inputs[0])
    ends, about = f"{build.name}_{suffix}", f"layer {name!r}"
    delay = weight = shift = None
    if isinstance(layer, IntegerDelay):
        kind, count, kept = given.c_type, given.count, "events of the last steps, a ring"
        if len(layer.groups) > 1:
            delay = Constant(f"delay_{ends}", np.array(layer.delays))
    else:
        kind, count, kept = "int32_t", len(layer.codes), "sums that are due in the next steps, a ring"
        weight = Constant(f"weight_{ends}", layer.codes.T)
        delay = Constant(f"delay_{ends}", layer.delays.T)
        shift = _channel_shifts(layer, ends, given)
    part = Delayed(layer, suffix, given, build.place(name), delay, weight, shift)
    build.members.append(Member(f"ring_{suffix}", kind, part.slots * count, f"{kept}, of {about}"))
    build.members.append(Member(f"now_{suffix}", "uint8_t", 1, f"where this step is in the ring of {about}"))
    return part


def _channel_shifts(layer: IntegerWeights, ends: str, given: Values, most: int = MAX_CURRENT) -> Constant | None:
    """The shifts of outputs, where they have their own; ValueError for weights whose sums C does not hold."""
    require(layer.left_shift >= 0, "to_c", f"shifts of layer {layer.name!r} must be to the left", layer.left_shift)
    reach = layer.reach(given.signal.least, given.signal.largest)
    require(reach <= most, "to_c", f"sums of layer {layer.name!r} must be at most {most}", reach)
    return Constant(f"shift_{ends}", np.array(layer.channels) + layer.left_shift) if layer.channels else None


def _index(build: _Build, layer: IntegerLayer) -> Constant | None:
    """The places that are taken, unless they are evenly apart."""
    if not isinstance(layer, IntegerTake) or len(set(np.diff(layer.indices))) <= 1:
        return None
    return Constant(f"index_{build.name}_{build.suffix[layer.name]}", np.array(layer.indices))


def _synapses(build: _Build, suffix: str, layer: IntegerWeights, given: Values, sums: str, gives: Signal) -> Synapses:
    assert isinstance(layer, IntegerLinear | IntegerConv2d)  # there are no others
    codes = layer.codes.T
    if isinstance(layer, IntegerConv2d):
        # [out, in / groups, kh, kw] to [in, kh, kw, out / groups]
        out, each, *kernel = layer.codes.shape
        grouped = layer.codes.reshape(layer.groups, out // layer.groups, each, *kernel)
        codes = grouped.transpose(0, 2, 3, 4, 1).reshape(-1, *kernel, out // layer.groups)
    most = MAX_WIDE if given.signal.graded else MAX_CURRENT
    shift = _channel_shifts(layer, f"{build.name}_{suffix}", given, most)
    reach = layer.reach(given.signal.least, given.signal.largest)
    if layer.code_sums(given.signal.least, given.signal.largest) >= 2**31:
        sums, build.wide = "state->wide", max(build.wide, len(layer.codes))
    weight = Constant(f"weight_{build.name}_{suffix}", codes)
    return Synapses(layer, given, sums, weight, shift, reach, gives)


def _add_neurons(build: _Build, node: Node, layer: IntegerLIF) -> None:
    name, suffix, before = layer.name, build.suffix[layer.name], build.flow.feeds.get(layer.name)
    signal, about = build.signals[name], f"layer {name!r}"
    feed: Synapses | Values = build.read(node.inputs[0]) if before is None else _feed(build, before)
    if isinstance(layer, IntegerEventLIF):
        # Where each event is compared, spikes are counted among the sums.
        feed = _synapses(build, suffix, layer.weights, build.read(node.inputs[0]), "state->sums", signal)
        build.sums = max(build.sums, feed.outputs if layer.each else 0)
    for key, what, register in layer.kind.states:
        kind = c_type(register.min_code, register.max_code)
        member = Member(f"{key}_{suffix}", kind, prod(signal.shape), f"{what}s of {about}", f"{name}.{key}")
        build.members.append(member)
    out, stored = _stored(build, layer, signal)
    back = None
    if layer.recurrent is not None:
        apart = bool(layer.recurrent.channels) or (isinstance(feed, Synapses) and bool(feed.layer.channels))
        sums = "state->fed" if apart else "state->sums"
        gives = replace(build.signals[node.inputs[0]], shape=signal.shape)
        back = _synapses(build, f"{suffix}_back", layer.recurrent, out, sums, gives)
        build.fed = max(build.fed, back.outputs if apart else 0)
        build.sums = max(build.sums, 0 if apart else back.outputs)
    bias: Constant | int = 0
    if layer.bias is not None:
        bias = _each(f"bias_{build.name}_{suffix}", layer.bias.codes(2), signal.shape[0], f"the bias of {about}")
    own: dict[str, Constant | int] = {}

    def note(what: str, values: Any) -> Any:
        if is_each(values):
            own[what] = _each(f"{what}_{build.name}_{suffix}", values, signal.shape[0], f"the {what} of {about}")
        return values

    layer.kind.mapped(note)
    build.parts.append(Neurons(layer, suffix, signal.shape, feed, back, bias, own, out, stored))


def _each(name: str, values: NDArray[Any], count: int, about: str) -> Constant | int:
    """Numbers of `count` neurons, or channels, as an array; as one number if they are the same."""
    require(values.shape == (count,), "to_c", f"{about} must be one for each", values.shape)
    return int(values[0]) if bool((values == values[0]).all()) else Constant(name, values)


def _feed(build: _Build, before: Node) -> Synapses:
    """The weights that are added up where the neurons are stepped."""
    layer: Any = before.layer  # weights, as `flow_of` found
    name = layer.name
    given = build.read(before.inputs[0])
    feed = _synapses(build, build.suffix[name], layer, given, "state->sums", build.signals[name])
    build.sums = max(build.sums, 0 if feed.is_wide else feed.outputs)
    return feed


def _stored(build: _Build, layer: IntegerLIF, signal: Signal) -> tuple[Values, tuple[Values, ...]]:
    """Where others read what neurons give, and where it is written."""
    name, suffix, shown = layer.name, build.suffix[layer.name], build.shown(layer.name)
    stored = () if shown is None else (shown,)
    if layer.reads_out:
        membrane = layer.kind.states[0]
        kind = c_type(membrane.register.min_code, membrane.register.max_code)
        out = Values(f"state->{membrane.name}_{suffix}", kind, signal) if shown is None else shown
    elif shown is None or layer.recurrent is not None:
        kind = c_type(signal.least, signal.largest)
        key = f"{name}.last" if layer.recurrent else f"spikes.{name}"
        scratch = layer.recurrent is None
        about = f"spikes of layer {name!r}"
        build.members.append(Member(f"spikes_{suffix}", kind, prod(signal.shape), about, key, scratch))
        out = Values(f"state->spikes_{suffix}", kind, signal)
        stored = (*stored, out)
    else:
        out = shown
    build.values[name] = out
    return out, stored
