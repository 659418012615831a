"""Which weights come to be seen in a state: those that an event met while the neuron's state could show it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.network.reference import LayerStates
from spikelut.quant.network.synapses import IntegerConv2d, IntegerWeights, Ints

Truth = NDArray[np.bool_]


def visible(stage: LayerStates) -> Truth:
    """Where, [T, B, ...], another sum would have left another state: not saturated, not reset to 0."""
    membrane, *others = stage.layer.kind.states
    seen = _inside(stage.states[membrane.name], membrane.register)
    if stage.layer.spec.reset == "zero":
        seen &= stage.spikes == 0
    if "wait" in stage.states:  # of a refractory period, in which nothing comes to the membrane
        wait = stage.states["wait"]
        seen &= np.concatenate([np.zeros_like(wait[:1]), wait[:-1]]) == 0
    for state in others:
        if state.name not in stage.layer.kind.driven:
            continue
        seen = seen | _inside(stage.states[state.name], state.register)
    return seen


def _inside(state: Ints, register: NumberFormat) -> Truth:
    if register.overflow == "wrap":
        return np.ones(state.shape, bool)
    return (state > register.min_code) & (state < register.max_code)


def exercised(stage: LayerStates) -> dict[str, float]:
    """Of each layer of weights of `stage`, by name: the share of weights other than zero that are seen in a state."""
    seen = visible(stage)
    found = {}
    for weights, events in stage.feeds:
        given: Any = seen.any(0, keepdims=True) if len(seen) != len(events) else seen
        found[weights.name] = _share(weights, _met(weights, events != 0, given))
    recurrent = stage.layer.recurrent
    if recurrent is not None:
        found[recurrent.name] = _share(recurrent, _met(recurrent, stage.spikes[:-1] > 0, seen[1:]))
    return found


def _share(layer: IntegerWeights, met: Truth) -> float:
    there = layer.codes != 0
    return float(met[there].mean()) if there.any() else 1.0


def _met(layer: IntegerWeights, events: Truth, seen: Truth) -> Truth:
    """Which weights, in the shape of the codes, carry an event [T, B, ...] to where something is `seen` [T, B, ...]."""
    if not isinstance(layer, IntegerConv2d):
        return _both(seen, events)
    (up, left), (down, right), (tall, wide) = layer.padding, layer.stride, layer.dilation
    padded = np.pad(events, ((0, 0), (0, 0), (0, 0), (up, up), (left, left)))
    out, inputs, rows, columns = layer.codes.shape
    height, width = seen.shape[3:]
    met, each = np.zeros(layer.codes.shape, bool), out // layer.groups
    for row in range(rows):
        for column in range(columns):
            part = padded[:, :, :, row * tall :: down, column * wide :: right][:, :, :, :height, :width]
            for g in range(layer.groups):
                outputs = slice(g * each, (g + 1) * each)
                channels = part[:, :, g * inputs : (g + 1) * inputs]
                met[outputs, :, row, column] = _both(_last(seen[:, :, outputs]), _last(channels))
    return met


def _last(x: Truth) -> Truth:
    """Channels last."""
    return np.moveaxis(x, 2, -1)


def _both(outputs: Truth, inputs: Truth) -> Truth:
    """Whether, [out, in], some place has both."""
    a: Any = outputs.reshape(-1, outputs.shape[-1]).astype(np.float32)
    b: Any = inputs.reshape(-1, inputs.shape[-1]).astype(np.float32)
    together: Truth = a.T @ b > 0
    return together
