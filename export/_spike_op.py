"""The custom operator `org.spikelut::Spike` and its body in standard operators."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import onnx
from onnx import helper

from spikelut.export._graph import FLOAT, GraphOps, Var
from spikelut.quant.integer_layers import IntegerLIF
from spikelut.surrogates import name_of

DOMAIN = "org.spikelut"
VERSION = 1

ATTRIBUTES = ("surrogate", "parameter_names", "parameter_values", "table_format")


def spike_function(opset: int) -> onnx.FunctionProto:
    """`Spike(x, table) = x >= 0` in the type of x; the table and the attributes describe its gradient and are not used.

    The table is empty where the gradient is the analytic curve's. (Leaving the input out is legal, but onnx's reference
    evaluator does not take it.)
    A runtime with a kernel of its own for `org.spikelut::Spike` runs that instead.
    """
    nodes = [
        helper.make_node("Constant", [], ["zero_float"], value_float=0.0),
        helper.make_node("CastLike", ["zero_float", "x"], ["zero"]),
        helper.make_node("GreaterOrEqual", ["x", "zero"], ["reached"]),
        helper.make_node("CastLike", ["reached", "x"], ["spikes"]),
    ]
    # Attributes without defaults: those came with IR version 9 only.
    return helper.make_function(
        DOMAIN,
        "Spike",
        ["x", "table"],
        ["spikes"],
        nodes,
        [helper.make_opsetid("", opset)],
        attributes=list(ATTRIBUTES),
    )


class SpikeNodeOps(GraphOps):
    """Graph arithmetic in which the comparison with the threshold is a `Spike` node."""

    def __init__(self, layer: IntegerLIF) -> None:
        self.layer = layer

    def spike(self, x: Var) -> Var:  # type: ignore[override]  # bound here, static in the base
        graph, table = x.graph, self.layer.table
        surrogate = self.layer.surrogate
        assert surrogate is not None  # a read-out compares nothing
        real = x.cast(FLOAT) * self.layer.spec.membrane.step
        codes = np.zeros(0, np.int8) if table is None else table.codes.to(table.value.storage_dtype).numpy()
        stored = graph.constant(codes, helper.np_dtype_to_tensor_dtype(codes.dtype))
        parameters = asdict(surrogate)
        values: tuple[Any, ...] = (
            name_of(type(surrogate)),
            helper.make_attribute("parameter_names", list(parameters), attr_type=onnx.AttributeProto.STRINGS),
            helper.make_attribute(
                "parameter_values", [float(v) for v in parameters.values()], attr_type=onnx.AttributeProto.FLOATS
            ),
            "" if table is None else json.dumps(table.rule(), sort_keys=True),
        )
        attributes = dict(zip(ATTRIBUTES, values, strict=True))
        return graph.node("Spike", [real, stored], FLOAT, domain=DOMAIN, **attributes).cast(onnx.TensorProto.BOOL)
