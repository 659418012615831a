"""Batch norm folded into the weights and bias of a layer: values, gradients, statistics."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from normed import GENERIC, LAYERS, LOIHI, SHAPES, events, lut, made, plain
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.surrogates import Arctan

FORMATS: list[dict[str, Any]] = [
    {"profile": GENERIC, "weight_bits": 4},
    {"profile": GENERIC, "weight_bits": 3, "per_channel": True},
    {"profile": LOIHI, "input_step": 0.25},
]
each_layer = pytest.mark.parametrize("name", LAYERS)


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


def gradients(model: torch.nn.Module, out: Any) -> list[Tensor]:
    """What the sum of `out`, each place weighed otherwise, gives the parameters."""
    model.zero_grad()
    (out * torch.randn(out.shape, generator=torch.Generator().manual_seed(2))).sum().backward()
    return [torch.zeros(()) if p.grad is None else p.grad.clone() for p in model.parameters()]


def with_neurons() -> tuple[Any, torch.nn.Module, Tensor]:
    layer = made("linear", profile=GENERIC)
    model = torch.nn.Sequential(layer, quant.LIF(GENERIC, lut(GENERIC), beta=0.9, bias=layer))
    x = events("linear", layer)
    model(x)
    return layer, model, x


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpoints_make_a_call_again_with_the_statistics_of_the_first_time(reentrant: bool) -> None:
    """Its gradients are those without checkpoints, and it counts once."""
    layer, model, x = with_neurons()
    layer.batch_norm.momentum = 0.5
    other = copy.deepcopy(model)
    for number in range(3):
        given = (x * (torch.rand(x.shape, generator=torch.Generator().manual_seed(number)) < 0.5)).requires_grad_()
        wanted, found = model(given), checkpoint(other, given, use_reentrant=reentrant)
        assert bool(wanted.any())
        assert torch.equal(found, wanted)
        grads = gradients(model, wanted)
        assert all(bool(grad.any()) for grad in grads)
        assert all(torch.equal(a, b) for a, b in zip(gradients(other, found), grads, strict=True))
        states = zip(model.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in states)


def test_checkpoints_of_several_calls_need_statistics_that_stay() -> None:
    """Those of the first call are gone when it is made again."""
    layer, model, x = with_neurons()

    def twice() -> Tensor:
        return torch.cat([checkpoint(model, part, use_reentrant=False) for part in (x, x * 0)])

    with pytest.raises(ValueError, match=r"^FoldedBatchNorm: a call that is made again .* got 2$"):
        gradients(model, twice())
    layer.batch_norm.freeze()
    found, wanted = gradients(model, twice()), gradients(model, torch.cat([model(x), model(x * 0)]))
    assert all(bool(grad.any()) for grad in wanted)
    assert all(torch.allclose(a, b) for a, b in zip(found, wanted, strict=True))


@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of where graphs end
def test_statistics_are_learned_within_torch_compile() -> None:
    layer, model, x = with_neurons()
    layer.batch_norm.momentum = 0.5
    other = copy.deepcopy(model)
    compiled = torch.compile(other, backend="eager")
    for number in range(3):
        given = x * (torch.rand(x.shape, generator=torch.Generator().manual_seed(number)) < 0.5)
        wanted, found = model(given), compiled(given)
        assert bool(wanted.any())
        assert torch.equal(found, wanted)
        pairs = zip(gradients(other, found), gradients(model, wanted), strict=True)
        assert all(bool(b.any()) and torch.allclose(a, b) for a, b in pairs)
        states = zip(model.state_dict().values(), other.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in states)
