"""The integers of neurons on a profile: registers, leaks, thresholds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from torch import Tensor

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Current, Decay, NumberFormat, Profile, Reset, Threshold
from spikelut.hw_profiles import Step as NeuronStep
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.per_neuron import (
    ByValue,
    Reals,
    is_each,
    read_only,
    reals_of,
    require_each,
    require_per_neuron,
    shown_values,
    whole,
)
from spikelut.quant.dynamics.leak import Leak

MAX_CURRENT = 2**30 - 64


"""The largest magnitude of a synaptic sum: 32-bit arithmetic never overflows by accident, and float32 holds it."""


MAX_WIDE = 2**40


"""The same where registers are so wide that sums are made in 64 bits."""


def needs_int64(*bits: int) -> bool:
    """Whether sums of two registers of so many bits leave 32."""
    return max(bits) > 30


@dataclass(frozen=True, eq=False, repr=False)
class LIFSpec(ByValue, Brief):
    """The integers of one layer of neurons: registers, leak, threshold and order of a time step.

    With the leak first a step is full = register(leak(mem) + register(current)); a spike where full >= threshold (or >
    where `strict`); mem = 0, or register(full - threshold), after a spike, else full.

    - `current`, `membrane`: the registers, whose codes are worth 2**-membrane.frac. `finer`: how many more fraction
      bits synaptic sums have; `membrane.rounding` says how they are rounded to those of the membrane.
    - `bias_with_sum`: a bias is added to the synaptic sum before that is brought into its register, instead of to the
      membrane.
    - `leak`: of the membrane. `leak_first`: leak, add, compare, reset; otherwise add, compare, leak, reset.
    - `change_saturates`: leak and input are summed in a register of the membrane's width before they are added to the
      membrane.
    - `leak_or_reset`: if the leak comes last, a membrane does not leak in a step in which a spike subtracts from it.
    - `threshold`: code; an integer, or an array of one for each neuron; None for a read-out, which never spikes.
    - `reset`: `zero`, or `subtract` for the threshold (brought into `reset_format`); `none` for kinds of neurons that
      lower their membranes in another way.
    - `max_spikes`: spikes in one step; each subtracts the threshold.
    - `read`: where in the step the surrogate reads the membrane.

    ```pycon
    >>> spec = quant.LIFSpec.from_profile(hw_profiles.load("loihi2"), beta=0.9, threshold=1.0, reset="zero")
    >>> spec.leak.amount, spec.threshold, spec.strict, spec.membrane.overflow
    (3686, 262144, True, 'saturate')
    ```
    """

    current: NumberFormat
    membrane: NumberFormat
    leak: Leak
    leak_first: bool
    threshold: Any
    strict: bool
    reset: Reset | Literal["none"]
    reset_format: NumberFormat
    read: str
    change_saturates: bool = False
    max_spikes: int = 1
    finer: int = 0
    leak_or_reset: bool = False
    bias_with_sum: bool = False

    def _parts(self) -> Iterator[str]:
        yield f"leak={self.leak.short_name}"
        if self.threshold is not None:
            yield f"threshold={'>' if self.strict else '>='} {shown_values(self.threshold, 'd')}"
            yield f"reset={self.reset!r}"
            yield f"max_spikes={self.max_spikes}" * (self.max_spikes > 1)
        yield f"membrane={self.membrane.short_name}"
        yield f"current={self.current.short_name}"
        yield "" if self.leak_first else "leak last"

    @classmethod
    def from_profile(
        cls,
        profile: Profile,
        beta: Reals,
        threshold: Reals | None,
        reset: str | None,
        who: str = "LIF",
        max_spikes: int | None = None,
    ) -> "LIFSpec":
        """The integers nearest to a real decay factor `beta` and `threshold` on `profile`.

        Each is one number for the layer, or N, one for each neuron or channel, where the profile says `per_neuron`.
        `threshold` None makes a read-out, with the leak that the chip has for those. `reset` None takes the profile's
        first one; `max_spikes` None takes what a hidden neuron can do. Raises ValueError, in the name of `who`, for
        values that the profile does not offer.
        """
        current, decay, register, step = neuron_of(profile, who)
        if threshold is None and profile.readout_decay is not None:
            decay = profile.readout_decay
        membrane = profile.membrane_format
        betas, levels = reals_of(who, "beta", beta), reals_of(who, "threshold", threshold)
        if is_each(betas) and is_each(levels):
            fits = len(betas) == len(levels)
            require(fits, who, f"threshold must be one number, or {len(betas)}, as beta has", len(levels))
        reset = step.resets[0] if reset is None else reset
        require(reset in step.resets, who, f"reset must be one of {', '.join(step.resets)} on {profile.name}", reset)
        several = step.max_spikes if max_spikes is None else max_spikes
        fits = type(several) is int and 1 <= several <= step.max_spikes
        require(fits, who, f"max_spikes must be an integer in 1..{step.max_spikes} on {profile.name}", several)
        return cls(
            current=current.format(profile.current_frac),
            membrane=membrane,
            leak=Leak.nearest(who, profile.name, decay, betas, membrane),
            leak_first=step.order != "input-compare-leak-reset",
            threshold=None if threshold is None else threshold_code(profile, levels, who),
            strict=register.comparison == ">",
            reset=cast(Reset, reset),
            reset_format=NumberFormat(membrane.bits, membrane.frac, membrane.signed, overflow=step.reset_overflow),
            read=str(profile.table.read),
            change_saturates=step.change_saturates,
            max_spikes=several,
            finer=profile.current_frac - profile.grid.frac,
            leak_or_reset=step.leak_or_reset,
            bias_with_sum=profile.bias is not None and profile.bias.with_sum,
        )

    @property
    def wide(self) -> bool:
        """Whether a sum of two registers needs more than 32 bits."""
        # A register of 32 bits is clipped and wrapped in 64, however few of them the membrane takes.
        return self.current.bits > 31 or needs_int64(self.current.bits - self.finer, self.membrane.bits)

    @property
    def beta(self) -> Any:
        """The decay factor in force."""
        return self.leak.beta

    @property
    def spares(self) -> bool:
        """Whether `leak_or_reset` makes a difference to this layer."""
        one = self.threshold is not None and self.reset == "subtract" and self.max_spikes == 1
        return self.leak_or_reset and one and not self.leak_first

    @property
    def spike_at(self) -> Any:
        """The smallest membrane code that spikes; the surrogate's x is zero there. AttributeError of a read-out."""
        if self.threshold is None:
            raise AttributeError("a read-out has no threshold")
        return self.threshold + self.strict


@dataclass(frozen=True, repr=False)
class SynapseSpec(Brief):
    """The integers of a synaptic current that decays by itself: its register, its leak, and which comes first."""

    register: NumberFormat
    leak: Leak
    input_first: bool

    @classmethod
    def from_profile(cls, profile: Profile, alpha: Reals, who: str) -> "SynapseSpec":
        """The integers nearest to a real decay factor `alpha`, one for the layer or one for each neuron.

        ValueError if the chip's currents do not decay.
        """
        current, _, _, _ = neuron_of(profile, who)
        if profile.current_decay is None:
            raise ValueError(f"{who}: profile must have a current that decays, got {profile.name}")
        register = current.format(profile.grid.frac)
        alpha = reals_of(who, "alpha", alpha)
        leak = Leak.nearest(who, profile.name, profile.current_decay, alpha, register, "alpha")
        return cls(register, leak, current.input_first)


def neuron_of(profile: Profile, who: str = "LIF") -> tuple[Current, Decay, Threshold, NeuronStep]:
    """The neuron arithmetic of `profile`; ValueError if it has none."""
    require_profile(who, profile)
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
    # A membrane that holds no more than the threshold never spikes where it has to exceed it.
    most = profile.membrane_format.max_code - (register.comparison == ">")
    return unit / grid, min(register.max_code, most // unit * unit) / grid


def threshold_code(profile: Profile, threshold: Any, who: str = "LIF") -> Any:
    """The threshold code nearest to a real `threshold`, or int64 [N] of float64 [N].

    ValueError for one that the chip does not have.
    """
    register = neuron_of(profile, who)[2]
    grid, unit = 2.0**profile.grid.frac, 1 << register.shift
    low, high = thresholds(profile)
    message = f"must be in {low:.6g}..{high:.6g} on {profile.name}"
    if not isinstance(threshold, Tensor):  # whose values only a recorded graph will know
        require_per_neuron(who, "threshold", threshold, register.per_neuron, profile.name)
        require_each(who, "threshold", threshold, lambda t: low <= t <= high, message)
    codes = whole(threshold * grid / unit, register.rounding) * unit
    return read_only(codes) if is_each(codes) else codes
