"""Random event counts that wake neurons: bursts of many rates, fixed patterns, and those that drive one."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes.order import IntegerRepeat
from spikelut.quant.network.synapses import IntegerLinear, IntegerWeights, Ints

RATES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True, eq=False)
class Rows:
    """The inputs of a network as one array: as it is where there is one, side by side in a row where there are several.

    `shapes`: what follows time and batch in each, by name.
    """

    shapes: dict[str, tuple[int, ...]]

    @property
    def shape(self) -> tuple[int, ...]:
        """What follows time and batch in the array."""
        if len(self.shapes) == 1:
            return next(iter(self.shapes.values()))
        return (sum(prod(shape) for shape in self.shapes.values()),)

    def joined(self, inputs: NDArray[Any] | Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """The array [T, B, ...] of inputs."""
        if not isinstance(inputs, Mapping):
            return inputs
        return np.concatenate([inputs[name].reshape(*inputs[name].shape[:2], -1) for name in self.shapes], 2)

    def apart(self, row: Ints) -> Any:
        """The inputs of an array: itself where there is one, else by name."""
        if len(self.shapes) == 1:
            return row
        ends = np.cumsum([prod(shape) for shape in self.shapes.values()])[:-1]
        parts = zip(self.shapes.items(), np.split(row, ends, 2), strict=True)
        return {name: part.reshape(*row.shape[:2], *shape) for (name, shape), part in parts}


@dataclass(frozen=True, eq=False)
class Bursts:
    """Samples of `steps` steps of `shape`, counts up to `largest`; `drives` [n, ...]: what drives each neuron.

    `largest` is a number, or of several inputs in one row an array of one for each value; `least` likewise.
    """

    shape: tuple[int, ...]
    steps: int
    largest: Any
    least: Any
    drives: NDArray[Any]
    random_numbers: np.random.Generator

    @classmethod
    def of(
        cls, network: IntegerNetwork, shape: tuple[int, ...], steps: int, random_numbers: np.random.Generator
    ) -> "Bursts":
        """Those for a network, whose inputs are in one row where they are several."""
        limits: list[Any] = []
        for name in ("largest", "least"):
            each = [getattr(one, name) for one in network.inputs]
            sizes = [1 if len(each) == 1 else one.signal.count for one in network.inputs]
            limits.append(each[0] if len(each) == 1 else np.repeat(each, sizes))
        largest, least = limits
        return cls(shape, steps, largest, least, _drives(network, shape), random_numbers)

    def silence(self, samples: int) -> Ints:
        """Nothing."""
        return np.zeros((self.steps, samples, *self.shape), np.int64)

    def random(self, samples: int) -> Ints:
        """Samples of bursts, some of them empty."""
        events = self.silence(samples)
        for sample in range(samples):
            at = 0
            while at < self.steps:
                length = int(self.random_numbers.integers(1, max(2, self.steps // 2 + 1)))
                events[at : at + length, sample] = self._burst(min(length, self.steps - at))
                at += length
        return events

    def changed(self, parents: Ints) -> Ints:
        """Copies in which a part of the time, and of the inputs, is another burst."""
        events = parents.copy()
        for sample in range(parents.shape[1]):
            start = int(self.random_numbers.integers(0, self.steps))
            length = int(self.random_numbers.integers(1, self.steps - start + 1))
            where = self.random_numbers.random(self.shape) < self.random_numbers.choice(RATES)
            part = events[start : start + length, sample]
            part[:, where] = self._burst(length)[:, where]
        return events

    def some(self, candidates: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """So many of the candidates, each about as often."""
        return self.random_numbers.permutation(np.resize(candidates, count))

    def _burst(self, length: int) -> Ints:
        draw, rate = self.random_numbers, self.random_numbers.choice(RATES)
        kind = draw.integers(0, 4)
        size = (length, *self.shape)
        if kind == 0:
            on = draw.random(size) < rate
        elif kind == 1:
            on = np.broadcast_to(draw.random(self.shape) < rate, size)
        elif kind == 2 and len(self.drives):
            driven = self.drives[draw.integers(len(self.drives))] > 0
            on = np.broadcast_to(driven & (draw.random(self.shape) < max(rate, 0.4)), size)
        else:
            on = np.zeros(size, bool)
        most = self.largest ** int(draw.choice((0, 1)))
        counts: Ints = on * draw.integers(1, most + 1, size)
        if np.any(self.least):
            # Of a signed input some are negative, each value as long as the burst is.
            below = draw.integers(self.least, 1, size[1:])
            counts = np.where(draw.random(size[1:]) < 0.5, on * below, counts)
        return counts


def _drives(network: IntegerNetwork, shape: tuple[int, ...]) -> NDArray[Any]:
    """What single neurons want of the inputs, positive where an event brings them nearer to their threshold [n, ...].

    Of linear layers from the first on: as if all neurons between gave what they take.
    """
    if len(shape) > 1 or not network.is_chain:
        return np.zeros((0, *shape))
    found: list[NDArray[Any]] = []
    for layer in network.layers:
        if not isinstance(layer, IntegerLinear | IntegerDelayedLinear | IntegerLIF | IntegerRepeat | IntegerDelay):
            break
        weights = layer.weights if isinstance(layer, IntegerEventLIF) else layer
        if isinstance(weights, IntegerLinear | IntegerDelayedLinear):
            wanted = _normalised(weights)
            found.append(wanted @ found[-1] if found else wanted)
    return np.concatenate(found) if found else np.zeros((0, *shape))


def _normalised(layer: IntegerWeights) -> NDArray[Any]:
    codes = layer.codes.astype(np.float64)
    norm: NDArray[Any] = np.linalg.norm(codes, axis=1, keepdims=True)
    scaled: NDArray[Any] = codes / np.maximum(norm, 1)
    return scaled
