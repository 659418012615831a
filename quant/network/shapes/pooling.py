"""Layers of a deployed network that pool, sum up and enlarge images; each with a NumPy reference."""

from dataclasses import dataclass
from math import prod

import numpy as np

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.network.signal import Signal, Sizes, need, windows
from spikelut.quant.network.synapses import Ints

Pair = tuple[int, int]
POOL_EVENTS = "pool after the neurons, or put the factor into the weights"


def pair(value: int | Pair) -> Pair:
    """Of height and width."""
    return (value, value) if isinstance(value, int) else value


def _images(where: str, given: Signal, kernel: Pair, stride: Pair, padding: Pair, name: str) -> Sizes:
    require(len(given.shape) == 3, where, "must be given images [C, H, W]", list(given.shape))
    geometry = zip(given.shape[1:], kernel, stride, padding, "HW", strict=True)
    sizes = (windows(where, n, k, s, p, 1, f"{name}.{axis}") for n, k, s, p, axis in geometry)
    return (given.shape[0], *sizes)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerSumPool2d(Brief):
    """Sum pooling of a deployed network: the number of events in each window.

    `kernel_size`, `stride` and `padding` (with zeros) are integers, or pairs of height and width.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerSumPool2d("pool", 2, 2).run(np.ones((1, 1, 1, 4, 4), np.int64)).ravel()
    array([4, 4, 4, 4])
    ```
    """

    name: str
    kernel_size: int | Pair
    stride: int | Pair
    padding: int | Pair = 0

    def run(self, spikes: Ints) -> Ints:
        """Event counts [T, B, C, H', W'] of event counts [T, B, C, H, W]."""
        counts: Ints = _window_view(spikes, self.kernel_size, self.stride, self.padding, 0).sum((5, 6))
        return counts

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Up to as many times the events as a window has."""
        where = f"layer {self.name!r}"
        need(where, "events", given, POOL_EVENTS)
        kernel, stride, padding = pair(self.kernel_size), pair(self.stride), pair(self.padding)
        shape, n = _images(where, given, kernel, stride, padding, self.name), prod(kernel)
        return given.of(shape, least=given.least * n, largest=given.largest * n)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerMaxPool2d(Brief):
    """Max pooling of a deployed network: the largest of each window; for 0/1 spikes, whether there is one (OR).

    Every chip can do this with events, by a neuron with a threshold of 1. With synaptic sums, only software can.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerMaxPool2d("pool", (2, 2), (2, 2)).run(np.arange(16).reshape(1, 1, 1, 4, 4)).ravel()
    array([ 5,  7, 13, 15])
    ```
    """

    name: str
    kernel_size: Pair
    stride: Pair
    padding: Pair = (0, 0)

    def run(self, values: Ints) -> Ints:
        """The largest values [T, B, C, H', W'] of [T, B, C, H, W]."""
        lowest = np.iinfo(np.int64).min
        found: Ints = _window_view(values, self.kernel_size, self.stride, self.padding, lowest).max((5, 6))
        return found

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same kind of value."""
        where = f"layer {self.name!r}"
        need(where, ("events", "sums"), given, "a read-out is pooled by who reads it")
        if given.kind == "sums":
            message = "must come after the neurons, as sums are compared in software only (or use SumPool2d)"
            require(profile.software, where, message, profile.name)
        half = all(2 * p <= k for p, k in zip(self.padding, self.kernel_size, strict=True))
        require(half, where, "padding must be at most half of the window", self.padding)
        return given.of(_images(where, given, self.kernel_size, self.stride, self.padding, self.name))


def _window_view(x: Ints, kernel: int | Pair, stride: int | Pair, padding: int | Pair, fill: int) -> Ints:
    (up, left), (down, right) = pair(padding), pair(stride)
    padded = np.pad(x, ((0, 0), (0, 0), (0, 0), (up, up), (left, left)), constant_values=fill)
    views: Ints = np.lib.stride_tricks.sliding_window_view(padded, pair(kernel), (3, 4))[:, :, :, ::down, ::right]
    return views


@dataclass(frozen=True, eq=False, repr=False)
class IntegerTotal(Brief):
    """The sum over some dimensions in a deployed network, as for global pooling or votes of groups.

    `axes`: those summed, counted after time and batch.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerTotal("all", (1, 2)).run(np.ones((1, 1, 2, 4, 4), np.int64)).ravel()
    array([16, 16])
    ```
    """

    name: str
    axes: tuple[int, ...]

    def run(self, spikes: Ints) -> Ints:
        """Event counts [T, B, ...] without the axes."""
        total: Ints = spikes.sum(tuple(axis + 2 for axis in self.axes))
        return total

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Up to as many times the events as are summed."""
        where = f"layer {self.name!r}"
        need(where, "events", given, POOL_EVENTS)
        fits = all(0 <= axis < len(given.shape) for axis in self.axes) and len(set(self.axes)) == len(self.axes)
        require(fits, where, f"axes must be of {list(given.shape)}", self.axes)
        summed = [given.shape[axis] for axis in self.axes]
        require(
            all(isinstance(n, int) for n in summed),
            where,
            "needs to know the sizes that are summed: give an example=",
            summed,
        )
        rest = tuple(n for axis, n in enumerate(given.shape) if axis not in self.axes)
        n = prod(summed)
        return given.of(rest, least=given.least * n, largest=given.largest * n)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerUpsample(Brief):
    """Nearest-neighbour upsampling of a deployed network.

    `scale` says how often each value is repeated, for each of the last dimensions.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerUpsample("up", (2,)).run(np.array([[[[1, 0]]]])).ravel()
    array([1, 1, 0, 0])
    ```
    """

    name: str
    scale: tuple[int, ...]

    def run(self, values: Ints) -> Ints:
        """Values [T, B, C, H * scale, W * scale] of [T, B, C, H, W]."""
        for axis, times in enumerate(reversed(self.scale), 1):
            values = np.repeat(values, times, -axis)
        return values

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same, larger."""
        kept = len(given.shape) - len(self.scale)
        require(kept >= 0, f"layer {self.name!r}", f"must be given {len(self.scale)} sizes", list(given.shape))
        sizes = zip(given.shape[kept:], self.scale, "HWDXYZ", strict=False)
        grown = tuple(n * s if isinstance(n, int) else f"{self.name}.{axis}" for n, s, axis in sizes)
        return given.of((*given.shape[:kept], *grown))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerSpread(Brief):
    """Zeros put between and around values, the first step of a transposed convolution.

    Each of the last dimensions gets `stride` - 1 zeros between two values, `before` zeros before them and `after` zeros
    behind. A negative number cuts off so many values.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerSpread("spread", (2,), (1,), (0,)).run(np.array([[[3, 4]]])).ravel()
    array([0, 3, 0, 4])
    ```
    """

    name: str
    stride: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def run(self, values: Ints) -> Ints:
        """Values [T, B, ...] among zeros."""
        first = values.ndim - len(self.stride)
        for axis, (stride, before, after) in enumerate(zip(self.stride, self.before, self.after, strict=True), first):
            size = (values.shape[axis] - 1) * stride + 1
            apart = np.zeros((*values.shape[:axis], size, *values.shape[axis + 1 :]), np.int64)
            apart[(slice(None),) * axis + (slice(None, None, stride),)] = values
            around = [(0, 0)] * axis + [(max(before, 0), max(after, 0))] + [(0, 0)] * (values.ndim - axis - 1)
            kept = slice(max(-before, 0), size + max(before, 0) + max(after, 0) - max(-after, 0))
            values = np.pad(apart, around)[(slice(None),) * axis + (kept,)]
        return values

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same kind of value, or zero."""
        where, kept = f"layer {self.name!r}", len(given.shape) - len(self.stride)
        need(where, ("events", "sums"), given, "a read-out is padded by who reads it")
        require(kept >= 0, where, f"must be given {len(self.stride)} sizes", list(given.shape))
        sizes = zip(given.shape[kept:], self.stride, self.before, self.after, "HWDXYZ", strict=False)
        grown = tuple(
            (n - 1) * s + 1 + b + a if isinstance(n, int) else f"{self.name}.{axis}" for n, s, b, a, axis in sizes
        )
        require(all(not isinstance(n, int) or n > 0 for n in grown), where, "must leave something", list(grown))
        return given.of((*given.shape[:kept], *grown), least=min(given.least, 0), largest=max(given.largest, 0))
