"""The trainings of `spikelut train`: its data, loss and augmentation, given to `training.fit`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from spikelut.cli.shared.architecture import Dense, parse_layers
from spikelut.cli.shared.errors import UserError
from spikelut.cli.shared.recipe import Recipe
from spikelut.training import Batch, Callback, Diverged, Loss, Membrane, SpikeCount, State
from spikelut.training import Epoch as FitEpoch
from spikelut.training import fit as training_fit

MAX_GRADIENT_NORM = 5.0
EVALUATED_AT_ONCE = 256
ONE_THREAD_WIDTH = 512
"""Dense layers up to this width are as fast on one thread, and far faster where other programs use the other cores."""


@dataclass(frozen=True)
class Split:
    """Event counts [T, N, ...] as uint8, one of which stands for `input_step`, and labels [N], on the device."""

    spikes: Tensor
    labels: Tensor
    input_step: float = 1.0

    def batches(self, order: Tensor, size: int = EVALUATED_AT_ONCE) -> Iterator[tuple[Tensor, Tensor]]:
        """Real inputs [T, B, ...] and labels [B], in `order`."""
        for index in torch.split(order, size):
            yield self.spikes[:, index].float() * self.input_step, self.labels[index]

    def spread(self, count: int, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Up to `count` batches of `size` samples from all over the split, the same each time."""
        chosen = min(len(self), count * size)
        # Neighbours go to different batches, so that of sorted data each has something of everything.
        order = torch.arange(chosen) * len(self) // max(1, chosen)
        batches = max(1, -(-chosen // size))
        order = torch.cat([order[first::batches] for first in range(batches)])
        return self.batches(order.to(self.labels.device), -(-chosen // batches))

    def real(self, samples: slice) -> Tensor:
        """Real inputs [T, B, ...] of these samples."""
        return self.spikes[:, samples].float() * self.input_step

    def batch(self, indices: Any) -> Batch:
        """These samples at once."""
        index = torch.as_tensor(indices).to(self.labels.device)
        return Batch(self.spikes[:, index].float() * self.input_step, self.labels[index])

    def part(self, indices: Any) -> "Split":
        """A copy of these samples."""
        index = torch.as_tensor(indices).to(self.labels.device)
        return Split(self.spikes[:, index], self.labels[index], self.input_step)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Epoch:
    """What an epoch of training came to: mean losses, and the shares of samples that were right; None: not measured."""

    loss: float
    train_accuracy: float
    test_accuracy: float | None
    val_loss: float | None = None
    val_accuracy: float | None = None

    @property
    def measured(self) -> dict[str, float]:
        """By name, what was measured."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @property
    def accuracy(self) -> float:
        """Of what the epochs are compared by: the validation samples, or where there are none the test samples."""
        found = self.test_accuracy if self.val_accuracy is None else self.val_accuracy
        assert found is not None  # one of them is measured
        return found


def accuracy(model: nn.Module, split: Split) -> float:
    """The share of samples the network, in evaluation mode, gets right; the lowest class in a tie."""
    model.eval()
    right = 0
    with torch.no_grad():
        for x, labels in split.batches(torch.arange(len(split), device=split.labels.device)):
            right += int((SpikeCount().scores(model(x)).argmax(1) == labels).sum())
    return right / len(split)


def limit_threads(recipe: Recipe) -> None:
    """Train small networks on one thread."""
    if all(isinstance(layer, Dense) and layer.size <= ONE_THREAD_WIDTH for layer in parse_layers(recipe.layers)):
        torch.set_num_threads(1)


class PerEpoch(Callback):
    """Collects a value of the model after each epoch, as the test accuracy; a resumed training has those before."""

    every_process = False

    def __init__(self, name: str, measure: Callable[[nn.Module], Any]) -> None:
        self.name, self.measure = name, measure
        self.values: list[Any] = []

    def on_epoch(self, state: State) -> None:
        """Measure the model as it is now."""
        self.values.append(self.measure(state.model))

    def state_dict(self) -> dict[str, Any]:
        """The values so far."""
        return {self.name: list(self.values)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Those of the epochs before."""
        self.values = list(state[self.name])


class Listener(Protocol):
    """What is told of a training as it goes."""

    def started(self, state: State) -> None:
        """It begins, or goes on."""

    def batch(self, loss: float, accuracy: float | None) -> None:
        """The loss of a batch, and the accuracy of the last epoch: of validation, else of the test."""

    def epochs(self, epochs: list[Epoch], state: State) -> None:
        """An epoch is done; all that there are."""


class Telling(Callback):
    """Tells a listener, in the words of `Epoch`."""

    every_process = False

    def __init__(self, listener: Listener, tested: PerEpoch | None) -> None:
        self.listener, self.tested = listener, tested

    def on_start(self, state: State) -> None:
        """Tell it."""
        self.listener.started(state)

    def on_batch(self, state: State) -> None:
        """Tell it."""
        before = self.tested.values[-1:] if self.tested else [epoch.val_accuracy for epoch in state.history[-1:]]
        self.listener.batch(state.loss, before[0] if before else None)

    def on_epoch(self, state: State) -> None:
        """Tell it."""
        self.listener.epochs(_epochs(state.history, self.tested), state)


def _epochs(history: Sequence[FitEpoch], tested: PerEpoch | None) -> list[Epoch]:
    values = tested.values if tested else [None] * len(history)
    return [
        Epoch(epoch.loss, epoch.accuracy, value, epoch.val_loss, epoch.val_accuracy)
        for epoch, value in zip(history, values, strict=True)
    ]


@dataclass(frozen=True)
class Fitted:
    """What a training came to; the model has the weights of epoch `best`, from 1: 0 is the start, of which is known
    how it validates."""

    epochs: list[Epoch]
    best: int
    stopped: str
    warnings: tuple[str, ...] = ()
    start: FitEpoch | None = None


def loss_of(recipe: Recipe) -> Loss:
    """The loss of training: the cross-entropy of the number of output spikes, or of the mean membrane."""
    kind = SpikeCount if recipe.readout == "spikes" else Membrane
    return kind(scale=recipe.score_scale, label_smoothing=recipe.label_smoothing)


def train_network(
    model: nn.Module,
    train: Split,
    test: Split,
    recipe: Recipe,
    *,
    val: Split | None = None,
    gain: float = 1.0,
    callbacks: Sequence[Callback] = (),
    listener: Listener | None = None,
    **options: Any,
) -> Fitted:
    """Train with `training.fit`; `options` are further ones of it, as `folder` and `resume`.

    Weights that are `gain` times larger take steps as much larger, so that the training is the same. Without `val` the
    test accuracy is measured after each epoch and the last weights stay; with it those stay that validate best, and the
    test samples are not looked at. Raises UserError if a gradient overflows.
    """
    tested = None if val is not None else PerEpoch("test_accuracy", lambda model: accuracy(model, test))
    told = [Telling(listener, tested)] if listener is not None else []
    device = next(model.parameters()).device
    where = {"accelerator": device.type, "devices": 1 if device.index is None else [device.index]}
    if "fabric" not in options:
        options |= where
    try:
        found = training_fit(
            model,
            train,
            val=val,
            epochs=recipe.epochs,
            loss=loss_of(recipe),
            batch_size=recipe.batch,
            learning_rate=recipe.learning_rate * gain,
            augment=lambda x: augmented(x, recipe),
            clip_norm=MAX_GRADIENT_NORM,
            callbacks=[*([tested] if tested else []), *callbacks, *told],
            seed=None,
            **options,
        )
    except Diverged as error:
        raise UserError(str(error).removeprefix("fit: ")) from error
    if tested is not None and not tested.values:  # of a process that is not the first
        tested = None
    return Fitted(_epochs(found.history, tested), found.best.number, found.stopped, found.warnings, found.start)


def fit(
    model: nn.Module,
    train: Split,
    test: Split,
    recipe: Recipe,
    on_batch: Callable[[float, float | None], None],
    *,
    gain: float = 1.0,
    on_epoch: Callable[[nn.Module], None] | None = None,
) -> list[Epoch]:
    """`train_network` without validation; one entry per epoch.

    `on_batch` is told each batch's loss and the last epoch's accuracy; `on_epoch` is given the model after each epoch.
    """
    listeners = [PerEpoch("on_epoch", on_epoch)] if on_epoch is not None else []
    return train_network(model, train, test, recipe, gain=gain, callbacks=listeners, listener=_OnBatch(on_batch)).epochs


@dataclass(frozen=True)
class _OnBatch:
    batch: Callable[[float, float | None], None]

    def started(self, state: State) -> None:
        """Nothing."""

    def epochs(self, epochs: list[Epoch], state: State) -> None:
        """Nothing."""


def augmented(x: Tensor, recipe: Recipe) -> Tensor:
    """`x` [T, B, ...]; samples moved in time and along their inputs, half mirrored, a share of events left out."""
    x = _moved(x, recipe.shift)
    x = _moved(x.transpose(0, 2), recipe.input_shift).transpose(0, 2) if recipe.input_shift else x
    if recipe.flip:
        mirrored = torch.rand(x.shape[1]).to(x.device) < 0.5
        x = torch.where(mirrored.reshape(-1, *[1] * (x.ndim - 2)), x.flip(-1), x)
    return x * (torch.rand(x.shape) >= recipe.drop).to(x.device) if recipe.drop else x


def _moved(x: Tensor, most: int) -> Tensor:
    """`x` [T, B, ...] with each sample moved along the first dimension by up to `most` places; zeros come in."""
    if not most:
        return x
    moves = torch.randint(-most, most + 1, (x.shape[1],)).to(x.device)
    source = torch.arange(len(x), device=x.device)[:, None] - moves
    inside = (source >= 0) & (source < len(x))
    moved = x[source.clamp(0, len(x) - 1), torch.arange(x.shape[1], device=x.device)]
    return moved * inside.reshape(*inside.shape, *[1] * (x.ndim - 2))
