"""Networks that are read module by module, and their integers."""

from typing import Any

import torch
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic16")
SPIKE = quant.LUTSurrogate(Arctan(alpha=2.0), PROFILE)
X = (torch.rand(8, 6, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()


def lively(model: Any, gain: float = 3.0) -> Any:
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(gain)
    return model


def weights(kind: type = quant.QuantLinear, **options: Any) -> Any:
    torch.manual_seed(1)
    return kind(12, 10, profile=PROFILE, **options)


def neurons(kind: type = quant.LIF, spike: Any = SPIKE) -> Any:
    return kind(PROFILE, spike, beta=0.9)


def dense(first: Any = None, second: Any = None, *more: nn.Module) -> nn.Sequential:
    made = nn.Sequential(weights() if first is None else first, neurons() if second is None else second, *more)
    return lively(made)  # type: ignore[no-any-return]


def same(model: Any) -> bool:
    """Whether the integers are those of the model, of which a third to two thirds of values must be spikes."""
    with torch.no_grad():
        out = model(X).numpy()
    assert 0.02 < (out != 0).mean() < 0.98
    network = quant.integer(model)
    return bool((network.run(X.numpy())[network.layers[-1].name] == out).all())
