"""Integers in descriptions of networks: those of each neuron, or synapse, as lists, or as arrays of a file."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.quant.arithmetic.per_neuron import is_each, read_only
from spikelut.quant.dynamics.kinds import PARTS
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.network.delays.synapses import from_taps, taps_of
from spikelut.quant.network.layers import IntegerLIF

NAMES = ("spec", *PARTS)
"""Of the parts that a description may have."""
APART = "one for each"
"""What stands for numbers that are an array."""
LATER = ("finer", "leak_or_reset", "bias_with_sum")
"""Fields of a membrane's integers that older files do not have: left out where they are as by default."""
DELAYED = "delayed_linear"
"""The kind of the layer whose delays are one for each synapse."""


def described_parts(layer: IntegerLIF) -> dict[str, Any]:
    """The integers of neurons as JSON holds them; those of each neuron as lists."""
    parts = {name: asdict(part) for name, part in layer.kind.parts.items()}
    usual = {field.name: field.default for field in fields(LIFSpec)}
    parts["spec"] = {k: v for k, v in parts["spec"].items() if k not in LATER or v != usual[k]}
    for _, holder, field in _numbers(parts):
        holder[field] = holder[field].tolist() if is_each(holder[field]) else holder[field]
    return parts


def set_apart(entry: Any, key: str, arrays: dict[str, Any]) -> None:
    """Move lists of numbers of each neuron, or synapse, to `arrays`: `KEY.spec.threshold`, `KEY.delays` and so on."""
    for name, holder, field in _numbers(entry):
        if isinstance(holder[field], list):
            arrays[f"{key}.{name}.{field}"], holder[field] = np.array(holder[field], np.int64), APART
    if entry["kind"] == DELAYED:
        arrays[f"{key}.delays"], entry["delays"] = np.array(entry["delays"], np.uint8), APART


def apart_names(entry: Any, key: str) -> Iterator[str]:
    """The names of these arrays."""
    yield from (f"{key}.{name}.{field}" for name, holder, field in _numbers(entry) if holder[field] == APART)
    if entry["kind"] == DELAYED and entry["delays"] == APART:
        yield f"{key}.delays"


def parts_of(entry: Any, key: str, arrays: dict[str, Any]) -> dict[str, Any]:
    """What `described_parts` gave, or `set_apart` left, with read-only arrays; ValueError for other numbers."""
    parts = {name: _copied(entry[name]) for name in NAMES if name in entry}
    for name, holder, field in _numbers(parts):
        value = holder[field]
        if value == APART or isinstance(value, list):
            given = arrays[f"{key}.{name}.{field}"] if value == APART else np.array(value)
            whole = given.dtype == np.int64 and given.ndim == 1 and given.size > 0
            require(whole, "load_network", f"{field} must be whole numbers [N]", f"{given.dtype} {given.shape}")
            holder[field] = read_only(given.copy())
    return parts


def _copied(part: Any) -> Any:
    return {key: dict(value) if isinstance(value, dict) else value for key, value in part.items()}


def delays_of(entry: Any, key: str, arrays: dict[str, Any]) -> Any:
    """The delays of each synapse, uint8 [out, in], of a description; ValueError for other numbers."""
    value = entry["delays"]
    given = arrays[f"{key}.delays"] if value == APART else np.array(value)
    whole = given.ndim == 2 and given.dtype.kind in "iu" and given.size > 0
    inside = whole and int(given.min()) >= 0 and int(given.max()) <= 255
    require(inside, "load_network", "delays must be whole numbers [out, in] in 0..255", f"{given.dtype} {given.shape}")
    return given.astype(np.uint8)


def untapped(wide: Any, entry: Any, key: str) -> Any:
    """Weights [out, in] of those of the delayed inputs, [out, taps], as files hold them; ValueError for others."""
    delays = delays_of(entry, key, {})
    count = sum(map(len, taps_of(delays).values()))
    fits = wide.shape == (len(delays), count)
    require(fits, "load_network", f"weights must be {(len(delays), count)}, as the delays say", wide.shape)
    return from_taps(wide, delays)


def _numbers(parts: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Where the numbers stand that may be one for each neuron, with the name of the part.

    Of a part that has several leaks, as `PART.LEAK`.
    """
    for name in NAMES:
        part, own = parts.get(name, {}), PARTS[name].numbers if name in PARTS else ("threshold",)
        yield from ((name, part, key) for key in own if key in part)
        for key, value in part.items():
            if isinstance(value, dict) and "amount" in value:
                yield name if key == "leak" else f"{name}.{key}", value, "amount"
