"""Convolutions, pooling and repetition: exact sums, gradients of the quantised weights, and wrong input."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.surrogates import Sigmoid

PROFILE = hw_profiles.load("loihi2")
GEOMETRIES: list[dict[str, Any]] = [
    {"kernel_size": 3},
    {"kernel_size": (2, 5), "stride": (1, 2), "padding": (1, 0)},
    {"kernel_size": 3, "stride": 2, "padding": 1, "groups": 2},
    {"kernel_size": 3, "padding": 1, "groups": 4},  # depthwise
    {"kernel_size": 1},
]


def layer(**options: Any) -> Any:
    torch.manual_seed(0)
    conv = QuantConv2d(4, 8, profile=PROFILE, **options)
    nn.init.normal_(conv.weight, 0.0, 0.3)
    return conv


def counts(*shape: int, largest: int = 1) -> Tensor:
    return torch.randint(0, largest + 1, shape, generator=torch.Generator().manual_seed(1)).float()


@pytest.mark.parametrize("options", GEOMETRIES)
@pytest.mark.parametrize(("bits", "input_step"), [(8, 1.0), (4, 0.25), (2, 1.0)])
def test_sums_are_those_of_the_integers(options: dict[str, Any], bits: int, input_step: float) -> None:
    conv = layer(weight_bits=bits, input_step=input_step, **options)
    x = counts(3, 2, 4, 9, 10, largest=1 if input_step == 1 else 3)
    codes, exponent = conv.integer_weight()
    geometry = {key: value for key, value in options.items() if key != "kernel_size"}
    sums = nn.functional.conv2d(x.double().flatten(0, 1), codes.double(), **geometry)
    unit = conv.weight_lsb * 2.0 ** (exponent + PROFILE.weight.shift) * PROFILE.state_step
    out = conv(x * input_step)
    assert torch.equal(out.double(), sums.reshape(3, 2, *sums.shape[1:]) * unit)
    weights = quant.integer(nn.Sequential(conv, quant.LIF(PROFILE, Sigmoid()))).layers
    assert isinstance(weights[0], quant.IntegerConv2d)
    assert (weights[0].run(x.long().numpy()) == (out / PROFILE.state_step).long().numpy()).all()


@pytest.mark.parametrize("options", GEOMETRIES)
def test_the_gradient_is_that_of_the_quantised_weights(options: dict[str, Any]) -> None:
    conv = layer(**options)
    x = counts(2, 3, 4, 7, 8).requires_grad_()
    out = conv(x)
    towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(2))
    actual = torch.autograd.grad((out * towards).sum(), (x, conv.weight))
    weight = conv.quant_weight().value.detach().requires_grad_()
    y = x.detach().clone().requires_grad_()
    geometry = {key: value for key, value in options.items() if key != "kernel_size"}
    plain = nn.functional.conv2d(y.flatten(0, 1), weight, **geometry).reshape(out.shape)
    expected = torch.autograd.grad((plain * towards).sum(), (y, weight))
    torch.testing.assert_close(actual[0], expected[0])
    # The scale is a power of two of the largest weight, through which no gradient goes but to weights that are clipped.
    inside = conv.weight.detach().abs() < conv.weight.detach().abs().max()
    torch.testing.assert_close(actual[1][inside], expected[1][inside])


def test_pooling_counts_spikes() -> None:
    x = counts(3, 2, 4, 7, 8, largest=2)
    assert torch.equal(quant.SumPool2d(2)(x), nn.functional.avg_pool2d(x.flatten(0, 1), 2).reshape(3, 2, 4, 3, 4) * 4)
    assert torch.equal(quant.SumPool2d(3, 2)(x)[0, 0, 0, 1, 2], x[0, 0, 0, 2:5, 4:7].sum())


def test_a_constant_input_is_weighed_once() -> None:
    x = counts(1, 2, 5)
    linear, lif = QuantLinear(5, 6, profile=PROFILE), quant.LIF(PROFILE, Sigmoid())
    calls = []
    linear.register_forward_hook(lambda *_: calls.append(1))
    whole = nn.Sequential(linear, lif)(x.expand(7, 2, 5))
    assert torch.equal(nn.Sequential(linear, quant.Repeat(7), lif)(x), whole)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel_size": 0}, "QuantConv2d: kernel_size must be an integer >= 1, or two, got 0"),
        ({"kernel_size": (1, 2, 3)}, r"QuantConv2d: kernel_size must be an integer >= 1, or two, got \(1, 2, 3\)"),
        ({"kernel_size": 3, "stride": 0}, "QuantConv2d: stride must be"),
        ({"kernel_size": 3, "padding": -1}, "QuantConv2d: padding must be"),
        ({"kernel_size": 3, "groups": 3}, "QuantConv2d: groups must divide in_channels and out_channels, got 3"),
        ({"kernel_size": 3, "groups": 5}, r"QuantConv2d: groups must be an integer in 1\.\.4, got 5"),
        ({"kernel_size": 3, "weight_bits": 9}, r"QuantConv2d: weight_bits must be an integer in 2\.\.8, got 9"),
        ({"kernel_size": 3, "input_step": 0.3}, r"QuantConv2d: input_step must be a power of two, got 0\.3"),
    ],
)
def test_wrong_geometries(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        QuantConv2d(4, 8, profile=PROFILE, **options)


def test_wrong_input() -> None:
    with pytest.raises(ValueError, match=r"QuantConv2d: input must be \[T, B, 4, H, W\], got \(2, 4, 5, 5\)"):
        layer(kernel_size=3)(counts(2, 4, 5, 5))
    with pytest.raises(ValueError, match=r"SumPool2d: spikes must be \[T, B, C, H, W\], H and W at least 6"):
        quant.SumPool2d(6)(counts(1, 1, 1, 5, 7))
    with pytest.raises(ValueError, match=r"SumPool2d: kernel_size must be an integer in 1\.\.255, got 0"):
        quant.SumPool2d(0)
    with pytest.raises(ValueError, match=r"Repeat: current must be \[1, B, \.\.\.\], got \(2, 3\)"):
        quant.Repeat(4)(torch.zeros(2, 3))
    conv = layer(kernel_size=3)
    conv.weight.data[0, 0, 0, 0] = torch.nan
    with pytest.raises(ValueError, match="QuantConv2d: weights must be finite, got 'NaN or infinity'"):
        quant.integer(nn.Sequential(conv, quant.LIF(PROFILE, Sigmoid())))
