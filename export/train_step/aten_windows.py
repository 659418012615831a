"""Torch's convolutions, transposed ones, pools and upsampling, and their derivatives, as ONNX nodes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional

from spikelut.export.onnx_graph.graph import FLOAT, INT64, Var
from spikelut.export.train_step.aten_shapes import moves, reduced, transposed
from spikelut.export.train_step.recorded import Batch, Size, refused, shape_of, sizes_of
from spikelut.export.train_step.translate import Translation, Value, constant, translates

_LOWEST = float(torch.finfo(torch.float32).min)


@dataclass(frozen=True)
class Windows:
    """How windows of a `kernel` lie in an image of `sizes`, `counts` of them along each dimension.

    The image is padded by `starts` at the near edges.
    """

    kernel: list[int]
    strides: list[int]
    starts: list[int]
    dilations: list[int]
    sizes: list[int]
    counts: list[int]

    @classmethod
    def of(
        cls, image: tuple[Size, ...], made: tuple[Size, ...], kernel: Any, stride: Any, padding: Any, dilation: Any
    ) -> "Windows":
        """Of an `image` [N, C, ...], from which [N, K, ...] is `made`."""
        lists = [[int(str(n)) for n in numbers] for numbers in (kernel, stride, padding, dilation, image[2:], made[2:])]
        return cls(*lists)

    @property
    def left(self) -> list[int]:
        """What the last window leaves over at the far edge; negative where it reaches beyond."""
        parts = zip(self.sizes, self.counts, self.strides, self.starts, self.dilations, self.kernel, strict=True)
        return [n - ((o - 1) * s - p + d * (k - 1) + 1) for n, o, s, p, d, k in parts]

    @property
    def pads(self) -> list[int]:
        """The padding at the near edges, then at the far ones."""
        return [*self.starts, *(max(-n, 0) for n in self.left)]

    def attributes(self, groups: int) -> dict[str, Any]:
        """Those of `Conv` and `ConvTranspose`."""
        steps = {"strides": self.strides, "dilations": self.dilations}
        return {"kernel_shape": self.kernel, "pads": self.pads, "group": groups, **steps}

    def gathered(self, t: Translation, inputs: Sequence[Var], groups: int) -> Var:
        """A convolution of an image with weights, and a bias if there is one: the sums of its windows."""
        return t.graph.node("Conv", list(inputs), FLOAT, **self.attributes(groups))

    def spread(self, t: Translation, inputs: Sequence[Var], groups: int) -> Var:
        """Windows added up to an image: a transposed convolution, and the gradient of what `gathered` took."""
        # What no window reached is smaller than a stride.
        beyond = [max(n, 0) for n in self.left]
        return t.graph.node("ConvTranspose", list(inputs), FLOAT, output_padding=beyond, **self.attributes(groups))

    def of_weights(self, t: Translation, image: Var, made: Var, groups: int) -> Var:
        """The gradient of the weights: `image` and `made`, each a batch of its channels, convolved."""
        rank = len(self.kernel)
        order, axes = [1, 0, *range(2, rank + 2)], list(range(2, rank + 2))
        steps: dict[str, Any] = {"strides": self.dilations, "dilations": self.strides}
        inputs = [image, transposed(made, order)]
        sums = t.graph.node("Conv", inputs, FLOAT, kernel_shape=self.counts, pads=self.pads, group=groups, **steps)
        ends = [t.graph.constant(n, INT64) for n in ([0] * rank, self.kernel, axes)]
        return transposed(t.graph.node("Slice", [sums, *ends], FLOAT), order)


def _of(node: fx.Node, given: Any, gives: Any, weights: Any, at: int) -> tuple[Windows, int, bool]:
    """Windows, groups, and whether it is transposed; the arguments of `node` from `at` on say how."""
    stride, padding, dilation, turned, _, groups = node.args[at : at + 6]
    kernel = shape_of(weights)[2:]
    if len(kernel) > 2:
        raise refused(node, "convolutions must be over one or two dimensions", "reshape others, for nn.Conv2d")
    image, made = (gives, given) if turned else (given, gives)
    windows = Windows.of(shape_of(image), shape_of(made), kernel, stride, padding, dilation)
    return windows, int(str(groups)), bool(turned)


@moves("convolution.default")
def _convolution(t: Translation, node: fx.Node) -> Value:
    tensors: Any = [a for a in node.args[:3] if a is not None]
    windows, groups, turned = _of(node, tensors[0], node, tensors[1], 3)
    inputs = [t.full(a) for a in tensors]
    return Value((windows.spread if turned else windows.gathered)(t, inputs, groups), shape_of(node))


@translates("convolution_backward.default")
def _convolution_backward(t: Translation, node: fx.Node) -> tuple[Value | None, ...]:
    tensors: Any = node.args[:3]
    wanted: Any = node.args[10]
    grad, x, w = tensors
    windows, groups, turned = _of(node, x, grad, w, 4)
    g = t.full(grad)
    out: list[Value | None] = [None, None, None]
    if wanted[0]:
        back = windows.gathered if turned else windows.spread
        out[0] = Value(back(t, [g, t.full(w)], groups), shape_of(x))
    if wanted[1]:
        image, made = (grad, x) if turned else (x, grad)
        by_channel = _by_channel(t, t.full(image), shape_of(image), groups)
        out[1] = Value(windows.of_weights(t, by_channel, t.full(made), groups), shape_of(w))
    if wanted[2]:
        out[2] = Value(reduced("ReduceSum", g, [0, *range(2, len(shape_of(grad)))]), shape_of(grad)[1:2])
    return tuple(out)


def _by_channel(t: Translation, x: Var, shape: tuple[Size, ...], groups: int) -> Var:
    """[N, G * C, ...] as [C, G * N, ...]."""
    batch, channels, *rest = shape
    if groups == 1:
        return transposed(x, [1, 0, *range(2, len(shape))])
    assert isinstance(channels, int)  # only the batch is free
    each = channels // groups
    parted = t.reshaped(x, (batch, groups, each, *rest))
    joined = Batch(batch.times * groups) if isinstance(batch, Batch) else batch * groups
    return t.reshaped(transposed(parted, [2, 1, 0, *range(3, len(shape) + 1)]), (each, joined, *rest))


@moves("avg_pool2d.default", "avg_pool2d_backward.default")
def _average(t: Translation, node: fx.Node) -> Value:
    backward = "backward" in str(node.target)
    given = [*(() if backward else (None,)), *node.args, *[None] * 6][:8]
    grad, x, kernel, stride, padding, _, with_pads, divisor = (*given[:6], given[6] is not False, given[7])
    image, made = shape_of(x), shape_of(grad if backward else node)
    windows = Windows.of(image, made, kernel, stride or kernel, padding or [0, 0], [1, 1])
    channels = int(str(image[1]))
    # Sums of each channel, so that whole numbers stay exact.
    ones = t.stored(constant(torch.ones(channels, 1, *windows.kernel)))
    share = t.stored(constant(_shares(windows, bool(with_pads), divisor)))
    if not backward:
        sums = windows.gathered(t, [t.full(x), ones], channels)
        return Value(sums if divisor == 1 else t.graph.node("Div", [sums, share], FLOAT), made)
    g = t.full(grad)
    g = g if divisor == 1 else t.graph.node("Div", [g, share], FLOAT)
    return Value(windows.spread(t, [g, ones], channels), image)


def _shares(windows: Windows, with_pads: bool, divisor: Any) -> Tensor:
    """By what the sum of each window is divided: one number, or one for each place."""
    if divisor is not None:
        return torch.tensor(float(divisor))
    counts = []
    for n, o, s, p, k in zip(
        windows.sizes, windows.counts, windows.strides, windows.starts, windows.kernel, strict=True
    ):
        first = torch.arange(o) * s - p
        last = (first + k).clamp(max=n + p)
        counts.append(last - first if with_pads else last.clamp(max=n) - first.clamp(min=0))
    whole = torch.outer(*counts).float()
    return whole.flatten()[0] if bool((whole == whole.flatten()[0]).all()) else whole


@translates("max_pool2d_with_indices.default")
def _maximum(t: Translation, node: fx.Node) -> tuple[Value, None]:
    for get in node.users:
        if get.args[1] == 1 and not all("max_pool2d" in str(user.target) for user in get.users):
            raise refused(node, "max pooling must not give its indices", "use return_indices=False and nn.Upsample")
    x: Any = node.args[0]
    made = sizes_of(node.meta["val"][0])
    windows = _windows(node, x, made, 1)
    attributes: dict[str, Any] = {
        "kernel_shape": windows.kernel,
        "strides": windows.strides,
        "dilations": windows.dilations,
    }
    return Value(t.graph.node("MaxPool", [t.full(x)], FLOAT, pads=windows.pads, **attributes), made), None


@translates("max_pool2d_with_indices_backward.default")
def _maximum_backward(t: Translation, node: fx.Node) -> Value:
    tensors: Any = node.args[:2]
    grad, x = tensors
    image, made = shape_of(x), shape_of(grad)
    windows = _windows(node, x, made, 2)
    # The first of equal ones, as torch has it.
    place = t.graph.node("ArgMax", [_patches(t, windows, x)], INT64, axis=2, keepdims=1)
    area, channels, batch = prod(windows.kernel), int(str(image[1])), image[0]
    each = Batch(batch.times * channels) if isinstance(batch, Batch) else batch * channels
    numbers = t.graph.constant(torch.arange(area).reshape(area, 1, 1).numpy(), INT64)
    g = (place == numbers).cast(FLOAT) * t.reshaped(t.full(grad), (*made[:2], 1, *made[2:]))
    # A channel for each place of a window.
    ones = t.stored(constant(torch.eye(area).reshape(area, 1, *windows.kernel)))
    spread = windows.spread(t, [t.reshaped(g, (each, area, *made[2:])), ones], 1)
    return Value(t.reshaped(spread, image), image)


def _windows(node: fx.Node, x: Any, made: tuple[Size, ...], at: int) -> Windows:
    """Windows of a pool of maxima; the arguments of `node` from `at` on say how."""
    kernel, stride, padding, dilation = [*node.args[at : at + 4], None, None, None][:4]
    return Windows.of(shape_of(x), made, kernel, stride or kernel, padding or [0, 0], dilation or [1, 1])


def _patches(t: Translation, windows: Windows, x: Any) -> Var:
    """What each window holds, [N, C, places in a window, ...]."""
    image, pads, whole = shape_of(x), windows.pads, t.full(x)
    if any(pads):
        each = [0, 0, *pads[:2], 0, 0, *pads[2:]]
        whole = t.graph.node("Pad", [whole, t.graph.constant(each, INT64), t.graph.constant(_LOWEST, FLOAT)], FLOAT)
    sizes = tuple(n + a + b for n, a, b in zip(windows.sizes, pads[:2], pads[2:], strict=True))
    whole = t.reshaped(whole, (*image[:2], 1, *sizes))
    parts = []
    for place in product(*map(range, windows.kernel)):
        first = [i * d for i, d in zip(place, windows.dilations, strict=True)]
        last = [f + (o - 1) * s + 1 for f, o, s in zip(first, windows.counts, windows.strides, strict=True)]
        bounds = [t.graph.constant(n, INT64) for n in (first, last, [3, 4], windows.strides)]
        parts.append(t.graph.node("Slice", [whole, *bounds], FLOAT))
    return t.graph.node("Concat", parts, FLOAT, axis=2)


@moves("_adaptive_avg_pool2d.default", "_adaptive_avg_pool2d_backward.default")
def _adaptive(t: Translation, node: fx.Node) -> Value:
    first: Any = node.args[0]
    backward = "backward" in str(node.target)
    x, made = (node.args[1], shape_of(first)) if backward else (first, shape_of(node))
    shares = [_parts(int(str(n)), int(str(o))) for n, o in zip(shape_of(x)[2:], made[2:], strict=True)]
    sizes = [part.sum(1) for part in shares]
    divisors = [t.stored(constant(n)) for n in (sizes[0].reshape(-1, 1), sizes[1])]
    value = t.full(first)
    value = value if backward else _by_matrices(t, value, shares)
    for divisor in divisors:
        value = t.graph.node("Div", [value, divisor], FLOAT)
    return Value(_by_matrices(t, value, [part.T for part in shares]) if backward else value, shape_of(node))


def _parts(size: int, count: int) -> Tensor:
    """1.0 where a place of a line of `size` lies in each of `count` parts of it, which may overlap: [count, size]."""
    number, place = torch.arange(count).reshape(-1, 1), torch.arange(size)
    return ((place >= number * size // count) & (place * count < (number + 1) * size)).float()


def _by_matrices(t: Translation, x: Var, matrices: list[Tensor]) -> Var:
    """`x` [..., W] or [..., H, W] times a matrix along each dimension: sums in which whole numbers stay exact."""
    made = t.graph.node("MatMul", [x, t.stored(constant(matrices[-1].T.contiguous()))], FLOAT)
    return t.graph.node("MatMul", [t.stored(constant(matrices[0])), made], FLOAT) if len(matrices) == 2 else made


_NEAREST = ("upsample_nearest2d", "_upsample_nearest_exact2d")


@moves(*(f"{name}{part}.default" for name in _NEAREST for part in ("", "_backward")))
def _nearest(t: Translation, node: fx.Node) -> Value:
    x: Any = node.args[0]
    backward = "backward" in str(node.target)
    big, small = (x, node) if backward else (node, x)
    lines = list(zip(shape_of(small)[2:], shape_of(big)[2:], strict=True))
    scales = [*node.args[3 if backward else 2 :], None, None][: len(lines)]
    exact = "exact" in str(node.target)
    places = [_places(int(str(n)), int(str(o)), f, exact) for (n, o), f in zip(lines, scales, strict=True)]
    value = t.full(x)
    if backward:
        rows = [functional.one_hot(p, int(str(n))).float().T for p, (n, _) in zip(places, lines, strict=True)]
        return Value(_by_matrices(t, value, rows), shape_of(node))
    for axis, place in enumerate(places, 2):
        value = t.graph.node("Gather", [value, t.stored(constant(place))], value.dtype, axis=axis)
    return Value(value, shape_of(node))


def _places(size: int, count: int, factor: Any, exact: bool) -> Tensor:
    """From where in a line of `size` each of `count` elements comes: as torch itself chooses."""
    line, mode = torch.arange(float(size)).reshape(1, 1, size), "nearest-exact" if exact else "nearest"
    given: dict[str, Any] = {"size": count} if factor is None else {"scale_factor": float(factor)}
    return functional.interpolate(line, mode=mode, **given).flatten().long()
