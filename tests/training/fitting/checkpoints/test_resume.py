"""A run that is cut off and taken up again is the run that was not, bit for bit."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from cut import Cut
from packages import ROOT
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from trained_networks import Average, moved, network, samples

from spikelut import training

EPOCHS, UPDATES = 3, 5


class Shaky(Dataset[tuple[Tensor, int]]):
    """Samples that are others each time, by all generators there are."""

    def __init__(self) -> None:
        self.data = samples()

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        x, y = self.data[index]
        kept = torch.rand(x.shape) + 0.1 * float(np.random.rand()) + 0.1 * random.random() > 0.2  # noqa: NPY002
        return x * kept, int(y)


def loader() -> Any:
    """A user's own: shuffled, with a generator of its own."""
    return DataLoader(Shaky(), 16, shuffle=True, generator=torch.Generator().manual_seed(3))


def shuffled() -> Any:
    """Shuffled by torch's generator."""
    return DataLoader(Shaky(), 16, shuffle=True)


CASES: dict[str, tuple[Callable[[], Any], Callable[[], nn.Module], dict[str, Any]]] = {
    "dropout": (samples, network, {}),
    "augmented, accumulated": (samples, network, {"augment": moved, "accumulate": 2, "batch_size": 8}),
    "batch norm, learned": (samples, lambda: network(batch_norm=True, learned=True), {"patience": 2}),
    "seed None": (samples, network, {"seed": None, "schedule": None}),
    "a loader with a generator": (loader, network, {}),
    "a loader, accumulated": (shuffled, network, {"seed": 4, "accumulate": 2}),
}


def trained(case: str, after: int | None = None, **options: Any) -> tuple[training.Fit, dict[str, Tensor]]:
    """A run of a case, cut off after so many updates; the average of its weights, too."""
    data, model, more = CASES[case]
    average = Average()
    callbacks = [average, *([] if after is None else [Cut(after)])]
    chosen: dict[str, Any] = {"epochs": EPOCHS, "batch_size": 16, "learning_rate": 0.02, **more, **options}
    torch.manual_seed(77)
    made, train = model(), data()
    torch.manual_seed(78)
    np.random.seed(79)  # noqa: NPY002
    random.seed(80)
    return training.fit(made, train, val=samples(40, 2), callbacks=callbacks, **chosen), average.weights


@pytest.mark.parametrize("case", CASES)
def test_resumed_is_uninterrupted(case: str, tmp_path: Path) -> None:
    """Cut off in the middle of an epoch, at its end, twice in a row, and before the first update was kept."""
    wanted, average = trained(case)
    assert wanted.history[-1].loss != wanted.history[0].loss
    updates = {"a loader, accumulated": 3}.get(case, UPDATES)
    options: dict[str, Any] = {"folder": tmp_path, "checkpoint_minutes": 1e-9}
    for number, after in enumerate((1, 3, updates + 2, updates + 3, 2 * updates + 1)):
        with pytest.raises(InterruptedError):
            trained(case, after, resume=number > 0, **options)
    found, resumed_average = trained(case, resume=True, **options)
    for ours, theirs in zip(found.history, wanted.history, strict=True):
        assert [ours.loss, ours.accuracy, ours.val_loss] == [theirs.loss, theirs.accuracy, theirs.val_loss]
    assert found.best.number == wanted.best.number
    assert found.warnings == wanted.warnings
    same(found.model.state_dict(), wanted.model.state_dict())
    same(resumed_average, average)


def same(found: dict[str, Tensor], wanted: dict[str, Tensor]) -> None:
    assert found.keys() == wanted.keys()
    for name, value in found.items():
        assert torch.equal(value, wanted[name]), name


def test_resumed_after_an_epoch(tmp_path: Path) -> None:
    """Without checkpoints within epochs the one that was begun is done again."""
    wanted, _ = trained("dropout")
    with pytest.raises(InterruptedError):
        trained("dropout", UPDATES + 3, folder=tmp_path)
    assert training.load_checkpoint(tmp_path / "checkpoints" / "last.ckpt")["state"]["update"] == UPDATES
    found, _ = trained("dropout", folder=tmp_path, resume=True)
    same(found.model.state_dict(), wanted.model.state_dict())
    rows = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows] == ["epoch", *map(str, range(1, EPOCHS + 1))]


def test_a_finished_run_is_not_trained_on(tmp_path: Path) -> None:
    first, _ = trained("dropout", folder=tmp_path)
    again, _ = trained("dropout", folder=tmp_path, resume=True)
    same(again.model.state_dict(), first.model.state_dict())
    assert again.history == first.history
    best = network()
    training.load_checkpoint(tmp_path / "checkpoints" / "best.ckpt", best)
    same(best.state_dict(), first.model.state_dict())


def test_generators_are_as_before() -> None:
    model = network()
    before = torch.get_rng_state(), random.getstate(), str(np.random.get_state())  # noqa: NPY002
    training.fit(model, samples(), epochs=1)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (random.getstate(), str(np.random.get_state())) == before[1:]  # noqa: NPY002


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked")
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.kills)])
def test_killed_at_random_moments(kills: int, tmp_path: Path) -> None:
    """SIGKILL: what is there can be read, is gone on with, and comes to the same."""
    program = ROOT / "tests" / "helpers" / "training" / "killed_training.py"
    command = [sys.executable, str(program), str(tmp_path), str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    print(told)
    assert told["kills"] == kills
    assert told["different"] == []
    assert told["runs"] >= 1
    assert told["most_lost"] <= 1  # the update that was being made
    assert len(set(told["moments"])) > kills // 4
