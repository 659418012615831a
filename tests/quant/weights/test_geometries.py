"""Convolutions of one and two dimensions, transposed or not: sums, gradients and scales for every geometry."""

import copy
import itertools
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.arithmetic import full_precision
from spikelut.quant.weights.convolution import _taps

PROFILE = hw_profiles.load("generic8")
KINDS: dict[str, Any] = {
    "conv1d": quant.QuantConv1d,
    "conv2d": quant.QuantConv2d,
    "transposed1d": quant.QuantConvTranspose1d,
    "transposed2d": quant.QuantConvTranspose2d,
}
TORCH: dict[str, Any] = {
    "conv1d": nn.functional.conv1d,
    "conv2d": nn.functional.conv2d,
    "transposed1d": nn.functional.conv_transpose1d,
    "transposed2d": nn.functional.conv_transpose2d,
}
ONE: list[dict[str, Any]] = [
    {"kernel_size": 3},
    {"kernel_size": 4, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 3, "padding": 2, "dilation": 2, "groups": 2},
    {"kernel_size": 2, "stride": 1, "dilation": 3, "groups": 4},
]
TWO: list[dict[str, Any]] = [
    {"kernel_size": (2, 5), "stride": (1, 2), "padding": (1, 0)},
    {"kernel_size": 3, "stride": 2, "padding": 1, "groups": 2},
    {"kernel_size": (3, 2), "stride": (2, 3), "padding": (0, 1), "dilation": (2, 1), "groups": 4},
    {"kernel_size": (1, 3), "dilation": (1, 3)},
]
SAME = [{"kernel_size": 4, "padding": "same", "dilation": 2}, {"kernel_size": 3, "padding": "same", "groups": 2}]
CASES = [
    (kind, options)
    for kind in KINDS
    for options in [
        *(ONE if kind.endswith("1d") else TWO),
        *([] if kind.startswith("t") else SAME),
        *([{"kernel_size": 3, "stride": 3, "output_padding": 2, "groups": 2}] if kind.startswith("t") else []),
    ]
]
each_case = pytest.mark.parametrize(("kind", "options"), CASES, ids=lambda v: v if isinstance(v, str) else "")


def made(kind: str, options: dict[str, Any], seed: int = 0, **further: Any) -> Any:
    """A layer whose outputs differ in size."""
    torch.manual_seed(seed)
    layer = KINDS[kind](4, 8, profile=further.pop("profile", PROFILE), **options, **further)
    with torch.no_grad():
        weight = torch.randn_like(layer.weight) * 0.3
        size = torch.logspace(-3, 0, len(weight), base=2.0)
        layer.weight.copy_(weight * size.reshape(-1, *[1] * (weight.ndim - 1)))
    return layer


def events(kind: str, largest: int = 1) -> Tensor:
    shape = (3, 2, 4, *((11,) if kind.endswith("1d") else (9, 10)))
    return torch.randint(0, largest + 1, shape, generator=torch.Generator().manual_seed(1)).float()


def summed(layer: Any, x: Tensor) -> Any:
    """The sums of codes, each times what one of its output is worth, event by event in a loop; int64."""
    codes, exponents = layer.integer_weight()
    codes = codes.numpy().astype(np.int64)
    exponents = exponents if isinstance(exponents, list) else [exponents] * layer.out_channels
    worth = [round(layer.weight_lsb * 2.0 ** (e + layer.profile.weight.shift)) for e in exponents]
    inner, outer = layer.in_channels // layer.groups, layer.out_channels // layer.groups
    size = layer(x).shape[3:]
    out = np.zeros((*x.shape[:2], layer.out_channels, *size), np.int64)
    for c, o in itertools.product(range(layer.in_channels), range(layer.out_channels)):
        if c // inner != o // outer:
            continue
        kernel = codes[c, o % outer] if layer.transposed else codes[o, c % inner]
        for tap in np.ndindex(kernel.shape):
            for place in np.ndindex(tuple(x.shape[3:])):
                to = []
                for t, p, s, d, (before, _) in zip(tap, place, layer.stride, layer.dilation, layer.pads, strict=True):
                    if layer.transposed:
                        to.append(p * s + t * d - before)
                    else:
                        shifted = p + before - t * d
                        to.append(shifted // s if shifted % s == 0 else -1)
                if all(0 <= i < n for i, n in zip(to, size, strict=True)):
                    out[(..., o, *to)] += x[(..., c, *place)].long().numpy() * kernel[tap] * worth[o]
    return out


@each_case
@pytest.mark.parametrize("further", [{}, {"per_channel": True, "weight_bits": 3, "input_step": 0.25}])
def test_sums_are_those_of_a_loop(kind: str, options: dict[str, Any], further: dict[str, Any]) -> None:
    layer = made(kind, options, **further)
    x = events(kind, 3 if "input_step" in further else 1)
    out = layer(x * layer.input_step)
    expected = summed(layer, x * layer.input_step / layer.input_step)
    assert out.shape == expected.shape
    assert np.array_equal((out.double() / PROFILE.state_step).detach().numpy(), expected)
    assert np.count_nonzero(expected) > expected.size / 4
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(layer(x * layer.input_step), out)


@each_case
def test_gradients_are_those_of_the_quantised_weights(kind: str, options: dict[str, Any]) -> None:
    layer = made(kind, options).double()
    x = events(kind).double().requires_grad_()
    out = layer(x)
    towards = torch.randn(out.shape, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    found = torch.autograd.grad((out * towards).sum(), (x, layer.weight))
    weight = layer.quant_weight().value.detach().requires_grad_()
    y = x.detach().requires_grad_()
    plain = {k: v for k, v in options.items() if k != "kernel_size"}
    wanted_out = TORCH[kind](y.flatten(0, 1), weight, **plain).reshape(out.shape)
    wanted = torch.autograd.grad((wanted_out * towards).sum(), (y, weight))
    torch.testing.assert_close(found[0], wanted[0])
    inside = layer.weight.detach().abs() < layer.weight.detach().abs().max()
    torch.testing.assert_close(found[1][inside], wanted[1][inside])
    assert int(inside.sum()) == inside.numel() - 1
    with torch.autocast("cpu", torch.bfloat16):
        rounded = torch.autograd.grad((layer(x) * towards).sum(), (x, layer.weight))
    for one, other in zip(rounded, found, strict=True):
        torch.testing.assert_close(one, other)


@each_case
@pytest.mark.parametrize("per_channel", [False, True])
def test_one_step_is_what_brevitas_computes(kind: str, options: dict[str, Any], per_channel: bool) -> None:
    layer = made(kind, options, per_channel=per_channel)
    outs = [layer.quant_weight(), layer._by_brevitas(None, None)]
    grads = []
    for out in outs:
        assert out.value.shape == layer.weight.shape
        probes = [torch.linspace(-1, 1.3, v.numel()).reshape(v.shape) for v in (out.value, out.scale)]
        grads += torch.autograd.grad([out.value, out.scale], layer.weight, probes)
    for found, expected in zip(*outs, strict=True):
        assert torch.equal(found, expected)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    torch.testing.assert_close(grads[0], grads[1], rtol=2e-6, atol=2e-6 * float(grads[1].abs().max()))


@each_case
def test_every_output_has_a_scale_of_its_own(kind: str, options: dict[str, Any]) -> None:
    layer = made(kind, options, per_channel=True, weight_bits=4)
    codes, exponents = layer.integer_weight()
    inner, outer = layer.in_channels // layer.groups, layer.out_channels // layer.groups
    assert codes.shape == layer.weight.shape
    for o, exponent in enumerate(exponents):
        group = slice(o // outer * inner, (o // outer + 1) * inner)
        own = (group, slice(o % outer, o % outer + 1)) if layer.transposed else (slice(o, o + 1),)
        alone = {k: v for k, v in options.items() if k != "groups"}
        single = KINDS[kind](inner, 1, profile=PROFILE, weight_bits=4, **alone)
        single.weight.data.copy_(layer.weight[own])
        assert torch.equal(single.integer_weight()[0], codes[own])
        assert single.integer_weight()[1] == exponent
    assert len(set(exponents)) > 1
    if layer.transposed:
        assert layer.outputs_first(codes).shape == (8, inner, *layer.kernel_size)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_same_padding_is_that_of_torch() -> None:
    for kernel, dilation in itertools.product(range(1, 7), range(1, 4)):
        layer = quant.QuantConv1d(2, 3, kernel, profile=PROFILE, padding="same", dilation=dilation)
        plain = nn.Conv1d(2, 3, kernel, padding="same", dilation=dilation, bias=False).double()
        plain.weight.data.copy_(layer.quant_weight().value)
        x = (torch.rand(2, 3, 2, 20) < 0.5).float()
        assert torch.equal(layer(x).double(), plain(x.double().flatten(0, 1)).reshape(2, 3, 3, 20))
        even = dilation * (kernel - 1) % 2
        assert layer.padding == ("same" if even else (dilation * (kernel - 1) // 2,))
        assert sum(layer.pads[0]) == dilation * (kernel - 1)


def test_taps_that_meet_in_one_output() -> None:
    for kernel, stride, dilation in itertools.product(range(1, 7), range(1, 5), range(1, 5)):
        ones = torch.ones(1, 1, kernel)
        met = nn.functional.conv_transpose1d(torch.ones(1, 1, 60), ones, stride=stride, dilation=dilation)
        each: dict[str, Any] = {"kernel_size": (kernel,), "stride": (stride,), "dilation": (dilation,)}
        assert _taps(each, transposed=True) == int(met.max())


@pytest.mark.parametrize("kind", KINDS)
def test_wide_sums(kind: str) -> None:
    profile = hw_profiles.load("cortexm_q15")
    layer = KINDS[kind](600, 3, 2, profile=profile)
    torch.manual_seed(0)
    with torch.no_grad():
        # Codes of two signs one after the other: sums on the way are beyond what float32 holds.
        inputs = 0 if layer.transposed else 1
        sign = torch.ones(600).index_fill_(0, torch.arange(300, 600), -1.0)
        sign = sign.reshape([-1 if i == inputs else 1 for i in range(layer.weight.ndim)])
        layer.weight.copy_((torch.rand_like(layer.weight) * 0.2 + 0.799) * sign * 2.0 ** layer.reach[0])
    assert layer.wide
    x = torch.ones(1, 1, 600, *[4] * len(layer.kernel_size))
    codes, exponent = layer.integer_weight()
    sums = TORCH[kind](x[0].double(), codes.double())
    unit = layer.weight_lsb * 2.0 ** (exponent + profile.weight.shift) * profile.state_step
    assert torch.equal(layer(x)[0].double(), sums * unit)
    assert int((sums % 2).count_nonzero()) > 3


@pytest.mark.parametrize("kind", KINDS)
def test_an_algorithm_that_is_not_exact_does_no_harm(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layer, x = made(kind, {"kernel_size": 3}), events(kind)
    expected, exact = layer(x), full_precision._convolved
    # As much as transforms of tiles leave in float32.
    monkeypatch.setattr(full_precision, "_convolved", lambda *given: exact(*given) * (1 + 1e-6) + 1e-6)
    assert torch.equal(layer(x), expected)


@each_case
def test_copies_and_pickles(kind: str, options: dict[str, Any]) -> None:
    layer, x = made(kind, options, per_channel=True, weight_bits=5), events(kind)
    expected = layer(x)
    other = made(kind, options, seed=1, per_channel=True, weight_bits=5)
    assert not torch.equal(other(x), expected)
    other.load_state_dict(layer.state_dict())
    again = type(layer)(**layer._arguments())
    again.load_state_dict(layer.state_dict())
    for one in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), other, again):
        assert torch.equal(one(x), expected)
        assert one.pads == layer.pads
        assert one._is_as_made()


def test_wrong_arguments() -> None:
    for kind, layer in KINDS.items():
        who = layer.__name__
        also = "" if kind.endswith("1d") else ", or two"
        wrong = {
            "kernel_size": (0, rf"kernel_size must be an integer >= 1{also}, got 0"),
            "dilation": ((1, 1, 1), rf"dilation must be an integer >= 1{also}, got \(1, 1, 1\)"),
            "stride": (1.5, rf"stride must be an integer >= 1{also}, got 1\.5"),
            "padding": (-1, rf"padding must be an integer >= 0{also}, got -1"),
            "groups": (3, "groups must divide in_channels and out_channels, got 3"),
        }
        for name, (value, message) in wrong.items():
            with pytest.raises(ValueError, match=f"^{who}: {message}$"):
                layer(4, 8, profile=PROFILE, **{"kernel_size": 3, name: value})
        shape = r"\[T, B, 4, L\]" if kind.endswith("1d") else r"\[T, B, 4, H, W\]"
        with pytest.raises(ValueError, match=rf"^{who}: input must be {shape}, got \(2, 4, 9\)$"):
            layer(4, 8, 3, profile=PROFILE)(torch.zeros(2, 4, 9))
    with pytest.raises(ValueError, match=r"^QuantConvTranspose1d: output_padding must be smaller than stride or dil"):
        quant.QuantConvTranspose1d(4, 8, 3, profile=PROFILE, stride=2, output_padding=2)
    with pytest.raises(ValueError, match=r"^QuantConv2d: stride must be 1 with padding='same', got \(1, 2\)$"):
        quant.QuantConv2d(4, 8, 3, profile=PROFILE, stride=(1, 2), padding="same")
    with pytest.raises(ValueError, match=r"^QuantConv1d: padding must be a number of zeros, 'same' or 'valid', got 'f"):
        quant.QuantConv1d(4, 8, 3, profile=PROFILE, padding="full")
