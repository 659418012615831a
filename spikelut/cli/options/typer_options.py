"""Settings as options of a typer command: with its help, its errors, and its completion."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer

from spikelut.cli.shared.settings import Setting, option_name, settings_of


def optional_types(owner: type) -> dict[str, Any]:
    """By name, the types of the settings of a dataclass, without None."""
    hints = get_type_hints(owner)
    return {f.name: _without_none(hints[f.name]) for f, _ in settings_of(owner)}


def with_options(
    function: Callable[..., None], owners: Iterable[type], others: Mapping[str, Any], defaults: Mapping[str, str]
) -> Callable[..., None]:
    """`function`, which takes every setting of these dataclasses by name: None where it is not given.

    `others`: further parameters by name, as typer's annotations. `defaults`: what the help says of those of settings.
    """
    parameters = [_parameter(name, hint) for name, hint in others.items()]
    for owner in owners:
        hints = optional_types(owner)
        for f, about in settings_of(owner):
            option = _option(f.name, about, defaults.get(f.name))
            parameters.append(_parameter(f.name, Annotated[_on_the_line(hints[f.name]) | None, option]))
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # which typer reads
    function.__annotations__ = {p.name: p.annotation for p in parameters}
    return function


def _parameter(name: str, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _option(name: str, about: Setting, default: str | None) -> Any:
    names = about.names or f"--{option_name(name)}"
    early: dict[str, Any] = {"min": about.low, "max": about.high} if about.early else {}
    text = about.text
    if about.low is not None and about.high is not None and not about.early:
        text = f"{text} From {about.low:g} to {about.high:g}."
    if default is not None:
        text = f"{text} Default: {default}."
    return typer.Option(names, help=text, rich_help_panel=about.panel or None, show_default=False, **early)


def _on_the_line(hint: Any) -> Any:
    """What typer can read: a text where there are several types."""
    return hint if hint in (int, float, bool, str, Path) else str


def _without_none(hint: Any) -> Any:
    if get_origin(hint) not in (Union, UnionType):
        return hint
    kinds = tuple(kind for kind in get_args(hint) if kind is not type(None))
    return Union[kinds]  # noqa: UP007  # of a tuple
