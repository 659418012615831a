"""One time step of an integrate-and-fire neuron in the chip's integers.

`lif_step` and `synapse_step` are the only statements of this arithmetic: the NumPy reference, the torch layers, the
ONNX graphs and C for firmware all run them, each with its own `ops` and arrays.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.leak import leak_step
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


class Step(NamedTuple):
    """The outcome of a time step."""

    mem: Any
    """Membrane codes after the step."""
    spikes: Any
    """Truth values; where a step can give several, their number."""
    x: Any
    """Membrane codes above `spike_at` (of several thresholds, the nearest) at the point where the surrogate reads."""
    mem_passes: Any
    """Where the membrane did not saturate: the gradient passes there, and is zero elsewhere. True: everywhere."""
    current_passes: Any
    """The same of the synaptic sum's own register."""
    full: Any
    """Membrane codes that were compared with the threshold."""


def lif_step(ops: Any, spec: LIFSpec, mem: Any, current: Any, bias: Any = 0) -> Step:
    """One step from membrane codes `mem`, synaptic sums `current`, at most MAX_CURRENT in magnitude, and a `bias`."""
    drive = apply_overflow(ops, current, spec.current)
    exact = _summed(ops, spec, mem, drive, bias)
    full = apply_overflow(ops, exact, spec.membrane)
    mem_passes, current_passes = _passes(exact, full, spec.membrane), _passes(current, drive, spec.current)
    leaked = full if spec.leak_first else leak_step(ops, spec.leak, full)
    if spec.threshold is None:
        return Step(leaked, None, None, mem_passes, current_passes, full)
    spikes, x = _fire(ops, spec, full)
    if spec.max_spikes > 1:
        after = leaked - spikes * spec.threshold
    elif spec.reset == "zero":
        after = ops.where(spikes, 0, leaked)
    else:
        after = ops.where(spikes, apply_overflow(ops, leaked - spec.threshold, spec.reset_format), leaked)
    # With several spikes x is that of the nearest threshold, read before the subtractions.
    read = {"before_leak": full, "after_leak": leaked, "after_reset": after}[spec.read] - spec.spike_at
    return Step(after, spikes, read if spec.max_spikes == 1 else x, mem_passes, current_passes, full)


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


def _fire(ops: Any, spec: LIFSpec, full: Any) -> tuple[Any, Any]:
    """Spikes, and the membrane above the nearest of the thresholds that count."""
    if spec.max_spikes == 1:
        compared = full - spec.spike_at
        return ops.spike(compared), compared
    threshold = spec.threshold
    count = ops.clip(ops.divide(full - int(spec.strict), threshold), 0, spec.max_spikes)
    nearest = ops.clip(ops.divide(full + threshold // 2, threshold), 1, spec.max_spikes)
    return count, full - int(spec.strict) - nearest * threshold


def synapse_step(ops: Any, spec: SynapseSpec, syn: Any, arriving: Any) -> tuple[Any, Any]:
    """The current after a step in which `arriving` came in, and where its register passes gradients."""
    if spec.input_first:
        exact = syn + arriving
        full = apply_overflow(ops, exact, spec.register)
        return leak_step(ops, spec.leak, full), _passes(exact, full, spec.register)
    exact = leak_step(ops, spec.leak, syn) + arriving
    full = apply_overflow(ops, exact, spec.register)
    return full, _passes(exact, full, spec.register)


def add_events(ops: Any, register: NumberFormat, state: Any, weights: Any, counts: Any) -> Any:
    """`state` [..., N] after events source by source, each brought into `register` before the next.

    `weights` [sources, N] in codes of the state, `counts` [..., sources] how often each source came. Events of one
    source have one sign, so that adding them at once saturates, or wraps, as adding them one by one does.
    """
    for source in range(len(weights)):
        state = apply_overflow(ops, state + weights[source] * counts[..., source, None], register)
    return state


def event_step(ops: Any, spec: LIFSpec, mem: Any, weights: Any, counts: Any) -> Step:
    """A time step of a chip that compares after every event: the sources in order, then the leak.

    `weights` [sources, N], `counts` [..., sources] of 0 and 1. Spikes are counted; x is the largest of the step.
    """
    still = replace(spec, leak=replace(spec.leak, kind="none"), leak_first=True, read="after_leak")
    spikes, x, passes = 0, None, None
    for source in range(len(weights)):
        step = lif_step(ops, still, mem, weights[source] * counts[..., source, None])
        # Without an event nothing is compared.
        happened = counts[..., source, None] > 0
        mem = ops.where(happened, step.mem, mem)
        spikes = spikes + step.spikes * happened
        x = step.x if x is None else ops.where(step.x > x, step.x, x)
        passes = step.mem_passes if passes is None else passes & step.mem_passes
    end = lif_step(ops, replace(spec, leak_first=True, read="after_leak"), mem, mem * 0)
    return Step(end.mem, spikes + end.spikes * 1, x, passes, end.current_passes, end.full)


def _passes(before: Any, after: Any, fmt: NumberFormat) -> Any:
    # A wrapped register is differentiated straight through.
    return True if fmt.overflow == "wrap" else after == before
