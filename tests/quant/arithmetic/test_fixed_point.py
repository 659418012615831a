"""Reals to integer codes and back, against a definition in exact fractions."""

import math
from fractions import Fraction
from itertools import product
from typing import Any, get_args

import ml_dtypes
import numpy as np
import pytest
import torch
from looping import each
from torch import Tensor

from spikelut.hw_profiles import NumberFormat, Overflow, Rounding
from spikelut.quant import FixedPoint
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.specification import rounded

MODES: tuple[Rounding, ...] = tuple(mode for mode in get_args(Rounding) if mode != "stochastic")

# Bits, fraction bits, signed, narrow.
SHAPES = [
    (1, 0, True, False),
    (1, 1, False, False),
    (2, 0, True, True),
    (4, -2, True, False),
    (5, 4, True, False),
    (7, 6, False, False),
    (8, 7, True, True),
    (8, 12, False, False),
    (12, 5, True, False),
    (12, -6, False, False),
    (12, 64, True, True),
]
FORMATS = [
    FixedPoint(bits, frac, signed, overflow=overflow, narrow=narrow)
    for (bits, frac, signed, narrow), overflow in product(SHAPES, get_args(Overflow))
    if not (narrow and overflow == "wrap")
]


def label(fmt: FixedPoint) -> str:
    return f"{fmt.short_name}-{fmt.overflow}{'-narrow' * fmt.narrow}"


every_format = pytest.mark.parametrize("fmt", FORMATS, ids=label)


def into_range(code: int, fmt: NumberFormat) -> int:
    """The definition of overflow: clipped, or the low bits read as unsigned or two's complement."""
    top = 1 << (fmt.bits - fmt.signed)
    bottom = (-top + fmt.narrow) if fmt.signed else 0
    if fmt.overflow == "saturate":
        return min(max(code, bottom), top - 1)
    low = code % (1 << fmt.bits)
    return low - (1 << fmt.bits) if low >= top else low


def encoded(x: float, fmt: FixedPoint) -> int:
    """The definition of a code: the exact quotient by the step, rounded, brought into range."""
    return into_range(rounded(Fraction(x) * Fraction(2) ** fmt.frac, fmt.rounding), fmt)


def float64(values: list[float]) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@every_format
def test_every_code_survives_a_round_trip(fmt: FixedPoint) -> None:
    top = 1 << (fmt.bits - fmt.signed)
    assert (fmt.min_code, fmt.max_code) == ((fmt.narrow - top) if fmt.signed else 0, top - 1)
    codes = torch.arange(fmt.min_code, fmt.max_code + 1)
    values = fmt.decode(codes)
    assert values.dtype == torch.float64
    assert [Fraction(v) for v in values.tolist()] == [Fraction(c) / Fraction(2) ** fmt.frac for c in codes.tolist()]
    again = fmt.encode(values)
    assert again.dtype == torch.int64
    assert torch.equal(again, codes)
    assert torch.equal(fmt.decode(codes.to(fmt.storage_dtype)), values)


@every_format
@each("mode", MODES)
def test_encode_on_a_dense_grid(fmt: FixedPoint, mode: Rounding) -> None:
    fmt = FixedPoint(fmt.bits, fmt.frac, fmt.signed, mode, fmt.overflow, fmt.narrow)
    reach = 2 ** min(fmt.bits, 7)
    # Eighths of a step hold ties and their neighbours; further out, past both ends of the range.
    steps = [k / 8 for k in range(-8 * reach - 9, 8 * reach + 10, 1 if reach < 32 else 3)]
    steps += [
        sign * (2**fmt.bits * k / 2 + d) for sign in (1, -1) for k in range(5) for d in (-1.5, -0.5, 0, 0.25, 0.5)
    ]
    values = [v * 2.0**-fmt.frac for v in steps]
    assert fmt.encode(float64(values)).tolist() == [encoded(v, fmt) for v in values]


HUGE = [1e30, 2.0**53 + 2, 2.0**60 + 2.0**8, 2.0**63, 2.0**64 + 2.0**12, 1e100, 1.7e308, 12345678.9, 2.0**31 - 0.5]


@each("sign", [1, -1])
@each("bits", [1, 8, 17, 32])
@each("signed", [True, False])
@each("overflow", get_args(Overflow))
def test_encode_of_huge_values(overflow: Overflow, signed: bool, bits: int, sign: int) -> None:
    fmt = FixedPoint(bits, 0, signed, overflow=overflow)
    values = [sign * v for v in HUGE]
    assert fmt.encode(float64(values)).tolist() == [encoded(v, fmt) for v in values]


@pytest.mark.parametrize(
    ("fmt", "value"),
    [
        pytest.param(FixedPoint(8, 64, overflow="wrap"), 1e300, id="product-above-float64"),
        pytest.param(FixedPoint(8, 64), -1e300, id="saturating-product-above-float64"),
        pytest.param(FixedPoint(8, -64, rounding="floor"), -5e-324, id="product-below-float64"),
    ],
)
def test_encode_where_the_scaled_value_leaves_float64(fmt: FixedPoint, value: float) -> None:
    assert fmt.encode(float64([value])).tolist() == [encoded(value, fmt)]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
def test_narrower_floats_encode_as_their_float64_value(dtype: torch.dtype) -> None:
    x = torch.linspace(-300, 300, 501, dtype=dtype).reshape(3, 167).requires_grad_()
    for fmt in (FixedPoint(16, 7), FixedPoint(8, 9, False, "half_away"), FixedPoint(6, -1, overflow="wrap")):
        codes = fmt.encode(x)
        assert not codes.requires_grad
        assert codes.shape == (3, 167)
        assert codes.flatten().tolist() == [encoded(v, fmt) for v in x.flatten().tolist()]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize("fmt", [FixedPoint(12, 5), FixedPoint(8, -3, False), FixedPoint(16, 16, False)], ids=label)
def test_decode_gives_the_nearest_value_of_a_dtype(fmt: FixedPoint, dtype: torch.dtype) -> None:
    codes = torch.arange(fmt.min_code, fmt.max_code + 1)
    values = fmt.decode(codes, dtype)
    assert values.dtype == dtype
    assert torch.equal(values, fmt.decode(codes).to(dtype))


@each("fmt", FORMATS)
@each("shape", [(0,), (2, 0), ()])
def test_empty_and_scalar(fmt: FixedPoint, shape: tuple[int, ...]) -> None:
    codes = fmt.encode(torch.zeros(shape))
    assert (codes.shape, codes.dtype) == (shape, torch.int64)
    assert torch.equal(fmt.decode(codes), torch.zeros(shape, dtype=torch.float64))


@every_format
def test_nan_and_infinity(fmt: FixedPoint) -> None:
    x = float64([math.nan, 0.0])
    with pytest.raises(
        ValueError, match=r"^FixedPoint\.encode: x must not hold NaN; pass nan='zero' to encode it as 0$"
    ):
        fmt.encode(x)
    assert fmt.encode(x, nan="zero").tolist() == [0, 0]
    assert math.isnan(float(x[0]))
    infinite = float64([math.inf, -math.inf])
    if fmt.overflow == "saturate":
        assert fmt.encode(infinite).tolist() == [fmt.max_code, fmt.min_code]
    else:
        with pytest.raises(ValueError, match=r"^FixedPoint\.encode: x must be finite where overflow is 'wrap'$"):
            fmt.encode(infinite)


@pytest.mark.parametrize("dtype", [torch.int64, torch.uint8, torch.bool, torch.complex64], ids=str)
def test_input_that_is_not_floating_point(dtype: torch.dtype) -> None:
    with pytest.raises(TypeError, match=rf"^FixedPoint\.encode: x must be a floating-point tensor, got {dtype}$"):
        FixedPoint(8).encode(torch.ones(2, dtype=dtype))


def test_stochastic_encoding_follows_its_generator() -> None:
    fmt = FixedPoint(8, 2, rounding="stochastic")
    x = torch.linspace(-3, 3, 997)
    first, again, other = (fmt.encode(x, generator=torch.Generator().manual_seed(seed)) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert ((first - x * 4).abs() < 1).all()


@each("signed", [True, False])
@each("bits", range(1, 33))
def test_storage_dtype_is_the_smallest_that_holds_all_codes(bits: int, signed: bool) -> None:
    fmt = FixedPoint(bits, signed=signed)

    def holds(dtype: torch.dtype) -> bool:
        info = torch.iinfo(dtype)
        return info.min <= fmt.min_code and fmt.max_code <= info.max

    dtypes = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
    assert holds(fmt.storage_dtype)
    assert fmt.storage_dtype.itemsize == min(d.itemsize for d in dtypes if holds(d))


@every_format
def test_overflow_of_integers(fmt: FixedPoint) -> None:
    reach = 3 * 2**fmt.bits
    values = [*range(-reach, reach + 1, 1 if reach < 4000 else 7), 2**30, -(2**30), 2**30 + 5]
    expected = [into_range(v, fmt) for v in values]
    for integers in (np.int64, np.int32):
        array = np.array(values, integers)
        result = apply_overflow(NumpyOps, array, fmt)
        assert (result.dtype, result.tolist(), array.tolist()) == (integers, expected, values)
    for dtype in (torch.int64, torch.int32):
        tensor = torch.tensor(values, dtype=dtype)
        brought = apply_overflow(TorchOps, tensor, fmt)
        assert (brought.dtype, brought.tolist(), tensor.tolist()) == (dtype, expected, values)


@pytest.mark.parametrize(
    ("name", "fmt"),
    [
        ("int2", FixedPoint(2)),
        ("uint2", FixedPoint(2, signed=False)),
        ("int4", FixedPoint(4)),
        ("uint4", FixedPoint(4, signed=False)),
    ],
)
def test_code_ranges_are_those_of_ml_dtypes(name: str, fmt: FixedPoint) -> None:
    iinfo: Any = ml_dtypes.iinfo
    info = iinfo(getattr(ml_dtypes, name))
    assert (fmt.min_code, fmt.max_code) == (info.min, info.max)


def test_of_adds_arithmetic_to_a_format() -> None:
    plain = NumberFormat(7, 3, True, "half_up", "saturate", True)
    fmt = FixedPoint.of(plain)
    assert fmt == FixedPoint(7, 3, True, "half_up", "saturate", True)
    assert fmt.encode(float64([99.0, -99.0])).tolist() == [63, -63]
    assert (fmt.short_name, FixedPoint(7, 6, False).short_name, fmt.step) == ("s7.3", "u7.6", 0.125)


BAD: list[tuple[dict[str, Any], str]] = [
    *(({"bits": v}, f"bits must be an integer in 1..32, got {v!r}") for v in (0, -8, 33, 1.5, 8.0, True, "8", None)),
    *(({"frac": v}, f"frac must be an integer in -64..64, got {v!r}") for v in (65, -65, 0.5, True, "0")),
    *(({"signed": v}, f"signed must be true or false, got {v!r}") for v in (1, 0, "yes", None)),
    *(({"narrow": v}, f"narrow must be true or false, got {v!r}") for v in (1, "no")),
    *(
        ({"rounding": v}, f"rounding must be one of {', '.join(get_args(Rounding))}, got {v!r}")
        for v in ("nearest", "", 1)
    ),
    *(({"overflow": v}, f"overflow must be one of saturate, wrap, got {v!r}") for v in ("clip", None)),
    ({"narrow": True, "overflow": "wrap"}, "narrow needs overflow 'saturate', got 'wrap'"),
    ({"narrow": True, "signed": False}, "narrow needs a signed format of 2 bits or more, got "),
    ({"narrow": True, "bits": 1}, "narrow needs a signed format of 2 bits or more, got "),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[str(arguments) for arguments, _ in BAD])
def test_bad_format(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is compared as a whole
        FixedPoint(**{"bits": 8, **arguments})
    assert str(caught.value).startswith(f"FixedPoint: {message}")
    assert "\n" not in str(caught.value)
