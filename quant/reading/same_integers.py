"""Whether two networks have the same integers, layer by layer."""

from dataclasses import fields
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerDelay, IntegerDelayedLinear, IntegerLayer, IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes.pooling import (
    IntegerSumPool2d,
    pair,
)
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerWeights


def check_same(network: IntegerNetwork, again: IntegerNetwork) -> None:
    """ValueError unless what was made is the network that was given."""
    for one, other in zip(network.nodes, again.nodes, strict=True):
        message = f"layer {one.layer.name!r} must be one of {one.profile.name}"
        same = (one.layer.name, one.inputs, one.profile) == (other.layer.name, other.inputs, other.profile)
        require(same and _same(one.layer, other.layer), "from_integer", message, "other integers")
    ends = (network.inputs, network.outputs) == (again.inputs, again.outputs)
    require(ends, "from_integer", "inputs and outputs must be those of layers that train", list(network.inputs))


def _same(one: IntegerLayer, other: IntegerLayer) -> bool:
    """Whether two layers compute the same."""
    if type(one) is not type(other):
        return False
    if isinstance(one, IntegerWeights) and isinstance(other, IntegerWeights):
        steps = (layer.delays for layer in (one, other) if isinstance(layer, IntegerDelayedLinear))
        same = np.array_equal(_units(one), _units(other)) and _numbers(one) == _numbers(other)
        return same and len({d.tobytes() for d in steps}) < 2
    if not isinstance(one, IntegerLIF) or not isinstance(other, IntegerLIF):
        return _numbers(one) == _numbers(other)
    if isinstance(one, IntegerEventLIF) and isinstance(other, IntegerEventLIF):
        flags = (one.each, one.ticks) == (other.each, other.ticks)
        return flags and _same(one.weights, other.weights) and _same_neurons(one, other)
    return _same_neurons(one, other)


def _same_neurons(one: IntegerLIF, other: IntegerLIF) -> bool:
    integers = (one.kind.parts, one.surrogate) == (other.kind.parts, other.surrogate)
    (bias, fed_back), (other_bias, other_fed_back) = _constants(one), _constants(other)
    return integers and np.array_equal(bias, other_bias) and np.array_equal(fed_back, other_fed_back)


def _numbers(layer: IntegerLayer) -> list[Any]:
    """What a layer holds but for its name, and the codes, scale and delays of weights."""
    left_out = {"name", "delays", *(f.name for f in fields(IntegerWeights))}
    left_out -= {"delays"} if isinstance(layer, IntegerDelay) else set()
    shown = [f.name for f in fields(layer) if f.name not in left_out]
    found: list[Any] = [getattr(layer, name) for name in shown]
    return [pair(n) if isinstance(layer, IntegerSumPool2d) else n for n in found]


def _constants(layer: IntegerLIF) -> tuple[Any, Any]:
    """Bias and recurrent weights in membrane codes, empty where there are none."""
    none = np.zeros(0, np.int64)
    bias = none if layer.bias is None else layer.bias.codes(2)
    return bias, none if layer.recurrent is None else _units(layer.recurrent)


def _units(layer: IntegerWeights) -> Any:
    """Weights in membrane codes."""
    assert isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear)
    return layer.codes.astype(np.int64) * layer.factors(layer.codes.ndim)
