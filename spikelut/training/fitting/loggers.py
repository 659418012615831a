"""Loggers: callbacks that write down what epochs come to, told by the first process alone."""

import csv
import io
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spikelut._checks import require_path
from spikelut._extras import names_extra
from spikelut._files import naming, write_whole
from spikelut.training.fitting.callbacks import Callback
from spikelut.training.fitting.state import Epoch, State

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")


class Logger(Callback):
    """A callback that records the numbers of each epoch elsewhere; a subclass says in `log` how.

    ```pycon
    >>> class Lines(training.Logger):
    ...     def log(self, numbers, epoch):
    ...         print(f"epoch {epoch}: {numbers['loss']:.3f}")
    ```
    """

    every_process = False

    def on_epoch(self, state: State) -> None:
        """Log the last epoch."""
        self.log(numbers_of(state.history[-1]), state.epoch)

    def log(self, numbers: dict[str, float], epoch: int) -> None:
        """Take the numbers of an epoch by name."""


def numbers_of(epoch: Epoch) -> dict[str, float]:
    """All single numbers of an epoch by name, without those that are None."""
    found = asdict(epoch)
    metrics = found.pop("metrics")
    del found["number"]
    found |= {f"val_{name}": value for name, value in metrics.items()}
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}


class CSVLogger(Logger):
    """A file with a row for each epoch: number, losses, accuracies, rate, seconds, and metrics that are numbers.

    The whole file is written anew after each epoch, from the history of the run. So every line of it is complete at any
    moment, and a run that was resumed has no epoch twice.

    ```pycon
    >>> data = training.SpikeDataset((torch.rand(40, 5, 6) < 0.3).float(), torch.arange(40) % 3)
    >>> done = training.fit(torch.nn.Linear(6, 3), data, epochs=2, loggers=[training.CSVLogger("log/epochs.csv")])
    >>> with open("log/epochs.csv") as file:
    ...     file.readline().split(",")[:3], len(file.readlines())
    (['epoch', 'loss', 'accuracy'], 2)
    ```
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        require_path("CSVLogger", "path", path)
        self.path = Path(path)

    def on_start(self, state: State) -> None:
        """Make the folder; write what is known of a run that is resumed."""
        with naming(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._write(state)

    def on_epoch(self, state: State) -> None:
        """Write the file anew."""
        self._write(state)

    def _write(self, state: State) -> None:
        rows = [{"epoch": epoch.number, **numbers_of(epoch)} for epoch in state.history]
        more = [name for row in rows for name in row if name not in COLUMNS]
        text = io.StringIO()
        writer = csv.DictWriter(text, [*COLUMNS, *dict.fromkeys(more)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        write_whole(self.path, text.getvalue())


class TensorBoardLogger(Logger):
    """Curves for TensorBoard in `folder`. Needs the package tensorboard.

    ```pycon
    >>> def train(model, data):
    ...     return training.fit(model, data, epochs=9, loggers=[training.TensorBoardLogger("runs/curves")])
    ```
    """

    @names_extra
    def __init__(self, folder: str | os.PathLike[str]) -> None:
        require_path("TensorBoardLogger", "folder", folder)
        import tensorboard  # noqa: F401  # torch's own message is of many lines

        self.folder = Path(folder)
        self.writer: Any = None

    def on_start(self, state: State) -> None:
        """Open the record; what it has beyond the epochs of a run that is resumed is hidden."""
        from torch.utils.tensorboard import SummaryWriter

        make: Any = SummaryWriter
        self.writer = make(str(self.folder), purge_step=len(state.history) + 1 if state.history else None)

    def log(self, numbers: dict[str, float], epoch: int) -> None:
        for name, value in numbers.items():
            self.writer.add_scalar(name, value, epoch)
        self.writer.flush()

    def on_end(self, state: State) -> None:
        """Close the record."""
        self.writer.close()


class MLflowLogger(Logger):
    """Logs metrics to a run of MLflow, which is made, or continued if training is resumed. Needs the package mlflow.

    - `experiment`: its name; None: MLflow's default. `options`: arguments of `mlflow.start_run`, such as `run_name`.

    ```pycon
    >>> def train(model, data):
    ...     return training.fit(model, data, epochs=9, loggers=[training.MLflowLogger("digits", run_name="first")])
    ```
    """

    @names_extra
    def __init__(self, experiment: str | None = None, **options: Any) -> None:
        import mlflow

        self.mlflow: Any = mlflow
        self.experiment, self.options = experiment, options
        self.run: Any = None

    def _started(self, run_id: str | None) -> None:
        if self.experiment is not None:
            self.mlflow.set_experiment(self.experiment)
        options = self.options if run_id is None else {"run_id": run_id}
        self.run = self.mlflow.start_run(**options)

    def log(self, numbers: dict[str, float], epoch: int) -> None:
        if self.run is None:
            self._started(None)
        self.mlflow.log_metrics(numbers, step=epoch)

    def on_end(self, state: State) -> None:
        """End the run."""
        self.mlflow.end_run()
        self.run = None

    def state_dict(self) -> dict[str, Any]:
        return {"run_id": None if self.run is None else self.run.info.run_id}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if state["run_id"] is not None:
            self._started(state["run_id"])


class WandbLogger(Logger):
    """Metrics of a run of Weights & Biases, taken up when training is resumed. Needs the package wandb.

    `options`: for `wandb.init`, as `project` and `name`.

    ```pycon
    >>> def train(model, data):
    ...     return training.fit(model, data, epochs=9, loggers=[training.WandbLogger(project="digits")])
    ```
    """

    @names_extra
    def __init__(self, **options: Any) -> None:
        import wandb

        self.wandb: Any = wandb
        self.options, self.run = options, None
        self.run_id: str | None = None

    def log(self, numbers: dict[str, float], epoch: int) -> None:
        if self.run is None:
            known = {} if self.run_id is None else {"id": self.run_id, "resume": "must"}
            self.run = self.wandb.init(**{**self.options, **known})
        run: Any = self.run
        run.log(numbers, step=epoch)

    def on_end(self, state: State) -> None:
        """End the run."""
        if self.run is not None:
            self.run.finish()
            self.run = None

    def state_dict(self) -> dict[str, Any]:
        run: Any = self.run
        return {"run_id": self.run_id if run is None else run.id}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.run_id = state["run_id"]
