"""Layers that cannot spike, whatever comes in: proven from the integers alone."""

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.quant.integer_layers import (
    IntegerConv2d,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerSumPool2d,
    Ints,
)

SETTLED, UNDECIDED = 64, 1024
"""Steps after which neurons that are on their way count as able to spike: if one of the layer has; at the latest."""


class SilentLayerWarning(UserWarning):
    """A layer of neurons that cannot spike, whatever comes in."""


def cannot_spike(layers: Iterable[IntegerLayer], largest_input: int) -> tuple[str, ...]:
    """Those of a network's layers in which no neuron ever spikes, by name; a read-out is none of them.

    Each input is at its largest in every step, and only positive weights count. States grow with what comes in, so that
    a neuron that settles below its threshold then does not spike on any input. Registers that wrap around, and states
    that take more than 1024 steps, are not decided: their layers are not named.
    """
    found: list[str] = []
    most: Ints = np.array([largest_input], np.int64)
    for layer in layers:
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            most = _largest(layer, most)
        elif isinstance(layer, IntegerSumPool2d):
            most = most * layer.kernel_size**2
        elif isinstance(layer, IntegerLIF) and not layer.reads_out:
            able = _able(layer, most)
            found += [] if able.any() else [layer.name]
            most = able * np.int64(layer.spec.max_spikes)
    return tuple(found)


def warn_of_silence(who: str, layers: Iterable[IntegerLayer], largest_input: int) -> None:
    """Warn (`SilentLayerWarning`) of each layer that cannot spike."""
    for name in cannot_spike(layers, largest_input):
        message = "can never spike: the largest inputs do not bring a neuron to its threshold"
        warnings.warn(f"{who}: layer {name!r} {message}", SilentLayerWarning, stacklevel=3)


def _largest(layer: IntegerLinear | IntegerConv2d, most: Ints) -> Ints:
    """The largest synaptic sum of each output, for inputs (or channels) of up to `most` events."""
    positive = np.maximum(layer.codes.astype(np.int64), 0)
    # At first all inputs are alike; flattened channels have as many inputs each.
    inputs = layer.in_channels if isinstance(layer, IntegerConv2d) else positive.shape[1]
    most = np.repeat(most, inputs // len(most))
    if isinstance(layer, IntegerConv2d):
        each = positive.sum((2, 3)).reshape(layer.groups, -1, positive.shape[1])
        sums: Ints = (each * most.reshape(layer.groups, 1, -1)).sum(2).ravel()
    else:
        sums = positive @ most
    return sums * layer.factors(1).ravel()


def _able(layer: IntegerLIF, drive: Ints) -> NDArray[np.bool_]:
    """Which neurons (or channels) might spike if `drive` came in at every step."""
    registers = [layer.spec.current, layer.spec.membrane, *([layer.synapse.register] if layer.synapse else [])]
    everyone = np.ones(len(drive), bool)
    if any(register.overflow == "wrap" for register in registers):
        return everyone
    spiked, before = ~everyone, None
    current = np.broadcast_to(drive, (UNDECIDED, 1, len(drive)))
    # Until the first spike nothing comes back.
    for t, (step, arriving, _) in enumerate(replace(layer, recurrent=None).steps(current)):
        spiked = spiked | (step.spikes > 0)[0]
        state: Any = np.concatenate([step.mem, np.broadcast_to(arriving, step.mem.shape)])
        if layer.recurrent is not None and spiked.any():
            return everyone
        if before is not None and bool((spiked | (state == before).all(0)).all()):
            return np.asarray(spiked)
        if t >= SETTLED and spiked.any():
            return everyone
        before = state
    return everyone
