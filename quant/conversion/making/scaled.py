"""The weights and neurons whose currents meet, as layers on a chip's grid with one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import Peak, Scale, best_clip, input_gain, of_rows, scale_of
from spikelut.quant.conversion.chip_neurons import neurons_of, place_of
from spikelut.quant.conversion.making.made import NEAREST, Quantised, Tuning
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.wanted import Wanted
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.convolution import swapped
from spikelut.quant.weights.layers import (
    QuantConv1d,
    QuantConv2d,
    QuantConvTranspose1d,
    QuantConvTranspose2d,
    QuantLinear,
)

MOST_ROW = 4.0
"""The most doublings by which weights of a row are brought to those of the others."""


def scaled(
    plan: Plan,
    parts: list[Part],
    peaks: Mapping[str, Peak],
    wanted: Wanted,
    modules: dict[str, nn.Module],
    made: Quantised,
    tuning: Tuning = NEAREST,
) -> None:
    """Make the weights and the neurons whose currents meet, with one scale for all; ValueError if none holds them."""
    profile, neurons = wanted.chip(parts), [part for part in parts if part.found is not None]
    where = f"convert: layer {(neurons or parts)[0].title!r}"
    gain = _gain(where, plan, parts, neurons, profile)
    weighted = [part for part in parts if part.weights is not None]
    layers = {part.name: _layer(plan, part, profile, wanted) for part in weighted}
    real = {part.name: of_rows(part.weights.weight, gain) for part in weighted if part.weights is not None}
    bits = next((layer.weight_bits for layer in layers.values()), None)
    rows = None
    if tuning.rows:
        rows = _rows(real, neurons[0], gain, wanted.bits(neurons[0]) or bits, profile, wanted.per_channel, tuning.rows)
        gain = gain * rows
        real = {name: of_rows(w, rows) for name, w in real.items()}
    clips = {
        name: tuning.clip * best_clip(w, layers[name].weight_bits, profile.weight.narrow) for name, w in real.items()
    }
    scale = scale_of(
        where,
        profile,
        _reach(layers, profile),
        max(clips.values(), default=0.0),
        _thresholds(neurons, rows),
        tuning.reach
        * max(
            (peaks[part.name].of(place_of(part).axis if rows is not None else None, rows) for part in neurons),
            default=0.0,
        ),
        _unweighted(where, parts, gain),
    )
    for name, layer in layers.items():
        _load(layer, real[name], clips[name], scale.factor)
        made.scales[name], made.gains[name] = Scale(scale.factor, clips[name]), gain
    modules |= layers
    made.scales |= {p.name: Scale(scale.factor, scale.clip) for p in parts if p.weights is None}
    made.scales |= {p.name: Scale(scale.factor * float(gain), 0.0) for p in parts if p.op == "unweighted"}
    made.chips |= dict.fromkeys((part.name for part in parts), profile)
    for part in neurons:
        factor: Any = scale.factor if rows is None else scale.factor * rows
        modules[part.name] = _neurons(plan, part, profile, factor, gain, bits, wanted, made, tuning)
        if rows is not None:
            made.rows[part.name] = rows
    for name in (*layers, *(part.name for part in neurons)):
        found: Any = modules[name]
        for module in (found, found.neuron, found.linear) if isinstance(found, Recurrent) else (found,):
            # What the layer itself may not tell, as a read-out has no threshold; rates of training follow it.
            module.converted_scale, module.converted_gain = scale.factor, float(torch.as_tensor(gain).mean())


def may_have_rows(plan: Plan, parts: list[Part], profile: Profile) -> bool:
    """Whether each neuron, or channel, of these layers can have a factor of its own for its weights and threshold."""
    neurons = [part for part in parts if part.found is not None]
    if len(neurons) != 1 or neurons[0].found is None or neurons[0].found.reads_out:
        return False
    has = profile.threshold is not None and profile.threshold.per_neuron
    axis = place_of(neurons[0]).axis if has else None
    others = [part for part in parts if part.found is None]
    right = all(p.weights is not None and p.shape == neurons[0].shape for p in others)
    return axis is not None and right and all(p.weights and p.weights.axis(len(p.shape)) == axis for p in others)


def _rows(
    real: Mapping[str, Tensor], neurons: Part, gain: Any, bits: Any, profile: Profile, per_channel: bool, which: str
) -> Tensor:
    """What the weights of each neuron, or channel, are multiplied by, so that all rows have the same best clip.

    Their geometric mean is 1. Where rows have scales, powers of two, of their own it is the nearest of these.
    """
    assert neurons.found is not None  # the caller's case
    found = [w.flatten(1) for w in real.values()] if which != "recurrent" else []
    if neurons.found.recurrent is not None and which != "weights":
        found.append(of_rows(neurons.found.recurrent, gain))
    clips = torch.tensor([best_clip(row, bits, profile.weight.narrow) for row in torch.cat(found, 1)]).double()
    used = clips > 0
    if not bool(used.any()):
        return torch.ones(len(clips), dtype=torch.float64)
    mean = clips[used].log2().mean()
    away = torch.where(used, mean - clips.clamp_min(1e-300).log2(), 0.0).clamp(-MOST_ROW, MOST_ROW)
    return torch.exp2(away - away.round() if per_channel else away)


def _neurons(
    plan: Plan,
    part: Part,
    profile: Profile,
    factor: Any,
    gain: Any,
    bits: Any,
    wanted: Wanted,
    made: Quantised,
    tuning: Tuning,
) -> nn.Module:
    found = part.found
    assert found is not None  # they are neurons
    consumed = any(part.name in other.inputs for other in plan.parts)
    place = place_of(part)
    notes = made.changes.setdefault(part.name, [])
    weights = next((maker.title for maker in plan.currents_of(part.name) if maker.weights is not None), part.title)
    options: dict[str, Any] = {"weights": weights, "last": not consumed, "changes": notes}
    neurons: Any = neurons_of(part, place, profile, factor, wanted.surrogate, **options)
    if found.recurrent is not None:
        neurons = Recurrent(neurons, len(found.recurrent), weight_bits=wanted.bits(part) or bits)
        weight = of_rows(found.recurrent, gain)
        clip = tuning.clip * best_clip(weight, neurons.linear.weight_bits, profile.weight.narrow)
        _load(neurons.linear, weight, clip, made.scales[part.name].factor)
    return neurons  # type: ignore[no-any-return]  # a module


def _reach(layers: Mapping[str, Any], profile: Profile) -> tuple[int, int]:
    """The exponents that the largest weights of all layers can have."""
    reaches = [layer.reach for layer in layers.values()] or [(0, 0)]
    return max(low for low, _ in reaches), min(high for _, high in reaches)


def _gain(where: str, plan: Plan, parts: list[Part], neurons: list[Part], profile: Profile) -> Any:
    """What weights are multiplied by because the chip's neurons divide their input by it: a number, or [N]."""
    gains = [input_gain(part.found.neuron, profile) for part in neurons if part.found is not None]
    if not gains:
        return 1.0
    same = all(torch.equal(torch.as_tensor(gain), torch.as_tensor(gains[0])) for gain in gains)
    message = f"neurons that share a current must have one beta on {profile.name}, which divides it"
    require(same, where, message, [part.title for part in neurons])
    if not isinstance(gains[0], Tensor):
        return float(gains[0])
    alone = len(neurons) == 1 and len(parts) == 2 and plan[neurons[0].inputs[0]].weights is not None
    message = f"neurons of {profile.name} with decays of their own must stand right after weights of their own"
    require(alone, where, message, [part.title for part in parts])
    return gains[0]


def _thresholds(neurons: list[Part], rows: Tensor | None = None) -> Any:
    """The threshold, or of several all, times `rows`; None if there is none."""
    spiking = [part.found.neuron for part in neurons if part.found is not None and not part.found.reads_out]
    values = [torch.as_tensor(neuron.threshold, dtype=torch.float64).flatten() for neuron in spiking]
    if not values:
        return None
    if rows is not None:
        return values[0] * rows
    return spiking[0].threshold if len(values) == 1 else torch.cat(values)


def _unweighted(where: str, parts: list[Part], gain: Any) -> float | None:
    """What events without weights are worth, where there are such."""
    factors = sorted({part.factor * float(gain) for part in parts if part.op == "unweighted"})
    if not factors:
        return None
    message = "spikes that reach neurons without weights must be multiplied by more than 0, and all by the same"
    require(len(factors) == 1 and factors[0] > 0, where, message, factors)
    return factors[0]


def _layer(plan: Plan, part: Part, profile: Profile, wanted: Wanted) -> Any:
    """The layer of weights, with those it was made with."""
    weights = part.weights
    assert weights is not None  # the caller's case
    first, inputs = _is_first(plan, part), weights.inputs
    options: dict[str, Any] = {
        "profile": profile,
        "weight_bits": wanted.bits(part),
        "input_step": wanted.input_step if first else 1.0,
        "per_channel": wanted.per_channel,
        "largest_input": wanted.largest_input if first else None,
        "signed_input": wanted.signed and first,
    }
    if weights.geometry is None:
        return QuantLinear(inputs, len(weights.weight), **options)
    kinds: Any = (QuantConvTranspose1d, QuantConvTranspose2d) if weights.transposed else (QuantConv1d, QuantConv2d)
    kernel = tuple(int(n) for n in weights.weight.shape[2:])
    return kinds[weights.dims - 1](inputs, len(weights.weight), kernel, **weights.geometry, **options)


def _is_first(plan: Plan, part: Part) -> bool:
    """Whether a part takes inputs from outside, or what was made of them without neurons."""
    given = part.inputs[0]
    while given not in plan.inputs:
        before = plan[given]
        if before.found is not None:
            return False
        given = before.inputs[0]
    return True


def _load(layer: Any, weight: Tensor, clip: float, factor: float) -> None:
    name = layer.profile.name
    message = f"weights must be at least 0 on {name}, which has no others"
    require(layer.profile.weight.signed or not bool((weight < 0).any()), "convert", message, "some below it")
    with torch.no_grad():
        real = weight.clamp(-clip, clip) * factor
        layer.weight.copy_(swapped(real, layer.groups) if getattr(layer, "transposed", False) else real)
        if layer.profile.weight.rounding in ("floor", "trunc0"):
            # Weights that are on the grid already are not moved by it.
            unit = layer.quant_weight().scale
            layer.weight.copy_((layer.weight / unit).round() * unit)
