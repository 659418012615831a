"""Surrogate tables: entries, lookup and error bound against plain-Python definitions, for every profile and curve."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant import SegmentTable, Table, UniformTable
from spikelut.surrogates import ALL, Arctan, PiecewiseQuadratic, Sigmoid, Surrogate

PROFILES = hw_profiles.names()
# The reach of a 16-bit membrane; every code of it is enumerated.
FEW = 2**17

CURVES: list[Surrogate] = [
    *(cls() for cls in ALL),
    *(cls(factor) for cls in (Arctan, Sigmoid, PiecewiseQuadratic) for factor in (0.5, 5.0)),
]


def fits(curve: Surrogate, profile: Profile) -> bool:
    """Whether the profile's entries have the sign of the curve."""
    x = torch.linspace(profile.table_fill.low, profile.table_fill.high, 999)
    return profile.table_value.signed or bool((curve.surrogate_grad(x) >= 0).all())


PAIRS = [
    pytest.param(curve, name, id=f"{name}-{curve}")
    for curve, name in product(CURVES, PROFILES)
    if fits(curve, hw_profiles.load(name))
]


@cache
def table_of(curve: Surrogate, name: str) -> Table:
    return Table.from_surrogate(curve, hw_profiles.load(name))


def codes_of(table: Table, profile: Profile, stride: int = 1) -> Tensor:
    """All codes in reach; of a wide membrane those of the tabulated range, and a coprime stride beyond."""
    if table.last_code - table.first_code < FEW:
        return torch.arange(table.first_code, table.last_code + 1)
    fill = profile.table_fill
    inside = torch.arange(int(fill.low / table.state_step) - 9, int(fill.high / table.state_step) + 9, stride)
    return torch.cat([torch.arange(table.first_code, table.last_code + 1, 73013), inside])


def index_of(x: int, cell: int, mode: str) -> int:
    """x / cell rounded, in integers; the cell is one or even."""
    floor, rest = divmod(x, cell)
    half = cell // 2
    if rest == 0 or mode == "floor":
        return floor
    if mode == "trunc0":
        return floor + (x < 0)
    if rest != half:
        return floor + (rest > half)
    up = {"half_up": True, "half_away": x > 0, "half_even": floor % 2 == 1, "dpu": x < 0 or floor % 2 == 1}
    return floor + up[mode]


def first_index(profile: Profile) -> int:
    fill = profile.table_fill
    return round(fill.low / (fill.high - fill.low) * profile.table.entries)


def samples(table: Table, profile: Profile) -> Tensor:
    """The derivative at the (fractional) codes that the entries stand for, from the meaning of the profile alone."""
    shape, fill, step = profile.table, profile.table_fill, table.state_step
    if shape.kind == "segments":
        return table.surrogate.surrogate_grad(torch.arange(fill.low / step, fill.high / step).double() * step)
    cell = cell_of(profile, step)

    def first_code(index: int) -> int:
        around = range((index - 1) * cell, (index + 1) * cell + 1)
        return around[bisect_left(around, index, key=lambda x: index_of(x, cell, shape.index_rounding))]

    low = first_index(profile)
    left = fill.sampling == "left"
    codes = [i * cell if left else (first_code(i) + first_code(i + 1) - 1) / 2 for i in range(low, low + shape.entries)]
    return table.surrogate.surrogate_grad(torch.tensor(codes, dtype=torch.float64) * step)


def cell_of(profile: Profile, step: float) -> int:
    return round((profile.table_fill.high - profile.table_fill.low) / profile.table.entries / step)


def entries_of(table: Table, profile: Profile) -> list[int]:
    """The entries of a uniform table in natural order."""
    return [round(y * 2.0**table.value.frac) for y in samples(table, profile).tolist()]


def expected_lookup(table: Table, profile: Profile, codes: Iterable[int]) -> list[int]:
    """What the chip returns for every code."""
    if isinstance(table, SegmentTable):
        values, breaks = table.codes.tolist(), [*table.breakpoints, math.inf]
        return [values[next(k for k, b in enumerate(breaks) if x < b)] for x in codes]
    entries, low, cell = entries_of(table, profile), first_index(profile), cell_of(profile, table.state_step)
    below, above = (entries[0], entries[-1]) if profile.table.out_of_range == "clamp" else (0, 0)
    places = (index_of(x, cell, profile.table.index_rounding) - low for x in codes)
    return [below if i < 0 else above if i >= len(entries) else entries[i] for i in places]


def small(**changes: Any) -> Profile:
    """A profile whose 10-bit membrane and 16 entries can be enumerated; cells of 64 codes."""
    profile = hw_profiles.load("generic8")
    return replace(
        profile,
        membrane=replace(profile.membrane, bits=10),
        grid=replace(profile.grid, frac=8),
        table=replace(profile.table, **{"entries": 16, **changes}),
        table_fill=replace(profile.table_fill, low=-2.0, high=2.0),
    )


MODES = ("floor", "trunc0", "half_up", "half_away", "half_even", "dpu")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("outside", "order"), list(product(("clamp", "zero"), ("natural", "twos_complement"))))
@pytest.mark.parametrize(("sampling", "low"), [("centre", -2.0), ("left", -2.0), ("centre", -1.0), ("left", 0.25)])
def test_every_way_to_index(mode: str, outside: str, order: str, sampling: str, low: float) -> None:
    profile = small(index_rounding=mode, out_of_range=outside, order=order)
    fill: dict[str, Any] = {"low": low, "high": low + 4, "sampling": sampling}
    profile = replace(profile, table_fill=replace(profile.table_fill, **fill))
    # Asymmetric about the cells, so that a shifted or mirrored entry shows.
    table = Table.from_surrogate(Arctan(alpha=1.3), profile)
    assert isinstance(table, UniformTable)
    codes = range(-1800, 1800)
    expected = expected_lookup(table, profile, codes)
    assert table.lookup_codes(torch.tensor(codes)).tolist() == expected
    assert table.lookup_codes(torch.tensor(codes, dtype=torch.int32)).tolist() == expected
    stored = table.codes.tolist()
    for place, entry in enumerate(entries_of(table, profile)):
        assert stored[(place + first_index(profile)) % 16 if order == "twos_complement" else place] == entry
    assert table.lookup_codes(torch.tensor([-(2**31), 2**31 - 1])).tolist() == [expected[0], expected[-1]]
    reach = torch.arange(table.first_code, table.last_code + 1)
    error = float((table.value.decode(table.lookup_codes(reach)) - table.curve(reach)).abs().max())
    assert table.error_bound == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize("name", PROFILES)
def test_every_code(name: str) -> None:
    profile, table = hw_profiles.load(name), table_of(Arctan(alpha=1.3), name)
    stride = 1 if table.last_code - table.first_code < FEW else 101
    codes = range(table.first_code - 9, table.last_code + 9, stride)
    expected = expected_lookup(table, profile, codes)
    assert table.lookup_codes(torch.tensor(codes)).tolist() == expected
    far = torch.tensor([-(2**40), -(2**31), 2**31 - 1, 2**40])
    assert table.lookup_codes(far).tolist() == [expected[0], expected[0], expected[-1], expected[-1]]


@pytest.mark.parametrize(("curve", "name"), PAIRS)
def test_entries_use_the_range_of_the_format(curve: Surrogate, name: str) -> None:
    profile, table = hw_profiles.load(name), table_of(curve, name)
    spec = profile.table_value
    assert (table.value.bits, table.value.signed) == (spec.bits, spec.signed)
    assert len(table.codes) == profile.table.entries
    assert table.codes.dtype == torch.int64
    assert int(table.codes.min()) >= table.value.min_code
    assert int(table.codes.max()) <= table.value.max_code
    bits = profile.table.entries * spec.bits
    if isinstance(table, SegmentTable):
        assert list(table.breakpoints) == sorted(table.breakpoints)
        bits += (profile.table.entries - 1) * profile.table.breakpoint_bits
    assert table.bits == bits
    peak = float(samples(table, profile).abs().max())
    assert round(peak * 2.0**table.value.frac) <= table.value.max_code
    assert round(peak * 2.0 ** (table.value.frac + 1)) > table.value.max_code, "a fraction bit is left unused"


@pytest.mark.parametrize(("curve", "name"), PAIRS)
def test_error_bound_holds_and_is_attained(curve: Surrogate, name: str) -> None:
    table = table_of(curve, name)
    # A million codes of one curve are enough; the others take every 61st.
    codes = codes_of(table, hw_profiles.load(name), 1 if curve == Arctan() else 61)
    error = float((table.value.decode(table.lookup_codes(codes)) - table.curve(codes)).abs().max())
    assert error <= table.error_bound
    if table.last_code - table.first_code < FEW:
        assert table.error_bound - error <= 1e-12


@pytest.mark.parametrize("name", PROFILES)
def test_lookup_of_reals(name: str) -> None:
    table = table_of(Sigmoid(), name)
    codes = codes_of(table, hw_profiles.load(name))[::7]
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
    with pytest.raises(TypeError, match=r"Table.lookup_codes: x must hold integer codes, got torch.float32"):
        table.lookup_codes(torch.zeros(3))


@dataclass(frozen=True)
class Wrong(Surrogate):
    """A curve that no table can hold; the parameter says why."""

    kind: float = 0.0

    def surrogate_grad(self, x: Tensor) -> Tensor:
        bell = 1 / (1 + x * x)
        return [bell - 0.5, bell / (x * 0), bell[..., None], bell * 0][int(self.kind)]


REFUSED = [
    (0, "generic8", "the derivative must be >= 0, generic8's table is unsigned, got -0.4"),
    (0, "loihi2", "the derivative must be >= 0, loihi2's table is unsigned, got -0.4"),
    (1, "generic8", "surrogate_grad must be finite, got 'NaN or infinity'"),
    (1, "reckon", "surrogate_grad must be finite, got 'NaN or infinity'"),
    (2, "generic8", "surrogate_grad must return the shape of its input, got (256, 1)"),
    (3, "generic8", "its peak on generic8's table range must be"),
    (3, "reckon", "its peak on reckon's table range must be"),
]


@pytest.mark.parametrize(("kind", "name", "message"), REFUSED)
def test_curves_that_fit_no_table(kind: int, name: str, message: str) -> None:
    curve = Wrong(kind)
    with pytest.raises(ValueError, match=f"^{re.escape(f'{curve}: {message}')}"):
        Table.from_surrogate(curve, hw_profiles.load(name))
    # What an unsigned table refuses a signed one holds.
    signed = Table.from_surrogate(Wrong(0), hw_profiles.load("reckon"))
    assert int(signed.codes.min()) < 0 < int(signed.codes.max())


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("step", [0, 0.3, -0.5, math.inf, math.nan, "1", 3.0, 2.0**4, 2.0**-60, 5e-324])
def test_steps_that_leave_no_table(name: str, step: Any) -> None:
    with pytest.raises(ValueError, match=r"^Table: (state_step|breakpoints) must "):
        Table.from_surrogate(Arctan(), hw_profiles.load(name), step)


def test_the_coarsest_step_has_one_code_per_entry() -> None:
    profile = small()
    table = Table.from_surrogate(Arctan(), profile, 0.25)
    codes = torch.arange(-8, 8)
    assert isinstance(table, UniformTable)
    assert table.shift == 0
    assert table.lookup_codes(codes).tolist() == [round(y) for y in (table.curve(codes) / table.value.step).tolist()]
    with pytest.raises(
        ValueError, match=r"state_step must be in [\de.-]+..0.25, the table's cell, on generic8, got 0.5"
    ):
        Table.from_surrogate(Arctan(), profile, 0.5)


@pytest.mark.parametrize(("curve", "name"), PAIRS)
def test_comparison(curve: Surrogate, name: str) -> None:
    table = table_of(curve, name)
    if table.last_code - table.first_code >= FEW:
        # As fine as a 16-bit membrane; the two million codes of a wider one would say the same.
        table = Table.from_surrogate(curve, hw_profiles.load(name), 2.0**-12)
    comparison = quant.compare(curve, hw_profiles.load(name), table.state_step)
    error = comparison.table - comparison.analytic
    assert comparison.max_abs_error == np.abs(error).max() <= comparison.bound
    assert comparison.rmse == pytest.approx(math.sqrt((error**2).mean()))
    assert 0 <= comparison.cosine <= 1 + 1e-12
    assert 0 <= comparison.dead_zone <= 1
    assert comparison.max_error_steps == pytest.approx(comparison.max_abs_error / comparison.value_step)
    for column in (comparison.x, comparison.table, comparison.analytic, comparison.error):
        assert column.shape == comparison.x.shape
        assert np.isfinite(column).all()
    assert (np.diff(comparison.x) > 0).all()


def test_comparison_of_a_table_with_a_dead_zone() -> None:
    profile = small(out_of_range="zero")
    comparison = quant.compare(Arctan(), profile)
    outside = np.abs(comparison.x + 2.0**-9) > 2
    assert (comparison.table[outside] == 0).all()
    large = comparison.analytic >= comparison.value_step
    assert comparison.dead_zone == np.mean(large & (comparison.table == 0)) > 0


def test_plot() -> None:
    figure = pytest.importorskip("matplotlib.figure")
    assert isinstance(quant.compare(Sigmoid(), hw_profiles.load("reckon")).plot(), figure.Figure)


def test_the_reach_is_every_code_above_any_threshold() -> None:
    for name in PROFILES:
        table, membrane = table_of(Sigmoid(), name), hw_profiles.load(name).membrane_format
        assert table.first_code == membrane.min_code - (membrane.max_code + 1)
        assert table.last_code == membrane.max_code
