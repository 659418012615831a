"""The integers of neurons that send graded spikes, beside those of their states."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from spikelut._checks import is_finite, require, require_int
from spikelut.hw_profiles import Graded, NumberFormat, Profile
from spikelut.quant.arithmetic.per_neuron import Reals, read_only, reals_of, require_each, whole
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec

GradedKind = Literal["sigma", "delta", "sigma_delta"]


@dataclass(frozen=True)
class GradedSpec:
    """What a layer of sigma, delta or sigma-delta neurons has besides `LIFSpec`, whose `membrane` is their states.

    `LIFSpec.threshold` is what a change must reach to be sent, in codes of a state. Lava's names are in brackets.

    - `kind`: `sigma` adds up, `delta` sends changes, `sigma_delta` does both.
    - `drop_in`: bits by which synaptic sums are finer than states; they are dropped, once per sum (floor).
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


def graded_of(profile: Profile, who: str) -> Graded:
    """What a profile says of graded spikes; ValueError, in the name of `who`, if it has none."""
    if profile.graded is None:
        raise ValueError(f"{who}: profile must have graded spikes, as loihi2 and processors have, got {profile.name}")
    return profile.graded


def state_format(profile: Profile, who: str) -> NumberFormat:
    """The register of a state: its codes are those of synaptic sums without the shift that weights always have."""
    graded = graded_of(profile, who)
    return NumberFormat(graded.state_bits, profile.grid.frac - profile.weight.shift, overflow=graded.overflow)


def drop_of(profile: Profile, message_step: float, who: str) -> int:
    """By how many bits a state is finer than a message worth a real `message_step`; ValueError unless it can be."""
    graded, unit = graded_of(profile, who), state_format(profile, who).step
    low, high = unit, unit * 2**graded.drop_max
    power = is_finite(message_step) and message_step > 0 and math.frexp(message_step)[0] == 0.5
    fits = power and low <= message_step <= high
    message = f"message_step must be a power of two in {low:g}..{high:g} on {profile.name}"
    require(fits, who, message, message_step)
    return round(math.log2(message_step / unit))


def graded_integers(
    profile: Profile,
    kind: GradedKind,
    *,
    threshold: Reals | None = None,
    message_step: float | None = None,
    message_bits: int | None = None,
    cumulative: bool = False,
    relu: bool = False,
    who: str = "GradedSpec",
) -> tuple[LIFSpec, GradedSpec]:
    """The integers of a layer on `profile`, for a real `threshold`, or one for each neuron; None of a decoder.

    The threshold is rounded to a multiple of `message_step`, the real value of one message code. Raises ValueError, in
    the name of `who`, for what the profile does not offer.
    """
    graded, register = graded_of(profile, who), state_format(profile, who)
    drop, code = 0, None
    if threshold is not None:
        assert message_step is not None  # an encoder's
        drop = drop_of(profile, message_step, who)
        code = threshold_in_messages(profile, threshold, drop, who)
    bits = graded.message_bits if message_bits is None else message_bits
    require_int(who, "message_bits", bits, 2, graded.message_bits)
    spec = LIFSpec(
        current=NumberFormat(32, profile.grid.frac, overflow="wrap"),
        membrane=register,
        leak=Leak("none", 0, 0, "floor", register),
        leak_first=True,
        threshold=code,
        strict=False,
        reset="subtract",
        reset_format=register,
        read="after_leak",
    )
    message = NumberFormat(bits, register.frac - drop)
    return spec, GradedSpec(kind, profile.weight.shift, drop, message, cumulative, relu)


def threshold_in_messages(profile: Profile, threshold: Reals, drop: int, who: str) -> Any:
    """A threshold in codes of a state, or one for each neuron, the nearest multiple of a message's code."""
    graded, register = graded_of(profile, who), state_format(profile, who)
    most = min(2 ** (graded.threshold_bits - 1) - 1, register.max_code >> drop)
    unit = register.step * 2**drop
    values = reals_of(who, "threshold", threshold)
    limits = f"must be in 0..{most * unit:g} on {profile.name} with messages of {unit:g}"
    require_each(who, "threshold", values, lambda v: 0 <= v <= most * unit, limits)
    return read_only(whole(values / unit) * 2**drop)
