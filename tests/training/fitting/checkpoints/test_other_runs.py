"""Checkpoints that are taken up by another run than the one that wrote them, or that contradict themselves."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from trained_networks import network, samples

from spikelut import training


def run(folder: Path, *, resume: bool = False, **options: Any) -> training.Fit:
    chosen: dict[str, Any] = {"train": samples(), "epochs": 3, "batch_size": 32, **options}
    return training.fit(network(), chosen.pop("train"), folder=folder, resume=resume, **chosen)


class Killed(Exception):
    pass


class Kill(training.Callback):
    """Ends the run as an error does, when this epoch has been trained, before it is kept."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch(self, state: training.State) -> None:
        if state.epoch == self.epoch:
            raise Killed


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A run of which one epoch of three is kept."""
    with pytest.raises(Killed):
        run(tmp_path, callbacks=[Kill(2)])
    return tmp_path


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train": samples(71)}, "fit: resume needs samples as in last.ckpt, 70, got 71"),
        ({"val": samples(40)}, r"fit: resume needs val as in last.ckpt, None, got \[2, 40\]"),
        ({"augment": torch.neg}, "fit: resume needs augment as in last.ckpt, False, got True"),
        ({"patience": 2}, "fit: resume needs patience as in last.ckpt, None, got 2"),
        (
            {"regularizers": [training.FiringRate(upper=0.5)]},
            r"fit: resume needs regularizers as in last.ckpt, \[\], got",
        ),
    ],
)
def test_what_another_run_was_given(begun: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        run(begun, resume=True, **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epoch": 9}, r"epoch must be in 0\.\.3, got 9"),
        ({"epoch": -1}, r"epoch must be in 0\.\.3, got -1"),
        ({"epoch": 2}, r"history must have each epoch that is done, got \[1\]"),
        ({"epoch": 2, "in_epoch": True, "batch": 10**9}, r"batch must be in 0\.\.3, got 1000000000"),
    ],
)
def test_places_that_contradict_themselves(begun: Path, change: dict[str, Any], message: str) -> None:
    path = begun / "checkpoints" / "last.ckpt"
    content = torch.load(path, weights_only=True)
    content["state"].update(change)
    torch.save(content, path)
    with pytest.raises(ValueError, match=message):
        run(begun, resume=True)


def test_a_link_into_nowhere_is_no_new_run(begun: Path) -> None:
    path = begun / "checkpoints" / "last.ckpt"
    path.unlink()
    path.symlink_to(begun / "gone")
    with pytest.raises(FileNotFoundError, match=r"last\.ckpt"):
        run(begun, resume=True)
    assert not (begun / "gone").exists()


def test_a_run_that_was_stopped_and_killed_makes_no_further_update(tmp_path: Path) -> None:
    class Enough(training.Callback):
        def on_batch(self, state: training.State) -> None:
            if state.update == 2:
                state.stop("enough")

    with pytest.raises(Killed):
        run(tmp_path, callbacks=[Enough(), Kill(1)], checkpoint_minutes=1e-9)
    found = run(tmp_path, callbacks=[Enough()], checkpoint_minutes=1e-9, resume=True)
    wanted = training.fit(network(), samples(), epochs=3, batch_size=32, callbacks=[Enough()])
    assert [epoch.loss for epoch in found.history] == [epoch.loss for epoch in wanted.history]
    for ours, theirs in zip(found.model.parameters(), wanted.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_what_cannot_be_kept_is_said_before_training(tmp_path: Path) -> None:
    class Odd(training.Callback):
        batches = 0

        def on_batch(self, state: training.State) -> None:
            self.batches += 1

        def state_dict(self) -> Any:
            return [1]

    odd = Odd()
    with pytest.raises(TypeError, match=r"^fit: Odd\.state_dict must give a dictionary, got list$"):
        run(tmp_path, callbacks=[odd])
    assert odd.batches == 0


def test_hostile_pickles_are_named(begun: Path) -> None:
    path = begun / "checkpoints" / "last.ckpt"
    torch.save({"format": "spikelut checkpoint", "version": 1, "model": nn.Linear(1, 1)}, path)
    wanted = "last.ckpt holds something else than tensors and plain values, and is not read: torch.nn.modules.linear"
    with pytest.raises(ValueError, match=f"^load_checkpoint: {wanted}"):
        training.load_checkpoint(path)
