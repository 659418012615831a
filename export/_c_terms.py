"""Integers that record the arithmetic they take part in as C.

A `Term` answers the operators that `spikelut.quant` uses on arrays, so the functions there run on it unchanged and
leave statements behind. It knows the smallest and the largest value it can have: by these, every statement is computed
in 32 bits, or in 64 where a value could need more, and what cannot change anything is left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from spikelut._checks import require

INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)


@dataclass(frozen=True)
class Statement:
    """`const TYPE name = text;`, with the names that the text reads."""

    name: str
    wide: bool
    text: str
    reads: tuple[str, ...]


@dataclass
class Statements:
    """Statements in the order they were recorded.

    `known`: the variable that has a text. `moved`: of one that is another plus a number, these two.
    """

    made: list[Statement] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    moved: dict[str, tuple["Term", int]] = field(default_factory=dict)

    def given(self, text: str, low: int, high: int) -> "Term":
        """A variable that holds `text`, C whose value is known to be in `low`..`high`."""
        return self.made_of(text, (), low, high)

    def made_of(self, text: str, reads: tuple["Term", ...], low: int, high: int) -> "Term":
        """A variable that holds `text`; a number where the range has one only."""
        require(INT64[0] <= low <= high <= INT64[1], "to_c", "values must fit 64 bits", (low, high))
        if low == high:
            return Term(self, str(low), low, high)
        if text not in self.known:
            self.known[text] = f"v{len(self.made)}"
            names = tuple(name for term in reads for name in term.names)
            self.made.append(Statement(self.known[text], not _fits(low, high), text, names))
        return Term(self, self.known[text], low, high)

    def lines(self, *results: "Term") -> tuple[list[str], list[str]]:
        """The statements that `results` need, and the texts of these; variables are numbered anew."""
        needed = {name for result in results for name in result.names}
        kept = []
        for made in reversed(self.made):
            if made.name in needed:
                needed.update(made.reads)
                kept.append(made)
        new = {made.name: f"v{i}" for i, made in enumerate(reversed(kept))}

        def renamed(text: str) -> str:
            return re.sub(r"\bv\d+\b", lambda found: new[found.group()], text)

        types = {True: "int64_t", False: "int32_t"}
        lines = [f"const {types[made.wide]} {new[made.name]} = {renamed(made.text)};" for made in reversed(kept)]
        return lines, [renamed(result.text) for result in results]

    def plus(self, x: "Term", number: int) -> "Term":
        """`x + number`; of a number added and taken away again nothing is left."""
        base, before = self.moved.get(x.text, (x, 0))
        total = before + number
        if total == 0:
            return base
        size = self._constant(abs(total))
        made = base._made(f"{{}} {'+' if total > 0 else '-'} {{}}", (base, size), base.low + total, base.high + total)
        self.moved.setdefault(made.text, (base, total))
        return made

    def _constant(self, number: int) -> "Term":
        return Term(self, str(number), number, number)


def _fits(low: int, high: int) -> bool:
    return INT32[0] <= low and high <= INT32[1]


@dataclass(frozen=True, eq=False)
class Term:
    """A variable or a number in C, between `low` and `high`; a truth value is 0 or 1."""

    home: Statements
    text: str
    low: int
    high: int

    @property
    def wide(self) -> bool:
        """Whether it is a variable of 64 bits."""
        return not _fits(self.low, self.high)

    @property
    def names(self) -> tuple[str, ...]:
        """The variable it is, if it is one."""
        return (self.text,) if self.low != self.high else ()

    def _operand(self, value: Any) -> "Term":
        if isinstance(value, Term):
            return value
        number = int(value)
        return Term(self.home, str(number), number, number)

    def _made(self, form: str, operands: "tuple[Term, ...]", low: int, high: int) -> "Term":
        """`form` with the operands in its places, computed in as many bits as they and the result need."""
        wide = not _fits(low, high) or any(term.wide for term in operands)
        texts = [_literal(term, wide) for term in operands]
        text = form.format(*texts)
        return self.home.made_of(f"(int32_t)({text})" if wide and _fits(low, high) else text, operands, low, high)

    def __add__(self, other: Any) -> "Term":
        b = self._operand(other)
        if b.low == b.high or self.low == self.high:
            return self.home.plus(self, b.low) if b.low == b.high else self.home.plus(b, self.low)
        return self._made("{} + {}", (self, b), self.low + b.low, self.high + b.high)

    __radd__ = __add__

    def __sub__(self, other: Any) -> "Term":
        b = self._operand(other)
        if b.low == b.high:
            return self.home.plus(self, -b.low)
        if b.text == self.text:
            return self._operand(0)
        return self._made("{} - {}", (self, b), self.low - b.high, self.high - b.low)

    def __rsub__(self, other: Any) -> "Term":
        return self._operand(other) - self

    def __mul__(self, other: Any) -> "Term":
        b = self._operand(other)
        if b.low == b.high == 1:
            return self
        ends = [x * y for x in (self.low, self.high) for y in (b.low, b.high)]
        return self._made("{} * {}", (self, b), min(ends), max(ends))

    __rmul__ = __mul__

    def __floordiv__(self, by: Any) -> "Term":
        return COps.divide(self, by)

    def __rshift__(self, shift: int) -> "Term":
        if shift == 0:
            return self
        # Arithmetic, so a floor: the file asserts that the compiler's is.
        bits = min(shift, 63 if self.wide else 31)
        return self._made(f"{{}} >> {bits}", (self,), self.low >> shift, self.high >> shift)

    def __lshift__(self, shift: int) -> "Term":
        # Not <<, which is undefined for negative numbers.
        return self * (1 << shift)

    def __and__(self, other: Any) -> "Term":
        if isinstance(other, Term):
            require(self._truth and other._truth, "to_c", "& must be of truth values or with 2**n - 1", other.text)
            return self._made("{} & {}", (self, other), self.low & other.low, self.high & other.high)
        mask = int(other)
        require(mask >= 0 and mask & (mask + 1) == 0, "to_c", "numbers must be masked by 2**n - 1", mask)
        if self.low >= 0 and self.high <= mask:
            return self
        same = self.low & ~mask == self.high & ~mask
        low, high = (self.low & mask, self.high & mask) if same else (0, mask)
        return self._made("{} & {}", (self, self._operand(mask)), low, high)

    def __or__(self, other: Any) -> "Term":
        b = self._operand(other)
        require(self._truth and b._truth, "to_c", "| must be of truth values", b.text)
        return self._made("{} | {}", (self, b), self.low | b.low, self.high | b.high)

    def __invert__(self) -> "Term":
        require(self._truth, "to_c", "~ must be of truth values", self.text)
        return self._made("!{}", (self,), 1 - self.high, 1 - self.low)

    @property
    def _truth(self) -> bool:
        return self.low >= 0 and self.high <= 1

    def _compared(self, sign: str, other: Any, test: Callable[[int, int], bool], falls: bool) -> "Term":
        """Whether the comparison holds; `falls`: a larger value makes it less likely to."""
        b = self._operand(other)
        low, high = (self.low - b.high, self.high - b.low)
        least, most = (high, low) if falls else (low, high)
        return self._made(f"{{}} {sign} {{}}", (self, b), int(test(least, 0)), int(test(most, 0)))

    def __lt__(self, other: Any) -> "Term":
        return self._compared("<", other, lambda a, b: a < b, True)

    def __gt__(self, other: Any) -> "Term":
        return self._compared(">", other, lambda a, b: a > b, False)

    def __ge__(self, other: Any) -> "Term":
        return self._compared(">=", other, lambda a, b: a >= b, False)

    # As in NumPy and torch; such values are no dictionary keys.
    def __eq__(self, other: Any) -> "Term":  # type: ignore[override]  # array semantics
        b = self._operand(other)
        apart = self.high < b.low or b.high < self.low
        same = self.low == self.high == b.low == b.high
        return self._made("{} == {}", (self, b), int(same), 0 if apart else 1)

    __hash__ = None  # type: ignore[assignment]  # as above


def _literal(term: Term, wide: bool) -> str:
    """The operand of an operation of so many bits."""
    if term.low != term.high:
        return f"(int64_t){term.text}" if wide and not term.wide else term.text
    number = term.low
    if not _fits(number, number):
        text = f"INT64_C({number})" if number != INT64[0] else "INT64_MIN"
    elif number == INT32[0]:
        text = "INT32_MIN"
    else:
        text = str(number)
    return f"({text})" if number < 0 else text


class COps:
    """What integer arithmetic needs besides the operators, for terms."""

    @staticmethod
    def where(condition: Term, a: Any, b: Any) -> Term:
        """`a` where the condition holds, `b` elsewhere."""
        x, y = condition._operand(a), condition._operand(b)
        if condition.low == condition.high or x.text == y.text:
            return x if condition.low else y
        low, high = min(x.low, y.low), max(x.high, y.high)
        wide = not _fits(low, high)
        form = f"{{0}} ? {_literal(x, wide)} : {_literal(y, wide)}"
        return condition.home.made_of(form.format(condition.text), (condition, x, y), low, high)

    @staticmethod
    def clip(x: Term, low: int, high: int) -> Term:
        """`x` limited to `low`..`high`."""
        least, most = min(max(x.low, low), high), min(max(x.high, low), high)
        ends = [("<", low)] * (x.low < low) + [(">", high)] * (x.high > high)
        if not ends:
            return x
        form = "".join(f"{{0}} {sign} {{{i}}} ? {{{i}}} : " for i, (sign, _) in enumerate(ends, 1))
        return x._made(f"{form}{{0}}", (x, *(x._operand(end) for _, end in ends)), least, most)

    @staticmethod
    def divide(x: Term, by: Any) -> Term:
        """The floor of x / by, for `by` > 0."""
        divisor = int(by)
        require(divisor > 0, "to_c", "divisors must be > 0", divisor)
        if divisor & (divisor - 1) == 0:
            return x >> (divisor.bit_length() - 1)
        low, high = x.low // divisor, x.high // divisor
        # C truncates.
        form = f"{{0}} / {divisor}" + (f" - ({{0}} % {divisor} < 0)" if x.low < 0 else "")
        return x._made(form, (x,), low, high)

    @staticmethod
    def spike(x: Term) -> Term:
        """Whether `x >= 0`."""
        return x >= 0
