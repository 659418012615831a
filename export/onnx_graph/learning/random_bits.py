"""Random numbers of shift registers in a graph: every bit is a sum of the state's bits without carries."""

import numpy as np
from numpy.typing import NDArray

from spikelut.export.onnx_graph.graph import BOOL, FLOAT, INT64, Graph, Var
from spikelut.quant.chips.reckon.generators import Generator


def drawn(graph: Graph, state: Var, kind: Generator, calls: int) -> tuple[Var, Var]:
    """The numbers of so many calls, [calls, lanes], and the state after them."""
    unfolded = [np.eye(kind.length, dtype=np.int64)]
    for _ in range(calls):
        unfolded.append(kind.after.astype(np.int64) @ unfolded[-1] & 1)
    bits = np.concatenate([kind.outputs.astype(np.int64) @ before & 1 for before in unfolded[:-1]])
    return _numbers(graph, _sums(graph, state, bits), kind, calls), _sums(graph, state, unfolded[-1])


def drawn_where(graph: Graph, state: Var, kind: Generator, called: Var, rows: int) -> tuple[Var, Var]:
    """For each of `rows`, one after the other, the numbers of a call where it is `called`; and the state after all.

    Rows that are not called get numbers too, which nobody may look at. The state before a call is found by the binary
    digits of how many came before: for each, the matrix of so many calls at once.
    """
    counts = called.cast(INT64)
    axis = graph.constant(0, INT64)
    before = graph.node("CumSum", [counts, axis], INT64, exclusive=1)
    total = graph.node("ReduceSum", [counts, graph.constant([0], INT64, "axis_0")], INT64, keepdims=1)
    every = graph.node("Concat", [before, total], INT64, axis=0)
    states = graph.node("Expand", [state, graph.constant([rows + 1, 1], INT64)], INT64)
    many = kind.after.astype(np.int64)
    column = graph.node("Unsqueeze", [every, graph.constant([1], INT64, "axis_1")], INT64)
    for digit in range(rows.bit_length()):
        set_ = column.floor_quotient(1 << digit).remainder(2) == 1
        states = graph.node("Where", [set_, _sums(graph, states, many), states], INT64)
        many = many @ many & 1
    first, last = _row(graph, states, 0, rows), _row(graph, states, rows, rows + 1)
    bits = _sums(graph, first, kind.outputs.astype(np.int64))
    flat = graph.node("Reshape", [last, graph.constant([kind.length], INT64)], INT64)
    return _numbers(graph, bits, kind, rows), flat


def _row(graph: Graph, values: Var, first: int, last: int) -> Var:
    ends = [graph.constant([end], INT64) for end in (first, last)]
    return graph.node("Slice", [values, *ends, graph.constant([0], INT64, "axis_0")], INT64)


def _sums(graph: Graph, state: Var, rows: NDArray[np.int64]) -> Var:
    """The bits whose parts are the `rows`, of one state or of several. Floats hold these sums."""
    matrix = graph.constant(rows.T, FLOAT)
    return graph.node("MatMul", [state.cast(FLOAT), matrix], FLOAT).cast(INT64).remainder(2)


def _numbers(graph: Graph, bits: Var, kind: Generator, calls: int) -> Var:
    """Bits, the lowest first, as numbers [calls, lanes]."""
    shape = graph.constant([calls, kind.lanes, kind.width], INT64)
    parts = graph.node("Reshape", [bits, shape], INT64)
    worth = parts * graph.constant(1 << np.arange(kind.width), INT64)
    return graph.node("ReduceSum", [worth, graph.constant([2], INT64, "axis_2")], INT64, keepdims=0)


def chosen(graph: Graph, when: Var, new: Var, old: Var) -> Var:
    """The new value where the flag, or the array of them, says so."""
    assert when.dtype == BOOL
    return graph.node("Where", [when, new, old], old.dtype)
