"""Neurons in floats: what a network is trained with before it is converted, and what its quantised form is compared to."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import is_finite, require
from spikelut.quant.neurons import SpikingLayer
from spikelut.surrogates import Surrogate


class FloatLIF(SpikingLayer):
    """Leaky integrate-and-fire layer in floats: currents [T, B, ...] to spikes [T, B, ...], from rest.

    syn = alpha * syn + current; mem = beta * mem + syn; a spike where mem >= threshold; then the threshold is subtracted,
    or mem is set to zero. Without `alpha` there is no synaptic current of its own. `surrogate` is the derivative of the
    spike; the reset is treated as a constant. `surrogate=None` makes a read-out, which gives its membrane.
    """

    def __init__(
        self,
        surrogate: Surrogate | None,
        *,
        beta: float = 0.9,
        threshold: float = 1.0,
        reset: str = "subtract",
        alpha: float | None = None,
    ) -> None:
        super().__init__()
        who = type(self).__name__
        if surrogate is not None and not isinstance(surrogate, Surrogate):
            raise TypeError(f"{who}: surrogate must be a Surrogate or None, got {type(surrogate).__name__}")
        require(is_finite(beta) and 0 <= beta <= 1, who, "beta must be in 0..1", beta)
        require(alpha is None or (is_finite(alpha) and 0 <= alpha <= 1), who, "alpha must be in 0..1", alpha)
        require(is_finite(threshold) and threshold > 0, who, "threshold must be > 0", threshold)
        require(reset in ("subtract", "zero"), who, "reset must be subtract or zero", reset)
        self.surrogate, self.beta, self.threshold, self.reset, self.alpha = surrogate, beta, threshold, reset, alpha

    def forward(self, current: Tensor) -> Tensor:
        """Spikes, or of a read-out membranes, [T, B, ...]."""
        return self.run(current)[0]

    def run(self, current: Tensor, recurrent: nn.Module | None = None) -> tuple[Tensor, Tensor]:
        """Spikes and membranes [T, B, ...] before the reset; `recurrent` weighs the spikes of the step before."""
        mem, syn = torch.zeros_like(current[:1].sum(0)), torch.zeros_like(current[:1].sum(0))
        outs: list[Tensor] = []
        membranes: list[Tensor] = []
        for arriving in current:
            if recurrent is not None and outs:
                arriving = arriving + recurrent(outs[-1])
            if self.alpha is not None:
                arriving = syn = self.alpha * syn + arriving
            mem = self.beta * mem + arriving
            membranes.append(mem)
            if self.surrogate is None:
                outs.append(mem)
                continue
            spikes = self.surrogate(mem - self.threshold)
            outs.append(spikes)
            kept = mem * (1 - spikes.detach()) if self.reset == "zero" else mem - self.threshold * spikes.detach()
            mem = kept
        if not outs:
            return torch.empty_like(current), torch.empty_like(current)
        return torch.stack(outs), torch.stack(membranes)

    def extra_repr(self) -> str:
        values = {"beta": self.beta, "alpha": self.alpha}
        if self.surrogate is not None:
            values["threshold"] = self.threshold
        shown = [f"{name}={value:g}" for name, value in values.items() if value is not None]
        return ", ".join(shown + ([f"reset={self.reset!r}", str(self.surrogate)] if self.surrogate else ["read-out"]))


class FloatRecurrent(SpikingLayer):
    """`FloatLIF` neurons that also receive the spikes of their layer's last step, through weights `linear`."""

    def __init__(self, neuron: FloatLIF, features: int) -> None:
        super().__init__()
        self.neuron, self.features = neuron, features
        self.linear: Any = nn.Linear(features, features, bias=False)

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, features]."""
        return self.neuron.run(current, self.linear)[0]
