"""`spikelut program`: runs, files of networks, data, and wrong input."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.cli._app import run
from spikelut.surrogates import Arctan

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run leaves, as far as it matters here."""
    place = tmp_path_factory.mktemp("run")
    torch.manual_seed(0)
    layer = quant.EventLIF(6, 4, profile=hw_profiles.load("tinyodin"), surrogate=Arctan())
    nn.init.normal_(layer.linear.weight, 0.1, 0.1)
    export.save_network(quant.integer(nn.Sequential(layer)), place / "network.safetensors")
    (place / "run.json").write_text(json.dumps({"data": {"inputs": [6]}}))
    np.savez(place / "samples.npz", x=(np.random.default_rng(0).random((5, 7, 6)) < 0.5).astype(np.uint8))
    return place


def test_runs_files_and_data(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--chip", "tinyodin", "--json"]
    assert run(["program", str(folder), str(tmp_path / "a"), *words, "--samples", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["chip"], found["samples"], found["steps"]) == ("tinyodin", 3, 7)
    assert found["sent"]["spikes_expected"] > 0
    network, x = export.load_network(folder / "network.safetensors"), np.load(folder / "samples.npz")["x"]
    export.to_chip(network, np.moveaxis(x[:3], 0, 1), tmp_path / "b")
    for file in found["files"]:
        assert Path(file).read_bytes() == (tmp_path / "b" / Path(file).name).read_bytes()
    data = ["--data", str(folder / "samples.npz"), "--samples", "3"]
    assert run(["program", str(folder / "network.safetensors"), str(tmp_path / "c"), *words, *data]) == 0
    assert (tmp_path / "c" / "events.hex").read_bytes() == (tmp_path / "b" / "events.hex").read_bytes()
    capsys.readouterr()
    assert run(["program", str(folder / "network.safetensors"), str(tmp_path / "d"), "--chip", "tinyodin"]) == 0
    told = capsys.readouterr().out
    assert "16 SPI words" not in told
    assert f"next: {tmp_path / 'd' / 'README.md'}, with the RTL of ChFrenkel/tinyODIN" in told
    assert (tmp_path / "d" / "expected.hex").read_text()  # events that were searched for


def test_wrong_input(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").write_text("mine")
    (tmp_path / "file").write_text("mine")
    out, chip = str(tmp_path / "new"), ["--chip", "tinyodin"]
    cases = [
        ([str(folder), out, "--chip", "loihi2"], "chip must be one of odin, reckon, tinyodin, got 'loihi2'"),
        ([str(folder), out, "--chip", "odin"], "network must be on the profile odin alone, got 'tinyodin'"),
        ([str(folder), str(tmp_path / "taken"), *chip], "folder must not be there yet, or be empty"),
        ([str(folder), str(tmp_path / "file" / "x"), *chip], "out: writing to "),
        ([str(tmp_path / "none"), out, *chip], "none: No such file or directory"),
        ([str(folder), out, *chip, "--data", str(tmp_path / "none.npz")], "none.npz: No such file or directory"),
    ]
    for words, message in cases:
        assert run(["program", *words]) == 2
        (line,) = capsys.readouterr().err.strip().splitlines()
        assert message in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
    assert (tmp_path / "taken" / "x").read_text() == "mine"
