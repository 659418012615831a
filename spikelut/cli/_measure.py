"""What `spikelut train` measures on the trained networks: gradients, exported files, event sums."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikelut.cli._network import Split, weight_gradients
from spikelut.export import SpikeCount, count_differences, run_onnx
from spikelut.quant import IntegerNetwork, spike_trains
from spikelut.quant.integer import IntegerLIF, IntegerLinear

GRADIENT_BATCHES = 8


@dataclass(frozen=True)
class LayerGradient:
    """Weight gradients of a layer with the table against those with the analytic curve, one entry per batch."""

    layer: str
    cosine: list[float]
    norm_ratio: list[float]


def compare_gradients(table: nn.Module, analytic: nn.Module, train: Split) -> list[LayerGradient]:
    """Cosine similarity and norm ratio (table / analytic) per weight on the first batches of `train`.

    Both models hold the same weights. A gradient that vanishes gives a cosine and a ratio of 0, or of 1 if both vanish.
    """
    columns: dict[str, LayerGradient] = {}
    order = torch.arange(len(train), device=train.labels.device)
    for index, (x, labels) in enumerate(train.batches(order)):
        if index == GRADIENT_BATCHES:
            break
        exact = weight_gradients(analytic, x, labels)
        for name, g in weight_gradients(table, x, labels).items():
            column = columns.setdefault(name, LayerGradient(name.removesuffix(".weight"), [], []))
            a, b = float(g.norm()), float(exact[name].norm())
            both_zero = float(a == b == 0)
            column.cosine.append(float(g @ exact[name]) / (a * b) if a * b > 0 else both_zero)
            column.norm_ratio.append(a / b if b > 0 else both_zero)
    return list(columns.values())


@dataclass(frozen=True)
class Verification:
    """Spike trains of the test split from each implementation, counted against torch."""

    reference: SpikeCount
    integer: SpikeCount
    functions: SpikeCount
    rates: dict[str, float]

    @property
    def exact(self) -> SpikeCount:
        """The implementations that must agree: the integer graph and the NumPy reference."""
        return self.reference.plus(self.integer)


def verify(model: nn.Module, network: IntegerNetwork, spikes: torch.Tensor, files: dict[str, Path]) -> Verification:
    """Run torch, the NumPy reference and the two ONNX files on spikes [T, N, F] and count the differences."""
    model.eval()
    trains = {name: train.cpu().numpy() for name, train in spike_trains(model, spikes.float()).items()}
    inputs: NDArray[Any] = spikes.cpu().numpy()
    return Verification(
        reference=count_differences(trains, network.run(inputs)),
        integer=count_differences(trains, run_onnx(files["integer"], inputs)),
        functions=count_differences(trains, run_onnx(files["functions"], inputs)),
        rates={name: float(train.mean()) for name, train in trains.items()},
    )


@dataclass(frozen=True)
class EventSums:
    """Whether a chip that adds spike by spike, saturating, must come to the same sum in whatever order.

    It must if even all positive and all negative weights, added up separately to the largest membrane, stay in range.
    """

    layer: str
    largest: int
    limit: int

    @property
    def order_matters(self) -> bool:
        return self.largest > self.limit


def event_sums(network: IntegerNetwork, spikes: NDArray[np.generic]) -> list[EventSums]:
    """The largest partial sum any order of events can reach, per spiking layer with saturating registers."""
    found: list[EventSums] = []
    signal: NDArray[np.int64] = spikes.astype(np.int64)
    largest = 0
    for layer in network.layers:
        if isinstance(layer, IntegerLinear):
            codes = layer.codes.astype(np.int64)
            parts = (signal @ np.maximum(codes, 0).T, signal @ np.maximum(-codes, 0).T)
            largest = int(max(part.max(initial=0) for part in parts)) * (1 << layer.left_shift)
            signal = layer.run(signal)
        elif isinstance(layer, IntegerLIF):
            signal, membranes = layer.run(signal)
            if layer.spec.current.overflow == "saturate":
                reach = largest + int(np.abs(membranes).max(initial=0))
                found.append(EventSums(layer.name, reach, layer.spec.membrane.max_code))
    return found
