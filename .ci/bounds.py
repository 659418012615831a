"""Whether lower bounds are true: that the oldest versions which go together are those that pyproject.toml names.

Argument: requirements of the oldest versions, name==version a line.
"""

import re
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def plain(name: str) -> str:
    """The name as resolvers spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def exact(version: str) -> str:
    """1.26 and 1.26.0 are one version."""
    return re.sub(r"(\.0)+$", "", version)


def main() -> None:
    table = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    extras, groups = table["project"]["optional-dependencies"], table["dependency-groups"]
    tables = (table["project"]["dependencies"], *extras.values(), groups["dev"], groups["docs"])
    stated = [requirement for requirements in tables for requirement in requirements]
    bounds = [re.match(r"([\w.-]+)(?:\[[\w,]*\])?>=([\d.]+)", r) for r in stated if isinstance(r, str)]
    lines = re.findall(r"^([\w.-]+)==([\d.]+)", Path(sys.argv[1]).read_text(encoding="utf-8"), re.MULTILINE)
    found = {plain(name): version for name, version in lines}
    wrong = [
        f"{name}>={bound} gives {found[name]}"
        for name, bound in ((plain(b[1]), b[2]) for b in bounds if b is not None)
        if name in found and exact(found[name]) != exact(bound)
    ]
    if wrong:
        raise SystemExit("pyproject.toml: lower bounds below what can be installed: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
