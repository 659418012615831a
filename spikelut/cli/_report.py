"""report.html: one file with the figures inside."""

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, PackageLoader, StrictUndefined
from matplotlib.figure import Figure

from spikelut import __version__
from spikelut.cli._measure import LayerGradient
from spikelut.cli._recipe import VARIANTS
from spikelut.cli._training import Epoch
from spikelut.export import write_whole
from spikelut.quant import Comparison

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: it scales, can be searched and selected
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
}


def write_report(
    path: Path,
    record: dict[str, Any],
    histories: dict[str, list[Epoch]],
    curve: Comparison,
    gradients: list[LayerGradient],
) -> None:
    """Write the report of a run whose run.json is `record`."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]  # its keys are a Literal of every rcParam
        figures = {
            "curve": _svg(curve.plot(), "curve"),
            "learning": _svg(_learning(histories), "learning"),
            "gradients": _svg(_gradients(gradients), "gradients"),
        }
    environment = Environment(loader=PackageLoader("spikelut.cli", "."), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("report.html.jinja")
    write_whole(path, template.render(run=record, figures=figures, labels=VARIANTS, version=__version__))


def _learning(histories: dict[str, list[Epoch]]) -> Figure:
    """Loss and test accuracy of the trainings over the epochs."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    loss, accuracy = figure.subplots(1, 2)
    for (kind, history), colour in zip(histories.items(), ("C0", "C1", "C2"), strict=False):
        epochs = range(1, len(history) + 1)
        loss.plot(epochs, [e.loss for e in history], color=colour, label=VARIANTS[kind])
        accuracy.plot(epochs, [100 * e.test_accuracy for e in history], color=colour, label=VARIANTS[kind])
    loss.set(xlabel="epoch", ylabel="training loss")
    accuracy.set(xlabel="epoch", ylabel="test accuracy, %")
    loss.legend(frameon=False, fontsize="small", loc="upper right")
    for axes in (loss, accuracy):
        axes.xaxis.get_major_locator().set_params(integer=True)
    return figure


def _gradients(gradients: list[LayerGradient]) -> Figure:
    """Cosine and norm ratio of each layer's weight gradient, a dot per batch and a bar for the mean."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, values, label in (
        (left, [g.cosine for g in gradients], "cosine similarity"),
        (right, [g.norm_ratio for g in gradients], "norm ratio, table / analytic"),
    ):
        for position, batches in enumerate(values):
            axes.bar(position, sum(batches) / len(batches), width=0.5, color="C0", alpha=0.35)
            axes.plot([position] * len(batches), batches, "o", color="C0", markersize=4, alpha=0.7)
        axes.axhline(1, color="0.5", linewidth=0.8)
        axes.set_xticks(range(len(gradients)), [g.layer for g in gradients])
        axes.set_ylabel(label)
        axes.grid(axis="x", visible=False)
    return figure


def _svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element; `name` keeps the ids of several figures on a page apart."""
    with mpl.rc_context({"svg.hashsalt": name}):
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    return (
        svg[svg.index("<svg") :]
        .replace('id="', f'id="{name}-')
        .replace("url(#", f"url(#{name}-")
        .replace('xlink:href="#', f'xlink:href="#{name}-')
    )
