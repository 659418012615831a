"""Sums of weights that float32 may not hold exactly on the way: they are made in float64."""

import torch
from torch import Tensor

from spikelut import native
from spikelut._checks import require
from spikelut.quant.arithmetic.traceable import is_unbranched

EXACT_FLOAT32 = 2**24
"""Integers up to this magnitude are exact in float32, so that sums of weights are."""


def needs_float64(fan_in: int, bits: int, finer: bool = False) -> bool:
    """Whether a sum of so many weight codes could be one that float32 rounds.

    Sums that are `finer` than the membrane are of inputs with many bits.
    """
    return fan_in > EXACT_FLOAT32 >> (bits - 1) or finer


def narrowed(sums: Tensor, dtype: torch.dtype, who: str) -> Tensor:
    """float64 `sums` in `dtype`; ValueError if that rounds any."""
    narrow = sums.to(dtype)
    if narrow.dtype is not torch.float64 and native.is_eager(sums) and not is_unbranched():
        exact = bool((narrow == sums).all())
        message = "sums of weight codes must be at most 2**24 to be exact in float32; model.double() has no such limit"
        require(exact, who, message, "one that float32 rounds")
    return narrow
