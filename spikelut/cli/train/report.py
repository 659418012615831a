"""report.html: one file with the figures inside."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from spikelut._files import write_whole
from spikelut._html import page_style, render, svg
from spikelut.cli.activity.figures import activity_figures, draw_batches, draw_nearness, draw_nearness_over_time
from spikelut.cli.activity.measure import Activity
from spikelut.cli.shared.recipe import VARIANTS
from spikelut.cli.train.gradients import GradientLog
from spikelut.cli.train.loop import Epoch
from spikelut.quant import Comparison
from spikelut.quant.comparison.gradient_measures import MEASURES, LayerGradient
from spikelut.quant.comparison.gradient_plot import draw_epochs
from spikelut.quant.comparison.page import draw_curves, draw_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"table": "C0", "analytic": "C1", "float": "C2"}


def write_report(
    path: Path,
    record: dict[str, Any],
    histories: dict[str, list[Epoch]],
    curve: Comparison | None,
    gradients: list[LayerGradient],
    log: GradientLog,
    activity: Activity | None = None,
) -> None:
    """Write the report of a run whose run.json is `record`, with links to what is in its folder.

    Without the parts of what was not measured.
    """
    losses = {kind: [e.loss for e in history] for kind, history in histories.items()}
    accuracies = {kind: [100 * e.accuracy for e in history] for kind, history in histories.items()}
    cosines, ratios = {g.layer: g.cosine for g in gradients}, {g.layer: g.norm_ratio for g in gradients}
    what = "validation" if "validation_samples" in record["data"] else "test"
    drawings: dict[str, Callable[[Axes], None]] = {
        "loss": lambda axes: _epochs(axes, losses, "training loss"),
        "accuracy": lambda axes: _epochs(axes, accuracies, f"{what} accuracy, %"),
    }
    if curve is not None:
        drawings["curve"], drawings["error"] = (
            partial(draw_curves, comparison=curve),
            partial(draw_error, comparison=curve),
        )
    if gradients:
        drawings["cosine"] = lambda axes: draw_nearness(axes, cosines, "1 − cosine similarity")
        drawings["ratio"] = lambda axes: draw_batches(axes, ratios, "norm ratio, table / analytic")
        near = [[layer[MEASURES[0]] for layer in epoch] for epoch in log.epochs]
        drawings[f"{MEASURES[0]}_over_time"] = lambda axes: draw_nearness_over_time(axes, near, log.layers)
    for measure in MEASURES[1:] if gradients else ():
        drawings[f"{measure}_over_time"] = partial(draw_epochs, epochs=log.epochs, names=log.layers, measure=measure)
    figures = {}
    with page_style():
        for name, draw in drawings.items():
            figure = Figure()
            draw(figure.subplots())
            figures[name] = svg(figure, name)
    shown = None if activity is None else activity_figures(activity, VARIANTS)
    files = sorted(file.name for file in path.parent.iterdir())  # the page is not there yet
    values: dict[str, Any] = {"figures": figures, "activity": shown, "files": files, "labels": VARIANTS}
    write_whole(path, render("spikelut.cli.train", "report.html.jinja", run=record, **values))


def _epochs(axes: "Axes", columns: dict[str, list[float]], label: str) -> None:
    """What the trainings came to, over the epochs."""
    for kind, values in columns.items():
        axes.plot(range(1, len(values) + 1), values, color=COLOURS[kind], label=VARIANTS[kind])
    axes.set(xlabel="epoch", ylabel=label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize="small")
