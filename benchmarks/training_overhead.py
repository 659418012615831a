"""What `training.fit` costs over a bare loop of the same steps: the same network, data, order, optimiser and schedule.

An update of each in turn, on one thread; seconds are the processor's, and of each the median counts. Prints a table;
writes results/training_overhead.json.
"""

import json
import logging
import platform
import statistics
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from spikelut import hw_profiles, quant, training
from spikelut.export import write_whole
from spikelut.surrogates import Arctan

STEPS, UPDATES, RATE = 8, 600, 5e-3
CASES = {"784-128-10, batch 128": ((784, 128, 10), 128), "64-32-10, batch 64": ((64, 32, 10), 64)}
MOST = 0.05
"""The share that fit may take more."""


def network(sizes: tuple[int, ...]) -> nn.Sequential:
    """In the integers of loihi2, with its table."""
    torch.manual_seed(1)
    profile = hw_profiles.load("loihi2")
    slope = quant.LUTSurrogate(Arctan(alpha=2.0), profile)
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        weights = quant.QuantLinear(inputs, outputs, profile=profile)
        weights.weight.data *= 3  # so that there are spikes
        layers += [weights, quant.LIF(profile, slope)]
    return nn.Sequential(*layers)


def samples(sizes: tuple[int, ...], count: int) -> training.SpikeDataset:
    """Random events, a fifth of them there."""
    generator = torch.Generator().manual_seed(2)
    x = torch.rand(count, STEPS, sizes[0], generator=generator) < 0.2
    return training.SpikeDataset(x.to(torch.uint8), torch.randint(0, sizes[-1], (count,), generator=generator))


def bare(model: nn.Module, data: training.SpikeDataset, size: int) -> Iterator[float]:
    """Seconds of each update of an epoch in a loop with nothing but what training takes."""
    updates = -(-len(data) // size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    model.train()
    total, started = 0.0, time.process_time()
    for index in torch.split(torch.randperm(len(data)), size):
        x, y, _ = data.batch(index)
        loss = functional.cross_entropy(model(x).sum(0), y)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        total += float(loss.detach())
        yield time.process_time() - started
        started = time.process_time()


class InTurn(training.Callback):
    """Times the updates of fit, and lets the bare loop make one after each."""

    def __init__(self, other: Iterator[float]) -> None:
        self.other, self.fit, self.bare = other, list[float](), list[float]()

    def on_start(self, state: training.State) -> None:
        self.started = time.process_time()

    def on_batch(self, state: training.State) -> None:
        self.fit.append(time.process_time() - self.started)
        self.bare.append(next(self.other))
        self.started = time.process_time()


def measured(sizes: tuple[int, ...], size: int, updates: int = UPDATES) -> dict[str, float]:
    """Milliseconds of an update of each, and by what share fit takes more."""
    data = samples(sizes, updates * size)
    clock = InTurn(bare(network(sizes), data, size))
    training.fit(network(sizes), data, epochs=1, batch_size=size, seed=None, callbacks=[clock])
    found = {name: statistics.median(seconds) for name, seconds in (("bare", clock.bare), ("fit", clock.fit))}
    milliseconds = {name: round(1000 * seconds, 3) for name, seconds in found.items()}
    return {**milliseconds, "overhead": round(found["fit"] / found["bare"] - 1, 4)}


def main() -> None:
    """Measure all cases."""
    logging.getLogger("spikelut.training").setLevel(logging.ERROR)  # labels at random teach nothing
    torch.set_num_threads(1)
    results: dict[str, Any] = {name: measured(*case) for name, case in CASES.items()}
    print("| network | bare loop, ms | fit, ms | more |\n|---|---|---|---|")
    for name, found in results.items():
        print(f"| {name} | {found['bare']:.2f} | {found['fit']:.2f} | {found['overhead']:.1%} |")
    machine = {"torch": torch.__version__, "processor": platform.machine(), "updates": UPDATES, "steps": STEPS}
    path = Path(__file__).parent / "results" / "training_overhead.json"
    write_whole(path, json.dumps({"machine": machine, "cases": results}, indent=2) + "\n")
    if any(found["overhead"] > MOST for found in results.values()):
        raise SystemExit(f"fit takes more than {MOST:.0%} more than a bare loop")


if __name__ == "__main__":
    main()
