"""The training loop of `spikelut train`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut.cli.shared.architecture import Dense, parse_layers
from spikelut.cli.shared.errors import UserError
from spikelut.cli.shared.recipe import Readout, Recipe

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

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Epoch:
    """What an epoch of training came to: mean loss, and the shares of samples that were right."""

    loss: float
    train_accuracy: float
    test_accuracy: float


def scores(out: Tensor, readout: Readout) -> Tensor:
    """What the classes are told by, [B, K]: the number of output spikes, or the mean membrane; or what came already."""
    if out.ndim == 2:
        return out
    return out.sum(0) if readout == "spikes" else out.mean(0)


def accuracy(model: nn.Module, split: Split) -> float:
    """The share of samples the network, in evaluation mode, gets right; the lowest class in a tie."""
    model.eval()
    right = 0
    with torch.no_grad():
        for x, labels in split.batches(torch.arange(len(split), device=split.labels.device)):
            right += int((scores(model(x), "spikes").argmax(1) == labels).sum())
    return right / len(split)


def objective(found: Tensor, labels: Tensor, recipe: Recipe) -> Tensor:
    """The loss of training: the cross-entropy of the scores [B, K]."""
    return functional.cross_entropy(found * recipe.score_scale, labels, label_smoothing=recipe.label_smoothing)


def limit_threads(recipe: Recipe) -> None:
    """Train small networks on one thread."""
    if all(isinstance(layer, Dense) and layer.size <= ONE_THREAD_WIDTH for layer in parse_layers(recipe.layers)):
        torch.set_num_threads(1)


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
    """Train with AdamW on the `objective`; one entry per epoch.

    `on_batch` is told each batch's loss and the last epoch's test accuracy; `on_epoch` is given the model after each
    epoch. Weights that are `gain` times larger take steps as much larger, so that the training is the same. Raises
    UserError if a gradient overflows.
    """
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate * gain, weight_decay=0.0)
    batches = -(-len(train) // recipe.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.epochs * batches)
    history: list[Epoch] = []
    for _ in range(recipe.epochs):
        model.train()
        total, right = 0.0, 0
        # Drawn on the CPU, so that the order does not depend on the device.
        order = torch.randperm(len(train)).to(train.labels.device)
        for x, labels in train.batches(order, recipe.batch):
            found = scores(model(augmented(x, recipe)), recipe.readout)
            loss = objective(found, labels, recipe)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            norm = nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
            if not bool(norm.isfinite()):
                raise UserError(f"training diverged in epoch {len(history) + 1}: the gradient is not finite")
            optimiser.step()
            schedule.step()
            value = float(loss.detach())
            total += value * len(labels)
            right += int((found.argmax(1) == labels).sum())
            on_batch(value, history[-1].test_accuracy if history else None)
        history.append(Epoch(total / len(train), right / len(train), accuracy(model, test)))
        if on_epoch is not None:
            on_epoch(model)
    return history


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
