"""The dialects of float events and weights that have operators of their own for weights or thresholds, or lack some."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.onnx_graph.arithmetic_only import ArithmeticWriter
from spikelut.export.onnx_graph.dialects import Floats, Weights
from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.functions import DOMAIN, FAKE_QUANT, QONNX_DOMAIN
from spikelut.export.onnx_graph.graph import FLOAT, INT4, INT8, INT16, Graph, Var
from spikelut.export.onnx_graph.spike_nodes import bipolar_node, spike_node, threshold_node
from spikelut.quant.network.layers import IntegerLIF


class Functions(Floats):
    """Weights go through `org.spikelut::FakeQuant`, comparisons with a threshold are `org.spikelut::Spike`."""

    calls = True

    def spike_node(self, layer: IntegerLIF) -> Callable[[Var], Var] | None:
        return partial(spike_node, layer)

    def weight(self, graph: Graph, layer: Weights, codes: NDArray[Any], unit: float) -> Var:
        values = (f"s{layer.bits}", unit, -(2.0 ** (layer.bits - 1)), 2.0 ** (layer.bits - 1) - 1)
        attributes = dict(zip(FAKE_QUANT, values, strict=True))
        return graph.node("FakeQuant", [super().weight(graph, layer, codes, unit)], FLOAT, domain=DOMAIN, **attributes)


class Dequantised(Floats):
    """Weights are stored as integers and dequantised (QCDQ)."""

    def weight(self, graph: Graph, layer: Weights, codes: NDArray[Any], unit: float) -> Var:
        kind = INT4 if self.packed and layer.bits <= 4 else INT8 if codes.dtype == np.int8 else INT16
        stored = graph.constant(codes, kind, f"weight.{layer.name}")
        scale = graph.constant(np.float32(unit), FLOAT, f"scale.{layer.name}")
        return graph.node("DequantizeLinear", [stored, scale], FLOAT)


class Qonnx(Floats):
    """Weights go through QONNX's `Quant`."""

    calls = True

    def weight(self, graph: Graph, layer: Weights, codes: NDArray[Any], unit: float) -> Var:
        real = super().weight(graph, layer, codes, unit)
        format_of = [graph.constant(np.float32(v), FLOAT) for v in (unit, 0.0, layer.bits)]
        mode = {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"}
        return graph.node("Quant", [real, *format_of], FLOAT, domain=QONNX_DOMAIN, **mode)


class QonnxThresholds(Qonnx):
    """Comparisons with a threshold are QONNX's `MultiThreshold`."""

    def spike_node(self, layer: IntegerLIF) -> Callable[[Var], Var] | None:
        return threshold_node


class QonnxBipolar(Qonnx):
    """Comparisons with a threshold are QONNX's `BipolarQuant`."""

    def spike_node(self, layer: IntegerLIF) -> Callable[[Var], Var] | None:
        return bipolar_node


class Arith(Floats):
    """Floats and arithmetic only: no integers, no comparisons."""

    sums_type = FLOAT

    def noted(self, sums: Var, reach: int) -> None:
        sums.graph.reach[sums.name] = reach

    def writer(self, graph: Graph, layer: IntegerLIF) -> NodeWriter:
        return ArithmeticWriter(graph)

    def number(self, layer: IntegerLIF) -> int:
        return FLOAT

    def whole(self, x: Var) -> Var:
        return x.graph.node("Floor", [x + 0.5], FLOAT)
