"""How large the signals in a network can be, channel by channel."""

from typing import NamedTuple

import numpy as np

from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF, Weighted
from spikelut.quant.network.merges import IntegerAdd, IntegerConcat
from spikelut.quant.network.shapes.order import (
    IntegerFlatten,
    IntegerRepeat,
    IntegerReshape,
    IntegerReverse,
    IntegerTake,
    IntegerTranspose,
)
from spikelut.quant.network.shapes.pooling import (
    IntegerMaxPool2d,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerUpsample,
    pair,
)
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerScale, Ints


class Bounds(NamedTuple):
    """The least and largest value of each channel, the first dimension after time and batch; of all where it is one.

    Flattened images may have one for each channel, which then counts for its places.
    """

    low: Ints
    high: Ints

    @property
    def of_all(self) -> "Bounds":
        """Those of every value."""
        return Bounds(self.low.min(keepdims=True), self.high.max(keepdims=True))

    def times(self, factor: int) -> "Bounds":
        """Those of sums of so many."""
        return Bounds(self.low * factor, self.high * factor)


def passed(layer: IntegerLayer, *given: Bounds) -> Bounds:
    """The bounds of what a layer without neurons gives, but of those that sum over what only a signal tells."""
    one = given[0]
    if isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear):
        return _sums(layer, one)
    if isinstance(layer, IntegerScale):
        return one.times(1 << layer.left_shift)
    if isinstance(layer, IntegerSumPool2d):
        return one.times(int(np.prod(pair(layer.kernel_size))))
    if isinstance(layer, IntegerSpread | IntegerDelay):
        return Bounds(np.minimum(one.low, 0), np.maximum(one.high, 0))
    if isinstance(layer, IntegerMaxPool2d | IntegerUpsample | IntegerFlatten | IntegerRepeat | IntegerReverse):
        return one
    if isinstance(layer, IntegerAdd):
        return Bounds(*(sum(_alike(part)[1:], _alike(part)[0]) for part in zip(*given, strict=True)))
    if isinstance(layer, IntegerConcat):
        every = [part.of_all for part in given]
        return Bounds(min(p.low for p in every), max(p.high for p in every))
    assert not isinstance(layer, IntegerLIF)  # neurons are driven
    assert isinstance(layer, IntegerReshape | IntegerTranspose | IntegerTake)  # there are no others
    return one.of_all


def _alike(parts: tuple[Ints, ...]) -> list[Ints]:
    """Each with a number for every channel, where one has."""
    size = max(len(part) for part in parts)
    return [np.repeat(part, size // len(part)) if size % len(part) == 0 else part.max(keepdims=True) for part in parts]


def _sums(layer: Weighted, given: Bounds) -> Bounds:
    codes = layer.codes.astype(np.int64)
    inputs = layer.in_channels if isinstance(layer, IntegerConv2d) else codes.shape[1]
    if inputs % len(given.low):
        given = given.of_all
    low, high = (np.repeat(values, inputs // len(values)) for values in given)
    if not isinstance(layer, IntegerLinear):
        # At the edge a window has less, at first a delay: zeros are around.
        low, high = np.minimum(low, 0), np.maximum(high, 0)
    if isinstance(layer, IntegerConv2d):
        low, high = (values.reshape(layer.groups, 1, -1, 1, 1) for values in (low, high))
        codes = codes.reshape(layer.groups, -1, *codes.shape[1:])
    up, down = np.maximum(codes, 0), np.minimum(codes, 0)
    axes = (2, 3, 4) if isinstance(layer, IntegerConv2d) else (1,)
    factors = layer.factors(1).ravel()
    least, most = (up * low + down * high).sum(axes).ravel(), (up * high + down * low).sum(axes).ravel()
    return Bounds(least * factors, most * factors)
