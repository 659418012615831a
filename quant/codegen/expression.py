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
from typing import Any

from spikelut._checks import require
from spikelut.quant.codegen.operators import INT64, UNBOUNDED, Kind, fits32
from spikelut.quant.codegen.rewriting import (
    outer,
    whole_product,
    without_low_bits,
)

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
        a, b = of_one_kind(self, other)
        if is_float(a.kind):
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
        a, b = of_one_kind(self, other)
        if is_float(a.kind):
            return a.home.made("subtract", (a, b), a.kind, *UNBOUNDED)
        if b.is_constant:
            return _plus(a, -b.low)
        if a is b:
            return a.home.constant(0)
        return a.home.made("subtract", (a, b), "int", a.low - b.high, a.high - b.low)

    def __rsub__(self, other: Any) -> "Expression":
        return as_expression(self, other) - self

    def __neg__(self) -> "Expression":
        return 0 - self

    def __mul__(self, other: Any) -> "Expression":
        a, b = of_one_kind(self, other)
        if is_float(a.kind):
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
        a, b = of_one_kind(self, other)
        require(is_float(a.kind), a.home.who, "what is divided by / must be a float", (a, b))
        return a.home.made("divide", (a, b), a.kind, *UNBOUNDED)

    def __floordiv__(self, by: Any) -> "Expression":
        a, b = of_one_kind(self, by)
        require(b.low > 0, self.home.who, "divisors must be > 0", b)
        if b.is_constant and b.low & (b.low - 1) == 0:
            return a.__rshift__(b.low.bit_length() - 1)
        ends = [n // d for n in (a.low, a.high) for d in (b.low, b.high)]
        return a.home.made("quotient", (a, b), "int", min(ends), max(ends))

    def __rshift__(self, shift: Any) -> "Expression":
        a, b = of_one_kind(self, shift)
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
            return self.home.made("low_bits", (as_number(self), other), "int", 0, other.high)
        if isinstance(other, Expression) and other.kind == "truth":
            return _logical("and", self, other, self.low & other.low, self.high & other.high)
        mask = int(other.low if isinstance(other, Expression) else other)
        require(mask >= 0 and mask & (mask + 1) == 0, self.home.who, "numbers must be masked by 2**n - 1", mask)
        a = as_number(without_low_bits(self, mask))
        if a.low >= 0 and a.high <= mask:
            return a
        same = a.low & ~mask == a.high & ~mask
        low, high = (a.low & mask, a.high & mask) if same else (0, mask)
        return a.home.made("low_bits", (a, a.home.constant(mask)), "int", low, high)

    def __or__(self, other: Any) -> "Expression":
        b = as_expression(self, other)
        return _logical("or", self, b, self.low | b.low, self.high | b.high)

    def __invert__(self) -> "Expression":
        require(self.kind == "truth", self.home.who, "~ must be of truth values", self)
        opposite = {"less": "less_equal", "less_equal": "less"}.get(self.op)
        if opposite and not is_float(self.args[0].kind):
            return self.home.made(opposite, self.args[::-1], "truth", 1 - self.high, 1 - self.low)
        return self.home.made("not", (self,), "truth", 1 - self.high, 1 - self.low)

    def __lt__(self, other: Any) -> "Expression":
        a, b = of_one_kind(self, other)
        return _compared("less", a, b, a.high < b.low, a.low < b.high)

    def __le__(self, other: Any) -> "Expression":
        a, b = of_one_kind(self, other)
        return _compared("less_equal", a, b, a.high <= b.low, a.low <= b.high)

    def __gt__(self, other: Any) -> "Expression":
        return as_expression(self, other) < self

    def __ge__(self, other: Any) -> "Expression":
        return as_expression(self, other) <= self

    # As in NumPy and torch; such values are no dictionary keys.
    def __eq__(self, other: Any) -> "Expression":  # type: ignore[override]  # array semantics
        a, b = of_one_kind(self, other)
        if a.op == b.op == "whole":
            x, y = a.args[0], b.args[0]
            a, b = of_one_kind(outer(x, y), outer(y, x))
        same = a is b and not is_float(a.kind)
        return _compared("equal", a, b, same or a.low == a.high == b.low == b.high, a.low <= b.high and b.low <= a.high)

    __hash__ = None  # type: ignore[assignment]  # as above


def is_float(kind: Kind) -> bool:
    return kind in ("float32", "float64", "scalar")


def as_number(x: Expression) -> Expression:
    """A truth value as an integer, anything else as it is."""
    if x.kind != "truth":
        return x
    return x.home.constant(x.low) if x.is_constant else x.home.made("number", (x,), "int", x.low, x.high)


def as_expression(x: Expression, value: Any) -> Expression:
    """`value`, which may be a number, as an expression beside `x`."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, float):
        return x.home.constant(value, "scalar")
    return x.home.constant(int(value))


def of_one_kind(x: Expression, value: Any) -> tuple[Expression, Expression]:
    """Two operands of one kind: integers, or where one is a float, floats of the wider type of the two."""
    a, b = as_number(x), as_number(as_expression(x, value))
    if a.kind == b.kind:
        return a, b
    kind = next(kind for kind in ("float64", "float32", "scalar") if kind in (a.kind, b.kind))
    return of_kind(a, kind), of_kind(b, kind)


def of_kind(x: Expression, kind: Any) -> Expression:
    return x.home.constant(x.low, kind) if x.is_constant else as_real(x, kind)


def as_real(x: Expression, kind: Kind) -> Expression:
    """The float nearest to `x`."""
    x = as_number(x)
    return x if x.kind == kind else x.home.made("real", (x,), kind, x.low, x.high)


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
    low, high = (0, 1) if is_float(a.kind) else (int(always), int(ever))
    return a.home.made(op, (a, b), "truth", low, high)
