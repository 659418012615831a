"""Where the repository lies, and the modules of its packages."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]
FOLDERS = {"spikelut": "spikelut", **SETUPTOOLS["package-dir"]}


def module_files() -> dict[str, Path]:
    """The modules of all packages by name; the links in spikelut/ are not followed."""
    found = {}
    for package, folder in FOLDERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join([package, *parts]).removesuffix(".__init__")] = path
    return found


MODULES = module_files()
