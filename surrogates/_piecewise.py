"""Curves made of pieces: triangles, boxes, ramps."""

from dataclasses import dataclass

import torch
from torch import Tensor

from spikelut.surrogates._base import Surrogate, at_zero, function_form, param


def _select(condition: Tensor, a: Tensor | float, b: Tensor | float, x: Tensor) -> Tensor:
    """`a` where the condition holds, else `b`, in the dtype of `x`: torch.where of two floats would give float32.

    The result hangs on `x` with derivative zero, so that second derivatives are zero and not an error.
    """
    zero = 0 * torch.sign(x)
    return torch.where(condition, a + zero, b + zero)


@dataclass(frozen=True)
class PiecewiseQuadratic(Surrogate):
    r"""Triangle of height `alpha` and half-width `1 / alpha`: zero outside, area one.

    `surrogate_grad(x) = max(0, alpha - alpha**2 * |x|)`; `surrogate_fun(x) = (1 - alpha*|x|/2) * alpha*x + 1/2` inside,
    0 below, 1 above. `alpha > 0`. Esser et al. 2016, arXiv:1603.08270; Wu et al. 2018, arXiv:1706.02609; Bellec et al.
    2018, arXiv:1803.09574.

    ```pycon
    >>> PiecewiseQuadratic(alpha=0.5).surrogate_grad(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.2500, 0.5000, 0.2500])
    ```
    """

    alpha: float = param(1.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha * (1 - (self.alpha * x).abs()).clamp(min=0)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        u = (self.alpha * x).clamp(-1, 1)
        return u * (1 - u.abs() / 2) + 0.5


@dataclass(frozen=True)
class ReluGrad(Surrogate):
    r"""Triangle of height `alpha * width` and half-width `width`: zero outside, slope `alpha`.

    `surrogate_grad(x) = max(0, alpha * (width - |x|))`; `surrogate_fun` is its integral, 1/2 at 0.
    `alpha > 0`, `width > 0`. Neftci, Mostafa, Zenke 2019, arXiv:1901.09948.
    """

    alpha: float = param(0.3, gt=0)
    width: float = param(1.0, gt=0)
    powers = (("alpha", -2), ("width", 1))
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha * (self.width - x.abs()).clamp(min=0)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        u = x.clamp(-self.width, self.width)
        return self.alpha * u * (self.width - u.abs() / 2) + 0.5


@dataclass(frozen=True)
class PiecewiseLeakyRelu(Surrogate):
    r"""Box of half-width `w` and area one on a floor of height `c`.

    `surrogate_grad(x) = 1/(2*w)` for `|x| <= w`, else `c`; `surrogate_fun(x) = x/(2*w) + 1/2` inside, `c*(x + w)`
    below, `c*(x - w) + 1` above. `c >= 0`, `w > 0`. Wu et al. 2018, arXiv:1706.02609.
    """

    c: float = param(0.01, ge=0)
    w: float = param(1.0, gt=0)
    powers = (("c", -1), ("w", 1))

    def turning_points(self) -> tuple[float, ...]:
        return (-self.w, self.w)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return _select(x.abs() <= self.w, 1 / (2 * self.w), self.c, x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        inside = x.clamp(-self.w, self.w)
        return inside / (2 * self.w) + 0.5 + self.c * (x - inside)


@dataclass(frozen=True)
class S2NN(Surrogate):
    r"""Logistic bell's left half below the threshold, a hyperbola above, with a jump between.

    `surrogate_grad(x) = alpha * s * (1 - s)` with `s = sigmoid(alpha * x)` for `x < 0`, else
    `beta / (x + 1 + epsilon)`; `surrogate_fun(x) = s` for `x < 0`, else `beta * log(x + 1 + epsilon) + 1/2`.
    `alpha > 0` is the steepness below, `beta > 0` the height above, `epsilon >= 0` keeps the logarithm away from zero.
    Suetake et al. 2022, arXiv:2201.10879.
    """

    alpha: float = param(4.0, gt=0)
    beta: float = param(1.0, gt=0)
    epsilon: float = param(1e-8, ge=0)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        u, v = self.alpha * x.clamp(max=0), x.clamp(min=0)
        bell = self.alpha * torch.sigmoid(u) * torch.sigmoid(-u)
        return torch.where(x < 0, bell, self.beta / (v + 1 + self.epsilon))

    def surrogate_fun(self, x: Tensor) -> Tensor:
        # The derivative of clamp at its end is 1 up to torch 2.13 and 0 after it; that of where is 1 in all.
        u, v = self.alpha * x.clamp(max=0), torch.where(x < 0, 0.0, x)
        return torch.where(x < 0, torch.sigmoid(u), self.beta * torch.log1p(v + self.epsilon) + 0.5)


@dataclass(frozen=True)
class LeakyRelu(Surrogate):
    r"""Step: `alpha` below the threshold, `beta` from it on.

    `surrogate_grad(x) = alpha` for `x < 0`, else `beta`; `surrogate_fun(x) = alpha*x` for `x < 0`, else `beta*x`.
    `alpha >= 0`, `beta >= 0`. brainpy.math.surrogate, `LeakyRelu`.
    """

    alpha: float = param(0.1, ge=0)
    beta: float = param(1.0, ge=0)
    powers = (("alpha", -1), ("beta", -1))
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return _select(x < 0, self.alpha, self.beta, x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return torch.where(x < 0, self.alpha * x, self.beta * x)


@dataclass(frozen=True)
class LogTailedRelu(Surrogate):
    r"""Step up to one at the threshold, constant to one above it, then falling as `1 / x`.

    `surrogate_grad(x) = alpha` for `x <= 0`, 1 for `0 < x <= 1`, `1/x` above; `surrogate_fun(x) = alpha*x`, `x`,
    `1 + log(x)`. `alpha >= 0`. Cai et al. 2017, arXiv:1702.00953.
    """

    alpha: float = param(0.0, ge=0)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return _select(x <= 0, self.alpha, 1 / x.clamp(min=1), x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        above = torch.where(x > 1, 1 + torch.log(x.clamp(min=1)), x)
        return torch.where(x <= 0, self.alpha * x, above)


piecewise_quadratic = function_form(PiecewiseQuadratic)
relu_grad = function_form(ReluGrad)
piecewise_leaky_relu = function_form(PiecewiseLeakyRelu)
s2nn = function_form(S2NN)
leaky_relu = function_form(LeakyRelu)
log_tailed_relu = function_form(LogTailedRelu)
