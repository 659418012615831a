"""A tick of ReckOn as nodes: the rules of `quant.reckon`, recorded and printed; who gets which random number."""

from typing import Any

import numpy as np
from onnx import helper

from spikelut.export.onnx_graph.expression_writer import NodeWriter
from spikelut.export.onnx_graph.graph import BOOL, INT64, Graph, Var
from spikelut.export.onnx_graph.learning.random_bits import chosen, drawn, drawn_where
from spikelut.quant.chips.reckon import Chip, rules
from spikelut.quant.chips.reckon.generators import ALL
from spikelut.quant.chips.reckon.learn import LANES
from spikelut.quant.codegen.expression import Expression

STATE = rules.STATE.min_code, rules.STATE.max_code
TRACE = 0, rules.TRACE.max_code
OUTPUT_TRACE = 0, rules.OUTPUT_TRACE.max_code
WEIGHT = rules.WEIGHT.min_code, rules.WEIGHT.max_code
States = dict[str, Var]


class Tick:
    """The nodes of a tick of `chip`, in `graph`, on `states` by name, which change as they are written."""

    def __init__(self, graph: Graph, chip: Chip, states: States) -> None:
        self.graph, self.chip, self.reg, self.states = graph, chip, chip.registers, states

    def step(self, when: Var) -> Var:
        """A time step, where it is taken; the spikes, 0 or 1."""
        reg, writer = self.reg, NodeWriter(self.graph, INT64)
        ops, before, calls = writer.ops, dict(self.states), self.chip.alpha != 2**rules.ALPHA_FRAC
        alpha, threshold = (np.repeat(x, 2) for x in (self.chip.alpha, self.chip.threshold))
        neurons = writer.constants("alpha", alpha[: reg.neurons])
        inputs = writer.constants("alpha_of_inputs", alpha[: reg.inputs])
        edge = writer.constants("threshold", threshold[: reg.neurons])
        u = writer.input(self.states["u"], *STATE)
        random = self._pairs(writer, "even", "odd", rules.ALPHA_FRAC, calls, reg.neurons)
        leaked = rules.leak(ops, u, neurons, rules.ALPHA_FRAC, random, rules.WRAPPING)
        spike = u >= edge
        to_zero = writer.home.constant(reg.rst_mode, "truth")
        made: dict[str, Expression] = {"u": rules.after_reset(ops, spike, leaked, edge, to_zero)}
        every = np.ones_like(calls)
        for name, factor, count in (("inp", inputs, reg.inputs), ("rec", neurons, reg.neurons)):
            trace = writer.input(self.states[f"trace_{name}"], *TRACE)
            random = self._pairs(writer, f"t{name}_even", f"t{name}_odd", rules.ALPHA_FRAC, every, count)
            made[f"trace_{name}"] = rules.leak(ops, trace, factor, rules.ALPHA_FRAC, random, rules.TRACE)
        kappa = writer.home.constant(reg.kappa)
        trace = writer.input(self.states["trace_out"], *OUTPUT_TRACE)
        random = self._pairs(writer, "tout_even", "tout_odd", rules.KAPPA_FRAC, every, reg.neurons)
        made["trace_out"] = rules.leak(ops, trace, kappa, rules.KAPPA_FRAC, random, rules.OUTPUT_TRACE)
        outputs = writer.input(self.states["outputs"], *STATE)
        random = self._of_outputs(writer)
        made["outputs"] = rules.leak(ops, outputs, kappa, rules.KAPPA_FRAC, random, rules.WRAPPING)
        written = dict(zip(made, writer.write(*made.values()), strict=True))
        (spikes,) = writer.write(spike * 1)
        self.states |= written
        for name, old in before.items():
            if self.states[name] is not old:
                self.states[name] = chosen(self.graph, when, self.states[name], old)
        return chosen(self.graph, when, spikes, self._zeros(reg.neurons))

    def _pairs(self, writer: NodeWriter, even: str, odd: str, frac: int, called: Any, count: int) -> Expression:
        """A random number for each of `count` places, of two generators that are called for some pairs."""
        calls = int(called.sum())
        if not self.reg.en_stoch_round or not calls:
            return writer.home.constant(rules.never(frac))
        sides = [self._draw(name, calls) for name in (even, odd)]
        both = self.graph.node("Concat", sides, INT64, axis=1)
        # Pairs that are not called get any number, as their factor of one is not rounded.
        at = np.cumsum(called) - called
        place = np.stack((2 * at, 2 * at + 1), 1).reshape(-1)[:count].clip(0, 2 * calls - 1)
        flat = self.graph.node("Reshape", [both, self.graph.constant([2 * calls], INT64)], INT64)
        gathered = self.graph.node("Gather", [flat, self.graph.constant(place, INT64)], INT64, axis=0)
        return writer.input(gathered, 0, 2**frac - 1)

    def _of_outputs(self, writer: NodeWriter) -> Expression:
        reg, cycles = self.reg, min(LANES, self.reg.places)
        if not reg.en_stoch_round or reg.kappa == 2**rules.KAPPA_FRAC:
            return writer.home.constant(rules.never(rules.KAPPA_FRAC))
        numbers = self._draw("outputs", cycles)
        place = self.graph.constant(np.arange(reg.outputs), INT64)
        flat = self.graph.node("Reshape", [numbers, self.graph.constant([cycles], INT64)], INT64)
        return writer.input(self.graph.node("Gather", [flat, place], INT64, axis=0), 0, 2**rules.KAPPA_FRAC - 1)

    def _draw(self, name: str, calls: int) -> Var:
        numbers, self.states[f"random_{name}"] = drawn(self.graph, self.states[f"random_{name}"], ALL[name][0], calls)
        return numbers

    def vote(self, when: Var) -> None:
        """The output with the largest potential, the lowest of several, gets a vote."""
        best = self.graph.node("ArgMax", [self.states["outputs"]], INT64, axis=0, keepdims=1)
        numbers = self.graph.constant(np.arange(self.reg.outputs), INT64)
        voted = self.states["votes"] + (numbers == best).cast(INT64)
        self.states["votes"] = chosen(self.graph, when, voted, self.states["votes"])

    def propagate(self, when: Var, events: Var, spikes: Var, keeps: Var) -> None:
        """Spikes and events arrive, one number after the other; traces grow where they are kept."""
        graph, reg = self.graph, self.reg
        places = max(reg.inputs, reg.neurons)
        came, sent = self._padded(events, reg.inputs, places), self._padded(spikes, reg.neurons, places)
        either = (came + sent) > 0
        both = graph.node("And", [either, when], BOOL)
        found = graph.node("NonZero", [both], INT64)
        order = graph.node("Reshape", [found, graph.constant([-1], INT64)], INT64)
        self._arrivals(order, came, sent)
        grows = graph.node("And", [when, keeps], BOOL)
        for bit, (name, of, by, register, ends) in enumerate(
            (
                ("trace_inp", events, rules.EVENT << reg.fp_loc_tinp, rules.TRACE, TRACE),
                ("trace_rec", spikes, rules.EVENT << reg.fp_loc_trec, rules.TRACE, TRACE),
                ("trace_out", spikes, rules.OUTPUT_EVENT << reg.fp_loc_tout, rules.OUTPUT_TRACE, OUTPUT_TRACE),
            )
        ):
            if reg.do_eprop >> bit & 1 or reg.force_traces:
                writer = NodeWriter(graph, INT64)
                trace = writer.input(self.states[name], *ends)
                (grown,) = writer.write(rules.grow(writer.ops, trace, by, register))
                here = graph.node("And", [of > 0, grows if not reg.force_traces else when], BOOL)
                self.states[name] = chosen(graph, here, grown, self.states[name])

    def _arrivals(self, order: Var, came: Var, sent: Var) -> None:
        """A loop over the numbers in `order`: weights of an input and of a neuron of this number are added first."""
        reg = self.reg
        names = ["u", "outputs", *(["random_noise"] if reg.noise_en else [])]
        body = Graph(prefix="arrival_")
        turn, go = Var(body, "arrival_turn", INT64), Var(body, "arrival_go", BOOL)
        inner = {name: Var(body, f"arrival_{name}", INT64) for name in names}
        at = body.node("Gather", [Var(body, order.name, INT64), turn], INT64, axis=0)
        weight: dict[str, Var] = {}
        wide = {"w_inp": came, "w_rec": sent, "w_out": sent}
        for name, counts in wide.items():
            of = Var(body, self._rows(name).name, INT64)
            row = body.node("Gather", [of, at], INT64, axis=0)
            weight[name] = row * body.node("Gather", [Var(body, counts.name, INT64), at], INT64, axis=0)
        writer = NodeWriter(body, INT64)
        ops = writer.ops
        to_inp, to_rec = (writer.input(weight[name], *WEIGHT) for name in ("w_inp", "w_rec"))
        total = to_inp * 2**reg.fp_loc_winp + to_rec * 2**reg.fp_loc_wrec
        u = writer.input(inner["u"], *STATE)
        made = {}
        if reg.noise_en:
            numbers, after = drawn(body, inner["random_noise"], ALL["noise"][0], reg.neurons // 2)
            flat = body.node("Reshape", [numbers, body.constant([reg.neurons], INT64)], INT64)
            word = writer.input(flat, 0, 2**16 - 1)
            signed = (word - ops.where(word >= 2**15, 2**16, 0)) >> reg.noise_str
            made["u"] = rules.arrive_noisy(ops, u, total, signed)
        else:
            made["u"] = rules.arrive(ops, u, total)
        outputs = writer.input(inner["outputs"], *STATE)
        to_out = writer.input(weight["w_out"], *WEIGHT) * 2**reg.fp_loc_wout
        made["outputs"] = rules.arrive(ops, outputs, to_out)
        handed = writer.write(*made.values()) + ([after] if reg.noise_en else [])
        self._loop(body, order, turn, go, inner, handed)

    def _loop(self, body: Graph, order: Var, turn: Var, go: Var, inner: States, handed: list[Var]) -> None:
        graph = self.graph
        on = body.node("Identity", [go], BOOL)
        none: list[Any] = []
        infos = [helper.make_tensor_value_info(v.name, v.dtype, none) for v in (turn, go)]
        infos += [helper.make_tensor_value_info(v.name, v.dtype, None) for v in inner.values()]
        results = [helper.make_tensor_value_info(v.name, v.dtype, None) for v in (on, *handed)]
        constants = list(body.constants.values())
        proto = helper.make_graph(body.nodes, "arrival", infos, results, initializer=constants)
        count = graph.node("Size", [order], INT64)
        true = graph.constant(True, BOOL)
        names = [graph.fresh("arrived") for _ in inner]
        given = [count.name, true.name, *(self.states[name].name for name in inner)]
        node = helper.make_node("Loop", given, names, graph.fresh("arrivals"))
        node.attribute.append(helper.make_attribute("body", proto))
        graph.nodes.append(node)
        self.states |= {name: Var(graph, made, INT64) for name, made in zip(inner, names, strict=True)}

    def _rows(self, name: str) -> Var:
        """Weights with a row for each place, of zeros where there is none."""
        reg = self.reg
        rows, columns = (
            (reg.inputs if name == "w_inp" else reg.neurons),
            reg.outputs if name == "w_out" else reg.neurons,
        )
        missing = max(reg.inputs, reg.neurons) - rows
        if not missing:
            return self.states[name]
        zeros = self.graph.constant(np.zeros((missing, columns), np.int64), INT64)
        return self.graph.node("Concat", [self.states[name], zeros], INT64, axis=0)

    def _padded(self, values: Var, count: int, places: int) -> Var:
        if count == places:
            return values
        return self.graph.node("Concat", [values, self._zeros(places - count)], INT64, axis=0)

    def _zeros(self, count: int) -> Var:
        return self.graph.constant(np.zeros(count, np.int64), INT64)


def updates(graph: Graph, tick: Tick, goal: Var, when: Var) -> None:
    """A tick that learns, where `when` says so: all weights once."""
    reg, states, before = tick.reg, tick.states, dict(tick.states)
    writer = NodeWriter(graph, INT64)
    ops = writer.ops
    error = rules.output_error(
        ops,
        writer.input(states["outputs"], *STATE),
        writer.input(goal, *STATE),
        writer.home.constant(reg.no_out_act, "truth"),
    )
    u = writer.input(states["u"], *STATE)
    slope = rules.pseudo_derivative(ops, u, reg.edges, [writer.home.constant(h) for h in reg.slopes])
    errors, slopes = writer.write(error, slope)
    if slope.is_constant:
        slopes = tick._zeros(reg.neurons) + slopes
    column = graph.node("Unsqueeze", [errors, graph.constant([1], INT64, "axis_1")], INT64)
    sums = graph.node("MatMul", [states["w_out"], column], INT64)
    total = writer.input(graph.node("Reshape", [sums, graph.constant([reg.neurons], INT64)], INT64), -(2**27), 2**27)
    (signals,) = writer.write(rules.learning_signal(ops, total, reg.learn_sig_scale))
    shifted = writer.input(states["trace_rec"], *TRACE) >> reg.fp_loc_trec
    (over,) = writer.write(rules.excess(ops, shifted, reg.regul_f0))
    over = over if reg.regul_mode else tick._zeros(reg.neurons)
    if reg.do_eprop & 4:
        _output_weights(graph, tick, errors)
    for bit, kind in enumerate(("inp", "rec")):
        if reg.do_eprop >> bit & 1:
            _weights(graph, tick, signals, slopes, over, kind)
    for name, old in before.items():
        if states[name] is not old:
            states[name] = chosen(graph, when, states[name], old)


def _output_weights(graph: Graph, tick: Tick, errors: Var) -> None:
    reg, states = tick.reg, tick.states
    writer = NodeWriter(graph, INT64)
    (trace,) = writer.write(writer.input(states["trace_out"], *OUTPUT_TRACE) >> reg.fp_loc_tout)
    called = trace > 0
    numbers, states["random_w_out"] = drawn_where(graph, states["random_w_out"], ALL["w_out"][0], called, reg.neurons)
    lanes = graph.node("Gather", [numbers, graph.constant(np.arange(reg.outputs), INT64)], INT64, axis=1)
    row = graph.node("Unsqueeze", [trace, graph.constant([1], INT64, "axis_1")], INT64)
    product = writer.input(errors, *STATE) * writer.input(row, *OUTPUT_TRACE)
    random = writer.input(lanes, 0, 2**28 - 1)
    move = rules.moves(writer.ops, product, reg.lr_p_wout, reg.lr_r_wout, random, 28)
    (states["w_out"],) = writer.write(rules.moved(writer.ops, writer.input(states["w_out"], *WEIGHT), product, move))


def _weights(graph: Graph, tick: Tick, signals: Var, slopes: Var, over: Var, kind: str) -> None:
    """Weights of inputs or recurrent ones; rows are drawn for block after block of neurons, and in these row by row."""
    reg, states, name = tick.reg, tick.states, f"w_{kind}"
    axons, blocks = (reg.inputs if kind == "inp" else reg.neurons), -(-reg.neurons // LANES)
    writer = NodeWriter(graph, INT64)
    ops, home = writer.ops, writer.home
    shift = reg.fp_loc_tinp if kind == "inp" else reg.fp_loc_trec
    (trace,) = writer.write(writer.input(states[f"trace_{kind}"], *TRACE) >> shift)
    padded = tick._padded(over, reg.neurons, blocks * LANES)
    lanes = graph.node("Reshape", [padded, graph.constant([blocks, LANES], INT64)], INT64)
    acts = graph.node("ReduceMax", [lanes], INT64, axes=[1], keepdims=1) > 0
    called = graph.node("Or", [trace > 0, acts], BOOL)
    flat = graph.node("Reshape", [called, graph.constant([blocks * axons], INT64)], BOOL)
    numbers, states[f"random_{name}"] = drawn_where(graph, states[f"random_{name}"], ALL[name][0], flat, blocks * axons)
    apart = graph.node("Reshape", [numbers, graph.constant([blocks, axons, LANES], INT64)], INT64)
    turned = graph.node("Transpose", [apart], INT64, perm=[1, 0, 2])
    whole = graph.node("Reshape", [turned, graph.constant([axons, blocks * LANES], INT64)], INT64)
    used = graph.node("Gather", [whole, graph.constant(np.arange(reg.neurons), INT64)], INT64, axis=1)
    row = graph.node("Unsqueeze", [trace, graph.constant([1], INT64, "axis_1")], INT64)
    excess = writer.input(over, *TRACE)
    sixteenths, less = home.constant(16), home.constant(0)
    if reg.regul_mode & 1 and reg.regul_w:
        sixteenths = rules.share_left(ops, excess, reg.regul_k_mul)
    if reg.regul_mode & 2 and reg.regul_w >> ("inp", "rec").index(kind) & 1:
        shifts = getattr(reg, f"regul_k_{kind}_p"), getattr(reg, f"regul_k_{kind}_r")
        less = rules.taken_away(ops, excess, *shifts)
    signal, slope = writer.input(signals, *STATE), writer.input(slopes, -16, 15)
    product = rules.product(ops, signal, writer.input(row, *TRACE), slope, sixteenths, less)
    shifts = getattr(reg, f"lr_p_w{kind}"), getattr(reg, f"lr_r_w{kind}")
    move = rules.moves(ops, product, *shifts, writer.input(used, 0, 2**32 - 1), 32)
    result = rules.moved(ops, writer.input(states[name], *WEIGHT), product, move)
    if kind == "rec":
        itself = writer.constants("itself", np.eye(reg.neurons, dtype=np.int64))
        result = ops.where(move & (itself == 1), 0, result)
    (states[name],) = writer.write(result)
