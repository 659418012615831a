"""What networks in Verilog take on an FPGA of Xilinx's series 7, by Yosys: LUTs, carries, flip-flops, DSPs, RAMs.

Needs Yosys (Debian's yosys). Prints the table of docs/verilog.md; writes results/verilog_cells.json. `--other` adds a
module of other people's: its title, its name, and the file it is in.
"""

import argparse
import json
import re
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.export import to_verilog, write_whole
from spikelut.surrogates import Arctan

RESULTS = Path(__file__).parent / "results" / "verilog_cells.json"
SIZES = (64, 32, 10)
DENSE = (
    "cortexm_q15",
    "generic16",
    "generic8",
    "hls4ml",
    "loihi2",
    "reckon",
    "spikerplus",
    "spinnaker1",
    "spinnaker2",
    "tflm_int16",
    "tflm_int8",
)
EVENTS = ("odin", "sne", "speck2f", "tinyodin")
KINDS = {"LUT": r"LUT\d", "carry": "CARRY4", "flip-flops": r"FD\wE", "DSP": "DSP48E1", "RAM": r"RAM\w+"}
Cells = dict[str, int]


def network(name: str) -> nn.Module:
    """64-32-10 neurons of a profile, with random weights."""
    profile = hw_profiles.load(name)
    torch.manual_seed(0)
    layers: list[Any] = []
    for inputs, outputs in pairwise(SIZES):
        if name in EVENTS:
            layers.append(quant.EventLIF(inputs, outputs, profile=profile, surrogate=Arctan()))
            nn.init.normal_(layers[-1].weights.weight, 0.1, 0.5)
        else:
            layers += [quant.QuantLinear(inputs, outputs, profile=profile), quant.LIF(profile, Arctan())]
            nn.init.normal_(layers[-2].weight, 0.05, 0.2)
    return nn.Sequential(*layers)


def cells(folder: Path, top: str, files: list[str]) -> Cells:
    """What Yosys makes of a module, by kinds of cells."""
    script = f"read_verilog -defer {' '.join(files)}; synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -top {top}; "
    command = ["yosys", "-q", "-p", f"{script}tee -o cells.txt stat"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=1200)
    found = re.findall(r"^\s+([A-Z]\w+)\s+(\d+)$", (folder / "cells.txt").read_text(), re.MULTILINE)
    return {kind: sum(int(n) for cell, n in found if re.fullmatch(text, cell)) for kind, text in KINDS.items()}


def measured(name: str) -> dict[str, Any]:
    """The step of a neuron, with its event where there is one, and the network of a profile."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = [path for path in to_verilog(network(name), folder, "net", steps=2) if path.suffix == ".v"]
        modules = [path.name for path in files if path.name != "net_bench.v"]
        last = max(path.stem for path in files if path.stem.startswith("net_step_")).removeprefix("net_step_")
        own = [top for top in (f"net_event_{last}", f"net_step_{last}") if f"{top}.v" in modules]
        parts = [cells(folder, top, [f"{top}.v"]) for top in own]
        neuron = {kind: sum(part[kind] for part in parts) for kind in KINDS}
        whole = cells(folder, "net", modules)
        (clocks,) = re.findall(r"first out: (\d+) clocks", (folder / "net.v").read_text())
    return {"name": name, "neuron": neuron, "network": whole, "clocks": int(clocks)}


def of_others(title: str, top: str, path: str) -> dict[str, Any]:
    """A module of other people's."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "other.v").write_text(Path(path).read_text(encoding="utf-8"), encoding="utf-8")
        return {"name": title, "neuron": cells(folder, top, ["other.v"])}


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The rows of docs/verilog.md, in Markdown."""
    lines = ["| | neuron: LUT | carry | DSP | network: LUT | carry | flip-flops | DSP | RAM | clocks a step |"]
    lines.append("|" + "---|" * 10)
    for row in rows:
        neuron, whole = row["neuron"], row.get("network")
        shown = [neuron[kind] for kind in ("LUT", "carry", "DSP")]
        shown += [""] * 6 if whole is None else [*whole.values(), row["clocks"]]
        order = [shown[0], shown[1], shown[2], *shown[3:]]
        name = f"`{row['name']}`" if whole is not None else row["name"]
        lines.append(f"| {name} | {' | '.join(f'{n:,}' if n != '' else '' for n in order)} |")
    return lines


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--other", nargs=3, action="append", default=[], metavar=("TITLE", "MODULE", "FILE"))
    options = parser.parse_args()
    rows = []
    for name in (*DENSE, *EVENTS):
        rows.append(measured(name))
        print(table(rows)[-1], flush=True)
    rows += [of_others(*other) for other in options.other]
    print("\n".join(table(rows)))
    said = subprocess.run(["yosys", "-V"], capture_output=True, text=True, check=True).stdout.split()
    write_whole(RESULTS, json.dumps({"yosys": said[1], "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
