"""What runtimes are not expected to run: expected.toml."""

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def expected_file() -> dict[str, Any]:
    """expected.toml, read."""
    return tomllib.loads((files("spikelut.export.runtimes") / "expected.toml").read_text(encoding="utf-8"))


def why_not(runtime: str, dialect: str, form: str, operators: Collection[str] = ()) -> str:
    """Why a runtime is not expected to run files of this dialect and form with these operators; nothing if it is."""
    for entry in expected_file()["exception"]:
        about = runtime in entry["runtimes"]
        about = about and dialect in entry.get("dialects", [dialect]) and form in entry.get("forms", [form])
        if about and entry.get("operator") in (None, *operators):
            return str(entry["reason"])
    return ""
