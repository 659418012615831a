"""The layers between neurons as nodes of an ONNX graph; a dialect says in which numbers and operators."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.onnx_graph.arithmetic_only import LIMIT
from spikelut.export.onnx_graph.byte_parts import count_type, event_parts, weight_parts
from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import FLOAT, INT4, INT8, INT16, INT32, INT64, UINT8, Graph, Var
from spikelut.hw_profiles import Profile
from spikelut.quant.network.layers import IntegerConv2d, IntegerLIF, IntegerLinear, IntegerSumPool2d
from spikelut.quant.network.shapes.pooling import pair
from spikelut.quant.network.signal import Signal

Weights = IntegerLinear | IntegerConv2d


@dataclass(frozen=True)
class Numbers:
    """What all dialects have in common.

    - `step`: the real value of a membrane code. `timed`: signals are [T, B, ...], not [B, ...].
    - `packed`: weights of four bits and fewer are stored in four. `finer`: by how many fraction bits sums are.
    """

    step: float
    timed: bool = True
    packed: bool = False
    finer: int = 0

    events = FLOAT
    """The type of spikes."""
    wide = FLOAT
    """The type in which events are added and multiplied."""
    sums_type = INT32
    calls = False
    """Whether weights go through an operator that is not ONNX's own."""

    def on(self, profile: Profile) -> Self:
        """The same for a layer on a profile."""
        return replace(self, step=profile.state_step, finer=profile.current_frac - profile.grid.frac)

    @property
    def sum_step(self) -> float:
        """The real value of a code of synaptic sums."""
        return self.step * 2.0**-self.finer

    def type_of(self, signal: Signal) -> int:
        """The type in which events, or sums, are handed on."""
        return self.summed_type(signal) if signal.kind == "sums" else FLOAT

    def summed_type(self, signal: Signal) -> int:
        """The type of synaptic sums: those of graded spikes may need more than 32 bits."""
        return INT64 if self.sums_type == INT32 and signal.reach >= 2**31 else self.sums_type

    def summed(self, layer: Weights, sums: Var, given: Signal) -> Var:
        """Sums of weight codes in a type that holds them in membrane codes."""
        wide = self.sums_type == INT32 and layer.reach(given.least, given.largest) >= 2**31
        return sums.cast(INT64) if wide else sums

    def sent(self, messages: Var, step: float) -> Var:
        """What neurons give, of which one is worth a real `step`, as it is handed on: a number."""
        return messages

    def noted(self, sums: Var, reach: int) -> None:
        """Keep in mind how large sums can be, where that matters."""

    def writer(self, graph: Graph, layer: IntegerLIF) -> NodeWriter:
        """What writes the arithmetic of neurons into a graph."""
        return NodeWriter(graph, self.number(layer), self.spike_node(layer))

    def spike_node(self, layer: IntegerLIF) -> Callable[[Var], Var] | None:
        """What makes the node that compares with a threshold; None where that is a plain comparison."""
        return None

    def number(self, layer: IntegerLIF) -> int:
        """The type of membranes in the arithmetic: sums of two 32-bit registers need more than 32 bits."""
        return INT64 if layer.kind.wide else INT32

    def stored(self, graph: Graph, layer: Weights, codes: NDArray[Any]) -> Var:
        """Weight codes as they are stored, int8 or int16; or in four bits, cast."""
        kind = INT8 if codes.dtype == np.int8 else INT16
        if self.packed and layer.bits <= 4:
            return graph.constant(codes, INT4, f"weight.{layer.name}").cast(kind)
        return graph.constant(codes, kind, f"weight.{layer.name}")

    def shifted(self, layer: Weights, sums: Var) -> Var:
        """Sums of weight codes in membrane codes."""
        if not layer.channels:
            return sums.scaled(1 << layer.left_shift)
        factors = layer.factors(3 if isinstance(layer, IntegerConv2d) else 1)
        graph = sums.graph
        made = graph.once(f"shift.{layer.name}", lambda: graph.constant(factors, sums.dtype, f"shift.{layer.name}"))
        return sums * made

    def by_frames(self, x: Var, function: Any) -> Var:
        """`function` of [N, C, H, W], applied to [T, B, C, H, W], or to [B, C, H, W]."""
        if not self.timed:
            out: Var = function(x)
            return out
        graph = x.graph
        frame = graph.node("Shape", [x], INT64, start=2)
        out = function(graph.node("Reshape", [x, _joined(graph, graph.constant([-1], INT64), frame)], x.dtype))
        times = graph.node("Shape", [x], INT64, start=0, end=2)
        return graph.node(
            "Reshape", [out, _joined(graph, times, graph.node("Shape", [out], INT64, start=1))], out.dtype
        )


class Integers(Numbers):
    """Events in a byte if they fit, int8 weights (or int16), int32 sums; read-outs are int32 membrane codes."""

    events = UINT8
    wide = INT32

    def type_of(self, signal: Signal) -> int:
        return self.summed_type(signal) if signal.kind == "sums" else count_type(signal.least, signal.largest)

    def counts(self, events: Var, unit: float) -> Var:
        """Whole numbers of events."""
        return events.cast(INT32)

    def sums(self, layer: Weights, events: Var, given: Signal) -> Var:
        """Synaptic sums in membrane codes, int32 or int64, of the events that `given` says."""
        if isinstance(layer, IntegerLinear) and layer.codes.dtype != np.int8:
            return self.shifted(layer, self._wide_product(layer, events, given))
        made = []
        for part, shift in event_parts(events, given.largest, given.least):
            if isinstance(layer, IntegerConv2d):
                sums = self.by_frames(part, lambda x: self._convolved(layer, x))
            else:
                sums = self._product(layer, part, given)
            made.append(self.summed(layer, sums, given).scaled(1 << shift))
        return self.shifted(layer, _added(made))

    def weights(self, graph: Graph, layer: Weights, unit: float) -> Var:
        """The weights as they are multiplied, once in a graph."""
        codes = layer.codes if isinstance(layer, IntegerConv2d) else layer.codes.T
        return graph.once(layer.name, lambda: self.stored(graph, layer, codes))

    def whole_weights(self, graph: Graph, layer: Weights, unit: float) -> Var:
        """The codes of the weights, int32."""
        return self.weights(graph, layer, unit).cast(INT32)

    def _product(self, layer: IntegerLinear, events: Var, given: Signal) -> Var:
        graph, parts = events.graph, weight_parts(layer.codes.T, given.largest, given.least)
        if len(parts) == 1:
            stored = [self.weights(graph, layer, 1.0)]
        else:
            stored = [graph.constant(part, INT8, f"weight.{layer.name}.half{i}") for i, part in enumerate(parts)]
        return _added([graph.node("MatMulInteger", [events, weight], INT32) for weight in stored])

    def _wide_product(self, layer: IntegerLinear, events: Var, given: Signal) -> Var:
        graph, weight = events.graph, self.weights(events.graph, layer, 1.0)
        kind = self.summed(layer, events.cast(INT32), given).dtype
        return graph.node("MatMul", [events.cast(kind), weight.cast(kind)], kind)

    def _convolved(self, layer: IntegerConv2d, x: Var) -> Var:
        if layer.codes.dtype == np.int8:
            return self._conv(x, self.weights(x.graph, layer, 1.0), layer)
        # ConvInteger takes bytes only, so that wider weights go in two parts.
        high = x.graph.constant(layer.codes >> 8, INT8, f"weight.{layer.name}.high")
        low = x.graph.constant(layer.codes & 255, UINT8, f"weight.{layer.name}.low")
        return self._conv(x, high, layer).scaled(1 << 8) + self._conv(x, low, layer)

    def _conv(self, x: Var, weight: Var, layer: IntegerConv2d) -> Var:
        return x.graph.node("ConvInteger", [x, weight], INT32, **geometry(layer))

    def pooled(self, layer: IntegerSumPool2d, events: Var, given: Signal) -> Var:
        """Event counts in windows, int32."""
        pool = _windows(layer, given)
        ones = events.graph.constant(pool.codes, INT8, f"ones.{layer.name}")
        parts = event_parts(events, given.largest, given.least)
        sums = [self.by_frames(part, lambda x: self._conv(x, ones, pool)).scaled(1 << shift) for part, shift in parts]
        return _added(sums)

    def given_out(self, sums: Var) -> Var:
        """Sums as an output gives them: codes."""
        return sums

    def read_out(self, mem: Var, step: float) -> Var:
        """Membranes as they are given: codes."""
        return mem

    def read_out_type(self, layer: IntegerLIF) -> int:
        return self.number(layer)


class Floats(Numbers):
    """Float events and weights in real units around the same integer neurons."""

    def weight(self, graph: Graph, layer: Weights, codes: NDArray[Any], unit: float) -> Var:
        """Weights in the order of `codes`, of which one stands for `unit`, but for shifts of channels."""
        return graph.constant(codes * unit, FLOAT, f"weight.{layer.name}")

    def weights(self, graph: Graph, layer: Weights, unit: float) -> Var:
        """The weights as they are multiplied, once in a graph; an event is worth `unit`."""
        codes = layer.codes if isinstance(layer, IntegerConv2d) else layer.codes.T
        code = 2.0**layer.left_shift * self.sum_step
        return graph.once(layer.name, lambda: self.weight(graph, layer, codes, code / unit))

    def whole_weights(self, graph: Graph, layer: Weights, unit: float) -> Var:
        """The codes of the weights, int32, of real ones for events that are worth `unit`."""
        code = 2.0**layer.left_shift * self.step
        return self.whole(self.weights(graph, layer, unit) * (unit / code))

    def counts(self, events: Var, unit: float) -> Var:
        """Whole numbers of events, each worth `unit`, in the type of sums."""
        return self.whole(events * (1 / unit))

    def sums(self, layer: Weights, events: Var, given: Signal) -> Var:
        """Synaptic sums in membrane codes, int32, of the events that `given` says."""
        # Weights are multiples of a power of two, so float32 sums are exact and the cast loses nothing.
        code, graph = 2.0**layer.left_shift * self.sum_step, events.graph
        weight = self.weights(graph, layer, given.step)
        if isinstance(layer, IntegerConv2d):
            current = self.by_frames(events, lambda x: x.graph.node("Conv", [x, weight], FLOAT, **geometry(layer)))
        else:
            current = graph.node("MatMul", [events, weight], FLOAT)
        reach = layer.code_sums(given.least, given.largest)
        message = f"layer {layer.name!r}: sums of weight codes must be at most 2**24 but in the dialect integer"
        require(reach <= LIMIT, "to_onnx", message, reach)
        # Fast algorithms for convolutions leave errors far below the grid of the weights.
        return self.shifted(layer, self.summed(layer, self.whole(current * (1 / code)), given))

    def sent(self, messages: Var, step: float) -> Var:
        """Their real values."""
        return messages if step == 1 else messages * step

    def whole(self, x: Var) -> Var:
        """The whole numbers that `x` is but for errors of rounding."""
        return x.graph.node("Round", [x], FLOAT).cast(INT32)

    def pooled(self, layer: IntegerSumPool2d, events: Var, given: Signal) -> Var:
        """Events in windows."""
        pool = _windows(layer, given)
        weight = events.graph.constant(pool.codes, FLOAT, f"ones.{layer.name}")
        return self.by_frames(events, lambda x: x.graph.node("Conv", [x, weight], FLOAT, **geometry(pool)))

    def given_out(self, sums: Var) -> Var:
        """Sums as an output gives them: real values."""
        return sums.cast(FLOAT) * self.sum_step

    def read_out(self, mem: Var, step: float) -> Var:
        """Membranes as they are given: real values, of which a code is worth `step`."""
        return mem.cast(FLOAT) * step

    def read_out_type(self, layer: IntegerLIF) -> int:
        return FLOAT


def geometry(layer: IntegerConv2d) -> dict[str, Any]:
    """The attributes of a convolution."""
    dilations = {} if layer.dilation == (1, 1) else {"dilations": list(layer.dilation)}
    return dilations | {
        "kernel_shape": list(layer.codes.shape[2:]),
        "strides": list(layer.stride),
        "pads": [*layer.padding, *layer.padding],
        "group": layer.groups,
    }


def repeated(graph: Graph, x: Var, steps: int) -> Var:
    """[1, B, ...] to [steps, B, ...]."""
    rest = graph.node("Shape", [x], INT64, start=1)
    shape = graph.node("Concat", [graph.constant([steps], INT64), rest], INT64, axis=0)
    return graph.node("Expand", [x, shape], x.dtype)


def _windows(layer: IntegerSumPool2d, given: Signal) -> IntegerConv2d:
    """The depthwise convolution with ones that a sum over windows is."""
    channels = given.shape[0]
    known = isinstance(channels, int)
    require(known, "to_onnx", f"layer {layer.name!r} needs to know its channels: give integer an example=", channels)
    ones = np.ones((channels, 1, *pair(layer.kernel_size)), np.int8)
    stride, padding = pair(layer.stride), pair(layer.padding)
    return IntegerConv2d(layer.name, ones, 1, 0, 0, 2, stride=stride, padding=padding, groups=channels)


def _added(parts: list[Var]) -> Var:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _joined(graph: Graph, a: Var, b: Var) -> Var:
    return graph.node("Concat", [a, b], INT64, axis=0)
