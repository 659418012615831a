"""Twin runs, and the gradients a training records: what is written, and what is trained again."""

import csv
import json
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikelut.cli.shared.errors import UserError
from spikelut.cli.train import gradients as _gradients
from spikelut.cli.train import twins as _twins
from spikelut.cli.train.gradients import EPOCH_BATCHES, EPOCH_SAMPLES, GradientLog, measure_gradients
from spikelut.cli.train.job import Options, prepare
from spikelut.cli.train.loop import Epoch, Split, fit
from spikelut.cli.train.twins import FILES, RUNS, twins_command
from spikelut.quant.comparison.gradient_measures import MEASURES
from spikelut.quant.comparison.gradients import compare_gradients

VARIANTS = ("table", "analytic", "control")


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """A small network on 60 samples of 5 steps and 6 inputs, sorted by class: the half of the inputs that is busier."""
    rng = np.random.default_rng(0)
    y = np.arange(60) // 30
    rate = np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)
    x = (rng.random((60, 5, 6)) < rate[:, None]).astype(np.uint8)
    np.savez(tmp_path / "two.npz", x=x, y=y, test=np.arange(60) % 4 == 0)
    changes = {"layers": "8", "epochs": 2, "batch": 8, "learning_rate": 0.05}
    data = str(tmp_path / "two.npz")
    return Options("loihi2", data, "unused", 3, None, "cpu", False, "table", None, changes)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def count_fits(monkeypatch: pytest.MonkeyPatch, stop_at: int | None = None) -> list[Any]:
    """The models that are trained from here on; the user interrupts the training `stop_at`."""
    trained: list[Any] = []

    def counting(model: Any, *args: Any, **more: Any) -> list[Epoch]:
        trained.append(model)
        if len(trained) - 1 == stop_at:
            raise KeyboardInterrupt
        return fit(model, *args, **more)

    monkeypatch.setattr(_twins, "fit", counting)
    return trained


def test_twins_write_every_file(options: Options, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "twins"
    assert twins_command(options, 2, out, 32) == 0
    assert {file.name for file in out.iterdir()} == {*FILES, RUNS}
    assert {file.name for file in (out / RUNS).iterdir()} == {f"{s}-{v}.json" for s in (3, 4) for v in VARIANTS}
    found = rows(out / "twins.csv")
    expected = [(str(s), v, str(e)) for s in (3, 4) for v in VARIANTS for e in (1, 2)]
    assert [(row["seed"], row["variant"], row["epoch"]) for row in found] == expected
    gradients = rows(out / "twin-gradients.csv")
    assert [(row["seed"], row["variant"], row["epoch"], row["layer"]) for row in gradients] == [
        (str(s), v, str(e), layer)
        for s in (3, 4)
        for v in ("table", "control")
        for e in (1, 2)
        for layer in ("linear1", "linear2")
    ]
    data = json.loads((out / "twins.json").read_text())
    assert (data["seeds"], data["cells"], data["network"]) == ([3, 4], 32, "6-8-2")
    for variant in VARIANTS:
        final = [float(row["test_accuracy"]) for row in found if (row["variant"], row["epoch"]) == (variant, "2")]
        assert data["accuracy"][variant]["values"] == pytest.approx(final, abs=1e-6)  # six decimals are written
    printed = capsys.readouterr().out
    assert "wrong table" in printed
    assert "index off by 32" in " ".join(printed.split())
    assert (out / "twins.svg").read_bytes().startswith(b"<?xml")


def test_the_twins_are_the_networks_that_train_makes(options: Options, tmp_path: Path) -> None:
    options = replace(options, profile="reckon")  # whose coarse table tells itself from the curve in a few steps
    twins_command(options, 1, tmp_path / "t")
    job = prepare(options)
    for variant, slope in (("table", job.lut), ("analytic", job.surrogate)):
        gain = job.builder(slope).gain
        epochs = fit(job.network(slope), job.train, job.test, job.recipe, lambda *_: None, gain=gain)
        kept = json.loads((tmp_path / "t" / RUNS / f"3-{variant}.json").read_text())["twin"]
        assert [Epoch(**epoch) for epoch in kept["epochs"]] == epochs
    losses = [row["loss"] for row in rows(tmp_path / "t" / "twins.csv")]
    assert len(set(losses)) == 6


def test_a_command_that_was_interrupted_goes_on(
    options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    twins_command(options, 2, whole)
    trained = count_fits(monkeypatch, stop_at=3)
    with pytest.raises(KeyboardInterrupt):
        twins_command(options, 2, cut)
    assert len(trained) == 4
    assert [file.name for file in cut.iterdir()] == [RUNS]
    trained = count_fits(monkeypatch)
    twins_command(options, 2, cut)
    assert len(trained) == 3
    assert contents(cut) == contents(whole)
    trained = count_fits(monkeypatch)
    twins_command(options, 2, cut)
    assert trained == []
    assert contents(cut) == contents(whole)


def test_only_what_differs_is_trained_again(options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "t"
    twins_command(options, 1, out, 32)
    for change, cells, seeds, count in (
        ({}, 16, 1, 1),  # another control
        ({}, 16, 2, 3),  # one more seed
        ({"epochs": 1}, 16, 1, 3),
        ({"surrogate": "sigmoid"}, 16, 1, 3),
    ):
        trained = count_fits(monkeypatch)
        twins_command(replace(options, changes={**options.changes, **change}), seeds, out, cells)
        assert len(trained) == count
    data = np.load(options.data)
    np.savez(options.data, x=1 - data["x"], y=data["y"], test=data["test"])
    (out / RUNS / "3-table.json").write_text("{")
    (out / RUNS / "3-control.json").write_text("[]")
    trained = count_fits(monkeypatch)
    twins_command(options, 1, out, 32)
    assert len(trained) == 3


def test_nothing_is_left_of_a_first_training_that_fails(
    options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_fits(monkeypatch, stop_at=0)
    with pytest.raises(KeyboardInterrupt):
        twins_command(options, 2, tmp_path / "deep" / "t")
    assert not (tmp_path / "deep").exists()


def test_a_training_that_diverges_is_named(options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverging(*args: Any, **more: Any) -> list[Epoch]:
        raise UserError("training diverged in epoch 1")

    monkeypatch.setattr(_twins, "fit", diverging)
    with pytest.raises(UserError, match="table, seed 3: training diverged in epoch 1"):
        twins_command(options, 1, tmp_path / "t")


@pytest.mark.parametrize(
    ("seeds", "cells", "changes", "message"),
    [
        (0, None, {}, "seeds must be 1 or more, got 0"),
        (2**32 - 2, None, {}, r"seed \+ seeds must be at most 4294967296, got 4294967297"),
        (1, 0, {}, r"cells must be in 1\.\.255 or -255\.\.-1 for a table of 256 entries, got 0"),
        (1, 256, {}, "for a table of 256 entries, got 256"),
        (1, None, {"fine_tune": 1}, "fine-tune must not be given"),
    ],
)
def test_wrong_options_are_told(
    seeds: int, cells: int | None, changes: dict[str, Any], message: str, options: Options, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        twins_command(replace(options, changes={**options.changes, **changes}), seeds, tmp_path / "t", cells)
    assert not (tmp_path / "t").exists()


def test_json_is_all_there_is_on_stdout(options: Options, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twins_command(options, 1, tmp_path / "t", None, True)
    captured = capsys.readouterr()
    assert json.loads(captured.out) == json.loads((tmp_path / "t" / "twins.json").read_text())
    assert json.loads(captured.out)["cells"] == 64
    assert "wrong table" in captured.err


def test_the_control_of_the_digits_learns_less(tmp_path: Path) -> None:
    options = Options("reckon", "digits", "unused", 0, None, "cpu", False, "table", None, {"epochs": 1, "layers": "32"})
    twins_command(options, 1, tmp_path / "t", 2)
    found = json.loads((tmp_path / "t" / "twins.json").read_text())
    # Cosine: 0.97 against -0.1; accuracy after one epoch: 0.4 to 0.7 against guessing, 0.1.
    assert found["lowest_cosine"]["table"]["mean"] > 0.9
    assert found["lowest_cosine"]["control"]["mean"] < 0.6
    assert found["accuracy_difference"]["control - table"]["mean"] < -0.1
    assert found["noticed"] == {"cosine": True, "accuracy": True}
    for variant in ("table", "analytic", "control"):
        work = found["work"][variant]
        assert work["network_bits"] > 8 * (64 * 32 + 32 * 10)
        assert work["modelled_energy_nj"] == pytest.approx(work["synaptic_events"] * 5.3 / 1000)
    assert found["work"]["table"] != found["work"]["control"]


def test_measuring_does_not_change_the_training(options: Options) -> None:
    job = prepare(replace(options, changes={**options.changes, "dropout": 0.3, "drop": 0.1}))
    log = GradientLog(job.train, job.recipe)
    weights = []
    for hook in (None, log):
        model = job.network(job.lut)
        fit(model, job.train, job.test, job.recipe, lambda *_: None, on_epoch=hook)
        weights.append(model.state_dict())
    assert all((weights[0][name] == weights[1][name]).all() for name in weights[0])
    assert [(row["epoch"], row["layer"]) for row in log.rows()] == [
        (epoch, layer) for epoch in (1, 2) for layer in ("linear1", "linear2")
    ]
    assert log.csv().splitlines()[0] == ",".join(["epoch", "layer", *MEASURES])
    # The last row is what the trained network gives on the same samples with the training's own loss.
    batches = list(job.train.spread(EPOCH_BATCHES, EPOCH_SAMPLES))

    def loss(out: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(out.sum(0), labels, label_smoothing=job.recipe.label_smoothing)

    assert job.recipe.readout == "spikes"
    assert job.recipe.score_scale == 1
    found = compare_gradients(model, batches, loss)
    assert log.epochs[-1] == [layer.mean() for layer in found.layers]
    assert measure_gradients(model, job.train, job.recipe, 64, EPOCH_BATCHES, EPOCH_SAMPLES).layers == found.layers


def test_samples_come_from_all_over_a_split() -> None:
    split = Split(torch.zeros(2, 100, 3, dtype=torch.uint8), torch.arange(100))
    found = [labels.tolist() for _, labels in split.spread(2, 10)]
    assert found == [list(range(0, 100, 10)), list(range(5, 100, 10))]
    whole = [labels.tolist() for _, labels in split.spread(3, 64)]
    assert sorted(chain(*whole)) == list(range(100))
    assert [len(labels) for labels in whole] == [50, 50]
    assert all(max(labels) - min(labels) > 90 for labels in whole)
    assert [x.shape for x, _ in split.spread(1, 7)] == [(2, 7, 3)]


def test_a_quarter_of_the_entries_is_the_default_control(options: Options) -> None:
    job = prepare(options)
    assert _gradients.default_cells(job.lut.table) == 64
    assert _gradients.default_cells(prepare(replace(options, profile="reckon")).lut.table) == 1
