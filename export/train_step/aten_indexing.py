"""Torch's operations that choose elements by indices, or turn them round, and their derivatives, as ONNX nodes."""

from typing import Any

import torch
from torch import Tensor, fx

from spikelut.export.onnx_graph.graph import INT64
from spikelut.export.train_step.aten_shapes import axis_of, moves, row, stacked
from spikelut.export.train_step.recorded import dtype_of, refused, shape_of
from spikelut.export.train_step.translate import Translation, Value, constant, translates


@moves("flip.default")
def _flip(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    dimensions: Any = node.args[1]
    value, shape = t.value(source), shape_of(source)
    axes = [axis_of(n, len(shape)) for n in dimensions]
    if value.rows and axes == [0]:
        return stacked(t, value.rows[::-1], shape[1:])
    x = t.full(source)
    for axis in axes:
        count = shape[axis]
        if not isinstance(count, int):
            raise refused(node, "flip must not be along the batch", "export with dynamic_batch=False")
        # Compilers to C know no slices with negative steps.
        places = t.graph.constant(range(count - 1, -1, -1), INT64)
        x = t.graph.node("Gather", [x, places], x.dtype, axis=axis)
    return Value(x, shape)


@moves("cumsum.default")
def _cumulated(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    axis = axis_of(node.args[1], len(shape_of(node)))
    x = t.full(source, dtype_of(node))
    return Value(t.graph.node("CumSum", [x, t.graph.constant(axis, INT64)], x.dtype), shape_of(node))


@moves("roll.default")
def _roll(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    shifts: Any = node.args[1]
    dimensions: Any = node.args[2] if len(node.args) > 2 else []
    x, shape = t.full(source), shape_of(node)
    if not dimensions:
        raise refused(node, "roll must say along which dimensions", "give dims=")
    for shift, dimension in zip(shifts, dimensions, strict=True):
        axis = axis_of(dimension, len(shape))
        count = shape[axis]
        if not isinstance(count, int):
            raise refused(node, "roll must not be along the batch", "export with dynamic_batch=False")
        if shift % count:
            cut = count - shift % count
            ends = [(cut, count), (0, cut)]
            parts = [[t.graph.constant([n], INT64) for n in (*end, axis)] for end in ends]
            x = t.graph.node("Concat", [t.graph.node("Slice", [x, *p], x.dtype) for p in parts], x.dtype, axis=axis)
    return Value(x, shape)


@moves("scatter.src", "scatter.value")
def _scatter(t: Translation, node: fx.Node) -> Value:
    base, dimension, index, source = node.args
    shape, chosen = shape_of(node), shape_of(index)
    axis = axis_of(dimension, len(shape))
    one_each = all(n == (1 if i == axis else shape[i]) for i, n in enumerate(chosen))
    if not one_each or not isinstance(shape[axis], int):
        raise refused(node, "scatter must set one element of each row", "use torch.where, or torch.cat of parts")
    places = torch.arange(int(str(shape[axis]))).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    here = t.var(index) == t.stored(constant(places))
    value = t.var(source, dtype_of(node))
    return Value(t.graph.node("Where", [here, value, t.var(base)], value.dtype), shape)


@moves("index_select.default")
def _index_select(t: Translation, node: fx.Node) -> Value:
    source, axis, index = node.args
    known = t.value(source).constant
    if known is not None and known.ndim == 1:
        found = t.tables.look_up(known, t.full(index))  # type: ignore[arg-type]  # a node
        if found is not None:
            return Value(found, shape_of(node))
    x = t.full(source)  # type: ignore[arg-type]  # a node
    axis_at: Any = axis
    return Value(t.graph.node("Gather", [x, t.full(index)], x.dtype, axis=axis_at), shape_of(node))  # type: ignore[arg-type]  # a node


@moves("gather.default")
def _gather(t: Translation, node: fx.Node) -> Value:
    source, dimension, index = node.args[:3]
    x = t.full(source)  # type: ignore[arg-type]  # a node
    places = t.full(index, torch.int64)  # type: ignore[arg-type]  # a node
    axis = axis_of(dimension, len(shape_of(source)))
    return Value(t.graph.node("GatherElements", [x, places], x.dtype, axis=axis), shape_of(node))


@moves("scatter_add.default")
def _scatter_add(t: Translation, node: fx.Node) -> Value:
    base, dimension, index, source = node.args[:4]
    shape, chosen = shape_of(node), shape_of(index)
    if shape_of(source) != chosen:
        raise refused(node, "what is added must be of the shape of its index", "slice it before")
    inputs = [t.full(base), t.full(index, torch.int64), t.full(source)]  # type: ignore[arg-type]  # nodes
    axis = axis_of(dimension, len(shape))
    return Value(t.graph.node("ScatterElements", inputs, inputs[0].dtype, axis=axis, reduction="add"), shape)


@moves("index.Tensor", "_unsafe_index.Tensor")
def _index(t: Translation, node: fx.Node) -> Value:
    source: Any = node.args[0]
    axis, index = _only(t, node, source)
    x = t.full(source)
    places = t.graph.constant(index.numpy(), INT64)
    return Value(t.graph.node("Gather", [x, places], x.dtype, axis=axis), shape_of(node))


@translates("index_put.default", "_unsafe_index_put.default", "_index_put_impl_.default")
def _index_put(t: Translation, node: fx.Node) -> Value:
    """The derivative of `index`: what came from one place is added up there."""
    base: Any = node.args[0]
    gradient: Any = node.args[2]
    shape = shape_of(node)
    if len(node.args) < 4 or node.args[3] is not True:
        raise refused(node, "elements must not be set by an index", "use torch.where, or torch.cat of parts")
    axis, index = _only(t, node, base)
    places = index.reshape(-1, *[1] * (len(shape) - axis - 1))
    flat = (*shape[:axis], index.numel(), *shape[axis + 1 :])
    inputs = [t.full(base), t.expanded(constant(places), flat), t.reshaped(t.full(gradient), flat)]
    return Value(t.graph.node("ScatterElements", inputs, inputs[0].dtype, axis=axis, reduction="add"), shape)


@moves("index_add.default")
def _index_add(t: Translation, node: fx.Node) -> Value:
    base, dimension, index, gradient = node.args[:4]
    shape, known = shape_of(node), t.value(index).constant
    if known is None or node.kwargs.get("alpha", 1) != 1:
        raise refused(node, "rows must be chosen by constants", "use torch.gather, or torch.where")
    axis = axis_of(dimension, len(shape))
    places = constant(known.reshape(-1, *[1] * (len(shape) - axis - 1)))
    flat = (*shape[:axis], known.numel(), *shape[axis + 1 :])
    inputs = [t.full(base), t.expanded(places, flat), t.full(gradient)]  # type: ignore[arg-type]  # nodes
    return Value(t.graph.node("ScatterElements", inputs, inputs[0].dtype, axis=axis, reduction="add"), shape)


def _only(t: Translation, node: fx.Node, source: Any) -> tuple[int, Tensor]:
    """The dimension along which an index chooses, and the places in it, not negative."""
    indices: Any = node.args[1]
    given = [(axis, t.value(index).constant) for axis, index in enumerate(indices) if index is not None]
    axis, known = given[0]
    fits = len(given) == 1 and known is not None and known.dtype != torch.bool
    count = shape_of(source)[axis]
    if not fits or known is None or not isinstance(count, int):
        message = "an index must be constant integers along one dimension that is not the batch"
        raise refused(node, message, "use torch.where, or torch.gather")
    return axis, known % count


@translates("unbind.int")
def _unbind(t: Translation, node: fx.Node) -> tuple[Value, ...]:
    source: Any = node.args[0]
    shape = shape_of(source)
    axis = axis_of(node.args[1] if len(node.args) > 1 else 0, len(shape))
    count = shape[axis]
    if not isinstance(count, int):
        raise refused(node, "a loop must not be over the batch", "export with dynamic_batch=False")
    return tuple(row(t, source, axis, index) for index in range(count))


@translates("split.Tensor", "split_with_sizes.default")
def _split(t: Translation, node: fx.Node) -> tuple[Value, ...]:
    source: Any = node.args[0]
    shape = shape_of(source)
    axis = axis_of(node.args[2] if len(node.args) > 2 else 0, len(shape))
    if not isinstance(shape[axis], int):
        raise refused(node, "a tensor must not be split along the batch", "export with dynamic_batch=False")
    value, x, first, parts = t.value(source), t.full(source), 0, []
    for part in node.meta["val"]:
        length = int(part.shape[axis])
        if value.rows and axis == 0:
            parts.append(stacked(t, value.rows[first : first + length], shape[1:]))
            first += length
            continue
        bounds = [t.graph.constant([n], INT64) for n in (first, first + length, axis)]
        made = (*shape[:axis], length, *shape[axis + 1 :])
        parts.append(Value(t.graph.node("Slice", [x, *bounds], x.dtype), made))
        first += length
    return tuple(parts)
