"""What a network is in Verilog: arrays of values, and cores that fill one from others, in the order of their turns."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.c.flow import Flow, flow_of, sized
from spikelut.export.c.names import comment, suffixes
from spikelut.export.verilog.cores.core_text import Core, Read
from spikelut.export.verilog.cores.event_cores import event_core
from spikelut.export.verilog.cores.expression_writer import Word
from spikelut.export.verilog.cores.gather import gather_core, sources_of
from spikelut.export.verilog.cores.job import Address, Job, Neurons, Weights
from spikelut.export.verilog.cores.nest import Loop, Nest
from spikelut.export.verilog.cores.shaping import shaping_job
from spikelut.export.verilog.cores.sum_cores import sum_core
from spikelut.export.verilog.cores.windows import convolution
from spikelut.export.verilog.cores.words import WHO, Table, require_words
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import (
    IntegerConcat,
    IntegerConv2d,
    IntegerDelay,
    IntegerDelayedLinear,
    IntegerLIF,
    IntegerLinear,
    IntegerMatMul,
    IntegerSpread,
    IntegerTake,
    IntegerTotal,
    IntegerTranspose,
    IntegerUpsample,
)
from spikelut.quant.network.network import IntegerNetwork, Node, check_graph
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerWeights

GATHERED = (IntegerTake, IntegerSpread, IntegerTranspose, IntegerUpsample, IntegerConcat, IntegerTotal)
"""Layers that a table of places says."""
REFUSED = {
    IntegerMatMul: "products of matrices have no core: run the network as C or ONNX",
    IntegerDelay: "delays have no core: run the network as C or ONNX, or train it without them",
    IntegerDelayedLinear: "delays have no core: run the network as C or ONNX, or train it without them",
}


@dataclass(frozen=True)
class Array:
    """Values on their way: those of an input or of a layer, `root`, which others may read by other names."""

    root: str
    suffix: str
    low: int
    high: int
    count: int

    @property
    def word(self) -> Word:
        return Word.of(self.low, self.high)

    def read(self, port: str = "given") -> Read:
        """It as a core reads it."""
        return Read(port, self.root, self.low, self.high, self.count)


@dataclass(frozen=True)
class End:
    """An input or output of the network: its name, the suffix of its ports, and the array where its values are."""

    name: str
    suffix: str
    array: Array
    signal: Signal


@dataclass(frozen=True, eq=False)
class Plan:
    """A network in Verilog under `name`."""

    name: str
    network: IntegerNetwork
    inputs: tuple[End, ...]
    outputs: tuple[End, ...]
    arrays: dict[str, Array]
    cores: tuple[Core, ...]

    @property
    def clocks(self) -> int:
        """From the last value that comes in to the first that goes out."""
        return sum(core.clocks + 1 for core in self.cores) + 2

    @property
    def values(self) -> int:
        """What a test bench compares in a step: states, what neurons give, and outputs."""
        kept = sum(kept.count for core in self.cores for kept in core.kept)
        return 2 * kept + 2 * sum(end.array.count for end in self.outputs)

    @property
    def tables(self) -> Iterator[Table]:
        """All of them."""
        for core in self.cores:
            yield from core.tables


def plan(network: IntegerNetwork, name: str, size: tuple[int, ...] | None) -> Plan:
    """The cores of `network`, whose images have `size`.

    Raises ValueError for a network whose layers do not fit each other, that reverses time, or has layers without core,
    and where a convolution is given no size.
    """
    require(isinstance(network, IntegerNetwork), WHO, "network must be an IntegerNetwork", type(network).__name__)
    known = sized(network, size, WHO)
    check_graph(known, WHO)
    flow, signals = flow_of(known, WHO), known.signals
    for node in known.nodes:
        for kind, message in REFUSED.items():
            require(not isinstance(node.layer, kind), WHO, f"layer {node.layer.name!r}: {message}", kind.__name__)
    suffix = suffixes([*(one.name for one in known.inputs), *(layer.name for layer in known.layers)])
    roots = [*(one.name for one in known.inputs), *(node.layer.name for node in flow.nodes)]
    arrays = {}
    for root in roots:
        signal = signals[root]
        require_words(f"layer {root!r}", "values", signal.count)
        arrays[root] = Array(root, suffix[root], signal.least, signal.largest, signal.count)
    build = _Build(name, flow, signals, suffix, arrays)
    cores = tuple(build.core(node) for node in flow.nodes)
    ends = suffixes(one.name for one in known.inputs)
    inputs = tuple(End(n, ends[n], arrays[n], signals[n]) for n in ends)
    ends = suffixes(known.outputs)
    outputs = tuple(End(n, ends[n], arrays[flow.roots[n]], signals[n]) for n in ends)
    return Plan(name, known, inputs, outputs, arrays, cores)


@dataclass
class _Build:
    name: str
    flow: Flow
    signals: dict[str, Signal]
    suffix: dict[str, str]
    arrays: dict[str, Array]
    files: set[str] = field(default_factory=set)

    def table(self, name: str, values: NDArray[Any]) -> Table:
        """A table in a file of its own: names of layers may be such that two would have one."""
        file, number = f"{self.name}_{name}", 1
        while file in self.files:
            number += 1
            file = f"{self.name}_{name}_{number}"
        self.files.add(file)
        return Table(file, values.astype(np.int64))

    def read(self, name: str, port: str = "given") -> Read:
        """The values of a layer or input, wherever they are."""
        return self.arrays[self.flow.roots[name]].read(port)

    def out(self, name: str) -> tuple[int, int]:
        """The values that a layer gives."""
        return self.arrays[name].low, self.arrays[name].high

    def core(self, node: Node) -> Core:
        """The core of a layer, with the weights before its neurons."""
        layer, name, about = node.layer, node.layer.name, comment(f"{type(node.layer).__name__} {node.layer.name!r}")
        if isinstance(layer, IntegerLIF):
            job = self.neurons(node, layer)
            return event_core(self.name, job) if job.takes_events else sum_core(self.name, job)
        if isinstance(layer, GATHERED):
            roots = [self.flow.roots[n] for n in node.inputs]
            reads = tuple(self.arrays[root].read(f"given_{i}") for i, root in enumerate(dict.fromkeys(roots)))
            sources = sources_of(layer, [self.signals[n].shape for n in node.inputs], roots)
            return gather_core(
                self.name,
                self.suffix[name],
                about,
                reads,
                name,
                self.out(name),
                self.table(f"places_{self.suffix[name]}", sources),
            )
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            return sum_core(self.name, self.weighted(layer, node.inputs[0], self.signals[name], name, name, None))
        roots = [self.flow.roots[n] for n in node.inputs]
        shapes = {(root, self.signals[n].shape) for root, n in zip(roots, node.inputs, strict=True)}
        message = f"layer {name!r}: a signal and the same in another shape have no core: run the network as C or ONNX"
        require(len(shapes) == len(set(roots)), WHO, message, sorted(roots))
        given = {root: (self.arrays[root], self.signals[n]) for root, n in zip(roots, node.inputs, strict=True)}
        reads = tuple(array.read(f"given_{i}") for i, (array, _) in enumerate(given.values()))
        operands = tuple(list(given).index(root) for root in roots)
        shape_of = [signal.shape for _, signal in given.values()]
        made = shaping_job(layer, self.suffix[name], about, reads, shape_of, self.signals[name].shape, self.out(name))
        return sum_core(self.name, replace(made, operands=operands))

    def neurons(self, node: Node, layer: IntegerLIF) -> Job:
        """That of neurons, with the weights before them where they are added up there."""
        name, signal = layer.name, self.signals[layer.name]
        kind = self._neurons(layer, signal, node.inputs[0])
        if isinstance(layer, IntegerEventLIF):
            return self.weighted(layer.weights, node.inputs[0], signal, name, name, kind)
        before = self.flow.feeds.get(name)
        if before is not None:
            weights: Any = before.layer  # as `flow_of` found
            return self.weighted(weights, before.inputs[0], signal, name, weights.name, kind)
        again = prod(signal.shape) if layer.recurrent is not None else 0
        first, *rest = signal.shape
        nest = Nest((Loop("o", first), Loop("place", prod(rest))), (), again)
        count = prod(rest)
        reads, about = (self.read(node.inputs[0]),), _about(layer, signal)
        return Job(
            self.suffix[name],
            about,
            nest,
            reads,
            (lambda c: c["o"] * count + c["place"],),
            name,
            self.out(name),
            neurons=kind,
            channel=lambda c: c["o"],
        )

    def weighted(
        self,
        layer: IntegerLinear | IntegerConv2d,
        given: str,
        signal: Signal,
        name: str,
        file: str,
        neurons: Neurons | None,
    ) -> Job:
        """That of weights, which are in the `file` of a layer, and of the neurons `name` behind them."""
        source, read = self.signals[given], self.read(given)
        gives = signal.shape if file == name else self.signals[file].shape
        again = prod(signal.shape) if neurons is not None and neurons.back is not None else 0
        repeats = source.largest if neurons is not None and getattr(neurons.layer, "each", False) else 1
        repeated = (Loop("number", repeats),)
        inside = address = None
        rows = prod(source.shape[:-1]) if isinstance(layer, IntegerLinear) else 1
        if isinstance(layer, IntegerConv2d):
            nest, at, inside, address, channel = convolution(layer, source.shape, gives, repeated)
        else:
            inputs, loops = layer.codes.shape[1], (Loop("n", rows), Loop("o", len(layer.codes)))
            nest = Nest(loops, (Loop("i", inputs), *repeated), again)
            at, channel = _row(inputs), lambda c: c["o"]
            address = (lambda c: c["o"] * inputs + c["i"]) if rows > 1 or repeats > 1 else None
        # Numbers of neurons are by their first dimension, shifts of weights by their channel.
        apart = gives != signal.shape or rows > 1
        if apart:
            channel = _channel_at(prod(signal.shape[1:]))
        weights = self._weights(layer, f"weights_{self.suffix[file]}", read, address, apart)
        about = f"Sums of layer {name!r}." if neurons is None else _about(neurons.layer, signal)
        return Job(
            self.suffix[name],
            comment(about),
            nest,
            (read,),
            (at,),
            name,
            self.out(name),
            inside=inside,
            weights=weights,
            neurons=neurons,
            channel=channel,
        )

    def _weights(
        self, layer: IntegerWeights, file: str, read: Read, address: Address | None, apart: bool = False
    ) -> Weights:
        """Weights for events in the range of what is read; shifts `apart` from other numbers are in the words."""
        require_words(f"layer {layer.name!r}", "weights", layer.codes.size)
        values, shift, same = layer.codes.astype(np.int64), None, 0
        reach, codes = layer.reach(read.low, read.high), layer.code_sums(read.low, read.high)
        if len(set(layer.channels)) == 1:
            same = layer.channels[0]
        elif layer.channels and apart:
            shifts = np.array(layer.channels).reshape(-1, *[1] * (values.ndim - 1))
            values, codes = values << shifts, reach >> layer.left_shift
        elif layer.channels:
            shift = self.table(f"shift_{file}", np.array(layer.channels))
        return Weights(self.table(file, values), layer.left_shift + same, shift, reach, codes, address)

    def _neurons(self, layer: IntegerLIF, signal: Signal, given: str) -> Neurons:
        """The numbers of neurons, and their recurrent weights."""
        suffix, count = self.suffix[layer.name], signal.shape[0]
        numbers: dict[str, Table] = {}

        def note(what: str, values: Any) -> Any:
            if is_each(values) and len(set(values.tolist())) > 1:
                require(
                    values.shape == (count,), WHO, f"layer {layer.name!r}: {what} must be one for each", values.shape
                )
                numbers[what] = self.table(f"{what}_{suffix}", values)
            return values

        layer.kind.mapped(note)
        bias: NDArray[Any] = np.zeros(1, np.int64) if layer.bias is None else layer.bias.codes(2)
        if len(set(bias.tolist())) > 1:
            numbers["bias"] = self.table(f"bias_{suffix}", bias)
        back = None
        if layer.recurrent is not None:
            out = layer.kind.output
            own = Read("own", layer.name, out.least, out.largest, signal.count)
            back = self._weights(layer.recurrent, f"back_{suffix}", own, None)
        return Neurons(layer, numbers, int(bias[0]), back)


def _about(layer: IntegerLIF, signal: Signal) -> str:
    return comment(f"Layer {layer.name!r}: {' x '.join(map(str, signal.shape))} neurons.")


def _row(inputs: int) -> Address:
    """Where the sources of a neuron are, in the row of its own where there are several."""
    return lambda c: c["n"] * inputs + c["i"]


def _channel_at(places: int) -> Address:
    """The channel of an output, of which each channel has so many."""
    return lambda c: c["at"] // places
