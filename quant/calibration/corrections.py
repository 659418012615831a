"""Thresholds and biases of neurons, chosen from a few values by the spikes that they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from spikelut.quant.calibration.unit import Unit
from spikelut.quant.neurons.own_values import give_bias, set_threshold

THRESHOLDS = (0.5, 0.7, 0.8, 0.88, 0.94, 0.97, 1.0, 1.03, 1.06, 1.13, 1.25, 1.4, 2.0)
"""What thresholds are multiplied by."""
BIASES = (-0.1, -0.05, -0.02, -0.01, 0.0, 0.01, 0.02, 0.05, 0.1)
"""What is added to membranes in every step, as a share of the threshold."""
MEASURED = 128
"""Samples that each value is tried on."""


def correct_thresholds(unit: Unit, tick: Callable[[], None]) -> tuple[str, ...]:
    """Multiply thresholds by what brings the spikes nearest: those of each neuron, or of the layer."""
    said = []
    for name, neuron in unit.spiking():
        before = torch.as_tensor(neuron.threshold, dtype=torch.float64)
        count = unit.count(name)

        def put(factors: Tensor, neuron: Any = neuron, before: Tensor = before, count: int = count) -> None:
            each = unit.has_each(neuron)
            set_threshold(neuron, before * (factors if each else factors.mean()))

        found = _best(unit, name, count, THRESHOLDS, 1.0, put, each=unit.has_each(neuron), tick=tick)
        if bool((found != 1).any()):
            said.append(f"thresholds times {float(found.min()):g}..{float(found.max()):g}")
    return tuple(said)


def correct_biases(unit: Unit, tick: Callable[[], None]) -> tuple[str, ...]:
    """Add to each neuron's membrane what brings its spikes, or its membranes, nearest."""
    said = []
    for name, neuron in unit.neurons():
        if neuron.profile.bias is None:
            continue
        count = unit.count(name)
        before, size = give_bias(neuron, count).detach().clone(), unit.size(name)

        def put(shares: Tensor, neuron: Any = neuron, before: Tensor = before, size: float = size) -> None:
            neuron.bias = nn.Parameter(before + (shares * size).float())

        found = _best(unit, name, count, BIASES, 0.0, put, each=True, tick=tick)
        if bool((found != 0).any()):
            said.append(f"biases of {int((found != 0).sum())} of {count} neurons or channels")
    return tuple(said)


def _best(
    unit: Unit,
    name: str,
    count: int,
    values: Sequence[float],
    neutral: float,
    put: Callable[[Tensor], None],
    *,
    each: bool,
    tick: Callable[[], None],
) -> Tensor:
    """The value for each neuron, or channel, [N], that brings the unit nearest, put in force.

    Every value is tried for all at once. Those of single neurons are then put together, and, as neurons that feed back
    hear each other, kept where they are better together than any value for all.
    """
    samples = unit.fitted[:MEASURED]
    alone, only = name in unit.distances, list(unit.distances) == [name]
    found: list[Tensor] = []
    totals: list[float] = []
    for value in values:
        put(torch.full((count,), value, dtype=torch.float64))
        losses = unit.each(name, samples) if alone else torch.zeros(count)
        found.append(losses)
        totals.append(float(losses.mean()) if only else unit.measured(samples))
        tick()
    at = min(range(len(values)), key=lambda i: (totals[i], values[i] != neutral))
    best = torch.full((count,), values[at], dtype=torch.float64)
    if each and alone:
        stacked = torch.stack(found)
        own = torch.tensor(values, dtype=torch.float64)[stacked.argmin(0)]
        # Neurons that nothing of this changes stay as they are.
        own = torch.where(stacked.amax(0) > stacked.amin(0), own, neutral)
        for share in (1.0, 0.5):
            mixed = neutral + share * (own - neutral)
            put(mixed)
            total = unit.measured(samples)
            if total < totals[at]:
                put(mixed)
                return mixed
    put(best)
    return best
