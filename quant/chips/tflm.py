"""TensorFlow Lite Micro's int16 logistic and tanh, which share one table of the vendor.

```pycon
>>> quant.tflm.logistic_int16(torch.tensor([-4096, 0, 4096]), in_scale=2**-12) / 2**15
tensor([0.2689, 0.5000, 0.7311])
```
"""

import math
from functools import cache

import torch
from torch import Tensor

from spikelut import hw_profiles
from spikelut._checks import is_finite, require
from spikelut._defaults import as_tensor
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.rounding import round_shift

ONE = 2**16
"""The value 1 in the table's 0.16."""


@cache
def logistic_table() -> Tensor:
    """The vendor's 256 constants, int64: the logistic function at i/24 in 0.16, some of them one too high.

    Kept as group [logistic] of the profile `tflm_int16`: the rule and the exceptions to it.
    """
    group = hw_profiles.load("tflm_int16").logistic
    if group is None:
        raise ValueError("logistic_table: profile tflm_int16 must have the group [logistic]")
    plain = [round(2**group.frac / (1 + math.exp(-i / group.per_unit))) for i in range(group.entries)]
    # Kept for the whole process, whatever device torch makes tensors on at the first call.
    return torch.tensor([entry + (i in group.one_more) for i, entry in enumerate(plain)], device="cpu")


def logistic_int16(x: Tensor, in_scale: float) -> Tensor:
    """The logistic function of int16 codes of `in_scale` as codes of 2**-15, int64, to the last bit of the kernel.

    Linear interpolation over 9 bits of the table; a negative input is one minus the positive's. Raises TypeError for
    floats, ValueError for codes beyond 16 bits or a scale that is not positive and finite.
    tensorflow/tflite-micro 90b983c2 tensorflow/lite/kernels/internal/reference/integer_ops/logistic.h.
    """
    d = _on_table_grid("logistic_int16", x, in_scale, largest_left=0)
    r = _interpolated(d.abs(), 9, (ONE // 2 - 1) << 10)
    # 2**25 is one, with 9 bits below the table's 16; the result drops ten.
    return torch.where(d >= 0, (r + 512) >> 10, (2**25 - r + 511) >> 10)


def tanh_int16(x: Tensor, in_scale: float) -> Tensor:
    """tanh of int16 codes of `in_scale` as codes of 2**-15, int64, to the last bit of the kernel.

    tanh(z) = 2 * logistic(2z) - 1 over the same table with 8 bits of interpolation. Raises and source as
    `logistic_int16`.
    """
    d = _on_table_grid("tanh_int16", x, in_scale, largest_left=1)
    r = _interpolated(d.abs(), 8, (ONE - 1) << 8)
    return torch.where(d >= 0, (r - 2**23 + 128) >> 8, (-r + 2**23 + 127) >> 8)


def _interpolated(a: Tensor, bits: int, beyond: int) -> Tensor:
    """The table at a / 2**bits, with `bits` further bits; `beyond` from the last entry on."""
    table = logistic_table().to(a.device)
    index, f = (a >> bits).clamp(max=len(table) - 2), a & (2**bits - 1)
    here, following = table[index], table[index + 1]
    return torch.where(a >> bits >= len(table) - 1, beyond, (here << bits) + f * (following - here))


def _on_table_grid(who: str, x: Tensor, in_scale: float, largest_left: int) -> Tensor:
    """Inputs in 1/24 of the table, scaled as the kernel's preparation scales them.

    A scale of 2**-12, up to `largest_left` powers of two above it, is a product by 3 and a shift; any other becomes a
    15-bit multiplier and a rounded shift.
    """
    if x.is_floating_point() or x.dtype == torch.bool:
        raise TypeError(f"{who}: x must hold integers, got {x.dtype}")
    x = x.to(torch.int64)
    outside = x[(x < -(2**15)) | (x >= 2**15)]
    require(len(outside) == 0, who, "x must be within 16 bits", outside[:1].tolist())
    valid = is_finite(in_scale) and 2.0**-40 <= in_scale <= 2.0**10
    require(valid, who, "in_scale must be in 2**-40..2**10", in_scale)
    fraction, exponent = math.frexp(in_scale)
    left = 12 + exponent - 1
    if fraction == 0.5 and 0 <= left <= largest_left:
        return x * (3 << left)
    multiplier, shift = in_scale * 12288, 0
    while multiplier <= 16383.5 and shift <= 30:
        multiplier, shift = 2 * multiplier, shift + 1
    return as_tensor(round_shift(TorchOps, x * int(multiplier), shift, "half_up"))
