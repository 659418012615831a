"""Batch norm folded into weights and biases: what is trained is what is deployed, with gradients and statistics."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.quant.arithmetic.traceable import unbranched
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
FORMATS: list[dict[str, Any]] = [
    {"profile": GENERIC, "weight_bits": 4},
    {"profile": GENERIC, "weight_bits": 3, "per_channel": True},
    {"profile": LOIHI, "input_step": 0.25},
]
each_layer = pytest.mark.parametrize("name", LAYERS)


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


@each_layer
@pytest.mark.parametrize("options", FORMATS)
def test_it_is_the_layer_with_folded_weights_and_bias(name: str, options: dict[str, Any]) -> None:
    layer, profile = made(name, **options), options["profile"]
    lif = quant.LIF(profile, lut(profile), beta=0.9, bias=layer)
    twin, shift = plain(name, layer, **options)
    other = quant.LIF(profile, lut(profile), beta=0.9, bias=6)
    assert other.bias is not None
    other.bias.data.copy_(shift)
    x = events(name, layer)
    for mode in (True, False):
        layer.train(mode)
        expected = other(twin(x))
        towards = torch.randn(expected.shape, generator=torch.Generator().manual_seed(2))
        grads = torch.autograd.grad((expected * towards).sum(), (twin.weight, other.bias))
        before = copy.deepcopy(layer.batch_norm.state_dict())
        sums = layer(x)
        spikes = lif(sums)  # after the statistics were updated, as those of the weights' call
        assert torch.equal(sums, twin(x))
        assert torch.equal(spikes, expected)
        assert 0.02 < float(spikes.detach().mean()) < 0.95
        norm = layer.batch_norm
        found = torch.autograd.grad((spikes * towards).sum(), (layer.weight, norm.weight, norm.bias))
        deviation = (before["running_var"] + norm.eps).sqrt()
        outputs = layer.outputs_first if getattr(layer, "transposed", False) else lambda w: w
        of_factor = (outputs(grads[0]) * outputs(layer.weight.detach())).flatten(1).sum(1)
        of_factor = of_factor - grads[1] * before["running_mean"]
        scale = (norm.weight.detach() / deviation).reshape(-1, *[1] * (layer.weight.ndim - 1))
        torch.testing.assert_close(outputs(found[0]), outputs(grads[0]) * scale)
        torch.testing.assert_close(found[1], of_factor / deviation, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(found[2], grads[1])
        assert all(bool(g.any()) for g in found)
        changed = any(not torch.equal(value, before[key]) for key, value in norm.state_dict().items())
        assert changed == mode
        norm.load_state_dict(before)
    assert torch.equal(layer.integer_weight()[0], twin.integer_weight()[0])
    assert torch.equal(layer.real_weight(), twin.weight)
    assert layer.integer_weight()[1] == twin.integer_weight()[1]


@each_layer
def test_statistics_are_those_of_the_sums(name: str) -> None:
    layer = LAYERS[name](profile=GENERIC, batch_norm=True)
    quant.LI(GENERIC, bias=layer)
    norm = layer.batch_norm
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, -0.5, 0.25, 2.0, 1.0, -1.0]))
    for turn in range(4):
        x = events(name, layer, seed=turn)
        twin, _ = plain(name, layer)
        factor = norm.weight.detach() / (norm.running_var + norm.eps).sqrt()
        sums = twin(x).detach() / factor.reshape(-1, *[1] * (len(SHAPES[name]) - 1))
        var, mean = torch.var_mean(sums.double(), [d for d in range(sums.ndim) if d != 2])
        if turn:
            mean, var = (0.9 * old + 0.1 * new for old, new in ((norm.running_mean, mean), (norm.running_var, var)))
        out = layer(x)
        torch.testing.assert_close(norm.running_mean.double(), mean.double(), rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(norm.running_var.double(), var.double(), rtol=1e-5, atol=1e-6)
        assert int(norm.num_batches_tracked) == turn + 1
        if turn == 0:
            # The first batch is computed with its own: its sums have the deviation |gamma|, but for coarse weights.
            twin, shift = plain(name, layer)
            assert torch.equal(out, twin(x))
            assert torch.equal(layer.folded_bias(), shift)
            spread = out.detach().transpose(0, 2).flatten(1).std(1)
            torch.testing.assert_close(spread, norm.weight.detach().abs(), rtol=0.1, atol=0.05)


def test_momentum() -> None:
    layer = made("linear")
    quant.LI(GENERIC, bias=layer)
    norm = layer.batch_norm
    means: list[Tensor] = []
    norm.load_state_dict(quant.FoldedBatchNorm(6).state_dict())
    norm.momentum, x = 0.0, events("linear", layer)
    layer(x)
    norm.load_state_dict(quant.FoldedBatchNorm(6).state_dict())
    assert torch.equal(layer(x), plain("linear", layer)[0](x))  # computed once more: new again
    held = norm.running_mean.clone()
    assert held.all()
    layer(events("linear", layer, seed=3))
    assert torch.equal(norm.running_mean, held)
    norm.num_batches_tracked.zero_()
    norm.momentum = None
    for turn in range(3):
        x = events("linear", layer, seed=turn)
        factor = norm.weight.detach() / (norm.running_var + norm.eps).sqrt()
        means.append(plain("linear", layer)[0](x).detach().mean((0, 1)) / factor)
        layer(x)
        torch.testing.assert_close(norm.running_mean, torch.stack(means).mean(0), rtol=1e-5, atol=1e-6)


def test_statistics_that_stay() -> None:
    layer, x = made("conv2d"), events("conv2d", made("conv2d"))
    quant.LI(GENERIC, bias=layer)
    norm = layer.batch_norm
    before = copy.deepcopy(norm.state_dict())

    def unchanged() -> bool:
        return all(torch.equal(value, before[name]) for name, value in norm.state_dict().items())

    norm.freeze()
    out = layer(x)
    assert unchanged()
    assert out.requires_grad
    norm.freeze(False).eval()
    layer(x)
    assert unchanged()
    layer.eval()(x)
    assert unchanged()
    layer.train()
    with unbranched():
        layer(x)
    assert unchanged()
    layer(x[:1, :1, :, :1, :1])  # one value of each output has no variance
    assert unchanged()
    with torch.no_grad():
        layer(x)
    assert not unchanged()
    shift = layer.folded_bias()  # of the call that was, for its neurons
    layer.double()
    assert not torch.allclose(layer.folded_bias(), shift.double(), rtol=1e-5)


def test_outputs_that_tell_nothing_keep_what_they_have() -> None:
    layer = made("linear")
    quant.LI(GENERIC, bias=layer)
    norm, x = layer.batch_norm, events("linear", layer)
    with torch.no_grad():
        norm.weight[0] = 0.0
        norm.weight[1] = 1e-30
        layer.weight[2] = 0.0
        layer.weight[3] = layer.weight[3].abs().max() * 1e-6
    before = (norm.running_mean.clone(), norm.running_var.clone())
    out = layer(x)
    assert not out[..., :4].any()
    assert out[..., 4:].any()
    for now, then in zip((norm.running_mean, norm.running_var), before, strict=True):
        assert torch.equal(now[:4], then[:4])
        assert not (now[4:] == then[4:]).any()
    # gamma leaves zero by its gradient, and then its output is seen again.
    (grad,) = torch.autograd.grad((out + layer.folded_bias()).square().sum(), norm.weight)
    assert grad[0] != 0
    with torch.no_grad():
        norm.weight[0] -= 0.1 * grad[0].sign()
    layer(x)
    assert norm.running_mean[0] != before[0][0]
    # A silent batch changes nothing.
    state = copy.deepcopy(norm.state_dict())
    layer(torch.zeros_like(x))
    assert torch.equal(norm.running_var, state["running_var"])
    assert torch.equal(norm.running_mean, state["running_mean"])


def test_small_variances_stay_finite() -> None:
    layer = made("linear")
    lif = quant.LIF(GENERIC, lut(GENERIC), bias=layer)
    with torch.no_grad():
        layer.batch_norm.running_var.fill_(1e-30)
        layer.batch_norm.running_mean.fill_(1e3)
    out = lif(layer(events("linear", layer)))
    out.sum().backward()
    for parameter in layer.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
    assert layer.batch_norm.running_var.isfinite().all()
    assert lif.integer_bias() is not None


def network(seed: int = 0, profile: Any = GENERIC, read_out: bool = False) -> Any:
    torch.manual_seed(seed)
    conv = quant.QuantConv2d(2, 8, 3, profile=profile, padding=1, weight_bits=4, batch_norm=True)
    linear = quant.QuantLinear(8 * 9, 10, profile=profile, weight_bits=4, batch_norm=True)
    last = quant.LI(profile, bias=linear) if read_out else quant.LIF(profile, lut(profile), bias=linear)
    lif = quant.LIF(profile, lut(profile), bias=conv)
    return nn.Sequential(conv, lif, quant.SumPool2d(2), nn.Flatten(2), linear, last)


def images(seed: int = 0, batch: int = 4) -> Tensor:
    return (torch.rand(6, batch, 2, 6, 6, generator=torch.Generator().manual_seed(seed)) < 0.3).float()


@pytest.mark.parametrize("read_out", [False, True])
def test_deployed_integers_are_those_of_training(read_out: bool, tmp_path: Path) -> None:
    model = network(read_out=read_out)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for turn in range(5):
        x = images(turn)
        deployed = quant.integer(model)
        expected = deployed.run(x.long().numpy())["5"]
        out = model(x)
        if turn:  # the first batch sets the statistics
            found = out.detach().double().numpy() / (GENERIC.state_step if read_out else 1)
            assert np.array_equal(found, expected)
            assert np.count_nonzero(expected) > 0.1 * expected.size
        optimiser.zero_grad()
        (out.mean() - 0.4).square().backward()
        optimiser.step()
    model.eval()
    trains = quant.spike_trains(model, x)
    last = quant.integer(model).run(x.long().numpy())
    assert export.count_differences(trains, last).different == 0
    export.to_onnx(model, x.shape, tmp_path / "m.onnx", "integer")
    outputs = export.run_onnx(tmp_path / "m.onnx", x.numpy())
    assert np.array_equal(next(iter(outputs.values())), last["5"])
    again = quant.from_integer(quant.integer(model))
    assert torch.equal(again(x), model(x))
    read: Any = export.from_nir(export.to_nir(model, None, input_shape=(2, 6, 6)))
    assert torch.equal(read(x), model(x))
    assert torch.equal(read[0].weight, model[0].real_weight())


def test_it_trains_as_batch_norm_in_floats_does() -> None:
    random = torch.Generator().manual_seed(5)
    patterns = torch.rand(4, 2, 6, 6, generator=random) < 0.35
    labels = torch.arange(64) % 4
    noise = torch.rand(6, 64, 2, 6, 6, generator=random)
    x = torch.where(patterns[labels], noise < 0.55, noise < 0.3).float()

    def floats() -> Any:
        curve = Arctan(alpha=2.0)
        spread = quant.TimeDistributed
        conv, linear = nn.Conv2d(2, 8, 3, padding=1, bias=False), nn.Linear(8 * 9, 4, bias=False)
        first = (spread(conv), spread(nn.BatchNorm2d(8)), quant.FloatLIF(curve), quant.SumPool2d(2), nn.Flatten(2))
        return nn.Sequential(*first, linear, spread(nn.BatchNorm1d(4)), quant.FloatLIF(None))

    losses: dict[str, list[float]] = {}
    for name, make in {"folded": lambda: network(read_out=True), "floats": floats}.items():
        torch.manual_seed(0)
        model = make()
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        losses[name] = []
        for _ in range(30):
            loss = nn.functional.cross_entropy(model(x).mean(0)[:, :4], labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's
            optimiser.step()
            losses[name].append(loss.item())
    assert losses["folded"][-1] < 0.25 * losses["folded"][0]
    # 4-bit weights and a coarser start: not better than floats, but no more than this behind.
    assert losses["folded"][-1] < losses["floats"][-1] + 0.15


def test_sums_that_meet_bring_both_shifts() -> None:
    one, two = made("linear"), made("linear")
    two.batch_norm.bias.data.mul_(-0.5)
    lif = quant.LIF(GENERIC, lut(GENERIC), bias=(one, two))
    other = quant.LIF(GENERIC, lut(GENERIC), bias=6)
    assert other.bias is not None
    other.bias.data.copy_(one.folded_bias() + two.folded_bias())
    x = events("linear", one)
    (a, _), (b, _) = plain("linear", one), plain("linear", two)
    spikes = lif(one(x) + two(x))
    assert torch.equal(spikes, other(a(x) + b(x)))
    assert 0.05 < float(spikes.detach().mean()) < 0.95


def test_behind_a_synaptic_current() -> None:
    layer = made("linear", profile=LOIHI)
    cuba = quant.CubaLIF(LOIHI, lut(LOIHI), alpha=0.75, bias=layer)
    other = quant.CubaLIF(LOIHI, lut(LOIHI), alpha=0.75, bias=6)
    assert other.bias is not None
    other.bias.data.copy_(layer.folded_bias() / (1 - cuba.alpha))
    (mantissas, exponent), wanted = cast(Any, cuba.integer_bias()), cast(Any, other.integer_bias())
    assert torch.equal(mantissas, wanted[0])
    assert mantissas.any()
    assert exponent == wanted[1]
    cuba(layer(events("linear", layer))).sum().backward()
    assert layer.batch_norm.bias.grad is not None
    assert layer.batch_norm.bias.grad.isfinite().all()


def test_copies_states_and_pickles() -> None:
    model, x = network(), images()
    model(x)
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        for layer, lif in ((0, 1), (4, 5)):
            assert copied[lif].bias_layers[0] is copied[layer]
        out = copied(x)
        assert torch.equal(out, copy.deepcopy(model)(x))
        assert out.any()
        copied[0].batch_norm.bias.data += 5
        assert not torch.equal(copied.eval()(x), copy.deepcopy(model).eval()(x))
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    assert names == [f"{i}{rest}" for i in (0, 4) for rest in (".weight", ".batch_norm.weight", ".batch_norm.bias")]
    other = network(seed=1)
    other.load_state_dict(model.state_dict())
    assert torch.equal(other.eval()(x), model.eval()(x))
    norm: Any = nn.BatchNorm2d(8)
    norm(torch.randn(4, 8, 3, 3))
    model[0].batch_norm.load_state_dict(norm.state_dict())
    assert torch.equal(model[0].batch_norm.running_mean, norm.running_mean)
    assert list(norm.state_dict()) == list(model[0].batch_norm.state_dict())


def test_half_precision_stands_for_its_values() -> None:
    model, x = network(read_out=True), images()
    model(x)
    half = copy.deepcopy(model).half().eval()
    out = half(x.half())
    assert torch.equal(out, copy.deepcopy(half).float()(x))
    assert out.any()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(half(x.half()), out)
        assert torch.equal(model.eval()(x), copy.deepcopy(model)(x))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: made("linear")(torch.zeros(2, 3, 40)),
            r"QuantLinear: batch_norm=True needs neurons that add what it shifts: LIF\(\.\.\., bias=layer\), got",
        ),
        (
            lambda: quant.LIF(hw_profiles.load("reckon"), Arctan(), bias=made("linear")),
            r"LIF: reckon has no bias to add what batch norm shifts; leave batch_norm out, or give the layer an input",
        ),
        (
            lambda: quant.LIF(LOIHI, Arctan(), bias=made("linear")),
            "LIF: bias must be a layer for loihi2, got 'generic8'",
        ),
        (
            lambda: quant.LIF(GENERIC, Arctan(), bias=quant.QuantLinear(3, 2, profile=GENERIC)),
            r"LIF: bias must be a number of neurons, a layer with batch_norm=True, or .*, got \['QuantLinear'\]",
        ),
        (
            lambda: quant.LI(GENERIC, bias=()),
            r"LI: bias must be a number of neurons, a layer with batch_norm=True, or several whose sums meet, got \[\]",
        ),
        (
            lambda: quant.LI(GENERIC, bias=(made("linear"), quant.QuantLinear(3, 2, profile=GENERIC, batch_norm=True))),
            "LI: bias must be layers of 6 outputs each, got 2",
        ),
        (
            lambda: made("linear")(torch.zeros(2, 3, 4, 40)),
            r"QuantLinear: input must be \[T, B, 40\] with batch_norm, got \(2, 3, 4, 40\)",
        ),
        (
            lambda: quant.QuantLinear(3, 2, profile=GENERIC).folded_bias(),
            "QuantLinear: batch_norm must be True to have a bias, got None",
        ),
        (lambda: quant.FoldedBatchNorm(0), r"FoldedBatchNorm: num_features must be an integer in 1\.\."),
        (lambda: quant.FoldedBatchNorm(2, eps=0.0), r"FoldedBatchNorm: eps must be > 0, got 0\.0"),
        (lambda: quant.FoldedBatchNorm(2, momentum=2.0), r"FoldedBatchNorm: momentum must be in 0\.\.1, or None, got"),
    ],
)
def test_what_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_networks_whose_shift_nobody_adds_are_not_deployed() -> None:
    message = r"bias must be the layers with batch_norm=True before these neurons, where they have it, and no others, "
    model = network()
    other = quant.LIF(GENERIC, lut(GENERIC))
    for neurons in (other, model[5]):
        changed = nn.Sequential(*model)
        changed[1] = neurons
        with pytest.raises(ValueError, match=f"layer '1': {message}"):
            quant.integer(changed)
    changed = copy.deepcopy(model)
    changed[0] = quant.QuantConv2d(2, 8, 3, profile=GENERIC, padding=1)
    with pytest.raises(ValueError, match=f"layer '1': {message}"):
        quant.integer(changed)


class Meeting(nn.Module):
    """Sums of two layers with batch norm meet, and are pooled, before neurons add both shifts."""

    def __init__(self, flat: bool = False, bare: bool = False, one: bool = False) -> None:
        super().__init__()
        torch.manual_seed(0)
        options: dict[str, Any] = {"profile": GENERIC, "padding": 1, "batch_norm": True}
        self.conv, self.shortcut = quant.QuantConv2d(2, 4, 3, **options), quant.QuantConv2d(2, 4, 3, **options)
        self.pool, self.flat, self.bare = quant.MaxPool2d(2), flat, bare
        self.lif = quant.LIF(GENERIC, lut(GENERIC), bias=self.conv if one else (self.shortcut, self.conv))
        self.other = quant.LIF(GENERIC, lut(GENERIC), bias=self.shortcut if one else None)

    def forward(self, x: Tensor) -> Any:
        sums = self.conv(x) + self.shortcut(x)
        if self.flat:
            return self.lif(sums.transpose(3, 4))
        out = self.lif(self.pool(sums))
        return (out, self.conv(x)) if self.bare else out


def test_forwards_with_sums_that_meet() -> None:
    model, x = Meeting(), images()
    for _ in range(3):
        model(x)
    found = quant.integer(model, example=x).run(x.long().numpy())["lif"]
    assert np.array_equal(model(x).detach().numpy(), found)
    assert 0.05 < found.mean() < 0.95
    message = r"sums of a layer with batch_norm=True go to neurons that add what it shifts .*, got 'transpose'$"
    with pytest.raises(ValueError, match=message):
        quant.integer(Meeting(flat=True), example=x)
    with pytest.raises(
        ValueError, match=r"output '1' must be of neurons that add what batch norm shifts .*QuantConv2d"
    ):
        quant.integer(Meeting(bare=True), example=x)
    with pytest.raises(
        ValueError, match=r"layer 'lif': bias must be the layers with batch_norm=True .* \['QuantConv2d"
    ):
        quant.integer(Meeting(one=True), example=x)
