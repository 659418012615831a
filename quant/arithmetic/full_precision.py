"""Sums that are exact whatever is set: on a GPU, under autocast, in half precision."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn.functional import conv1d, conv2d, conv_transpose1d, conv_transpose2d, linear

from spikelut.native import is_eager
from spikelut.quant.arithmetic.traceable import is_unbranched


class Geometry(NamedTuple):
    """How a convolution of one or two dimensions goes over its input; `output_padding` is that of a transposed one."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    transposed: bool = False
    output_padding: tuple[int, ...] = ()


def exact_dtype(*tensors: Tensor) -> torch.dtype:
    """The type that sums and states of `tensors` have: the widest of theirs, and float32 at least.

    It holds membrane codes of 24 bits exactly, which half precision does not.
    """
    kind = torch.float32
    for x in tensors:
        if x.dtype is not kind:
            kind = torch.promote_types(x.dtype, kind)
    return kind


def exact(x: Tensor) -> Tensor:
    """`x` in its `exact_dtype`, which is what it stands for; the gradient is rounded to the type of `x` at the end."""
    return x.to(exact_dtype(x))


def spikes_dtype(like: Tensor, most: int = 1) -> torch.dtype:
    """The type of spikes for currents `like`: theirs, if it holds every count up to `most`, else float32."""
    holds = like.dtype in (torch.float32, torch.float64) or most <= 2 / torch.finfo(like.dtype).eps
    return like.dtype if holds else torch.float32


def in_autocast(x: Tensor) -> bool:
    """Whether torch would multiply `x` in half precision of its own accord."""
    kind = x.device.type
    return kind != "meta" and torch.is_autocast_enabled(kind)


@contextmanager
def full_precision(x: Tensor) -> Iterator[None]:
    """While entered, products where `x` is are not rounded: autocast is off, and a GPU multiplies float32 as float32.

    For convolutions torch allows TensorFloat-32 by default, and for matrices on request. That has 11 bits: sums of
    wider weights, or of graded events, would not be those of the chip. What `torch.compile` records stays as set.
    """
    if in_autocast(x):
        with torch.autocast(x.device.type, enabled=False), full_precision(x):
            yield
        return
    if not x.is_cuda or torch.compiler.is_compiling():
        yield
        return
    backends: Any = torch.backends  # torch leaves it untyped
    settings = [backends.cuda.matmul, backends.cudnn.conv]
    before = [setting.fp32_precision for setting in settings]
    try:
        for setting in settings:
            setting.fp32_precision = "ieee"
        yield
    finally:
        for setting, precision in zip(settings, before, strict=True):
            setting.fp32_precision = precision


def weighted(x: Tensor, weight: Tensor, geometry: Geometry | None = None) -> Tensor:
    """The sums of `x` [..., in] by `weight` [out, in], or of a convolution [N, C, (H,) W], in their `exact_dtype`."""
    kind = exact_dtype(x, weight)
    x, weight = x.to(kind), weight.to(kind)
    if in_autocast(x) and is_eager(x):
        with full_precision(x):
            made = _Weighted.apply(x, weight, geometry)  # type: ignore[no-untyped-call]  # torch's
            return cast(Tensor, made)
    with full_precision(x):
        return _weighted(x, weight, geometry)


def _weighted(x: Tensor, weight: Tensor, geometry: Geometry | None) -> Tensor:
    if geometry is not None:
        return _convolved(x, weight, geometry)
    if x.ndim > 2 and is_unbranched():  # torch 2.9 would ask how many elements a free batch has
        return linear(x.flatten(0, -2), weight).reshape(*x.shape[:-1], -1)
    return linear(x, weight)


def _convolved(x: Tensor, weight: Tensor, geometry: Geometry) -> Tensor:
    stride, padding, dilation, groups, transposed, output_padding = geometry
    if not transposed:
        return (conv1d if len(stride) == 1 else conv2d)(x, weight, None, stride, padding, dilation, groups)
    turned = conv_transpose1d if len(stride) == 1 else conv_transpose2d
    return turned(x, weight, None, stride, padding, output_padding, groups, dilation)


class _Weighted(torch.autograd.Function):
    """`_weighted` whose way back is not rounded either, should it be called under autocast."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, geometry: Geometry | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry = geometry
        return _weighted(x, weight, geometry)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        (x, weight), (grad,), geometry = ctx.saved_tensors, grads, ctx.geometry
        of_x, of_weight, _ = ctx.needs_input_grad
        with full_precision(grad):
            if geometry is None:
                rows = grad.reshape(-1, len(weight)).T
                by_weight = rows @ x.reshape(-1, weight.shape[1]) if of_weight else None
                return grad @ weight if of_x else None, by_weight, None
            backward: Any = torch.ops.aten.convolution_backward
            wanted = [of_x, of_weight, False]
            stride, padding, dilation, groups, transposed, output_padding = geometry
            further = output_padding if transposed else [0] * len(stride)
            by_x, by_weight, _ = backward(
                grad, x, weight, None, stride, padding, dilation, transposed, further, groups, wanted
            )
            return by_x, by_weight, None
