"""Torch's operations that move, choose, join and sum elements as ONNX nodes."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import fx

from spikelut.export.onnx_graph.graph import INT32, INT64, Var
from spikelut.export.train_step.recorded import Batch, Size, dtype_of, refused, shape_of, size
from spikelut.export.train_step.translate import HANDLERS, Translation, Value, constant, translates

Make = Callable[[Translation, fx.Node], Value]


def moves(*names: str) -> Callable[[Make], Make]:
    """Register a function for operations on whole tensors; of constants torch computes the outcome."""

    def register(make: Make) -> Make:
        def handler(t: Translation, node: fx.Node) -> Value:
            folded = t.folded(node, whole=True)
            return make(t, node) if folded is None else folded

        HANDLERS.update(dict.fromkeys(names, handler))
        return make

    return register


def axis_of(dimension: Any, rank: int) -> int:
    """A dimension, counted from the first one."""
    return int(dimension) % max(rank, 1)


def _is_splat(value: Value) -> bool:
    """Whether all elements are the same number, stored once."""
    return all(n == 1 for n in value.shape)


def _number(value: Value) -> Value:
    """A splat without dimensions."""
    known = value.constant
    return constant(known.reshape(())) if known is not None else value


@moves("view.default", "_unsafe_view.default", "reshape.default")
def _view(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    value, shape = t.value(source), shape_of(node)
    if shape == shape_of(source):
        return value
    if _is_splat(value) and value.constant is not None:
        return _number(value)
    return Value(t.reshaped(t.full(source), shape), shape)


@moves("expand.default")
def _expand(t: Translation, node: fx.Node) -> Value:
    # What is stored broadcasts already.
    return t.value(node.args[0])


@moves("unsqueeze.default", "squeeze.dim", "squeeze.dims", "squeeze.default")
def _resized(t: Translation, node: fx.Node) -> Value:
    return _view(t, node)


@moves("t.default", "transpose.int", "permute.default")
def _transpose(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    value, rank = t.value(source), len(shape_of(source))
    if _is_splat(value) and value.constant is not None:
        return _number(value)
    order = list(range(rank))
    if len(node.args) == 3:
        a, b = (axis_of(n, rank) for n in node.args[1:])
        order[a], order[b] = order[b], order[a]
    elif len(node.args) == 2:
        wanted: Any = node.args[1]
        order = [axis_of(n, rank) for n in wanted]
    else:
        order.reverse()
    return Value(transposed(t.full(source), order), shape_of(node))


def transposed(x: Var, order: Sequence[int]) -> Var:
    """`x` with its dimensions in another order."""
    return x if list(order) == sorted(order) else x.graph.node("Transpose", [x], x.dtype, perm=list(order))


@moves("select.int")
def _select(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    index: Any = node.args[2]
    return row(t, source, axis_of(node.args[1], len(shape_of(source))), index)


def row(t: Translation, source: Any, axis: int, index: int) -> Value:
    """What lies at an index along a dimension."""
    value, shape = t.value(source), shape_of(source)
    count = shape[axis]
    index = index + count if index < 0 and isinstance(count, int) else index
    if value.rows and axis == 0:
        return value.rows[index]
    stored = axis - (len(shape) - len(value.shape))
    if stored < 0:
        return value
    rest = value.shape[:stored] + value.shape[stored + 1 :]
    place = 0 if value.shape[stored] == 1 else index
    x = t.stored(value)
    return Value(t.graph.node("Gather", [x, t.graph.constant(place, INT64)], x.dtype, axis=stored), rest)


def _range(node: fx.Node, count: Size, at: int) -> tuple[int, int, int] | None:
    """First, last and step of a slice; None if it is everything."""
    start, end, step = ([*node.args[at:], None, None, None][i] for i in range(3))
    first, by = (0 if start is None else int(str(start))), (1 if step is None else int(str(step)))
    last = 2**63 - 1 if end is None else int(str(end))
    if first == 0 and by == 1 and (last >= 2**62 or last == count):
        return None
    if isinstance(count, Batch):
        return first, last, by
    return range(count)[first:last:by].start, range(count)[first:last:by].stop, by


@moves("slice.Tensor")
def _slice(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    value, shape = t.value(source), shape_of(source)
    axis = axis_of(node.args[1] if len(node.args) > 1 else 0, len(shape))
    part = _range(node, shape[axis], 2)
    if part is None:
        return value
    if value.rows and axis == 0:
        return stacked(t, value.rows[part[0] : part[1] : part[2]], shape_of(node)[1:])
    bounds = [t.graph.constant([n], INT64) for n in (part[0], part[1], axis, part[2])]
    x = t.full(source)
    return Value(t.graph.node("Slice", [x, *bounds], x.dtype), shape_of(node))


@moves("slice_backward.default", "select_backward.default")
def _put_back(t: Translation, node: fx.Node) -> Value:
    gradient: Any = node.args[0]
    shape = shape_of(node)
    axis, count = axis_of(node.args[2], len(shape)), shape[axis_of(node.args[2], len(shape))]
    if "select" in str(node.target):
        index: Any = node.args[3]
        index = index + count if index < 0 and isinstance(count, int) else index
        x = t.reshaped(t.full(gradient), tuple(1 if i == axis else n for i, n in enumerate(shape)))
        part: tuple[int, int, int] | None = (index, index + 1, 1)
    else:
        part, x = _range(node, count, 3), t.full(gradient)
    if part is None:
        return t.value(gradient)
    if not isinstance(count, int):
        raise refused(node, "slices must not be of the batch", "export with dynamic_batch=False")
    if part[2] != 1:
        x, part = _spaced(t, x, shape_of(gradient), axis, part)
    pads = [0] * (2 * len(shape))
    pads[axis], pads[axis + len(shape)] = part[0], count - part[1]
    zero = t.var(0, dtype_of(node))
    return Value(t.graph.node("Pad", [x, t.graph.constant(pads, INT64), zero], x.dtype), shape)


def _spaced(
    t: Translation, x: Var, shape: tuple[Size, ...], axis: int, part: tuple[int, int, int]
) -> tuple[Var, tuple[int, int, int]]:
    """`x` with zeros between its rows, and the part of whole rows that it then is."""
    first, _, by = part
    count = int(str(shape[axis]))
    x = t.reshaped(x, (*shape[: axis + 1], 1, *shape[axis + 1 :]))
    pads = [0] * (2 * len(shape) + 2)
    pads[axis + 1 + len(shape) + 1] = by - 1
    x = t.graph.node("Pad", [x, t.graph.constant(pads, INT64), t.graph.constant(0, x.dtype)], x.dtype)
    x = t.reshaped(x, (*shape[:axis], count * by, *shape[axis + 1 :]))
    length = (count - 1) * by + 1
    bounds = [t.graph.constant([n], INT64) for n in (0, length, axis)]
    return t.graph.node("Slice", [x, *bounds], x.dtype), (first, first + length, 1)


@moves("stack.default")
def _stack(t: Translation, node: fx.Node) -> Value:
    parts: Any = node.args[0]
    axis = axis_of(node.args[1] if len(node.args) > 1 else 0, len(shape_of(node)))
    values, shape = [t.value(p) for p in parts], shape_of(parts[0])
    if axis == 0:
        return stacked(t, values, shape)
    single = (*shape[:axis], 1, *shape[axis:])
    rows = [t.reshaped(t.expanded(v, shape), single) for v in values]
    return Value(t.graph.node("Concat", rows, rows[0].dtype, axis=axis), shape_of(node))


def stacked(t: Translation, rows: Sequence[Value], shape: tuple[Size, ...]) -> Value:
    """Rows of one shape, one after the other."""
    whole = [t.expanded(row, shape) for row in rows]
    single = whole[0] if len(whole) == 1 else t.graph.node("Concat", whole, whole[0].dtype, axis=0)
    return Value(t.reshaped(single, (len(rows), *shape)), (len(rows), *shape), tuple(rows))


@moves("cat.default")
def _cat(t: Translation, node: fx.Node) -> Value:
    parts: Any = node.args[0]
    axis = axis_of(node.args[1] if len(node.args) > 1 else 0, len(shape_of(node)))
    whole = [t.full(p, dtype_of(node)) for p in parts]
    return Value(t.graph.node("Concat", whole, whole[0].dtype, axis=axis), shape_of(node))


@moves("sum.default", "sum.dim_IntList", "mean.default", "mean.dim", "amax.default", "max.default", "amin.default")
def _reduced(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    kind = str(node.target).removeprefix("aten.").partition(".")[0]
    op = {"sum": "ReduceSum", "mean": "ReduceMean", "amin": "ReduceMin"}.get(kind, "ReduceMax")
    wanted: Any = node.args[1] if len(node.args) > 1 else None
    keep = bool(node.args[2]) if len(node.args) > 2 else False
    rank = len(shape_of(source))
    axes = list(range(rank)) if not wanted else [axis_of(n, rank) for n in wanted]
    x = t.full(source, dtype_of(node))
    return Value(reduced(op, x, axes, keep) if rank else x, shape_of(node))


def reduced(op: str, x: Var, axes: Sequence[int], keep: bool = False) -> Var:
    """`x` reduced over some dimensions."""
    return x.graph.node(op, [x, x.graph.constant(list(axes), INT64)], x.dtype, keepdims=int(keep))


@translates("max.dim", "min.dim")
def _extreme(t: Translation, node: fx.Node) -> tuple[Value, Value]:
    source: Any = node.args[0]
    kept, found = (tuple(size(n) for n in v.shape) for v in node.meta["val"])
    axis, keep = axis_of(node.args[1], len(shape_of(source))), bool(node.args[2]) if len(node.args) > 2 else False
    op = "Max" if "max" in str(node.target) else "Min"
    x = t.full(source)
    place = t.graph.node(f"Arg{op}", [x], INT64, axis=axis, keepdims=int(keep))
    return Value(reduced(f"Reduce{op}", x, [axis], keep), kept), Value(place, found)


@moves("all.default")
def _all(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    x = t.full(source, torch.bool).cast(INT32)
    return Value(reduced("ReduceMin", x, range(len(shape_of(source)))) > 0, ())


@moves("arange.default", "arange.start", "arange.start_step")
def _arange(t: Translation, node: fx.Node) -> Value:
    raise refused(node, "arange must be of constants, not of the batch", "export with dynamic_batch=False")
