"""Settings for all tests."""

import pytest
import torch
from golden_vectors import COUNTS

# The tensors here are small, and threads that wait for a busy core make them many times slower.
torch.set_num_threads(1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what was compared with the recorded vectors."""
    for name, (compared, wrong) in sorted(COUNTS.items()):
        terminalreporter.write_line(f"golden/{name}.npz: {compared:,} values compared, {wrong} different")
