"""What the Triton kernels are best compiled for: warps of a program, neurons of a thread, rows loaded ahead.

Times both kernels of three layers of `gpu.py` for some choices each, and prints the fastest, which is what
`spikelut.quant.backends.triton.launch_sizes.LAUNCH` holds; writes results/gpu_choices.json. Without a GPU it measures
nothing. Every choice is compiled once, which takes some minutes.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any, TypedDict

import torch
from gpu import LAYERS, copy_bandwidth, kernel_times, our_layers, spikingjelly, training

from spikelut import quant
from spikelut.export import write_whole
from spikelut.quant.backends.triton import launch_sizes as triton_launch

CASES = ("float LIF, curve", "loihi2 LIF, table", "loihi2 CubaLIF, table")
CHOICES = {
    "A": [(4, 1, 12), (4, 1, 16), (4, 2, 8), (4, 2, 12), (1, 4, 8), (2, 2, 16), (4, 1, 8)],
    "B": [(4, 1, 4), (4, 1, 8), (4, 2, 4), (4, 4, 2), (4, 4, 4), (4, 8, 2), (2, 8, 4)],
}
"""For few neurons, as in layer A, and for many, as in B."""

Choice = tuple[int, int, int]


class Row(TypedDict):
    """Microseconds of both kernels, and of what is launched beside them."""

    layer: str
    bytes: int
    case: str
    choice: Choice
    forward: float
    backward: float
    others: float


def measured() -> list[Row]:
    """Microseconds of both kernels, for every layer, type, case and choice."""
    rows: list[Row] = []
    for size, shape in LAYERS.items():
        for dtype in (torch.float32, torch.bfloat16):
            for case in CASES:
                layer = our_layers()[case][0]
                for choice in CHOICES[size]:
                    triton_launch.LAUNCH.update(dict.fromkeys(triton_launch.LAUNCH, choice))
                    times = kernel_times({case: training(layer, shape, dtype)})[case]
                    forward, backward = (
                        sum(us for name, us in times.items() if f"{kernel}_kernel" in name)
                        for kernel in ("forward", "backward")
                    )
                    others = sum(times.values()) - forward - backward
                    rows.append(
                        {
                            "layer": size,
                            "bytes": dtype.itemsize,
                            "case": case,
                            "choice": choice,
                            "forward": forward,
                            "backward": backward,
                            "others": others,
                        }
                    )
                    print(*rows[-1].values(), flush=True)
    return rows


def peers() -> dict[str, float]:
    """Microseconds of SpikingJelly's layer, if it is installed."""
    layer, times = spikingjelly(), {}
    for size, shape in LAYERS.items() if layer is not None else ():
        for dtype in (torch.float32, torch.bfloat16):
            assert layer is not None
            (kernels,) = kernel_times({"": training(layer, shape, dtype)}).values()
            times[f"{size} {str(dtype).removeprefix('torch.')}"] = sum(kernels.values())
    return times


def fastest(rows: list[Row]) -> dict[tuple[str, bool, int], Choice]:
    """`LAUNCH`: the choice with the least time for the three cases together."""
    sums: dict[tuple[str, bool, int], dict[Choice, float]] = {}
    for row in rows:
        warps, each, ahead = row["choice"]
        for kernel, time in (("forward", row["forward"]), ("backward", row["backward"])):
            choices = sums.setdefault((kernel, row["layer"] == "B", row["bytes"]), {})
            choices[warps, each, ahead] = choices.get((warps, each, ahead), 0.0) + time
    return {key: min(choices, key=choices.__getitem__) for key, choices in sums.items()}


def chosen(rows: list[Row]) -> dict[tuple[str, int, str], float]:
    """Microseconds of forward and backward together, by layer, bytes and case, as the kernels are launched."""
    times: dict[tuple[str, int, str], float] = {}
    for row in rows:
        for kernel, time in (("forward", row["forward"]), ("backward", row["backward"])):
            if tuple(row["choice"]) == fastest(rows)[kernel, row["layer"] == "B", row["bytes"]]:
                key = row["layer"], row["bytes"], row["case"]
                # What is launched beside them belongs to the forward pass.
                times[key] = times.get(key, 0.0) + time + (row["others"] if kernel == "forward" else 0.0)
    return times


def main() -> int:
    warnings.simplefilter("ignore", quant.TableWarning)
    if not torch.cuda.is_available():
        print("There is no GPU here: nothing was measured.")
        return 0
    rows = measured()
    for key, choice in fastest(rows).items():
        print(key, choice)
    report: dict[str, Any] = {"torch": torch.__version__, "device": torch.cuda.get_device_name(), "rows": rows}
    report |= {"copy_bytes_per_us": copy_bandwidth(), "spikingjelly": peers()}
    write_whole(Path(__file__).parent / "results" / "gpu_choices.json", json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
