"""What `spikelut train` measures on the trained networks: exported files, silent layers, event sums."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut.cli.train.loop import Split
from spikelut.export import SpikeCount, count_differences, run_onnx
from spikelut.export.runtimes import by_name, check, network_case
from spikelut.quant import IntegerConv2d, IntegerEventLIF, IntegerLIF, IntegerLinear, IntegerNetwork, spike_trains

SAMPLES_AT_ONCE, VALUES_AT_ONCE = 512, 2**24
KEPT, KEPT_VALUES = 8, 2**23
"""Test samples that a run keeps, and the most values they have."""
REFERENCE, INTEGER, FUNCTIONS = "integer reference", "model.int.onnx", "model.onnx"


@dataclass(frozen=True)
class EventSums:
    """How far the partial sums of a layer can get on a chip that adds spike by spike and saturates each time.

    `largest` is the largest magnitude that any order of events of any step reaches: the membrane, or the synaptic
    current, plus all its positive, or minus all its negative weights. Up to `limit` the order cannot matter; `beyond`
    counts the neuron steps in which it might.
    """

    layer: str
    largest: int
    limit: int
    beyond: int

    def merge(self, other: "EventSums") -> "EventSums":
        """Both samples together."""
        return EventSums(self.layer, max(self.largest, other.largest), self.limit, self.beyond + other.beyond)


@dataclass(frozen=True)
class Verification:
    """Spikes and membranes of every implementation counted against torch's, spike rates, and the event sums.

    `states`: what else the integer graph computes, on a few samples against the NumPy reference.
    """

    counts: dict[str, SpikeCount]
    rates: dict[str, float]
    event_sums: list[EventSums]
    states: SpikeCount

    @property
    def silent(self) -> list[str]:
        """The layers that spike on no sample."""
        return [name for name, rate in self.rates.items() if rate == 0]

    @property
    def exact(self) -> SpikeCount:
        """The implementations that must agree with torch: the NumPy reference and the integer graph."""
        return self.counts[REFERENCE].plus(self.counts[INTEGER])


def verify(model: nn.Module, network: IntegerNetwork, split: Split, folder: Path) -> Verification:
    """Run torch, the NumPy reference and the two ONNX files in `folder` on a split and count the differences."""
    model.eval()
    counts = dict.fromkeys((REFERENCE, INTEGER, FUNCTIONS), SpikeCount(0, 0))
    spiked: dict[str, float] = {}
    sums: dict[str, EventSums] = {}
    read_outs = {layer.name for layer in network.layers if isinstance(layer, IntegerLIF) and layer.reads_out}
    at_once = max(1, min(SAMPLES_AT_ONCE, VALUES_AT_ONCE // _values(model, split)))
    for first in range(0, len(split), at_once):
        samples = slice(first, first + at_once)
        x, real = split.spikes[:, samples], split.real(samples)
        inputs: NDArray[Any] = x.cpu().numpy()
        trains = trains_of(model, real)
        found_there = {REFERENCE: network.run(inputs), INTEGER: run_onnx(folder / INTEGER, inputs)}
        found_there[FUNCTIONS] = _in_codes(network, run_onnx(folder / FUNCTIONS, real.cpu().numpy()))
        # Outputs that no neurons give have no spikes to be compared.
        others = {key: {name: found[name] for name in trains if name in found} for key, found in found_there.items()}
        for name, other in others.items():
            counts[name] = counts[name].plus(count_differences(trains, other))
        for name, train in trains.items():
            if name not in read_outs:
                spiked[name] = spiked.get(name, 0.0) + float(train.mean()) * x.shape[1] / len(split)
        for found in event_sums(network, inputs):
            sums[found.layer] = found.merge(sums[found.layer]) if found.layer in sums else found
    return Verification(counts, spiked, list(sums.values()), _states(folder / INTEGER, network, split))


def kept_samples(split: Split) -> NDArray[Any]:
    """The samples of a split that a run keeps for later checks: event counts [T, B, ...]."""
    each = max(1, split.spikes[:, :1].numel())
    kept: NDArray[Any] = split.spikes[:, : max(1, min(KEPT, KEPT_VALUES // each))].cpu().numpy()
    return kept


def _states(path: Path, network: IntegerNetwork, split: Split) -> SpikeCount:
    """Every output and state at every step of a file in onnxruntime, against the NumPy reference."""
    found = check(by_name("onnxruntime"), network_case(path, kept_samples(split), network))
    if found.status == "failed" or found.hidden:
        raise RuntimeError(f"{path.name} in onnxruntime: {found.reason or found.hidden}")
    return SpikeCount(found.compared, found.different, found.nonzero)


def _values(model: nn.Module, split: Split) -> int:
    """Spikes and membranes of a sample in all layers and steps."""
    return sum(train.numel() for train in spike_trains(model, split.real(slice(0, 1))).values())


def trains_of(model: nn.Module, x: Tensor) -> dict[str, NDArray[Any]]:
    """What every layer of neurons gives, by the name that it has in the integer network."""
    return {name.replace(".", "_"): train.cpu().numpy() for name, train in spike_trains(model, x).items()}


def _in_codes(network: IntegerNetwork, outputs: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Outputs of the float dialect as integers: membranes, and sums of weights, are real there."""
    signals = network.signals
    real = {name: signals[name].step for name in outputs if signals[name].kind != "events"}
    return outputs | {name: outputs[name].astype(np.float64) / step for name, step in real.items()}


def event_sums(network: IntegerNetwork, spikes: NDArray[np.generic]) -> list[EventSums]:
    """The partial sums of every layer of neurons on event counts; none where the chip does not add event by event."""
    found: list[EventSums] = []
    current = network.profile.current
    if current is None or not current.event_by_event:
        return found
    # Each layer's sums of its positive and of its negative weights; what stands between them and neurons keeps both.
    signals: dict[str, list[NDArray[np.int64]]] = {name: [x] for name, x in network.checked(spikes).items()}
    for node in network.nodes:
        layer, given = node.layer, [signals[name] for name in node.inputs]
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            out = [replace(layer, codes=_part(layer.codes, sign)).run(given[0][0]) for sign in (1, -1)]
        elif isinstance(layer, IntegerEventLIF):
            out = [layer.run(given[0][0])[0]]  # which adds as the chip does
        elif isinstance(layer, IntegerLIF):
            reach, spiked = _reach(layer, *given[0])
            limit = layer.kind.states[-1].register.max_code  # events go to the last state
            found.append(EventSums(layer.name, int(reach.max(initial=0)), limit, int((reach > limit).sum())))
            out = [spiked]
        else:
            out = [layer.run(*parts) for parts in zip(*given, strict=True)]
        signals[layer.name] = out
    return found


def _part(codes: NDArray[Any], sign: int) -> NDArray[np.int64]:
    """The magnitudes of the codes of one sign."""
    return np.maximum(sign * codes.astype(np.int64), 0)


def _reach(
    layer: IntegerLIF, positive: NDArray[np.int64], negative: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The largest magnitude of any partial sum [T, B, ...], and what the layer gives."""
    trace = layer.trace(positive - negative)
    spikes, states = trace["spikes"], trace[layer.kind.states[-1].name]
    if layer.recurrent:
        codes, before = layer.recurrent.codes, np.concatenate([np.zeros_like(spikes[:1]), spikes[:-1]])
        positive, negative = (
            part + replace(layer.recurrent, codes=_part(codes, sign)).run(before)
            for part, sign in ((positive, 1), (negative, -1))
        )
    rest = np.concatenate([np.zeros_like(states[:1]), states[:-1]])
    return np.maximum(rest + positive, negative - rest), trace["mem"] if layer.reads_out else spikes
