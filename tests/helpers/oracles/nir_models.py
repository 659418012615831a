"""Models that branch as NIR can say it, on a chip whose neurons are NIR's."""

from collections.abc import Callable
from typing import Any

import torch
from graph_models import events, woken
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.weights.layers import QuantConv1d, QuantConv2d, QuantLinear
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
"""Its neurons are NIR's but for rounding, of which in sums and spikes here there is none."""


def sizes_of(network: quant.IntegerNetwork, inputs: tuple[Tensor, ...]) -> Any:
    shapes = {one.name: tuple(x.shape[2:]) for one, x in zip(network.inputs, inputs, strict=True)}
    return shapes if len(shapes) > 1 else next(iter(shapes.values()))


def lin(before: int, after: int, **options: Any) -> QuantLinear:
    return QuantLinear(before, after, profile=LOIHI, **options)


def conv(before: int, after: int, kernel: Any = 3, **options: Any) -> QuantConv2d:
    return QuantConv2d(before, after, kernel, **{"padding": "same", "profile": LOIHI, **options})


def lif(**options: Any) -> quant.LIF:
    return quant.LIF(LOIHI, Arctan(), beta=0.875, reset="zero", **options)


class Merges(nn.Module):
    """Spikes and currents added, what is joined or sliced into weights and out of them, the same added to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = (nn.Sequential(lin(6, 8), lif(bias=8)) for _ in range(3))
        self.join, self.other, self.shared = lin(16, 5), lin(4, 5), lif(bias=5)
        self.twice, self.again = lin(8, 8), nn.Sequential(lin(10, 8), quant.Recurrent(lif(), 8))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a, b, c = self.a(x), self.b(x), self.c(x)
        currents = self.join(torch.cat([a + b, c], 2)) + self.other(c[..., 1:5].flip(2))
        spikes = self.shared(currents)
        more = self.again(torch.cat([spikes, a[..., ::2], b[..., :1]], 2))
        found = {"more": more, "sums": self.twice(a + a), "joined": torch.cat([spikes, b], 2)}
        return {**found, "and": a * b, "currents": currents}


class Images(nn.Module):
    """Convolutions of all kinds, pooling of all kinds that NIR has, channels joined and sliced."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Sequential(conv(2, 4), lif(bias=4)), nn.Sequential(conv(2, 3, 2, dilation=2), lif())
        self.c = nn.Sequential(conv(7, 4, (3, 2), stride=(2, 1), padding=(1, 0)), lif())
        self.d = nn.Sequential(conv(3, 4, 3, dilation=2), lif())
        self.most, self.sums, self.whole = quant.MaxPool2d(2, 2, 1), quant.SumPool2d((2, 1), 1, (1, 0)), lin(4, 3)
        self.out, self.n = lin(60, 3), quant.LI(LOIHI, beta=0.875)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a, b = self.a(x), self.b(x)
        joined = torch.cat([a, b], 2)
        c, d = self.c(joined), self.d(joined[:, :, 3:6])
        small = torch.cat([self.most(d), self.most(a)], 2)
        return {
            "out": self.n(self.out(self.sums(small).flatten(2)[..., :60])),
            "whole": self.whole(c.sum((3, 4))),
        }


class Sequences(nn.Module):
    """Convolutions and pooling over sequences, with uneven padding, and a skip around them."""

    def __init__(self) -> None:
        super().__init__()
        common: dict[str, Any] = {"profile": LOIHI}
        self.a = nn.Sequential(QuantConv1d(2, 4, 4, padding="same", **common), lif(bias=4))
        self.b = nn.Sequential(QuantConv1d(4, 4, 3, padding=2, dilation=2, groups=2, **common), lif())
        self.pool, self.most, self.out = quant.SumPool1d(2), quant.MaxPool1d(2, padding=1), lin(4, 3)
        self.flat, self.n = lin(32, 3), lif()

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a = self.a(x)
        skip = a + self.b(a)
        return {"n": self.n(self.flat(self.pool(skip).flatten(2))), "out": self.out(self.most(a).sum(3))}


class Unweighted(nn.Module):
    """Spikes that go to neurons without weights, and events of several inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.n, self.out = lin(6, 8), lin(5, 8, input_step=0.5, largest_input=3), lif(), lin(8, 3)
        self.m = lif()

    def forward(self, x: Tensor, counts: Tensor) -> dict[str, Tensor]:
        spikes = self.n(self.a(x) + self.b(counts))
        return {"m": self.m(0.25 * spikes), "out": self.out(spikes)}


def halves(*shape: int) -> Tensor:
    return torch.randint(0, 4, shape, generator=torch.Generator().manual_seed(3)) * 0.5


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[Tensor, ...]]] = {
    "merges": (Merges, (events(20, 4, 6),)),
    "images": (Images, (events(12, 2, 2, 6, 6),)),
    "sequences": (Sequences, (events(20, 4, 2, 16),)),
    "unweighted": (Unweighted, (events(20, 4, 6), halves(20, 4, 5))),
}


def model_of(name: str) -> tuple[nn.Module, tuple[Tensor, ...]]:
    model = woken(MODELS[name][0]())
    generator = torch.Generator().manual_seed(5)
    for key, parameter in model.named_parameters():
        if key.endswith("bias"):
            parameter.data.copy_(torch.rand(parameter.shape, generator=generator) * 0.4 - 0.1)
    return model, MODELS[name][1]
