"""The two-input surrogates: a spike where the potential crosses the threshold between two samples."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from spikelut import hw_profiles, quant, surrogates
from spikelut.surrogates import CrossingSurrogate, InvSquareGrad, InvSquareGrad2, ReluGrad, ReluGrad2

every_crossing = pytest.mark.parametrize("cls", surrogates.ALL_TWO_INPUT, ids=surrogates.name_of)


def test_the_curve_is_the_one_input_surrogate_of_the_same_parameters() -> None:
    assert InvSquareGrad2(alpha=7.0).curve == InvSquareGrad(alpha=7.0)
    assert ReluGrad2(alpha=0.5, width=2.0).curve == ReluGrad(alpha=0.5, width=2.0)


@every_crossing
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64], ids=str)
def test_a_spike_is_a_crossing_upwards(cls: type[CrossingSurrogate], dtype: torch.dtype) -> None:
    values = torch.tensor([-torch.inf, -1.0, -1e-7, -0.0, 0.0, 1e-7, 1.0, torch.inf, torch.nan], dtype=dtype)
    new, old = torch.meshgrid(values, values, indexing="ij")
    spikes = cls()(new, old)
    assert spikes.dtype == dtype
    for row, a in zip(spikes.tolist(), values.tolist(), strict=True):
        assert row == [float(a >= 0 and b < 0) for b in values.tolist()]


@every_crossing
@settings(deadline=None, derandomize=True, max_examples=50)
@given(data=st.data())
def test_gradients_are_those_of_the_definition(cls: type[CrossingSurrogate], data: st.DataObject) -> None:
    reals = st.floats(-2, 2)
    new, old, upstream = (torch.tensor(data.draw(reals), dtype=torch.float64) for _ in range(3))
    new.requires_grad_()
    old.requires_grad_()
    s = cls()
    d_new, d_old = torch.autograd.grad(s(new, old), (new, old), upstream)
    g = s.curve.surrogate_grad
    new, old = new.detach(), old.detach()
    assert float(d_new) == float(upstream * g(new) * (old < 0))
    assert float(d_old) == float(-upstream * g(old) * (new >= 0))


@every_crossing
def test_inputs_broadcast_and_promote(cls: type[CrossingSurrogate]) -> None:
    torch.manual_seed(0)
    new = torch.randn(5, 7, dtype=torch.float64, requires_grad=True)
    old = torch.randn(7, requires_grad=True)
    spikes = cls()(new, old)
    assert (spikes.shape, spikes.dtype) == ((5, 7), torch.float64)
    d_new, d_old = torch.autograd.grad(spikes.sum(), (new, old))
    assert (d_new.shape, d_new.dtype) == ((5, 7), torch.float64)
    assert (d_old.shape, d_old.dtype) == ((7,), torch.float32)
    wide = old.detach().double().expand(5, 7).clone().requires_grad_()
    (expected,) = torch.autograd.grad(cls()(new, wide).sum(), wide)
    torch.testing.assert_close(d_old, expected.sum(0).float())


@every_crossing
def test_transforms_compile_and_second_derivative(cls: type[CrossingSurrogate]) -> None:
    s = cls()
    new = torch.tensor([-0.9, 0.3, 0.55, 0.7], dtype=torch.float64)
    old = torch.tensor([-0.4, -0.35, 0.2, -0.85], dtype=torch.float64)
    assert torch.autograd.gradgradcheck(s, (new.clone().requires_grad_(), old.clone().requires_grad_()))
    assert torch.equal(torch.func.vmap(s)(new, old), s(new, old))
    grads: Any = torch.func.vmap(torch.func.grad(s, argnums=(0, 1)))(new, old)
    assert torch.equal(grads[0], s.curve.surrogate_grad(new) * (old < 0))
    assert torch.equal(grads[1], -s.curve.surrogate_grad(old) * (new >= 0))
    torch.compiler.reset()
    compiled = torch.compile(s, fullgraph=True, backend="aot_eager")
    assert torch.equal(compiled(new, old), s(new, old))


@pytest.mark.parametrize(
    ("function", "s"),
    [
        (lambda a, b: surrogates.inv_square_grad2(a, b), InvSquareGrad2()),
        (lambda a, b: surrogates.inv_square_grad2(a, b, 9.0), InvSquareGrad2(9.0)),
        (lambda a, b: surrogates.relu_grad2(a, b, width=2.0), ReluGrad2(width=2.0)),
        (lambda a, b: surrogates.relu_grad2(a, b, 0.7, 3.0), ReluGrad2(0.7, 3.0)),
    ],
)
def test_function_forms(function: Any, s: CrossingSurrogate) -> None:
    new, old = torch.tensor([0.5, 0.1], requires_grad=True), torch.tensor([-0.2, -1.5], requires_grad=True)
    assert torch.equal(function(new, old), s(new, old))
    expected = torch.autograd.grad(s(new, old).sum(), (new, old))
    for a, b in zip(torch.autograd.grad(function(new, old).sum(), (new, old)), expected, strict=True):
        assert torch.equal(a, b)


@every_crossing
@pytest.mark.parametrize("profile", hw_profiles.names())
def test_they_pair_with_the_table_of_their_curve(cls: type[CrossingSurrogate], profile: str) -> None:
    p = hw_profiles.load(profile)
    lut = quant.LUTSurrogate(cls(), p)
    assert torch.equal(lut.table.codes, quant.Table.from_surrogate(cls().curve, p).codes)
    assert lut.table.error_bound == quant.Table.from_surrogate(cls().curve, p).error_bound
    new = torch.tensor([0.25, 0.5], requires_grad=True)
    old = torch.tensor([-0.25, -0.5], requires_grad=True)
    d_new, d_old = torch.autograd.grad(surrogates.crossing(new, old, lut).sum(), (new, old))
    assert torch.equal(d_new, lut.surrogate_grad(new.detach()))
    assert torch.equal(d_old, -lut.surrogate_grad(old.detach()))


@every_crossing
def test_wrong_input(cls: type[CrossingSurrogate]) -> None:
    x: Tensor = torch.ones(3)
    with pytest.raises(TypeError, match="crossing: x_old must be a floating-point tensor"):
        cls()(x, x.long())
    with pytest.raises(RuntimeError, match="hape"):
        cls()(x, torch.ones(4))
    with pytest.raises(ValueError, match=f"{cls.__name__}: alpha must be > 0, got -1"):
        cls(alpha=-1)  # type: ignore[call-arg]  # both have an alpha, the base does not
