"""A tick in which the chip learns: errors, learning signals, and weights that go up or down by one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.chips.reckon import rules
from spikelut.quant.chips.reckon.chip import Chip, State
from spikelut.quant.chips.reckon.generators import ALL
from spikelut.quant.chips.reckon.registers import Registers

Ints = NDArray[np.int64]
LANES = 16
"""Neurons whose weights the chip updates at once, and outputs that it has."""


@dataclass
class Learning:
    """What weights are updated by in a tick: errors of outputs; learning signals, slopes and excess of neurons.

    `excess`: how far a neuron's trace is above what regularisation allows.
    """

    error: Ints
    signal: Ints
    slope: Ints
    excess: Ints


def learning_tick(chip: Chip, state: State, goal: Ints) -> Learning:
    """Update the weights once, with the `goal` [outputs] of this tick; and what they were updated by.

    Membranes, traces and outputs are those after the step, without the events of its tick. There is nothing that adds
    up: each weight moves by one, or not, at once. Learning signals are made with the weights of outputs before that.
    """
    reg = chip.registers
    error = rules.output_error(NumpyOps, state.outputs, goal, reg.no_out_act == 1)
    made = Learning(error, _signals(chip, error), _slopes(chip, state), _excess(reg, state))
    if reg.do_eprop & 4:
        _update_outputs(chip, state.trace_out >> reg.fp_loc_tout, error)
    if reg.do_eprop & 1:
        _update(chip, made, state.trace_inp >> reg.fp_loc_tinp, "inp")
    if reg.do_eprop & 2:
        _update(chip, made, state.trace_rec >> reg.fp_loc_trec, "rec")
    return made


def _signals(chip: Chip, error: Ints) -> Ints:
    if not chip.registers.do_eprop & 3:
        return np.zeros(chip.registers.neurons, np.int64)
    return np.asarray(rules.learning_signal(NumpyOps, chip.w_out @ error, chip.registers.learn_sig_scale))


def _slopes(chip: Chip, state: State) -> Ints:
    reg = chip.registers
    if chip.curve is not None:
        return chip.curve.slopes[state.u + 2**15]
    return np.asarray(rules.pseudo_derivative(NumpyOps, state.u, reg.edges, [np.int64(h) for h in reg.slopes]))


def _excess(reg: Registers, state: State) -> Ints:
    if not reg.regul_mode:
        return np.zeros(reg.neurons, np.int64)
    return np.asarray(rules.excess(NumpyOps, state.trace_rec >> reg.fp_loc_trec, reg.regul_f0))


def _update_outputs(chip: Chip, trace: Ints, error: Ints) -> None:
    """The weights of outputs: of each neuron that has a trace, in order, with a call of the generator."""
    reg, rows = chip.registers, np.flatnonzero(trace)
    drawn, chip.generators["w_out"] = ALL["w_out"][0].draw(chip.generators["w_out"], len(rows))
    chip.calls[2] += len(rows)
    product = error * trace[rows, None]
    move = rules.moves(NumpyOps, product, reg.lr_p_wout, reg.lr_r_wout, drawn[:, : reg.outputs], 28)
    chip.w_out[rows] = rules.moved(NumpyOps, chip.w_out[rows], product, move)


def _update(chip: Chip, made: Learning, trace: Ints, kind: str) -> None:
    """The weights to each sixteen neurons, in order: rows of axons with a trace, or all where regularisation acts.

    A row that is gone through costs a call of the generator, a row that is not none. Where the weight of a neuron to
    itself would move, it becomes zero.
    """
    reg, weights = chip.registers, getattr(chip, f"w_{kind}")
    for first in range(0, reg.neurons, LANES):
        acts = bool(made.excess[first : first + LANES].any())
        rows = np.arange(len(trace)) if acts else np.flatnonzero(trace)
        name = f"w_{kind}"
        drawn, chip.generators[name] = ALL[name][0].draw(chip.generators[name], len(rows))
        chip.calls[("inp", "rec").index(kind)] += len(rows)
        block = np.arange(first, min(first + LANES, reg.neurons))
        product = _products(chip, made, block, trace[rows], kind)
        shifts = getattr(reg, f"lr_p_w{kind}"), getattr(reg, f"lr_r_w{kind}")
        move = rules.moves(NumpyOps, product, *shifts, drawn[:, : len(block)], 32)
        to = weights[rows[:, None], block]
        itself = (rows[:, None] == block) & (kind == "rec")
        weights[rows[:, None], block] = np.where(itself & move, 0, rules.moved(NumpyOps, to, product, move))


def _products(chip: Chip, made: Learning, block: Ints, trace: Ints, kind: str) -> Ints:
    """What updates are drawn from, [axons, neurons of the block]."""
    reg, over = chip.registers, made.excess[block]
    sixteenths, less = np.full(len(block), 16), np.zeros(len(block), np.int64)
    if reg.regul_mode & 1 and reg.regul_w:
        sixteenths = rules.share_left(NumpyOps, over, reg.regul_k_mul)
    if reg.regul_mode & 2 and reg.regul_w >> ("inp", "rec").index(kind) & 1:
        shifts = getattr(reg, f"regul_k_{kind}_p"), getattr(reg, f"regul_k_{kind}_r")
        less = rules.taken_away(NumpyOps, over, *shifts)
    signal, slope = made.signal[block], made.slope[block]
    frac = 0 if chip.curve is None else chip.curve.frac
    return np.asarray(rules.product(NumpyOps, signal, trace[:, None], slope, sixteenths, less, frac))
