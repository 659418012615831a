"""Networks of every kind of layer, with random weights, and random spikes."""

from typing import Any

import torch
from lif_profiles import fed_back, taken, with_lif
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan, Sigmoid

CURVE = Sigmoid(alpha=3.0)
CUBA = [hw_profiles.load(name) for name in ("loihi2", "xylo")]
# Where a membrane has more bits than float32, the float output of the read-out would round it.
NARROW = [p for p in with_lif() if p.membrane.bits <= 24]


def neurons(profile: Profile, cuba: bool, features: int, **options: Any) -> Any:
    slope = quant.LUTSurrogate(CURVE, profile)
    if profile.bias is not None:
        options["bias"] = features
    layer = (quant.CubaLIF if cuba else quant.LIF)(profile, slope, **options)
    if layer.bias is not None:
        nn.init.normal_(layer.bias, 0.05, 0.2)
    return layer


def readout(profile: Profile, features: int) -> quant.LI:
    layer = quant.LI(profile, bias=features if profile.bias else None)
    if layer.bias is not None:
        nn.init.normal_(layer.bias, 0.0, 0.3)
    return layer


def weights(layer: Any, gain: float) -> Any:
    nn.init.normal_(layer.weight, 0.05 * gain, gain)
    return layer


def dense(profile: Profile, cuba: bool, seed: int, gain: float = 0.4, step: float = 1.0) -> nn.Sequential:
    torch.manual_seed(seed)
    step = step if taken(profile, 2) > 1 else 1.0
    recurrent = fed_back(neurons(profile, cuba, 7), 7)
    if isinstance(recurrent, Recurrent):
        weights(recurrent.linear, gain / 2)
    return nn.Sequential(
        weights(QuantLinear(5, 8, profile=profile, input_step=step), gain),
        neurons(profile, cuba, 8),
        weights(QuantLinear(8, 7, profile=profile), gain),
        recurrent,
        weights(QuantLinear(7, 3, profile=profile), gain),
        readout(profile, 3),
    )


def convolutional(profile: Profile, cuba: bool, seed: int, gain: float = 0.4) -> nn.Sequential:
    torch.manual_seed(seed)
    step = 1 / (taken(profile, 3) + 1) if taken(profile, 3) > 1 else 1.0
    return nn.Sequential(
        weights(QuantConv2d(2, 4, 3, profile=profile, padding=1, input_step=step), gain),
        quant.Repeat(6),
        neurons(profile, cuba, 4),
        quant.SumPool2d(2),
        weights(QuantConv2d(4, 6, (2, 3), profile=profile, stride=(1, 2), padding=(0, 1), groups=2), gain / 2),
        neurons(profile, cuba, 6),
        weights(QuantConv2d(6, 6, 1, profile=profile, groups=6), 2 * gain),  # depthwise
        neurons(profile, cuba, 6),
        nn.Flatten(2),
        weights(QuantLinear(6 * 2 * 2, 3, profile=profile), gain),
        readout(profile, 3),
    )


KINDS = [(p, False) for p in NARROW] + [(p, True) for p in CUBA]
"""Profiles, and whether their neurons have a current that decays."""


def demo() -> nn.Sequential:
    """The shape and the profile of `make demo`, untrained."""
    profile = hw_profiles.load("loihi2")
    torch.manual_seed(0)
    return nn.Sequential(
        QuantLinear(64, 128, profile=profile),
        quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile), beta=0.9),
        QuantLinear(128, 10, profile=profile),
        quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile), beta=0.9),
    )


def spikes(*shape: int, seed: int = 0, share: float = 0.2, dtype: torch.dtype = torch.float32) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < share).to(dtype)
