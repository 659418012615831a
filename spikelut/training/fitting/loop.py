"""The loop: epochs, updates, validation."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from spikelut.training.data.batch import Batch
from spikelut.training.fitting.callbacks import Callback, tell
from spikelut.training.fitting.evaluate import Evaluation, evaluated, output_of
from spikelut.training.fitting.feed import Feed, Piece, Shard
from spikelut.training.fitting.state import Diverged, Epoch, State, Sums


@dataclass
class Run:
    """What a training needs besides where it stands: `fit`'s arguments, checked.

    `network` is the model as Fabric runs it; `val`: None without validation.
    """

    state: State
    fabric: Any
    network: Any
    feed: Feed
    val: Feed | None
    loss: Any
    regularizers: tuple[Any, ...]
    metrics: dict[str, Any]
    augment: Callable[[Tensor], Tensor] | None
    clip_norm: float | None
    accumulate: int
    callbacks: list[Callback]
    best_weights: dict[str, Tensor] | None = None

    @property
    def shard(self) -> Shard:
        """Which part of each batch is this process's."""
        return Shard(self.state.rank, self.state.processes)


def run_epochs(run: Run) -> None:
    """Train until all epochs are done or something stops it. Raises Diverged."""
    state = run.state
    tell(run.callbacks, "on_start", state)
    while state.epoch < state.epochs and not state.stopped:
        state.epoch, state.batch, state.sums = state.epoch + 1, 0, Sums()
        train_epoch(run)
        end_epoch(run)
        tell(run.callbacks, "on_epoch", state)
    tell(run.callbacks, "on_end", state)


def train_epoch(run: Run) -> None:
    """All updates of an epoch, or those until it is stopped."""
    state, before = run.state, time.perf_counter()
    state.model.train()
    state.batches = run.feed.batches
    for group in grouped(run.feed.epoch(True, run.shard), run.accumulate):
        update(run, group)
        now = time.perf_counter()
        state.sums.seconds, before = state.sums.seconds + now - before, now
        tell(run.callbacks, "on_batch", state)
        if state.stopped and state.processes == 1:
            break


def grouped(pieces: Iterator[Piece], size: int) -> Iterator[list[Piece]]:
    """Batches whose gradients make one update."""
    while group := list(islice(pieces, size)):
        yield group


def update(run: Run, group: list[Piece]) -> None:
    """One update of the weights, with the mean gradient of all samples of these batches."""
    state, fabric = run.state, run.fabric
    samples = sum(piece.samples for piece in group)
    state.optimizer.zero_grad()
    total = 0.0
    for number, piece in enumerate(group, start=1):
        share = piece.share * piece.samples / samples
        with fabric.no_backward_sync(run.network, enabled=state.processes > 1 and number < len(group)):
            loss, right = step(run, piece.batch.to(fabric.device))
            fabric.backward(loss if share == 1 else loss * share)
        total += float(loss.detach()) * share
        state.sums.right += right if piece.share else 0
    norm = clipped(state.optimizer.param_groups, run.clip_norm)
    if not bool(norm.isfinite()):
        raise Diverged(f"fit: training diverged in epoch {state.epoch}: the gradient is not finite")
    state.optimizer.step()
    state.rate = state.optimizer.param_groups[0]["lr"]
    if state.schedule is not None:
        state.schedule.step()
    state.loss = total
    state.sums.loss += total * samples
    state.sums.samples += samples
    state.batch += len(group)
    state.update += 1


def clipped(groups: list[dict[str, Any]], most: float | None) -> Tensor:
    """The norm of all gradients in the units of their layers; they are made smaller together if it is above `most`."""
    by_scale: dict[float, list[Tensor]] = {}
    for group in groups:
        found = [p.grad for p in group["params"] if p.grad is not None]
        by_scale.setdefault(group.get("scale", 1.0), []).extend(found)
    norms = [nn.utils.get_total_norm(found) * scale for scale, found in by_scale.items() if found]
    if not norms:
        return torch.zeros(())
    norm = norms[0] if len(norms) == 1 else torch.linalg.vector_norm(torch.stack(norms))
    if most is not None:
        parameters = [p for group in groups for p in group["params"]]
        nn.utils.clip_grads_with_norm_(parameters, most, norm)
    return norm


def step(run: Run, batch: Batch) -> tuple[Tensor, int]:
    """The loss of a batch, and how many of its samples are right."""
    x = batch.x if run.augment is None else run.augment(batch.x)
    out = output_of(run.network, Batch(x, batch.y, batch.mask))
    loss = run.loss(out, batch.y, batch.mask)
    right = int((run.loss.scores(out.detach(), batch.mask).argmax(1) == batch.y).sum())
    return loss, right


def end_epoch(run: Run) -> None:
    """Validate, and keep what the epoch came to, and its weights if they are the best."""
    state, started = run.state, time.perf_counter()
    found = validated(run)
    sums = state.sums
    epoch = Epoch(state.epoch, sums.loss / sums.samples, sums.right / sums.samples, learning_rate=state.rate)
    if found is not None:
        epoch = replace(epoch, val_loss=found.loss, val_accuracy=found.accuracy, metrics=found.metrics)
    epoch = replace(epoch, seconds=sums.seconds + time.perf_counter() - started)
    state.history.append(epoch)
    if state.best is None or better(epoch, state.best):
        state.best = epoch
        if found is not None:
            run.best_weights = {k: v.detach().to("cpu", copy=True) for k, v in state.model.state_dict().items()}


def validated(run: Run) -> Evaluation | None:
    """The model on the validation samples."""
    if run.val is None:
        return None
    return evaluated(run.state.model, run.val, run.loss, run.metrics, run.fabric.device, run.shard)


def better(epoch: Epoch, best: Epoch) -> bool:
    """Whether an epoch is kept in the place of an earlier one: of the last weights, or of those that validate best."""
    if epoch.val_accuracy is None or best.val_accuracy is None:
        return True
    return (epoch.val_accuracy, -(epoch.val_loss or 0)) > (best.val_accuracy, -(best.val_loss or 0))
