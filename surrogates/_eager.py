"""The spike function as it runs outside compilers, recorders and transforms: without temporaries the size of x."""

from __future__ import annotations

import ctypes
from typing import Any

import torch
from torch import Tensor

from spikelut import native

CHUNK = 2**15
"""Elements that one thread works on at a time: a chunk and its temporaries stay in the second cache."""


class EagerSpike(torch.autograd.Function):
    """`_Spike` for plain tensors. A slope with `fire` and `through` says itself what is kept for the way back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: Any) -> Tensor:
        fire = getattr(slope, "fire", None)
        out, kept = (heaviside(x), x) if fire is None or not ctx.needs_input_grad[0] else fire(x)
        ctx.slope = slope
        ctx.save_for_backward(kept)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (kept,) = ctx.saved_tensors
        (grad,), slope = grads, ctx.slope
        through = getattr(slope, "through", None)
        return (through(grad, kept) if through is not None else grad * slope.surrogate_grad(kept)), None


def heaviside(x: Tensor) -> Tensor:
    """1 where x >= 0, else 0, in the dtype of an eager `x`."""
    if native.in_memory(x):
        out = torch.empty_like(x)
        native.library().spikelut_spike(x.data_ptr(), out.data_ptr(), x.numel(), torch.get_num_threads())
        return out
    return torch.ge(x, 0, out=torch.empty_like(x))


def curve_product(grad: Tensor, x: Tensor, slope: Any, curve: native.Curve | None) -> Tensor:
    """`grad * slope.surrogate_grad(x)` for a curve that looks at each x alone; by a kernel if it has one."""
    if torch.is_grad_enabled() or not native.is_eager(grad):
        product: Tensor = grad * slope.surrogate_grad(x)
        return product
    if curve is not None and native.in_memory(x) and native.in_memory(grad):
        out = torch.empty_like(grad)
        at = (ctypes.byref(curve), x.data_ptr(), grad.data_ptr(), out.data_ptr())
        native.library().spikelut_curve_backward(*at, x.numel(), torch.get_num_threads())
        return out
    return in_chunks(lambda g, v: g * slope.surrogate_grad(v), torch.empty_like(grad), grad, x)


def in_chunks(function: Any, out: Tensor, *inputs: Tensor) -> Tensor:
    """`out`, set to `function(*inputs)`, which looks at each element alone, without temporaries of that size."""
    size = CHUNK * torch.get_num_threads()
    pieces = out.is_cpu and out.numel() > 2 * size and all(x.is_contiguous() for x in (out, *inputs))
    if not pieces:
        return out.copy_(function(*inputs))
    for room, *parts in zip(*(torch.split(x.view(-1), size) for x in (out, *inputs)), strict=True):
        room.copy_(function(*parts))
    return out
