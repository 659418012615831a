"""Every reader refuses what is no file, what is damaged and what is too large, at once."""

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packages import ROOT
from places import READERS, no_waiting, place, plain

from spikelut import export
from spikelut.cli._app import run
from spikelut.cli.data.idx import read_idx_folder
from spikelut.export.onnx_graph.safe_load import load_model


@pytest.fixture(autouse=True)
def _no_hanging() -> Iterator[None]:
    with no_waiting():
        yield


@pytest.mark.parametrize("kind", ["directory", "FIFO", "socket", "zero"])
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_file_is_not_read(name: str, kind: str, tmp_path: Path) -> None:
    with place(kind, tmp_path / name), pytest.raises(ValueError, match="path must be a file, got a") as caught:
        READERS[name](tmp_path / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert ("device" if kind == "zero" else kind) in str(caught.value)


HUGE = {"net.safetensors": 2**31, "graph.nir": 2**31, "model.onnx": 2**31, "chip.toml": 2**40}


@pytest.mark.parametrize("name", HUGE)
def test_huge_files_are_not_read(name: str, tmp_path: Path) -> None:
    with (tmp_path / name).open("wb") as file:
        file.truncate(HUGE[name])
    with pytest.raises(ValueError, match=r"at most \d+ bytes, got"):
        READERS[name](tmp_path / name)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"])
def test_byte_order_marks(mark: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kind = {2: "utf-16-le" if mark[:1] == b"\xff" else "utf-16-be", 3: "utf-8", 4: "utf-32-le"}[len(mark)]
    text = (ROOT / "hw_profiles" / "akida2.toml").read_text(encoding="utf-8")
    (tmp_path / "chip.toml").write_bytes(mark + text.encode(kind))
    export.save_network(plain(), tmp_path / "network.safetensors")
    (tmp_path / "run.json").write_bytes(mark + json.dumps({"network": {"steps": 3}, "data": {}}).encode(kind))
    codes = [
        run(["profiles", "--check", str(tmp_path / "chip.toml")]),
        run(["export", str(tmp_path), "--out", str(tmp_path / "x.onnx"), "--form", "unrolled", "--dialect", "flat"]),
    ]
    error = capsys.readouterr().err
    if kind == "utf-8":
        assert codes == [0, 0], error
        assert load_model(tmp_path / "x.onnx").graph.input[0].type.tensor_type.shape.dim[0].dim_value == 3
        return
    assert codes == [2, 2]
    assert f"chip.toml: not valid TOML: text must be UTF-8, got {kind.upper()[:6]}" in error
    assert "run.json must be the record of a run, in JSON" in error


DAMAGED: dict[str, Callable[[Path], Any]] = {
    "promises more": lambda path: npz_of(path, header("(1099511627776, 4)") + b"0" * 64),
    "deep head": lambda path: npz_of(path, header("(" * 3000)),
    "no array": lambda path: npz_of(path, b"text"),
    "packed by halves": lambda path: cut(path, 40),
}


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def npz_of(path: Path, x: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", x)
        archive.writestr("y.npy", header("(4,)") + b"0" * 32)


def cut(path: Path, size: int) -> None:
    np.savez_compressed(path, x=np.random.default_rng(0).random((99, 9)), y=np.arange(99) % 2)
    content = bytearray(path.read_bytes())
    content[100 : 100 + size] = bytes(size)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_archives(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    DAMAGED[kind](tmp_path / "d.npz")
    assert run(["train", "--data", str(tmp_path / "d.npz"), "--out", str(tmp_path / "r")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "d.npz" in error
    assert "bug" not in error


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["spikelut.cli.data.idx"], "MAX_BYTES", 2**20)
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(bytes(2**26)))
    with pytest.raises(ValueError, match="train-images-idx3-ubyte"):
        read_idx_folder(tmp_path)
