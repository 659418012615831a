"""One time step of a layer of neurons as nodes of a graph."""

from dataclasses import dataclass
from typing import Any

from spikelut.export.onnx_graph.dialects import Floats, Integers
from spikelut.export.onnx_graph.graph import Graph, Var
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.network.layers import IntegerLIF

Dialect = Integers | Floats


@dataclass(frozen=True)
class Neurons:
    """A layer of neurons with `features` [C, ...], whose synaptic sums are up to `reach` codes in magnitude."""

    layer: IntegerLIF
    dialect: Dialect
    features: tuple[Any, ...]
    reach: int

    @property
    def output(self) -> str:
        """The name of what it gives."""
        return f"{'membrane' if self.layer.reads_out else 'spikes'}.{self.layer.name}"

    @property
    def out_type(self) -> int:
        """The type of what it gives."""
        return self.dialect.read_out_type(self.layer) if self.layer.reads_out else self.dialect.events

    @property
    def states(self) -> dict[str, int]:
        """What it keeps from a step to the next, and the type: the states of its kind, and its last spikes."""
        kind = self.dialect.number(self.layer)
        mem, *others = (state.name for state in self.layer.kind.states)
        last = {"last": self.dialect.events} if self.layer.recurrent else {}
        return {mem: kind, **last, **dict.fromkeys(others, kind)}

    def drive(self, current: Var) -> Var:
        """Synaptic sums in the type of the arithmetic."""
        return self.dialect.state(current.cast(self.dialect.number(self.layer)), -self.reach, self.reach)

    def step(self, graph: Graph, before: dict[str, Var], drive: Var) -> tuple[Var, dict[str, Var]]:
        """What the layer gives for the states and the synaptic sums of a step, and the states after it."""
        layer, dialect, ops = self.layer, self.dialect, self.dialect.ops(self.layer)
        kind = dialect.number(layer)
        arriving = drive
        if layer.recurrent:
            largest = layer.spec.max_spikes
            fed_back = dialect.sums(layer.recurrent, before["last"], 1.0, largest).cast(kind)
            reach = layer.recurrent.largest_sum * largest
            arriving = arriving + dialect.state(fed_back, -reach, reach)
        bias: Any = 0
        if layer.bias is not None:
            codes = layer.bias.codes(1 + len(self.features))
            made = graph.once(f"bias.{layer.name}", lambda: graph.constant(codes, kind, f"bias.{layer.name}"))
            bias = dialect.state(made, int(codes.min(initial=0)), int(codes.max(initial=0)))
        states = layer.kind.states
        step = layer.kind.step(ops, tuple(self._ranged(before[s.name], s.register) for s in states), arriving, bias)
        out = dialect.read_out(step.mem) if layer.reads_out else step.spikes.cast(dialect.events)
        after = {state.name: codes for state, codes in zip(states, step.states, strict=True)}
        if layer.recurrent:
            after["last"] = out
        return out, {name: after[name] for name in self.states}

    def _ranged(self, state: Var, register: NumberFormat) -> Var:
        return self.dialect.state(state, register.min_code, register.max_code)
