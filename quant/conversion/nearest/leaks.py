"""The neuron nearest to a float network's that a chip has: one leak for two, decays that it offers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from spikelut.hw_profiles import Decay, NumberFormat, Profile
from spikelut.quant.arithmetic.per_neuron import shown_values
from spikelut.quant.conversion.neuron_values import Found
from spikelut.quant.conversion.wanted import named
from spikelut.quant.dynamics.leak import Leak, betas
from spikelut.quant.dynamics.spec import always_decays
from spikelut.quant.neurons.float_lif import FloatLIF


def replaced_on(profile: Profile | Mapping[str, Profile]) -> Callable[[str, Found], Found]:
    """What gives, for neurons of a layer by its name, the nearest of its chip; the same where no chip is given."""

    def nearest(title: str, found: Found) -> Found:
        chip = named(profile, title) if isinstance(profile, Mapping) else profile
        return found if chip is None else nearest_neurons(found, chip)

    return nearest


def nearest_neurons(found: Found, profile: Profile) -> Found:
    """Neurons with the leaks that `profile` has; their input is multiplied by what makes up for the change.

    Two leaks, alpha of a synaptic current and beta of the membrane, and one leak b answer an input event with the same
    sum of membranes over time, at the same mean delay, where

        b = 1 - (1 - alpha) (1 - beta) / (1 - alpha beta),  input * 1 / (1 - alpha beta)

    and a decay factor that is out of reach becomes the nearest within, with the input times (1 - new) / (1 - old).
    """
    before, changes = found.neuron, list[str]()
    if profile.step is None or profile.step.order == "event-compare-reset":
        return found  # refused by who makes the layer
    alpha, beta, gain = _as_many_leaks(before, profile, changes)
    current = None if profile.current is None else profile.current.format(profile.grid.frac)
    if alpha is not None and current is not None:
        alpha, gain = _within("alpha", alpha, gain, profile.current_decay, current, changes)
    decay = (profile.readout_decay if found.reads_out else None) or profile.decay
    beta, gain = _within("beta", beta, gain, decay, profile.membrane_format, changes)
    if not changes:
        return found
    made = copy.deepcopy(before)
    made.alpha, made.beta = alpha, beta
    if made.bias is not None:  # of the membrane, which is to come to as much by it
        share = torch.as_tensor(_kept(before.beta, beta), dtype=made.bias.dtype)
        made.bias = nn.Parameter(made.bias.detach() * share)
    return found._replace(
        neuron=made,
        recurrent=None if found.recurrent is None else found.recurrent * _rows(gain),
        bias=None if found.bias is None else found.bias * gain,
        gain=found.gain * gain,
        changes=(*found.changes, *(f"{change} ({profile.name} has no other)" for change in changes)),
        exact=False,
    )


def _as_many_leaks(neuron: FloatLIF, profile: Profile, changes: list[str]) -> tuple[Any, Any, Any]:
    """Decay factors of the current (None: there is none) and of the membrane, and a gain, on a chip of such neurons."""
    alpha, beta = neuron.alpha, neuron.beta
    if alpha is not None and profile.current_decay is None:
        gain = 1 / (1 - alpha * beta)
        one = 1 - (1 - alpha) * (1 - beta) * gain
        shown = " and ".join(shown_values(_array(value), "g") for value in (alpha, beta))
        changes.append(
            f"the leaks of synaptic current and membrane, {shown}, became one, {shown_values(_array(one), 'g')}"
        )
        return None, one, gain
    if alpha is None and always_decays(profile):
        decay, register = profile.current_decay, profile.membrane_format
        assert decay is not None  # it always decays
        least = next(a for k in range(64) if (a := Leak.rounded(decay, k / 64, register).beta) > 0)
        rest = 1 - least
        lost = torch.as_tensor(1 - beta, dtype=torch.float64).clamp(max=rest)
        left: Any = (rest - lost) / (rest - lost * least)
        left = left if left.ndim else float(left)
        change = f"the leak {shown_values(_array(beta), 'g')} became two, {least:g} of a synaptic current"
        changes.append(f"{change} and {shown_values(_array(left), 'g')} of the membrane")
        return least, left, 1 - least * left
    return alpha, beta, 1.0


def _within(
    name: str, value: Any, gain: Any, decay: Decay | None, register: NumberFormat, changes: list[str]
) -> tuple[Any, Any]:
    """A decay factor that a chip has, and the gain times what makes up for the change."""
    own = isinstance(value, Tensor)
    if decay is None or (own and not decay.per_neuron):
        return value, gain  # refused by who makes the layer
    try:
        Leak.nearest("", "", decay, _array(value), register)
        return value, gain
    except ValueError:
        low, high = betas(decay, register)
        there = Leak.rounded(decay, _array(value).clip(low, high) if own else min(max(value, low), high), register).beta
    new: Any = torch.as_tensor(there, dtype=torch.float64) if own else float(there)
    changes.append(f"{name} {shown_values(_array(value), 'g')} became {shown_values(_array(new), 'g')}")
    return new, gain * (1.0 if decay.kind in ("none", "linear") else _kept(value, new))


def _kept(old: Any, new: Any) -> Any:
    """By what an input is multiplied that is to come to as much with another decay factor; 1 where it never decays."""
    was, now = 1 - torch.as_tensor(old, dtype=torch.float64), 1 - torch.as_tensor(new, dtype=torch.float64)
    share = torch.where((was > 0) & (now > 0), now / was, torch.ones_like(was))
    return share if share.ndim else float(share)


def _rows(gain: Any) -> Any:
    return gain.reshape(-1, 1) if isinstance(gain, Tensor) else gain


def _array(value: Any) -> Any:
    return value.numpy() if isinstance(value, Tensor) else value
