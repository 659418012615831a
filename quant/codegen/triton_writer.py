"""Recorded arithmetic as Triton: a statement for each operator, in 32 bits, or in 64 where a value could need more.

It gives text alone; the functions `round_half_even` and `floor_divide`, which the text may call, are those of
`backends.triton.device_functions`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from spikelut._checks import require
from spikelut.quant.codegen.expression import Expression

_INFIX = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "shift": ">>",
    "low_bits": "&",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "and": "&",
    "or": "|",
}
_TURNED = {"less": ">", "less_equal": ">=", "equal": "=="}


@dataclass
class TritonText:
    """Statements `v0 = ...`, and the texts of the results in terms of these.

    `numbers`: the values of `numbers[0]`, `numbers[1]`, ..., where numbers were to be taken out.
    """

    lines: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    numbers: list[float] = field(default_factory=list)


def write(
    results: Iterable[tuple[Expression, str]],
    *,
    shape_of: str,
    takes_numbers_out: bool = False,
    keeps_nan: bool = False,
) -> TritonText:
    """The Triton of `results`, each in a type of Triton's. Names of inputs are Triton expressions.

    - `shape_of`: a name whose shape results have that are the same number everywhere.
    - `takes_numbers_out`: real numbers become elements of a tuple `numbers`, so that functions that differ in these
      alone have one text, and are compiled once.
    - `keeps_nan`: the larger or smaller of two floats is NaN if one of them is; else it is the other one.

    What is multiplied by a truth value is chosen or zero: of an infinity nothing is left where it is false.
    """
    made = TritonText()
    writer = _Writer(made, takes_numbers_out, keeps_nan)
    for result, wanted in results:
        if result.is_constant:
            made.texts.append(f"tl.full({shape_of}.shape, {writer.operand(result)}, {wanted})")
        else:
            wide = wanted == "tl.int64" and result.kind == "int"
            text = writer.operand(result, wide)
            made.texts.append(text if wide or type_of(result) == wanted else f"{text}.to({wanted})")
    return made


def type_of(x: Expression) -> str:
    """The type of a variable that holds it."""
    if x.kind == "int":
        return "tl.int64" if x.wide else "tl.int32"
    return "tl.int1" if x.kind == "truth" else f"tl.{x.kind}"


class _Writer:
    """Writes an operator when something needs it, its operands before it."""

    def __init__(self, made: TritonText, takes_numbers_out: bool, keeps_nan: bool) -> None:
        self.made, self.takes_numbers_out, self.keeps_nan = made, takes_numbers_out, keeps_nan
        self.names: dict[int, str] = {}
        self.wide_names: dict[int, str] = {}
        """Of integers in 64 bits; those that 32 hold may be there in both."""

    def operand(self, x: Expression, wide: bool = False) -> str:
        """The name of a variable, or a literal; of an integer in 64 bits where the operation has them."""
        if x.is_constant:
            return self._literal(x)
        if x.index not in self.names and x.index not in self.wide_names:
            text, in_64 = self._body(x)
            (self.wide_names if in_64 else self.names)[x.index] = self._line(text)
        if (wide and x.kind == "int") or x.wide:
            return self._converted(x, self.wide_names, self.names, "tl.int64")
        return self._converted(x, self.names, self.wide_names, "tl.int32")

    def _line(self, body: str) -> str:
        name = f"v{len(self.made.lines)}"
        self.made.lines.append(f"{name} = {body}")
        return name

    def _converted(self, x: Expression, names: dict[int, str], others: dict[int, str], wanted: str) -> str:
        if x.index not in names:
            names[x.index] = self._line(f"{others[x.index]}.to({wanted})")
        return names[x.index]

    def _literal(self, x: Expression) -> str:
        if x.kind in ("int", "truth"):
            return str(int(x.low))
        if not self.takes_numbers_out:
            return repr(float(x.low))
        numbers = self.made.numbers
        if float(x.low) not in numbers:
            numbers.append(float(x.low))
        return f"numbers[{numbers.index(float(x.low))}]"

    def _body(self, x: Expression) -> tuple[str, bool]:
        """What a variable is set to, and whether that has 64 bits."""
        if x.op == "input":
            return x.name, x.wide
        require(x.kind != "scalar", x.home.who, "real numbers must meet a float", x)
        # An operation has as many bits as its operands and its result need.
        wide = x.wide or any(arg.wide for arg in x.args)
        special = getattr(self, f"_{x.op}", None)
        text = special(x, wide) if special else self._infix(x, wide)
        return text, wide and x.kind == "int"

    def _args(self, x: Expression, wide: bool) -> list[str]:
        return [self.operand(arg, wide) for arg in x.args]

    def _infix(self, x: Expression, wide: bool) -> str:
        a, b = self._args(x, wide)
        if x.op in _TURNED and x.args[0].is_constant:
            return f"{b} {_TURNED[x.op]} {a}"
        return f"{a} {_INFIX[x.op]} {b}"

    def _multiply(self, x: Expression, wide: bool) -> str:
        for factor, other in (x.args, x.args[::-1]):
            number = factor.args[0] if factor.op == "real" else factor
            if number.op == "number":
                chosen = f"tl.where({self.operand(number.args[0])}, {self.operand(other, wide)}, {_zero(x)})"
                return f"{chosen}.to({type_of(x)})" if other.is_constant else chosen
        return self._infix(x, wide)

    def _shift(self, x: Expression, wide: bool) -> str:
        value, by = x.args
        most = 63 if wide else 31
        if by.is_constant:
            return f"{self.operand(value, wide)} >> {min(by.low, most)}"
        require(by.high <= most, x.home.who, f"shifts must be at most {most}", by)
        return f"{self.operand(value, wide)} >> {self.operand(by)}"

    def _power(self, x: Expression, wide: bool) -> str:
        by = self.operand(x.args[0])
        return f"tl.full({by}.shape, 1, {type_of(x)}) << {by}"

    def _quotient(self, x: Expression, wide: bool) -> str:
        a, b = self._args(x, wide)
        # Triton's `//` goes towards zero.
        return f"floor_divide({a}, {b})" if x.args[0].low < 0 else f"{a} // {b}"

    def _divide(self, x: Expression, wide: bool) -> str:
        a, b = self._args(x, wide)
        # Triton's `/` of float32 is not rounded correctly.
        return f"tl.div_rn({a}, {b})" if x.kind == "float32" else f"{a} / {b}"

    def _maximum(self, x: Expression, wide: bool) -> str:
        return f"tl.maximum({', '.join(self._args(x, wide))}{self._nan(x)})"

    def _minimum(self, x: Expression, wide: bool) -> str:
        return f"tl.minimum({', '.join(self._args(x, wide))}{self._nan(x)})"

    def _nan(self, x: Expression) -> str:
        return ", propagate_nan=tl.PropagateNan.ALL" if self.keeps_nan and x.kind != "int" else ""

    def _not(self, x: Expression, wide: bool) -> str:
        return f"{self.operand(x.args[0])} == 0"

    def _select(self, x: Expression, wide: bool) -> str:
        condition, a, b = x.args
        chosen = f"tl.where({self.operand(condition)}, {self.operand(a, wide)}, {self.operand(b, wide)})"
        return f"{chosen}.to({type_of(x)})" if a.is_constant and b.is_constant else chosen

    def _number(self, x: Expression, wide: bool) -> str:
        return f"{self.operand(x.args[0])}.to({type_of(x)})"

    def _real(self, x: Expression, wide: bool) -> str:
        value = x.args[0]
        value = value.args[0] if value.op == "number" else value
        return f"{self.operand(value)}.to({type_of(x)})"

    def _whole(self, x: Expression, wide: bool) -> str:
        return f"{self.operand(x.args[0])}.to({type_of(x)})"

    def _round(self, x: Expression, wide: bool) -> str:
        require(x.kind == "float32", x.home.who, "only float32 can be rounded", x)
        return f"round_half_even({self.operand(x.args[0])})"

    def _floor(self, x: Expression, wide: bool) -> str:
        return f"tl.floor({self.operand(x.args[0])})"


def _zero(x: Expression) -> str:
    return "0" if x.kind == "int" else "0.0"
