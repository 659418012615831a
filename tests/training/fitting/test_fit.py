"""`fit`: the numbers of the plain loop, arguments, callbacks, the best epoch."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from trained_networks import network, samples

from spikelut import training


def plain_loop(model: nn.Module, data: training.SpikeDataset, epochs: int, size: int) -> list[float]:
    """The same training as torch's users write it; the mean loss of each epoch."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * -(-len(data) // size))
    losses = []
    for _ in range(epochs):
        model.train()
        total = 0.0
        for index in torch.split(torch.randperm(len(data)), size):
            x, y, _ = data.batch(index)
            loss = functional.cross_entropy(model(x).sum(0), y)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(y)
        losses.append(total / len(data))
    return losses


def test_numbers_are_those_of_a_plain_loop() -> None:
    data, epochs = samples(), 3
    theirs = network()
    torch.manual_seed(9)
    losses = plain_loop(theirs, data, epochs, 16)
    ours = network()
    done = training.fit(ours, data, epochs=epochs, batch_size=16, seed=9)
    assert [epoch.loss for epoch in done.history] == losses
    assert losses[-1] < losses[0] < 2
    for found, wanted in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(found, wanted)
    assert done.best is done.history[-1]
    assert done.model is ours


def test_the_model_ends_as_the_best_epoch() -> None:
    data, val = samples(), samples(40, seed=2)
    kept: list[dict[str, Tensor]] = []

    class Keep(training.Callback):
        def on_epoch(self, state: training.State) -> None:
            kept.append({name: value.clone() for name, value in state.model.state_dict().items()})

    done = training.fit(network(), data, val=val, epochs=6, learning_rate=0.2, callbacks=[Keep()])
    order = [(epoch.val_accuracy, -(epoch.val_loss or 0)) for epoch in done.history]
    assert done.best is done.history[order.index(max(order))]
    assert done.best is not done.history[-1]
    for name, value in done.model.state_dict().items():
        assert torch.equal(value, kept[done.best.number - 1][name])
    found = training.evaluate(done.model, val)
    assert (found.loss, found.accuracy) == (done.best.val_loss, done.best.val_accuracy)


def test_patience_ends_the_training() -> None:
    done = training.fit(network(), samples(), val=samples(40, seed=2), epochs=200, learning_rate=0.05, patience=2)
    assert len(done.history) < 200
    assert done.best.val_accuracy == max(epoch.val_accuracy or 0 for epoch in done.history)
    assert done.stopped == "no better validation accuracy in 2 epochs"


def test_heavy_packages_wait() -> None:
    """A process that imports training has none of them."""
    heavy = {"brevitas", "lightning_fabric", "matplotlib", "pandas", "tensorboard"}
    code = f"import sys; import spikelut.training; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "fit: epochs must be an integer in 1..2147483648, got 0"),
        ({"learning_rate": 0.0}, "fit: learning_rate must be a number > 0, got 0.0"),
        ({"clip_norm": -1.0}, "fit: clip_norm must be a number > 0, or None, got -1.0"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="fit") as caught:
        training.fit(network(), samples(), **{"epochs": 1, **options})
    assert str(caught.value) == message
