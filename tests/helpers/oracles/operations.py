"""Operations on two whole numbers that layers are made of, for Python's integers and for all that records them."""

from collections.abc import Callable
from itertools import product
from typing import Any, get_args

from spikelut.hw_profiles import NumberFormat, Overflow, Rounding
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import multiply_shift, round_shift


class Numbers:
    """The same operations on Python's integers, which have no width."""

    @staticmethod
    def where(condition: int, a: int, b: int) -> int:
        return a if condition else b

    @staticmethod
    def clip(x: int, low: int, high: int) -> int:
        return min(max(x, low), high)

    @staticmethod
    def divide(x: int, by: int) -> int:
        return x // by


Operation = Callable[[Any, Any, Any], Any]
MODES: list[Rounding] = [mode for mode in get_args(Rounding) if mode != "stochastic"]
OVERFLOWS: tuple[Overflow, ...] = get_args(Overflow)
FORMATS = [
    NumberFormat(bits, 0, signed, overflow=overflow)
    for bits, signed, overflow in product((8, 16, 24), (True, False), OVERFLOWS)
]


def with_mode(function: Any, *numbers: int) -> dict[str, Operation]:
    """A rounding function with `numbers`, in each mode."""

    def operation(mode: Rounding) -> Operation:
        return lambda ops, x, y: function(ops, x, *numbers, mode)

    return {f"{function.__name__} {mode}": operation(mode) for mode in MODES}


def brought_into(fmt: NumberFormat) -> Operation:
    return lambda ops, x, y: apply_overflow(ops, x + y, fmt)


OPERATIONS: dict[str, Operation] = {
    "sum": lambda ops, x, y: x + y,
    "difference": lambda ops, x, y: x - y,
    "product": lambda ops, x, y: x * y,
    "product, shifted": lambda ops, x, y: (x * y) >> 15,
    "number less": lambda ops, x, y: 100 - x,
    "there and back": lambda ops, x, y: (x + 5 - 5) * 3 + 7 - 8,
    "shift": lambda ops, x, y: x >> 3,
    "shift by all bits": lambda ops, x, y: x >> 40,
    "left": lambda ops, x, y: x << 4,
    "low bits": lambda ops, x, y: x & 255,
    "all low bits": lambda ops, x, y: x & (2**32 - 1),
    "low bits of few": lambda ops, x, y: (ops.clip(x, -3, 3) & 7) + y,
    "divided by 7": lambda ops, x, y: ops.divide(x, 7),
    "divided by 1024": lambda ops, x, y: ops.divide(x, 1024),
    "clipped": lambda ops, x, y: ops.clip(x, -5, 100),
    "clipped sum": lambda ops, x, y: ops.clip(x + y, -(2**31), 2**31 - 1),
    "clipped to one": lambda ops, x, y: ops.clip(x, 3, 3) + y,
    "larger": lambda ops, x, y: ops.where(x > y, x, y),
    "larger or a number": lambda ops, x, y: ops.where(x >= 2**31 - 1, -(2**31), ops.where(x < y, 0, y)),
    "equal": lambda ops, x, y: ops.where((x == y) | (x > 3), 1, 0),
    "both": lambda ops, x, y: ops.where((x > 0) & (y > 0), x, -7),
    "wide choice": lambda ops, x, y: ops.where(x > 0, x * y, y),
    "several thresholds": lambda ops, x, y: ops.clip(ops.divide(x - 1, 1000), 0, 31) * 1000,
    **with_mode(round_shift, 4),
    **with_mode(multiply_shift, 29491, 15),
    "multiply_shift by 12 bits": lambda ops, x, y: multiply_shift(ops, x, 3891, 12, "half_even"),
    **{f"{fmt.overflow} {fmt.short_name}": brought_into(fmt) for fmt in FORMATS},
    "wrap 32": brought_into(NumberFormat(32, overflow="wrap")),
}
RANGES = [(-128, 127), (0, 255), (-32768, 32767), (-(2**24), 2**24 - 1), (-(2**31), 2**31 - 1)]


def values(low: int, high: int) -> list[int]:
    """Numbers of a range, its ends and those around zero and thresholds among them."""
    near = [low, low + 1, high - 1, high, -1001, -1000, -17, -9, -8, -7, -2, -1, 0, 1, 2, 3, 7, 8, 9, 99, 1000, 1001]
    spread = [low + (high - low) * i // 11 for i in range(12)]
    return sorted({n for n in near + spread if low <= n <= high})
