"""The bias of neurons in the chip's format."""

import math

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile


def bias_codes(bias: Tensor, profile: Profile) -> tuple[Tensor, int]:
    """Mantissas, int64, and the exponent of real `bias`: the nearest multiples of 2**exponent membrane codes.

    The exponent is the smallest with which the mantissas hold the largest bias; what none holds is clipped. Rounds half
    to even. Raises ValueError if the chip has no bias.
    """
    require(bool(bias.isfinite().all()), "bias", "values must be finite", "NaN or infinity")
    mantissas, unit = bias_mantissas(bias.to(torch.float64), profile)
    return mantissas.to(torch.int64), round(math.log2(float(unit)))


def bias_mantissas(bias: Tensor, profile: Profile) -> tuple[Tensor, Tensor]:
    """`bias_codes` as floats in the type of `bias`, the exponent as its power of two; branches on no value."""
    fmt = profile.bias
    if fmt is None:
        raise ValueError(f"bias: profile must have a bias, got {profile.name}, which has none")
    codes = bias / profile.state_step
    high = 2 ** (fmt.bits - 1) - 1
    low = -high - (not fmt.narrow)
    unit = torch.ones((), dtype=bias.dtype, device=bias.device)
    for exponent in range(fmt.exponent_max):
        mantissas = torch.round(codes / 2**exponent)
        fits = ((mantissas >= low) & (mantissas <= high)).all()
        unit = torch.where(fits, unit, 2.0 ** (exponent + 1))
    return torch.round(codes / unit).clamp(low, high), unit
