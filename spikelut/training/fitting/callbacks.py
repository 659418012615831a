"""What listens to a training."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from spikelut._checks import require_int, require_one_of
from spikelut._text import brief, value_text
from spikelut.training.fitting.state import Epoch, State

Monitor = Literal["val_accuracy", "val_loss", "accuracy", "loss"]


class Callback:
    """What `fit` tells how training goes. Every method does nothing; override those that you need.

    In several processes, each has its own callbacks, which see the same numbers. `state_dict` gives what a checkpoint
    must hold of a callback, as plain values and tensors, and `load_state_dict` takes it back.

    ```pycon
    >>> class Show(training.Callback):
    ...     def on_epoch(self, state):
    ...         print(state.epoch, state.history[-1].loss)
    ```
    """

    every_process = True
    """Whether each of several processes tells its own; if not, only the first one does."""

    def __repr__(self) -> str:
        plain = (str, int, float, Path, dict)
        shown = {name: value for name, value in vars(self).items() if isinstance(value, plain) and name[0] != "_"}
        return brief(self, *(f"{name}={value_text(value)}" for name, value in shown.items()))

    def on_start(self, state: State) -> None:
        """Before the first update, or the first after a run was resumed."""

    def on_batch(self, state: State) -> None:
        """After each update of the weights."""

    def on_epoch(self, state: State) -> None:
        """After each epoch and its validation; `state.history[-1]` is what it came to."""

    def on_end(self, state: State) -> None:
        """At the end of training, also where it was stopped, not where an error ended it."""

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs to know of this callback."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take what `state_dict` gave."""


class EarlyStopping(Callback):
    """Stops after `patience` epochs without a better value of `monitor`.

    Better is less of a loss and more of an accuracy. Without validation the values of training stand in.

    ```pycon
    >>> data = training.SpikeDataset((torch.rand(40, 5, 6) < 0.3).float(), torch.arange(40) % 3)
    >>> stop = training.EarlyStopping(2, "loss")
    >>> done = training.fit(torch.nn.Linear(6, 3), data, epochs=50, learning_rate=1e-12, callbacks=[stop])
    >>> done.stopped[:14], len(done.history) < 50
    ('no better loss', True)
    ```
    """

    def __init__(self, patience: int, monitor: Monitor = "val_accuracy") -> None:
        require_int(self, "patience", patience, 1, 2**31)
        require_one_of(self, "monitor", monitor, Monitor)
        self.patience, self.monitor = patience, monitor

    def on_epoch(self, state: State) -> None:
        """Compare the last epochs with those before."""
        values = [self._value(epoch) for epoch in state.history]
        best = values.index(max(values))
        if len(values) - 1 - best >= self.patience:
            what = self._name(state.history[-1]).replace("_", " ").replace("val ", "validation ")
            state.stop(f"no better {what} in {self.patience} epoch{'s' if self.patience > 1 else ''}")

    def _name(self, epoch: Epoch) -> str:
        return self.monitor if epoch.val_loss is not None else self.monitor.removeprefix("val_")

    def _value(self, epoch: Epoch) -> float:
        name = self._name(epoch)
        value: float = getattr(epoch, name)
        return -value if name.endswith("loss") else value


def tell(callbacks: Iterable[Callback], event: str, state: State) -> None:
    """Call a method of each; an error is given a note that says whose it is."""
    for callback in callbacks:
        if state.rank and not callback.every_process:
            continue
        method: Callable[[State], None] = getattr(callback, event)
        try:
            method(state)
        except Exception as error:
            error.add_note(f"fit: raised by {type(callback).__name__}.{event} in epoch {state.epoch}")
            raise
