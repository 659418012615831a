"""Values that are rounded or clipped on the way forth, and not on the way back."""

from typing import Any, cast

import torch
from torch import Tensor


class _StraightThrough(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, value: Tensor) -> Tensor:
        return value.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None: ...

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return grad, None


def straight_through(x: Tensor, value: Tensor) -> Tensor:
    """`value`, to the last bit, with the gradient of `x`, which has its shape.

    x + (value - x).detach(), as it is often written, is another number as soon as `x` is far from `value`.
    """
    return cast(Tensor, _StraightThrough.apply(x, value.detach()))  # type: ignore[no-untyped-call]  # torch's
