"""One time step of an integrate-and-fire neuron in the chip's integers.

`lif_step` and `synapse_step` are the only statements of this arithmetic: the NumPy reference, the torch layers, the
ONNX graphs and C for firmware all run them, each with its own `ops` and arrays.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from spikelut._checks import is_finite, require
from spikelut.hw_profiles import Current, Decay, NumberFormat, Profile, Reset, Threshold
from spikelut.hw_profiles import Step as NeuronStep
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.leak import Leak, leak_step

MAX_CURRENT = 2**30 - 64
"""The largest magnitude of a synaptic sum: 32-bit arithmetic never overflows by accident, and float32 holds it."""

MAX_WIDE = 2**40
"""The same where registers are so wide that sums are made in 64 bits."""


def needs_int64(*bits: int) -> bool:
    """Whether sums of two registers of so many bits leave 32."""
    return max(bits) > 30


@dataclass(frozen=True)
class LIFSpec:
    """The integers of one layer of membranes.

    - `current`, `membrane`: registers; codes of 2**-membrane.frac.
    - `leak`: of the membrane. `leak_first`: leak, add, compare, reset; otherwise add, compare, leak, reset.
    - `change_saturates`: leak and input are summed in a register of the membrane's width before they are added to it.
    - `threshold`: code; a spike at `v >= threshold`, or at `v > threshold` where `strict`. An integer, or an array;
      None for a read-out, which never spikes.
    - `reset`: to zero, or subtract the threshold (brought into `reset_format`).
    - `max_spikes`: spikes in one step; each subtracts the threshold.
    - `read`: where in the step the surrogate reads the membrane.
    """

    current: NumberFormat
    membrane: NumberFormat
    leak: Leak
    leak_first: bool
    threshold: Any
    strict: bool
    reset: Reset
    reset_format: NumberFormat
    read: str
    change_saturates: bool = False
    max_spikes: int = 1

    @classmethod
    def from_profile(
        cls,
        profile: Profile,
        beta: float,
        threshold: float | None,
        reset: str | None,
        who: str = "LIF",
        max_spikes: int | None = None,
    ) -> "LIFSpec":
        """The integers nearest to a real `beta` and `threshold` on `profile`.

        `threshold` None makes a read-out, with the chip's leak for those; `reset` None takes the profile's first one,
        `max_spikes` None the number of its neurons that are no outputs.
        """
        current, decay, register, step = neuron_of(profile, who)
        if threshold is None and profile.readout_decay is not None:
            decay = profile.readout_decay
        membrane = profile.membrane_format
        reset = step.resets[0] if reset is None else reset
        require(reset in step.resets, who, f"reset must be one of {', '.join(step.resets)} on {profile.name}", reset)
        several = step.max_spikes if max_spikes is None else max_spikes
        fits = type(several) is int and 1 <= several <= step.max_spikes
        require(fits, who, f"max_spikes must be an integer in 1..{step.max_spikes} on {profile.name}", several)
        return cls(
            current=current.format(profile.grid.frac),
            membrane=membrane,
            leak=Leak.nearest(who, profile.name, decay, beta, membrane),
            leak_first=step.order != "input-compare-leak-reset",
            threshold=None if threshold is None else threshold_code(profile, threshold, who),
            strict=register.comparison == ">",
            reset=cast(Reset, reset),
            reset_format=NumberFormat(membrane.bits, membrane.frac, membrane.signed, overflow=step.reset_overflow),
            read=str(profile.table.read),
            change_saturates=step.change_saturates,
            max_spikes=several,
        )

    @property
    def wide(self) -> bool:
        """Whether sums of two registers leave 32 bits."""
        return needs_int64(self.current.bits, self.membrane.bits)

    @property
    def beta(self) -> Any:
        """The decay factor in force."""
        return self.leak.beta

    @property
    def spike_at(self) -> Any:
        """The smallest membrane code that spikes; the surrogate's x is zero there. AttributeError of a read-out."""
        if self.threshold is None:
            raise AttributeError("a read-out has no threshold")
        return self.threshold + self.strict


@dataclass(frozen=True)
class SynapseSpec:
    """The integers of a synaptic current that decays by itself: its register, its leak, and which comes first."""

    register: NumberFormat
    leak: Leak
    input_first: bool

    @classmethod
    def from_profile(cls, profile: Profile, alpha: float, who: str) -> "SynapseSpec":
        """The integers nearest to a real decay factor `alpha`; ValueError if the chip's currents do not decay."""
        current, _, _, _ = neuron_of(profile, who)
        if profile.current_decay is None:
            raise ValueError(f"{who}: profile must have a current that decays, got {profile.name}")
        register = current.format(profile.grid.frac)
        leak = Leak.nearest(who, profile.name, profile.current_decay, alpha, register)
        return cls(register, leak, current.input_first)


def neuron_of(profile: Profile, who: str = "LIF") -> tuple[Current, Decay, Threshold, NeuronStep]:
    """The neuron arithmetic of `profile`; ValueError if it has none."""
    current, decay, threshold, step = profile.current, profile.decay, profile.threshold, profile.step
    if current is None or decay is None or threshold is None or step is None:
        raise ValueError(f"{who}: profile must have neuron arithmetic, got {profile.name}, which has none")
    return current, decay, threshold, step


def always_decays(profile: Profile) -> bool:
    """Whether every neuron has a synaptic current that decays: the input of a step is added before the decay."""
    return profile.current is not None and profile.current.input_first and profile.current_decay is not None


def thresholds(profile: Profile) -> tuple[float, float]:
    """The smallest and the largest threshold of a profile with neuron arithmetic."""
    register = neuron_of(profile)[2]
    grid, unit = 2.0**profile.grid.frac, 1 << register.shift
    return unit / grid, min(register.max_code, profile.membrane_format.max_code) / grid


def threshold_code(profile: Profile, threshold: float, who: str = "LIF") -> int:
    """The threshold code nearest to a real `threshold`; ValueError for one the chip does not have."""
    grid, unit = 2.0**profile.grid.frac, 1 << neuron_of(profile, who)[2].shift
    low, high = thresholds(profile)
    valid = is_finite(threshold) and low <= threshold <= high
    require(valid, who, f"threshold must be in {low:.6g}..{high:.6g} on {profile.name}", threshold)
    return round(threshold * grid / unit) * unit


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
