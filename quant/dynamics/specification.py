"""One neuron, one time step, in plain integers: the specification of what all implementations compute.

Each function reads like the chip's manual and can be followed with a pencil. It is a statement of its own, written from
the manuals, simulators and RTL that the profiles name: it shares the integers of a layer (`LIFSpec`, `SynapseSpec`,
`Leak`) with the library, and none of its arithmetic. NumPy, torch, the compiled kernels, Triton, ONNX and C are
compared with it (`tests/quant/dynamics`); it is far too slow for anything else.

Membranes, currents and thresholds are codes of 2**-frac. A Loihi 2 neuron, for example, is

    u = trunc0(u * (4096 - du) / 4096) + input                 kept in 24 bits, wraps
    v = trunc0(v * (4096 - dv) / 4096) + u + bias              kept within +-(2**23 - 1)
    spike if v > threshold, and then v = 0

and a ReckOn neuron, which compares before it leaks,

    v = v + input                                              16 bits, saturates
    spike if v >= threshold
    v = floor(v * alpha / 32768), less the threshold after a spike   16 bits, both wrap
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.specification import in_register, passes, rounded
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


class NeuronStep(NamedTuple):
    """What one neuron does in one time step.

    - `mem`: the membrane after it. `spikes`: how many; a read-out gives none. `full`: the membrane that is compared.
    - `x`: where the surrogate is read, in codes above the lowest membrane that spikes; 0 of a read-out.
    - `mem_passes`, `current_passes`: whether the membrane's and the synaptic sum's register kept what was written.
    - `leaking`: what the decay factor multiplies, for the derivative by it.
    """

    mem: int
    spikes: int
    x: int
    full: int
    mem_passes: bool
    current_passes: bool
    leaking: int


def leaked(leak: Leak, v: int) -> int:
    """What is left of a state after its leak.

    - `none`: all of it.
    - `linear` (ODIN, tinyODIN): `amount` codes less in magnitude, no further than zero.
    - `shift` (Xylo): v - (v >> amount); with a minimum step, by one where that is nothing and v is not zero.
    - `multiply` (Loihi, ReckOn): v * amount / 2**frac. `relax` (SpiNNaker) does the same with the way that is left.
    """
    match leak.kind:
        case "none":
            return v
        case "linear":
            loss: int = leak.amount
            if v > loss:
                return v - loss
            return v + loss if v < -loss else 0
        case "shift":
            drop = rounded(Fraction(v, 2**leak.amount), leak.rounding)
            if leak.minimum_step and drop == 0:
                drop = 1 if v > 0 else -1 if v < 0 else 0
            return v - drop
        case "multiply" | "relax":
            kept = rounded(Fraction(v * leak.amount, 2**leak.frac), leak.rounding)
            # Only a factor above one makes a state grow, and so leave its register.
            return in_register(kept, leak.register) if leak.amount > 2**leak.frac else kept


def synapse_step(synapse: SynapseSpec, syn: int, arriving: int) -> tuple[int, bool]:
    """The synaptic current after a step in which `arriving` came in, and whether its register kept what was written.

    Loihi lets the current decay and adds the input; Xylo adds the input and lets the sum decay.
    """
    if synapse.input_first:
        total = syn + arriving
        return leaked(synapse.leak, in_register(total, synapse.register)), passes(total, synapse.register)
    total = leaked(synapse.leak, syn) + arriving
    return in_register(total, synapse.register), passes(total, synapse.register)


def neuron_step(spec: LIFSpec, mem: int, current: int, bias: int = 0) -> NeuronStep:
    """One step of a neuron whose membrane is `mem`, for a synaptic sum `current` and a `bias`.

    The sum is brought into its own register, then leak and input make the membrane that is compared, `full`. Where the
    leak comes last it acts on `full`, before the reset, and whether the neuron spiked or not; with `leak_or_reset`
    (Spiker+) only if it did not.
    """
    if spec.bias_with_sum:  # hls4ml, whose Dense layer adds it
        current, bias = current + bias * 2**spec.finer, 0
    drive, sum_kept = taken_in(spec, current)
    total = with_input(spec, mem, drive, bias)
    full = in_register(total, spec.membrane)
    after_leak = full if spec.leak_first else leaked(spec.leak, full)
    if spec.threshold is None:
        mem_after, spikes, x = after_leak, 0, 0
    else:
        spikes = spikes_at(spec, full)
        mem_after = after_reset(spec, full if spec.leak_or_reset and spikes else after_leak, spikes)
        x = read_by_surrogate(spec, full, after_leak, mem_after)
    if not spec.leak_first:
        leaking = full
    elif spec.leak.kind == "relax":
        leaking = mem - (drive + bias)
    else:
        leaking = mem
    return NeuronStep(mem_after, spikes, x, full, passes(total, spec.membrane), sum_kept, leaking)


def taken_in(spec: LIFSpec, current: int) -> tuple[int, bool]:
    """A synaptic sum in its register, in membrane codes, and whether that kept its value.

    Of a sum with more fraction bits than the membrane (hls4ml) these are dropped, in the rounding of the membrane.
    """
    held, kept = in_register(current, spec.current), passes(current, spec.current)
    if spec.finer == 0:
        return held, kept
    nearest = rounded(Fraction(held, 2**spec.finer), spec.membrane.rounding)
    return in_register(nearest, spec.membrane), kept and passes(nearest, spec.membrane)


def with_input(spec: LIFSpec, mem: int, drive: int, bias: int) -> int:
    """The membrane with the input of a step, and leaked if that comes first; not yet in its register.

    - leak last (ReckOn): v + input + bias.
    - leak first (Loihi, generic): leaked(v) + input + bias.
    - relaxing (SpiNNaker): u - (u - v) * factor, towards u = input + bias. The way u - v is held exactly.
    - Xylo: v + change; the change is the loss, in a register of the membrane's width that wraps, plus the input, then
      plus the bias, saturated after each. Where only the change was cut, the membrane counts as not cut.
    """
    if spec.change_saturates:
        width = NumberFormat(spec.membrane.bits, overflow="wrap")
        loss = in_register(leaked(spec.leak, mem) - mem, width)
        change = in_register(loss + drive, spec.membrane)
        change = in_register(change + bias, spec.membrane)
        return mem + change
    if not spec.leak_first:
        return mem + drive + bias
    if spec.leak.kind == "relax":
        towards = drive + bias
        return towards - leaked(spec.leak, towards - mem)
    return leaked(spec.leak, mem) + drive + bias


def spikes_at(spec: LIFSpec, full: int) -> int:
    """How often a neuron with membrane `full` spikes: once per threshold it holds, at most `max_spikes` times.

    It spikes at the threshold, or, of a strict comparison (Loihi), only above it.
    """
    spikes, left = 0, full
    while spikes < spec.max_spikes and (left > spec.threshold if spec.strict else left >= spec.threshold):
        spikes += 1
        left -= spec.threshold
    return spikes


def after_reset(spec: LIFSpec, v: int, spikes: int) -> int:
    """The membrane `v` after its spikes: zero, or less one threshold for each, in the register of the reset."""
    if spikes == 0:
        return v
    if spec.max_spikes > 1:
        return v - spikes * int(spec.threshold)
    if spec.reset == "zero":
        return 0
    return in_register(v - spec.threshold, spec.reset_format)


def read_by_surrogate(spec: LIFSpec, full: int, after_leak: int, mem_after: int) -> int:
    """The potential at which the surrogate is read, in codes above the lowest membrane that spikes, where x is 0.

    Of several spikes a step, it is `full` above the nearest of the thresholds theta, 2 theta, ... that count; halfway
    between two, above the higher one.
    """
    lowest_above = 1 if spec.strict else 0
    if spec.max_spikes > 1:
        multiples: list[int] = [k * spec.threshold for k in range(1, spec.max_spikes + 1)]
        nearest = min(multiples, key=lambda theta: (abs(full - theta), -theta))
        return full - nearest - lowest_above
    if spec.read == "before_leak":
        potential = full
    elif spec.read == "after_leak":
        potential = after_leak
    else:
        potential = mem_after
    return potential - int(spec.threshold) - lowest_above


class Recorded(NamedTuple):
    """One step of a sequence: what the neuron did, its synaptic current, and whether that one's register passed."""

    neuron: NeuronStep
    syn: int
    synapse_passes: bool


def neuron_steps(
    spec: LIFSpec, synapse: SynapseSpec | None, currents: Sequence[int], bias: int = 0, mem: int = 0, syn: int = 0
) -> list[Recorded]:
    """All steps of one neuron for the synaptic sums of each, from the states `mem` and `syn`."""
    recorded = []
    for arriving in currents:
        passed = True
        if synapse is not None:
            syn, passed = synapse_step(synapse, syn, arriving)
            arriving = syn
        step = neuron_step(spec, mem, arriving, bias)
        mem = step.mem
        recorded.append(Recorded(step, syn, passed))
    return recorded
