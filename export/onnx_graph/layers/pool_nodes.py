"""Layers that pool values as nodes."""

from spikelut.export.onnx_graph.expression_writer import EXACT
from spikelut.export.onnx_graph.graph import DOUBLE, FLOAT, INT8, INT64, UINT8, Var
from spikelut.export.onnx_graph.layers.place import Place


def sum_pool(at: Place, x: Var) -> Var:
    """The events in each window, by a convolution with ones."""
    return at.stored(at.dialect.pooled(at.layer, x, at.given[0]))


def max_pool(at: Place, x: Var) -> Var:
    """The largest value of each window: of bytes and floats as they are, of 32 bits in floats that hold them."""
    layer, kind = at.layer, x.dtype
    if kind not in (UINT8, INT8, FLOAT):
        kind = FLOAT if at.signal.reach <= EXACT else DOUBLE
    up, left = layer.padding
    geometry = {
        "kernel_shape": list(layer.kernel_size),
        "strides": list(layer.stride),
        "pads": [up, left, up, left],
    }
    pooled = at.dialect.by_frames(x.cast(kind), lambda y: y.graph.node("MaxPool", [y], kind, **geometry))
    return pooled.cast(x.dtype)


def total(at: Place, x: Var) -> Var:
    """The sum over some dimensions."""
    wide, graph = x.cast(at.dialect.wide), x.graph
    axes = graph.constant(at.axes(at.layer.axes), INT64)
    return at.stored(graph.node("ReduceSum", [wide, axes], wide.dtype, keepdims=0))
