"""Where neurons that add their inputs at once may differ from a chip that adds them one after the other."""

from dataclasses import replace

import numpy as np

from spikelut.quant.network.reference import LayerStates
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, Ints


def in_danger(stage: LayerStates) -> float | None:
    """The share of steps of neurons in which a partial sum of their events could leave the register they go to.

    Or the whole sum the register in which the layer adds it, before it goes there. In the others every order of the
    events gives the same. None where what comes in is not known event by event.
    """
    layer = stage.layer
    feeds = [*stage.feeds]
    if not feeds:
        return None
    if layer.recurrent is not None:
        last = np.concatenate([np.zeros_like(stage.spikes[:1]), stage.spikes[:-1]])
        feeds.append((layer.recurrent, last))
    state = layer.kind.states[-1]
    after = stage.states[state.name]
    before = np.concatenate([np.zeros_like(after[:1]), after[:-1]])
    up, down = (sum(_part(weights, events, sign) for weights, events in feeds) for sign in (1, -1))
    leaves = (before + up > state.register.max_code) | (before + down < state.register.min_code)
    if layer.synapse is None:
        current = layer.spec.current
        leaves = leaves | (up + down > current.max_code) | (up + down < current.min_code)
    return float(np.mean(leaves)) if leaves.size else 0.0


def _part(weights: IntegerLinear | IntegerConv2d, events: Ints, sign: int) -> Ints:
    """The sums of the weights of a sign alone."""
    codes = np.where(weights.codes * sign > 0, weights.codes, 0).astype(weights.codes.dtype)
    return replace(weights, codes=codes).run(events)
