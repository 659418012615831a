"""Accuracy on sequences: learned decays, adaptation or delays in a chip's integers, the same in floats, and without.

Trains every network of every row of sequence_rows.toml from every seed, one after another; what stands in the results
already is not trained again. Writes results/sequences.json after each, and its part of docs/accuracy.md.

Settings were chosen with --validate: it trains on a part of the training data, tests on the rest, and writes nothing.
"""

import argparse
import json
import platform
import time
import tomllib
from pathlib import Path
from typing import Any

import torch
from sequence_data import LOADERS
from sequence_networks import Windows, build
from sequence_page import write_section
from sequence_teacher import taught
from sequence_training import train
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.cli.train.loop import Split, accuracy
from spikelut.cli.train.measure import trains_of
from spikelut.export import SpikeCount, count_differences, write_whole

HERE = Path(__file__).parent
RESULT = HERE.parent / "results" / "sequences.json"
AT_ONCE = 100


def rows_of(text: str) -> list[dict[str, Any]]:
    """The rows of a .toml file, each with the whole settings of its `networks`."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["row"]
    for row in rows:
        row["networks"] = {name: row["settings"] | own for name, own in row["networks"].items()}
    return rows


def compare(model: nn.Sequential, split: Split) -> SpikeCount:
    """Every spike and membrane of a trained network against the NumPy reference of its integers."""
    model.eval()
    layers = list(model.children())
    if isinstance(layers[-1], Windows):  # which only chooses what is read
        model = nn.Sequential(*layers[:-1])
    network = quant.integer(
        model, example=split.real(slice(0, 1)), largest_input=max(1, round(1 / split.input_step) - 1)
    )
    count = SpikeCount(0, 0, 0)
    for first in range(0, len(split), AT_ONCE):
        chosen = slice(first, first + AT_ONCE)
        trains = trains_of(model, split.real(chosen))
        found = network.run(split.spikes[:, chosen].numpy())
        count = count.plus(count_differences(trains, {name: found[name] for name in trains}))
    return count


def run(row: dict[str, Any], name: str, seed: int, data: dict[str, Split], *, validate: bool) -> dict[str, Any]:
    """Train one network from one seed; its settings and what they came to."""
    settings = row["networks"][name]
    learns, tests = (data["train"], data["validation"]) if validate else (data["both"], data["test"])
    profile = hw_profiles.load(settings["profile"]) if settings["profile"] else None
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    labels = learns.labels
    classes = labels.shape[1] if labels.ndim == 2 else int(labels.max()) + 1
    model = build(settings, learns.spikes.shape[2], classes, learns.input_step, profile)
    begin = time.process_time()
    right = train(model, learns, settings)
    record = {
        "settings": settings,
        "train_accuracy": round(100 * right, 2),
        "accuracy": round(100 * accuracy(model, tests), 2),
        "cpu_s": round(time.process_time() - begin),
        "parameters": sum(value.numel() for value in model.parameters()),
    }
    if profile is not None and not validate:
        record |= compare(model, tests.part(range(min(len(tests), settings.get("compared", len(tests))))))._asdict()
    return record


def key(row: dict[str, Any], name: str, seed: int) -> str:
    """The name of a training in the results."""
    return f"{row['name']}-{name}-{seed}"


def results() -> dict[str, dict[str, Any]]:
    """What trainings came to, by name."""
    return json.loads(RESULT.read_text())["runs"] if RESULT.is_file() else {}


def has(row: dict[str, Any], name: str, seed: int) -> bool:
    """Whether a training with these very settings stands in the results."""
    found = results().get(key(row, name, seed))
    return found is not None and found["settings"] == row["networks"][name]


def add(row: dict[str, Any], name: str, seed: int, record: dict[str, Any]) -> None:
    """Write a training down, beside what others have written down by now."""
    runs = results() | {key(row, name, seed): record}
    machine = f"{platform.machine()}, one thread"
    write_whole(RESULT, json.dumps({"machine": machine, "runs": runs}, indent=1, sort_keys=True) + "\n")


def main() -> None:
    """Train what is missing; write results and page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="", help="only rows whose name holds this")
    parser.add_argument("--networks", default="", help="only networks whose name holds this")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--shared", type=Path, help="folder with fsdd_spikes and braille7")
    parser.add_argument("--mnist", type=Path, help="folder with MNIST, in IDX format")
    parser.add_argument("--validate", action="store_true", help="on the validation part; nothing is written")
    options = parser.parse_args()
    everything = rows_of((HERE / "sequence_rows.toml").read_text())
    for row in everything:
        if options.rows not in row["name"]:
            continue
        given = row["needs"].split()[0]  # as "--mnist {mnist}"
        folder = {"--mnist": options.mnist, "--shared": options.shared}[given]
        if folder is None:
            print(f"left out: {row['name']}, which needs {given}")
            continue
        data = LOADERS[row["data"]](folder)
        if "teacher" in row["settings"]:
            learned = "train" if options.validate else "both"
            data[learned] = taught(data[learned], row["settings"]["teacher"])
        for seed in range(options.seeds):
            for name in row["networks"]:
                if options.networks in name and (options.validate or not has(row, name, seed)):
                    record = run(row, name, seed, data, validate=options.validate)
                    print(f"{key(row, name, seed)}: {record['accuracy']:.2f}, {record['cpu_s']} s", flush=True)
                    if not options.validate:
                        add(row, name, seed, record)
    if not options.validate:
        write_section(everything, results())


if __name__ == "__main__":
    main()
