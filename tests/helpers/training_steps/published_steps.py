"""Small networks in the form of published ones, as their users write them, for training steps."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut import hw_profiles, quant
from spikelut.quant.weights.layers import QuantConv1d, QuantConv2d, QuantConvTranspose2d, QuantLinear
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic16")
SLOPE = quant.LUTSurrogate(Arctan(alpha=2.0), PROFILE)
STEPS, BATCH, CLASSES, CHANNELS, INPUTS, HIDDEN = 2, 4, 3, 3, 6, 8
over_time = quant.TimeDistributed


def conv(inputs: int, outputs: int, size: int = 3, **options: Any) -> QuantConv2d:
    return QuantConv2d(inputs, outputs, size, padding=size // 2, profile=PROFILE, **options)


def dense(inputs: int, outputs: int) -> QuantLinear:
    return QuantLinear(inputs, outputs, profile=PROFILE)


def lif(**options: Any) -> quant.LIF:
    return quant.LIF(PROFILE, SLOPE, beta=0.5, **options)


def read_out() -> quant.LI:
    return quant.LI(PROFILE, beta=0.9)


def events(*shape: int, seed: int = 0) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return (torch.rand(STEPS, BATCH, *shape, generator=random) < 0.4).float()


LABELS = torch.arange(BATCH) % CLASSES


def of_spikes(out: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(out.sum(0), target)


def of_membranes(out: Tensor, target: Tensor) -> Tensor:
    return functional.cross_entropy(out.mean(0), target)


class Case(NamedTuple):
    """A network, what it is given, and what it learns from."""

    model: nn.Module
    x: Any
    y: Tensor
    loss: Callable[[Any, Tensor], Tensor]


def max_pooled() -> Case:
    """Maxima of currents, then of spikes: snnTorch's convolutional tutorial, SpikingJelly's Fashion-MNIST."""
    pool = over_time(nn.MaxPool2d(2))
    first, second = (conv(1, CHANNELS), pool, lif()), (conv(CHANNELS, CHANNELS), lif(), pool)
    model = nn.Sequential(*first, *second, nn.Flatten(2), dense(CHANNELS * 4, CLASSES), lif())
    return Case(model, events(1, 8, 8), LABELS, of_spikes)


def normalised() -> Case:
    """Batch normalisation and a learned decay: PLIF networks for DVS Gesture."""
    norm = nn.BatchNorm2d(CHANNELS)
    nn.init.uniform_(norm.weight, 1, 2)
    nn.init.uniform_(norm.bias, 0, 0.5)
    front = (conv(2, CHANNELS), over_time(norm), lif(learn_beta=True), quant.SumPool2d(2))
    model = nn.Sequential(*front, nn.Flatten(2), dense(CHANNELS * 9, CLASSES), lif(learn_beta=True))
    return Case(model, events(2, 6, 6), LABELS, of_spikes)


class Residual(nn.Module):
    """Spikes added to spikes, and currents to currents."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv(CHANNELS, CHANNELS), conv(CHANNELS, CHANNELS)
        self.before, self.middle, self.after = (lif(threshold=0.25) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.before(self.a(x))
        current = self.a(x)
        added: Tensor = self.after(current + self.b(self.middle(current)))
        return added


def residual() -> Case:
    front = (conv(1, CHANNELS), lif(threshold=0.25), Residual())
    model = nn.Sequential(*front, nn.Flatten(2), dense(CHANNELS * 16, CLASSES), read_out())
    return Case(model, events(1, 4, 4), LABELS, of_membranes)


class Attention(nn.Module):
    """Products of spikes between tokens: Spikformer."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.ModuleList(dense(HIDDEN, HIDDEN) for _ in range(4))
        self.neurons = nn.ModuleList(lif() for _ in range(5))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (n(m(x)) for n, m in zip(self.neurons[:3], self.maps[:3], strict=True))
        a = self.neurons[3]((q @ k.transpose(-2, -1)) @ v * 0.5)
        merged: Tensor = x + self.neurons[4](self.maps[3](a))
        return merged.mean(2)


def attending() -> Case:
    return Case(nn.Sequential(Attention(), dense(HIDDEN, CLASSES), read_out()), events(4, HIDDEN), LABELS, of_membranes)


class Delay(nn.Module):
    """A delay for each line, in whole steps."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.register_buffer("steps", torch.arange(lines) % STEPS)

    def forward(self, x: Tensor) -> Tensor:
        t = torch.arange(len(x)).reshape(-1, 1) - self.get_buffer("steps")
        late = x.gather(0, t.clamp(min=0).unsqueeze(1).expand_as(x))
        return torch.where((t >= 0).unsqueeze(1), late, torch.zeros(()))


def delayed() -> Case:
    model = nn.Sequential(dense(INPUTS, HIDDEN), lif(), Delay(HIDDEN), dense(HIDDEN, CLASSES), read_out())
    return Case(model, events(INPUTS), LABELS, of_membranes)


class Adaptive(nn.Module):
    """A current that grows with every spike and decays, subtracted: what a user writes around `LIF.step`."""

    def __init__(self) -> None:
        super().__init__()
        self.lif = lif()

    def forward(self, current: Tensor) -> Tensor:
        mem, a, out = None, torch.zeros_like(current[0]), []
        for c in current:
            spikes, mem = self.lif.step(c - 0.25 * a, mem)
            a = 0.875 * a + spikes
            out.append(spikes)
        return torch.stack(out)


def adaptive() -> Case:
    model = nn.Sequential(dense(INPUTS, HIDDEN), Adaptive(), dense(HIDDEN, CLASSES), read_out())
    return Case(model, events(INPUTS), LABELS, of_membranes)


def autoencoder() -> Case:
    """Strides down, upsampling and a transposed convolution up: snnTorch's spiking autoencoder."""
    down = (conv(1, CHANNELS, stride=2), lif(), nn.Flatten(2), dense(CHANNELS * 16, HIDDEN), lif())
    up = (dense(HIDDEN, CHANNELS * 4), lif(), nn.Unflatten(2, (CHANNELS, 2, 2)), quant.Upsample(2))
    wider = QuantConvTranspose2d(CHANNELS, 1, 3, profile=PROFILE, stride=2, padding=1, output_padding=1)
    x = events(1, 8, 8)
    return Case(
        nn.Sequential(*down, *up, wider, read_out()), x, x.mean(0), lambda out, y: functional.mse_loss(out.mean(0), y)
    )


class UNet(nn.Module):
    """Down, up, and what was seen on the way down joined."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(conv(1, CHANNELS), lif())
        self.coarse = nn.Sequential(over_time(nn.MaxPool2d(2)), conv(CHANNELS, CHANNELS), lif())
        self.up = over_time(nn.Upsample(scale_factor=2))
        self.out = nn.Sequential(conv(2 * CHANNELS, 2, 1), read_out())

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(x)
        out: Tensor = self.out(torch.cat([fine, self.up(self.coarse(fine))], 2))
        return out


def u_net() -> Case:
    return Case(UNet(), events(1, 6, 6), events(6, 6, seed=1)[0].long(), of_membranes)


class Detector(nn.Module):
    """Two heads, of two sizes."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(1, CHANNELS), lif())
        self.down = nn.Sequential(conv(CHANNELS, 4, stride=2), lif())
        self.small = nn.Sequential(conv(CHANNELS, 5, 1), read_out())
        self.large = nn.Sequential(conv(4, 5, 1), read_out())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        fine = self.stem(x)
        return self.small(fine), self.large(self.down(fine))


def of_heads(out: Any, target: Tensor) -> Tensor:
    small, large = (functional.mse_loss(head.mean((0, 3, 4)), target) for head in out)
    return small + large


def two_heads() -> Case:
    return Case(Detector(), events(1, 6, 6), torch.rand(BATCH, 5), of_heads)


class Fused(nn.Module):
    """Sound and image, each with layers of its own, and both their scores."""

    def __init__(self) -> None:
        super().__init__()
        self.hear = nn.Sequential(dense(INPUTS, HIDDEN), lif())
        self.see = nn.Sequential(conv(1, CHANNELS), lif(), over_time(nn.AdaptiveAvgPool2d(1)), nn.Flatten(2))
        self.score = nn.Sequential(dense(HIDDEN + CHANNELS, CLASSES), read_out())

    def forward(self, audio: Tensor, video: Tensor) -> dict[str, Tensor]:
        heard = self.hear(audio)
        return {"scores": self.score(torch.cat([heard, self.see(video)], 2)), "heard": heard}


def two_inputs() -> Case:
    x = {"video": events(1, 4, 4), "audio": events(INPUTS)}
    return Case(Fused(), x, LABELS, lambda out, y: of_membranes(out["scores"], y) + out["heard"].mean())


class Bidirectional(nn.Module):
    """Neurons that see the sequence from its start, and from its end."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead, self.back = (nn.Sequential(dense(INPUTS, HIDDEN), lif()) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.ahead(x), self.back(x.flip(0)).flip(0)], 2)


def bidirectional() -> Case:
    model = nn.Sequential(Bidirectional(), dense(2 * HIDDEN, CLASSES), read_out())
    return Case(model, events(INPUTS), LABELS, of_membranes)


def keywords() -> Case:
    """One-dimensional convolutions with a pool over all places."""
    front = (QuantConv1d(2, CHANNELS, 3, profile=PROFILE, padding="same"), quant.MaxPool1d(2), lif())
    return Case(
        nn.Sequential(*front, quant.GlobalSumPool(), dense(CHANNELS, CLASSES), read_out()),
        events(2, 12),
        LABELS,
        of_membranes,
    )


CASES = {
    "max pooling": max_pooled,
    "batch norm, learned decay": normalised,
    "residual": residual,
    "attention": attending,
    "delays": delayed,
    "adaptive": adaptive,
    "autoencoder": autoencoder,
    "U-Net": u_net,
    "two heads": two_heads,
    "two inputs": two_inputs,
    "bidirectional": bidirectional,
    "keywords": keywords,
}


def case(name: str) -> Case:
    """A network whose neurons spike."""
    torch.manual_seed(0)
    made = CASES[name]()
    for parameter in made.model.parameters():
        if parameter.ndim > 1:
            parameter.data *= 3
    return made
