"""The rounding modes, each stated once, for integers, floats and graphs alike.

Rounding is written as a floor plus a carry of one; `carry` decides the carry from five truth values, so that NumPy
arrays, torch tensors and graph variables share the definition.

| mode | -2.5 -1.5 -0.5 0.5 1.5 2.5 become |
|---|---|
| `floor` | -3 -2 -1 0 1 2 |
| `trunc0` | -2 -1 0 0 1 2 |
| `half_up` | -2 -1 0 1 2 3 |
| `half_away` | -3 -2 -1 1 2 3 |
| `half_even` | -2 -2 0 0 2 2 |
| `dpu` | -2 -1 0 0 2 2 |
| `stochastic` | the floor, plus one with the probability of the fraction |
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from spikelut.hw_profiles import Rounding

Test = Callable[[], Any]
"""Gives an array of truth values."""


def carry(mode: Rounding, *, odd: Test, above: Test, tie: Test, nonzero: Test, negative: Test) -> Any:
    """Whether one is added to the floor of a number: an array of bools, or False where it never is.

    The tests give truth values; only those that the mode needs are made. `odd`: the floor is odd. `above`, `tie`: the
    fraction is above, or exactly, one half. `nonzero`: it is not zero. `negative`: the number is below zero.
    """
    match mode:
        case "floor":
            return False
        case "trunc0":
            return negative() & nonzero()
        case "half_up":
            return above() | tie()
        case "half_away":
            below = negative()
            return above() | (
                tie() & (not below if isinstance(below, bool) else ~below)
            )  # ~ of Python's bools goes in 3.16
        case "half_even":
            return above() | (tie() & odd())
        case "dpu":
            return above() | (tie() & (odd() | negative()))
        case "stochastic":
            raise ValueError("carry: mode 'stochastic' needs random numbers")


def round_shift(ops: Any, x: Any, shift: Any, mode: Rounding) -> Any:
    """`x / 2**shift` rounded to an integer, for integer arrays `x` and `shift >= 0`.

    For the modes but `floor` a shift that may be 0 must be an integer, not an array or what is known later.
    """
    if isinstance(shift, int) and shift == 0:
        return x
    return _with_carry(ops, x >> shift, lambda: x & (2**shift - 1), shift, mode, lambda: x < 0)


def round_ratio(ops: Any, x: Any, numerator: int, denominator: int, mode: Rounding) -> Any:
    """`x * numerator / denominator` rounded to an integer, for integer arrays `x` wide enough for the product."""
    if denominator & (denominator - 1) == 0:
        return round_shift(ops, x * numerator, denominator.bit_length() - 1, mode)
    product = x * numerator
    floor = product // denominator
    remainder = product - floor * denominator
    up = carry(
        mode,
        odd=lambda: (floor & 1) == 1,
        above=lambda: 2 * remainder > denominator,
        tie=lambda: 2 * remainder == denominator,
        nonzero=lambda: remainder > 0,
        negative=lambda: x < 0,
    )
    return floor if up is False else ops.where(up, floor + 1, floor)


def multiply_shift(ops: Any, x: Any, factor: int, shift: int, mode: Rounding) -> Any:
    """`x * factor / 2**shift` rounded to an integer, without leaving 32 bits.

    The product may need more than 32 bits; the two halves `x = high * 2**shift + low` do not as long as the result
    fits 32 bits and `factor < 2**(31 - shift)`. Of numbers for each neuron none may be negative.
    """
    if isinstance(factor, int) and factor < 0:
        x, factor = -x, -factor
    floor, remainder = _product(ops, x & (2**shift - 1), factor, shift)
    return _with_carry(ops, (x >> shift) * factor + floor, remainder, shift, mode, lambda: x < 0)


def _product(ops: Any, low: Any, factor: int, shift: int) -> tuple[Any, Test]:
    """The floor of `low * factor / 2**shift`, and the remainder, for `low` in 0..2**shift - 1.

    Where `ops` have an `EXACT`, integers beyond it may come out wrong, and a product that could be larger is made in
    two: of the eight low bits of the factor, and of the others.
    """
    limit = getattr(ops, "EXACT", None)
    # Of a recorded factor the largest that it can be.
    if limit is None or getattr(factor, "high", factor) << shift <= limit or shift <= 8:
        product = low * factor
        return product >> shift, lambda: product & (2**shift - 1)
    rest = low * (factor & 255)
    upper = low * (factor >> 8) + (rest >> 8)
    return upper >> (shift - 8), lambda: ((upper & (2 ** (shift - 8) - 1)) << 8) + (rest & 255)


def _with_carry(ops: Any, floor: Any, remainder: Test, shift: Any, mode: Rounding, negative: Test) -> Any:
    if mode == "floor":
        return floor
    half, rest = 2 ** (shift - 1), remainder()
    up = carry(
        mode,
        odd=lambda: (floor & 1) == 1,
        above=lambda: rest > half,
        tie=lambda: rest == half,
        nonzero=lambda: rest > 0,
        negative=negative,
    )
    return ops.where(up, floor + 1, floor)


def round_real(x: Tensor, mode: Rounding, generator: torch.Generator | None = None) -> Tensor:
    """Floats rounded to whole floats, exactly; NaN and infinities stay as they are."""
    if mode == "half_even":
        return torch.round(x) + 0.0  # as the floor and the carry below have it, without a negative zero
    floor = torch.floor(x)
    if mode == "stochastic":
        random = torch.rand(x.shape, dtype=torch.float64, device=x.device, generator=generator)
        return torch.where(random < (x - floor), floor + 1, floor)
    # The part after the point counts from zero, where it is exact; from the floor it is not for small negatives.
    part = x - torch.trunc(x)
    up = carry(
        mode,
        odd=lambda: torch.remainder(floor, 2) == 1,
        above=lambda: (part > 0.5) | ((part < 0) & (part > -0.5)),
        tie=lambda: part.abs() == 0.5,
        nonzero=lambda: part != 0,
        negative=lambda: x < 0,
    )
    return floor if up is False else torch.where(up, floor + 1, floor)
