"""How far spike trains, or membranes, are from those of a float network."""

from __future__ import annotations

import math

import torch
from torch import Tensor

STEPS = (3, 10, 50)
"""The time constants, in steps, of the traces by which spike trains are compared: when spikes come, and how many."""


def filters(steps: int) -> Tensor:
    """Exponential kernels of all of `STEPS` that are shorter, and the sum over time, below each other, [rows, steps].

    Spikes that differ here and there count the same in each; those that are missing all the time the more in slow ones.
    """
    ago = (torch.arange(steps)[:, None] - torch.arange(steps)[None]).double()
    kernels = [torch.where(ago >= 0, torch.exp(-ago.clamp_min(0) / tau), 0.0) for tau in STEPS if tau < steps]
    kernels = [kernel / kernel[-1].square().sum().sqrt() for kernel in kernels]
    return torch.cat([*kernels, torch.ones(1, steps, dtype=torch.float64)]).float()


class Distance:
    """Of what a layer gives from a target [T, B, ...]: 0 where they are the same, 1 of zeros.

    Of spikes the mean square of filtered differences (van Rossum's distance, of several time constants), of membranes
    that of differences; both over that of the target, or where that is zero over one.
    """

    def __init__(self, target: Tensor, *, spikes: bool) -> None:
        self.target = target.float()
        self.filters = filters(len(target)) if spikes else None
        energy = self._traces(self.target).square().mean()
        self.energy = float(energy) if float(energy) > 0 else 1.0

    def _traces(self, values: Tensor) -> Tensor:
        if self.filters is None:
            return values
        return (self.filters.to(values.device) @ values.flatten(1)).reshape(-1, *values.shape[1:])

    def __call__(self, out: Tensor, samples: Tensor) -> Tensor:
        """The distance of what comes out for these samples, a number with a gradient."""
        return self._traces(out - self.target[:, samples]).square().mean() / self.energy

    def each(self, out: Tensor, samples: Tensor) -> Tensor:
        """Those of each neuron or channel, [N], whose mean is the distance."""
        squares = self._traces(out - self.target[:, samples]).square().movedim(2, 0)
        return squares.flatten(1).mean(1) / self.energy

    def differing(self, out: Tensor, samples: Tensor) -> float:
        """The share of spikes that differ; of membranes their relative error, root mean square."""
        if self.filters is not None:
            return float((out != self.target[:, samples]).double().mean())
        return math.sqrt(float(self(out, samples)))
