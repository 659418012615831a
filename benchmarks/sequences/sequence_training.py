"""Training for the sequence benchmark: as `spikelut train`, with a learning rate of their own for decay factors."""

from typing import Any

import torch
from sequence_networks import learned_decays
from torch import Tensor, nn
from torch.nn import functional

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


def train(model: nn.Module, split: Split, settings: dict[str, Any]) -> float:
    """Train with AdamW and a cosine schedule; the share of training samples that were right in the last epoch."""
    decays, batch, epochs = learned_decays(model), settings["batch"], settings["epochs"]
    others = [value for value in model.parameters() if all(value is not decay for decay in decays)]
    groups = [{"params": others}, {"params": decays, "lr": settings["decay_rate"]}]
    optimiser = torch.optim.AdamW(groups, lr=settings["rate"], weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * -(-len(split) // batch))
    changes = Recipe(**{name: settings[name] for name in ("shift", "input_shift", "drop") if name in settings})
    right = 0
    for _ in range(epochs):
        model.train()
        right = 0
        for x, labels in split.batches(torch.randperm(len(split)), batch):
            scores = model(augmented(stretched(x, settings["stretch"]), changes)).mean(0)
            optimiser.zero_grad()
            functional.cross_entropy(scores * settings["score_scale"], labels).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
            optimiser.step()
            schedule.step()
            for decay in decays:
                decay.data.clamp_(0.0, LONGEST)
            right += int((scores.argmax(1) == labels).sum())
    return right / len(split)
