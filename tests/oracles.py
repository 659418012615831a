"""Second statements of the library's definitions, to compare with: curves in 30 digits, rounding in fractions.

Nothing here imports `spikelut`. A curve is transcribed from its formula as published, not from the code under test, and
a rounding mode is stated on the exact number rather than on floor and remainder.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath

DIGITS = 30

Formula = Callable[..., Any]


def _sigma(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


# The derivative g(x, **parameters) that stands in for Dirac's delta, by the name of the surrogate's class.
SLOPES: dict[str, Formula] = {
    "Sigmoid": lambda x, alpha: alpha * _sigma(alpha * x) * _sigma(-alpha * x),
    "PiecewiseQuadratic": lambda x, alpha: max(mpmath.mpf(0), alpha - alpha**2 * abs(x)),
    "Arctan": lambda x, alpha: alpha / 2 / (1 + (mpmath.pi * alpha * x / 2) ** 2),
}

# The primitive of the slope, likewise.
PRIMITIVES: dict[str, Formula] = {
    "Sigmoid": lambda x, alpha: _sigma(alpha * x),
    "PiecewiseQuadratic": lambda x, alpha: (
        mpmath.mpf(0)
        if x < -1 / alpha
        else mpmath.mpf(1)
        if x > 1 / alpha
        else (1 - alpha * abs(x) / 2) * alpha * x + mpmath.mpf(1) / 2
    ),
    "Arctan": lambda x, alpha: mpmath.atan(mpmath.pi * alpha * x / 2) / mpmath.pi + mpmath.mpf(1) / 2,
}

# Where the slope is not smooth (a corner or a jump); a class that is not named here is smooth everywhere.
KINKS: dict[str, Formula] = {
    "PiecewiseQuadratic": lambda alpha: (-1 / alpha, 0.0, 1 / alpha),
}


def kinks(class_name: str, parameters: dict[str, Any]) -> tuple[float, ...]:
    """The `x` at which the slope of a class is not smooth."""
    return tuple(KINKS[class_name](**parameters)) if class_name in KINKS else ()


def evaluate(formula: Formula, x: float, parameters: dict[str, Any]) -> float:
    """`formula(x, **parameters)` in 30 digits, rounded once to a float. Integer parameters stay integers."""
    with mpmath.workdps(DIGITS):
        exact = {name: v if isinstance(v, int) else mpmath.mpf(v) for name, v in parameters.items()}
        return float(formula(mpmath.mpf(x), **exact))


def round_fraction(x: Fraction, mode: str) -> int:
    """The exact number `x` as a whole number, by the name of the rounding mode."""
    below = x.numerator // x.denominator
    toward_zero = below if x >= 0 else -(-x.numerator // x.denominator)
    half = Fraction(1, 2)
    nearest = below if x - below < half else below + 1
    if mode == "floor":
        return below
    if mode == "trunc0":
        return toward_zero
    if mode == "half_up":
        return nearest
    tie = x - below == half
    if mode == "half_away":
        return (below if x < 0 else below + 1) if tie else nearest
    even: int = below + below % 2
    if mode == "half_even":
        return even if tie else nearest
    if mode == "dpu":
        # Bankers' rounding above zero; below it a tie goes up.
        return (even if x >= 0 else below + 1) if tie else nearest
    raise ValueError(f"no rounding mode {mode!r}")
