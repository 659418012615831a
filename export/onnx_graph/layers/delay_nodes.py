"""Layers that look back in time as nodes: delays of axons, and weights whose synapses have delays."""

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np

from spikelut.export.onnx_graph.graph import INT64, Var
from spikelut.export.onnx_graph.layers.place import Place
from spikelut.quant.network.layers import IntegerDelay, IntegerDelayedLinear

Past = Callable[[int], Var]
"""The events that a layer takes, as they were so many steps before; zero before the first."""

LINE = "line"
"""The state of such a layer in files of one step: the events of the last steps [B, length, ...], the newest first."""


def delay(at: Place, past: Past) -> Var:
    """Each channel later by its delay: channels of one delay together, then in their order."""
    groups = at.layer.groups
    if len(groups) == 1:
        return past(next(iter(groups)))
    (axis,) = at.axes([0])
    parts = [_taken(past(d), channels, axis) for d, channels in groups.items()]
    graph = parts[0].graph
    together = graph.node("Concat", parts, parts[0].dtype, axis=axis)
    return _taken(together, np.argsort([*chain(*groups.values())]).tolist(), axis)


def delayed_sums(at: Place, past: Past) -> Var:
    """The sums of weights of all events that some synapse delays as long as they are old."""
    layer, (axis,) = at.layer, at.axes([0])
    every = [*range(layer.codes.shape[1])]
    parts = [past(d) if n == every else _taken(past(d), n, axis) for d, n in layer.taps.items()]
    given = parts[0] if len(parts) == 1 else parts[0].graph.node("Concat", parts, parts[0].dtype, axis=axis)
    (signal,) = at.given
    # Before the first step there are none.
    found = signal.of((layer.undelayed.codes.shape[1],), least=min(signal.least, 0), largest=max(signal.largest, 0))
    sums = at.dialect.sums(layer.undelayed, given, found)
    at.dialect.noted(sums, at.signal.reach)
    return sums


LOOKING_BACK: dict[type, Callable[[Place, Past], Var]] = {IntegerDelay: delay, IntegerDelayedLinear: delayed_sums}
"""By class of the layer: makes its nodes of its place and of what it took before."""


def of_all_steps(x: Var) -> Past:
    """The past of events [T, B, ...] at every step, in the same shape."""
    graph = x.graph

    def at(age: int) -> Var:
        if age == 0:
            return x
        return graph.once(f"{x.name} {age} before", lambda: _shifted(x, age))

    return at


def of_line(x: Var, line: Var | None) -> Past:
    """The past of events [B, ...] of a step, which a line has."""

    def at(age: int) -> Var:
        if age == 0 or line is None:
            return x
        place = x.graph.constant(age - 1, INT64)
        return x.graph.once(f"{line.name} {age}", lambda: x.graph.node("Gather", [line, place], x.dtype, axis=1))

    return at


def of_steps(steps: Sequence[Var], wide: int) -> Past:
    """The past of the last of some steps [B, ...], all that there were."""
    now = steps[-1]

    def none() -> Var:
        return (steps[0].cast(wide) * 0).cast(now.dtype)

    return lambda age: steps[-1 - age] if age < len(steps) else now.graph.once(f"no {steps[0].name}", none)


def line_after(x: Var, line: Var, length: int) -> Var:
    """The line after a step that takes `x`."""
    graph = x.graph
    newest = graph.node("Unsqueeze", [x, graph.constant([1], INT64)], x.dtype)
    if length == 1:
        return newest
    kept = graph.node("Slice", [line, *(graph.constant([n], INT64) for n in (0, length - 1, 1))], x.dtype)
    return graph.node("Concat", [newest, kept], x.dtype, axis=1)


def _taken(x: Var, places: Sequence[int], axis: int) -> Var:
    return x.graph.node("Gather", [x, x.graph.constant(places, INT64)], x.dtype, axis=axis)


def _shifted(x: Var, age: int) -> Var:
    """[T, B, ...] so many steps later, after zeros: what is padded before is cut off behind."""
    graph = x.graph
    # As a matrix, whatever the rank of the events.
    flat = graph.node("Reshape", [x, graph.constant([0, -1], INT64)], x.dtype)
    padded = graph.node("Pad", [flat, graph.constant([age, 0, 0, 0], INT64)], x.dtype)
    cut = graph.node("Slice", [padded, *(graph.constant([n], INT64) for n in (0, -age, 0))], x.dtype)
    return graph.node("Reshape", [cut, graph.node("Shape", [x], INT64)], x.dtype)
