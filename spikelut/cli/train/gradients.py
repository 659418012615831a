"""The weight gradients of a training: with the table against the analytic curve, after each epoch and at the end."""

import csv
import io
import math
import time
from typing import Any

from torch import nn

from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.train.loop import Split, loss_of
from spikelut.quant.comparison.gradient_measures import MEASURES
from spikelut.quant.comparison.gradients import GradientComparison, compare_gradients
from spikelut.quant.tables.table import Table
from spikelut.training import Callback, State

BATCHES, SAMPLES = 8, 256
"""What is measured at the end."""
EPOCH_BATCHES, EPOCH_SAMPLES = 2, 64
"""What is measured after each epoch: as much work as training on 256 samples."""


def default_cells(table: Table) -> int:
    """How far the table of a control is off: a quarter of its entries."""
    return max(1, len(table.codes) // 4)


def measure_gradients(
    model: nn.Module, train: Split, recipe: Recipe, control: int, batches: int = BATCHES, samples: int = SAMPLES
) -> GradientComparison:
    """Gradients of the training's objective on samples from all over `train`, and the entries that are read."""
    return compare_gradients(model, train.spread(batches, samples), loss_of(recipe), control=control)


class GradientLog(Callback):
    """Measures a network with tables after each epoch of its training, always on the same few samples.

    `epochs` holds, for each epoch, the mean measures of each of `layers`; an infinite norm ratio is None. `seconds` is
    what that took: two forward and two backward passes over 128 samples an epoch.
    """

    every_process = False

    def __init__(self, train: Split, recipe: Recipe) -> None:
        self.train, self.loss = train, loss_of(recipe)
        self.layers: list[str] = []
        self.epochs: list[list[dict[str, Any]]] = []
        self.seconds = 0.0

    def __call__(self, model: nn.Module) -> None:
        """Measure `model` as it is now."""
        started = time.perf_counter()
        batches = self.train.spread(EPOCH_BATCHES, EPOCH_SAMPLES)
        found = compare_gradients(model, batches, self.loss, count_reads=False)
        self.layers = [layer.layer for layer in found.layers]
        means = [layer.mean() for layer in found.layers]
        self.epochs.append([{k: v if math.isfinite(v) else None for k, v in mean.items()} for mean in means])
        self.seconds += time.perf_counter() - started

    def on_epoch(self, state: State) -> None:
        """Measure the model of a training as it is now."""
        self(state.model)

    def state_dict(self) -> dict[str, Any]:
        """What was measured."""
        return {"layers": self.layers, "epochs": self.epochs, "seconds": self.seconds}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """What was measured before."""
        self.layers, self.epochs, self.seconds = state["layers"], state["epochs"], state["seconds"]

    def rows(self) -> list[dict[str, Any]]:
        """Plain data, a row for each epoch and layer."""
        return [
            {"epoch": number, "layer": layer, **measures}
            for number, epoch in enumerate(self.epochs, start=1)
            for layer, measures in zip(self.layers, epoch, strict=True)
        ]

    def csv(self) -> str:
        """The rows as gradients.csv has them."""
        return rows_as_csv(self.rows(), ["epoch", "layer", *MEASURES])


def rows_as_csv(rows: list[dict[str, Any]], columns: list[str]) -> str:
    """Rows as CSV: six decimals, and nothing for None."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = (row[column] for column in columns)
        writer.writerow("" if v is None else f"{v:.6f}" if isinstance(v, float) else v for v in values)
    return text.getvalue()
