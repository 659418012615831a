"""Texts made to do harm, from profiles, files and options, are shown so that they cannot."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from packages import ROOT
from runtime_files import NETWORKS

from spikelut import export, hw_profiles, quant, surrogates
from spikelut._checks import require
from spikelut._html import render
from spikelut._text import comment, label, printable
from spikelut.cli import _app
from spikelut.cli._app import run
from spikelut.cli.shared.console import columns, facts, terminal

EVIL = "[red]a[/] [/b] :smile: \x1b[31mred\x1b]0;title\x07 b\rc\u202e \x9b2J"
ESCAPED = r"[red]a[/] [/b] :smile: \x1b[31mred\x1b]0;title\x07 b\rc\u202e \x9b2J"


def test_what_cannot_be_seen_is_escaped() -> None:
    assert printable(EVIL) == ESCAPED
    assert printable("café × 日本 µ − \N{GRINNING FACE}") == "café × 日本 µ − \N{GRINNING FACE}"
    assert printable("a\tb\nc\0", "\n\t") == "a\tb\nc\\x00"
    assert printable("\udcff") == "\\udcff"
    assert label("$x$ \x1b") == "\\$x\\$ \\x1b"
    assert label("x" * 99, 8) == "xxxxxxx…"
    assert comment("a */ b \\ \n c é") == "a ?? b ? ? c ?"
    with pytest.raises(ValueError, match=re.escape(f"{ESCAPED}: n must be 1, got 2")):
        require(False, EVIL, "n must be 1", 2)


@pytest.mark.parametrize("where", ["print", "cell", "head", "title", "fact", "status"])
def test_nothing_that_is_shown_is_markup(where: str, capsys: pytest.CaptureFixture[str]) -> None:
    console = terminal()
    table = columns((EVIL if where == "head" else "name",), title=EVIL if where == "title" else None)
    table.add_row(EVIL if where == "cell" else "a long cell, so that titles need no more than one line" * 2)
    if where == "print":
        console.print(EVIL, soft_wrap=True)
    elif where == "fact":
        console.print(facts(EVIL, [("name", EVIL)]))
    elif where == "status":
        console.print(f"Report: {EVIL}", soft_wrap=True)
    else:
        console.print(table)
    out = capsys.readouterr().out
    assert ESCAPED in out
    assert "\x1b" not in out


@pytest.fixture
def evil_profile(tmp_path: Path) -> Path:
    """A profile whose texts all do harm, in a file whose name does."""
    text = (ROOT / "hw_profiles" / "reckon.toml").read_text(encoding="utf-8")
    hostile = json.dumps(EVIL + " <script>alert(1)</script> $\\frac{1}$ */ | x")
    text = re.sub(r'^(title|vendor|source) = ".*"$', lambda m: f"{m.group(1)} = {hostile}", text, flags=re.M)
    text = re.sub(r'^name = ".*"$', lambda m: f"name = {hostile}", text, count=1, flags=re.M)
    path = tmp_path / "a [red]\x1b[31mchip[-].toml"
    path.write_text(text, encoding="utf-8")
    return path


def shown_safely(text: str) -> None:
    """Nothing of `text` is a command, and markup stands as it was."""
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text), repr(text[:300])


def test_a_profile_that_does_harm_is_shown(
    evil_profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(evil_profile)
    y = np.arange(20) % 2
    np.savez(tmp_path / "[b]\x1b[1md.npz", x=np.random.default_rng(0).integers(0, 2, (20, 4, 3)), y=y)
    data = ["--data", str(tmp_path / "[b]\x1b[1md.npz"), "--layers", "2", "--epochs", "1"]
    out = tmp_path / "[u]out\x1b[4m"
    commands = [
        ["profiles", path],
        ["profiles", "--check", path],
        ["table", "arctan", "--profile", path, "--out", str(tmp_path / "[i]t.hex")],
        ["table", "all", "--profile", path],
        ["compare", "arctan,sigmoid", "--profile", path, "--out", str(tmp_path / "c.html")],
        ["compare", "arctan", "--profile", path, "--out", str(tmp_path / "one.html")],
        [
            "sweep",
            "--profiles",
            path,
            "--segments",
            "3..4",
            "--value-bits",
            "5",
            "--train",
            "none",
            "--backend",
            "threading",
        ],
        ["train", "--profile", path, *data],
    ]
    for command in commands:
        folder = ["--out", str(out / command[0])] if command[0] in ("sweep", "train") else []
        assert run([*command, *folder]) == 0, command
        captured = capsys.readouterr()
        shown_safely(captured.out)
        shown_safely(captured.err)
        assert "[red]" in captured.out + captured.err
    pages = [tmp_path / "c.html", tmp_path / "one.html", out / "sweep" / "sweep.html", out / "train" / "report.html"]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        shown_safely(text)
        assert "<script>alert" not in text
        assert "[red]a[/]" in text
    header = (out / "train" / "table.h").read_text()
    assert header.count("/*") == header.count("*/")
    json.loads((out / "train" / "run.json").read_text())


def test_pages_escape_what_they_are_given() -> None:
    values: dict[str, Any] = {"title": EVIL + "<b>", "pairs": [], "matrices": [], "figures": [], "refused": {}}
    text = render("spikelut.quant.comparison.comparison", "comparison.html.jinja", **values)
    shown_safely(text)
    assert f"{ESCAPED}&lt;b&gt;" in text


class Evil(surrogates.Arctan):
    """A surrogate whose name ends comments and lines."""

    def __repr__(self) -> str:
        return "Evil */ int x; /* \n`define $y$ \x1b"


def test_names_of_surrogates_stay_in_comments(tmp_path: Path) -> None:
    table = quant.Table.from_surrogate(Evil(), hw_profiles.load("reckon"))
    export.save_table(table, tmp_path / "t.h")
    export.save_table(table, tmp_path / "t.hex")
    header = (tmp_path / "t.h").read_text()
    assert "Evil ?? int x; /* ?`define $y$ ?" in header
    for file in ("t.hex", "t_breakpoints.hex"):
        first, *rest = (tmp_path / file).read_text().splitlines()
        assert first.startswith("// ")
        assert all(re.fullmatch(r"[0-9a-f]+", line) for line in rest)
    # Neither do they make formulas of labels.
    surrogates.plot(Evil()).savefig(tmp_path / "x.svg")
    assert "\x1b" not in (tmp_path / "x.svg").read_text()


def test_metadata_of_a_file_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "[red]x.onnx"
    export.to_onnx(NETWORKS["plain"](), (2, 1, 5), path, "flat")
    model = onnx.load(path)
    for entry in model.metadata_props:
        if entry.key == "spikelut.dialect":
            entry.value = EVIL
    onnx.save(model, path)
    assert run(["verify", str(path), "--runtimes", "onnxruntime"]) == 0
    captured = capsys.readouterr()
    shown_safely(captured.out)
    assert ESCAPED in captured.out
    assert run(["export", str(path), "--out", str(tmp_path / "y.onnx")]) == 2
    error = capsys.readouterr().err
    shown_safely(error)
    assert error.count("\n") == 1


def test_warnings_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    _app._show_warning(EVIL)
    assert capsys.readouterr().err == f"spikelut: note: {ESCAPED}\n"
