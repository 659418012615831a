"""A whole epoch of training, beside a bare loop over the same steps."""

import logging
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, Work, equal
from bench_case_lif import CURVE
from bench_case_train import lively, ours_quantised, table
from bench_peers import BETA, load
from torch import nn
from training_overhead import RATE, bare

from spikelut import quant, training

SIZES, STEPS, BATCH, IMAGES = (784, 128, 10), 8, 128, 60000


@lru_cache
def images() -> training.SpikeDataset:
    """Random events, a fifth of them there, and labels, as many as MNIST has."""
    random = torch.Generator().manual_seed(0)
    x = (torch.rand(IMAGES, STEPS, SIZES[0], generator=random) < 0.2).to(torch.uint8)
    return training.SpikeDataset(x, torch.randint(SIZES[-1], (IMAGES,), generator=random))


def floats() -> nn.Sequential:
    """The network in floats."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(SIZES):
        layers += [nn.Linear(fan_in, fan_out, bias=False), quant.FloatLIF(CURVE, beta=BETA, reset="zero")]
    return lively(nn.Sequential(*layers))


def network(kind: str) -> nn.Sequential:
    """In the integers of Loihi 2, or in floats."""
    return ours_quantised(table(), SIZES) if kind == "integers" else floats()


def fitted(kind: str) -> None:
    """An epoch by `training.fit`, which `spikelut train` runs."""
    training.fit(network(kind), images(), epochs=1, batch_size=BATCH, learning_rate=RATE, seed=0)


def fit_of(kind: str) -> Work:
    """`Unavailable` without what it needs."""
    load("lightning_fabric")
    return Work(lambda: fitted(kind))


def bare_of(kind: str) -> Work:
    """The same updates, and nothing else."""
    return Work(lambda: deque(bare(network(kind), images(), BATCH), maxlen=0))


class Epoch(Case):
    """784-128-10 on 60,000 images."""

    name = "epoch"
    title = f"An epoch of {'-'.join(map(str, SIZES))}, T = {STEPS}, {IMAGES:,} images"
    text = (
        f"Batches of {BATCH}, AdamW, a cosine schedule, clipped gradients. `fit` is `training.fit`, which "
        "`spikelut train` calls; `bare loop` is the same in a few lines of torch. The inputs are random events, "
        "in as many samples as MNIST has."
    )
    main = ("integers, fit", "floats, fit")

    def settings(self) -> list[Setting]:
        return [{"batch": BATCH, "threads": 1}]

    def quick(self) -> list[Setting]:
        return self.settings()

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        logging.getLogger("spikelut.training").setLevel(logging.ERROR)  # labels at random teach nothing
        for kind in ("integers", "floats"):
            yield from ours(f"{kind}, fit", lambda kind=kind: fit_of(kind), backends[-1:])  # type: ignore[misc]  # a default binds the loop's value
            yield from ours(f"{kind}, bare loop", lambda kind=kind: bare_of(kind), backends[-1:])  # type: ignore[misc]  # as above

    def check(self) -> int:
        """The network's spikes are those of the NumPy reference."""
        x = images().batch(torch.arange(4))[0]
        model, compared = network("integers"), 0
        trains = quant.spike_trains(model, x)
        for name, wanted in quant.integer(model).run(x.numpy()).items():
            compared += equal(f"network, layer {name}", trains[name], torch.from_numpy(wanted).float())
        return compared
