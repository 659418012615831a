"""Comparisons of tables and curves: each measure against its definition, many pairs at once, files."""

import math
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.quant.comparison.comparison import MEASURES, Comparison
from spikelut.surrogates import ALL, Arctan, PiecewiseQuadratic, Sigmoid, Surrogate


@dataclass(frozen=True)
class Step(Surrogate):
    """A derivative of `height` above threshold and none below: nothing about it is even."""

    height: float = 1.0

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.where(x >= 0, self.height, 0.0).to(x.dtype)


def compared(profile: str = "generic8", curve: Surrogate | None = None, **arguments: Any) -> Comparison:
    chip = hw_profiles.load(profile)
    table = quant.Table.from_surrogate(Arctan(alpha=2.0) if curve is None else curve, chip, **arguments)
    return quant.compare(table.surrogate, table)


def test_the_grid_is_the_tabulated_range_and_half_of_it_on_each_side() -> None:
    c = compared("odin")
    low, high = c.source.tabulated
    assert c.codes.tolist() == list(
        range(
            max(c.source.first_code, low - (high + 1 - low) // 2),
            min(c.source.last_code, high + 1 + (high + 1 - low) // 2) + 1,
        )
    )
    assert np.array_equal(c.x, c.codes.numpy() * c.source.state_step)
    assert np.array_equal(c.table, c.source.lookup(torch.from_numpy(c.x)).numpy())
    assert np.array_equal(c.analytic, c.surrogate.surrogate_grad(torch.from_numpy(c.x)).numpy())


@pytest.mark.parametrize("profile", ["odin", "reckon", "xylo"])
def test_measures_are_what_they_say(profile: str) -> None:
    c = compared(profile)
    error, peak, step = c.table - c.analytic, np.abs(c.analytic).max(), c.source.value.step
    assert c.max_abs_error == np.abs(error).max()
    assert c.mean_abs_error == np.abs(error).mean()
    assert c.max_relative_error == np.abs(error).max() / peak
    assert c.mean_relative_error == np.abs(error).mean() / peak
    assert c.max_error_steps == np.abs(error).max() / step
    assert c.mean_error_steps == np.abs(error).mean() / step
    # Sums of up to 1e5 float64, in another order.
    assert c.rmse == pytest.approx(math.sqrt(sum(error**2) / len(error)), rel=1e-10)
    assert c.area_ratio == pytest.approx(sum(c.table) / sum(c.analytic), rel=1e-10)
    assert c.cosine == pytest.approx(
        np.dot(c.table, c.analytic) / np.sqrt(sum(c.table**2) * sum(c.analytic**2)), rel=1e-10
    )
    assert c.dead_zone == np.mean((c.table == 0) & (c.analytic >= step))
    assert c.bits == c.source.bits
    assert c.bound == c.source.error_bound >= c.max_abs_error
    assert list(c.measures().items()) == [(name, getattr(c, name)) for name in MEASURES]


def test_a_perfect_table_has_no_error() -> None:
    c = compared("odin", PiecewiseQuadratic())
    assert (c.max_abs_error, c.rmse, c.asymmetry, c.saturated, c.dead_zone) == (0, 0, 0, 0, 0)
    assert c.area_ratio == 1
    assert c.cosine == pytest.approx(1, abs=1e-12)


def test_saturation_and_dead_zones_are_counted() -> None:
    # Entries of at most half of the peak: what is beyond that, by more than half a step, is cut.
    c = compared("generic8", scale=0.5 / 255, saturate=True)
    top = 0.5 + 0.25 / 255
    assert 0 < c.saturated == np.mean(c.analytic > top) < 1
    assert c.area_ratio < 1
    assert c.dead_zone == 0
    # Steps of a quarter of the peak: an eighth of it rounds to nothing, a quarter does not.
    coarse = compared("generic8", scale=0.25, saturate=True)
    assert coarse.saturated == 0
    assert coarse.dead_zone == np.mean((coarse.table == 0) & (coarse.analytic >= 0.25))
    # Beyond the table, where its ends are zero, a curve that goes on is dead.
    reached = quant.compare(Step(), quant.Table.from_surrogate(PiecewiseQuadratic(), hw_profiles.load("generic8")))
    assert reached.dead_zone == pytest.approx(np.mean((reached.table == 0) & (reached.x >= 0)))
    assert reached.dead_zone > 0.1


def test_asymmetry_is_what_the_table_adds() -> None:
    # An uneven curve in a table that holds it exactly but for the one cell that the threshold cuts.
    c = compared("generic16", Step())
    wrong = np.flatnonzero(c.error)
    assert c.asymmetry == pytest.approx(c.max_relative_error if len(wrong) else 0)
    # An even curve read at the left of each cell leans to one side.
    even = compared("loihi2")
    codes = even.codes[(-even.codes >= even.source.first_code) & (-even.codes <= even.source.last_code)]
    lookup = even.source.lookup_codes
    leaning = (lookup(codes) - lookup(-codes)).abs().max() * even.value_step / even.peak
    assert even.asymmetry == pytest.approx(float(leaning), rel=1e-9)
    # The same where only some of the codes are looked at.
    some = replace(even, codes=even.codes[::3])
    assert 0 < some.asymmetry <= even.asymmetry


def test_errors_under_a_histogram() -> None:
    c = compared("reckon")
    assert c.rmse_under((c.codes, torch.ones(len(c.codes)))) == pytest.approx(c.rmse, rel=1e-12)
    assert c.rmse_under((c.codes[:1], torch.tensor([5]))) == pytest.approx(abs(c.error[0]), rel=1e-12)
    worst = int(np.abs(c.error).argmax())
    two = torch.tensor([int(c.codes[worst]), int(c.codes[0])])
    expected = math.sqrt((3 * c.error[worst] ** 2 + c.error[0] ** 2) / 4)
    assert c.rmse_under((two, torch.tensor([3, 1]))) == pytest.approx(expected, rel=1e-12)
    # Codes beyond reach are held at the ends of the membrane, as the chip does.
    ends = torch.tensor([c.source.first_code, c.source.last_code])
    assert c.rmse_under((ends + torch.tensor([-9, 9]), torch.ones(2))) == c.rmse_under((ends, torch.ones(2)))
    for codes, counts, message in (
        (torch.zeros(2), torch.ones(2), "codes must be integers [N]"),
        (torch.zeros(2, 2, dtype=torch.int64), torch.ones(2, 2), "codes must be integers [N]"),
        (torch.zeros(2, dtype=torch.int64), torch.ones(3), "counts must be (2,)"),
        (torch.zeros(2, dtype=torch.int64), torch.tensor([1, -1]), "counts must be >= 0 and not all 0"),
        (torch.zeros(2, dtype=torch.int64), torch.zeros(2), "counts must be >= 0 and not all 0"),
        (torch.zeros(2, dtype=torch.int64), torch.tensor([1.0, torch.nan]), "counts must be >= 0 and not all 0"),
        (torch.zeros(0, dtype=torch.int64), torch.zeros(0), "counts must be >= 0 and not all 0"),
    ):
        with pytest.raises(ValueError, match=re.escape(f"Comparison.rmse_under: {message}")):
            c.rmse_under((codes, counts))


def test_a_table_against_another_curve() -> None:
    table = quant.Table.from_surrogate(Arctan(alpha=2.0), hw_profiles.load("loihi2"))
    own, other = quant.compare(Arctan(alpha=2.0), table), quant.compare(Sigmoid(), table)
    assert own.bound == table.error_bound
    assert math.isnan(other.bound)
    assert np.array_equal(own.table, other.table)
    assert other.max_abs_error > own.max_abs_error


def test_a_curve_that_is_zero() -> None:
    found = quant.compare(Step(height=0.0), compared().source)
    assert found.max_relative_error == found.mean_relative_error == math.inf
    assert found.cosine == 0
    assert found.asymmetry in (0, math.inf)
    assert math.isnan(found.area_ratio)


def test_every_pair_of_several() -> None:
    profiles = [hw_profiles.load(name) for name in ("reckon", "odin")]
    curves = [curve() for curve in ALL]
    found = quant.compare(curves, profiles)
    assert [(c.surrogate, c.profile) for c in found] == [(s, p.name) for s in curves for p in profiles]
    assert len(found) == 2 * len(ALL) == len(found.rows())
    for c in found:
        assert c.bound >= c.max_abs_error
    one = quant.compare(curves[3], profiles[1])
    assert found[7].measures() == one.measures()
    assert found.rows()[7]["surrogate"] == str(curves[3])
    # A single curve or source beside several.
    assert [c.profile for c in quant.compare(curves[0], profiles)] == ["reckon", "odin"]
    assert len(quant.compare(curves[:2], profiles[0])) == 2


def test_what_a_profile_cannot_hold_is_kept_with_its_reason() -> None:
    found = quant.compare([Sigmoid(alpha=100.0), Sigmoid()], [hw_profiles.load("spinnaker1")])
    assert [c.surrogate for c in found] == [Sigmoid()]
    ((pair, reason),) = found.refused.items()
    assert pair == ("Sigmoid(alpha=100.0)", "spinnaker1")
    assert "its peak must fit" in reason


def test_wrong_arguments() -> None:
    profile, table = hw_profiles.load("reckon"), compared().source
    wrong: Any = "arctan"
    with pytest.raises(TypeError, match="give a Surrogate and a Profile or Table, got str and Profile"):
        quant.compare([wrong], [profile])
    with pytest.raises(TypeError, match="got Arctan and str"):
        quant.compare([Arctan()], ["reckon"])  # type: ignore[list-item]  # what is tested
    with pytest.raises(ValueError, match=r"state_step must be None, a table has its own, got 0\.5"):
        quant.compare(Arctan(), table, 0.5)
    with pytest.raises(ValueError, match="compare: give one surrogate and one source or more"):
        quant.compare([], [profile])
    with pytest.raises(ValueError, match="measure must be one of max_abs_error"):
        quant.compare([Arctan()], [profile]).plot("speed")


def test_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=lambda data: data))
    c = compared("odin")
    columns: Any = c.to_frame()
    assert list(columns) == ["code", "x", "table", "analytic", "error"]
    assert np.array_equal(columns["table"] - columns["analytic"], columns["error"])
    found = quant.compare([Arctan()], [hw_profiles.load("odin")])
    assert found.to_frame() == found.rows()
    assert {"surrogate", "profile", "entries", "value_format", *MEASURES} == set(found.rows()[0])


def test_pages_stand_alone(tmp_path: Path) -> None:
    profiles = [hw_profiles.load(name) for name in ("reckon", "spinnaker1")]
    quant.compare(Arctan(alpha=2.0), profiles[0]).to_html(tmp_path / "one.html")
    quant.compare([Arctan(), Sigmoid(alpha=100.0)], profiles).to_html(tmp_path / "several.html")
    for name, words in (
        ("one.html", ["Arctan(alpha=2.0) on reckon", "89 bits", "asymmetry"]),
        (
            "several.html",
            ["Arctan(alpha=1.0) on spinnaker1", "Sigmoid(alpha=100.0)", "its peak must fit", "max relative"],
        ),
    ):
        text = (tmp_path / name).read_text(encoding="utf-8")
        for word in words:
            assert word in text
        assert "currentColor" in text
        assert "prefers-color-scheme: dark" in text
        assert not re.search(r"<script|<link|src=|@import|url\((?!#)", text)
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids))
    with pytest.raises(OSError, match="missing"):
        quant.compare(Arctan(), profiles[0]).to_html(tmp_path / "missing" / "x.html")
    assert {path.name for path in tmp_path.iterdir()} == {"one.html", "several.html"}


def test_figures() -> None:
    found = quant.compare([Arctan(), Sigmoid()], [hw_profiles.load(name) for name in ("reckon", "odin")])
    (axes,) = found.plot("bits").axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["Arctan", "Sigmoid"]
    assert [text.get_text() for text in axes.texts] == [f"{c.bits}" for c in found]
    above, below = found[0].plot().axes
    assert np.array_equal(above.lines[1].get_ydata(), found[0].table)
    assert np.array_equal(below.lines[0].get_ydata(), found[0].error / found[0].value_step)
