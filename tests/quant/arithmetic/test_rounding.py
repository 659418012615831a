"""Rounding of integers by shifts and of floats, against the specification in exact fractions."""

import math
import re
from fractions import Fraction
from functools import cache
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import each

from spikelut.hw_profiles import Rounding
from spikelut.quant.arithmetic import rounding
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.arithmetic.rounding import multiply_shift, round_real, round_shift
from spikelut.quant.arithmetic.specification import rounded as specified

MODES: tuple[Rounding, ...] = tuple(mode for mode in get_args(Rounding) if mode != "stochastic")
CODES = list(range(-(2**11), 2**11))

every_mode = pytest.mark.parametrize("mode", MODES)
many = settings(max_examples=40, deadline=None, derandomize=True)


def check_everywhere(function: Any, values: list[int], *arguments: Any, mode: Rounding, expected: list[int]) -> None:
    """`function(ops, values, *arguments, mode)` is `expected` in both kinds of arrays and keeps their type."""
    array = np.array(values, np.int64)
    result = function(NumpyOps, array, *arguments, mode)
    assert (mode, result.dtype, result.tolist(), array.tolist()) == (mode, np.int64, expected, values)
    tensor = torch.tensor(values, dtype=torch.int32)
    rounded = function(TorchOps, tensor, *arguments, mode)
    assert (mode, rounded.dtype, rounded.tolist(), tensor.tolist()) == (mode, torch.int32, expected, values)


def fractions(values: list[int], factor: int, shift: int, mode: Rounding) -> list[int]:
    """`values * factor / 2**shift`, rounded."""
    return [specified(Fraction(v * factor, 2**shift), mode) for v in values]


@cache
def table() -> dict[str, list[int]]:
    """The table that the module's documentation shows: mode -> what the six ties become."""
    rows = re.findall(r"^\| `(\w+)` \| ([-\d ]+) \|$", str(rounding.__doc__), re.MULTILINE)
    return {mode: [int(v) for v in values.split()] for mode, values in rows}


@every_mode
def test_documented_table(mode: Rounding) -> None:
    assert set(table()) == set(MODES)
    ties = [-5, -3, -1, 1, 3, 5]
    assert [specified(Fraction(v, 2), mode) for v in ties] == table()[mode]
    check_everywhere(round_shift, ties, 1, mode=mode, expected=table()[mode])
    check_everywhere(multiply_shift, ties, 1, 1, mode=mode, expected=table()[mode])
    assert round_real(torch.tensor(ties) / 2, mode).tolist() == table()[mode]


@every_mode
@each("shift", range(7))
def test_round_shift_on_every_twelve_bit_code(mode: Rounding, shift: int) -> None:
    check_everywhere(round_shift, CODES, shift, mode=mode, expected=fractions(CODES, 1, shift, mode))


@many
@given(values=st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=8), shift=st.integers(0, 30))
def test_round_shift_in_32_bits(values: list[int], shift: int) -> None:
    half = 1 << shift >> 1
    values = [*values, half, -half, 3 * half - 2**31, 2**31 - 1, -(2**31)]  # ties and the ends of the range
    for mode in MODES:
        check_everywhere(round_shift, values, shift, mode=mode, expected=fractions(values, 1, shift, mode))


@many
@given(values=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8), shift=st.integers(0, 62))
def test_round_shift_in_64_bits(values: list[int], shift: int) -> None:
    for mode in MODES:
        expected = fractions(values, 1, shift, mode)
        assert round_shift(NumpyOps, np.array(values, np.int64), shift, mode).tolist() == expected, mode
        assert round_shift(TorchOps, torch.tensor(values, dtype=torch.int64), shift, mode).tolist() == expected, mode


@every_mode
@each(("factor", "shift"), [(0, 3), (5, 3), (8, 3), (7, 6), (36863, 15)])
def test_multiply_shift_on_every_twelve_bit_code(mode: Rounding, factor: int, shift: int) -> None:
    check_everywhere(multiply_shift, CODES, factor, shift, mode=mode, expected=fractions(CODES, factor, shift, mode))


# Membrane bits, the largest factor and the shift of the decays that chips have: products of 37 and 32 bits.
DECAYS = [pytest.param(24, 2**13 - 1, 12, id="24x13"), pytest.param(16, 36863, 15, id="16x16")]


@pytest.mark.parametrize(("bits", "largest", "shift"), DECAYS)
@many
@given(data=st.data())
def test_multiply_shift_stays_in_32_bits(bits: int, largest: int, shift: int, data: st.DataObject) -> None:
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    values = [*data.draw(st.lists(st.integers(low, high), min_size=1, max_size=8)), low, high, -1, 0, 1]
    # Multiples of half the divisor make ties likely.
    values += [v - v % 2 ** (shift - 1) for v in values]
    factor = data.draw(st.integers(0, largest) | st.sampled_from([1, 2 ** (shift - 1), 2**shift, largest]))
    for mode in MODES:
        check_everywhere(
            multiply_shift, values, factor, shift, mode=mode, expected=fractions(values, factor, shift, mode)
        )


@every_mode
@each(("value", "factor", "shift"), [(2**31 - 1, 2, 1), ((2**32 - 3) // 3, 3, 1), (-(2**31) + 1, 2, 1)])
def test_multiply_shift_up_to_the_limit_it_states(mode: Rounding, value: int, factor: int, shift: int) -> None:
    assert abs(value) * factor <= (2**31 - 1) * 2**shift
    assert factor < 2 ** (31 - shift)
    check_everywhere(
        multiply_shift, [value], factor, shift, mode=mode, expected=fractions([value], factor, shift, mode)
    )


def test_integers_are_not_rounded_stochastically() -> None:
    with pytest.raises(ValueError, match="mode 'stochastic' needs random numbers"):
        round_shift(NumpyOps, np.arange(4), 1, "stochastic")


AWKWARD = [
    *(
        sign * v
        for sign in (1.0, -1.0)
        for v in (0.0, 5e-324, 1e-300, 0.5 - 2**-54, 0.5, 0.5 + 2**-53, 1 - 2**-53, 1.0)
    ),
    *(
        sign * v
        for sign in (1.0, -1.0)
        for v in (1.5, 2.5, 2.5 - 2**-51, 2.5 + 2**-51, 3.5, 2.0**52 - 0.5, 2.0**52 + 1)
    ),
    *(sign * v for sign in (1.0, -1.0) for v in (2.0**51 + 0.5, 2.0**51 + 1.5, 2.0**53 + 2, 2.0**63, 1e30, 1.7e308)),
]


@every_mode
def test_round_real_on_awkward_numbers(mode: Rounding) -> None:
    x = torch.tensor(AWKWARD, dtype=torch.float64)
    assert round_real(x, mode).tolist() == [specified(Fraction(v), mode) for v in AWKWARD]
    assert x.tolist() == AWKWARD


@many
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**52), 2**52).map(lambda v: v / 2)))
def test_round_real_on_random_numbers(values: list[float]) -> None:
    for mode in MODES:
        expected = [specified(Fraction(v), mode) for v in values]
        assert round_real(torch.tensor(values, dtype=torch.float64), mode).tolist() == expected, mode


@every_mode
def test_round_real_on_every_half_precision_number(mode: Rounding) -> None:
    x = torch.arange(2**16, dtype=torch.int32).to(torch.int16).view(torch.float16)
    x = x[(x.abs() >= 1 / 8) & (x.abs() < 16)]
    rounded = round_real(x, mode)
    assert rounded.dtype == torch.float16
    assert rounded.tolist() == [specified(Fraction(v), mode) for v in x.tolist()]


@each("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@each("mode", get_args(Rounding))
def test_round_real_leaves_what_is_not_finite(mode: Rounding, dtype: torch.dtype) -> None:
    x = torch.tensor([math.inf, -math.inf, math.nan], dtype=dtype)
    torch.testing.assert_close(round_real(x, mode), x, rtol=0.0, atol=0.0, equal_nan=True)
    assert round_real(x[:0], mode).shape == (0,)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_stochastic_rounding_repeats_with_its_generator() -> None:
    x = torch.linspace(-3, 3, 1000)
    first, again, other = (round_real(x, "stochastic", seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    before = torch.get_rng_state()
    round_real(x, "stochastic", seeded(1))
    assert torch.equal(torch.get_rng_state(), before)


@each("whole", [-4.0, -1.0, 0.0, 7.0])
@each("part", [1 / 1024, 0.25, 0.5, 0.9])
def test_stochastic_rounding_is_right_on_average(whole: float, part: float) -> None:
    count = 20_000
    rounded = round_real(torch.full((count,), whole + part, dtype=torch.float64), "stochastic", seeded(3))
    assert set(rounded.tolist()) == {whole, whole + 1}
    sigma = math.sqrt(part * (1 - part) / count)
    assert abs(float(rounded.mean()) - whole - part) < 5 * sigma


def test_stochastic_rounding_never_changes_an_integer() -> None:
    x = torch.tensor([-(2.0**40), -3.0, -1.0, -0.0, 0.0, 1.0, 2.0, 2.0**53], dtype=torch.float64).repeat(500)
    assert torch.equal(round_real(x, "stochastic", seeded(4)), x)


class Float32Ops(NumpyOps):
    """Those of a runtime in which only integers up to 2**24 are safe."""

    EXACT = 2**24


@every_mode
@each("factor", [0, 255, 256, 28672, 29491, 32767, 36863, 65535])
def test_multiply_shift_in_two_products(mode: Rounding, factor: int) -> None:
    values = np.arange(-(2**15), 2**15) * 37
    found = multiply_shift(Float32Ops, values, factor, 15, mode)
    assert np.array_equal(found, multiply_shift(NumpyOps, values, factor, 15, mode))
