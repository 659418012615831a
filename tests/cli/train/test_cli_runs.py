"""Trainings that validate, are repeated, cut off and taken up again; and those of which a part is left out."""

import csv
import errno
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikelut.cli._app import run
from spikelut.cli.train import job as _job
from spikelut.cli.train import loop as _loop
from spikelut.cli.train import results as _results
from spikelut.cli.train import variants as _variants
from spikelut.cli.train.loop import Epoch
from spikelut.training.fitting.checkpoints import keeper as _keeper

SMALL = ["--layers", "5", "--batch", "16", "--measure", "none"]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Sixty samples of five steps and six inputs, 16 of them for the test, in the current folder."""
    rng, y = np.random.default_rng(0), np.arange(60) % 2
    x = (rng.random((60, 5, 6)) < np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)[:, None]).astype(np.uint8)
    monkeypatch.chdir(tmp_path)
    np.savez("two.npz", x=x, y=y, test=np.arange(60) >= 44)
    return "two.npz"


@pytest.fixture
def report() -> None:
    """The page of a run is made, which takes a second."""


@pytest.fixture(autouse=True)
def quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a run is an empty file where no test looks at it."""
    if "report" not in request.fixturenames:
        monkeypatch.setattr(_results, "write_report", lambda path, *given: path.touch())


def train(*arguments: str, code: int = 0, data: str = "two.npz") -> None:
    assert run(["train", "--data", data, *SMALL, *arguments]) == code


def read(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return found


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open() as file:
        return list(csv.DictReader(file))


@contextmanager
def cut_after(epochs: int) -> Iterator[None]:
    """Trainings are interrupted as they tell of their epoch number `epochs`, over all variants."""
    told = 0
    original = _variants._Listener.epochs

    def tell(self: Any, found: list[Epoch], state: Any) -> None:
        nonlocal told
        original(self, found, state)
        told += 1
        if told == epochs:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_variants._Listener, "epochs", tell)
        yield


@pytest.mark.usefixtures("report")
def test_the_best_epoch_by_validation_is_tested_once(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tested: list[int] = []
    original = _loop.accuracy

    def accuracy(model: Any, split: Any) -> float:
        tested.append(len(split))
        return original(model, split)

    for module in (_loop, _results):
        monkeypatch.setattr(module, "accuracy", accuracy)
    train("--val", "0.25", "--epochs", "4", "--variants", "table", "--learning-rate", "0.05", "--out", "r")
    assert tested == [16]
    found = rows("r/metrics.csv")
    assert list(found[0]) == ["gradient", "epoch", "loss", "train_accuracy", "val_loss", "val_accuracy"]
    results = read("r/run.json")["results"]
    best = max(found, key=lambda row: (float(row["val_accuracy"]), -float(row["val_loss"])))
    assert results["best_epoch_table"] == int(best["epoch"])
    assert results["val_accuracy_table"] == pytest.approx(float(best["val_accuracy"]), abs=1e-6)  # six decimals
    assert read("r/run.json")["data"]["validation_samples"] == 11
    report = Path("r/report.html").read_text(encoding="utf-8")
    assert "11 samples held out for validation" in report
    assert "validation accuracy, %" in report


def test_patience_stops_and_needs_validation(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    more = ["--epochs", "9", "--variants", "table", "--learning-rate", "1e-9", "--out", "r"]
    train("--val", "0.25", "--patience", "2", *more)
    assert len(rows("r/metrics.csv")) < 9
    capsys.readouterr()
    train("--patience", "2", *more, code=2)
    assert "patience needs val or folds: the test samples must not choose an epoch" in capsys.readouterr().err


def test_data_may_say_which_samples_validate(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(data) as file:
        np.savez("val.npz", **file, val=np.arange(60) < 6)
        np.savez("bad.npz", **file, val=np.arange(60) > 40)
    train("--epochs", "1", "--variants", "table", "--out", "r", data="val.npz")
    assert read("r/run.json")["data"]["validation_samples"] == 6
    for name, option, message in (
        ("val.npz", "--val=0.1", "val and folds must not be given: the data say which samples validate"),
        ("bad.npz", "--seed=0", "val must hold samples that are not of the test, and leave some, got 19"),
    ):
        capsys.readouterr()
        train(option, code=2, data=name)
        assert message in capsys.readouterr().err


@pytest.mark.parametrize("how", ["--val=0.25", "--folds=2"])
def test_samples_of_a_group_stay_together(data: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with np.load(data) as file:
        np.savez("groups.npz", **dict(file), groups=np.arange(60) // 4, lengths=np.full(60, 5))
    seen: list[tuple[Any, Any]] = []
    for name in ("split", "folds"):
        made = getattr(_job, name)

        def noted(*given: Any, made: Any = made) -> Any:
            found = made(*given)
            seen.extend((given[3], pair) for pair in (found if isinstance(found, list) else [found]))
            return found

        monkeypatch.setattr(_job, name, noted)
    train(how, "--fold=0" if "folds" in how else "--seed=0", "--epochs", "1", "--variants", "table", data="groups.npz")
    for groups, (rest, held) in seen:
        assert len(groups) == len(rest) + len(held) == 44
        assert not set(groups[rest.indices].tolist()) & set(groups[held.indices].tolist())
    assert seen


def test_lengths_and_groups_that_cannot_be_kept_are_refused(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(data) as file:
        arrays = dict(file)
    np.savez("short.npz", **arrays, lengths=np.arange(60) % 5 + 1)
    np.savez("wrong.npz", **arrays, groups=np.arange(59))
    train(code=2, data="short.npz")
    assert (
        "lengths must be those of x: samples of several lengths need spikelut.training.fit" in capsys.readouterr().err
    )
    train(code=2, data="wrong.npz")
    assert "groups must be [60], one per sample" in capsys.readouterr().err


def test_seeds_and_folds_are_runs_with_a_mean_and_a_spread(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    train("--folds", "2", "--seeds", "2", "--epochs", "1", "--variants", "table", "--out", "r", "--json")
    captured = capsys.readouterr()
    summary = read("r/summary.json")
    assert json.loads(captured.out) == summary
    names = [f"seed-{seed}-fold-{fold}" for seed in (0, 1) for fold in (0, 1)]
    assert list(summary["runs"]) == names == [row["run"] for row in rows("r/summary.csv")]
    assert {path.name for path in Path("r").iterdir()} == {*names, "summary.json", "summary.csv"}
    for kind in ("accuracy", "val_accuracy"):
        values = [read(f"r/{name}/run.json")["results"][f"{kind}_table"] for name in names]
        of = summary[kind]["table"]
        assert of["values"] == values
        assert of["mean"] == pytest.approx(np.mean(values))
        assert of["std"] == pytest.approx(np.std(values, ddof=1))
        assert (of["min"], of["max"]) == (min(values), max(values))
    samples = [read(f"r/{name}/run.json")["data"]["validation_samples"] for name in names]
    assert samples == [22] * 4
    assert captured.err.count("seed-1-fold-0, table gradient: epoch 1/1: loss ") == 1
    # One of them by its own command.
    command = read("r/seed-1-fold-0/run.json")["command"]
    assert "--seed 1 " in command
    assert run([*command.split()[1:], "--out", "again"]) == 0
    assert read("again/run.json")["results"] == read("r/seed-1-fold-0/run.json")["results"]


@pytest.mark.parametrize("cut", [2, 3, 4])
def test_a_run_that_was_cut_off_goes_on_to_the_same_bits(
    cut: int, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--variants", "table,float,ptq", "--epochs", "2", "--measure", "gradients", "--drop", "0.1"]
    options += ["--val", "0.25"] if cut == 3 else []
    train(*options, "--out", "whole")
    with cut_after(cut):
        train(*options, "--out", "cut", code=130)
    assert capsys.readouterr().err.splitlines()[-1] == (
        "spikelut: interrupted; to go on: spikelut train --resume --out cut"
    )
    assert {path.name for path in Path("cut").iterdir()} == {"metrics.csv", "training"}
    assert len(rows("cut/metrics.csv")) == cut
    assert run(["train", "--resume", "--out", "cut"]) == 0
    files = {path.name for path in Path("whole").iterdir()}
    assert {path.name for path in Path("cut").iterdir()} == files
    for name in files - {"run.json", "report.html"}:
        assert Path("cut", name).read_bytes() == Path("whole", name).read_bytes(), name
    assert read("cut/run.json")["results"] == read("whole/run.json")["results"]


def test_repeated_runs_go_on_with_the_one_that_was_cut_off(data: str) -> None:
    options = ["--seeds", "3", "--epochs", "2", "--variants", "table"]
    train(*options, "--out", "whole")
    with cut_after(3):
        train(*options, "--out", "cut", code=130)
    before = Path("cut/seed-0/run.json").stat().st_mtime_ns
    assert not Path("cut/seed-1/run.json").exists()
    Path("cut").rename("moved")
    train(*options, "--out", "moved", "--resume")
    assert Path("moved/seed-0/run.json").stat().st_mtime_ns == before
    whole, cut = read("whole/summary.json"), read("moved/summary.json")
    assert [run["results"] for run in cut["runs"].values()] == [run["results"] for run in whole["runs"].values()]
    assert cut["accuracy"] == whole["accuracy"]


def test_what_is_not_finished_is_neither_lost_nor_mistaken(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "2", "--variants", "table", "--out", "r"]
    train("--resume", "--out", "r", code=2)
    assert "resume needs a training in out, got r, where there is none: begin one without" in capsys.readouterr().err
    with cut_after(0), pytest.MonkeyPatch.context() as patch:
        patch.setattr(_variants, "_Listener", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        train(*options, code=130)
    assert "interrupted before the first epoch was kept; nothing was written" in capsys.readouterr().err
    assert not Path("r").exists()
    with cut_after(2):
        train(*options, code=130)
    for more, message in (
        ([], "out: r holds a training that is not finished: --resume goes on with it, --fresh begins anew"),
        (["--resume", "--seed", "5"], "resume goes on with the options that the training began with; seed differ"),
        (["--resume", "--seed", "5", "--profile", "loihi2"], "began with; seed differ"),
    ):
        capsys.readouterr()
        train(*options, *more, code=2)
        assert message in capsys.readouterr().err
        assert Path("r/training/table/checkpoints/last.ckpt").is_file()
    train(*options, "--fresh", "--seed", "5")
    assert read("r/run.json")["seed"] == 5
    assert not Path("r/training").exists()
    capsys.readouterr()
    before = Path("r/run.json").read_bytes()
    assert run(["train", "--resume", "--out", "r"]) == 0
    assert "r is finished: there is nothing to go on with" in capsys.readouterr().out
    assert Path("r/run.json").read_bytes() == before


def test_a_disk_that_is_full_in_the_middle_loses_nothing(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[Any] = []
    original = vars(_keeper)["write_files"]

    def write(files: Any) -> None:
        calls.append(files)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "last.ckpt")
        original(files)

    options = ["--epochs", "4", "--variants", "table"]
    train(*options, "--out", "whole")
    capsys.readouterr()
    monkeypatch.setattr(_keeper, "write_files", write)
    train(*options, "--out", "r", code=2)
    *_, last = capsys.readouterr().err.splitlines()
    assert last == (
        "spikelut: out: writing to r failed: No space left on device; to go on: spikelut train --resume --out r"
    )
    train("--resume", *options, "--out", "r")
    assert Path("r/weights.safetensors").read_bytes() == Path("whole/weights.safetensors").read_bytes()


def test_a_checkpoint_of_another_network_is_one_line(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "2", "--variants", "table", "--out", "r"]
    with cut_after(2):
        train(*options, code=130)
    path = Path("r/training/options.json")
    path.write_text(path.read_text().replace('"layers": "5"', '"layers": "6"'), encoding="utf-8")
    capsys.readouterr()
    assert run(["train", "--resume", "--out", "r"]) == 2
    error = capsys.readouterr().err
    assert "last.ckpt must be of this model, whose linear1.weight is float32 [6, 6], got float32 [5, 6]" in error
    assert error.count("\n") == 1
    assert Path("r/training/table/checkpoints/last.ckpt").is_file()


@pytest.mark.usefixtures("report")
def test_a_float_network_alone_and_its_conversion(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    train("--variants", "float", "--epochs", "1", "--out", "f")
    files = {"run.json", "metrics.csv", "weights.safetensors", "samples.npz", "report.html"}
    assert {path.name for path in Path("f").iterdir()} == files
    assert [key for key in read("f/run.json")["results"] if key.startswith("accuracy")] == ["accuracy_float"]
    assert "Nothing is deployed: there is no network of integers in this run." in capsys.readouterr().out
    train("--variants", "float,ptq", "--epochs", "1", "--measure", "deployment", "--out", "p")
    results = read("p/run.json")["results"]
    assert [key for key in results if key.startswith("accuracy")] == ["accuracy_float", "accuracy_ptq"]
    assert results["spikes_different"] == 0 < results["spikes_compared"]
    assert run(["verify", "p", "--runtimes", "onnxruntime"]) == 0


def test_measurements_can_be_left_out(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    train("--variants", "table", "--epochs", "1", "--out", "r")
    files = {"run.json", "metrics.csv", "weights.safetensors", "samples.npz", "report.html", "table.h"}
    assert {path.name for path in Path("r").iterdir()} == files | {
        "model.onnx",
        "model.int.onnx",
        "network.safetensors",
    }
    results = read("r/run.json")["results"]
    assert not {"weight_gradients", "spikes_compared", "states"} & results.keys()
    assert "--measure none" in read("r/run.json")["command"]
    for more, message in (
        ([], "measure must be of gradients, deployment, activity, or all or none, got 'gradient'"),
        (["--no-measure"], "measure must not be given with no-measure"),
    ):
        capsys.readouterr()
        train("--measure", "gradient", *more, code=2)
        assert message in capsys.readouterr().err
    assert run(["train", "--no-measure", "--print-config"]) == 0
    assert "measure: none\n" in capsys.readouterr().out


OWN = """
import torch
from torch import nn
from spikelut import training

def relu(inputs, classes):
    return nn.Sequential(nn.Linear(inputs[0], 8), nn.ReLU(), nn.Linear(8, classes))

def arrays():
    import numpy as np
    with np.load("two.npz") as file:
        return file["x"], file["y"], file["test"]

def make():
    x, y, test = arrays()
    return training.SpikeDataset(x[~test], y[~test]), training.SpikeDataset(x[test], y[test])

def plain():
    x, y, _ = arrays()
    return {"train": [(torch.tensor(a), int(b)) for a, b in zip(x, y)]}

def loader():
    return torch.utils.data.DataLoader(make()[0], collate_fn=training.collate)

def lengths():
    return {"train": [(torch.ones(2 + i % 2, 3), i % 2) for i in range(20)]}

def halves():
    return {"train": [(torch.full((2, 3), 0.5), i % 2) for i in range(20)]}

def fails():
    raise OSError("the disk is away")
"""


@pytest.fixture
def own(data: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_own.py").write_text(OWN, encoding="utf-8")
    monkeypatch.delitem(__import__("sys").modules, "my_own", raising=False)


@pytest.mark.usefixtures("own")
def test_a_model_that_cannot_be_deployed_is_trained_where_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "--data", "two.npz", "--model", "my_own:relu", "--epochs", "1", "--out", "r"]
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert "model cannot be deployed: " in error
    assert error.endswith("--no-deploy trains it all the same\n")
    assert error.count("\n") == 1
    assert run([*arguments, "--no-deploy", "--variants", "float"]) == 0
    assert {path.name for path in Path("r").iterdir()} == {
        "run.json",
        "metrics.csv",
        "weights.safetensors",
        "samples.npz",
        "report.html",
    }


@pytest.mark.usefixtures("own")
def test_data_sets_of_a_callable(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "1", "--variants", "table"]
    train(*options, "--out", "a")
    train(*options, "--out", "b", data="my_own:make")
    assert read("a/run.json")["results"] == read("b/run.json")["results"]
    assert read("b/run.json")["data"]["name"] == "my_own:make"
    train(*options, "--out", "c", data="my_own:plain")
    assert read("c/run.json")["data"]["test_samples"] == 12
    for name, message in (
        ("loader", "my_own:loader, train: must be a data set, which is read once, into memory"),
        (
            "lengths",
            "my_own:lengths, train: samples must all have as many time steps; pad them with zeros",
        ),
        ("halves", "my_own:halves: x must be whole numbers to be event counts"),
        ("fails", "my_own:fails: cannot be read: OSError: the disk is away"),
        ("nothing", "has no attribute 'nothing'"),
    ):
        capsys.readouterr()
        train("--out", "d", data=f"my_own:{name}", code=2)
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


@pytest.mark.usefixtures("report")
def test_what_looks_wrong_is_told(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original = _loop.train_network

    def training(*given: Any, **more: Any) -> Any:
        found = original(*given, **more)
        return _loop.Fitted(found.epochs, found.best, found.stopped, ("layer lif1: 100% of the neurons never spike",))

    monkeypatch.setattr(_variants, "train_network", training)
    monkeypatch.setattr(_results, "accuracy", lambda *given: 2.0)
    train("--variants", "table,ptq", "--epochs", "1", "--out", "r")
    found = read("r/run.json")["results"]["warnings"]
    assert found[:2] == [f"{kind}: layer lif1: 100% of the neurons never spike" for kind in ("table", "float")]
    assert found[2].startswith("table: test accuracy is ")
    assert found[2].endswith("%, below the 200.00% of the converted network")
    err, report = capsys.readouterr().err, Path("r/report.html").read_text(encoding="utf-8")
    for line in found:
        assert f"warning: {line}\n" in err
        assert line in report


@pytest.mark.usefixtures("report")
def test_what_training_finds_is_told_once(data: str) -> None:
    train("--variants", "float", "--epochs", "1", "--layers", "3", "--out", "r")
    assert logging.getLogger("spikelut.training").handlers  # else Python prints what is logged, too


def test_without_a_terminal_each_epoch_is_a_line_on_stderr(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    train("--variants", "table", "--epochs", "2", "--out", "r")
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if "epoch" in line]
    assert [line.partition(": loss")[0] for line in lines] == [f"table gradient: epoch {n}/2" for n in (1, 2)]
    assert "epoch" not in captured.out


def test_two_processes_train_as_one(data: str) -> None:
    options = ["--variants", "table", "--epochs", "2", "--dropout", "0"]
    train(*options, "--out", "one")
    torchrun = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        "-m",
        "spikelut",
    ]
    command = [*torchrun, "train", "--data", data, *SMALL, *options, "--out", "two"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("table gradient: epoch 2/2: ") == done.stdout.count("Report: two") == 1
    one, two = rows("one/metrics.csv"), rows("two/metrics.csv")
    for alone, together in zip(one, two, strict=True):
        # Gradients are means of means: sums in another order.
        assert float(together["loss"]) == pytest.approx(float(alone["loss"]), abs=1e-4)
    assert {path.name for path in Path("two").iterdir()} == {path.name for path in Path("one").iterdir()}
