"""The report of a run: what it says of spikes is what run.json has, and what is left out is left out."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikelut import export, quant
from spikelut.cli._app import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "digits"
    variants = ["--variants", "table,float,ptq", "--epochs", "1", "--layers", "16"]
    assert run(["train", *variants, "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def results(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))["results"]
    return found


def test_the_record_has_rates_distances_answers_and_synaptic_events(results: dict[str, Any], folder: Path) -> None:
    layers = results["activity"]["layers"]
    assert set(layers) == {"table", "float", "ptq"}
    assert results["activity"]["samples"] == 360
    assert list(layers["table"]) == ["lif1", "lif2"]
    for name, found in layers["table"].items():
        assert found["rate"] == pytest.approx(results["spike_rate"][name], rel=1e-6)  # float32 means of all samples
        assert found["rate"] > 0
    assert set(results["rate_distance"]) == {"table", "ptq"}
    # Nearer than a network that was trained by itself.
    for name in ("lif1", "lif2"):
        assert 0 < results["rate_distance"]["ptq"][name] < results["rate_distance"]["table"][name]
    matrix = np.array(results["confusion"])
    assert matrix.sum() == 360
    assert matrix.trace() / 360 == pytest.approx(results["accuracy_table"])
    events = results["synaptic_events"]
    network = export.load_network(folder / "network.safetensors")
    with np.load(folder / "samples.npz") as kept:
        few = quant.synaptic_events(network, np.moveaxis(kept["x"], 0, 1))
    assert events["samples"] == 64
    assert set(events["layers"]) == set(few) == {"linear1", "linear2"}
    for name, found in events["layers"].items():
        # Of other samples, of the same digits.
        assert found["operations"] / 64 == pytest.approx(few[name].operations / 8, rel=0.35)


def test_the_page_shows_them(results: dict[str, Any], folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    for title in ("Spikes and membranes", "Answers", "Firing rates", "Synaptic operations", "To repeat this run"):
        assert f"<h2>{title}</h2>" in page
    assert len(re.findall(r"<summary>test sample \d+, class \d, answered \d</summary>", page)) == 3
    for kind in ("table", "ptq"):
        for distance in results["rate_distance"][kind].values():
            assert f">{distance:.4f}</td>" in page
    operations = sum(found["operations"] for found in results["synaptic_events"]["layers"].values())
    assert f"{operations / 64:,.1f}</td>" in page
    assert ">1 − cosine similarity</text>" in page


def test_the_page_has_links_to_the_files_beside_it_and_the_command(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    linked = re.findall(r'<a href="([\w.]+)">\1</a>', page)
    assert sorted(linked) == sorted(file.name for file in folder.iterdir() if file.name != "report.html")
    assert len(linked) > 8
    assert re.search(r"<code>spikelut train .*--variants table,float,ptq", page)


def test_what_is_not_measured_is_not_there(tmp_path: Path) -> None:
    quick = ["--epochs", "1", "--layers", "8", "--variants", "float", "--measure", "none"]
    assert run(["train", *quick, "--out", str(tmp_path / "r")]) == 0
    found = json.loads((tmp_path / "r" / "run.json").read_text(encoding="utf-8"))["results"]
    assert not {"activity", "rate_distance", "confusion", "synaptic_events"} & set(found)
    assert "<h2>Firing rates</h2>" not in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")


def test_a_float_network_alone_has_rates_and_no_synaptic_events(tmp_path: Path) -> None:
    quick = ["--epochs", "1", "--layers", "8", "--variants", "float", "--measure", "activity"]
    assert run(["train", *quick, "--out", str(tmp_path / "r")]) == 0
    found = json.loads((tmp_path / "r" / "run.json").read_text(encoding="utf-8"))["results"]
    assert list(found["activity"]["layers"]) == ["float"]
    assert found["rate_distance"] == {}
    assert "synaptic_events" not in found
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert "<h2>Firing rates</h2>" in page
    assert "Earth Mover" not in page
    assert "<h2>Synaptic operations</h2>" not in page
    assert "<summary>" not in page
