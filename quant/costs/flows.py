"""What flows through a deployed network on data, added up over steps and samples."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import Ints

Inputs = NDArray[Any] | Mapping[str, NDArray[Any]]
SAMPLES_AT_ONCE = 64


@dataclass(frozen=True, eq=False)
class Flow:
    """What an input or a layer gave, [...] after time and batch, summed over all steps and samples.

    - `units`: the magnitudes, which of counts are the events themselves; `values`: how often it was not zero.
    - `last_units`, `last_values`: those of the last step alone, which no step of a recurrent layer takes.
    """

    units: Ints
    values: Ints
    last_units: Ints
    last_values: Ints

    @classmethod
    def of(cls, signal: Ints) -> "Flow":
        """That of a signal [T, B, ...]."""
        units, values = np.abs(signal), (signal != 0).astype(np.int64)
        last = (units[-1:], values[-1:])
        return cls(*(part.sum((0, 1), dtype=np.int64) for part in (units, values, *last)))

    def __add__(self, other: "Flow") -> "Flow":
        mine, others = vars(self).values(), vars(other).values()
        return Flow(*(a + b for a, b in zip(mine, others, strict=True)))

    def arriving(self, by_value: bool) -> Ints:
        """The events: one for each value other than zero, or as many as the value says."""
        return self.values if by_value else self.units

    def fed_back(self, by_value: bool) -> Ints:
        """Those that come back to the layer itself in the step after."""
        return self.values - self.last_values if by_value else self.units - self.last_units


@dataclass(frozen=True, eq=False)
class Flows:
    """Those of all inputs and layers of a network by name, with what was run: `steps` of each of `samples`."""

    steps: int
    samples: int
    by_name: dict[str, Flow]


def flows(network: IntegerNetwork, events: Inputs, progress: Callable[[int], None] | None = None) -> Flows:
    """What flows in `network` on event counts [T, B, ...], or these by the names of inputs; ValueError for others.

    `progress` is told how many samples were run, after some each time.
    """
    given = network.checked(events)
    sizes = {name: array.shape[:2] for name, array in given.items()}
    require(all(all(size) for size in sizes.values()), "IntegerNetwork", "inputs must have steps and samples", sizes)
    samples = next(iter(sizes.values()))[1]
    found: dict[str, Flow] = {}
    steps = 0
    for first in range(0, samples, SAMPLES_AT_ONCE):
        part = {name: array[:, first : first + SAMPLES_AT_ONCE] for name, array in given.items()}
        for name, signal in _signals(network, part):
            steps = max(steps, len(signal))
            flow = Flow.of(signal)
            found[name] = found[name] + flow if name in found else flow
        if progress is not None:
            progress(min(samples, first + SAMPLES_AT_ONCE))
    return Flows(steps, samples, found)


def _signals(network: IntegerNetwork, part: dict[str, Ints]) -> Iterator[tuple[str, Ints]]:
    yield from part.items()
    yield from network.passed(part if len(network.inputs) > 1 else next(iter(part.values())))
