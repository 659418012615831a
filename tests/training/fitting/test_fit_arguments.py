"""What `fit` and `evaluate` are given and cannot use: one line each, before anything is trained."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from trained_networks import CLASSES, INPUTS, STEPS, network, samples

from spikelut import training


def linear() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(INPUTS, CLASSES)


class Changed(nn.Module):
    """A linear model whose outputs are changed."""

    def __init__(self, change: Callable[[Tensor, bool], Any]) -> None:
        super().__init__()
        self.inner, self.change = linear(), change

    def forward(self, x: Tensor) -> Any:
        return self.change(self.inner(x), self.training)


class Own:
    """A loss of one's own."""

    def __init__(self, loss: Callable[[Tensor], Any], scores: Callable[[Tensor], Any] = lambda out: out.sum(0)) -> None:
        self.loss, self.scored = loss, scores

    def __call__(self, out: Tensor, y: Tensor, mask: Tensor | None) -> Any:
        return self.loss(out)

    def scores(self, out: Tensor, mask: Tensor | None) -> Any:
        return self.scored(out)


class Stop(training.Callback):
    def on_start(self, state: training.State) -> None:
        state.stop("no time")


def plateau(optimizer: Any, updates: int) -> Any:
    return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)


OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"optimizer": torch.optim.LBFGS}, "fit: optimizer must step without a closure, .*'LBFGS'"),
    ({"optimizer": torch.optim.SGD(linear().parameters())}, "fit: optimizer must be None, or take parameter groups"),
    ({"optimizer": lambda groups: 3}, "fit: optimizer must be None, or .* give a torch.optim.Optimizer, got 3"),
    ({"optimizer": lambda groups: torch.optim.SGD(linear().parameters())}, "fit: optimizer must hold the parameters"),
    ({"schedule": lambda optimizer, updates: None}, "fit: schedule must give a schedule of torch"),
    ({"schedule": plateau}, "fit: schedule must step without arguments, .*'ReduceLROnPlateau, which wants metrics'"),
    ({"loss": nn.CrossEntropyLoss()}, "fit: loss must be as training.Loss"),
    ({"loss": training.SpikeCount}, "fit: loss must be as training.Loss"),
    ({"loss": Own(lambda out: out.sum((0, 2)))}, r"batch 0: loss: .* must be one number, a tensor \[\], got \[64\]"),
    ({"loss": Own(lambda out: 1.0)}, "batch 0: loss: .* must be one number, .*'float'"),
    ({"loss": Own(lambda out: torch.ones(()))}, "batch 0: loss: it must depend on the parameters"),
    ({"loss": Own(lambda out: out.sum(), lambda out: out)}, r"loss: scores must be \[64, K\], got \[6, 64, 3\]"),
    ({"regularizers": training.FiringRate(upper=0.1)}, "fit: regularizers must be a list"),
    ({"regularizers": ["l1"]}, "fit: regularizers must hold what can be called"),
    ({"regularizers": [lambda spikes, mask: torch.ones(3)]}, r"must give one number, a tensor \[\], got \[3\]"),
    ({"callbacks": training.EarlyStopping(3)}, "fit: callbacks must be a list"),
    ({"callbacks": [print]}, "fit: callbacks must hold instances of training.Callback"),
    ({"loggers": [training.CSVLogger]}, "fit: loggers must hold instances of training.Callback"),
    ({"callbacks": [Stop()]}, "fit: callbacks must not stop the training before its first update, got 'no time'"),
    ({"augment": 3}, "fit: augment must be None, or take x"),
    ({"augment": lambda x: None}, "batch 0: augment: must give a tensor .*'NoneType'"),
    ({"metrics": [training.Accuracy()]}, "fit: metrics are of the validation, and need val"),
    ({"folder": ""}, "fit: folder must be a path, or None, got ''"),
]


@pytest.mark.parametrize(("options", "message"), OPTIONS)
def test_options_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        training.fit(linear(), samples(), **{"epochs": 1, **options})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (nn.Linear(INPUTS, CLASSES, device="meta"), r"fit: model must have its parameters on a device .*weight, got"),
        (linear().half(), "fit: model must hold what is trained in float32 .*weight, got 'float16'"),
        (Changed(lambda out, training: out.detach()), "batch 0: loss: it must depend on the parameters"),
    ],
)
def test_models_that_cannot_be_trained(model: nn.Module, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        training.fit(model, samples(), epochs=1)


def test_without_gradients_nothing_is_trained() -> None:
    with torch.no_grad(), pytest.raises(ValueError, match="loss: it must depend on the parameters"):
        training.fit(linear(), samples(), epochs=1)


def test_numbers_that_are_not_finite() -> None:
    blind = Changed(lambda out, training: out if training else out * float("nan"))
    message = "the loss is not finite, got nan"
    with pytest.raises(training.Diverged, match=f"^fit: val: {message}"):
        training.fit(blind, samples(), val=samples(), epochs=1)
    with pytest.raises(training.Diverged, match=f"^evaluate: {message}"):
        training.evaluate(blind, samples())
    infinite = Own(lambda out: out.sum() + float("inf"))
    with pytest.raises(training.Diverged, match=r"^fit: training diverged in epoch 1: the loss is not finite$"):
        training.fit(linear(), samples(), epochs=1, loss=infinite)
    model = linear()

    class Overflow(training.Callback):
        def on_batch(self, state: training.State) -> None:
            model.bias.data[0] = float("inf")  # as the last update of an epoch may leave it

    with pytest.raises(training.Diverged, match=r"^fit: training diverged in epoch 1: a parameter is not finite$"):
        training.fit(model, samples(), epochs=1, batch_size=70, callbacks=[Overflow()])


def test_models_in_float64() -> None:
    done = training.fit(linear(), samples(), val=samples(40), epochs=1, precision="64-true")
    assert {p.dtype for p in done.model.parameters()} == {torch.float64}
    assert training.evaluate(done.model, samples(40)).loss == done.best.val_loss
    again = training.fit(linear().double(), samples(), val=samples(40), epochs=1)
    # Fabric gives outputs back in float32, of which the first one makes its losses.
    assert again.best.val_loss == pytest.approx(done.best.val_loss, rel=1e-6)


def test_evaluate_refuses() -> None:
    with pytest.raises(ValueError, match=r"evaluate: model must be a torch.nn.Module, got 'int'"):
        training.evaluate(3, samples())  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match=r"evaluate: device must be one that there is, got 'banana'"):
        training.evaluate(linear(), samples(), device="banana")
    with pytest.raises(ValueError, match=r"evaluate: loss must be as training.Loss"):
        training.evaluate(linear(), samples(), loss=nn.CrossEntropyLoss())


class Twice(training.SpikeCount):
    """A loss of ours that somebody has changed."""

    def __call__(self, out: Tensor, y: Tensor, mask: Tensor | None = None) -> Tensor:
        return 2 * super().__call__(out, y, mask)


def test_losses_that_are_changed_are_what_is_trained() -> None:
    once, twice = (
        training.fit(linear(), samples(), epochs=1, batch_size=70, loss=x()) for x in (training.SpikeCount, Twice)
    )
    assert twice.best.loss == pytest.approx(2 * once.best.loss, rel=1e-6)  # the mean in floats


class Lying:
    """A loader that says it has fewer batches than it gives."""

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return iter([(torch.ones(STEPS, 4, INPUTS), torch.arange(4) % CLASSES)] * 3)


def test_a_loader_with_more_batches_than_it_says() -> None:
    message = "fit: train must give as many batches as it says, 2, or schedule be None"
    with pytest.raises(ValueError, match=message):
        training.fit(linear(), Lying(), epochs=1)
    assert training.fit(linear(), Lying(), epochs=1, schedule=None).best.number == 1


def test_errors_of_models_say_where() -> None:
    for find in (
        lambda: training.fit(nn.Linear(INPUTS + 1, CLASSES), samples(), epochs=1),
        lambda: training.evaluate(nn.Linear(INPUTS + 1, CLASSES), samples()),
    ):
        with pytest.raises(RuntimeError, match="cannot be multiplied") as caught:
            find()
        assert ["batch 0: raised there by the model" in note for note in caught.value.__notes__] == [True]


def test_patience_without_validation_says_what_it_compared() -> None:
    done = training.fit(linear(), samples(), epochs=60, patience=1, learning_rate=1e-9)
    assert done.stopped == "no better accuracy in 1 epoch"


def test_models_whose_state_is_more_than_tensors(tmp_path: Path) -> None:
    class Extra(Changed):
        def get_extra_state(self) -> Any:
            return {"steps": [1, 2]}

        def set_extra_state(self, state: Any) -> None:
            assert state == {"steps": [1, 2]}

    def run(*, resume: bool) -> training.Fit:
        model = Extra(lambda out, training: out)
        return training.fit(model, samples(), val=samples(40), epochs=2, folder=tmp_path, resume=resume)

    assert run(resume=False).history == run(resume=True).history


def test_labels_beyond_int64() -> None:
    with pytest.raises(ValueError, match=r"sample \d+: y must be a label from 0, got 1180591620717411303424"):
        training.fit(network(), [(torch.ones(STEPS, INPUTS), 2**70)], epochs=1)
    with pytest.raises(ValueError, match="SpikeDataset: lengths must be integers, got '<U3'"):
        training.SpikeDataset(torch.ones(1, 5, 3), [0], lengths="abc")
