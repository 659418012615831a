"""Every code block of README.md and of docs/ runs and prints what the page says; README's tables are the package's."""

import shutil
from pathlib import Path

import pytest
from doc_blocks import LANGUAGES, Block, blocks, commands, run_page, takes
from packages import ROOT

from spikelut import hw_profiles, surrogates
from spikelut.cli._app import run

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = [block for page in PAGES for block in blocks(page)]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs/digits, which pages export and verify."""
    folder = tmp_path_factory.mktemp("trained")
    assert run(["train", "--epochs", "1", "--layers", "16", "--out", str(folder / "runs" / "digits")]) == 0
    return folder


def run_in(page: Path, folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "runs/digits" in page.read_text(encoding="utf-8"):
        shutil.copytree(request.getfixturevalue("trained") / "runs", folder / "runs")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "80")
    run_page(page, folder)


def runs(block: Block) -> bool:
    return block.language in ("python", "sh") and "not-run" not in block.notes


WITH_CODE = [page for page in PAGES if any(block.page == page and runs(block) for block in BLOCKS)]


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_a_page_runs(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_in(page, tmp_path, request, monkeypatch)


@pytest.mark.interop
@pytest.mark.filterwarnings("ignore")  # the frameworks call deprecated parts of torch and Python
@pytest.mark.parametrize("page", [p for p in WITH_CODE if any(b.page == p and "requires" in b.notes for b in BLOCKS)])
def test_a_page_runs_with_other_libraries(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in blocks(page):
        if "requires" in block.notes:
            pytest.importorskip(block.notes["requires"])
    run_in(page, tmp_path, request, monkeypatch)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.missing], ids=lambda b: b.where)
def test_a_block_that_is_not_run(block: Block) -> None:
    """Its commands exist; that it is not run, and why, is a skip, which pytest lists."""
    for words in commands(block) if block.language == "sh" else ():
        program = words[0].rpartition("/")[2]
        if program == "spikelut":
            takes([program, *words[1:]])
    pytest.skip(str(block.missing))


def test_every_block_names_its_language() -> None:
    assert not {b.where: b.language for b in BLOCKS if b.language not in LANGUAGES}
    assert len(BLOCKS) > 20


def test_notes_are_those_that_are_read() -> None:
    known = {"not-run", "requires", "exit", "about", "program"}
    assert not {b.where: set(b.notes) - known for b in BLOCKS if set(b.notes) - known}
    assert all(len(reason) > 4 for b in BLOCKS for key, reason in b.notes.items() if key == "not-run")


def test_every_surrogate_and_profile_is_listed() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for cls in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT):
        assert f"`{cls.__name__}`" in readme
    for name in hw_profiles.names():
        assert f"`{name}`" in readme
        assert hw_profiles.load(name).title in readme


def test_the_pip_commands_are_those_of_the_makefile() -> None:
    readme, makefile = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile"))
    for command in ("-c constraints.txt -e '.[train]' --group dev", "--upgrade 'pip>=25.1'"):
        assert command in makefile
        assert command in readme
