"""Texts of others, as names of files and what files say, made fit to be shown; and what objects say of themselves."""

import re
from collections.abc import Iterable
from dataclasses import MISSING, fields
from typing import Any, cast


def printable(text: object, keep: str = "") -> str:
    """`text` with the escape of every character that cannot be seen in its place, but for blanks and those of `keep`.

    So control sequences do nothing to a terminal, and a line stays one.
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in shown)


def label(text: object, most: int = 80) -> str:
    """`text` for matplotlib, cut to so many characters, none of which is a sign of formulas."""
    shown = printable(text)
    return (shown if len(shown) <= most else f"{shown[: most - 1]}…").replace("$", r"\$")


def comment(text: object) -> str:
    """`text` for a comment in C or Verilog, which it cannot end: ASCII in one line."""
    return "".join(c if " " <= c <= "~" else "?" for c in str(text)).replace("*/", "??").replace("\\", "?")


BETWEEN = re.compile(r", (?![^(\[]*[)\]])")
"""What is between two parts of a text, none of which is in brackets."""
LINE = 120
"""The characters that a `repr` has fewer than."""


def brief(what: object, *parts: str) -> str:
    """`Kind(part, part)` in one line; parts that do not fit are left out, and … stands for them."""
    shown, kind = [printable(part) for part in parts if part], type(what).__name__
    text = f"{kind}({', '.join(shown)})"
    while len(text) >= LINE and len(shown) > 1:
        shown.pop()
        text = f"{kind}({', '.join(shown)}, …)"
    return text if len(text) < LINE else f"{text[: LINE - 3]}…)"


def value_text(value: Any) -> str:
    """A value in a few characters: an array by its type and shape, a format by its short name."""
    short = getattr(value, "short_name", None)
    if isinstance(short, str):
        return short
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict | list | tuple | set) and len(value) > 4:
        return f"{len(value)} values"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    return repr(value)


class Brief:
    """A dataclass, of `repr=False`, whose `repr` is one line: a name first, then fields that are not as by default."""

    def __repr__(self) -> str:
        return brief(self, *self._parts())

    def _parts(self) -> Iterable[str]:
        """What stands between the brackets, the most telling first."""
        for field in fields(cast(Any, self)):
            value = getattr(self, field.name)
            usual = field.default_factory() if field.default_factory is not MISSING else field.default
            if field.repr and (type(value) is not type(usual) or value != usual):
                yield repr(value) if field.name == "name" else f"{field.name}={value_text(value)}"


class BriefModule:
    """A module of torch whose `repr` is one line: the modules that it is made of are its own affair."""

    def __repr__(self) -> str:
        return brief(self, *re.split(BETWEEN, cast(Any, self).extra_repr()), *self._also())

    def _also(self) -> Iterable[str]:
        """What else is worth a word."""
        return ()


def number_of(count: int, noun: str) -> str:
    """For example `1 layer`, `1,200 weights`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"
