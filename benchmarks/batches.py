"""What `SpikeDataset.batch` costs beside the gather of its rows alone: python benchmarks/batches.py"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from spikelut.training import SpikeDataset

SHAPES = ((8, 784), (100, 128), (256, 12))
SAMPLES, BATCH, ROUNDS = 4000, 128, 200


def measured(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median microseconds of each, taken in turn, so that all see the same machine."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(ROUNDS):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(time.perf_counter() - start)
    return {name: 1e6 * statistics.median(found) for name, found in times.items()}


def gathered(x: Tensor, index: Tensor) -> Tensor:
    """The least there is to do."""
    return x.index_select(0, index).float()


def main() -> None:
    """Print a line for each shape."""
    torch.set_num_threads(1)
    for shape in SHAPES:
        x = torch.randint(0, 2, (SAMPLES, *shape), dtype=torch.uint8)
        data, index = SpikeDataset(x, torch.arange(SAMPLES) % 10), torch.randperm(SAMPLES)[:BATCH]
        functions: dict[str, Callable[[], object]] = {
            "gather and float": partial(gathered, x, index),
            "batch": partial(data.batch, index),
        }
        found = measured(functions)
        ratio = found["batch"] / found["gather and float"]
        shown = ", ".join(f"{name} {value:.0f} us" for name, value in found.items())
        print(f"{BATCH} samples of {list(shape)}: {shown}, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
