"""The benchmark's harness: rounds, memory, checks and settings, with cases made up here; nothing about real times."""

import gc
from collections.abc import Iterator
from typing import Any

import bench_measure
import pytest
import torch
from bench_case import Contender, Setting, Unequal, Work, equal
from bench_cases import FAST, Fake, Scripted
from bench_measure import Outcome, measure
from bench_memory import peak_bytes, saved_bytes
from bench_rounds import Effort, Local, interleave


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
