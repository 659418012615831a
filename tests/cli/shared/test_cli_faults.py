"""What goes wrong and is not the options' fault: signals, bugs, too little memory, pipes."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spikelut import _aside
from spikelut.cli._app import run
from spikelut.cli.shared import errors as _errors
from spikelut.cli.tables import profiles as _profiles

MAIN = """
import signal, sys
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which these tests inherit ignored where they run below nohup
from spikelut.cli import main
sys.argv[0] = "spikelut"
main()
"""


@contextmanager
def started(*arguments: str, **options: Any) -> "Iterator[subprocess.Popen[str]]":
    """The command line in a process of its own, which does not outlive the test."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    with subprocess.Popen([sys.executable, "-c", MAIN, *arguments], text=True, env=environment, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def training(out: Path) -> list[str]:
    return ["train", "--out", str(out), "--epochs", "10000", "--layers", "8"]


def wait_for(process: "subprocess.Popen[str]") -> None:
    """Until the run has finished two epochs, and kept the first."""
    assert process.stderr is not None
    for number in (1, 2):
        assert process.stderr.readline().startswith(f"table gradient: epoch {number}/")


def told_to_end(process: "subprocess.Popen[str]", number: signal.Signals, out: Path) -> None:
    """Ends a training, which says how to go on."""
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 128 + number, error
    assert error.splitlines()[-1] == f"spikelut: interrupted; to go on: spikelut train --resume --out {out}"


def test_a_training_that_is_told_to_end_keeps_what_it_has(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "r"
    with started(*training(out)) as process:
        wait_for(process)
        told_to_end(process, signal.SIGHUP, out)
    assert {path.name for path in out.iterdir()} == {"metrics.csv", "training"}


def test_a_training_that_is_told_to_end_before_it_has_anything_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "r"
    with started(*training(out), "--batch", "1") as process:
        deadline = time.monotonic() + 120
        while not out.exists() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    assert not list(out.glob("training/*/checkpoints/*.ckpt"))
    # What it left is no training, so that the next one begins.
    command = ["train", "--out", str(out), "--epochs", "1", "--layers", "4", "--variants", "table"]
    assert run(command) == 0
    assert not (out / "training").exists()


def folders_aside(out: Path) -> list[Path]:
    """Where runs prepare their files; metrics.csv, which is written as they go, is a file on its way."""
    return [path for path in out.glob(".spikelut-*") if path.is_dir()]


def test_what_a_killed_run_left_is_swept_up_and_what_a_live_one_has_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r"
    with started(*training(out)) as killed:
        wait_for(killed)
        killed.kill()
        killed.wait(60)
    (left,) = folders_aside(out)
    assert run(training(out)) == 2
    assert "holds a training that is not finished: --resume goes on with it, --fresh" in capsys.readouterr().err
    with started(*training(out), "--fresh") as live:
        wait_for(live)
        (own,) = folders_aside(out)
        assert own != left
        # Another run does not get the folder.
        for option in ("--resume", "--fresh"):
            assert run([*training(out), option]) == 2
            assert capsys.readouterr().err == (
                f"spikelut: out: another run is writing to {out}: wait for its end, or name another folder\n"
            )
        # Another process that writes there takes nothing from one that is alive.
        again = "from spikelut.export import write_whole; import sys; write_whole(sys.argv[1], 'text')"
        subprocess.run([sys.executable, "-c", again, str(out / "x")], check=True)
        found = {entry.name for entry in out.iterdir() if entry.is_dir() or not entry.name.startswith(".spikelut-")}
        assert found == {own.name, "x", "metrics.csv", "training"}
        told_to_end(live, signal.SIGTERM, out)
    assert not own.exists()


def test_files_that_were_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import os, sys; from pathlib import Path; from spikelut._aside import file_aside, folder_aside\n"
        "here = Path(sys.argv[1])\n"
        "with file_aside(here), folder_aside(here) as made: (made / 'x').touch(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert len(list(tmp_path.glob(".spikelut-*"))) == 2
    monkeypatch.setattr(_aside, "_swept", set())
    with _aside.file_aside(tmp_path) as (_, mine), _aside.folder_aside(tmp_path) as folder:
        assert sorted(tmp_path.iterdir()) == sorted([mine, folder])
        monkeypatch.setattr(_aside, "_swept", set())
        _aside.sweep(tmp_path)
        assert mine.exists()
        assert folder.exists()
    (tmp_path / ".spikelut-link").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").write_text("")
    monkeypatch.setattr(_aside, "_swept", set())
    _aside.sweep(tmp_path)
    assert (tmp_path / "kept").exists()


def fails(error: BaseException) -> Any:
    def load(*_: object) -> None:
        raise error

    return load


def test_a_bug_is_one_line_or_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(_profiles, "_list", fails(AssertionError("3 != 4\nin two lines")))
    assert run(["profiles"]) == 70
    said = "run again with --debug for where it is, and report it: AssertionError: 3 != 4 in two lines"
    line = f"spikelut: this is a bug; {said}\n"
    assert capsys.readouterr().err == line
    for words in (["--debug", "profiles"], ["profiles", "--debug"]):
        assert run(words) == 70
        error = capsys.readouterr().err
        assert error.startswith("Traceback (most recent call last):")
        assert error.endswith(f"in two lines\n{line}")
    # What the user can put right has the same line and code with it.
    assert run(["profiles", "nothing", "--debug"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("spikelut: profile must be one of")


SHORT = [
    MemoryError("Unable to allocate 9 TiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB"),
    RuntimeError("std::bad_alloc"),
    RuntimeError("can't start new thread"),
    ImportError("libtorch_cpu.so: failed to map segment from shared object"),
]


@pytest.mark.parametrize("error", SHORT, ids=str)
def test_too_little_memory_is_one_line(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_profiles, "_list", fails(error))
    assert run(["profiles"]) == 2
    assert capsys.readouterr().err.startswith("spikelut: not enough memory: ")
    with pytest.raises(_errors.UserError, match=r"^not enough memory: "), _errors.user_errors():
        raise error
    assert str(_errors.explained(error)).startswith("not enough memory: ")


def test_a_process_with_little_memory(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (300 * 2**20, 300 * 2**20))

    with started(*training(tmp_path / "r"), preexec_fn=limit) as process:
        _, error = process.communicate(timeout=120)
    assert process.returncode == 2, error
    assert re.fullmatch(r"spikelut: not enough memory: [^\n]*\n", error)
    assert not (tmp_path / "r").exists()


def test_a_reader_that_goes_away() -> None:
    read, write = os.pipe()
    os.close(read)
    with started("profiles", "--schema", stdout=write) as process:
        os.close(write)
        _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (128 + signal.SIGPIPE, "")


@pytest.mark.skipif(os.name != "posix", reason="closes files as a shell of POSIX does")
@pytest.mark.parametrize(("words", "code"), [("profiles", 0), ("profiles nosuch", 2), ("--version", 0)])
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_that_are_closed(words: str, code: int, closed: str) -> None:
    """Nobody reads what would be printed; Python has no stream then."""
    script = f'"{sys.executable}" -m spikelut {words} {closed}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "bug" in done.stderr + done.stdout) == (code, False)
    assert bool(done.stdout) == (code == 0 and closed == "2>&-")  # an error is not printed among results
    assert bool(done.stderr) == (code == 2 and closed == ">&-")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_does_not_fit() -> None:
    with Path("/dev/full").open("w") as full, started("profiles", "--json", stdout=full) as process:
        _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (2, "spikelut: No space left on device\n")


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--out", ""],
        ["train", "--out="],
        ["train", "--data", ""],
        ["train", "--config", ""],
        ["sweep", "--out", ""],
        ["table", "arctan", "--out", ""],
        ["compare", "arctan", "--out", ""],
        ["compare", "arctan", "--data", "digits", "--out", ""],
        ["export", "run", "--out", ""],
        ["export", "run", "--out", "x", "--c", ""],
        ["export", "", "--out", "x"],
        ["export", "--json", "", "--out", "x"],
        ["verify", ""],
        ["verify", "run", "--data", ""],
        ["profiles", "--check", ""],
    ],
    ids=" ".join,
)
def test_empty_paths(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    assert re.fullmatch(
        r"spikelut: (out|c|data|check|config|the path) must name a file or a folder, got ''\n", capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []


def test_texts_that_may_be_empty_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = ["sweep", "--train", "none", "--entries", "", "--value-bits", "", "--backend", "threading"]
    assert run([*sweep, "--out", str(tmp_path / "s")]) == 0
    assert run(["verify", str(tmp_path / "absent.onnx"), "--runtimes", ""]) == 2
    assert "absent.onnx: No such file" in capsys.readouterr().err


def test_names_that_no_encoding_has(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xff\xfe.json"
    with started("table", "arctan", "--out", os.fsdecode(path)) as process:
        out, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    assert r"\udcff\udcfe.json" in out
    assert Path(os.fsdecode(path)).exists()
