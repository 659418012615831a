"""The lookup of a surrogate table as a graph."""

import json
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import helper

from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import FLOAT, INT32, INT64, Graph, Var
from spikelut.export.onnx_graph.model import in_smallest_opset
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.tables.interpolation import interpolated
from spikelut.quant.tables.segments import SegmentTable, segment_of
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable
from spikelut.quant.tables.uniform_cells import cell_of, place_of


def table_model(table: Table) -> onnx.ModelProto:
    """`derivative` [N] for real `x` [N], float32: the membrane above threshold is rounded to a code and looked up.

    NaN is not allowed. The metadata hold the rule of the lookup.
    """
    graph = Graph()
    # float32 may round the ends beyond the range, where codes are clipped again.
    ends = [np.float32(v) for v in (table.first_code, table.last_code)]
    lookup = _Lookup(table, NodeWriter(graph, INT32))
    x = lookup.writer.home.input("x", int(ends[0]), int(ends[1]))
    value = lookup.value(lookup.writer.ops.clip(x, table.first_code, table.last_code))
    rounded = graph.node("Round", [Var(graph, "x", FLOAT) / table.state_step], FLOAT)
    least, most = (graph.constant(end, FLOAT) for end in ends)
    codes = graph.node("Min", [graph.node("Max", [rounded, least], FLOAT), most], FLOAT)
    real = lookup.written(x, codes, value) * float(table.value.step)
    graph.prune([graph.named(real, "derivative")])
    infos = [helper.make_tensor_value_info(name, FLOAT, ["N"]) for name in ("x", "derivative")]
    proto = helper.make_graph(
        graph.nodes, "spikelut_table", infos[:1], infos[1:], initializer=list(graph.constants.values())
    )
    model = in_smallest_opset(proto)
    about = {"dialect": "table", "form": "step", "table": json.dumps(table.rule(), sort_keys=True)}
    helper.set_model_props(model, {f"spikelut.{key}": text for key, text in about.items()})
    return model


@dataclass
class _Lookup:
    """Codes to entries, recorded; `reads` are the indices that entries are read at, and the entries."""

    table: Table
    writer: NodeWriter
    reads: list[tuple[Expression, Expression]] = field(default_factory=list)

    def value(self, x: Expression) -> Expression:
        """The steps of the derivative for codes `x`."""
        table, ops = self.table, self.writer.ops
        assert isinstance(table, SegmentTable | UniformTable)  # there are no others
        zero = table.value.zero_point
        if isinstance(table, SegmentTable):
            return self.read(segment_of(table.breakpoints, x)) - zero
        cells, shape = table.cells, table.shape
        if table.interpolated:
            value = interpolated(ops, cells, shape, table.value, self.read, int(table.codes[0]), x)
        else:
            value = self.read(place_of(ops, cells, shape.order == "twos_complement", None, x))
        if shape.out_of_range != "clamp":
            cell = cell_of(ops, cells, x)
            value = ops.where((cell >= 0) & (cell < cells.count), value, zero)
        result: Expression = value - zero
        return result

    def read(self, index: Expression) -> Expression:
        """The entry at an index."""
        value = self.table.value
        entry = self.writer.home.input(f"entry {index.index}", value.min_code, value.max_code)
        self.reads.append((index, entry))
        return entry

    def written(self, x: Expression, codes: Var, value: Expression) -> Var:
        """`value` as float32 nodes, for whole floats `codes` that `x` are."""
        writer, graph = self.writer, codes.graph
        like = codes.cast(INT64 if x.wide else INT32)
        writer.bind(x, like)
        stored = self.table.codes.to(self.table.value.storage_dtype).numpy()
        entries = graph.constant(stored, helper.np_dtype_to_tensor_dtype(stored.dtype), "table")
        for index, entry in self.reads:
            found = graph.node("Gather", [entries, writer.batched(index, like)], entries.dtype)
            writer.bind(entry, found.cast(INT64 if entry.wide else INT32))
        return writer.batched(value, like).cast(FLOAT)
