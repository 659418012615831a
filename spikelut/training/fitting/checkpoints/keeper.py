"""The folder of a run: checkpoints while it goes on, and what it needs to go on from one."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from spikelut._checks import require, shown
from spikelut._files import naming, write_files
from spikelut.training.fitting.callbacks import Callback
from spikelut.training.fitting.checkpoints.checkpoint import WHO, check_model, load_checkpoint, packed, plain
from spikelut.training.fitting.checkpoints.random_states import random_states, set_random_states
from spikelut.training.fitting.loop import Run, kept
from spikelut.training.fitting.state import Epoch, Sums

try:
    import fcntl
except ImportError:  # not on Windows, where two runs in one folder are not told apart
    fcntl: Any = None  # type: ignore[no-redef]

LAST, BEST, LOCK = "last.ckpt", "best.ckpt", "run.lock"
KEPT = ("epoch", "batch", "update", "loss", "rate", "stopped")
"""Of a `State`, what is a number or text."""


class Keeper:
    """Writes checkpoints of a run into `folder`/checkpoints, and takes the last one up again.

    `settings`: what a resumed run must have in common with the one that wrote it, as plain values.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], minutes: float | None) -> None:
        self.folder, self.settings = folder / "checkpoints", settings
        self.seconds = None if minutes is None else 60 * minutes
        self.written = time.monotonic()

    @contextmanager
    def locked(self, first: bool) -> Iterator[None]:
        """While entered no other run may use the folder; it is the `first` process that locks it."""
        if not first or fcntl is None:
            yield
            return
        path = self.folder / LOCK
        with naming(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            file = path.open("a")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = "folder must be one that no other run is writing to"
                raise ValueError(f"fit: {message}, got {shown(str(self.folder.parent))}") from None
            except OSError:  # a file system without locks
                pass
            yield

    @property
    def is_there(self) -> bool:
        """Whether there is a checkpoint."""
        return os.path.lexists(self.folder / LAST)  # a link into nowhere is none that can be written over

    def is_due(self, run: Run) -> bool:
        """Whether the last checkpoint is older than it may become: all processes go by the clock of the first."""
        if self.seconds is None:
            return False
        return bool(run.shard.agree(time.monotonic() - self.written >= self.seconds))

    def write(self, run: Run, best: bool = False) -> None:
        """Write the last checkpoint, and the best one, if that is what it is. Raises OSError."""
        mine = {"epoch": run.epoch_random, "now": random_states(run.fabric.device)}
        everybody = _gathered(mine, run.state.processes)
        if run.state.rank == 0:
            data = packed(self._content(run, everybody))
            names = (LAST, BEST) if best else (LAST,)
            write_files({self.folder / name: data for name in names})
        self.written = time.monotonic()

    def _content(self, run: Run, random: list[Any]) -> dict[str, Any]:
        state = run.state
        best_now = not run.in_epoch and bool(state.history) and state.best is state.history[-1]
        schedule = None if state.schedule is None else state.schedule.state_dict()
        numbers = {name: getattr(state, name) for name in KEPT}
        return {
            "settings": self.settings,
            "model": state.model.state_dict(),
            "best_model": None if best_now or run.best_weights is None else run.best_weights,
            "start_model": run.start_weights,
            "optimizer": state.optimizer.state_dict(),
            "schedule": schedule,
            "state": {
                **numbers,
                "sums": asdict(state.sums),
                "history": [asdict(epoch) for epoch in state.history],
                "best": None if state.best is None else state.best.number,
                "start": run.start,
                "start_epoch": None if state.start is None else asdict(state.start),
                "in_epoch": run.in_epoch,
            },
            "random": {str(rank): states for rank, states in enumerate(random)},
            "generators": run.epoch_generators if run.in_epoch else run.generators(),
            "callbacks": states_of(run.callbacks),
        }

    def read(self, run: Run) -> list[tuple[str, dict[str, Any]]]:
        """Put a run where its last checkpoint was; the states of its callbacks. ValueError if it does not fit."""
        state, path = run.state, self.folder / LAST
        found = load_checkpoint(path)
        check_model(found, state.model, LAST)
        for name, value in self.settings.items():
            there = found["settings"].get(name)
            require(there == value, "fit", f"resume needs {name} as in {LAST}, {shown(there)}", value)
        try:
            return self._taken(run, found)
        except (KeyError, TypeError, ValueError, RuntimeError, IndexError, AttributeError) as error:
            text = (str(error).splitlines() or [""])[0]
            raise ValueError(f"{WHO}: {path.name} must fit this run, got {type(error).__name__}: {text}") from error

    def _taken(self, run: Run, found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        state, numbers = run.state, found["state"]
        _check_place(numbers, state.epochs, run.feed.batches)
        random = found["random"][str(state.rank)]
        state.model.load_state_dict(found["model"])
        state.optimizer.load_state_dict(found["optimizer"])
        if state.schedule is not None:
            state.schedule.load_state_dict(found["schedule"])
        for name in KEPT:
            setattr(state, name, type(getattr(state, name))(numbers[name]))
        state.sums = Sums(**numbers["sums"])
        state.history = [_epoch(entry) for entry in numbers["history"]]
        run.start, start = numbers["start"], numbers.get("start_epoch")  # which those of before have not
        state.start = None if start is None else _epoch(start)
        # The start is number 0.
        state.best = None if numbers["best"] is None else [state.start, *state.history][numbers["best"]]
        run.start_weights = found.get("start_model")
        run.best_weights = None
        if run.val is not None and state.best is not None:
            weights = found["model"] if found["best_model"] is None else found["best_model"]
            run.best_weights = {name: kept(value) for name, value in weights.items()}
        run.in_epoch = bool(numbers["in_epoch"])
        # The order of an epoch that has begun is drawn once more; from there it goes on as it was.
        run.resumed = random["now"] if run.in_epoch else None
        set_random_states(random["epoch"] if run.in_epoch else random["now"], run.fabric.device)
        for generator, at in zip(run.feed.generators(), found["generators"], strict=True):
            generator.set_state(at)
        return [(str(name), dict(states)) for name, states in found["callbacks"]]


def states_of(callbacks: Iterable[Callback]) -> list[list[Any]]:
    """What callbacks want to have kept, each with the name of its class. TypeError for what a file cannot hold."""
    found = [[type(callback).__name__, callback.state_dict()] for callback in callbacks]
    for name, state in found:
        if not isinstance(state, dict):
            raise TypeError(f"fit: {name}.state_dict must give a dictionary, got {type(state).__name__}")
        plain(state, "checkpoint: callbacks")
    return [[name, state] for name, state in found if state]


def _epoch(entry: dict[str, Any]) -> Epoch:
    known = {field.name for field in fields(Epoch)}
    return Epoch(**{name: value for name, value in entry.items() if name in known})


def _check_place(numbers: dict[str, Any], epochs: int, batches: int | None) -> None:
    """ValueError unless what a checkpoint says of where the run was goes together."""
    epoch, batch, begun = (int(numbers[name]) for name in ("epoch", "batch", "in_epoch"))
    require(0 <= epoch <= epochs and begun in (0, 1), LAST, f"epoch must be in 0..{epochs}", epoch)
    there = [entry["number"] for entry in numbers["history"]]
    require(there == list(range(1, epoch - begun + 1)), LAST, "history must have each epoch that is done", there)
    most = 2**62 if batches is None else batches
    require(0 <= batch <= most, LAST, f"batch must be in 0..{most}", batch)


def _gathered(value: Any, processes: int) -> list[Any]:
    """What all processes have, in the order of their ranks."""
    if processes == 1:
        return [value]
    import torch.distributed

    found: list[Any] = [None] * processes
    torch.distributed.all_gather_object(found, value)
    return found
