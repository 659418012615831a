"""What a notebook shows of an object: a piece of HTML that stands on its own, or nothing where jinja2 is missing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import sha1
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Card(NamedTuple):
    """A number with what it is; `mark`: `good`, `bad` or none."""

    value: str
    label: str
    mark: str = ""


class Table(NamedTuple):
    """Rows under a head; the columns named in `right` are of numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    right: Collection[str] = ()
    caption: str = ""


def fragment(
    title: str,
    *,
    lead: str = "",
    cards: Iterable[Card] = (),
    tables: Iterable[Table] = (),
    figures: Mapping[str, Callable[["Axes"], None]] | None = None,
    notes: Iterable[str] = (),
) -> str | None:
    """An object as HTML, all texts escaped; None, with which notebooks show its `repr`, where jinja2 is missing.

    `figures`: what draws each into axes; without matplotlib they are left out.
    """
    try:
        from spikelut._html import render
    except ModuleNotFoundError:
        return None
    parts = {"title": title, "lead": lead, "cards": list(cards), "tables": list(tables), "notes": list(notes)}
    return render("spikelut", "fragment.html.jinja", **parts, figures=_drawn(title, figures or {}))


def _drawn(title: str, figures: Mapping[str, Callable[["Axes"], None]]) -> list[str]:
    """The figures as SVG, whose ids are those of no other figure in a notebook."""
    if not figures:
        return []
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return []
    from spikelut._html import page_style, svg

    found = []
    with page_style():
        for name, draw in figures.items():
            figure = Figure(figsize=(5, 3.2), layout="constrained")
            draw(figure.subplots())
            key = sha1(f"{title} {name}".encode(), usedforsecurity=False).hexdigest()[:10]
            found.append(svg(figure, f"{name}-{key}"))
    return found
