"""What arithmetic needs besides the operators of an `Expression`: its `ops`; and reals as codes, codes as reals."""

from typing import Any

from spikelut._checks import require
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.codegen.expression import (
    Expression,
    as_expression,
    as_number,
    as_real,
    is_float,
    of_kind,
    of_one_kind,
)
from spikelut.quant.codegen.operators import FLOAT32_BITS, Kind
from spikelut.quant.codegen.rewriting import (
    before_real,
    is_whole,
    limits,
    rounded,
)
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE


class ExpressionOps:
    """What arithmetic needs besides the operators, for expressions."""

    @staticmethod
    def where(condition: Expression, a: Any, b: Any) -> Expression:
        """`a` where the condition holds, `b` elsewhere."""
        x, y = as_expression(condition, a), as_expression(condition, b)
        if condition.is_constant:
            return x if condition.low else y
        x, y = of_one_kind(x, y)
        if x is y:
            return x
        if x.op == "add" and x.args[0] is y and x.args[1].is_constant and x.args[1].low == 1:
            nearest: Expression | None = rounded(y, condition)
            return y + condition if nearest is None else nearest
        return condition.home.made("select", (condition, x, y), x.kind, min(x.low, y.low), max(x.high, y.high))

    @staticmethod
    def clip(x: Expression, low: Any, high: Any) -> Expression:
        """`x` limited to `low`..`high`, NaN to `low`."""
        if x.op == "whole":
            return ExpressionOps.whole(ExpressionOps.clip(x.args[0], low, high))
        x, least, most = as_number(x), as_expression(x, low), as_expression(x, high)
        if is_float(x.kind):
            x = _holding(x, least.low, most.high)
            x, least = of_one_kind(x, least)
            x, most = of_one_kind(x, most)
        # Of a clip inside another one that is no narrower only the outer is left.
        inner = limits(before_real(x))
        if inner is not None and least.is_constant and most.is_constant:
            x = of_kind(inner[0], x.kind) if inner[1] <= least.low and most.low <= inner[2] else x
        return _minimum(_maximum(x, least), most)

    @staticmethod
    def absolute(x: Expression) -> Expression:
        """The magnitude."""
        if x.low >= 0:
            return x
        least = max(0, -x.high)
        return x.home.made("maximum", (x, -x), x.kind, least, max(-x.low, x.high))

    @staticmethod
    def divide(x: Expression, by: Any) -> Expression:
        """The floor of x / by, for `by` > 0."""
        return x.__floordiv__(by)

    @staticmethod
    def spike(x: Expression) -> Expression:
        """Whether `x >= 0`."""
        return x >= 0

    @staticmethod
    def round(x: Expression) -> Expression:
        """The nearest whole floats, half to even."""
        return x.home.made("round", (x,), x.kind, x.low, x.high)

    @staticmethod
    def floor(x: Expression) -> Expression:
        """The largest whole floats that are not above it."""
        return x.home.made("floor", (x,), x.kind, x.low, x.high)

    @staticmethod
    def whole(x: Expression) -> Expression:
        """Whole floats, rounded and of a known range, as integers."""
        require(is_whole(x), x.home.who, "what becomes an integer must be rounded and limited", x)
        return x.home.made("whole", (x,), "int", x.low, x.high)

    @staticmethod
    def real(x: Expression, kind: Kind = "float32") -> Expression:
        """The float nearest to `x`."""
        return as_real(x, kind)


def _maximum(x: Expression, least: Expression) -> Expression:
    if least.high <= x.low and not is_float(x.kind):
        return x
    return x.home.made("maximum", (x, least), x.kind, max(x.low, least.low), max(x.high, least.high))


def _minimum(x: Expression, most: Expression) -> Expression:
    if most.low >= x.high:
        return x
    return x.home.made("minimum", (x, most), x.kind, min(x.low, most.low), min(x.high, most.high))


def _holding(x: Expression, *numbers: int) -> Expression:
    """`x` in a float type that holds the numbers."""

    exact = all(abs(number) % 2 ** max(0, abs(number).bit_length() - FLOAT32_BITS) == 0 for number in numbers)
    return x if x.kind != "float32" or exact else as_real(x, "float64")


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
