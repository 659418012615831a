"""Folders of sources and of tests stay rooms that one can look over."""

from collections import Counter
from pathlib import Path

from packages import MODULES, ROOT

MOST = 15
"""Modules in a folder."""
CROWDED = {"quant", "export", "spikelut/cli"}
"""Those with more."""
TESTS = [*(ROOT / "tests").rglob("*.py")]


def folder(path: Path) -> str:
    return str(path.parent.relative_to(ROOT))


def test_no_folder_is_crowded() -> None:
    counts = Counter(folder(path) for path in (*MODULES.values(), *TESTS) if path.name != "__init__.py")
    assert {name: count for name, count in counts.items() if count > MOST and name not in CROWDED} == {}


def test_names_of_test_files_are_unique() -> None:
    """Mypy and `pytest -k` know them by these."""
    counts = Counter(path.name for path in TESTS)
    assert [name for name, count in counts.items() if count > 1] == []
