"""Checkpoints that are of something else, broken or hostile; folders in use; disks that are full."""

import io
import os
import pickle
import resource
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from packages import ROOT
from torch import nn
from trained_networks import network, samples

from spikelut import training
from spikelut.training.fitting.checkpoints.keeper import Keeper


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The last checkpoint of a run of one epoch."""
    training.fit(network(), samples(), epochs=1, folder=tmp_path)
    return tmp_path / "checkpoints" / "last.ckpt"


def resumed(path: Path, model: nn.Module | None = None, **options: Any) -> training.Fit:
    chosen: dict[str, Any] = {"epochs": 1, "folder": path.parents[1], "resume": True, **options}
    return training.fit(network() if model is None else model, samples(), **chosen)


def refused(call: Callable[[], object]) -> str:
    """The message of the ValueError that a call ends with, which is one line."""
    with pytest.raises(ValueError, match=r"^(load_checkpoint|fit): ") as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)


def test_another_model(kept: Path) -> None:
    other = nn.Sequential(nn.Linear(8, 3))
    before = kept.read_bytes()
    message = refused(lambda: resumed(kept, other))
    assert message == (
        "load_checkpoint: last.ckpt must be of this model, whose 0.weight is float32 [3, 8], got float32 [16, 8]"
    )
    assert refused(lambda: training.load_checkpoint(kept, other)) == message
    assert refused(lambda: training.load_checkpoint(kept, network().double())).endswith(
        "whose 0.weight is float64 [16, 8], got float32 [16, 8]"
    )
    assert kept.read_bytes() == before


def test_another_version_and_other_files(kept: Path, tmp_path: Path) -> None:
    rewritten(kept, lambda content: content.update(version=7))
    assert refused(lambda: resumed(kept)) == "load_checkpoint: last.ckpt must be of version 1, got 7"
    rewritten(kept, lambda content: content.update(format="else"))
    wanted = "load_checkpoint: last.ckpt must be a checkpoint of spikelut.training.fit, got 'else'"
    assert refused(lambda: resumed(kept)) == wanted
    torch.save(network().state_dict(), kept)
    assert refused(lambda: resumed(kept)).startswith("load_checkpoint: last.ckpt must be a checkpoint of spikelut")
    kept.write_text("no archive")
    assert refused(lambda: resumed(kept)).startswith("load_checkpoint: last.ckpt must be a whole checkpoint file")
    with pytest.raises(FileNotFoundError):
        training.load_checkpoint(tmp_path / "none.ckpt")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_truncated(kept: Path, share: float) -> None:
    content = kept.read_bytes()
    kept.write_bytes(content[: int(share * len(content))])
    assert refused(lambda: resumed(kept)).startswith("load_checkpoint: last.ckpt must be a whole checkpoint file")


def test_a_single_bit(kept: Path) -> None:
    """Torch would read it without a word."""
    content = bytearray(kept.read_bytes())
    weight = torch.load(kept, weights_only=True)["model"]["0.weight"]
    content[content.find(weight.numpy().tobytes()) + 20] ^= 1
    kept.write_bytes(bytes(content))
    assert not torch.equal(torch.load(kept, weights_only=True)["model"]["0.weight"], weight)
    assert refused(lambda: resumed(kept)) == "load_checkpoint: last.ckpt must be as it was written, got 'other bytes'"


class Evil:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch evil-was-here",)


@pytest.mark.parametrize("where", ["model", "state", "callbacks"])
def test_hostile_pickles_are_not_run(kept: Path, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rewritten(kept, lambda content: content.update({where: Evil()}))
    message = refused(lambda: resumed(kept))
    assert message.startswith("load_checkpoint: last.ckpt holds something else than tensors and plain values")
    kept.write_bytes(pickle.dumps(Evil()))
    refused(lambda: resumed(kept))
    assert not (tmp_path / "evil-was-here").exists()


def test_archives_that_grow_are_not_read(kept: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, bytes(10**7) if "/data/0" in entry.filename else old.read(entry))
    kept.write_bytes(content.getvalue())
    assert len(content.getvalue()) < 10**6
    assert refused(lambda: resumed(kept)).startswith("load_checkpoint: last.ckpt must not be compressed")


def test_tensors_that_pretend_to_be_large(kept: Path) -> None:
    """A few bytes that are shown as a billion values."""
    rewritten(kept, lambda content: content["model"].update({"0.weight": torch.zeros(1).expand(2**15, 2**15)}))
    assert "got float32 [32768, 32768]" in refused(lambda: resumed(kept))


def test_values_that_do_not_fit(kept: Path) -> None:
    whole = kept.read_bytes()
    changes: list[Callable[[dict[str, Any]], object]] = [
        lambda content: content.pop("random"),
        lambda content: content.update(state=[]),
        lambda content: content["state"].update(epoch="many"),
        lambda content: content["state"].pop("sums"),
        lambda content: content["state"].update(best=7),
        lambda content: content["state"]["history"].append(3),
        lambda content: content["optimizer"].update(state={0: 1}),
        lambda content: content["optimizer"].update(param_groups=[]),
        lambda content: content.update(random={}),
        lambda content: content["random"]["0"]["now"].update(torch=torch.zeros(3)),
        lambda content: content.update(best_model=[]),
        lambda content: content.update(callbacks=[["Nobody", {"a": 1}]]),
    ]
    for change in changes:
        kept.write_bytes(whole)
        rewritten(kept, change)
        refused(lambda: resumed(kept))


def test_arguments_of_another_run(kept: Path) -> None:
    assert refused(lambda: resumed(kept, epochs=2)) == "fit: resume needs epochs as in last.ckpt, 1, got 2"
    assert refused(lambda: resumed(kept, batch_size=32)) == "fit: resume needs batch_size as in last.ckpt, 64, got 32"
    loss = training.Membrane()
    assert refused(lambda: resumed(kept, loss=loss)).startswith("fit: resume needs loss as in last.ckpt, 'SpikeCount(")


def test_a_folder_with_a_run(kept: Path) -> None:
    before = kept.read_bytes()
    message = refused(lambda: resumed(kept, resume=False))
    assert message.startswith("fit: folder must hold no run, or resume must be True, got ")
    assert kept.read_bytes() == before


def test_a_folder_in_use(kept: Path) -> None:
    with Keeper(kept.parents[1], {}, None).locked(True):
        assert refused(lambda: resumed(kept)).startswith("fit: folder must be one that no other run is writing to, got")
    assert resumed(kept).stopped == "all epochs are done"


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """As on a full disk, no file becomes larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_in_the_middle(tmp_path: Path) -> None:
    wanted = training.fit(network(), samples(), epochs=4)

    class Full(training.Callback):
        def on_epoch(self, state: training.State) -> None:
            if state.epoch == 3:
                resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with small_files(before[0]), pytest.raises(OSError, match=r"File too large: '.*last\.ckpt'"):
        training.fit(network(), samples(), epochs=4, folder=tmp_path, callbacks=[Full()])
    last = tmp_path / "checkpoints" / "last.ckpt"
    assert training.load_checkpoint(last)["state"]["epoch"] == 2
    assert sorted(path.name for path in last.parent.iterdir()) == ["best.ckpt", "last.ckpt", "run.lock"]
    found = resumed(last, epochs=4)
    assert [epoch.loss for epoch in found.history] == [epoch.loss for epoch in wanted.history]


def test_callbacks_that_raise(tmp_path: Path) -> None:
    class Faulty(training.Callback):
        def on_epoch(self, state: training.State) -> None:
            if state.epoch == 2:
                raise RuntimeError("no such luck")

    with pytest.raises(RuntimeError, match="no such luck") as caught:
        training.fit(network(), samples(), epochs=3, folder=tmp_path, callbacks=[Faulty()])
    assert caught.value.__notes__ == ["fit: raised by Faulty.on_epoch in epoch 2"]
    last = tmp_path / "checkpoints" / "last.ckpt"
    assert training.load_checkpoint(last)["state"]["epoch"] == 1
    assert len(resumed(last, epochs=3).history) == 3


def test_callbacks_whose_state_is_more_than_values(tmp_path: Path) -> None:
    class Odd(training.Callback):
        def state_dict(self) -> dict[str, Any]:
            return {"path": {"here": ROOT}}

    message = (
        "fit: checkpoint: callbacks: path: here must be numbers, text, tensors, or lists and dictionaries of these"
    )
    with pytest.raises(TypeError, match=f"^{message}, got PosixPath$"):
        training.fit(network(), samples(), epochs=1, folder=tmp_path, callbacks=[Odd()])
