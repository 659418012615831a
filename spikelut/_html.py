"""Pages in one file: a style for light and dark, screen and print, and figures whose text stays text."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from spikelut import __version__
from spikelut._text import printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#010203"
"""The colour of text and axes in figures: on a page it becomes the colour of the text around."""

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: it scales, can be searched and selected
    "font.family": "sans-serif",
    "figure.figsize": (5, 3.2),
    "figure.constrained_layout.use": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.facecolor": "none",
    "legend.frameon": False,
    "savefig.facecolor": "none",
    "grid.alpha": 0.2,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color", "grid.color"), INK
    ),
}


@contextmanager
def page_style() -> Iterator[None]:
    """The style of figures that are drawn inside the block. Needs matplotlib."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are a Literal of every rcParam
        yield


def render(package: str, template: str, **values: Any) -> str:
    """The page that a template of `package` makes, which may extend `page.html.jinja`."""
    places = ChoiceLoader([PackageLoader(package, "."), PackageLoader("spikelut", ".")])
    environment = Environment(
        loader=places, autoescape=True, undefined=StrictUndefined, trim_blocks=True, finalize=_finalized
    )
    return environment.get_template(template).render(version=__version__, **values)


def _finalized(value: Any) -> Any:
    """What a template shows: of texts nothing that cannot be seen; markup of our own as it is."""
    return printable(value, "\n\t") if isinstance(value, str) and not hasattr(value, "__html__") else value


def svg(figure: "Figure", name: str) -> str:
    """The figure as an SVG element; `name` keeps the ids of several figures on a page apart."""
    import matplotlib as mpl

    with page_style(), mpl.rc_context({"svg.hashsalt": name}):
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    drawn = text.getvalue()
    return (
        drawn[drawn.index("<svg") :]
        .replace('id="', f'id="{name}-')
        .replace("url(#", f"url(#{name}-")
        .replace('xlink:href="#', f'xlink:href="#{name}-')
        .replace(INK, "currentColor")
    )
