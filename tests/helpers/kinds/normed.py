"""Layers and networks with batch norm, and layers whose weights and biases are the folded ones."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

GENERIC, LOIHI = hw_profiles.load("generic8"), hw_profiles.load("loihi2")
LAYERS: dict[str, Callable[..., Any]] = {
    "linear": lambda **o: quant.QuantLinear(40, 6, **o),
    "conv1d": lambda **o: quant.QuantConv1d(4, 6, 3, **o),
    "conv2d": lambda **o: quant.QuantConv2d(4, 6, (3, 2), padding="same", groups=2, **o),
    "transposed1d": lambda **o: quant.QuantConvTranspose1d(4, 6, 3, stride=2, **o),
    "transposed2d": lambda **o: quant.QuantConvTranspose2d(4, 6, 3, groups=2, **o),
}
SHAPES = {"linear": (40,), "conv1d": (4, 9), "conv2d": (4, 5, 6), "transposed1d": (4, 5), "transposed2d": (4, 3, 4)}


def lut(profile: Any) -> quant.LUTSurrogate:
    return quant.LUTSurrogate(Arctan(alpha=2.0), profile)


def made(name: str, **options: Any) -> Any:
    """A layer whose batch norm has numbers of all kinds."""
    torch.manual_seed(0)
    layer = LAYERS[name](batch_norm=True, **({"profile": GENERIC} | options))
    norm = layer.batch_norm
    with torch.no_grad():
        layer.weight.mul_(6)
        norm.weight.copy_(torch.tensor([1.0, -0.7, 0.4, 1.3, 0.9, -1.1]))
        norm.bias.copy_(torch.tensor([0.3, 0.0, -0.2, 0.5, 0.1, 0.7]))
        norm.running_mean.copy_(torch.tensor([0.1, -0.2, 0.05, 0.3, 0.5, -0.4]))
        norm.running_var.copy_(torch.tensor([0.5, 0.2, 1.0, 0.05, 2.0, 0.3]))
    return layer


def events(name: str, layer: Any, steps: int = 5, seed: int = 1) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    most = round(1 / layer.input_step)
    counts = torch.randint(0, most + 1, (steps, 3, *SHAPES[name]), generator=random)
    return counts.float() * float(layer.input_step)


def plain(name: str, layer: Any, **options: Any) -> tuple[Any, Tensor]:
    """The layer without batch norm, with the folded weights; and the shift. Numbers by formula, in float64."""
    norm = layer.batch_norm
    factor = (norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()).detach()
    twin = LAYERS[name](**({"profile": GENERIC} | options))
    weight, factors = layer.weight.detach(), factor.float()
    if getattr(layer, "transposed", False):
        each = factors.reshape(layer.groups, 1, -1, *[1] * (weight.ndim - 2))
        weight = (weight.reshape(layer.groups, -1, *weight.shape[1:]) * each).reshape(weight.shape)
    else:
        weight = weight * factors.reshape(-1, *[1] * (weight.ndim - 1))
    twin.weight.data.copy_(weight)
    return twin, (norm.bias.double() - norm.running_mean.double() * factor).float().detach()


def network(seed: int = 0, profile: Any = GENERIC, read_out: bool = False) -> Any:
    torch.manual_seed(seed)
    conv = quant.QuantConv2d(2, 8, 3, profile=profile, padding=1, weight_bits=4, batch_norm=True)
    linear = quant.QuantLinear(8 * 9, 10, profile=profile, weight_bits=4, batch_norm=True)
    last = quant.LI(profile, bias=linear) if read_out else quant.LIF(profile, lut(profile), bias=linear)
    lif = quant.LIF(profile, lut(profile), bias=conv)
    return nn.Sequential(conv, lif, quant.SumPool2d(2), nn.Flatten(2), linear, last)


def images(seed: int = 0, batch: int = 4) -> Tensor:
    return (torch.rand(6, batch, 2, 6, 6, generator=torch.Generator().manual_seed(seed)) < 0.3).float()
