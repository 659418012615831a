"""Biases in the chip's format: the smallest exponent that holds them all."""

from dataclasses import replace

import pytest
import torch

from spikelut import hw_profiles
from spikelut.quant.bias import bias_codes, bias_mantissas

LOIHI = hw_profiles.load("loihi2")
GENERIC = hw_profiles.load("generic8")


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "largest", [0, 1, 4095, 4096, 4096.4, 4096.6, 8190, 8191, 8191.5, 2.0**18, 4095.4 * 128, 2.0**30]
)
@pytest.mark.parametrize("sign", [1, -1])
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
