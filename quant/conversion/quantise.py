"""The plan of a float network as layers on a chip's grid."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import Peak, Scale, best_clip, input_gain, of_rows, scale_of
from spikelut.quant.conversion.chip_neurons import Place, neurons_of, place_of
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.conversion.wanted import Wanted
from spikelut.quant.network.delays.axons import check_delays
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.convolution import swapped
from spikelut.quant.weights.delay import Delay
from spikelut.quant.weights.layers import (
    QuantConv1d,
    QuantConv2d,
    QuantConvTranspose1d,
    QuantConvTranspose2d,
    QuantLinear,
)
from spikelut.quant.weights.pooling import MaxPool1d, MaxPool2d, Repeat, SumPool1d, SumPool2d
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import GraphModule, module_of

MOST_ROW = 4.0
"""The most doublings by which weights of a row are brought to those of the others."""
CHAINED = (MaxPool1d, MaxPool2d, SumPool1d, SumPool2d, Repeat, Delay, nn.Flatten)
"""Layers without weights of a chain that is a Sequential."""


@dataclass
class Quantised:
    """The layers that were made: `calls` in their order, by name the `scales` of parts, and notes on neurons.

    `gains`: what weights were multiplied by because the chip's neurons divide their input. `renamed`: which call gives
    what a part does, where it is not that of its name.
    """

    calls: list[Call] = field(default_factory=list)
    scales: dict[str, Scale] = field(default_factory=dict)
    gains: dict[str, Any] = field(default_factory=dict)
    chips: dict[str, Profile] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Tensor] = field(default_factory=dict)

    def take(self, modules: Mapping[str, nn.Module], others: Quantised) -> None:
        """Put these layers, and how they were made, in the place of those with the same names."""
        self.calls = [replace(call, module=modules.get(call.name, call.module)) for call in self.calls]
        self.scales |= others.scales
        self.gains |= others.gains
        self.changes |= others.changes
        for name in modules:
            self.rows.pop(name, None)
        self.rows |= others.rows


@dataclass(frozen=True)
class Tuning:
    """How layers are made otherwise than by rounding to nearest.

    `clip`: over the one with the least squared error. `rows`: whose weights are to use all codes in each row, those of
    "weights", "recurrent" ones, or "both"; "" for no factors of rows. `reach`: the share of the way to the membranes'
    peak that the register must hold; what lies beyond saturates, and what is left has finer codes.
    """

    clip: float = 1.0
    rows: str = ""
    reach: float = 1.0


NEAREST = Tuning()


def quantised(plan: Plan, peaks: Mapping[str, Peak], wanted: Wanted) -> tuple[nn.Module, Quantised]:
    """The trainable model, and how it was made; `peaks`: by name of neurons, how far their membranes reach."""
    wanted.check_names(plan)
    made = Quantised()
    modules: dict[str, nn.Module] = {}
    for meeting in plan.scales:
        scaled(plan, [part for part in plan.parts if part.name in meeting], peaks, wanted, modules, made)
    for part in plan.parts:
        _append(plan, part, modules.get(part.name), made)
    return assembled(plan, made), made


def assembled(plan: Plan, made: Quantised) -> nn.Module:
    """The model of the layers that were made."""
    return _model(plan, made, {key: made.renamed.get(name, name) for key, (name, _) in plan.outputs.items()})


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
    first, inputs = is_first(plan, part), weights.inputs
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


def is_first(plan: Plan, part: Part) -> bool:
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


def _append(plan: Plan, part: Part, module: nn.Module | None, made: Quantised) -> None:
    """Append the call of a part; of neurons whose channels do not come first, between rearrangements."""
    inputs = tuple(made.renamed.get(name, name) for name in part.inputs)
    if part.found is not None:
        place = place_of(part)
        if place.axis != 0:
            _between(part, place, inputs, module, made)
            return
    if part.weights is not None or part.found is not None:
        made.calls.append(Call(part.name, "module", inputs, part.shape, part.where, module))
        return
    arguments, op = dict(part.arguments), part.op
    if op == "unweighted":
        op, arguments = (
            "currents",
            {"factor": part.factor * made.scales[part.name].factor, "profile": made.chips[part.name]},
        )
    if op == "delay":
        arguments["profile"] = _chip_near(plan, part, made)
        check_delays(f"convert: layer {part.title!r}", tuple(arguments["delays"]), arguments["profile"])
    given = part.inputs[0]
    rank = len(plan.inputs[given] if given in plan.inputs else plan[given].shape)
    made.calls.append(Call(part.name, op, inputs, part.shape, part.where, module_of(op, arguments, rank), arguments))


def _chip_near(plan: Plan, part: Part, made: Quantised) -> Profile:
    """The chip of the neurons whose spikes a part takes; of an input that of the first who take it."""
    reached = {part.name}
    given = part.inputs[0]
    while given not in plan.inputs:
        if given in made.chips:
            return made.chips[given]
        given = plan[given].inputs[0]
    for other in plan.parts:
        if reached.intersection(other.inputs):
            reached.add(other.name)
            if other.name in made.chips:
                return made.chips[other.name]
    return next(iter(made.chips.values()))


def _between(part: Part, place: Place, inputs: tuple[str, ...], module: nn.Module | None, made: Quantised) -> None:
    names, rank = (f"{part.name}_in", part.name, f"{part.name}_out"), len(part.shape)
    shape: tuple[int, ...]
    there: dict[str, Any]
    if place.axis is None:
        op, shape = "reshape", (prod(part.shape),)
        there, back = {"shape": shape}, {"shape": part.shape}
    else:
        axes = (place.axis, *(i for i in range(rank) if i != place.axis))
        op, shape = "transpose", tuple(part.shape[i] for i in axes)
        there, back = {"axes": axes}, {"axes": tuple(axes.index(i) for i in range(rank))}
    made.calls.append(Call(names[0], op, inputs, shape, part.where, module_of(op, there, rank), there))
    made.calls.append(Call(names[1], "module", names[:1], shape, part.where, module))
    made.calls.append(Call(names[2], op, names[1:2], part.shape, part.where, None, back))
    made.renamed[part.name] = names[2]


def _model(plan: Plan, made: Quantised, outputs: dict[str, str]) -> nn.Module:
    """A Sequential of a chain, else the graph."""
    before, chain = next(iter(plan.inputs)), True
    for i, call in enumerate(made.calls):
        known = call.op == "module" or (i > 0 and isinstance(call.module, CHAINED))
        chain = chain and known and call.inputs == (before,)
        before = call.name
    if chain and list(outputs.values()) == [before] and len(plan.inputs) == 1:
        return nn.Sequential(OrderedDict((call.name, call.module) for call in made.calls if call.module is not None))
    return GraphModule(made.calls, plan.inputs, outputs)
