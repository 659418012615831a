"""The loop: epochs, updates, validation."""

import copy
import math
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.training.data.batch import Batch
from spikelut.training.fitting.callbacks import Callback, tell
from spikelut.training.fitting.checkpoints.random_states import random_states, set_random_states
from spikelut.training.fitting.evaluate import Evaluation, evaluated, output_of
from spikelut.training.fitting.feed import Feed, Piece, Shard
from spikelut.training.fitting.state import Diverged, Epoch, State, Sums
from spikelut.training.objectives.loss import Loss
from spikelut.training.objectives.recorded import recorded_spikes


@dataclass
class Run:
    """What a training needs besides where it stands: `fit`'s arguments, checked.

    - `network`: the model as Fabric runs it. `val`: None without validation. `start`: accuracy before it, if known.
    - `start_weights`: those before it, where they are to be compared with the last; `hold`: called after each update.
    - `kept`: called after each update, and with whether it is the best after each epoch, to write checkpoints.
    - `in_epoch`: an epoch has begun, and its end has not been told to the callbacks. `epoch_random`,
      `epoch_generators`: random numbers as it began. `resumed`: those to go on with once its order is drawn.
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
    shard: Shard
    kept: Callable[["Run", bool | None], None]
    hold: Callable[[], None] = lambda: None
    start: float | None = None
    best_weights: dict[str, Tensor] | None = None
    start_weights: dict[str, Tensor] | None = None
    in_epoch: bool = False
    epoch_random: Any = None
    epoch_generators: tuple[Tensor, ...] = ()
    resumed: Any = None

    def generators(self) -> tuple[Tensor, ...]:
        """Where the generators of a loader are."""
        return tuple(generator.get_state() for generator in self.feed.generators())


def run_epochs(run: Run) -> None:
    """Train until all epochs are done or something stops it. Raises Diverged."""
    state = run.state
    while run.in_epoch or (state.epoch < state.epochs and not state.stopped):
        train_epoch(run)
        best = end_epoch(run)
        run.in_epoch = False
        tell(run.callbacks, "on_epoch", state)
        agree_to_stop(run)
        run.kept(run, best)
    tell(run.callbacks, "on_end", state)


def train_epoch(run: Run) -> None:
    """All updates of an epoch, or those until it is stopped; of one that was begun those that are left."""
    state, before = run.state, time.perf_counter()
    if not run.in_epoch:
        state.epoch, state.batch, state.sums, run.in_epoch = state.epoch + 1, 0, Sums(), True
    run.epoch_random, run.epoch_generators = random_states(run.fabric.device), run.generators()
    state.model.train()
    state.batches = run.feed.batches
    pieces = run.feed.epoch(state.epoch, run.shard, state.batch)
    if run.resumed is not None:
        set_random_states(run.resumed, run.fabric.device)
        run.resumed = None
    # A run that was stopped and killed before its epoch had ended does no further update.
    done = state.stopped and state.processes == 1 and state.batch
    for group in grouped(iter(()) if done else pieces, run.accumulate):
        update(run, group)
        now = time.perf_counter()
        state.sums.seconds, before = state.sums.seconds + now - before, now
        tell(run.callbacks, "on_batch", state)
        run.kept(run, None)
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
    total, right = 0.0, 0
    for number, piece in enumerate(group, start=1):
        share = piece.share * piece.samples / samples
        alone = state.processes > 1 and number < len(group)
        with fabric.no_backward_sync(run.network) if alone else nullcontext():
            loss, found = step(run, piece.batch.to(fabric.device))
            fabric.backward(loss if share == 1 else loss * share)
        total += float(loss.detach()) * share
        right += found if piece.share else 0
    groups = state.optimizer.param_groups
    norm = clipped(groups, run.clip_norm)
    if state.processes > 1:
        total, right = averaged(run, total, right)
    if not bool(norm.isfinite()):
        raise Diverged(f"fit: training diverged in epoch {state.epoch}: the gradient is not finite")
    if not math.isfinite(total):
        raise Diverged(f"fit: training diverged in epoch {state.epoch}: the loss is not finite")
    state.optimizer.step()
    run.hold()
    state.rate = groups[0]["lr"] / groups[0].get("scale", 1.0)
    if state.schedule is not None:
        state.schedule.step()
    state.loss = total
    state.sums.loss += total * samples
    state.sums.right += right
    state.sums.samples += samples
    state.batch += len(group)
    known = state.schedule is None or state.batches is None or state.batch <= state.batches
    require(known, "fit", f"train must give as many batches as it says, {state.batches}, or schedule be None", "more")
    state.update += 1


def averaged(run: Run, loss: float, right: int) -> tuple[float, int]:
    """The mean loss and the sum of right answers of all processes."""
    sums = torch.tensor([loss, float(right)], dtype=torch.float64, device=run.fabric.device)
    found = run.fabric.all_reduce(sums, reduce_op="sum").tolist()
    return found[0] / run.state.processes, round(found[1])


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
    try:
        x = batch.x if run.augment is None else run.augment(batch.x)
        require(isinstance(x, Tensor), "augment", "must give a tensor [T, B, ...]", type(x).__name__)
        given = Batch(x, batch.y, batch.mask)
        if run.regularizers:
            out, added = regularized(run, given)
        else:
            out, added = output_of(run.network, given), None
        if isinstance(run.loss, Loss) and type(run.loss).__call__ is Loss.__call__:
            loss, scores = run.loss.with_scores(out, batch.y, batch.mask)
        else:  # one of the user's own, which may add something
            loss, scores = run.loss(out, batch.y, batch.mask), run.loss.scores(out.detach(), batch.mask)
        loss = loss if added is None else loss + added
        check_step(loss, scores, batch)
    except ValueError as error:
        raise ValueError(f"{_where(run)}: {error}") from error
    except Exception as error:
        error.add_note(f"{_where(run)}: raised there by the model, the loss, a regularizer or augment")
        raise
    return loss, int((scores.detach().argmax(1) == batch.y).sum())


def _where(run: Run) -> str:
    return f"fit: epoch {run.state.epoch}, batch {run.state.batch}"


def check_step(loss: Any, scores: Any, batch: Batch) -> None:
    """ValueError unless there is a loss to be lowered, and scores of each sample."""
    one = isinstance(loss, Tensor) and loss.ndim == 0
    got = list(loss.shape) if isinstance(loss, Tensor) else type(loss).__name__
    require(one, "loss", "with all regularizers it must be one number, a tensor []", got)
    message = "it must depend on the parameters that are trained, with gradients; the model's outputs may be detached"
    require(loss.requires_grad, "loss", message, "one that does not")
    fits = isinstance(scores, Tensor) and scores.ndim == 2 and len(scores) == len(batch.y)
    got = list(scores.shape) if isinstance(scores, Tensor) else type(scores).__name__
    require(fits, "loss", f"scores must be [{len(batch.y)}, K]", got)


def regularized(run: Run, batch: Batch) -> tuple[Tensor, Tensor]:
    """What the network gives, and the sum of the regularisers of its spikes."""
    with recorded_spikes(run.state.model) as spikes:
        out = output_of(run.network, batch)
    found = [regularizer(spikes, batch.mask) for regularizer in run.regularizers]
    for regularizer, value in zip(run.regularizers, found, strict=True):
        got = list(value.shape) if isinstance(value, Tensor) else type(value).__name__
        require(got == [], regularizer, "must give one number, a tensor []", got)
    return out, torch.stack(found).sum()


def end_epoch(run: Run) -> bool:
    """Validate, and keep what the epoch came to, and its weights if they are the best; whether they are."""
    state, started = run.state, time.perf_counter()
    if not all(bool(parameter.isfinite().all()) for parameter in state.model.parameters()):
        raise Diverged(f"fit: training diverged in epoch {state.epoch}: a parameter is not finite")
    found = validated(run)
    sums = state.sums
    epoch = Epoch(state.epoch, sums.loss / sums.samples, sums.right / sums.samples, learning_rate=state.rate)
    if found is not None:
        epoch = replace(epoch, val_loss=found.loss, val_accuracy=found.accuracy, metrics=found.metrics)
    epoch = replace(epoch, seconds=sums.seconds + time.perf_counter() - started)
    state.history.append(epoch)
    best = state.best is None or better(epoch, state.best)
    if best:
        state.best = epoch
        if found is not None:
            run.best_weights = {name: kept(value) for name, value in state.model.state_dict().items()}
    return best


def kept(value: Any) -> Any:
    """A copy, on the CPU, of an entry of a model's state, which may be no tensor."""
    return value.detach().to("cpu", copy=True) if isinstance(value, Tensor) else copy.deepcopy(value)


def validated(run: Run) -> Evaluation | None:
    """The model on the validation samples."""
    if run.val is None:
        return None
    with run.fabric.autocast():
        return evaluated(run.state.model, run.val, run.loss, run.metrics, run.fabric, run.shard, "fit: val")


def better(epoch: Epoch, best: Epoch) -> bool:
    """Whether an epoch is kept in the place of an earlier one: of the last weights, or of those that validate best."""
    if epoch.val_accuracy is None or best.val_accuracy is None:
        return True
    return (epoch.val_accuracy, -(epoch.val_loss or 0)) > (best.val_accuracy, -(best.val_loss or 0))


def agree_to_stop(run: Run) -> None:
    """Of several processes all stop if one does."""
    if run.state.processes == 1:
        return
    reasons: Iterable[str] = run.fabric.strategy.broadcast(run.state.stopped), run.state.stopped
    asked = torch.tensor(float(any(reasons)), device=run.fabric.device)
    if run.fabric.all_reduce(asked, reduce_op="sum") > 0:
        run.state.stop(next(filter(None, reasons), "another process stopped"))
