"""SpiNNaker's s16.15 arithmetic: exp, the rounded product, and the decay factor made of them.

```pycon
>>> quant.spinnaker.decay_factor(20.0), quant.spinnaker.decay_factor(20.0) / 2**15
(31170, 0.95123291015625)
```
"""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

from spikelut import hw_profiles
from spikelut._checks import is_finite, require
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_shift

ACCUM = NumberFormat(32, 15)
"""s16.15: codes of 2**-15 in 32 bits."""
LOW = 2**32 - 1


class ExpTables(NamedTuple):
    """Constants of `expk`: whole powers of e in 32.32, 1 - exp(-k/16) in 0.32, and a series in 0.32."""

    powers: tuple[int, ...]
    sixteenths: tuple[int, ...]
    series: tuple[int, ...]


@cache
def exp_tables() -> ExpTables:
    """The constants of the profile `spinnaker1`; both tables are the integers nearest to the functions."""
    group = hw_profiles.load("spinnaker1").exponential
    if group is None:
        raise ValueError("expk: profile spinnaker1 must have the group [exponential]")
    with localcontext() as context:
        context.prec = 40

        def nearest(x: Decimal) -> int:
            return int((x * 2**32).to_integral_value(ROUND_HALF_EVEN))

        powers = tuple(nearest(Decimal(group.first_power + i).exp()) for i in range(group.powers))
        sixteenths = tuple(nearest(1 - (Decimal(-k) / 16).exp()) for k in range(16))
    return ExpTables(powers, sixteenths, group.series)


def expk(x: Tensor) -> Tensor:
    """exp of s16.15 codes as s16.15 codes, int64, same shape, to the last bit of SpiNNaker's library.

    `x` holds int32 values in any integer dtype. Above 363408 the result is 2**31 - 1, below -340695 it is 0; in between
    a power of e is lowered by a table of sixteenths and by a series. Raises TypeError for floats, ValueError beyond
    32 bits. SpiNNakerManchester/spinn_common 1e3a090c src/stdfix-exp.c.
    """
    x = _int32("expk", "x", x)
    group, tables = hw_profiles.load("spinnaker1").exponential, exp_tables()
    assert group is not None  # exp_tables has seen it
    inside = x.clamp(group.low, group.high)
    whole, part = inside >> 15, inside & 32767
    # A fraction is taken down from the next whole power.
    partial = part > 0
    whole, below = whole + partial, torch.where(partial, 32768 - part, 0)
    power = torch.tensor(tables.powers, device=x.device)[whole - group.first_power]
    lowered = power - _scale(power, torch.tensor(tables.sixteenths, device=x.device)[below >> 11])
    lowered = lowered - _scale(lowered, _series((below & 2047) << 17, tables.series))
    result = torch.where(partial, lowered, power) >> 17
    return torch.where(x > group.high, ACCUM.max_code, torch.where(x < group.low, 0, result))


def _scale(t: Tensor, c: Tensor) -> Tensor:
    """t * c / 2**32 for 32.32 by 0.32; the product of the low words is rounded, and up already at 2**31 - 1."""
    low = (t & LOW).to(torch.int64)
    high_product, low_product = _wide_product(low, c)
    return high_product + (low_product >= 2**31 - 1) + (t >> 32) * c


def _wide_product(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The upper and the lower 32 bits of the product of two unsigned 32-bit numbers, within signed 64 bits."""
    high, low = a >> 16, a & 0xFFFF
    middle = high * b + ((low * b) >> 16)
    return middle >> 16, ((middle & 0xFFFF) << 16) | ((low * b) & 0xFFFF)


def _series(y: Tensor, c: tuple[int, ...]) -> Tensor:
    """c0 + y * (c1 - y * c2) in 0.32, modulo 2**32."""
    inner = (c[1] - _wide_product(y, torch.full_like(y, c[2]))[0]) & LOW
    return (_wide_product(inner, y)[0] + c[0]) & LOW


def multiply_accum(a: Tensor, b: Tensor) -> Tensor:
    """The product of s16.15 codes, int64, rounded half up and saturated to 32 bits; `a` and `b` broadcast.

    Raises TypeError for floats, ValueError beyond 32 bits. MULT_ROUND_NEAREST_ACCUM of
    SpiNNakerManchester/spinn_common 1e3a090c include/round.h.
    """
    product = _int32("multiply_accum", "a", a) * _int32("multiply_accum", "b", b)
    return as_tensor(apply_overflow(TorchOps, round_shift(TorchOps, product, 15, "half_up"), ACCUM))


def decay_factor(tau: float) -> int:
    """The membrane's decay in a step, exp(-1/tau) in s16.15, as the host prepares it; `tau` > 0 in time steps.

    Raises ValueError for a `tau` that is not positive and finite.
    """
    require(is_finite(tau) and tau > 0, "decay_factor", "tau must be > 0 time steps", tau)
    return int(expk(torch.tensor(max(round(-(2**15) / tau), ACCUM.min_code))))


def _int32(who: str, name: str, x: Tensor) -> Tensor:
    if x.is_floating_point() or x.dtype == torch.bool:
        raise TypeError(f"{who}: {name} must hold integers, got {x.dtype}")
    x = x.to(torch.int64)
    outside = x[(x < ACCUM.min_code) | (x > ACCUM.max_code)]
    require(len(outside) == 0, who, f"{name} must be within 32 bits", outside[:1].tolist())
    return x
