"""`quant.LIF` of all profiles, and currents that reach every part of it."""

from typing import Any, cast

import torch
from lif_profiles import with_lif
from torch import Tensor

from spikelut import quant
from spikelut.hw_profiles import Profile
from spikelut.surrogates import Sigmoid

PROFILES = with_lif()
CURVE = Sigmoid(alpha=3.0)


def layer(
    profile: Profile, reset: str | None = None, beta: float = 0.93, tabulated: bool = True, threshold: float = 1.0
) -> quant.LIF:
    surrogate = quant.LUTSurrogate(CURVE, profile) if tabulated else CURVE
    return quant.LIF(profile, surrogate, beta=beta, threshold=threshold, reset=cast(Any, reset))


def currents(profile: Profile, *shape: int, seed: int = 0, saturate: bool = True) -> Tensor:
    """Currents on the grid, float64, around the threshold; some far beyond the registers."""
    random = torch.Generator().manual_seed(seed)
    one = 2**profile.grid.frac
    codes = torch.randint(-one // 2, one, shape, generator=random)
    if saturate:
        rare = torch.rand(shape, generator=random) < 0.15
        top = min(2**29, 4 * 2**profile.membrane.bits)
        codes = torch.where(rare, torch.randint(-top, top, shape, generator=random), codes)
    return codes.to(torch.float64) * profile.state_step
