"""The start of a training as a candidate: a network that was good before ends as it was if no epoch is better."""

import math
from typing import Any

from torch import nn

from spikelut._checks import require
from spikelut.training.fitting.evaluate import evaluated
from spikelut.training.fitting.loop import Run, kept, validated
from spikelut.training.fitting.state import Epoch
from spikelut.training.fitting.tuning.grids import is_converted


def keeps_start(model: nn.Module, keep_start: bool | None) -> bool:
    """Whether the start is a candidate: as was asked for, or else of what `quant.convert` made."""
    known = keep_start is None or isinstance(keep_start, bool)
    require(known, "fit", "keep_start must be True, False, or None", keep_start)
    return is_converted(model) if keep_start is None else keep_start


def begin(run: Run, keep: bool) -> None:
    """Look at how good the model is before training; if the start is a candidate, it is the best so far."""
    found = validated(run)
    run.start = None if found is None else found.accuracy
    if not keep:
        return
    if found is not None:
        # What it comes to on what it will learn from would take a pass over it, and decides nothing.
        start = Epoch(0, math.nan, math.nan, val_loss=found.loss, val_accuracy=found.accuracy, metrics=found.metrics)
        run.best_weights = weights_of(run)
        run.state.best = start
    else:
        start = learned_from(run, 0)
        run.start_weights = weights_of(run)
    run.state.start = start


def end(run: Run) -> None:
    """Give the model the weights of its best epoch: of the last one without validation, or those of the start."""
    state = run.state
    if run.start_weights is not None and state.history:
        assert state.start is not None  # it has weights
        last = learned_from(run, state.epoch)
        if (last.accuracy, -last.loss) <= (state.start.accuracy, -state.start.loss):
            state.best, run.best_weights = state.start, run.start_weights
    if run.best_weights is not None:
        state.model.load_state_dict(run.best_weights)


def learned_from(run: Run, number: int) -> Epoch:
    """Loss and accuracy on all samples that are learned from, in evaluation mode."""
    with run.fabric.autocast():
        found = evaluated(run.state.model, run.feed, run.loss, {}, run.fabric, run.shard, "fit: train")
    return Epoch(number, found.loss, found.accuracy)


def weights_of(run: Run) -> dict[str, Any]:
    """A copy of all that the model holds now."""
    return {name: kept(value) for name, value in run.state.model.state_dict().items()}
