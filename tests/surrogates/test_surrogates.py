"""One set of properties that every surrogate of `surrogates.ALL` has."""

import dataclasses
import math
from typing import Any

import oracles
import torch
from backends import close_to_slope
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import each
from surrogate_checks import assert_equal, every_surrogate, gradient
from torch import Tensor

from spikelut.surrogates import Surrogate

DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
each_dtype = each("dtype", DTYPES)
few = settings(max_examples=25, deadline=None, derandomize=True)


def parameters(cls: type[Surrogate]) -> st.SearchStrategy[dict[str, Any]]:
    """Parameters inside the domains that the fields declare, the closed bounds included."""

    def one(f: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
        gt, ge = f.metadata["gt"], f.metadata["ge"]
        if isinstance(f.default, int):
            return st.integers(ge, ge + 6)
        return st.floats(0.05 + gt, 20 + gt) if gt is not None else st.just(ge) | st.floats(ge, 20 + ge)

    return st.fixed_dictionaries({f.name: one(f) for f in dataclasses.fields(cls)})


def away_from_kinks(s: Surrogate, x: Tensor) -> Tensor:
    for kink in oracles.kinks(type(s).__name__, dataclasses.asdict(s)):
        x = x[(x - kink).abs() > 1e-6]
    return x


def thirty_digits(formula: oracles.Formula, s: Surrogate, x: Tensor) -> Tensor:
    values = [oracles.evaluate(formula, v, dataclasses.asdict(s)) for v in x.tolist()]
    return torch.tensor(values, dtype=torch.float64)


def assert_ten_digits(actual: Tensor, expected: Tensor) -> None:
    """Equal to ten digits, or to the rounding of a sum of terms as large as the largest value.

    A phase of a few hundred radians is known to 1e-14 only, and the slope of a series multiplies that.
    """
    torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-13 * float(expected.abs().max()))


@every_surrogate
@few
@given(data=st.data())
def test_slope_is_the_derivative_of_the_primitive(cls: type[Surrogate], data: st.DataObject) -> None:
    s = cls(**data.draw(parameters(cls)))
    x = away_from_kinks(s, torch.linspace(-4, 4.01, 321, dtype=torch.float64))
    derivative: Tensor = torch.func.vmap(torch.func.grad(s.surrogate_fun))(x)
    assert_ten_digits(derivative, s.surrogate_grad(x))


@every_surrogate
@few
@given(data=st.data())
def test_slope_and_primitive_agree_with_thirty_digits(cls: type[Surrogate], data: st.DataObject) -> None:
    s = cls(**data.draw(parameters(cls)))
    x = away_from_kinks(s, torch.linspace(-4, 4.01, 41, dtype=torch.float64))
    assert_ten_digits(s.surrogate_grad(x), thirty_digits(oracles.SLOPES[cls.__name__], s, x))
    assert_ten_digits(s.surrogate_fun(x), thirty_digits(oracles.PRIMITIVES[cls.__name__], s, x))


@every_surrogate
def test_slope_keeps_its_digits_in_the_tails(cls: type[Surrogate]) -> None:
    # Far from the threshold the gradient is small, but it is not noise, and it is as good above as below.
    s = cls()
    x = away_from_kinks(s, torch.tensor([-29.3, -7.9, -4.3, 4.3, 7.9, 29.3], dtype=torch.float64))
    expected = thirty_digits(oracles.SLOPES[cls.__name__], s, x)
    torch.testing.assert_close(s.surrogate_grad(x), expected, rtol=1e-10, atol=0.0)


@every_surrogate
@each_dtype
def test_spike_is_exact(cls: type[Surrogate], dtype: torch.dtype) -> None:
    info = torch.finfo(dtype)
    integers = {2: torch.int16, 4: torch.int32, 8: torch.int64}[dtype.itemsize]
    denormal = float(torch.ones((), dtype=integers).view(dtype))
    assert 0 < denormal < info.tiny
    above = [0.0, denormal, info.tiny, info.eps, 1.0, info.max, math.inf]
    x = torch.tensor([*above, -0.0, *(-v for v in above[1:]), math.nan], dtype=dtype)
    assert_equal(cls()(x), torch.tensor([1.0] * 8 + [0.0] * 7, dtype=dtype))


@every_surrogate
@each_dtype
@each("shape", [(), (0,), (3, 0), (5,), (2, 3, 4)])
def test_shape_dtype_and_input_are_kept(cls: type[Surrogate], dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    s = cls()
    dense = torch.linspace(-2, 2, 24, dtype=dtype)[: math.prod(shape)].reshape(shape)
    strided = torch.stack([dense, dense], dim=-1)[..., 0]
    kept = dense.clone()
    for x in (dense, strided, strided.movedim(0, -1) if shape else strided):
        for method in (s, s.surrogate_grad, s.surrogate_fun):
            y = method(x)
            assert (y.shape, y.dtype) == (x.shape, dtype)
            torch.testing.assert_close(y, method(x.contiguous()))
    assert_equal(dense, kept)


@every_surrogate
@each_dtype
def test_backward_is_the_slope(cls: type[Surrogate], dtype: torch.dtype) -> None:
    s = cls()
    x = torch.linspace(-3, 3, 25, dtype=dtype).reshape(5, 5).T
    upstream = torch.linspace(-2, 2, 25, dtype=dtype).reshape(5, 5)
    close_to_slope(gradient(s, x, upstream), s, x, upstream)


@every_surrogate
def test_second_derivative(cls: type[Surrogate]) -> None:
    s = cls()
    x = away_from_kinks(s, torch.tensor([-2.2, -0.7, -0.21, 0.13, 0.58, 3.1], dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradgradcheck(s, (x,))


@every_surrogate
def test_function_transforms(cls: type[Surrogate]) -> None:
    s = cls()
    x = torch.linspace(-2, 2, 12, dtype=torch.float64).reshape(3, 4)
    flat = x.flatten()
    assert_equal(torch.func.vmap(s)(x), s(x))
    assert_equal(torch.func.vmap(s, in_dims=1, out_dims=1)(x), s(x))
    assert_equal(torch.func.vmap(torch.func.grad(s))(flat), s.surrogate_grad(flat))
    assert_equal(torch.func.jacrev(s)(flat), torch.diag(s.surrogate_grad(flat)))


@every_surrogate
def test_compiled_equals_eager(cls: type[Surrogate]) -> None:
    s = cls()
    torch.compiler.reset()
    compiled = torch.compile(s, fullgraph=True, backend="aot_eager")
    x = torch.linspace(-2, 2, 17)
    assert_equal(compiled(x), s(x))
    assert_equal(gradient(compiled, x), s.surrogate_grad(x))


# Not float16: its largest number is only 6.5 times as far away, and products with a parameter pass it.
@every_surrogate
@each("dtype", DTYPES[1:])
def test_finite_far_from_the_threshold(cls: type[Surrogate], dtype: torch.dtype) -> None:
    s = cls()
    x = torch.tensor([-1e4, 1e4], dtype=dtype).requires_grad_()
    (first,) = torch.autograd.grad(s(x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    for values in (s.surrogate_fun(x), s.surrogate_grad(x), first, second):
        assert values.isfinite().all()


@every_surrogate
@few
@given(data=st.data())
def test_slope_is_monotone_between_turning_points(cls: type[Surrogate], data: st.DataObject) -> None:
    s = cls(**data.draw(parameters(cls)))
    points = s.turning_points()
    assert points is not None
    assert list(points) == sorted(set(points))
    period = s.repeats()
    reach = 5.0 if period is None else period / 2
    if period is not None:
        assert (points[0], points[-1]) == (-reach, reach)
        x = torch.linspace(-reach, reach, 99, dtype=torch.float64)
        torch.testing.assert_close(s.surrogate_grad(x), s.surrogate_grad(x + period), rtol=0, atol=1e-11 / period)
    fine = torch.linspace(-reach, reach, 4001, dtype=torch.float64)
    noise = 1e-13 * float(s.surrogate_grad(fine).abs().max())
    for low, high in zip((-math.inf, *points), (*points, math.inf), strict=True):
        # The points themselves are left out: a curve may jump there.
        rises = s.surrogate_grad(fine[(fine > low) & (fine < high)]).diff()
        assert (rises >= -noise).all() or (rises <= noise).all(), f"{s} turns between {low} and {high}"
