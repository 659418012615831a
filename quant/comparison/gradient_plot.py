"""Figures of gradients compared in a network, and of the entries its layers read."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spikelut._text import label
from spikelut.quant.comparison.gradient_measures import MEASURES, LayerGradient
from spikelut.quant.tables.usage import TableUse

LABELS = dict(zip(MEASURES, ("cosine similarity", "norm ratio, table / analytic", "sign agreement"), strict=True))
COLOURS = {"table": "C0", "control": "C3"}


def plot_gradients(
    table: list[LayerGradient], control: list[LayerGradient], cells: int | None, uses: list[TableUse]
) -> Figure:
    """Measures by layer above, a dot for each batch and a bar for the mean; below, the entries each layer read."""
    lines = -(-len(uses) // len(MEASURES))
    figure = Figure(figsize=(9, 3.2 + 2.4 * lines), layout="constrained")
    grid = figure.add_gridspec(1 + lines, 6, height_ratios=[1.3] + [1] * lines)
    parts = {"table": table, "control": control}
    names = {"table": "table", "control": f"control: index off by {cells}"}
    shown = {names[kind]: (layers, COLOURS[kind]) for kind, layers in parts.items() if layers}
    for number, measure in enumerate(MEASURES):
        axes = figure.add_subplot(grid[0, 2 * number : 2 * number + 2])
        _draw_measure(axes, shown, measure)
        if number == 0 and len(shown) > 1:
            figure.legend(*axes.get_legend_handles_labels(), frameon=False, ncols=2, loc="outside upper center")
    for number, use in enumerate(uses):
        line, place = divmod(number, len(MEASURES))
        axes = figure.add_subplot(grid[1 + line, 2 * place : 2 * place + 2])
        draw_use(axes, use)
    return figure


def _draw_measure(axes: Axes, shown: dict[str, tuple[list[LayerGradient], Any]], measure: str) -> None:
    width = 0.8 / len(shown)
    for index, (name, (layers, colour)) in enumerate(shown.items()):
        for position, layer in enumerate(layers):
            x, values = position + (index - (len(shown) - 1) / 2) * width, layer.measures()[measure]
            title = label(name) if position == 0 else None
            axes.bar(x, layer.mean()[measure], width=0.9 * width, color=colour, alpha=0.35, label=title)
            axes.plot([x] * len(values), values, "o", color=colour, markersize=3, alpha=0.7)
    axes.axhline(1, color="0.5", linewidth=0.8)
    first = next(iter(shown.values()))[0]
    axes.set_xticks(range(len(first)), [label(layer.layer) for layer in first], rotation=30 if len(first) > 3 else 0)
    axes.set_ylabel(LABELS[measure])
    axes.grid(axis="x", visible=False)


def draw_use(axes: Axes, use: TableUse) -> None:
    """The share of lookups of each entry of a layer's table within its range, in the order of the membrane."""
    order = np.argsort(use.entry_x, kind="stable")
    share = use.inside[order] / max(1, use.reads)
    axes.stairs(share, np.arange(len(share) + 1) - 0.5, fill=True, color="C0")
    axes.set_xlim(-0.5, len(share) - 0.5)
    axes.set_ylim(bottom=0)
    x = use.entry_x[order]
    digits = max(0, 1 - math.floor(math.log10(x[-1] - x[0]))) if x[-1] > x[0] else 2
    ticks = np.unique(np.linspace(0, len(share) - 1, 5).round().astype(int))
    axes.set_xticks(ticks, [f"{x[tick]:.{digits}f}" for tick in ticks])
    axes.set_xlabel("membrane − threshold")
    axes.set_ylabel("share of lookups")
    axes.set_title(
        f"{label(use.layer)}: {use.used:.0%} of entries read, {use.clamped:.2%} out of range", fontsize="small"
    )


def draw_epochs(axes: Axes, epochs: Sequence[Sequence[dict[str, Any]]], names: Sequence[str], measure: str) -> None:
    """One of `MEASURES` over the epochs, a line for each layer.

    `epochs[i]` holds for each layer of `names` its mean measures after epoch i + 1.
    """
    numbers = range(1, len(epochs) + 1)
    for index, name in enumerate(names):
        values = [float("nan") if layers[index][measure] is None else layers[index][measure] for layers in epochs]
        axes.plot(numbers, values, color=f"C{index % 10}", label=label(name), marker="o" if len(epochs) == 1 else None)
    axes.axhline(1, color="0.5", linewidth=0.8)
    axes.set(xlabel="epoch", ylabel=LABELS[measure])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if measure == MEASURES[0]:
        axes.legend(frameon=False, fontsize="small")
