"""How recorded kernels come from real numbers to codes, and back."""

from typing import Any

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE


def largest_code(wide: bool) -> int:
    """The largest magnitude of what comes from outside."""
    return MAX_WIDE if wide else MAX_CURRENT


def codes_of(real: Expression, frac: int, wide: bool) -> Expression:
    """`contract.to_codes`: the codes of real values, half to even off the grid; NaN is the lowest."""
    return nearest_codes(real * 2.0**frac, wide)


def nearest_codes(scaled: Expression, wide: bool) -> Expression:
    """The same of values that have been multiplied."""
    most = largest_code(wide)
    return ExpressionOps.whole(ExpressionOps.clip(ExpressionOps.round(scaled), -most, most))


def value_of(codes: Any, register: NumberFormat) -> Expression:
    """The real values of codes."""
    return ExpressionOps.real(codes) * register.step
