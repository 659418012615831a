"""A case: what is measured, with which settings, and who takes part."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bench_rounds import Timed
from torch import Tensor

Setting = dict[str, int | str]
"""The sizes and kinds of one measurement, such as {"elements": 1000, "dtype": "float32"}."""


class Unavailable(Exception):
    """A contender that cannot take part on this machine; says why."""


class Unequal(AssertionError):
    """Two contenders do not compute the same."""


@dataclass(frozen=True)
class Work:
    """What a contender does once: `forward`, then `backward` of what that gave.

    Where memory counts, `elements` is the number it is shared among, and `known` are the tensors that are there anyway.
    """

    forward: Callable[[], Any]
    backward: Callable[[Any], Any] | None = None
    known: tuple[Tensor, ...] = ()
    elements: int = 0

    def __call__(self) -> None:
        out = self.forward()
        if self.backward is not None:
            self.backward(out)


@dataclass(frozen=True)
class Contender:
    """Who takes part. `make` raises `Unavailable` or ImportError if it cannot; ours have one for each `backend`."""

    name: str
    make: Callable[[], Work | Timed]
    backend: str | None = None

    @property
    def key(self) -> str:
        """Its name among the contenders of a setting."""
        return self.name if self.backend is None else f"{self.name} [{self.backend}]"


class Case(ABC):
    """The base of all cases.

    - `main`: the contenders of ours that the ratios are of. `over`: keys of a setting over which tables average.
    - `drawn`: whether a picture shows it. `against`: the key of a setting that its picture has times against, as lines.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    text: ClassVar[str]
    main: ClassVar[tuple[str, ...]]
    over: ClassVar[tuple[str, ...]] = ()
    drawn: ClassVar[bool] = True
    against: ClassVar[str] = ""

    @property
    def missing(self) -> str:
        """Why it cannot be measured here; empty if it can."""
        return ""

    @abstractmethod
    def settings(self) -> list[Setting]:
        """All sizes."""

    @abstractmethod
    def quick(self) -> list[Setting]:
        """One size."""

    @abstractmethod
    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        """Who takes part."""

    @abstractmethod
    def check(self) -> int:
        """Compare what ours computes, on the backend in use, with the readable path and with peers said to be equal.

        Returns how many values were compared; raises `Unequal`.
        """


def equal(who: str, ours: Tensor, wanted: Tensor, tolerance: float = 0.0) -> int:
    """The number of values compared; `Unequal` if one differs by more than `tolerance` times the largest wanted."""
    if ours.shape != wanted.shape:
        raise Unequal(f"{who}: shape must be {tuple(wanted.shape)}, got {tuple(ours.shape)}")
    a, b = ours.detach().double(), wanted.detach().double()
    allowed = tolerance * float(b.abs().max()) if b.numel() else 0.0
    largest = float((a - b).abs().max()) if b.numel() else 0.0
    if not largest <= allowed:  # NaN is none of the equal
        raise Unequal(f"{who}: the largest difference must be <= {allowed:.3g}, got {largest:.3g}")
    return b.numel()


def geometric_mean(values: list[float]) -> float:
    """Of positive numbers."""
    return math.prod(values) ** (1 / len(values))  # exact of a single one
