"""Timing several things in turn, so that a slow moment of the machine meets all of them."""

import gc
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, Protocol


class Timed(Protocol):
    """What can be timed."""

    def seconds(self, count: int) -> float:
        """How long `count` calls take together."""
        ...


@dataclass(frozen=True)
class Local:
    """A function of this process; `before` and one call run, untimed, ahead of every sample.

    With that call it is in the state of a loop of its own. Without, what takes as long as a sample would be timed with
    the caches and the allocator as those leave them that had their turn before.
    """

    call: Callable[[], Any]
    before: Callable[[], Any] = lambda: None

    def seconds(self, count: int) -> float:
        """How long `count` calls take together, without collections of garbage."""
        self.before()
        self.call()
        collects = gc.isenabled()
        gc.disable()
        try:
            start = perf_counter()
            for _ in range(count):
                self.call()
            return perf_counter() - start
        finally:
            if collects:
                gc.enable()


@dataclass(frozen=True)
class Effort:
    """How long to measure: at least `least` rounds, then more until `seconds` have passed or there are `most`.

    A sample is of as many calls as fit into `sample` seconds, at least one.
    """

    least: int = 12
    most: int = 50
    seconds: float = 4.0
    sample: float = 0.005


@dataclass(frozen=True)
class Times:
    """Seconds a call: the fastest sample and the median of the samples."""

    best: float
    median: float
    rounds: int
    calls: int


def interleave(
    timed: Mapping[str, Timed], effort: Effort, clock: Callable[[], float] = perf_counter
) -> dict[str, Times]:
    """The times of each, from rounds in which each gives one sample, in an order that changes from round to round."""
    calls, samples = {}, {name: [] for name in timed}  # type: dict[str, int], dict[str, list[float]]
    for name, one in timed.items():
        one.seconds(1)  # fills caches and compiles what is compiled on the first call
        calls[name] = max(1, int(effort.sample / max(one.seconds(1), 1e-9)))
    order, shuffle = list(timed), random.Random(0).shuffle
    end = clock() + effort.seconds
    for done in range(effort.most):
        if done >= effort.least and clock() >= end:
            break
        shuffle(order)
        for name in order:
            samples[name].append(timed[name].seconds(calls[name]) / calls[name])
    return {name: Times(min(taken), median(taken), len(taken), calls[name]) for name, taken in samples.items() if taken}
