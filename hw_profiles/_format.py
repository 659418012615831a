"""Number formats as data; `spikelut.quant.FixedPoint` gives them their arithmetic."""

from dataclasses import dataclass
from typing import Literal

from spikelut._checks import require, require_int, require_one_of

Rounding = Literal["floor", "trunc0", "half_up", "half_away", "half_even", "dpu", "stochastic"]
Overflow = Literal["saturate", "wrap"]


@dataclass(frozen=True)
class NumberFormat:
    """A fixed-point number format: value = code * 2**-frac. Pure data; `quant.FixedPoint` gives it its arithmetic.

    - `bits`: 1..32, the sign included.
    - `frac`: fraction bits, -64..64; negative for steps above one.
    - `signed`: two's complement if True.
    - `rounding`: how reals become codes; the seven modes are defined in `spikelut.quant.arithmetic.rounding`.
    - `overflow`: `saturate` clips to the code range, `wrap` keeps the low bits.
    - `narrow`: a signed range without its most negative code, -(2**(bits-1) - 1) upwards.

    ```pycon
    >>> fmt = hw_profiles.NumberFormat(bits=8, frac=6)
    >>> fmt.min_code, fmt.max_code, fmt.step, fmt.short_name
    (-128, 127, 0.015625, 's8.6')
    ```
    """

    bits: int
    frac: int = 0
    signed: bool = True
    rounding: Rounding = "half_even"
    overflow: Overflow = "saturate"
    narrow: bool = False

    def __post_init__(self) -> None:
        require_int(self, "bits", self.bits, 1, 32)
        require_int(self, "frac", self.frac, -64, 64)
        require(isinstance(self.signed, bool), self, "signed must be true or false", self.signed)
        require_one_of(self, "rounding", self.rounding, Rounding)
        require_one_of(self, "overflow", self.overflow, Overflow)
        require(isinstance(self.narrow, bool), self, "narrow must be true or false", self.narrow)
        if self.narrow:
            require(self.signed and self.bits > 1, self, "narrow needs a signed format of 2 bits or more", self)
            require(self.overflow == "saturate", self, "narrow needs overflow 'saturate'", self.overflow)

    @property
    def min_code(self) -> int:
        return -(1 << (self.bits - 1)) + self.narrow if self.signed else 0

    @property
    def max_code(self) -> int:
        return (1 << (self.bits - self.signed)) - 1

    @property
    def step(self) -> float:
        """The value of one code step, 2**-frac."""
        return 2.0**-self.frac

    @property
    def short_name(self) -> str:
        """For example `s8.7` (signed, 8 bits, 7 of them fraction) or `u7.6`."""
        return f"{'s' if self.signed else 'u'}{self.bits}.{self.frac}"
