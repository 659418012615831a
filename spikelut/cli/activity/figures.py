"""The figures of a report about spikes: samples, rates, answers, and measures that are almost 1."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from spikelut import plot
from spikelut._html import page_style, svg
from spikelut._text import label
from spikelut.cli.activity.measure import Activity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NEAREST = 1e-8
"""What is nearer to 1 is drawn here: a logarithm has no 0, and float64 says little of it."""


def activity_figures(activity: Activity, names: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Captions and figures as SVG, by what they show: `samples`, `rates`, `confusion`; `names` those of variants."""
    found: dict[str, list[tuple[str, str]]] = {"samples": [], "rates": [], "confusion": []}
    with page_style():
        for number, caption in enumerate(_captions(activity) if activity.network is not None else ()):
            assert activity.network is not None  # or there were no captions
            figure = plot.network(activity.network, activity.shown.events, sample=number)
            found["samples"].append((caption, svg(figure, f"sample{number}")))
        for place, rates in enumerate(_rates(activity, names)):
            figure = Figure()
            layer, by_name = rates
            plot.firing_rates(by_name, title=layer, ax=figure.subplots())
            found["rates"].append((layer, svg(figure, f"rates{place}")))
        figure = Figure(figsize=(6.5, 6.5))
        plot.confusion(activity.confusion, ax=figure.subplots())
        found["confusion"].append(("", svg(figure, "confusion")))
    return found


def _captions(activity: Activity) -> list[str]:
    shown = activity.shown
    parts = zip(shown.numbers, shown.labels, shown.answers, strict=True)
    return [f"test sample {number}, class {y}, answered {answer}" for number, y, answer in parts]


def _rates(activity: Activity, names: Mapping[str, str]) -> list[tuple[str, dict[str, object]]]:
    """Of each layer, by its name in the first variant, the activity of all variants that have one in its place."""
    by_place: list[tuple[str, dict[str, object]]] = []
    for kind, layers in activity.layers.items():
        for place, (layer, one) in enumerate(layers.items()):
            if place == len(by_place):
                by_place.append((layer, {}))
            by_place[place][1][names[kind]] = one
    return by_place


def draw_batches(axes: "Axes", layers: Mapping[str, Sequence[float]], ylabel: str) -> None:
    """A dot for each batch, and a line for the mean, of every layer, in the range where they differ."""
    for position, values in enumerate(layers.values()):
        axes.plot([position] * len(values), values, "o", color="C0", markersize=4, alpha=0.7)
        axes.plot([position - 0.25, position + 0.25], [float(np.mean(values))] * 2, color="C0", linewidth=2)
    axes.set_xticks(range(len(layers)), [label(name) for name in layers])
    axes.set(ylabel=ylabel, xlim=(-0.6, len(layers) - 0.4))
    axes.grid(axis="x", visible=False)


def draw_nearness(axes: "Axes", layers: Mapping[str, Sequence[float]], ylabel: str) -> None:
    """The same of cosines, as what they lack of 1, on a logarithmic scale on which 0.999 and 0.9999 are apart."""
    draw_batches(axes, {name: [lacking(value) for value in values] for name, values in layers.items()}, ylabel)
    _logarithmic(axes)


def draw_nearness_over_time(axes: "Axes", epochs: Sequence[Sequence[float | None]], names: Sequence[str]) -> None:
    """What cosines lack of 1 over the epochs, a line for each layer; `epochs[i]` holds those of all layers."""
    numbers = range(1, len(epochs) + 1)
    for place, name in enumerate(names):
        values = [float("nan") if layers[place] is None else lacking(layers[place]) for layers in epochs]
        axes.plot(numbers, values, color=f"C{place % 10}", label=label(name), marker="o" if len(epochs) == 1 else None)
    axes.set(xlabel="epoch", ylabel="1 − cosine similarity")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if names:
        axes.legend(frameon=False, fontsize="small")
    _logarithmic(axes)


def lacking(cosine: float | None) -> float:
    """What a cosine lacks of 1, at least `NEAREST`."""
    return max(NEAREST, 1 - (cosine or 0.0))


def _logarithmic(axes: "Axes") -> None:
    axes.set_yscale("log")
    low, high = np.log10(axes.dataLim.intervaly)
    # From a whole power of ten to another, so that there are labels.
    axes.set_ylim(10.0 ** np.floor(low), 10.0 ** max(np.floor(low) + 1, np.ceil(high)))
    axes.yaxis.set_major_locator(LogLocator(numticks=8))
    axes.yaxis.set_minor_formatter(NullFormatter())
