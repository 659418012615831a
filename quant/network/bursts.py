"""Random event counts that wake neurons: bursts of many rates, fixed patterns, and those that drive one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerWeights, Ints

RATES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)


@dataclass(frozen=True, eq=False)
class Bursts:
    """Samples of `steps` steps of `shape`, counts up to `largest`; `drives` [n, ...]: what drives each neuron."""

    shape: tuple[int, ...]
    steps: int
    largest: int
    drives: NDArray[Any]
    random_numbers: np.random.Generator

    @classmethod
    def of(
        cls, network: IntegerNetwork, shape: tuple[int, ...], steps: int, random_numbers: np.random.Generator
    ) -> "Bursts":
        """Those for a network."""
        return cls(shape, steps, network.largest_input, _drives(network, shape), random_numbers)

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
        most = int(draw.choice((1, self.largest)))
        counts: Ints = on * draw.integers(1, most + 1, size)
        return counts


def _drives(network: IntegerNetwork, shape: tuple[int, ...]) -> NDArray[Any]:
    """What single neurons want of the inputs, positive where an event brings them nearer to their threshold [n, ...].

    Of linear layers from the first on: as if all neurons between gave what they take.
    """
    if len(shape) > 1:
        return np.zeros((0, *shape))
    found: list[NDArray[Any]] = []
    for layer in network.layers:
        if isinstance(layer, IntegerConv2d):
            break
        if isinstance(layer, IntegerLinear):
            wanted = _normalised(layer)
            found.append(wanted @ found[-1] if found else wanted)
    return np.concatenate(found)


def _normalised(layer: IntegerWeights) -> NDArray[Any]:
    codes = layer.codes.astype(np.float64)
    norm: NDArray[Any] = np.linalg.norm(codes, axis=1, keepdims=True)
    scaled: NDArray[Any] = codes / np.maximum(norm, 1)
    return scaled
