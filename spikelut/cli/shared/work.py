"""What trained networks do on test samples, and hold: `quant.cost` of each, in a few numbers."""

from collections.abc import Collection, Mapping
from statistics import fmean
from typing import Any

from torch import Tensor

from spikelut.quant import IntegerNetwork, cost

SAMPLES = 64
"""Test samples that are counted, the first."""


def work_of(network: IntegerNetwork, spikes: Tensor) -> dict[str, Any]:
    """Of a network on event counts [T, N, ...]: synaptic events a sample, its bits, and its energy.

    `modelled_energy_nj` a sample is None where nobody published constants of the chip, or the network does not fit it.
    """
    found = cost(network, spikes[:, :SAMPLES].cpu().numpy())
    assert found.synaptic_events is not None  # data were given
    energy = None if found.energy is None else found.energy.total / 1000 / found.samples
    events = found.synaptic_events / found.samples
    return {"synaptic_events": events, "network_bits": found.footprint.total, "modelled_energy_nj": energy}


def mean_work(works: Collection[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The means over seeds; None of none. Energy is None unless all have it."""
    if not works:
        return None
    columns = {name: [work[name] for work in works] for name in next(iter(works))}
    return {name: None if None in values else fmean(values) for name, values in columns.items()}
