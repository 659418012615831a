"""What a release is made of: one version, addresses in one place, workflows of what there is, links that hold."""

import re
import runpy
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import setuptools
import yaml
from packages import ROOT
from packaging.specifiers import SpecifierSet

import spikelut

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PLACEHOLDER = "example.org"
needs_repository = pytest.mark.skipif(not (ROOT / ".github").is_dir(), reason="a source distribution has no workflows")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read(f".github/workflows/{name}.yml"))
    return found


def test_one_version() -> None:
    version = PROJECT["project"]["version"]
    assert spikelut.__version__ == version
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == version
    released = re.findall(r"^## \[(\d.*?)\] - (\S+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert released[0] == (version, str(citation["date-released"]))


def test_the_citation_has_what_the_format_asks_for() -> None:
    found = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= set(found)
    assert found["license"] == PROJECT["project"]["license"]


def test_pinned_packages_take_the_first_release_of_this_python() -> None:
    """Debian 12 has Python 3.11.2: a package that asks for 3.11.5 stops `make demo` there."""
    first = f"{sys.version_info.major}.{sys.version_info.minor}.0"
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", read("constraints.txt"), re.MULTILINE))
    asked = {
        there.name: str(there.metadata.json.get("requires_python", ""))
        for there in metadata.distributions()
        if pinned.get(there.name) == there.version
    }
    assert len(asked) > 40
    assert [name for name, python in asked.items() if not SpecifierSet(python).contains(first)] == []


@needs_repository
def test_addresses_of_the_project_stand_in_one_place() -> None:
    assert all(PLACEHOLDER in url for url in PROJECT["project"]["urls"].values())
    folders = (".github", ".devcontainer", "docs", "examples")
    files = [path for name in folders for path in (ROOT / name).rglob("*") if path.suffix in (".md", ".yml", ".json")]
    files += [ROOT / name for name in ("README.md", "CITATION.cff", "SECURITY.md", "CODE_OF_CONDUCT.md", "Dockerfile")]
    assert not [path.name for path in files if PLACEHOLDER in path.read_text(encoding="utf-8")]


@needs_repository
def test_workflows_call_targets_that_there_are() -> None:
    makefile = read("Makefile")
    for name in ("ci", "release"):
        jobs = workflow(name)["jobs"]
        for job in jobs.values():
            matrix = job.get("strategy", {}).get("matrix", {})
            for step in job["steps"]:
                for words in re.findall(
                    r"^make ((?:[\w-]+(?:\$\{\{[^}]*\}\})? ?|\$\{\{[^}]*\}\} ?)+)", step.get("run", "")
                ):
                    for values in re.findall(r"matrix\.(\w+)", words):
                        words = " ".join(re.sub(r"\$\{\{[^}]*\}\}", v, words) for v in matrix[values])
                    for target in words.split():
                        assert re.search(rf"^[\w -]*\b{target}\b[\w -]*:|: test-%:", makefile, re.MULTILINE), target


@needs_repository
def test_continuous_integration_does_what_ci_run_does_on_every_python() -> None:
    jobs = workflow("ci")["jobs"]
    pythons = jobs["test"]["strategy"]["matrix"]["python"]
    classified = [c.rpartition(" ")[2] for c in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert pythons == classified
    targets = re.findall(r"^make (\w+)$", read(".ci/run"), re.MULTILINE)
    assert [t for t in targets if t != "clean"] == ["check", "test"]
    assert any("make check test " in step.get("run", "") for step in jobs["test"]["steps"])
    assert jobs["versions"]["strategy"]["matrix"]["which"] == ["oldest", "newest"]


@needs_repository
def test_publishing_needs_no_password_and_comes_last() -> None:
    text, jobs = read(".github/workflows/release.yml"), workflow("release")["jobs"]
    assert "secrets." not in text
    assert "password" not in text.replace("without a stored password", "")
    assert set(jobs["publish"]["needs"]) == set(jobs) - {"publish"}
    assert jobs["publish"]["permissions"]["id-token"] == "write"
    assert [name for name, job in jobs.items() if "id-token" in job.get("permissions", {})] == ["publish"]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What setup.py gives to setuptools."""
    found: dict[str, Any] = {}
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(setuptools, "setup", found.update)
    runpy.run_path(str(ROOT / "setup.py"))
    return found


def test_links_of_the_index_s_page_are_whole(given: dict[str, Any]) -> None:
    base = PROJECT["project"]["urls"]["Source"]
    links = re.findall(r"\]\(([^)]*)\)", given["long_description"])
    assert len(links) > 10
    assert all(link.startswith("https://") for link in links)
    paths = [link.removeprefix(base).split("/", 3)[3].partition("#")[0] for link in links if link.startswith(base)]
    assert len(paths) > 5
    assert all((ROOT / path).exists() for path in paths)
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", given["long_description"])
    assert pictures
    assert all(f"/raw/v{PROJECT['project']['version']}/" in link for link in pictures)


@pytest.mark.parametrize("pure", [False, True])
def test_a_wheel_serves_every_python(pure: bool, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    extensions = [] if pure else given["ext_modules"]
    command = given["cmdclass"]["bdist_wheel"](setuptools.Distribution({"name": "x", "ext_modules": extensions}))
    command.finalize_options()
    python, abi, platform = command.get_tag()
    assert (python, abi) == ("py3", "none")
    assert (platform == "any") == pure


def test_pure_leaves_the_kernels_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {}
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("SPIKELUT_PURE", "1")
    monkeypatch.setattr(setuptools, "setup", found.update)
    runpy.run_path(str(Path("setup.py")))
    assert found["ext_modules"] == []


@needs_repository
def test_the_container_makes_the_demo() -> None:
    text = read("Dockerfile")
    assert 'CMD ["make", "demo"]' in text
    assert re.search(r"^demo:", read("Makefile"), re.MULTILINE)
