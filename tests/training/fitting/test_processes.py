"""Training in two processes is training in one: the same losses within rounding, the same integers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import in_processes
import pytest
import torch
from packages import ROOT

PROGRAM = ROOT / "tests" / "helpers" / "training" / "in_processes.py"


def run(*arguments: object, processes: int = 2, code: int = 0) -> dict[str, Any]:
    """What the program prints, started by torchrun."""
    start = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", processes]
    done = subprocess.run([*map(str, [*start, PROGRAM, *arguments])], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (code != 0), done.stderr
    return {} if code else dict(json.loads(done.stdout))


@pytest.mark.parametrize("kind", ["data", pytest.param("loader", marks=pytest.mark.kills)])
def test_two_processes_are_one(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_processes.main(tmp_path / "one", kind, None)
    wanted = json.loads(capsys.readouterr().out)
    found = run(tmp_path / "two", kind)
    # Sums of gradients are made in another order: a few units in the last place of float32, which steps carry on.
    for epoch, other in zip(found["history"], wanted["history"], strict=True):
        assert epoch == pytest.approx(other, rel=1e-4)
    assert wanted["history"][-1][0] < wanted["history"][0][0] - 0.1
    for name, values in wanted["weights"].items():
        torch.testing.assert_close(torch.tensor(found["weights"][name]), torch.tensor(values), rtol=1e-3, atol=1e-4)
    assert found["different"] == wanted["different"] == 0
    assert found["spikes"] > 20
    lines = (tmp_path / "two" / "history.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "1", "2", "3"]


@pytest.mark.kills
@pytest.mark.parametrize("kind", ["data", "loader"])
def test_two_processes_that_are_cut_off_go_on(kind: str, tmp_path: Path) -> None:
    """To the bit."""
    wanted = run(tmp_path / "whole", kind)
    run(tmp_path / "cut", kind, 3, code=3)
    assert run(tmp_path / "cut", kind) == wanted
