"""The spike function as it runs outside compilers, recorders and transforms: without temporaries the size of x."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from spikelut import native
from spikelut._torch import plain_apply

CHUNK = 2**17
"""Elements that one thread works on at a time: a chunk and its temporaries stay in the caches."""

HALVES = (torch.float16, torch.bfloat16)

ZERO = torch.zeros((), dtype=torch.float32, device="cpu")
"""The base of operations that add a product or a quotient, where there is nothing to add to."""


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
        return (through(grad, kept) if through is not None else slope_product(grad, kept, slope)), None


eager_spike: Callable[[Tensor, Any], Tensor] = plain_apply(EagerSpike)


def operand(value: float, like: Tensor) -> Any:
    """`value` for operations of torch on tensors as `like`.

    On the CPU a tensor costs half of what a number does, a microsecond; in half precision it would be rounded first.
    """
    takes = like.is_cpu and like.dtype in (torch.float32, torch.float64)
    return torch.tensor(value, dtype=like.dtype, device="cpu") if takes else value


def heaviside(x: Tensor) -> Tensor:
    """1 where x >= 0, else 0, in the dtype of an eager `x`."""
    if native.spikes(x):
        out = torch.empty_like(x)
        half, threads = x.dtype is torch.bfloat16, torch.get_num_threads()
        native.library().spikelut_spike(x.data_ptr(), out.data_ptr(), x.numel(), half, threads)
        return out
    return torch.ge(x, ZERO, out=torch.empty_like(x))


def slope_product(grad: Tensor, x: Tensor, slope: Any) -> Tensor:
    """`grad * slope.surrogate_grad(x)`; of half precision computed in float32 and rounded once."""
    half = x.dtype in HALVES
    product: Tensor = (grad.float() if half else grad) * slope.surrogate_grad(x.float() if half else x)
    return product.to(grad.dtype) if half else product


def curve_product(grad: Tensor, x: Tensor, slope: Any) -> Tensor:
    """`grad * slope.surrogate_grad(x)` for one of spikelut's curves, which look at each x alone.

    By its kernel if it has one, or else in few passes.
    """
    if torch.is_grad_enabled() or not native.is_eager(grad):
        return slope_product(grad, x, slope)
    out, curve = torch.empty_like(grad), slope.native_curve
    if curve is not None and native.spikes(grad) and x.is_contiguous() and not x.is_neg():
        at = (ctypes.byref(curve), x.data_ptr(), grad.data_ptr(), out.data_ptr())
        half, threads = x.dtype is torch.bfloat16, torch.get_num_threads()
        native.library().spikelut_curve_backward(*at, x.numel(), half, threads)
        return out
    if grad.dtype in HALVES:
        # In half precision every operation would round, and convert for it.
        return in_chunks(lambda g, v: curve_product(g.float(), v.float(), slope), out, grad, x)
    if x.dtype is torch.float32 and x.is_cpu and slope.passes is not None:

        def write(grad: Tensor, x: Tensor, out: Tensor) -> None:
            op, value = slope.passes.write(x, out)
            op(ZERO, grad, out, value=value, out=out)

        return write_in_chunks(write, out, grad, x)
    return in_chunks(lambda g, v: g * slope.surrogate_grad(v), out, grad, x)


def in_chunks(function: Any, out: Tensor, *inputs: Tensor) -> Tensor:
    """`out`, set to `function(*inputs)`, which looks at each element alone, without temporaries of that size."""
    return write_in_chunks(lambda *parts: parts[-1].copy_(function(*parts[:-1])), out, *inputs)


def write_in_chunks(write: Any, out: Tensor, *inputs: Tensor) -> Tensor:
    """`out`, set by `write(*inputs, out)`, which looks at each element alone, chunk by chunk."""
    if (
        out.numel() > CHUNK
        and out.numel() > 2 * (size := CHUNK * torch.get_num_threads())
        and out.is_cpu
        and all(x.is_contiguous() for x in (out, *inputs))
    ):
        for parts in zip(*(torch.split(x.view(-1), size) for x in (*inputs, out)), strict=True):
            write(*parts)
    else:
        write(*inputs, out)
    return out
