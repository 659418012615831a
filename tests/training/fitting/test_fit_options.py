"""Options of `fit`: accumulation, schedules, optimisers, regularisers, metrics, precision; what is reported."""

import math
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from trained_networks import network, samples

from spikelut import quant, surrogates, training


def losses(done: training.Fit) -> list[float]:
    return [epoch.loss for epoch in done.history]


def fitted(model: nn.Module | None = None, **options: Any) -> training.Fit:
    chosen: dict[str, Any] = {"epochs": 2, "batch_size": 16, "learning_rate": 0.02, **options}
    return training.fit(network(dropout=0.0) if model is None else model, samples(), **chosen)


def test_batches_that_make_one_update_are_one_batch() -> None:
    """Also the last ones, which are not all of one size: 70 = 36 + 9 + 9 + 9 + 7."""
    wanted, found = fitted(batch_size=36), fitted(batch_size=9, accumulate=4)
    # The mean gradient is summed in another order.
    assert losses(found) == pytest.approx(losses(wanted), rel=1e-5)
    assert losses(wanted)[1] < losses(wanted)[0]
    assert losses(fitted(batch_size=9)) != pytest.approx(losses(wanted), rel=1e-3)


def test_schedules_and_optimizers() -> None:
    def halved(optimizer: Any, updates: int) -> Any:
        assert updates == 3 * 5
        return torch.optim.lr_scheduler.StepLR(optimizer, 5, 0.5)

    rates = [epoch.learning_rate for epoch in fitted(epochs=3, schedule=halved).history]
    assert rates == [0.02, 0.01, 0.005]
    assert [epoch.learning_rate for epoch in fitted(epochs=2, schedule=None).history] == [0.02, 0.02]
    cosine = [epoch.learning_rate for epoch in fitted(epochs=2).history]
    assert cosine == pytest.approx([0.01 * (1 + math.cos(math.pi * n / 10)) for n in (4, 9)])
    done = fitted(optimizer=lambda groups: torch.optim.SGD(groups, momentum=0.9))
    assert losses(done) != losses(fitted())
    with pytest.raises(ValueError, match="fit: schedule must be 'cosine', None, or take"):
        fitted(schedule="linear")


def test_regularizers_are_part_of_the_loss() -> None:
    bound = training.FiringRate(upper=0.0, weight=20.0)
    free, bounded = network(dropout=0.0), network(dropout=0.0)
    fitted(free, epochs=6)
    done = fitted(bounded, epochs=6, regularizers=[bound])
    x = samples().batch(torch.arange(70)).x
    rates = [float(torch.stack([s.mean() for s in quant.spike_trains(m, x).values()]).mean()) for m in (free, bounded)]
    assert rates[1] < 0.7 * rates[0]
    assert done.history[0].loss > 2


def test_metrics_of_the_validation() -> None:
    done = fitted(val=samples(40, 2), metrics={"right": training.Accuracy()})
    for epoch in done.history:
        assert epoch.metrics == {"right": pytest.approx(epoch.val_accuracy)}
    found = training.evaluate(done.model, samples(40, 2), metrics=training.Accuracy())
    assert found.metrics == {"Accuracy": pytest.approx(done.best.val_accuracy)}
    with pytest.raises(ValueError, match="metric 'list' must have update, compute and reset"):
        training.evaluate(done.model, samples(), metrics=[[]])


class Jumps(nn.Module):
    """A linear network whose outputs are multiplied by what a list has for each call in training."""

    def __init__(self, factors: list[float]) -> None:
        super().__init__()
        self.linear, self.factors = nn.Linear(8, 3), factors

    def forward(self, x: Tensor) -> Tensor:
        factor = self.factors.pop(0) if self.training else 1.0
        out: Tensor = self.linear(x) * factor
        return out


def test_a_loss_that_rises_tenfold_is_told(caplog: pytest.LogCaptureFixture) -> None:
    torch.manual_seed(0)
    caplog.set_level("WARNING", "spikelut.training")  # benchmarks, which tests run in this process, turn it down
    done = fitted(Jumps([1.0, 1.0, 1e4, 1.0]), epochs=4, batch_size=70)
    (line,) = done.warnings
    assert line.startswith("the loss rose from 2.")
    assert "in epoch 3: try a lower learning_rate" in line
    assert [record.getMessage() for record in caplog.records] == [line]
    assert fitted(Jumps([1.0, 1.0, 5.0, 1.0]), epochs=4, batch_size=70).warnings == ()


def test_a_gradient_that_is_not_finite(tmp_path: Path) -> None:
    with pytest.raises(training.Diverged, match=r"^fit: training diverged in epoch 3: the gradient is not finite$"):
        fitted(Jumps([1.0, 1.0, math.nan]), epochs=4, batch_size=70, folder=tmp_path)
    assert training.load_checkpoint(tmp_path / "checkpoints" / "last.ckpt")["state"]["epoch"] == 2


def test_layers_that_do_nothing_are_told() -> None:
    model = nn.Sequential(
        nn.Linear(8, 16),
        quant.FloatLIF(surrogates.Arctan(), threshold=1e6),
        nn.Linear(16, 3),
        quant.FloatLIF(surrogates.Arctan(), threshold=0.01),
    )
    with torch.no_grad():
        model[2].bias.fill_(1.0)  # type: ignore[operator]  # a linear layer
    silent, busy = fitted(model, learning_rate=1e-6).warnings
    assert silent.startswith("layer 1: 100% of the neurons never spike: try lower thresholds")
    assert busy.startswith("layer 3: 100% of the neurons spike in every step: try higher thresholds")


def test_an_accuracy_below_that_of_the_start_is_told() -> None:
    model, val = network(dropout=0.0), samples(60, 3)
    fitted(model, epochs=20)
    start = training.evaluate(model, val).accuracy
    done = fitted(model, val=val, epochs=1, learning_rate=3.0)
    line = f"validation accuracy is {done.best.val_accuracy:.2%}, below the {start:.2%} of the start"
    assert line in done.warnings


@pytest.mark.parametrize("precision", ["64-true", "bf16-mixed"])
def test_integers_are_exact_in_other_precisions(precision: str) -> None:
    wanted, done = fitted(), fitted(precision=precision)
    # Layers of integers go on in float32; what is left is the loss.
    assert losses(done) == pytest.approx(losses(wanted), rel=1e-5)
    x = samples().batch(torch.arange(70)).x.to(next(done.model.parameters()).dtype)
    *_, spikes = quant.integer(done.model).run(x.numpy()).values()
    assert torch.equal(torch.from_numpy(spikes), done.model.eval()(x))
    assert spikes.sum() > 20


def test_precisions_that_round_are_refused() -> None:
    for precision in ("16-mixed", "bf16-true", "16-true"):
        with pytest.raises(ValueError, match=rf"^fit: precision must be one of .*bf16-mixed.*got '{precision}'$"):
            fitted(precision=precision)

    class Attends(nn.Module):
        """Multiplies the spikes of a layer, which autocast would round."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = network(dropout=0.0)

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.layers(x)
            return out @ torch.full((3, 3), 1.01)

    with pytest.raises(ValueError, match="fit: precision must be 32-true for this model"):
        fitted(Attends(), precision="bf16-mixed")


def test_devices_that_there_are_not() -> None:
    with pytest.raises(ValueError, match=r"^fit: accelerator, devices and num_nodes must be there and fit") as caught:
        fitted(accelerator="abacus")
    assert "\n" not in str(caught.value)


def test_wrong_batches_are_named() -> None:
    wide = nn.Sequential(nn.Linear(8, 2))
    with pytest.raises(ValueError, match=r"^fit: epoch 1, batch 0: SpikeCount: y must be in 0\.\.1"):
        fitted(wide)
    with pytest.raises(ValueError, match=r"^fit: epoch 1, batch 0: Sequential: the model must give \[T, 16, K\] or"):
        fitted(nn.Sequential(nn.Linear(8, 3), nn.Flatten()))
    with pytest.raises(ValueError, match=r"^fit: train: batch 0: "):
        training.fit(wide, DataLoader([(torch.full((4, 8), math.nan), 1)]), epochs=1)  # type: ignore[arg-type]  # a list


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupts_are_kept_first(number: int, tmp_path: Path) -> None:
    """The update is done and written before the signal is raised; afterwards it is handled as before."""
    caught: list[int] = []
    before = signal.signal(number, lambda *_: caught.append(number) or _stop())  # type: ignore[func-returns-value]

    def _stop() -> None:
        raise KeyboardInterrupt

    class Interrupt(training.Callback):
        def on_batch(self, state: training.State) -> None:
            if state.update == 3:
                os.kill(os.getpid(), number)

    try:
        with pytest.raises(KeyboardInterrupt):
            fitted(folder=tmp_path, callbacks=[Interrupt()])
        handler = signal.getsignal(number)
    finally:
        signal.signal(number, before)
    assert caught == [number]
    assert callable(handler)
    assert handler.__name__ == "<lambda>"
    assert training.load_checkpoint(tmp_path / "checkpoints" / "last.ckpt")["state"]["update"] == 3
    assert losses(fitted(folder=tmp_path, resume=True)) == losses(fitted())


def test_what_a_fit_shows(capsys: pytest.CaptureFixture[str]) -> None:
    done = fitted(val=samples(40, 2), progress=True)
    first, second = capsys.readouterr().err.splitlines()[:2]
    assert first.startswith(f"epoch 1/2: loss {done.history[0].loss:.4f}, accuracy ")
    assert second.startswith("epoch 2/2: ")
    assert repr(done).startswith(f"Fit(2 epochs, best {done.best.number}: loss ")
    assert "\n" not in repr(done)
