"""Layers of event neurons on a crossbar, in which an event of a row reaches every neuron, and how they run there.

All layers share the crossbar: each has columns of its own, and each of its sources a row of its own that is zero
outside these columns. The host sends the events of a step layer by layer, spikes of the layer before among them, so
that the order is that of the network: within a layer the chip's arithmetic does not know of the others.
"""

from dataclasses import dataclass, field

import numpy as np

from spikelut._checks import require
from spikelut._text import number_of
from spikelut.export.program.chain import check_chain, each, weighted
from spikelut.export.program.image import MOST_LINES, WHO
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.event_lif import compared_event, tick
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import stages
from spikelut.quant.network.synapses import Ints

SIZE = 256
"""Rows, and columns."""
EVENT, SAMPLE, STEP = 0, 1 << 24, 2 << 24
"""Commands: send an address event; a sample begins; a step has ended."""


@dataclass(frozen=True)
class Row:
    """A row of the crossbar: the source whose events it takes, of a layer (or the input), and its weights' sign.

    `sign` 0: of both.
    """

    layer: str
    index: int
    sign: int


@dataclass(frozen=True, eq=False)
class Block:
    """A layer on the crossbar: its columns begin at `first`; `rows` of each source, in the order they are sent."""

    layer: IntegerEventLIF
    first: int
    rows: list[list[int]]

    @property
    def count(self) -> int:
        """Its neurons."""
        return len(self.layer.weights.codes)


@dataclass(frozen=True, eq=False)
class Crossbar:
    """Layers with their places: `weights` [row, column] in membrane codes, of the rows and columns that are used."""

    network: IntegerNetwork
    blocks: list[Block]
    rows: list[Row]
    weights: Ints

    @property
    def thresholds(self) -> Ints:
        """Of each column."""
        return np.concatenate([each(block.layer.spec.threshold, block.count) for block in self.blocks])

    @property
    def leaks(self) -> Ints:
        """Codes that a tick takes from each column; none of layers whose steps no tick ends."""
        amounts = [block.layer.spec.leak.amount if block.layer.ticks else 0 for block in self.blocks]
        return np.concatenate([each(n, block.count) for n, block in zip(amounts, self.blocks, strict=True)])


def placed(network: IntegerNetwork, chip: str, *, signs_apart: bool) -> Crossbar:
    """The layers of `network` on the crossbar of `chip`; `signs_apart`: a row has one sign.

    Raises ValueError for networks that it does not hold.
    """
    check_chain(network, chip)
    for layer in network.layers:
        right = isinstance(layer, IntegerEventLIF) and layer.each
        require(right, WHO, f"layers must be EventLIF, as {chip} takes event after event", type(layer).__name__)
    form = network.profile.weight
    least, most = -(1 << form.bits - 1) + form.narrow, (1 << form.bits - 1) - 1
    blocks: list[Block] = []
    rows: list[Row] = []
    parts: list[tuple[Block, Ints]] = []
    source, first = network.inputs[0].name, 0
    for layer, weights in weighted(network):
        assert isinstance(layer, IntegerEventLIF)  # as all are
        block = Block(layer, first, [])
        found = [int(weights.min(initial=0)), int(weights.max(initial=0))]
        fits = least <= found[0] and found[1] <= most
        require(fits, f"{WHO}: layer {layer.name!r}", f"weights must be {least}..{most} membrane codes", found)
        for index in range(weights.shape[1]):
            column = weights[:, index]
            mixed = [sign for sign in (1, -1) if np.any(column * sign > 0)]
            signs = mixed if signs_apart else [0] * bool(mixed)
            block.rows.append([len(rows) + i for i in range(len(signs))])
            rows += [Row(source, index, sign) for sign in signs]
        blocks.append(block)
        parts.append((block, weights))
        source, first = layer.name, first + len(weights)
    require(first <= SIZE, WHO, f"{chip} has {SIZE} neurons, which all layers share; they must fit it", first)
    sources = sum(bool(one) for block in blocks for one in block.rows)
    message = f"{chip} has {SIZE} rows of synapses, one for each source of each layer"
    message += " and sign of its weights" if signs_apart else ""
    got = f"{number_of(len(rows), 'row')} for {number_of(sources, 'source')}"
    require(len(rows) <= SIZE, WHO, f"{message}; they must fit it", got)
    table = np.zeros((len(rows), first), np.int64)
    for block, weights in parts:
        for index, numbers in enumerate(block.rows):
            for number in numbers:
                sign, column = rows[number].sign, weights[:, index]
                kept = column if sign == 0 else np.where(column * sign > 0, column, 0)
                table[number, block.first : block.first + block.count] = kept
    return Crossbar(network, blocks, rows, table)


@dataclass(eq=False)
class Played:
    """What the host sends and what comes back, sample after sample.

    - `commands`; `spikes`: the number of a command, shifted left by 8, and the neuron that it makes spike.
    - `states`: membranes of all columns at the end of each step.
    - `events`, `inner`: how many address events are sent, and how many of them are spikes of a layer to the next.
    """

    commands: list[int] = field(default_factory=list)
    spikes: list[int] = field(default_factory=list)
    states: list[Ints] = field(default_factory=list)
    events: int = 0
    inner: int = 0


@dataclass(eq=False)
class _Player:
    """The chip as it takes one event after the other, beside what is written of it."""

    crossbar: Crossbar
    address: list[int]
    leak: int
    found: Played = field(default_factory=Played)

    def send(self, address: int) -> int:
        """Write an address event; its number among the commands."""
        self.found.commands.append(EVENT | address)
        self.found.events += 1
        return len(self.found.commands) - 1

    def spiked(self, number: int, block: Block, spikes: Ints) -> None:
        self.found.spikes += [number << 8 | block.first + int(n) for n in np.flatnonzero(spikes)]

    def layer(self, block: Block, mem: Ints, counts: Ints) -> tuple[Ints, Ints]:
        """Membranes after the events of a step, and how often each neuron spiked."""
        total = np.zeros_like(mem)
        columns = slice(block.first, block.first + block.count)
        for source in np.flatnonzero(counts):
            for _ in range(int(counts[source])):
                for row in block.rows[source]:
                    number = self.send(self.address[row])
                    weights = self.crossbar.weights[row, columns]
                    step = compared_event(NumpyOps, block.layer.spec, mem, weights)
                    mem = step.mem
                    total = total + step.spikes * 1
                    self.spiked(number, block, step.spikes)
        return mem, total

    def ticked(self, block: Block, mem: Ints, number: int) -> tuple[Ints, Ints]:
        """Membranes after the tick that ends a step, and the spikes of it."""
        if not block.layer.ticks:
            return mem, np.zeros_like(mem)
        step = tick(NumpyOps, block.layer.spec, mem)
        self.spiked(number, block, step.spikes)
        return step.mem, step.spikes * 1


def played(crossbar: Crossbar, events: Ints, rows: list[int], leak: int) -> Played:
    """The `events` [T, B, in] of samples on the chip, whose rows and time reference have these addresses.

    What comes back is what the network's reference gives, or RuntimeError: that would be a bug.
    """
    player, blocks = _Player(crossbar, rows, leak), crossbar.blocks
    found = player.found
    wanted = {stage.layer.name: stage for stage in stages(crossbar.network, events)}
    for sample in range(events.shape[1]):
        found.commands.append(SAMPLE)
        mems = [np.zeros(block.count, np.int64) for block in blocks]
        for t in range(len(events)):
            counts, total = events[t, sample].astype(np.int64), []
            for i, block in enumerate(blocks):
                found.inner += sum(int(n) * len(r) for n, r in zip(counts, block.rows, strict=True)) * (i > 0)
                mems[i], counts = player.layer(block, mems[i], counts)
                total.append(counts)
            number = player.send(leak)
            for i, block in enumerate(blocks):
                mems[i], late = player.ticked(block, mems[i], number)
                _same(wanted[block.layer.name].spikes[t, sample], total[i] + late)
                _same(wanted[block.layer.name].states["mem"][t, sample], mems[i])
            found.commands.append(STEP)
            found.states.append(np.concatenate(mems))
            message = f"events must be fewer: there is room for {MOST_LINES} commands"
            require(len(found.commands) < MOST_LINES, WHO, message, "more")
    return found


def _same(wanted: Ints, got: Ints) -> None:
    if not np.array_equal(wanted, got):
        raise RuntimeError("to_chip: the crossbar and the reference of the network differ")
