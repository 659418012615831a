"""How large the layers of a deployed network are: neurons, synapses, fan-in and fan-out, bits."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.costs.synaptic import synapses_met
from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerConv2d, IntegerScale, IntegerWeights, Ints

DELAY_BITS = 8
"""Of a delay, in whole steps."""
Weights = IntegerWeights | IntegerScale


@dataclass(frozen=True, eq=False)
class Synapses:
    """A layer of weights between sources of `shape` and neurons; `name` as in the network."""

    name: str
    layer: Weights
    shape: tuple[int, ...]

    @cached_property
    def fan_ins(self) -> Ints:
        """The synapses of each neuron."""
        if isinstance(self.layer, IntegerScale):
            return np.ones(self.shape, np.int64)
        return synapses_met(self.layer, np.ones_like(self.layer.codes), np.ones(self.shape, np.int64))

    @cached_property
    def fan_outs(self) -> Ints:
        """The synapses of each source."""
        if isinstance(self.layer, IntegerScale):
            return np.ones(self.shape, np.int64)
        out = len(self.layer.codes)
        if not isinstance(self.layer, IntegerConv2d):
            return np.full(self.shape, out, np.int64)
        axes = zip(self.shape[1:], self.layer.codes.shape[2:], *self._windows, strict=True)
        rows, columns = (_met_by_windows(*axis) for axis in axes)
        each: Ints = np.outer(rows, columns) * (out // self.layer.groups)
        return np.broadcast_to(each, self.shape)

    @property
    def _windows(self) -> tuple[tuple[int, int], ...]:
        assert isinstance(self.layer, IntegerConv2d)
        return self.layer.stride, self.layer.padding, self.layer.dilation

    @property
    def count(self) -> int:
        """How many synapses there are, those of weight 0 included."""
        return int(self.fan_ins.sum())

    @property
    def weights(self) -> int:
        """How many weights there are, each once."""
        return 0 if isinstance(self.layer, IntegerScale) else int(self.layer.codes.size)

    @property
    def word(self) -> int:
        """The bits of a weight."""
        return 0 if isinstance(self.layer, IntegerScale) else self.layer.bits

    @property
    def delay_bits(self) -> int:
        """The bits of the delays of all synapses."""
        return self.layer.delays.size * DELAY_BITS if isinstance(self.layer, IntegerDelayedLinear) else 0

    @property
    def fan_in(self) -> int:
        """The most synapses that come to a neuron."""
        return int(self.fan_ins.max(initial=0))

    @property
    def fan_out(self) -> int:
        """The most synapses that go from a source."""
        return int(self.fan_outs.max(initial=0))

    @property
    def sources(self) -> int:
        """How many sources have a synapse."""
        return int(np.count_nonzero(self.fan_outs))

    @property
    def mixed(self) -> int:
        """How many of these have weights of both signs."""
        if isinstance(self.layer, IntegerScale):
            return 0
        codes = self.layer.codes
        if not isinstance(self.layer, IntegerConv2d):
            both = (codes > 0).any(0) & (codes < 0).any(0)
            return int((both * (self.fan_outs > 0)).sum())
        each = codes.reshape(self.layer.groups, -1, *codes.shape[1:])
        both = ((each > 0).any((1, 3, 4)) & (each < 0).any((1, 3, 4))).reshape(-1, 1, 1)
        return int((both & (self.fan_outs > 0)).sum())


def _met_by_windows(size: int, kernel: int, stride: int, padding: int, dilation: int) -> Ints:
    """For each place of an axis the number of windows, each with a weight of its own, that see it."""
    found = np.zeros(size, np.int64)
    windows = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    for offset in range(kernel):
        places = np.arange(windows) * stride + offset * dilation - padding
        np.add.at(found, places[(places >= 0) & (places < size)], 1)
    return found


@dataclass(frozen=True, repr=False)
class Footprint(Brief):
    """The memory that a layer, or a whole network, needs, in bits.

    Its parts are `weights`, `biases` and `delays`; `lines`, in which delayed events wait; `states`, the registers of
    neurons; and `numbers`, such as a decay or threshold that each neuron has of its own.

    ```pycon
    >>> quant.Footprint(weights=1024, states=96).total
    1120
    ```
    """

    weights: int = 0
    biases: int = 0
    delays: int = 0
    lines: int = 0
    states: int = 0
    numbers: int = 0

    @property
    def total(self) -> int:
        """The sum of all parts."""
        return self.weights + self.biases + self.delays + self.lines + self.states + self.numbers

    @property
    def neurobench_bytes(self) -> int | float:
        """What NeuroBench calls the footprint of `export.for_neurobench`: weights, biases and delays, in bytes."""
        bits = self.weights + self.biases + self.delays
        return bits // 8 if bits % 8 == 0 else bits / 8

    def __add__(self, other: "Footprint") -> "Footprint":
        return Footprint(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


def synapses_of(network: IntegerNetwork, node: Node) -> Iterator[Synapses]:
    """The layers of weights that a layer of a network with known sizes has."""
    layer, given = node.layer, network.signals[node.inputs[0]].shape
    if isinstance(layer, IntegerEventLIF):
        yield Synapses(layer.name, layer.weights, given)
    elif isinstance(layer, IntegerLIF):
        if layer.recurrent is not None:
            yield Synapses(layer.recurrent.name, layer.recurrent, network.signals[layer.name].shape)
    elif isinstance(layer, IntegerWeights | IntegerScale):
        yield Synapses(layer.name, layer, given)


def footprint_of(network: IntegerNetwork, node: Node) -> Footprint:
    """The bits of a layer, each weight once."""
    layer, given = node.layer, network.signals[node.inputs[0]]
    found = [Footprint(weights=s.weights * s.word, delays=s.delay_bits) for s in synapses_of(network, node)]
    if isinstance(layer, IntegerLIF):
        found.append(_of_neurons(layer, network.signals[layer.name].count, node.profile))
    elif isinstance(layer, IntegerDelay):
        each = given.count // len(layer.delays) if len(layer.delays) > 1 else given.count
        lines = sum(layer.delays) * each * _event_bits(given)
        found.append(Footprint(delays=len(layer.delays) * DELAY_BITS, lines=lines))
    elif isinstance(layer, IntegerDelayedLinear):
        found.append(Footprint(lines=layer.length * given.count * _event_bits(given)))
    return sum(found, Footprint())


def _of_neurons(layer: IntegerLIF, neurons: int, profile: Profile) -> Footprint:
    bias = 0 if layer.bias is None or profile.bias is None else layer.bias.mantissa.size * profile.bias.bits
    states = neurons * sum(state.register.bits for state in layer.kind.states)
    return Footprint(biases=bias, states=states, numbers=sum(_number_bits(layer, profile)))


def _number_bits(layer: IntegerLIF, profile: Profile) -> Iterator[int]:
    """The bits of numbers of which each neuron, or channel, has its own."""
    numbers: dict[str, Any] = layer.kind.numbers
    for name, values in numbers.items():
        if is_each(values):
            wide = profile.threshold.bits if name == "threshold" and profile.threshold else 0
            yield len(values) * (wide or max(1, int(np.max(values)).bit_length()))


def _event_bits(signal: Signal) -> int:
    """The bits that hold an event."""
    return max(1, signal.reach.bit_length()) + (signal.least < 0)


def image_of(synapses: Synapses) -> tuple[int, int, int]:
    """The neurons behind weights as channels, rows and columns; of others than convolutions all are channels."""
    shape = synapses.fan_ins.shape
    return shape if isinstance(synapses.layer, IntegerConv2d) else (prod(shape), 1, 1)
