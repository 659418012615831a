"""What twin runs come to: means over the seeds with confidence intervals, and differences between twins."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.cli.shared.work import mean_work
from spikelut.cli.train.loop import Epoch
from spikelut.quant.comparison.gradient_measures import MEASURES

CONFIDENCE = 0.95
LABELS = {"table": "table", "analytic": "analytic", "control": "wrong table"}
"""The twins: all from the same seed, with the same batches and dropout; only the slope of the spike differs."""
PAIRS = (("table", "analytic"), ("control", "analytic"), ("control", "table"))


@dataclass(frozen=True)
class Twin:
    """One training: its epochs, after each the mean measures of each layer's gradient (none if analytic), and `work`.

    What the network does on test samples, and holds, is that of `work_of`.
    """

    seed: int
    variant: str
    epochs: list[Epoch]
    gradients: list[dict[str, Any]]
    seconds: float
    work: dict[str, Any]


@dataclass(frozen=True)
class Interval:
    """Mean, and half the width of its 95 % confidence interval (Student's t); None for a single value."""

    mean: float
    half: float | None

    @staticmethod
    def of(values: Sequence[float]) -> "Interval":
        """Of one number for each seed."""
        mean, half = intervals(np.asarray(values, dtype=np.float64)[:, None])
        return Interval(float(mean[0]), None if half is None else float(half[0]))

    def text(self, factor: float = 100, digits: int = 2) -> str:
        """As 96.94 ± 0.51."""
        shown = f"{factor * self.mean:.{digits}f}"
        return shown if self.half is None else f"{shown} ± {factor * self.half:.{digits}f}"


def intervals(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Means over the rows [seeds, N], and the halves of their intervals; None for a single row.

    mean ± t(0.975; n - 1) s / √n, with the sample's standard deviation s.
    """
    from scipy.stats import t

    count = len(values)
    if count < 2:
        return values.mean(0), None
    factor = float(t.ppf(0.5 + CONFIDENCE / 2, count - 1))
    return values.mean(0), factor * values.std(0, ddof=1) / np.sqrt(count)


def of_variant(twins: Sequence[Twin], variant: str) -> list[Twin]:
    """The runs of one variant, by seed."""
    return sorted((twin for twin in twins if twin.variant == variant), key=lambda twin: twin.seed)


def summary(twins: Sequence[Twin]) -> dict[str, Any]:
    """Plain data: by variant accuracy, loss and gradients after the last epoch; paired differences of accuracy.

    `noticed` says whether the control's cosine and accuracy are lower than the table's beyond chance: whether the
    confidence interval of the paired difference lies below zero. With a single seed: whether the difference does.
    """
    runs = {variant: of_variant(twins, variant) for variant in LABELS}
    accuracy = {v: [twin.epochs[-1].accuracy for twin in of] for v, of in runs.items()}
    cosine = {v: [lowest_cosine(twin) for twin in runs[v]] for v in ("table", "control")}
    paired = {f"{a} - {b}": Interval.of(np.subtract(accuracy[a], accuracy[b]).tolist()) for a, b in PAIRS}
    noticed = {
        "cosine": _below_zero(Interval.of(np.subtract(cosine["control"], cosine["table"]).tolist())),
        "accuracy": _below_zero(paired["control - table"]),
    }
    return {
        "seeds": [twin.seed for twin in runs["table"]],
        "accuracy": {v: {"values": values, **asdict(Interval.of(values))} for v, values in accuracy.items()},
        "loss": {v: asdict(Interval.of([twin.epochs[-1].loss for twin in of])) for v, of in runs.items()},
        "accuracy_difference": {name: asdict(interval) for name, interval in paired.items()},
        "lowest_cosine": {v: asdict(Interval.of(values)) for v, values in cosine.items()},
        "gradients": {v: _gradients(runs[v]) for v in ("table", "control")},
        "noticed": noticed,
        "work": {v: mean_work([twin.work for twin in of]) for v, of in runs.items()},
    }


def lowest_cosine(twin: Twin, epoch: int | None = None) -> float:
    """The cosine of the layer where it is lowest; after the last epoch, if none is given."""
    epoch = len(twin.epochs) if epoch is None else epoch
    return min(float(row["cosine"]) for row in twin.gradients if row["epoch"] == epoch)


def _gradients(twins: list[Twin]) -> dict[str, dict[str, Any]]:
    """By layer and measure, after the last epoch; None where a norm ratio is infinite."""
    found: dict[str, dict[str, Any]] = {}
    last = [[row for row in twin.gradients if row["epoch"] == len(twin.epochs)] for twin in twins]
    for rows in zip(*last, strict=True):
        of_layer = found.setdefault(rows[0]["layer"], {})
        for measure in MEASURES:
            values = [row[measure] for row in rows]
            of_layer[measure] = None if None in values else asdict(Interval.of(values))
    return found


def _below_zero(interval: Interval) -> bool:
    return interval.mean + (interval.half or 0.0) < 0
