"""The entries of uniform tables: a curve sampled as the vendors' generators sample it."""

import torch
from torch import Tensor

from spikelut.hw_profiles import Arithmetic
from spikelut.quant.arithmetic.affine import ValueFormat
from spikelut.quant.arithmetic.rounding import round_real
from spikelut.quant.tables.entry_format import curve_at
from spikelut.quant.tables.uniform_cells import IndexCells
from spikelut.surrogates import Surrogate


def in_arithmetic(x: Tensor, arithmetic: Arithmetic) -> Tensor:
    """Float64 `x`, rounded to float32 where the generator computes in that."""
    return x.to(torch.float32).to(torch.float64) if arithmetic == "float32" else x


def sampled(surrogate: Surrogate, value: ValueFormat, x: Tensor, arithmetic: Arithmetic) -> Tensor:
    """Entries round(curve(x)) at the real points `x`."""
    y = curve_at(surrogate, x)
    return value.encode(y.to(torch.float32) if arithmetic == "float32" else y)


def midpoint_corrected(surrogate: Surrogate, value: ValueFormat, cells: IndexCells, step: float) -> Tensor:
    """Entries at the grid points, each lowered by half of what interpolation is too high by in the middle of its cell.

    The last entry is the curve at the last code. All in float32, in the order of TFLite's LUTPopulateInt16
    (tensorflow/tflite-micro 90b983c2 tensorflow/lite/kernels/internal/common.h), which scales by
    2**bits / (value of the largest code - value of the smallest code).
    """

    def single(x: float | Tensor) -> Tensor:
        return torch.as_tensor(x, dtype=torch.float32)

    def at(x: Tensor) -> Tensor:
        return curve_at(surrogate, x.to(torch.float64)).to(torch.float32) * gain

    first, last = cells.span
    low, high = single(step) * first, single(step) * last
    width = (high - low) / cells.count
    scale = single(value.step)
    gain = 2.0**value.bits / (scale * value.max_code - scale * value.min_code)
    points = low + torch.arange(cells.count, dtype=torch.float32, device="cpu") * width
    here = round_real(at(points), value.rounding)
    following = at(low + torch.arange(1, cells.count + 1, dtype=torch.float32, device="cpu") * width)
    interpolated = round_real((following + here) / 2, value.rounding)
    middle = round_real(at(points + width / 2), value.rounding)
    entries = torch.cat(
        [here - round_real((interpolated - middle) / 2, value.rounding), round_real(at(high[None]), value.rounding)]
    )
    return entries.clamp(value.min_code, value.max_code).to(torch.int64)


def is_even(surrogate: Surrogate, reach: float) -> bool:
    """Whether the curve is the same on both sides of the threshold, at 257 points up to `reach`."""
    x = torch.linspace(0, reach, 257, dtype=torch.float64, device="cpu")
    right, left = curve_at(surrogate, x), curve_at(surrogate, -x)
    return bool(((right - left).abs() <= 1e-12 * right.abs().max()).all())
