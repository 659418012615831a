"""Integer formats with scale and zero point, moving codes between formats, and rounded ratios, in exact fractions."""

import math
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from looping import each
from table_oracle import MODES, divide, rounded

from spikelut.hw_profiles import NumberFormat
from spikelut.quant import Affine, FixedPoint
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.arithmetic.rounding import round_ratio

SIZES = list(product((1, 3, 8), (True, False)))


@pytest.mark.parametrize("mode", MODES)
@each(("bits", "signed"), SIZES)
def test_every_code_of_a_power_of_two(bits: int, signed: bool, mode: Any) -> None:
    low = -(2 ** (bits - 1)) if signed else 0
    for zero in {low, 0, low + 2**bits - 1}:
        fmt = Affine(bits, 2.0**-3, zero, signed, mode)
        codes = torch.arange(fmt.min_code, fmt.max_code + 1)
        assert len(codes) == 2**bits
        assert torch.equal(fmt.encode(fmt.decode(codes)), codes)
        assert fmt.decode(codes).tolist() == [(code - zero) / 8 for code in codes.tolist()]
        # Every eighth of a step over more than twice the range.
        x = torch.arange(-(2 ** (bits + 4)), 2 ** (bits + 4)).double() / 64
        expected = [rounded(v, 2.0**-3, mode) + zero for v in x.tolist()]
        assert fmt.encode(x).tolist() == [min(max(c, fmt.min_code), fmt.max_code) for c in expected]


def test_reciprocal_in_the_dtype_of_the_values() -> None:
    scale = float(np.float32(0.0371))
    fmt, x = Affine(16, scale, rounding="half_away"), torch.linspace(-900, 900, 100_001)
    inverse = np.float32(1) / np.float32(scale)
    product32 = x.numpy() * inverse
    assert product32.dtype == np.float32
    away = np.sign(product32) * np.floor(np.abs(product32.astype(np.float64)) + 0.5)
    assert fmt.encode(x).tolist() == away.astype(np.int64).tolist()
    wide = x.double() * (1 / torch.tensor(scale, dtype=torch.float64))
    exact = [divide(*Fraction(v).as_integer_ratio(), "half_away") for v in wide[::97].tolist()]
    assert fmt.encode(x.double())[::97].tolist() == exact


def test_wrapping() -> None:
    fmt = Affine(4, 0.5, 3, overflow="wrap")
    x = torch.arange(-40, 40).double() / 4
    expected = [(rounded(v, 0.5, "half_even") + 3 + 8) % 16 - 8 for v in x.tolist()]
    assert fmt.encode(x).tolist() == expected


def test_names() -> None:
    assert Affine(8, 0.05, -3).short_name == "s8, zero point -3, scale 0.05"
    assert Affine(7, 2.0**-5, 32, False).short_name == "u7, zero point 32, scale 2**-5"
    assert Affine(7, 2.0**-5, 32, False).storage_dtype == torch.uint8
    assert Affine(8, 0.05).step == 0.05


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 0}, "scale must be in 2**-100..2**100, got 0"),
        ({"scale": math.nan}, "scale must be in 2**-100..2**100, got nan"),
        ({"scale": -1.0}, "scale must be in 2**-100..2**100, got -1.0"),
        ({"zero_point": 128}, "zero_point must be an integer in -128..127, got 128"),
        ({"zero_point": 0.5}, "zero_point must be an integer in -128..127, got 0.5"),
        ({"bits": 33}, "bits must be an integer in 1..32, got 33"),
        ({"rounding": "up"}, "rounding must be one of floor, "),
        ({"overflow": "clip"}, "overflow must be one of saturate, wrap, got 'clip'"),
    ],
)
def test_bad_format(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="must") as caught:
        Affine(**{"bits": 8, "scale": 0.1, **arguments})
    assert message in str(caught.value)


def test_bad_values() -> None:
    with pytest.raises(TypeError, match=r"^Affine.encode: x must be a floating-point tensor, got torch.int64"):
        Affine(8, 0.1).encode(torch.tensor([1]))
    with pytest.raises(ValueError, match="NaN"):
        Affine(8, 0.1).encode(torch.tensor([math.nan]))
    assert Affine(8, 0.1).encode(torch.tensor([math.inf, -math.inf])).tolist() == [127, -128]
    assert Affine(8, 0.1).encode(torch.zeros(0, 3)).shape == (0, 3)


@pytest.mark.parametrize("mode", MODES)
@each(("overflow", "signed"), product(("saturate", "wrap"), (True, False)))
def test_moving_codes_between_formats(overflow: Any, signed: bool, mode: Any) -> None:
    for bits, frac, source_frac in product((3, 6), (-2, 0, 3), (-1, 2, 5)):
        source, target = NumberFormat(9, source_frac), FixedPoint(bits, frac, signed, mode, overflow)
        codes = torch.arange(source.min_code, source.max_code + 1)
        expected = []
        for code in codes.tolist():
            ratio = Fraction(code) * Fraction(2) ** (frac - source_frac)
            moved = divide(ratio.numerator, ratio.denominator, mode)
            if overflow == "saturate":
                expected.append(min(max(moved, target.min_code), target.max_code))
            else:
                expected.append((moved - target.min_code) % 2**bits + target.min_code)
        assert target.convert(codes, source).tolist() == expected
        assert target.convert(codes.to(torch.int16), source).tolist() == expected


def test_codes_that_cannot_be_moved() -> None:
    with pytest.raises(TypeError, match=r"^FixedPoint.convert: codes must be integers, got torch.float32"):
        FixedPoint(8, 0).convert(torch.zeros(1), NumberFormat(8))
    with pytest.raises(ValueError, match=r"^FixedPoint: frac must be at most 31 above that of source, got 40"):
        FixedPoint(8, 40).convert(torch.zeros(1, dtype=torch.int64), NumberFormat(8))
    far = FixedPoint(8, -60).convert(torch.tensor([-1, 0, 2**31]), NumberFormat(32, 60))
    assert far.tolist() == [0, 0, 0]


@pytest.mark.parametrize("mode", MODES)
@each(("a", "b"), [(1, 1), (3, 1), (1, 8), (3, 8), (1, 12), (5, 12), (7, 3), (2, 1000), (1024, 999)])
def test_ratio_of_every_ten_bit_code(a: int, b: int, mode: Any) -> None:
    x = np.arange(-1024, 1024)
    expected = [divide(int(v) * a, b, mode) for v in x]
    assert round_ratio(NumpyOps, x, a, b, mode).tolist() == expected
    assert round_ratio(TorchOps, torch.from_numpy(x), a, b, mode).tolist() == expected


@given(st.integers(-(2**33), 2**33), st.integers(1, 2**29), st.integers(1, 2**29), st.sampled_from(MODES))
def test_ratio_of_wide_codes(x: int, a: int, b: int, mode: Any) -> None:
    assert int(round_ratio(TorchOps, torch.tensor([x]), a, b, mode)) == divide(x * a, b, mode)
