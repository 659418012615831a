"""Small data and networks for the tests of training."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant, surrogates, training

STEPS, INPUTS, CLASSES = 6, 8, 3


def samples(count: int = 70, seed: int = 1) -> training.SpikeDataset:
    """Events of three classes, each with inputs of its own that are somewhat busier."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(count) % CLASSES
    busy = torch.arange(INPUTS) % CLASSES == y[:, None]
    x = torch.rand(count, STEPS, INPUTS, generator=generator) < 0.2 + 0.2 * busy[:, None]
    return training.SpikeDataset(x.to(torch.uint8), y)


def network(dropout: float = 0.2, *, batch_norm: bool = False, learned: bool = False) -> nn.Sequential:
    """The same each time, in loihi2's integers: spikes in, dropout, spikes out."""
    torch.manual_seed(5)
    profile = hw_profiles.load("loihi2")
    slope = surrogates.Arctan(alpha=2.0)
    first = quant.QuantLinear(INPUTS, 16, profile=profile, batch_norm=batch_norm)
    last = quant.QuantLinear(16, CLASSES, profile=profile)
    for layer in (first, last):
        layer.weight.data *= 2  # so that there are spikes
    options: Any = {"learn_beta": learned, "learn_threshold": learned, "bias": first if batch_norm else None}
    return nn.Sequential(
        first, quant.LIF(profile, slope, beta=0.9, **options), nn.Dropout(dropout), last, quant.LIF(profile, slope)
    )


class Average(training.Callback):
    """The exponential average of the weights, as many keep it."""

    def __init__(self) -> None:
        self.weights: dict[str, Tensor] = {}

    def on_start(self, state: training.State) -> None:
        self.weights = {name: p.detach().clone() for name, p in state.model.named_parameters()}

    def on_batch(self, state: training.State) -> None:
        for name, p in state.model.named_parameters():
            self.weights[name].lerp_(p.detach(), 0.1)

    def state_dict(self) -> dict[str, Any]:
        return {"weights": self.weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.weights = state["weights"]


def moved(x: Tensor) -> Tensor:
    """Each sample a step later or not, drawn at random; a tenth of the events left out."""
    later = torch.cat([torch.zeros_like(x[:1]), x[:-1]])
    x = torch.where(torch.rand(x.shape[1], 1) < 0.5, later, x)
    return x * (torch.rand(x.shape) > 0.1)
