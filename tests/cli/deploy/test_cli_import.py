"""`spikelut import`: what it writes of files of lava-dl and NIR, and what it says when it cannot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lava_files import FILES, written
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.cli._app import run

pytest.importorskip("h5py", reason="h5py is not installed")

Captured = pytest.CaptureFixture[str]
LOIHI = hw_profiles.load("loihi2")


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "network.net"
    path.write_bytes(written(FILES["images"]()))
    return path


def test_a_network_of_lava_dl(net: Path, tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "runs" / "a"
    assert run(["import", str(net), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "wrote" in said
    assert "layer1_weights  Conv2d" in said
    assert "input: 40 * x + 36 of an image x in -1..1, cut to whole numbers" in said
    found, expected = export.load_network(out / "network.safetensors"), export.from_lava(net)
    x = np.random.default_rng(0).integers(-20, 77, (20, 2, 2, 6, 7))
    ours, theirs = found.run(x), expected.run(x)
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)
    assert theirs["layer4"].any()
    record = json.loads((out / "run.json").read_text())
    assert record["imported"]["transform"] == {"weight": 40, "bias": 36}
    assert record["data"] == {"inputs": [2, 6, 7]}
    assert [layer["kind"] for layer in record["network"]["layers"]][:3] == ["Scale", "LIF", "Delay"]
    # It is a run for the commands behind it.
    assert run(["export", str(out), "--dialect", "integer", "--out", str(out / "model.onnx")]) == 0
    (membranes,) = export.run_onnx(out / "model.onnx", x).values()
    assert np.array_equal(membranes, theirs["layer5"])


def test_options_reach_the_reader(net: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--no-layer-delays", "--num-layers", "3", "--largest-input", "99", "--json"]
    assert run(["import", str(net), "--out", str(tmp_path / "a"), *words]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [layer["name"] for layer in record["network"]["layers"]][-2:] == ["layer2_weights", "layer2"]
    assert record["network"]["inputs"][0]["largest"] == 99
    assert not record["imported"]["layer_delays"]
    layers = FILES["images"]()[1:3]
    net.write_bytes(written(layers))
    assert run(["import", str(net), "--out", str(tmp_path / "b"), "--input-shape", "2x6x7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"] == {"inputs": [2, 6, 7]}


@pytest.fixture
def floats(tmp_path: Path) -> Path:
    """A NIR graph of another library, and events."""
    nir: Any = pytest.importorskip("nir", reason="nir is not installed")
    torch.manual_seed(0)
    first, second = (torch.randn(n, m).numpy() for n, m in ((7, 5), (3, 7)))
    lif = [nir.LIF(np.full(n, 1e-3), np.ones(n), np.zeros(n), np.ones(n), np.zeros(n)) for n in (7, 3)]
    graph = nir.NIRGraph.from_list(nir.Linear(first * 10), lif[0], nir.Linear(second * 10), lif[1])
    nir.write(tmp_path / "graph.nir", graph)
    np.savez(tmp_path / "events.npz", x=np.random.default_rng(0).integers(0, 2, (6, 30, 5)))
    return tmp_path / "graph.nir"


def test_floats_of_nir_are_converted(floats: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--profile", "loihi2", "--data", str(tmp_path / "events.npz"), "--weight-bits", "6", "--dt", "1e-4"]
    assert run(["import", str(floats), "--out", str(tmp_path / "a"), *words]) == 0
    assert "no neuron" not in capsys.readouterr().out
    network = export.load_network(tmp_path / "a" / "network.safetensors")
    assert network.first.bits == 6
    x = np.moveaxis(np.load(tmp_path / "events.npz")["x"], 0, 1)
    events = torch.from_numpy(x).float()
    expected = quant.convert(export.from_nir(floats, dt=1e-4), LOIHI, events, weight_bits=6)
    wanted = list(quant.integer(expected.model).run(x).values())
    assert all(np.array_equal(a, b) for a, b in zip(network.run(x).values(), wanted, strict=True))
    assert wanted[-1].any()
    imported = json.loads((tmp_path / "a" / "run.json").read_text())["imported"]
    assert imported["conversion"] == str(expected).splitlines()
    assert imported["layers"] == json.loads(json.dumps(expected.rows()))
    assert [step["name"] for step in imported["steps"]] == [step.name for step in expected.steps]


def test_bits_are_found(floats: Path, tmp_path: Path, capsys: Captured) -> None:
    events = np.load(tmp_path / "events.npz")["x"]
    answers = export.from_nir(floats, dt=1e-4)(torch.from_numpy(np.moveaxis(events, 0, 1)).float()).sum(0).argmax(1)
    np.savez(tmp_path / "labelled.npz", x=events, y=answers.numpy())
    words = ["--profile", "loihi2", "--data", str(tmp_path / "labelled.npz"), "--dt", "1e-4", "--weight-bits"]
    assert run(["import", str(floats), "--out", str(tmp_path / "a"), *words, "auto:3.5"]) == 0
    assert "auto:3.5: 3." in capsys.readouterr().out
    assert run(["import", str(floats), "--out", str(tmp_path / "b"), *words, "auto:accuracy>=0.5"]) == 0
    bits = [layer["bits"] for layer in json.loads((tmp_path / "b" / "run.json").read_text())["imported"]["layers"]]
    assert all(len(each) == 1 and 2 <= each[0] < 8 for each in bits)
    for wrong, message in (("1", "weight-bits must be in 2..16, or as auto:3.5, got '1'"), ("auto:x", "'auto:x'")):
        assert run(["import", str(floats), "--out", str(tmp_path / "c"), *words, wrong]) == 2
        assert message in " ".join(capsys.readouterr().err.split())


def test_calibrated_on_spikes(floats: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--profile", "loihi2", "--data", str(tmp_path / "events.npz"), "--dt", "1e-4", "--weight-bits", "2"]
    found = {}
    for how in ("nearest", "spikes"):
        assert run(["import", str(floats), "--out", str(tmp_path / how), *words, "--calibrate", how]) == 0
        assert ("calibrate='spikes' chooses them" in capsys.readouterr().out) == (how == "nearest")
        found[how] = json.loads((tmp_path / how / "run.json").read_text())["imported"]
    assert [one.get("calibrate") for one in found.values()] == [None, "spikes"]
    before, after = ([layer["spikes_different"] for layer in one["layers"]] for one in found.values())
    assert sum(after) < sum(before)
    assert run(["import", str(floats), "--out", str(tmp_path / "c"), *words, "--calibrate", "best"]) == 2
    assert "calibrate must be nearest, spikes" in " ".join(capsys.readouterr().err.split())


def test_neurons_the_chip_lacks(tmp_path: Path, capsys: Captured) -> None:
    nir: Any = pytest.importorskip("nir", reason="nir is not installed")
    weights = np.random.default_rng(0).normal(size=(4, 5)) * 3
    neuron = nir.CubaLIF(
        tau_mem=np.full(4, 1e-3), tau_syn=np.full(4, 5e-4), r=np.ones(4), v_leak=np.zeros(4), v_threshold=np.ones(4)
    )
    nir.write(tmp_path / "current.nir", nir.NIRGraph.from_list(nir.Linear(weights), neuron))
    np.savez(tmp_path / "events.npz", x=np.random.default_rng(0).integers(0, 2, (6, 30, 5)))
    words = ["--profile", "hls4ml", "--data", str(tmp_path / "events.npz"), "--dt", "1e-4"]
    assert run(["import", str(tmp_path / "current.nir"), "--out", str(tmp_path / "a"), *words]) == 2
    assert "hls4ml" in capsys.readouterr().err
    assert run(["import", str(tmp_path / "current.nir"), "--out", str(tmp_path / "a"), *words, "--substitute"]) == 0
    assert "synaptic current" in capsys.readouterr().out
    assert json.loads((tmp_path / "a" / "run.json").read_text())["network"]["layers"][-1]["kind"] == "LIF"


def test_a_page_of_the_conversion(floats: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["--profile", "loihi2", "--data", str(tmp_path / "events.npz"), "--dt", "1e-4"]
    assert run(["import", str(floats), "--out", str(tmp_path / "a"), *words, "--page", str(tmp_path / "c.html")]) == 0
    assert f"wrote {tmp_path / 'c.html'}" in capsys.readouterr().out
    assert "Converted to a chip" in (tmp_path / "c.html").read_text(encoding="utf-8")
    nowhere = tmp_path / "events.npz" / "c.html"
    assert run(["import", str(floats), "--out", str(tmp_path / "b"), *words, "--page", str(nowhere)]) == 2
    assert "c.html" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_integers_of_nir(tmp_path: Path, capsys: Captured) -> None:
    pytest.importorskip("nir", reason="nir is not installed")
    model = nn.Sequential(quant.QuantLinear(5, 4, profile=LOIHI), quant.LIF(LOIHI, surrogates.Arctan()))
    export.to_nir(model, tmp_path / "ours.nir")
    assert run(["import", str(tmp_path / "ours.nir"), "--out", str(tmp_path / "a")]) == 0
    found = export.load_network(tmp_path / "a" / "network.safetensors")
    assert np.array_equal(found.first.codes, quant.integer(model).first.codes)
    capsys.readouterr()
    assert run(["import", str(tmp_path / "ours.nir"), "--out", str(tmp_path / "b"), "--profile", "loihi2"]) == 2
    assert "ours.nir must be in floats to be converted, got integers on a chip" in capsys.readouterr().err


def test_what_is_refused(net: Path, floats: Path, tmp_path: Path, capsys: Captured) -> None:
    for words, message in (
        ([tmp_path / "a.pt"], "source must be a file of lava-dl (.net) or NIR (.nir), got 'a.pt'"),
        ([tmp_path / "absent.net"], "absent.net: No such file or directory"),
        ([net, "--profile", "loihi2", "--dt", "1"], "options must be those of .net files, got --profile, --dt"),
        ([floats, "--no-layer-delays"], "options must be those of .nir files, got --no-layer-delays"),
        ([floats, "--num-layers", "2"], "options must be those of .nir files, got --num-layers"),
        ([floats], "graph.nir is in floats, so --profile and --data, events that set the scales, must be given"),
        ([net, "--input-shape", "2x6"], "input_shape must be channels x height x width, as 3x66x200, got '2x6'"),
        ([net, "--input-shape", "2x7x6"], "input_shape must be (2, 6, 7), as the file says, got (2, 7, 6)"),
        ([""], "the path must name a file or a folder, got ''"),
    ):
        assert run(["import", *map(str, words), "--out", str(tmp_path / "out")]) == 2, words
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
        assert not (tmp_path / "out").exists()
    damaged = tmp_path / "b.net"
    damaged.write_bytes(net.read_bytes()[:5000])
    assert run(["import", str(damaged), "--out", str(tmp_path / "out")]) == 2
    assert "b.net: not a network of lava-dl: " in capsys.readouterr().err
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "weights.safetensors").touch()
    assert run(["import", str(net), "--out", str(tmp_path / "out")]) == 2
    assert "must not be the folder of another run, with weights.safetensors in it" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["weights.safetensors"]
