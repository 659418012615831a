"""Layers of neurons on a GPU, in Triton kernels: against the limit of its memory and against SpikingJelly.

- Layer A: 100 steps of 128 x 512 neurons; layer B: 25 steps of 64 x 32 x 14 x 14. Forward and backward together, in
  float32 and bfloat16, with the curve and with a table.
- Kernels: how long the device is busy with a layer, its cache filled with other things before. The limit is what
  copying takes for the bytes that must move. Whole: from the call to the last gradient, with Python and launches.
- Graph: the same, captured in a CUDA graph and replayed, which leaves Python and launches out.
- SpikingJelly's LIF on the same tensors, if it is installed (`make bench` installs it): for float32 `LIFNode`, for
  bfloat16 its mixed precision, both in its Triton kernels.

Prints a table; writes results/gpu.json. Without a GPU it says so, and measures nothing. That results equal those of the
CPU is what test_cuda.py and test_triton.py are for.
"""

import json
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import DeviceType  # type: ignore[attr-defined]  # torch does not name it among its own
from torch.profiler import ProfilerActivity, profile

from spikelut import hw_profiles, quant
from spikelut.export import write_whole
from spikelut.surrogates import Arctan

LAYERS = {"A": (100, 128, 512), "B": (25, 64, 32, 14, 14)}
ROUNDS, WARM_UP = 30, 5
LIMIT_GOAL, PEER_GOAL = 0.7, 1.4
"""At least this share of the memory's limit; bfloat16 with a table at least so much faster than SpikingJelly's."""

FILLING = "cosh"
"""What no layer computes: the kernel that fills the cache."""

Work = Callable[[], None]


def whole_times(works: dict[str, Work]) -> dict[str, float]:
    """Median microseconds between two events on the device around a work, the works taking turns."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(WARM_UP + ROUNDS):
        for name, work in works.items():
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]  # torch leaves it untyped
            start.record()
            work()
            end.record()
            torch.cuda.synchronize()
            if turn >= WARM_UP:
                times[name].append(start.elapsed_time(end) * 1e3)
    return {name: median(values) for name, values in times.items()}


def kernel_times(works: dict[str, Work]) -> dict[str, dict[str, float]]:
    """Microseconds of every kernel and copy of a work, medians over the rounds; before each the cache is filled."""
    # Copying leaves the cache as training does: about half of it still to be written.
    source, target = (torch.zeros(2**25, device="cuda") for _ in range(2))
    times = {}
    for name, work in works.items():
        work()
        with profile(activities=[ProfilerActivity.CUDA]) as profiled:
            for _ in range(ROUNDS):
                torch.cosh(source, out=target)
                work()
            torch.cuda.synchronize()
        found: dict[str, list[float]] = defaultdict(list)
        for event in profiled.events():
            if event.device_type == DeviceType.CUDA and FILLING not in event.name:
                found[event.name].append(event.time_range.elapsed_us())
        times[name] = {kernel: median(took) * len(took) / ROUNDS for kernel, took in found.items()}
    return times


def graph_times(works: dict[str, Work]) -> dict[str, float]:
    """Microseconds of a work that was captured; NaN if it cannot be."""
    replays = {}
    for name, work in works.items():
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph):
                work()
        except RuntimeError:
            continue
        replays[name] = graph.replay
    return dict.fromkeys(works, float("nan")) | whole_times(replays)


def copy_bandwidth() -> float:
    """Bytes in a microsecond that copying a gibibyte moves, reads and writes together."""
    source = torch.empty(2**30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    (time,) = whole_times({"copy": lambda: void(target.copy_(source))}).values()
    return 2 * source.numel() / time


def void(_: Any) -> None:
    """Drop a result."""


def training(layer: Callable[[Tensor], Tensor], shape: tuple[int, ...], dtype: torch.dtype) -> Work:
    """Forward and backward of a layer on random currents."""
    current = torch.randn(shape, device="cuda").to(dtype).requires_grad_()
    grad = torch.randn(shape, device="cuda").to(dtype)

    return lambda: void(torch.autograd.grad(layer(current), current, grad))


def our_layers() -> dict[str, tuple[nn.Module, int | None]]:
    """The layers, and the bytes each keeps for a neuron and step; None: as many as a current has."""
    loihi2 = hw_profiles.load("loihi2")
    arctan = Arctan(alpha=2.0)
    lut = quant.LUTSurrogate(arctan, loihi2)
    layers: dict[str, tuple[nn.Module, int | None]] = {
        "float LIF, curve": (quant.FloatLIF(arctan, beta=0.5, reset="zero"), None),
        "float LIF, table": (quant.FloatLIF(lut, beta=0.5, reset="zero"), 1),
        "float CubaLIF, curve": (quant.FloatLIF(arctan, beta=0.5, alpha=0.5, reset="zero"), None),
        "loihi2 LIF, curve": (quant.LIF(loihi2, arctan, beta=0.5), 4),
        "loihi2 LIF, table": (quant.LIF(loihi2, lut, beta=0.5), 1),
        "loihi2 CubaLIF, table": (quant.CubaLIF(loihi2, lut, beta=0.5), 1),
    }
    for layer, _ in layers.values():
        layer.to("cuda")
    return layers


def spikingjelly() -> Callable[[Tensor], Tensor] | None:
    """Its multi-step layer, the potential set to zero after a spike; None if it is not installed."""
    if find_spec("spikingjelly") is None:
        return None
    functional, neuron, slope = (
        import_module(f"spikingjelly.activation_based.{name}") for name in ("functional", "neuron", "surrogate")
    )
    spike = slope.ATan(alpha=2.0)
    node: Any = neuron.LIFNode(tau=2.0, decay_input=False, detach_reset=True, surrogate_function=spike, step_mode="m")
    node.cuda()

    def layer(current: Tensor) -> Tensor:
        spikes: Tensor
        if current.dtype == torch.float32:
            functional.reset_net(node)
            spikes = node(current)
        else:
            rest, kind = torch.zeros_like(current[0]), str(current.dtype).removeprefix("torch.")
            spikes = functional.lif_multi_step(
                current, rest, 2.0, False, 1.0, 0.0, spike, detach_reset=True, neuron_storage=kind
            )[0]
        return spikes

    return layer


def speed() -> dict[str, Any]:
    """Every layer, size and type: its time, that of its bytes, and that of SpikingJelly."""
    bandwidth, peer = copy_bandwidth(), spikingjelly()
    rows = []
    for size, shape in LAYERS.items():
        for dtype in (torch.float32, torch.bfloat16):
            layers = our_layers()
            works = {name: training(layer, shape, dtype) for name, (layer, _) in layers.items()}
            if peer is not None:
                works["SpikingJelly"] = training(peer, shape, dtype)
            whole, kernels, replayed = whole_times(works), kernel_times(works), graph_times(works)
            busy = {name: sum(times.values()) for name, times in kernels.items()}
            for name in works:
                row: dict[str, Any] = {"layer": size, "dtype": str(dtype).removeprefix("torch."), "case": name}
                row |= {"us": busy[name], "whole_us": whole[name], "graph_us": replayed[name]}
                row["kernels"] = kernels[name]
                rows.append(row)
                if name not in layers:
                    continue
                kept = layers[name][1]
                # Current and gradient in, spikes and gradient out, and what is kept, out and in.
                each = 4 * dtype.itemsize + 2 * (dtype.itemsize if kept is None else kept)
                limit = each * torch.Size(shape).numel() / bandwidth
                row |= {"limit_us": limit, "share": limit / busy[name], "share_goal": LIMIT_GOAL}
                if peer is not None:
                    row["times_spikingjelly"] = busy["SpikingJelly"] / busy[name]
                    row["whole_times_spikingjelly"] = whole["SpikingJelly"] / whole[name]
                    if name == "loihi2 LIF, table" and dtype == torch.bfloat16:
                        row["times_spikingjelly_goal"] = PEER_GOAL
    return {"copy_bytes_per_us": bandwidth, "rows": rows}


def show(report: dict[str, Any]) -> None:
    """The report as text."""
    print(f"{report['device']}: copying moves {report['copy_bytes_per_us'] / 1e6:.2f} TB/s")
    for row in report["rows"]:
        what = f"{row['layer']} {row['dtype']:9} {row['case']:22} {row['us']:7.1f} us of {row['whole_us']:7.1f}"
        what += f", {row['graph_us']:7.1f} in a graph"
        share = f", {row['share']:4.0%} of the memory's limit" if "share" in row else ""
        ratios = [f"{row[name]:.2f}" for name in ("times_spikingjelly", "whole_times_spikingjelly") if name in row]
        print(what + share + (f", {' and '.join(ratios)} times as fast as SpikingJelly" if ratios else ""))


def main() -> int:
    warnings.simplefilter("ignore", quant.TableWarning)
    if not torch.cuda.is_available():
        print("There is no GPU here: nothing was measured.")
    elif find_spec("triton") is None:
        print("Triton is not installed: nothing was measured.")
    else:
        report = {"torch": torch.__version__, "device": torch.cuda.get_device_name()} | speed()
        assert "spikelut.quant.backends.triton.kernels" in sys.modules  # that the kernels ran
        show(report)
        write_whole(Path(__file__).parent / "results" / "gpu.json", json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
