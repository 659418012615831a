"""`spikelut profiles`: list, one in full, checks, schema."""

import json
import re
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from packages import ROOT

from spikelut import hw_profiles
from spikelut.cli._app import run
from spikelut.hw_profiles import Group, Profile

FOLDER = ROOT / "hw_profiles"
DOCS = ROOT / "docs" / "profiles.md"

Captured = pytest.CaptureFixture[str]


def output(capsys: Captured, *arguments: str) -> str:
    assert run(["profiles", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def refusal(capsys: Captured, *arguments: str) -> str:
    assert run(["profiles", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("spikelut: ")
    assert captured.err.count("\n") == 1
    return captured.err


def plain(profile: Profile) -> Any:
    return json.loads(json.dumps(asdict(profile)))


def test_list(capsys: Captured) -> None:
    lines = output(capsys).splitlines()
    names = hw_profiles.names()
    rows = [line for line in lines if line.split(" ")[0] in names]
    assert [row.split(" ")[0] for row in rows] == names
    for name, row in zip(names, rows, strict=True):
        profile = hw_profiles.load(name)
        assert profile.title in row
        assert f"{profile.table.entries}" in row
        assert len(row.rstrip()) <= 80


def test_list_as_json(capsys: Captured) -> None:
    assert json.loads(output(capsys, "--json")) == [plain(hw_profiles.load(n)) for n in hw_profiles.names()]


@pytest.mark.parametrize("name", hw_profiles.names())
def test_one_in_full(name: str, capsys: Captured) -> None:
    text = " ".join(output(capsys, name).split())
    profile = hw_profiles.load(name)
    assert text.startswith(f"{profile.title} ({name}), {profile.vendor}, {profile.kind} ")
    for f in fields(Profile):
        group = getattr(profile, f.name)
        if isinstance(group, Group):
            assert f"{f.name}, {group.status} " in text
            assert f"source: {group.source}" in text
            own = {key: value for key, value in asdict(group).items() if key not in ("source", "status")}
            assert all(f"{key}: " in text for key in own)
            assert all(f"{key}: {value}" in text for key, value in own.items() if type(value) in (int, float))
        elif group is None:
            assert f"{f.name}: no" in text or f"{f.name}: the" in text
    assert json.loads(output(capsys, name, "--json")) == plain(profile)


def test_a_file_by_its_path(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes((FOLDER / "xylo.toml").read_bytes())
    assert output(capsys, str(path)) == output(capsys, "xylo")


def test_check(capsys: Captured, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes((FOLDER / "xylo.toml").read_bytes())
    text = output(capsys, "--check", str(path))
    assert text.startswith(f"{path}: valid; xylo, Xylo Audio 2; table 256 × 8, 2048 bits; derived: grid, table, ")
    assert text.count("\n") == 1
    answer = json.loads(output(capsys, "--check", str(path), "--json"))
    assert answer == {"file": str(path), "valid": True, "profile": plain(hw_profiles.load("xylo"))}


BAD = {
    "binary.toml": (b"\x00\xff", "not valid TOML"),
    "big.toml": (b"#" * 20_000, "at most 16384 bytes"),
    "deep.toml": (b"x = " + b"[" * 9_000, "not valid TOML"),
    "empty.toml": (b"", "missing key 'name'"),
    "number.toml": (b"name = 1" + b"0" * 4000, "missing key"),
}


@pytest.mark.parametrize("name", BAD)
def test_check_of_a_bad_file(name: str, capsys: Captured, tmp_path: Path) -> None:
    content, message = BAD[name]
    (tmp_path / name).write_bytes(content)
    text = refusal(capsys, "--check", str(tmp_path / name))
    assert name in text
    assert message in text
    assert len(text) < 400


def test_files_that_are_not_there(capsys: Captured, tmp_path: Path) -> None:
    assert "absent.toml" in refusal(capsys, "--check", str(tmp_path / "absent.toml"))
    assert str(tmp_path) in refusal(capsys, "--check", str(tmp_path))
    assert "profile must be one of akida2, " in refusal(capsys, "loihi9")


@pytest.mark.parametrize("options", [("xylo", "--schema"), ("xylo", "--check", "x.toml"), ("--schema", "--check", "x")])
def test_two_jobs_at_once(options: tuple[str, ...], capsys: Captured) -> None:
    assert "profiles takes one of NAME, --check FILE and --schema, got " in refusal(capsys, *options)


def test_schema_is_text(capsys: Captured) -> None:
    assert "--json is for profiles, not for the schema" in refusal(capsys, "--schema", "--json")


def test_schema_names_every_key(capsys: Captured) -> None:
    text = output(capsys, "--schema")
    head, *tables = re.split(r"^\[(\w+)\]", text, flags=re.MULTILINE)
    assert all(f"  {key}: " in head for key in ("name", "title", "vendor", "kind"))
    described = dict(zip(tables[::2], tables[1::2], strict=True))
    for f in fields(Profile):
        groups = [g for n in hw_profiles.names() if isinstance(g := getattr(hw_profiles.load(n), f.name), Group)]
        for group in groups[:1]:
            keys = re.findall(r"^  (\w+): ", described[f.name], re.MULTILINE)
            assert keys == [key.name for key in fields(group)]
            optional = f.default is None
            assert (" (may be left out)" in described[f.name].splitlines()[0]) == optional
    assert '  comparison: ">=" | ">", required' in described["threshold"]
    assert "  frac: integer, default none" in described["table_value"]
    assert '  resets: list of "zero" | "subtract", required' in described["step"]


def test_without_torch() -> None:
    code = "import sys; from spikelut.cli._app import run; run(['profiles']); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_example_in_the_docs(capsys: Captured, tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "mychip.toml"
    path.write_text(example, encoding="utf-8")
    assert "valid; mychip, " in output(capsys, "--check", str(path))


def test_the_errors_in_the_docs(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = DOCS.read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    shown = [line for line in text.splitlines() if line.startswith("spikelut: mychip.toml: ")]
    edits = [
        ('rounding = "floor"\nsource = "My chip RTL, neuron.v line 88"', 'rounding = "nearest"\nsource = "x"'),
        ("entries = 64", "entry = 64"),
        ('read = "after_leak"', 'read = "before_leak"'),
    ]
    monkeypatch.chdir(tmp_path)
    for line, (old, new) in zip(shown, edits, strict=True):
        assert example.count(old) == 1
        Path("mychip.toml").write_text(example.replace(old, new), encoding="utf-8")
        assert refusal(capsys, "--check", "mychip.toml").startswith(line.removesuffix(" ..."))
