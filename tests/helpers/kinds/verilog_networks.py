"""Networks in Verilog, simulated, and looked at by lint."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spikelut.export.verilog.bench import bench
from spikelut.export.verilog.files import files_of
from spikelut.export.verilog.plan import plan
from spikelut.export.verilog.simulators import Icarus, Simulator
from spikelut.quant import IntegerNetwork


def needs(*programs: str) -> None:
    """Skip without these programs."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")


def written(network: IntegerNetwork, inputs: Any, folder: Path, size: tuple[int, ...] | None = None) -> None:
    """The files of a network called net, with a bench for inputs [T, B, ...]."""
    made = plan(network, "net", size)
    folder.mkdir(exist_ok=True, parents=True)
    for name, content in files_of(made, bench(made, inputs)).items():
        (folder / name).write_text(str(content))


def compared(
    network: IntegerNetwork,
    inputs: Any,
    folder: Path,
    size: tuple[int, ...] | None = None,
    simulator: Simulator | None = None,
) -> tuple[int, int]:
    """How many values the bench compares, and how many of them are not 0; an error if one differs."""
    simulator = simulator or Icarus()
    needs(*simulator.programs)
    written(network, inputs, folder, size)
    simulator.build(folder, "net")
    said = simulator.run(folder, "net")
    assert said.different == 0
    return said.compared, said.nonzero


def lint(folder: Path) -> str:
    """What Verilator says of a network with all warnings on."""
    needs("verilator")
    command = ["verilator", "--lint-only", "-Wall", "--top-module", "net", "-f", "net.f"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr
