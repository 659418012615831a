"""Curves that are smooth everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
import torch
from torch import Tensor

from spikelut.surrogates._base import Surrogate, at_zero, function_form, param

MAX_HARMONICS = 64
"""Up to here the turning points of a Fourier series are found to full precision."""


def _density(x: Tensor, sigma: float) -> Tensor:
    """The normal density of mean zero."""
    return torch.exp(-0.5 * (x / sigma) ** 2) / (sigma * sqrt(2 * pi))


def _distribution(x: Tensor, sigma: float) -> Tensor:
    """The normal distribution function of mean zero, minus 1/2."""
    return torch.erf(x / (sigma * sqrt(2))) / 2


@dataclass(frozen=True)
class Sigmoid(Surrogate):
    r"""Derivative of the logistic function: a bell with exponential tails and peak `alpha / 4`.

    `surrogate_grad(x) = alpha * s * (1 - s)` with `s = sigmoid(alpha * x)`; `surrogate_fun(x) = s`.
    `alpha > 0` is the steepness. Neftci, Mostafa, Zenke 2019, arXiv:1901.09948.

    ```pycon
    >>> Sigmoid(alpha=4.0).surrogate_grad(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.0707, 1.0000, 0.0707])
    ```
    """

    alpha: float = param(4.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        # sigmoid(-u) rather than 1 - sigmoid(u), which is zero from u = 37 on.
        return self.alpha * torch.sigmoid(self.alpha * x) * torch.sigmoid(-self.alpha * x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.alpha * x)


@dataclass(frozen=True)
class Arctan(Surrogate):
    r"""Cauchy density: a bell with heavy tails, falling as `1 / x**2`, and peak `alpha / 2`.

    `surrogate_grad(x) = (alpha/2) / (1 + (pi*alpha*x/2)**2)`; `surrogate_fun(x) = atan(pi*alpha*x/2)/pi + 1/2`.
    `alpha > 0` is the steepness. Fang et al. 2021, arXiv:2007.05785.

    ```pycon
    >>> Arctan(alpha=2.0).surrogate_grad(torch.tensor([-1.0, 0.0, 1.0]))
    tensor([0.0920, 1.0000, 0.0920])
    ```
    """

    alpha: float = param(1.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha / 2 / (1 + (pi / 2 * self.alpha * x) ** 2)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return torch.atan(pi / 2 * self.alpha * x) / pi + 0.5


@dataclass(frozen=True)
class ERF(Surrogate):
    r"""Normal density of standard deviation `1 / (sqrt(2) * alpha)`: a bell with the thinnest tails.

    `surrogate_grad(x) = (alpha / sqrt(pi)) * exp(-(alpha*x)**2)`; `surrogate_fun(x) = (1 + erf(alpha*x)) / 2`.
    `alpha > 0` is the steepness. Esser et al. 2015; Yin, Corradi, Bohté 2020.
    """

    alpha: float = param(1.0, gt=0)
    powers = (("alpha", -1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha / sqrt(pi) * torch.exp(-((self.alpha * x) ** 2))

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return (1 + torch.erf(self.alpha * x)) / 2


@dataclass(frozen=True)
class GaussianGrad(Surrogate):
    r"""Normal density of standard deviation `sigma`, scaled by `alpha`.

    `surrogate_grad(x) = alpha * N(x; 0, sigma)`; `surrogate_fun(x) = alpha * (Phi(x / sigma) - 1/2) + 1/2`.
    `sigma > 0` is the width, `alpha > 0` the area. Yin, Corradi, Bohté 2021, arXiv:2103.12593.
    """

    sigma: float = param(0.5, gt=0)
    alpha: float = param(0.5, gt=0)
    powers = (("sigma", 1),)
    turning_points = at_zero

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha * _density(x, self.sigma)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return self.alpha * _distribution(x, self.sigma) + 0.5


@dataclass(frozen=True)
class MultiGaussianGrad(Surrogate):
    r"""A normal density with two wide negative lobes beside it: slightly negative away from the threshold.

    `surrogate_grad(x) = scale * ((1+h) * N(x; 0, sigma) - h * N(x; sigma, s*sigma) - h * N(x; -sigma, s*sigma))`;
    `surrogate_fun` is its integral, 1/2 at 0. `h >= 0` is the weight of the lobes, `s > 0` their width in `sigma > 0`,
    `scale > 0` a factor. Yin, Corradi, Bohté 2021, arXiv:2103.12593.
    """

    h: float = param(0.15, ge=0)
    s: float = param(6.0, gt=0)
    sigma: float = param(0.5, gt=0)
    scale: float = param(0.5, gt=0)
    powers = (("sigma", 1),)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        wide = self.s * self.sigma
        lobes = _density(x - self.sigma, wide) + _density(x + self.sigma, wide)
        return self.scale * ((1 + self.h) * _density(x, self.sigma) - self.h * lobes)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        wide = self.s * self.sigma
        lobes = _distribution(x - self.sigma, wide) + _distribution(x + self.sigma, wide)
        return self.scale * ((1 + self.h) * _distribution(x, self.sigma) - self.h * lobes) + 0.5

    def turning_points(self) -> tuple[float, ...]:
        # With u = x / sigma the second derivative is, but for a factor, -(1+h) u exp(-u**2/2) + (h/s**3) (lobes).
        def slope(u: Tensor) -> Tensor:
            lobes = sum((u + d) * torch.exp(-(((u + d) / self.s) ** 2) / 2) for d in (-1, 1))
            return self.h / self.s**3 * lobes - (1 + self.h) * u * torch.exp(-(u**2) / 2)

        right = [self.sigma * u for u in _sign_changes(slope, 40 * max(self.s, 1.0))]
        return (*(-x for x in reversed(right)), 0.0, *right)


@dataclass(frozen=True)
class SquarewaveFourierSeries(Surrogate):
    r"""The first `n` harmonics of a square wave of period `t_period`: periodic, negative half of the time.

    `surrogate_grad(x) = (4/T) * sum(cos((2i-1) * 2*pi*x/T) for i in 1..n)`;
    `surrogate_fun(x) = 1/2 + (2/pi) * sum(sin((2i-1) * 2*pi*x/T) / (2i-1) for i in 1..n)`.
    `n >= 1` is an integer, `t_period = T > 0`. brainpy.math.surrogate, `SquarewaveFourierSeries`.
    """

    n: int = param(2, ge=1, integer=True)
    t_period: float = param(8.0, gt=0)
    powers = (("t_period", 1),)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        angle = 2 * pi / self.t_period * x
        # cos((k+2)a) = 2 cos(2a) cos(ka) - cos((k-2)a): one cosine for each term would cost n times as much.
        total = current = before = torch.cos(angle)
        double = 2 * torch.cos(2 * angle)
        for _ in range(1, self.n):
            current, before = double * current - before, current
            total = total + current
        return 4 / self.t_period * total

    def surrogate_fun(self, x: Tensor) -> Tensor:
        angle = 2 * pi / self.t_period * x
        total = current = torch.sin(angle)
        before, double = -current, 2 * torch.cos(2 * angle)
        for i in range(1, self.n):
            current, before = double * current - before, current
            total = total + current / (2 * i + 1)
        return 2 / pi * total + 0.5

    def turning_points(self) -> tuple[float, ...] | None:
        if self.n > MAX_HARMONICS:
            return None
        # cos((2i-1)a) is the Chebyshev polynomial of order 2i-1 in cos(a); its derivative by a has the factor sin(a).
        series = np.zeros(2 * self.n)
        series[1::2] = 1
        roots = np.polynomial.chebyshev.chebroots(np.polynomial.chebyshev.chebder(series))
        inside = np.arccos(roots.real[(abs(roots.imag) < 1e-9) & (abs(roots.real) < 1)])
        right = sorted(self.t_period / (2 * pi) * float(angle) for angle in inside)
        half = self.t_period / 2
        return (-half, *(-x for x in reversed(right)), 0.0, *right, half)

    def repeats(self) -> float:
        return self.t_period


def _sign_changes(f: Callable[[Tensor], Tensor], high: float) -> list[float]:
    """Where `f` changes sign between 0 and `high`, found on 16384 points, denser towards 0, and bisected."""
    x = high * torch.linspace(0, 1, 16385, dtype=torch.float64, device="cpu")[1:] ** 2
    signs = torch.sign(f(x))
    x, signs = x[signs != 0], signs[signs != 0]
    place = torch.nonzero(signs[1:] != signs[:-1])[:, 0]
    low, high_side, before = x[place], x[place + 1], signs[place]
    for _ in range(60):
        middle = (low + high_side) / 2
        same = torch.sign(f(middle)) == before
        low, high_side = torch.where(same, middle, low), torch.where(same, high_side, middle)
    return [float(v) for v in high_side]


sigmoid = function_form(Sigmoid)
arctan = function_form(Arctan)
erf = function_form(ERF)
gaussian_grad = function_form(GaussianGrad)
multi_gaussian_grad = function_form(MultiGaussianGrad)
squarewave_fourier_series = function_form(SquarewaveFourierSeries)
