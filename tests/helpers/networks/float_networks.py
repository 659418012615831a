"""Float networks that are converted, and their events."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
SPIKE = Arctan(alpha=2.0)


def seeded(module: Any, gain: float, seed: int) -> Any:
    random = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.data.copy_(torch.randn(parameter.shape, generator=random) * gain)
    return module


def events(*shape: int, seed: int = 0) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.4).float()


def dense(bias: bool = True, **neuron: Any) -> nn.Sequential:
    return nn.Sequential(
        seeded(nn.Linear(12, 20, bias=bias), 0.4, 1),
        quant.FloatLIF(SPIKE, **neuron),
        nn.Dropout(0.3),
        seeded(nn.Linear(20, 4, bias=bias), 0.3, 2),
        quant.FloatLIF(None, beta=0.9, alpha=neuron.get("alpha")),
    ).eval()
