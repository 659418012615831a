"""The documentation's pages that are made from the code, and the site that MkDocs builds of them."""

import importlib
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from doc_blocks import takes
from packages import ROOT

from spikelut import export, hw_profiles, plot, quant, surrogates, training
from spikelut.hw_profiles import Group

DOCS = ROOT / "docs"
NOTEBOOKS = sorted((DOCS / "notebooks").glob("*.py"))
API = re.compile(r"^::: spikelut\.(\w+)\.([\w.]+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def made() -> Iterator[Any]:
    """What makes parts of the pages, by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DOCS / "hooks"))
        yield importlib.import_module("from_code").MADE | importlib.import_module("chips").MADE


def public(package: ModuleType) -> set[str]:
    """The names a package imports as themselves, which is how packages here say what they offer."""
    source = Path(str(package.__file__)).read_text(encoding="utf-8")
    return set(re.findall(r"^ *from [\w.]+ import (\w+) as \1$", source, re.MULTILINE))


@pytest.mark.parametrize(
    "package", [surrogates, hw_profiles, quant, export, training, plot], ids=lambda package: package.__name__
)
def test_every_public_name_is_in_the_api(package: ModuleType) -> None:
    short = package.__name__.rpartition(".")[2]
    shown = API.findall((DOCS / "api" / f"{short}.md").read_text(encoding="utf-8"))
    assert {module for module, _ in shown} == {short}
    names = [path.rpartition(".")[2] for _, path in shown]
    assert sorted(names) == sorted(public(package))
    for path in (path for _, path in shown if "." in path):
        # A function that has the name of its module is written with it.
        module, _, name = path.rpartition(".")
        assert getattr(importlib.import_module(f"{package.__name__}.{module}"), name) is getattr(package, name)
    clashes = {n for n in names if inspect.isroutine(getattr(package, n)) and is_module(f"{package.__name__}.{n}")}
    assert clashes == {path.rpartition(".")[2] for _, path in shown if "." in path}


def is_module(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def test_surrogates_with_their_parameters(made: Any) -> None:
    rows = made["surrogate_table"]().splitlines()[2:]
    assert len(rows) == len(surrogates.ALL)
    for cls, row in zip(surrogates.ALL, rows, strict=True):
        assert f"`{cls.__name__}`" in row
        assert f"`{surrogates.name_of(cls)}`" in row
        for f in fields(cls):
            assert f"`{f.name}` = {f.default:g}, " in row
    assert "| `max(0, alpha - alpha**2 * |x|)` |" in rows[1]
    assert "`epsilon` = 1e-08, ≥ 0" in rows[9]
    assert "`n` = 2, ≥ 1, integer" in rows[8]
    assert len(made["crossing_table"]().splitlines()) == 2 + len(surrogates.ALL_TWO_INPUT)
    for cls in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT):
        assert f"### {cls.__name__}\n\n{inspect.cleandoc(cls.__doc__ or '')}" in made["surrogate_list"]()


def test_profiles_with_every_source_and_status(made: Any) -> None:
    parts = dict(zip(hw_profiles.names(), made["profile_list"]().split("### ")[1:], strict=True))
    for name, part in parts.items():
        profile = hw_profiles.load(name)
        assert part.startswith(name)
        assert f"[`{name}`](#{name})" in made["profile_table"]()
        plain = re.sub(r"\\(.)", r"\1", part)
        for f in fields(profile):
            group = getattr(profile, f.name)
            if isinstance(group, Group):
                assert f"| `{f.name}` | {group.status} | " in plain
                assert f" | {group.source} |" in plain
            assert ("`" + f.name + "` (" in part) == (group is None)
    assert "`entries`: 5<br>`breakpoint_bits`: 16 |" in parts["reckon"]


def test_the_command_line_with_every_command_and_option(made: Any) -> None:
    text = made["command_line"]()
    for command in ("train", "export", "verify", "import", "profiles", "table", "compare"):
        assert f"### `spikelut {command}`" in text
    assert "* `--fine-tune-rate <float>`" in text
    examples = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(examples) > 12
    for line in examples:
        takes(line.split())


def test_exit_codes(made: Any) -> None:
    rows = made["exit_codes"]().splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == ["`0`", "`1`", "`2`", "`70`", "`130`", "`143`"]


def test_what_is_not_claimed_of_a_chip_is_what_its_profile_says(made: Any) -> None:
    parts = dict(zip(hw_profiles.names(), made["limits"]().split("## ")[1:], strict=True))
    for name, part in parts.items():
        profile = hw_profiles.load(name)
        assert part.startswith(f"{profile.title} (`{name}`)\n")
        groups = {f.name: getattr(profile, f.name) for f in fields(profile)}
        ours = {key for key, group in groups.items() if isinstance(group, Group) and group.status == "derived"}
        assert set(re.findall(r"^- `(\w+)`: .", part, re.MULTILINE)) == ours
        missing = {key for key, group in groups.items() if group is None}
        assert set(re.findall(r"\(`(\w+)`\)[;.]", part)) <= missing
    assert "events at once" in parts["reckon"]
    assert "events at once" in parts["xylo"]
    assert "events at once" not in parts["loihi2"]


def test_which_layers_a_profile_takes_is_found_by_making_them(made: Any) -> None:
    rows = [line.split(" | ") for line in made["profile_choice"]().splitlines()[2:]]
    found = {row[0].strip("| `"): row[3:6] for row in rows}
    assert sorted(found) == hw_profiles.names()
    assert found["reckon"] == ["yes", "-", "yes"]
    assert found["loihi2"] == ["yes", "yes", "-"]
    assert found["akida2"] == ["-", "-", "-"]


def test_every_recorded_file_is_on_the_page(made: Any) -> None:
    page = made["recorded"]()
    files = re.findall(r"^\| `([\w., ]+)` \|", page, re.MULTILINE)
    assert len(files) > 20
    there = {path.name for path in (ROOT / "tests" / "golden").iterdir()}
    assert {name for names in files for name in names.split(", ")} <= there


def test_support_is_told_of_every_profile_with_neurons(made: Any) -> None:
    profiles, targets = (made[name]().splitlines() for name in ("support_profiles", "support_targets"))
    named = [re.findall(r"`(\w+)`", row)[0] for row in profiles[2:]]
    assert named == [name for name in hw_profiles.names() if hw_profiles.load(name).step is not None]
    assert len(targets) == 2 + profiles[0].count("|") - 2
    assert "| 3.11 | pinned | Linux, x86-64 | yes |" in made["systems"]()


def test_the_first_page_has_what_readme_has(made: Any) -> None:
    readme, page = (path.read_text(encoding="utf-8") for path in (ROOT / "README.md", DOCS / "index.md"))
    for name in ("what", "example", "results"):
        assert f"<!-- made: {name} -->" in page
        assert f"<!-- part: {name} -->\n{made[name]()}\n<!-- end -->" in readme
        # Paths of the repository are none of the site.
        assert "](" not in made[name]()


class Loads(HTMLParser):
    """What a page loads by itself: scripts, styles, pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source"):
            self.found.append(given.get("src") or "")
        if tag == "link" and given.get("rel") not in ("prev", "next", "canonical"):
            self.found.append(given.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; warnings are errors."""
    pytest.importorskip("mkdocstrings", reason="the group docs is not installed")
    for module in ("material", "jupytext", "nbclient", "ipykernel"):
        pytest.importorskip(module, reason="the group docs is not installed")
    folder = tmp_path_factory.mktemp("site")
    # Not --quiet, with which warnings are not counted.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        assert [url for url in loads.found if re.match(r"(https?:)?//", url)] == []
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert not [url for style in styles for url in re.findall(r"url\([\"']?(?:https?:)?//[^)]*|@import[^;]*", style)]


def test_every_notebook_is_text_and_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) >= 3
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert "# %% [markdown]\n# # " in text  # a title
        assert f"- notebooks/{path.stem}.md" in navigation


def test_notebooks_are_executed(site: Path) -> None:
    """As the site is built; a cell that raises ends that."""
    pictures = 0
    for path in NOTEBOOKS:
        notebook = json.loads((site / "notebooks" / f"{path.stem}.ipynb").read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
        outputs = [output for cell in cells for output in cell["outputs"]]
        assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]
        page = (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
        shown = [output for output in outputs if "text/html" in output.get("data", {})]
        assert page.count('<div class="spikelut">') == len(shown) > 0
        drawn = [output for output in outputs if "image/png" in output.get("data", {})]
        found = sorted((site / "notebooks").glob(f"{path.stem}-*.png"))
        assert len(found) == len(drawn)
        assert all(picture.read_bytes().startswith(b"\x89PNG") and picture.name in page for picture in found)
        pictures += len(found)
        assert f'href="{path.stem}.ipynb"' in page
    assert pictures >= 3


@pytest.mark.parametrize("name", ["qat", "deploy"])
def test_notebooks_prove_what_they_say(site: Path, name: str) -> None:
    page = (site / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
    found = re.findall(r"([\d,]+) values compared, ([\d.]+)% (?:of them spikes|not zero), (\d+) different", page)
    assert found
    assert all(int(total.replace(",", "")) > 10_000 and float(share) > 1 for total, share, _ in found)
    assert {different for *_, different in found} == {"0"}


def test_the_site_has_what_is_made(site: Path) -> None:
    for name in ("membrane", "uniform", "segments", "tails", "sizes"):
        for scheme in ("light", "dark"):
            assert (site / "figures" / f"{name}-{scheme}.svg").read_text(encoding="utf-8").startswith("<?xml")
    text = (site / "reference" / "surrogates.html").read_text(encoding="utf-8")
    assert text.count("<code>max(0, alpha - alpha**2 * |x|)</code>") == 1
    assert 'id="relugrad2"' in text
    quant_page = (site / "api" / "quant.html").read_text(encoding="utf-8")
    for name in public(quant):
        assert re.search(rf'id="spikelut\.quant\.([\w.]+\.)?{name}"', quant_page), name
    for page in site.rglob("*.html"):
        content = page.read_text(encoding="utf-8")
        assert "<!-- made:" not in content
        assert "not-run=" not in content
