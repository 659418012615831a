"""Building, training and probing the network of `spikelut train`."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut.cli._errors import UserError
from spikelut.hw_profiles import Profile
from spikelut.quant import LIF, CubaLIF, LUTSurrogate, QuantLinear
from spikelut.surrogates import Surrogate

ALPHA, BETA = 0.5, 0.9
DROPOUT = 0.2
BATCH = 64
LEARNING_RATE = 5e-3
LABEL_SMOOTHING = 0.1
MAX_GRADIENT_NORM = 5.0
ONE_THREAD_WIDTH = 512
"""Layers up to this width are as fast on one thread, and far faster where other programs use the other cores."""


@dataclass(frozen=True)
class Split:
    """Spikes [T, N, F] as uint8 and labels [N], on the device of the training."""

    spikes: Tensor
    labels: Tensor

    def batches(self, order: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Float spikes [T, B, F] and labels [B], in `order`."""
        for index in torch.split(order, BATCH):
            yield self.spikes[:, index].float(), self.labels[index]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Epoch:
    """What an epoch of training came to: mean loss, and the shares of samples that were right."""

    loss: float
    train_accuracy: float
    test_accuracy: float


def build_network(
    profile: Profile, slope: LUTSurrogate | Surrogate, sizes: list[int], weight_bits: int | None
) -> nn.Sequential:
    """A QuantLinear and its neurons for each pair of `sizes`, with dropout between; weights drawn from torch's seed."""
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    for number, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        if modules:
            modules[f"dropout{number}"] = nn.Dropout(DROPOUT)
        linear = QuantLinear(fan_in, fan_out, profile=profile, weight_bits=weight_bits)
        nn.init.kaiming_uniform_(linear.weight, nonlinearity="linear")
        modules[f"linear{number}"] = linear
        modules[f"lif{number}"] = neuron(profile, slope)
    return nn.Sequential(modules)


def neuron(profile: Profile, slope: LUTSurrogate | Surrogate) -> LIF | CubaLIF:
    """The neurons of `profile`; with a synaptic current where the chip has no others."""
    if profile.current is not None and profile.current_decay is not None and profile.current.input_first:
        return CubaLIF(profile, slope, alpha=ALPHA, beta=BETA)
    return LIF(profile, slope, beta=BETA)


def classify(spikes: Tensor) -> Tensor:
    """The class [B] with the most output spikes over time, the lowest one in a tie."""
    return spikes.sum(0).argmax(1)


def accuracy(model: nn.Module, split: Split) -> float:
    """The share of samples the network, in evaluation mode, gets right."""
    model.eval()
    right = 0
    with torch.no_grad():
        for x, labels in split.batches(torch.arange(len(split), device=split.labels.device)):
            right += int((classify(model(x)) == labels).sum())
    return right / len(split)


def fit(
    model: nn.Module, train: Split, test: Split, epochs: int, on_batch: Callable[[float, float | None], None]
) -> list[Epoch]:
    """Train with AdamW on the cross-entropy of the output spike counts; one entry per epoch.

    `on_batch` is told each batch's loss and the last epoch's test accuracy. Raises UserError if a gradient overflows.
    """
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.0)
    batches = -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs * batches)
    history: list[Epoch] = []
    for _ in range(epochs):
        model.train()
        total, right = 0.0, 0
        # Drawn on the CPU, so that the order does not depend on the device.
        order = torch.randperm(len(train)).to(train.labels.device)
        for x, labels in train.batches(order):
            spikes = model(x)
            loss = functional.cross_entropy(spikes.sum(0), labels, label_smoothing=LABEL_SMOOTHING)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            norm = nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
            if not bool(norm.isfinite()):
                raise UserError(f"training diverged in epoch {len(history) + 1}: the gradient is not finite")
            optimiser.step()
            schedule.step()
            value = float(loss.detach())
            total += value * len(labels)
            right += int((classify(spikes) == labels).sum())
            on_batch(value, history[-1].test_accuracy if history else None)
        history.append(Epoch(total / len(train), right / len(train), accuracy(model, test)))
    return history


def weight_gradients(model: nn.Module, x: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """The loss gradient of every weight for one batch, flattened, in evaluation mode."""
    model.eval()
    parameters = dict(model.named_parameters())
    loss = functional.cross_entropy(model(x).sum(0), labels)
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    return {name: g.flatten() for name, g in zip(parameters, gradients, strict=True)}
