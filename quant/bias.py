"""The bias of neurons in the chip's format."""

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile


def bias_codes(bias: Tensor, profile: Profile) -> tuple[Tensor, int]:
    """Mantissas, int64, and the exponent of real `bias`: the nearest multiples of 2**exponent membrane codes.

    The exponent is the smallest with which the mantissas hold the largest bias; what none holds is clipped. Rounds half
    to even. Raises ValueError if the chip has no bias.
    """
    fmt = profile.bias
    if fmt is None:
        raise ValueError(f"bias: profile must have a bias, got {profile.name}, which has none")
    codes = bias.to(torch.float64) / profile.state_step
    high = 2 ** (fmt.bits - 1) - 1
    low = -high - (not fmt.narrow)
    require(bool(codes.isfinite().all()), "bias", "values must be finite", "NaN or infinity")
    for exponent in range(fmt.exponent_max + 1):
        mantissa = torch.round(codes / 2**exponent)
        if bool(((mantissa >= low) & (mantissa <= high)).all()):
            break
    return mantissa.clamp(low, high).to(torch.int64), exponent
