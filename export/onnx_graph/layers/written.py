"""Which function writes which layer."""

from collections.abc import Callable

from spikelut.export.onnx_graph.graph import Var
from spikelut.export.onnx_graph.layers.merge_nodes import add, concat, matmul, product, scale
from spikelut.export.onnx_graph.layers.place import Place
from spikelut.export.onnx_graph.layers.pool_nodes import max_pool, sum_pool, total
from spikelut.export.onnx_graph.layers.shape_nodes import flatten, reshape, spread, take, transpose, upsample
from spikelut.quant.network.layers import (
    IntegerAdd,
    IntegerConcat,
    IntegerConv2d,
    IntegerFlatten,
    IntegerLinear,
    IntegerMatMul,
    IntegerMaxPool2d,
    IntegerProduct,
    IntegerReshape,
    IntegerScale,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTake,
    IntegerTotal,
    IntegerTranspose,
    IntegerUpsample,
)


def weighted(at: Place, events: Var) -> Var:
    """The synaptic sums of weights."""
    return at.dialect.sums(at.layer, events, at.given[0])


NODES: dict[type, Callable[..., Var]] = {
    IntegerLinear: weighted,
    IntegerConv2d: weighted,
    IntegerScale: scale,
    IntegerSumPool2d: sum_pool,
    IntegerMaxPool2d: max_pool,
    IntegerTotal: total,
    IntegerUpsample: upsample,
    IntegerSpread: spread,
    IntegerFlatten: flatten,
    IntegerReshape: reshape,
    IntegerTranspose: transpose,
    IntegerTake: take,
    IntegerAdd: add,
    IntegerConcat: concat,
    IntegerProduct: product,
    IntegerMatMul: matmul,
}
"""By class of the layer: makes its nodes of its place and what it takes. Time (`Repeat`, `Reverse`) is the forms'."""


def written(at: Place, *signals: Var) -> Var:
    """What a layer gives for `signals`; ValueError where the dialect has no numbers for it."""
    made = NODES[type(at.layer)](at, *signals)
    if at.signal.kind == "sums":
        at.dialect.noted(made, at.signal.reach)
    return made
