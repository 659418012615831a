"""Runs read from their folders: what `spikelut train` and `spikelut import` write, and what is damaged."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikelut import export, training
from spikelut.cli._app import run
from spikelut.training.runs import run as reader

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "digits"
    assert run(["train", "--epochs", "2", "--layers", "8", "--variants", "table", "--out", str(folder)]) == 0
    return folder


def written(folder: Path, record: Any, metrics: str | None = None) -> Path:
    (folder / "run.json").write_text(record if isinstance(record, str) else json.dumps(record), encoding="utf-8")
    if metrics is not None:
        (folder / "metrics.csv").write_text(metrics, encoding="utf-8")
    return folder


def test_a_run_of_the_command(trained: Path) -> None:
    found = training.load_run(trained)
    record = json.loads((trained / "run.json").read_text(encoding="utf-8"))
    assert found.record == record
    assert found.accuracies == {"table": record["results"]["accuracy_table"]}
    assert [row["epoch"] for row in found.history] == ["1", "2"]
    assert "network.safetensors" in found.files
    assert repr(found).startswith(f"Run({str(trained)!r}, Loihi 2 · arctan · digits, table ") or "…" in repr(found)
    assert len(repr(found)) < 120
    assert found.samples["x"].ndim == 3
    counts = np.moveaxis(found.samples["x"], 0, 1)
    (name,) = found.network.outputs
    path = trained / "model.int.onnx"
    assert export.count_differences(found.network.run(counts), export.run_onnx(path, counts)).different == 0
    page = str(found._repr_html_())
    assert "Loihi 2 · arctan · digits" in page
    assert f"{found.accuracies['table']:.2%}" in page
    assert page.count("<svg") == 1
    compared = record["results"]["spikes_by_implementation"]["model.onnx"]["compared"]
    assert f'<td class="n">{compared}</td>' in page
    assert found.network.layers[-1].name == name


def test_an_imported_network_has_no_results(tmp_path: Path) -> None:
    found = training.load_run(written(tmp_path, {"imported": {"file": "net.net"}}))
    assert repr(found).endswith(", net.net)") or "…" in repr(found)
    assert found.accuracies == {}
    assert found.history == ()
    assert found.samples == {}
    assert "net.net" in str(found._repr_html_())


class Tags(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"


def test_what_files_say_is_escaped(tmp_path: Path) -> None:
    count = {EVIL: {"compared": EVIL, "nonzero": 1, "different": 0}}
    record = {"data": {"name": EVIL}, "command": EVIL, "results": {"spikes_by_implementation": count}}
    (tmp_path / "<script>.txt").write_text("", encoding="utf-8")
    found = training.load_run(written(tmp_path, record, f"gradient,epoch,test_accuracy\n{EVIL},1,0.5\n"))
    page = str(found._repr_html_())
    Tags().feed(page)
    assert page.count("&lt;script&gt;alert(1)") >= 4


def test_other_kinds_of_values_are_left_out(tmp_path: Path) -> None:
    results = {"accuracy_table": "much", "spikes_by_implementation": [1], "spikes_different": None}
    record = {"results": results, "profile": 3, "data": ["x"]}
    found = training.load_run(written(tmp_path, record, "epoch,test_accuracy\nfirst,0.5\n1,none\n"))
    assert found.accuracies == {}
    assert found.title == tmp_path.name
    assert "<svg" not in str(found._repr_html_())
    assert training.load_run(written(tmp_path, {"results": []})).accuracies == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "run.json must be JSON: Expecting property name"),
        ("[" * 100_000, "run.json must be JSON: "),
        ("[1]", "run.json must hold an object, got 'list'"),
        ("NaN" * 2, "run.json must be JSON: "),
    ],
)
def test_damaged_records_are_one_line(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^load_run: ") as caught:
        training.load_run(written(tmp_path, text))
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_files_that_are_none_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = r"^load_run: .*nowhere must be a folder of spikelut train, with run.json$"
    with pytest.raises(FileNotFoundError, match=message):
        training.load_run(tmp_path / "nowhere")
    (tmp_path / "run.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(ValueError, match=r"^load_run: .*run.json must be UTF-8, invalid start byte$"):
        training.load_run(tmp_path)
    written(tmp_path, {})
    (tmp_path / "metrics.csv").write_bytes(b"epoch\n\xff")
    with pytest.raises(ValueError, match=r"^load_run: .*metrics.csv must be UTF-8"):
        training.load_run(tmp_path)
    monkeypatch.setattr(reader, "MOST_BYTES", 1)
    with pytest.raises(ValueError, match=r"^load_run: .*run.json must have at most 1 bytes, got 2"):
        training.load_run(tmp_path)
    with pytest.raises(OSError, match=r"network\.safetensors"):
        _ = training.Run(tmp_path, {}, ()).network
