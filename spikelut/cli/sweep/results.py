"""What a sweep has found: per configuration and per curve, with intervals, fronts and the rows of a file."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from spikelut.cli.shared.errors import UserError
from spikelut.cli.shared.work import mean_work
from spikelut.cli.sweep.grid import Configuration
from spikelut.cli.sweep.network import Gradient
from spikelut.cli.train.twins_statistics import Interval

WORK = ("synaptic_events", "network_bits", "modelled_energy_nj")
"""Of a network, on average over seeds; see `work_of`."""


def interval(values: Collection[float]) -> Interval | None:
    """Their mean with its confidence interval; None of no values."""
    return Interval.of(list(values)) if values else None


@dataclass(eq=False)
class Result:
    """A configuration, its measures, and by seed the test accuracy and the work of the networks trained with it."""

    configuration: Configuration
    measures: dict[str, Any]
    accuracy: dict[int, float] = field(default_factory=dict)
    works: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def bits(self) -> int:
        """Memory of the table in bits."""
        return int(self.measures["bits"])

    @property
    def kept(self) -> float:
        """The share of the gradient the table keeps; see `KEPT`."""
        return float(self.measures["kept"])

    @property
    def mean(self) -> Interval | None:
        """Its accuracy over the seeds."""
        return interval(self.accuracy.values())

    @property
    def work(self) -> dict[str, Any] | None:
        """What its networks do and hold, means over the seeds; None where that was not counted."""
        return mean_work(self.works.values())


@dataclass(eq=False)
class Curve:
    """All configurations of one surrogate on one profile, and the networks without a table, by seed.

    `layered`, `smallest`: what a search for the smallest tables tried of single layers, and found.
    """

    profile: str
    surrogate: str
    title: str
    results: list[Result] = field(default_factory=list)
    analytic: dict[int, float] = field(default_factory=dict)
    floats: dict[int, float] = field(default_factory=dict)
    layered: list[Any] = field(default_factory=list)
    smallest: Any = None

    def accuracies(self, gradient: Gradient, result: Result | None) -> dict[int, float]:
        """Where the accuracy of such a network is kept."""
        if result is not None:
            return result.accuracy
        return self.analytic if gradient == "analytic" else self.floats

    def difference(self, result: Result) -> Interval | None:
        """Accuracy with the table minus that with the analytic gradient, over the seeds that have both."""
        return interval([value - self.analytic[s] for s, value in result.accuracy.items() if s in self.analytic])

    @property
    def error_front(self) -> list[Result]:
        """No table of the curve keeps more of the gradient in as little memory; by memory."""
        return front(self.results, lambda result: result.kept)

    @property
    def trained(self) -> list[Result]:
        return [result for result in self.results if result.accuracy]

    @property
    def accuracy_front(self) -> list[Result]:
        """No trained table of the curve is more accurate, on average, in as little memory; by memory."""
        return front(self.trained, lambda result: fmean(result.accuracy.values()))


def front(results: Iterable[Result], gain: Callable[[Result], float]) -> list[Result]:
    """Those that nothing of as little memory surpasses in `gain`; of equals the first."""
    found: list[Result] = []
    for result in sorted(results, key=lambda r: (r.bits, -gain(r))):
        if not found or gain(result) > gain(found[-1]):
            found.append(result)
    return found


def rows(curves: Iterable[Curve], seeds: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each configuration; None where nothing was trained."""
    found = []
    for curve in curves:
        fronts = {id(r) for r in curve.error_front}, {id(r) for r in curve.accuracy_front}
        for result in curve.results:
            configuration, mean, difference = result.configuration, result.mean, curve.difference(result)
            found.append(
                {
                    "profile": curve.profile,
                    "surrogate": curve.surrogate,
                    "kind": configuration.varied.table.kind,
                    "entries": configuration.entries,
                    "value_bits": configuration.value_bits,
                    "rounding": configuration.rounding,
                    **result.measures,
                    "error_front": id(result) in fronts[0],
                    "accuracy": mean and mean.mean,
                    "accuracy_half_width": mean and mean.half,
                    "minus_analytic": difference and difference.mean,
                    "minus_analytic_half_width": difference and difference.half,
                    **(result.work or dict.fromkeys(WORK)),
                    "accuracy_front": id(result) in fronts[1] if result.accuracy else None,
                    **{f"accuracy_seed_{seed}": result.accuracy.get(seed) for seed in seeds},
                    **{f"analytic_seed_{seed}": curve.analytic.get(seed) for seed in seeds},
                    **{f"float_seed_{seed}": curve.floats.get(seed) for seed in seeds},
                }
            )
    return found


def encoded(table: list[dict[str, Any]], name: str) -> bytes:
    """The rows as the content of a file of that name, .csv or .parquet; UserError if pyarrow is missing."""
    if Path(name).suffix == ".parquet":
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise UserError("pyarrow is needed for results in .parquet; run: pip install pyarrow") from None
        buffer = io.BytesIO()
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(table), buffer)
        return buffer.getvalue()
    text = io.StringIO()
    writer = csv.DictWriter(text, list(table[0]) if table else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue().encode()
