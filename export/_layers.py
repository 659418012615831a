"""The layers of an integer network as nodes of an ONNX graph, in integers or in floats."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export._graph import FLOAT, INT8, INT16, INT32, INT64, UINT8, Graph, GraphOps, Var
from spikelut.export._spike_op import SpikeNodeOps
from spikelut.quant.integer_layers import IntegerConv2d, IntegerLIF, IntegerLinear, IntegerSumPool2d

Weights = IntegerLinear | IntegerConv2d


class Integers:
    """uint8 events, int8 weights (or int16), int32 sums; read-outs are int32 membrane codes."""

    events, membrane = UINT8, INT32

    def ops(self, layer: IntegerLIF) -> Any:
        return GraphOps()

    def sums(self, layer: Weights, events: Var, unit: float) -> Var:
        """Synaptic sums in membrane codes, int32."""
        if isinstance(layer, IntegerConv2d):
            sums = _by_frames(events, lambda x: self._convolved(layer, x))
        else:
            sums = self._product(layer.codes.T, events)
        return sums << layer.left_shift

    def _product(self, weight: NDArray[Any], events: Var) -> Var:
        graph = events.graph
        if weight.dtype == np.int8:
            return graph.node("MatMulInteger", [events, graph.constant(weight, INT8)], INT32)
        return graph.node("MatMul", [events.cast(INT32), graph.constant(weight, INT16).cast(INT32)], INT32)

    def _convolved(self, layer: IntegerConv2d, x: Var) -> Var:
        if layer.codes.dtype == np.int8:
            return self._conv(x, layer.codes, layer)
        # ConvInteger takes bytes only, so that wider weights go in two parts.
        high, low = layer.codes >> 8, layer.codes & 255
        return (self._conv(x, high.astype(np.int8), layer) << 8) + self._conv(x, low.astype(np.uint8), layer)

    def _conv(self, x: Var, codes: NDArray[Any], layer: IntegerConv2d) -> Var:
        weight = x.graph.constant(codes, INT8 if codes.dtype == np.int8 else UINT8)
        return x.graph.node("ConvInteger", [x, weight], INT32, **geometry(layer))

    def pooled(self, layer: IntegerSumPool2d, events: Var, channels: int) -> Var:
        ones = np.ones((channels, 1, layer.kernel_size, layer.kernel_size), np.int8)
        pool = IntegerConv2d("", ones, 1, 0, 0, (layer.stride, layer.stride), (0, 0), channels)
        return _by_frames(events, lambda x: self._conv(x, ones, pool).cast(UINT8))

    def fed_back(self, layer: IntegerLinear, spikes: Var) -> Var:
        return self._product(layer.codes.T, spikes) << layer.left_shift


class Floats:
    """Float events and weights in real units; every comparison with a threshold is an `org.spikelut::Spike` node."""

    events = membrane = FLOAT

    def __init__(self, step: float) -> None:
        self.step = step

    def ops(self, layer: IntegerLIF) -> Any:
        return SpikeNodeOps(layer)

    def sums(self, layer: Weights, events: Var, unit: float) -> Var:
        """Synaptic sums in membrane codes, int32; an event is worth `unit`."""
        # Weights are multiples of a power of two, so float32 sums are exact and the cast loses nothing.
        real = layer.codes * (2.0**layer.left_shift * self.step / unit)
        if isinstance(layer, IntegerConv2d):
            weight = events.graph.constant(real, FLOAT)
            current = _by_frames(events, lambda x: x.graph.node("Conv", [x, weight], FLOAT, **geometry(layer)))
            # Fast algorithms for convolutions leave errors far below the grid of the weights.
            grid = 2.0**layer.left_shift * self.step
            return self._codes(current * (1 / grid)) << layer.left_shift
        current = events.graph.node("MatMul", [events, events.graph.constant(real.T, FLOAT)], FLOAT)
        return self._codes(current * (1 / self.step))

    def _codes(self, x: Var) -> Var:
        return x.graph.node("Round", [x], FLOAT).cast(INT32)

    def pooled(self, layer: IntegerSumPool2d, events: Var, channels: int) -> Var:
        ones = np.ones((channels, 1, layer.kernel_size, layer.kernel_size))
        pool = IntegerConv2d("", ones, 1, 0, 0, (layer.stride, layer.stride), (0, 0), channels)
        weight = events.graph.constant(ones, FLOAT)
        return _by_frames(events, lambda x: x.graph.node("Conv", [x, weight], FLOAT, **geometry(pool)))

    def fed_back(self, layer: IntegerLinear, spikes: Var) -> Var:
        return self.sums(layer, spikes, 1.0)


Dialect = Integers | Floats


def geometry(layer: IntegerConv2d) -> dict[str, Any]:
    """The attributes of a convolution."""
    return {
        "kernel_shape": list(layer.codes.shape[2:]),
        "strides": list(layer.stride),
        "pads": [*layer.padding, *layer.padding],
        "group": layer.groups,
    }


def flattened(graph: Graph, x: Var) -> Var:
    """[T, B, ...] to [T, B, N]."""
    return graph.node("Reshape", [x, graph.constant([0, 0, -1], INT64)], x.dtype)


def repeated(graph: Graph, x: Var, steps: int) -> Var:
    """[1, B, ...] to [steps, B, ...]."""
    rest = graph.node("Shape", [x], INT64, start=1)
    shape = graph.node("Concat", [graph.constant([steps], INT64), rest], INT64, axis=0)
    return graph.node("Expand", [x, shape], x.dtype)


def _by_frames(x: Var, function: Any) -> Var:
    """`function` of [N, C, H, W], applied to [T, B, C, H, W]."""
    graph = x.graph
    frame = graph.node("Shape", [x], INT64, start=2)
    flat = graph.node("Reshape", [x, _joined(graph, graph.constant([-1], INT64), frame)], x.dtype)
    out = function(flat)
    times = graph.node("Shape", [x], INT64, start=0, end=2)
    return graph.node("Reshape", [out, _joined(graph, times, graph.node("Shape", [out], INT64, start=1))], out.dtype)


def _joined(graph: Graph, a: Var, b: Var) -> Var:
    return graph.node("Concat", [a, b], INT64, axis=0)
