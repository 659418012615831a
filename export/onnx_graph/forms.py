"""The forms of a graph: any number of time steps, one, or a fixed number, from the layers of an integer network."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import onnx
from onnx import helper

from spikelut._checks import require
from spikelut.export.onnx_graph.dialects import repeated
from spikelut.export.onnx_graph.graph import INT64, Graph, Var
from spikelut.export.onnx_graph.layers.delay_nodes import (
    LINE,
    LOOKING_BACK,
    Past,
    line_after,
    of_all_steps,
    of_line,
    of_steps,
)
from spikelut.export.onnx_graph.layers.event_nodes import EventGraph
from spikelut.export.onnx_graph.layers.place import Place
from spikelut.export.onnx_graph.layers.shape_nodes import reverse
from spikelut.export.onnx_graph.layers.written import written
from spikelut.export.onnx_graph.neurons import Dialect, NeuronGraph
from spikelut.export.onnx_graph.scan import scan
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import (
    IntegerDelay,
    IntegerDelayedLinear,
    IntegerLIF,
    IntegerRepeat,
    IntegerReverse,
)
from spikelut.quant.network.network import INPUT, IntegerNetwork, NetworkInput, Node

Form = Literal["scan", "step", "unrolled"]

NEXT = ".next"
"""The end of the names of states after a step."""

Infos = dict[str, onnx.ValueInfoProto]
Made = tuple[list[onnx.ValueInfoProto], Infos]
Held = Callable[[NeuronGraph, Var], dict[str, Var]]


def input_names(network: IntegerNetwork) -> dict[str, str]:
    """What a file calls the inputs, by their names in the network: a single one is `input`."""
    names = [one.name for one in network.inputs]
    return {name: INPUT if len(names) == 1 else name for name in names}


@dataclass
class Building:
    """A graph under construction: its network, whose sizes are known as far as they are, and its dialect.

    `values`: what inputs and layers give, by name; `outputs`: what can come out, by the names of files.
    """

    graph: Graph
    network: IntegerNetwork
    dialect: Dialect
    values: dict[str, Var] = field(default_factory=dict)
    outputs: Infos = field(default_factory=dict)
    inner: dict[str, str] = field(default_factory=dict)
    """Names by which a check finds what are no outputs."""

    def entry(self, one: NetworkInput) -> Var:
        """An input of the graph."""
        return Var(self.graph, input_names(self.network)[one.name], self.dialect.type_of(one.signal))

    def entries(self, *times: int | str) -> list[onnx.ValueInfoProto]:
        """The inputs with their shapes, which begin with the number of steps, if that is given."""
        made = []
        for one in self.network.inputs:
            # A constant input has one step, which is left open where there is no other.
            fixed = one.steps if len(self.network.inputs) > 1 else None
            var, steps = self.entry(one), [(one.steps if isinstance(n, int) else fixed) or n for n in times]
            made.append(helper.make_tensor_value_info(var.name, var.dtype, [*steps, "B", *one.shape]))
        return made

    def neurons(self, node: Node) -> NeuronGraph:
        """A layer of neurons."""
        dialect, signals = self.dialect.on(node.profile), self.network.signals
        if isinstance(node.layer, IntegerEventLIF):
            return EventGraph(node.layer, dialect, signals[node.inputs[0]], signals[node.layer.name])
        assert isinstance(node.layer, IntegerLIF)  # the caller's
        return NeuronGraph(node.layer, dialect, signals[node.inputs[0]], signals[node.layer.name])

    def between(self, node: Node) -> Var:
        """What a layer without neurons gives in a step, or in all of them."""
        taken = [self.values[name] for name in node.inputs]
        if isinstance(node.layer, IntegerRepeat | IntegerReverse):  # of one step
            return taken[0]
        return written(self.place(node), *taken)

    def looking_back(self, node: Node, past: Past) -> Var:
        """What a layer gives that takes events of steps before."""
        return LOOKING_BACK[type(node.layer)](self.place(node), past)

    def place(self, node: Node) -> Place:
        """A layer without neurons, as who writes it sees it."""
        signals = self.network.signals
        given = tuple(signals[name] for name in node.inputs)
        return Place(node.layer, self.dialect.on(node.profile), given, signals[node.layer.name])

    def returned(self, node: Node) -> bool:
        """Whether a layer without neurons is an output."""
        return node.layer.name in self.network.outputs and not isinstance(node.layer, IntegerLIF)

    def given_out(self, node: Node, x: Var) -> Var:
        """What comes out of such a layer, as an output has it."""
        sums = self.network.signals[node.layer.name].kind == "sums"
        return self.dialect.on(node.profile).given_out(x) if sums else x

    def output(self, name: str, kind: int, *shape: Any) -> None:
        """Note what can come out."""
        self.outputs[name] = helper.make_tensor_value_info(name, kind, list(shape))


def _scanned(build: Building, steps: int) -> Made:
    """Inputs and outputs [T, B, ...] of a graph with any number of steps."""
    graph, network, values = build.graph, build.network, build.values
    values |= {one.name: build.entry(one) for one in network.inputs}
    for node in network.nodes:
        layer, signal = node.layer, network.signals[node.layer.name]
        if isinstance(layer, IntegerLIF):
            neurons = build.neurons(node)
            values[layer.name] = scan(graph, values[node.inputs[0]], neurons)
            build.output(neurons.output, neurons.out_type, None, "B", *signal.shape)
        elif isinstance(layer, IntegerRepeat):
            values[layer.name] = repeated(graph, values[node.inputs[0]], layer.steps)
        elif isinstance(layer, IntegerReverse):
            values[layer.name] = reverse(values[node.inputs[0]])
        elif type(layer) in LOOKING_BACK:
            values[layer.name] = build.looking_back(node, of_all_steps(values[node.inputs[0]]))
        else:
            values[layer.name] = build.between(node)
        if build.returned(node):
            name = network.named(layer.name)
            out = graph.named(build.given_out(node, values[layer.name]), name)
            build.output(name, out.dtype, None, "B", *signal.shape)
    return build.entries("T"), build.outputs


def _single(build: Building, steps: int) -> Made:
    """Inputs and outputs [B, ...] of one step, states among them."""
    graph, network, values = build.graph, build.network, build.values
    inputs = build.entries()
    values |= {one.name: build.entry(one) for one in network.inputs}
    nexts: Infos = {}
    times = {layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)}
    require(len(times) <= 1, "to_onnx", "layers must repeat alike but in the form scan", sorted(map(str, times)))

    def held(neurons: NeuronGraph, drive: Var) -> dict[str, Var]:
        made = {}
        for state, kind in neurons.states.items():
            name = f"{neurons.layer.name}.{state}"
            inputs.append(helper.make_tensor_value_info(name, kind, ["B", *neurons.features]))
            made[state] = Var(graph, name, kind)
        return made

    for node in network.nodes:
        layer, signal = node.layer, network.signals[node.layer.name]
        where = f"layer {layer.name!r}"
        whole = not isinstance(layer, IntegerReverse) or signal.steps == 1
        require(whole, "to_onnx", f"{where} needs the whole sequence, so form must be scan or unrolled", "step")
        if isinstance(layer, IntegerLIF):
            neurons, out, after = _advance(build, node, held)
            shape = ["B", *neurons.features]
            graph.named(out, neurons.output)
            build.inner[out.name] = f"{neurons.output}.0"
            build.output(neurons.output, neurons.out_type, *shape)
            for state, var in after.items():
                name = f"{layer.name}.{state}{NEXT}"
                graph.named(var, name)
                nexts[name] = helper.make_tensor_value_info(name, neurons.states[state], shape)
        elif isinstance(layer, IntegerDelay | IntegerDelayedLinear):
            values[layer.name] = _line_kept(build, node, layer.length, inputs, nexts)
        else:
            values[layer.name] = build.between(node)
        if build.returned(node):
            name, fits = network.named(layer.name), not times or signal.steps in times
            require(fits, "to_onnx", f"{where} must come after Repeat to be an output, but in the form scan", "before")
            out = graph.named(build.given_out(node, values[layer.name]), name)
            build.output(name, out.dtype, "B", *signal.shape)
    graph.rename(build.inner)
    return inputs, build.outputs | nexts


def _line_kept(build: Building, node: Node, length: int, inputs: list[onnx.ValueInfoProto], nexts: Infos) -> Var:
    """What a layer with delays gives in a step; the events that it keeps come in and go out."""
    (given,), name = node.inputs, f"{node.layer.name}.{LINE}"
    x, sizes = build.values[given], ["B", length, *build.network.signals[given].shape]
    if not length:
        return build.looking_back(node, of_line(x, None))
    line = Var(build.graph, name, x.dtype)
    inputs.append(helper.make_tensor_value_info(name, x.dtype, sizes))
    nexts[name + NEXT] = helper.make_tensor_value_info(name + NEXT, x.dtype, sizes)
    build.graph.named(line_after(x, line, length), name + NEXT)
    return build.looking_back(node, of_line(x, line))


def _unrolled(build: Building, steps: int) -> Made:
    """Inputs and outputs [T, B, ...] of a fixed number of steps, one after the other."""
    graph, network = build.graph, build.network
    signals = network.signals
    # A constant input has one step.
    times = {layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)} or {steps}
    require(len(times) == 1, "to_onnx", "layers must repeat alike but in the form scan", sorted(times))
    (steps,) = times
    fixed = {one.name: one.steps for one in network.inputs if one.steps not in (None, 1, steps)}
    require(not fixed, "to_onnx", f"inputs must be of {steps} steps, as the example", fixed)
    trains: dict[str, list[Var]] = {}
    states: dict[str, dict[str, Var]] = {}
    found: dict[str, NeuronGraph] = {}

    def held(neurons: NeuronGraph, drive: Var) -> dict[str, Var]:
        return states.get(neurons.layer.name) or neurons.rest(drive)

    def arrived(one: NetworkInput, t: int) -> Var:
        whole, place = build.entry(one), min(t, (one.steps or steps) - 1)

        def at() -> Var:
            return graph.node("Gather", [whole, graph.constant(place, INT64)], whole.dtype, axis=0)

        return graph.once(f"{one.name} {place}", at)

    for nodes in _stages(network):
        for t in range(steps):
            build.values = {name: train[t] for name, train in trains.items() if len(train) > t}
            build.values |= {one.name: arrived(one, t) for one in network.inputs}
            for node in nodes:
                name = node.layer.name
                if isinstance(node.layer, IntegerLIF):
                    neurons, out, after = _advance(build, node, held)
                    states[name], found[name] = after, neurons
                    for state, var in after.items():
                        build.inner |= {var.name: f"{name}.{state}.{t}"} if state != "last" else {}
                    build.inner.setdefault(out.name, f"{neurons.output}.{t}")  # of a read-out it may be the membrane
                elif isinstance(node.layer, IntegerReverse) and signals[name].steps != 1:
                    (given,) = node.inputs
                    source = next((one for one in network.inputs if one.name == given), None)
                    last = steps - 1 - t
                    build.values[name] = trains[given][last] if source is None else arrived(source, last)
                elif type(node.layer) in LOOKING_BACK:
                    (given,) = node.inputs
                    source = next((one for one in network.inputs if one.name == given), None)
                    before = trains[given][: t + 1] if source is None else [arrived(source, s) for s in range(t + 1)]
                    build.values[name] = build.looking_back(node, of_steps(before, build.dialect.wide))
                else:
                    build.values[name] = build.between(node)
                trains.setdefault(name, []).append(build.values[name])
    for node in network.nodes:
        name, signal = node.layer.name, signals[node.layer.name]
        if name in found:
            _joined(build, found[name].output, trains[name], *found[name].features)
        elif build.returned(node):
            parts = [build.given_out(node, x) for x in trains[name][: signal.steps]]
            _joined(build, network.named(name), parts, *signal.shape)
    graph.rename(build.inner)
    return build.entries(steps), build.outputs


def _stages(network: IntegerNetwork) -> list[list[Node]]:
    """The layers that can run step by step; the next ones take some of these in the reverse order of time."""
    level = {one.name: 0 for one in network.inputs}
    stages: dict[int, list[Node]] = {}
    for node in network.nodes:
        behind = isinstance(node.layer, IntegerReverse) and node.inputs[0] not in {one.name for one in network.inputs}
        level[node.layer.name] = max(level[name] for name in node.inputs) + behind
        stages.setdefault(level[node.layer.name], []).append(node)
    return [stages[number] for number in sorted(stages)]


def _joined(build: Building, name: str, rows: list[Var], *shape: Any) -> None:
    """Make an output of the steps one after the other."""
    graph = build.graph
    axis = graph.constant([0], INT64, "axis.time")
    made = [graph.node("Unsqueeze", [v, axis], v.dtype) for v in rows]
    out = graph.named(graph.node("Concat", made, made[0].dtype, axis=0), name)
    build.output(name, out.dtype, len(rows), "B", *shape)


def _advance(build: Building, node: Node, held: Held) -> tuple[NeuronGraph, Var, dict[str, Var]]:
    """A layer of neurons, what it gives in a step, and its states after it; `held` has those before."""
    neurons = build.neurons(node)
    drive = neurons.drive(build.values[node.inputs[0]])
    out, after = neurons.step(build.graph, held(neurons, drive), drive)
    build.values[node.layer.name] = out
    return neurons, out, after


FORMS: dict[Form, Callable[[Building, int], Made]] = {"scan": _scanned, "step": _single, "unrolled": _unrolled}
"""By form: adds the nodes to a graph; inputs and outputs, for the steps of a fixed number."""
