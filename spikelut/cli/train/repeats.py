"""Several runs of one job, over seeds and folds: what they come to together."""

import json
import statistics
from pathlib import Path
from typing import Any

from rich.console import Console

from spikelut.cli.options.train_options import SUMMARY
from spikelut.cli.shared.console import columns
from spikelut.cli.shared.recipe import VARIANTS
from spikelut.cli.train.gradients import rows_as_csv
from spikelut.cli.train.job import Job
from spikelut.export import write_whole

TABLE = "summary.csv"
OF_RUNS = ("accuracy_", "val_accuracy_", "best_epoch_")
"""Results that a summary has of each run."""


def summary_of(job: Job, records: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Plain data: of each run its accuracies and warnings, and of each accuracy mean and spread over the runs."""
    runs = {name: _run(record) for name, record in records.items()}
    found: dict[str, dict[str, Any]] = {}
    for kind in ("accuracy", "val_accuracy"):
        found[kind] = {}
        for variant in VARIANTS:
            key = f"{kind}_{variant}"
            values = [run["results"][key] for run in runs.values() if key in run["results"]]
            if values:
                found[kind][variant] = spread(values)
    return {"command": job.options.command, "options": job.options.given, "runs": runs, **found}


def spread(values: list[float]) -> dict[str, Any]:
    """Mean, sample standard deviation (None of one value), smallest and largest."""
    deviation = statistics.stdev(values) if len(values) > 1 else None
    return {
        "mean": statistics.fmean(values),
        "std": deviation,
        "min": min(values),
        "max": max(values),
        "values": values,
    }


def _run(record: dict[str, Any]) -> dict[str, Any]:
    results, options = record["results"], record["options"]
    counted = ("spikes_compared", "spikes_different", "states", "warnings")
    kept = {name: value for name, value in results.items() if name.startswith(OF_RUNS) or name in counted}
    return {"seed": options["seed"], "fold": options["fold"], "folder": options["out"], "results": kept}


def write_summary(out: Path, summary: dict[str, Any]) -> None:
    """summary.json, and summary.csv with a row for each run."""
    rows = []
    for name, run in summary["runs"].items():
        numbers = {key: value for key, value in run["results"].items() if key.startswith(OF_RUNS)}
        rows.append({"run": name, "seed": run["seed"], "fold": run["fold"], **numbers})
    write_whole(out / TABLE, rows_as_csv(rows, list(rows[0])))
    write_whole(out / SUMMARY, json.dumps(summary, indent=2) + "\n")


def print_summary(console: Console, job: Job, summary: dict[str, Any]) -> None:
    """Mean and spread of the test accuracies, of the validation where there is one, and each run's."""
    count = len(summary["runs"])
    table = columns(["result"], ["mean", "std", "min", "max"], f"{job.profile.title}, {job.surrogate}: {count} runs, %")
    for kind, label in (("accuracy", "test accuracy"), ("val_accuracy", "validation accuracy")):
        for variant, of in summary[kind].items():
            numbers = [of["mean"], of["std"], of["min"], of["max"]]
            cells = ["" if value is None else f"{100 * value:.2f}" for value in numbers]
            table.add_row(f"{label}, {VARIANTS[variant]}", *cells)
    console.print(table)
