"""Events arrive: at membranes, outputs and traces."""

import numpy as np
from numpy.typing import NDArray

from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.chips.reckon import rules
from spikelut.quant.chips.reckon.chip import Chip, State
from spikelut.quant.chips.reckon.generators import ALL

Ints = NDArray[np.int64]


def propagate(chip: Chip, state: State, events: Ints) -> None:
    """Hand on the spikes of this step and the `events` [inputs] of its tick, 0 or 1.

    One number after the other: an input and a neuron of the same number are one event, whose weights are added first.
    Membranes saturate after each, and outputs after each spike. Traces grow where their weights learn.
    """
    reg = chip.registers
    keeps = [bool(reg.do_eprop >> bit & 1 or reg.force_traces) for bit in range(3)]
    inputs = np.zeros(max(reg.inputs, reg.neurons), bool)
    spikes = inputs.copy()
    inputs[: reg.inputs], spikes[: reg.neurons] = events != 0, state.spike != 0
    for i in np.flatnonzero(inputs | spikes):
        weight = np.zeros(reg.neurons, np.int64)
        if inputs[i]:
            weight += chip.w_inp[i] << reg.fp_loc_winp
        if spikes[i]:
            weight += chip.w_rec[i] << reg.fp_loc_wrec
            state.outputs = rules.arrive(NumpyOps, state.outputs, chip.w_out[i] << reg.fp_loc_wout)
        if reg.noise_en:
            state.u = rules.arrive_noisy(NumpyOps, state.u, weight, _noise(chip))
        else:
            state.u = rules.arrive(NumpyOps, state.u, weight)
    for keep, name, came, by, register in (
        (keeps[0], "trace_inp", inputs[: reg.inputs], rules.EVENT << reg.fp_loc_tinp, rules.TRACE),
        (keeps[1], "trace_rec", spikes[: reg.neurons], rules.EVENT << reg.fp_loc_trec, rules.TRACE),
        (keeps[2], "trace_out", spikes[: reg.neurons], rules.OUTPUT_EVENT << reg.fp_loc_tout, rules.OUTPUT_TRACE),
    ):
        if keep:
            trace = getattr(state, name)
            setattr(state, name, np.where(came, rules.grow(NumpyOps, trace, by, register), trace))


def _noise(chip: Chip) -> Ints:
    """A signed number for each neuron, of one call for each pair."""
    reg, name = chip.registers, "noise"
    drawn, chip.generators[name] = ALL[name][0].draw(chip.generators[name], reg.neurons // 2)
    return (drawn.reshape(-1) - ((drawn.reshape(-1) & 0x8000) << 1)) >> reg.noise_str
