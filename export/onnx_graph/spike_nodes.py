"""The comparison of a membrane with its threshold as a node of its own."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import onnx
from onnx import helper

from spikelut.export.onnx_graph.functions import DOMAIN, MULTI_THRESHOLD, QONNX_DOMAIN, SPIKE
from spikelut.export.onnx_graph.graph import BOOL, FLOAT, Var
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate, name_of


def gradient_attributes(surrogate: Surrogate, table: Table | None) -> dict[str, Any]:
    """The attributes that describe a gradient: curve, parameters, and the rule of the table's lookup."""
    parameters = asdict(surrogate)
    values: tuple[Any, ...] = (
        name_of(type(surrogate)),
        helper.make_attribute("parameter_names", list(parameters), attr_type=onnx.AttributeProto.STRINGS),
        helper.make_attribute(
            "parameter_values", [float(v) for v in parameters.values()], attr_type=onnx.AttributeProto.FLOATS
        ),
        "" if table is None else json.dumps(table.rule(), sort_keys=True),
    )
    return dict(zip(SPIKE, values, strict=True))


def spike_node(layer: IntegerLIF, x: Var) -> Var:
    """Whether `x >= 0`, by an `org.spikelut::Spike` node, which says what the gradient of `layer` is."""
    graph, table = x.graph, layer.table
    surrogate = layer.surrogate
    assert surrogate is not None  # a read-out compares nothing
    real = x.cast(FLOAT) * layer.spec.membrane.step
    codes = np.zeros(0, np.int8) if table is None else table.codes.to(table.value.storage_dtype).numpy()
    stored = graph.constant(codes, helper.np_dtype_to_tensor_dtype(codes.dtype), f"table.{layer.name}")
    attributes = gradient_attributes(surrogate, table)
    return graph.node("Spike", [real, stored], FLOAT, domain=DOMAIN, **attributes).cast(BOOL)


def threshold_node(x: Var) -> Var:
    """The same by QONNX's `MultiThreshold`, of which FINN makes hardware."""
    zero = x.graph.constant(np.zeros((1, 1)), FLOAT, "threshold.zero")
    attributes = dict(zip(MULTI_THRESHOLD, ("BINARY",), strict=True))
    node = x.graph.node("MultiThreshold", [x.cast(FLOAT), zero], FLOAT, domain=QONNX_DOMAIN, **attributes)
    return node.cast(BOOL)


def bipolar_node(x: Var) -> Var:
    """The same by QONNX's `BipolarQuant`, which hls4ml reads."""
    sign = x.graph.node("BipolarQuant", [x.cast(FLOAT), x.graph.constant(1, FLOAT)], FLOAT, domain=QONNX_DOMAIN)
    return ((sign + 1) * 0.5).cast(BOOL)
