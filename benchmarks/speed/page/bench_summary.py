"""The first table of docs/performance.md: a few cases beside other libraries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench_case import Case, Setting
from bench_measure import Measured, Outcome
from bench_tables import milliseconds, table


@dataclass(frozen=True)
class Row:
    """What `ours` takes in one setting, with kernels and without, beside `peers`."""

    what: str
    case: str
    setting: Setting
    ours: str
    peers: tuple[str, ...]


LAYER = "LIF layer, 100 steps of 128 × 512 neurons"
LIBRARIES = ("SpikingJelly", "snnTorch")
ROWS = (
    Row(f"{LAYER}, in floats with a curve", "lif", {"layer": "A", "reset": "subtract"}, "float, analytic", LIBRARIES),
    Row(f"{LAYER}, in integers with a table", "lif", {"layer": "A", "reset": "subtract"}, "integer, table", LIBRARIES),
    Row(
        "training step of 784-512-512-10, 25 steps, batch 128",
        "train",
        {"batch": 128},
        "integers, table",
        ("Brevitas + SpikingJelly", "Brevitas + snnTorch"),
    ),
    Row(
        "training step of a recurrent layer of 128, 100 steps, batch 32",
        "recurrent",
        {"batch": 32},
        "integers, table",
        ("Brevitas + SpikingJelly container", "Brevitas + snnTorch RLeaky"),
    ),
    Row(
        "training step of 16C5-P2-64C5-P2-10, 4 steps, batch 64",
        "conv",
        {"batch": 64, "threads": 2},
        "integers, table",
        ("Brevitas + SpikingJelly", "convolutions alone"),
    ),
    Row(
        "spike function with an arctangent, 1,000 values",
        "spike",
        {"elements": 1000, "dtype": "float32", "threads": 2, "curve": "Arctan"},
        "analytic",
        (*LIBRARIES, "braintools"),
    ),
)


def summary(recorded: Mapping[str, tuple[Case, Outcome, dict[str, Any]]]) -> list[str]:
    """The rows whose cases were measured, as Markdown; nothing if there are none."""
    rows = []
    for row in ROWS:
        measured = recorded[row.case][1].measured if row.case in recorded else []
        here = {one.key: one for one in measured if row.setting.items() <= one.setting.items()}
        kernels, without = (here.get(f"{row.ours} [{backend}]") for backend in ("native", "torch"))
        if kernels is not None:
            others = ", ".join(_beside(here[peer], kernels) for peer in row.peers if peer in here)
            rows.append([row.what, _time(kernels), "" if without is None else _time(without), others])
    if not rows:
        return []
    return [*table(["ms", "with kernels", "without", "others, in brackets divided by ours with kernels"], rows), ""]


def _time(one: Measured) -> str:
    return milliseconds(one.best)


def _beside(peer: Measured, ours: Measured) -> str:
    return f"{peer.contender} {_time(peer)} ({peer.best / ours.best:.2g})"
