"""The groups of a profile whose numbers are fixed-point types of the user's choice, for other types."""

from dataclasses import replace
from typing import Any

from spikelut._checks import require
from spikelut.hw_profiles._ap_fixed import ROUNDINGS, ApFixed
from spikelut.hw_profiles._neuron import Current, Decay, ParameterRounding, Register, Step, Threshold, Weight

WHO = "with_precision"
CONSTANTS: dict[str, ParameterRounding] = {"TRN": "floor", "RND_CONV": "half_even"}


def groups_of(profile: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The groups of a `Profile` that are other ones with these types, by name; those that are None stay."""
    chosen = {name: ApFixed.of(value) for name, value in given.items() if value is not None}
    if not chosen:
        return {}
    decay, step, threshold = profile.decay, profile.step, profile.threshold
    fits = profile.software and decay is not None and decay.kind == "multiply"
    fits = fits and step.order == "leak-input-compare-reset" and threshold.comparison == ">="
    message = "profile must have neurons whose types are a choice: product, sum, comparison by >="
    require(fits, WHO, message, profile.name)
    types = _types(profile) | chosen
    membrane, weight = types["membrane"], types["weight"]
    require(0 <= membrane.frac <= 30, WHO, "membrane must have 0 to 30 fraction bits", str(membrane))
    require(membrane.width <= 32, WHO, "membrane must be of at most 32 bits", str(membrane))
    sums = weight.frac + (types["inputs"].frac if "inputs" in types else 0)
    words = ", ".join(f"{name} {value}" for name, value in chosen.items())
    made = {
        "weight": _weight(profile.weight, weight, max(sums, membrane.frac)),
        "membrane": _membrane(profile.membrane, membrane),
        "current": _current(profile.current, membrane, sums),
        "grid": replace(profile.grid, frac=membrane.frac),
        "decay": _decay(decay, types["beta"], membrane),
        "threshold": _threshold(threshold, types["threshold"], membrane),
        "step": _step(step, membrane),
        "bias": _bias(profile.bias, types, sums),
    }
    marked = {}
    for name, group in made.items():
        if group is not None and group != getattr(profile, name):
            group = replace(group, source=f"{group.source}; set by {words}", status="derived")
        marked[name] = group
    return marked


def _types(profile: Any) -> dict[str, ApFixed]:
    """The types that a profile has."""
    grid, weight, register = profile.grid.frac, profile.weight, profile.membrane
    fracs = {
        "weight": (weight.bits, grid - weight.exponent_max if weight.frac is None else weight.frac),
        "beta": (profile.decay.max.bit_length() + 1, profile.decay.frac),
        "threshold": (profile.threshold.bits, grid - profile.threshold.shift),
    }
    if profile.bias is not None:
        fracs["bias"] = (profile.bias.bits, grid - profile.bias.exponent_min)
    types = {name: ApFixed(width, width - frac) for name, (width, frac) in fracs.items()}
    rounding = profile.decay.rounding
    known = rounding in ROUNDINGS.values()
    require(known, WHO, "profile must have a decay that is rounded as a type is", rounding)
    types["membrane"] = ApFixed.named(register.bits, grid, rounding, register.overflow, register.narrow)
    inputs = 0 if profile.current.frac is None else profile.current.frac - types["weight"].frac
    if inputs > 0:
        types["inputs"] = ApFixed(inputs + 1, 1)
    return types


def _weight(group: Weight, weight: ApFixed, sums: int) -> Weight:
    room = sums - weight.frac
    require(0 <= room <= 31, WHO, "weight must have at most the fraction bits of sums, 31 of them", str(weight))
    require(sums <= 30, WHO, "sums, weights times inputs, must have at most 30 fraction bits", sums)
    return replace(
        group,
        bits=weight.width,
        narrow=weight.narrow,
        rounding=weight.rounding,
        exponent_min=0,
        exponent_max=room,
        frac=weight.frac,
    )


def _membrane(group: Register, membrane: ApFixed) -> Register:
    return replace(
        group,
        bits=membrane.width,
        overflow=membrane.overflow,
        narrow=membrane.narrow,
        rounding=membrane.rounding,
    )


def _current(group: Current, membrane: ApFixed, sums: int) -> Current:
    """The register of sums: the membrane's, or, where they are finer, one that they do not leave."""
    if sums > membrane.frac:
        return replace(group, bits=32, overflow="saturate", narrow=False, frac=sums)
    narrow, overflow = membrane.narrow, membrane.overflow
    return replace(group, bits=membrane.width, overflow=overflow, narrow=narrow, frac=None)


def _decay(group: Decay, beta: ApFixed, membrane: ApFixed) -> Decay:
    require(1 <= beta.frac <= 15, WHO, "beta must have 1 to 15 fraction bits", str(beta))
    return replace(
        group,
        frac=beta.frac,
        max=min(2**beta.frac, 2 ** (beta.width - 1) - 1),
        rounding=membrane.rounding,
        overflow=membrane.overflow,
        factor_rounding=_constant("beta", beta),
    )


def _threshold(group: Threshold, threshold: ApFixed, membrane: ApFixed) -> Threshold:
    finer = max(0, threshold.frac - membrane.frac)
    return replace(
        group,
        bits=threshold.width - finer,
        shift=max(0, membrane.frac - threshold.frac),
        rounding=_constant("threshold", threshold),
    )


def _step(group: Step, membrane: ApFixed) -> Step:
    return replace(group, reset_overflow=membrane.overflow)


def _bias(group: Any, types: dict[str, ApFixed], sums: int) -> Any:
    """The bias, on the membrane's grid, or, of a coarser type, on its own; None where 32 bits do not hold sum and bias.

    The library adds it to the sum. Where that wraps and is rounded down, or halves up, it comes to the same after it.
    """
    if group is None:
        return None
    membrane, bias = types["membrane"], types["bias"]
    coarser = membrane.frac - bias.frac
    apart = membrane.overflow == "wrap" and (sums <= membrane.frac or membrane.rounding in ("floor", "half_up"))
    if not apart and bias.integer + max(sums, membrane.frac) > 30:
        return None
    return replace(
        group,
        bits=bias.width + min(0, coarser),
        exponent_min=max(0, coarser),
        exponent_max=max(0, coarser),
        rounding=_constant("bias", bias),
        with_sum=not apart,
    )


def _constant(name: str, given: ApFixed) -> ParameterRounding:
    fits = given.quantisation in CONSTANTS
    require(fits, WHO, f"{name} must be rounded by {' or '.join(CONSTANTS)}", str(given))
    return CONSTANTS[given.quantisation]
