"""What was measured is what README.md says, and what the kernels are launched with."""

import json
import math

import gpu
import gpu_choices
import pytest
from packages import ROOT

from spikelut.quant.backends.triton.launch_sizes import LAUNCH

ON_GPU = json.loads((ROOT / "benchmarks" / "results" / "gpu_choices.json").read_text())
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


def test_memory() -> None:
    """What networks keep for the backward pass, in MiB, and the ratio to snnTorch in floats."""
    record = json.loads((ROOT / "benchmarks" / "results" / "memory.json").read_text())
    lines, first = (ROOT / "README.md").read_text().splitlines(), record["saved_bytes"]["snnTorch Leaky, floats"]
    for name, kept in record["saved_bytes"].items():
        cells = [f"{size / 2**20:.2f} ({size / of:.2f})" for size, of in zip(kept, first, strict=True)]
        assert f"| {name} | {' | '.join(cells)} |" in lines


def test_kernels_are_launched_as_is_fastest() -> None:
    assert gpu_choices.fastest(ON_GPU["rows"]) == LAUNCH


@pytest.mark.parametrize("layer", ["A", "B"])
@pytest.mark.parametrize(("size", "name"), [(4, "float32"), (2, "bfloat16")])
def test_times_on_a_gpu(layer: str, size: int, name: str) -> None:
    lines = (ROOT / "docs" / "performance-native.md").read_text().splitlines()
    (row,) = [line for line in lines if line.startswith(f"| {layer}, {name}")]
    neurons, times, expected = math.prod(gpu.LAYERS[layer]), gpu_choices.chosen(ON_GPU["rows"]), []
    for case in gpu_choices.CASES:
        # Current, gradient, spikes, gradient; and twice the potential or the place.
        kept = size if "curve" in case else 1
        limit = (4 * size + 2 * kept) * neurons / ON_GPU["copy_bytes_per_us"]
        time = times[layer, size, case]
        expected.append(f"{time:.1f} ({limit / time:.0%})".replace("%", " %"))
    peer = ON_GPU["spikingjelly"].get(f"{layer} {name}")
    assert [cell.strip() for cell in row.split("|")[2:-1]] == [*expected, str(peer or "")]
