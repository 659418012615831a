"""Firing rates, answers and synaptic operations of the networks of a run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut.quant import IntegerNetwork, SynapticEvents, synaptic_events
from spikelut.training import ConfusionMatrix, FiringRates, LayerActivity, SpikeCount, rate_distance, recorded_spikes

SAMPLES, AT_ONCE = 512, 64
"""Test samples, from all over the split, on which rates are measured; the integer network runs on one batch of them."""
SHOWN = 3
"""Samples whose spikes and membranes are drawn, of as many classes."""
FLOATS = "float"
"""The variant of a network that the others are compared with."""

Batches = Iterable[tuple[Tensor, Tensor]]


class Samples(Protocol):
    """Test samples: event counts [T, N, ...], labels [N], and batches of real inputs [T, B, ...] and labels."""

    @property
    def spikes(self) -> Tensor: ...

    @property
    def labels(self) -> Tensor: ...

    @property
    def input_step(self) -> float:
        """What a count stands for."""
        ...

    def __len__(self) -> int: ...

    def spread(self, count: int, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Up to `count` batches of `size` from all over the samples."""
        ...

    def batches(self, order: Tensor, size: int = ..., /) -> Iterator[tuple[Tensor, Tensor]]:
        """Batches in `order`."""
        ...


@dataclass(frozen=True, eq=False)
class Shown:
    """Samples that are drawn: event counts [T, B, ...], and of each its number, class and answer."""

    events: NDArray[Any]
    numbers: tuple[int, ...]
    labels: tuple[int, ...]
    answers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Activity:
    """What the networks of a run do on `samples` of the test samples.

    - `layers`: of each variant the activity of its spiking layers by name.
    - `distances`: of each variant but the float network the Earth Mover's distance of firing rates to that one, by
      layer; empty without a float network.
    - `confusion` [K, K]: of the network that is deployed, on all test samples.
    - `synaptic`: of its integers, on `ran` samples; `network`: these integers, None where nothing is deployed.
    """

    samples: int
    layers: dict[str, dict[str, LayerActivity]]
    distances: dict[str, dict[str, float]]
    confusion: Tensor
    shown: Shown
    ran: int = 0
    synaptic: dict[str, SynapticEvents] = field(default_factory=dict)
    network: IntegerNetwork | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as run.json has it."""
        layers = {
            kind: {
                name: {"rate": one.rate, "dead": one.dead, "saturated": one.saturated} for name, one in found.items()
            }
            for kind, found in self.layers.items()
        }
        found: dict[str, Any] = {"activity": {"samples": self.samples, "layers": layers}}
        found["rate_distance"] = self.distances
        found["confusion"] = self.confusion.tolist()
        if self.network is not None:
            by_layer = {name: asdict(events) for name, events in self.synaptic.items()}
            found["synaptic_events"] = {"samples": self.ran, "layers": by_layer}
        return found


def measure_activity(
    models: Mapping[str, nn.Module], deployed: str, network: IntegerNetwork | None, test: Samples
) -> Activity:
    """The activity of trained networks by variant; `deployed` is the one whose integers `network` has, if there are."""
    layers = {kind: layer_activity(model, test.spread(SAMPLES // AT_ONCE, AT_ONCE)) for kind, model in models.items()}
    shown = _shown(models[deployed], test)
    matrix = ConfusionMatrix()
    everything = torch.arange(len(test), device=test.labels.device)
    for scores, y in _scores(models[deployed], test.batches(everything)):
        matrix.update(scores, y)
    ran, synaptic = 0, {}
    if network is not None:
        x, _ = next(test.spread(1, AT_ONCE))
        ran, synaptic = x.shape[1], synaptic_events(network, _counts(x, test.input_step, test.spikes.dtype))
    samples = min(len(test), SAMPLES)
    return Activity(samples, layers, distances(layers), matrix.compute(), shown, ran, synaptic, network)


def layer_activity(model: nn.Module, batches: Batches) -> dict[str, LayerActivity]:
    """Of each spiking layer of a network, in evaluation mode, on these samples."""
    rates = FiringRates()
    model.eval()
    with torch.no_grad():
        for x, _ in batches:
            with recorded_spikes(model, strict=False) as spikes:
                model(x)
            rates.update(spikes)
    return rates.compute()


def distances(layers: Mapping[str, Mapping[str, LayerActivity]]) -> dict[str, dict[str, float]]:
    """The Earth Mover's distance of the firing rates of each variant to those of the float network, by layer.

    Layers are matched by their order: variants may name them in other ways. Nothing of one with other layers.
    """
    floats = list(layers.get(FLOATS, {}).values())
    found: dict[str, dict[str, float]] = {}
    for kind, own in layers.items():
        alike = [len(one.rates) for one in own.values()] == [len(one.rates) for one in floats]
        if kind != FLOATS and floats and alike:
            pairs = zip(own.items(), floats, strict=True)
            found[kind] = {name: rate_distance(one.rates, other.rates) for (name, one), other in pairs}
    return found


def _scores(model: nn.Module, batches: Batches) -> Iterator[tuple[Tensor, Tensor]]:
    model.eval()
    with torch.no_grad():
        for x, y in batches:
            yield SpikeCount().scores(model(x)), y  # the largest sum over time is the largest mean, too


def _shown(model: nn.Module, test: Samples) -> Shown:
    """The first sample of each of the first classes."""
    labels = test.labels.tolist()
    numbers = tuple(labels.index(label) for label in sorted(set(labels))[:SHOWN])
    order = torch.tensor(numbers, device=test.labels.device)
    (scores, _), *_ = _scores(model, test.batches(order))
    events = test.spikes[:, order].cpu().numpy()
    return Shown(events, numbers, tuple(labels[n] for n in numbers), tuple(scores.argmax(1).tolist()))


def _counts(x: Tensor, input_step: float, kind: torch.dtype) -> NDArray[Any]:
    """The event counts of real inputs."""
    return np.asarray((x / input_step).round().to(kind).cpu())
