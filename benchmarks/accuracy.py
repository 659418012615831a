"""Accuracy on real data: float, converted, and trained in a chip's integers with analytic and with table gradients.

Runs `spikelut train` for every row of accuracy_rows.toml, weight bits and seed, two at a time; what stands in the
results already is not run again. Writes results/accuracy.json after each, and docs/accuracy.md.
"""

import argparse
import io
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from threading import Lock
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
    "seeds",
    "float",
    "converted",
    "analytic gradient",
    "table gradient",
    "must reach",
    "compared, different",
    "s an epoch: float, integer",
)
MACHINE = f"{platform.machine()}, one thread a training, two at a time"
FENCE = '```sh not-run="takes hours, and the data in braces"'
MAX_SEEDS = 32
VARIANTS = ("float", "ptq", "analytic", "table")
TRAINED = "--variants table,analytic,float,ptq"


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

    @property
    def needs(self) -> set[str]:
        """The data in braces."""
        return set(re.findall(r"\{(\w+)\}", self.arguments))

    def key(self, seed: int) -> str:
        """Its name in the results."""
        return f"{self.row}-{self.weight_bits}-{seed}"

    def folder(self, seed: int) -> Path:
        """Where its files are."""
        return RUNS / self.key(seed)


def cases(text: str) -> list[Case]:
    """The cases of a .toml file."""
    found = []
    for row in tomllib.loads(text)["row"]:
        for bits in row["weight_bits"]:
            least, drop = (row.get(key, {}).get(str(bits)) for key in ("at_least", "drop"))
            found.append(Case(row["name"], row["title"], row["arguments"], bits, least, drop))
    return found


def data_arguments(shared: Path | None, mnist: Path | None) -> dict[str, str]:
    """The files that stand for the names in braces, as far as they are there; Yin-Yang is written as .npz."""
    found = {} if mnist is None else {"mnist": str(mnist)}
    if shared is None:
        return found
    parts, source, yin_yang = ("train", "test"), shared / "yin_yang", RUNS / "yin_yang.npz"
    x = [np.load(source / f"{part}_samples.npy") for part in parts]
    y = [np.load(source / f"{part}_labels.npy") for part in parts]
    test = np.arange(sum(map(len, y))) >= len(y[0])
    content = io.BytesIO()
    np.savez(content, x=np.concatenate(x), y=np.concatenate(y).astype(np.int64), test=test)
    RUNS.mkdir(parents=True, exist_ok=True)
    write_whole(yin_yang, content.getvalue())
    return found | {"fsdd": str(shared / "fsdd_spikes" / "fsdd128_T100.npz"), "yin_yang": str(yin_yang)}


def run(case: Case, seed: int, data: dict[str, str]) -> dict[str, Any]:
    """Train; what run.json then says, in short."""
    folder = case.folder(seed)
    command = case.command(seed).format(**data) + f" {TRAINED} --out {folder}"
    program = [sys.executable, "-c", "from spikelut.cli import main; main()", *shlex.split(command)[1:]]
    # One thread each; and memory that is freed is kept, or the kernel zeroes it again and again.
    keep = {"MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TRIM_THRESHOLD_": "8000000000"}
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | keep
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    record = json.loads((folder / "run.json").read_text())
    results, timing, recipe = record["results"], record["timing"]["training_s"], record["recipe"]
    epochs = {"float": recipe["epochs"], "table": recipe["fine_tune"] or recipe["epochs"]}
    return {
        "command": case.command(seed),
        "profile": record["profile"]["name"],
        "accuracy": {kind: round(100 * results[f"accuracy_{kind}"], 2) for kind in VARIANTS},
        "integers_compared": results["spikes_compared"],
        "integers_different": results["spikes_different"],
        "seconds_per_epoch": {kind: round(timing[kind] / epochs[kind], 2) for kind in ("float", "table")},
        "versions": {name: record["versions"][name] for name in ("python", "torch", "brevitas")},
    }


class Results:
    """results/accuracy.json: what each command came to; a run that stands there is not repeated."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, Any]] = json.loads(RESULT.read_text())["runs"] if RESULT.is_file() else {}
        self.lock = Lock()

    def has(self, case: Case, seed: int) -> bool:
        """Whether this very command is there."""
        found = self.runs.get(case.key(seed))
        return found is not None and found["command"] == case.command(seed)

    def add(self, case: Case, seed: int, data: dict[str, str]) -> None:
        """Run a case and write it down, beside what others have written down by now."""
        record = run(case, seed, data)
        with self.lock:
            self.runs = Results().runs | {case.key(seed): record}
            RESULT.parent.mkdir(exist_ok=True)
            write_whole(RESULT, json.dumps({"machine": MACHINE, "runs": self.runs}, indent=1, sort_keys=True) + "\n")

    def of(self, case: Case) -> list[dict[str, Any]]:
        """The runs of a case, by seed."""
        return [self.runs[case.key(seed)] for seed in range(MAX_SEEDS) if self.has(case, seed)]


def verdict(case: Case, found: dict[Case, list[dict[str, Any]]]) -> str:
    """What the row must reach, and whether it does."""

    def mean_of(other: Case) -> float:
        return float(mean(record["accuracy"]["table"] for record in found[other]))

    least = case.at_least
    if case.drop is not None:
        full = next((c for c in found if c.row == case.row and c.weight_bits == 8), None)
        least = None if full is None else mean_of(full) - case.drop
    return "" if least is None else f"{least:.1f}: {'yes' if mean_of(case) >= least else 'NO'}"


def in_short(found: dict[Case, list[dict[str, Any]]]) -> list[str]:
    """What the table shows, in numbers from it."""

    def loss(case: Case, kind: str, than: str) -> float:
        return float(mean(r["accuracy"][than] - r["accuracy"][kind] for r in found[case]))

    fine, coarse = ([c for c in found if (c.weight_bits >= 8) is wide] for wide in (True, False))
    lost = {case: loss(case, "ptq", "float") for case in found}
    worst = max(coarse, key=lost.__getitem__)
    gains = [loss(case, "analytic", "table") for case in found]
    below = max(loss(case, "table", "float") for case in found)
    return [
        f"With 8 bits or more, conversion costs at most {max(lost[case] for case in fine):.1f} points.",
        f"With 4 or 2 bits, it costs {min(lost[case] for case in coarse):.1f} to {lost[worst]:.1f} ({worst.title}).",
        f"Networks that were trained in integers with the table are at most {below:.1f} points below the float",
        f"network. Table minus exact curve is {min(gains):+.1f} to {max(gains):+.1f} points,",
        "near the spread of the seeds.",
    ]


def table(found: dict[Case, list[dict[str, Any]]]) -> str:
    """The cases as Markdown."""
    lines = [
        "# Accuracy",
        "",
        "How accurate are networks in a chip's integers? The table has the test accuracy in percent, as the mean of",
        "the seeds (largest minus smallest). Four kinds of networks are compared:",
        "",
        "- float: a float network;",
        "- converted: that network, rounded to the chip's integers without further training;",
        "- analytic gradient: trained in the chip's integers, with the exact curve as the surrogate gradient;",
        "- table gradient: the same with the chip's table as the gradient. In these networks, every spike and every",
        "  membrane of a read-out was compared with the NumPy reference, and with the exported integer graph in",
        "  onnxruntime.",
        "",
        *in_short(found),
        "",
        "`make accuracy` writes this page. Each row is one of the commands below, with",
        f"`{TRAINED}` and seeds from 0. The settings of the digits and of 16C5-64C5-10",
        "were chosen while looking at the test split. So these rows show what was reached; they are not an unbiased",
        "estimate. `must reach` is the goal for the table gradient.",
        "",
        "| " + " | ".join(COLUMNS) + " |",
        "|---" * len(COLUMNS) + "|",
    ]
    for case, records in found.items():
        columns = [[r["accuracy"][kind] for r in records] for kind in VARIANTS]
        cells = [case.title, f"`{records[0]['profile']}`", str(case.weight_bits), str(len(records))]
        cells += [f"{mean(a):.2f} ({max(a) - min(a):.2f})" for a in columns]
        cells.append(verdict(case, found))
        compared, different = (sum(r[f"integers_{k}"] for r in records) for k in ("compared", "different"))
        cells.append(f"{compared:,}, {different}")
        seconds = [mean(r["seconds_per_epoch"][kind] for r in records) for kind in ("float", "table")]
        cells.append(", ".join(f"{s:.1f}" for s in seconds))
        lines.append("| " + " | ".join(cells) + " |")
    lines += [
        "",
        f"Measured on {MACHINE}. The seconds are those of these trainings, whatever else",
        "the machine did. Do not compare them with the epochs in [Performance](performance.md): there, inputs are",
        "spikes. Here, images of MNIST and Fashion-MNIST are constant, so the first layer is computed once for all",
        "steps.",
        "",
        FENCE,
    ]
    lines += [case.command(0) for case in found]
    return "\n".join([*lines, "```", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="", help="only rows whose name holds this; results of others stay")
    parser.add_argument("--seeds", type=int, default=3, choices=range(1, MAX_SEEDS + 1))
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    parser.add_argument("--shared", type=Path, default=None, help="folder with fsdd_spikes and yin_yang")
    parser.add_argument("--mnist", type=Path, default=None, help="folder with MNIST as IDX files")
    options = parser.parse_args()
    everything = cases((HERE / "accuracy_rows.toml").read_text())
    data, results = data_arguments(options.shared, options.mnist), Results()
    jobs = [(case, seed) for seed in range(options.seeds) for case in everything if options.rows in case.row]
    missing = [job for job in jobs if not results.has(*job)]
    for case in {case: None for case, _ in missing if not case.needs <= data.keys()}:
        print(f"left out: {case.row}, {case.weight_bits} bits, which needs {', '.join(case.needs)}", file=sys.stderr)
    missing = [(case, seed) for case, seed in missing if case.needs <= data.keys()]
    with Progress() as progress, ThreadPoolExecutor(options.jobs) as pool:
        task = progress.add_task("trainings", total=len(missing))
        futures = [pool.submit(results.add, *job, data) for job in missing]
        for future in as_completed(futures):
            future.result()
            progress.advance(task)
    results = Results()
    # What follows under headings of its own is written by others: sequences/sequences.py.
    _, heading, others = (TABLE.read_text() if TABLE.is_file() else "").partition("\n## ")
    page = table({case: results.of(case) for case in everything if results.of(case)})
    write_whole(TABLE, page + heading + others)


if __name__ == "__main__":
    main()
