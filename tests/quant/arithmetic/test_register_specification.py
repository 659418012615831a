"""Registers and ratios of integers against the scalar specification."""

from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikelut.hw_profiles import NumberFormat, Overflow, Rounding
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_ratio
from spikelut.quant.arithmetic.specification import in_register, passes, rounded

MODES: tuple[Rounding, ...] = tuple(mode for mode in get_args(Rounding) if mode != "stochastic")


def formats(bits: int) -> list[NumberFormat]:
    """All registers of so many bits."""
    made = [NumberFormat(bits, 0, s, overflow=o) for s in (True, False) for o in get_args(Overflow)]
    return made + ([NumberFormat(bits, narrow=True)] if bits > 1 else [])


@pytest.mark.parametrize("bits", range(1, 13))
def test_registers_on_every_code_that_four_of_them_hold(bits: int) -> None:
    codes = list(range(-(2 ** (bits + 1)), 2 ** (bits + 1)))
    for fmt in formats(bits):
        expected = [in_register(code, fmt) for code in codes]
        assert set(expected) == set(range(fmt.min_code, fmt.max_code + 1))  # all of its codes, and no others
        assert apply_overflow(NumpyOps, np.array(codes), fmt).tolist() == expected
        assert apply_overflow(TorchOps, torch.tensor(codes, dtype=torch.int32), fmt).tolist() == expected
        kept = [code == held or fmt.overflow == "wrap" for code, held in zip(codes, expected, strict=True)]
        assert [passes(code, fmt) for code in codes] == kept


@settings(max_examples=60, deadline=None, derandomize=True)
@given(bits=st.integers(13, 32), turns=st.integers(-4, 4), offset=st.integers(-3, 3), code=st.integers(-(2**40), 2**40))
def test_registers_at_their_ends(bits: int, turns: int, offset: int, code: int) -> None:
    for fmt in formats(bits):
        ends = [end + turns * 2**bits + offset for end in (fmt.min_code, fmt.max_code, 0)]
        codes = [*ends, code]
        expected = [in_register(c, fmt) for c in codes]
        assert apply_overflow(NumpyOps, np.array(codes), fmt).tolist() == expected
        assert apply_overflow(TorchOps, torch.tensor(codes), fmt).tolist() == expected


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("numerator", "denominator"), [(1, 1), (1, 3), (2, 6), (5, 12), (7, 10), (64, 125), (3, 8)])
def test_ratios_on_every_twelve_bit_code(mode: Rounding, numerator: int, denominator: int) -> None:
    codes = np.arange(-(2**11), 2**11)
    expected = [rounded(Fraction(x * numerator, denominator), mode) for x in codes.tolist()]
    assert np.count_nonzero(expected) > 0.99 * len(codes) - denominator
    assert round_ratio(NumpyOps, codes, numerator, denominator, mode).tolist() == expected
    assert round_ratio(TorchOps, torch.from_numpy(codes), numerator, denominator, mode).tolist() == expected


def test_stochastic_rounding_is_no_function() -> None:
    with pytest.raises(ValueError, match="rounded: mode 'stochastic' needs random numbers"):
        rounded(Fraction(1, 2), "stochastic")
