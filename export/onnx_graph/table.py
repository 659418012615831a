"""The lookup of a surrogate table as a graph."""

import json
from typing import Any

import numpy as np
import onnx
from onnx import helper

from spikelut.export.onnx_graph.graph import FLOAT, INT32, INT64, Graph, GraphOps, Var
from spikelut.export.onnx_graph.model import in_smallest_opset
from spikelut.quant.arithmetic.affine import plain
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_ratio, round_shift
from spikelut.quant.tables.segments import SegmentTable
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable
from spikelut.quant.tables.uniform_cells import IndexCells

OPS = GraphOps()


def table_model(table: Table) -> onnx.ModelProto:
    """`derivative` [N] for real `x` [N], float32: the membrane above threshold is rounded to a code and looked up.

    NaN is not allowed. The metadata hold the rule of the lookup.
    """
    graph = Graph()
    # Codes of 32 bits, and ratios of them, take more than 32 bits on the way.
    wide = max(-table.first_code, table.last_code) >= 2**30 or (
        isinstance(table, UniformTable) and not table.cells.shifts
    )
    kind = INT64 if wide else INT32
    rounded = graph.node("Round", [Var(graph, "x", FLOAT)._binary("Div", table.state_step)], FLOAT)
    # float32 may round the ends beyond the range, where wide codes are clipped again.
    ends = [np.float32(v) for v in (table.first_code, table.last_code)]
    codes = rounded._binary("Max", float(ends[0]))._binary("Min", float(ends[1])).cast(kind)
    if wide:
        codes = OPS.clip(codes, table.first_code, table.last_code)
    assert isinstance(table, SegmentTable | UniformTable)  # there are no others
    value = _segments(graph, table, codes) if isinstance(table, SegmentTable) else _uniform(graph, table, codes)
    real = (value - table.value.zero_point).cast(FLOAT) * float(table.value.step)
    graph.prune([graph.named(real, "derivative")])
    infos = [helper.make_tensor_value_info(name, FLOAT, ["N"]) for name in ("x", "derivative")]
    proto = helper.make_graph(
        graph.nodes, "spikelut_table", infos[:1], infos[1:], initializer=list(graph.constants.values())
    )
    model = in_smallest_opset(proto)
    about = {"dialect": "table", "form": "step", "table": json.dumps(table.rule(), sort_keys=True)}
    helper.set_model_props(model, {f"spikelut.{key}": text for key, text in about.items()})
    return model


def _read(graph: Graph, table: Table, place: Var) -> Var:
    """The entry at a place, in the type of the place."""
    codes = table.codes.to(table.value.storage_dtype).numpy()
    entries = graph.constant(codes, helper.np_dtype_to_tensor_dtype(codes.dtype), "table")
    return graph.node("Gather", [entries, place], entries.dtype).cast(place.dtype)


def _segments(graph: Graph, table: SegmentTable, x: Var) -> Var:
    place: Any = x * 0
    for breakpoint_ in table.breakpoints:
        place = place + (x >= breakpoint_).cast(x.dtype)
    return _read(graph, table, place)


def _uniform(graph: Graph, table: UniformTable, x: Var) -> Var:
    cells, shape = table.cells, table.shape
    magnitude = graph.node("Abs", [x], x.dtype) if cells.folded else x
    cell = _located(cells, magnitude)
    if table.interpolated:
        return _interpolated(graph, table, magnitude, cell)
    inside = OPS.clip(cell, 0, cells.count - 1)
    place = (inside + cells.first) & (cells.count - 1) if shape.order == "twos_complement" else inside
    value = _read(graph, table, place)
    if shape.out_of_range == "clamp":
        return value
    return OPS.where((cell >= 0) & (cell < cells.count), value, table.value.zero_point)


def _located(cells: IndexCells, x: Var) -> Var:
    index: Var = round_ratio(OPS, x, cells.width.denominator, cells.width.numerator, cells.rounding)
    return index - cells.first


def _interpolated(graph: Graph, table: UniformTable, x: Var, cell: Var) -> Var:
    """As `UniformTable` does: two entries, weighted by how far the code lies between them."""
    shape, cells, bits = table.shape, table.cells, table.shape.interpolation_bits
    width = cells.width.numerator.bit_length() - 1
    offset = OPS.clip(x - (cells.first << width), 0, (cells.count << width) - 1)
    index, inner = offset >> width, offset & ((1 << width) - 1)
    f = inner << (bits - width) if bits >= width else inner >> (width - bits)
    held = index if shape.end == "extra_entry" else OPS.clip(index, 0, cells.count - 2)
    y0, y1 = _read(graph, table, held).cast(INT64), _read(graph, table, held + 1).cast(INT64)
    f = f.cast(INT64)
    if shape.interpolation == "linear":
        wrap = plain(table.value)
        part = round_shift(OPS, apply_overflow(OPS, y1 - y0, wrap) * f, bits, shape.interpolation_rounding)
        value = apply_overflow(OPS, y0 + part, wrap)
    else:
        weights = f * -1 + ((1 << bits) - 1), f
        value = round_shift(OPS, y0 * weights[0] + y1 * weights[1], bits, shape.interpolation_rounding)
    value = OPS.where(index == held, value, y1)
    value = OPS.where(cell < 0, int(table.codes[0]), value)
    if shape.out_of_range != "clamp":
        value = OPS.where((cell >= 0) & (cell < cells.count), value, table.value.zero_point)
    return value
