"""`spikelut verify`: files of a run, single files, training steps, and wrong input."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import pytest
from graph_models import graph
from onnx import numpy_helper
from runtime_files import NETWORKS, SHAPES

from spikelut import export, quant
from spikelut.cli._app import run
from spikelut.cli.deploy import verify as _verify
from spikelut.export import runtimes
from spikelut.quant import IntegerLIF
from spikelut.quant.network.reference import reference_states

Captured = pytest.CaptureFixture[str]
QUICK = ["--runtimes", "onnxruntime,reference", "--samples", "5"]


def exported(name: str, path: Path, dialect: Any, form: Any = None) -> Path:
    export.to_onnx(NETWORKS[name](), SHAPES[name], path, dialect, form=form, hidden_spikes=True)
    return path


def rows(captured: Captured) -> list[dict[str, Any]]:
    found = json.loads(captured.readouterr().out)
    assert isinstance(found, list)
    return found


def damaged(path: Path) -> None:
    """The file with other weights."""
    model = onnx.load(path)
    tensor = next(t for t in model.graph.initializer if t.name.startswith("weight"))
    tensor.CopyFrom(numpy_helper.from_array(-numpy_helper.to_array(tensor)[::-1].copy(), tensor.name))
    onnx.save(model, path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a run leaves, as far as it matters here."""
    for dialect in ("integer", "functions"):
        exported("images", tmp_path / f"{dialect}.onnx", dialect)
    exported("images", tmp_path / "step.onnx", "flat", "step")
    export.save_network(NETWORKS["images"](), tmp_path / "network.safetensors")
    (tmp_path / "run.json").write_text(json.dumps({"data": {"inputs": [1, 6, 6]}}))
    return tmp_path


def test_a_run(folder: Path, capsys: Captured) -> None:
    assert run(["verify", str(folder), *QUICK, "--json"]) == 0
    found = rows(capsys)
    assert [(r["file"], r["runtime"]) for r in found] == [
        (file, name)
        for file in ("functions.onnx", "integer.onnx", "step.onnx")
        for name in ("onnxruntime", "reference")
    ]
    for row in found:
        # Four steps of five samples: spikes and membranes of 3 x 4 x 4 hidden neurons and 2 of the output.
        assert (row["status"], row["oracle"], row["samples"]) == ("agrees", "integer reference", 5)
        assert (row["compared"], row["different"]) == (2 * 4 * 5 * (3 * 4 * 4 + 2), 0)
        assert 1000 <= row["nonzero"] < row["compared"]
        assert (row["hidden"], row["silent"]) == ("", [])
        assert row["seconds"] > 0
    damaged(folder / "integer.onnx")
    assert run(["verify", str(folder), *QUICK]) == 1
    text = capsys.readouterr().out
    assert "integer.onnx in onnxruntime: " in text
    assert "functions.onnx in" not in text
    assert "differs from integer reference" in text


def test_a_file(tmp_path: Path, capsys: Captured) -> None:
    path = exported("recurrent", tmp_path / "net.onnx", "integer")
    assert run(["verify", str(path), *QUICK]) == 0
    assert "agrees with onnxruntime" in capsys.readouterr().out
    damaged(path)
    assert run(["verify", str(path), *QUICK]) == 0
    capsys.readouterr()
    export.save_network(NETWORKS["recurrent"](), tmp_path / "net.safetensors")
    assert run(["verify", str(path), *QUICK, "--json"]) == 1
    assert {row["status"] for row in rows(capsys)} == {"differs"}


def test_samples_of_the_run_and_others_are_run(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    original = runtimes.network_case

    def case(path: Path, events: Any, network: Any) -> Any:
        seen.append(events)
        return original(path, events, network)

    monkeypatch.setattr(_verify, "network_case", case)
    command = ["verify", str(folder), "--runtimes", "onnxruntime", "--samples", "4"]
    kept = np.random.default_rng(1).integers(0, 4, (3, 1, 1, 6, 6), np.uint8)
    np.savez(folder / "samples.npz", x=kept)
    assert run(command) == 0
    for events in seen:
        assert events.shape == (1, 4, 1, 6, 6)
        np.testing.assert_array_equal(events[0, :2], kept[:2, 0])
    text = " ".join(capsys.readouterr().out.split())
    assert "spikes on these inputs" not in text
    np.savez(folder / "silence.npz", x=kept * 0)
    layers = [replace(x, bias=None) if isinstance(x, IntegerLIF) else x for x in NETWORKS["images"]().layers]
    network = replace(NETWORKS["images"](), layers=tuple(layers))
    export.to_onnx(network, SHAPES["images"], folder / "functions.onnx", "integer")
    export.save_network(network, folder / "functions.safetensors")
    command = ["verify", str(folder / "functions.onnx"), "--runtimes", "onnxruntime"]
    assert run([*command, "--data", str(folder / "silence.npz")]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "functions.onnx: no neuron of 2, 6 spikes on these inputs, so that little is proven about it" in text
    assert " 0.0% 0 " in text


def test_data(tmp_path: Path, capsys: Captured) -> None:
    path = exported("recurrent", tmp_path / "net.onnx", "qcdq")
    network = NETWORKS["recurrent"]()
    export.save_network(network, tmp_path / "net.safetensors")
    x = np.random.default_rng(0).integers(0, 2, (9, 7, 5), np.uint8)
    np.savez(tmp_path / "x.npz", x=x)
    command = ["verify", str(path), "--runtimes", "onnxruntime", "--data", str(tmp_path / "x.npz"), "--json"]
    assert run([*command, "--samples", "4"]) == 0
    expected = reference_states(network, np.moveaxis(x[:4], 0, 1))
    # Last spikes are the spikes.
    compared = [expected[n] for n in ("spikes.1", "1.mem", "spikes.3", "3.mem", "membrane.5", "5.mem")]
    (row,) = rows(capsys)
    assert (row["compared"], row["nonzero"]) == tuple(sum(f(a) for a in compared) for f in (np.size, np.count_nonzero))
    for array, message in (
        (x + 1, "spikes must be 0 or 1"),
        (x[0], "x must be event counts [N, T, ...]"),
        (x[:, :, :4], "spikes must be [T, B, 5]"),
        (x.astype(str), "x must be event counts"),
    ):
        np.savez(tmp_path / "x.npz", x=array)
        assert run(command) == 2
        assert message in capsys.readouterr().err
    np.savez(tmp_path / "x.npz", y=x)
    assert run(command) == 2
    assert "x.npz: must hold x, got ['y']" in capsys.readouterr().err


def test_what_is_not_expected_is_said(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPIKELUT_RUNTIMES", str(tmp_path / "none"))
    path = exported("recurrent", tmp_path / "net.onnx", "functions")
    assert run(["verify", str(path), "--samples", "2"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "openvino" not in text or "not expected: does not run the functions of a file" in text
    assert "Not run: " in text
    assert "onnxruntime-1.16 (there is no Python environment none/ort116)" in text


@pytest.mark.parametrize(
    ("dialect", "oracle", "said"),
    [("flat", "onnxruntime", 1), ("flat", "integer reference", 0), ("table", "onnxruntime", 0)],
)
def test_a_network_without_its_integers_says_so(dialect: str, oracle: str, said: int) -> None:
    row = runtimes.Outcome("openvino", "1", "net.onnx", dialect, "scan", "agrees", samples=2, oracle=oracle)
    lines = [line for line in _verify._below([row, row]) if "compared with each other" in line]
    assert len(lines) == said
    assert all("net.safetensors" in line for line in lines)


def test_a_training_step(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "step.onnx"
    # new = weight - rate * (input transposed @ input @ weight), the gradient of |input @ weight|^2 / 2
    shapes: dict[str, list[str | int | None]] = {"input": ["B", 4], "w": [4, 3], "rate": []}
    ends = [onnx.helper.make_tensor_value_info(name, 1, shape) for name, shape in shapes.items()]
    steps = [("MatMul", "input w", "y"), ("Transpose", "input", "t"), ("MatMul", "t y", "g"), ("Mul", "g rate", "d")]
    nodes = [
        onnx.helper.make_node(op, takes.split(), [gives]) for op, takes, gives in [*steps, ("Sub", "w d", "w.new")]
    ]
    result = onnx.helper.make_tensor_value_info("w.new", 1, [4, 3])
    model = onnx.helper.make_model(
        onnx.helper.make_graph(nodes, "g", ends, [result]),
        opset_imports=[onnx.helper.make_opsetid("", 13)],
        ir_version=8,
    )
    onnx.helper.set_model_props(model, {"spikelut.dialect": "train-step", "spikelut.form": "unrolled"})
    onnx.save(model, path)
    assert run(["verify", str(path), *QUICK, "--json"]) == 0
    for row in rows(capsys):
        assert (row["status"], row["dialect"], row["compared"]) == ("agrees", "train-step", 12)
        assert row["largest"] <= 1e-5 * 4
    assert run(["verify", str(path), "--data", str(path)]) == 2
    assert "step.onnx: data are for networks" in capsys.readouterr().err


def test_wrong_input(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPIKELUT_RUNTIMES", str(tmp_path / "none"))
    path = exported("recurrent", tmp_path / "net.onnx", "integer")
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.onnx").write_bytes(b"nothing of the kind")
    images = exported("images", tmp_path / "images.onnx", "integer")
    cases: list[tuple[list[str], str]] = [
        ([str(tmp_path / "absent.onnx")], "absent.onnx: No such file"),
        ([str(tmp_path / "empty")], "the folder must hold .onnx files"),
        ([str(tmp_path / "bad.onnx")], "bad.onnx: not a valid ONNX model: the file is damaged, or something else"),
        ([str(path), "--runtimes", "ort"], "runtime must be one of onnxruntime, onnxruntime-1.16"),
        (
            [str(path), "--runtimes", "tvm"],
            "runtimes must be installed, tvm is not, got 'there is no Python environment",
        ),
        ([str(path), "--samples", "0"], "--samples"),
        ([str(path), "--data", str(tmp_path / "absent.npz")], "absent.npz: No such file"),
        ([str(images)], "height and width must be known"),
    ]
    for arguments, message in cases:
        assert run(["verify", *arguments]) == 2, arguments
        captured = capsys.readouterr()
        assert message in captured.err
        assert captured.err.count("\n") == 1
        assert not captured.out
    # Valid, and yet nothing that onnxruntime runs: a table of two entries, read at the third place.
    info = [onnx.helper.make_tensor_value_info(n, 1, ["B"]) for n in ("x", "y")]
    constants = [numpy_helper.from_array(np.ones(2, np.float32), "t"), numpy_helper.from_array(np.array([2]), "i")]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Gather", ["t", "i"], ["y"])], "g", info[:1], info[1:], constants
    )
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)]), tmp_path / "odd.onnx")
    assert run(["verify", str(tmp_path / "odd.onnx")]) == 2
    assert "odd.onnx: the network is not beside it, and onnxruntime fails: " in capsys.readouterr().err
    export.save_network(NETWORKS["images"](), tmp_path / "net.safetensors")
    assert run(["verify", str(path)]) == 2
    assert "spikelut: " in capsys.readouterr().err


def test_a_network_with_several_inputs(tmp_path: Path, capsys: Captured) -> None:
    """Beside its network, with data of the user's, and without either."""
    model, (audio, video) = graph("two inputs")
    network = quant.integer(model, example=(audio, video))
    shapes = {"audio": tuple(audio.shape), "video": tuple(video.shape)}
    for form in ("scan", "step"):
        export.to_onnx(network, shapes, tmp_path / f"{form}.onnx", "integer", form=cast(Any, form))
    export.save_network(network, tmp_path / "network.safetensors")
    assert run(["verify", str(tmp_path), *QUICK, "--json"]) == 0
    whole = [x.numpy().swapaxes(0, 1) for x in (audio, video)]
    np.savez(tmp_path / "data.npz", audio=whole[0], video=whole[1])
    found = rows(capsys)
    assert run(["verify", str(tmp_path), *QUICK, "--json", "--data", str(tmp_path / "data.npz")]) == 0
    found += rows(capsys)
    assert len(found) == 8
    assert {(r["status"], r["oracle"], r["hidden"]) for r in found} == {("agrees", "integer reference", "")}
    assert all(r["nonzero"] > r["compared"] / 4 for r in found)
    (tmp_path / "network.safetensors").unlink()
    assert run(["verify", str(tmp_path / "step.onnx"), *QUICK, "--json"]) == 0
    assert {(r["status"], r["oracle"]) for r in rows(capsys)} == {("agrees", "onnxruntime")}
