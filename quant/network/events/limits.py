"""How often neurons that are compared after every event can spike in a step."""

from typing import Any

import numpy as np

from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.network.synapses import IntegerWeights


def most_spikes(weights: IntegerWeights, spec: LIFSpec, bias: Any, ticks: bool, largest: int) -> int:
    """The most spikes of a neuron in a step, from rest, whose sources come up to `largest` times each.

    A spike takes its threshold at least from the positive part of the membrane, which events raise by their positive
    weights at most; and an event, and the tick, causes as many as `spec.max_spikes` at most. Where a spike leaves
    nothing (reset to zero), the membrane is below its threshold after every event, so that what is not excitatory
    causes none. Where a register wraps, what lowers the membrane can raise it, so that only events are counted. `bias`:
    in membrane codes, which the tick adds.
    """
    codes = weights.codes.astype(np.int64).reshape(len(weights.codes), -1)
    raised = np.where(codes > 0, codes, 0).sum(1).astype(object) * weights.factors(1).astype(object)
    added = np.maximum(np.atleast_1d(bias), 0) * ticks
    threshold, empties = np.asarray(spec.threshold).astype(object), spec.reset == "zero"
    single = (codes.max(1, initial=0) * weights.factors(1)).astype(object)
    small = (np.maximum(single, added) <= threshold * spec.max_spikes) & (not spec.strict)
    # What is met with less than a threshold and adds no more of them than one event may take leaves less than one.
    rest = np.where(small | empties, threshold - 1 + spec.strict, spec.membrane.max_code)
    by_charge = (rest + raised * largest + added.astype(object)) // threshold
    events = np.full(len(codes), (codes.shape[1] * largest + ticks) * spec.max_spikes)
    if spec.membrane.overflow == "wrap":
        return int(events.max(initial=0))
    if empties:
        events = (codes > 0).sum(1) * largest + (added > 0)
    return int(np.minimum(by_charge, events).max(initial=0))
