"""Integer formats with a real scale and a zero point, as TFLite has them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from spikelut._checks import is_finite, require, require_flags
from spikelut.hw_profiles import NumberFormat, Overflow, Rounding
from spikelut.quant.arithmetic.fixed_point import FixedPoint
from spikelut.quant.arithmetic.rounding import round_real


@dataclass(frozen=True)
class Affine:
    """Affine (asymmetric) quantisation: value = (code - zero_point) * scale, as in TensorFlow Lite.

    - `bits` (1..32), `signed`, `rounding`, `overflow`: as in `FixedPoint`.
    - `scale`: positive, finite. `zero_point`: the code of the value 0, one of the format's codes.

    Raises ValueError for other values of these, and when NaN is encoded.

    ```pycon
    >>> fmt = quant.Affine(bits=8, scale=0.05, zero_point=-28)
    >>> fmt.encode(torch.tensor([0.0, 1.0, 100.0])), fmt.decode(torch.tensor([-28, -8]))
    (tensor([-28,  -8, 127]), tensor([0., 1.], dtype=torch.float64))
    ```
    """

    bits: int
    scale: float
    zero_point: int = 0
    signed: bool = True
    rounding: Rounding = "half_even"
    overflow: Overflow = "saturate"

    def __post_init__(self) -> None:
        require_flags(self, signed=self.signed)
        valid = is_finite(self.scale) and 2.0**-100 <= self.scale <= 2.0**100
        require(valid, self, "scale must be in 2**-100..2**100", self.scale)
        low, high = self.codes.min_code, self.codes.max_code
        inside = isinstance(self.zero_point, int) and low <= self.zero_point <= high
        require(inside, self, f"zero_point must be an integer in {low}..{high}", self.zero_point)

    @property
    def codes(self) -> FixedPoint:
        """The format of the codes themselves."""
        return FixedPoint(self.bits, 0, self.signed, self.rounding, self.overflow)

    @property
    def min_code(self) -> int:
        return self.codes.min_code

    @property
    def max_code(self) -> int:
        return self.codes.max_code

    @property
    def step(self) -> float:
        """The value of one code step, the scale."""
        return self.scale

    @property
    def storage_dtype(self) -> torch.dtype:
        """The smallest torch integer dtype that holds every code."""
        return self.codes.storage_dtype

    @property
    def short_name(self) -> str:
        """For example `s8, zero point 3, scale 0.05`."""
        exponent = math.log2(self.scale)
        scale = f"2**{exponent:.0f}" if exponent == round(exponent) else f"{self.scale:.6g}"
        return f"{'s' if self.signed else 'u'}{self.bits}, zero point {self.zero_point}, scale {scale}"

    def encode(self, x: Tensor) -> Tensor:
        """Codes of `x`, int64, same shape: round(x * (1 / scale)) + zero_point, brought into range.

        The reciprocal and the product are taken in the dtype of `x`, as vendors' float32 generators do. Raises
        ValueError for NaN.
        """
        if not x.is_floating_point():
            raise TypeError(f"Affine.encode: x must be a floating-point tensor, got {x.dtype}")
        inverse = 1 / torch.tensor(self.scale, dtype=x.dtype, device=x.device)
        return self.codes.encode(round_real(x.detach() * inverse, self.rounding).to(torch.float64) + self.zero_point)

    def decode(self, codes: Tensor, dtype: torch.dtype = torch.float64) -> Tensor:
        """Values of integer `codes` in `dtype`: (code - zero_point) * scale."""
        return ((codes.to(torch.float64) - self.zero_point) * self.scale).to(dtype)


ValueFormat = FixedPoint | Affine
"""A format of table entries."""


def is_power_of_two(scale: float) -> bool:
    """Whether `scale` is 2**n for a whole n."""
    return math.frexp(scale)[0] == 0.5


def plain(fmt: NumberFormat | Affine) -> NumberFormat:
    """The codes of `fmt` with two's complement wrap on overflow, as registers of that width have it."""
    return NumberFormat(fmt.bits, 0, fmt.signed, overflow="wrap")
