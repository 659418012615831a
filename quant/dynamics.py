"""One time step of a leaky integrate-and-fire neuron in the chip's integers.

`lif_step` is the only statement of this arithmetic: the NumPy reference, the torch layers and the ONNX graphs all run
it, each with its own `ops` and arrays.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from spikelut._checks import is_finite, require
from spikelut.hw_profiles import Current, Decay, NumberFormat, Profile, Reset, Rounding, Threshold
from spikelut.hw_profiles import Step as NeuronStep
from spikelut.quant.fixed_point import apply_overflow
from spikelut.quant.rounding import multiply_shift, round_shift

MAX_CURRENT = 2**30 - 64
"""The largest magnitude of a synaptic sum: 32-bit arithmetic never overflows by accident, and float32 holds it."""


@dataclass(frozen=True)
class LIFSpec:
    """The integers of one LIF layer.

    - `current`, `membrane`: registers; codes of 2**-membrane.frac.
    - `leak_first`: leak, add, compare, reset; otherwise add, compare, leak, reset.
    - `decay_by_shift`: v - round(v / 2**decay_shift); otherwise round(v * decay_factor / 2**decay_shift), brought into
      `leak_format`.
    - `threshold`: code; a spike at `v >= threshold`, or at `v > threshold` where `strict`.
    - `reset`: to zero, or subtract the threshold (brought into `reset_format`).
    - `read`: where in the step the surrogate reads the membrane.
    """

    current: NumberFormat
    membrane: NumberFormat
    leak_first: bool
    decay_by_shift: bool
    decay_factor: int
    decay_shift: int
    decay_rounding: Rounding
    leak_format: NumberFormat
    threshold: int
    strict: bool
    reset: Reset
    reset_format: NumberFormat
    read: str

    def __post_init__(self) -> None:
        for name in ("current", "membrane"):
            bits = getattr(self, name).bits
            require(bits <= 30, "LIF", f"{name} registers are supported up to 30 bits", bits)

    @classmethod
    def from_profile(cls, profile: Profile, beta: float, threshold: float, reset: str | None) -> "LIFSpec":
        """The integers nearest to a real `beta` and `threshold` on `profile`; `reset` None takes its first one."""
        current, decay, register, step = neuron_of(profile)
        membrane = profile.membrane_format
        reset = step.resets[0] if reset is None else reset
        require(reset in step.resets, "LIF", f"reset must be one of {', '.join(step.resets)} on {profile.name}", reset)
        factor, shift = _decay(profile.name, decay, beta)
        return cls(
            current=current.format(profile.grid.frac),
            membrane=membrane,
            leak_first=step.order == "leak-input-compare-reset",
            decay_by_shift=decay.kind == "shift",
            decay_factor=factor,
            decay_shift=shift,
            decay_rounding=decay.rounding,
            leak_format=NumberFormat(membrane.bits, membrane.frac, overflow=decay.overflow),
            threshold=_threshold(profile, register, threshold),
            strict=register.comparison == ">",
            reset=cast(Reset, reset),
            reset_format=NumberFormat(membrane.bits, membrane.frac, overflow=step.reset_overflow),
            read=str(profile.table.read),
        )

    @property
    def beta(self) -> float:
        """The decay factor in force."""
        return 1 - 2.0**-self.decay_shift if self.decay_by_shift else self.decay_factor * 2.0**-self.decay_shift

    @property
    def spike_at(self) -> int:
        """The smallest membrane code that spikes; the surrogate's x is zero there."""
        return self.threshold + self.strict


def neuron_of(profile: Profile) -> tuple[Current, Decay, Threshold, NeuronStep]:
    """The neuron arithmetic of `profile`; ValueError if it has none, or one that LIF does not compute."""
    current, decay, threshold, step = profile.current, profile.decay, profile.threshold, profile.step
    if current is None or decay is None or threshold is None or step is None:
        raise ValueError(f"LIF: profile must have neuron arithmetic, got {profile.name}, which has none")
    kinds = decay.kind in ("multiply", "shift") and not decay.minimum_step
    shown = f"{decay.kind}{' with a minimum step' if decay.minimum_step else ''} on {profile.name}"
    require(kinds, "LIF", "decay must be multiply or shift", shown)
    require(step.order != "event-compare-reset", "LIF", "the order must compare once per step", profile.name)
    require(step.max_spikes == 1, "LIF", "profile must spike at most once per step", step.max_spikes)
    return current, decay, threshold, step


def _decay(name: str, decay: Decay, beta: float) -> tuple[int, int]:
    """Factor and shift nearest to `beta`; the factor of a decay by shift is unused and 0."""
    if decay.kind == "shift":
        low, high = 1 - 2.0**-decay.min, 1 - 2.0**-decay.max
    else:
        low, high = decay.min * 2.0**-decay.frac, decay.max * 2.0**-decay.frac
    valid = is_finite(beta) and low <= beta <= high
    require(valid, "LIF", f"beta must be in {low:.6g}..{high:.6g} on {name}", beta)
    if decay.kind == "shift":
        return 0, min(range(decay.min, decay.max + 1), key=lambda k: abs(1 - 2.0**-k - beta))
    return round(beta * 2**decay.frac), decay.frac


def _threshold(profile: Profile, register: Threshold, threshold: float) -> int:
    """The threshold code nearest to `threshold`."""
    grid, unit = 2.0**profile.grid.frac, 1 << register.shift
    low, high = unit / grid, min(register.max_code, profile.membrane_format.max_code) / grid
    valid = is_finite(threshold) and low <= threshold <= high
    require(valid, "LIF", f"threshold must be in {low:.6g}..{high:.6g} on {profile.name}", threshold)
    return round(threshold * grid / unit) * unit


class Step(NamedTuple):
    """The outcome of a time step."""

    mem: Any
    """Membrane codes after the step."""
    spikes: Any
    """Truth values."""
    x: Any
    """Membrane codes above `spike_at` at the point where the surrogate reads them."""
    mem_passes: Any
    """Where the membrane did not saturate: the gradient passes there, and is zero elsewhere."""
    current_passes: Any
    """The same of the synaptic sum's own register."""


def lif_step(ops: Any, spec: LIFSpec, mem: Any, current: Any) -> Step:
    """One step from membrane codes `mem` and synaptic sums `current`, at most MAX_CURRENT in magnitude."""
    drive = apply_overflow(ops, current, spec.current)
    exact = (_leak(ops, spec, mem) if spec.leak_first else mem) + drive
    full = apply_overflow(ops, exact, spec.membrane)
    compared = full - spec.spike_at
    spikes = ops.spike(compared)
    leaked = full if spec.leak_first else _leak(ops, spec, full)
    if spec.reset == "zero":
        after = ops.where(spikes, 0, leaked)
    else:
        after = ops.where(spikes, apply_overflow(ops, leaked - spec.threshold, spec.reset_format), leaked)
    read = {"before_leak": full, "after_leak": leaked, "after_reset": after}[spec.read]
    mem_passes, current_passes = _passes(exact, full, spec.membrane), _passes(current, drive, spec.current)
    return Step(after, spikes, read - spec.spike_at, mem_passes, current_passes)


def _passes(before: Any, after: Any, fmt: NumberFormat) -> Any:
    # A wrapped register is differentiated straight through: its comparison is with itself, true everywhere.
    return (before if fmt.overflow == "wrap" else after) == before


def _leak(ops: Any, spec: LIFSpec, mem: Any) -> Any:
    if spec.decay_by_shift:
        return mem - round_shift(ops, mem, spec.decay_shift, spec.decay_rounding)
    leaked = multiply_shift(ops, mem, spec.decay_factor, spec.decay_shift, spec.decay_rounding)
    # Only a factor above one can leave the register.
    grows = spec.decay_factor > 2**spec.decay_shift
    return apply_overflow(ops, leaked, spec.leak_format) if grows else leaked
