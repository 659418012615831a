"""Branching networks as people write them, small, with weights that wake every layer; and their inputs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import QuantConv1d, QuantConv2d, QuantConvTranspose2d, QuantLinear
from spikelut.surrogates import Arctan

T, B, C = 5, 3, 4
P = hw_profiles.load("generic16")


def events(*shape: int, rate: float = 0.4, seed: int = 0) -> Tensor:
    """Spikes of a rate."""
    return (torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) < rate).float()


def woken(model: nn.Module, seed: int = 0) -> nn.Module:
    """The model with weights whose sums reach thresholds at usual rates of spikes."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        if parameter.ndim > 1:
            fan_in = parameter[0].numel()
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.data.copy_(1.2 / (0.4 * fan_in) + 0.8 * noise / fan_in**0.5)
    return model.eval()


def linear(inputs: int, outputs: int, profile: Profile = P, **options: Any) -> QuantLinear:
    return QuantLinear(inputs, outputs, profile=profile, **options)


def conv(inputs: int, outputs: int, kernel: int = 3, **options: Any) -> QuantConv2d:
    return QuantConv2d(inputs, outputs, kernel, **{"padding": kernel // 2, "profile": P, **options})


def lif(profile: Profile = P, **options: Any) -> quant.LIF:
    return quant.LIF(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile), **{"beta": 0.7, **options})


def readout() -> quant.LI:
    return quant.LI(P, beta=0.9)


def each_step(module: nn.Module) -> nn.Module:
    return quant.TimeDistributed(module)


class SpikesAdded(nn.Module):
    """A block of SEW-ResNet: spikes are added to spikes."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.neurons = conv(C, C), lif()

    def forward(self, spikes: Tensor) -> Tensor:
        found: Tensor = spikes + self.neurons(self.conv(spikes))
        return found


class CurrentsAdded(nn.Module):
    """A block of MS-ResNet: currents are added to currents."""

    def __init__(self) -> None:
        super().__init__()
        self.neurons, self.conv = lif(), conv(C, C)

    def forward(self, current: Tensor) -> Tensor:
        found: Tensor = current + self.conv(self.neurons(current))
        return found


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Sequential(conv(2, C), lif())
        self.down2 = nn.Sequential(conv(C, 2 * C, stride=2), lif())
        self.up, self.up1 = quant.Upsample(2), nn.Sequential(conv(3 * C, C), lif())
        self.out = nn.Sequential(conv(C, 2, 1), readout())

    def forward(self, x: Tensor) -> Tensor:
        wide = self.down1(x)
        found: Tensor = self.out(self.up1(torch.cat([wide, self.up(self.down2(wide))], 2)))
        return found


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.down = nn.Sequential(conv(2, C), lif()), nn.Sequential(conv(C, C, stride=2), lif())
        self.small, self.large = nn.Sequential(conv(C, 5, 1), readout()), nn.Sequential(conv(C, 5, 1), readout())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        stem = self.stem(x)
        return self.small(stem), self.large(self.down(stem))


class TwoInputs(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ears, self.eyes = nn.Sequential(linear(10, 8), lif()), nn.Sequential(linear(6, 8), lif())
        self.out = nn.Sequential(linear(16, 4), readout())

    def forward(self, audio: Tensor, video: Tensor) -> Tensor:
        found: Tensor = self.out(torch.cat([self.ears(audio), self.eyes(video)], 2))
        return found


class Attention(nn.Module):
    """Spiking self-attention, tokens [T, B, N, D]: products of spikes, shifted by a power of two."""

    def __init__(self, features: int = 8, heads: int = 2) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v = (nn.Sequential(linear(features, features), lif()) for _ in range(3))
        self.neurons, self.out = lif(threshold=0.5), nn.Sequential(linear(features, features), lif())

    def forward(self, x: Tensor) -> Tensor:
        steps, batch, tokens, features = x.shape
        shape = (steps, batch, tokens, self.heads, features // self.heads)
        q, k, v = (m(x).reshape(shape).permute(0, 1, 3, 2, 4) for m in (self.q, self.k, self.v))
        mixed = (q @ k.transpose(-2, -1)) @ v * 0.25
        found: Tensor = self.out(self.neurons(mixed).transpose(2, 3).reshape(x.shape))
        return found


class Spikformer(nn.Module):
    """Tokens, attention with a residual, and a last layer without neurons, averaged over time."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.attention, self.head = nn.Sequential(linear(6, 8), lif()), Attention(), linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.embed(x)
        x = x + self.attention(x)
        found: Tensor = self.head(x.sum(2)).mean(0)
        return found


class StepByStep(nn.Module):
    """A loop over time, with states handed on by the user, as snnTorch's tutorials have it."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.lif1, self.fc2, self.lif2 = linear(10, 8), lif(), linear(8, 4), lif()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        mem1 = mem2 = None
        found = []
        for t in range(x.shape[0]):
            hidden, mem1 = self.lif1.step(self.fc1(x[t]), mem1)
            spikes, mem2 = self.lif2.step(self.fc2(hidden), mem2)
            found.append(spikes)
        return torch.stack(found), mem2


class Decoder(nn.Module):
    """Transposed, even and dilated kernels, pooling of three kinds, a last layer without neurons."""

    def __init__(self) -> None:
        super().__init__()
        larger = QuantConvTranspose2d(2, C, 3, stride=2, padding=1, output_padding=1, profile=P)
        averaged = conv(C, C, input_step=0.25)
        even = QuantConv2d(C, C, 2, padding="same", profile=P)
        wide = conv(C, C, padding=2, dilation=2)
        pools = each_step(nn.MaxPool2d(2)), each_step(nn.AvgPool2d(2))
        self.images = nn.Sequential(larger, lif(), *pools, averaged, lif(), even, lif(), wide, lif())
        self.pool, self.head = quant.SumPool2d((1, 2), padding=(0, 1)), linear(C, 3)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.head(self.pool(self.images(x)).sum((3, 4)))
        return found


class Sequences(nn.Module):
    """Convolutions over sequences."""

    def __init__(self) -> None:
        super().__init__()
        first = QuantConv1d(2, C, 3, padding=2, dilation=2, profile=P)
        parts = first, lif(), quant.MaxPool1d(2), nn.Flatten(2), linear(C * 8, 4), lif()
        self.layers = nn.Sequential(*parts)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.layers(x)
        return found


class BothWays(nn.Module):
    """A bidirectional network: one half runs on time reversed."""

    def __init__(self) -> None:
        super().__init__()
        self.there, self.back = nn.Sequential(linear(6, 8), lif()), nn.Sequential(linear(6, 8), lif())
        self.out = nn.Sequential(linear(16, 4), readout())

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.out(torch.cat([self.there(x), self.back(x.flip(0)).flip(0)], 2))
        return found


class Gated(nn.Module):
    """A product of spikes (AND), and a slice, as outputs by name."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Sequential(linear(6, 8), lif()), nn.Sequential(linear(6, 8), lif())
        self.out = nn.Sequential(linear(8, 4), readout())

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a, b = self.a(x), self.b(x)
        return {"gated": self.out(a * b), "half": a[..., :4]}


class TwoChips(nn.Module):
    """Layers on two chips, whose formats meet at spikes."""

    def __init__(self) -> None:
        super().__init__()
        other = hw_profiles.load("loihi2")
        self.first = nn.Sequential(linear(6, 8, other), lif(other))
        self.second = nn.Sequential(linear(8, 4), readout())

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.second(self.first(x))
        return found


class Delayed(nn.Module):
    """Delays of channels and of axons, and synapses that each have one; their currents and plain ones add up."""

    def __init__(self) -> None:
        super().__init__()
        self.images = nn.Sequential(conv(2, C), lif(), quant.Delay([0, 3, 1, 2], profile=P), conv(C, C, stride=2))
        self.neurons, self.flat, self.late = lif(), nn.Flatten(2), quant.Delay(1, profile=P)
        steps = torch.randint(0, 4, (8, C * 16), generator=torch.Generator().manual_seed(0))
        self.early, self.plain = DelayedLinear(C * 16, 8, profile=P, delay=steps), linear(C * 16, 8)
        self.out = nn.Sequential(lif(), DelayedLinear(8, 4, profile=P, delay=steps[:4, :8]), readout())

    def forward(self, x: Tensor) -> Tensor:
        spikes = self.flat(self.neurons(self.images(x)))
        found: Tensor = self.out(self.early(spikes) + self.plain(self.late(spikes)))
        return found


def residual(block: type[nn.Module]) -> nn.Sequential:
    """Two blocks between a convolution and a read-out."""
    first = [conv(2, C), lif()] if block is SpikesAdded else [conv(2, C)]
    last = [] if block is SpikesAdded else [lif()]
    return nn.Sequential(*first, block(), block(), *last, nn.Flatten(2), linear(C * 64, 10), readout())


def _nested() -> nn.Module:
    head = nn.Sequential(linear(C * 64, 10), readout())
    return nn.Sequential(nn.Sequential(conv(2, C), lif()), nn.Flatten(2), head)


def _shared() -> nn.Module:
    layer, neurons = linear(6, 6), lif()
    return nn.Sequential(nn.Sequential(layer, neurons), nn.Sequential(layer, neurons))


def _currents_pooled() -> nn.Module:
    pool = each_step(nn.MaxPool2d(2))
    return nn.Sequential(conv(2, C), pool, lif(), nn.Flatten(2), linear(C * 16, 10), lif())


def _spikes_pooled() -> nn.Module:
    pool = quant.MaxPool2d(3, 2, 1)
    return nn.Sequential(conv(2, C), lif(), pool, nn.Flatten(2), linear(C * 16, 10), lif())


IMAGE = (T, B, 2, 8, 8)
GRAPHS: dict[str, tuple[Callable[[], nn.Module], tuple[tuple[int, ...], ...]]] = {
    "nested": (_nested, (IMAGE,)),
    "shared": (_shared, ((T, B, 6),)),
    "spikes added": (lambda: residual(SpikesAdded), (IMAGE,)),
    "currents added": (lambda: residual(CurrentsAdded), (IMAGE,)),
    "currents pooled": (_currents_pooled, (IMAGE,)),
    "spikes pooled": (_spikes_pooled, (IMAGE,)),
    "u-net": (UNet, (IMAGE,)),
    "two heads": (TwoHeads, (IMAGE,)),
    "two inputs": (TwoInputs, ((T, B, 10), (T, B, 6))),
    "spikformer": (Spikformer, ((T, B, 5, 6),)),
    "step by step": (StepByStep, ((T, B, 10),)),
    "decoder": (Decoder, (IMAGE,)),
    "sequences": (Sequences, ((T, B, 2, 16),)),
    "both ways": (BothWays, ((T, B, 6),)),
    "gated": (Gated, ((T, B, 6),)),
    "two chips": (TwoChips, ((T, B, 6),)),
    "delayed": (Delayed, (IMAGE,)),
}
"""By name: what makes the model, and the shapes of its inputs."""


def graph(name: str, seed: int = 0) -> tuple[nn.Module, tuple[Tensor, ...]]:
    """A model whose layers all spike, and inputs."""
    make, shapes = GRAPHS[name]
    torch.manual_seed(seed)
    model = woken(make(), seed)
    return model, tuple(events(*shape, seed=seed + i) for i, shape in enumerate(shapes))
