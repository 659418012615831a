"""Curves in few passes over memory: `write_slope` and the formula it stands for."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from backends import backend, gradients, near
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikelut import surrogates
from spikelut.surrogates import ALL, Arctan, QPseudoSpike, Surrogate

SPECIAL = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0, -0.0, 1e-45, -1e-45, 1e30, -1e30, 1.0, -1.0])
X = torch.cat([SPECIAL, torch.linspace(-6, 6, 2401), torch.linspace(-1e-3, 1e-3, 41)])
FEW = settings(max_examples=25, deadline=None, derandomize=True)


def same(s: Surrogate) -> bool:
    grad, out = torch.randn(X.shape, generator=torch.Generator().manual_seed(0)), torch.full_like(X, 7.0)
    op, value = s.write_slope(X, out)
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


@pytest.mark.parametrize("s", [*(cls() for cls in ALL), QPseudoSpike(alpha=3.0)], ids=repr)
def test_defaults(s: Surrogate) -> None:
    assert same(s)


@pytest.mark.parametrize("cls", ALL, ids=surrogates.name_of)
def test_curves_state_it_beside_the_formula(cls: type[Surrogate]) -> None:
    assert ("write_slope" in vars(cls)) == (cls.__name__ != "MultiGaussianGrad")  # which has three exponentials


def test_it_is_used_on_the_way_back() -> None:
    sizes: list[int] = []

    @dataclass(frozen=True)
    class Counted(Arctan):
        def surrogate_grad(self, x: Tensor) -> Tensor:
            return super().surrogate_grad(x)

        def write_slope(self, x: Tensor, out: Tensor) -> Any:
            sizes.append(len(x))
            return super().write_slope(x, out)

        def kernel(self) -> None:
            return None

    x, grad = torch.randn(2, 200, generator=torch.Generator().manual_seed(0))
    with backend("torch"):
        assert near(gradients(Counted(), x, grad)[1], grad * Arctan().surrogate_grad(x))
        assert sizes == [200]
        gradients(Counted(), x.double(), grad.double())
    assert sizes == [200]  # of float32 alone


def test_that_of_another_formula_is_not_used() -> None:
    @dataclass(frozen=True)
    class Mine(Arctan):
        def surrogate_grad(self, x: Tensor) -> Tensor:
            return torch.full_like(x, 3.0)

        def kernel(self) -> None:
            return None

    x = torch.linspace(-2, 2, 9)
    with backend("torch"):
        assert gradients(Mine(), x, torch.ones(9))[1].tolist() == [3.0] * 9
