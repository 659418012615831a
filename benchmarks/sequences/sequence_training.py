"""Training for the sequence benchmark: as `spikelut train`, with a learning rate of their own for decay factors.

With `averaging` the network that comes out has the moving average of the real weights, of which so much is kept in each
step; they are quantised after that. Labels are classes [N], or probabilities of them [N, K].
"""

import math
from typing import Any

import torch
from sequence_networks import learned_decays
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.train.loop import MAX_GRADIENT_NORM, Split, augmented

LONGEST = 4095 / 4096
"""The largest decay factor that still forgets, on a chip with 12 bits of them."""


def stretched(x: Tensor, most: float) -> Tensor:
    """`x` [T, B, ...], each sample faster or slower by up to this share; what lies behind its end is silence."""
    if not most:
        return x
    steps = len(x)
    speed = 1 + most * (2 * torch.rand(x.shape[1]) - 1)
    source = (torch.arange(steps)[:, None] * speed).long()
    inside = (source < steps).reshape(*source.shape, *[1] * (x.ndim - 2))
    return x[source.clamp(max=steps - 1), torch.arange(x.shape[1])] * inside


def limit(model: nn.Module, deviations: float) -> None:
    """Keep weights within a power of two, the one nearest to so many standard deviations of their layer.

    The largest weight sets the step of the grid, a power of two: of few bits a single large weight leaves few codes to
    the others.
    """
    for weight in (value.data for value in model.parameters() if value.ndim == 2):
        largest = 2.0 ** round(math.log2(deviations * float(weight.square().mean().sqrt())))
        weight.clamp_(-largest, largest)


def loss_of(out: Tensor, labels: Tensor, settings: dict[str, Any]) -> Tensor:
    """The cross-entropy of the mean membranes `out` [T, B, K], and `each_step` times that of each step's.

    The first quarter of the steps is not asked for the class.
    """
    smoothing, scaled = settings.get("smoothing", 0.0), out * settings["score_scale"]
    loss = functional.cross_entropy(scaled.mean(0), labels, label_smoothing=smoothing)
    share = settings.get("each_step", 0.0)
    if share:
        late = scaled[len(out) // 4 :]
        loss = loss + share * functional.cross_entropy(late.flatten(0, 1), labels.repeat(len(late)))
    return loss


def train(model: nn.Module, split: Split, settings: dict[str, Any]) -> float:
    """Train with AdamW and a cosine schedule; the share of training samples that were right in the last epoch."""
    decays, batch, epochs = learned_decays(model), settings["batch"], settings["epochs"]
    others = [value for value in model.parameters() if all(value is not decay for decay in decays)]
    groups = [{"params": others}, {"params": decays, "lr": settings["decay_rate"]}]
    optimiser = torch.optim.AdamW(groups, lr=settings["rate"], weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * -(-len(split) // batch))
    changes = Recipe(**{name: settings[name] for name in ("shift", "input_shift", "drop") if name in settings})
    kept = settings.get("averaging", 0.0)
    average = None
    if kept:
        average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(kept))  # type: ignore[no-untyped-call]  # torch's
    right = 0
    for _ in range(epochs):
        model.train()
        right = 0
        for index in torch.split(torch.randperm(len(split)), batch):
            # Bytes are moved about faster than floats.
            x, labels = augmented(stretched(split.spikes[:, index], settings["stretch"]), changes), split.labels[index]
            out = model(x.float() * split.input_step)
            optimiser.zero_grad()
            loss_of(out, labels, settings).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
            optimiser.step()
            schedule.step()
            for decay in decays:
                decay.data.clamp_(0.0, LONGEST)
            if "weight_limit" in settings:
                limit(model, settings["weight_limit"])
            if average is not None:
                average.update_parameters(model)
            wanted = labels.argmax(1) if labels.ndim == 2 else labels
            right += int((out.mean(0).argmax(1) == wanted).sum())
    if average is not None:
        model.load_state_dict(average.module.state_dict())
    return right / len(split)
