"""Curves whose primitive is a smooth sigmoid."""

from dataclasses import dataclass
from math import pi

import torch
from torch import Tensor

from spikelut.surrogates._base import Surrogate, function_form, param


@dataclass(frozen=True)
class Sigmoid(Surrogate):
    r"""Derivative of the logistic function: a bell with exponential tails and peak `alpha / 4`.

    `surrogate_grad(x) = alpha * s * (1 - s)` with `s = sigmoid(alpha * x)`; `surrogate_fun(x) = s`.
    `alpha > 0` is the steepness. Neftci, Mostafa, Zenke 2019, arXiv:1901.09948.
    """

    alpha: float = param(4.0, gt=0)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        # sigmoid(-u) rather than 1 - sigmoid(u), which is zero from u = 37 on.
        return self.alpha * torch.sigmoid(self.alpha * x) * torch.sigmoid(-self.alpha * x)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.alpha * x)


@dataclass(frozen=True)
class Arctan(Surrogate):
    r"""Cauchy density: a bell with heavy tails, falling as `1/x**2`, and peak `alpha / 2`.

    `surrogate_grad(x) = (alpha/2) / (1 + (pi*alpha*x/2)**2)`; `surrogate_fun(x) = atan(pi*alpha*x/2)/pi + 1/2`.
    `alpha > 0` is the steepness. Fang et al. 2021, arXiv:2007.05785.
    """

    alpha: float = param(1.0, gt=0)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.alpha / 2 / (1 + (pi / 2 * self.alpha * x) ** 2)

    def surrogate_fun(self, x: Tensor) -> Tensor:
        return torch.atan(pi / 2 * self.alpha * x) / pi + 0.5


sigmoid = function_form(Sigmoid)
arctan = function_form(Arctan)
