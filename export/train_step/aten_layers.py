"""Torch's products, variances and losses, and their derivatives, as ONNX nodes."""

from typing import Any

import torch
from torch import fx

from spikelut.export.onnx_graph.graph import FLOAT, INT64, Var
from spikelut.export.train_step.aten_shapes import axis_of, moves, reduced
from spikelut.export.train_step.recorded import dtype_of, refused, shape_of, sizes_of
from spikelut.export.train_step.translate import Translation, Value, translates


@moves("mm.default", "bmm.default", "addmm.default", "mv.default")
def _product(t: Translation, node: fx.Node) -> Value:
    added: Any = node.args[0] if "addmm" in str(node.target) else None
    if any(factor != 1 for factor in node.kwargs.values()):
        raise refused(node, "addmm must add and multiply without factors", "multiply by them before")
    a, b = (t.full(x, dtype_of(node)) for x in node.args[-2:] if isinstance(x, fx.Node))
    product = t.graph.node("MatMul", [a, b], a.dtype)
    return Value(product if added is None else product + t.var(added), shape_of(node))


@moves("_log_softmax.default", "_softmax.default")
def _softmax(t: Translation, node: fx.Node) -> Value:
    x: Any = node.args[0]
    axis: Any = node.args[1]
    op = "LogSoftmax" if "log" in str(node.target) else "Softmax"
    return Value(t.graph.node(op, [t.full(x)], FLOAT, axis=axis % len(shape_of(x))), shape_of(node))


@moves("_log_softmax_backward_data.default", "_softmax_backward_data.default")
def _softmax_backward(t: Translation, node: fx.Node) -> Value:
    shape = shape_of(node)
    grad, out = (t.full(a) for a in node.args[:2] if isinstance(a, fx.Node))
    axis = [int(str(node.args[2])) % len(shape)]
    if "log" in str(node.target):
        return Value(grad - t.graph.node("Exp", [out], FLOAT) * reduced("ReduceSum", grad, axis, keep=True), shape)
    return Value(out * (grad - reduced("ReduceSum", grad * out, axis, keep=True)), shape)


def _chosen(t: Translation, logs: Any, target: Any) -> Var:
    """1.0 at the class of each sample, or place, [B, K, ...]; a label that is no class has none."""
    batch, classes, *places = shape_of(logs)
    assert isinstance(classes, int)  # only the batch is free
    numbers = torch.arange(classes).reshape(classes, *[1] * len(places))
    labels = t.reshaped(t.full(target), (batch, 1, *places))
    return (labels == t.graph.constant(numbers.numpy(), INT64)).cast(FLOAT)


def _check_nll(node: fx.Node, at: int) -> None:
    weight, reduction, ignored = node.args[at : at + 3]
    logs: Any = node.args[at - 2]
    plain = weight is None and reduction in (1, 2) and len(shape_of(logs)) > 1 and int(str(ignored)) < 0
    if not plain:
        message = "cross entropy must be of [B, K, ...], summed or averaged, without weights or an ignore_index >= 0"
        raise refused(node, message, "give your own loss=")


@translates("var_mean.correction", "var.correction")
def _variance(t: Translation, node: fx.Node) -> Any:
    x: Any = node.args[0]
    wanted: Any = node.args[1] if len(node.args) > 1 else None
    correction: Any = node.kwargs.get("correction")
    correction, keep = 1 if correction is None else correction, bool(node.kwargs.get("keepdim", False))
    shape = shape_of(x)
    axes = [axis_of(n, len(shape)) for n in wanted] if wanted else list(range(len(shape)))
    whole = t.full(x)
    mean = reduced("ReduceMean", whole, axes, keep=True)
    away = whole - mean
    squares = reduced("ReduceSum", away * away, axes, keep)
    count = t.count(tuple(shape[axis] for axis in axes)) - float(correction)
    made = t.graph.node("Div", [squares, count], FLOAT)
    if "var_mean" not in str(node.target):
        return Value(made, shape_of(node))
    kept = mean if keep else reduced("ReduceMean", whole, axes)
    return tuple(Value(v, sizes_of(like)) for v, like in zip((made, kept), node.meta["val"], strict=True))


@translates("nll_loss_forward.default", "nll_loss2d_forward.default")
def _nll(t: Translation, node: fx.Node) -> tuple[Value, Value]:
    _check_nll(node, 2)
    logs: Any = node.args[0]
    chosen = _chosen(t, logs, node.args[1])
    rank = len(shape_of(logs))
    total = reduced("ReduceSum", chosen, range(rank))
    # Over the classes first, where only one number is not zero.
    picked = reduced("ReduceSum", reduced("ReduceSum", chosen * t.full(logs), [1]), range(rank - 1))
    loss = t.graph.node("Neg", [picked], FLOAT)
    return Value(loss if node.args[3] == 2 else t.graph.node("Div", [loss, total], FLOAT), ()), Value(total, ())


@translates("nll_loss_backward.default", "nll_loss2d_backward.default")
def _nll_backward(t: Translation, node: fx.Node) -> Value:
    _check_nll(node, 3)
    grad, logs, target = node.args[:3]
    scale = t.graph.node("Neg", [t.var(grad)], FLOAT)
    if node.args[4] == 1:
        scale = t.graph.node("Div", [scale, t.var(node.args[6])], FLOAT)
    return Value(_chosen(t, logs, target) * scale, shape_of(node))


@translates("mse_loss.default")
def _mse(t: Translation, node: fx.Node) -> Value:
    a, b = (t.full(x, torch.float32) for x in node.args[:2] if isinstance(x, fx.Node))
    square = (a - b) * (a - b)
    axes = range(len(shape_of(node.args[0])))
    kind: Any = node.args[2] if len(node.args) > 2 else 1
    return Value(
        square if kind == 0 else reduced("ReduceMean" if kind == 1 else "ReduceSum", square, axes), shape_of(node)
    )


@translates("mse_loss_backward.default")
def _mse_backward(t: Translation, node: fx.Node) -> Value:
    grad, a, b, kind = node.args
    difference = t.full(a, torch.float32) - t.full(b, torch.float32)  # type: ignore[arg-type]  # nodes
    count = t.graph.constant(2.0, FLOAT)
    if kind == 1:
        count = t.graph.node("Div", [count, t.count(shape_of(a))], FLOAT)
    return Value(count * difference * t.var(grad), shape_of(node))
