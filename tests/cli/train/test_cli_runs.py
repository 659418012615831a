"""Trainings that validate and are repeated; those of which a part is left out; what is told of them."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_runs import SMALL, page, read, rows, train, two_classes, without_page

from spikelut.cli._app import run
from spikelut.cli.train import job as _job
from spikelut.cli.train import loop as _loop
from spikelut.cli.train import results as _results
from spikelut.cli.train import variants as _variants

data = pytest.fixture(two_classes)
quick = pytest.fixture(autouse=True)(without_page)
report = pytest.fixture(page)


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
