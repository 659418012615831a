"""`FixedPoint` beside other people's fixed-point arithmetic: APyTypes, fxpmath, Brevitas, ml_dtypes and NumPy."""

from importlib import import_module
from itertools import product
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import torch
from apytypes import APyFixedArray, OverflowMode, QuantizationMode
from hypothesis import given
from hypothesis import strategies as st
from looping import each

from spikelut.hw_profiles import NumberFormat, Overflow, Rounding
from spikelut.quant import FixedPoint
from spikelut.quant.arithmetic.rounding import round_real

Fxp: Any = import_module("fxpmath").Fxp  # half typed, which is worse than not at all

# The modes by the names of others. Neither has `dpu`; fxpmath has none that rounds halves up or away.
APYTYPES: dict[Rounding, Any] = {
    "floor": QuantizationMode.TRN,
    "trunc0": QuantizationMode.TRN_ZERO,
    "half_up": QuantizationMode.RND,
    "half_away": QuantizationMode.RND_INF,
    "half_even": QuantizationMode.RND_CONV,
}
FXPMATH: dict[Rounding, str] = {"floor": "floor", "trunc0": "trunc", "half_even": "around"}
OVERFLOWS: dict[Overflow, Any] = {"saturate": OverflowMode.SAT, "wrap": OverflowMode.WRAP}
BITS = range(2, 13)
FRACS = (-1, 0, 3, 7)


def eighths(bits: int) -> torch.Tensor:
    """Every eighth of a code step over more than twice the codes of `bits`, as integers."""
    return torch.arange(-9 * 2**bits, 9 * 2**bits)


def apytypes_codes(source: torch.Tensor, source_frac: int, fmt: NumberFormat, mode: Rounding) -> list[int]:
    """The codes of `fmt` that APyTypes gives for integers of 2**-source_frac."""
    wide = APyFixedArray(source.tolist(), int_bits=60 - source_frac, frac_bits=source_frac)
    cast = wide.cast(
        int_bits=fmt.bits - fmt.frac,
        frac_bits=fmt.frac,
        quantization=APYTYPES[mode],
        overflow=OVERFLOWS[fmt.overflow],
    )
    codes = np.asarray(cast.to_bits(numpy=True)).astype(np.int64)
    return np.where(codes >= 2 ** (fmt.bits - 1), codes - 2**fmt.bits, codes).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("mode", "overflow"), list(product(APYTYPES, OVERFLOWS)))
@each("bits", BITS)
def test_apytypes(bits: int, mode: Rounding, overflow: Overflow) -> None:
    for frac in FRACS:
        fmt, x = FixedPoint(bits, frac, True, mode, overflow), eighths(bits)
        expected = apytypes_codes(x, frac + 3, fmt, mode)
        assert fmt.encode(x.double() * 2.0 ** -(frac + 3)).tolist() == expected
        assert fmt.convert(x, NumberFormat(32, frac + 3)).tolist() == expected


@pytest.mark.parametrize(("mode", "overflow", "signed"), list(product(FXPMATH, OVERFLOWS, (True, False))))
@each("bits", BITS)
def test_fxpmath(bits: int, mode: Rounding, overflow: Overflow, signed: bool) -> None:
    for frac in FRACS:
        fmt = FixedPoint(bits, frac, signed, mode, overflow)
        x = eighths(bits).double() * 2.0 ** -(frac + 3)
        peer = Fxp(x.numpy(), signed, bits, frac, rounding=FXPMATH[mode], overflow=overflow)
        codes = fmt.encode(x)
        assert codes.tolist() == peer.val.tolist()
        assert fmt.decode(codes).tolist() == peer.get_val().tolist()


@given(
    st.integers(-(2**40), 2**40),
    st.integers(13, 32),
    st.integers(-4, 20),
    st.integers(0, 20),
    st.sampled_from(list(APYTYPES)),
    st.sampled_from(list(OVERFLOWS)),
)
def test_apytypes_beyond_twelve_bits(
    x: int, bits: int, frac: int, more: int, mode: Rounding, overflow: Overflow
) -> None:
    fmt = FixedPoint(bits, frac, True, mode, overflow)
    expected = apytypes_codes(torch.tensor([x]), frac + more, fmt, mode)
    assert fmt.encode(torch.tensor([float(x)], dtype=torch.float64) * 2.0 ** -(frac + more)).tolist() == expected


def test_dpu_rounding_of_brevitas() -> None:
    brevitas = pytest.importorskip("brevitas.function.ops")
    x = torch.arange(-(2**14), 2**14).double() / 8
    assert torch.equal(round_real(x, "dpu"), brevitas.dpu_round(x))


@pytest.mark.parametrize("name", ["int2", "int4", "uint2", "uint4", "int8", "uint8", "int16", "uint16"])
def test_integers_of_numpy_and_ml_dtypes(name: str) -> None:
    """Wrapped codes are those of a cast to the narrow type."""
    dtype = np.dtype(getattr(ml_dtypes, name, name))
    bits = int(name.lstrip("uint"))
    fmt = FixedPoint(bits, 0, not name.startswith("u"), "floor", "wrap")
    x = np.arange(-5 * 2**bits, 5 * 2**bits) if bits < 16 else np.arange(-5 * 2**bits, 5 * 2**bits, 17)
    # Through NumPy's own narrow integers, whose low bits a cast keeps.
    low = x.astype(np.int64) & (2**bits - 1)
    signed = np.where(low >= 2 ** (bits - 1), low - 2**bits, low) if fmt.signed else low
    assert signed.astype(dtype).astype(np.int64).tolist() == signed.tolist()
    assert fmt.encode(torch.from_numpy(x).double()).tolist() == signed.tolist()
    if bits in (8, 16):
        assert x.astype(dtype).astype(np.int64).tolist() == signed.tolist()
