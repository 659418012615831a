"""The comparison of a membrane with its threshold as a node of its own."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import onnx
from onnx import helper

from spikelut.export.onnx_graph.functions import DOMAIN, MULTI_THRESHOLD, QONNX_DOMAIN, SPIKE
from spikelut.export.onnx_graph.graph import BOOL, FLOAT, GraphOps, Var
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


class SpikeNodeOps(GraphOps):
    """Graph arithmetic in which the comparison with the threshold is an `org.spikelut::Spike` node."""

    def __init__(self, layer: IntegerLIF) -> None:
        self.layer = layer

    def spike(self, x: Var) -> Var:  # type: ignore[override]  # bound here, static in the base
        graph, table = x.graph, self.layer.table
        surrogate = self.layer.surrogate
        assert surrogate is not None  # a read-out compares nothing
        real = x.cast(FLOAT) * self.layer.spec.membrane.step
        codes = np.zeros(0, np.int8) if table is None else table.codes.to(table.value.storage_dtype).numpy()
        stored = graph.constant(codes, helper.np_dtype_to_tensor_dtype(codes.dtype), f"table.{self.layer.name}")
        attributes = gradient_attributes(surrogate, table)
        return graph.node("Spike", [real, stored], FLOAT, domain=DOMAIN, **attributes).cast(BOOL)


class ThresholdOps(GraphOps):
    """The same with QONNX's `MultiThreshold`, of which FINN makes hardware."""

    @staticmethod
    def spike(x: Var) -> Var:
        zero = x.graph.constant(np.zeros((1, 1)), FLOAT, "threshold.zero")
        attributes = dict(zip(MULTI_THRESHOLD, ("BINARY",), strict=True))
        node = x.graph.node("MultiThreshold", [x.cast(FLOAT), zero], FLOAT, domain=QONNX_DOMAIN, **attributes)
        return node.cast(BOOL)


class BipolarOps(GraphOps):
    """The same with QONNX's `BipolarQuant`, which hls4ml reads."""

    @staticmethod
    def spike(x: Var) -> Var:
        sign = x.graph.node("BipolarQuant", [x.cast(FLOAT), x.graph.constant(1, FLOAT)], FLOAT, domain=QONNX_DOMAIN)
        return ((sign + 1) * 0.5).cast(BOOL)
