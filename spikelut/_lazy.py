"""Names of a package that load on first use, and what `dir` of that package, hence completion in a notebook, shows."""

import importlib
import sys
import typing
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from spikelut._extras import missing


def lazily(package: str, names: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package; `names` gives the module below the package that has each."""

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            return getattr(importlib.import_module(f"{package}.{names[name]}"), name)
        except ModuleNotFoundError as error:
            raise missing(error, name) from None

    def offered() -> list[str]:
        there = vars(sys.modules[package]).items()
        return sorted({*names, *(name for name, value in there if _is_offered(package, name, value))})

    return find, offered


def _is_offered(package: str, name: str, value: object) -> bool:
    """Whether users are meant to see it: names with two underscores, as everywhere, but no rooms, nothing of typing."""
    if isinstance(value, ModuleType):
        return value.__name__ != f"{package}.{name}" and not name.startswith("_")
    return name.startswith("__") or not (name.startswith("_") or getattr(typing, name, None) is value)
