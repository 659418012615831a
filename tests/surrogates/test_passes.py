"""Curves in few passes over memory, made from the formula they stand for."""

import copy
import dataclasses
import pickle
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from backends import backend, equal, gradients, near, needs_native, threads
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikelut import surrogates
from spikelut.surrogates import ALL, ERF, Arctan, QPseudoSpike, SoftSign, SquarewaveFourierSeries, Surrogate, param
from spikelut.surrogates._passes import Passes

SPECIAL = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e-45, -1e-45, 1e30, -1e30, 1.0, -1.0])
X = torch.cat([SPECIAL, torch.linspace(-6, 6, 2401), torch.linspace(-1e-3, 1e-3, 41)])
FEW = settings(max_examples=25, deadline=None, derandomize=True)


def same(s: Surrogate) -> bool:
    grad, out = torch.randn(X.shape, generator=torch.Generator().manual_seed(0)), torch.full_like(X, 7.0)
    assert s.passes is not None
    op, value = s.passes.write(X, out)
    op(torch.zeros(()), grad, out, value=value, out=out)
    wanted = s.surrogate_grad(X.double())
    largest = float(wanted.nan_to_num(0, 0, 0).abs().max())
    # As near to float64 as the formula in float32 is, or to 1e-6 of the largest slope.
    allowed = (s.surrogate_grad(X).double() - wanted).abs().nan_to_num(0, 0, 0) + 1e-6 * largest
    error = (out.double() - grad.double() * wanted).abs()
    fits = (error <= 2 * grad.abs() * allowed) | (out.isnan() & wanted.isnan())
    return bool(fits.all())


@pytest.mark.parametrize("cls", ALL, ids=surrogates.name_of)
@FEW
@given(data=st.data())
def test_it_is_the_formula(cls: type[Surrogate], data: st.DataObject) -> None:
    def drawn(f: dataclasses.Field[Any]) -> Any:
        gt, ge = f.metadata["gt"], f.metadata["ge"]
        if isinstance(f.default, int):
            return st.integers(ge, ge + 6)
        return st.just(f.default) | (st.floats(0.05, 20) if gt is not None else st.just(ge) | st.floats(ge, 20))

    assert same(cls(**data.draw(st.fixed_dictionaries({f.name: drawn(f) for f in dataclasses.fields(cls)}))))


@pytest.mark.parametrize(
    "s",
    [
        *(cls() for cls in ALL),
        QPseudoSpike(alpha=3.0),
        SquarewaveFourierSeries(n=64),
        Arctan(alpha=1e-30),
        ERF(alpha=1e7),
    ],
    ids=repr,
)
def test_defaults(s: Surrogate) -> None:
    assert same(s)


def test_they_are_used_on_the_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    write = Passes.write

    def counted(self: Passes, x: Tensor, out: Tensor) -> Any:
        sizes.append(len(x))
        return write(self, x, out)

    monkeypatch.setattr(Passes, "write", counted)
    x, grad = torch.randn(2, 200, generator=torch.Generator().manual_seed(0))
    with backend("torch"):
        assert near(gradients(Arctan(), x, grad)[1], grad * Arctan().surrogate_grad(x))
        assert sizes == [200]
        gradients(Arctan(), x.double(), grad.double())
    assert sizes == [200]  # of float32 alone


@dataclass(frozen=True)
class Mine(Arctan):
    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.full_like(x, 3.0)


@dataclass(frozen=True)
class Wider(Arctan):
    """The shipped formula, of another number."""

    alpha: float = param(2.0, gt=1)
    name: str = "mine"


NAMES = ["torch", pytest.param("native", marks=needs_native)]
every_backend = pytest.mark.parametrize("name", NAMES)


def slopes(s: Any, name: str) -> Tensor:
    x = torch.linspace(-2, 2, 9)
    with backend(name):
        return gradients(s, x, torch.ones(9))[1]


@every_backend
def test_a_formula_of_ones_own_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    namesake: Any = dataclass(frozen=True)(type("Arctan", (Arctan,), {"surrogate_grad": Mine.surrogate_grad}))
    for s in (Mine(), namesake()):
        assert s.shipped_as is s.native_curve is s.passes is None
        assert slopes(s, name).tolist() == [3.0] * 9
    monkeypatch.setattr(Arctan, "surrogate_grad", Mine.surrogate_grad)
    assert slopes(Arctan(), name).tolist() == [3.0] * 9


@every_backend
def test_a_formula_of_ones_own_may_look_at_all_x(name: str) -> None:
    @dataclass(frozen=True)
    class Normed(Arctan):
        def surrogate_grad(self, x: Tensor) -> Tensor:
            return super().surrogate_grad(x) / x.abs().max()

    x = torch.linspace(-2, 2, 1_000_001)
    with backend(name), threads(1):
        assert equal(gradients(Normed(), x, torch.ones_like(x))[1], Normed().surrogate_grad(x))


@every_backend
def test_a_subclass_that_keeps_the_formula_keeps_what_stands_in_for_it(name: str) -> None:
    assert Wider().shipped_as is Arctan
    torch.testing.assert_close(slopes(Wider(), name), Arctan(alpha=2.0).surrogate_grad(torch.linspace(-2, 2, 9)))


def test_numbers_that_no_factor_holds() -> None:
    s = SoftSign(alpha=1e39)
    assert s.passes is None
    assert equal(slopes(s, "torch"), s.surrogate_grad(torch.linspace(-2, 2, 9)))


def test_copies_have_no_pointers_of_this_process() -> None:
    s = Arctan(alpha=2.0)
    assert s.passes is not None
    assert s.shipped_as is Arctan
    _ = s.native_curve
    for twin in (pickle.loads(pickle.dumps(s)), copy.copy(s), copy.deepcopy(s)):
        assert twin == s
        assert vars(twin) == {"alpha": 2.0}
