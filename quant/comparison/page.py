"""Figures of comparisons, and a page with them."""

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import matplotlib as mpl
from matplotlib.figure import Figure

from spikelut._files import write_whole
from spikelut._html import page_style, render, svg
from spikelut._text import label

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from spikelut.surrogates import Surrogate

MAX_DRAWN = 24
"""Pairs whose curves are drawn on a page; of more, the measures alone."""


class Curves(Protocol):
    """What is drawn of a comparison."""

    @property
    def surrogate(self) -> "Surrogate": ...
    @property
    def profile(self) -> str: ...
    @property
    def value_step(self) -> float: ...
    @property
    def x(self) -> "NDArray[np.float64]": ...
    @property
    def table(self) -> "NDArray[np.float64]": ...
    @property
    def analytic(self) -> "NDArray[np.float64]": ...
    @property
    def error(self) -> "NDArray[np.float64]": ...


def plot_curves(comparison: Curves) -> Figure:
    """Both curves and, below, their difference in entry steps."""
    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
    draw_curves(above, comparison)
    draw_error(below, comparison)
    return figure


def draw_curves(axes: "Axes", comparison: Curves) -> None:
    """Both curves over the membrane."""
    axes.plot(
        comparison.x, comparison.analytic, label=label(f"analytic: {comparison.surrogate}"), color="C1", linewidth=1.5
    )
    axes.plot(comparison.x, comparison.table, label="table", color="C0", linewidth=1.2)
    axes.set_ylabel("derivative")
    axes.set_ymargin(0.12)
    axes.legend(frameon=False, fontsize="small", loc="upper right")  # the best place takes long to find


def draw_error(axes: "Axes", comparison: Curves) -> None:
    """The difference over the membrane."""
    axes.plot(comparison.x, comparison.error / comparison.value_step, color="C3", linewidth=0.8)
    axes.set_ylabel("error, steps")
    axes.set_xlabel("membrane − threshold")


def plot_matrix(comparisons: Sequence[Curves], measure: str) -> Figure:
    """One measure as numbers in cells, the colour by rank; surrogates down, profiles across."""
    rows = list(dict.fromkeys(str(c.surrogate) for c in comparisons))
    kinds = [row.partition("(")[0] for row in rows]
    columns = list(dict.fromkeys(c.profile or "table" for c in comparisons))
    figure = Figure(figsize=(2.2 + 0.56 * len(columns), 1.2 + 0.28 * len(rows)), layout="constrained")
    axes = figure.subplots()
    values = [getattr(c, measure) for c in comparisons]
    ranks = {value: rank / max(len(set(values)) - 1, 1) for rank, value in enumerate(sorted(set(values)))}
    colours = mpl.colormaps["viridis"]
    for comparison, value in zip(comparisons, values, strict=True):
        x, y = columns.index(comparison.profile or "table"), rows.index(str(comparison.surrogate))
        colour = colours(ranks[value])
        axes.fill([x - 0.5, x + 0.5, x + 0.5, x - 0.5], [y - 0.5, y - 0.5, y + 0.5, y + 0.5], color=colour, linewidth=0)
        ink = "black" if sum(colour[:3]) > 1.5 else "white"
        axes.text(x, y, _short(value), ha="center", va="center", fontsize="x-small", color=ink)
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5), title=measure.replace("_", " "))
    axes.set_xticks(
        range(len(columns)), [label(column, 24) for column in columns], rotation=60, ha="right", fontsize="small"
    )
    # Parameters are named only where a curve comes more than once.
    names = kinds if len(set(kinds)) == len(rows) else rows
    axes.set_yticks(range(len(rows)), [label(name, 40) for name in names], fontsize="small")
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}" if value >= 0.001 else f"{value:.0e}" if value else "0"


def write_page(
    comparisons: Sequence[Curves],
    pairs: list[dict[str, Any]],
    refused: Mapping[tuple[str, str], str],
    path: str | os.PathLike[str],
) -> None:
    """Numbers (a dict of `pairs` for each comparison), figures, and what was refused."""
    matrices: list[str] = []
    figures: list[tuple[str, list[str]]] = []
    with page_style():
        if len(comparisons) > 1:
            names = ("max_relative_error", "cosine", "bits")
            matrices = [svg(plot_matrix(comparisons, name), name) for name in names]
        for number, comparison in enumerate(comparisons if len(comparisons) <= MAX_DRAWN else ()):
            drawn = []
            for name, draw in (("curve", draw_curves), ("error", draw_error)):
                figure = Figure(figsize=(5, 3.2), layout="constrained")
                draw(figure.subplots(), comparison)
                drawn.append(svg(figure, f"{name}{number}"))
            figures.append((_title(comparison), drawn))
    title = _title(comparisons[0]) if len(comparisons) == 1 else "Tables and curves compared"
    values = {"title": title, "pairs": pairs, "matrices": matrices, "figures": figures, "refused": refused}
    write_whole(path, render("spikelut.quant.comparison.comparison", "comparison.html.jinja", **values))


def _title(comparison: Curves) -> str:
    return f"{comparison.surrogate} on {comparison.profile or 'a table'}"
