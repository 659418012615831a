"""What tests cost in seconds of a processor, measured, and the part of them that `make test-fast` runs."""

import ast
import os
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

TESTS = Path(__file__).parents[2]
FILE = TESTS / "costs.txt"
HEAD = """\
# Seconds of a processor for each value of a test, where all its values together take longer than `make test-fast` gives
# to a test. `make test-costs` writes this.
"""
BUDGET = 0.15
"""Seconds that a test may take in `make test-fast`, with as many of its values as that is enough for."""


FIXTURES: dict[tuple[str, str], float] = {}
"""What each fixture of a file costs, by file and name."""


def now() -> float:
    """Seconds of a processor that this process and those it waited for have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def name_of(nodeid: str) -> str:
    """The test of an item or a report, without its values."""
    return nodeid.partition("[")[0].removeprefix("tests/")


def every_test() -> set[str]:
    """The names of all tests there are."""
    return {
        f"{path.relative_to(TESTS)}::{node.name}"
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def read(file: Path = FILE) -> dict[str, float]:
    """The seconds of a value, by test."""
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: float(seconds) for seconds, name in lines}


def write(measured: list[tuple[str, float]], file: Path = FILE) -> None:
    """Put what was measured into the file, in place of what it said of these tests and of those that are gone."""
    of: dict[str, list[float]] = defaultdict(list)
    for name, seconds in measured:
        of[name].append(seconds)
    others = every_test() - of.keys()
    kept = {name: cost for name, cost in read(file).items() if name in others}
    kept |= {name: mean(found) for name, found in of.items() if sum(found) > BUDGET}
    file.write_text(HEAD + "".join(f"{cost:8.4f} {name}\n" for name, cost in sorted(kept.items())), encoding="utf-8")


def unmeasured(measured: list[tuple[str, float]], costs: dict[str, float]) -> dict[str, float]:
    """The tests that went over the budget because the file does not have them, and what all their values cost."""
    of: dict[str, float] = defaultdict(float)
    for name, seconds in measured:
        of[name] += seconds
    return {name: cost for name, cost in of.items() if cost > BUDGET and name not in costs}


def cheap(items: list[pytest.Item], costs: dict[str, float]) -> list[pytest.Item]:
    """Of each test as many values as fit into the budget, from all over them; all of one that is not in the file."""
    of: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        of[name_of(item.nodeid)].append(item)
    chosen: list[pytest.Item] = []
    for name, values in of.items():
        count = len(values) if name not in costs else min(len(values), int(BUDGET / costs[name]))
        chosen += [values[i * len(values) // count] for i in range(count)]
    return chosen
