"""The benchmark's harness: rounds, ratios, goals and files, with cases made up here; nothing about real times."""

import gc
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bench
import bench_measure
import pytest
import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Unequal, Work, equal
from bench_curves import CURVES
from bench_goals import FILE, Goal, goals, verdicts, without_goal
from bench_measure import Measured, Outcome, measure
from bench_memory import peak_bytes, saved_bytes
from bench_page import page, write_page
from bench_plots import exponent
from bench_rounds import Effort, Local, interleave

from spikelut import surrogates
from spikelut.export import write_whole

FAST = Effort(least=2, most=2, seconds=0.0, sample=0.0)


class Scripted:
    """Takes the seconds it is told, over and over, and notes that it was asked."""

    def __init__(self, name: str, log: list[str], *seconds: float) -> None:
        self.name, self.log, self.script, self.asked = name, log, seconds, 0

    def seconds(self, count: int) -> float:
        self.log.append(self.name)
        self.asked += 1
        return count * self.script[(self.asked - 1) % len(self.script)]


def test_each_gives_one_sample_a_round_in_changing_order() -> None:
    log: list[str] = []
    timed = {name: Scripted(name, log, 1.0) for name in "abc"}
    times = interleave(timed, Effort(least=6, most=6, seconds=0.0, sample=0.0))
    rounds = [tuple(log[i : i + 3]) for i in range(6, len(log), 3)]  # after two calls each that count for nothing
    assert log[:6] == ["a", "a", "b", "b", "c", "c"]
    assert [sorted(one) for one in rounds] == [["a", "b", "c"]] * 6
    assert len(set(rounds)) > 1
    assert {one.rounds for one in times.values()} == {6}


def test_best_and_median_are_seconds_a_call() -> None:
    # Two calls that count for nothing, the second of which says that 25 fit into a sample; then five samples.
    one = Scripted("a", [], 9.0, 0.002, 0.005, 0.003, 0.004, 0.008, 0.001)
    times = interleave({"a": one}, Effort(least=5, most=5, seconds=0.0, sample=0.05))["a"]
    assert times.calls == 25
    assert times.best == pytest.approx(0.001)  # 25 times a number, divided by 25
    assert times.median == pytest.approx(0.004)


@pytest.mark.parametrize(("seconds", "rounds"), [(0.0, 3), (4.5, 5), (100.0, 7)])
def test_rounds_go_on_for_so_long(seconds: float, rounds: int) -> None:
    passed = iter(range(100))
    effort = Effort(least=3, most=7, seconds=seconds, sample=0.0)
    times = interleave({"a": Scripted("a", [], 1.0)}, effort, lambda: float(next(passed)))
    # The clock is not looked at in the first three rounds.
    expected = {3: 3, 5: 3 + 4, 7: 7}[rounds]
    assert times["a"].rounds == expected


def test_before_and_a_first_call_are_not_timed_and_garbage_waits() -> None:
    log: list[Any] = []
    local = Local(lambda: log.append(gc.isenabled()), lambda: log.append("before"))
    assert local.seconds(2) > 0
    assert log == ["before", True, False, False]
    assert gc.isenabled()


def test_saved_bytes_are_of_what_is_still_kept() -> None:
    x = torch.ones(1000, requires_grad=True)
    assert saved_bytes(lambda: x.sin(), [x]) == 0
    assert saved_bytes(lambda: x.sin(), []) == 4000
    assert saved_bytes(lambda: x.exp().exp(), [x]) == 8000

    def forgets() -> torch.Tensor:
        x.exp()  # its graph is gone at once
        return x.exp()

    assert saved_bytes(forgets, [x]) == 4000


def test_peak_is_of_what_is_there_at_once() -> None:
    def together() -> None:
        a = torch.empty(250_000)
        b = torch.empty(250_000)
        del a, b

    def one_after_the_other() -> None:
        for _ in range(3):
            torch.empty(250_000)

    assert peak_bytes(together) == 2_000_000
    assert peak_bytes(one_after_the_other) == 1_000_000


class Fake(Case):
    """Ours takes one second on torch and half of it on native, a peer two, another one is not there."""

    name = "fake"
    title = "A case"
    text = "Made up."
    main = ("ours",)
    wrong = False

    def __init__(self) -> None:
        self.log: list[str] = []

    def settings(self) -> list[Setting]:
        return [{"size": 1, "threads": 1}, {"size": 2, "threads": 1}]

    def quick(self) -> list[Setting]:
        return self.settings()[:1]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        seconds = {"torch": 1.0, "native": 0.5}
        size = int(setting["size"])
        for backend in backends:
            made = Scripted(backend, self.log, size * seconds[backend])
            yield Contender("ours", lambda made=made: made, backend)  # type: ignore[misc]
        yield Contender("peer", lambda: Scripted("peer", self.log, 2.0 * size * size))
        yield Contender("absent", self.absent)
        x = torch.ones(100, requires_grad=True)
        yield Contender("work", lambda: Work(lambda: x.exp(), lambda y: y.sum().backward(), (x,), 100))

    def absent(self) -> Work:
        raise Unavailable("absent is not installed")

    def check(self) -> int:
        if self.wrong:
            raise Unequal("fake: it differs")
        return 7


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


def test_a_case_is_checked_then_measured_and_who_is_missing_is_named(outcome: Outcome) -> None:
    assert outcome.compared == {"torch": 7, "native": 7}
    assert outcome.left_out == {"absent": "absent is not installed"}
    first = {one.key: one for one in outcome.measured if one.setting["size"] == 1}
    assert list(first) == ["ours [torch]", "ours [native]", "peer", "work"]
    assert [first[key].best for key in list(first)[:3]] == [1.0, 0.5, 2.0]
    assert (first["peer"].saved, first["peer"].peak) == (None, None)
    assert first["work"].saved == 4.0
    assert first["work"].peak is not None
    assert first["work"].peak >= 8.0  # the exponential, and its gradient


def test_nothing_is_measured_where_a_check_fails() -> None:
    case = Fake()
    case.wrong = True
    with pytest.raises(Unequal, match="it differs"):
        measure(case, case.settings(), FAST, ["torch"], lambda text: None)
    assert not case.log


def test_backends_are_switched_ahead_of_every_sample(used: list[str]) -> None:
    seen: list[str] = []

    class Switched(Fake):
        def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
            for backend in backends:
                work = Work(lambda backend=backend: seen.append(used[-1] == backend))  # type: ignore[misc]
                yield Contender("ours", lambda work=work: work, backend)  # type: ignore[misc]

    measure(Switched(), [{"size": 1}], FAST, ["torch", "native"], lambda text: None)
    assert len(seen) == 16
    assert all(seen)
    assert used[:2] == ["torch", "native"]  # for the checks


def test_threads_are_those_of_the_setting_and_then_as_before() -> None:
    seen: list[int] = []

    class Threads(Fake):
        def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
            yield Contender("looks", lambda: Work(lambda: seen.append(torch.get_num_threads())))

    before = torch.get_num_threads()
    measure(Threads(), [{"threads": before + 1}], FAST, ["torch"], lambda text: None)
    assert set(seen) == {before + 1}
    assert torch.get_num_threads() == before


def test_equal_takes_a_part_of_the_largest() -> None:
    wanted = torch.tensor([1.0, 100.0])
    assert equal("x", torch.tensor([1.5, 100.0]), wanted, 0.01) == 2
    for ours_, tolerance in (([1.5, 100.0], 0.0), ([2.5, 100.0], 0.01), ([float("nan"), 100.0], 1.0)):
        with pytest.raises(Unequal, match=r"^x: the largest difference must be <="):
            equal("x", torch.tensor(ours_), wanted, tolerance)
    with pytest.raises(Unequal, match="shape"):
        equal("x", torch.ones(3), wanted)


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
        assert one.backend in ("torch", "native")
        case = bench.CASES[one.case]
        for settings in (case.settings(), case.quick()):
            chosen = [setting for setting in settings if one.where.items() <= setting.items()]
            assert chosen, one.title
            for setting in chosen if one.case != "spike" else []:
                names = {contender.name for contender in case.contenders(setting, ["torch"])}
                assert one.ours in names, one.title
                assert one.peer is None or one.peer in names, one.title


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
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(bench, "CASES", {"fake": Fake()})
    monkeypatch.setattr(bench, "backends", lambda: ["torch", "native"])
    for name in ("FULL", "QUICK"):
        monkeypatch.setattr(bench, name, FAST)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.py", *arguments])
    bench.main()


def test_quick_writes_a_list(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench, "goals", lambda text: [goal(where={"size": 1}, value=1.5)])
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
    bench.CASES["fake"].wrong = True  # type: ignore[attr-defined]
    for arguments in (["--quick"], []):
        with pytest.raises(Unequal):
            run(monkeypatch, *arguments)
    assert not list((folder / "results").iterdir())
    assert not list((folder / "docs").iterdir())


def test_all_sizes_write_results_and_a_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    limited = goal(limit="two seconds are two seconds")
    monkeypatch.setattr(bench, "goals", lambda text: [limited, goal(backend="native")])
    run(monkeypatch)
    record = json.loads((folder / "results" / "speed_fake.json").read_text())
    assert record["machine"]["torch"] == torch.__version__
    assert record["left_out"] == {"absent": "absent is not installed"}
    text = (folder / "docs" / "performance.md").read_text()
    assert "| fake size=2: ours [torch], time | peer | 4 | >= 8 | **no** |" in text
    assert "| fake size=2: ours [native], time | peer | 8 | >= 8 | yes |" in text
    assert "- fake, ours: two seconds are two seconds" in text
    assert "| size 2, threads 1 | 2000 (2000) | 1000 (1000) | 8000 (8000) |" in text
    assert "Left out: absent: absent is not installed." in text
    picture = (folder / "docs" / "performance" / "fake.svg").read_text()
    assert picture.startswith("<?xml")
    run(monkeypatch, "--page")
    assert (folder / "docs" / "performance" / "fake.svg").read_text() == picture


def test_the_page_has_tables_and_pictures_of_every_kind(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    recorded = {}
    for name in ("spike", "growth"):
        case = bench.CASES[name]
        measured = [
            Measured(s, who, backend, best * n, best * n, 3, 1, 1.0, 8.0)
            for s in case.settings()
            for n in [int(s.get("elements", 0)) or int(s["T"]) * int(s["batch"]) * int(s["width"])]
            for who, backend, best in ((case.main[0], "torch", 1e-9), ("SpikingJelly", None, 3e-9))
        ]
        recorded[name] = case, Outcome(name, {"torch": 1}, measured), {"torch": "2"}
    files = page(recorded, goals(FILE.read_text()))
    assert list(files) == ["performance/spike.svg", "performance/growth.svg", "performance.md"]
    text = files["performance.md"]
    assert "| elements 1000000, dtype float32, threads 2 | analytic [torch] | 1 | 3.00 |" in text
    assert "| T | SpikingJelly | 1.00 | 1.00 |" in text
    assert ", time | SpikingJelly | 3 | >= 1.8 | yes |" in text
    write_page(files, tmp_path, write_whole)
    assert (tmp_path / "performance.md").read_text() == text


def test_exponents() -> None:
    assert exponent([1, 10, 20, 40], [50, 30, 60, 120]) == pytest.approx(1.0)
    assert exponent([10, 20, 40], [100, 400, 1600]) == pytest.approx(2.0)
