"""`spikelut cite`: every profile, curve and named data set has works to cite, and a run's are printed."""

import json
import re
from pathlib import Path

import pytest

from spikelut import hw_profiles, surrogates
from spikelut.cli._app import run
from spikelut.cli.deploy.cite import LIBRARY, bibliography, bibtex, references

KNOWN = references()
ENTRIES = KNOWN["entry"]
NEEDED = {"article": {"journal", "year"}, "inproceedings": {"booktitle", "year"}, "misc": set()}


def record(profile: str = "reckon", surrogate: str = "arctan", data: str = "digits") -> dict[str, dict[str, str]]:
    return {"profile": {"name": profile}, "surrogate": {"name": surrogate}, "data": {"name": data}}


def test_every_profile_and_surrogate_has_works_to_cite() -> None:
    assert sorted(KNOWN["profile"]) == hw_profiles.names()
    curves = {surrogates.name_of(cls) for cls in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT)}
    assert set(KNOWN["surrogate"]) == curves
    assert all(KNOWN["surrogate"].values())
    assert {name for name, keys in KNOWN["profile"].items() if not keys} == {"generic8", "generic16"}


def test_every_work_is_whole_and_used() -> None:
    used = {key for kind in ("profile", "surrogate", "data") for keys in KNOWN[kind].values() for key in keys}
    assert used == set(ENTRIES)
    for key, fields in ENTRIES.items():
        assert {"type", "author", "title"} | NEEDED[fields["type"]] <= set(fields), key
        assert {"eprint", "doi", "howpublished", "booktitle"} & set(fields), key
        assert ("eprint" in fields) == ("archiveprefix" in fields), key
        text = bibtex(key, fields)
        assert text.count("{") == text.count("}"), key


def test_papers_are_those_of_the_docstrings() -> None:
    """A curve's docstring names arXiv numbers; the same are cited."""
    for cls in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT):
        named = set(re.findall(r"arXiv:(\d+\.\d+)", cls.__doc__ or ""))
        cited = {ENTRIES[key].get("eprint") for key in KNOWN["surrogate"][surrogates.name_of(cls)]} - {None}
        assert named == cited, cls.__name__


def test_a_run_cites_what_it_used() -> None:
    text = "\n".join(bibliography(record("loihi2", "piecewise_leaky_relu", "mine")))
    assert re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE) == ["spikelut", "orchard2021loihi2", "lava", "wu2018stbp"]
    assert "% data mine: not known here; cite its authors" in text
    assert LIBRARY["version"] in text
    chip_alone = "\n".join(bibliography({"profile": {"name": "odin"}}))
    assert re.findall(r"@\w+\{(\w+),", chip_alone) == ["spikelut", "frenkel2019odin"]
    assert "nobody's chip" in "\n".join(bibliography(record("generic8")))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").write_text(json.dumps(record()), encoding="utf-8")
    assert run(["cite", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert "@inproceedings{frenkel2022reckon," in printed
    assert run(["cite", str(tmp_path), "--out", str(tmp_path / "used.bib")]) == 0
    assert (tmp_path / "used.bib").read_text(encoding="utf-8") == printed
    capsys.readouterr()
    assert run(["cite", str(tmp_path / "nowhere")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
