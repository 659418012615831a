"""What `make` installs, and from where: its commands, run against an index of our own."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from packages import ROOT


def commands(target: str, *settings: str) -> list[str]:
    """What `make` would run; also where the tests themselves are run by `make`, which would say what it enters."""
    command = ["make", "--no-print-directory", "-n", "-B", target, *settings]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def write_index(folder: Path, version: str) -> str:
    """An index with a torch of nothing but its metadata; its address."""
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\nRequires-Dist: nowhere-to-be-found\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    page = folder / "torch"
    page.mkdir(parents=True)
    wheel = page / f"torch-{version}-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"torch-{version}.dist-info/{name}", text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (page / "index.html").write_text(f'<a href="{wheel.name}#sha256={digest}">{wheel.name}</a>')
    return folder.as_uri()


@pytest.mark.parametrize("target", ["install", "test-oldest", "test-newest", "test-interop", "bench-quick"])
def test_torch_of_another_index_comes_first(target: str) -> None:
    lines = [line for line in commands(target, "TORCH_INDEX=file:///elsewhere") if "pip install" in line]
    ours = [i for i, line in enumerate(lines) if "--index-url file:///elsewhere" in line]
    everything = [i for i, line in enumerate(lines) if " -e " in line]
    assert len(ours) == len(everything) == 1
    assert ours < everything
    assert not [line for line in commands(target) if "--index-url" in line]


def test_the_version_of_the_constraints_from_another_index(tmp_path: Path) -> None:
    pinned = next(line for line in (ROOT / "constraints.txt").read_text().splitlines() if line.startswith("torch=="))
    address = write_index(tmp_path / "simple", f"{pinned.removeprefix('torch==')}+elsewhere")
    wanted = [line for line in commands("install", f"TORCH_INDEX={address}") if "--index-url" in line]
    (command,) = (line.replace(".venv/bin/pip", f"{sys.executable} -m pip") for line in wanted)
    # As an installation into an empty folder, by the pip of this environment.
    command += f" --target {tmp_path / 'site'}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")} | {"PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(command, shell=True, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "site").glob("torch-*")] == [
        f"{pinned.replace('==', '-')}+elsewhere.dist-info"
    ]


def test_other_versions_are_tested_with_files_that_there_are() -> None:
    names = re.search(r"^VERSIONS = \$\(foreach name,(.*?),", (ROOT / "Makefile").read_text(), re.MULTILINE | re.DOTALL)
    assert names is not None
    wanted = {f"test_{name}.py" for name in names[1].replace("\\", " ").split()}
    assert wanted == {word.rpartition("/")[2] for word in commands("test-oldest")[-1].split() if word.endswith(".py")}
    assert len(wanted) > 20
