"""`fit`: a network trained on a data set."""

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import is_finite, require, require_int
from spikelut._extras import names_extra
from spikelut.training.fitting.callbacks import Callback, EarlyStopping
from spikelut.training.fitting.devices import make_fabric
from spikelut.training.fitting.evaluate import named_metrics
from spikelut.training.fitting.feed import Feed, feed_of
from spikelut.training.fitting.groups import parameter_groups
from spikelut.training.fitting.loop import Run, run_epochs
from spikelut.training.fitting.state import Epoch, State
from spikelut.training.objectives.losses import SpikeCount

EPS = 1e-8
"""Of Adam, for gradients of weights whose scale is 1."""


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    """The result of `fit`: the trained `model`, and how it got there.

    - `history`: all epochs; `best`: the one whose weights `model` has: the best by validation, or else the last.
    - `stopped`: why training ended. `warnings`: what looks wrong, a line each. `folder`: where it was kept, or None.
    """

    model: nn.Module
    history: tuple[Epoch, ...]
    best: Epoch
    stopped: str
    warnings: tuple[str, ...] = ()
    folder: Path | None = None

    def __repr__(self) -> str:
        best = self.best
        validated = "" if best.val_accuracy is None else f", validation {best.val_accuracy:.2%}"
        epochs = f"{len(self.history)} epoch{'s' if len(self.history) != 1 else ''}"
        many = f"; {len(self.warnings)} warnings" if self.warnings else ""
        return f"Fit({epochs}, best {best.number}: loss {best.loss:.4g}, {best.accuracy:.2%}{validated}{many})"

    @names_extra
    def to_frame(self) -> Any:
        """The history as a DataFrame of pandas, a row for each epoch."""
        import pandas

        return pandas.DataFrame([asdict(epoch) for epoch in self.history])


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

    The model takes x [T, B, ...] and gives [T, B, K], or [B, K]. One update lowers `loss` on a batch, by Adam with
    gradients of at most `clip_norm` together.

    - `train`, `val`: data sets of (x [T, ...], y), or with `batch(indices)`, as `SpikeDataset`; or loaders of `Batch`,
      (x [T, B, ...], y [B]) or (x, y, mask [T, B]). With `val` the model ends with the weights of the best epoch.
    - `loss`: loss(out, y, mask), with `loss.scores(out, mask)` [B, K], whose largest is the answer; None:
      `SpikeCount()`. `metrics`: of the validation samples, see `evaluate`.
    - `optimizer`: takes parameter groups and gives an optimiser; None: AdamW without decay of weights. `schedule`:
      "cosine" down to 0 over all epochs, None for a constant rate, or what takes the optimiser and the number of
      updates and gives a schedule of torch, which is stepped after each update.
    - `augment`: changes the inputs x [T, B, ...] of a batch in training.
    - `accumulate`: so many batches make one update. `patience`: stop after so many epochs without a better validation.
    - `seed`: of order, dropout and what else draws numbers, whose generators are afterwards as before; None: they go
      on from where they are.

    Raises ValueError for arguments and batches that do not fit, Diverged where a gradient is not finite.

    ```pycon
    >>> data = training.SpikeDataset((torch.rand(40, 5, 6) < 0.3).float(), torch.arange(40) % 3)
    >>> done = training.fit(torch.nn.Linear(6, 3), data, epochs=2)
    >>> len(done.history), done.stopped
    (2, 'all epochs are done')
    ```
    """
    require(isinstance(model, nn.Module), "fit", "model must be a torch.nn.Module", type(model).__name__)
    require_int("fit", "epochs", epochs, 1, 2**31)
    require_int("fit", "batch_size", batch_size, 1, 2**31)
    require_int("fit", "accumulate", accumulate, 1, 2**31)
    valid = is_finite(learning_rate) and learning_rate > 0
    require(valid, "fit", "learning_rate must be a number > 0", learning_rate)
    valid = clip_norm is None or (is_finite(clip_norm) and clip_norm > 0)
    require(valid, "fit", "clip_norm must be a number > 0, or None", clip_norm)
    feed, val_feed = feed_of(train, batch_size, "train"), None if val is None else feed_of(val, batch_size, "val")
    if seed is not None:
        torch.manual_seed(seed)
    if fabric is None:
        fabric = make_fabric(accelerator, devices, num_nodes, precision)
    model.to(fabric.device)
    groups = parameter_groups(model, learning_rate)
    made = adamw(groups) if optimizer is None else optimizer(groups)
    scheduled = _schedule(schedule, made, feed, epochs, accumulate)
    network, wrapped = fabric.setup(model, made)
    state = State(model, wrapped, scheduled, epochs, rank=fabric.global_rank, processes=fabric.world_size)
    listeners = [*callbacks, *([EarlyStopping(patience)] if patience is not None else []), *loggers]
    run = Run(
        state=state,
        fabric=fabric,
        network=network,
        feed=feed,
        val=val_feed,
        loss=SpikeCount() if loss is None else loss,
        regularizers=tuple(regularizers),
        metrics=named_metrics(metrics),
        augment=augment,
        clip_norm=clip_norm,
        accumulate=accumulate,
        callbacks=listeners,
    )
    run_epochs(run)
    if run.best_weights is not None:
        model.load_state_dict(run.best_weights)
    assert state.best is not None  # there was an epoch
    stopped = state.stopped or "all epochs are done"
    return Fit(model, tuple(state.history), state.best, stopped, folder=state.folder)


def adamw(groups: list[dict[str, Any]]) -> torch.optim.AdamW:
    """AdamW without decay of weights, whose `eps` is in the unit of each layer's gradients."""
    return torch.optim.AdamW([{**group, "eps": EPS / group["scale"]} for group in groups], weight_decay=0.0)


def _schedule(schedule: Any, optimizer: Any, feed: Feed, epochs: int, accumulate: int) -> Any:
    """The schedule of the learning rate, or None."""
    if schedule is None:
        return None
    require(feed.batches is not None, "fit", "schedule must be None for a loader without a length", schedule)
    updates = epochs * math.ceil((feed.batches or 1) / accumulate)
    if schedule == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    require(callable(schedule), "fit", "schedule must be 'cosine', None, or take (optimizer, updates)", schedule)
    return schedule(optimizer, updates)
