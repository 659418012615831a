"""Formulas recorded: each curve's graph, computed operator by operator, is `surrogate_grad`; and what is refused."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikelut import surrogates
from spikelut.surrogates import ALL, Surrogate, param
from spikelut.surrogates import _formula as formula
from spikelut.surrogates._formula import OPS, Term, Unrecordable, record, record_class, sign_of

X = torch.cat([torch.linspace(-6, 6, 241), torch.tensor([0.0, 1e-9, -1e-9, 40.0, -40.0])]).double()
FEW = settings(max_examples=15, deadline=None, derandomize=True)

MEANING: dict[str, Callable[..., Any]] = {
    "scale": lambda a, c: a * c,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "square": lambda a: a * a,
    "reciprocal": lambda a: 1 / a,
    "abs": abs,
    "exp": torch.exp,
    "log1p": torch.log1p,
    "sigmoid": torch.sigmoid,
    "logistic_slope": lambda a: torch.sigmoid(a) * torch.sigmoid(-a),
    "cos": torch.cos,
    "sign": torch.sign,
    "clamp_min": lambda a, b: a.clamp(min=b),
    "clamp_max": lambda a, b: a.clamp(max=b),
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "where": lambda c, a, b: torch.where(c, torch.as_tensor(a, dtype=X.dtype), torch.as_tensor(b, dtype=X.dtype)),
}


def computed(value: Any, parameters: dict[str, float], known: dict[Term, Any]) -> Any:
    """The value of a term at all of X, or of a number."""
    if not isinstance(value, Term):
        return value
    if value.op == "parameter":
        return parameters[value.args[0]]
    if value not in known:
        args = [computed(arg, parameters, known) for arg in value.args]
        known[value] = X if value.op == "x" else MEANING[value.op](*args)
    return known[value]


def drawn(f: dataclasses.Field[Any]) -> Any:
    gt, ge = f.metadata["gt"], f.metadata["ge"]
    if isinstance(f.default, int):
        return st.integers(ge, ge + 6)
    return st.just(f.default) | (st.floats(0.05, 20) if gt is not None else st.just(ge) | st.floats(ge, 20))


@pytest.mark.parametrize("cls", ALL, ids=surrogates.name_of)
@FEW
@given(data=st.data())
def test_a_recorded_curve_is_the_curve(cls: type[Surrogate], data: st.DataObject) -> None:
    numbers = data.draw(st.fixed_dictionaries({f.name: drawn(f) for f in dataclasses.fields(cls)}))
    wanted = cls(**numbers).surrogate_grad(X)
    found = [computed(record(cls(**numbers)), {}, {})]
    if cls.__name__ != "SquarewaveFourierSeries":
        found.append(computed(record_class(cls)[0], numbers, {}))
    for slope in found:
        torch.testing.assert_close(slope, wanted, rtol=1e-12, atol=1e-13 * float(wanted.abs().max()))


def test_every_operator_is_of_some_meaning() -> None:
    assert set(OPS) - {"x", "parameter"} == set(MEANING)


def test_equal_terms_are_one() -> None:
    x: Any = formula.Formula().x
    assert x.abs() * 2.0 is (2.0 * x).abs()
    assert torch.sigmoid(3 * x) * torch.sigmoid(-3 * x) is torch.sigmoid(3 * x) * torch.sigmoid(-(x * 3))
    assert x + 0 is x * 1 is x
    assert 0 * torch.sign(x) == 0.0
    # A series of many terms has as many operators, though each is used twice.
    series = record(surrogates.SquarewaveFourierSeries(n=64))
    known: dict[Term, Any] = {}
    computed(series, {}, known)
    assert len(known) < 64 * 5


def test_signs() -> None:
    x = formula.Formula().x
    known = {1: x.abs(), -1: -(x**2), 0: x}
    known |= {1: (1 + x.abs()).reciprocal(), -1: -2.0 * torch.log1p(x.abs()), 0: x.abs() - 1}
    assert [sign_of(term) for term in known.values()] == list(known)
    positive, any_real = (x.home.term("parameter", "p", least) for least in (0, None))
    assert (sign_of(positive), sign_of(-positive), sign_of(any_real), sign_of(-1.5)) == (1, -1, 0, -1)


def curve(function: Callable[[Any, Any], Any]) -> type[Surrogate]:
    @dataclass(frozen=True)
    class Mine(Surrogate):
        alpha: float = param(1.0, gt=0)

        def surrogate_grad(self, x: Tensor) -> Tensor:
            result: Tensor = function(x, self.alpha)
            return result

    return Mine


REFUSED: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "branch": (lambda x, alpha: x if x > 0 else -x, "a branch on a value"),
    "branch on a parameter": (lambda x, alpha: x if alpha > 2 else -x, "a branch on a value"),
    "function": (lambda x, alpha: torch.tanh(x), "torch.tanh has no place in a recorded formula"),
    "mean": (lambda x, alpha: x / torch.mean(x), "torch.mean has no place"),
    "method": (lambda x, alpha: x.cumsum(0), "cumsum"),
    "power": (lambda x, alpha: x**3, "powers must be squares, got 3"),
    "number": (lambda x, alpha: 3.0, "the slope is a number"),
    "element": (lambda x, alpha: x[0], "subscriptable"),
    "function of numbers": (lambda x, alpha: x * math.exp(alpha), "real number"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_formula_is_refused(name: str) -> None:
    function, message = REFUSED[name]
    with pytest.raises(Unrecordable, match=message):
        record_class(curve(function))
