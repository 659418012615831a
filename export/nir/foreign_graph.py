"""NIR graphs of other libraries that branch, as float networks: edges into a node add up."""

import re
from collections import Counter
from typing import Any, NamedTuple

import nir
import numpy as np
import torch
from torch import nn

from spikelut._checks import require
from spikelut.export.nir.foreign import NEURONS, WEIGHTS, Reading, neurons_of, threshold_neurons
from spikelut.export.nir.foreign_shapes import delays_in, flattened, pooled, scale_of, windows
from spikelut.export.nir.foreign_weights import Weights, unit_weights, weights_of
from spikelut.export.nir.read import ReadGraph, fed_back, flat_graph
from spikelut.quant.weights.delay import Delay
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import GraphModule

Shape = tuple[int, ...]
IDENTITY_MOST = 4096
"""Neurons in a row that are fed without weights have weights of 0 and 1, up to so many."""


class Term(NamedTuple):
    """Weights that a signal goes through on its way to neurons: `source` is the call of the signal."""

    weights: Weights
    source: str


class Events(NamedTuple):
    """A signal of events: its call, its shape, and a factor for each value where a Scale came before weights."""

    call: str
    shape: Shape
    scale: Any = None


class Currents(NamedTuple):
    """A sum of weighted signals, whose weights take in what follows: scales, further weights, the gain of neurons."""

    terms: tuple[Term, ...]
    shape: Shape


class ReadingGraph:
    """A graph node by node: what each gives, and the calls so far."""

    def __init__(self, graph: ReadGraph, reading: Reading) -> None:
        self.nodes, self.edges = flat_graph(graph)
        self.reading = reading
        self.calls: list[Call] = []
        self.values: dict[str, Events | Currents] = {}
        self.taken: set[str] = set()
        inputs = [name for name, node in self.nodes.items() if isinstance(node, nir.Input)]
        self.outputs = [name for name, node in self.nodes.items() if isinstance(node, nir.Output)]
        require(bool(inputs and self.outputs), "graph", "must have inputs and outputs", sorted(self.nodes))
        self.inputs: dict[str, Shape] = {}
        for name in inputs:
            given = self.nodes[name].input_type["input"]
            require(given is not None, f"node {name!r}", "must say its shape", None)
            call = "input" if len(inputs) == 1 else self.fresh(name)
            self.inputs[call] = tuple(int(n) for n in np.ravel(given))
            self.taken.add(call)
            self.values[name] = Events(call, self.inputs[call])

    def fresh(self, name: str) -> str:
        """A name without dots that no call has yet."""
        clean = re.sub(r"\W", "_", name) or "_"
        found = next(k for k in (clean, *(f"{clean}_{i}" for i in range(len(self.taken) + 1))) if k not in self.taken)
        self.taken.add(found)
        return found

    def call(self, name: str, op: str, inputs: tuple[str, ...], shape: Shape, module: Any = None) -> str:
        """Append a call; its name."""
        made = self.fresh(name)
        self.calls.append(Call(made, op, inputs, shape, made, module))
        return made

    def network(self) -> nn.Sequential | GraphModule:
        """The whole; ValueError names the node that cannot be read."""
        back = self._feedback()
        before = {name: [a for a, b in self.edges if b == name and a not in back] for name in self.nodes}
        waiting = [name for name in self.nodes if name not in self.values and name not in back]
        ends: dict[str, str] = {}
        while waiting:
            ready = [name for name in waiting if all(a in self.values for a in before[name])]
            if not ready:
                waiting = _in_circles(waiting, before)
                message = "must not lead back to what is before it, but for weights around one layer of neurons"
                raise ValueError(
                    f"node {waiting[0]!r}: {message}; feedback over layers runs step by step: write it in torch, got "
                    f"{sorted(waiting)[:4]}"
                )
            for name in ready:
                waiting.remove(name)
                given = [self.values[a] for a in before[name]]
                require(bool(given), f"node {name!r}", "must have an edge into it", [])
                if name in self.outputs:
                    ends[name] = self._end(name, given)
                    continue
                loops = [self.nodes[w] for w, neurons in back.items() if neurons == name]
                self.values[name] = self._node(name, self.nodes[name], given, loops)
        return self._made(ends)

    def _feedback(self) -> dict[str, str]:
        """Weights that lead from neurons back to them, by name, with these neurons."""
        require(len(set(self.edges)) == len(self.edges), "graph", "edges must differ from each other", "two the same")
        after: dict[str, list[str]] = {name: [] for name in self.nodes}
        before: dict[str, list[str]] = {name: [] for name in self.nodes}
        for a, b in self.edges:
            require(a in self.nodes and b in self.nodes, "graph", "edges must lie between nodes", (a, b))
            require(b not in self.values, f"node {b!r}", "must come first, as an input", a)
            after[a].append(b)
            before[b].append(a)
        found = {w: n for w in self.nodes if (n := fed_back(w, self.nodes, after, before)) is not None}
        several = [n for n, count in Counter(found.values()).items() if count > 1]
        require(not several, "graph", "neurons must have one node of recurrent weights each", several)
        return found

    def _node(self, name: str, node: Any, given: list[Events | Currents], loops: list[Any]) -> Events | Currents:
        where = f"node {name!r}"
        if isinstance(node, (*NEURONS, nir.Threshold)):
            currents = self._currents(where, name, given)
            return self._neurons(where, name, node, currents, loops[0] if loops else None)
        if isinstance(node, (*WEIGHTS, nir.Conv1d)):
            return self._weights(where, name, node, given)
        if isinstance(node, nir.Scale):
            return self._scaled(where, node, given)
        events = self._merged(where, name, given)
        if isinstance(node, nir.Delay):
            delays = delays_in(where, node, events.shape, self.reading.dt)
            return Events(self.call(name, "module", (events.call,), events.shape, Delay(delays)), events.shape)
        if isinstance(node, nir.Flatten):
            module, shape = flattened(where, node, events.shape)
            return events if module is None else Events(self.call(name, "module", (events.call,), shape, module), shape)
        module, shape = pooled(where, node, events.shape)
        return Events(self.call(name, "module", (events.call,), shape, module), shape)

    def _merged(self, where: str, name: str, given: list[Events | Currents]) -> Events:
        """The sum of events; ValueError for currents, or scaled ones."""
        events = [one for one in given if isinstance(one, Events)]
        message = "must take events, of neurons or inputs: what is between weights and neurons adds up only"
        require(len(events) == len(given), where, message, [type(one).__name__ for one in given])
        require(all(one.scale is None for one in events), where, "must come before a Scale, not behind it", "a Scale")
        shapes = {one.shape for one in events}
        require(len(shapes) == 1, where, "what is added must have one shape", sorted(shapes))
        if len(events) == 1:
            return events[0]
        shape = events[0].shape
        return Events(self.call(f"{name}_merged", "add", tuple(one.call for one in events), shape), shape)

    def _weights(self, where: str, name: str, node: Any, given: list[Events | Currents]) -> Currents:
        made = weights_of(where, name, node, any_same=True)
        plain = [one for one in given if isinstance(one, Events) and one.scale is None]
        others = [one for one in given if not (isinstance(one, Events) and one.scale is None)]
        summed = [self._merged(where, name, [*plain])] if plain else []
        shapes = [windows(where, made, one.shape) for one in (*summed, *others)]
        require(len(set(shapes)) == 1, where, "what is added must have one shape", shapes)
        terms: list[Term] = []
        for one in (*summed, *others):
            if isinstance(one, Currents):
                through = [(term.source, made.after(where, term.weights), term.weights.bias) for term in one.terms]
            else:
                through = [(one.call, made if one.scale is None else made.columns(where, one.scale), None)]
            for source, weights, before in through:
                # What the weights add they add once.
                bias = weights.bias if not terms or made.bias is None else None
                bias = made.weight @ before if terms and before is not None else bias
                terms.append(Term(weights._replace(bias=bias), source))
        return Currents(tuple(terms), shapes[0])

    def _scaled(self, where: str, node: Any, given: list[Events | Currents]) -> Events | Currents:
        scale = scale_of(where, node, given[0].shape)
        if all(isinstance(one, Currents) for one in given):
            currents = self._currents(where, "", given)
            terms = [term._replace(weights=term.weights.places(where, scale)) for term in currents.terms]
            return currents._replace(terms=tuple(terms))
        events = self._merged(where, where.split("'")[1], given)
        return events._replace(scale=scale)

    def _currents(self, where: str, name: str, given: list[Events | Currents]) -> Currents:
        """What comes to neurons; events that come without weights have those of 0 and 1."""
        shapes = {one.shape for one in given}
        require(len(shapes) == 1, where, "what is added must have one shape", sorted(shapes))
        (shape,) = shapes
        terms: list[Term] = []
        for one in given:
            if isinstance(one, Currents):
                terms += one.terms
                continue
            small = len(shape) > 1 or shape[0] <= IDENTITY_MOST
            require(small, where, f"neurons must come after weights, or be at most {IDENTITY_MOST}", list(shape))
            terms.append(Term(unit_weights(f"{name}_ones", shape, one.scale), one.call))
        return Currents(tuple(terms), shape)

    def _neurons(self, where: str, name: str, node: Any, currents: Currents, loop: Any) -> Events:
        out = len(currents.terms[0].weights.weight)
        if isinstance(node, nir.Threshold):
            require(loop is None, where, "a Threshold must have no recurrent weights", name)
            rows, neuron = threshold_neurons(where, node, out, self.reading)
            bias, spiking = None, neuron
        else:
            probe = Weights(name, np.ones((out, 1)), None, None)
            probe, spiking = neurons_of(where, node, loop, probe, self.reading)  # type: ignore[assignment]  # of both kinds
            rows, bias = probe.weight[:, 0], probe.bias
        terms = [term._replace(weights=term.weights.scaled(rows)) for term in currents.terms]
        if bias is not None:
            terms[0] = terms[0]._replace(weights=terms[0].weights.plus(bias))
        total = self._summed(name, tuple(terms), currents.shape)
        return Events(self.call(name, "module", (total,), currents.shape, spiking), currents.shape)

    def _summed(self, name: str, terms: tuple[Term, ...], shape: Shape) -> str:
        made = [self.call(t.weights.name, "module", (t.source,), shape, t.weights.module()) for t in terms]
        return made[0] if len(made) == 1 else self.call(f"{name}_sum", "add", tuple(made), shape)

    def _end(self, name: str, given: list[Events | Currents]) -> str:
        where = f"node {name!r}"
        if all(isinstance(one, Currents) for one in given):
            currents = self._currents(where, name, given)
            return self._summed(name, currents.terms, currents.shape)
        events = self._merged(where, name, given)
        require(events.call not in self.inputs, where, "must give what layers made", events.call)
        return events.call

    def _made(self, ends: dict[str, str]) -> nn.Sequential | GraphModule:
        before = ["input", *(call.name for call in self.calls[:-1])]
        chain = all(call.inputs == (name,) for call, name in zip(self.calls, before, strict=True))
        modules = [(call.name, call.module) for call in self.calls if call.module is not None]
        single = len(ends) == 1 and list(ends.values()) == [self.calls[-1].name] and list(self.inputs) == ["input"]
        if chain and single and len(modules) == len(self.calls):
            made = nn.Sequential()
            for key, module in modules:
                made.add_module(key, module)
            return made
        outputs = {"output" if len(ends) == 1 else self.fresh(name): call for name, call in ends.items()}
        return GraphModule(self.calls, self.inputs, outputs)


def _in_circles(waiting: list[str], before: dict[str, list[str]]) -> list[str]:
    """Those of the nodes that lead back to themselves, or to such."""
    while True:
        leading = {a for name in waiting for a in before[name]}
        kept = [name for name in waiting if name in leading]
        if len(kept) == len(waiting):
            return kept
        waiting = kept


def float_graph(graph: ReadGraph, reading: Reading) -> nn.Sequential | GraphModule:
    """The float network of a graph that need not be a chain; ValueError names the node that cannot be read."""
    with torch.no_grad():
        return ReadingGraph(graph, reading).network()
