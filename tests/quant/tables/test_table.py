"""Surrogate tables: entries and lookups against plain-Python definitions, for every profile, curve and option."""

import math
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from looping import each
from table_oracle import MODES, build, cells_of, expected_lookup, reach, small, table_of

from spikelut import hw_profiles
from spikelut.quant import FixedPoint, LUTSurrogate, SegmentTable, Table, UniformTable
from spikelut.surrogates import ALL, S2NN, Arctan, InvSquareGrad2, PiecewiseQuadratic, ReluGrad2, Sigmoid, Surrogate

PROFILES = hw_profiles.names()
CURVES: list[Surrogate] = [
    *(cls() for cls in ALL),
    *(cls(factor) for cls in (Arctan, Sigmoid, PiecewiseQuadratic) for factor in (0.5, 5.0)),
]
each_profile = pytest.mark.parametrize("name", PROFILES)


def natural(table: UniformTable) -> list[int]:
    """The entries by cell, from the places that the index reads."""
    places = [table.codes.tolist()[i] for i in range(len(table.codes))]
    if table.shape.order == "twos_complement":
        first = cells_of(table.surrogate, small()).first if table.last_code < 2**10 else table.cells.first
        return [places[(i + first) % len(places)] for i in range(len(places))]
    return places


@each_profile
@each("curve", CURVES)
def test_entries(curve: Surrogate, name: str) -> None:
    profile, table = hw_profiles.load(name), table_of(curve, name)
    assert table.codes.dtype == torch.int64
    assert len(table.codes) == profile.table.entries
    assert table.value.min_code <= int(table.codes.min()) <= int(table.codes.max()) <= table.value.max_code
    assert table.bits == profile.table_bits
    if isinstance(table, SegmentTable):
        assert list(table.breakpoints) == sorted(table.breakpoints)
        assert table.bits == 5 * len(table.codes) + 16 * len(table.breakpoints)
        return
    assert isinstance(table, UniformTable)
    expected = cells_of(curve, profile)
    assert natural(table) == expected.entries(table)
    assert table.tabulated[1] == expected.first_code(expected.count) - 1


@each_profile
@each("curve", CURVES)
def test_lookup_of_some_codes(curve: Surrogate, name: str) -> None:
    table = table_of(curve, name)
    codes = reach(table)
    codes = torch.cat([codes[:: max(1, len(codes) // 3000)], codes[-2000::7]])
    assert table.lookup_codes(codes).tolist() == expected_lookup(table, hw_profiles.load(name), codes.tolist())


@each_profile
@each("curve", [Arctan(alpha=1.3), S2NN()])
def test_lookup_of_every_code(name: str, curve: Surrogate) -> None:
    profile, table = hw_profiles.load(name), table_of(curve, name)
    codes = reach(table, 1 + (table.tabulated[1] - table.tabulated[0]) // 2**16)
    assert table.lookup_codes(codes).tolist() == expected_lookup(table, profile, codes.tolist())
    far = torch.tensor([-(2**40), table.first_code, table.last_code, 2**40])
    assert table.lookup_codes(far).tolist() == expected_lookup(table, profile, far.tolist())
    near = codes[codes.abs() < 2**15].to(torch.int16)
    assert table.lookup_codes(near).tolist() == table.lookup_codes(near.long()).tolist()


# Asymmetric about the cells, so that a shifted or mirrored entry shows.
CURVE = Arctan(alpha=1.3)


def check(curve: Surrogate, **changes: Any) -> None:
    """Entries, lookups and error bound of a small table with these changes."""
    fill = {key: changes.pop(key) for key in ("low", "high", "sampling") if key in changes}
    profile = small(**changes)
    profile = replace(profile, table_fill=replace(profile.table_fill, **fill))
    table = build(curve, profile)
    assert isinstance(table, UniformTable)
    codes = range(-1800, 1800)
    expected = cells_of(curve, profile).lookup(table, codes)
    assert table.lookup_codes(torch.tensor(codes)).tolist() == expected
    assert table.lookup_codes(torch.tensor(codes, dtype=torch.int32)).tolist() == expected
    assert natural(table) == cells_of(curve, profile).entries(table)
    decoded = table.derivative(table.codes, torch.tensor(codes), torch.float32)
    assert decoded.tolist() == table.value.decode(torch.tensor(expected), torch.float32).tolist()
    assert table.lookup_codes(torch.tensor([-(2**31), 2**31 - 1])).tolist() == [expected[0], expected[-1]]
    every = torch.arange(table.first_code, table.last_code + 1)
    error = float((table.value.decode(table.lookup_codes(every)) - table.curve(every)).abs().max())
    assert table.error_bound == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize("mode", MODES)
@each(("outside", "order"), product(("clamp", "zero"), ("natural", "twos_complement")))
@each(("sampling", "low"), [("centre", -2.0), ("left", -2.0), ("centre", -1.0), ("left", 0.25)])
def test_index_by_a_shift(mode: str, outside: str, order: str, sampling: str, low: float) -> None:
    where = {"low": low, "high": low + 4, "sampling": sampling} if order == "natural" else {"sampling": sampling}
    check(CURVE, index_rounding=mode, out_of_range=outside, order=order, **where)


# Cells of 32, 48, 32/3 and 3/4 codes.
@pytest.mark.parametrize("mode", MODES)
@each(("entries", "reach"), [(24, 1.5), (16, 1.5), (72, 1.5), (512, 0.75)])
@each("outside", ("clamp", "zero"))
def test_index_by_a_ratio(entries: int, reach: float, mode: str, outside: str) -> None:
    changes = {"index_rounding": mode, "out_of_range": outside, "sampling": "left"}
    check(CURVE, index="ratio", entries=entries, low=-reach, high=reach, **changes)


@pytest.mark.parametrize("mode", MODES)
@each("curve", [CURVE, S2NN(), Sigmoid()])
@each(("outside", "sampling"), product(("clamp", "zero"), ("left", "centre")))
def test_folding(curve: Surrogate, mode: str, outside: str, sampling: str) -> None:
    check(curve, symmetric=True, index_rounding=mode, out_of_range=outside, sampling=sampling)


@pytest.mark.parametrize("kind", ["linear", "linear_complement"])
@pytest.mark.parametrize("mode", MODES)
@each(("bits", "end", "symmetric"), product((4, 6, 9), ("hold", "extra_entry"), (False, True)))
@each("outside", ("clamp", "zero"))
def test_interpolation(kind: str, mode: str, outside: str, bits: int, end: str, symmetric: bool) -> None:
    changes = {"interpolation": kind, "interpolation_rounding": mode, "interpolation_bits": bits, "end": end}
    entries = 17 if end == "extra_entry" else 16
    check(CURVE, entries=entries, out_of_range=outside, sampling="left", symmetric=symmetric, **changes)


@each_profile
def test_lookup_of_reals(name: str) -> None:
    table = table_of(Sigmoid(), name)
    codes = reach(table, 61)[::7]
    values = table.value.decode(table.lookup_codes(codes))
    assert torch.equal(table.lookup(codes.to(torch.float64) * table.state_step), values)
    # Halfway between two codes the even one counts.
    even = codes[codes % 2 == 0]
    for offset in (-0.5, 0.5):
        x = (even + offset) * table.state_step
        assert torch.equal(table.lookup(x.to(torch.float64)), table.value.decode(table.lookup_codes(even)))
    far = table.lookup(torch.tensor([[-torch.inf, -1e30], [1e30, torch.inf]]))
    ends = table.value.decode(table.lookup_codes(torch.tensor([table.first_code, table.last_code])))
    assert far.tolist() == [[end] * 2 for end in ends.tolist()]
    assert far.dtype == torch.float32
    # What is not a number does not spike: it is as far below the threshold as can be.
    assert table.lookup(torch.tensor([torch.nan])).tolist() == ends[:1].tolist()
    with pytest.raises(TypeError, match=r"Table.lookup_codes: x must hold integer codes, got torch.float32"):
        table.lookup_codes(torch.zeros(3))


@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
@each_profile
@each("dtype", [torch.float32, torch.float64])
def test_gradient_is_the_lookup(name: str, dtype: torch.dtype) -> None:
    lut = LUTSurrogate(S2NN(), hw_profiles.load(name))
    low, high = (code * lut.table.state_step for code in lut.table.tabulated)
    x = torch.linspace(1.2 * low, 1.2 * high, 4001, dtype=dtype).requires_grad_()
    lut(x).sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, lut.table.lookup(x.detach()))


@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
@each_profile
@each("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_reads_what_float32_does(name: str, dtype: torch.dtype) -> None:
    lut = LUTSurrogate(S2NN(), hw_profiles.load(name))
    low, high = (code * lut.table.state_step for code in lut.table.tabulated)
    ends = torch.tensor([torch.nan, torch.inf, -torch.inf, 0.0, -0.0])
    x = torch.cat([torch.linspace(1.2 * low, 1.2 * high, 4001), ends]).to(dtype).requires_grad_()
    lut(x).sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, lut.table.lookup(x.detach().float()).to(dtype))
    assert x.grad.any()


@each_profile
@each("cls", [InvSquareGrad2, ReluGrad2])
def test_two_inputs_share_the_table_of_one(cls: type[Any], name: str) -> None:
    profile = hw_profiles.load(name)
    lut, plain = LUTSurrogate(cls(), profile), build(cls.one_input(), profile)
    assert torch.equal(lut.table.codes, plain.codes)
    assert lut.table.value == plain.value
    new, old = torch.meshgrid(torch.linspace(-2, 2, 41), torch.linspace(-2, 2, 43), indexing="ij")
    new, old = new.clone().requires_grad_(), old.clone().requires_grad_()
    spikes = lut(new, old)
    assert torch.equal(spikes, ((new >= 0) & (old < 0)).float())
    spikes.sum().backward()
    assert new.grad is not None
    assert old.grad is not None
    assert torch.equal(new.grad, plain.lookup(new.detach()) * (old < 0))
    assert torch.equal(old.grad, -plain.lookup(old.detach()) * (new >= 0))


def test_number_of_inputs() -> None:
    profile = hw_profiles.load("generic8")
    with pytest.raises(ValueError, match=r"^LUTSurrogate: ReluGrad2\(.*\) needs x_new and x_old, got 1"):
        LUTSurrogate(ReluGrad2(), profile)(torch.zeros(2))
    with pytest.raises(ValueError, match=r"^LUTSurrogate: Arctan\(.*\) needs one input, got 2"):
        LUTSurrogate(Arctan(), profile)(torch.zeros(2), torch.zeros(2))


def test_the_reach_is_every_code_above_any_threshold() -> None:
    for name in PROFILES:
        table, membrane = table_of(Sigmoid(), name), hw_profiles.load(name).membrane_format
        assert table.first_code == membrane.min_code - (membrane.max_code + 1)
        assert table.last_code == membrane.max_code


def test_entries_made_elsewhere() -> None:
    profile = hw_profiles.load("generic8")
    made = table_of(Arctan(), "generic8")
    given = UniformTable.from_codes(made.codes, profile, made.value)
    codes = torch.arange(-(2**16), 2**15)
    assert torch.equal(given.lookup_codes(codes), made.lookup_codes(codes))
    few = UniformTable.from_codes(torch.arange(8), profile, made.value, 2.0**-3, low=-1, high=1)
    # Cells are two codes wide; in two's complement order the entry for x = 0 is the first.
    assert few.lookup_codes(torch.arange(-8, 8)).tolist() == [(x >> 1) % 8 for x in range(-8, 8)]


def test_a_function_in_place_of_a_curve() -> None:
    profile = hw_profiles.load("hls4ml")
    table = Table.from_function(torch.tanh, profile, entries=512, low=-4, high=4)
    x = -4 + 8 * torch.arange(512, dtype=torch.float64) / 512
    assert table.codes.tolist() == [math.floor(v * 2**10) for v in torch.tanh(x).float().tolist()]
    assert "tanh" in repr(table.surrogate)


def test_a_format_that_wraps_wraps_where_it_was_asked_for() -> None:
    profile, wraps = hw_profiles.load("hls4ml"), FixedPoint(10, 10, True, "floor", "wrap")
    table = Table.from_function(torch.sigmoid, profile, entries=64, value=wraps)
    x = -8 + 16 * torch.arange(64, dtype=torch.float64) / 64
    codes = [math.floor(v * 2**10) for v in torch.sigmoid(x).float().tolist()]
    assert max(codes) > 511
    assert table.codes.tolist() == [(c + 512) % 1024 - 512 for c in codes]
    clipped = Table.from_function(torch.sigmoid, profile, entries=64, value=wraps, saturate=True)
    assert clipped.codes.tolist() == [min(c, 511) for c in codes]
    with pytest.raises(ValueError, match="its peak must fit"):
        Table.from_function(torch.sigmoid, profile, value=FixedPoint(10, 10, True, "floor", "saturate"))
