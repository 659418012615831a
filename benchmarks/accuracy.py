"""Accuracy on real data: float, converted, and trained in a chip's integers with analytic and with table gradients.

Runs `spikelut train` for every row of accuracy_rows.toml, weight bits and seed, two at a time; what is there already
is not run again. Writes results/accuracy.json and docs/accuracy.md.
"""

import argparse
import json
import os
import platform
import shlex
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from rich.progress import Progress

from spikelut.export import write_whole

HERE = Path(__file__).parent
RUNS = HERE.parent / "runs" / "accuracy"
RESULT = HERE / "results" / "accuracy.json"
TABLE = HERE.parent / "docs" / "accuracy.md"
COLUMNS = (
    "data, network",
    "profile",
    "bits",
    "float",
    "converted",
    "analytic gradient",
    "table gradient",
    "must reach",
    "compared, different",
    "s an epoch: float, integer",
)
VARIANTS = ("float", "ptq", "analytic", "table")


@dataclass(frozen=True)
class Case:
    """One row with one number of weight bits."""

    row: str
    title: str
    arguments: str
    weight_bits: int
    at_least: float | None
    drop: float | None

    def command(self, seed: int) -> str:
        """The command that trains it."""
        return f"spikelut train {self.arguments} --weight-bits {self.weight_bits} --seed {seed}"

    def folder(self, seed: int) -> Path:
        """Where its files are."""
        return RUNS / f"{self.row}-{self.weight_bits}-{seed}"


def cases(text: str) -> list[Case]:
    """The cases of a .toml file."""
    found = []
    for row in tomllib.loads(text)["row"]:
        for bits in row["weight_bits"]:
            least, drop = (row.get(key, {}).get(str(bits)) for key in ("at_least", "drop"))
            found.append(Case(row["name"], row["title"], row["arguments"], bits, least, drop))
    return found


def data_arguments(shared: Path, mnist: Path | None) -> dict[str, str]:
    """The files that stand for the names in braces; Yin-Yang is written as .npz."""
    RUNS.mkdir(parents=True, exist_ok=True)
    yin_yang = RUNS / "yin_yang.npz"
    source = shared / "yin_yang"
    if source.is_dir() and not yin_yang.is_file():
        parts = ("train", "test")
        x = [np.load(source / f"{part}_samples.npy") for part in parts]
        y = [np.load(source / f"{part}_labels.npy") for part in parts]
        test = np.arange(sum(map(len, y))) >= len(y[0])
        np.savez(yin_yang, x=np.concatenate(x), y=np.concatenate(y).astype(np.int64), test=test)
    return {
        "mnist": str(mnist) if mnist else "",
        "fsdd": str(shared / "fsdd_spikes" / "fsdd128_T100.npz"),
        "yin_yang": str(yin_yang),
    }


def run(case: Case, seed: int, data: dict[str, str]) -> dict[str, Any]:
    """What run.json says, of this run or of the same one before."""
    folder = case.folder(seed)
    command = case.command(seed).format(**data) + f" --variants table,analytic,float,ptq --out {folder}"
    record = folder / "run.json"
    if not record.is_file():
        program = [sys.executable, "-c", "from spikelut.cli import main; main()", *shlex.split(command)[1:]]
        # One thread each; and memory that is freed is kept, or the kernel zeroes it again and again.
        keep = {"MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000"}
        environment = os.environ | {"OMP_NUM_THREADS": "1"} | keep
        done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(record.read_text())
    return found


def summary(case: Case, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Accuracies in percent per seed, and what they were measured with."""
    results = [record["results"] for record in records]
    return {
        "row": case.row,
        "title": case.title,
        "profile": records[0]["profile"]["name"],
        "weight_bits": case.weight_bits,
        "command": case.command(0),
        "accuracy": {kind: [round(100 * r[f"accuracy_{kind}"], 2) for r in results] for kind in VARIANTS},
        "integers_compared": sum(r["spikes_compared"] for r in results),
        "integers_different": sum(r["spikes_different"] for r in results),
        "seconds_per_epoch": {
            kind: round(mean(r["timing"]["training_s"][kind] / r["recipe"]["epochs"] for r in records), 1)
            for kind in ("float", "table")
        },
        "epochs": records[0]["recipe"]["epochs"],
        "at_least": case.at_least,
        "drop": case.drop,
    }


def verdict(entry: dict[str, Any], entries: list[dict[str, Any]]) -> str:
    """What the row must reach, and whether it does."""
    reached = mean(entry["accuracy"]["table"])
    least = entry["at_least"]
    if entry["drop"] is not None:
        full = next(e for e in entries if e["row"] == entry["row"] and e["weight_bits"] == 8)
        least = mean(full["accuracy"]["table"]) - entry["drop"]
    return "" if least is None else f"{least:.1f}: {'yes' if reached >= least else 'NO'}"


def table(entries: list[dict[str, Any]], machine: str) -> str:
    """The entries as Markdown."""
    lines = [
        "# Accuracy",
        "",
        "Test accuracy in percent, mean of the seeds (largest minus smallest): a float network; the same converted",
        "without further training; and networks trained in the chip's integers with the analytic and with the table",
        "gradient. Every spike, and every membrane of a read-out, of the last kind was compared with the NumPy",
        "reference and with the exported integer graph in onnxruntime. Written by `make accuracy`; a row is one of the",
        "commands below.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|---" * len(COLUMNS) + "|",
    ]
    for e in entries:
        cells = [f"{mean(a):.2f} ({max(a) - min(a):.2f})" for a in (e["accuracy"][kind] for kind in VARIANTS)]
        seconds = e["seconds_per_epoch"]
        cells += [verdict(e, entries), f"{e['integers_compared']:,}, {e['integers_different']}"]
        cells += [f"{seconds['float']}, {seconds['table']}"]
        lines.append(f"| {e['title']} | `{e['profile']}` | {e['weight_bits']} | " + " | ".join(cells) + " |")
    lines += ["", f"Measured on {machine}.", "", "```"]
    lines += [e["command"] for e in entries]
    return "\n".join([*lines, "```", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="", help="only rows whose name holds this; results of others stay")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--shared", type=Path, default=HERE.parent.parent / "shared" / "data", help="the data sets")
    parser.add_argument("--mnist", type=Path, default=None, help="folder with MNIST as IDX files")
    options = parser.parse_args()
    everything = cases((HERE / "accuracy_rows.toml").read_text())
    chosen = [c for c in everything if options.rows in c.row]
    data = data_arguments(options.shared, options.mnist)
    jobs = [(case, seed) for seed in range(options.seeds) for case in chosen]
    with Progress() as progress, ThreadPoolExecutor(options.jobs) as pool:
        task = progress.add_task("trainings", total=len(jobs))
        futures = {job: pool.submit(run, *job, data) for job in jobs}
        for future in futures.values():
            future.add_done_callback(lambda _: progress.advance(task))
        records = {job: future.result() for job, future in futures.items()}
    entries = [summary(case, [records[case, seed] for seed in range(options.seeds)]) for case in chosen]
    RESULT.parent.mkdir(exist_ok=True)
    old = json.loads(RESULT.read_text())["rows"] if RESULT.is_file() else []
    new = {(e["row"], e["weight_bits"]): e for e in [*old, *entries]}
    order = [(c.row, c.weight_bits) for c in everything]
    entries = [new[key] for key in order if key in new]
    machine = f"{platform.machine()}, two cores, one thread a training"
    write_whole(RESULT, json.dumps({"machine": machine, "rows": entries}, indent=1) + "\n")
    write_whole(TABLE, table(entries, machine))


if __name__ == "__main__":
    main()
