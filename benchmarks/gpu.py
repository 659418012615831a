"""Layers of neurons on a GPU: against the limit of its memory, against SpikingJelly, and against the CPU.

- Layer A: 100 steps of 128 x 512 neurons; layer B: 25 steps of 64 x 32 x 14 x 14. Forward and backward together, in
  float32 and bfloat16, with the curve and with a table. The limit is what copying takes for the bytes that must move.
- SpikingJelly's `LIFNode` on the same tensors, if it is installed (`make test-interop` installs it); it picks its
  Triton kernels by itself.
- All 18 surrogates and their tables under torch.compile; spikes and gradients equal those of the CPU.
- Every profile's neurons give the spikes and gradients of the CPU.

Prints a table; writes results/gpu.json. Without a GPU it says so, and measures nothing.
"""

import json
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

import spikelut
from spikelut import hw_profiles, quant, surrogates
from spikelut.export import write_whole
from spikelut.surrogates import Arctan

LAYERS = {"A": (100, 128, 512), "B": (25, 64, 32, 14, 14)}
ROUNDS, WARM_UP = 30, 5
LIMIT_GOAL, PEER_GOAL = 0.7, 1.4
"""At least this share of the memory's limit; bfloat16 with a table at least so much faster than SpikingJelly's."""


def microseconds(works: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Median times on the device, the works taking turns; what a work compiles is not counted."""
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


def copy_bandwidth() -> float:
    """Bytes in a microsecond that copying a gibibyte moves, reads and writes together."""
    source = torch.empty(2**30, dtype=torch.uint8, device="cuda")
    target = torch.empty_like(source)
    (time,) = microseconds({"copy": lambda: void(target.copy_(source))}).values()
    return 2 * source.numel() / time


def void(_: Any) -> None:
    """Drop a result."""


def training(layer: Callable[[Tensor], Tensor], shape: tuple[int, ...], dtype: torch.dtype) -> Callable[[], None]:
    """Forward and backward of a layer on random currents."""
    current = torch.randn(shape, device="cuda").to(dtype).requires_grad_()
    grad = torch.randn(shape, device="cuda").to(dtype)

    def work() -> None:
        current.grad = None
        torch.autograd.backward(layer(current), grad)

    return work


def our_layers() -> dict[str, tuple[nn.Module, int | None]]:
    """The layers, and the bytes each keeps for a neuron and step; None: as many as a current has."""
    profile = hw_profiles.load("loihi2")
    arctan = Arctan(alpha=2.0)
    lut = quant.LUTSurrogate(arctan, profile)
    layers: dict[str, tuple[nn.Module, int | None]] = {
        "float LIF, curve": (quant.FloatLIF(arctan, beta=0.5, reset="zero"), None),
        "float CubaLIF, curve": (quant.FloatLIF(arctan, beta=0.5, alpha=0.5, reset="zero"), None),
        "loihi2 LIF, curve": (quant.LIF(profile, arctan, beta=0.5), 4),
        "loihi2 LIF, table": (quant.LIF(profile, lut, beta=0.5), 1),
        "loihi2 CubaLIF, table": (quant.CubaLIF(profile, lut, beta=0.5), 1),
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
    node: Any = neuron.LIFNode(
        tau=2.0, decay_input=False, detach_reset=True, surrogate_function=slope.ATan(alpha=2.0), step_mode="m"
    ).cuda()

    def layer(current: Tensor) -> Tensor:
        functional.reset_net(node)
        spikes: Tensor = node(current)
        return spikes

    return layer


def speed() -> list[dict[str, Any]]:
    """Every layer, size and type: its time, that of its bytes, and that of SpikingJelly."""
    bandwidth, peer = copy_bandwidth(), spikingjelly()
    print(f"copying moves {bandwidth / 1e6:.2f} TB/s" + ("" if peer else "; SpikingJelly is not installed"))
    rows = []
    for size, shape in LAYERS.items():
        for dtype in (torch.float32, torch.bfloat16):
            layers = our_layers()
            works = {name: training(layer, shape, dtype) for name, (layer, _) in layers.items()}
            if peer is not None:
                works["SpikingJelly"] = training(peer, shape, dtype)
            times = microseconds(works)
            for name, (_, kept) in layers.items():
                # Current and gradient in, spikes and gradient out, and what is kept, out and in.
                each = 4 * dtype.itemsize + 2 * (dtype.itemsize if kept is None else kept)
                limit = each * torch.Size(shape).numel() / bandwidth
                row = {"layer": size, "dtype": str(dtype).removeprefix("torch."), "case": name, "us": times[name]}
                row |= {"limit_us": limit, "share": limit / times[name], "share_goal": LIMIT_GOAL}
                if peer is not None:
                    row["times_spikingjelly"] = times["SpikingJelly"] / times[name]
                    if name == "loihi2 LIF, table" and dtype == torch.bfloat16:
                        row["times_spikingjelly_goal"] = PEER_GOAL
                rows.append(row)
    return rows


def gradients(layer: Any, current: Tensor) -> tuple[Tensor, Tensor]:
    """Spikes, and the gradient of a weighted sum of them."""
    current = current.detach().requires_grad_()
    out = layer(current)
    weights = torch.linspace(-1, 1, out.numel(), device=out.device).reshape(out.shape)
    (grad,) = torch.autograd.grad(out, current, weights)
    return out.detach().cpu(), grad.cpu()


def compiled_curves() -> list[dict[str, Any]]:
    """All surrogates and their tables under torch.compile: spikes and gradients of the CPU?"""
    profile, rows = hw_profiles.load("generic16"), []
    x = torch.randn(2**16, generator=torch.Generator().manual_seed(0)) * 3
    for kind in surrogates.ALL:
        for name, spike in (("curve", kind()), ("table", quant.LUTSurrogate(kind(), profile, saturate=True))):
            spikes, grad = gradients(spike, x)
            on_device = spike.to("cuda") if isinstance(spike, nn.Module) else spike
            torch.compiler.reset()  # else all of them count as versions of one function
            got, got_grad = gradients(torch.compile(on_device, fullgraph=True), x.cuda())
            off = float((grad - got_grad).abs().max())
            equal = torch.equal(spikes, got) and off <= (0 if name == "table" else 1e-6)
            rows.append({"surrogate": kind.__name__, "kind": name, "equal": equal, "gradient_off": off})
    return rows


def against_cpu() -> list[dict[str, Any]]:
    """Every profile's neurons, with its table: spikes and gradients of the CPU, to the last bit?"""
    rows = []
    current = torch.randn(33, 7, 150, generator=torch.Generator().manual_seed(0)) * 2
    for profile in map(hw_profiles.load, hw_profiles.names()):
        for kind in (quant.LIF, quant.CubaLIF):
            try:
                layer = kind(profile, quant.LUTSurrogate(Arctan(alpha=2.0), profile))
            except ValueError:  # not on this chip
                continue
            expected, got = gradients(layer, current), gradients(layer.cuda(), current.cuda())
            equal = all(torch.equal(a, b) for a, b in zip(expected, got, strict=True))
            rows.append({"profile": profile.name, "neuron": kind.__name__, "equal": equal})
    return rows


def show(report: dict[str, Any]) -> None:
    """The report as text."""
    for row in report["speed"]:
        peer = f", {row['times_spikingjelly']:.2f} times as fast as SpikingJelly" if "times_spikingjelly" in row else ""
        what = f"{row['layer']} {row['dtype']:9} {row['case']:22}"
        print(f"{what} {row['us']:8.1f} us, {row['share']:.0%} of the memory's limit{peer}")
    for part in ("compiled", "against_cpu"):
        differ = [" ".join(map(str, list(row.values())[:2])) for row in report[part] if not row["equal"]]
        print(f"{part}: {len(report[part])} cases, {len(differ)} differ{': ' if differ else ''}{', '.join(differ)}")


def main() -> int:
    warnings.simplefilter("ignore", quant.TableWarning)
    report: dict[str, Any] = {"torch": torch.__version__, "device": None}
    if not torch.cuda.is_available():
        print("There is no GPU here: nothing was measured.")
    elif find_spec("triton") is None:
        print("Triton is not installed: nothing was measured.")
    else:
        spikelut.set_backend("triton")
        report["device"] = torch.cuda.get_device_name()
        report |= {"speed": speed(), "compiled": compiled_curves(), "against_cpu": against_cpu()}
        report["kernels_ran"] = "spikelut.quant.triton_kernels" in sys.modules
        show(report)
        write_whole(Path(__file__).parent / "results" / "gpu.json", json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
