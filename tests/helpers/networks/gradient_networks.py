"""Networks with tables, their data and their loss, for the tests that compare gradients."""

from typing import Any, cast

import torch
from sample_networks import dense
from torch import Tensor, nn
from torch.nn import functional

from spikelut import hw_profiles, quant
from spikelut.quant.neurons.event_lif import EventLIF
from spikelut.surrogates import Arctan, Sigmoid

Batch = tuple[Tensor, Tensor]


def loss(out: Any, labels: Any) -> Tensor:
    return functional.cross_entropy(out.sum(0), labels)


def batches(*shape: int, count: int = 2, steps: int = 6) -> list[Batch]:
    """Events [T, B, ...] and labels of three classes."""
    generator = torch.Generator().manual_seed(1)
    return [
        ((torch.rand(steps, 4, *shape, generator=generator) < 0.5).float(), torch.arange(4) % 3) for _ in range(count)
    ]


def sequential(profile: str) -> nn.Module:
    return dense(hw_profiles.load(profile), cuba=profile == "xylo", seed=0)


def events(profile: str) -> nn.Module:
    torch.manual_seed(0)
    found = hw_profiles.load(profile)
    layers = [
        EventLIF(i, o, profile=found, surrogate=quant.LUTSurrogate(Sigmoid(), found)) for i, o in ((5, 6), (6, 3))
    ]
    for layer in layers:
        nn.init.normal_(layer.linear.weight, 0.1, 0.5)
    return nn.Sequential(*layers)


def linear(weight: float = 1.0) -> nn.Sequential:
    model = nn.Sequential(nn.Linear(5, 3), quant.LUTSurrogate(Arctan(), hw_profiles.load("loihi2")))
    nn.init.constant_(weight_of(model), weight)
    return model


def weight_of(model: nn.Sequential) -> Tensor:
    return cast(nn.Linear, model[0]).weight
