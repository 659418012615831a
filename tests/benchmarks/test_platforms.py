"""The benchmark of platforms: parts of the data, a cell, what is computed again, the page, and wrong input."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import platform_cell
import platform_page
import platforms
import pytest
import torch
from platform_data import Part, Parts, folder_of, parts_of
from rich.console import Console
from torch import nn

from spikelut import quant
from spikelut.surrogates import Arctan

SETTINGS = platforms.read_settings(platforms.SETTINGS.read_text())
SMALL = {"tune": True, "data": {"calibration": 12}, "compare": {"c_samples": 1}}
SMALL |= {"fine_tune": {"epochs": 1, "batch_size": 16, "learning_rate": 0.003}}


def letters() -> Parts:
    """Sixty samples of 16 steps and 4 inputs in three classes, fifteen of them for testing."""
    random, y = np.random.default_rng(1), np.arange(60) % 3
    x = (random.random((60, 16, 4)) < 0.15 + 0.6 * (np.arange(4) % 3 == y[:, None, None])).astype(np.uint8)
    return parts_of(x, y, np.arange(60) >= 45, 0.2)


def floats() -> nn.Module:
    """A recurrent layer of current-based neurons and an output layer, with biases."""
    torch.manual_seed(0)
    first = quant.FloatRecurrent(quant.FloatLIF(Arctan(), alpha=0.5, beta=0.875, reset="zero"), 6)
    last = quant.FloatLIF(Arctan(), alpha=0.5, beta=0.75, reset="zero")
    model = nn.Sequential(nn.Linear(4, 6), first, nn.Linear(6, 3), last)
    for value in model.parameters():
        nn.init.uniform_(value, -0.3, 0.7)
    return model.eval()


def test_no_sample_is_in_two_parts_and_each_class_validates() -> None:
    x, y = np.arange(60).reshape(60, 1, 1).astype(np.uint8), np.arange(60) % 3
    data = parts_of(x, y, y == 9, 0.2)
    found = [set(part.events.flatten().tolist()) for part in (data.train, data.validation, data.test)]
    assert found[0] | found[1] == set(range(60))
    assert not found[0] & found[1]
    assert sorted(np.array([*found[1]]) % 3) == [0] * 4 + [1] * 4 + [2] * 4
    assert np.array_equal(data.validation.labels, data.validation.events.flatten().numpy() % 3)
    data = letters()
    assert [len(part.labels) for part in (data.train, data.validation, data.test)] == [36, 9, 15]
    few = platform_cell.fewer(data.train, 5)
    assert sorted(few.labels.tolist()) == [0, 0, 1, 1, 2]
    assert few.events.shape == (16, 5, 4)


@pytest.mark.parametrize("name", ["generic8", "reckon"])
def test_a_cell_is_compared_in_all_runtimes(name: str) -> None:
    search = {"calibrate": {"samples": 8, "iterations": 1}} if name == "reckon" else {}
    record = platform_cell.cell(floats(), letters(), name, 4, 0, SMALL | search)
    assert ("calibrated" in record) is (name == "reckon")
    for runtime in platform_page.RUNTIMES:
        count = record["compared"][runtime]
        assert count["different"] == 0 < count["nonzero"] < count["compared"], runtime
    neurons = 7 if name == "reckon" else 6  # one carries the bias on
    assert record["compared"]["torch"]["compared"] == 15 * 16 * (neurons + 3)
    assert record["cost"]["fits"] is (True if name == "reckon" else None)
    assert record["cost"]["neurons"] == neurons + 3
    assert any("became one" in words for words in record["substitutes"]) is (name == "reckon")
    assert 0 <= record["tuned"]["test"] <= 100


def test_a_platform_without_such_neurons_says_so() -> None:
    record = platform_cell.cell(floats(), letters(), "odin", 4, 0, SMALL)
    assert list(record) == ["refused"]
    assert "odin" in record["refused"]
    assert "\n" not in record["refused"]


def test_the_search_does_not_see_the_test_part() -> None:
    data = letters()
    hidden = Parts(data.train, data.validation, Part(data.test.events * torch.nan, data.test.labels))
    record = platform_cell.cell(floats(), hidden, "loihi2", 4, 0, SMALL, test=False)
    assert record["converted"].keys() == record["tuned"].keys() == {"validation"}
    assert not {"compared", "cost"} & record.keys()


def test_only_what_is_missing_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SETTINGS | {"platforms": ["loihi2", "xylo"], "bits": [4], "seeds": [0, 1]}
    search = SETTINGS["calibrate"] | {"platforms": ["loihi2", "xylo"], "bits": [4], "seeds": [1]}
    settings |= {"tuned_seeds": [0], "calibrate": search | {"networks": [nets["name"] for nets in settings["network"]]}}
    nets: dict[str, nn.Module] = {network["name"]: floats() for network in settings["network"]}
    asked: list[Any] = []

    def fake(model: nn.Module, data: Parts, *place: Any) -> dict[str, Any]:
        asked.append(place)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return {"converted": {"test": 50.0, "validation": 50.0}}

    monkeypatch.setattr(platforms, "cell", fake)
    monkeypatch.setattr(platforms, "floats_record", lambda *_: {"test": 90.0, "validation": 90.0})
    path, quiet = tmp_path / "r.json", Console(quiet=True)
    with pytest.raises(KeyboardInterrupt):
        platforms.compute(settings, nets, letters(), quiet, path)
    assert len(json.loads(path.read_text())["cells"]) == 2
    platforms.compute(settings, nets, letters(), quiet, path)
    assert len(asked) == 3 + 8 - 2
    assert [place[-1]["tune"] for place in asked] == [True] * 5 + [False] * 4  # tuned with the first seed alone
    assert ["calibrate" in place[-1] for place in asked] == [False] * 5 + [True] * 4
    platforms.compute(settings, nets, letters(), quiet, path)
    assert len(asked) == 9
    other = settings | {"fine_tune": settings["fine_tune"] | {"epochs": 4}}
    assert len(platforms.missing(other, platforms.results(path))) == 8


def test_wrong_input_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["--platforms", "loihi3"], "platforms must be of akida2, "),
        (["--shared", str(tmp_path)], f"--shared must be a folder with braille7/braille7.npz, got {tmp_path}"),
        (["--rate", "0.1"], "--rate must come with --validate"),
    ):
        assert platforms.main(arguments) == 2
        line = capsys.readouterr().err
        assert line.startswith(f"platforms: {said}")
        assert line.count("\n") == 1
    (tmp_path / "braille7").mkdir()
    (tmp_path / "braille7" / "braille7.npz").touch()
    with pytest.raises(FileNotFoundError, match=r"braille7/a\.nir"):
        folder_of(tmp_path, [{"file": "a.nir"}])


def test_the_page_has_the_results() -> None:
    found = platforms.results()
    assert not platforms.missing(SETTINGS, found), "make platforms"
    page = platform_page.PAGE.read_text()
    assert platform_page.with_section(page, platform_page.section(SETTINGS, found)) == page
    for name, record in found["cells"].items():
        for runtime, count in record.get("compared", {}).items():
            assert count["different"] == 0 < count["nonzero"], (name, runtime)
    with pytest.raises(ValueError, match=r"docs/platforms\.md must have"):
        platform_page.with_section("# no marks", "")
