"""Trains the same small network in as many processes as torchrun starts; the first one prints what it came to as JSON.

python -m torch.distributed.run --nproc-per-node 2 in_processes.py FOLDER {data set|loader} [stop after so many updates]
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader
from trained_networks import Average, network, samples

from spikelut import quant, training


class Cut(training.Callback):
    """Raises in every process after so many updates."""

    def __init__(self, after: int) -> None:
        self.after = after

    def on_batch(self, state: training.State) -> None:
        if state.update == self.after:
            raise SystemExit(3)


def data(kind: str) -> Any:
    """As samples by index, or from a loader that shuffles them; 33 of them, so that the last batch has one."""
    return DataLoader(samples(33), 16, shuffle=True, collate_fn=training.collate) if kind == "loader" else samples(33)


def main(folder: Path, kind: str, after: int | None) -> None:
    """Train, and print losses, accuracies, weights and integers."""
    torch.set_num_threads(1)
    average = Average()
    model = network(dropout=0.0, learned=True)
    done = training.fit(
        model,
        data(kind),
        val=samples(41, 2),
        epochs=3,
        batch_size=16,
        learning_rate=0.02,
        accumulate=2,
        callbacks=[average, *([] if after is None else [Cut(after)])],
        metrics=training.Accuracy(),
        folder=folder,
        checkpoint_minutes=1e-9,
        resume=True,
    )
    x = samples(41, 2).batch(torch.arange(41)).x
    trained = quant.integer(done.model)
    *_, spikes = trained.run(x.numpy()).values()
    told = {
        "history": [[e.loss, e.accuracy, e.val_loss, e.val_accuracy, *e.metrics.values()] for e in done.history],
        "weights": {name: value.tolist() for name, value in done.model.state_dict().items()},
        "average": {name: value.tolist() for name, value in average.weights.items()},
        "different": int((torch.from_numpy(spikes) != done.model.eval()(x)).sum()),
        "spikes": int(spikes.sum()),
    }
    text = json.dumps(told)
    if not torch.distributed.is_initialized() or torch.distributed.get_rank() == 0:
        print(text)
    if torch.distributed.is_initialized():
        everybody: list[Any] = [None] * torch.distributed.get_world_size()
        torch.distributed.all_gather_object(everybody, text)
        assert len(set(everybody)) == 1, "the processes have other networks"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
