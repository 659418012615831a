"""`spikelut compare`: numbers on the terminal, as JSON and in files; wrong input."""

import csv
import json
from pathlib import Path

import pytest

from spikelut import hw_profiles
from spikelut.cli._app import run
from spikelut.cli.shared.option_values import parse_surrogates
from spikelut.quant import compare
from spikelut.surrogates import ALL, Arctan, LeakyRelu, Sigmoid

Captured = pytest.CaptureFixture[str]


def test_one_pair(capsys: Captured) -> None:
    assert run(["compare", "arctan:alpha=2", "--profile", "reckon"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    c = compare(Arctan(alpha=2.0), hw_profiles.load("reckon"))
    assert "Arctan(alpha=2.0) on reckon" in text
    for shown in (
        f"{c.max_abs_error:.4g}: {c.max_relative_error:.2%}",
        f"{c.cosine:.4f}",
        f"{c.bits} bits",
        f"{c.bound:.4g} over",
    ):
        assert shown in text


def test_several_pairs(capsys: Captured) -> None:
    assert run(["compare", "arctan,sigmoid:alpha=100", "--profile", "odin,spinnaker1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith(("Arctan", "Sigmoid"))][:2] == [
        line for line in lines if line.strip() in ("Arctan(alpha=1.0)", "Sigmoid(alpha=100.0)")
    ]
    assert sum(line.startswith("odin") for line in lines) == 2
    assert sum(line.startswith("spinnaker1") for line in lines) == 1
    assert any(line.startswith("Sigmoid(alpha=100.0) on spinnaker1: ") for line in lines)


def test_json_and_files_hold_the_same(capsys: Captured, tmp_path: Path) -> None:
    files = [tmp_path / f"x.{suffix}" for suffix in ("json", "csv", "html")]
    outs = [part for file in files for part in ("--out", str(file))]
    assert run(["compare", "arctan,sigmoid:alpha=100", "--profile", "odin,spinnaker1", "--json", *outs]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.pop("files") == [str(file) for file in files]
    assert json.loads(files[0].read_text()) == printed
    expected = compare([Arctan(), Sigmoid(alpha=100.0)], [hw_profiles.load(n) for n in ("odin", "spinnaker1")])
    assert printed["comparisons"] == expected.rows()
    assert [(r["surrogate"], r["profile"]) for r in printed["refused"]] == list(expected.refused)
    with files[1].open() as file:
        rows = list(csv.DictReader(file))
    assert [{key: str(value) for key, value in row.items()} for row in expected.rows()] == rows
    assert "Arctan(alpha=1.0) on odin" in files[2].read_text()


def test_lists_of_surrogates() -> None:
    assert parse_surrogates("arctan:alpha=2, sigmoid") == [Arctan(alpha=2.0), Sigmoid()]
    assert parse_surrogates("leaky_relu:alpha=0.2,beta=0.9,arctan") == [LeakyRelu(alpha=0.2, beta=0.9), Arctan()]
    assert parse_surrogates("all") == [curve() for curve in ALL]


WRONG = [
    (["arctan2"], "surrogate must be one of"),
    (["arctan,"], "surrogate must be one of"),
    (["arctan:alpha"], "surrogate parameters must be written name=number"),
    (["arctan", "--profile", "loihi9"], "profile must be one of"),
    (["arctan", "--profile", "reckon,"], "profile must be one of"),
    (["arctan", "--out", "x.txt"], "out must end in .html, .json, .csv, got 'x.txt'"),
    (["arctan", "--profile", "odin", "--out", "missing/x.json"], "missing"),
    (["sigmoid:alpha=100", "--profile", "spinnaker1"], "its peak must fit"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_input(
    arguments: list[str], message: str, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["compare", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
