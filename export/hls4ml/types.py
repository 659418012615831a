"""The fixed-point types with which hls4ml computes what a network of integers does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.hw_profiles._ap_fixed import ROUNDINGS, ApFixed
from spikelut.quant.dynamics.spec import LIFSpec

WHO = "to_hls4ml"
ONE_BIT = "ap_ufixed<1,1>"
"""Of spikes."""


@dataclass(frozen=True)
class Exact:
    """The smallest type that holds all of low * 2**-frac .. high * 2**-frac: `ap_fixed`, or `ap_ufixed` from 0 on."""

    low: int
    high: int
    frac: int

    @property
    def width(self) -> int:
        most = max(self.high, -self.low - 1, 0)
        return max(1, most.bit_length() + (self.low < 0))

    def __str__(self) -> str:
        kind = "ap_fixed" if self.low < 0 else "ap_ufixed"
        return f"{kind}<{self.width},{self.width - self.frac}>"


def places(step: float) -> int:
    """-log2 of a power of two."""
    mantissa, exponent = np.frexp(step)
    require(mantissa == 0.5, WHO, "steps must be powers of two", step)
    return int(1 - exponent)


def exact(values: NDArray[np.float64], frac: int) -> Exact:
    """The type of constants that are multiples of 2**-frac; signed, as the library's own are."""
    codes = np.rint(values * 2.0**frac)
    return Exact(min(-1, int(codes.min(initial=0))), int(codes.max(initial=0)), frac)


def as_float32(where: str, what: str, values: Any) -> NDArray[np.float32]:
    """Constants as the library reads them; ValueError for what float32 does not hold."""
    real = np.asarray(values, np.float64)
    found = real.astype(np.float32)
    message = f"{what} must have at most 24 bits, as the library reads it as float32"
    require(bool((found == real).all()), where, message, float(np.abs(real).max(initial=0)))
    return found


def membrane_type(spec: LIFSpec, where: str) -> ApFixed:
    """The type of the membrane; ValueError for neurons whose registers are not all of one type.

    The library brings product, input, sum and difference to this type alone.
    """
    register = spec.membrane
    rounding = spec.leak.rounding if spec.leak.kind == "multiply" else register.rounding
    of_one = spec.leak.kind in ("multiply", "none") and spec.leak_first and not spec.strict and spec.max_spikes == 1
    of_one = of_one and rounding in ROUNDINGS.values() and not (spec.change_saturates or spec.spares)
    needs = (
        "must be neurons that leak by a product first, compare by >= and subtract or clear, as on the profile hls4ml"
    )
    require(of_one, where, needs, spec.leak.kind)
    # Sums that are finer have a register that they do not leave; after a spike nothing overflows, nor does a leak.
    current = register if spec.finer else spec.current
    same = all(getattr(current, key) == getattr(register, key) for key in ("bits", "overflow", "narrow"))
    same = same and (not spec.finer or register.rounding == rounding)
    same = same and (spec.leak.kind == "none" or bool(np.max(spec.leak.amount) <= 2**spec.leak.frac))
    require(same, where, "must have registers that all overflow as the membrane does", spec.leak.kind)
    return ApFixed.named(register.bits, register.frac, rounding, register.overflow, register.narrow)
