"""`spikelut cost`: runs, chips, files, and wrong input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from graph_models import graph
from packages import ROOT
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.cli._app import run
from spikelut.surrogates import Arctan

Captured = pytest.CaptureFixture[str]
LOIHI = hw_profiles.load("loihi2")
LOIHI_1 = str(ROOT / "examples" / "loihi1.toml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a run leaves, as far as it matters here: images of 6 x 6 whose size the network does not know."""
    torch.manual_seed(0)
    conv, linear = quant.QuantConv2d(1, 4, 3, profile=LOIHI), quant.QuantLinear(64, 10, profile=LOIHI)
    model = nn.Sequential(conv, quant.LIF(LOIHI, Arctan()), nn.Flatten(2), linear, quant.LIF(LOIHI, Arctan()))
    export.save_network(quant.integer(model), tmp_path / "network.safetensors")
    (tmp_path / "run.json").write_text(json.dumps({"data": {"inputs": [1, 6, 6]}}))
    x = (np.random.default_rng(0).random((5, 7, 1, 6, 6)) < 0.4).astype(np.uint8)
    np.savez(tmp_path / "samples.npz", x=x)
    return tmp_path


def told(capsys: Captured, *arguments: str) -> list[dict[str, Any]]:
    assert run(["cost", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["costs"]
    assert isinstance(found, list)
    return found


def test_a_run_on_the_samples_it_has_kept(folder: Path, capsys: Captured) -> None:
    (found,) = told(capsys, str(folder))
    network = export.load_network(folder / "network.safetensors")
    x = np.moveaxis(np.load(folder / "samples.npz")["x"], 0, 1)
    assert found == json.loads(json.dumps(quant.cost(network, x).as_dict()))
    assert (found["samples"], found["steps"]) == (5, 7)
    assert found["synaptic_events"] > 0
    assert told(capsys, str(folder / "network.safetensors")) == [found]
    assert told(capsys, str(folder), "--samples", "2")[0]["samples"] == 2


def test_data_of_ones_own_and_none(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    np.savez(tmp_path / "mine.npz", x=np.ones((3, 4, 1, 6, 6), np.uint8))
    (found,) = told(capsys, str(folder), "--data", str(tmp_path / "mine.npz"))
    assert (found["samples"], found["steps"], found["input_events"]) == (3, 4, 3 * 4 * 36)
    (folder / "samples.npz").unlink()
    (bare,) = told(capsys, str(folder))
    assert (bare["samples"], bare["synaptic_events"], bare["synapses"]) == (0, None, found["synapses"])
    assert run(["cost", str(folder)]) == 0
    assert "No data, so that nothing was counted" in capsys.readouterr().out


def test_every_chip(folder: Path, capsys: Captured) -> None:
    found = told(capsys, str(folder), "--profile", "all", "--profile", LOIHI_1)
    assert [one["profile"] for one in found] == [*hw_profiles.names(), "loihi1"]
    assert len({one["synaptic_events"] for one in found}) == 1
    modelled = [one["profile"] for one in found if one["modelled_energy"]]
    assert modelled == ["reckon", "loihi1"]
    assert run(["cost", str(folder), "--profile", f"all,{LOIHI_1}"]) == 2  # of all nothing can follow
    capsys.readouterr()
    assert run(["cost", str(folder), "--profile", "loihi2,speck2f,odin", "--profile", LOIHI_1]) == 0
    text = capsys.readouterr().out
    assert "not published: neurons of a core" in text
    assert "modelled energy, no measurement" in text
    assert "energy: no constants were published" in text
    assert "energy: not modelled, as the network does not fit" in text
    assert "accesses" in text


def test_files(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    page, data = tmp_path / "cost.html", tmp_path / "cost.json"
    assert run(["cost", str(folder), "--profile", LOIHI_1, "--out", str(page), "--out", str(data)]) == 0
    assert f"wrote {page}" in capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    assert "Modelled energy, no measurement" in text
    assert "<script" not in text
    (found,) = json.loads(data.read_text())["costs"]
    assert found["fit"]["first"] in text
    assert f"{found['layers'][0]['synaptic_events']:,}" in text


def test_several_inputs(tmp_path: Path, capsys: Captured) -> None:
    model, inputs = graph("two inputs")
    network = quant.integer(model, example=inputs)
    export.save_network(network, tmp_path / "network.safetensors")
    arrays: dict[str, Any] = {
        one.name: np.moveaxis(x.numpy(), 0, 1) for one, x in zip(network.inputs, inputs, strict=True)
    }
    np.savez(tmp_path / "x.npz", **arrays)
    (found,) = told(capsys, str(tmp_path), "--data", str(tmp_path / "x.npz"))
    assert found["input_events"] == sum(int(x.sum()) for x in inputs)
    (bare,) = told(capsys, str(tmp_path))
    assert bare["samples"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent"], "absent"),
        (["{}", "--out", "cost.pdf"], "out must end in .html or .json, got 'cost.pdf'"),
        (["{}", "--profile", "loihi9"], "profile must be one of akida2, "),
        (["{}", "--data", "absent.npz"], "absent.npz: No such file"),
        (["{}", "--data", "{}/run.json"], "run.json"),
        (["{}", "--data", "{}/wide.npz"], "IntegerNetwork: spikes must be [T, B, 1, H, W], got (4, 3, 9)"),
        (["{}", "--data", "{}/none.npz"], "x must be event counts [N, T, ...]"),
        (["{}", "--data", "{}/many.npz"], "IntegerNetwork: spikes must be"),
        (["{}", "--samples", "0"], "samples"),
        (["{}", "--data", ""], "data must name a file or a folder, got ''"),
        ([""], "the path must name a file or a folder, got ''"),
    ],
)
def test_wrong_input(folder: Path, arguments: list[str], message: str, capsys: Captured) -> None:
    np.savez(folder / "wide.npz", x=np.ones((3, 4, 9), np.uint8))
    np.savez(folder / "none.npz", x=np.ones((0, 4, 1, 6, 6), np.uint8))
    np.savez(folder / "many.npz", x=np.full((2, 4, 1, 6, 6), 9, np.uint8))
    assert run(["cost", *(text.replace("{}", str(folder)) for text in arguments)]) == 2
    said = capsys.readouterr().err.strip()
    assert message in said
    assert "\n" not in said.replace("\r", "")
