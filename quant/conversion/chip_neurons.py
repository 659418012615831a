"""A chip's neurons for those of a float network, and where their own values lie."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.currents import line_of
from spikelut.quant.conversion.neuron_values import Found
from spikelut.quant.conversion.plan import Part
from spikelut.quant.dynamics.bias import clipped_biases
from spikelut.quant.dynamics.leak import betas, input_share
from spikelut.quant.dynamics.spec import always_decays, neuron_of
from spikelut.quant.neurons.float_lif import FloatLIF
from spikelut.quant.neurons.lif import LI, LIF, CubaLIF
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate

NEARLY_NOTHING = 2.0**-8
"""The most of a membrane that a read-out may keep which is to keep nothing."""


class Place(NamedTuple):
    """Where channels lie, as a dimension after time and batch, or None if each value is one; what is added to each."""

    axis: int | None
    bias: Tensor | None


def place_of(part: Part) -> Place:
    """The dimension on which what is added depends; ValueError if neurons' own numbers depend on another."""
    found = part.found
    assert found is not None  # they are neurons
    if part.bias is None:
        return Place(found.axis, None)
    for axis in (found.axis,) if found.has_own else dict.fromkeys((0, len(part.shape) - 1)):
        line = line_of(part.bias.expand(part.shape), axis)
        if line is not None:
            return Place(axis, line)
    where, message = f"convert: layer {part.title!r}", "what is added must be one number for each channel, as beta is"
    require(not found.has_own, where, message, list(part.shape))
    return Place(None, part.bias.expand(part.shape).flatten())


def _require_own(where: str, neuron: FloatLIF, profile: Profile) -> None:
    """ValueError for values of each neuron's own where the chip has one for a layer."""
    groups = {"beta": profile.decay, "alpha": profile.current_decay, "threshold": profile.threshold}
    for name, group in groups.items():
        value = getattr(neuron, name)
        if isinstance(value, Tensor) and not (group is not None and group.per_neuron):
            got = f"{len(value)} in {float(value.min()):g}..{float(value.max()):g}"
            raise ValueError(f"{where}: {name} must be one number for the layer on {profile.name}, got {got}")


def neurons_of(
    part: Part,
    place: Place,
    profile: Profile,
    factor: float,
    surrogate: Surrogate | LUTSurrogate | None,
    *,
    weights: str,
    last: bool,
    changes: list[str],
) -> Any:
    """The chip's neurons for those of a part, of the `last` ones its output neurons; appends what is different.

    `weights`: the layer that a bias comes from, for messages.
    """
    found, where = part.found, f"convert: layer {part.title!r}"
    assert found is not None  # they are neurons
    neuron = found.neuron
    _require_own(where, neuron, profile)
    bias = _membrane_bias(where, place, found, profile, changes)
    if bias is not None and profile.bias is None and bool((bias == 0).all()):
        bias = None
    if bias is not None and profile.bias is None:
        allowed = f"must have no bias, which {profile.name} has not; use an input that is always on"
        raise ValueError(f"convert: layer {weights!r}: {allowed}, got one of up to {float(bias.abs().max()):g}")
    options: dict[str, Any] = {"beta": neuron.beta, "bias": None if bias is None else len(bias)}
    if neuron.alpha is not None:
        options["alpha"] = neuron.alpha
    if neuron.surrogate is None:
        if part.adds_bias:
            options["beta"] = _least_beta(where, profile)
        made: Any = LI(profile, **options)
    else:
        curve = neuron.surrogate.analytic if isinstance(neuron.surrogate, LUTSurrogate) else neuron.surrogate
        slope = surrogate or LUTSurrogate(curve, profile, saturate=True)
        options |= {"threshold": neuron.threshold * factor, "reset": _reset(neuron, profile, changes)}
        options["max_spikes"] = _max_spikes(neuron, profile, last, changes)
        made = (LIF if neuron.alpha is None else CubaLIF)(profile, slope, **options)
    if bias is not None:
        with torch.no_grad():
            made.bias.copy_(bias * factor)
        if beyond := clipped_biases(made.bias, profile):
            changes.append(f"{beyond} of {len(bias)} biases are clipped to the largest that {profile.name} has")
    return made


def _least_beta(where: str, profile: Profile) -> float:
    """The least of a read-out, which is to keep nothing."""
    decay = profile.readout_decay or neuron_of(profile, "LI")[1]
    least = 1.0 if always_decays(profile) else betas(decay, profile.membrane_format)[0]
    message = (
        f"must have no bias without neurons after it, as read-outs of {profile.name} keep some of their membrane: "
        "bias=False, and add it where outputs are read"
    )
    require(least <= NEARLY_NOTHING, where, message, f"a least beta of {least:g}")
    return least


def _membrane_bias(where: str, place: Place, found: Found, profile: Profile, changes: list[str]) -> Tensor | None:
    """What is added to the membranes in every step, on a chip that adds a bias there; None for nothing."""
    neuron = found.neuron
    gain = 1 / input_share(profile.decay, neuron.beta)
    own = neuron.bias
    require(own is None or place.axis == 0, where, "must have its bias on the first dimension after time and batch", 1)
    parts = [] if own is None else [own.detach().cpu().to(torch.float64) * gain]
    if place.bias is not None:
        decays = neuron.alpha is not None and bool((torch.as_tensor(neuron.alpha) < 1).any())
        to_current = decays and bool((place.bias != 0).any())
        if to_current:
            changes.append("the bias goes to the membrane, as much as the current comes to that it went to")
        alpha = 0.0 if neuron.alpha is None else neuron.alpha
        parts.append(place.bias * (gain / (1 - alpha) if to_current else gain))
    return sum(parts[1:], parts[0]) if parts else None


def _reset(neuron: FloatLIF, profile: Profile, changes: list[str]) -> str:
    """The reset on the chip; what is different there is noted."""
    step = profile.step
    if step is None:
        raise ValueError(f"convert: profile must have neuron arithmetic, got {profile.name}, which has none")
    reset: str = neuron.reset if neuron.reset in step.resets else step.resets[0]
    if reset != neuron.reset:
        changes.append(f"reset {neuron.reset} became {reset}, the one {profile.name} has")
    if reset == neuron.reset == "subtract" and step.order != neuron.order:
        changes.append(f"the threshold is subtracted in the order {step.order}, not {neuron.order}")
    if reset == neuron.reset == "subtract" and step.leak_or_reset:
        changes.append("a membrane from which the threshold is subtracted does not leak in that step")
    return reset


def _max_spikes(neuron: FloatLIF, profile: Profile, last: bool, changes: list[str]) -> int:
    """How often the chip's neurons spike in a step; what is different there is noted."""
    assert profile.step is not None  # as `_reset` required
    step = profile.step
    most = step.output_spikes if last else step.max_spikes
    if most != step.max_spikes:
        changes.append(f"up to {most} spikes in a step, as outputs of {profile.name} have, not {step.max_spikes}")
    elif most != neuron.max_spikes:
        changes.append(f"up to {most} spikes in a step, not {neuron.max_spikes}")
    return most
