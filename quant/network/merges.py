"""Layers of a deployed network that take several signals; each with a NumPy reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.network.signal import Signal, need, one_size, same_shape
from spikelut.quant.network.synapses import Ints

SOFTWARE = "only processors multiply counts: use a profile of one, or 0/1 spikes of one to one neurons"


def _alike(where: str, signals: Sequence[Signal]) -> None:
    """ValueError unless all are of one kind, worth the same, on one chip where they are its codes."""
    kinds = [signal.kind for signal in signals]
    hint = "spikes are no currents: give each its weights, and add what these give"
    require(len(set(kinds)) == 1, where, f"must be given signals of one kind ({hint})", kinds)
    need(where, ("events", "sums"), signals[0], "read-outs are merged by who reads them")
    steps = [signal.step for signal in signals]
    require(len(set(steps)) == 1, where, "events must be worth the same; set one input_step for all", steps)
    chips = {signal.profile.name: signal.profile for signal in signals if signal.profile is not None}
    message = "sums must be those of one profile; formats meet at spikes only"
    require(len(chips) < 2, where, message, sorted(chips))
    times = {signal.steps for signal in signals}
    require(
        len(times) == 1, where, "must be given signals of as many steps (put Repeat before)", sorted(map(str, times))
    )


def _together(signals: Sequence[Signal], shape: Any, least: int, largest: int) -> Signal:
    graded = any(signal.graded for signal in signals)
    return signals[0].of(shape, least=least, largest=largest, graded=graded)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerAdd(Brief):
    """The sum of signals of one kind in a deployed network: event counts, or synaptic sums in membrane codes.

    On a chip of single events the events of all arrive at the same weights; that is the same sum.

    ```pycon
    >>> import numpy as np
    >>> one = np.ones((1, 1, 2), np.int64)
    >>> quant.IntegerAdd("add").run(one, one).ravel()
    array([2, 2])
    ```
    """

    name: str

    def run(self, *signals: Ints) -> Ints:
        """The sum [T, B, ...] of signals of that shape."""
        total = signals[0]
        for signal in signals[1:]:
            # Of free sizes one could be 1, which NumPy would repeat.
            same = signal.shape == total.shape
            require(same, f"layer {self.name!r}", "what is merged must have one shape", [total.shape, signal.shape])
            total = total + signal
        return total

    def signal(self, *given: Signal, profile: Profile) -> Signal:
        """The sum of the largest."""
        where = f"layer {self.name!r}"
        require(len(given) >= 2, where, "must be given two signals or more", len(given))
        _alike(where, given)
        least, largest = sum(s.least for s in given), sum(s.largest for s in given)
        return _together(given, same_shape(where, given), least, largest)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerConcat(Brief):
    """Signals of one kind side by side along an `axis` after time and batch.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerConcat("both", 0).run(np.ones((1, 1, 2), np.int64), np.zeros((1, 1, 1), np.int64)).ravel()
    array([1, 1, 0])
    ```
    """

    name: str
    axis: int

    def run(self, *signals: Ints) -> Ints:
        """All of them [T, B, ...]."""
        return np.concatenate(signals, self.axis + 2)

    def signal(self, *given: Signal, profile: Profile) -> Signal:
        """Of the range of all."""
        where = f"layer {self.name!r}"
        require(len(given) >= 1, where, "must be given signals", len(given))
        _alike(where, given)
        shapes, axis = [s.shape for s in given], self.axis
        fits = len({len(s) for s in shapes}) == 1 and 0 <= axis < len(shapes[0])
        require(fits, where, "must be given as many dimensions", [list(s) for s in shapes])
        columns = list(zip(*shapes, strict=True))
        joined = columns[axis]
        require(
            all(isinstance(n, int) for n in joined),
            where,
            "needs to know the sizes that are joined: give an example=",
            joined,
        )
        shape = tuple(sum(joined) if i == axis else one_size(where, column) for i, column in enumerate(columns))
        return _together(given, shape, min(s.least for s in given), max(s.largest for s in given))


def _product_range(a: Signal, b: Signal, times: int = 1) -> tuple[int, int]:
    corners = [x * y * times for x in (a.least, a.largest) for y in (b.least, b.largest)]
    return min(corners), max(corners)


def _multiplied(where: str, a: Signal, b: Signal, profile: Profile) -> None:
    for signal in (a, b):
        need(where, "events", signal, "currents are not multiplied: put neurons before")
    require(a.step == b.step == 1, where, "must be given spikes, not inputs of an input_step", (a.step, b.step))
    single = (a.least, a.largest, b.least, b.largest) == (0, 1, 0, 1)
    software = profile.software
    require(single or software, where, f"must be given 0/1 spikes ({SOFTWARE})", (a.largest, b.largest))
    require(a.steps == b.steps, where, "must be given signals of as many steps", (a.steps, b.steps))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerProduct(Brief):
    """The product of event counts, value by value; for 0/1 spikes, whether both are there (AND).

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerProduct("gate").run(np.array([[[1, 1, 2]]]), np.array([[[0, 1, 3]]])).ravel()
    array([0, 1, 6])
    ```
    """

    name: str

    def run(self, *signals: Ints) -> Ints:
        """Counts [T, B, ...] of two counts that broadcast after time and batch."""
        a, b = signals
        return a * b

    def signal(self, *given: Signal, profile: Profile) -> Signal:
        """Up to the product of the largest."""
        where = f"layer {self.name!r}"
        require(len(given) == 2, where, "must be given two signals", len(given))
        a, b = given
        _multiplied(where, a, b, profile)
        require(len(a.shape) == len(b.shape), where, "must be given as many dimensions", [list(a.shape), list(b.shape)])
        shape = tuple(_wide(where, pair) for pair in zip(a.shape, b.shape, strict=True))
        return _together(given, shape, *_product_range(a, b))


def _wide(where: str, sizes: tuple[Any, Any]) -> Any:
    """The size of both, or of the other where one is 1."""
    return one_size(where, [n for n in sizes if n != 1] or [1])


@dataclass(frozen=True, eq=False, repr=False)
class IntegerMatMul(Brief):
    """Products of matrices of event counts, of the last two dimensions: attention of spikes.

    ```pycon
    >>> import numpy as np
    >>> a = np.ones((1, 1, 2, 3), np.int64)
    >>> quant.IntegerMatMul("scores").run(a, a.transpose(0, 1, 3, 2)).ravel()
    array([3, 3, 3, 3])
    ```
    """

    name: str

    def run(self, *signals: Ints) -> Ints:
        """Counts [T, B, ..., n, m] of counts [T, B, ..., n, k] and [T, B, ..., k, m]."""
        a, b = signals
        return a @ b

    def signal(self, *given: Signal, profile: Profile) -> Signal:
        """Up to the product of the largest, as often as is summed."""
        where = f"layer {self.name!r}"
        require(len(given) == 2, where, "must be given two signals", len(given))
        a, b = given
        _multiplied(where, a, b, profile)
        software = profile.software
        require(software, where, f"must run on a processor ({SOFTWARE})", profile.name)
        fits = len(a.shape) == len(b.shape) >= 2
        require(fits, where, "must be given matrices", [list(a.shape), list(b.shape)])
        outer = tuple(one_size(where, pair) for pair in zip(a.shape[:-2], b.shape[:-2], strict=True))
        inner = one_size(where, (a.shape[-1], b.shape[-2]))
        require(isinstance(inner, int), where, "needs to know the size that is summed: give an example=", inner)
        return _together(given, (*outer, a.shape[-2], b.shape[-1]), *_product_range(a, b, inner))
