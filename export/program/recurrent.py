"""A chain of layers on ReckOn's recurrent neurons, and what they do there tick by tick.

All layers share the recurrent neurons: each lies behind the one before, whose spikes reach it in the next tick through
the recurrent weights. So a layer is a tick later than in the network, and nothing else changes. Layers begin at even
numbers, as two neurons share a leak and a threshold; one that is left over gets no weights and never spikes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spikelut._checks import require
from spikelut.export.program.chain import check_chain, each, weighted
from spikelut.export.program.image import MOST_LINES, WHO
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.events.order import in_danger
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import LayerStates, stages
from spikelut.quant.network.synapses import Ints

INPUTS, NEURONS, OUTPUTS = 256, 256, 16
NEVER = 2**15 - 1
"""The threshold of neurons that are not used: the chip steps them where it has more inputs or outputs than neurons."""
EVENT, SAMPLE, TICK, LAST = 0, 1 << 24, 2 << 24, 3 << 24
"""Commands: send an input event; a sample begins; a tick; the last tick of a sample."""


@dataclass(frozen=True, eq=False)
class Place:
    """A layer of spiking neurons and where it lies: so many neurons from `first` on."""

    layer: IntegerLIF
    first: int
    count: int

    @property
    def columns(self) -> slice:
        """Its neurons."""
        return slice(self.first, self.first + self.count)


@dataclass(frozen=True, eq=False)
class Layout:
    """A network on the chip: weight codes [source, target] of each memory, and the shift of each."""

    network: IntegerNetwork
    places: list[Place]
    readout: IntegerLIF | None
    inputs: Ints
    recurrent: Ints
    outputs: Ints
    shifts: tuple[int, int, int]

    @property
    def size(self) -> int:
        """The recurrent neurons, an even number."""
        return len(self.recurrent)


def laid_out(network: IntegerNetwork) -> Layout:
    """Where each layer stands; ValueError for networks that the chip does not hold."""
    check_chain(network, "reckon")
    layers = list(weighted(network))
    hidden = [pair for pair in layers if not pair[0].reads_out]
    kinds = ["read-out" if layer.reads_out else "spiking" for layer, _ in layers]
    right = kinds in (["spiking"] * len(hidden), ["spiking"] * len(hidden) + ["read-out"]) and bool(hidden)
    require(right, WHO, "layers must be spiking ones, and at most a read-out behind them", kinds)
    places, size = [], 0
    for layer, weights in hidden:
        places.append(Place(layer, size, len(weights)))
        size += len(weights) + len(weights) % 2
    message = f"reckon has {NEURONS} neurons, which all spiking layers share, two by two; they must fit it"
    require(size <= NEURONS, WHO, message, size)
    count, largest, last = hidden[0][1].shape[1], network.inputs[0].largest, layers[-1][1]
    require(count <= INPUTS, WHO, f"reckon has {INPUTS} inputs; there must be as few", count)
    require(largest == 1, WHO, "inputs must be 0 or 1, as reckon takes an input once in a tick", largest)
    require(
        len(last) <= OUTPUTS, WHO, f"reckon has {OUTPUTS} outputs; the last layer must have as few neurons", len(last)
    )
    modes = sorted({str(place.layer.spec.reset) for place in places})
    require(len(modes) == 1, WHO, "layers must have one reset, as the chip has", modes)
    readout = layers[-1][0] if len(layers) > len(hidden) else None
    (inputs, a), (outputs, b) = _ends(places, hidden[0][1], size, last, readout)
    recurrent, c = scaled(_inner(places, [weights for _, weights in hidden], size), "recurrent and inner")
    return Layout(network, places, readout, inputs, recurrent, outputs, (a, c, b))


def _ends(
    places: list[Place], first: Ints, size: int, last: Ints, readout: IntegerLIF | None
) -> tuple[tuple[Ints, int], tuple[Ints, int]]:
    """The weights of inputs and of outputs; without a read-out each output counts the spikes of a neuron."""
    inputs = np.zeros((first.shape[1], size), np.int64)
    inputs[:, places[0].columns] = first.T
    outputs = np.zeros((size, len(last)), np.int64)
    outputs[places[-1].columns] = np.eye(len(last), dtype=np.int64) if readout is None else last.T
    return scaled(inputs, "input"), scaled(outputs, "output")


def _inner(places: list[Place], weights: list[Ints], size: int) -> Ints:
    """The recurrent memory: from each layer to the next, and to itself where it is recurrent, in membrane codes."""
    found = np.zeros((size, size), np.int64)
    for i, place in enumerate(places):
        own = place.layer.recurrent
        if own is not None:
            found[place.columns, place.columns] = (own.codes.astype(np.int64) * own.factors(2)).T
        if i:
            found[places[i - 1].columns, place.columns] = weights[i].T
    return found


def scaled(values: Ints, name: str) -> tuple[Ints, int]:
    """Weights of 8 bits and the shift of all of them, from membrane codes; ValueError where no shift fits."""
    shift = next((s for s in range(7, -1, -1) if not np.any(values % (1 << s))), 0) if values.any() else 0
    codes = values >> shift
    least, most = int(codes.min(initial=0)), int(codes.max(initial=0))
    message = f"{name} weights must fit 8 bits with one shift of 0 to 7 for all of them"
    require(least >= -128 and most <= 127, WHO, message, f"codes {least}..{most} shifted by {shift}")
    return codes, shift


def pairs_of(layout: Layout) -> tuple[Ints, Ints]:
    """Alpha and threshold of each pair of neurons, also of those that are only stepped."""
    most = max(layout.size, len(layout.inputs), layout.outputs.shape[1])
    alphas, thresholds = np.full(-(-most // 2), 7 << 12), np.full(-(-most // 2), NEVER)
    for place in layout.places:
        spec, where = place.layer.spec, f"{WHO}: layer {place.layer.name!r}"
        for name, values, table in (("beta", spec.leak.amount, alphas), ("threshold", spec.threshold, thresholds)):
            pairs = np.pad(each(values, place.count), (0, place.count % 2), "edge").reshape(-1, 2)
            shared = bool((pairs[:, 0] == pairs[:, 1]).all())
            require(shared, where, f"{name} must be the same of neurons 2n and 2n + 1, which share it", pairs.tolist())
            table[place.first // 2 : place.first // 2 + len(pairs)] = pairs[:, 0]
    return alphas, thresholds


@dataclass(frozen=True, eq=False)
class Ticked:
    """What the host sends, and what the chip answers and holds from the second tick of a sample on.

    `outputs` [samples, ticks, outputs], `spikes` and `mems` [samples, ticks, neurons].
    """

    commands: list[int]
    outputs: Ints
    spikes: Ints
    mems: Ints
    events: int


def ticked(layout: Layout, events: Ints) -> Ticked:
    """The `events` [T, B, in] of samples on the chip; ValueError where it would not add as the network's layers do."""
    depth = len(layout.places) + 1
    padded = np.pad(events, ((0, depth), (0, 0), (0, 0)))
    found = {stage.layer.name: stage for stage in stages(layout.network, padded)}
    for stage in found.values():
        _check_sums(stage)
    steps, samples = len(padded), events.shape[1]
    spikes, mems = (np.zeros((samples, steps - 1, layout.size), np.int64) for _ in range(2))
    for late, place in enumerate(layout.places):
        stage = found[place.layer.name]
        for table, values in ((spikes, stage.spikes), (mems, stage.states["mem"])):
            table[:, late:, place.columns] = values[: steps - 1 - late].swapaxes(0, 1)
    outputs = np.zeros((samples, steps - 1, layout.outputs.shape[1]), np.int64)
    if layout.readout is not None:
        shown = found[layout.readout.name].states["mem"]
    else:
        shown = found[layout.places[-1].layer.name].spikes.cumsum(0)
    outputs[:, depth - 1 :] = shown[: steps - depth].swapaxes(0, 1)
    require(
        int(np.abs(outputs).max(initial=0)) < 2**15, WHO, "steps must be fewer, as outputs count to 32767", len(events)
    )
    commands = [one for sample in range(samples) for one in _commands(padded[:, sample])]
    require(
        len(commands) <= MOST_LINES,
        WHO,
        f"events must be fewer: there is room for {MOST_LINES} commands",
        len(commands),
    )
    return Ticked(commands, outputs, spikes, mems, int(events.sum()))


def _commands(steps: Ints) -> Iterator[int]:
    yield SAMPLE
    for t, counts in enumerate(steps):
        yield from (EVENT | int(source) for source in np.flatnonzero(counts))
        yield LAST if t == len(steps) - 1 else TICK


def _check_sums(stage: LayerStates) -> None:
    """ValueError where a layer that adds at once may not give the sums of a chip that adds event by event."""
    layer = stage.layer
    if isinstance(layer, IntegerEventLIF):
        return
    share = in_danger(stage)
    where = f"{WHO}: layer {layer.name!r}"
    message = "sums of these events must not saturate on the way, where the chip adds event by event"
    require(share == 0, where, f"{message}; take EventLIF, or smaller weights", f"{share:.2%} of steps")
