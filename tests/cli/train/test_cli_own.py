"""Networks and data sets of the user's own functions."""

from pathlib import Path

import pytest
from small_runs import read, train, two_classes, without_page

from spikelut.cli._app import run

data = pytest.fixture(two_classes)
quick = pytest.fixture(autouse=True)(without_page)


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
