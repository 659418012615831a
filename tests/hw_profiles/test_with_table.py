"""`Profile.with_table`: the same chip with another table."""

from dataclasses import replace

import pytest

from spikelut import hw_profiles
from spikelut.quant import Table
from spikelut.surrogates import Sigmoid


def test_what_is_not_given_stays() -> None:
    profile = hw_profiles.load("hls4ml")
    assert profile.with_table() == profile
    same = profile.with_table(entries=1024, value_bits=18, rounding="floor")
    assert same == profile
    assert same.table_value.frac == 10
    assert same.table.status == "documented"


def test_what_is_given_changes_and_nothing_else() -> None:
    profile = hw_profiles.load("loihi2")
    varied = profile.with_table(entries=64, value_bits=5, rounding="floor")
    assert (varied.table.entries, varied.table_value.bits, varied.table_value.rounding) == (64, 5, "floor")
    assert varied.table.source.endswith("; set to 64 entries by the user")
    assert varied.table_value.source.endswith("; set to bits 5 and rounding floor by the user")
    assert {varied.table.status, varied.table_value.status} == {"derived"}
    assert replace(varied, table=profile.table, table_value=profile.table_value) == profile
    assert replace(varied.table, entries=256, source=profile.table.source, status=profile.table.status) == profile.table
    table = Table.from_surrogate(Sigmoid(alpha=4.0), varied)
    assert (len(table.codes), table.value.bits, table.bits) == (64, 5, 320)


def test_other_bits_leave_the_fraction_to_the_curve() -> None:
    # 18 bits with 10 of fraction; 4 bits with 10 of fraction would hold nothing above 0.007.
    profile = hw_profiles.load("hls4ml")
    assert profile.with_table(rounding="half_even").table_value.frac == 10
    varied = profile.with_table(value_bits=4)
    assert varied.table_value.frac is None
    table = Table.from_surrogate(Sigmoid(alpha=4.0), varied)
    # The peak is 1: signed 4 bits reach 0.875 with three bits of fraction, or 1.75 with two.
    assert table.value.step == 0.25
    assert int(table.codes.max()) == 4


def test_segments() -> None:
    varied = hw_profiles.load("reckon").with_table(entries=3, value_bits=8)
    assert len(Table.from_surrogate(Sigmoid(alpha=4.0), varied).codes) == 3
    assert varied.table_bits == 3 * 8 + 2 * 16


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("loihi2", {"entries": 1}, r"^TableShape: entries must be an integer in 2\.\.65536, got 1$"),
        ("loihi2", {"entries": 100}, "a cell of the table must be a power of two of membrane codes wide"),
        ("loihi2", {"value_bits": 0}, r"^TableValue: bits must be an integer in 1\.\.32, got 0$"),
        ("loihi2", {"rounding": "stochastic"}, "rounding must be a deterministic mode, got 'stochastic'"),
        ("reckon", {"entries": 6}, r"the table must fit memory\.table_bits, 89 bits, got 110"),
        ("generic8", {"entries": 48}, "entries must be a power of two in two's complement order, got 48"),
    ],
)
def test_a_table_the_chip_cannot_have(name: str, changes: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        hw_profiles.load(name).with_table(**changes)  # type: ignore[arg-type]
