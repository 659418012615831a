"""The bias of neurons in the chip's format."""

import math

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Bias, Profile
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE, needs_int64


def bias_codes(bias: Tensor, profile: Profile) -> tuple[Tensor, int]:
    """Mantissas, int64, and the exponent of real `bias`: multiples of 2**exponent membrane codes.

    The exponent is the smallest with which the mantissas hold the largest bias; what none holds is clipped to the
    largest or the smallest that the type of `bias` holds exactly (float32 24 bits). Rounds as `[bias]` says. Layers,
    the NumPy reference and files all use these. Raises ValueError if the chip has no bias or a bias is not finite.
    """
    require(bool(bias.isfinite().all()), "bias", "values must be finite", "NaN or infinity")
    mantissas, unit = bias_mantissas(bias.to(exact_dtype(bias)), profile)
    return mantissas.to(torch.int64), round(math.log2(float(unit)))


def bias_on_grid(bias: Tensor, profile: Profile) -> Tensor:
    """`bias_codes` as real values, in float32 or float64; the gradient passes straight through, where clipped too."""
    mantissas, unit = bias_mantissas(bias.detach().to(exact_dtype(bias)), profile)
    return straight_through(bias, mantissas * (unit * profile.state_step))


def clipped_biases(bias: Tensor, profile: Profile) -> int:
    """How many of real `bias` are beyond what the chip holds."""
    mantissas, unit = bias_mantissas(bias.detach().to(torch.float64), profile)
    away = (bias.to(torch.float64) / profile.state_step / unit - mantissas).abs()
    return int((away > (1 if profile.bias and profile.bias.rounding == "floor" else 0.5)).sum())


def bias_mantissas(bias: Tensor, profile: Profile) -> tuple[Tensor, Tensor]:
    """`bias_codes` as floats in the type of `bias`, the exponent as its power of two; branches on no value."""
    fmt = profile.bias
    if fmt is None:
        raise ValueError(f"bias: profile must have a bias, got {profile.name}, which has none")
    codes = bias / profile.state_step
    low, high, exponents = _limits(fmt, profile, bias.dtype)
    whole_floats = torch.floor if fmt.rounding == "floor" else torch.round
    unit = torch.full((), 2.0**fmt.exponent_min, dtype=bias.dtype, device=bias.device)
    for exponent in range(fmt.exponent_min, exponents):
        mantissas = whole_floats(codes / 2**exponent)
        fits = ((mantissas >= low) & (mantissas <= high)).all()
        unit = torch.where(fits, unit, 2.0 ** (exponent + 1))
    return whole_floats(codes / unit).clamp(low, high), unit


def _limits(fmt: Bias, profile: Profile, dtype: torch.dtype) -> tuple[int, int, int]:
    """The smallest and the largest mantissa and exponent: what arithmetic of 32 bits, and `dtype`, hold."""
    registers = [profile.membrane_format.bits] + ([] if profile.current is None else [profile.current.bits])
    most = MAX_WIDE if needs_int64(*registers) else MAX_CURRENT
    high = min(2 ** (fmt.bits - 1) - 1, most)
    low = max(-high - (not fmt.narrow), -most)
    digits = round(-math.log2(torch.finfo(dtype).eps)) + 1
    spare = max(0, high.bit_length() - digits)
    return low, high >> spare << spare, min(fmt.exponent_max, (most // max(high, -low)).bit_length() - 1)
