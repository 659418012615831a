"""Entries of tables against the scalar specification: every code of narrow tables, the ends and edges of wide ones."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import torch
from looping import each
from table_oracle import build, small

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant.tables.segments import SegmentTable
from spikelut.quant.tables.specification import entry_of, slope_of
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable
from spikelut.surrogates import Arctan, ReluGrad

CURVES = (Arctan(alpha=2.0), ReluGrad(alpha=0.7, width=1.5))


def shapes() -> list[dict[str, Any]]:
    """Every way to find a cell, and to interpolate, on a 10-bit membrane."""
    roundings = ("floor", "trunc0", "half_up", "half_away", "half_even", "dpu")
    made: list[dict[str, Any]] = [
        {"index": index, "index_rounding": mode, "out_of_range": out, "symmetric": symmetric}
        for index, mode, out, symmetric in product(("shift", "ratio"), roundings, ("clamp", "zero"), (False, True))
    ]
    made += [{"order": "twos_complement", "index_rounding": mode} for mode in roundings]
    made += [
        {
            "interpolation": how,
            "interpolation_bits": bits,
            "interpolation_rounding": mode,
            "end": end,
            "entries": 17 if end == "extra_entry" else 16,
            "out_of_range": "zero" if bits == 9 else "clamp",
        }
        for how, bits, mode, end in product(
            ("linear", "linear_complement"), (2, 6, 9), roundings, ("hold", "extra_entry")
        )
    ]
    return [*made, {"kind": "segments", "entries": 5}]


def compare(table: Table, codes: list[int]) -> int:
    """How many different entries the table returned for the codes."""
    expected = [entry_of(table, x) for x in codes]
    x = torch.tensor(codes)
    assert table.lookup_codes(x).tolist() == expected
    found = table.derivative(table.codes, x, torch.float64).tolist()
    one_of_each = {entry: (code, value) for entry, code, value in zip(expected, codes, found, strict=True)}
    assert all(slope_of(table, code) == Fraction(value) for code, value in one_of_each.values())
    assert len(set(zip(expected, found, strict=True))) == len(one_of_each)
    if table.place_dtype is not None:
        values = table.place_values(table.codes, torch.float64)
        assert values[table.place(x).long()].tolist() == found
    return len(one_of_each)


@each("changes", shapes())
def test_every_code_of_ten_bits(changes: dict[str, Any]) -> None:
    profile = small(**changes)
    table = build(CURVES[changes.get("index_rounding", "floor") == "floor"], profile)
    assert isinstance(table, SegmentTable if changes.get("kind") == "segments" else UniformTable)
    # The table goes from -512 to 511.
    assert compare(table, list(range(-530, 530))) >= (2 if isinstance(table, SegmentTable) else 5)


def edges(table: Table) -> list[int]:
    """Codes where another cell begins, the ends of what is tabulated and of what a membrane can reach."""
    low, high = table.tabulated
    first, last, _ = table.intervals()
    near = {int(v) for v in torch.cat([first, last]).tolist()} | {0, low, high, table.first_code, table.last_code}
    near |= {low + (high - low) * k // 199 for k in range(200)}
    reach = range(table.first_code, table.last_code + 1)
    return sorted({c + d for c in sorted(near)[:: max(1, len(near) // 400)] for d in (-1, 0, 1) if c + d in reach})


@pytest.mark.parametrize("profile", [hw_profiles.load(name) for name in hw_profiles.names()], ids=lambda p: p.name)
def test_shipped_tables(profile: Profile) -> None:
    for curve in CURVES:
        table = build(curve, profile, saturate=True)
        assert compare(table, edges(table)) >= 3
