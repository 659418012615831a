"""What of a network every chip here asks: its own profile, layers one after the other, numbers it has."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from spikelut import hw_profiles
from spikelut._checks import require
from spikelut.export.program.image import WHO
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF
from spikelut.quant.network.network import IntegerNetwork, check_graph
from spikelut.quant.network.synapses import IntegerLinear, Ints

GROUPS = ("weight", "current", "membrane", "decay", "readout_decay", "threshold", "step", "events")
"""Of a profile: what its chip computes with. The grid, tables and costs may be a user's own."""


def check_chain(network: IntegerNetwork, chip: str) -> None:
    """ValueError unless the layers are those of the chip's own profile, one after the other, of a row of inputs."""
    profile, shipped = network.profile, hw_profiles.load(chip)
    others = sorted({one.name for one in network.profiles.values()} - {chip})
    require(
        profile.name == chip and not others, WHO, f"network must be on the profile {chip} alone", others or profile.name
    )
    changed = [name for name in GROUPS if getattr(profile, name) != getattr(shipped, name)]
    require(not changed, WHO, f"profile must be {chip} as it is shipped, or with changes elsewhere", changed)
    check_graph(network, WHO)
    names = [type(layer).__name__ for layer in network.layers]
    require(network.is_chain, WHO, "network must be layers one after the other, with one input and one output", names)
    one = network.inputs[0]
    require(len(one.shape) == 1, WHO, "inputs must be a row, without Flatten or convolutions", list(one.shape))
    require(one.least >= 0, WHO, "inputs must be event counts", one.least)


def check_neurons(layer: IntegerLIF) -> None:
    """ValueError for what no neuron of these chips has."""
    where = f"{WHO}: layer {layer.name!r}"
    require(not layer.others and layer.synapse is None, where, "neurons must be LIF", layer)
    biased = layer.bias is not None and bool(np.any(layer.bias.mantissa))
    require(not biased, where, "neurons must have no bias, as the chip has none", layer.bias)
    if layer.reads_out:
        return
    lowest = int(np.min(layer.spec.threshold))
    require(lowest >= 1, where, "thresholds must be at least 1: below, neurons spike without an input", lowest)


def matrix_of(weights: Any, where: str) -> Ints:
    """The membrane codes that each weight [out, in] adds; ValueError for other weights than those of a linear layer."""
    linear = isinstance(weights, IntegerLinear)
    message = "weights must be those of a linear layer without delays; convolutions have no room on the chip"
    require(linear, f"{WHO}: {where}", message, type(weights).__name__)
    found: Ints = weights.codes.astype(np.int64) * weights.factors(2)
    return found


def each(values: Any, count: int) -> Ints:
    """A number of a layer, or of each neuron, for all its `count` neurons."""
    return np.broadcast_to(np.asarray(values, np.int64), (count,))


def weighted(network: IntegerNetwork) -> Iterator[tuple[IntegerLIF, Ints]]:
    """The layers of neurons, each with the weights [out, in] before it, in membrane codes."""
    waiting: IntegerLayer | None = None
    for layer in network.layers:
        where = f"layer {layer.name!r}"
        if isinstance(layer, IntegerEventLIF):
            weights: Any = layer.weights
        elif isinstance(layer, IntegerLIF):
            require(waiting is not None, f"{WHO}: {where}", "neurons must have weights before them", "none")
            weights, waiting = waiting, None
        else:
            matrix_of(layer, where)
            waiting = layer
            continue
        check_neurons(layer)
        yield layer, matrix_of(weights, where)
    require(waiting is None, WHO, "layers must end with neurons", type(waiting).__name__)
