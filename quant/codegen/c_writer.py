"""Recorded arithmetic as C99: a statement for each operator, in 32 bits, or in 64 where a value could need more."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from spikelut._checks import require
from spikelut.quant.codegen.expression import Expression, Recording, is_float
from spikelut.quant.codegen.operators import FLOAT32_BITS, INT32, INT64, fits32

TYPES = {"truth": "int32_t", "float32": "float", "float64": "double", "scalar": "double"}
_INFIX = {
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "shift": ">>",
    "low_bits": "&",
    "less": "<",
    "less_equal": "<=",
    "equal": "==",
    "and": "&",
    "or": "|",
}


@dataclass
class CText:
    """Statements `const TYPE v = ...;`, and the texts of the results in terms of these.

    `shared`: the statements of what is the same for all neurons, to stand before a loop over them; they come first.
    """

    shared: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def write(
    recording: Recording,
    results: Iterable[Expression],
    *,
    quotients: Literal["integer", "float"] = "integer",
    unseen_limits: bool = False,
) -> CText:
    """The C of `results`. Names of inputs are C expressions; variables are v0, v1, ...

    A quotient by a number known at run time only is one of integers, which no processor has for vectors, or of floats
    that hold the exact floor of it, by the function `floor_quotient` of `common.h`.
    `unseen_limits`: constants that floats are cut to go through functions of `common.h`, as a compiler that knows them
    makes of a cut and the conversion after it three comparisons and four blends.
    """
    wanted = list(results)
    made = CText()
    text: dict[int, str] = {}
    parts = recording.needed(*wanted)
    limits = _float_limits(parts) if unseen_limits else []
    for number in limits:
        name = text[number.index] = f"limit{len(made.shared)}"
        function = "unseen32" if c_type(number) == "float" else "unseen64"
        made.shared.append(f"const {c_type(number)} {name} = {function}({literal(number)});")
    ordered = [p for p in parts if p.shared] + [p for p in parts if not p.shared]
    for part in ordered:
        if part.is_constant:
            continue
        if part.op == "number":
            text[part.index] = text[part.args[0].index]
            continue
        name = f"v{len(made.shared) + len(made.lines) - len(limits)}"
        body = _Writer(recording.who, text, quotients).body(part)
        (made.shared if part.shared else made.lines).append(f"const {c_type(part)} {name} = {body};")
        text[part.index] = name
    made.texts = [literal(r, r.wide) if r.is_constant else text[r.index] for r in wanted]
    return made


def _float_limits(parts: list[Expression]) -> list[Expression]:
    """The constants that floats among `parts` are cut to."""
    cuts = (p for p in parts if p.op in ("maximum", "minimum") and is_float(p.kind))
    return list({arg.index: arg for cut in cuts for arg in cut.args if arg.is_constant}.values())


def c_type(x: Expression) -> str:
    """The type of a variable that holds it."""
    return TYPES.get(x.kind) or ("int64_t" if x.wide else "int32_t")


def literal(x: Expression, wide: bool = False) -> str:
    """A constant in an operation of 64 bits or of 32."""
    number = x.low
    if x.kind not in ("int", "truth"):
        text = f"{float(number)!r}{'f' if x.kind == 'float32' else ''}"
    elif not fits32(number, number):
        text = f"INT64_C({number})" if number != INT64[0] else "INT64_MIN"
    else:
        text = "INT32_MIN" if number == INT32[0] else str(number)
    return f"({text})" if number < 0 else text


class _Writer:
    """Writes one operator after the other; `text` has those of the variables there are."""

    def __init__(self, who: str, text: dict[int, str], quotients: str) -> None:
        self.who, self.text, self.quotients = who, text, quotients

    def body(self, x: Expression) -> str:
        """What a variable is set to."""
        if x.op == "input":
            return x.name
        # An operation has as many bits as its operands and its result need.
        wide = x.wide or any(arg.wide for arg in x.args)
        args = [self._operand(arg, wide) for arg in x.args]
        special = getattr(self, f"_{x.op}", None)
        made = special(x, args) if special else f"{args[0]} {_INFIX[x.op]} {args[1]}"
        narrowed = wide and x.kind == "int" and not x.wide
        return f"(int32_t)({made})" if narrowed else str(made)

    def _operand(self, x: Expression, wide: bool) -> str:
        if x.is_constant:
            return self.text.get(x.index) or literal(x, wide)
        name = self.text[x.index]
        return f"(int64_t){name}" if wide and x.kind == "int" and not x.wide else name

    def _add(self, x: Expression, args: list[str]) -> str:
        b = x.args[1]
        if b.is_constant and b.kind == "int" and b.low < 0:
            return f"{args[0]} - {literal(b.home.constant(-b.low))}"
        return f"{args[0]} + {args[1]}"

    def _shift(self, x: Expression, args: list[str]) -> str:
        # Arithmetic, so a floor: what is made for other compilers asserts that theirs is.
        most = 63 if x.args[0].wide else 31
        if x.args[1].is_constant:
            return f"{args[0]} >> {min(x.args[1].low, most)}"
        require(x.args[1].high <= most, self.who, f"shifts must be at most {most}", x.args[1])
        return f"{args[0]} >> {self.text[x.args[1].index]}"

    def _power(self, x: Expression, args: list[str]) -> str:
        return f"({c_type(x)})1 << {self.text[x.args[0].index]}"

    def _quotient(self, x: Expression, args: list[str]) -> str:
        a, b = x.args
        if self.quotients == "float" and not b.is_constant:
            largest = max(-a.low, a.high) + b.high
            require(largest <= 2**53, self.who, "quotients must be of numbers below 2**53", (a, b))
            return f"floor_quotient{32 if largest <= 2**FLOAT32_BITS else 64}({args[0]}, {args[1]})"
        # C truncates.
        return f"{args[0]} / {args[1]}" + (f" - ({args[0]} % {args[1]} < 0)" if a.low < 0 else "")

    def _maximum(self, x: Expression, args: list[str]) -> str:
        return f"{args[0]} > {args[1]} ? {args[0]} : {args[1]}"

    def _minimum(self, x: Expression, args: list[str]) -> str:
        return f"{args[0]} < {args[1]} ? {args[0]} : {args[1]}"

    def _not(self, x: Expression, args: list[str]) -> str:
        return f"!{args[0]}"

    def _select(self, x: Expression, args: list[str]) -> str:
        return f"{args[0]} ? {args[1]} : {args[2]}"

    def _round(self, x: Expression, args: list[str]) -> str:
        return f"{'rintf' if x.kind == 'float32' else 'rint'}({args[0]})"

    def _floor(self, x: Expression, args: list[str]) -> str:
        return f"{'floorf' if x.kind == 'float32' else 'floor'}({args[0]})"

    def _whole(self, x: Expression, args: list[str]) -> str:
        return f"({c_type(x)}){args[0]}"

    def _real(self, x: Expression, args: list[str]) -> str:
        return f"({c_type(x)}){self.text[x.args[0].index]}"
