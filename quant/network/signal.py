"""What flows between the layers of an integer network: of what kind, how large, of what shape."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Literal

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile

Kind = Literal["events", "sums", "membranes"]
"""Event counts, or graded spikes; synaptic sums in membrane codes; membranes of a read-out in such codes."""

Sizes = tuple[Any, ...]
"""Integers, or a name where a size is free, as height and width of images are."""

PREFIX: dict[Kind, str] = {"events": "spikes", "sums": "sums", "membranes": "membrane"}
"""What an output of a kind is called in exported files, before the name of its layer."""


@dataclass(frozen=True, repr=False)
class Signal(Brief):
    """What a layer gives: values of a `kind` in `least`..`largest`, of a `shape` that follows time and batch.

    - `step`: the real value of one event; of sums and membranes, of one code.
    - `steps`: the number of time steps where that is fixed (a constant input has one), else None.
    - `profile`: the chip whose codes sums and membranes are; None of events, which are everywhere the same.
    - `graded`: events that carry a number of many bits, and sums of them, which may need 64.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> signal = quant.integer(model).signals["1"]
    >>> signal.kind, signal.least, signal.largest, signal.shape
    ('events', 0, 1, (4,))
    ```
    """

    kind: Kind
    least: int
    largest: int
    shape: Sizes
    step: float = 1.0
    steps: int | None = None
    profile: Profile | None = None
    graded: bool = False

    def _parts(self) -> Iterator[str]:
        yield f"{self.kind} in {self.least}..{self.largest}"
        yield f"shape={list(self.shape)}"
        yield f"step={self.step:.6g}"
        yield f"steps={self.steps}" * (self.steps is not None)
        yield "" if self.profile is None else f"on {self.profile.name}"
        yield "graded" * self.graded

    @property
    def reach(self) -> int:
        """The largest magnitude."""
        return max(-self.least, self.largest)

    @property
    def count(self) -> int:
        """How many values there are in a step; ValueError where a size is free."""
        require(self.known, "Signal", "shape must be known", self.shape)
        return prod(self.shape)

    @property
    def known(self) -> bool:
        """Whether no size is free."""
        return all(isinstance(n, int) for n in self.shape)

    def of(self, shape: Sizes, **changes: Any) -> "Signal":
        """The same kind in another shape, or with other limits."""
        return replace(self, shape=shape, **changes)


def need(where: str, wanted: Kind | tuple[Kind, ...], signal: Signal, instead: str) -> None:
    """ValueError, which says what to do `instead`, unless a layer is given what it takes."""
    kinds = (wanted,) if isinstance(wanted, str) else wanted
    require(signal.kind in kinds, where, f"{instead}; it takes {' or '.join(kinds)}", signal.kind)


def row_of(where: str, given: Signal) -> Sizes:
    """The shape of what is given; ValueError where nothing follows time and batch."""
    require(bool(given.shape), where, "must be given something behind time and batch", list(given.shape))
    return given.shape


def same_shape(where: str, signals: Sequence[Signal]) -> Sizes:
    """The shape that all have; ValueError if one has another. A free size is taken for the one that is known."""
    shapes = [signal.shape for signal in signals]
    fits = len({len(shape) for shape in shapes}) == 1
    require(fits, where, "what is merged must have one shape", [list(s) for s in shapes])
    return tuple(one_size(where, sizes) for sizes in zip(*shapes, strict=True))


def one_size(where: str, sizes: Sequence[Any]) -> Any:
    """The size that all are, where it is known."""
    known = {n for n in sizes if isinstance(n, int)}
    require(len(known) <= 1, where, "what is merged must have one shape", list(sizes))
    return known.pop() if known else sizes[0]


def windows(where: str, size: Any, kernel: int, stride: int, padding: int, dilation: int, name: str) -> Any:
    """How many windows fit in a `size`; `name` where that is free."""
    if not isinstance(size, int):
        return name
    found = window_count(size, kernel, stride, 2 * padding, dilation)
    if found < 1:
        raise ValueError(f"images must be large enough for {where}, got {size}")
    return found


def window_count(size: int, kernel: int, stride: int, padded: int, dilation: int = 1) -> int:
    """How many windows fit in a `size` with `padded` zeros around in all; below 1 where none does."""
    return (size + padded - dilation * (kernel - 1) - 1) // stride + 1
