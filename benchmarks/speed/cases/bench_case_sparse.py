"""How long a network takes with more and more events, in all that runs it."""

import ctypes
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Unavailable, Work, equal
from bench_case_inference import Run, folder, in_torch, network
from bench_case_streaming import built
from numpy.typing import NDArray

from spikelut import export, quant

SIZE, INPUTS, OUTPUTS = "784-512-10", 784, 10
STEPS = {1: 1, 64: 16}
"""Steps by the number of samples."""
RATES = (1, 2, 5, 10, 20, 40)
"""Per cent of the inputs that have an event in a step."""

SEQUENCES = """
#include "net.h"

void run(const uint8_t *input, uint8_t *output, int steps, int samples)
{
    static net_state state;
    for (int b = 0; b < samples; ++b) {
        net_reset(&state);
        for (int t = 0; t < steps; ++t) {
            const int row = t * samples + b;
            net_step(&state, input + row * NET_INPUTS, output + row * NET_OUTPUTS);
        }
    }
}
"""


@lru_cache
def events(rate: int, samples: int) -> NDArray[np.float32]:
    """Spikes [T, B, 784], `rate` per cent of them ones."""
    random, shape = torch.Generator().manual_seed(rate), (STEPS[samples], samples, INPUTS)
    chosen: NDArray[np.float32] = (torch.rand(shape, generator=random) < rate / 100).float().numpy()
    return chosen


@lru_cache
def compiled() -> Any:
    """All steps of all samples in C; `Unavailable` without gcc."""
    target = Path(folder().name) / f"{SIZE}.sparse"
    export.to_c(network(SIZE), target, "net", steps=STEPS[64])
    (target / "run.c").write_text(SEQUENCES)
    function = built(target, "net.c", "run.c").run
    function.argtypes, function.restype = (*[ctypes.c_void_p] * 2, *[ctypes.c_int] * 2), None
    return function


def in_c(function: Any) -> Run:
    """The same as a function of arrays."""

    def run(x: NDArray[Any]) -> NDArray[Any]:
        out = np.empty((*x.shape[:2], OUTPUTS), np.uint8)
        function(x.ctypes.data, out.ctypes.data, *x.shape[:2])
        return out

    return run


def in_numpy() -> Run:
    """The NumPy reference."""
    reference = quant.integer(network(SIZE))

    def run(x: NDArray[Any]) -> NDArray[Any]:
        *_, last = reference.run(x).values()
        return np.asarray(last)

    return run


def work(make: Callable[[], Run], x: NDArray[Any], dtype: Any) -> Work:
    """The network on all events."""
    run, x = make(), np.ascontiguousarray(x.astype(dtype))
    return Work(lambda: run(x))


class Sparse(Case):
    """One network, more and more events."""

    name = "sparse"
    title = "Time against events"
    text = (
        "Does a network take less time if fewer events come in? `rate` is the percentage of inputs with an event "
        f"in a step. The network is {SIZE} in the integers of Loihi 2, without gradients and in one thread. It "
        "runs one sample of one step, and 64 samples of 16 steps. C is compiled by gcc -std=c99 -O2, and "
        "computes sample after sample. With kernels, torch adds event by event if steps times samples are at "
        "least 24; the NumPy reference does so for a single sample of one step. Otherwise both multiply "
        "matrices, which takes equally long at any rate."
    )
    main = ("torch",)
    against = "rate"

    def settings(self) -> list[Setting]:
        return [
            {"network": SIZE, "samples": samples, "rate": rate, "threads": 1} for samples in STEPS for rate in RATES
        ]

    def quick(self) -> list[Setting]:
        return [setting for setting in self.settings() if setting["rate"] in (1, 20)]

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        x = events(int(setting["rate"]), int(setting["samples"]))
        yield from ours("torch", lambda: work(lambda: in_torch(SIZE), x, np.float32), backends)
        yield Contender("NumPy reference", lambda: work(in_numpy, x, np.uint8))
        yield Contender("C", lambda: work(lambda: in_c(compiled()), x, np.uint8))

    def check(self) -> int:
        """torch and C give the spikes of the NumPy reference."""
        compared = 0
        for rate in (RATES[0], RATES[-1]):
            x = events(rate, 64)
            wanted = torch.from_numpy(in_numpy()(x.astype(np.uint8))).float()
            compared += equal("torch", torch.from_numpy(in_torch(SIZE)(x)), wanted)
            try:
                found = in_c(compiled())(np.ascontiguousarray(x.astype(np.uint8)))
            except Unavailable:
                continue
            compared += equal("C", torch.from_numpy(found).float(), wanted)
        assert wanted.any()
        return compared
