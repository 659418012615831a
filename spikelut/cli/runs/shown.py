"""What trainings show as they go: bars on a terminal, else a line for each epoch."""

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from rich.console import Console

from spikelut.cli.shared.progress import add_training, training_progress
from spikelut.training import State


@dataclass
class Shown:
    """One training of `Trainings`: told of its batches and epochs."""

    label: str
    console: Console
    bar: Any = None
    task: Any = None
    since: float = field(default_factory=time.monotonic)

    def start(self, done: int = 0) -> None:
        """It begins, or goes on after so many batches."""
        self.since = time.monotonic()
        if self.bar is not None:
            self.bar.start_task(self.task)
            self.bar.update(self.task, completed=done)

    def batch(self, loss: float, accuracy: float | None) -> None:
        """The loss of a batch, and the accuracy of the last epoch."""
        if self.bar is not None:
            self.bar.update(self.task, advance=1, loss=f"{loss:.3f}", accuracy=percent(accuracy))

    def epoch(self, state: State, numbers: str, accuracy: float) -> None:
        """An epoch is done; `numbers` are what it came to."""
        if self.bar is not None:
            self.bar.update(self.task, completed=state.update, accuracy=percent(accuracy))
            return
        now = time.monotonic()
        line = f"{self.label}: epoch {state.epoch}/{state.epochs}: {numbers}, {now - self.since:.1f} s"
        self.since = now
        self.console.print(line, soft_wrap=True)


class Trainings:
    """A context that shows trainings on the console of stderr, with `label` before their own; or none."""

    def __init__(self, console: Console, visible: bool = True, label: str = "") -> None:
        self.label = label
        self.console = console if visible else Console(quiet=True)
        self.bars = training_progress(console) if visible and console.is_terminal else None

    def __enter__(self) -> Self:
        if self.bars is not None:
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bars is not None:
            self.bars.stop()

    def add(self, label: str, batches: int) -> Shown:
        """A training that has not begun."""
        label = f"{self.label}{label}"
        if self.bars is None:
            return Shown(label, self.console)
        return Shown(label, self.console, self.bars, add_training(self.bars, label, batches))


def percent(accuracy: float | None) -> str:
    return "-" if accuracy is None else f"{accuracy:.1%}"
