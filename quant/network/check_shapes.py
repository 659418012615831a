"""Whether what layers without weights hold is in range: for what comes from a file."""

from dataclasses import fields
from typing import Any

from spikelut._checks import require, require_int
from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.layers import IntegerLayer
from spikelut.quant.network.merges import IntegerConcat
from spikelut.quant.network.network import NetworkInput
from spikelut.quant.network.shapes.order import IntegerRepeat, IntegerReshape, IntegerTake, IntegerTranspose
from spikelut.quant.network.shapes.pooling import (
    IntegerMaxPool2d,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTotal,
    IntegerUpsample,
)
from spikelut.quant.network.synapses import IntegerScale

MOST = 2**20
"""Of a size, of steps, of indices."""
LEAST: dict[str, int] = {"stride": 1, "kernel_size": 1, "scale": 1, "before": -MOST, "after": -MOST}
"""Of the numbers in a tuple of that name, but for those that may be 0."""


def require_whole(where: str, name: str, value: Any, least: int, count: int | None = None) -> None:
    """ValueError unless `value` is a tuple of so many integers from `least` on."""
    whole = isinstance(value, tuple) and all(type(n) is int and least <= n <= MOST for n in value)
    how_many = "integers" if count is None else {1: "one integer", 2: "two integers"}.get(count, f"{count} integers")
    fits = whole and (bool(value) if count is None else len(value) == count)
    require(fits, where, f"{name} must be {how_many} >= {least}", value)


def check_input(one: NetworkInput, who: str) -> None:
    """ValueError unless the sizes and steps of an input are in range."""
    named = isinstance(one.name, str)
    require(named, who, "inputs must have names", one.name)
    where, sizes = f"{who}: input {one.name!r}", one.shape
    fits = isinstance(sizes, tuple) and sizes and all(_is_size(n) for n in sizes)
    require(bool(fits), where, f"shape must be sizes in 1..{MOST}, or names of free ones", sizes)
    if one.steps is not None:
        require_int(where, "steps", one.steps, 1, MOST)


def _is_size(n: Any) -> bool:
    return 1 <= n <= MOST if type(n) is int else isinstance(n, str) and bool(n)


def check_shape(layer: IntegerLayer, where: str) -> None:
    """ValueError unless the numbers of a layer without weights and neurons are in range."""
    if isinstance(layer, IntegerRepeat):
        require_int(where, "steps", layer.steps, 1, MOST)
    elif isinstance(layer, IntegerScale):
        require_int(where, "left_shift", layer.left_shift, 0, 30)
    elif isinstance(layer, IntegerConcat):
        require_int(where, "axis", layer.axis, 0, 8)
    elif isinstance(layer, IntegerSumPool2d):
        for name, least in (("kernel_size", 1), ("stride", 1), ("padding", 0)):
            value = getattr(layer, name)
            if isinstance(value, tuple):
                require_whole(where, name, value, least, 2)
            else:
                require_int(where, name, value, least, 255)
    elif isinstance(layer, IntegerDelay):
        require_whole(where, "delays", layer.delays, 0)
    elif isinstance(layer, IntegerTake):
        require_int(where, "axis", layer.axis, 0, 8)
        require_whole(where, "indices", layer.indices, 0)
    elif isinstance(layer, IntegerMaxPool2d):
        for field, least in (("kernel_size", 1), ("stride", 1), ("padding", 0)):
            require_whole(where, field, getattr(layer, field), least, 2)
    elif isinstance(layer, IntegerReshape):
        require_whole(where, "shape", layer.shape, -1)
        fits = layer.shape.count(-1) <= 1 and 0 not in layer.shape
        require(fits, where, "shape must be sizes, one of -1 at most", layer.shape)
    elif isinstance(layer, IntegerTotal | IntegerTranspose | IntegerUpsample | IntegerSpread):
        dimensions = set()
        for entry in fields(layer)[1:]:
            value = getattr(layer, entry.name)
            require_whole(where, entry.name, value, LEAST.get(entry.name, 0))
            dimensions.add(len(value))
        require(len(dimensions) == 1, where, "must have as many numbers of each kind", sorted(dimensions))
