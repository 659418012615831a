"""One network on eight platforms: both Braille graphs of the NIR paper, converted, fine-tuned, deployed, compared.

Computes every cell of platforms.toml, one after another, writes results/platforms.json after each, and then the table
and the figure of docs/platforms.md. What stands in the results with these settings is not computed again.

Settings were chosen with --validate, which looks at no sample of the test part and writes nothing.
"""

import argparse
import json
import platform as machine
import sys
import time
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from platform_cell import cell, fewer, floats_record
from platform_data import Parts, braille, folder_of, network_in
from platform_page import write_page
from rich.console import Console
from rich.progress import Progress
from torch import nn

from spikelut import hw_profiles
from spikelut.export import write_whole

HERE = Path(__file__).parent
RESULT = HERE.parent / "results" / "platforms.json"
SETTINGS = HERE / "platforms.toml"
QUICK = {"bits": [4], "seeds": [0]}
QUICK_SAMPLES = 14


def read_settings(text: str) -> dict[str, Any]:
    """The settings of a .toml file; ValueError for a platform that there is not."""
    settings = tomllib.loads(text)
    check_platforms(settings["platforms"])
    return settings


def check_platforms(names: Iterable[str]) -> None:
    """ValueError for a name that no profile has."""
    unknown = [name for name in names if name not in hw_profiles.names()]
    if unknown:
        raise ValueError(f"platforms must be of {', '.join(hw_profiles.names())}, got {', '.join(unknown)}")


def used(settings: dict[str, Any], network: dict[str, Any], platform: str, bits: int, seed: int) -> dict[str, Any]:
    """What a cell depends on besides its place in the table."""
    made = {name: settings[name] for name in ("data", "fine_tune", "compare")}
    made["tune"] = seed in settings["tuned_seeds"]
    search, place = settings["calibrate"], (network["name"], platform, bits, seed)
    if all(one in search[name] for name, one in zip(("networks", "platforms", "bits", "seeds"), place, strict=True)):
        made["calibrate"] = {name: search[name] for name in ("samples", "iterations")}
    return made


def cells_of(settings: dict[str, Any]) -> list[tuple[dict[str, Any], str, int, int]]:
    """Network, platform, bits and seed of each; first all with the first seed."""
    return [
        (network, name, bits, seed)
        for seed in settings["seeds"]
        for network in settings["network"]
        for name in settings["platforms"]
        for bits in settings["bits"]
    ]


def key(network: dict[str, Any], name: str, bits: int, seed: int) -> str:
    """The name of a cell in the results."""
    return f"{network['name']}-{name}-{bits}-{seed}"


def results(path: Path = RESULT) -> dict[str, Any]:
    """What was computed before."""
    found: dict[str, Any] = {"floats": {}, "cells": {}}
    return json.loads(path.read_text()) if path.is_file() else found


def write_results(found: dict[str, Any], path: Path = RESULT) -> None:
    """Write them whole."""
    found["machine"] = f"{machine.machine()}, one thread"
    write_whole(path, json.dumps(found, indent=1, sort_keys=True) + "\n")


def missing(settings: dict[str, Any], found: dict[str, Any]) -> list[tuple[dict[str, Any], str, int, int]]:
    """The cells that the results lack, or have with other settings."""
    had = {name: record.get("settings") for name, record in found["cells"].items()}
    return [one for one in cells_of(settings) if had.get(key(*one)) != used(settings, *one)]


def compute(settings: dict[str, Any], nets: dict[str, nn.Module], data: Parts, console: Console, path: Path) -> None:
    """Compute what is missing and write it down, cell by cell."""
    found = results(path)
    for name, model in nets.items():
        found["floats"].setdefault(name, floats_record(model, data))
    left = missing(settings, found)
    with Progress(console=console) as bar:
        task = bar.add_task("cells", total=len(left))
        for one in left:
            bar.update(task, description=key(*one))
            begin = time.process_time()
            chosen = used(settings, *one)
            record = cell(nets[one[0]["name"]], data, *one[1:], chosen)
            seconds = round(time.process_time() - begin, 1)
            found["cells"][key(*one)] = record | {"settings": chosen, "cpu_s": seconds}
            write_results(found, path)
            bar.advance(task)


def look(settings: dict[str, Any], nets: dict[str, nn.Module], data: Parts, *, test: bool) -> None:
    """Compute cells and print them; nothing is written."""
    for one in cells_of(settings):
        record = cell(nets[one[0]["name"]], data, *one[1:], used(settings, *one), test=test)
        shown = {name: record[name] for name in ("refused", "converted", "tuned", "compared") if name in record}
        print(f"{key(*one)}: {json.dumps(shown)}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute what is missing; write results and page. 2 for wrong input, in one line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="folder with braille7")
    parser.add_argument("--platforms", help="only these, by commas")
    parser.add_argument("--bits", help="only these, by commas")
    parser.add_argument("--seeds", type=int, help="only so many")
    parser.add_argument("--rate", type=float, help="learning rate of the fine-tuning, with --validate")
    parser.add_argument("--validate", action="store_true", help="on the validation part; nothing is written")
    parser.add_argument("--quick", action="store_true", help="a few samples, one epoch, 4 bits; nothing is written")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        settings = read_settings(SETTINGS.read_text())
        narrowed(settings, options)
        folder = folder_of(options.shared, settings["network"])
        data = braille(folder, settings["data"]["validation"])
        nets = {network["name"]: network_in(folder / network["file"]) for network in settings["network"]}
    except (ValueError, OSError) as error:
        print(f"platforms: {error}", file=sys.stderr)
        return 2
    if options.quick:
        data = Parts(*(fewer(part, QUICK_SAMPLES) for part in (data.train, data.validation, data.test)))
    if options.quick or options.validate:
        look(settings, nets, data, test=not options.validate)
        return 0
    compute(settings, nets, data, Console(stderr=True), RESULT)
    write_page(read_settings(SETTINGS.read_text()), results())
    return 0


def narrowed(settings: dict[str, Any], options: argparse.Namespace) -> None:
    """Leave out what was not asked for."""
    if options.quick:
        settings |= QUICK
        settings["fine_tune"] = settings["fine_tune"] | {"epochs": 1}
    if options.platforms:
        settings["platforms"] = options.platforms.split(",")
        check_platforms(settings["platforms"])
    if options.bits:
        settings["bits"] = [int(bits) for bits in options.bits.split(",")]
    if options.seeds:
        settings["seeds"] = settings["seeds"][: options.seeds]
    if options.rate is not None:
        if not options.validate:
            raise ValueError("--rate must come with --validate")
        settings["fine_tune"] = settings["fine_tune"] | {"learning_rate": options.rate}


if __name__ == "__main__":
    sys.exit(main())
