"""Layers that take several signals, and events that go to neurons without weights, as nodes."""

from spikelut.export.onnx_graph.byte_parts import LARGEST_PAIR
from spikelut.export.onnx_graph.graph import INT32, UINT8, Var
from spikelut.export.onnx_graph.layers.place import Place


def add(at: Place, *signals: Var) -> Var:
    """The sum, in a type that holds it, and what is added first: all begin at 0 or below, and reach 0 at least."""
    wide = at.dialect.type_of(at.signal) if at.signal.kind == "sums" else at.dialect.wide
    first, *others = (x.cast(wide) for x in signals)
    for x in others:
        first = first + x
    return at.stored(first)


def concat(at: Place, *signals: Var) -> Var:
    """All of them along an axis, in one type."""
    parts, (axis,) = [at.stored(x) for x in signals], at.axes([at.layer.axis])
    return parts[0].graph.node("Concat", parts, parts[0].dtype, axis=axis)


def product(at: Place, *signals: Var) -> Var:
    """Value by value."""
    a, b = (x.cast(at.dialect.wide) for x in signals)
    return at.stored(a * b)


def matmul(at: Place, *signals: Var) -> Var:
    """Products of matrices; of bytes in an operator of their own, where no CPU's shortcut can saturate."""
    a, b = signals
    pairs = 2 * at.given[0].reach * at.given[1].reach
    if a.dtype == b.dtype == UINT8 and pairs <= LARGEST_PAIR:
        return at.stored(a.graph.node("MatMulInteger", [a, b], INT32))
    wide = at.dialect.wide
    return at.stored(a.graph.node("MatMul", [a.cast(wide), b.cast(wide)], wide))


def scale(at: Place, events: Var) -> Var:
    """Synaptic sums of events that have no weights."""
    counts = at.dialect.counts(events, at.given[0].step)
    return counts.scaled(1 << at.layer.left_shift)
