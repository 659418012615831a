"""What callers rely on: the public names of the package, and how each is called.

    python tests/helpers/release/signatures.py

writes `tests/release/signatures.json` anew. That is done at a release: between two releases names and parameters may be
added, which breaks no caller, and what is pinned stays.
"""

import importlib
import inspect
import json
import re
from pathlib import Path
from typing import Any

PACKAGES = ("surrogates", "hw_profiles", "quant", "export", "training", "plot")
FILE = Path(__file__).parent.parent.parent / "release" / "signatures.json"
PLAIN = (type(None), bool, int, float, str)
Parameters = list[list[str]]
"""Name, kind and default of each; "-" for one that must be given."""


def names(package: Any) -> list[str]:
    """The names a package imports as themselves, which is how packages here say what they offer."""
    source = Path(str(package.__file__)).read_text(encoding="utf-8")
    return sorted(re.findall(r"^ *from [\w.]+ import (\w+) as \1$", source, re.MULTILINE))


def parameters(thing: Any) -> Parameters | None:
    """How a class or function is called; None for what is not called, or says nothing of it."""
    try:
        found = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, p.kind.name, _default(p.default)] for p in found]


def _default(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "-"
    return repr(value) if isinstance(value, PLAIN) else f"a {type(value).__name__}"


def current() -> dict[str, Any]:
    """All public names, `PACKAGE.NAME` and `PACKAGE.CLASS.METHOD`, with their parameters."""
    found: dict[str, Any] = {}
    for short in PACKAGES:
        package = importlib.import_module(f"spikelut.{short}")
        for name in names(package):
            thing = getattr(package, name)
            found[f"{short}.{name}"] = parameters(thing) if callable(thing) else None
            for method, what in vars(thing).items() if inspect.isclass(thing) else ():
                if not method.startswith("_") and (
                    inspect.isfunction(what) or isinstance(what, classmethod | staticmethod)
                ):
                    found[f"{short}.{name}.{method}"] = parameters(getattr(thing, method))
    return found


def broken(pinned: Parameters | None, now: Parameters | None) -> str:
    """Why a call that `pinned` allows may not work `now`; empty if all do."""
    if pinned is None or now is None:
        return "" if pinned == now else "was callable or is, and not both"
    there = {name: (kind, default) for name, kind, default in now}
    for name, kind, default in pinned:
        if there.get(name) != (kind, default):
            return f"{name}: {kind} = {default} is now {there.get(name)}"
    positional = [name for name, kind, _ in now if kind.startswith("POSITIONAL")]
    before = [name for name, kind, _ in pinned if kind.startswith("POSITIONAL")]
    if positional[: len(before)] != before:
        return f"the order {before} is now {positional}"
    known = {name for name, *_ in pinned}
    needed = [name for name, kind, default in now if name not in known and default == "-" and "VAR" not in kind]
    return f"{needed[0]} must be given now" if needed else ""


if __name__ == "__main__":
    lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in sorted(current().items())]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
