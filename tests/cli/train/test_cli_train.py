"""`spikelut train` on small data: what it writes, that it repeats, and that it learns."""

import csv
import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from packages import ROOT
from safetensors.numpy import load_file

from spikelut.cli._app import run
from spikelut.cli.train import results as _results

FILES = {
    "weights.safetensors",
    "network.safetensors",
    "run.json",
    "metrics.csv",
    "gradients.csv",
    "report.html",
    "model.onnx",
    "model.int.onnx",
    "table.h",
    "samples.npz",
}


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of a run, which takes a second to draw, is an empty file."""
    monkeypatch.setattr(_results, "write_report", lambda path, *given: path.touch())


@pytest.fixture
def spike_file(tmp_path: Path) -> Path:
    """60 samples of 5 steps and 6 inputs; the class is the half of the inputs that is busier."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    rate = np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)
    x = (rng.random((60, 5, 6)) < rate[:, None]).astype(np.uint8)
    path = tmp_path / "two.npz"
    np.savez(path, x=x, y=y, test=np.arange(60) >= 44)
    return path


def record(folder: Path) -> dict[str, Any]:
    """run.json as data."""
    data: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return data


@pytest.mark.parametrize("profile", ["loihi2", "reckon", "generic8"])
def test_a_run_writes_every_file_and_all_spikes_agree(
    profile: str, spike_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "run"
    options = ["--profile", profile, "--data", str(spike_file), "--out", str(out), "--epochs", "3", "--layers", "7,5"]
    assert run(["train", *options]) == 0
    assert {file.name for file in out.iterdir()} == FILES
    results = record(out)["results"]
    neurons = 7 + 5 + 2
    assert results["spikes_compared"] == 2 * 16 * 5 * neurons
    assert results["spikes_different"] == 0
    assert results["spikes_by_implementation"].keys() == {"integer reference", "model.int.onnx", "model.onnx"}
    for count in results["spikes_by_implementation"].values():
        assert count["different"] == 0
        assert 0 < count["nonzero"] < count["compared"] == 16 * 5 * neurons
    # Spikes and membranes of the eight samples that are kept.
    assert results["states"].pop("nonzero") > 0
    assert results["states"] == {"compared": 2 * 8 * 5 * neurons, "different": 0}
    assert results["silent_layers"] == [name for name, rate in results["spike_rate"].items() if rate == 0]
    with np.load(out / "samples.npz", allow_pickle=False) as kept, np.load(spike_file) as given:
        for name in ("x", "y"):
            np.testing.assert_array_equal(kept[name], given[name][given["test"]][:8])
    assert 0 <= results["accuracy_analytic"] <= 1
    printed = capsys.readouterr().out
    assert f"{results['accuracy_table']:.2%}" in printed
    assert str(out / "report.html") in printed.replace("\n", "")


def test_a_layer_without_spikes_is_named(spike_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with np.load(spike_file) as file:
        np.savez(tmp_path / "none.npz", **{**file, "x": file["x"] * 0})
    out = tmp_path / "run"
    assert (
        run(["train", "--data", str(tmp_path / "none.npz"), "--out", str(out), "--epochs", "1", "--layers", "4"]) == 0
    )
    text = " ".join(capsys.readouterr().out.split())
    assert record(out)["results"]["silent_layers"] == ["lif1", "lif2"]
    for layer in ("lif1", "lif2"):
        assert f"Layer {layer} never spikes on the test samples" in text
        assert f"{layer} never spikes on the test samples" in (out / "report.html").read_text()
    assert "(0.0% not zero), 0 different" in text
    # verify runs others, on which they do.
    assert run(["verify", str(out), "--runtimes", "onnxruntime", "--json"]) == 0
    assert all(row["silent"] == [] for row in json.loads(capsys.readouterr().out))


@pytest.mark.usefixtures("no_page")
def test_run_json_tells_options_versions_and_seed(spike_file: Path, tmp_path: Path) -> None:
    options = ["--data", str(spike_file), "--out", str(tmp_path / "r"), "--epochs", "1", "--seed", "7", "--layers", "4"]
    assert run(["train", *options, "--surrogate", "sigmoid:alpha=2.5", "--weight-bits", "3"]) == 0
    data = record(tmp_path / "r")
    assert data["options"]["weight_bits"] == 3
    assert data["options"]["profile"] == "loihi2"
    assert data["seed"] == 7
    assert data["surrogate"] == {"name": "sigmoid", "alpha": 2.5}
    assert data["network"] == {"name": "6-4-2", "weight_bits": 3, "steps": 5}
    assert data["recipe"]["layers"] == "4"
    assert data["recipe"]["beta"] == 0.9
    assert data["command"].startswith("spikelut train --profile loihi2 --data ")
    assert data["command"].endswith(
        "--seed 7 --weight-bits 3 --device cpu --variants table,analytic "
        "--layers 4 --surrogate sigmoid:alpha=2.5 --epochs 1"
    )
    assert {"torch", "brevitas", "onnxruntime", "python"} <= data["versions"].keys()
    model = onnx.load(tmp_path / "r" / "model.int.onnx")
    codes = [onnx.numpy_helper.to_array(t) for t in model.graph.initializer if t.data_type == onnx.TensorProto.INT8]
    assert len(codes) == 2
    assert all(array.min() >= -4 and array.max() <= 3 for array in codes)


@pytest.mark.usefixtures("no_page")
def test_metrics_have_a_row_per_gradient_and_epoch(spike_file: Path, tmp_path: Path) -> None:
    assert (
        run(["train", "--data", str(spike_file), "--out", str(tmp_path / "r"), "--epochs", "2", "--layers", "4"]) == 0
    )
    with (tmp_path / "r" / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["gradient"], row["epoch"]) for row in rows] == [
        ("table", "1"),
        ("table", "2"),
        ("analytic", "1"),
        ("analytic", "2"),
    ]
    final = record(tmp_path / "r")["results"]["accuracy_table"]
    assert float(rows[1]["test_accuracy"]) == pytest.approx(final, abs=1e-6)  # six decimals are written


@pytest.mark.usefixtures("no_page")
def test_the_same_seed_gives_identical_results_and_another_does_not(spike_file: Path, tmp_path: Path) -> None:
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        out = ["--out", str(tmp_path / name)]
        assert run(["train", "--data", str(spike_file), *out, "--epochs", "2", "--layers", "4", "--seed", seed]) == 0
    a, b, c = (load_file(tmp_path / name / "weights.safetensors") for name in "abc")
    assert a.keys() == b.keys()
    assert all((a[key] == b[key]).all() for key in a)
    assert any((a[key] != c[key]).any() for key in a)
    assert record(tmp_path / "a")["results"] == record(tmp_path / "b")["results"]
    for file in ("model.onnx", "model.int.onnx", "metrics.csv", "table.h"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


@pytest.mark.usefixtures("no_page")
def test_a_second_run_replaces_its_files_and_leaves_others(spike_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "r"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    for epochs in ("1", "2"):
        assert run(["train", "--data", str(spike_file), "--out", str(out), "--epochs", epochs, "--layers", "4"]) == 0
    assert record(out)["options"]["epochs"] == 2
    assert {file.name for file in out.iterdir()} == FILES | {"notes.txt"}


def test_the_report_is_self_contained(spike_file: Path, tmp_path: Path) -> None:
    assert (
        run(["train", "--data", str(spike_file), "--out", str(tmp_path / "r"), "--epochs", "1", "--layers", "4"]) == 0
    )
    html = (tmp_path / "r" / "report.html").read_text()
    # Nine of the curve, the training and the gradients; two samples, two layers, and the answers.
    assert html.count("<svg") == 9 + 2 + 2 + 1
    assert not re.search(r"<(script|link|img|iframe)|@import|src=", html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', html):
        assert "".join(target) in ids


@pytest.mark.usefixtures("no_page")
def test_a_profile_of_ones_own_is_used(spike_file: Path, tmp_path: Path) -> None:
    shipped = ROOT / "hw_profiles" / "generic8.toml"
    own = tmp_path / "mine.toml"
    own.write_text(shipped.read_text().replace('title = "Generic 8-bit"', 'title = "Mine"').replace("= 256", "= 16"))
    options = ["--profile", str(own), "--data", str(spike_file), "--out", str(tmp_path / "r"), "--epochs", "1"]
    assert run(["train", *options, "--layers", "4"]) == 0
    assert record(tmp_path / "r")["profile"]["title"] == "Mine"
    assert record(tmp_path / "r")["results"]["table"]["entries"] == 16


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("profile", ["loihi2", "reckon"])
def test_the_digits_are_learned_with_the_table_gradient(profile: str, tmp_path: Path) -> None:
    assert run(["train", "--profile", profile, "--out", str(tmp_path), "--epochs", "4"]) == 0
    results = record(tmp_path)["results"]
    # Thirty epochs reach 97 %; four are enough to tell learning from guessing and from a broken gradient.
    assert results["accuracy_table"] > 0.9
    assert results["spikes_compared"] == 2 * 360 * 16 * (128 + 10)
    assert results["spikes_different"] == 0


@pytest.mark.usefixtures("no_page")
def test_the_command_that_is_recorded_repeats_the_run(spike_file: Path, tmp_path: Path) -> None:
    options = ["--data", str(spike_file), "--out", str(tmp_path / "a b"), "--epochs", "2", "--layers", "4"]
    options += ["--recurrent", "--no-bias", "--readout", "membrane", "--drop", "0.1", "--variants", "table"]
    assert run(["train", *options]) == 0
    first = record(tmp_path / "a b")
    assert "--recurrent" in first["command"]
    assert "--no-bias" in first["command"]
    words = shlex.split(first["command"])[1:]
    words[words.index("--out") + 1] = str(tmp_path / "again")
    assert run(words) == 0
    assert record(tmp_path / "again")["results"] == first["results"]
    assert "accuracy_analytic" not in first["results"]


@pytest.mark.parametrize("profile", ["loihi2", "reckon", "xylo"])
def test_every_variant_of_a_recurrent_network(profile: str, spike_file: Path, tmp_path: Path) -> None:
    options = ["--profile", profile, "--data", str(spike_file), "--out", str(tmp_path / "r"), "--epochs", "8"]
    options += [
        "--layers",
        "8,6",
        "--recurrent",
        "--readout",
        "membrane",
        "--bias",
        "--shift",
        "1",
        "--input-shift",
        "1",
    ]
    assert run(["train", *options, "--variants", "analytic,ptq", "--batch", "8"]) == 0
    results = record(tmp_path / "r")["results"]
    accuracies = [results[f"accuracy_{kind}"] for kind in ("table", "analytic", "float", "ptq")]
    assert min(accuracies) > 0.6
    assert results["spikes_different"] == 0
    assert [layer["neurons"] for layer in results["conversion"]] == ["lif1", "lif2", "readout"]
    html = (tmp_path / "r" / "report.html").read_text()
    assert "The float network converted" in html
    # ReckOn's neurons have no bias: there is one more input instead.
    assert record(tmp_path / "r")["data"]["inputs"] == [7 if profile == "reckon" else 6]


@pytest.mark.usefixtures("no_page")
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
@pytest.mark.filterwarnings("ignore")  # torch.compile warns of itself
def test_compiled_neurons_give_the_same_run(spike_file: Path, tmp_path: Path) -> None:
    options = ["--data", str(spike_file), "--epochs", "2", "--layers", "4", "--variants", "table"]
    assert run(["train", *options, "--out", str(tmp_path / "a")]) == 0
    assert run(["train", *options, "--out", str(tmp_path / "b"), "--compile"]) == 0
    assert record(tmp_path / "a")["results"] == record(tmp_path / "b")["results"]
    assert " --compile " in record(tmp_path / "b")["command"]


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize("coding", ["rate", "constant", "latency"])
def test_convolutions_on_every_coding(coding: str, tmp_path: Path) -> None:
    """Images with a bright square in the upper or the lower half."""
    rng = np.random.default_rng(0)
    x, y = rng.random((60, 9, 8)) * 0.2, np.arange(60) % 2
    for image, label in zip(x, y, strict=True):
        image[1 + 4 * label : 4 + 4 * label, 2:5] += 0.8
    np.savez(tmp_path / "images.npz", x=x, y=y, test=np.arange(60) >= 40)
    options = ["--data", str(tmp_path / "images.npz"), "--out", str(tmp_path / "r"), "--epochs", "6", "--batch", "8"]
    options += ["--layers", "4C3,P2,6C2,8", "--steps", "5", "--coding", coding, "--bias", "--readout", "membrane"]
    options += ["--dropout", "0", "--variants", "table,ptq"]
    assert run(["train", *options]) == 0
    data = record(tmp_path / "r")
    assert data["network"]["name"] == "1x9x8-4C3-P2-6C2-8-2"
    assert data["network"]["steps"] == 5
    assert data["results"]["spikes_different"] == 0
    assert data["results"]["accuracy_table"] > 0.8
    assert data["results"]["accuracy_ptq"] > 0.6
