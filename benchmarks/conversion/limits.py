"""What limits two rows of the conversion benchmark: the same conversions with more bits.

    python benchmarks/conversion/limits.py --shared DIR            # writes results/limits.json and two tables
    python benchmarks/conversion/limits.py --shared DIR --tables membrane

For every case of limits.toml, with what it changes: what is right in percent of
samples that were not calibrated with, and whose answers are those of the float network. No test sample is looked at.
What stands in the results is not measured again.
"""

import argparse
import json
import time
import tomllib
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from conversion_networks import Row, row_of
from conversion_page import CONVERSION_PAGE, PAGE, put, table
from rich.console import Console
from rich.progress import Progress

from spikelut import quant
from spikelut.cli.train.loop import Split
from spikelut.export import write_whole
from spikelut.training import SpikeCount

CHANGES = ("convert", "train", "calibration")
HERE = Path(__file__).parent
RESULT = HERE.parent / "results" / "limits.json"
PAGES = {"membrane": PAGE, "weights": CONVERSION_PAGE}
"""Where the tables stand, between marks of their names."""


def read(text: str) -> list[dict[str, Any]]:
    """The tables of limits.toml."""
    tables: list[dict[str, Any]] = tomllib.loads(text)["table"]
    return tables


def changed(rows: dict[str, Any], limit: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The row of conversion_rows.toml that a case is of, with what it changes; the float network stays."""
    row: dict[str, Any] = rows[case.get("row", limit["row"])]
    return row | {part: row.get(part, {}) | case[part] for part in CHANGES if part in case}


def answers(model: Any, split: Split) -> torch.Tensor:
    """The class that a network gives each sample."""
    with torch.no_grad():
        parts = [SpikeCount().scores(model.eval()(x)).argmax(1) for x, _ in split.batches(torch.arange(len(split)))]
    return torch.cat(parts)


def unseen(row: Row, seed: int) -> Split:
    """The validation samples, and of a graph's, which are few, also those of the pool that a subset leaves."""
    if "graph" not in row.settings:
        return row.val
    order = torch.randperm(len(row.pool), generator=torch.Generator().manual_seed(seed))
    rest = row.pool.part(order[row.settings["samples"] :])
    both = torch.cat([rest.spikes, row.val.spikes], 1), torch.cat([rest.labels, row.val.labels])
    return Split(*both, row.val.input_step)


def measured(row: Row, limit: dict[str, Any]) -> dict[str, Any]:
    """A case: of each subset the share of right answers, of the float network's, and of its own that are right."""
    begin, samples = time.process_time(), row.settings["samples"]
    found: dict[str, Any] = {"right": [], "same": [], "float": [], "samples": []}
    for seed in range(limit["subsets"]):
        settings = {**row.settings.get("calibration", {}), "iterations": limit["iterations"], "seed": seed}
        how = quant.Calibration(**settings, progress=False)
        made = quant.convert(row.model, events=row.subset(samples, seed), calibrate=how, **row.convert)
        held = unseen(row, seed)
        ours, floats = answers(made.model, held), answers(row.model, held)
        for name, same in (("right", ours == held.labels), ("same", ours == floats), ("float", floats == held.labels)):
            found[name].append(100 * float(same.double().mean()))
        found["samples"].append(len(held))
    return found | {"cpu_s": time.process_time() - begin}


def run(limits: list[dict[str, Any]], rows: dict[str, Any], shared: Path | None, found: dict[str, Any]) -> None:
    """Measure what the results lack, and write them after each case."""
    cases = [(limit, case) for limit in limits for case in limit["case"]]
    left = [
        one for one in cases if found.get(one[0]["name"], {}).get(one[1]["title"], {}).get("settings") != used(*one)
    ]
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("limits", total=len(left))
        for limit, case in left:
            bar.update(task, description=f"{limit['name']}: {case['title']}")
            row = row_of(changed(rows, limit, case), shared)
            found.setdefault(limit["name"], {})[case["title"]] = measured(row, limit) | {"settings": used(limit, case)}
            write_whole(RESULT, (json.dumps(found, indent=1) + "\n").encode())
            bar.advance(task)


def used(limit: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """What a result depends on."""
    return {name: limit[name] for name in ("row", "subsets", "iterations")} | {
        k: v for k, v in case.items() if k != "title"
    }


def shown(limit: dict[str, Any], found: dict[str, Any]) -> str:
    """The table of a row."""
    lines = []
    for case in limit["case"]:
        one = found.get(case["title"])
        if one is not None:
            lines.append([case["title"], *(f"{mean(one[name]):.1f}" for name in ("right", "same"))])
    floats = next((mean(one["float"]) for one in found.values()), None)
    lines += [] if floats is None else [["floats", f"{floats:.1f}", ""]]
    return table([limit["title"], "right", "same answers"], lines)


def main() -> None:
    """Measure the rows that are asked for, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="the folder with braille7; without it its tables are left out")
    parser.add_argument("--tables", nargs="*", default=list(PAGES), help="by name; all")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    rows = {row["name"]: row for row in tomllib.loads((HERE / "conversion_rows.toml").read_text())["row"]}
    limits = [limit for limit in read((HERE / "limits.toml").read_text()) if limit["name"] in chosen.tables]
    limits = [limit for limit in limits if chosen.shared is not None or "graph" not in rows[limit["row"]]]
    found: dict[str, Any] = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    run(limits, rows, chosen.shared, found)
    for limit in limits:
        put(PAGES[limit["name"]], limit["name"], shown(limit, found[limit["name"]]))


if __name__ == "__main__":
    main()
