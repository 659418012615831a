"""`spikelut export`: what it reads, what it writes, and what it says when it cannot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from graph_models import graph
from safetensors.torch import save_file
from sample_networks import convolutional, dense

from spikelut import export, hw_profiles, quant
from spikelut.cli._app import run
from spikelut.cli.deploy.export import parse_size, read_source

Captured = pytest.CaptureFixture[str]
GENERIC = hw_profiles.load("generic8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `spikelut train` leaves behind, as far as it is read here."""
    model = dense(GENERIC, False, 1)
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    export.save_network(quant.integer(model), run_folder / "network.safetensors")
    save_file({k: v.clone() for k, v in model.state_dict().items()}, run_folder / "weights.safetensors")
    (run_folder / "run.json").write_text(json.dumps({"network": {"steps": 6}, "data": {"inputs": [5]}}))
    return run_folder


@pytest.mark.parametrize("dialect", ["functions", "flat", "integer", "arith", "qcdq", "qonnx", "table"])
def test_dialects(dialect: str, folder: Path, tmp_path: Path, capsys: Captured) -> None:
    out, expected = tmp_path / "a.onnx", tmp_path / "b.onnx"
    assert run(["export", str(folder), "--dialect", dialect, "--out", str(out)]) == 0
    network = export.load_network(folder / "network.safetensors")
    chosen: Any = dialect
    export.to_onnx(network, (6, 1, 5), expected, chosen)
    assert out.read_bytes() == expected.read_bytes()
    text = " ".join(capsys.readouterr().out.split())
    assert f"{out.stat().st_size:,} bytes" in text
    assert "IR version" in text


def test_options_reach_the_file(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    out, expected = tmp_path / "a.onnx", tmp_path / "b.onnx"
    words = ["--form", "unrolled", "--steps", "3", "--hidden-spikes", "--spike-node", "BipolarQuant", "--json"]
    assert run(["export", str(folder), "--dialect", "qonnx", "--out", str(out), *words]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["files"] == [str(out)]
    assert facts["inputs"] == {"input": "float [3, B, 5]"}
    assert facts["outputs"] == {
        "spikes.1": "float [3, B, 8]",
        "spikes.3": "float [3, B, 7]",
        "membrane.5": "float [3, B, 3]",
    }
    assert facts["opsets"]["qonnx.custom_op.general"] == 2
    network = export.load_network(folder / "network.safetensors")
    export.to_onnx(
        network, (3, 1, 5), expected, "qonnx", form="unrolled", hidden_spikes=True, spike_node="BipolarQuant"
    )
    assert out.read_bytes() == expected.read_bytes()


def test_what_is_not_a_plain_graph(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    learn, free, fixed = ("export", str(folder), "--dialect", "train-step"), tmp_path / "a.onnx", tmp_path / "b.onnx"
    assert run([*learn, "--out", str(free), "--steps", "2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["inputs"]["input"] == "float [2, B, 5]"
    assert facts["inputs"]["learning_rate"] == "float []"
    assert facts["inputs"]["0.weight"] == "float [8, 5]"
    assert run([*learn, "--out", str(fixed), "--steps", "2", "--batch", "3", "--learning-rate", "0.1"]) == 0
    inputs = {i.name: [d.dim_value for d in i.type.tensor_type.shape.dim] for i in onnx.load(fixed).graph.input}
    assert inputs["input"] == [2, 3, 5]
    assert "learning_rate" not in inputs
    assert run(["export", str(folder), "--dialect", "nir", "--out", str(tmp_path / "x.nir")]) == 0
    assert (
        export.count_differences(
            quant.integer(export.from_nir(tmp_path / "x.nir")).run(np.ones((6, 2, 5), int)),
            export.load_network(folder / "network.safetensors").run(np.ones((6, 2, 5), int)),
        ).different
        == 0
    )


def test_other_sources(folder: Path, tmp_path: Path) -> None:
    for number, source in enumerate((folder, folder / "network.safetensors", tmp_path / "0.onnx", tmp_path / "1.onnx")):
        assert run(["export", str(source), "--out", str(tmp_path / f"{number}.onnx")]) == 0
    contents = [(tmp_path / f"{number}.onnx").read_bytes() for number in range(4)]
    assert contents.count(contents[0]) == 4


def test_real_weights_of_a_run(folder: Path) -> None:
    model: Any = read_source(folder).module()
    assert torch.equal(model[0].weight, dense(GENERIC, False, 1)[0].weight)  # type: ignore[arg-type]  # tensors
    (folder / "weights.safetensors").unlink()
    rounded: Any = read_source(folder).module()
    assert torch.equal(rounded[0].weight, model[0].quant_weight().value)


def test_images(tmp_path: Path, capsys: Captured) -> None:
    network = tmp_path / "conv.safetensors"
    export.save_network(quant.integer(convolutional(GENERIC, False, 0)), network)
    out = tmp_path / "x.onnx"
    assert run(["export", str(network), "--out", str(out)]) == 0
    assert run(["export", str(network), "--out", str(out), "--form", "step"]) == 2
    assert "size must be given for images, as 28x28" in capsys.readouterr().err
    assert run(["export", str(network), "--out", str(out), "--form", "step", "--size", "6X7"]) == 0
    (info,) = [i for i in onnx.load(out).graph.input if i.name == "input"]
    assert [d.dim_value or d.dim_param for d in info.type.tensor_type.shape.dim] == ["B", 2, 6, 7]
    (tmp_path / "network.safetensors").write_bytes(network.read_bytes())
    (tmp_path / "run.json").write_text(json.dumps({"data": {"inputs": [2, 6, 7]}}))
    assert run(["export", str(tmp_path), "--out", str(tmp_path / "y.onnx"), "--form", "step"]) == 0
    assert (tmp_path / "y.onnx").read_bytes() == out.read_bytes()


@pytest.mark.parametrize("text", ["", "28", "28x", "0x3", "axb", "28x28x1", "123456x1", "²x3", "-1x4"])
def test_sizes(text: str) -> None:
    assert parse_size("28x30") == (28, 30)
    with pytest.raises(ValueError, match="size must be height x width, as 28x28, got"):
        parse_size(text)


def test_a_run_whose_files_are_broken(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    words = ["export", str(folder), "--dialect", "train-step", "--steps", "2", "--out", str(tmp_path / "x.onnx")]
    other = {k: v.clone() for k, v in dense(hw_profiles.load("loihi2"), False, 1)[:2].state_dict().items()}
    save_file(other, folder / "weights.safetensors")
    assert run(words) == 2
    assert "weights.safetensors must be the weights of the network beside it" in capsys.readouterr().err
    (folder / "weights.safetensors").write_bytes(b"junk")
    assert run(words) == 2
    assert "weights.safetensors must be the weights of the network beside it" in capsys.readouterr().err
    for text in ("{", "[]", '{"network": 3}'):
        (folder / "run.json").write_text(text)
        assert run(words) == 2
        assert "run.json must be the record of a run, in JSON" in capsys.readouterr().err
    assert not (tmp_path / "x.onnx").exists()


def test_wrong_input(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.onnx").write_text("hello")
    (tmp_path / "text.safetensors").write_text("hello")
    out = tmp_path / "x.onnx"
    cases = [
        ([str(tmp_path / "empty")], "empty must be the folder of a run, with network.safetensors in it"),
        ([str(tmp_path / "none")], "none: No such file or directory"),
        ([str(tmp_path / "text.onnx")], "text.onnx: not a valid ONNX model"),
        ([str(tmp_path / "text.safetensors")], "text.safetensors: not an integer network"),
        ([str(folder), "--dialect", "tflite"], "dialect must be one of functions, flat, integer, arith, qcdq, qonnx"),
        ([str(folder), "--form", "loop"], "form must be one of scan, step, unrolled, got 'loop'"),
        ([str(folder), "--dialect", "flat", "--packed"], "packed must be False but in integer and qcdq"),
        ([str(folder), "--c", str(tmp_path / "c")], "c needs the dialect integer or flat, got 'functions'"),
        ([str(folder), "--steps", "0"], "steps"),
    ]
    for words, message in cases:
        assert run(["export", *words, "--out", str(out)]) == 2, words
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
        assert not out.exists()


@pytest.mark.parametrize("name", ["two inputs", "u-net"])
def test_networks_that_branch(name: str, tmp_path: Path, capsys: Captured) -> None:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    source, out, c = tmp_path / "net.safetensors", tmp_path / "net.onnx", tmp_path / "c"
    export.save_network(network, source)
    words = ["--dialect", "integer", "--form", "step", "--c", str(c), "--json"]
    assert run(["export", str(source), "--out", str(out), *words]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["files"] == [str(out), *(str(c / f"net{end}") for end in (".h", ".c", "_test.c"))]
    for one in network.inputs:
        shape = ", ".join(["B", *map(str, one.shape)])
        name = one.name if len(network.inputs) > 1 else "input"
        assert facts["inputs"][name] == f"uint8 [{shape}]"
    wanted = export.to_c(network, tmp_path / "direct", "net")
    assert [path.read_bytes() for path in wanted] == [(c / path.name).read_bytes() for path in wanted]
