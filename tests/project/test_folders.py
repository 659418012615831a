"""Folders of sources and of tests stay rooms that one can look over, and the tests' rooms are those of the sources."""

from collections import Counter
from pathlib import Path

from packages import MODULES, ROOT

MOST = 15
"""Modules in a folder."""
TESTS = [*(ROOT / "tests").rglob("*.py")]
OTHER_ROOMS = {
    "benchmarks",
    "docs",
    "project",  # what is about the whole
    "release",  # what is promised of a version, and how one is made
    "export/files",  # modules of export itself; mypy would take a folder `nir` beside test files for the package
    "helpers/files",
    "helpers/kinds",
    "helpers/networks",
    "helpers/oracles",
    "helpers/programs",
    "helpers/release",
    "helpers/training",
    "helpers/training_steps",
    "helpers/triton_kernels",
}


def test_no_folder_is_crowded() -> None:
    modules = [path for path in (*MODULES.values(), *TESTS) if path.name != "__init__.py"]
    counts = Counter(str(path.parent.relative_to(ROOT)) for path in modules)
    assert {folder: count for folder, count in counts.items() if count > MOST} == {}


def test_names_of_test_files_are_unique() -> None:
    """Mypy and `pytest -k` know them by these."""
    counts = Counter(path.name for path in TESTS)
    assert [name for name, count in counts.items() if count > 1] == []


def test_rooms_of_the_tests_are_those_of_the_sources() -> None:
    sources = {path.parent.relative_to(ROOT) for path in MODULES.values()}
    sources |= {Path(*folder.parts[1:]) for folder in sources if folder.parts[0] == "spikelut"}
    rooms = {path.parent.relative_to(ROOT / "tests") for path in TESTS}
    assert {str(room) for room in rooms - sources} == set(OTHER_ROOMS)
