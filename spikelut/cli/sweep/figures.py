"""Figures of a sweep: error and accuracy against memory, one of each a profile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import ScaledTranslation

from spikelut._html import INK, page_style, svg
from spikelut._text import label
from spikelut.cli.sweep.results import Curve, Result, interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^Dv<>p"
LEAST = 1e-7
"""The smallest share of the gradient lost that is drawn; less is drawn there."""


def figures(curves: Sequence[Curve], keep: float) -> list[dict[str, Any]]:
    """By profile: its title, and `error`, `accuracy` and `work` as SVG, the latter two None where nothing was."""
    found = []
    with page_style():
        for number, profile in enumerate(dict.fromkeys(curve.profile for curve in curves)):
            of = [curve for curve in curves if curve.profile == profile]
            trained = any(curve.trained for curve in of)
            accuracy = svg(accuracy_figure(of), f"accuracy{number}") if trained else None
            error = svg(error_figure(of, keep), f"error{number}")
            counted = any(result.work for curve in of for result in curve.trained)
            work = svg(work_figure(of), f"work{number}") if counted else None
            found.append({"title": of[0].title, "error": error, "accuracy": accuracy, "work": work})
    return found


def error_figure(curves: Sequence[Curve], keep: float) -> Figure:
    """What tables lose of the gradient against their memory; the best joined, the recommended ones ringed."""
    figure = Figure(figsize=(5, 3.8))
    axes = figure.subplots()
    for number, curve in enumerate(curves):
        colour, marker = _look(number)
        best = curve.error_front
        rest = [result for result in curve.results if result not in best]
        axes.plot(*_lost(rest), marker, color=colour, markersize=3.5, alpha=0.4, markeredgewidth=0)
        axes.plot(
            *_lost(best), marker=marker, color=colour, markersize=4.5, linewidth=1.2, label=label(curve.surrogate)
        )
        found = next((result for result in best if result.kept >= keep), None)
        if found is not None:
            axes.plot(*_lost([found]), "o", markersize=11, markerfacecolor="none", markeredgecolor=colour)
    axes.axhline(100 * max(1 - keep, LEAST), color=INK, linewidth=0.8, linestyle="--")
    axes.set_yscale("log")
    axes.set_ylabel("gradient lost, %")
    lost = [lost for curve in curves for lost in _lost(curve.results)[1]]
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if max(lost) < 300 * min(lost) else (1,)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    extra = [Line2D([], [], color=INK, linewidth=0.8, linestyle="--", label=f"{100 * keep:g} % kept")]
    _finish(figure, axes, extra)
    return figure


def accuracy_figure(curves: Sequence[Curve]) -> Figure:
    """Test accuracy against memory with 95 % intervals; the Pareto front filled and joined, the rest hollow."""
    figure = Figure(figsize=(5, 3.8))
    axes = figure.subplots()
    for number, curve in enumerate(curves):
        colour, _ = _look(number)
        _draw_trained(axes, curve, number)
        for values, line in ((curve.analytic, "--"), (curve.floats, ":")):
            mean = interval(values.values())
            if mean is not None:
                axes.axhline(100 * mean.mean, color=colour, linewidth=1, linestyle=line)
    axes.set_ylabel("test accuracy, %")
    axes.autoscale_view()
    axes.set_ylim(top=min(axes.get_ylim()[1], 101))
    _finish(figure, axes, _accuracy_handles(curves), only=True)
    return figure


def _draw_trained(axes: "Axes", curve: Curve, number: int) -> None:
    """The trained tables of a curve; those of several at the same memory stand a little beside each other."""
    colour, marker = _look(number)
    aside = axes.transData + ScaledTranslation(3 * number / 72, 0, axes.figure.dpi_scale_trans)
    look: dict[str, Any] = {"color": colour, "transform": aside}
    best = curve.accuracy_front
    for result in curve.trained:
        mean = result.mean
        assert mean is not None  # it was trained
        middle, half = 100 * mean.mean, 100 * (mean.half or 0.0)
        face = colour if result in best else "none"
        axes.errorbar(
            result.bits, middle, half, marker=marker, markersize=5.5, markerfacecolor=face, elinewidth=0.8, **look
        )
        axes.update_datalim([(result.bits, middle - half), (result.bits, middle + half)])
    points = [(result.bits, 100 * result.mean.mean) for result in best if result.mean is not None]
    axes.plot([bits for bits, _ in points], [value for _, value in points], linewidth=1.2, **look)


def work_figure(curves: Sequence[Curve]) -> Figure:
    """Test accuracy against what a sample takes: modelled energy where all have it, else synaptic events."""
    figure = Figure(figsize=(5, 3.8))
    axes = figure.subplots()
    works = [(curve, result, work) for curve in curves for result in curve.trained if (work := result.work)]
    modelled = all(work["modelled_energy_nj"] is not None for _, _, work in works)
    name = "modelled_energy_nj" if modelled else "synaptic_events"
    for number, curve in enumerate(curves):
        colour, marker = _look(number)
        mine = [(result, work) for of, result, work in works if of is curve]
        sizes = [4 + 6 * index / max(1, len(mine) - 1) for index in range(len(mine))]
        for size, (result, work) in zip(sizes, sorted(mine, key=lambda one: one[0].bits), strict=True):
            assert result.mean is not None  # it was trained
            axes.plot(work[name], 100 * result.mean.mean, marker, color=colour, markersize=size, alpha=0.8)
    axes.set_ylabel("test accuracy, %")
    axes.set_xlabel("modelled energy, nJ a sample" if modelled else "synaptic events a sample")
    axes.set_ylim(top=min(axes.get_ylim()[1], 101))
    handles = [_handle(curve, number) for number, curve in enumerate(curves)]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize="small")
    return figure


def _handle(curve: Curve, number: int) -> Line2D:
    colour, marker = _look(number)
    return Line2D([], [], color=colour, marker=marker, markersize=5, label=label(curve.surrogate))


def _accuracy_handles(curves: Sequence[Curve]) -> list[Line2D]:
    handles = [_handle(curve, number) for number, curve in enumerate(curves)]
    mark: dict[str, Any] = {"color": INK, "marker": "o", "linestyle": "none", "markersize": 5}
    handles += [
        Line2D([], [], label="Pareto front", **mark),
        Line2D([], [], label="surpassed", markerfacecolor="none", **mark),
        Line2D([], [], color=INK, linewidth=1, linestyle="--", label="analytic gradient"),
        Line2D([], [], color=INK, linewidth=1, linestyle=":", label="float network"),
    ]
    if any(len(result.accuracy) > 1 for curve in curves for result in curve.trained):
        handles.append(Line2D([], [], color=INK, marker="|", linestyle="none", markersize=9, label="95 % interval"))
    return handles


def _look(number: int) -> tuple[str, str]:
    return f"C{number % 10}", MARKERS[number % len(MARKERS)]


def _lost(results: Sequence[Result]) -> tuple[list[int], list[float]]:
    """Memory, and the gradient lost in percent."""
    return [result.bits for result in results], [100 * max(1 - result.kept, LEAST) for result in results]


def _finish(figure: Figure, axes: "Axes", handles: list[Line2D], *, only: bool = False) -> None:
    """The axis of memory, and the legend below, of `handles` and, unless `only`, of what is labelled."""
    axes.autoscale_view(scalex=True, scaley=False)
    low, high = axes.dataLim.intervalx
    if high >= 8 * low:
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_locator(LogLocator(base=2, numticks=7))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.set_xlabel("memory of the table, bits")
    labelled = [] if only else axes.get_legend_handles_labels()[0]
    figure.legend(handles=[*labelled, *handles], loc="outside lower center", ncols=2, fontsize="small")
