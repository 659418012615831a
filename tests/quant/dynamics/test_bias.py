"""Biases in the chip's format: the smallest exponent that holds them all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from backends import backend
from lif_profiles import with_lif
from looping import each
from sample_networks import CUBA
from torch import nn

from spikelut import export, hw_profiles, native, quant
from spikelut.quant.dynamics.bias import bias_codes, bias_mantissas, bias_on_grid, clipped_biases
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
GENERIC = hw_profiles.load("generic8")


@each("dtype", [torch.float32, torch.float64])
@each("largest", [0, 1, 4095, 4096, 4096.4, 4096.6, 8190, 8191, 8191.5, 2.0**18, 4095.4 * 128, 2.0**30])
@each("sign", [1, -1])
def test_mantissa_and_exponent(largest: float, sign: int, dtype: torch.dtype) -> None:
    codes = torch.tensor([sign * largest, 3.0, -0.5, 0.5, 1.5], dtype=torch.float64)
    fitting = [e for e in range(8) if all(-4096 <= round(c / 2**e) <= 4095 for c in codes.tolist())]
    exponent = fitting[0] if fitting else 7
    # Python rounds half to even, too.
    mantissas = [min(max(round(c / 2**exponent), -4096), 4095) for c in codes.tolist()]
    bias = (codes * LOIHI.state_step).to(dtype)
    if torch.equal(bias.double() / LOIHI.state_step, codes):
        assert [x if isinstance(x, int) else x.tolist() for x in bias_codes(bias, LOIHI)] == [mantissas, exponent]
        found, unit = bias_mantissas(bias, LOIHI)
        assert found.tolist() == mantissas
        assert float(unit) == 2**exponent


def test_a_chip_without_exponent_clips() -> None:
    codes, exponent = bias_codes(torch.tensor([1e6, -1e6, 0.25]), GENERIC)
    assert codes.tolist() == [32767, -32768, round(0.25 / GENERIC.state_step)]
    assert exponent == 0


def test_errors() -> None:
    with pytest.raises(ValueError, match="bias: values must be finite, got 'NaN or infinity'"):
        bias_codes(torch.tensor([float("nan")]), LOIHI)
    with pytest.raises(ValueError, match="bias: profile must have a bias, got generic8, which has none"):
        bias_codes(torch.zeros(1), replace(GENERIC, bias=None))


def _layers() -> list[Any]:
    return [
        pytest.param(profile, kind, id=f"{profile.name}-{kind.__name__}")
        for kind, profiles in {quant.LIF: with_lif(), quant.CubaLIF: CUBA, quant.LI: with_lif()}.items()
        for profile in profiles
        if profile.bias is not None
    ]


def _neurons(kind: Any, profile: hw_profiles.Profile, size: float) -> Any:
    """64 neurons with a bias around `size` in real units, zero among them."""
    torch.manual_seed(0)
    layer: Any = kind(profile, bias=64) if kind is quant.LI else kind(profile, Arctan(), bias=64)
    with torch.no_grad():
        layer.bias.copy_((torch.randn(64, dtype=torch.float64) * size).clamp(-3e38, 3e38))
        layer.bias[0] = 0
    return layer


@pytest.mark.parametrize(("profile", "kind"), _layers())
@each("dtype", [torch.float32, torch.float64])
@each("size", [0.3, 40.0, 1e4, 1e9, 2e38])
def test_one_value_for_any_finite_bias(
    profile: Any, kind: Any, size: float, dtype: torch.dtype, tmp_path: Path
) -> None:
    weights = quant.QuantLinear(4, 64, profile=profile)
    neurons = _neurons(kind, profile, size)
    model = nn.Sequential(weights, neurons).to(dtype)
    x = (torch.rand(12, 3, 4) < 0.5).to(dtype)
    network = quant.integer(model)
    layer: Any = network.layers[1]
    spikes, membranes, _ = layer.states(network.first.run(x.numpy().astype(np.int64)))
    for name in ("torch", "native"):
        if name == "native" and native.reason_missing():
            continue
        with backend(name), torch.no_grad():
            out, mem, _ = neurons.run(weights(x))
        # A membrane of 32 bits does not fit float32.
        last = torch.from_numpy(membranes[-1] * profile.state_step).to(dtype)
        assert torch.equal(mem, last)
        want = torch.from_numpy(membranes * profile.state_step).to(dtype) if kind is quant.LI else spikes
        assert np.array_equal(out.numpy(), np.asarray(want))
    if dtype == torch.float32:
        export.to_onnx(network, tuple(x.shape), tmp_path / "m.onnx", "integer")
        (found,) = export.run_onnx(tmp_path / "m.onnx", x.numpy()).values()
        assert np.array_equal(found, membranes if kind is quant.LI else spikes)
    assert np.count_nonzero(membranes) > 0


@pytest.mark.parametrize("size", [0.3, 1e9])
def test_the_gradient_goes_straight_through(size: float) -> None:
    bias = torch.tensor([size, -size, 0.1], requires_grad=True)
    (gradient,) = torch.autograd.grad((3 * bias_on_grid(bias, LOIHI)).sum(), bias)
    assert gradient.tolist() == [3.0, 3.0, 3.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("bits", [25, 32])
@pytest.mark.parametrize("exponent_max", [0, 31])
def test_codes_stay_within_the_arithmetic(dtype: torch.dtype, bits: int, exponent_max: int) -> None:
    assert GENERIC.bias is not None
    for profile, most in ((GENERIC, MAX_CURRENT), (hw_profiles.load("spinnaker1"), MAX_WIDE)):
        wide = replace(profile, bias=replace(GENERIC.bias, bits=bits, exponent_max=exponent_max))
        for bias in (3e38, -3e38, 0.75):
            given = torch.tensor([bias], dtype=dtype)
            mantissas, exponent = bias_codes(given, wide)
            assert abs(int(mantissas[0]) << exponent) <= most
            real = bias_on_grid(given, wide)
            assert real.dtype == dtype
            assert int(real.double()[0] / wide.state_step) == int(mantissas[0]) << exponent


def test_a_clipped_bias_is_one_the_chip_has() -> None:
    spinnaker = hw_profiles.load("spinnaker1")
    for dtype, most in ((torch.float32, 2**31 - 2**7), (torch.float64, 2**31 - 1)):
        codes, _ = bias_codes(torch.tensor([1e9, -1e9], dtype=dtype), spinnaker)
        assert codes.tolist() == [most, -(2**31)]


@pytest.mark.parametrize("name", ["torch", "native"])
def test_a_bias_in_float64_keeps_its_bits_beside_currents_in_float32(name: str) -> None:
    if name == "native" and native.reason_missing():
        pytest.skip(native.reason_missing())
    generic = hw_profiles.load("generic16")
    assert generic.bias is not None
    profile = replace(generic.with_membrane(32), bias=replace(generic.bias, bits=32))
    layer = quant.LI(profile, beta=1.0, bias=1).double()
    assert layer.bias is not None
    nn.init.constant_(layer.bias, (2**24 + 1) * profile.state_step)
    with backend(name):
        mem = layer.run(torch.zeros(60, 1, 1)).mem
    # Where the bias is rounded to 24 bits, 60 codes are missing; membranes in float32 round to 64.
    assert int(mem / profile.state_step) == 60 * 2**24 + 64


@pytest.mark.parametrize(("size", "beyond"), [(1.0, 0), (1e4, 1)])
def test_convert_reports_what_is_clipped(size: float, beyond: int) -> None:
    assert clipped_biases(torch.tensor([size, 0.123]), GENERIC) == beyond
    linear = nn.Linear(4, 2000)
    nn.init.zeros_(linear.bias)
    # One of so many is among those membranes that the scale leaves out.
    nn.init.constant_(linear.bias[:1], size)
    floats = nn.Sequential(linear, quant.FloatLIF(Arctan(), beta=0.5))
    reports = quant.convert(floats, GENERIC, torch.zeros(3, 2, 4)).layers
    said = [change for change in reports[0].changes if "clipped" in change]
    assert said == [f"{beyond} of 2000 biases are clipped to the largest that generic8 has"] * bool(beyond)
