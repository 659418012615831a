"""The proven error bound, against every code that can be enumerated and many of those that cannot."""

from dataclasses import dataclass, replace

import pytest
import torch
from looping import each
from table_oracle import build, reach, small, table_of
from torch import Tensor

from spikelut import hw_profiles
from spikelut.quant import Table, UniformTable
from spikelut.surrogates import ALL, Arctan, Sigmoid, SquarewaveFourierSeries, Surrogate

PROFILES = hw_profiles.names()
each_profile = pytest.mark.parametrize("name", PROFILES)
each_curve = each("curve", [cls() for cls in ALL])


def error_at(table: Table, codes: Tensor) -> float:
    return float((table.value.decode(table.lookup_codes(codes)) - table.curve(codes)).abs().max())


def turns(table: Table) -> Tensor:
    """The codes around the curve's turning points, and beside every cell's edges."""
    points = torch.tensor(table.surrogate.turning_points() or (), dtype=torch.float64) / table.state_step
    codes = [points.floor().long()]
    if isinstance(table, UniformTable):
        codes.append(table.cells.edges())
    near = torch.cat(codes)[:, None] + torch.arange(-2, 3)
    flat = torch.cat([near.reshape(-1), -near.reshape(-1)])
    return flat[(flat >= table.first_code) & (flat <= table.last_code)]


@each_profile
@each_curve
def test_bound_holds(curve: Surrogate, name: str) -> None:
    table = table_of(curve, name)
    every = table.last_code - table.first_code < 2**17
    # A million codes of one curve are enough; the others take every 61st.
    codes = torch.cat([reach(table, 1 if curve == Arctan() else 61), turns(table)])
    error = error_at(table, codes)
    # Of a periodic curve it is that of a whole period, whatever codes a membrane reaches.
    assert error <= table.error_bound + 1e-15
    if every and curve.repeats() is None:
        assert table.error_bound - error <= 1e-12


@each_profile
@each_curve
def test_bound_is_cell_and_rounding(curve: Surrogate, name: str) -> None:
    """In the tabulated range: at most what the curve varies in a cell (and what a fold joins), plus the rounding."""
    table = table_of(curve, name)
    if not isinstance(table, UniformTable) or table.shape.interpolation != "none":
        return
    first, last, _ = table.intervals()
    low, high = table.tabulated
    inside = (first >= low) & (last <= high)
    rounding = 1.0 if table.value.rounding == "floor" else 0.5
    a, b = first[inside], last[inside]
    worst = error_at(table, torch.cat([a, b]))
    # Some 64 codes of each cell, its last among them. The curve's own sample may lie half a cell outside the codes that
    # read it.
    strides = torch.clamp((b - a) // 64, min=1)
    within = torch.minimum(a[:, None] + strides[:, None] * torch.arange(130), b[:, None])
    edges = torch.stack([a - float(table.cells.width), b + float(table.cells.width)], dim=1)
    y = torch.cat([table.curve(within), table.curve(edges)], dim=1)
    bound = float((y.amax(1) - y.amin(1)).max())
    assert worst <= bound + (rounding + 1e-6) * table.value.step


@dataclass(frozen=True)
class Bell(Surrogate):
    """A curve of a user's own, which says nothing about its turning points."""

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return 1 / (1 + (x - 0.3) ** 2)


def test_curves_that_do_not_know_where_they_turn() -> None:
    for name in PROFILES:
        table = build(Bell(), hw_profiles.load(name))
        codes = table.last_code - table.first_code + 1
        if codes > 2**26:
            with pytest.raises(ValueError, match=r"^Bell\(\): error_bound needs turning_points\(\) of the curve where"):
                _ = table.error_bound
        elif codes <= 2**18:
            assert table.error_bound == error_at(table, torch.arange(table.first_code, table.last_code + 1))
        assert table.tail_error >= 0


@pytest.mark.parametrize("period", [0.3, 1e-3, 2.0**-30])
def test_waves_much_shorter_than_the_table(period: float) -> None:
    table = build(SquarewaveFourierSeries(n=3, t_period=period), small())
    every = error_at(table, torch.arange(table.first_code, table.last_code + 1))
    assert every <= table.error_bound * (1 + 1e-12)


@pytest.mark.parametrize("codes", [5.37, 7.21, 33.4])
def test_waves_beyond_a_table_that_follows_them(codes: float) -> None:
    """Inside, every code has its entry; beyond, the phase of the wave at the codes is another in each period."""
    table = build(SquarewaveFourierSeries(n=1, t_period=codes / 256), small(entries=1024))
    assert table.value.bits == 8
    every = torch.arange(table.first_code, table.last_code + 1)
    low, high = table.tabulated
    inside = (every >= low) & (every <= high)
    assert error_at(table, every[inside]) <= table.value.step
    assert 10 * table.value.step < error_at(table, every) <= table.error_bound


def test_bound_of_an_interpolated_table_of_a_wide_membrane() -> None:
    profile = hw_profiles.load("tflm_int16")
    wide = replace(profile, membrane=replace(profile.membrane, bits=22))
    table = build(Sigmoid(), wide)
    codes = torch.arange(table.first_code, table.last_code + 1, 7)
    assert error_at(table, codes) <= table.error_bound <= error_at(table, codes) * 1.05


@dataclass(frozen=True)
class Needle(Surrogate):
    """A spike of a few codes that no sample meets, at `centre` codes of 2**-8."""

    centre: float = 0.0

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return 0.1 + torch.exp(-(((x * 256 - self.centre) / 0.7) ** 2))

    def turning_points(self) -> tuple[float, ...]:
        return (self.centre / 256,)


@pytest.mark.parametrize("centre", [37.0, 37.2, 37.5, 37.8, -37.2, -37.8])
def test_turns_between_two_codes(centre: float) -> None:
    table = build(Needle(centre), small())
    every = error_at(table, torch.arange(table.first_code, table.last_code + 1))
    assert every > 0.4
    assert table.error_bound == every
