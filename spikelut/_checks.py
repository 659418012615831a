"""Argument checks whose errors say who, which argument, what is allowed, and what came."""

import math
import os
from typing import Any, get_args

from spikelut._text import printable


def require(condition: bool, who: object, message: str, got: object) -> None:
    """Raise `ValueError("Who: message, got ...")` unless `condition` holds; `who` is a name or an instance."""
    if not condition:
        name = who if isinstance(who, str) else type(who).__name__
        raise ValueError(printable(f"{name}: {message}, got {shown(got)}"))


def require_shown(who: object, progress: object) -> None:
    """Raise ValueError for a `progress` that is neither True, False nor None, which leaves it to the terminal."""
    require(progress is None or isinstance(progress, bool), who, "progress must be True, False or None", progress)


def require_slope(who: object, slope: object) -> None:
    """Raise TypeError unless `slope` can give a pseudo-derivative, as a curve and a table do."""
    if not hasattr(slope, "surrogate_grad"):
        raise TypeError(printable(f"{who}: slope must be a Surrogate or a LUTSurrogate, got {shown(slope)}"))


def require_type(who: object, name: str, value: object, kinds: type | tuple[type, ...], allowed: str) -> None:
    """Raise TypeError unless `value` is of one of the `kinds`, which are called `allowed` in the message."""
    if not isinstance(value, kinds):
        called = who if isinstance(who, str) else type(who).__name__
        raise TypeError(printable(f"{called}: {name} must be {allowed}, got {type(value).__name__}"))


def require_path(who: object, name: str, value: object) -> None:
    """Raise TypeError unless `value` can be the path of a file."""
    require_type(who, name, value, (str, os.PathLike), "a path")


def shown(value: object) -> str:
    """`value` for a message, cut to a short piece of a line."""
    try:
        text = repr(value)
    except ValueError:  # Python does not print integers of thousands of digits
        return f"a huge {type(value).__name__}"
    return text if len(text) <= 120 else f"{text[:117]}..."


def is_finite(value: object) -> bool:
    """Whether `value` is a number, no bool, that a float holds."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def require_one_of(who: object, name: str, value: object, choices: Any) -> None:
    """Raise ValueError unless `value` is one of the arguments of the Literal type `choices`."""
    allowed = get_args(choices)
    require(value in allowed, who, f"{name} must be one of {', '.join(map(str, allowed))}", value)


def require_int(who: object, name: str, value: object, low: int, high: int) -> None:
    """Raise ValueError unless `value` is an int in `low..high`."""
    valid = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    require(valid, who, f"{name} must be an integer in {low}..{high}", value)


def require_flags(who: object, **flags: object) -> None:
    """Raise ValueError for a flag that is neither True nor False, by its name: "no" would be taken for True."""
    for name, value in flags.items():
        require(isinstance(value, bool), who, f"{name} must be True or False", value)
