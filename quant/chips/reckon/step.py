"""The time step: membranes and traces decay, neurons spike and are reset, outputs decay."""

import numpy as np
from numpy.typing import NDArray

from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.chips.reckon import rules
from spikelut.quant.chips.reckon.chip import Chip, State
from spikelut.quant.chips.reckon.generators import ALL

Ints = NDArray[np.int64]


def step(chip: Chip, state: State) -> None:
    """Take a time step with all neurons, and vote for nothing yet.

    In the order of neurons, two at a time, for which each generator is called once; so a step calls those of traces for
    as many pairs as there are, and those of membranes for pairs whose factor is not one. Spikes are of membranes before
    the leak.
    """
    reg = chip.registers
    alpha, threshold = (np.repeat(x, 2) for x in (chip.alpha, chip.threshold))
    neurons, inputs = slice(0, reg.neurons), slice(0, reg.inputs)
    decays = chip.alpha != 2**rules.ALPHA_FRAC
    random = _for_pairs(chip, ("even", "odd"), rules.ALPHA_FRAC, decays)
    leaked = rules.leak(NumpyOps, state.u, alpha[neurons], rules.ALPHA_FRAC, random[neurons], rules.WRAPPING)
    spike = state.u >= threshold[neurons]
    state.u = rules.after_reset(NumpyOps, spike, leaked, threshold[neurons], reg.rst_mode == 1)
    state.spike = spike.astype(np.int64)
    always = np.ones_like(decays)
    for name, places in (("trace_inp", inputs), ("trace_rec", neurons)):
        random = _for_pairs(chip, (f"{name[0]}{name[6:]}_even", f"{name[0]}{name[6:]}_odd"), rules.ALPHA_FRAC, always)
        kept = rules.leak(NumpyOps, getattr(state, name), alpha[places], rules.ALPHA_FRAC, random[places], rules.TRACE)
        setattr(state, name, kept)
    kappa = np.int64(reg.kappa)
    random = _for_pairs(chip, ("tout_even", "tout_odd"), rules.KAPPA_FRAC, always)
    state.trace_out = rules.leak(
        NumpyOps, state.trace_out, kappa, rules.KAPPA_FRAC, random[neurons], rules.OUTPUT_TRACE
    )
    random = _for_outputs(chip)
    state.outputs = rules.leak(NumpyOps, state.outputs, kappa, rules.KAPPA_FRAC, random, rules.WRAPPING)


def _for_pairs(chip: Chip, names: tuple[str, str], frac: int, called: NDArray[np.bool_]) -> Ints:
    """A random number for each place, of two generators that are called for the pairs in `called`."""
    found = np.full((len(called), 2), rules.never(frac))
    if chip.registers.en_stoch_round:
        for side, name in enumerate(names):
            drawn, chip.generators[name] = ALL[name][0].draw(chip.generators[name], int(called.sum()))
            found[called, side] = drawn[:, 0]
    return found.reshape(-1)


def _for_outputs(chip: Chip) -> Ints:
    """A random number for each output, of one generator: one a cycle, in the first sixteen cycles of the step."""
    reg = chip.registers
    if not reg.en_stoch_round or reg.kappa == 2**rules.KAPPA_FRAC:
        return np.full(reg.outputs, rules.never(rules.KAPPA_FRAC))
    cycles = min(16, reg.places)
    drawn, chip.generators["outputs"] = ALL["outputs"][0].draw(chip.generators["outputs"], cycles)
    return drawn[: reg.outputs, 0]
