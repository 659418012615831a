"""A time step of neurons that take their events one after the other: a loop over the sources within the graph."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from onnx import helper

from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import BOOL, INT64, Graph, Var
from spikelut.export.onnx_graph.neurons import NeuronGraph
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.dynamics.event_lif import add_event, compared_event, tick
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.signal import Signal, Sizes
from spikelut.quant.network.synapses import IntegerConv2d


@dataclass(frozen=True)
class EventGraph(NeuronGraph):
    """A layer of weights and neurons in one, the events it is `given`, and the spikes it gives."""

    gives: Signal
    layer: IntegerEventLIF

    @property
    def features(self) -> Sizes:
        """What follows time and batch in what it keeps and gives."""
        return self.gives.shape

    @property
    def out_type(self) -> int:
        """The type of its spikes, which may be several of each in a step."""
        return self.dialect.type_of(self.gives)

    @property
    def arriving_shape(self) -> list[Any]:
        """That of `drive` in a step: sources, batch, and what neurons that see the same source have in common."""
        weights = self.layer.weights
        if not isinstance(weights, IntegerConv2d):
            return [weights.codes.shape[1], "B", 1]
        return [weights.fan_in, "B", len(weights.codes) if weights.groups > 1 else 1, *self.features[1:]]

    def drive(self, current: Var) -> Var:
        """How often each source came, source by source: [T, sources, B, ...], or [sources, B, ...] of one step."""
        weights, dialect, graph = self.layer.weights, self.dialect, current.graph
        lead = 1 if dialect.timed else 0
        if not isinstance(weights, IntegerConv2d):
            counts = dialect.counts(current, self.given.step)
            order = [*range(lead), lead + 1, lead]
            counts = graph.node("Transpose", [counts], counts.dtype, perm=order)
            return graph.node("Unsqueeze", [counts, graph.constant([lead + 2], INT64)], counts.dtype)
        seen = _windows(weights, self.layer.name)
        counts = dialect.sums(seen, current, self.given)
        # [B, G * K, H, W] to [K, B, G, H, W]
        whole = graph.node("Shape", [counts], INT64)
        ends = [graph.node("Slice", [whole, *(graph.constant([n], INT64) for n in ab)], INT64) for ab in _cuts(lead)]
        shape = [ends[0], graph.constant([weights.groups, weights.fan_in], INT64), ends[1]]
        joined = graph.node("Concat", shape, INT64, axis=0)
        counts = graph.node("Reshape", [counts, joined], counts.dtype)
        order = [*range(lead), lead + 2, lead, lead + 1, lead + 3, lead + 4]
        counts = graph.node("Transpose", [counts], counts.dtype, perm=order)
        if weights.groups == 1:
            return counts
        index = np.repeat(np.arange(weights.groups), len(weights.codes) // weights.groups)
        return graph.node("Gather", [counts, graph.constant(index, INT64)], counts.dtype, axis=lead + 2)

    def state_shape(self, graph: Graph, drive: Var) -> Var:
        """That of a state."""
        lead = 1 if self.dialect.timed else 0
        batch = graph.node("Shape", [drive], INT64, start=lead + 1, end=lead + 2)
        parts = [batch, graph.constant([len(self.layer.weights.codes)], INT64)]
        if isinstance(self.layer.weights, IntegerConv2d):
            parts.append(graph.node("Shape", [drive], INT64, start=lead + 3))
        return graph.node("Concat", parts, INT64, axis=0)

    def rest(self, drive: Var) -> dict[str, Var]:
        """The states before the first step."""
        graph = drive.graph
        shape = self.state_shape(graph, drive)
        zeros = {kind: graph.constant(0, kind) for kind in self.states.values()}
        return {state: graph.node("Expand", [zeros[kind], shape], kind) for state, kind in self.states.items()}

    def step(self, graph: Graph, before: dict[str, Var], drive: Var) -> tuple[Var, dict[str, Var]]:
        """The spikes for the states and the events of a step, and the states after it."""
        layer = self.layer
        states = [before[state.name] for state in layer.kind.states]
        after = self._compared(graph, states[0], drive) if layer.each else self._summed(graph, states, drive)
        spikes, *kept = after
        names = [state.name for state in layer.kind.states]
        kept = [
            graph.node("Identity", [v], v.dtype) if v.name == w.name else v for v, w in zip(kept, states, strict=True)
        ]
        return spikes.cast(self.out_type), dict(zip(names, kept, strict=True))

    def _compared(self, graph: Graph, mem: Var, drive: Var) -> list[Var]:
        """Spikes and membrane after events that are each compared, and a tick."""
        layer = self.layer
        zero = mem * 0
        mem, spikes = self._sources(graph, drive, [mem, zero], self._event)
        if not layer.ticks:
            return [spikes, mem]
        writer = self.dialect.writer(graph, layer)
        spec, held = self._spec(writer), self._input(writer, 0, mem)
        end = tick(writer.ops, spec, held, self._bias(writer))
        after = writer.batched(end.mem, mem).cast(writer.dtype)
        return [spikes + writer.batched(end.spikes, mem).cast(writer.dtype), after]

    def _event(self, body: Graph, held: list[Var], weight: Var, count: Var) -> list[Var]:
        """Membrane and spikes after a source: each of its events is one more turn, where it can be several."""
        if self.given.largest == 1:
            return self._one(body, held, weight, count, 0)
        inner = Graph(prefix=f"{body.prefix}event_")
        turn, goes = Var(inner, f"{inner.prefix}turn", INT64), f"{inner.prefix}goes"
        taken = [Var(inner, f"{inner.prefix}{name}", v.dtype) for name, v in zip(("mem", "spikes"), held, strict=True)]
        seen = Var(inner, weight.name, weight.dtype), Var(inner, count.name, count.dtype)
        made = self._one(inner, taken, *seen, turn.cast(count.dtype))
        on = inner.node("Identity", [Var(inner, goes, BOOL)], BOOL)
        shape = ["B", *self.features]
        proto = helper.make_graph(
            inner.nodes,
            f"{inner.prefix}turns",
            [
                helper.make_tensor_value_info(turn.name, INT64, []),
                helper.make_tensor_value_info(goes, BOOL, []),
                *(helper.make_tensor_value_info(v.name, v.dtype, shape) for v in taken),
            ],
            [
                helper.make_tensor_value_info(on.name, BOOL, []),
                *(helper.make_tensor_value_info(v.name, v.dtype, shape) for v in made),
            ],
            initializer=list(inner.constants.values()),
        )
        most = body.node("ReduceMax", [count], count.dtype, keepdims=0).cast(INT64)
        outputs = [body.fresh("Loop") for _ in held]
        node = helper.make_node("Loop", [most.name, "", *[v.name for v in held]], outputs, outputs[0])
        node.attribute.append(helper.make_attribute("body", proto))
        body.nodes.append(node)
        return [Var(body, name, v.dtype) for name, v in zip(outputs, held, strict=True)]

    def _one(self, graph: Graph, held: list[Var], weight: Var, count: Var, number: Any) -> list[Var]:
        """Membrane and spikes after event `number` of a source, where there is one."""
        mem, spikes = held
        happened = count > number
        writer = self.dialect.writer(graph, self.layer)
        codes = self._membrane_codes()
        low, high = int(codes.min(initial=0)), int(codes.max(initial=0))
        step = compared_event(
            writer.ops, self._spec(writer), self._input(writer, 0, mem), writer.input(weight, low, high)
        )
        after, spiked = writer.write(step.mem, step.spikes)
        kept = graph.node("Where", [happened, after.cast(mem.dtype), mem], mem.dtype)
        if spiked.dtype == BOOL:
            return [kept, spikes + (happened & spiked).cast(spikes.dtype)]
        # One event may cause several spikes.
        return [kept, spikes + graph.node("Where", [happened, spiked.cast(mem.dtype), mem * 0], mem.dtype)]

    def _summed(self, graph: Graph, states: list[Var], drive: Var) -> list[Var]:
        """Spikes and states of a step in which events are added one after the other, and compared at its end."""
        layer, last = self.layer, len(states) - 1
        (added,) = self._sources(graph, drive, states[last:], self._addition)
        writer = self.dialect.writer(graph, layer)
        kind = layer.kind.mapped(lambda name, values: self._constant(writer, name, values))
        held = tuple(self._input(writer, i, v) for i, v in enumerate([*states[:last], added]))
        step = kind.step(writer.ops, held, held[0] * 0, self._bias(writer))
        after = [writer.batched(codes, added).cast(writer.dtype) for codes in step.states]
        return [writer.batched(step.spikes, added).cast(writer.dtype), *after]

    def _addition(self, body: Graph, held: list[Var], weight: Var, count: Var) -> list[Var]:
        """The state that events go to after a source."""
        writer, codes, (state,) = self.dialect.writer(body, self.layer), self._membrane_codes(), held
        register = self.layer.kind.states[-1].register
        arriving = writer.input(weight, int(codes.min(initial=0)), int(codes.max(initial=0)))
        often = writer.input(count, 0, self.given.largest)
        added = add_event(writer.ops, register, self._input(writer, -1, state), arriving, often)
        return [writer.batched(added, state).cast(writer.dtype)]

    def _sources(self, graph: Graph, drive: Var, held: list[Var], turn: Any) -> list[Var]:
        """What is held after all sources: a Scan over them."""
        body = Graph(prefix=f"{graph.prefix}{self.layer.name}_source_")
        codes = self._membrane_codes()
        kind = self.dialect.number(self.layer)
        weights = self.in_membrane_codes(graph).cast(kind)
        drive = drive.cast(kind)
        taken = [Var(body, f"{body.prefix}held{i}", v.dtype) for i, v in enumerate(held)]
        weight, count = Var(body, f"{body.prefix}weight", kind), Var(body, f"{body.prefix}count", kind)
        made = [body.node("Identity", [v], v.dtype) for v in turn(body, taken, weight, count)]
        body.prune(made)
        shape = ["B", *self.features]
        shapes = [*[shape] * len(taken), list(codes.shape[1:]), self.arriving_shape[1:]]
        given = zip([*taken, weight, count], shapes, strict=True)
        proto = helper.make_graph(
            body.nodes,
            f"{body.prefix}turn",
            [helper.make_tensor_value_info(v.name, v.dtype, size) for v, size in given],
            [helper.make_tensor_value_info(v.name, v.dtype, shape) for v in made],
            initializer=list(body.constants.values()),
        )
        outputs = [graph.fresh("Scan") for _ in held]
        node = helper.make_node("Scan", [*[v.name for v in held], weights.name, drive.name], outputs, outputs[0])
        node.attribute.extend([helper.make_attribute("body", proto), helper.make_attribute("num_scan_inputs", 2)])
        graph.nodes.append(node)
        return [Var(graph, name, v.dtype) for name, v in zip(outputs, held, strict=True)]

    def hoist(self, graph: Graph, body: Graph) -> None:
        """Make the weights outside the loop over time, once."""
        outer = self.in_membrane_codes(graph)
        body.made[f"codes.{self.layer.name}"] = Var(body, outer.name, outer.dtype)

    def in_membrane_codes(self, graph: Graph) -> Var:
        """What an event of each source adds, as `_membrane_codes`, from the weights as the dialect has them."""
        return graph.once(f"codes.{self.layer.name}", lambda: self._in_membrane_codes(graph))

    def _in_membrane_codes(self, graph: Graph) -> Var:
        layer, dialect = self.layer.weights, self.dialect
        whole = dialect.whole_weights(graph, layer, self.given.step)
        if isinstance(layer, IntegerConv2d):
            shape = graph.constant([len(layer.codes), -1, 1, 1], INT64)
            whole = graph.node("Reshape", [whole, shape], whole.dtype)
            whole = graph.node("Transpose", [whole], whole.dtype, perm=[1, 0, 2, 3])
        return dialect.shifted(layer, whole)

    def _spec(self, writer: NodeWriter) -> LIFSpec:
        """The integers of the membrane, in the numbers of a graph."""
        return self.layer.kind.mapped(lambda name, values: self._constant(writer, name, values)).spec

    def _input(self, writer: NodeWriter, index: int, state: Var) -> Expression:
        register = self.layer.kind.states[index].register
        return writer.input(state, register.min_code, register.max_code)

    def _membrane_codes(self) -> Any:
        """What an event of each source adds, [sources, out], of a convolution [sources, out, 1, 1]."""
        layer = self.layer.weights
        codes = layer.codes.astype(np.int64) * layer.factors(layer.codes.ndim)
        if not isinstance(layer, IntegerConv2d):
            return codes.T
        return codes.reshape(len(codes), -1).T[..., None, None]


def _windows(layer: IntegerConv2d, name: str) -> IntegerConv2d:
    """The convolution that gives each neuron's sources, in their order: of each channel, the places of the kernel."""
    places = int(np.prod(layer.codes.shape[2:]))
    one = np.eye(places, dtype=np.int8).reshape(places, 1, *layer.codes.shape[2:])
    codes = np.tile(one, (layer.in_channels, 1, 1, 1))
    plain: dict[str, Any] = {"lsb": 1, "exponent": 0, "shift": 0, "bits": 2, "channels": ()}
    return replace(layer, name=f"{name}.places", codes=codes, groups=layer.in_channels, **plain)


def _cuts(lead: int) -> list[tuple[int, int]]:
    """Of a shape with channels in the middle, what comes before them, and behind."""
    return [(0, lead + 1), (lead + 2, lead + 4)]
