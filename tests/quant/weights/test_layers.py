"""`QuantLinear`: weights on the grid of a profile, and the integers behind them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import each
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantLinear

PROFILES = [hw_profiles.load(name) for name in hw_profiles.names()]
WIDTHS = [(profile, bits) for profile in PROFILES for bits in range(2, profile.weight.bits + 1)]
# No shipped chip has wider weights, a user's may.
WIDTHS += [(replace(PROFILES[0], weight=replace(PROFILES[0].weight, bits=16, step=4)), bits) for bits in (9, 16)]
each_width = each(("profile", "bits"), WIDTHS)

ROUNDED: dict[str, Callable[[Tensor], Tensor]] = {
    "half_even": torch.round,
    "trunc0": torch.trunc,
    "half_away": lambda x: x.sign() * torch.floor(x.abs() + 0.5),
    "floor": torch.floor,
}


def layer(profile: Profile, bits: int, weight: Tensor) -> QuantLinear:
    linear = QuantLinear(weight.shape[1], weight.shape[0], profile=profile, weight_bits=bits)
    with torch.no_grad():
        linear.weight.copy_(weight)
    return linear


def random_weight(scale: float = 0.5, seed: int = 0) -> Tensor:
    return torch.randn(6, 9, generator=torch.Generator().manual_seed(seed)) * scale


def unit(linear: QuantLinear, exponent: int) -> float:
    """The real value of one weight code: lsb * 2**(exponent + shift) membrane codes."""
    profile = linear.profile
    return float(linear.weight_lsb * 2.0 ** (exponent + profile.weight.shift) * profile.state_step)


def check(linear: QuantLinear) -> tuple[Tensor, int]:
    """What holds for any weights; the codes as they are, and the exponent."""
    spec, bits = linear.profile.weight, linear.weight_bits
    codes, exponent = linear.integer_weight()
    assert not codes.is_floating_point()
    assert (-(2 ** (bits - 1)) + spec.narrow if spec.signed else 0) <= int(codes.min())
    assert int(codes.max()) <= 2 ** (bits - 1) - 1
    assert spec.exponent_min - (spec.bits - bits) <= exponent <= spec.exponent_max
    # Fewer bits leave the low ones of the stored integer zero, which still is one of the chip's weights.
    assert linear.weight_lsb == spec.step * 2 ** (spec.bits - bits)
    # A right shift keeps every bit of the sum.
    assert linear.weight_lsb * 2.0**exponent >= 1
    real = codes.double() * unit(linear, exponent)
    assert torch.equal(real, linear.quant_weight().value.double())
    # What the layer multiplies by are those same weights: rows of the identity return them.
    assert torch.equal(real, linear(torch.eye(linear.in_features)).T.double())
    return codes, exponent


@pytest.mark.parametrize("scale", [0.01, 0.5, 3.0])
@each_width
def test_weights_are_the_nearest_codes(profile: Profile, bits: int, scale: float) -> None:
    linear = layer(profile, bits, random_weight(scale))
    codes, exponent = check(linear)
    weight = linear.weight.detach().double()
    low, high = -(2 ** (bits - 1)) + profile.weight.narrow, 2 ** (bits - 1) - 1
    low = low if profile.weight.signed else 0
    expected = ROUNDED[profile.weight.rounding](weight / unit(linear, exponent)).clamp(low, high)
    assert torch.equal(codes.double(), expected)
    peak = float(weight.abs().max())
    # The smallest power of two that holds the largest weight, unless the chip has none.
    assert peak <= unit(linear, exponent) * 2 ** (bits - 1) or exponent == profile.weight.exponent_max
    finest = (
        exponent == profile.weight.exponent_min - (profile.weight.bits - bits) or linear.weight_lsb * 2.0**exponent == 1
    )
    assert peak > unit(linear, exponent) * 2 ** (bits - 2) or finest


@each_width
def test_weights_beyond_the_exponents(profile: Profile, bits: int) -> None:
    for peak in (1e-38, 1e4, 1e30):
        linear = layer(profile, bits, random_weight(peak))
        codes, exponent = check(linear)
        if peak > 1e5:
            assert exponent == profile.weight.exponent_max
            # What cannot be held is clipped, not wrapped.
            held = linear.weight.detach() if profile.weight.signed else linear.weight.detach().relu()
            assert torch.equal(codes.sign().float(), held.sign())
        elif peak < 1e-5:
            # Below the finest grid there is nothing but what a floor makes of negative weights.
            below = linear.weight.detach() < 0
            assert torch.equal(codes, -below.to(codes.dtype) if profile.weight.rounding == "floor" else codes * 0)


@each_width
def test_all_zero(profile: Profile, bits: int) -> None:
    linear = layer(profile, bits, torch.zeros(4, 5))
    codes, _ = check(linear)
    assert not codes.any()
    out = linear(torch.ones(2, 3, 5))
    assert torch.equal(out, torch.zeros(2, 3, 4))
    (grad,) = torch.autograd.grad(out.sum(), linear.weight)
    assert bool(grad.isfinite().all())


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(WIDTHS), st.lists(st.floats(-64, 64, width=32), min_size=1, max_size=8))
def test_any_weights(case: tuple[Profile, int], weights: list[float]) -> None:
    check(layer(*case, torch.tensor([weights])))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_output_is_exact(profile: Profile) -> None:
    linear = layer(profile, profile.weight.bits, random_weight())
    codes, exponent = linear.integer_weight()
    spikes = torch.randint(0, 2, (7, 3, 9), generator=torch.Generator().manual_seed(1))
    sums = spikes @ codes.long().T
    out = linear(spikes.float())
    assert out.shape == (7, 3, 6)
    assert torch.equal(out.double(), sums.double() * unit(linear, exponent))


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_gradient_reaches_the_weights(profile: Profile) -> None:
    linear = layer(profile, profile.weight.bits, random_weight())
    x = torch.rand(5, 2, 9, generator=torch.Generator().manual_seed(2), requires_grad=True)
    probe = torch.randn(5, 2, 6, generator=torch.Generator().manual_seed(3))
    grad, grad_x = torch.autograd.grad((linear(x) * probe).sum(), (linear.weight, x))
    straight = torch.einsum("tbo,tbi->oi", probe, x.detach())
    # The largest weight also sets the scale, so its gradient has a part more.
    others = linear.weight.detach().abs() < linear.weight.detach().abs().max()
    assert int(others.sum()) == others.numel() - 1
    torch.testing.assert_close(grad[others], straight[others])
    # The way back to the layer before is through the weights on the grid.
    torch.testing.assert_close(grad_x, probe @ linear.quant_weight().value.detach())


def test_training_moves_the_codes() -> None:
    linear = layer(hw_profiles.load("generic8"), 8, random_weight())
    before = linear.integer_weight()[0].clone()
    optimiser = torch.optim.SGD(linear.parameters(), lr=0.5)
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = linear(torch.ones(1, 1, 9)).square().mean()
        torch.autograd.backward(loss)
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 10
    assert not torch.equal(linear.integer_weight()[0], before)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf, -torch.inf])
def test_weights_must_be_finite(bad: float) -> None:
    weight = random_weight()
    weight[2, 3] = bad
    linear = layer(hw_profiles.load("reckon"), 8, weight)
    with pytest.raises(ValueError, match=r"^QuantLinear: weights must be finite, got 'NaN or infinity'$"):
        linear.integer_weight()


REFUSED: list[tuple[str, dict[str, Any]]] = [
    *[("weight_bits must be an integer in 2..8", {"weight_bits": bits}) for bits in (0, 1, 9, 2.5, True, "8")],
    *[("in_features must be an integer in 1..", {"in_features": n}) for n in (0, -1, 3.0)],
    *[("input_step must be a power of two", {"input_step": x}) for x in (0.0, -1.0, 0.3, 3.0, 2.0**30, torch.inf)],
    *[("out_features must be an integer in 1..", {"out_features": n}) for n in (0, -1, 3.0)],
]


@pytest.mark.parametrize(("message", "changes"), REFUSED)
def test_wrong_arguments(message: str, changes: dict[str, Any]) -> None:
    arguments = {"in_features": 4, "out_features": 3, "profile": hw_profiles.load("generic8"), **changes}
    with pytest.raises(ValueError, match=f"^QuantLinear: {message}.*, got "):
        QuantLinear(**arguments)


def test_the_layer_is_public() -> None:
    assert quant.QuantLinear is QuantLinear
    linear = QuantLinear(4, 3, profile=hw_profiles.load("loihi2"), weight_bits=6)
    assert linear.bias is None
    assert (linear.weight_bits, linear.weight_lsb) == (6, 8)
    assert "loihi2, weight_bits=6" in repr(linear)
    with pytest.raises(AttributeError, match="has no attribute 'QuantLine'"):
        _ = quant.QuantLine
