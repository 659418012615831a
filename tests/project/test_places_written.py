"""Every writer leaves devices, FIFOs and links as they are."""

import os
import stat
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from places import READERS, no_waiting, place, plain

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.cli._app import run
from spikelut.cli.sweep.store import Store
from spikelut.cli.train.run_folder import run_folder
from spikelut.export.c.network_source import to_c
from spikelut.quant import from_integer


@pytest.fixture(autouse=True)
def _no_hanging() -> Iterator[None]:
    with no_waiting():
        yield


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
