"""`fit`: a network trained on a data set."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut._gradients import require_ordinary
from spikelut.training.fitting.arguments import (
    callables,
    check_loss,
    check_model,
    check_numbers,
    checked_optimizer,
    checked_schedule,
    listeners,
)
from spikelut.training.fitting.callbacks import Callback, EarlyStopping, tell
from spikelut.training.fitting.checkpoints.interrupts import Interrupts
from spikelut.training.fitting.checkpoints.keeper import Keeper, states_of
from spikelut.training.fitting.checkpoints.random_states import seeded
from spikelut.training.fitting.devices import check_exact, check_precision, checked_fabric, make_fabric
from spikelut.training.fitting.evaluate import named_metrics
from spikelut.training.fitting.faults import Watch
from spikelut.training.fitting.feed import Shard, feed_of
from spikelut.training.fitting.groups import parameter_groups
from spikelut.training.fitting.loggers import CSVLogger
from spikelut.training.fitting.loop import Run, run_epochs
from spikelut.training.fitting.progress import Progress, is_shown
from spikelut.training.fitting.result import Fit
from spikelut.training.fitting.state import State
from spikelut.training.fitting.tuning.grids import Grids
from spikelut.training.fitting.tuning.start import begin, end, keeps_start
from spikelut.training.objectives.losses import SpikeCount

EPS = 1e-8
"""Of Adam, for gradients of weights whose scale is 1."""


def fit(
    model: nn.Module,
    train: Any,
    *,
    val: Any = None,
    epochs: int,
    loss: Any = None,
    batch_size: int = 64,
    learning_rate: float = 5e-3,
    optimizer: Callable[[list[dict[str, Any]]], Any] | None = None,
    schedule: Any = "cosine",
    regularizers: Iterable[Any] = (),
    metrics: Any = (),
    augment: Callable[[Tensor], Tensor] | None = None,
    clip_norm: float | None = 5.0,
    accumulate: int = 1,
    patience: int | None = None,
    keep_start: bool | None = None,
    callbacks: Iterable[Callback] = (),
    loggers: Iterable[Callback] = (),
    folder: Path | str | None = None,
    checkpoint_minutes: float | None = None,
    resume: bool = False,
    seed: int | None = 0,
    progress: bool | None = None,
    fabric: Any = None,
    accelerator: str = "cpu",
    devices: int | str | list[int] = 1,
    precision: str = "32-true",
    num_nodes: int = 1,
) -> Fit:
    """Train a network by backpropagation through time; the model is changed in place.

    The model takes x [T, B, ...] and gives [T, B, K], or [B, K]. Each update lowers `loss` on a batch, by Adam. The
    norm of the gradients over all layers is at most `clip_norm`.

    - `train`, `val`: data sets of (x [T, ...], y), or with `batch(indices)`, such as `SpikeDataset`; or loaders of
      `Batch`, (x [T, B, ...], y [B]) or (x, y, mask [T, B]). With `val`, the model ends with the weights of the best
      epoch. That is the epoch of the highest accuracy; of several, that of the lowest loss; of these, the first.
    - `loss`: called as loss(out, y, mask), with `loss.scores(out, mask)` [B, K], of which the largest is the answer.
      None: `SpikeCount()`. `regularizers`: added to the loss, see `FiringRate`. `metrics`: of the validation, see
      `evaluate`.
    - `learning_rate`: that of layers with thresholds of 1, see `parameter_groups`. `optimizer`: a function that takes
      these groups and gives an optimiser. None: AdamW without decay of weights.
    - `schedule`: "cosine" down to 0 over all epochs; None for a constant rate; or a function that takes the optimiser
      and the number of updates and gives a schedule of torch. That schedule is stepped after each update.
    - `augment`: changes the inputs x [T, B, ...] of a batch in training. `accumulate`: how many batches make one
      update, with the mean gradient of their samples.
    - `keep_start`: the network as it was given is a candidate for the best, as epoch 0. With `val`, the network ends as
      it was if no epoch is better. Without `val`, it does so if the last epoch is not better on the samples it learned
      from, in accuracy and then in loss. None is True for what `convert` made, and False otherwise. The weights of a
      converted network stay within the codes they were given, because one larger weight would double the step of all.
    - `patience`: stop after so many epochs without a better validation. `callbacks`, `loggers`: see `Callback`.
    - `folder`: where history.csv and checkpoints are kept. A checkpoint is written after each epoch, and within an
      epoch after `checkpoint_minutes`. `resume`: go on from the last checkpoint there, if there is one. On the same
      machine, the result is then to the bit what it would have been without the interruption.
    - `seed`: for the order of samples, dropout, and everything else that draws numbers. Afterwards the random
      generators are as before. None: they go on from where they are. The generators belong to the process, so trainings
      in several threads at once are not repeatable: use processes.
    - `progress`: whether a line for each epoch appears on stderr. None: if stderr is a terminal.
    - `accelerator`, `devices`, `num_nodes`, `precision`: as Lightning Fabric takes them, see `Fabric`. Only those
      precisions are allowed in which integers stay exact. `fabric`: a launched Fabric in place of these four. Several
      processes share every batch.

    Raises ValueError for arguments, batches and checkpoints that do not fit, Diverged if a gradient is not finite, and
    OSError if the folder cannot be written to. What was kept before stays.

    ```pycon
    >>> data = training.SpikeDataset((torch.rand(40, 5, 6) < 0.3).float(), torch.arange(40) % 3)
    >>> done = training.fit(torch.nn.Linear(6, 3), data, epochs=2)
    >>> len(done.history), done.stopped
    (2, 'all epochs are done')
    ```
    """
    check_model(model)
    require_ordinary("fit", model)
    check_numbers(locals())
    regularizers, metrics = callables(regularizers, "regularizers"), named_metrics(metrics)
    callbacks, loggers = listeners(callbacks, "callbacks"), listeners(loggers, "loggers")
    require(augment is None or callable(augment), "fit", "augment must be None, or take x [T, B, ...]", augment)
    feed = feed_of(train, batch_size, "fit: train")
    val_feed = None if val is None else feed_of(val, batch_size, "fit: val")
    objective = SpikeCount() if loss is None else loss
    check_loss(objective, "fit")
    fabric = make_fabric(accelerator, devices, num_nodes, precision) if fabric is None else checked_fabric(fabric)
    check_precision(fabric.strategy.precision.precision)
    model.to(fabric.device)
    groups = parameter_groups(model, learning_rate)
    made = adamw(groups) if optimizer is None else checked_optimizer(optimizer, groups, model)
    scheduled = checked_schedule(schedule, made, feed, epochs, accumulate)
    network, wrapped = fabric.setup(model, made)
    if fabric.world_size == 1 and fabric.strategy.precision.precision == "32-true":
        network, wrapped = model, made  # what Fabric makes of them does nothing else, and takes its time
    check_exact(fabric, model, feed)
    rank, processes = fabric.global_rank, fabric.world_size
    place = None if folder is None else Path(folder)
    watch, interrupts = Watch(), Interrupts()
    stopping = [EarlyStopping(patience)] if patience is not None else []
    own: list[Callback] = [] if place is None else [CSVLogger(place / "history.csv")]
    shown = [Progress()] if is_shown(progress) else []

    keeper: Keeper | None = None

    def kept(run: Run, best: bool | None) -> None:
        """Write a checkpoint where it is time for one."""
        if keeper is not None and (best is not None or interrupts.noted is not None or keeper.is_due(run)):
            keeper.write(run, bool(best))
        interrupts.deliver()

    run = Run(
        state=State(model, wrapped, scheduled, epochs, folder=place, rank=rank, processes=processes),
        fabric=fabric,
        network=network,
        feed=feed,
        val=val_feed,
        loss=objective,
        regularizers=regularizers,
        metrics=metrics,
        augment=augment,
        clip_norm=clip_norm,
        accumulate=accumulate,
        callbacks=[*callbacks, *stopping, watch, *loggers, *own, *shown],
        shard=Shard(rank, processes, fabric.strategy.broadcast if processes > 1 else lambda value: value),
        kept=kept,
        hold=Grids(model).hold,
    )
    if place is not None:
        rates = {"batch_size": batch_size, "learning_rate": float(learning_rate)}
        settings = rates | {"patience": patience, "seed": seed, **_settings_of(run, made, scheduled)}
        keeper = Keeper(place, settings, checkpoint_minutes)
    with seeded(None if seed is None else seed + rank, fabric.device), _locked(keeper, rank):
        _begin(run, keeper, resume, keep_start)
        with interrupts.held(keeper is not None and processes == 1):
            run_epochs(run)
        end(run)
        warnings = watch.at_end(run.state, run.start, val_feed or feed, fabric.device)
    message = "callbacks must not stop the training before its first update"
    require(bool(run.state.history), "fit", message, run.state.stopped)
    assert run.state.best is not None  # of these
    stopped = run.state.stopped or "all epochs are done"
    history, best = tuple(run.state.history), run.state.best
    return Fit(model, history, best, stopped, warnings, place, run.state.start)


def _begin(run: Run, keeper: Keeper | None, resume: bool, keep_start: bool | None) -> None:
    """Take up what was kept, or look at how good the model is before training."""
    there = keeper is not None and keeper.is_there
    require(resume or not there, "fit", "folder must hold no run, or resume must be True", run.state.folder)
    known = keeper.read(run) if keeper is not None and there else None
    if known is None:
        begin(run, keeps_start(run.state.model, keep_start))
    message = "keep_start must not be True to resume a run that did not keep its start"
    require(keep_start is not True or run.state.start is not None, "fit", message, True)
    tell(run.callbacks, "on_start", run.state)
    if keeper is not None:
        states_of(run.callbacks)  # what cannot be kept is said before there is something to lose
    left = list(run.callbacks)
    for name, state in known or []:
        callback = next((c for c in left if type(c).__name__ == name), None)
        require(callback is not None, "fit", "resume needs the callbacks of the run", f"none that is a {name}")
        assert callback is not None  # as was required
        left.remove(callback)
        callback.load_state_dict(state)


def _settings_of(run: Run, optimizer: Any, schedule: Any) -> dict[str, Any]:
    """What a run that goes on must have in common with the one that was kept."""
    return {
        "epochs": run.state.epochs,
        "accumulate": run.accumulate,
        "clip_norm": run.clip_norm,
        "loss": _described(run.loss),
        "regularizers": [_described(regularizer) for regularizer in run.regularizers],
        "augment": run.augment is not None,
        "optimizer": type(optimizer).__name__,
        "schedule": type(schedule).__name__,
        "batches": run.feed.batches,
        "samples": run.feed.samples,
        "val": None if run.val is None else [run.val.batches, run.val.samples],
        "precision": str(run.fabric.strategy.precision.precision),
        "processes": run.shard.processes,
    }


def _described(part: Any) -> str:
    """A loss or a regulariser as checkpoints have it."""
    return repr(part) if is_dataclass(part) else getattr(part, "__qualname__", type(part).__name__)


def _locked(keeper: Keeper | None, rank: int) -> Any:
    return nullcontext() if keeper is None else keeper.locked(rank == 0)


def adamw(groups: list[dict[str, Any]]) -> torch.optim.AdamW:
    """AdamW without decay of weights, whose `eps` is in the unit of each layer's gradients."""
    return torch.optim.AdamW([{**group, "eps": EPS / group["scale"]} for group in groups], weight_decay=0.0)
