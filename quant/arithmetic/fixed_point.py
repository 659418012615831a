"""Fixed-point formats with their arithmetic."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.rounding import round_real, round_shift


def apply_overflow(ops: Any, x: Any, fmt: NumberFormat) -> Any:
    """Integers `x` brought into the code range of `fmt`: clipped, or reduced to its low bits."""
    if fmt.overflow == "saturate":
        return ops.clip(x, fmt.min_code, fmt.max_code)
    return ((x - fmt.min_code) & (2**fmt.bits - 1)) + fmt.min_code


def _scaled(x: Tensor, frac: int) -> Tensor:
    """`x * 2**frac` for rounding and wrapping: the same code where the product would leave float64."""
    size = x.abs()
    # Above 2**900 every code is a multiple of 2**32, and below 2**-900 no code is reached but for the sign.
    x = torch.where((size > 2.0**900) & size.isfinite(), torch.copysign(torch.full_like(x, 2.0**900), x), x)
    x = torch.where((size < 2.0**-900) & (size > 0), torch.copysign(torch.full_like(x, 2.0**-900), x), x)
    return x * 2.0**frac


@dataclass(frozen=True)
class FixedPoint(NumberFormat):
    """Fixed-point quantisation: reals as integer codes, value = code * 2**-frac.

    `encode` gives round(x * 2**frac), saturated or wrapped to the codes; `decode` gives code * 2**-frac.

    - `bits` (1..32) counts the sign. `frac`: fraction bits.
    - `rounding`: one of the seven modes of `spikelut.quant.arithmetic.rounding`, half to even by default.
    - `overflow`: `saturate` or `wrap`. `narrow` leaves out the most negative code.

    Raises ValueError for a format that cannot be, and when NaN is encoded.

    ```pycon
    >>> fmt = quant.FixedPoint(bits=4, frac=2)
    >>> fmt.encode(torch.tensor([0.3, 0.375, 5.0, -5.0]))
    tensor([ 1,  2,  7, -8])
    >>> fmt.decode(fmt.encode(torch.tensor([0.3, 5.0])))
    tensor([0.2500, 1.7500], dtype=torch.float64)
    ```
    """

    @classmethod
    def of(cls, fmt: NumberFormat) -> "FixedPoint":
        """The same format as a `FixedPoint`, which can encode and decode."""
        return cls(**{f.name: getattr(fmt, f.name) for f in fields(NumberFormat)})

    def encode(
        self, x: Tensor, *, nan: Literal["error", "zero"] = "error", generator: torch.Generator | None = None
    ) -> Tensor:
        """Codes of `x`, int64, same shape.

        `nan="zero"` maps NaN to code 0 instead of raising. `generator` drives stochastic rounding. Infinities saturate;
        where `overflow` is `wrap` they raise ValueError, as NaN does.
        """
        if not x.is_floating_point():
            raise TypeError(f"FixedPoint.encode: x must be a floating-point tensor, got {x.dtype}")
        y = _scaled(x.detach().to(torch.float64), self.frac)
        if nan == "zero":
            y = torch.where(y.isnan(), 0.0, y)
        elif y.isnan().any():
            raise ValueError("FixedPoint.encode: x must not hold NaN; pass nan='zero' to encode it as 0")
        y = round_real(y, self.rounding, generator)
        if self.overflow == "saturate":
            return y.clamp(self.min_code, self.max_code).to(torch.int64)
        if y.isinf().any():
            raise ValueError("FixedPoint.encode: x must be finite where overflow is 'wrap'")
        # The remainder of a float by a power of two is exact, also where an int64 would overflow.
        codes = torch.remainder(y, 2.0**self.bits).to(torch.int64)
        return torch.where(codes > self.max_code, codes - 2**self.bits, codes)

    def decode(self, codes: Tensor, dtype: torch.dtype = torch.float64) -> Tensor:
        """Values of integer `codes` in `dtype`: code * 2**-frac."""
        # Through float64, where every code and every step is exact; only the result is rounded to `dtype`.
        return (codes.to(torch.float64) * self.step).to(dtype)

    def convert(self, codes: Tensor, source: NumberFormat) -> Tensor:
        """The codes of this format for integer `codes` of `source`, int64: shifted, rounded, brought into range.

        Exact integer arithmetic, as an assignment between two fixed-point types of a hardware library is.
        """
        if codes.is_floating_point():
            raise TypeError(f"FixedPoint.convert: codes must be integers, got {codes.dtype}")
        shift = source.frac - self.frac
        require(shift >= -31, self, "frac must be at most 31 above that of source", self.frac)
        moved = codes.to(torch.int64)
        moved = moved << -shift if shift < 0 else round_shift(TorchOps, moved, min(shift, 62), self.rounding)
        return as_tensor(apply_overflow(TorchOps, moved, self))

    @property
    def zero_point(self) -> int:
        """The code of the value 0."""
        return 0

    @property
    def storage_dtype(self) -> torch.dtype:
        """The smallest torch integer dtype that holds every code."""
        if not self.signed and self.bits <= 8:
            return torch.uint8
        width = self.bits + (not self.signed)
        return next(
            d for n, d in ((8, torch.int8), (16, torch.int16), (32, torch.int32), (33, torch.int64)) if width <= n
        )
