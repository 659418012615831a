"""How fast the kernels of this checkout are beside those of another one: neuron layers of all profiles.

    python benchmarks/generated_kernels.py ../before

Each checkout, with its built kernels, runs in a process of its own; the two take turns, round by round. A row is a
layer of a profile and what goes into it: `quiet` cuts no register, `full` cuts many. Columns are times in the kernels
of this checkout over those of the other, the fastest rounds of each: forward, backward, with one thread and with two.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).parent.parent
SHAPE = (24, 64, 512)
"""Time, batch, neurons."""
# Memory is kept, as its first pages would take longer than the kernels; waiting threads use no processor.
KEPT = {f"MALLOC_{name}_": str(2**30) for name in ("MMAP_THRESHOLD", "TRIM_THRESHOLD", "TOP_PAD")}
SETTINGS = {"SPIKELUT_BACKEND": "native", "OMP_WAIT_POLICY": "passive", **KEPT}
COLUMNS = [f"{direction} {threads}" for threads in (1, 2) for direction in ("forward", "backward")]
GAINS = {"quiet": 0.3, "full": 60.0}
Case = tuple[str, str, str]


def cases() -> list[Case]:
    """Profile, layer, input."""
    from spikelut import hw_profiles

    found = []
    for name in hw_profiles.names():
        profile = hw_profiles.load(name)
        if profile.step is None or profile.decay is None or profile.step.order == "event-compare-reset":
            continue
        kinds = [] if name == "xylo" else [f"LIF {reset}" for reset in profile.step.resets] + ["LI"]
        kinds += ["CubaLIF", "LI alpha"] if profile.current_decay else []
        kinds += ["CubaLIF one"] if profile.step.max_spikes > 1 else []
        found += [(name, kind, gain) for kind in kinds for gain in GAINS]
    return found


def layer_of(name: str, kind: str) -> Any:
    """The layer of a case, with its table if it has places, or the curve."""
    from spikelut import hw_profiles, quant
    from spikelut.surrogates import Arctan

    profile = hw_profiles.load(name)
    slope = quant.LUTSurrogate(Arctan(alpha=2.0), profile, saturate=True)
    if kind.startswith("LI "):
        return quant.LI(profile, alpha=0.5)
    if kind == "LI":
        return quant.LI(profile)
    if kind.startswith("CubaLIF"):
        return quant.CubaLIF(profile, slope, **({"max_spikes": 1} if kind.endswith("one") else {}))  # type: ignore[arg-type]  # by name
    return quant.LIF(profile, slope, reset=kind.split()[1])  # type: ignore[arg-type]  # one of the profile's


def timed(library: Any, name: str, seconds: dict[str, float]) -> None:
    """Have a function of the library add to `seconds` how long it takes."""
    function = getattr(library, name)

    def call(*arguments: Any) -> Any:
        begin = perf_counter()
        result = function(*arguments)
        seconds[name] = min(seconds.get(name, 1e9), perf_counter() - begin)
        return result

    setattr(library, name, call)


def serve() -> None:
    """A line with threads and a case comes in, its two times, forward and backward, go out."""
    import torch

    from spikelut import native

    seconds: dict[str, float] = {}
    names = ("spikelut_integer_forward", "spikelut_integer_backward")
    for name in names:
        timed(native.library(), name, seconds)
    generator = torch.Generator().manual_seed(0)
    noise, grad = (torch.randn(SHAPE, generator=generator) for _ in range(2))
    inputs = {kind: noise * gain for kind, gain in GAINS.items()}
    layers: dict[tuple[str, str], Any] = {}
    for line in sys.stdin:
        threads, profile, kind, gain = json.loads(line)
        torch.set_num_threads(threads)
        if (profile, kind) not in layers:
            try:
                layers[profile, kind] = layer_of(profile, kind)
            except (OSError, TypeError, ValueError):
                layers[profile, kind] = None  # what this checkout does not have
        if layers[profile, kind] is None:
            print("null", flush=True)
            continue
        seconds.clear()
        for _ in range(3):
            x = inputs[gain].detach().requires_grad_()
            out = layers[profile, kind](x)
            torch.autograd.grad(out[0] if isinstance(out, tuple) else out, x, grad)
        print(json.dumps([seconds[n] for n in names] if len(seconds) == len(names) else None), flush=True)


class Worker:
    """A checkout in a process."""

    def __init__(self, checkout: Path) -> None:
        command = [sys.executable, __file__, "--serve"]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **SETTINGS, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def times(self, threads: int, case: Case) -> list[float] | None:
        """Seconds forward and backward; None where this checkout has no such layer, or no kernel of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([threads, *case]) + "\n")
        self.process.stdin.flush()
        found: list[float] | None = json.loads(self.process.stdout.readline())
        return found


def ratios(workers: list[Worker], threads: int, case: Case, rounds: int) -> list[float] | None:
    """Forward and backward, the second over the first; None where one of them has no such layer or no kernel."""
    if None in [worker.times(threads, case) for worker in workers]:
        return None
    seen: tuple[list[list[float]], ...] = ([], [])
    for number in range(rounds):
        for w in (0, 1) if number % 2 else (1, 0):
            seen[w].append(workers[w].times(threads, case) or [])
    # On a machine with other work the fastest round says more than the middle one.
    fastest = [[min(times[d] for times in of) for of in seen] for d in (0, 1)]
    return [after / before for before, after in fastest]


def measured(workers: list[Worker], only: str, rounds: int) -> Iterator[dict[str, Any]]:
    """A row of each case of the profiles whose names hold `only`, told when it is there."""
    print("profile | layer | input | " + " | ".join(COLUMNS))
    for case in cases():
        if only not in case[0]:
            continue
        found = [ratios(workers, threads, case, rounds) for threads in (1, 2)]
        if None in found:
            print(" | ".join([*case, "only one checkout has it"]), flush=True)
            continue
        row = [r for pair in found if pair for r in pair]
        print(" | ".join([*case, *(f"{r:.2f}" for r in row)]), flush=True)
        yield {"profile": case[0], "layer": case[1], "input": case[2], **dict(zip(COLUMNS, row, strict=True))}


def summary(rows: list[dict[str, Any]]) -> Iterator[tuple[str, list[float]]]:
    """Least, geometric mean and most of each column, of all rows and of those of each input."""
    for gain in ("all", *GAINS):
        chosen = [row for row in rows if gain in ("all", row["input"])]
        for name, of in (("least", min), ("geometric mean", statistics.geometric_mean), ("most", max)):
            yield f"{gain}: {name}", [of([row[column] for row in chosen]) for column in COLUMNS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", nargs="?", type=Path, help="the other checkout, with built kernels")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--only", default="", help="profiles whose names hold this")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    workers = [Worker(options.before.resolve()), Worker(ROOT)]
    rows = list(measured(workers, options.only, options.rounds))
    for name, values in summary(rows):
        print(" | ".join([name, "", "", *(f"{value:.2f}" for value in values)]))


if __name__ == "__main__":
    main()
