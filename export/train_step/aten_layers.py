"""Torch's products, convolutions, pools and losses, and their derivatives, as ONNX nodes."""

from typing import Any

import torch
from torch import fx

from spikelut.export.onnx_graph.graph import FLOAT, INT64, Var
from spikelut.export.train_step.aten_shapes import moves, reduced, transposed
from spikelut.export.train_step.translate import Batch, Size, Translation, Value, dtype_of, shape_of, translates


@moves("mm.default", "bmm.default", "addmm.default", "mv.default")
def _product(t: Translation, node: fx.Node) -> Value:
    added: Any = node.args[0] if "addmm" in str(node.target) else None
    a, b = (t.full(x, dtype_of(node)) for x in node.args[-2:] if isinstance(x, fx.Node))
    product = t.graph.node("MatMul", [a, b], a.dtype)
    return Value(product if added is None else product + t.var(added), shape_of(node))


def _geometry(stride: Any, padding: Any, dilation: Any, groups: Any) -> dict[str, Any]:
    pads = [int(p) for p in padding]
    return {"strides": list(stride), "pads": [*pads, *pads], "dilations": list(dilation), "group": int(groups)}


@moves("convolution.default")
def _convolution(t: Translation, node: fx.Node) -> Value:
    x, w, b, stride, padding, dilation, turned, _, groups = _convolution_arguments(node)
    if turned or len(stride) != 2:
        raise ValueError("to_train_step: convolutions must be two-dimensional and not transposed, got others")
    inputs = [t.full(a) for a in (x, w, b) if a is not None]
    kernel = list(shape_of(w)[2:])
    attributes = {"kernel_shape": kernel, **_geometry(stride, padding, dilation, groups)}
    return Value(t.graph.node("Conv", inputs, FLOAT, **attributes), shape_of(node))


def _convolution_arguments(node: fx.Node) -> tuple[Any, ...]:
    return tuple(node.args)


@translates("convolution_backward.default")
def _convolution_backward(t: Translation, node: fx.Node) -> tuple[Value | None, ...]:
    grad, x, w, _, stride, padding, dilation, _, _, groups, wanted = _convolution_arguments(node)
    g = t.full(grad)
    shape, kernel = shape_of(x), [int(str(n)) for n in shape_of(w)[2:]]
    out: list[Value | None] = [None, None, None]
    if wanted[0]:
        geometry = _geometry(stride, padding, dilation, groups)
        out[0] = Value(_spread(t, g, t.full(w), (shape, shape_of(grad)), kernel, geometry), shape)
    if wanted[1]:
        out[1] = Value(_kernel_gradient(t, node, g, kernel), shape_of(w))
    if wanted[2]:
        out[2] = Value(reduced("ReduceSum", g, [0, 2, 3]), shape_of(grad)[1:2])
    return tuple(out)


def _spread(
    t: Translation, g: Var, w: Var, shapes: tuple[Any, Any], kernel: list[int], geometry: dict[str, Any]
) -> Var:
    """The gradient of a convolution's input."""
    (_, _, *sizes), (_, _, *made) = shapes
    reach = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1
        for n, s, p, d, k in zip(
            made, geometry["strides"], geometry["pads"], geometry["dilations"], kernel, strict=False
        )
    ]
    # What the convolution left over at the far edges has no gradient.
    left = [n - r for n, r in zip(sizes, reach, strict=True)]
    return t.graph.node("ConvTranspose", [g, w], FLOAT, kernel_shape=kernel, output_padding=left, **geometry)


def _kernel_gradient(t: Translation, node: fx.Node, g: Var, kernel: list[int]) -> Var:
    """The gradient of a convolution's weights: input and gradient, each a batch of its channels, convolved."""
    grad, x, _, _, stride, padding, dilation, _, _, groups, _ = _convolution_arguments(node)
    image = _by_channel(t, t.full(x), shape_of(x), groups, channels_first=False)
    window = _by_channel(t, g, shape_of(grad), groups, channels_first=True)
    geometry = _geometry(dilation, padding, stride, groups)
    made = t.graph.node("Conv", [image, window], FLOAT, kernel_shape=list(shape_of(grad)[2:]), **geometry)
    ends = [t.graph.constant(n, INT64) for n in ([0, 0], kernel, [2, 3])]
    return transposed(t.graph.node("Slice", [made, *ends], FLOAT), [1, 0, 2, 3])


def _by_channel(t: Translation, x: Var, shape: tuple[Size, ...], groups: int, channels_first: bool) -> Var:
    """[N, G * C, H, W] as [C, G * N, H, W], or as [G * C, N, H, W]."""
    batch, channels, *rest = shape
    if groups == 1 or channels_first:
        return transposed(x, [1, 0, 2, 3])
    assert isinstance(channels, int)  # only the batch is free
    each = channels // groups
    parted = transposed(t.reshaped(x, (batch, groups, each, *rest)), [2, 1, 0, 3, 4])
    joined = Batch(batch.times * groups) if isinstance(batch, Batch) else batch * groups
    return t.reshaped(parted, (each, joined, *rest))


@moves("avg_pool2d.default", "avg_pool2d_backward.default")
def _pool(t: Translation, node: fx.Node) -> Value:
    backward = "backward" in str(node.target)
    grad, x, size, stride, padding, ceil, _, divisor = [*(() if backward else (None,)), *node.args, *[None] * 6][:8]
    kernel = [int(n) for n in size]
    strides, pads = [int(n) for n in stride or kernel], [int(n) for n in padding or [0, 0]]
    if ceil or any(pads):
        raise ValueError("to_train_step: pools must be without padding and ceil_mode, got others")
    shape = shape_of(x)
    # Sums of each channel, so that whole numbers stay exact.
    ones = t.stored(Value(torch.ones(int(str(shape[1])), 1, *kernel), (int(str(shape[1])), 1, *kernel)))
    geometry = _geometry(strides, pads, [1, 1], shape[1])
    share = t.var(float(divisor or kernel[0] * kernel[1]), torch.float32)
    if not backward:
        sums = t.graph.node("Conv", [t.full(x), ones], FLOAT, kernel_shape=kernel, **geometry)
        return Value(sums if divisor == 1 else t.graph.node("Div", [sums, share], FLOAT), shape_of(node))
    g = t.full(grad)
    g = g if divisor == 1 else t.graph.node("Div", [g, share], FLOAT)
    return Value(_spread(t, g, ones, (shape, shape_of(grad)), kernel, geometry), shape)


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
    """1.0 at each sample's class, [B, K]; a label that is no class has none."""
    classes = shape_of(logs)[1]
    assert isinstance(classes, int)  # only the batch is free
    column = t.reshaped(t.full(target), (shape_of(target)[0], 1))
    return (column == t.graph.constant([list(range(classes))], INT64)).cast(FLOAT)


def _check_nll(node: fx.Node, at: int) -> None:
    weight, reduction, ignored = node.args[at : at + 3]
    logs: Any = node.args[at - 2]
    plain = weight is None and reduction in (1, 2) and len(shape_of(logs)) == 2 and int(str(ignored)) < 0
    if not plain:
        raise ValueError(
            "to_train_step: cross entropy must be of [B, K], summed or averaged, without weights, got others"
        )


@translates("nll_loss_forward.default")
def _nll(t: Translation, node: fx.Node) -> tuple[Value, Value]:
    _check_nll(node, 2)
    logs: Any = node.args[0]
    chosen = _chosen(t, logs, node.args[1])
    total = reduced("ReduceSum", chosen, [0, 1])
    # Over the classes first, where only one number is not zero.
    picked = reduced("ReduceSum", reduced("ReduceSum", chosen * t.full(logs), [1]), [0])
    loss = t.graph.node("Neg", [picked], FLOAT)
    return Value(loss if node.args[3] == 2 else t.graph.node("Div", [loss, total], FLOAT), ()), Value(total, ())


@translates("nll_loss_backward.default")
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
        elements = t.size(1)
        for n in shape_of(a):
            elements = Value(t.stored(elements) * t.stored(t.size(n)), ())
        count = t.graph.node("Div", [count, t.stored(elements, torch.float32)], FLOAT)
    return Value(count * difference * t.var(grad), shape_of(node))


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
