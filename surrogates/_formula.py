"""The formula of a curve as a graph of operators, recorded by running `surrogate_grad` on a `Term` in place of x.

So a curve is stated once, in torch. Its C kernel is printed from the graph (`quant.codegen.curves`); without kernels
`_passes` computes it in few passes over memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from math import prod
from typing import Any, ClassVar

import torch


class Unrecordable(Exception):
    """A formula that is more than operators on each x alone, or uses one that has no place here."""


OPS = {
    "x": "the membrane above threshold",
    "parameter": "a number of the surrogate, called a, no less than b; None: any",
    "scale": "a * c, c a number",
    "multiply": "a * b",
    "divide": "a / b, of numbers",
    "add": "a + b",
    "subtract": "a - b",
    "square": "a * a",
    "reciprocal": "1 / a",
    "abs": "|a|",
    "exp": "e**a",
    "log1p": "log(1 + a)",
    "sigmoid": "1 / (1 + e**-a)",
    "logistic_slope": "sigmoid(a) * sigmoid(-a)",
    "cos": "the cosine of a",
    "sign": "-1, 0 or 1",
    "clamp_min": "a, but b where it is below b",
    "clamp_max": "a, but b where it is above b",
    "less": "a < b",
    "less_equal": "a <= b",
    "where": "b where a holds, else c",
}
"""What a `Term.op` means for its arguments a, b, c."""


class Formula:
    """The terms of a formula, equal ones once."""

    def __init__(self) -> None:
        self._terms: dict[tuple[Any, ...], Term] = {}
        self.x = self.term("x", varies=True)

    def term(self, op: str, *args: Any, varies: bool | None = None) -> Term:
        """The operator `op` of terms and numbers; it varies with x if one of them does."""
        key = (op, *(id(a) if isinstance(a, Term) else repr(a) for a in args))
        if key not in self._terms:
            varying = any(map(is_varying, args)) if varies is None else varies
            self._terms[key] = Term(self, op, args, varying)
        return self._terms[key]


def record(surrogate: Any) -> Term:
    """What `surrogate.surrogate_grad` does, with its parameters as numbers. Raises Unrecordable."""
    return _run(surrogate, Formula())


def record_class(cls: type[Any]) -> tuple[Term, tuple[str, ...]]:
    """What `cls.surrogate_grad` does, with parameters as terms; and their names. Raises Unrecordable."""
    formula, curve = Formula(), object.__new__(cls)
    for field in fields(cls):
        if field.metadata.get("integer"):
            raise Unrecordable(f"{field.name} is an integer, on which the operators depend")
        least = field.metadata["ge"] if field.metadata["gt"] is None else field.metadata["gt"]
        object.__setattr__(curve, field.name, formula.term("parameter", field.name, least))
    return _run(curve, formula), tuple(field.name for field in fields(cls))


def _run(surrogate: Any, formula: Formula) -> Term:
    try:
        result = surrogate.surrogate_grad(formula.x)
    except (TypeError, AttributeError) as error:  # what a Term has not
        raise Unrecordable(str(error)) from error
    if not is_varying(result):
        raise Unrecordable("the slope is a number")
    term: Term = result
    return term


def is_varying(value: Any) -> bool:
    """Whether it varies with x; else it is a number, of Python or a term of parameters."""
    return isinstance(value, Term) and value.varies


def factors(value: Any) -> tuple[Any, Any]:
    """`(a, c)` of a value that is `a * c` with a number c, 1 if there is none."""
    return value.args if isinstance(value, Term) and value.op == "scale" else (value, 1.0)


def sign_of(value: Any) -> int:
    """1 of what is never negative, -1 of what is never positive, 0 of anything else; NaN apart."""
    if not isinstance(value, Term):
        return 1 if value >= 0 else -1
    if value.op == "parameter":
        return int(value.args[1] is not None and value.args[1] >= 0)
    if value.op in ("abs", "square", "exp", "sigmoid", "logistic_slope"):
        return 1
    if value.op in ("log1p", "reciprocal", "scale", "multiply", "divide"):
        return prod(map(sign_of, value.args))
    if value.op == "add":
        return sign_of(value.args[0]) if sign_of(value.args[0]) == sign_of(value.args[1]) else 0
    return 0


@dataclass(frozen=True, eq=False, repr=False)
class Term:
    """An operator with its arguments, terms or numbers of Python. It answers what curves ask of a tensor.

    Numbers are gathered, as far as that changes the last bits of a float only: `a / c` is `a * (1 / c)`, and
    `(a * c) * d` is `a * (c * d)`, so that each x meets few of them.
    """

    home: Formula
    op: str
    args: tuple[Any, ...]
    varies: bool

    def __repr__(self) -> str:
        return f"{self.op}({', '.join(map(repr, self.args))})"

    def __mul__(self, other: Any) -> Any:
        if not self.varies and not is_varying(other):
            if _is_one(other):
                return self
            number, factor = self.args if self.op == "multiply" else (self, 1.0)
            if isinstance(factor, Term) or isinstance(other, Term):
                return self.home.term("multiply", self, other)
            return number if factor * other == 1 else self.home.term("multiply", number, factor * other)
        (a, c), (b, d) = (factors(v) if is_varying(v) else (None, v) for v in (self, other))
        if a is None or b is None:
            return _scaled(b if a is None else a, c * d)
        opposite = a.op == b.op == "sigmoid" and a.args[0] is -b.args[0]
        product = self.home.term("logistic_slope", a.args[0]) if opposite else self.home.term("multiply", a, b)
        return _scaled(product, c * d)

    def __rmul__(self, other: Any) -> Any:
        return self * other

    def __neg__(self) -> Any:
        return self * -1.0

    def __truediv__(self, other: Any) -> Any:
        if is_varying(other):
            return self * other.reciprocal()
        return self * (1 / other) if self.varies else self.home.term("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.reciprocal() * other if self.varies else self.home.term("divide", other, self)

    def __add__(self, other: Any) -> Any:
        if not is_varying(other) and not isinstance(other, Term) and other == 0:
            return self
        if not self.varies and is_varying(other):
            return other + self
        return self._sum("add", other)

    def __radd__(self, other: Any) -> Any:
        return self + other

    def __sub__(self, other: Any) -> Any:
        return self._sum("subtract", other) if is_varying(other) else self + -other

    def __rsub__(self, other: Any) -> Any:
        return self.home.term("subtract", other, self)

    def _sum(self, op: str, other: Any) -> Any:
        (a, c), (b, d) = factors(self), factors(other)
        if is_varying(other) and c == d:
            return _scaled(self.home.term(op, a, b), c)
        return self.home.term(op, self, other)

    def __pow__(self, exponent: float) -> Any:
        if exponent != 2:
            raise Unrecordable(f"powers must be squares, got {exponent}")
        return self.home.term("square", self)

    def __lt__(self, other: Any) -> Any:
        return self.home.term("less", self, other)

    def __le__(self, other: Any) -> Any:
        return self.home.term("less_equal", self, other)

    def __gt__(self, other: Any) -> Any:
        return self.home.term("less", other, self)

    def __ge__(self, other: Any) -> Any:
        return self.home.term("less_equal", other, self)

    def __bool__(self) -> bool:
        raise Unrecordable("a branch on a value")

    def __abs__(self) -> Any:
        a, c = factors(self)
        return _scaled(self.home.term("abs", a), abs(c))

    def reciprocal(self) -> Any:
        """1 / it."""
        return self.home.term("reciprocal", self)

    def exp(self) -> Any:
        """Its exponential; where it is a square made of logarithms, that square."""
        a, c = factors(self)
        if is_varying(a) and a.op == "log1p" and not isinstance(c, Term) and c == -2:
            return ((1 + a.args[0]) ** 2).reciprocal()
        return self.home.term("exp", self)

    def clamp(self, min: Any = None, max: Any = None) -> Any:
        """It, limited."""
        low = self if min is None else self.home.term("clamp_min", self, min)
        return low if max is None else self.home.term("clamp_max", low, max)

    def where(self, a: Any, b: Any) -> Any:
        """`a` where it holds, else `b`."""
        return self.home.term("where", self, a, b)

    def abs(self) -> Any:
        """Its magnitude."""
        return abs(self)

    def log1p(self) -> Any:
        """log(1 + it)."""
        return self.home.term("log1p", self)

    def sigmoid(self) -> Any:
        """The logistic function of it."""
        return self.home.term("sigmoid", self)

    def cos(self) -> Any:
        """Its cosine."""
        return self.home.term("cos", self)

    def sign(self) -> Any:
        """Its sign."""
        return self.home.term("sign", self)

    _torch: ClassVar[dict[Any, Callable[..., Any]]] = {
        getattr(torch, name): method
        for name, method in vars().items()
        if name in ("abs", "clamp", "cos", "exp", "log1p", "reciprocal", "sigmoid", "sign", "where")
    }

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function not in cls._torch:
            raise Unrecordable(f"torch.{getattr(function, '__name__', function)} has no place in a recorded formula")
        return cls._torch[function](*args, **(kwargs or {}))


def _scaled(a: Any, c: Any) -> Any:
    """`a * c` with a number c."""
    a, d = factors(a)
    c = d * c
    if not isinstance(c, Term) and c == 0 and a.op == "sign":
        return 0.0
    return a if _is_one(c) else a.home.term("scale", a, c)


def _is_one(number: Any) -> bool:
    return not isinstance(number, Term) and number == 1
