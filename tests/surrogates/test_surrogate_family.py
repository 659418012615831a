"""What holds between surrogates, and what torch does around any of them."""

import copy
import pickle
from dataclasses import fields
from typing import Any, cast

import pytest
import torch
from backends import close_to_slope
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import each
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from spikelut import surrogates
from spikelut.surrogates import (
    ERF,
    GaussianGrad,
    InvSquareGrad,
    MultiGaussianGrad,
    PiecewiseExp,
    PiecewiseQuadratic,
    ReluGrad,
    SlayerGrad,
    SoftSign,
    Surrogate,
)

every_surrogate = pytest.mark.parametrize("cls", surrogates.ALL, ids=surrogates.name_of)
positive = st.floats(0.05, 20)
X = torch.linspace(-4, 4, 333, dtype=torch.float64)


def assert_scaled(a: Surrogate, factor: float, b: Surrogate) -> None:
    """`a` is `factor` times `b`, slope and primitive, whose values at 0 are 1/2 both."""
    torch.testing.assert_close(a.surrogate_grad(X), factor * b.surrogate_grad(X), rtol=1e-12, atol=1e-14)
    scaled = factor * (b.surrogate_fun(X) - 0.5) + 0.5
    torch.testing.assert_close(a.surrogate_fun(X), scaled, rtol=1e-12, atol=1e-12)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(a=positive, b=positive)
def test_curves_that_are_one_up_to_scale(a: float, b: float) -> None:
    assert_scaled(SlayerGrad(a), 2 / a, PiecewiseExp(a))
    assert_scaled(InvSquareGrad(a), 2 / a, SoftSign(a))
    assert_scaled(ReluGrad(a, b), a * b * b, PiecewiseQuadratic(1 / b))
    assert_scaled(GaussianGrad(a, b), b, ERF(1 / (2**0.5 * a)))
    assert_scaled(MultiGaussianGrad(h=0.0, sigma=a, scale=b), 1.0, GaussianGrad(a, b))


def test_the_series_approaches_a_square_wave() -> None:
    # Its primitive is 0 for half a period and 1 for the other, but near the jumps; 0.01 is a term or two of 200.
    wave = surrogates.SquarewaveFourierSeries(n=200, t_period=8.0)
    x = torch.tensor([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], dtype=torch.float64)
    expected = torch.tensor([0.0, 0.0, 0.0, 1.0, 1.0, 1.0], dtype=torch.float64)
    torch.testing.assert_close(wave.surrogate_fun(x), expected, rtol=0, atol=0.01)


@every_surrogate
def test_the_primitives_derivative_at_zero_is_the_slope(cls: type[Surrogate]) -> None:
    s = cls()
    near = s.surrogate_grad(torch.tensor([-1e-12, 0.0, 1e-12], dtype=torch.float64))
    zero = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    (derivative,) = torch.autograd.grad(s.surrogate_fun(zero).sum(), zero)
    torch.testing.assert_close(derivative, near[1:2], rtol=1e-10, atol=0.0)


class Net(nn.Module):
    """A module that holds a surrogate."""

    def __init__(self, spike: Surrogate) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)
        self.spike = spike

    def forward(self, x: Tensor) -> Tensor:
        return self.spike(self.linear(x))


@every_surrogate
def test_modules_that_hold_one_copy_pickle_and_export(cls: type[Surrogate]) -> None:
    torch.manual_seed(0)
    net, x = Net(cls()), torch.randn(5, 4)
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert twin.spike == net.spike
        assert torch.equal(twin(x), net(x))
    program = torch.export.export(net, (x,), strict=False)
    assert torch.equal(program.module()(x), net(x))


@every_surrogate
def test_checkpointing_gives_the_same_gradient(cls: type[Surrogate]) -> None:
    torch.manual_seed(0)
    net, x = Net(cls()), torch.randn(5, 4)
    net(x).sum().backward()
    expected = cast(Tensor, net.linear.weight.grad).clone()
    net.zero_grad()
    checkpoint(net, x, use_reentrant=False).sum().backward()
    assert torch.equal(cast(Tensor, net.linear.weight.grad), expected)


@every_surrogate
@each("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_autocast_keeps_the_dtype_of_the_input(cls: type[Surrogate], dtype: torch.dtype) -> None:
    x = torch.linspace(-2, 2, 9, dtype=dtype, requires_grad=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        spikes = cls()(x)
    assert spikes.dtype == dtype
    (grad,) = torch.autograd.grad(spikes.sum(), x)
    assert grad.dtype == dtype
    close_to_slope(grad, cls(), x.detach(), torch.ones_like(x))


@every_surrogate
def test_docstrings_give_formula_domain_and_source(cls: type[Surrogate]) -> None:
    text: Any = cls.__doc__
    assert "surrogate_grad(x) =" in text
    assert "surrogate_fun" in text
    for name in (field.name for field in fields(cls)):
        assert f"`{name}" in text or f"= {name} " in text or f"{name} =" in text
    assert "arXiv" in text or "20" in text or "brainpy.math.surrogate" in text
