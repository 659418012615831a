"""Where a training stands: what callbacks are shown."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from spikelut._text import Brief


class Diverged(ValueError):
    """A loss or a gradient is no finite number, so that no further update has a meaning.

    ```pycon
    >>> data = training.SpikeDataset((torch.rand(40, 5, 6) < 0.3).float(), torch.arange(40) % 3)
    >>> model = torch.nn.Linear(6, 3)
    >>> _ = torch.nn.init.constant_(model.weight, float("inf"))
    >>> try:
    ...     training.fit(model, data, epochs=9)
    ... except training.Diverged as error:
    ...     print("stopped")
    stopped
    ```
    """


@dataclass(frozen=True, repr=False)
class Epoch(Brief):
    """The results of an epoch.

    - `number`: from 1; 0 is the start, before the first update, whose `loss` and `accuracy` are NaN with validation.
      `loss`, `accuracy`: means over the training samples, as they were while they were learned.
    - `val_loss`, `val_accuracy`: those of the validation samples after the epoch; None without these. `metrics`: the
      metrics on the same samples, by name.
    - `seconds`: what the epoch took, with validation. `learning_rate`: that of its last update.

    ```pycon
    >>> epoch = training.Epoch(number=1, loss=0.5, accuracy=0.75, learning_rate=0.01, seconds=2.0)
    >>> epoch.val_loss is None
    True
    ```
    """

    number: int
    loss: float
    accuracy: float
    val_loss: float | None = None
    val_accuracy: float | None = None
    seconds: float = 0.0
    learning_rate: float = 0.0
    metrics: dict[str, Any] = field(default_factory=dict)


@dataclass
class Sums:
    """Of the batches of an epoch so far: losses times samples, samples that were right, samples, and seconds."""

    loss: float = 0.0
    right: int = 0
    samples: int = 0
    seconds: float = 0.0


@dataclass(repr=False)
class State(Brief):
    """A training as it runs.

    - `model`, `optimizer`, `schedule` (None without): those in use; what a callback changes in them counts.
    - `epoch`, `epochs`: the number of the epoch that runs or has just ended, from 1, and how many there will be.
    - `batch`, `batches`: how many batches of this epoch are done, and how many there are (None where a loader does not
      tell).
    - `update`: updates of the weights so far, over all epochs. `loss`: of the last one.
    - `history`: the epochs that are done. `best`: the one of them that `fit` keeps, None before the first. `start`:
      epoch 0, where that may be the best; see `fit`.
    - `folder`: where the run is kept, or None. `rank`, `processes`: the number of this process, from 0, and how many
      there are.
    - `rate`: the learning rate of the last update. `stopped`: why training stops, or "".

    ```pycon
    >>> class Enough(training.Callback):
    ...     def on_epoch(self, state):
    ...         if state.history[-1].loss < 0.1:
    ...             state.stop("the loss is below 0.1")
    ```
    """

    model: nn.Module
    optimizer: Any = None
    schedule: Any = None
    epochs: int = 0
    epoch: int = 0
    batch: int = 0
    batches: int | None = None
    update: int = 0
    loss: float = math.nan
    history: list[Epoch] = field(default_factory=list)
    best: Epoch | None = None
    folder: Path | None = None
    rank: int = 0
    processes: int = 1
    stopped: str = ""
    rate: float = 0.0
    start: Epoch | None = None
    sums: Sums = field(default_factory=Sums, repr=False)

    def _parts(self) -> Iterator[str]:
        yield f"epoch {self.epoch} of {self.epochs}"
        yield f"update {self.update}"
        yield f"loss {self.loss:.4g}"
        yield self.stopped

    def stop(self, reason: str) -> None:
        """End the training after this update, or, of several processes, after this epoch; the first reason stays."""
        self.stopped = self.stopped or reason
