"""Recorded integers as Verilog-2005: a wire for each operator, of as many bits as its range needs.

    step = VerilogText(recording)
    step.store("next_mem", Word.of(-32768, 32767), mem)
    print(*step.lines, sep="\\n")

Every operand is brought to the width of its operation by hand, sign or zeros before it, so that nothing depends on the
rules by which Verilog widens and takes numbers for signed ones; bits that nobody reads are named as such. No `always`
is printed, and so no latch. Shifts to the right are floors, of negative numbers too; so are quotients.
"""

from dataclasses import dataclass
from typing import NamedTuple

from spikelut._checks import require
from spikelut.quant.codegen.expression import Expression, Recording

UNUSED = "unused"
"""How the names of what nobody reads begin, by which lint knows that this is meant."""


class Word(NamedTuple):
    """The bits of a value: two's complement where it is `signed`."""

    bits: int
    signed: bool

    @classmethod
    def of(cls, low: int, high: int) -> "Word":
        """The fewest that hold `low`..`high`."""
        if low >= 0:
            return cls(max(1, high.bit_length()), False)
        return cls(max((-low - 1).bit_length(), high.bit_length()) + 1, True)

    @property
    def declared(self) -> str:
        """What stands before a name in a declaration, ` signed [7:0]`; nothing for one bit."""
        size = f" [{self.bits - 1}:0]" if self.bits > 1 else ""
        return f"{' signed' if self.signed else ''}{size}"

    def hexadecimal(self, value: int) -> str:
        """A value as `$readmemh` reads it."""
        return f"{value & (1 << self.bits) - 1:0{(self.bits + 3) // 4}x}"


class Value(NamedTuple):
    """A net called `name`, and its word."""

    name: str
    word: Word


def literal(number: int, bits: int) -> str:
    """A signed number of so many bits."""
    if number < 0 and -number == 1 << bits - 1:
        return f"{bits}'sh{-number:x}"
    return f"-{bits}'sd{-number}" if number < 0 else f"{bits}'sd{number}"


def unsigned(number: int, bits: int) -> str:
    """A number that is not negative, of so many bits."""
    return f"{bits}'d{number}"


@dataclass
class _Read:
    """Which bits of a net are read."""

    bits: int
    mask: int = 0


class VerilogText:
    """Lines that compute expressions of `recording` and store them; wires are `prefix` and a number.

    Names of inputs are those of nets of the word that holds their range.
    """

    def __init__(self, recording: Recording, prefix: str = "v") -> None:
        self.recording, self.prefix = recording, prefix
        self.lines: list[str] = []
        self._values: dict[int, Value] = {}
        self._read: dict[str, _Read] = {}
        self._wires = 0

    def store(self, target: str, word: Word, x: Expression) -> None:
        """`assign target = x`, whose values `word` holds, though its range may not show it."""
        self.lines.append(f"assign {target} = {self.text(x, word)};")

    def text(self, x: Expression, word: Word) -> str:
        """`x` in as many bits as `word` has."""
        self._write(x)
        return self._fit(x, word.bits)

    @property
    def names(self) -> set[str]:
        """Of the nets that lines read, and of the wires that they make."""
        return set(self._read)

    def unused(self) -> list[str]:
        """The nets, or the bits of them, that no line reads, inputs that were given to no operator not among them."""
        found = []
        for name, read in self._read.items():
            for low, high in _runs(~read.mask & (1 << read.bits) - 1):
                found.append(name if high - low + 1 == read.bits else _part(name, low, high))
        return found

    def _write(self, x: Expression) -> None:
        for part in self.recording.needed(x):
            if part.index in self._values or part.is_constant:
                continue
            require(part.kind in ("int", "truth"), self.recording.who, "numbers must be integers", part)
            word = Word.of(part.low, part.high)
            if part.op == "input":
                self._know(part, part.name, word)
            elif part.op == "number":
                self._values[part.index] = self._values[part.args[0].index]
            else:
                body = getattr(self, f"_{part.op}")(part, word.bits)
                self._know(part, self._wire(body, word), word)

    def _know(self, x: Expression, name: str, word: Word) -> None:
        self._values[x.index] = Value(name, word)
        self._read.setdefault(name, _Read(word.bits))

    def _bits(self, x: Expression, low: int, high: int) -> str:
        """Bits `low`..`high` of the infinitely many that a number has."""
        if x.is_constant:
            width = high - low + 1
            return unsigned(x.low >> low & (1 << width) - 1, width)
        name, word = self._values[x.index]
        top = word.bits - 1
        self._read[name].mask |= (1 << min(high, top) + 1) - (1 << min(low, top)) if word.signed or low <= top else 0
        kept = [] if low > top else [name if (low, min(high, top)) == (0, top) else _part(name, low, min(high, top))]
        more = high - max(low - 1, top) if high > top else 0
        if more:
            sign = ("1'b0" if not word.signed else name if word.bits == 1 else f"{name}[{top}]") or ""
            kept.insert(0, sign if more == 1 else f"{{{more}{{{sign}}}}}")
        return kept[0] if len(kept) == 1 else f"{{{', '.join(kept)}}}"

    def _fit(self, x: Expression, bits: int) -> str:
        """The low `bits` of a number."""
        if x.is_constant and x.low < 0 and _fits(x.low, bits):
            return literal(x.low, bits)
        return self._bits(x, 0, bits - 1)

    def _signed(self, x: Expression, bits: int) -> str:
        """The same as a signed number."""
        if x.is_constant and _fits(x.low, bits):
            return literal(x.low, bits)
        text = self._fit(x, bits)
        if x.is_constant:
            return f"$signed({text})"
        name, word = self._values[x.index]
        return text if text == name and word.signed else f"$signed({text})"

    def _pair(self, a: Expression, b: Expression) -> tuple[str, str]:
        """Both in one width, to be compared or divided: signed ones where one can be negative."""
        if a.low >= 0 and b.low >= 0:
            bits = max(Word.of(x.low, x.high).bits for x in (a, b))
            first, second = (unsigned(x.low, bits) if x.is_constant else self._bits(x, 0, bits - 1) for x in (a, b))
            return first, second
        bits = max(Word.of(min(x.low, -1), x.high).bits for x in (a, b))
        return self._signed(a, bits), self._signed(b, bits)

    def _add(self, x: Expression, bits: int) -> str:
        a, b = x.args
        if b.is_constant and b.low < 0 and _fits(-b.low, bits):
            return f"{self._fit(a, bits)} - {unsigned(-b.low, bits)}"
        return f"{self._fit(a, bits)} + {self._fit(b, bits)}"

    def _subtract(self, x: Expression, bits: int) -> str:
        a, b = x.args
        return f"{self._fit(a, bits)} - {self._fit(b, bits)}"

    def _multiply(self, x: Expression, bits: int) -> str:
        a, b = x.args
        if b.is_constant and b.low > 0 and b.low & (b.low - 1) == 0:
            zeros = b.low.bit_length() - 1
            return f"{{{self._bits(a, 0, bits - zeros - 1)}, {zeros}'d0}}"
        if a.low >= 0 and b.low >= 0:
            return f"{self._fit(a, bits)} * {self._fit(b, bits)}"
        # Of signed numbers what stands before them is known to be their sign, and costs nothing.
        return f"{self._signed(a, bits)} * {self._signed(b, bits)}"

    def _quotient(self, x: Expression, bits: int) -> str:
        a, b = x.args
        first, second = self._pair(a, b)
        if a.low >= 0:
            return self._cut(f"{first} / {second}", max(Word.of(y.low, y.high).bits for y in (a, b)), False, bits)
        wide = max(Word.of(min(y.low, -1), y.high).bits for y in (a, b))
        # Verilog truncates.
        rest = self._wire(f"{first} % {second}", Word(wide, True), 1 << wide - 1)
        quotient = self._wire(f"{first} / {second}", Word(wide, True), (1 << wide) - 1)
        return self._cut(f"{quotient} - {{{wide - 1}'d0, {rest}[{wide - 1}]}}", wide, True, bits)

    def _cut(self, text: str, wide: int, is_signed: bool, bits: int) -> str:
        """What has `wide` bits in the bits of a result."""
        if wide == bits:
            return text
        name = self._wire(text, Word(wide, is_signed), (1 << min(wide, bits)) - 1)
        if wide > bits:
            return _part(name, 0, bits - 1)
        sign = f"{name}[{wide - 1}]" if is_signed else "1'b0"
        return f"{{{{{bits - wide}{{{sign}}}}}, {name}}}"

    def _wire(self, text: str, word: Word, read: int = 0) -> str:
        """A new wire, of which the bits in the mask `read` are read at once."""
        name = f"{self.prefix}{self._wires}"
        self._wires += 1
        self.lines.append(f"wire{word.declared} {name} = {text};")
        self._read[name] = _Read(word.bits, read)
        return name

    def _shift(self, x: Expression, bits: int) -> str:
        a, b = x.args
        if b.is_constant:
            return self._bits(a, b.low, b.low + bits - 1)
        wide = max(2, Word.of(a.low, a.high).bits)
        text = f"{self._signed(a, wide)} >>> " if a.low < 0 else f"{self._fit(a, wide)} >> "
        return self._cut(text + self._name(b), wide, a.low < 0, bits)

    def _name(self, x: Expression) -> str:
        """The whole of a net."""
        return self._bits(x, 0, Word.of(x.low, x.high).bits - 1)

    def _low_bits(self, x: Expression, bits: int) -> str:
        a, mask = x.args
        if mask.is_constant:
            return self._bits(a, 0, bits - 1)
        return f"{self._bits(a, 0, bits - 1)} & {self._bits(mask, 0, bits - 1)}"

    def _power(self, x: Expression, bits: int) -> str:
        return f"{unsigned(1, bits)} << {self._name(x.args[0])}"

    def _maximum(self, x: Expression, bits: int) -> str:
        a, b = x.args
        first, second = self._pair(a, b)
        return f"{first} > {second} ? {self._fit(a, bits)} : {self._fit(b, bits)}"

    def _minimum(self, x: Expression, bits: int) -> str:
        a, b = x.args
        first, second = self._pair(a, b)
        return f"{first} < {second} ? {self._fit(a, bits)} : {self._fit(b, bits)}"

    def _compared(self, x: Expression, sign: str) -> str:
        return f" {sign} ".join(self._pair(*x.args))

    def _less(self, x: Expression, bits: int) -> str:
        return self._compared(x, "<")

    def _less_equal(self, x: Expression, bits: int) -> str:
        return self._compared(x, "<=")

    def _equal(self, x: Expression, bits: int) -> str:
        return self._compared(x, "==")

    def _and(self, x: Expression, bits: int) -> str:
        return " & ".join(map(self._name, x.args))

    def _or(self, x: Expression, bits: int) -> str:
        return " | ".join(map(self._name, x.args))

    def _not(self, x: Expression, bits: int) -> str:
        return f"~{self._name(x.args[0])}"

    def _select(self, x: Expression, bits: int) -> str:
        condition, a, b = x.args
        return f"{self._name(condition)} ? {self._fit(a, bits)} : {self._fit(b, bits)}"


def _fits(number: int, bits: int) -> bool:
    return -(1 << bits - 1) <= number < 1 << bits - 1


def _part(name: str, low: int, high: int) -> str:
    return f"{name}[{high}]" if low == high else f"{name}[{high}:{low}]"


def _runs(mask: int) -> list[tuple[int, int]]:
    """The runs of ones, from bit to bit."""
    found: list[tuple[int, int]] = []
    bit = 0
    while mask >> bit:
        if mask >> bit & 1:
            if found and found[-1][1] == bit - 1:
                found[-1] = (found[-1][0], bit)
            else:
                found.append((bit, bit))
        bit += 1
    return found
