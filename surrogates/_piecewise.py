"""Curves made of polynomial pieces."""

from dataclasses import dataclass

from torch import Tensor

from spikelut.surrogates._base import Surrogate, function_form, param


@dataclass(frozen=True)
class PiecewiseQuadratic(Surrogate):
    r"""Triangle of height `alpha` and half-width `1 / alpha`: zero outside, area one.

    `surrogate_grad(x) = max(0, alpha - alpha**2 * |x|)`; `surrogate_fun(x) = (1 - alpha*|x|/2) * alpha*x + 1/2` inside,
    0 below, 1 above. `alpha > 0`. Esser et al. 2016, arXiv:1603.08270; Bellec et al. 2018, arXiv:1803.09574.
    """

    alpha: float = param(1.0, gt=0)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha * (1 - (self.alpha * x).abs()).clamp(min=0)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        u = (self.alpha * x).clamp(-1, 1)
        return u * (1 - u.abs() / 2) + 0.5


piecewise_quadratic = function_form(PiecewiseQuadratic)
