"""Synaptic events counted one by one: for every event of every step a loop over the synapses that it meets."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut import quant
from spikelut.quant import IntegerConv2d, IntegerDelayedLinear, IntegerEventLIF, IntegerLIF, IntegerLinear
from spikelut.quant.network.synapses import IntegerScale

Ints = NDArray[np.int64]
Counts = tuple[int, int, int, int]
"""Events, those times synapses, those whose weight is not 0, and pairs of a weight and a value other than 0."""


def signals(network: quant.IntegerNetwork, inputs: Any) -> dict[str, Ints]:
    """What every input and layer gives, layer by layer."""
    found: dict[str, Ints] = dict(network.checked(inputs))
    for node in network.nodes:
        given: Any = node.layer
        made = given.run(*(found[name] for name in node.inputs))
        found[node.layer.name] = made[0] if isinstance(made, tuple) else made
    return found


def synapses(layer: Any, at: tuple[int, ...], size: tuple[int, ...]) -> Iterator[int]:
    """The codes of the weights that an event `at` a place of its input, of that `size`, meets."""
    if isinstance(layer, IntegerScale):
        yield 1
    elif isinstance(layer, IntegerLinear | IntegerDelayedLinear):
        yield from layer.codes[:, at[-1]].tolist()
    else:
        assert isinstance(layer, IntegerConv2d)
        out, inputs, *kernel = layer.codes.shape
        channel, *place = at
        group, each = channel // inputs, out // layer.groups
        for offsets in product(*map(range, kernel)):
            rows = zip(size[1:], place, offsets, kernel, layer.stride, layer.padding, layer.dilation, strict=True)
            if all(_hit(*row) for row in rows):
                mine = layer.codes[group * each : (group + 1) * each, channel - group * inputs]
                yield from mine[:, offsets[0], offsets[1]].tolist()


def _hit(size: int, place: int, offset: int, kernel: int, stride: int, padding: int, dilation: int) -> bool:
    """Whether some window sees `place` through the weight at `offset` of its kernel."""
    first = place + padding - offset * dilation
    last = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride
    return first % stride == 0 and 0 <= first // stride <= last


def met(layer: Any, events: Ints, by_value: bool) -> Counts:
    """The counts of a layer of weights for events [T, B, ...]."""
    total = [0, 0, 0, 0]
    for place in np.argwhere(events).tolist():
        times = 1 if by_value else abs(int(events[tuple(place)]))
        codes = list(synapses(layer, tuple(place[2:]), events.shape[2:]))
        there = sum(code != 0 for code in codes)
        none = isinstance(layer, IntegerScale)
        total = [
            a + b for a, b in zip(total, (times, times * len(codes), times * there, 0 if none else there), strict=True)
        ]
    return total[0], total[1], total[2], total[3]


def by_hand(network: quant.IntegerNetwork, inputs: Any) -> dict[str, Counts]:
    """The counts of every layer with weights."""
    found, values = {}, signals(network, inputs)
    for node in network.nodes:
        layer, came = node.layer, values[node.inputs[0]]
        signal = network.signals[node.inputs[0]]
        software = node.profile.kind in ("mcu", "fpga")
        by_value = signal.graded or signal.least < 0 or signal.steps == 1 or software
        if isinstance(layer, IntegerEventLIF):
            found[layer.name] = met(layer.weights, came, False)
        elif isinstance(layer, IntegerLIF) and layer.recurrent is not None:
            back = values[layer.name]
            found[layer.recurrent.name] = met(layer.recurrent, back[:-1], software)
        elif isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear | IntegerScale):
            found[layer.name] = met(layer, came, by_value)
    return found
