"""Curves of |x| with a cusp at the threshold. The primitives are odd about it: F(x) above, -F(-x) below."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from spikelut.surrogates._base import Surrogate, at_zero, function_form, param


def _odd(primitive: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """`sgn(x) * primitive(|x|)` for a primitive that is 0 at 0, with the right derivative at 0 too."""
    zero = torch.zeros_like(x)
    # maximum splits its gradient at a tie, where |x| would drop it.
    return primitive(torch.maximum(x, zero)) - primitive(torch.maximum(-x, zero))


@dataclass(frozen=True)
class PiecewiseExp(Surrogate):
    r"""Two-sided exponential: a cusp at the threshold, exponential tails, peak `alpha / 2`.

    `surrogate_grad(x) = (alpha/2) * exp(-alpha*|x|)`; `surrogate_fun(x) = exp(alpha*x)/2` below 0 and
    `1 - exp(-alpha*x)/2` above. `alpha > 0` is the steepness. Neftci, Mostafa, Zenke 2019, arXiv:1901.09948.
    """

    alpha: float = param(1.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha / 2 * torch.exp(-self.alpha * x.abs())

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return _odd(lambda u: -torch.expm1(-self.alpha * u) / 2, x) + 0.5


@dataclass(frozen=True)
class SoftSign(Surrogate):
    r"""Fast sigmoid's derivative: a cusp, tails falling as `1 / x**2`, peak `alpha / 2`.

    `surrogate_grad(x) = (alpha/2) / (1 + alpha*|x|)**2`; `surrogate_fun(x) = alpha*x / (2*(1 + alpha*|x|)) + 1/2`.
    `alpha > 0` is the steepness. Zenke, Ganguli 2018, arXiv:1705.11146.

    ```pycon
    >>> SoftSign(alpha=1.0).surrogate_grad(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.1250, 0.5000, 0.1250])
    ```
    """

    alpha: float = param(1.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha / 2 / (1 + self.alpha * x.abs()) ** 2

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return _odd(lambda u: self.alpha * u / (1 + self.alpha * u) / 2, x) + 0.5


@dataclass(frozen=True)
class NonzeroSignLog(Surrogate):
    r"""Hyperbola: a cusp of height `alpha` and tails falling as `1 / |x|`, the heaviest of all.

    `surrogate_grad(x) = 1 / (1/alpha + |x|)`; `surrogate_fun(x) = sgn(x) * log(1 + alpha*|x|)`, 0 at 0 and not bounded.
    `alpha > 0` is the steepness. brainpy.math.surrogate, `NonzeroSignLog`.
    """

    alpha: float = param(1.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return 1 / (1 / self.alpha + x.abs())

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return _odd(lambda u: torch.log1p(self.alpha * u), x)


@dataclass(frozen=True)
class QPseudoSpike(Surrogate):
    r"""Power law: a cusp of height 1 and tails falling as `|x|**-alpha`.

    `surrogate_grad(x) = (1 + 2*|x|/(alpha+1))**-alpha`; `surrogate_fun(x) = 1/2 + sgn(x) * (alpha+1)/2 *
    ((1 + 2*|x|/(alpha+1))**(1-alpha) - 1) / (1-alpha)`, a logarithm at `alpha = 1`. `alpha > 0` is the tail's exponent.
    Herranz-Celotti, Rouat 2022, arXiv:2202.00282; with `alpha + 1` as in brainpy, where SpikingJelly has `alpha - 1`,
    so that every `alpha > 0` is finite: theirs at x is this one at `x * (alpha+1) / (alpha-1)`.
    """

    alpha: float = param(2.0, gt=0)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.exp(-self.alpha * torch.log1p(2 / (self.alpha + 1) * x.abs()))

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return _odd(self._above, x) + 0.5

    def _above(self, u: Tensor) -> Tensor:
        # (y**k - 1) / k = log(y) * expm1(k * log(y)) / (k * log(y)), which stays exact as k goes to zero.
        log = torch.log1p(2 / (self.alpha + 1) * u)
        t = (1 - self.alpha) * log
        safe = torch.where(t == 0, torch.ones_like(t), t)
        ratio = torch.where(t == 0, 1 + t / 2, torch.expm1(safe) / safe)
        return (self.alpha + 1) / 2 * log * ratio


@dataclass(frozen=True)
class InvSquareGrad(Surrogate):
    r"""Inverse square: a sharp cusp of height 1, tails falling as `1 / x**2`; `2 / alpha` times `SoftSign(alpha)`.

    `surrogate_grad(x) = 1 / (1 + alpha*|x|)**2`; `surrogate_fun(x) = x / (1 + alpha*|x|) + 1/2`.
    `alpha > 0` is the steepness. Perez-Nieves, Goodman 2021, arXiv:2105.08810.
    """

    alpha: float = param(100.0, gt=0)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return 1 / (1 + self.alpha * x.abs()) ** 2

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return _odd(lambda u: u / (1 + self.alpha * u), x) + 0.5


@dataclass(frozen=True)
class SlayerGrad(Surrogate):
    r"""Two-sided exponential of height 1; `2 / alpha` times `PiecewiseExp(alpha)`.

    `surrogate_grad(x) = exp(-alpha*|x|)`; `surrogate_fun(x) = sgn(x) * (1 - exp(-alpha*|x|)) / alpha + 1/2`.
    `alpha > 0` is the steepness. Shrestha, Orchard 2018, arXiv:1810.08646.
    """

    alpha: float = param(1.0, gt=0)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.exp(-self.alpha * x.abs())

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return _odd(lambda u: -torch.expm1(-self.alpha * u) / self.alpha, x) + 0.5


piecewise_exp = function_form(PiecewiseExp)
soft_sign = function_form(SoftSign)
nonzero_sign_log = function_form(NonzeroSignLog)
q_pseudo_spike = function_form(QPseudoSpike)
inv_square_grad = function_form(InvSquareGrad)
slayer_grad = function_form(SlayerGrad)
