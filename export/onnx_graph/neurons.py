"""One time step of a layer of neurons as nodes of a graph."""

from dataclasses import dataclass
from typing import Any

from spikelut.export.onnx_graph.dialects import Floats, Integers
from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import INT64, Graph, Var
from spikelut.quant.arithmetic.per_neuron import is_each, spread
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.network.layers import IntegerLIF, IntegerLinear
from spikelut.quant.network.signal import PREFIX, Signal, Sizes

Dialect = Integers | Floats


@dataclass(frozen=True)
class NeuronGraph:
    """A layer of neurons, the synaptic sums, or events, that it is `given`, and what it `gives`."""

    layer: IntegerLIF
    dialect: Dialect
    given: Signal
    gives: Signal

    @property
    def features(self) -> Sizes:
        """What follows time and batch in all that it takes, keeps and gives."""
        return self.given.shape

    @property
    def output(self) -> str:
        """The name of what it gives."""
        return f"{PREFIX['membranes' if self.layer.reads_out else 'events']}.{self.layer.name}"

    @property
    def out_type(self) -> int:
        """The type of what it gives."""
        return self.dialect.read_out_type(self.layer) if self.layer.reads_out else self.dialect.type_of(self.gives)

    @property
    def states(self) -> dict[str, int]:
        """What it keeps from a step to the next, and the type: the states of its kind, and its last spikes."""
        kind = self.dialect.number(self.layer)
        mem, *others = (state.name for state in self.layer.kind.states)
        last = {"last": self.dialect.events} if self.layer.recurrent else {}
        return {mem: kind, **last, **dict.fromkeys(others, kind)}

    @property
    def arriving_shape(self) -> list[Any]:
        """That of what arrives in a step."""
        return ["B", *self.features]

    def state_shape(self, graph: Graph, drive: Var) -> Var:
        """That of a state, where sums `drive` arrive."""
        return graph.node("Shape", [drive], INT64, start=1 if self.dialect.timed else 0)

    def drive(self, current: Var) -> Var:
        """Synaptic sums, or numbers of events, in the type of the arithmetic."""
        if self.given.kind == "events":
            current = self.dialect.counts(current, self.given.step)
        return current.cast(self.dialect.number(self.layer))

    def hoist(self, graph: Graph, body: Graph) -> None:
        """Make outside the loop over time, of which `body` is the graph, what is the same in every step."""
        recurrent = self.layer.recurrent
        if recurrent is not None and self.dialect.calls:
            # So that the weights are quantised once. Constants stay in the body, where OpenVINO wants them.
            outer = self.dialect.weights(graph, recurrent, 1.0)
            body.made[recurrent.name] = Var(body, outer.name, outer.dtype)

    def rest(self, drive: Var) -> dict[str, Var]:
        """The states before the first step, where sums `drive` arrive."""
        return {state: (drive * 0).cast(kind) for state, kind in self.states.items()}

    def step(self, graph: Graph, before: dict[str, Var], drive: Var) -> tuple[Var, dict[str, Var]]:
        """What the layer gives for the states and the synaptic sums of a step, and the states after it.

        The step of its kind is recorded with the ranges of registers and sums, and written as nodes.
        """
        layer, dialect = self.layer, self.dialect
        writer = dialect.writer(graph, layer)
        kind = layer.kind.mapped(lambda name, values: self._constant(writer, name, values))
        ranges = [(state.name, state.register.min_code, state.register.max_code) for state in kind.states]
        states = tuple(writer.input(before[name], low, high) for name, low, high in ranges)
        arriving = writer.input(drive, self.given.least, self.given.largest)
        if layer.recurrent:
            arriving = arriving + self._fed_back(writer, layer.recurrent, before["last"])
        step = kind.step(writer.ops, states, arriving, self._bias(writer))
        taken = {var.name for var in (*before.values(), drive)}
        after = {}
        for (name, *_), codes in zip(ranges, step.states, strict=True):
            # Every step leaves a state in its register, though the ranges of its parts do not show it for all of them.
            after[name] = _own(writer.batched(codes, drive).cast(writer.dtype), taken)
            taken.add(after[name].name)
        if layer.reads_out:
            out = dialect.read_out(after[ranges[0][0]], self.gives.step)
        else:
            out = dialect.sent(writer.batched(step.spikes, drive).cast(self.out_type), self.gives.step)
        return out, {name: (after | {"last": out})[name] for name in self.states}

    def _fed_back(self, writer: NodeWriter, weights: IntegerLinear, last: Var) -> Expression:
        """The synaptic sums of the layer's own last spikes."""
        given = self.layer.kind.output
        spikes = Signal("events", given.least, given.largest, self.features)
        sums = self.dialect.sums(weights, last, spikes).cast(writer.dtype)
        reach = weights.reach(given.least, given.largest)
        return writer.input(sums, -reach, reach)

    def _constant(self, writer: NodeWriter, name: str, values: Any) -> Any:
        """A number of the layer's, or one for each neuron as a constant tensor, `NAME.LAYER`."""
        if not is_each(values):
            return values
        return writer.constants(f"{name}.{self.layer.name}", spread(values, 1 + len(self.features)))

    def _bias(self, writer: NodeWriter) -> Any:
        """What is added to the membrane in every step."""
        if self.layer.bias is None:
            return 0
        graph, name = writer.graph, f"bias.{self.layer.name}"
        codes = self.layer.bias.codes(1 + len(self.features))
        made = graph.once(name, lambda: graph.constant(codes, writer.dtype, name))
        return writer.input(made, int(codes.min(initial=0)), int(codes.max(initial=0)), shared=True)


def _own(value: Var, taken: set[str]) -> Var:
    """The value under a name of its own: what leaves a graph can be neither what comes in nor anything else."""
    return value.graph.node("Identity", [value], value.dtype) if value.name in taken else value
