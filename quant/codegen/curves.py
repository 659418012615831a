"""`curves.c`: a kernel for each surrogate, printed from its `surrogate_grad`."""

from typing import Any

import numpy as np

from spikelut.surrogates import ALL, Surrogate, name_of
from spikelut.surrogates._formula import Term, Unrecordable, is_varying, record_class, sign_of

CALLS = {
    "square": "square",
    "abs": "fabsf",
    "exp": "exp_negative",
    "log1p": "log1p_positive",
    "sigmoid": "sigmoid",
    "logistic_slope": "logistic_slope",
    "clamp_min": "clamp_min",
    "clamp_max": "clamp_max",
}
"""Operators that are functions in C: those of `curve_math.h`, and of C itself."""
_OF_SIGN = {"exp": -1, "log1p": 1}
"""Functions that C has for arguments of one sign alone."""
_INFIX = {"scale": "*", "multiply": "*", "divide": "/", "add": "+", "subtract": "-", "less": "<", "less_equal": "<="}

ARRAYS = "const float *restrict x, const float *restrict grad, float *restrict slope"
HEAD = """#include "../curve.h"
#include "../curve_math.h"
"""


def curves_file() -> str:
    """The text: a function for each of `ALL` that C can compute, and why the others have none."""
    functions, without = [], []
    for cls in ALL:
        try:
            functions.append(curve_function(cls))
        except Unrecordable as reason:
            without.append(f"/* {cls.__name__} has no kernel: {reason}. */\n")
    return "\n".join([HEAD, *functions, *without])


def curve_function(cls: type[Surrogate]) -> str:
    """The function of a curve. Raises Unrecordable where its formula is no loop in C."""
    slope, names = record_class(cls)
    writer = _Writer(names)
    result = writer.operand(slope)
    return "\n".join(
        [
            f"EXPORT CLONES void spikelut_curve_{name_of(cls)}_of_{'_'.join(names)}(",
            f"    const double *p, {ARRAYS}, int64_t n)",
            "{",
            *(f"    const float {name} = (float){text};" for text, name in writer.numbers.items()),
            "    for (int64_t i = 0; i < n; i++) {",
            "        const float v = x[i];",
            *(f"        {line}" for line in writer.lines),
            f"        slope[i] = grad[i] * {result};",
            "    }",
            "}\n",
        ]
    )


class _Writer:
    """Writes terms as C: each that varies a statement, numbers of parameters before the loop."""

    def __init__(self, parameters: tuple[str, ...]) -> None:
        self.parameters = parameters
        self.numbers: dict[str, str] = {}
        self.lines: list[str] = []
        self.names: dict[Term, str] = {}

    def operand(self, value: Any) -> str:
        """The name of a term in float32, or a literal."""
        if not is_varying(value):
            if not isinstance(value, Term):
                return f"{float(np.float32(value))!r}f" if value >= 0 else f"({float(np.float32(value))!r}f)"
            return self.numbers.setdefault(self._number(value), f"k{len(self.numbers)}")
        if value.op == "x":
            return "v"
        if value not in self.names:
            text = self._text(value)
            self.names[value] = f"v{len(self.lines)}"
            kind = "int" if value.op in ("less", "less_equal") else "float"
            self.lines.append(f"const {kind} {self.names[value]} = {text};")
        return self.names[value]

    def _text(self, term: Term) -> str:
        if term.op == "scale" and not isinstance(term.args[1], Term) and term.args[1] == -1:
            return f"-{self.operand(term.args[0])}"
        if term.op == "where":
            return self._where(*term.args)
        args = [self.operand(arg) for arg in term.args]
        if term.op in _INFIX:
            return f"{args[0]} {_INFIX[term.op]} {args[1]}"
        if sign_of(term.args[0]) != _OF_SIGN.get(term.op, sign_of(term.args[0])):
            raise Unrecordable(f"{term.op} of a number whose sign is not known, or the other one")
        if term.op in CALLS:
            return f"{CALLS[term.op]}({', '.join(args)})"
        if term.op == "reciprocal":
            return f"1.0f / {args[0]}"
        raise Unrecordable(f"{term.op} has no loop for vectors")

    def _where(self, holds: Term, a: Any, b: Any) -> str:
        condition = self.operand(holds)
        return f"{condition} ? {self._within(holds, 'clamp_max', a)} : {self._within(holds, 'clamp_min', b)}"

    def _within(self, holds: Term, limit: str, value: Any) -> str:
        """An operand of a branch, where `limit`, by which the branch not taken is finite, limits nothing."""
        names, (x, bound) = dict(self.names), holds.args
        if is_varying(x):
            self.names[x.home.term(limit, x, bound)] = self.operand(x)
        text = self.operand(value)
        self.names = names
        return text

    def _number(self, value: Any) -> str:
        """A number, in double."""
        if not isinstance(value, Term):
            return repr(float(value)) if value >= 0 else f"({float(value)!r})"
        if value.op == "parameter":
            return f"p[{self.parameters.index(value.args[0])}]"
        args = [self._number(arg) for arg in value.args]
        if value.op == "abs":
            return f"fabs({args[0]})"
        if value.op not in _INFIX:
            raise Unrecordable(f"{value.op} of parameters has no C")
        return f"({args[0]} {_INFIX[value.op]} {args[1]})"
