"""What a network is in C: the members of its state, its constants, and its layers with their places in both."""

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.c.names import suffixes
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.spec import MAX_CURRENT
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerFlatten,
    IntegerLIF,
    IntegerLinear,
    IntegerSumPool2d,
)
from spikelut.quant.network.network import IntegerNetwork, check_chain
from spikelut.quant.network.shapes import pair
from spikelut.quant.network.synapses import IntegerWeights

BYTES = {"uint8_t": 1, "int8_t": 1, "uint16_t": 2, "int16_t": 2, "int32_t": 4}


def c_type(low: int, high: int) -> str:
    """The smallest C type that holds `low`..`high`."""
    for name, size in BYTES.items():
        least, most = (0, 2 ** (8 * size) - 1) if name[0] == "u" else (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1)
        if least <= low and high <= most:
            return name
    raise ValueError(f"to_c: numbers must fit 32 bits, got {low}..{high}")


@dataclass(frozen=True)
class Member:
    """An array in the state; `key`: what it is called in files of the form step, nothing for scratch.

    The spikes of a layer that is not recurrent are scratch: a step overwrites them before it reads them.
    """

    name: str
    c_type: str
    count: int
    about: str
    key: str = ""
    scratch: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return BYTES[self.c_type] * self.count


@dataclass(frozen=True, eq=False)
class Constant:
    """A constant array."""

    name: str
    values: NDArray[Any]

    @property
    def c_type(self) -> str:
        return c_type(int(self.values.min(initial=0)), int(self.values.max(initial=0)))


@dataclass(frozen=True)
class Signal:
    """Events on their way: C for the array they are in, its type, its shape, and the most that one can be."""

    text: str
    c_type: str
    shape: tuple[int, ...]
    largest: int

    @property
    def count(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, eq=False)
class Pool:
    """A layer that counts events in windows, into the member `into`."""

    layer: IntegerSumPool2d
    suffix: str
    given: Signal
    into: Signal


@dataclass(frozen=True, eq=False)
class Synapses:
    """Weights in the order they are read: of each input (channel, and place in the kernel) those to all outputs.

    `sums`: C for the array where they add up. `reach`: the largest magnitude of their sums in membrane codes.
    """

    layer: IntegerLinear | IntegerConv2d
    given: Signal
    sums: str
    weight: Constant
    shift: Constant | None
    reach: int


@dataclass(frozen=True, eq=False)
class Neurons:
    """A layer of neurons with the weights before it, and those from its own last spikes.

    `own`: of decays and thresholds those that are one for each neuron or channel, by `Dynamics.mapped`'s names.
    """

    layer: IntegerLIF
    suffix: str
    shape: tuple[int, ...]
    feed: Synapses
    back: Synapses | None
    bias: Constant | int
    own: dict[str, Constant | int]
    out: Signal
    last: bool

    @property
    def outputs(self) -> int:
        """Neurons, or channels of these."""
        return self.shape[0]

    @property
    def places(self) -> int:
        """Of each channel."""
        return prod(self.shape[1:])


@dataclass(frozen=True, eq=False)
class Plan:
    """A network in C under `name`: what goes in, what is kept, what is done, in this order."""

    name: str
    network: IntegerNetwork
    given: Signal
    members: tuple[Member, ...]
    parts: tuple[Pool | Neurons, ...]

    @property
    def out(self) -> Signal:
        return self.parts[-1].out if isinstance(self.parts[-1], Neurons) else self.given

    @property
    def last(self) -> Neurons:
        found = self.parts[-1]
        assert isinstance(found, Neurons)  # check_chain
        return found

    @property
    def constants(self) -> list[Constant]:
        found: list[Any] = []
        for part in self.parts:
            if isinstance(part, Neurons):
                for synapses in (part.feed, part.back):
                    found += [synapses.weight, synapses.shift] if synapses else []
                found += [part.bias, *part.own.values()]
        return [constant for constant in found if isinstance(constant, Constant)]

    @property
    def scratch(self) -> int:
        """Bytes of the state that no step reads from the one before."""
        return sum(member.size for member in self.members if member.scratch)


@dataclass
class _Build:
    name: str
    suffix: dict[str, str]
    signal: Signal
    members: list[Member]
    parts: list[Pool | Neurons]
    feed: Synapses | None = None
    sums: int = 0
    fed: int = 0


def plan(network: IntegerNetwork, name: str, size: tuple[int, int] | None) -> Plan:
    """The arrays of `network`, whose images have `size`.

    Raises ValueError for a network whose layers do not fit each other, that has numbers for each neuron which C code of
    one layer cannot have in common, and where a convolution is given no size.
    """
    check_chain(network, "to_c")
    channels, *free = network.input_shape
    require(not free or size is not None, "to_c", "size must be given for images, height and width", size)
    require(bool(free) or size is None, "to_c", "size must be None where no convolution comes first", size)
    shape = (channels, *(size or ())) if free else (channels,)
    require(all(type(n) is int and n > 0 for n in shape), "to_c", "size must be two numbers > 0", size)
    given = Signal("input", c_type(0, network.largest_input), shape, network.largest_input)
    build = _Build(name, suffixes(layer.name for layer in network.layers), given, [], [])
    for layer in network.layers:
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            suffix = build.suffix[layer.name]
            build.feed = _synapses(name, suffix, layer, build.signal, "state->sums")
        elif isinstance(layer, IntegerSumPool2d):
            _add_pool(build, layer)
        elif isinstance(layer, IntegerFlatten):
            build.signal = replace(build.signal, shape=(build.signal.count,))
        elif isinstance(layer, IntegerLIF):
            _add_neurons(build, layer, layer is network.layers[-1])
    members = [*build.members, Member("sums", "int32_t", build.sums, "synaptic sums of a layer", scratch=True)]
    if build.fed:
        members.append(Member("fed", "int32_t", build.fed, "sums of a layer's own last spikes", scratch=True))
    # The widest first, so that no gaps are between them.
    members.sort(key=lambda member: -BYTES[member.c_type])
    return Plan(name, network, given, tuple(members), tuple(build.parts))


def _windows(layer: IntegerConv2d | IntegerSumPool2d, shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of what comes out."""
    require(len(shape) == 3, "to_c", f"what comes into layer {layer.name!r} must be images", list(shape))
    if isinstance(layer, IntegerConv2d):
        kernel, stride, padding = layer.codes.shape[2:], layer.stride, layer.padding
    else:
        kernel, stride, padding = pair(layer.kernel_size), pair(layer.stride), (0, 0)
    found = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(shape[1:], kernel, stride, padding, strict=True)]
    require(min(found) >= 1, "to_c", f"images must be large enough for layer {layer.name!r}", list(shape[1:]))
    return found[0], found[1]


def _add_pool(build: _Build, layer: IntegerSumPool2d) -> None:
    suffix, given = build.suffix[layer.name], build.signal
    shape = (given.shape[0], *_windows(layer, given.shape))
    largest = given.largest * prod(pair(layer.kernel_size))
    into = Signal(f"state->counts_{suffix}", c_type(0, largest), shape, largest)
    about = f"events in the windows of layer {layer.name!r}"
    build.members.append(Member(f"counts_{suffix}", into.c_type, into.count, about, scratch=True))
    build.parts.append(Pool(layer, suffix, given, into))
    build.signal = into


def _synapses(name: str, suffix: str, layer: IntegerWeights, given: Signal, sums: str) -> Synapses:
    assert isinstance(layer, IntegerLinear | IntegerConv2d)  # there are no others
    if isinstance(layer, IntegerConv2d):
        _windows(layer, given.shape)
        # [out, in / groups, kh, kw] to [in, kh, kw, out / groups]
        out, each, *kernel = layer.codes.shape
        grouped = layer.codes.reshape(layer.groups, out // layer.groups, each, *kernel)
        codes = grouped.transpose(0, 2, 3, 4, 1).reshape(-1, *kernel, out // layer.groups)
        fits = given.shape[0] == len(codes)
    else:
        codes, fits = layer.codes.T, given.shape == (layer.codes.shape[1],)
    require(fits, "to_c", f"layer {layer.name!r} must fit what comes into it", list(given.shape))
    require(layer.left_shift >= 0, "to_c", f"shifts of layer {layer.name!r} must be to the left", layer.left_shift)
    reach = layer.largest_sum * given.largest
    require(reach <= MAX_CURRENT, "to_c", f"sums of layer {layer.name!r} must be at most {MAX_CURRENT}", reach)
    shift = None
    if layer.channels:
        shift = Constant(f"shift_{name}_{suffix}", np.array(layer.channels) + layer.left_shift)
    return Synapses(layer, given, sums, Constant(f"weight_{name}_{suffix}", codes), shift, reach)


def _each(name: str, values: NDArray[Any], count: int, about: str) -> Constant | int:
    """Numbers of `count` neurons, or channels, as an array; as one number if they are the same."""
    require(values.shape == (count,), "to_c", f"{about} must be one for each", values.shape)
    return int(values[0]) if bool((values == values[0]).all()) else Constant(name, values)


def _add_neurons(build: _Build, layer: IntegerLIF, last: bool) -> None:
    suffix, feed = build.suffix[layer.name], build.feed
    assert feed is not None  # check_chain
    shape: tuple[int, ...] = (len(feed.layer.codes),)
    if isinstance(feed.layer, IntegerConv2d):
        shape += _windows(feed.layer, feed.given.shape)
    spec, count, about = layer.spec, prod(shape), f"layer {layer.name!r}"
    for key, what, register in layer.kind.states:
        kind = c_type(register.min_code, register.max_code)
        build.members.append(Member(f"{key}_{suffix}", kind, count, f"{what}s of {about}", f"{layer.name}.{key}"))
    kind = "int32_t" if layer.reads_out else c_type(0, spec.max_spikes)
    spikes = Signal(f"state->spikes_{suffix}", kind, shape, spec.max_spikes)
    if layer.recurrent or not last:
        key = f"{layer.name}.last" if layer.recurrent else f"spikes.{layer.name}"
        scratch = layer.recurrent is None
        build.members.append(Member(f"spikes_{suffix}", kind, count, f"spikes of {about}", key, scratch))
    out = replace(spikes, text="output") if last else spikes
    back = None
    if layer.recurrent is not None:
        require(len(shape) == 1 and not layer.reads_out, "to_c", f"recurrent {about} must be flat and spike", shape)
        apart = bool(layer.recurrent.channels or feed.layer.channels)
        sums = "state->fed" if apart else "state->sums"
        back = _synapses(build.name, f"{suffix}_back", layer.recurrent, spikes, sums)
        build.fed = max(build.fed, shape[0] if apart else 0)
    build.sums = max(build.sums, shape[0])
    bias: Constant | int = 0
    if layer.bias is not None:
        bias = _each(f"bias_{build.name}_{suffix}", layer.bias.codes(2), shape[0], f"the bias of {about}")
    own: dict[str, Constant | int] = {}

    def note(name: str, values: Any) -> Any:
        if is_each(values):
            own[name] = _each(f"{name}_{build.name}_{suffix}", values, shape[0], f"the {name} of {about}")
        return values

    layer.kind.mapped(note)
    build.parts.append(Neurons(layer, suffix, shape, feed, back, bias, own, out, last))
    build.signal, build.feed = out, None
