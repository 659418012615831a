"""Wrong input to the command line: one clear line, exit code 2, nothing written."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from packages import ROOT

from spikelut.cli._app import run

GOOD: dict[str, Any] = {"x": np.tile(np.eye(4), (5, 1)), "y": np.arange(20) % 4}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--profile", "loihi9"], "profile must be one of akida2, brainscales2, "),
        (["--profile", "nowhere/chip.toml"], "nowhere/chip.toml: No such file"),
        (["--surrogate", "arctangent"], "surrogate must be one of arctan"),
        (["--surrogate", "arctan:alpha"], "surrogate parameters must be written name=number"),
        (["--surrogate", "arctan:alpha=x"], "surrogate parameters must be written name=number"),
        (["--surrogate", "arctan:alpha=-1"], "Arctan: alpha must be > 0, got -1.0"),
        (["--surrogate", "arctan:beta=1"], "Arctan: parameters are alpha, got 'beta'"),
        (["--surrogate", "arctan:alpha=1e-300"], "Arctan"),
        (["--data", "cifar"], "a folder of IDX files or the path of an .npz file, got 'cifar'"),
        (["--recipe", "cifar"], "recipe must be one of digits, fashion-mnist, mnist, got 'cifar'"),
        (["--variants", "table,both"], "variants must be of table, analytic, float, ptq, got 'table,both'"),
        (["--coding", "phase"], "coding must be one of rate, constant, latency, got 'phase'"),
        (["--readout", "first"], "readout must be one of spikes, membrane, got 'first'"),
        (["--per-channel"], "per-channel needs a scale for each neuron, loihi2 has one for a layer"),
        (["--flip"], "flip needs images [T, N, C, H, W] and a first layer that takes them, got samples of 1 dimension"),
        (["--batch-norm"], "batch-norm needs bias"),
        (["--batch-norm", "--bias", "--profile", "reckon"], "batch-norm needs neurons with a bias, which reckon"),
        (
            ["--batch-norm", "--bias", "--batch", "1"],
            "batch must not leave one sample alone, for batch norm: 1437 by 1",
        ),
        (["--batch-norm", "--bias", "--batch", "1436"], "batch must not leave one sample alone"),
        (["--fine-tune", "0"], "--fine-tune"),
        (["--fine-tune-rate", "0.1"], "fine-tune-rate needs fine-tune"),
        (["--fine-tune", "2", "--fine-tune-rate", "11"], "fine-tune-rate must be in 1e-09..10, got 11.0"),
        (["--reset", "none"], "reset must be one of zero, subtract, got 'none'"),
        (["--reset", "subtract"], "LIF: reset must be one of zero on loihi2, got 'subtract'"),
        (["--beta", "1.5"], "beta must be in 0..1.125, got 1.5"),
        (["--beta", "0.99999"], "LIF: beta must not be rounded to 1, as loihi2 does, got 0.99999"),
        (["--beta", "nan"], "beta must be in 0..1.125, got nan"),
        (["--dropout", "1"], "dropout must be in 0..0.95, got 1.0"),
        (["--batch", "0"], "batch must be in 1..1.04858e+06, got 0"),
        (["--input-bits", "9"], "input-bits must be in 1..8, got 9"),
        (["--grid-frac", "31"], "grid-frac must be in 0..30, got 31"),
        (["--grid-frac", "24"], "grid.frac must leave room for 1.0 in the membrane"),
        (["--membrane-bits", "2"], "membrane-bits must be in 4..32, got 2"),
        (["--alpha", "0.5", "--profile", "reckon"], "CubaLIF: profile must have a current that decays, got reckon"),
        (["--layers", "128,16C3"], "layers must begin with a convolution or a size"),
        (["--layers", "P2,128"], "layers must begin with a convolution or a size"),
        (["--layers", "16C3,P1"], "layers must pool by 2 or more"),
        (["--layers", "16C3,P9"], "layers must have windows of at most 6 there, got 9"),
        (["--layers", "16C9"], "layers must have windows of at most 8 there, got 9"),
        (["--data", "nowhere.npz"], "nowhere.npz: No such file"),
        (["--layers", "0"], "layers must have sizes in 1..16384"),
        (["--layers", "12,"], "layers must be 1 to 16 sizes"),
        (["--layers", "many"], "layers must be 1 to 16 sizes"),
        (["--epochs", "0"], "--epochs"),
        (["--epochs", "ten"], "--epochs"),
        (["--steps", "0"], "--steps"),
        (["--seed", "-1"], "--seed"),
        (["--weight-bits", "1"], "--weight-bits"),
        (["--weight-bits", "9"], "weight-bits must be in 2..8 on loihi2, got 9"),
        (["--device", "tpu"], "device must be one of cpu"),
        (["--colour", "red"], "--colour"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_option_is_one_line(
    options: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", "--out", str(tmp_path / "r"), *options]) == 2
    assert_one_line(capsys.readouterr().err, expected)
    assert not (tmp_path / "r").exists()


def test_compiling_without_a_compiler_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert run(["train", "--compile", "--out", str(tmp_path / "r")]) == 2
    assert_one_line(capsys.readouterr().err, "compile needs a C++ compiler: install g++, or name another as CXX")
    assert not (tmp_path / "r").exists()


def assert_one_line(text: str, expected: str) -> None:
    assert text.startswith("spikelut: ")
    assert expected in text
    assert text.count("\n") == 1
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"x": None}, "must hold x and y; x missing"),
        ({"y": None}, "must hold x and y; y missing"),
        ({"x": np.zeros((0, 4))}, "x must be events [N, T, F] or [N, T, C, H, W], intensities"),
        ({"x": np.zeros(20)}, "x must be events [N, T, F] or [N, T, C, H, W], intensities"),
        ({"x": np.zeros((20, 1, 2, 2, 2, 2))}, "x must be events [N, T, F] or [N, T, C, H, W], intensities"),
        ({"x": np.zeros((20, 4))}, "x must not be zero everywhere"),
        ({"x": np.full((20, 4), np.nan)}, "x must be finite"),
        ({"x": -np.ones((20, 4))}, "x must be >= 0"),
        ({"x": np.full((20, 4), "a")}, "x must be an array of numbers"),
        ({"x": np.array([{}] * 20)}, "got pickled objects"),
        ({"y": np.arange(19)}, "y must be [20]"),
        ({"y": np.arange(20) / 4}, "y must hold integers"),
        ({"y": np.arange(20) % 4 - 1}, "y must hold the labels 0..K-1"),
        ({"y": np.arange(20) % 4 * 1000}, "y must hold the labels 0..K-1"),
        ({"y": np.zeros(20, int)}, "y must hold the labels 0..K-1"),
        ({"test": np.arange(20)}, "test must be a boolean mask [20]"),
        ({"test": np.zeros(20, bool)}, "test must leave samples on both sides"),
        ({"test": np.ones(20, bool)}, "test must leave samples on both sides"),
        ({"y": np.array([0] * 19 + [1])}, "class"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else value,
)
def test_wrong_data_is_one_line(
    change: dict[str, Any], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, **{key: value for key, value in {**GOOD, **change}.items() if value is not None})
    assert run(["train", "--data", str(path), "--out", str(tmp_path / "r")]) == 2
    assert_one_line(capsys.readouterr().err, expected)
    assert not (tmp_path / "r").exists()


def test_steps_of_spike_data_cannot_be_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.savez(tmp_path / "d.npz", x=np.ones((20, 3, 4), bool), y=np.arange(20) % 4)
    assert run(["train", "--data", str(tmp_path / "d.npz"), "--steps", "5", "--out", str(tmp_path / "r")]) == 2
    assert_one_line(capsys.readouterr().err, "3 steps of their own")


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip file at all", b"\x93NUMPY\x01\x00"])
def test_a_broken_archive_is_one_line(content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "d.npz").write_bytes(content)
    assert run(["train", "--data", str(tmp_path / "d.npz"), "--out", str(tmp_path / "r")]) == 2
    assert_one_line(capsys.readouterr().err, "d.npz")


def test_a_truncated_archive_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "d.npz"
    np.savez(path, **GOOD)
    path.write_bytes(path.read_bytes()[:-40])
    assert run(["train", "--data", str(path), "--out", str(tmp_path / "r")]) == 2
    assert_one_line(capsys.readouterr().err, "d.npz")


def test_a_wrong_key_in_a_profile_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = ROOT / "hw_profiles" / "loihi2.toml"
    (tmp_path / "chip.toml").write_text(shipped.read_text().replace("frac = 18", "fraction = 18"))
    assert run(["train", "--profile", str(tmp_path / "chip.toml"), "--out", str(tmp_path / "r")]) == 2
    assert_one_line(capsys.readouterr().err, "chip.toml: [grid]: unknown key 'fraction'")


def test_an_output_path_below_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        assert run(["train", "--out", str(out)]) == 2
        assert_one_line(capsys.readouterr().err, f"out: cannot write to the folder {out}")


def test_too_little_space_is_found_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type(shutil.disk_usage(tmp_path))(100, 99, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert run(["train", "--out", str(tmp_path / "a" / "b")]) == 2
    assert_one_line(capsys.readouterr().err, "bytes free, got 1")
    assert not (tmp_path / "a").exists()


@contextmanager
def start(arguments: list[str], limit: Callable[[], None] = lambda: None) -> "Iterator[subprocess.Popen[str]]":
    """The command line in a process of its own, which does not outlive the test."""
    code = "import sys; from spikelut.cli import main; sys.argv[0] = 'spikelut'; main()"

    def prepare() -> None:
        # A test run in the background of a shell hands down an ignored SIGINT.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        limit()

    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", **GOOD)
    options = ["--data", str(tmp_path / "d.npz"), "--out", str(tmp_path / "r"), "--epochs", "1", "--layers", "4"]

    def limit() -> None:  # files of over 1000 bytes cannot be written
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    with start(["train", *options], limit) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 2, err
    assert_one_line(err, f"out: writing to {tmp_path / 'r'} failed: File too large")
    assert not (tmp_path / "r").exists()


def test_ctrl_c_in_the_middle_of_training(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "r"
    with start(["train", "--out", str(out), "--epochs", "10000"]) as process:
        assert process.stderr is not None
        for number in (1, 2):  # after whose lines what was there before is kept
            assert process.stderr.readline().startswith(f"table gradient: epoch {number}/10000: loss ")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    *epochs, last = err.splitlines()
    assert last == f"spikelut: interrupted; to go on: spikelut train --resume --out {out}"
    assert all(line.startswith("table gradient: epoch ") for line in epochs)
    # What there was is kept, and nothing half-written.
    assert {path.name for path in out.iterdir()} == {"metrics.csv", "training"}
    assert (out / "training" / "table" / "checkpoints" / "last.ckpt").is_file()
    assert len((out / "metrics.csv").read_text().splitlines()) == 3 + len(epochs)


@pytest.mark.parametrize(("package", "extra"), [("brevitas", "qat"), ("jinja2", "plot")])
def test_a_missing_package_is_named_before_any_work(package: str, extra: str, tmp_path: Path) -> None:
    hide = f"import sys; sys.modules[{package!r}] = None; sys.argv = ['spikelut', 'train']"
    code = f"{hide}; from spikelut.cli import main; main()"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert outcome.returncode == 2
    assert_one_line(outcome.stderr, f"{package} is needed; run: pip install 'spikelut[{extra}]'")
    assert list(tmp_path.iterdir()) == []
