"""The layers of a network of integers in hls4ml's words: weights, pooling, and what only rearranges."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.hls4ml.description import IO, At, Description, Readout, name_there
from spikelut.export.hls4ml.neurons import counts, neurons
from spikelut.export.hls4ml.types import WHO, Exact, as_float32, exact, places
from spikelut.quant.network.layers import IntegerConv2d, IntegerLIF, IntegerLinear, IntegerRepeat
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes.order import IntegerFlatten
from spikelut.quant.network.shapes.pooling import IntegerMaxPool2d, IntegerSumPool2d, pair

INPUT = "x"


def described(network: IntegerNetwork, readout: Readout | None, io: IO) -> Description:
    """The layers of a network; ValueError for what hls4ml has not, or has only otherwise."""
    require(network.is_chain, WHO, "network must be a chain of layers, one after the other", "a graph")
    signals, given = network.signals, network.inputs[0].signal
    message = "input must be of known height and width: give an example= to integer"
    require(given.known, WHO, message, list(given.shape))
    images = len(given.shape) == 3
    require(images or len(given.shape) == 1, WHO, "input must be rows or images", list(given.shape))
    require(io == "io_parallel" or not images, WHO, "io must be 'io_parallel' for images", io)
    out = Description(io, given.step)
    result = {"result": str(Exact(given.least, given.largest, places(given.step)))}
    out.add("input", INPUT, shape=list(given.shape), step=given.step, precision=result)
    # A step that is repeated is a call that is.
    nodes = [node for node in network.nodes if not isinstance(node.layer, IntegerRepeat)]
    for node, after in zip(nodes, [*nodes[1:], None], strict=True):
        layer, write = node.layer, WRITTEN.get(type(node.layer))
        allowed = ", ".join(kind.__name__.removeprefix("Integer") for kind in WRITTEN)
        found = type(layer).__name__.removeprefix("Integer")
        require(write is not None, f"layer {layer.name!r}", f"must be one that hls4ml has, {allowed}", found)
        at = At(signals[node.inputs[0]], signals[layer.name], after and after.layer, readout)
        WRITTEN[type(layer)](out, layer, at)
    if readout is not None and out.layers[-1]["kind"] != "readout":
        counts(out, nodes[-1].layer.name, signals[nodes[-1].layer.name], readout)
    return out


def _weights(out: Description, layer: IntegerLinear | IntegerConv2d, at: At) -> None:
    """A Dense layer or a convolution, with the bias of the neurons after it."""
    where, name, sums = f"layer {layer.name!r}", name_there(layer.name), at.gives
    step_of_code = places(sums.step) - places(out.unit) - layer.left_shift - min(layer.channels, default=0)
    weights: NDArray[np.float64] = (
        layer.codes.astype(np.float64) * layer.factors(layer.codes.ndim) * (sums.step / out.unit)
    )
    frac = places(sums.step)
    bias: NDArray[np.float64] = np.zeros(len(layer.codes))
    types = {"weight": str(exact(weights, step_of_code)), "bias": "ap_fixed<2,2>"}
    if isinstance(at.follows, IntegerLIF) and at.follows.bias is not None:
        grid = at.follows.spec.membrane.frac
        bias = np.broadcast_to(at.follows.bias.codes(2), bias.shape).astype(np.float64) * 2.0**-grid
        types["bias"], frac = str(exact(bias, grid)), max(frac, grid)
    # Holds every partial sum, so that the order of the inputs does not matter.
    most = int(np.ceil((sums.reach * sums.step + np.abs(bias).max()) * 2.0**frac))
    types["accum"] = types["result"] = str(Exact(-most - 1, most, frac))
    out.arrays[f"{name}.weight"] = as_float32(where, "weights", weights)
    out.arrays[f"{name}.bias"] = as_float32(where, "biases", bias)
    about: dict[str, Any] = {"precision": types, "step": sums.step, "given": list(at.given.shape)}
    if isinstance(layer, IntegerConv2d):
        require(layer.groups == 1, where, "must have one group, as hls4ml reads no others", layer.groups)
        require(layer.dilation == (1, 1), where, "must have no dilation, as hls4ml reads none", layer.dilation)
        about |= {"stride": list(layer.stride), "padding": list(layer.padding), "gives": list(sums.shape)}
    else:
        require(len(at.given.shape) == 1, where, "must be given a row of events", list(at.given.shape))
    out.add("conv2d" if isinstance(layer, IntegerConv2d) else "dense", name, **about)
    out.unit = 1.0


def _pool(out: Description, layer: IntegerSumPool2d | IntegerMaxPool2d, at: At) -> None:
    """Sums as averages, whose unit is smaller; the largest of events as it is."""
    where, kernel, gives = f"layer {layer.name!r}", pair(layer.kernel_size), at.gives
    require(pair(layer.padding) == (0, 0), where, "padding must be 0 for hls4ml", layer.padding)
    require(gives.kind == "events", where, "must pool events for hls4ml", gives.kind)
    types, count = {}, prod(kernel)
    if isinstance(layer, IntegerSumPool2d):
        require(count & (count - 1) == 0, where, "kernel_size must be a power of two: hls4ml divides by it", kernel)
        out.unit /= count
        # The sum before it is divided, with the fraction bits that it has after it.
        types["accum"] = str(Exact(gives.least * count, gives.largest * count, places(out.unit)))
    types["result"] = str(Exact(gives.least, gives.largest, places(out.unit)))
    about = {"kernel": list(kernel), "stride": list(pair(layer.stride)), "precision": types}
    out.add(
        "avgpool" if isinstance(layer, IntegerSumPool2d) else "maxpool", name_there(layer.name), step=out.unit, **about
    )


def _flatten(out: Description, layer: IntegerFlatten, at: At) -> None:
    if len(at.given.shape) > 1:
        out.add("flatten", name_there(layer.name))


WRITTEN: dict[type, Callable[..., None]] = {
    IntegerLinear: _weights,
    IntegerConv2d: _weights,
    IntegerLIF: neurons,
    IntegerSumPool2d: _pool,
    IntegerMaxPool2d: _pool,
    IntegerFlatten: _flatten,
}
