"""Figures of a conversion, and a page with them."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from matplotlib.figure import Figure

from spikelut._files import write_whole
from spikelut._html import page_style, render, svg
from spikelut._text import label
from spikelut.quant.conversion.result.columns import COLUMNS, STEP_COLUMNS, cells_of, cells_of_step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spikelut.quant.calibration.steps import ConversionStep
    from spikelut.quant.conversion.result.report import LayerReport

MOST_LINES = 12
"""Layers that a figure shows by their names; of more, those that are worst in the end."""


class Converted(Protocol):
    """What is drawn of a conversion."""

    @property
    def layers(self) -> "Sequence[LayerReport]": ...
    @property
    def steps(self) -> "Sequence[ConversionStep]": ...
    @property
    def rates(self) -> "Any": ...
    @property
    def about(self) -> list[str]: ...
    def remarks(self, r: "LayerReport", /) -> list[str]: ...


def plot_conversion(found: Converted) -> Figure:
    """What differs after each step, and firing rates before and after."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_steps(left, found)
    draw_rates(right, found)
    return figure


def draw_steps(axes: "Axes", found: Converted) -> None:
    """The share of each layer's spikes, or the size of its read-out's error, after each of its steps."""
    layers = {r.neurons: r for r in found.layers}
    worst = sorted(layers, key=lambda name: -max(layers[name].differing, layers[name].membrane_error))[:MOST_LINES]
    names = list(dict.fromkeys(step.name for step in found.steps))
    for name in (name for name in layers if name in worst):
        points = [(names.index(step.name), 100 * step.after) for step in found.steps if step.layer in (name, "")]
        kind = "" if layers[name].spikes_compared else ", membranes"
        axes.plot(*zip(*points, strict=True), "o-", label=label(f"{name}{kind}", 24), markersize=4)
    axes.set_xticks(range(len(names)), [label(name, 16) for name in names], rotation=30 if len(names) > 3 else 0)
    axes.set(ylabel="differing, %", ylim=(0, None))
    axes.legend(frameon=False, fontsize="small")


def draw_rates(axes: "Axes", found: Converted) -> None:
    """Each neuron's spikes a step in the float network and in the converted one; on the line nothing has changed."""
    most = 0.0
    for name, (before, after) in found.rates.items():
        axes.plot(before, after, ".", label=label(name, 24), markersize=4, alpha=0.6, rasterized=len(before) > 2000)
        most = max(most, float(before.max()), float(after.max()))
    axes.plot([0, most], [0, most], color="0.5", linewidth=0.8)
    axes.set(xlabel="spikes a step, float", ylabel="spikes a step, converted")
    if found.rates:
        axes.legend(frameon=False, fontsize="small")


def write_page(found: Converted, path: str | os.PathLike[str]) -> None:
    """Numbers of layers and steps, figures, and what was changed."""
    figures = []
    with page_style():
        for name, draw in (("steps", draw_steps), ("rates", draw_rates)):
            figure = Figure(figsize=(5, 3.4), layout="constrained")
            draw(figure.subplots(), found)
            figures.append(svg(figure, name))
    values = {
        "layers": [dict(zip(COLUMNS, cells_of(r), strict=True)) for r in found.layers],
        "columns": COLUMNS,
        "step_columns": STEP_COLUMNS,
        "steps": [cells_of_step(step) for step in found.steps],
        "changes": [(step.name, step.layer, step.changes) for step in found.steps if step.changes],
        "remarks": [(r.neurons, found.remarks(r)) for r in found.layers if found.remarks(r)],
        "about": found.about,
        "figures": figures,
        "worst": max((r.differing for r in found.layers), default=0.0),
        "spikes": sum(r.spikes_compared for r in found.layers),
        "nonzero": sum(r.spikes[0] for r in found.layers),
        "different": sum(r.spikes_different for r in found.layers),
        "apart": max((r.rate_distance for r in found.layers), default=0.0),
    }
    write_whole(path, render("spikelut.quant.conversion.result", "conversion.html.jinja", **values))
