"""Surrogates as values: names, parameters and their domains, equality, copies, and curves of a user's own."""

import copy
import dataclasses
import math
import pickle
import re
from typing import Any

import pytest
import torch
from looping import each
from surrogate_checks import assert_equal, every_surrogate, gradient
from torch import Tensor

from spikelut import surrogates
from spikelut.surrogates import Surrogate


@every_surrogate
def test_value_semantics(cls: type[Surrogate]) -> None:
    s = cls()
    name = dataclasses.fields(cls)[0].name
    other = dataclasses.replace(s, **{name: getattr(s, name) + 1})
    assert s == cls(**dataclasses.asdict(s))
    assert s != other
    assert len({s, cls(), other}) == 2
    assert dataclasses.asdict(other)[name] == getattr(s, name) + 1
    inner = ", ".join(f"{key}={value!r}" for key, value in dataclasses.asdict(s).items())
    assert repr(s) == f"{cls.__name__}({inner})"
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(s, name, 1.0)
    for twin in (copy.copy(other), copy.deepcopy(other), pickle.loads(pickle.dumps(other))):
        assert (type(twin), twin) == (cls, other)


@every_surrogate
@each("bad", [0, -1, -1.0, math.nan, math.inf, -math.inf, "x", True, None, 10**400])
def test_parameter_outside_its_domain(cls: type[Surrogate], bad: Any) -> None:
    for field in dataclasses.fields(cls):
        gt, ge = field.metadata["gt"], field.metadata["ge"]
        if ge == 0 and repr(bad) == "0":
            assert getattr(cls(**{field.name: bad}), field.name) == 0
            continue
        allowed = f"> {gt:g}" if gt is not None else f">= {ge:g}"
        got = re.escape(repr(bad)) if bad != 10**400 else ".*"
        message = rf"^{cls.__name__}: {field.name} must be (a finite number, |an integer, )?{allowed}, got {got}$"
        with pytest.raises(ValueError, match=message):
            cls(**{field.name: bad})


@every_surrogate
@each("dtype", [torch.int64, torch.uint8, torch.bool, torch.complex64])
def test_input_that_is_not_floating_point(cls: type[Surrogate], dtype: torch.dtype) -> None:
    with pytest.raises(TypeError, match=f"floating-point tensor, got {dtype}"):
        cls()(torch.ones(3, dtype=dtype))


@every_surrogate
def test_function_form_and_name(cls: type[Surrogate]) -> None:
    name = surrogates.name_of(cls)
    function = getattr(surrogates, name)
    values = {key: value + 1 for key, value in dataclasses.asdict(cls()).items()}
    s = cls(**values)
    assert surrogates.by_name(name, **values) == s
    assert surrogates.by_name(name) == cls()
    x = torch.linspace(-2, 2, 9, dtype=torch.float64)  # float32 may have a kernel of its own
    assert_equal(function(x), s(x))
    assert_equal(gradient(lambda v: function(v, **values), x), s.surrogate_grad(x))
    assert_equal(gradient(lambda v: function(v, *values.values()), x), s.surrogate_grad(x))
    assert_equal(gradient(function, x), cls().surrogate_grad(x))


def test_by_name_refuses_what_it_does_not_know() -> None:
    for name, hint in {"arctn": "; did you mean 'arctan'?", "": ""}.items():
        with pytest.raises(ValueError, match=rf"^surrogate must be one of [\w, ]+, got '{name}'{re.escape(hint)}$"):
            surrogates.by_name(name)
    with pytest.raises(ValueError, match=r"^Arctan: parameters are alpha, got 'beta'$"):
        surrogates.by_name("arctan", beta=1.0)
    with pytest.raises(ValueError, match=r"^Arctan: alpha must be > 0, got -1\.0$"):
        surrogates.by_name("arctan", alpha=-1.0)


# Classes, functions and parameters (default and domain) as these curves are published under; scripts rely on them.
PUBLISHED = """
Sigmoid sigmoid alpha=4.0>0; PiecewiseQuadratic piecewise_quadratic alpha=1.0>0; PiecewiseExp piecewise_exp alpha=1.0>0;
SoftSign soft_sign alpha=1.0>0; Arctan arctan alpha=1.0>0; NonzeroSignLog nonzero_sign_log alpha=1.0>0;
ERF erf alpha=1.0>0; PiecewiseLeakyRelu piecewise_leaky_relu c=0.01>=0 w=1.0>0; SlayerGrad slayer_grad alpha=1.0>0;
SquarewaveFourierSeries squarewave_fourier_series n=2>=1 t_period=8.0>0; InvSquareGrad inv_square_grad alpha=100.0>0;
S2NN s2nn alpha=4.0>0 beta=1.0>0 epsilon=1e-08>=0; QPseudoSpike q_pseudo_spike alpha=2.0>0;
LeakyRelu leaky_relu alpha=0.1>=0 beta=1.0>=0; LogTailedRelu log_tailed_relu alpha=0.0>=0;
ReluGrad relu_grad alpha=0.3>0 width=1.0>0; GaussianGrad gaussian_grad sigma=0.5>0 alpha=0.5>0;
MultiGaussianGrad multi_gaussian_grad h=0.15>=0 s=6.0>0 sigma=0.5>0 scale=0.5>0;
InvSquareGrad2 inv_square_grad2 alpha=100.0>0; ReluGrad2 relu_grad2 alpha=0.3>0 width=1.0>0
"""
ROWS = {row.split()[0]: row.split()[1:] for row in PUBLISHED.split(";")}


@pytest.mark.parametrize("class_name", ROWS)
def test_name_of(class_name: str) -> None:
    assert surrogates.name_of(type(class_name, (Surrogate,), {})) == ROWS[class_name][0]


@every_surrogate
def test_parameters_are_those_published(cls: type[Surrogate]) -> None:
    bounds = [(f, f.metadata["gt"], f.metadata["ge"]) for f in dataclasses.fields(cls)]
    written = [f"{f.name}={f.default!r}" + (f">={ge:g}" if gt is None else f">{gt:g}") for f, gt, ge in bounds]
    assert written == ROWS[cls.__name__][1:]


def test_all_is_complete() -> None:
    public = {v for v in vars(surrogates).values() if isinstance(v, type) and issubclass(v, Surrogate)}
    two_inputs = {v for v in public if issubclass(v, surrogates.CrossingSurrogate)}
    assert public - {Surrogate} - two_inputs == set(surrogates.ALL)
    assert two_inputs - {surrogates.CrossingSurrogate} == set(surrogates.ALL_TWO_INPUT)
    assert (len(surrogates.ALL), len(set(surrogates.ALL))) == (18, 18)
    assert (len(surrogates.ALL_TWO_INPUT), len(set(surrogates.ALL_TWO_INPUT))) == (2, 2)


def test_a_curve_of_the_users_own_needs_only_its_slope() -> None:
    @dataclasses.dataclass(frozen=True)
    class Boxcar(Surrogate):
        width: float = surrogates.param(2.0, gt=0)
        note: str = "fields of another kind are left alone"

        def surrogate_grad(self, x: Tensor) -> Tensor:
            return (x.abs() < self.width / 2).to(x.dtype) / self.width

    x = torch.tensor([-3.0, -0.5, 0.5, 3.0])
    assert Boxcar()(x).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert gradient(Boxcar(), x).tolist() == [0.0, 0.5, 0.5, 0.0]
    with pytest.raises(NotImplementedError, match="Boxcar has no surrogate_fun"):
        Boxcar().surrogate_fun(x)
    with pytest.raises(ValueError, match="Boxcar: width must be > 0, got 0"):
        Boxcar(width=0)
