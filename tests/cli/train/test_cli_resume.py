"""Trainings that are cut off, and taken up again to the same bits."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from small_runs import cut_after, read, rows, train, two_classes, without_page

from spikelut.cli._app import run
from spikelut.cli.train import variants as _variants
from spikelut.training.fitting.checkpoints import keeper as _keeper

data = pytest.fixture(two_classes)
quick = pytest.fixture(autouse=True)(without_page)


@pytest.mark.parametrize("cut", [2, 3, 4])
def test_a_run_that_was_cut_off_goes_on_to_the_same_bits(
    cut: int, data: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--variants", "table,float,ptq", "--epochs", "2", "--measure", "gradients", "--drop", "0.1"]
    options += ["--val", "0.25"] if cut == 3 else []
    train(*options, "--out", "whole")
    with cut_after(cut):
        train(*options, "--out", "cut", code=130)
    assert capsys.readouterr().err.splitlines()[-1] == (
        "spikelut: interrupted; to go on: spikelut train --resume --out cut"
    )
    assert {path.name for path in Path("cut").iterdir()} == {"metrics.csv", "training"}
    assert len(rows("cut/metrics.csv")) == cut
    assert run(["train", "--resume", "--out", "cut"]) == 0
    files = {path.name for path in Path("whole").iterdir()}
    assert {path.name for path in Path("cut").iterdir()} == files
    for name in files - {"run.json", "report.html"}:
        assert Path("cut", name).read_bytes() == Path("whole", name).read_bytes(), name
    assert read("cut/run.json")["results"] == read("whole/run.json")["results"]


def test_repeated_runs_go_on_with_the_one_that_was_cut_off(data: str) -> None:
    options = ["--seeds", "3", "--epochs", "2", "--variants", "table"]
    train(*options, "--out", "whole")
    with cut_after(3):
        train(*options, "--out", "cut", code=130)
    before = Path("cut/seed-0/run.json").stat().st_mtime_ns
    assert not Path("cut/seed-1/run.json").exists()
    Path("cut").rename("moved")
    train(*options, "--out", "moved", "--resume")
    assert Path("moved/seed-0/run.json").stat().st_mtime_ns == before
    whole, cut = read("whole/summary.json"), read("moved/summary.json")
    assert [run["results"] for run in cut["runs"].values()] == [run["results"] for run in whole["runs"].values()]
    assert cut["accuracy"] == whole["accuracy"]


def test_what_is_not_finished_is_neither_lost_nor_mistaken(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "2", "--variants", "table", "--out", "r"]
    train("--resume", "--out", "r", code=2)
    assert "resume needs a training in out, got r, where there is none: begin one without" in capsys.readouterr().err
    with cut_after(0), pytest.MonkeyPatch.context() as patch:
        patch.setattr(_variants, "_Listener", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        train(*options, code=130)
    assert "interrupted before the first epoch was kept; nothing was written" in capsys.readouterr().err
    assert not Path("r").exists()
    with cut_after(2):
        train(*options, code=130)
    for more, message in (
        ([], "out: r holds a training that is not finished: --resume goes on with it, --fresh begins anew"),
        (["--resume", "--seed", "5"], "resume goes on with the options that the training began with; seed differ"),
        (["--resume", "--seed", "5", "--profile", "loihi2"], "began with; seed differ"),
    ):
        capsys.readouterr()
        train(*options, *more, code=2)
        assert message in capsys.readouterr().err
        assert Path("r/training/table/checkpoints/last.ckpt").is_file()
    train(*options, "--fresh", "--seed", "5")
    assert read("r/run.json")["seed"] == 5
    assert not Path("r/training").exists()
    capsys.readouterr()
    before = Path("r/run.json").read_bytes()
    assert run(["train", "--resume", "--out", "r"]) == 0
    assert "r is finished: there is nothing to go on with" in capsys.readouterr().out
    assert Path("r/run.json").read_bytes() == before


def test_a_disk_that_is_full_in_the_middle_loses_nothing(
    data: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[Any] = []
    original = vars(_keeper)["write_files"]

    def write(files: Any) -> None:
        calls.append(files)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "last.ckpt")
        original(files)

    options = ["--epochs", "4", "--variants", "table"]
    train(*options, "--out", "whole")
    capsys.readouterr()
    monkeypatch.setattr(_keeper, "write_files", write)
    train(*options, "--out", "r", code=2)
    *_, last = capsys.readouterr().err.splitlines()
    assert last == (
        "spikelut: out: writing to r failed: No space left on device; to go on: spikelut train --resume --out r"
    )
    train("--resume", *options, "--out", "r")
    assert Path("r/weights.safetensors").read_bytes() == Path("whole/weights.safetensors").read_bytes()


def test_a_checkpoint_of_another_network_is_one_line(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "2", "--variants", "table", "--out", "r"]
    with cut_after(2):
        train(*options, code=130)
    path = Path("r/training/options.json")
    path.write_text(path.read_text().replace('"layers": "5"', '"layers": "6"'), encoding="utf-8")
    capsys.readouterr()
    assert run(["train", "--resume", "--out", "r"]) == 2
    error = capsys.readouterr().err
    assert "last.ckpt must be of this model, whose linear1.weight is float32 [6, 6], got float32 [5, 6]" in error
    assert error.count("\n") == 1
    assert Path("r/training/table/checkpoints/last.ckpt").is_file()
