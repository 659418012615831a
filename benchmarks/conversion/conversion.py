"""Conversion without training: what calibration by spikes wins over rounding to nearest, step by step.

For every row of conversion_rows.toml: test accuracy of the float network, converted to nearest and calibrated, for
three calibration subsets (the test is looked at once); on validation samples what each step adds, and what 8 to 512
calibration samples give. What stands in the results of a row already is not measured again. Writes
runs/conversion/NAME.json after each, with --page results/conversion.json and docs/calibration.md.
"""

import argparse
import json
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from conversion_networks import RUNS, Row, right, row_of
from conversion_page import write_page
from rich.console import Console
from rich.progress import Progress

from spikelut import quant
from spikelut.export import write_whole

HERE = Path(__file__).parent
RESULT = HERE.parent / "results" / "conversion.json"
SEEDS = (0, 1, 2)
SIZES = (8, 32, 128, 512)
OFF: dict[str, Any] = {
    "equalization": False,
    "scales": False,
    "threshold_correction": False,
    "bias_correction": False,
    "rounding": "nearest",
}
FEWER = 100
"""Iterations of learning in ablations, which are many."""


def rows_of(text: str) -> list[dict[str, Any]]:
    """The rows of a .toml file."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["row"]
    return rows


def stages() -> dict[str, dict[str, Any] | None]:
    """By the last step that is taken, the settings: each step with all before it; decays, an option, come on top."""
    found: dict[str, dict[str, Any] | None] = {"nearest": None}
    left = dict(OFF)
    for name in OFF:
        del left[name]
        found[name] = dict(left)
    return found | {"decays": {"decays": True}}


def convert(row: Row, samples: int, seed: int, settings: dict[str, Any] | None) -> tuple[Any, float]:
    """A conversion, calibrated unless `settings` is None, and its seconds of CPU."""
    begin, x = time.process_time(), row.subset(samples, seed)
    how: Any = "nearest" if settings is None else quant.Calibration(**settings, seed=seed, progress=False)
    return quant.convert(row.model, events=x, calibrate=how, **row.convert), time.process_time() - begin


def measure(row: Row, kind: str, name: str) -> dict[str, Any]:
    """One conversion, and what it came to."""
    own = row.settings.get("calibration", {})
    samples = row.settings["samples"]
    if kind == "test":
        found, seconds = convert(row, samples, int(name), own)
        nearest, _ = convert(row, samples, int(name), None)
        steps = [
            {"name": s.name, "layer": s.layer, "before": s.before, "after": s.after, "seconds": s.seconds}
            for s in found.steps
        ]
        network = quant.integer(found.model)
        return {
            "float": right(row.model, row.test),
            "nearest": right(nearest.model, row.test),
            "calibrated": right(found.model, row.test),
            "cpu_s": seconds,
            "layers": len(network.layers),
            "steps": steps,
        }
    fewer = {"iterations": min(FEWER, own.get("iterations", FEWER))}
    if kind == "stage":
        settings = stages()[name]
        found, seconds = convert(row, min(samples, 128), 0, settings if settings is None else {**settings, **fewer})
    else:
        samples = min(int(name), len(row.pool))
        found, seconds = convert(row, samples, 0, fewer)
    record = {} if kind == "stage" else {"samples": samples}
    return record | {"val": right(found.model, row.val), "float": right(row.model, row.val), "cpu_s": seconds}


def quickly(row: dict[str, Any]) -> dict[str, Any]:
    """A row that is over in seconds, to see that all of it runs."""
    made = row | {"samples": 8, "calibration": {"iterations": 2}}
    return made | ({"train": row["train"] | {"epochs": 1}} if "train" in row else {})


def missing(settings: dict[str, Any], results: dict[str, Any], kinds: list[str]) -> list[tuple[str, str]]:
    """What is not measured yet of a row; all of it if that was with other settings."""
    if results.get("settings") != settings:
        results.clear()
        results["settings"] = settings
    steps = [name for name in stages() if name != "decays" or settings.get("coarse")]
    wanted: dict[str, Sequence[Any]] = {"test": SEEDS, "stage": steps, "size": SIZES}
    return [(kind, str(name)) for kind in kinds for name in wanted[kind] if f"{kind} {name}" not in results]


def run(settings: dict[str, Any], shared: Path | None, kinds: list[str], *, quick: bool = False) -> None:
    """Measure what is missing of a row, and write it down one by one; `quick`: a few samples, nothing is written."""
    path = RUNS / f"{settings['name']}.json"
    results = json.loads(path.read_text()) if path.is_file() and not quick else {}
    left = missing(settings, results, kinds)
    if not left:
        return
    row = row_of(settings, shared, quick=quick)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(settings["name"], total=len(left))
        for kind, name in left:
            bar.update(task, description=f"{settings['name']}: {kind} {name}")
            results[f"{kind} {name}"] = found = measure(row, kind, name)
            shown = {key: round(value, 2) for key, value in found.items() if isinstance(value, float)}
            print(settings["name"], kind, name, shown, flush=True)
            if not quick:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, (json.dumps(results, indent=1) + "\n").encode())
            bar.advance(task)


def main() -> None:
    """Measure the rows that are asked for, and write the page."""
    rows = rows_of((HERE / "conversion_rows.toml").read_text())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--shared", type=Path, help="the folder of braille7 and fsdd_spikes; without it their rows are left out"
    )
    parser.add_argument("--rows", nargs="*", default=[row["name"] for row in rows], help="by name; all")
    parser.add_argument("--kinds", nargs="*", default=["test", "stage", "size"], help="test, stage, size; all")
    parser.add_argument("--quick", action="store_true", help="a few samples and iterations; nothing is written")
    parser.add_argument("--page", action="store_true", help="also write the results and the page")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for row in rows:
        needs = "graph" in row or "{shared}" in row["train"]["data"]
        if row["name"] in chosen.rows and (chosen.shared is not None or not needs):
            run(quickly(row) if chosen.quick else row, chosen.shared, chosen.kinds, quick=chosen.quick)
    if chosen.page and not chosen.quick:
        results = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
        for row in rows:
            path = RUNS / f"{row['name']}.json"
            if path.is_file():
                results[row["name"]] = json.loads(path.read_text())
        write_whole(RESULT, (json.dumps(results, indent=1) + "\n").encode())
        write_page(rows, results)


if __name__ == "__main__":
    main()
