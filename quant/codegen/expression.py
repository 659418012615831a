"""Arithmetic recorded as a graph of operators, for those who print it in another language.

An `Expression` answers the operators that `spikelut.quant` uses on arrays, and `ExpressionOps` is the `ops` that goes
with it, so the functions there run on expressions unchanged:

    recording = Recording("my printer")
    mem = recording.input("mem", spec.membrane.min_code, spec.membrane.max_code)
    step = lif_step(ExpressionOps, spec, mem, recording.input("current", -MAX_CURRENT, MAX_CURRENT))
    for part in recording.needed(step.mem, step.spikes):
        print(part.op, part.args, part.kind, part.low, part.high)

An expression knows its kind and the smallest and the largest value it can have. By these ranges numbers are folded,
comparisons decided and clips left out that cannot change anything, and a printer finds the width that suffices. Equal
expressions are one. A printer walks `needed`, which is in an order of evaluation, and writes each of the `OPS` in its
language; nothing here knows any. `c_writer` is one.
"""

from dataclasses import dataclass
from typing import Any, Literal

from spikelut._checks import require
from spikelut.quant.codegen.rewriting import (
    before_real,
    is_whole,
    limits,
    outer,
    rounded,
    whole_product,
    without_low_bits,
)

Kind = Literal["int", "truth", "float32", "float64", "scalar"]
"""`truth`: 0 or 1. `scalar`: a real number that takes the type of the float it meets, as Python's do with arrays."""

OPS = {
    "input": "a value from outside, called `name`",
    "constant": "the number `low`",
    "add": "a + b",
    "subtract": "a - b",
    "multiply": "a * b",
    "divide": "a / b, of floats",
    "quotient": "the floor of a / b, of integers, b > 0",
    "shift": "the floor of a / 2**b, of integers, b >= 0",
    "low_bits": "a & b, of integers, b = 2**n - 1",
    "power": "2**a, of integers, a >= 0",
    "maximum": "a > b ? a : b",
    "minimum": "a < b ? a : b",
    "less": "a < b",
    "less_equal": "a <= b",
    "equal": "a == b",
    "and": "a & b, of truth values",
    "or": "a | b, of truth values",
    "not": "!a, of a truth value",
    "select": "a ? b : c",
    "spike": "a >= 0, of a membrane above its threshold, for languages with an operator of its own for that",
    "number": "a truth value as an integer",
    "round": "a float to the nearest whole one, half to even",
    "floor": "the largest whole float that is not above a float",
    "whole": "a whole float as an integer",
    "real": "an integer, or another float, as a float of the kind",
}
"""What an `Expression.op` means for its arguments a, b, c."""

INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)
UNBOUNDED = (-(2**1024), 2**1024)
"""The range of a float of which nothing is known."""
FLOAT32_BITS = 24
"""Bits of a whole number that a float32 holds."""
_COMMUTATIVE = {"add", "multiply", "equal", "and", "or"}


class Recording:
    """Expressions in the order in which they were made, each once; `who` refuses in errors what cannot be recorded.

    A product whose quotient or low bits are taken, and that the arithmetic makes in two halves, is made at once where
    it is small enough: at most `exact` in magnitude, by default what 32 bits hold.
    """

    def __init__(self, who: str = "codegen", exact: int | None = None) -> None:
        self.who, self.exact = who, exact
        self._parts: list[Expression] = []
        self._known: dict[tuple[Any, ...], Expression] = {}

    def input(self, name: str, low: int, high: int, *, kind: Kind = "int", shared: bool = False) -> "Expression":
        """A value from outside, known to be in `low`..`high`; `shared`: the same for all neurons.

        A printer takes `name` for what stands for it in its language. Of a range of one value, it is that number.
        """
        if low == high and kind == "int":
            return self.constant(low)
        return self._once("input", (), kind, low, high, name, shared)

    def real_input(self, name: str, kind: Kind = "float32", *, shared: bool = False) -> "Expression":
        """A float from outside of which nothing is known."""
        return self.input(name, *UNBOUNDED, kind=kind, shared=shared)

    def constant(self, number: float, kind: Kind = "int") -> "Expression":
        """A number."""
        return self._once("constant", (), kind, number, number, "", True)

    def made(self, op: str, args: "tuple[Expression, ...]", kind: Kind, low: float, high: float) -> "Expression":
        """The operator `op` of `args`; a number where the range has one only."""
        if kind in ("int", "truth"):
            require(INT64[0] <= low <= high <= INT64[1], self.who, "values must fit 64 bits", (low, high))
            if low == high:
                return self.constant(low, kind)
        return self._once(op, args, kind, low, high, "", all(arg.shared for arg in args))

    def holds(self, product: "Expression") -> bool:
        """Whether a product is small enough to be made at once."""
        return not product.wide if self.exact is None else max(-product.low, product.high) <= self.exact

    def needed(self, *results: "Expression") -> "list[Expression]":
        """What is to be evaluated for `results`, inputs and constants among it, in an order of evaluation."""
        found, waiting = set(), [result.index for result in results]
        while waiting:
            index = waiting.pop()
            if index not in found:
                found.add(index)
                waiting += [arg.index for arg in self._parts[index].args]
        return [self._parts[index] for index in sorted(found)]

    def _once(
        self, op: str, args: "tuple[Expression, ...]", kind: Kind, low: float, high: float, name: str, shared: bool
    ) -> "Expression":
        indices = [arg.index for arg in args]
        key = (op, *(sorted(indices) if op in _COMMUTATIVE else indices), kind, name, low, high)
        if key not in self._known:
            made = Expression(self, len(self._parts), op, args, kind, low, high, name, shared)
            self._known[key] = made
            self._parts.append(made)
        return self._known[key]


@dataclass(frozen=True, eq=False, repr=False)
class Expression:
    """An operator of `OPS` with its arguments; its values, of `kind`, are in `low`..`high`."""

    home: Recording
    index: int
    op: str
    args: "tuple[Expression, ...]"
    kind: Kind
    low: Any
    high: Any
    name: str
    shared: bool

    def __repr__(self) -> str:
        args = ", ".join(f"#{arg.index}" for arg in self.args)
        return f"#{self.index} {self.kind} {self.op}({args or self.name or self.low}) in {self.low}..{self.high}"

    @property
    def is_constant(self) -> bool:
        """Whether it is a number."""
        return self.op == "constant"

    @property
    def wide(self) -> bool:
        """Whether it is an integer that 32 bits do not hold."""
        return self.kind == "int" and not fits32(self.low, self.high)

    def __bool__(self) -> bool:
        require(self.is_constant, self.home.who, "a branch must be on what all inputs have in common", self)
        return bool(self.low)

    def any(self) -> "Expression":
        """Itself, as an array of truth values is asked whether any holds."""
        return self

    def __add__(self, other: Any) -> "Expression":
        a, b = _pair(self, other)
        if _is_float(a.kind):
            return a.home.made("add", (a, b), a.kind, *UNBOUNDED)
        if a.is_constant:
            a, b = b, a
        if b.is_constant:
            return _plus(a, b.low)
        product = whole_product(a, b)
        return a.home.made("add", (a, b), "int", a.low + b.low, a.high + b.high) if product is None else product

    def __radd__(self, other: Any) -> "Expression":
        return self.__add__(other)

    def __sub__(self, other: Any) -> "Expression":
        a, b = _pair(self, other)
        if _is_float(a.kind):
            return a.home.made("subtract", (a, b), a.kind, *UNBOUNDED)
        if b.is_constant:
            return _plus(a, -b.low)
        if a is b:
            return a.home.constant(0)
        return a.home.made("subtract", (a, b), "int", a.low - b.high, a.high - b.low)

    def __rsub__(self, other: Any) -> "Expression":
        return _operand(self, other) - self

    def __neg__(self) -> "Expression":
        return 0 - self

    def __mul__(self, other: Any) -> "Expression":
        a, b = _pair(self, other)
        if _is_float(a.kind):
            return a.home.made("multiply", (a, b), a.kind, *UNBOUNDED)
        if a.is_constant:
            a, b = b, a
        if b.is_constant and b.low == 1:
            return a
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        return a.home.made("multiply", (a, b), "int", min(ends), max(ends))

    def __rmul__(self, other: Any) -> "Expression":
        return self.__mul__(other)

    def __truediv__(self, other: Any) -> "Expression":
        a, b = _pair(self, other)
        require(_is_float(a.kind), a.home.who, "what is divided by / must be a float", (a, b))
        return a.home.made("divide", (a, b), a.kind, *UNBOUNDED)

    def __floordiv__(self, by: Any) -> "Expression":
        return ExpressionOps.divide(self, by)

    def __rshift__(self, shift: Any) -> "Expression":
        a, b = _pair(self, shift)
        require(b.low >= 0, self.home.who, "shifts must be >= 0", b)
        if b.is_constant and b.low == 0:
            return a
        ends = [x >> n for x in (a.low, a.high) for n in (b.low, b.high)]
        return a.home.made("shift", (a, b), "int", min(ends), max(ends))

    def __lshift__(self, shift: int) -> "Expression":
        return self * (1 << shift)

    def __rpow__(self, base: int) -> "Expression":
        require(base == 2 and self.low >= 0, self.home.who, "powers must be of 2, and of numbers >= 0", (base, self))
        return self.home.made("power", (self,), "int", 1 << self.low, 1 << self.high)

    def __and__(self, other: Any) -> "Expression":
        if isinstance(other, Expression) and other.kind == "int" and not other.is_constant:
            require(other.low >= 0, self.home.who, "masks must be >= 0", other)
            return self.home.made("low_bits", (_as_number(self), other), "int", 0, other.high)
        if isinstance(other, Expression) and other.kind == "truth":
            return _logical("and", self, other, self.low & other.low, self.high & other.high)
        mask = int(other.low if isinstance(other, Expression) else other)
        require(mask >= 0 and mask & (mask + 1) == 0, self.home.who, "numbers must be masked by 2**n - 1", mask)
        a = _as_number(without_low_bits(self, mask))
        if a.low >= 0 and a.high <= mask:
            return a
        same = a.low & ~mask == a.high & ~mask
        low, high = (a.low & mask, a.high & mask) if same else (0, mask)
        return a.home.made("low_bits", (a, a.home.constant(mask)), "int", low, high)

    def __or__(self, other: Any) -> "Expression":
        b = _operand(self, other)
        return _logical("or", self, b, self.low | b.low, self.high | b.high)

    def __invert__(self) -> "Expression":
        require(self.kind == "truth", self.home.who, "~ must be of truth values", self)
        opposite = {"less": "less_equal", "less_equal": "less"}.get(self.op)
        if opposite and not _is_float(self.args[0].kind):
            return self.home.made(opposite, self.args[::-1], "truth", 1 - self.high, 1 - self.low)
        return self.home.made("not", (self,), "truth", 1 - self.high, 1 - self.low)

    def __lt__(self, other: Any) -> "Expression":
        a, b = _pair(self, other)
        return _compared("less", a, b, a.high < b.low, a.low < b.high)

    def __le__(self, other: Any) -> "Expression":
        a, b = _pair(self, other)
        return _compared("less_equal", a, b, a.high <= b.low, a.low <= b.high)

    def __gt__(self, other: Any) -> "Expression":
        return _operand(self, other) < self

    def __ge__(self, other: Any) -> "Expression":
        return _operand(self, other) <= self

    # As in NumPy and torch; such values are no dictionary keys.
    def __eq__(self, other: Any) -> "Expression":  # type: ignore[override]  # array semantics
        a, b = _pair(self, other)
        if a.op == b.op == "whole":
            x, y = a.args[0], b.args[0]
            a, b = _pair(outer(x, y), outer(y, x))
        same = a is b and not _is_float(a.kind)
        return _compared("equal", a, b, same or a.low == a.high == b.low == b.high, a.low <= b.high and b.low <= a.high)

    __hash__ = None  # type: ignore[assignment]  # as above


class ExpressionOps:
    """What arithmetic needs besides the operators, for expressions."""

    @staticmethod
    def where(condition: Expression, a: Any, b: Any) -> Expression:
        """`a` where the condition holds, `b` elsewhere."""
        x, y = _operand(condition, a), _operand(condition, b)
        if condition.is_constant:
            return x if condition.low else y
        x, y = _pair(x, y)
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
        x, least, most = _as_number(x), _operand(x, low), _operand(x, high)
        if _is_float(x.kind):
            x = _holding(x, least.low, most.high)
            x, least = _pair(x, least)
            x, most = _pair(x, most)
        # Of a clip inside another one that is no narrower only the outer is left.
        inner = limits(before_real(x))
        if inner is not None and least.is_constant and most.is_constant:
            x = _of_kind(inner[0], x.kind) if inner[1] <= least.low and most.low <= inner[2] else x
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
        a, b = _pair(x, by)
        require(b.low > 0, x.home.who, "divisors must be > 0", b)
        if b.is_constant and b.low & (b.low - 1) == 0:
            return a.__rshift__(b.low.bit_length() - 1)
        ends = [n // d for n in (a.low, a.high) for d in (b.low, b.high)]
        return a.home.made("quotient", (a, b), "int", min(ends), max(ends))

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
        x = _as_number(x)
        return x if x.kind == kind else x.home.made("real", (x,), kind, x.low, x.high)


def fits32(low: int, high: int) -> bool:
    """Whether integers of a range fit 32 bits."""
    return INT32[0] <= low and high <= INT32[1]


def _is_float(kind: Kind) -> bool:
    return kind in ("float32", "float64", "scalar")


def _as_number(x: Expression) -> Expression:
    """A truth value as an integer, anything else as it is."""
    if x.kind != "truth":
        return x
    return x.home.constant(x.low) if x.is_constant else x.home.made("number", (x,), "int", x.low, x.high)


def _operand(x: Expression, value: Any) -> Expression:
    """`value`, which may be a number, as an expression beside `x`."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, float):
        return x.home.constant(value, "scalar")
    return x.home.constant(int(value))


def _pair(x: Expression, value: Any) -> tuple[Expression, Expression]:
    """Two operands of one kind: integers, or where one is a float, floats of the wider type of the two."""
    a, b = _as_number(x), _as_number(_operand(x, value))
    if a.kind == b.kind:
        return a, b
    kind = next(kind for kind in ("float64", "float32", "scalar") if kind in (a.kind, b.kind))
    return _of_kind(a, kind), _of_kind(b, kind)


def _of_kind(x: Expression, kind: Any) -> Expression:
    return x.home.constant(x.low, kind) if x.is_constant else ExpressionOps.real(x, kind)


def _plus(x: Expression, number: int) -> Expression:
    """`x + number`; of a number added and taken away again nothing is left."""
    if x.op == "add" and x.args[1].is_constant:
        x, number = x.args[0], number + x.args[1].low
    if number == 0:
        return x
    return x.home.made("add", (x, x.home.constant(number)), "int", x.low + number, x.high + number)


def _logical(op: str, a: Expression, b: Expression, low: int, high: int) -> Expression:
    truths = a.kind == b.kind == "truth"
    require(truths, a.home.who, f"{op} must be of truth values, or with 2**n - 1", (a, b))
    for x, y in ((a, b), (b, a)):
        if x.is_constant:
            return y if bool(x.low) == (op == "and") else x
    return a.home.made(op, (a, b), "truth", low, high)


def _compared(op: str, a: Expression, b: Expression, always: bool, ever: bool) -> Expression:
    # A float can be NaN, of which nothing holds.
    low, high = (0, 1) if _is_float(a.kind) else (int(always), int(ever))
    return a.home.made(op, (a, b), "truth", low, high)


def _maximum(x: Expression, least: Expression) -> Expression:
    if least.high <= x.low and not _is_float(x.kind):
        return x
    return x.home.made("maximum", (x, least), x.kind, max(x.low, least.low), max(x.high, least.high))


def _minimum(x: Expression, most: Expression) -> Expression:
    if most.low >= x.high:
        return x
    return x.home.made("minimum", (x, most), x.kind, min(x.low, most.low), min(x.high, most.high))


def _holding(x: Expression, *numbers: int) -> Expression:
    """`x` in a float type that holds the numbers."""

    exact = all(abs(number) % 2 ** max(0, abs(number).bit_length() - FLOAT32_BITS) == 0 for number in numbers)
    return x if x.kind != "float32" or exact else ExpressionOps.real(x, "float64")
