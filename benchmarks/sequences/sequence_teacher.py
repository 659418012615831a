"""A teacher of the samples trained on, for networks too small to find out by themselves what stays the same in a class.

Kernel ridge regression on smoothed events, with each training sample also shifted in time; it is no network and deploys
nowhere. A network learns its soft answers to many samples drawn from the training samples: shifted, stretched, two of
them mixed, events dropped. It sees nothing but the samples that the network may be trained on.
"""

from typing import Any

import torch
from torch import Tensor

from spikelut.cli.train.loop import Split

AT_ONCE = 1000


def shifted(x: Tensor, steps: int) -> Tensor:
    """Events [N, T, F] so many steps later, or earlier if negative; silence comes in."""
    source = torch.arange(x.shape[1]) - steps
    inside = (source >= 0) & (source < x.shape[1])
    return x[:, source.clamp(0, x.shape[1] - 1)] * inside[:, None]


def smoothed(x: Tensor, width: float) -> Tensor:
    """Root of the rate of events [N, T, F], smoothed by a Gaussian, two values in each `width`; float32 [N, D].

    The root makes the noise of few and of many events alike.
    """
    steps = torch.arange(x.shape[1], dtype=torch.float32)
    stride = max(1, round(width / 2))
    curve = torch.exp(-0.5 * ((steps[::stride, None] - steps) / width) ** 2)
    curve /= width * (2 * torch.pi) ** 0.5
    return (curve @ x.float()).sqrt().flatten(1)


class KernelTeacher:
    """Scores of each class, by a Gaussian kernel about each training sample and its `shifts`; one-against-rest."""

    def __init__(self, x: Tensor, labels: Tensor, width: float, ridge: float, shifts: list[int]) -> None:
        self.width = width
        self.about = torch.cat([smoothed(shifted(x, steps), width) for steps in shifts])
        self.spread = 2 * float(smoothed(x, width).var(0).sum())
        classes = int(labels.max()) + 1
        kernel = self.kernel(self.about).double()
        kernel.diagonal().add_(ridge)
        wanted = torch.eye(classes, dtype=torch.float64)[labels.repeat(len(shifts))] - 1 / classes
        self.weights = torch.cholesky_solve(wanted, torch.linalg.cholesky(kernel)).float()

    def kernel(self, found: Tensor) -> Tensor:
        """How near samples are to those learned from, [N, M]: 1 at the same place."""
        return torch.exp(-(torch.cdist(found, self.about) ** 2) / self.spread)

    def scores(self, x: Tensor) -> Tensor:
        """Near 1 - 1/K for the class and -1/K for others, [N, K]."""
        return torch.cat([self.kernel(smoothed(part, self.width)) @ self.weights for part in torch.split(x, AT_ONCE)])


def moved(x: Tensor, shift: int, stretch: float) -> Tensor:
    """Each sample [N, T, F] faster or slower by up to the share `stretch`, and up to `shift` steps earlier or later."""
    count, steps = x.shape[:2]
    speed = 1 + stretch * (2 * torch.rand(count, 1) - 1)
    first = torch.randint(-shift, shift + 1, (count, 1))
    source = (torch.arange(steps) - first) * speed
    inside = (source >= 0) & (source < steps)
    chosen = source.long().clamp(0, steps - 1)
    return torch.take_along_dim(x, chosen[:, :, None], 1) * inside[:, :, None]


def mixed(x: Tensor, other: Tensor) -> Tensor:
    """Of two samples [N, T, F] one: each event, each channel, or all up to a step taken from the one or the other."""
    count, steps, channels = x.shape
    share, kind = torch.rand(count, 1, 1), torch.randint(3, (count, 1, 1))
    events, whole = torch.rand(x.shape) < share, torch.rand(count, 1, channels) < share
    begin = torch.arange(steps)[:, None] < share * steps
    return torch.where((kind == 0) & events | (kind == 1) & whole | (kind == 2) & begin, other, x)


def drawn(x: Tensor, labels: Tensor, settings: dict[str, Any]) -> Tensor:
    """New samples from these, [N, T, F] to [`count`, T, F].

    The share `mix` of them is mixed with another: `any_class`, a share, with any sample, else with one of its class.
    Of each a share of the events, up to `drop`, is left out.
    """
    count = settings["count"]
    chosen = torch.randint(len(x), (count,))
    out = moved(x[chosen], settings["shift"], settings["stretch"])
    mixes = torch.rand(count) < settings["mix"]
    alike = (labels[chosen[mixes], None] == labels).float()
    alike[torch.rand(len(alike)) < settings["any_class"]] = 1
    partners = torch.multinomial(alike, 1).flatten()
    out[mixes] = mixed(out[mixes], moved(x[partners], settings["shift"], settings["stretch"]))
    stays: Tensor = torch.rand(out.shape) >= settings["drop"] * torch.rand(count, 1, 1)
    return out * stays


def taught(split: Split, settings: dict[str, Any]) -> Split:
    """Samples drawn from those of `split`, with the teacher's probabilities [N, K] for labels.

    Drawn once, whatever the seed of a training.
    """
    x = split.spikes.swapaxes(0, 1)
    teacher = KernelTeacher(x, split.labels, settings["width"], settings["ridge"], settings["shifts"])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        new = drawn(x, split.labels, settings)
    soft = torch.softmax(settings["sharpness"] * teacher.scores(new), 1)
    return Split(new.swapaxes(0, 1).contiguous(), soft, split.input_step)
