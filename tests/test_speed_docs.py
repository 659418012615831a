"""What was measured is what README.md says, and what the kernels are launched with."""

import json
from pathlib import Path

import gpu_choices
import pytest

from spikelut.quant.triton_launch import LAUNCH

ROOT = Path(__file__).parent.parent
LIF = ["float, analytic [native]", "integer, table [native]"]
LIF += ["SpikingJelly", "snnTorch", "norse", "sinabs", "braintools"]
TRAIN = ["float [native]", "integers, table [native]", "Brevitas + SpikingJelly", "Brevitas + snnTorch"]


@pytest.mark.parametrize(
    ("case", "setting", "row", "contenders"),
    [
        ("lif", {"layer": "A", "reset": "subtract", "threads": 2}, "| LIF layer", LIF),
        ("train", {"batch": 128, "threads": 2}, "| training step", TRAIN),
    ],
)
def test_times(case: str, setting: dict[str, object], row: str, contenders: list[str]) -> None:
    (line,) = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith(row)]
    record = json.loads((ROOT / "benchmarks" / "results" / f"speed_{case}.json").read_text())
    best = {
        one["contender"] + (f" [{one['backend']}]" if one["backend"] else ""): 1000 * one["best"]
        for one in record["measured"]
        if one["setting"] == setting
    }
    shown = [cell.split()[0] for cell in line.split("|")[2:-1] if cell.strip()]
    assert shown == [f"{best[name]:.2g}" if best[name] < 100 else f"{best[name]:.0f}" for name in contenders]


def test_kernels_are_launched_as_is_fastest() -> None:
    rows = json.loads((ROOT / "benchmarks" / "results" / "gpu_choices.json").read_text())["rows"]
    assert gpu_choices.fastest(rows) == LAUNCH
