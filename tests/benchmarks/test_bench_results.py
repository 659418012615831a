"""What the benchmark writes: ratios, goals, files and pages, with cases made up here."""

import json
import math
import sys
from pathlib import Path
from typing import Any

import bench_command
import bench_measure
import bench_summary
import pytest
import torch
from bench_backends import ours
from bench_case import Unequal, Work
from bench_cases import FAST, Fake
from bench_curves import CURVES
from bench_goals import FILE, Goal, goals, verdicts, without_goal
from bench_measure import Measured, Outcome, measure
from bench_page import page, write_page
from bench_plots import exponent
from bench_summary import ROWS, Row, summary

from spikelut import surrogates
from spikelut.export import write_whole


@pytest.fixture(autouse=True)
def used(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The backends that the harness switched to, none of which it needs for cases made up here."""
    log: list[str] = []
    monkeypatch.setattr(bench_measure, "use", log.append)
    return log


@pytest.fixture
def outcome() -> Outcome:
    case = Fake()
    return measure(case, case.settings(), FAST, ["torch", "native"], lambda text: None)


def goal(**changed: Any) -> Goal:
    fields: dict[str, Any] = {"where": {"size": 2}, "ours": "ours", "of": "time", "least": True, "value": 8.0}
    return Goal(**{"case": "fake", "backend": "torch", "peer": "peer", **fields, **changed})


@pytest.mark.parametrize(
    ("changed", "ratio", "met"),
    [
        ({}, 4.0, False),
        ({"value": 4.0}, 4.0, True),
        ({"backend": "native"}, 8.0, True),
        ({"least": False, "value": 0.25}, 0.25, True),
        ({"least": False, "value": 0.2}, 0.25, False),
        ({"where": {}}, 8.0**0.5, False),  # the geometric mean of 2 and 4
        ({"where": {}, "each": True, "value": 2.0}, 2.0, True),
        ({"peer": None, "against": (("size", 1),), "least": False, "value": 2.0}, 2.0, True),
    ],
)
def test_ratios_and_goals(outcome: Outcome, changed: dict[str, Any], ratio: float, met: bool) -> None:
    one = goal(**changed)
    found = one.ratio(outcome.measured)
    assert found == pytest.approx(ratio)
    assert found is not None
    assert one.met(found) == met


def test_a_figure_of_ours_alone_is_the_ratio() -> None:
    one = Measured({"size": 2}, "ours", "torch", 1.0, 1.0, 1, 1, saved=5.0, peak=9.0)
    assert goal(peer=None, of="saved").ratio([one]) == pytest.approx(5.0)
    assert goal(peer=None, of="peak").ratio([one]) == pytest.approx(9.0)


@pytest.mark.parametrize("changed", [{"peer": "absent"}, {"where": {"size": 3}}, {"of": "peak"}, {"ours": "other"}])
def test_what_was_not_measured_has_no_verdict(outcome: Outcome, changed: dict[str, Any]) -> None:
    assert goal(**changed).ratio(outcome.measured) is None
    assert not list(verdicts([goal(**changed)], [outcome]))
    assert not list(verdicts([goal(case="another")], [outcome]))


def test_verdicts(outcome: Outcome) -> None:
    assert list(verdicts([goal()], [outcome])) == [
        {"case": "fake size=2: ours [torch], time", "peer": "peer", "ratio": 4.0, "goal": ">= 8", "met": False}
    ]
    others = list(without_goal([goal()], outcome, ("ours",)))
    assert {row["peer"] for row in others} == {"work"}
    assert len(others) == 4
    assert {(row["goal"], row["met"]) for row in others} == {(None, None)}


def test_goals_are_for_contenders_and_settings_that_there_are() -> None:
    every = goals(FILE.read_text())
    assert len(every) > 40
    for one in every:
        assert one.backend in ("torch", "native", "alone")
        case = bench_command.CASES[one.case]
        for settings in (case.settings(), case.quick()):
            chosen = [setting for setting in settings if one.where.items() <= setting.items()]
            assert chosen, one.title
            for setting in chosen if one.case != "spike" else []:
                names = {contender.name for contender in case.contenders(setting, ["torch"])}
                assert one.ours in names, one.title
                assert one.peer is None or one.peer in names, one.title


def test_a_limit_is_understood_where_it_stands() -> None:
    """The page shows it beside its goal, without those before it in the file."""
    for limit in {one.limit for one in goals(FILE.read_text())} - {""}:
        assert limit.endswith("."), limit
        assert "above" not in limit, limit


def test_the_summary_is_of_contenders_and_settings_that_there_are() -> None:
    for row in ROWS:
        case = bench_command.CASES[row.case]
        (setting,) = [setting for setting in case.settings() if row.setting.items() <= setting.items()]
        keys = {contender.key for contender in case.contenders(setting, ["torch", "native"])}
        assert {f"{row.ours} [native]", f"{row.ours} [torch]", *row.peers} <= keys


def test_the_summary(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row("this", "fake", {"size": 2}, "ours", ("peer", "absent"))
    monkeypatch.setattr(bench_summary, "ROWS", (row, Row("that", "another", {}, "ours", ())))
    assert summary({"fake": (Fake(), outcome, {})})[2:] == ["| this | 1000 | 2000 | peer 8000 (8) |", ""]
    assert not summary({})


def test_all_curves_are_there() -> None:
    assert {type(curve.ours) for curve in CURVES} == set(surrogates.ALL)


def test_ours_is_a_contender_on_each_backend() -> None:
    found = list(ours("layer", lambda: Work(lambda: 1), ["torch", "native"]))
    assert [contender.key for contender in found] == ["layer [torch]", "layer [native]"]


def test_an_outcome_is_read_back_from_json(outcome: Outcome) -> None:
    assert Outcome.read(json.loads(json.dumps(outcome.record()))) == outcome


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The harness with one case, writing to a folder of its own."""
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(bench_command, "ROOT", tmp_path)
    monkeypatch.setattr(bench_command, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(bench_command, "CASES", {"fake": Fake()})
    monkeypatch.setattr(bench_command, "backends", lambda: ["torch", "native"])
    for name in ("FULL", "QUICK"):
        monkeypatch.setattr(bench_command, name, FAST)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.py", *arguments])
    bench_command.main()


def test_quick_writes_a_list(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench_command, "goals", lambda text: [goal(where={"size": 1}, value=1.5)])
    run(monkeypatch, "--quick")
    rows = json.loads((folder / "results" / "quick.json").read_text())
    assert rows[0] == {
        "case": "fake size=1: ours [torch], time",
        "peer": "peer",
        "ratio": 2.0,
        "goal": ">= 1.5",
        "met": True,
    }
    assert all(row.keys() == rows[0].keys() for row in rows)
    assert "left out of fake: absent: absent is not installed" in capsys.readouterr().err
    assert [path.name for path in (folder / "results").iterdir()] == ["quick.json"]


def test_nothing_is_written_where_a_check_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench_command.CASES["fake"].wrong = True  # type: ignore[attr-defined]
    for arguments in (["--quick"], []):
        with pytest.raises(Unequal):
            run(monkeypatch, *arguments)
    assert not list((folder / "results").iterdir())
    assert not list((folder / "docs").iterdir())


def test_all_sizes_write_results_and_a_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    limited = goal(limit="two seconds are two seconds")
    monkeypatch.setattr(bench_command, "goals", lambda text: [limited, goal(backend="native")])
    run(monkeypatch)
    record = json.loads((folder / "results" / "speed_fake.json").read_text())
    assert record["machine"]["torch"] == torch.__version__
    assert record["left_out"] == {"absent": "absent is not installed"}
    text = (folder / "docs" / "performance.md").read_text()
    assert "| fake size=2: ours [torch], time | peer | 4 | >= 8 | **no** |" in text
    assert "| fake size=2: ours [native], time | peer | 8 | >= 8 | yes |" in text
    assert "1 of 2 goals are met." in text
    assert "| fake size=2: ours [torch], time | peer | 4 | >= 8 | two seconds are two seconds |" in text
    assert "Values compared before timing: " in text
    assert "| size 2, threads 1 | 2000 (2000) | 1000 (1000) | 8000 (8000) |" in text
    assert "Left out: absent: absent is not installed." in text
    picture = (folder / "docs" / "performance" / "fake.svg").read_text()
    assert picture.startswith("<?xml")
    run(monkeypatch, "--page")
    assert (folder / "docs" / "performance" / "fake.svg").read_text() == picture


def test_the_page_has_tables_and_pictures_of_every_kind(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    recorded = {}
    for name in ("spike", "growth", "sparse"):
        case = bench_command.CASES[name]
        measured = [
            Measured(s, who, backend, best * n, best * n, 3, 1, 1.0, 8.0)
            for s in case.settings()
            for n in [math.prod(int(s.get(key, 1)) for key in ("elements", "rate", "T", "batch", "width"))]
            for who, backend, best in ((case.main[0], "torch", 1e-9), ("SpikingJelly", None, 3e-9))
        ]
        recorded[name] = case, Outcome(name, {"torch": 1}, measured), {"torch": "2"}
    files = page(recorded, goals(FILE.read_text()))
    assert list(files) == [*(f"performance/{name}.svg" for name in recorded), "performance.md"]
    text = files["performance.md"]
    assert "| elements 1000000, dtype float32, threads 2 | analytic [torch] | 1 | 3.00 |" in text
    assert "| T | SpikingJelly | 1.00 | 1.00 |" in text
    assert ", time | SpikingJelly | 3 | >= 1.8 | yes |" in text
    write_page(files, tmp_path, write_whole)
    assert (tmp_path / "performance.md").read_text() == text


def test_exponents() -> None:
    assert exponent([1, 10, 20, 40], [50, 30, 60, 120]) == pytest.approx(1.0)
    assert exponent([10, 20, 40], [100, 400, 1600]) == pytest.approx(2.0)
