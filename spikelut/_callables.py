"""Callables of the user's own, given as MODULE:CALLABLE."""

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from spikelut._checks import require


def found(text: str, who: str, message: str) -> Callable[..., Any]:
    """The callable of `MODULE:CALLABLE`, found from the current folder on.

    Raises ValueError, which begins with `who` and the `message` of what is allowed, for what is none.
    """
    name, colon, attribute = text.partition(":")
    require(bool(name and colon and attribute), who, message, text)
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        value: Any = importlib.import_module(name)
        for part in attribute.split("."):
            value = getattr(value, part)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{who}: {message}, got {text!r}: {error}") from None
    except Exception as error:  # of the module as it is loaded
        said = " ".join(str(error).split())
        raise ValueError(f"{who}: {message}, got {text!r}: {type(error).__name__}: {said}") from error
    finally:
        sys.path.remove(here)
    require(callable(value), who, message, text)
    called: Callable[..., Any] = value
    return called


def call_by_name(function: Callable[..., Any], offered: Mapping[str, Any], who: str, what: str) -> Any:
    """What `function` gives for those of `offered` that it has as arguments; all, if it has `**`.

    Raises ValueError, which begins with `who` and says `what` it is, if it needs others.
    """
    parameters = inspect.signature(function).parameters.values()
    everything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    taken = dict(offered) if everything else {p.name: offered[p.name] for p in parameters if p.name in offered}
    lacking = [p.name for p in parameters if p.default is p.empty and p.name not in offered]
    lacking = [] if everything else lacking
    require(not lacking, who, f"{what} must take some of {', '.join(offered)}", lacking)
    return function(**taken)
