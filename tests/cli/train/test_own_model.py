"""`spikelut train --model`: any module of the user's is trained, compared and exported."""

import json
from pathlib import Path

import numpy as np
import pytest

from spikelut.cli._app import run
from spikelut.export import load_network

NETWORKS = '''
import torch
from torch import nn
from spikelut import quant

class Net(nn.Module):
    """A convolution, a residual of spikes, and a read-out; images [T, B, 1, 8, 8]."""

    def __init__(self, profile, surrogate, classes, input_step):
        super().__init__()
        self.stem = nn.Sequential(
            quant.QuantConv2d(1, 4, 3, padding=1, stride=2, profile=profile, input_step=input_step),
            quant.LIF(profile, surrogate, beta=0.75),
        )
        self.block = nn.Sequential(
            quant.QuantConv2d(4, 4, 3, padding=1, profile=profile), quant.LIF(profile, surrogate, beta=0.75)
        )
        nn.init.normal_(self.block[0].weight, 0.1, 0.3)
        self.head = quant.QuantLinear(64, classes, profile=profile)
        self.readout = quant.LI(profile, beta=0.9)

    def forward(self, x):
        x = self.stem(x)
        x = x + self.block(x)
        return self.readout(self.head(x.flatten(2)))

def make(profile, surrogate, classes, input_step):
    return Net(profile, surrogate, classes, input_step)

def relu(profile, surrogate, **_):
    return nn.Sequential(quant.QuantConv2d(1, 4, 3, profile=profile), nn.ReLU(), quant.LIF(profile, surrogate))

def number():
    return 3

def greedy(profile, appetite):
    return None

def broken(profile):
    return 1 / 0

class Faulty(nn.Linear):
    def forward(self, x):
        if self.training:
            raise RuntimeError("not yet\\nwritten")
        return super().forward(x.flatten(2))

def faulty():
    return Faulty(64, 2)

narrow = lambda: nn.Linear(7, 2)

wrong_classes = lambda profile, surrogate: nn.Sequential(
    nn.Flatten(2), quant.QuantLinear(64, 3, profile=profile), quant.LIF(profile, surrogate)
)
'''
SHORT = ["--data", "images.npz", "--epochs", "2", "--variants", "table", "--readout", "membrane", "--steps", "4"]
SHORT += ["--profile", "generic16"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my_networks.py").write_text(NETWORKS, encoding="utf-8")
    (tmp_path / "unwritten.py").write_text("make = to", encoding="utf-8")
    images = np.random.default_rng(0).random((60, 8, 8)) * np.linspace(0.2, 1, 8)
    labels = np.arange(60) % 2
    images[labels == 1] = images[labels == 1, ::-1, ::-1]
    np.savez(tmp_path / "images.npz", x=images, y=labels)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "my_networks", raising=False)
    return tmp_path


def test_a_module_is_trained_compared_and_exported(folder: Path) -> None:
    assert run(["train", "--model", "my_networks:make", "--out", "run", *SHORT]) == 0
    record = json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
    results = record["results"]
    assert record["network"]["name"] == "my_networks:make"
    assert "--model my_networks:make" in record["command"]
    assert results["spikes_different"] == 0
    assert results["spikes_compared"] > 1_000
    assert set(results["spike_rate"]) == {"stem_1", "block_1"}
    assert results["silent_layers"] == []
    assert results["states"]["different"] == 0 < results["states"]["nonzero"]
    network = load_network(folder / "run" / "network.safetensors")
    assert network.outputs == ("readout",)
    assert run(["verify", "run", "--runtimes", "onnxruntime"]) == 0
    step = ["export", "run", "--dialect", "integer", "--form", "step", "--out", "step.onnx", "--c", "c"]
    assert run(step) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "my_networks"], "model must be MODULE:CALLABLE, as my_networks:make, got 'my_networks'"),
        (["--model", "nowhere:make"], "No module named 'nowhere'"),
        (["--model", "my_networks:nothing"], "has no attribute 'nothing'"),
        (["--model", "my_networks:number"], "model my_networks:number must make a module, got 'int'"),
        (["--model", "my_networks:greedy"], "must take some of profile, surrogate, inputs"),
        (
            ["--model", "my_networks:make", "--layers", "32", "--beta", "0.5"],
            "layers, beta must not be given with model",
        ),
        (
            ["--model", "my_networks:relu"],
            "model cannot be deployed: check: layer '1': operations must be ones that are read, got relu",
        ),
        (["--model", "my_networks:wrong_classes"], "model must give"),
        (["--model", "my_networks:broken"], "model my_networks:broken: ZeroDivisionError: division by zero"),
        (
            ["--model", "my_networks:narrow", "--no-deploy"],
            "model my_networks:narrow: RuntimeError: mat1 and mat2 shapes cannot be multiplied",
        ),
        (
            ["--model", "my_networks:faulty", "--no-deploy"],
            "model my_networks:faulty: RuntimeError: not yet written",
        ),
        (["--model", "unwritten:make"], "as my_networks:make, got 'unwritten:make': NameError: name 'to' is not"),
        (["--model", "my_networks:make", "--precision", "16-mixed"], "precision must be one of 32-true"),
    ],
)
def test_what_is_refused(folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--out", "run", *SHORT, *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (folder / "run").exists()


def test_variants_of_floats_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--out", "run", "--model", "my_networks:make", "--variants", "table,float"]) == 2
    assert "variants must be of table, analytic with model" in " ".join(capsys.readouterr().err.split())
