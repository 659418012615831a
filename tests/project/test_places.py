"""Every reader refuses what is no file, at once; every writer leaves devices, FIFOs and links as they are."""

import gzip
import json
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packages import ROOT
from runtime_files import NETWORKS

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.cli._app import run
from spikelut.cli.data.datasets import load_dataset
from spikelut.cli.data.idx import read_idx_folder
from spikelut.cli.data.npz import read_npz
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.sweep.store import Store
from spikelut.cli.train.run_folder import run_folder
from spikelut.export.c.network_source import to_c
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import by_name
from spikelut.quant import from_integer


@pytest.fixture(autouse=True)
def _no_hanging() -> Iterator[None]:
    """A test that waits for a FIFO fails instead."""

    def late(*_: object) -> None:
        raise AssertionError("this waits for ever")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@contextmanager
def place(kind: str, path: Path) -> Iterator[None]:
    """Something that is no file at `path`."""
    if kind == "socket":
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket is short
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
            os.chdir(here)
            yield
        return
    if kind == "directory":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    else:
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3 if kind == "null" else 5))
        except PermissionError:
            pytest.skip("only root makes devices")
    yield


def idx(folder: Path, name: str) -> None:
    """Read a folder of IDX files of which the one at `name` is something else."""
    for part in ("train", "t10k"):
        for kind, shape in (("images-idx3", (4, 2, 2)), ("labels-idx1", (4,))):
            path = folder / f"{part}-{kind}-ubyte"
            if not path.exists() and path.name != name:
                head = bytes([0, 0, 8, len(shape)]) + b"".join(n.to_bytes(4, "big") for n in shape)
                path.write_bytes(head + bytes(range(int(np.prod(shape)))))
    read_idx_folder(folder)


READERS: dict[str, Callable[[Path], Any]] = {
    "chip.toml": hw_profiles.load,
    "net.safetensors": export.load_network,
    "graph.nir": export.from_nir,
    "model.onnx": load_model,
    "load.onnx": export.load,
    "run.onnx": lambda path: export.run_onnx(path, np.zeros((1, 1, 1), np.uint8)),
    "session.onnx": lambda path: by_name("onnxruntime").session(path),
    "c.onnx": lambda path: to_c(path, path.parent, "net"),
    "data.npz": lambda path: load_dataset(str(path), Recipe()),
    "verify.npz": lambda path: read_npz(path, ["x"]),
    "train-images-idx3-ubyte": lambda path: idx(path.parent, path.name),
    "train-labels-idx1-ubyte": lambda path: idx(path.parent, path.name),
    "t10k-labels-idx1-ubyte.gz": lambda path: idx(path.parent, path.name),
}


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


@pytest.mark.parametrize("name", [*READERS, "out.onnx"])
def test_names_that_are_too_long(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    long = tmp_path / ("a" * 300 + Path(name).suffix)
    if name in READERS and "idx" not in name:
        with pytest.raises(OSError, match="too long"):
            READERS[name](long)
    for command in (
        ["train", "--out", str(long), "--epochs", "1"],
        ["train", "--profile", f"{long}.toml"],
        ["train", "--data", f"{long}.npz"],
        ["train", "--data", str(long)],
        ["profiles", "--check", str(long)],
        ["export", str(long), "--out", "x"],
        ["verify", str(long)],
        ["table", "arctan", "--out", f"{long}.json"],
        ["compare", "arctan", "--profile", "reckon", "--out", f"{long}.json"],
        ["compare", "arctan", "--data", "digits", "--out", str(long)],
        ["sweep", "--train", "none", "--entries", "8", "--value-bits", "4", "--out", str(long)],
    ):
        if name == "out.onnx":
            assert run(command) == 2, command
            error = capsys.readouterr().err
            assert error.count("\n") == 1
            assert error.startswith("spikelut: ")


@cache
def plain() -> Any:
    return NETWORKS["plain"]()


@cache
def table() -> quant.Table:
    return quant.Table.from_surrogate(surrogates.Arctan(), hw_profiles.load("reckon"))


@cache
def compared() -> Any:
    return quant.compare(surrogates.Arctan(), hw_profiles.load("reckon"))


@cache
def several() -> Any:
    return quant.compare([surrogates.Arctan(), surrogates.Sigmoid()], [hw_profiles.load("reckon")])


def command(*words: str) -> Callable[[Path], None]:
    """A command that writes `--out`; an error is raised as OSError."""

    def write(path: Path) -> None:
        if run([*words, "--out", str(path)]) != 0:
            raise OSError(f"{path}: see above")

    return write


def small_c(path: Path) -> None:
    source = path.parent / "source.onnx"
    export.to_onnx(plain(), (2, 1, 5), source, "integer", form="step")
    to_c(source, path.parent, path.stem)


WRITERS: dict[str, Callable[[Path], Any]] = {
    "text.txt": lambda path: export.write_whole(path, "text"),
    "net.safetensors": lambda path: export.save_network(plain(), path),
    "graph.nir": lambda path: export.to_nir(from_integer(plain()), path),
    "net.onnx": lambda path: export.to_onnx(plain(), (2, 1, 5), path),
    "learn.onnx": lambda path: export.to_train_step(from_integer(plain()), (2, 1, 5), path),
    "slope.npz": lambda path: export.save_table(table(), path),
    "slope.json": lambda path: export.save_table(table(), path),
    "slope.h": lambda path: export.save_table(table(), path),
    "slope.hex": lambda path: export.save_table(table(), path),
    "slope_breakpoints.hex": lambda path: export.save_table(table(), path.with_name("slope.hex")),
    "table.onnx": lambda path: export.save_table(table(), path),
    "net.c": small_c,
    "one.html": lambda path: compared().to_html(path),
    "several.html": lambda path: several().to_html(path),
    "compare.json": command("compare", "arctan", "--profile", "reckon"),
    "compare.csv": command("compare", "arctan", "--profile", "reckon"),
    "tables.md": command("table", "all", "--profile", "reckon"),
    "run.json": lambda path: ran(path),
    "kept.json": lambda path: stored(path),
}


SLOW = {"net.c", "learn.onnx", "several.html"}
"""Tested once for what is no file, and for links; the others in all variants."""


def variants(**kinds: tuple[Any, ...]) -> pytest.MarkDecorator:
    """Every writer with every variant, the slow ones with the first alone."""
    ((argument, values),) = kinds.items()
    rows = [(name, value) for name in WRITERS for value in (values[:1] if name in SLOW else values)]
    return pytest.mark.parametrize(("name", argument), rows)


def ran(path: Path) -> None:
    """What `train` and `compare --data` do with each of their files."""
    from spikelut.cli.shared.errors import UserError

    try:
        with run_folder(path.parent) as folder:
            (folder / path.name).write_bytes(b"text")
    except UserError as error:
        raise OSError(str(error)) from error


def stored(path: Path) -> None:
    """What `sweep` does with a result."""
    from spikelut.cli.shared.errors import UserError

    try:
        store = Store(path.parent, fresh=False)
        store.folder = path.parent
        store.write(path.stem, {"kept": 1})
    except UserError as error:
        raise OSError(str(error)) from error


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What every writer writes."""
    found = {}
    for name, write in WRITERS.items():
        folder = tmp_path_factory.mktemp("plain")
        write(folder / name)
        found[name] = (folder / name).read_bytes()
    return found


def left_behind(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir() if entry.name.startswith(".")]


@variants(kind=("FIFO", "directory", "socket"))
def test_what_is_no_file_is_not_written(
    name: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").mkdir()
    path = tmp_path / name
    with place(kind, path):
        before = path.stat()
        with pytest.raises(OSError, match=name.replace(".", r"\.")) as caught:
            WRITERS[name](path)
        after = path.stat()
        said = f"{caught.value}{capsys.readouterr().err}"
        assert f"must be a file, not a {kind}" in said
        assert ".spikelut-" not in said
        assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
        assert left_behind(tmp_path) == []
        # Nor is anything else that belongs to it.
        beside = {entry.name for entry in tmp_path.iterdir()} - {name, "kept", "source.onnx", "finished"}
        assert beside == set()


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - SLOW))
def test_devices_are_written_to_and_stay(name: str, tmp_path: Path) -> None:
    with place("null", tmp_path / name):
        WRITERS[name](tmp_path / name)
        assert stat.S_ISCHR((tmp_path / name).lstat().st_mode)
        assert left_behind(tmp_path) == []


@variants(there=(True, False))
def test_links_stay_and_what_they_lead_to_is_written(
    name: str, there: bool, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "links").mkdir()
    real = tmp_path / "real" / "file"
    if there:
        real.write_bytes(b"before")
        real.chmod(0o640)
    (tmp_path / "links" / "second").symlink_to(real)
    link = tmp_path / "links" / name
    link.symlink_to("second")
    WRITERS[name](link)
    assert (link.readlink(), (tmp_path / "links" / "second").readlink()) == (Path("second"), real)
    assert not real.is_symlink()
    assert len(real.read_bytes()) == len(contents[name])
    mode = stat.S_IMODE(real.stat().st_mode)
    assert mode == 0o640 if there else mode & 0o600
    assert left_behind(tmp_path / "links") == left_behind(tmp_path / "real") == []


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match=r"[Ll]evels of symbolic links: '.*/a'$"):
        export.write_whole(tmp_path / "a", "text")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize("name", sorted(WRITERS.keys() - SLOW))
def test_modes_are_those_of_ordinary_files(name: str, tmp_path: Path) -> None:
    mask = 0o026
    before = os.umask(mask)
    try:
        WRITERS[name](tmp_path / name)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~mask
        (tmp_path / name).chmod(0o604)
        WRITERS[name](tmp_path / name)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o604
    finally:
        os.umask(before)


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"])
def test_byte_order_marks(mark: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kind = {2: "utf-16-le" if mark[:1] == b"\xff" else "utf-16-be", 3: "utf-8", 4: "utf-32-le"}[len(mark)]
    text = (ROOT / "hw_profiles" / "loihi2.toml").read_text(encoding="utf-8")
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
