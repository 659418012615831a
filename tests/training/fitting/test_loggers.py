"""Loggers: CSV files, and what those of other packages are told, which stand-ins take down."""

import csv
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from trained_networks import network, samples

from spikelut import training
from spikelut._extras import MissingPackage


class Told(ModuleType):
    """A module that takes down what is called, with what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.calls: list[tuple[Any, ...]] = []
        self.info = SimpleNamespace(run_id="r1")
        self.id = "w1"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: Any, **options: Any) -> Any:
            self.calls.append((name, *arguments, options))
            return self

        return call

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]


class Cut(training.Callback):
    """Raises in the middle of the third epoch."""

    def on_batch(self, state: training.State) -> None:
        if state.epoch == 3 and state.batch == 2:
            raise InterruptedError


def run(folder: Path, loggers: list[Any], *callbacks: training.Callback, resume: bool = False) -> training.Fit:
    options: dict[str, Any] = {"epochs": 4, "batch_size": 16, "learning_rate": 0.02, "val": samples(40, 2)}
    options |= {"metrics": {"top": training.Accuracy()}, "folder": folder, "resume": resume, "loggers": loggers}
    return training.fit(network(), samples(), callbacks=callbacks, **options)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_files_have_each_epoch_once(tmp_path: Path) -> None:
    mine = tmp_path / "logs" / "mine.csv"
    with pytest.raises(InterruptedError):
        run(tmp_path, [training.CSVLogger(mine)], Cut())
    assert [row["epoch"] for row in rows(mine)] == ["1", "2"]
    done = run(tmp_path, [training.CSVLogger(mine)], resume=True)
    assert mine.read_bytes() == (tmp_path / "history.csv").read_bytes()
    for row, epoch in zip(rows(mine), done.history, strict=True):
        assert row["epoch"] == str(epoch.number)
        names = ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")
        assert [float(row[name]) for name in names] == [getattr(epoch, name) for name in names]
        assert float(row["val_top"]) == epoch.metrics["top"]


def test_mlflow_goes_on_with_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = Told("mlflow")
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    with pytest.raises(InterruptedError):
        run(tmp_path, [training.MLflowLogger("digits", run_name="first")], Cut())
    done = run(tmp_path, [training.MLflowLogger("digits", run_name="first")], resume=True)
    assert mlflow.named("start_run") == [({"run_name": "first"},), ({"run_id": "r1"},)]
    assert mlflow.named("set_experiment") == [("digits", {})] * 2
    logged = mlflow.named("log_metrics")
    assert [options["step"] for _, options in logged] == [1, 2, 3, 4]
    assert logged[3][0]["val_loss"] == done.history[3].val_loss
    assert mlflow.calls[-1][0] == "end_run"


def test_wandb_goes_on_with_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = Told("wandb")
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    with pytest.raises(InterruptedError):
        run(tmp_path, [training.WandbLogger(project="p")], Cut())
    done = run(tmp_path, [training.WandbLogger(project="p")], resume=True)
    assert wandb.named("init") == [({"project": "p"},), ({"project": "p", "id": "w1", "resume": "must"},)]
    logged = wandb.named("log")
    assert [options["step"] for _, options in logged] == [1, 2, 3, 4]
    assert logged[3][0]["loss"] == done.history[3].loss
    assert wandb.calls[-1][0] == "finish"


def test_tensorboard_hides_what_was_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Told("torch.utils.tensorboard")
    monkeypatch.setitem(sys.modules, "tensorboard", ModuleType("tensorboard"))
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", board)
    with pytest.raises(InterruptedError):
        run(tmp_path, [training.TensorBoardLogger(tmp_path / "tb")], Cut())
    done = run(tmp_path, [training.TensorBoardLogger(tmp_path / "tb")], resume=True)
    where = str(tmp_path / "tb")
    assert board.named("SummaryWriter") == [(where, {"purge_step": None}), (where, {"purge_step": 3})]
    losses = [call for call in board.named("add_scalar") if call[0] == "loss"]
    assert losses == [("loss", epoch.loss, epoch.number, {}) for epoch in done.history]
    assert board.calls[-1][0] == "close"


@pytest.mark.parametrize(
    ("name", "package"), [("TensorBoardLogger", "tensorboard"), ("MLflowLogger", "mlflow"), ("WandbLogger", "wandb")]
)
def test_a_logger_without_its_package(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackage, match=rf"^{name}.*: {package} is needed; run: pip install {package}$"):
        getattr(training, name)(*["here"][: name == "TensorBoardLogger"])
