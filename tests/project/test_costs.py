"""The part of the tests that `make test-fast` runs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import costs
import pytest


def items(**numbers: int) -> list[Any]:
    where = "tests/quant/test_made_up.py::"
    return [SimpleNamespace(nodeid=f"{where}{name}[{i}]") for name, n in numbers.items() for i in range(n)]


def test_as_many_values_as_fit_from_all_over_them() -> None:
    where = "quant/test_made_up.py::"
    measured = {where + "many": costs.BUDGET / 4, where + "dear": costs.BUDGET * 1.01, where + "few": costs.BUDGET / 4}
    chosen: list[Any] = costs.cheap(items(many=12, new=3, dear=2, few=2), measured)
    kept = {"many": (0, 3, 6, 9), "new": (0, 1, 2), "few": (0, 1)}
    expected = [f"tests/{where}{name}[{number}]" for name, numbers in kept.items() for number in numbers]
    assert [item.nodeid for item in chosen] == expected


def test_tests_that_the_file_does_not_have_are_told_of() -> None:
    budget = costs.BUDGET
    measured = [("new", 0.6 * budget), ("new", 0.6 * budget), ("cheap", 0.6 * budget), ("known", 9.0)]
    assert costs.unmeasured(measured, {"known": 9.0}) == {"new": pytest.approx(1.2 * budget)}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file, budget = tmp_path / "costs.txt", costs.BUDGET
    old, other, *_ = sorted(costs.every_test())
    file.write_text(f"# a comment\n   9.50 {old}\n   8.00 {other}\n   7.00 quant/test_gone.py::test_gone\n")
    costs.write([("test_a", budget), ("test_a", 2 * budget), ("test_b", budget / 2), (other, 3.0), (other, 2.0)], file)
    assert costs.read(file) == {old: 9.5, other: 2.5, "test_a": pytest.approx(1.5 * budget, abs=1e-3)}


def test_every_test_of_the_file_exists() -> None:
    found = costs.read()
    assert set(found) <= costs.every_test(), "make test-costs, or delete these lines of tests/costs.txt"
    assert all(cost > 0 for cost in found.values())
    # Most tests are cheap, or nobody would find out what is broken.
    assert len(found) < len(costs.every_test()) / 3
