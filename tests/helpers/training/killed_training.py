"""Trains in processes that are killed: python killed_training.py FOLDER KILLS.

A run is killed at random moments and taken up again until it is done, then another one, until there were so many kills.
Prints what was lost, and which runs came to something else than one that nobody killed.
"""

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch
from trained_networks import Average, moved, network, samples

from spikelut import training

EPOCHS = 4


class Tell(training.Callback):
    """Appends the number of each update to a file before it is kept, and takes its time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_batch(self, state: training.State) -> None:
        with self.path.open("a") as file:
            file.write(f"{state.update}\n")
        time.sleep(0.004)


def train(folder: Path) -> str:
    """A run, or what is left of it, as a digest of all that it comes to."""
    average = Average()
    done = training.fit(
        network(batch_norm=True),
        samples(),
        val=samples(40, 2),
        epochs=EPOCHS,
        batch_size=16,
        augment=moved,
        callbacks=[average, Tell(folder / "updates.txt")],
        folder=folder,
        checkpoint_minutes=1e-9,
        resume=True,
    )
    digest = hashlib.sha256()
    for values in (done.model.state_dict(), average.weights):
        for name, value in sorted(values.items()):
            digest.update(name.encode() + value.numpy().tobytes())
    digest.update(repr([(e.loss, e.accuracy, e.val_loss, e.val_accuracy) for e in done.history]).encode())
    return digest.hexdigest()


def child(folder: Path) -> int:
    """A process that trains and writes its digest."""
    folder.mkdir(exist_ok=True)
    pid = os.fork()
    if pid == 0:
        try:
            (folder / "digest.txt").write_text(train(folder))
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
    return pid


def kept(folder: Path) -> int:
    """The updates that the last checkpoint holds, which must be readable; lines of the history must be whole."""
    history = folder / "history.csv"
    if history.exists():
        lines = history.read_text().splitlines()
        assert len({line.count(",") for line in lines}) == 1
        assert len({line.split(",")[0] for line in lines}) == len(lines)
    last = folder / "checkpoints" / "last.ckpt"
    return int(training.load_checkpoint(last)["state"]["update"]) if last.exists() else 0


def main(folder: Path, kills: int) -> dict[str, Any]:
    """What is printed."""
    torch.set_num_threads(1)
    (folder / "first").mkdir()
    train(folder / "first")  # loads all that the processes made of this one would have to load
    started = time.monotonic()
    os.waitpid(child(folder / "whole"), 0)
    seconds = time.monotonic() - started
    wanted = (folder / "whole" / "digest.txt").read_text()
    chance, killed, runs, different, lost, moments = random.Random(), 0, 0, [], 0, []
    while killed < kills or not (folder / f"run{runs}" / "digest.txt").exists():
        run = folder / f"run{runs}"
        if (run / "digest.txt").exists():
            different += [] if (run / "digest.txt").read_text() == wanted else [run.name]
            runs += 1
            continue
        pid = child(run)
        if killed < kills:
            time.sleep(chance.uniform(0.02, 0.6 * seconds))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            killed += 1
            told = (run / "updates.txt").read_text().split() if (run / "updates.txt").exists() else []
            moments.append(int(told[-1]) if told else 0)
            lost = max(lost, moments[-1] - kept(run))
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a run failed"
    last = folder / f"run{runs}" / "digest.txt"
    different += [] if last.read_text() == wanted else [last.parent.name]
    return {"kills": killed, "runs": runs + 1, "different": different, "most_lost": lost, "moments": moments}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
