"""The numbers of each layer of an integer network, as plain data: what the layers and what flows between them state."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, Protocol

import numpy as np

from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.kinds import numbers_in_force, title_of
from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF, weights_of
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerWeights, sum_limit

KINDS: dict[type, str] = {
    IntegerLinear: "linear",
    IntegerConv2d: "convolution",
    IntegerDelayedLinear: "delayed linear",
}
"""What layers of weights are called."""


class NodeLike(Protocol):
    """A layer of a network; see `Node`."""

    @property
    def layer(self) -> IntegerLayer: ...
    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def profile(self) -> Profile: ...


def rows_of(node: NodeLike, signals: dict[str, Signal]) -> Iterator[dict[str, Any]]:
    """The row of a layer, and one more of its recurrent weights; keys as in `NetworkSummary.rows`."""
    layer, given = node.layer, [signals[name] for name in node.inputs]
    row = _row(layer.name, _kind(layer), node.inputs, given, signals[layer.name], node.profile)
    if isinstance(layer, IntegerLIF):
        row |= _neurons(layer)
        if isinstance(layer, IntegerEventLIF):
            row |= _weights(layer.weights)
            row["options"] |= _options(layer.weights)
    elif isinstance(layer, IntegerDelay):
        row["delays"] = _ends(layer.delays)
    elif isinstance(layer, IntegerWeights):
        row |= {**_weights(layer), **_reach(signals[layer.name].reach, signals[layer.name].graded, node.profile)}
    row["options"] |= _options(layer)
    row["parameters"] = sum(part.codes.size for part in weights_of(layer) if part is not _recurrent(layer))
    row["parameters"] += len(layer.bias.mantissa) if isinstance(layer, IntegerLIF) and layer.bias else 0
    yield row
    recurrent = _recurrent(layer)
    if recurrent is not None:
        spikes = signals[layer.name]
        sums = recurrent.sums(spikes, (len(recurrent.codes),), node.profile)
        extra = _row(recurrent.name, "recurrent linear", (layer.name,), [spikes], sums, node.profile)
        extra |= {**_weights(recurrent), **_reach(sums.reach, False, node.profile)}
        yield extra | {"parameters": recurrent.codes.size}


def _recurrent(layer: IntegerLayer) -> IntegerLinear | None:
    return layer.recurrent if isinstance(layer, IntegerLIF) else None


def _kind(layer: IntegerLayer) -> str:
    if isinstance(layer, IntegerLIF):
        return title_of(layer.kind) + (", event by event" if isinstance(layer, IntegerEventLIF) else "")
    return KINDS.get(type(layer)) or _words(type(layer).__name__.removeprefix("Integer"))


def _words(name: str) -> str:
    """`max pool 2d` of `MaxPool2d`."""
    return "".join(f" {c.lower()}" if c.isupper() or c.isdigit() else c for c in name).strip()


def _row(
    name: str, kind: str, inputs: tuple[str, ...], given: list[Signal], gives: Signal, profile: Profile
) -> dict[str, Any]:
    """What every layer has; the rest is None where a layer has no such thing."""
    nothing = ("bits", "codes", "shift", "fan_in", "reach", "limit", "share", "delays", "bias", "surrogate", "table")
    return {
        "layer": name,
        "kind": kind,
        "inputs": list(inputs),
        "input_shapes": [list(signal.shape) for signal in given],
        "shape": list(gives.shape),
        "gives": gives.kind,
        "least": gives.least,
        "largest": gives.largest,
        "step": gives.step,
        "profile": profile.name,
        "parameters": 0,
        **dict.fromkeys(nothing),
        "numbers": {},
        "states": {},
        "options": {},
    }


def _weights(layer: IntegerWeights) -> dict[str, Any]:
    shifts = [layer.left_shift + shift for shift in (layer.channels or (0,))]
    return {
        "bits": layer.bits,
        "codes": _ends(layer.codes),
        "shift": shifts[0] if len(set(shifts)) == 1 else [min(shifts), max(shifts)],
        "fan_in": layer.fan_in,
        "delays": _ends(layer.delays) if isinstance(layer, IntegerDelayedLinear) else None,
    }


def _reach(reach: int, graded: bool, profile: Profile) -> dict[str, Any]:
    limit = sum_limit(profile, graded)
    return {"reach": reach, "limit": limit, "share": reach / limit}


def _neurons(layer: IntegerLIF) -> dict[str, Any]:
    kind = layer.kind
    numbers = {name: value.tolist() if is_each(value) else value for name, value in numbers_in_force(kind).items()}
    return {
        "numbers": numbers,
        "states": {state.name: state.register.short_name for state in kind.states},
        "bias": None if layer.bias is None else len(layer.bias.mantissa),
        "surrogate": None if layer.surrogate is None else str(layer.surrogate),
        "table": None if layer.table is None else f"{len(layer.table.codes)} x {layer.table.value.short_name}",
    }


def _ends(values: Any) -> list[int]:
    return [int(np.min(values)), int(np.max(values))]


OWN = {field.name for kind in (IntegerDelayedLinear, IntegerLIF) for field in fields(kind)} | {"weights"}
"""What rows say otherwise."""


def _options(layer: Any) -> dict[str, Any]:
    """What a layer chose besides, as the geometry of windows: fields that are not as by default."""
    found = {}
    for field in fields(layer):
        value = getattr(layer, field.name)
        if field.name not in OWN and (field.default is MISSING or value != field.default):
            found[field.name] = list(value) if isinstance(value, tuple) else value
    return found
