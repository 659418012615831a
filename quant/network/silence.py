"""Layers that cannot spike, whatever comes in: proven from the integers alone."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.network.bounds import Bounds, passed
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF
from spikelut.quant.network.merges import IntegerMatMul, IntegerProduct
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes.pooling import IntegerTotal
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import Ints

SETTLED, UNDECIDED = 64, 1024
"""Steps after which neurons that are on their way count as able to spike: if one of the layer has; at the latest."""


class SilentLayerWarning(UserWarning):
    """The warning that a layer of neurons cannot spike, whatever comes in.

    No input brings its membrane to the threshold: weights or scale are too small, or the register is too narrow.

    ```pycon
    >>> import warnings
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = torch.nn.init.constant_(model[0].weight, -0.25)
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     network = quant.integer(model)
    >>> caught[0].category.__name__
    'SilentLayerWarning'
    ```
    """


def cannot_spike(layers: Sequence[IntegerLayer], largest_input: int) -> tuple[str, ...]:
    """Those of a chain's layers in which no neuron ever spikes, by name; as `silent_layers`."""
    names = [layer.name for layer in layers]
    return _silent(zip(layers, ([name] for name in ["", *names[:-1]]), strict=True), {"": _same(0, largest_input)}, {})


def silent_layers(network: IntegerNetwork) -> tuple[str, ...]:
    """Those of a network's layers in which no neuron ever spikes, by name; a read-out is none of them.

    Each input is at its largest in every step where its weight is positive, and at its least where it is not. States
    grow with what comes in, so that a neuron that settles below its threshold then does not spike on any input. That
    holds of a register that wraps around too if neither this drive nor its opposite comes to its ends. Registers that
    could wrap, and states that take more than 1024 steps, are not decided: their layers are not named.
    """
    bounds = {one.name: _same(one.least, one.largest) for one in network.inputs}
    return _silent(((node.layer, node.inputs) for node in network.nodes), bounds, network.signals)


def warn_of_silence(who: str, network: IntegerNetwork) -> None:
    """Warn (`SilentLayerWarning`) of each layer that cannot spike."""
    for name in silent_layers(network):
        message = "can never spike: the largest inputs do not bring a neuron to its threshold"
        warnings.warn(f"{who}: layer {name!r} {message}", SilentLayerWarning, stacklevel=4)


def _silent(
    nodes: Iterable[tuple[IntegerLayer, Sequence[str]]], bounds: dict[str, Bounds], signals: Mapping[str, Signal]
) -> tuple[str, ...]:
    found: list[str] = []
    for layer, inputs in nodes:
        taken = [bounds[name] for name in inputs]
        if isinstance(layer, IntegerLIF):
            summed, driven = layer, taken[0]
            if isinstance(layer, IntegerEventLIF):
                summed, driven = layer.summed, passed(layer.weights, driven)
            able = np.ones(1, bool) if layer.reads_out else _able(summed, *reversed(driven))
            found += [] if able.any() else [layer.name]
            out = layer.kind.output
            most = signals[layer.name].largest if layer is not summed else out.largest
            bounds[layer.name] = Bounds(able * np.int64(out.least), able * np.int64(most))
        elif isinstance(layer, IntegerProduct | IntegerMatMul | IntegerTotal):
            bounds[layer.name] = _same(signals[layer.name].least, signals[layer.name].largest)
        else:
            bounds[layer.name] = passed(layer, *taken)
    return tuple(found)


def _same(least: int, largest: int) -> Bounds:
    return Bounds(np.array([least], np.int64), np.array([largest], np.int64))


def _able(layer: IntegerLIF, most: Ints, least: Ints) -> NDArray[np.bool_]:
    """Which neurons (or channels) might spike where what comes in is between `least` and `most`."""
    count = layer.kind.count
    if count is None and layer.bias is not None:  # of channels, whose places have a bias each
        count = len(layer.bias.mantissa)
    if layer.kind.output.least < 0:  # changes up and down are sent, of sums that grow with every step
        return np.ones(len(most), bool)
    if count not in (None, len(most)):
        # What is known of all together holds of each with its own threshold.
        most, least = np.full(count or 1, most.max()), np.full(count or 1, least.min())
    everyone = np.ones(len(most), bool)
    registers = [layer.spec.current, *(state.register for state in layer.kind.states)]
    wraps = any(register.overflow == "wrap" for register in registers)
    upward = _driven(_saturating(layer) if wraps else layer, most)
    if not upward.settled:
        return everyone
    if wraps:
        downward = _driven(_saturating(layer), least)
        if upward.at_an_end or downward.at_an_end or not downward.settled:
            return everyone
    return upward.spiked


class _Driven(NamedTuple):
    """What a constant drive leads to: who spiked, whether all others settled, whether a register came to an end."""

    spiked: NDArray[np.bool_]
    settled: bool
    at_an_end: bool


def _driven(layer: IntegerLIF, drive: Ints) -> _Driven:
    """The layer from rest, without its own spikes: until the first one nothing comes back."""
    spiked, before, at_an_end = np.zeros(len(drive), bool), None, not _inside(layer.spec.current, drive)
    current = np.broadcast_to(drive, (UNDECIDED, 1, len(drive)))
    for t, (step, _) in enumerate(replace(layer, recurrent=None).steps(current)):
        spiked = spiked | (step.spikes > 0)[0]
        at_an_end = at_an_end or not _inside(layer.spec.membrane, step.full)
        for state, codes in zip(layer.kind.states[1:], step.states[1:], strict=True):
            if state.name not in layer.kind.driven:  # before a spike
                continue
            inside = _inside(state.register, codes) and _inside(layer.spec.current, codes)
            at_an_end = at_an_end or not inside
        held: Any = np.concatenate(step.states)
        if layer.recurrent is not None and spiked.any():
            break
        if before is not None and bool((spiked | (held == before).all(0)).all()):
            return _Driven(np.asarray(spiked), True, at_an_end)
        if t >= SETTLED and spiked.any():
            break
        before = held
    return _Driven(np.asarray(spiked), False, at_an_end)


def _inside(register: NumberFormat, codes: Any) -> bool:
    """Whether `codes` are short of the ends of a register, so that none was cut off."""
    return bool(((register.min_code < codes) & (codes < register.max_code)).all())


def _saturating(layer: IntegerLIF) -> IntegerLIF:
    """The same layer with registers that stop at their ends: the same values as long as none comes there."""

    def stops(register: NumberFormat) -> NumberFormat:
        return replace(register, overflow="saturate")

    spec, synapse = layer.spec, layer.synapse
    leak = replace(spec.leak, register=stops(spec.leak.register))
    spec = replace(spec, current=stops(spec.current), membrane=stops(spec.membrane), leak=leak)
    return replace(layer, spec=spec, synapse=synapse and replace(synapse, register=stops(synapse.register)))
