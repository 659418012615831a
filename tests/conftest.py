"""Settings for all tests."""

from collections.abc import Generator
from typing import Any

import costs
import pytest
import torch
from golden_vectors import COUNTS, count
from hypothesis import settings

# The tensors here are small, and threads that wait for a busy core make them many times slower.
torch.set_num_threads(1)

# How long an example takes says how busy the machine is.
settings.register_profile("spikelut", deadline=None)
settings.load_profile("spikelut")

MEASURED: list[tuple[str, float]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="of each test only the values that tests/costs.txt leaves")
    parser.addoption("--write-costs", action="store_true", help="write what the tests cost to tests/costs.txt")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the part of the tests that was asked for."""
    if config.getoption("--fast"):
        chosen = costs.cheap(items, costs.read())
        left = set(items) - set(chosen)
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = [item for item in items if item not in left]


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Measure what a fixture costs, which all tests that use it are charged."""
    start, key = costs.now(), (fixturedef.baseid, fixturedef.argname)
    try:
        return (yield)
    finally:
        costs.FIXTURES[key] = max(costs.FIXTURES.get(key, 0.0), costs.now() - start)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Measure what a test costs; its report takes that to the process that writes it down."""
    start, file = costs.now(), item.nodeid.partition("::")[0]
    fixtures = sum(costs.FIXTURES.get((file, name), 0.0) for name in getattr(item, "fixturenames", ()))
    try:
        return (yield)
    finally:
        item.user_properties.append(("processor_seconds", costs.now() - start + fixtures))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what the tests cost."""
    if report.when == "call" and report.passed:
        seconds = dict(report.user_properties)["processor_seconds"]
        MEASURED.append((costs.name_of(report.nodeid), float(str(seconds))))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what a process of pytest-xdist counted; write down what was measured."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["golden"] = COUNTS
    elif session.config.getoption("--write-costs"):
        costs.write(MEASURED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a process of pytest-xdist counted."""
    for name, counts in getattr(node, "workeroutput", {}).get("golden", {}).items():
        count(name, *counts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was compared with the recorded vectors, and what `make test-fast` should leave out and cannot know."""
    dear = costs.unmeasured(MEASURED, costs.read()) if terminalreporter.config.getoption("--fast") else {}
    if dear:
        spent, name = sum(dear.values()), max(dear, key=lambda name: dear[name])
        said = f"{len(dear)} tests are not in tests/costs.txt and took {spent:.0f} s, {name} the most: make test-costs"
        terminalreporter.write_line(said)
    for name, (compared, nonzero, wrong) in sorted(COUNTS.items()):
        share = f"{nonzero / compared:.0%} not zero"
        terminalreporter.write_line(f"golden/{name}.npz: {compared:,} values compared, {share}, {wrong} different")
