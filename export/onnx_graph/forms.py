"""The forms of a graph: any number of time steps, one, or a fixed number, from the layers of an integer network."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import onnx
from onnx import helper

from spikelut._checks import require
from spikelut.export.onnx_graph.dialects import repeated
from spikelut.export.onnx_graph.graph import INT64, Graph, Var
from spikelut.export.onnx_graph.neurons import Dialect, NeuronGraph
from spikelut.export.onnx_graph.scan import scan
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerFlatten,
    IntegerLayer,
    IntegerLIF,
    IntegerRepeat,
    IntegerSumPool2d,
)
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes import pair

Form = Literal["scan", "step", "unrolled"]

NEXT = ".next"
"""The end of the names of states after a step."""

Infos = dict[str, onnx.ValueInfoProto]
Size = tuple[int, int] | None
"""Height and width of images, where they are known."""
Made = tuple[list[onnx.ValueInfoProto], Infos]


Held = Callable[[NeuronGraph, Var], dict[str, Var]]
Advance = tuple[NeuronGraph, Var, dict[str, Var]]


@dataclass
class _Signal:
    """What flows through the layers: `shape` follows time and batch; up to `largest` events, or `reach` codes."""

    var: Var
    shape: tuple[Any, ...]
    unit: float
    largest: int
    reach: int = 0


def _scanned(graph: Graph, network: IntegerNetwork, dialect: Dialect, size: Size, steps: int) -> Made:
    """Inputs and outputs [T, B, ...] of a graph with any number of steps."""
    signal, outputs = _start(graph, network, dialect, size), {}
    for layer in network.layers:
        if isinstance(layer, IntegerLIF):
            neurons = NeuronGraph(layer, dialect, signal.shape, signal.reach)
            signal = _fired(signal, neurons, scan(graph, signal.var, neurons))
            shape = [None, "B", *signal.shape]
            outputs[neurons.output] = helper.make_tensor_value_info(neurons.output, neurons.out_type, shape)
        elif isinstance(layer, IntegerRepeat):
            signal.var = repeated(graph, signal.var, layer.steps)
        else:
            signal = _through(signal, layer, dialect)
    return [helper.make_tensor_value_info("input", dialect.events, ["T", "B", *_inputs(network, size)])], outputs


def _single(graph: Graph, network: IntegerNetwork, dialect: Dialect, size: Size, steps: int) -> Made:
    """Inputs and outputs [B, ...] of one step, states among them."""
    inputs = [helper.make_tensor_value_info("input", dialect.events, ["B", *_inputs(network, size)])]
    outputs: Infos = {}
    nexts: Infos = {}
    inner: dict[str, str] = {}  # by what a check finds them if they are no outputs

    def held(neurons: NeuronGraph, drive: Var) -> dict[str, Var]:
        made = {}
        for state, kind in neurons.states.items():
            name = f"{neurons.layer.name}.{state}"
            inputs.append(helper.make_tensor_value_info(name, kind, ["B", *neurons.features]))
            made[state] = Var(graph, name, kind)
        return made

    for neurons, out, after in _advance(_start(graph, network, dialect, size), network.layers, dialect, held):
        shape = ["B", *neurons.features]
        graph.named(out, neurons.output)
        inner[out.name] = f"{neurons.output}.0"
        outputs[neurons.output] = helper.make_tensor_value_info(neurons.output, neurons.out_type, shape)
        for state, var in after.items():
            name = f"{neurons.layer.name}.{state}{NEXT}"
            graph.named(var, name)
            nexts[name] = helper.make_tensor_value_info(name, neurons.states[state], shape)
    graph.rename(inner)
    return inputs, outputs | nexts


def _unrolled(graph: Graph, network: IntegerNetwork, dialect: Dialect, size: Size, steps: int) -> Made:
    """Inputs and outputs [T, B, ...] of a fixed number of steps, one after the other."""
    start = _start(graph, network, dialect, size)
    repeats = [layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)]
    # A constant input has one step.
    given, steps = (1, repeats[0]) if repeats else (steps, steps)
    whole = start.var
    states: dict[str, dict[str, Var]] = {}
    parts: dict[str, list[Var]] = {}
    found: dict[str, NeuronGraph] = {}
    inner: dict[str, str] = {}  # as in the form step

    def held(neurons: NeuronGraph, drive: Var) -> dict[str, Var]:
        return states.get(neurons.layer.name) or {s: (drive * 0).cast(k) for s, k in neurons.states.items()}

    for t in range(steps):
        place = min(t, given - 1)

        def at(place: int = place) -> Var:
            return graph.node("Gather", [whole, graph.constant(place, INT64)], whole.dtype, axis=0)

        signal = replace(start, var=graph.once(f"input {place}", at))
        for neurons, out, after in _advance(signal, network.layers, dialect, held):
            states[neurons.layer.name] = after
            for state, var in after.items():
                inner |= {var.name: f"{neurons.layer.name}.{state}.{t}"} if state != "last" else {}
            inner.setdefault(out.name, f"{neurons.output}.{t}")  # of a read-out it may be the membrane
            parts.setdefault(neurons.output, []).append(out)
            found[neurons.output] = neurons
    outputs = {}
    for name, trains in parts.items():
        axis = graph.constant([0], INT64, "axis.time")
        rows = [graph.node("Unsqueeze", [v, axis], v.dtype) for v in trains]
        graph.named(graph.node("Concat", list(rows), rows[0].dtype, axis=0), name)
        neurons = found[name]
        shape = [steps, "B", *neurons.features]
        outputs[name] = helper.make_tensor_value_info(name, neurons.out_type, shape)
    graph.rename(inner)
    entries = [given, "B", *_inputs(network, size)]
    return [helper.make_tensor_value_info("input", dialect.events, entries)], outputs


def _advance(signal: _Signal, layers: tuple[IntegerLayer, ...], dialect: Dialect, held: Held) -> Iterator[Advance]:
    """The layers of neurons with what they give in a step, and their states after it; `held` has those before."""
    graph = signal.var.graph
    for layer in layers:
        if isinstance(layer, IntegerLIF):
            neurons = NeuronGraph(layer, dialect, signal.shape, signal.reach)
            drive = neurons.drive(signal.var)
            out, after = neurons.step(graph, held(neurons, drive), drive)
            yield neurons, out, after
            signal = _fired(signal, neurons, out)
        elif not isinstance(layer, IntegerRepeat):
            signal = _through(signal, layer, dialect)


def _start(graph: Graph, network: IntegerNetwork, dialect: Dialect, size: Size) -> _Signal:
    shape = tuple(_inputs(network, size))
    return _Signal(Var(graph, "input", dialect.events), shape, network.input_step, network.largest_input)


def _inputs(network: IntegerNetwork, size: Size) -> list[Any]:
    """What follows time and batch in the input; height and width by name where they are not known."""
    channels, *free = network.input_shape
    return [channels, *(size or free)] if free else [channels]


def _fired(signal: _Signal, neurons: NeuronGraph, out: Var) -> _Signal:
    return _Signal(out, signal.shape, 1.0, neurons.layer.spec.max_spikes)


def _through(signal: _Signal, layer: Any, dialect: Dialect) -> _Signal:
    """What comes out of a layer without neurons."""
    if isinstance(layer, IntegerFlatten):
        size = signal.shape[1:]
        known = all(isinstance(n, int) for n in signal.shape)
        width = signal.shape[0] * size[0] * size[1] if known and size else f"{layer.name}.N"
        return _Signal(dialect.flattened(signal.var), (width,), signal.unit, signal.largest)
    if isinstance(layer, IntegerSumPool2d):
        shape = (
            signal.shape[0],
            *_sizes(layer.name, signal.shape[1:], pair(layer.kernel_size)[0], pair(layer.stride)[0], 0),
        )
        pooled = dialect.pooled(layer, signal.var, signal.shape[0], signal.largest)
        return _Signal(pooled, shape, signal.unit, signal.largest * pair(layer.kernel_size)[0] ** 2)
    shape = (len(layer.codes),)
    if isinstance(layer, IntegerConv2d):
        kernel = layer.codes.shape[2:]
        sizes = zip(signal.shape[1:], kernel, layer.stride, layer.padding, "HW", strict=True)
        shape += tuple(_size(f"{layer.name}.{axis}", *rest) for *rest, axis in sizes)
    sums = dialect.sums(layer, signal.var, signal.unit, signal.largest)
    return _Signal(sums, shape, 1.0, 0, layer.largest_sum * signal.largest)


def _sizes(name: str, sizes: tuple[Any, ...], kernel: int, stride: int, padding: int) -> tuple[Any, ...]:
    return tuple(_size(f"{name}.{axis}", n, kernel, stride, padding) for axis, n in zip("HW", sizes, strict=True))


def _size(name: str, size: Any, kernel: int, stride: int, padding: int) -> Any:
    """How many windows fit, or a name for it."""
    if not isinstance(size, int):
        return name
    windows = (size + 2 * padding - kernel) // stride + 1
    require(windows >= 1, "to_onnx", f"images must be large enough for layer {name[:-2]!r}", size)
    return windows


FORMS: dict[Form, Callable[[Graph, IntegerNetwork, Dialect, Size, int], Made]] = {
    "scan": _scanned,
    "step": _single,
    "unrolled": _unrolled,
}
"""By form: adds the nodes to a graph; inputs and outputs, height and width or None, and the steps of a fixed number."""
