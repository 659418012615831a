"""Two inputs: a spike where the potential crosses the threshold between two samples."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, cast

import torch
from torch import Tensor

from spikelut._checks import require_slope, require_type
from spikelut.surrogates._base import HasSurrogateGrad, Surrogate, param
from spikelut.surrogates._cusped import InvSquareGrad
from spikelut.surrogates._eager import slope_product
from spikelut.surrogates._piecewise import ReluGrad


class _Crossing(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x_new: Tensor, x_old: Tensor, slope: HasSurrogateGrad) -> Tensor:
        return ((x_new >= 0) & (x_old < 0)).to(x_new.dtype)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, HasSurrogateGrad], output: Tensor) -> None:
        x_new, x_old, ctx.slope = inputs
        ctx.save_for_backward(x_new, x_old)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, None]:
        x_new, x_old = ctx.saved_tensors
        (grad,), slope = grads, ctx.slope
        new = slope_product(grad, x_new, slope) * (x_old < 0)
        old = slope_product(-grad, x_old, slope) * (x_new >= 0)
        return new, old, None


def crossing(x_new: Tensor, x_old: Tensor, slope: HasSurrogateGrad) -> Tensor:
    """A spike at an upward threshold crossing between two samples, with a surrogate gradient to both.

    `z = 1 if x_new >= 0 and x_old < 0 else 0`; with the pseudo-derivative g of `slope`,
    `dz/dx_new = g(x_new) * [x_old < 0]`, `dz/dx_old = -g(x_old) * [x_new >= 0]`. The inputs, of any floating dtype,
    broadcast; the spikes have the dtype the two promote to. `slope` is a curve or a table. Raises TypeError
    for an input that is not floating-point.

    ```pycon
    >>> new, old = torch.tensor([0.2, 0.3], requires_grad=True), torch.tensor([-0.1, 0.1])
    >>> z = crossing(new, old, ReluGrad(alpha=1.0, width=1.0))
    >>> z.sum().backward()
    >>> z.tolist(), new.grad
    ([1.0, 0.0], tensor([0.8000, 0.0000]))
    ```
    """
    require_slope("crossing", slope)
    for name, x in (("x_new", x_new), ("x_old", x_old)):
        require_type("crossing", name, x, Tensor, "a floating-point tensor")
        if not x.is_floating_point():
            raise TypeError(f"crossing: {name} must be a floating-point tensor, got {x.dtype}")
    dtype = torch.promote_types(x_new.dtype, x_old.dtype)
    shape = torch.broadcast_shapes(x_new.shape, x_old.shape)  # type: ignore[no-untyped-call]  # as below
    x_new, x_old = x_new.to(dtype).expand(shape), x_old.to(dtype).expand(shape)
    return cast(Tensor, _Crossing.apply(x_new, x_old, slope))  # type: ignore[no-untyped-call]  # torch leaves apply untyped


@dataclass(frozen=True)
class CrossingSurrogate(Surrogate):
    """Base class of the two-input surrogates: `s(x_new, x_old)` spikes where the potential crosses the threshold.

    `z = s(x_new, x_old) = [x_new >= 0] * [x_old < 0]`; see `crossing` for its derivatives. `curve` is the one-input
    surrogate of the same parameters; `surrogate_grad` and `surrogate_fun` are its, so that tables are made of it as of
    any other.
    """

    one_input: ClassVar[type[Surrogate]]

    @property
    def curve(self) -> Surrogate:
        return self.one_input(**asdict(self))

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.curve.surrogate_grad(x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return self.curve.surrogate_fun(x)

    def turning_points(self) -> tuple[float, ...] | None:
        return self.curve.turning_points()

    def repeats(self) -> float | None:
        return self.curve.repeats()

    def __call__(self, x_new: Tensor, x_old: Tensor) -> Tensor:  # type: ignore[override]  # two inputs, by definition
        """Spikes where `x_new >= 0` and `x_old < 0`; see `crossing`."""
        return crossing(x_new, x_old, self)


@dataclass(frozen=True)
class InvSquareGrad2(CrossingSurrogate):
    """Threshold crossing with the derivative of `InvSquareGrad(alpha)`; `alpha > 0`.

    Perez-Nieves, Goodman 2021, arXiv:2105.08810.

    ```pycon
    >>> InvSquareGrad2(alpha=10.0)(torch.tensor([0.2, -0.1]), torch.tensor([-0.1, 0.2]))
    tensor([1., 0.])
    ```
    """

    alpha: float = param(100.0, gt=0)
    one_input = InvSquareGrad


@dataclass(frozen=True)
class ReluGrad2(CrossingSurrogate):
    """Threshold crossing with the derivative of `ReluGrad(alpha, width)`; `alpha > 0`, `width > 0`.

    Neftci, Mostafa, Zenke 2019, arXiv:1901.09948.
    """

    alpha: float = param(0.3, gt=0)
    width: float = param(1.0, gt=0)
    one_input = ReluGrad


def inv_square_grad2(x_new: Tensor, x_old: Tensor, alpha: float = 100.0) -> Tensor:
    """Spikes of `InvSquareGrad2(alpha)`."""
    return InvSquareGrad2(alpha)(x_new, x_old)


def relu_grad2(x_new: Tensor, x_old: Tensor, alpha: float = 0.3, width: float = 1.0) -> Tensor:
    """Spikes of `ReluGrad2(alpha, width)`."""
    return ReluGrad2(alpha, width)(x_new, x_old)


ALL_TWO_INPUT: tuple[type[CrossingSurrogate], ...] = (InvSquareGrad2, ReluGrad2)
"""The two-input surrogates."""
