"""Float neurons whose threshold adapts: their formula, their gradient, and the integers that stand for them."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

SPIKE = Arctan(alpha=2.0)
NUMBERS: dict[str, Any] = {
    "beta": 0.75,
    "threshold": 0.875,
    "threshold_step": 0.25,
    "threshold_beta": 0.875,
    "refractory_beta": 0.75,
}
EACH: dict[str, Any] = {"beta": [0.5, 0.75, 0.875, 0.9375], "threshold_step": [0.0, 0.25, 0.5, 0.125]}


def current(*shape: int) -> Tensor:
    drawn = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return drawn * 0.6 + 0.4


@pytest.mark.parametrize("alpha", [None, 0.5])
def test_the_formula(alpha: float | None) -> None:
    x, n = current(25, 2, 3), NUMBERS
    spikes, mem = quant.FloatAdaptiveLIF(SPIKE, alpha=alpha, **n).run(x)
    assert torch.equal(quant.FloatAdaptiveLIF(SPIKE, alpha=alpha, **n)(x), spikes)
    assert 0.05 < spikes.mean() < 0.5
    for b in range(2):
        for i in range(3):
            v = syn = r = 0.0
            theta = n["threshold"]
            for t in range(25):
                syn = (0.0 if alpha is None else alpha * syn) + float(x[t, b, i])
                v = n["beta"] * v + syn
                theta = n["threshold_beta"] * (theta - n["threshold"]) + n["threshold"]
                r = n["refractory_beta"] * r
                spike = v - r >= theta
                assert spike == bool(spikes[t, b, i])
                assert abs(v - float(mem[t, b, i])) < 1e-12
                if spike:
                    r, theta = r + 2 * theta, theta + n["threshold_step"]


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("alpha", [None, 0.5])
def test_the_gradient_is_that_of_torch(alpha: float | None, own: bool, recurrent: bool) -> None:
    torch.manual_seed(1)
    neurons = quant.FloatAdaptiveLIF(SPIKE, alpha=alpha, bias=4, **{**NUMBERS, **(EACH if own else {})}).double()
    linear = nn.Linear(4, 4, bias=False).double() if recurrent else None
    nn.init.normal_(neurons.bias, 0.1, 0.1) if neurons.bias is not None else None
    weights, found = torch.rand(20, 3, 4, dtype=torch.float64), []
    for run in (neurons.recur, lambda x, module: neurons.run(x, module)[0]):
        neurons.zero_grad()
        x = current(20, 3, 4).requires_grad_()
        out = run(x, linear)
        torch.autograd.backward(
            (out * weights).sum(), inputs=[x, *neurons.parameters(), *([linear.weight] if linear else [])]
        )
        grads = [x.grad, *(p.grad for p in neurons.parameters()), *([linear.weight.grad] if linear else [])]
        found.append([out.detach(), *(grad.clone() for grad in grads if grad is not None)])
        if linear is not None:
            linear.zero_grad()
    assert len(found[0]) == (4 if recurrent else 3)
    for ours, torchs in zip(*found, strict=True):
        assert ours.count_nonzero() > ours.numel() // 12
        torch.testing.assert_close(ours, torchs, rtol=1e-10, atol=1e-12)  # sums in another order


def test_recurrent_layers() -> None:
    torch.manual_seed(0)
    layer = quant.FloatRecurrent(quant.FloatAdaptiveLIF(SPIKE, **NUMBERS), 4)
    x = current(20, 3, 4).float()
    assert torch.equal(layer(x), layer.neuron.run(x, layer.linear)[0])
    layer.linear = nn.Linear(4, 4)  # with a bias, which arrives in the first step as well
    assert torch.equal(layer(x), layer.neuron.run(x, layer.linear)[0])
    assert layer(x).any()
    assert layer(torch.zeros(0, 3, 4)).shape == (0, 3, 4)


def test_integers_stand_for_them() -> None:
    profile = hw_profiles.load("generic16")
    x = (current(60, 4, 50) / profile.state_step).round() * profile.state_step
    floats = quant.FloatAdaptiveLIF(SPIKE, **NUMBERS)(x)
    integers = quant.AdaptiveLIF(profile, SPIKE, **NUMBERS)(x)
    assert 0.05 < floats.mean() < 0.5
    assert (floats != integers).double().mean() < 0.001  # membranes differ by codes of 2**-20


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold_beta": 1.5}, r"FloatAdaptiveLIF: threshold_beta must be in 0\.\.1, got 1.5"),
        ({"refractory_beta": [0.5, -1.0]}, r"FloatAdaptiveLIF: refractory_beta\[1\] must be in 0\.\.1, got -1"),
        ({"threshold_step": -1.0}, "FloatAdaptiveLIF: threshold_step must be at least 0, got -1"),
        ({"threshold": 0.0}, "FloatAdaptiveLIF: threshold must be > 0, got 0"),
    ],
)
def test_values_that_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quant.FloatAdaptiveLIF(SPIKE, **options)
    given: Any = None
    with pytest.raises(
        TypeError, match="FloatAdaptiveLIF: surrogate must be a Surrogate or a LUTSurrogate, got NoneType"
    ):
        quant.FloatAdaptiveLIF(given)
    with pytest.raises(ValueError, match=r"FloatAdaptiveLIF: current must be \[T, B, 4, ...\], as beta is"):
        quant.FloatAdaptiveLIF(SPIKE, beta=EACH["beta"])(torch.zeros(3, 2, 5))


def test_conversion_says_what_to_do_instead() -> None:
    neurons = quant.FloatAdaptiveLIF(SPIKE, **NUMBERS)
    for layer in (neurons, quant.FloatRecurrent(neurons, 4)):
        model = nn.Sequential(nn.Linear(8, 4), layer).eval()
        with pytest.raises(ValueError, match="layer '1': adaptive thresholds are not converted: give their numbers to"):
            quant.convert(model, hw_profiles.load("loihi2"), (torch.rand(10, 4, 8) < 0.5).float())
