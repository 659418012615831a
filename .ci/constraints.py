"""Resolve constraints.txt, with every extra and group, on each Python: as on a machine with nothing but the index.

Nothing is installed. Arguments: the Pythons, as versions or as paths.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
LOCAL = ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_CONSTRAINT")
"""What a machine may add to the index, beside files of settings."""


def interpreter(python: str) -> str:
    """The interpreter of that version, on the path or of pyenv, or at that path."""
    candidates = [[python]] if "/" in python else [[f"python{python}"]]
    try:
        prefix = subprocess.run(["pyenv", "prefix", python], capture_output=True, text=True, check=True).stdout.strip()
        candidates.append([f"{prefix}/bin/python"])
    except (OSError, subprocess.CalledProcessError):
        pass
    for command in candidates:
        try:
            program = [*command, "-c", "import sys; print(sys.executable)"]
            return subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            continue
    raise SystemExit(f"check-constraints: Python {python} is not here; name others: make check-constraints PYTHONS=...")


def resolve(pip: Path, python: str, folder: Path) -> None:
    """Have pip resolve everything for an interpreter; SystemExit with its words if it cannot."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras, groups = table["project"]["optional-dependencies"], table["dependency-groups"]
    report, path = folder / "report.json", interpreter(python)
    command = [pip, "--python", path, "install", "-q", "--dry-run", "--ignore-installed", "--report", report]
    # An index that serves no metadata apart would have pip fetch gigabytes to read a few pages.
    if "fast-deps" in subprocess.run([pip, "help", "install"], capture_output=True, text=True, check=True).stdout:
        command += ["--use-feature=fast-deps"]
    command += ["-c", "constraints.txt", f".[{','.join(extras)}]", *(f"--group={name}" for name in groups)]
    environment = {k: v for k, v in os.environ.items() if k not in LOCAL} | {"PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise SystemExit(f"check-constraints: Python {python}:\n{done.stderr}")
    found = {i["metadata"]["name"]: i["metadata"]["version"] for i in json.loads(report.read_text())["install"]}
    pinned = set(re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))
    builds = f"torch {found['torch']}, Triton {found.get('triton', '-')}"
    print(f"Python {python}: {len(found)} packages, {len(found.keys() & pinned)} of them pinned; {builds}")


def main() -> None:
    with TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = Path(folder, "bin", "pip")
        subprocess.run([pip, "install", "--disable-pip-version-check", "-q", "--upgrade", "pip>=25.1"], check=True)
        for python in sys.argv[1:]:
            resolve(pip, python, Path(folder))


if __name__ == "__main__":
    main()
