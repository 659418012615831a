"""The membrane of a neuron before it is compared: its leak and its input, in the chip's order."""

from typing import Any, NamedTuple

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_shift
from spikelut.quant.dynamics.kind import kept
from spikelut.quant.dynamics.leak import leak_step
from spikelut.quant.dynamics.spec import LIFSpec


class Integrated(NamedTuple):
    """The membrane of a step before spikes and reset."""

    full: Any
    """Membrane codes that are compared with the threshold."""
    leaked: Any
    """The same after the leak, where that comes after the comparison."""
    passes: tuple[Any, Any]
    """Where the membrane, and the synaptic sum in its own register, kept their values."""
    leaking: Any
    """The codes by which the decay factor is multiplied."""


def taken_in(ops: Any, spec: LIFSpec, current: Any) -> list[Any]:
    """A synaptic sum, in membrane codes: what was brought into each register, and last what it then held.

    register(current), or where sums are finer than the membrane membrane(round(register(current) / 2**finer)).
    """
    held = apply_overflow(ops, current, spec.current)
    if not spec.finer:
        return [current, held]
    rounded = round_shift(ops, held, spec.finer, spec.membrane.rounding)
    return [current, held, rounded, apply_overflow(ops, rounded, spec.membrane)]


def sum_kept(spec: LIFSpec, taken: list[Any]) -> Any:
    """Where registers kept the value of the sum that `taken_in` took in."""
    passes = kept(taken[0], taken[1], spec.current)
    still = True if len(taken) == 2 else kept(taken[2], taken[3], spec.membrane)
    return passes if still is True else still if passes is True else passes & still


def integrate(ops: Any, spec: LIFSpec, mem: Any, current: Any, bias: Any = 0) -> Integrated:
    """Membrane codes `mem` with a synaptic sum and a bias taken in, in one of the orders of `LIFSpec`.

    leak first:      full = register(leak(mem) + register(current) + bias)
    leak of change:  full = register(mem + register(register(leak(mem) - mem + current) + bias))
    relaxing:        full = register(total - leak(total - mem)), total = register(current) + bias
    leak last:       full = register(mem + register(current) + bias), leaked = leak(full)

    `register(current)` is what `taken_in` gives; of a `bias_with_sum` that of current + bias.
    """
    if spec.bias_with_sum and not (isinstance(bias, int) and bias == 0):
        current, bias = current + bias * 2**spec.finer, 0
    taken = taken_in(ops, spec, current)
    drive = taken[-1]
    exact = _summed(ops, spec, mem, drive, bias)
    full = apply_overflow(ops, exact, spec.membrane)
    passes = kept(exact, full, spec.membrane), sum_kept(spec, taken)
    if not spec.leak_first:
        return Integrated(full, leak_step(ops, spec.leak, full), passes, full)
    return Integrated(full, full, passes, mem - drive - bias if spec.leak.kind == "relax" else mem)


def _summed(ops: Any, spec: LIFSpec, mem: Any, drive: Any, bias: Any) -> Any:
    """The membrane with the input of the step, leaked if that comes first, before it is brought into its register."""
    if spec.change_saturates:
        lost = leak_step(ops, spec.leak, mem) - mem
        change = apply_overflow(ops, lost, NumberFormat(spec.membrane.bits, overflow="wrap")) + drive
        # A bias is added, and saturated, by itself.
        return mem + apply_overflow(ops, apply_overflow(ops, change, spec.membrane) + bias, spec.membrane)
    total = drive + bias
    if not spec.leak_first:
        return mem + total
    if spec.leak.kind == "relax":
        return total - leak_step(ops, spec.leak, total - mem)
    return leak_step(ops, spec.leak, mem) + total
