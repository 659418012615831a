"""Twin runs on the screen and in a figure."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rich.console import Console

from spikelut.cli.shared.console import columns
from spikelut.cli.train.twins_statistics import LABELS, Interval, Twin, intervals, lowest_cosine, of_variant

COLOURS = {"table": "C0", "analytic": "C1", "control": "C3"}


def plot_twins(twins: list[Twin]) -> Figure:
    """Loss, test accuracy and lowest cosine over the epochs: means over the seeds, bands of 95 % confidence."""
    figure = Figure(figsize=(10, 3.2), layout="constrained")
    loss, accuracy, cosine = figure.subplots(1, 3)
    for variant in LABELS:
        of = of_variant(twins, variant)
        _band(loss, variant, _by_epoch(of, lambda twin, number: twin.epochs[number].loss))
        _band(accuracy, variant, _by_epoch(of, lambda twin, number: 100 * twin.epochs[number].accuracy))
        if variant != "analytic":
            _band(cosine, variant, _by_epoch(of, lambda twin, number: lowest_cosine(twin, number + 1)))
    for axes, label in ((loss, "training loss"), (accuracy, "test accuracy, %"), (cosine, "lowest cosine")):
        axes.set(xlabel="epoch", ylabel=label)
        axes.xaxis.get_major_locator().set_params(integer=True)
    loss.legend(frameon=False, fontsize="small")
    return figure


def curves(twins: list[Twin]) -> bytes:
    """The figure as an SVG file."""
    file = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "twins"}):
        plot_twins(twins).savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _by_epoch(twins: list[Twin], value: Callable[[Twin, int], float]) -> NDArray[np.float64]:
    """[seeds, epochs]."""
    return np.array([[value(twin, number) for number in range(len(twin.epochs))] for twin in twins], dtype=np.float64)


def _band(axes: Axes, variant: str, values: NDArray[np.float64]) -> None:
    mean, half = intervals(values)
    epochs = np.arange(1, len(mean) + 1)
    marker = "o" if len(mean) == 1 else None
    axes.plot(epochs, mean, color=COLOURS[variant], label=LABELS[variant], marker=marker, linewidth=1.4)
    if half is not None:
        axes.fill_between(epochs, mean - half, mean + half, color=COLOURS[variant], alpha=0.2, linewidth=0)


def print_twins(console: Console, title: str, found: dict[str, Any]) -> None:
    """The table of results, and whether they tell the control from the table; `found` is the `summary`."""
    count = len(found["seeds"])
    over = f"{count} seeds, mean ± 95 % confidence" if count > 1 else "one seed"
    numbers = ("test accuracy, %", "minus analytic", "training loss", "lowest cosine", "synaptic events")
    table = columns(["gradient"], numbers, title=f"{title}: {over}")
    for variant, label in LABELS.items():
        accuracy, loss = (_interval(found[key][variant]) for key in ("accuracy", "loss"))
        difference = found["accuracy_difference"].get(f"{variant} - analytic")
        cosine = found["lowest_cosine"].get(variant)
        events = f"{found['work'][variant]['synaptic_events']:,.0f}"
        cells = (accuracy.text(), _text(difference, 100, 2), loss.text(1, 3), _text(cosine, 1, 3), events)
        table.add_row(label, *cells)
    console.print(table)
    console.print("synaptic events: a test sample, on average, in the integer reference")
    seen = [name for name, noticed in found["noticed"].items() if noticed]
    told = " and ".join(seen) if seen else "neither cosine nor accuracy"
    verb = "tell" if len(seen) > 1 else "tells"
    console.print(
        f"{told} {verb} the wrong table (index off by {found['cells']}) from the right one".capitalize() + "."
    )


def _text(data: dict[str, Any] | None, factor: float, digits: int) -> str:
    return _interval(data).text(factor, digits) if data else ""


def _interval(data: dict[str, Any]) -> Interval:
    return Interval(data["mean"], data["half"])
