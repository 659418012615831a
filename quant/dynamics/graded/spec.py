"""The integers of neurons that send graded spikes, beside those of their states."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from spikelut._checks import is_finite, require, require_int, require_one_of, shown
from spikelut._text import Brief
from spikelut.hw_profiles import Graded, NumberFormat, Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.per_neuron import Reals, read_only, reals_of, require_each, whole
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec

GradedKind = Literal["sigma", "delta", "sigma_delta"]


@dataclass(frozen=True, repr=False)
class GradedSpec(Brief):
    """What a layer of sigma, delta or sigma-delta neurons has besides `LIFSpec`, whose `membrane` is their states.

    `LIFSpec.threshold` is what a change must reach to be sent, in codes of a state. Lava's names are in brackets.

    - `kind`: `sigma` adds up, `delta` sends changes, `sigma_delta` does both.
    - `drop_in`: bits by which what comes in is finer than states; they are dropped, once per sum (floor). Of an encoder
      it is negative where inputs are coarser (`spike_exp` + `state_exp`).
    - `drop`: bits by which states are finer than messages (`state_exp`); each message drops them (floor).
    - `message`: the payload of a graded spike. More than it holds stays in the residue, and is sent later.
    - `cumulative`: not a change is compared with the threshold, but the sum of those since the last one that was sent
      (`cum_error`). `relu`: only what is above zero of sigma and bias counts (`act_mode`).
    """

    kind: GradedKind
    drop_in: int
    drop: int
    message: NumberFormat
    cumulative: bool
    relu: bool

    def __post_init__(self) -> None:
        require_one_of(self, "kind", self.kind, GradedKind)

    def usual(self, profile: Profile, spec: LIFSpec, where: str) -> "GradedSpec":
        """What it must be on `profile`: as it is, where a layer chooses; ValueError for what the profile lacks."""
        graded, encodes = graded_of(profile, where), self.kind != "sigma"
        require_int(where, "drop", self.drop, 0, graded.drop_max if encodes else 0)
        require_int(where, "message.bits", self.message.bits, 2, graded.message_bits)
        drop_in = profile.weight.shift
        if self.kind == "delta":
            drop_in = self.drop_in
            require_int(where, "drop_in", drop_in, -self.drop - graded.drop_max, -self.drop)
        flags = (encodes and self.cumulative is True, self.kind == "sigma_delta" and self.relu is True)
        register = state_format(profile, where)
        return GradedSpec(self.kind, drop_in, self.drop, _message(register, self.message.bits, self.drop), *flags)


def _message(register: NumberFormat, bits: int, drop: int) -> NumberFormat:
    """The payload of messages that are `drop` bits coarser than a state."""
    return NumberFormat(bits, register.frac - drop)


def graded_of(profile: Profile, who: str) -> Graded:
    """What a profile says of graded spikes; ValueError, in the name of `who`, if it has none."""
    require_profile(who, profile)
    if profile.graded is None:
        raise ValueError(f"{who}: profile must have graded spikes, as loihi2 and processors have, got {profile.name}")
    return profile.graded


def state_format(profile: Profile, who: str) -> NumberFormat:
    """The register of a state: its codes are those of synaptic sums without the shift that weights always have."""
    graded = graded_of(profile, who)
    return NumberFormat(graded.state_bits, profile.grid.frac - profile.weight.shift, overflow=graded.overflow)


def coarsest_message(profile: Profile, who: str) -> float:
    """The largest real value that a message's code can have."""
    return float(state_format(profile, who).step * 2 ** graded_of(profile, who).drop_max)


def drop_of(profile: Profile, message_step: float, who: str) -> int:
    """By how many bits a state is finer than a message worth a real `message_step`; ValueError unless it can be."""
    unit, high = state_format(profile, who).step, coarsest_message(profile, who)
    power = is_finite(message_step) and message_step > 0 and math.frexp(message_step)[0] == 0.5
    fits = power and unit <= message_step <= high
    message = f"message_step must be a power of two in {unit:g}..{high:g} on {profile.name}"
    require(fits, who, message, message_step)
    return round(math.log2(message_step / unit))


def graded_integers(
    profile: Profile,
    kind: GradedKind,
    *,
    threshold: Reals | None = None,
    message_step: float | None = None,
    message_bits: int | None = None,
    input_step: float | None = None,
    cumulative: bool = False,
    relu: bool = False,
    who: str = "GradedSpec",
) -> tuple[LIFSpec, GradedSpec]:
    """The integers of a layer on `profile`, for a real `threshold`, or one for each neuron; None of a decoder.

    The threshold is rounded to a multiple of `message_step`, the real value of one message code; `input_step` is that
    of what an encoder takes. Raises ValueError, in the name of `who`, for what the profile does not offer.
    """
    graded, register = graded_of(profile, who), state_format(profile, who)
    drop, code = 0, None
    if threshold is not None:
        if message_step is None:
            raise ValueError(f"{who}: message_step and input_step must be powers of two, got {shown(input_step)}")
        drop = drop_of(profile, message_step, who)
        code = threshold_in_messages(profile, threshold, drop, who)
    bits = graded.message_bits if message_bits is None else message_bits
    require_int(who, "message_bits", bits, 2, graded.message_bits)
    drop_in = profile.weight.shift
    if input_step is not None:
        drop_in = -drop - _shift_of_inputs(register.step * 2**drop, input_step, graded.drop_max, who)
    message = _message(register, bits, drop)
    return states_spec(register, code), GradedSpec(kind, drop_in, drop, message, cumulative, relu)


def _shift_of_inputs(unit: float, input_step: float, most: int, who: str) -> int:
    """By how many bits inputs are coarser than messages of a real `unit`; ValueError unless they can be."""
    power = is_finite(input_step) and input_step > 0 and math.frexp(input_step)[0] == 0.5
    fits = power and unit <= input_step <= unit * 2**most
    message = f"input_step must be a power of two in {unit:g}..{unit * 2**most:g}, from message_step on"
    require(fits, who, message, input_step)
    return round(math.log2(input_step / unit))


def states_spec(register: NumberFormat, threshold: Any) -> LIFSpec:
    """States in a `register`, which nothing leaks from, and what a change must reach to be sent."""
    return LIFSpec(
        current=register,
        membrane=register,
        leak=Leak("none", 0, 0, "floor", register),
        leak_first=True,
        threshold=threshold,
        strict=False,
        reset="subtract",
        reset_format=register,
        read="after_leak",
    )


def threshold_in_messages(profile: Profile, threshold: Reals, drop: int, who: str) -> Any:
    """A threshold in codes of a state, or one for each neuron, the nearest multiple of a message's code."""
    unit = state_format(profile, who).step * 2**drop
    most = largest_threshold(profile, drop, who) >> drop
    values = reals_of(who, "threshold", threshold)
    limits = f"must be in 0..{most * unit:g} on {profile.name} with messages of {unit:g}"
    require_each(who, "threshold", values, lambda v: 0 <= v <= most * unit, limits)
    return read_only(whole(values / unit) * 2**drop)


def largest_threshold(profile: Profile, drop: int, who: str) -> int:
    """The largest threshold in codes of a state."""
    graded, register = graded_of(profile, who), state_format(profile, who)
    most: int = min(2 ** (graded.threshold_bits - 1) - 1, register.max_code >> drop)
    return most << drop
