"""Networks as people publish them, branching, nested, with everything between their layers, converted as written."""

from typing import Any

import pytest
import torch
from float_networks import SPIKE, events, exact, lively, outputs
from torch import Tensor, nn
from torch.nn import functional

from spikelut import hw_profiles, quant

P = hw_profiles.load("generic16")
TD = quant.TimeDistributed
T, B, C = 6, 5, 4


def lif(beta: float = 0.8, **options: Any) -> quant.FloatLIF:
    return quant.FloatLIF(SPIKE, beta=beta, **options)


def block(i: int, o: int, size: int = 3, stride: int = 1, bias: bool = False) -> nn.Sequential:
    conv = nn.Conv2d(i, o, size, padding=size // 2, stride=stride, bias=bias)
    return nn.Sequential(TD(conv), TD(nn.BatchNorm2d(o)), lif())


class SEW(nn.Module):
    """Spikes added, counts pooled, averaged, and a classifier without neurons."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.a, self.b, self.head = block(2, C), block(C, C), block(C, C), nn.Linear(C, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = x + self.a(x)
        steps, batch = x.shape[:2]
        x = functional.max_pool2d(x.flatten(0, 1), 2).reshape(steps, batch, C, 4, 4)
        x = self.b(x) + x
        pooled = functional.adaptive_avg_pool2d(x.flatten(0, 1), 1)
        return self.head(pooled.reshape(steps, batch, C))  # type: ignore[no-any-return]


class MembraneShortcut(nn.Module):
    """Currents added: one scale for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.head = TD(nn.Conv2d(2, C, 3, padding=1)), nn.Linear(C * 64, 3)
        self.lifs = nn.ModuleList(lif() for _ in range(3))
        self.convs = nn.ModuleList(TD(nn.Conv2d(C, C, 3, padding=1)) for _ in range(2))
        self.norms = nn.ModuleList(TD(nn.BatchNorm2d(C)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for neurons, conv, norm in zip(self.lifs, self.convs, self.norms, strict=False):
            x = x + norm(conv(neurons(x)))
        return self.head(self.lifs[2](x).flatten(2))  # type: ignore[no-any-return]


class SpikesAndCurrents(nn.Module):
    """A shortcut of spikes that meets currents, as in the first spiking residual networks."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.one = block(2, C), block(C, C)
        self.conv, self.norm, self.last = TD(nn.Conv2d(C, C, 3, padding=1)), TD(nn.BatchNorm2d(C)), lif()

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        return self.last(x + self.norm(self.conv(self.one(x))))  # type: ignore[no-any-return]


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down1, self.down2, self.up1 = block(2, C), block(C, 2 * C, 3, 2), block(3 * C, C)
        self.up, self.out = TD(nn.Upsample(scale_factor=2)), TD(nn.Conv2d(C, 2, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        a = self.down1(x)
        return self.out(self.up1(torch.cat([a, self.up(self.down2(a))], 2)))  # type: ignore[no-any-return]


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem, self.down = block(2, C, bias=True), block(C, C, 3, 2)
        self.small, self.large = TD(nn.Conv2d(C, 5, 1)), TD(nn.Conv2d(C, 5, 1))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        a = self.stem(x)
        return {"small": self.small(a), "large": self.large(self.down(a))}


class Attention(nn.Module):
    """Spikformer's: batch norm over features of tokens, products of spikes, a scale, a residual, a mean of tokens."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.embed, self.first = nn.Linear(6, width, bias=False), lif()
        self.linears = nn.ModuleList(nn.Linear(width, width) for _ in range(4))
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(4))
        self.lifs = nn.ModuleList(lif() for _ in range(4))
        self.attend, self.head = lif(threshold=0.25), nn.Linear(width, 3, bias=False)

    def part(self, n: int, x: Tensor) -> Tensor:
        flat = self.linears[n](x.flatten(0, 1))
        flat = self.norms[n](flat.transpose(-1, -2)).transpose(-1, -2)
        return self.lifs[n](flat.reshape(x.shape))  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(self.embed(x))
        steps, batch, tokens, width = x.shape
        q, k, v = (self.part(n, x).reshape(steps, batch, tokens, 2, -1).permute(0, 1, 3, 2, 4) for n in range(3))
        found = (q @ k.transpose(-2, -1) * 0.125) @ v
        x = x + self.part(3, self.attend(found.transpose(2, 3).reshape(steps, batch, tokens, width)))
        return self.head(x.mean(2)).mean(0)  # type: ignore[no-any-return]


class Masked(nn.Module):
    """Spike-driven attention: which features are, of all tokens, in q and k, masks v."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.embed, self.first = nn.Linear(6, width), lif()
        self.q, self.k, self.v = (nn.Sequential(nn.Linear(width, width), lif()) for _ in range(3))
        self.mask, self.head = lif(threshold=0.7), nn.Linear(width, 3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(self.embed(x))
        chosen = self.mask((self.q(x) * self.k(x)).sum(2, keepdim=True))
        return self.head((self.v(x) * chosen).sum(2))  # type: ignore[no-any-return]


class Bidirectional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.there, self.back = (nn.Sequential(nn.Linear(6, 8), lif()) for _ in range(2))
        self.out = nn.Sequential(nn.Linear(16, 3), quant.FloatLIF(None))

    def forward(self, x: Tensor) -> Tensor:
        back = self.back(x.flip(0)).flip(0)
        return self.out(torch.cat([self.there(x), back], -1))  # type: ignore[no-any-return]


class Fusion(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Sequential(nn.Linear(6, 8), lif()), nn.Sequential(nn.Linear(5, 8), lif())
        self.out = nn.Sequential(nn.Linear(16, 3), lif())

    def forward(self, audio: Tensor, video: Tensor) -> Tensor:
        return self.out(torch.cat([self.a(audio), self.b(video)], 2))  # type: ignore[no-any-return]


class Slices(nn.Module):
    """Groups of features and a pair of votes."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = (nn.Sequential(nn.Linear(3, 4), lif()) for _ in range(2))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        one, two = x.chunk(2, -1)
        return self.a(one), self.b(two).unflatten(-1, (2, 2)).sum(-1)


class Images(nn.Module):
    """Direct coding: the forward repeats its image."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(TD(nn.Conv2d(2, C, 3)), lif(), nn.Flatten(2), nn.Linear(C * 36, 3), lif())

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x.unsqueeze(0).repeat(T, 1, 1, 1, 1)).mean(0)  # type: ignore[no-any-return]


def separable() -> nn.Sequential:
    """Depthwise, pointwise, without neurons between them; pooled unevenly."""
    return nn.Sequential(
        nn.Conv2d(2, 6, 3, padding=1, groups=2), nn.BatchNorm2d(6), nn.Conv2d(6, 4, 1), nn.BatchNorm2d(4), lif(),
        nn.AvgPool2d((4, 8)), nn.Flatten(), nn.Linear(8, 3), lif(),
    )  # fmt: skip


def pooled_currents() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(2, C, 3), nn.MaxPool2d(2), lif(), nn.Conv2d(C, C, 2, stride=(1, 2), bias=True), nn.AvgPool2d((2, 1)),
        lif(), nn.Flatten(), nn.Linear(C, 3), lif(),
    )  # fmt: skip


def autoencoder() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(2, C, 3, stride=2, padding=1), lif(), nn.Flatten(), nn.Linear(C * 16, 6), lif(),
        nn.Linear(6, C * 16), nn.Unflatten(-1, (C, 4, 4)), nn.BatchNorm2d(C), lif(),
        nn.ConvTranspose2d(C, 2, 3, stride=2, padding=1, output_padding=1), nn.BatchNorm2d(2), quant.FloatLIF(None),
    )  # fmt: skip


def sequences() -> nn.Sequential:
    return nn.Sequential(
        nn.Sequential(nn.Conv1d(6, 8, 3, padding="same", dilation=2), nn.MaxPool1d(2), lif()),
        nn.Sequential(nn.Flatten(), nn.Linear(8 * 4, 3), lif()),
    )


IMAGES, TOKENS, LINES = (2, 8, 8), (5, 6), (6,)
PUBLISHED: dict[str, tuple[Any, tuple[int, ...], float, float]] = {
    "spikes added": (SEW, IMAGES, 2.0, 0.2),
    "currents added": (MembraneShortcut, IMAGES, 1.5, 0.1),
    "spikes and currents": (SpikesAndCurrents, IMAGES, 1.5, 0.2),
    "u-net": (UNet, IMAGES, 2.0, 0.2),
    "two heads": (Heads, IMAGES, 2.0, 0.2),
    "attention": (Attention, TOKENS, 2.5, 0.4),
    "masked attention": (Masked, TOKENS, 2.5, 0.2),
    "both directions": (Bidirectional, LINES, 2.0, 0.1),
    "slices": (Slices, LINES, 2.0, 0.2),
    "separable": (separable, IMAGES, 1.5, 0.2),
    "pooled currents": (pooled_currents, IMAGES, 2.0, 0.2),
    "autoencoder": (autoencoder, IMAGES, 2.5, 0.3),
    "sequences": (sequences, (6, 8), 2.0, 0.1),
}


def made(name: str) -> tuple[nn.Module, Tensor]:
    make, shape, gain, bias = PUBLISHED[name]
    torch.manual_seed(0)
    return lively(make(), gain, bias), events(T, B, *shape)


@pytest.mark.parametrize("name", PUBLISHED)
def test_as_published(name: str) -> None:
    model, x = made(name)
    found = exact(model, P, x)
    assert max(layer.misread for layer in found.layers) == 0
    assert max(layer.differing for layer in found.layers) < 0.03
    assert max(layer.weight_error for layer in found.layers) < 1e-3


@pytest.mark.parametrize("name", ["spikes added", "currents added", "u-net", "both directions"])
def test_what_it_gives_is_what_the_float_network_gives_times_the_scale(name: str) -> None:
    model, x = made(name)
    found = exact(model, P, x)
    own, (given,) = model(x).detach(), outputs(found.model(x))
    scale = found.layers[-1].scale if found.layers[-1].threshold is None else 1.0
    error = float((given.detach() / scale - own).norm() / own.norm())
    assert error < 0.05


def test_layers_keep_their_names_and_one_factor_where_currents_meet() -> None:
    model, x = made("currents added")
    found = exact(model, P, x)
    names = [name for name, _ in found.model.named_children()]
    assert names[:3] == ["stem", "lifs_0", "convs_0"]
    first, second, third = found.layers[:3]
    assert (first.weights, second.weights) == ("stem", "stem, convs.0")
    assert first.scale == second.scale == third.scale
    assert second.changes == ("batch norm 'norms.0' folded into the weights",)
    assert isinstance(found.model, quant.GraphModule)
    found.model(x).sum().backward()
    assert all(p.grad is not None for p in found.model.parameters())


class Otherwise(nn.Module):
    """What it gives with values is not what it gives without, behind its last layer: nothing but running it tells."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.lif = nn.Linear(6, 4), lif()

    def forward(self, x: Tensor) -> Tensor:
        pairs = self.lif(self.fc(x)).unflatten(-1, (2, 2))
        return pairs.sum(-1 if type(pairs) is Tensor else -2)  # type: ignore[no-any-return]


def test_what_comes_behind_the_last_layer_is_compared_too() -> None:
    message = r"convert: output 'output' must be in model\(events\) what its layers say; .* got '.*% of others'"
    with pytest.raises(ValueError, match=message):
        quant.convert(lively(Otherwise(), 2.0, 0.2), P, events(T, B, 6))


class Wavering(Otherwise):
    """It calls a layer more often where there are values."""

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(2 if type(x) is Tensor else 1):
            out = self.lif(self.fc(x))
        return out  # type: ignore[no-any-return]


def test_a_forward_that_depends_on_values_is_refused() -> None:
    with pytest.raises(ValueError, match="convert: layer 'lif': forward must call each layer as often whatever the"):
        quant.convert(lively(Wavering(), 2.0, 0.2), P, events(T, B, 6))


def test_two_inputs_by_name() -> None:
    model = lively(Fusion(), 2.0, 0.1)
    x = {"audio": events(T, B, 6), "video": events(T, B, 5, seed=1)}
    found = exact(model, P, x)
    assert found.layers[2].differing < 0.03
    with pytest.raises(ValueError, match=r"convert: events of 'video' must be \[T, B, ...\], not empty"):
        quant.convert(model, P, {**x, "video": events(T, 0, 5)})


def test_images_are_repeated_by_forward() -> None:
    model = lively(Images(), 2.0, 0.1)
    x = (torch.rand(1, B, *IMAGES, generator=torch.Generator().manual_seed(0)) * 16).round() / 16
    found = exact(model, P, x, input_step=1 / 16, largest_input=16)
    assert found.compared_with == "model(events[0])"
    assert found.notes == ("left out: mean over time of 'layers_4'",)
    assert max(layer.differing for layer in found.layers) < 0.03


def test_bits_and_profiles_by_name() -> None:
    loihi = hw_profiles.load("loihi2")
    model = lively(nn.Sequential(nn.Linear(6, 12), lif(), nn.Linear(12, 3), lif()), 2.0, 0.2)
    x = events(T, B, 6)
    found = exact(model, P, x, weight_bits={"0": 3, "2": 5})
    assert [found.model[i].weight_bits for i in (0, 2)] == [3, 5]
    found = exact(model, {"0": loihi, "3": P}, x)
    assert [found.model[i].profile.name for i in range(4) if i != 1] == ["loihi2", "generic16", "generic16"]
    assert found.model[1].profile.name == "loihi2"
    heads = exact(lively(Heads(), 2.0, 0.2), P, events(T, B, *IMAGES), weight_bits={"stem": 4, "down.0": 6})
    assert [heads.model.get_submodule(n).weight_bits for n in ("stem_0", "down_0", "small")] == [4, 6, 16]
    with pytest.raises(ValueError, match=r"convert: weight_bits must be of layers 0, 1, 2, 3, got \['fc'\]"):
        quant.convert(model, P, x, weight_bits={"fc": 4})
    with pytest.raises(ValueError, match="convert: layer '3': profile must be given, and be one, for 2, 3, whose"):
        quant.convert(model, {"0": loihi}, x)
    with pytest.raises(ValueError, match=r"for 0, 1, whose currents meet, got \['generic16', 'loihi2'\]"):
        quant.convert(model, {"0": loihi, "1": P, "2": P}, x)


@pytest.mark.parametrize(("name", "on_off"), [("loihi2", True), ("generic16", True), ("generic16", False)])
def test_signed_inputs(name: str, on_off: bool) -> None:
    profile = hw_profiles.load(name)
    model = lively(nn.Sequential(nn.Linear(6, 12), lif(reset="zero"), nn.Linear(12, 3), lif(reset="zero")), 2.0, 0.1)
    x = (torch.randn(T, B, 6, generator=torch.Generator().manual_seed(0)) * 16).round() / 16
    options: dict[str, Any] = {"input_step": 1 / 16, "on_off": on_off, "signed_input": not on_off, "weight_bits": 8}
    found = exact(model, profile, x, **options, largest_input=63)
    assert found.layers[0].differing < 0.02
    assert found.model[0].in_features == (12 if on_off else 6)
    assert bool(found.notes) == on_off
    grouped = lively(nn.Sequential(TD(nn.Conv2d(4, 6, 3, groups=2)), lif(reset="zero")), 2.0, 0.1)
    images = (torch.randn(T, B, 4, 6, 6, generator=torch.Generator().manual_seed(0)) * 16).round() / 16
    found = exact(grouped, profile, images, **options, largest_input=127)
    assert found.layers[0].differing < 0.02


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("generic16", {}, r"events must be .*quant.OnOff\(\); or signed_input=True, for software"),
        (
            "loihi2",
            {"signed_input": True},
            "signed_input must be False on a chip of events; on_off=True makes two lines",
        ),
        ("generic16", {"signed_input": True, "on_off": True}, "signed_input must be False with on_off"),
    ],
)
def test_signed_inputs_are_taken_where_asked(name: str, options: dict[str, Any], message: str) -> None:
    model = nn.Sequential(nn.Linear(6, 3), lif(reset="zero"))
    with pytest.raises(ValueError, match=f"^convert: {message}"):
        quant.convert(model, hw_profiles.load(name), -torch.ones(T, B, 6), **options)
