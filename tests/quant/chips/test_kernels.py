"""Vendor kernels: how near they are to the real functions, and what they refuse."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikelut import hw_profiles
from spikelut.quant.chips.spinnaker import decay_factor, expk, multiply_accum
from spikelut.quant.chips.tflm import logistic_int16, tanh_int16

INT32 = st.integers(-(2**31), 2**31 - 1)


def test_exp_is_within_two_codes_of_exp() -> None:
    x = torch.arange(-340695, 1)
    error = expk(x).double() - torch.exp(x.double() / 2**15) * 2**15
    # 1.04 codes were measured; truncation alone costs up to one.
    assert error.abs().max() < 1.1
    assert (error <= 0.1).all()


def test_exp_of_positive_numbers_and_its_ends() -> None:
    group = hw_profiles.load("spinnaker1").exponential
    assert group is not None
    x = torch.linspace(1, group.high, 9999).long()
    # The series has two terms: 2.4e-6 was measured.
    torch.testing.assert_close(expk(x).double() / 2**15, torch.exp(x.double() / 2**15), rtol=3e-6, atol=2.0**-14)
    ends = torch.tensor([group.low - 1, -(2**31), group.high + 1, 2**31 - 1, 0, 2**15])
    assert expk(ends).tolist() == [0, 0, 2**31 - 1, 2**31 - 1, 2**15, int(math.e * 2**15)]
    assert int(expk(torch.tensor(group.high))) < 2**31
    assert int(expk(torch.tensor(group.low))) in (0, 1)


def test_exp_never_falls() -> None:
    assert (expk(torch.arange(-340695, 363409)).diff() >= 0).all()


@given(INT32, INT32)
def test_product_of_any_two_numbers(a: int, b: int) -> None:
    exact = min(max((a * b + 2**14) >> 15, -(2**31)), 2**31 - 1)
    assert int(multiply_accum(torch.tensor(a), torch.tensor(b))) == exact


def test_product_broadcasts() -> None:
    a, b = torch.arange(-300, 300), torch.arange(-300, 300)[:, None] * 97
    expected = [[(x * y + 2**14) >> 15 for x in a.tolist()] for y in b[:, 0].tolist()]
    assert multiply_accum(a.to(torch.int16), b.to(torch.int32)).tolist() == expected
    assert multiply_accum(torch.tensor([-(2**31)]), torch.tensor([-(2**31)])).tolist() == [2**31 - 1]


@pytest.mark.parametrize("tau", [0.01, 1.0, 5.0, 20.0, 1e4, 1e9])
def test_decay_factor(tau: float) -> None:
    assert abs(decay_factor(tau) / 2**15 - math.exp(-1 / tau)) < 2.5 * 2.0**-15


@pytest.mark.parametrize("tau", [0, -1.0, math.nan, math.inf, "5", None])
def test_decay_factor_of_nonsense(tau: Any) -> None:
    with pytest.raises(ValueError, match=r"^decay_factor: tau must be > 0 time steps, got"):
        decay_factor(tau)


CODES = torch.arange(-(2**15), 2**15)
KERNELS = [
    (logistic_int16, torch.sigmoid),
    (tanh_int16, torch.tanh),
]


# 2**-12 and, for tanh, 2**-11 are scaled by a shift; the others by a multiplier.
@pytest.mark.parametrize("scale", [2.0**-12, 2.0**-11, 2.0**-13, 3e-4, 1e-6, 0.01, 3.0])
@pytest.mark.parametrize(("kernel", "function"), KERNELS)
def test_kernels_are_near_the_functions(
    kernel: Callable[..., torch.Tensor], function: Callable[..., torch.Tensor], scale: float
) -> None:
    y = kernel(CODES, scale)
    assert y.dtype == torch.int64
    assert -(2**15) <= int(y.min()) <= int(y.max()) <= 2**15 - 1
    error = y.double() / 2**15 - function(CODES.double() * scale)
    # Interpolation between entries 1/24 (tanh: 1/48) apart, and the saturation of the table at 255/24.
    assert error.abs().max() < 2e-4
    assert (y.diff() >= 0).all()


# A multiplier rounds halves of the scaled input up on both sides, which moves the result by one more.
@pytest.mark.parametrize(("scale", "codes"), [(2.0**-12, 1), (3e-4, 2)])
def test_kernels_are_symmetric(scale: float, codes: int) -> None:
    x = torch.arange(1, 2**15)
    assert (logistic_int16(x, scale) + logistic_int16(-x, scale) - 2**15).abs().max() <= codes
    assert (tanh_int16(x, scale) + tanh_int16(-x, scale)).abs().max() <= codes


@pytest.mark.parametrize("shape", [(0,), (), (2, 0, 3)])
def test_shapes_and_types(shape: tuple[int, ...]) -> None:
    for dtype in (torch.int16, torch.int32, torch.int64):
        x = torch.zeros(shape, dtype=dtype)
        for y in (logistic_int16(x, 2.0**-12), tanh_int16(x, 2.0**-12), expk(x), multiply_accum(x, x)):
            assert (y.shape, y.dtype) == (x.shape, torch.int64)


CALLS: list[tuple[str, Callable[[torch.Tensor], torch.Tensor], int]] = [
    ("expk: x", expk, 2**31),
    ("multiply_accum: a", lambda x: multiply_accum(x, torch.tensor(0)), 2**31),
    ("multiply_accum: b", lambda x: multiply_accum(torch.tensor(0), x), 2**31),
    ("logistic_int16: x", lambda x: logistic_int16(x, 0.01), 2**15),
    ("tanh_int16: x", lambda x: tanh_int16(x, 0.01), 2**15),
]


@pytest.mark.parametrize(("who", "call", "limit"), CALLS, ids=[c[0] for c in CALLS])
def test_what_is_no_integer_of_the_width(who: str, call: Callable[[torch.Tensor], torch.Tensor], limit: int) -> None:
    for x in (torch.tensor(0.5), torch.tensor(True)):
        with pytest.raises(TypeError, match=f"^{who} must hold integers, got torch"):
            call(x)
    for beyond in (limit, -limit - 1):
        with pytest.raises(ValueError, match=f"^{who} must be within (16|32) bits, got \\[{beyond}\\]"):
            call(torch.tensor([0, beyond]))
    call(torch.from_numpy(np.array([limit - 1, -limit])))


@pytest.mark.parametrize("scale", [0, -1.0, math.nan, math.inf, 2.0**11, 2.0**-41, "1"])
def test_scale_of_nonsense(scale: Any) -> None:
    for kernel, _ in KERNELS:
        with pytest.raises(ValueError, match=r"_int16: in_scale must be in 2\*\*-40..2\*\*10, got"):
            kernel(torch.tensor([1]), scale)
