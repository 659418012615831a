"""The integers a table holds: their format, their tails, histograms."""

import math
import re
import warnings
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
import torch
from looping import each
from table_oracle import MODES, build, cells_of, rounded, small, table_of
from torch import Tensor

from spikelut import hw_profiles
from spikelut.quant import Affine, FixedPoint, SegmentTable, Table, TableWarning, UniformTable
from spikelut.surrogates import (
    ALL,
    Arctan,
    GaussianGrad,
    LeakyRelu,
    MultiGaussianGrad,
    NonzeroSignLog,
    Sigmoid,
    SquarewaveFourierSeries,
    Surrogate,
)

PROFILES = hw_profiles.names()


@pytest.mark.parametrize("name", PROFILES)
@each("curve", [cls() for cls in ALL])
def test_entries_use_the_range_of_their_bits(name: str, curve: Surrogate) -> None:
    profile, table = hw_profiles.load(name), table_of(curve, name)
    spec, value = profile.table_value, table.value
    assert value.bits == spec.bits
    assert math.frexp(value.step)[0] == 0.5
    if spec.frac is not None:
        assert value.step == 2.0**-spec.frac
        return
    if isinstance(table, SegmentTable):
        low, high = table.tabulated
        samples = curve.surrogate_grad(torch.arange(low, high + 1).double() * table.state_step).tolist()
    else:
        samples = cells_of(curve, profile).samples

    def fits(step: float) -> bool:
        codes = [rounded(y, step, spec.rounding) + value.zero_point for y in (min(samples), max(samples))]
        return value.min_code <= codes[0] and codes[1] <= value.max_code

    negative = min(samples) < 0
    assert value.signed == (spec.signed or (negative and spec.negative == "signed"))
    assert (value.zero_point > 0) == (negative and not value.signed)
    assert fits(value.step)
    span = max(samples) - min(samples) if value.zero_point else max(map(abs, samples))
    assert not fits(value.step / 2) or 2 * span / value.step >= 2 ** (value.bits - value.signed) - 1


@pytest.mark.parametrize("mode", MODES)
def test_rounding_of_the_entries(mode: Any) -> None:
    profile = small()
    profile = replace(profile, table_value=replace(profile.table_value, rounding=mode, bits=4))
    table = build(Arctan(alpha=0.7), profile)
    assert table.codes.tolist() == cells_of(Arctan(alpha=0.7), profile).entries(table)
    assert table.value.rounding == mode


@pytest.mark.parametrize("name", ["generic8", "loihi2", "reckon", "spinnaker1", "tflm_int16"])
@pytest.mark.parametrize("scale", [2.0**-4, 2.0**-3, 0.07, 0.1])
def test_scale_of_ones_own(name: str, scale: float) -> None:
    profile = hw_profiles.load(name)
    table = build(Sigmoid(alpha=2.0), profile, scale=scale)
    assert table.value.step == scale
    assert isinstance(table.value, FixedPoint if math.frexp(scale)[0] == 0.5 else Affine)
    if isinstance(table.value, FixedPoint) and isinstance(table, UniformTable):
        entries = cells_of(table.surrogate, profile).entries(table)
        assert sorted(table.codes.tolist()) == sorted(entries)
    # A table is at most half a step off at its samples, where it rounds to nearest.
    x = torch.zeros(1, dtype=torch.float64)
    assert abs(float(table.lookup(x)) - 0.5) <= 2 * scale


def test_auto_overrides_what_the_profile_fixes() -> None:
    fixed, free = (build(Sigmoid(), hw_profiles.load("spinnaker1"), scale=scale) for scale in (None, "auto"))
    assert (fixed.value.step, free.value.step) == (2.0**-11, 2.0**-14)
    assert free.value.max_code // 2 <= int(free.codes.max()) <= free.value.max_code


def test_negative_curves() -> None:
    curve, x = MultiGaussianGrad(), torch.linspace(-3, 3, 601, dtype=torch.float64)
    offset = table_of(curve, "loihi2")
    assert isinstance(offset.value, Affine)
    assert 0 < offset.value.zero_point < 64
    assert offset.lookup(x).min() < -offset.value.step / 2
    assert (offset.lookup(x) - curve.surrogate_grad(x)).abs().max() <= offset.error_bound
    assert table_of(curve, "generic8").value.signed
    assert not table_of(Arctan(), "generic8").value.signed
    profile = hw_profiles.load("generic8")
    refusing = replace(profile, table_value=replace(profile.table_value, negative="refuse"))
    with pytest.raises(ValueError, match=r"MultiGaussianGrad\(.*\): the derivative must be >= 0, gen"):
        Table.from_surrogate(curve, refusing)
    clipped = build(curve, refusing, saturate=True)
    assert int(clipped.codes.min()) == 0
    assert clipped.lookup(x).min() == 0


def test_outside_means_zero_with_an_offset() -> None:
    profile = hw_profiles.load("loihi2")
    profile = replace(profile, table=replace(profile.table, out_of_range="zero"))
    table = build(MultiGaussianGrad(), profile)
    far = torch.tensor([table.first_code, table.last_code])
    assert table.lookup_codes(far).tolist() == [table.value.zero_point] * 2
    assert table.lookup(torch.tensor([-1e3, 1e3])).tolist() == [0, 0]
    assert table.derivative(table.codes, far, torch.float32).tolist() == [0, 0]


@pytest.mark.filterwarnings("error")
def test_segments_of_a_histogram_have_no_better_neighbour() -> None:
    profile = hw_profiles.load("reckon")
    codes = torch.arange(-3000, 2000)
    counts = 1000 * torch.exp(-(((codes + 600) / 500.0) ** 2))
    table = build(Arctan(alpha=2.0), profile, histogram=(codes, counts))
    assert isinstance(table, SegmentTable)
    curve = table.curve(codes)

    def error(breakpoints: list[int], values: list[int]) -> float:
        moved = replace(table, breakpoints=tuple(breakpoints), codes=torch.tensor(values))
        return float((counts * (moved.value.decode(moved.lookup_codes(codes)) - curve) ** 2).sum())

    breaks, values = list(table.breakpoints), table.codes.tolist()
    best = error(breaks, values)
    for k in range(len(values)):
        for change in (-1, 1):
            beside = [v + change * (i == k) for i, v in enumerate(values)]
            assert error(breaks, beside) >= best
            if k < len(breaks):
                assert error([b + change * (i == k) for i, b in enumerate(breaks)], values) >= best * (1 - 1e-12)
    assert best < error(*_plain(profile))


def test_a_histogram_asks_for_least_squares() -> None:
    profile = hw_profiles.load("reckon")
    codes = torch.arange(-3000, 3000)
    counts = torch.exp(-((codes / 700.0) ** 2))
    minimax = replace(profile, table_fill=replace(profile.table_fill, fit="minimax"))
    tables = [build(Arctan(alpha=2.0), p, histogram=(codes, counts)) for p in (profile, minimax)]
    assert torch.equal(tables[0].codes, tables[1].codes)
    assert tables[0].rule() == tables[1].rule() != build(Arctan(alpha=2.0), minimax).rule()
    # What was seen beyond the fitted range has no entry of its own.
    beyond = torch.cat([torch.tensor([-(10**6), -9000]), codes, torch.tensor([8192, 10**6])])
    many = torch.cat([torch.full((2,), 1e9), counts, torch.full((2,), 1e9)])
    assert build(Arctan(alpha=2.0), profile, histogram=(beyond, many)).rule() == tables[0].rule()
    assert tables[0].tabulated == (-8192, 8191)


def _plain(profile: hw_profiles.Profile) -> tuple[list[int], list[int]]:
    table = build(Arctan(alpha=2.0), profile)
    assert isinstance(table, SegmentTable)
    return list(table.breakpoints), table.codes.tolist()


def test_tails_are_warned_of() -> None:
    for curve, name, share in (
        (NonzeroSignLog(), "xylo", r"18\.4%"),
        (SquarewaveFourierSeries(), "generic8", r"200\.0%"),
        (LeakyRelu(), "spinnaker1", r"100\.0%"),
    ):
        message = rf"^{re.escape(str(curve))} on {name}: beyond the table's range .* off by up to {share} of its peak$"
        with pytest.warns(TableWarning, match=message) as caught:
            table = Table.from_surrogate(curve, hw_profiles.load(name))
        assert caught[0].filename == __file__
        low, high = table.tabulated
        codes = torch.cat([torch.arange(low - 2**17, low), torch.arange(high + 1, high + 2**17)])
        codes = codes[(codes >= table.first_code) & (codes <= table.last_code)]
        error = (table.value.decode(table.lookup_codes(codes)) - table.curve(codes)).abs().max()
        assert float(error) == pytest.approx(table.tail_error, rel=0.02)


@pytest.mark.filterwarnings("error")
def test_tails_that_fit_are_not() -> None:
    for name in PROFILES:
        for curve in (Sigmoid(), GaussianGrad(), Arctan(alpha=2.0)):
            Table.from_surrogate(curve, hw_profiles.load(name))
    Table.from_surrogate(LeakyRelu(), hw_profiles.load("generic8"))  # constant beyond, as the curve


def test_a_fit_whose_error_goes_on_beyond_its_range() -> None:
    """The first and the last of the segments hold for ever; that is no worse than the fit itself."""
    profile = hw_profiles.load("reckon")
    narrow = replace(profile, table_fill=replace(profile.table_fill, low=-2.0, high=2.0, fit="minimax"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = Table.from_surrogate(GaussianGrad(), narrow)
    assert table.tail_error > 0.1 * table.peak
    assert table.tail_error > table.value.step
    with pytest.warns(TableWarning, match="off by up to 3"):
        Table.from_surrogate(NonzeroSignLog(), narrow)


def test_every_field_of_a_table_is_plain_data() -> None:
    for name in PROFILES:
        rule = table_of(Arctan(), name).rule()
        assert rule["kind"] in ("uniform", "segments")
        assert all(isinstance(v, str | int | float | bool | list | dict) for v in rule.values())
    assert {f.name for f in fields(FixedPoint)} >= {"bits", "frac", "signed"}


@dataclass(frozen=True)
class Peak(Surrogate):
    """A bell of a given height, as lopsided as wanted."""

    height: float = 1.0
    lean: float = 0.0

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.height * torch.exp(-(x**2)) * (1 + self.lean * x)


def test_peak_that_rounds_down_into_the_range() -> None:
    # 127.4 steps of 2**-7 are code 127: a fraction bit that the bare peak would not allow.
    table = build(Peak(127.4 / 128), hw_profiles.load("brainscales2"))
    assert (table.value.step, int(table.codes.max())) == (2.0**-7, 127)
    table = build(Peak(127.6 / 128), hw_profiles.load("brainscales2"))
    assert (table.value.step, int(table.codes.max())) == (2.0**-6, 64)


def test_only_even_curves_are_folded() -> None:
    profile = hw_profiles.load("spinnaker1")
    for curve, folded in ((Peak(), True), (Peak(lean=1e-3), False), (Peak(lean=1e-9), False)):
        table = build(curve, profile)
        assert isinstance(table, UniformTable)
        assert table.cells.folded is folded


def test_generators_that_compute_in_float32() -> None:
    seen: list[Tensor] = []

    def record(x: Tensor) -> Tensor:
        seen.append(x)
        return torch.exp(-(x**2)) / 3

    # Multiples of 0.1 are no float32 numbers; neither are most cells of 16 / 750.
    Table.from_function(record, hw_profiles.load("tflm_int8"), 0.1, low=-12.8, high=12.8)
    Table.from_function(record, hw_profiles.load("hls4ml"), entries=750)
    assert len(seen) >= 4
    assert all(torch.equal(x, x.float().double()) for x in seen)
