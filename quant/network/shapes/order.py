"""Layers of a deployed network that rearrange and repeat values; each with a NumPy reference."""

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.network.signal import Signal, need
from spikelut.quant.network.synapses import Ints


@dataclass(frozen=True, eq=False, repr=False)
class IntegerFlatten(Brief):
    """Flattening of a deployed network: all that follows time and batch in one dimension.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerFlatten("flat").run(np.ones((5, 2, 3, 4, 4), np.int64)).shape
    (5, 2, 48)
    ```
    """

    name: str

    def run(self, spikes: Ints) -> Ints:
        """Event counts [T, B, N] of event counts [T, B, ...]."""
        return spikes.reshape(*spikes.shape[:2], -1)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same values in a row."""
        return given.of((given.count if given.known else f"{self.name}.N",))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerReshape(Brief):
    """The same values in another `shape` after time and batch, in the same order; one size may be -1, what is left.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerReshape("heads", (2, 3)).run(np.ones((5, 2, 6), np.int64)).shape
    (5, 2, 2, 3)
    ```
    """

    name: str
    shape: tuple[int, ...]

    def run(self, values: Ints) -> Ints:
        """Values [T, B, *shape] of [T, B, ...]."""
        return values.reshape(*values.shape[:2], *self.shape)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same values; their number is checked where it is known."""
        where, left = f"layer {self.name!r}", prod(n for n in self.shape if n > 0)
        require(self.shape.count(-1) <= 1, where, "must have one size of -1 at most", self.shape)
        if not given.known:
            return given.of(tuple(f"{self.name}.N" if n == -1 else n for n in self.shape))
        count = prod(given.shape)
        fits = count % left == 0 if -1 in self.shape else count == left
        require(fits, where, f"must be {list(self.shape)}", list(given.shape))
        return given.of(tuple(count // left if n == -1 else n for n in self.shape))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerReverse(Brief):
    """The time steps of a deployed network in reverse order, as one half of a bidirectional network takes them.

    This needs the whole sequence, so files of a single step cannot have it.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerReverse("back").run(np.arange(3).reshape(3, 1, 1)).ravel()
    array([2, 1, 0])
    ```
    """

    name: str

    def run(self, values: Ints) -> Ints:
        """Values [T, B, ...], the last step first."""
        return values[::-1]

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same values."""
        return given


@dataclass(frozen=True, eq=False, repr=False)
class IntegerTranspose(Brief):
    """Another order of the dimensions after time and batch: the first is what was the `axes[0]`th.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerTranspose("tokens", (1, 0)).run(np.ones((5, 2, 3, 4), np.int64)).shape
    (5, 2, 4, 3)
    ```
    """

    name: str
    axes: tuple[int, ...]

    def run(self, values: Ints) -> Ints:
        """Values [T, B, ...] of [T, B, ...]."""
        return values.transpose(0, 1, *(axis + 2 for axis in self.axes))

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same values."""
        fits = sorted(self.axes) == list(range(len(given.shape)))
        require(fits, f"layer {self.name!r}", f"axes must be an order of {list(given.shape)}", self.axes)
        return given.of(tuple(given.shape[axis] for axis in self.axes))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerTake(Brief):
    """Some of the values along an `axis` after time and batch, in the order of `indices`: slices, parts, reversals.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerTake("part", 0, (2, 0)).run(np.arange(4).reshape(1, 1, 4)).ravel()
    array([2, 0])
    ```
    """

    name: str
    axis: int
    indices: tuple[int, ...]

    def run(self, values: Ints) -> Ints:
        """Values [T, B, ...] of [T, B, ...]."""
        return np.take(values, self.indices, self.axis + 2)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Some of the values."""
        size: Any = given.shape[self.axis] if 0 <= self.axis < len(given.shape) else 0
        fits = bool(self.indices) and (not isinstance(size, int) or 0 <= min(self.indices) <= max(self.indices) < size)
        require(fits, f"layer {self.name!r}", f"must take from {list(given.shape)}", (self.axis, self.indices))
        return given.of((*given.shape[: self.axis], len(self.indices), *given.shape[self.axis + 1 :]))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerRepeat(Brief):
    """A constant input of a deployed network: the same synaptic sums in each of `steps` time steps.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerRepeat("repeat", 3).run(np.array([[[7]]])).ravel()
    array([7, 7, 7])
    ```
    """

    name: str
    steps: int

    def run(self, current: Ints) -> Ints:
        """Synaptic sums [steps, B, ...] of synaptic sums [1, B, ...]."""
        return np.repeat(current, self.steps, 0)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """The same values in every step."""
        where = f"layer {self.name!r}"
        need(where, "sums", given, "repeat what the first weights give")
        require(given.steps in (None, 1), where, "must be given one step", given.steps)
        return given.of(given.shape, steps=self.steps)
