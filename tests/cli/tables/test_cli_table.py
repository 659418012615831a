"""`spikelut table`: one table described and written, all of them compared."""

import json
from pathlib import Path

import pytest
from packages import ROOT

from spikelut import export, hw_profiles
from spikelut.cli._app import run
from spikelut.quant import Table, TableWarning, compare
from spikelut.surrogates import ALL, Arctan, NonzeroSignLog

Captured = pytest.CaptureFixture[str]
DOCS = ROOT / "docs" / "tables.md"


def test_description(capsys: Captured) -> None:
    assert run(["table", "arctan:alpha=2", "--profile", "reckon"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    comparison = compare(Arctan(alpha=2.0), hw_profiles.load("reckon"))
    table = comparison.source
    assert f"5 of {table.value.short_name}" in text
    assert f"{table.bits} bits" in text
    assert f"{table.error_bound:.4g}, {table.error_bound / table.value.step:.2f} steps" in text
    assert f"{comparison.max_abs_error:.4g}" in text


@pytest.mark.parametrize("suffix", ["npz", "json", "h", "hex"])
def test_files(suffix: str, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "expected").mkdir()
    expected = export.save_table(
        Table.from_surrogate(Arctan(), hw_profiles.load("reckon")), tmp_path / "expected" / f"slope.{suffix}"
    )
    assert run(["table", "arctan", "--profile", "reckon", "--out", str(tmp_path / f"slope.{suffix}")]) == 0
    captured = " ".join(capsys.readouterr().out.split())
    for file in expected:
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
        assert str(tmp_path / file.name) in captured


def test_json(capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "a.hex"
    assert run(["table", "sigmoid", "--scale", "auto", "--json", "--out", str(out)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["files"] == [str(out)]
    assert len(data["entries"]) == 256
    assert data["max_abs_error"] <= data["error_bound"]


def test_scale_and_saturation(capsys: Captured) -> None:
    assert run(["table", "sigmoid", "--scale", "0.125", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rule"]["value"]["step"] == 0.125
    assert run(["table", "sigmoid:alpha=100", "--profile", "spinnaker1"]) == 2
    assert "alpha <= 63.99 fits, or pass saturate=True" in capsys.readouterr().err
    assert run(["table", "sigmoid:alpha=100", "--profile", "spinnaker1", "--saturate", "--json"]) == 0
    assert max(json.loads(capsys.readouterr().out)["entries"]) == 2**15 - 1


@pytest.mark.filterwarnings("always::spikelut.quant.TableWarning")
def test_a_curve_that_makes_little_sense_is_noted(capsys: Captured) -> None:
    assert run(["table", "nonzero_sign_log", "--json"]) == 0
    captured = capsys.readouterr()
    json.loads(captured.out)
    with pytest.warns(TableWarning) as caught:
        Table.from_surrogate(NonzeroSignLog(), hw_profiles.load("loihi2"))
    assert captured.err == f"spikelut: note: {caught[0].message}\n"


WRONG = [
    (["arctan2"], "surrogate must be one of"),
    (["arctan", "--profile", "loihi9"], "profile must be one of"),
    (["arctan", "--scale", "fine"], "scale must be auto or a number, got 'fine'"),
    (["arctan", "--scale", "0"], "scale must be 'auto' or in 2**-64..2**64, got 0.0"),
    (["arctan", "--scale", "nan"], "scale must be 'auto' or in"),
    (["arctan", "--out", "slope.txt"], "path must end in .npz, .json, .h, .hex, .onnx, got 'slope.txt'"),
    (["arctan", "--out", "missing/slope.json"], "missing"),
    (["all", "--scale", "1"], "scale and saturate are for a single table"),
    (["all", "--out", "x.json"], "out must be one .md file for all tables"),
    (["all", "--out", "x.md", "--out", "y.md"], "out must be one .md file for all tables"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_input(
    arguments: list[str], message: str, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["table", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_all_of_one_profile(capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "tables.md"
    assert run(["table", "all", "--profile", "reckon", "--out", str(out)]) == 0
    capsys.readouterr()
    text = out.read_text(encoding="utf-8")
    assert [line.split(" ")[1] for line in text.splitlines() if line.startswith("| ")][1:] == [c.__name__ for c in ALL]
    assert run(["table", "all", "--profile", "reckon"]) == 0
    assert capsys.readouterr().out == text
    assert run(["table", "all", "--profile", "reckon", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == len(ALL)
    assert all(row["measured_steps"] <= row["bound_steps"] for row in rows)
    # What the documentation shows is what the command writes.
    section = text[text.index("## reckon") :]
    assert section.strip() in DOCS.read_text(encoding="utf-8")


def test_the_docs_have_every_profile() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")] == hw_profiles.names()
