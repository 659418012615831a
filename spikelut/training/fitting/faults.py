"""What looks wrong in a training that ran to its end."""

import logging
from itertools import islice
from typing import Any

import torch
from torch import nn

from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.training.fitting.callbacks import Callback
from spikelut.training.fitting.evaluate import evaluating, in_type_of
from spikelut.training.fitting.feed import Feed, Shard
from spikelut.training.fitting.state import State
from spikelut.training.objectives.recorded import recorded_spikes

LOG = logging.getLogger("spikelut.training")
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, FoldedBatchNorm)
RISE = 10
MOST = 0.9
"""Share of a layer's neurons that never spike, or spike in every step, from which on it is told."""
BATCHES = 4
"""From which rates of neurons are taken."""


class Watch(Callback):
    """Notes, and logs, losses that rise tenfold."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def on_start(self, state: State) -> None:
        """Look for what several processes would do otherwise than one."""
        if state.processes > 1 and any(isinstance(module, BATCH_NORMS) for module in state.model.modules()):
            self.note("batch norm takes the statistics of the samples of the first process alone")

    def on_epoch(self, state: State) -> None:
        """Compare the last loss with the lowest before it."""
        losses = [epoch.loss for epoch in state.history]
        lowest = min(losses[:-1], default=losses[-1])
        if losses[-1] > RISE * lowest and not any("rose" in line for line in self.found):
            number = 1 + losses.index(lowest)
            self.note(
                f"the loss rose from {lowest:.3g} in epoch {number} to {losses[-1]:.3g} in epoch {state.epoch}: "
                "try a lower learning_rate"
            )

    def note(self, line: str) -> None:
        """Keep a line, and log it."""
        self.found.append(line)
        LOG.warning(line)

    def state_dict(self) -> dict[str, Any]:
        return {"found": self.found}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.found = [str(line) for line in state["found"]]

    def at_end(self, state: State, start: float | None, feed: Feed, device: torch.device) -> tuple[str, ...]:
        """All that was found, with what only the end shows: of accuracies, and of neurons on some batches."""
        best = state.best
        if start is not None and best is not None and best.val_accuracy is not None and best.val_accuracy < start:
            self.note(f"validation accuracy is {best.val_accuracy:.2%}, below the {start:.2%} of the start")
        if best is not None and best is state.start:
            self.note("no epoch is better than the start, which is kept: try a lower learning_rate")
        for line in idle_layers(state.model, feed, device):
            self.note(line)
        return tuple(self.found)


def idle_layers(model: nn.Module, feed: Feed, device: torch.device) -> list[str]:
    """A line for each layer of which most neurons never spike, or spike in every step, on the first batches."""
    counts: dict[str, Any] = {}
    steps = 0
    with evaluating(model):
        for piece in islice(feed.once(Shard()), BATCHES):
            batch = piece.batch.to(device)
            with recorded_spikes(model, strict=False) as spikes:
                model(in_type_of(model, batch.x))
            steps += batch.x.shape[1]
            for name, train in spikes.items():
                spiked = (train > 0).double().mean(0).sum(0).flatten()
                counts[name] = counts.get(name, 0) + spiked
    lines = []
    for name, count in counts.items():
        silent, busy = float((count == 0).double().mean()), float((count == steps).double().mean())
        of = f"layer {name}: {{:.0%}} of the neurons"
        if silent >= MOST:
            lines.append(f"{of.format(silent)} never spike: try lower thresholds, larger weights or a FiringRate bound")
        if busy >= MOST:
            lines.append(f"{of.format(busy)} spike in every step: try higher thresholds or a FiringRate bound")
    return lines
