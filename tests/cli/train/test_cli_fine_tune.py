"""`spikelut train --fine-tune`: networks in a chip's integers begin as the trained float network."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikelut import hw_profiles
from spikelut.cli._app import run
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.train.network import Builder, Shape, build_network, load_converted
from spikelut.export import load_network
from spikelut.quant import IntegerConv2d, IntegerLinear, convert, integer
from spikelut.surrogates import Arctan


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Images with a bright square in the upper or the lower half."""
    rng = np.random.default_rng(0)
    x, y = rng.random((60, 9, 8)) * 0.2, np.arange(60) % 2
    for image, label in zip(x, y, strict=True):
        image[1 + 4 * label : 4 + 4 * label, 2:5] += 0.8
    path = tmp_path / "images.npz"
    np.savez(path, x=x, y=y, test=np.arange(60) >= 40)
    return path


def trained(images: Path, out: Path, *options: str) -> dict[str, Any]:
    """run.json of a convolutional network."""
    given = ["--data", str(images), "--out", str(out), "--profile", "generic8", "--layers", "4C3,P2,8", "--steps", "4"]
    given += ["--coding", "constant", "--bias", "--readout", "membrane", "--batch", "8", "--epochs", "4"]
    given += ["--dropout", "0", "--label-smoothing", "0", "--score-scale", "3"]
    assert run(["train", *given, *options]) == 0
    data: dict[str, Any] = json.loads((out / "run.json").read_text())
    return data


def test_scales_of_channels(images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    data = trained(images, tmp_path / "r", "--per-channel", "--variants", "table,ptq", "--epochs", "1", "--json")
    assert json.loads(capsys.readouterr().out) == data
    assert data["results"]["spikes_different"] == 0
    layers = load_network(tmp_path / "r" / "network.safetensors").layers
    channels = [layer.channels for layer in layers if isinstance(layer, IntegerLinear | IntegerConv2d)]
    assert any(channels)
    assert all(len(each) in (0, outputs) for each, outputs in zip(channels, (4, 8, 2), strict=True))


def rows(folder: Path) -> list[dict[str, str]]:
    """metrics.csv."""
    with (folder / "metrics.csv").open() as file:
        return list(csv.DictReader(file))


def test_training_goes_on_where_the_float_network_ended(images: Path, tmp_path: Path) -> None:
    options = ["--batch-norm", "--fine-tune", "1", "--fine-tune-rate", "1e-9", "--variants", "table,analytic,ptq"]
    data = trained(images, tmp_path / "r", *options)
    assert data["results"]["spikes_different"] == 0
    assert data["results"]["conversion"][0]["changes"] == ["batch norm 'norm1' folded into the weights"]
    found = rows(tmp_path / "r")
    assert [(row["gradient"], row["epoch"]) for row in found] == [
        ("float", "1"),
        ("float", "2"),
        ("float", "3"),
        ("float", "4"),
        ("table", "1"),
        ("analytic", "1"),
    ]
    # With hardly a learning rate this is the loss of the float network's weights in 8 bits, not that of random ones.
    first, last, tuned = (float(found[k]["loss"]) for k in (0, 3, 4))
    assert last < first / 2
    assert tuned < first / 2
    assert data["results"]["accuracy_table"] > 0.9


def test_batch_norm_of_the_float_network_changes_no_other(images: Path, tmp_path: Path) -> None:
    assert trained(images, tmp_path / "a", "--variants", "table")["results"]["accuracy_table"] > 0.6
    trained(images, tmp_path / "b", "--variants", "table,float", "--batch-norm")
    assert rows(tmp_path / "a") == [row for row in rows(tmp_path / "b") if row["gradient"] == "table"]


def test_fine_tuning_trains_the_float_network_too(images: Path, tmp_path: Path) -> None:
    results = trained(images, tmp_path / "r", "--fine-tune", "1", "--variants", "table")["results"]
    assert "accuracy_float" in results
    assert "accuracy_ptq" not in results


@pytest.mark.parametrize("name", ["generic8", "loihi2", "reckon", "xylo"])
@pytest.mark.parametrize("recurrent", [False, True])
def test_training_begins_as_the_converted_integers(name: str, recurrent: bool) -> None:
    profile = hw_profiles.load(name)
    recipe = Recipe(layers="6,5", recurrent=recurrent, readout="membrane", bias=profile.bias is not None)
    recipe = Recipe(**{**vars(recipe), "batch_norm": recipe.bias})
    torch.manual_seed(0)
    shape = Shape((7,), 3)
    model = build_network(Builder(recipe, profile, Arctan(), None), shape)
    events = (torch.rand(9, 32, 7) < 0.4).float()
    model(events)  # gives batch norm its statistics
    network = build_network(Builder(recipe, profile, Arctan(), 4), shape)
    found = convert(model.eval(), profile, events, weight_bits=4, surrogate=Arctan(alpha=3.0))
    wanted = integer(found.model).run(events.numpy())
    load_converted(network, found)
    assert [module for module in network.modules() if isinstance(module, nn.Dropout)]
    ours = integer(network.eval()).run(events.numpy())
    assert sum(int((values != 0).sum()) for values in wanted.values()) > 300
    for (_, spikes), (_, theirs) in zip(ours.items(), wanted.items(), strict=True):
        assert np.array_equal(spikes, theirs)
    slopes: list[Any] = [getattr(module, "surrogate", None) for module in network.modules()]
    assert {str(slope) for slope in slopes if slope is not None} == {"Arctan(alpha=3.0)"}


def test_training_that_ruins_a_network_leaves_it_as_it_was(images: Path, tmp_path: Path) -> None:
    options = ["--fine-tune", "1", "--fine-tune-rate", "3", "--variants", "table,ptq", "--weight-bits", "4"]
    options += ["--measure", "none"]
    data = trained(images, tmp_path / "r", *options)
    results = data["results"]
    assert results["accuracy_table"] == results["accuracy_ptq"] > 0.6
    assert any("no epoch is better than the start, which is kept" in line for line in results["warnings"])
    validated = trained(images, tmp_path / "v", *options, "--val", "0.2")["results"]
    assert validated["best_epoch_table"] == 0
    assert validated["val_accuracy_table"] == validated["val_accuracy_ptq"]


def test_what_is_converted_can_be_calibrated(images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--calibrate", "spikes", "--measure", "none", "--weight-bits", "3", "--epochs", "2"]
    data = trained(images, tmp_path / "r", *options, "--variants", "ptq")
    assert "--calibrate spikes" in data["command"]
    steps = data["results"]["conversion_steps"]
    assert {step["name"] for step in steps} >= {"nearest", "scales", "bias_correction", "rounding"}
    rounding = [step for step in steps if step["name"] == "rounding"]
    assert any(step["after"] < step["before"] for step in rounding)
    capsys.readouterr()
    assert run(["train", "--data", str(images), "--out", str(tmp_path / "s"), "--calibrate", "spikes"]) == 2
    assert "calibrate needs ptq among variants, or fine-tune" in capsys.readouterr().err
