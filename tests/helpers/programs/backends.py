"""The same computation by torch's operations and by the compiled kernels."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor, nn

import spikelut
from spikelut import native
from spikelut.surrogates import Surrogate

needs_native = pytest.mark.skipif(bool(native.reason_missing()), reason=f"no native kernels: {native.reason_missing()}")


@contextmanager
def backend(name: str) -> Iterator[None]:
    """While entered, `name` computes."""
    before = spikelut.get_backend()
    spikelut.set_backend(name)
    try:
        yield
    finally:
        spikelut.set_backend(before)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """While entered, torch and the kernels have `count` threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def gradients(model: Callable[[Tensor], Tensor], x: Tensor, grad: Tensor) -> list[Tensor]:
    """The output of `model`, and the gradients of the input and of its parameters for `grad` of the output."""
    x = x.detach().requires_grad_()
    out = model(x)
    parameters = [p for p in model.parameters() if p.requires_grad] if isinstance(model, nn.Module) else []
    return [out.detach(), *torch.autograd.grad(out, [x, *parameters], grad)]


def both(function: Callable[[], list[Tensor]]) -> tuple[list[Tensor], list[Tensor]]:
    """What `function` gives by torch and by the kernels."""
    with backend("torch"):
        readable = function()
    with backend("native"):
        return readable, function()


def close_to_slope(found: Tensor, s: Surrogate, x: Tensor, grad: Tensor) -> None:
    """Whether `found` is `grad` times the slope at `x`, which in half precision is rounded once, from float32."""
    wide = torch.promote_types(x.dtype, torch.float32)
    wanted = grad.to(wide) * s.surrogate_grad(x.to(wide))
    # Kernels and few passes compute in another order, which may turn the rounding to a half over.
    relative = {torch.float64: 0.0, torch.float32: 1e-6}.get(x.dtype, torch.finfo(x.dtype).eps)
    torch.testing.assert_close(found, wanted.to(x.dtype), rtol=relative, atol=min(relative, 1e-6), equal_nan=True)


def near(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are the same to 1e-6 of the largest, NaN to NaN too."""
    largest = float(b.nan_to_num(0, 0, 0).abs().max()) if b.numel() else 0.0
    same_kind = a.dtype == b.dtype and a.shape == b.shape
    return same_kind and torch.allclose(a, b, rtol=1e-6, atol=1e-6 * largest, equal_nan=True)


def equal(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are equal, NaN to NaN too."""
    return a.dtype == b.dtype and a.shape == b.shape and bool(((a == b) | (a.isnan() & b.isnan())).all())
