"""Settings for all tests."""

from typing import Any

import pytest
import torch
from golden_vectors import COUNTS, count

# The tensors here are small, and threads that wait for a busy core make them many times slower.
torch.set_num_threads(1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand on what a process of pytest-xdist counted."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["golden"] = COUNTS


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a process of pytest-xdist counted."""
    for name, counts in getattr(node, "workeroutput", {}).get("golden", {}).items():
        count(name, *counts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was compared with the recorded vectors."""
    for name, (compared, nonzero, wrong) in sorted(COUNTS.items()):
        share = f"{nonzero / compared:.0%} not zero"
        terminalreporter.write_line(f"golden/{name}.npz: {compared:,} values compared, {share}, {wrong} different")
