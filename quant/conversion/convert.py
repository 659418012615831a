"""From a float network to a chip's integers."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.calibration import Scale, best_clip, input_gain, membrane_peak, of_rows, scale_of
from spikelut.quant.conversion.own_forward import WHOLE, detached_copy, misread, own_outputs
from spikelut.quant.conversion.read_network import Stage, read_network
from spikelut.quant.conversion.report import LayerReport, reports
from spikelut.quant.dynamics.bias import clipped_biases
from spikelut.quant.dynamics.leak import input_share
from spikelut.quant.neurons.base import shown_values
from spikelut.quant.neurons.float_lif import FloatLIF
from spikelut.quant.neurons.lif import LI, LIF, CubaLIF
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.weights.input_events import MOST_EVENTS, check_events
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.quant.weights.pooling import Repeat
from spikelut.surrogates import Surrogate


@dataclass(frozen=True, eq=False)
class Conversion:
    """The result of `convert`: the quantised `model`, and a report per layer, on the data it was calibrated with.

    `compared_with`: how the float network was run to get the spikes that the report compares with.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> converted = quant.convert(floats, hw_profiles.load("loihi2"), events)
    >>> converted.compared_with, type(converted.model[0]).__name__
    ('model(events)', 'QuantLinear')
    ```
    """

    model: nn.Sequential
    layers: tuple[LayerReport, ...]
    compared_with: str = WHOLE

    @property
    def silent(self) -> tuple[str, ...]:
        """The layers of which no neuron spikes on the data: that no spike differs there proves nothing."""
        return tuple(r.neurons for r in self.layers if r.dead == 1)

    @property
    def first_difference(self) -> tuple[int, str] | None:
        """The earliest time step, and its first layer, at which float and integer spikes differ; None if none do."""
        found = [(r.first_difference, i) for i, r in enumerate(self.layers) if r.first_difference is not None]
        return (min(found)[0], self.layers[min(found)[1]].neurons) if found else None

    def __str__(self) -> str:
        lines = ["layer, scale, weight error, clipped, beta, threshold, saturated, dead (before), differing, from step"]
        for r in self.layers:
            threshold = "none" if r.threshold is None else " -> ".join(shown_values(t, "g") for t in r.threshold)
            beta = " -> ".join(shown_values(b, "g") for b in r.beta)
            lines.append(
                f"{r.neurons}: {r.scale:.4g}, {r.weight_error:.2%}, {r.clipped:.2%}, "
                f"{beta}, {threshold}, {r.saturated:.2%}, {r.dead:.2%} ({r.dead_before:.2%}), "
                f"{r.differing:.2%}, {'never' if r.first_difference is None else r.first_difference}"
            )
            lines += [f"  {change}" for change in r.changes]
            if r.neurons in self.silent:
                before = "never did" if r.dead_before == 1 else f"{1 - r.dead_before:.2%} of them did before"
                lines.append(f"  WARNING: no neuron of {r.neurons} spikes on these events; {before}")
            if r.misread:
                lines.append(f"  WARNING: by these changes alone {r.misread:.2%} of what {r.neurons} gives are others")
        if self.compared_with != WHOLE:
            lines.append(f"compared with {self.compared_with}")
        first = self.first_difference
        lines.append("no spike differs" if first is None else f"spikes first differ in step {first[0]} of {first[1]}")
        return "\n".join(lines)


@torch.random.fork_rng(devices=[])  # layers are made with random weights, which are then set
def convert(
    model: nn.Module,
    profile: Profile,
    events: Tensor,
    *,
    surrogate: Surrogate | LUTSurrogate | None = None,
    weight_bits: int | None = None,
    input_step: float = 1.0,
    per_channel: bool = False,
    largest_input: int | None = None,
) -> Conversion:
    """Post-training quantisation of a float network onto a chip: the quantised model, and what was changed.

    `model` is a `torch.nn.Sequential` of Linear, Conv2d (inside `TimeDistributed` or by itself), BatchNorm, which is
    folded into the weights before it, AvgPool2d, `SumPool2d`, Flatten, Dropout, `Repeat`, and neurons: `FloatLIF`,
    `FloatRecurrent`, snnTorch's Leaky and Synaptic, SpikingJelly's IFNode and LIFNode. `events` [T, B, ...] calibrate
    the scales. The result is made of `QuantLinear`, `LIF` and so on; `integer` and training go on from there.

    The rule, per layer: weights are clipped where their rounding to `weight_bits` has the least squared error; weights,
    bias and threshold are multiplied by one factor that brings the clip to a power of two the chip's weights reach, the
    nearest to 1 with which the threshold is one the chip has and 99.9 % of the membranes seen on `events` fit. Spikes
    do not change by it. Decay factors are rounded to the chip's. All of it is computed on the CPU; the result is where
    the model's parameters are.

    The report compares with the model's own `forward`, `model(events)` in evaluation mode and from rest, on a copy; of
    neurons that take a step at a time with `model(events[t])`; of a model that cannot be run so, as its batch norm
    would need a `TimeDistributed`, with its modules one by one. The model and the random numbers stay as they are.

    - `surrogate`: for further training; by default the table of each layer's own, or of Arctan.
    - `input_step`, `per_channel`, `largest_input`: see `QuantLinear`; `events` must be such inputs.

    Raises ValueError for `events` that no layer would take; for a module that cannot be read, by its name, or that
    computes anything of its own (a subclass with its own `forward` or other functions of its class, a forward
    hook); for a layer that gives, with its own `forward`, other spikes than what was read of it, beyond rounding
    (1e-4 of its largest membrane) and beyond changes that the report tells; for a neuron the chip does not have, or
    weights that are not finite.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> converted = quant.convert(floats, hw_profiles.load("loihi2"), events)
    >>> [layer.neurons for layer in converted.layers], converted.model(events).shape
    (['1'], torch.Size([20, 16, 4]))
    ```
    """
    read_network(model)
    device = next((p.device for p in model.parameters()), events.device)
    floats = detached_copy(model)
    stages = read_network(floats)
    require(events.ndim >= 2 and events.numel() > 0, "convert", "events must be [T, B, ...], not empty", events.shape)
    require(bool(events.isfinite().all()), "convert", "events must be finite", "NaN or infinity")
    check_events("convert", "events", events, input_step, largest_input or MOST_EVENTS)
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    own = own_outputs(floats, stages, events.to("cpu", torch.float32))
    misreads: list[float] = []
    scales: list[Scale] = []
    given = events = events.to("cpu", torch.float32)
    for stage, out in zip(stages, own.layers, strict=True):
        membranes = _checked(stage, events, out, misreads, own.how)
        options = {"profile": profile, "weight_bits": weight_bits, "input_step": input_step, "per_channel": per_channel}
        options["largest_input"] = largest_input
        last = stage is stages[-1]
        scales.append(_add(modules, stage, membranes, surrogate, options, last))
        events, input_step, largest_input = out, 1.0, None
    quantised = nn.Sequential(modules)
    found = reports(quantised, stages, scales, own.layers, given)
    layers = tuple(replace(layer, misread=share) for layer, share in zip(found, misreads, strict=True))
    return Conversion(quantised.to(device), layers, own.how)


def _checked(stage: Stage, arriving: Tensor, own: Tensor, misreads: list[float], how: str) -> Tensor:
    """The membranes of a layer; ValueError if it was read as what it is not. Adds to `misreads`."""
    share, membranes = misread(stage, arriving, own)
    where = f"convert: layer {stage.neuron_name!r}, with all since the neurons before it,"
    message = f"{where} must give in {how} what its attributes say; write it with the modules that convert reads"
    if share and stage.exact:
        raise ValueError(f"{message}, got {share:.2%} of its outputs that are others")
    misreads.append(share)
    return membranes


def _add(
    modules: OrderedDict[str, nn.Module],
    stage: Stage,
    membranes: Tensor,
    surrogate: Surrogate | LUTSurrogate | None,
    options: dict[str, Any],
    last: bool,
) -> Scale:
    """Append the quantised form of `stage`, whose neurons had these membranes; `options` are those of its weights."""
    assert stage.neuron is not None  # a complete stage
    profile: Profile = options["profile"]
    _require_own(f"convert: layer {stage.neuron_name!r}", stage.neuron, profile)
    neuron, gain = stage.neuron, input_gain(stage.neuron, profile)
    modules |= stage.before
    out, fan_in = stage.weight.shape[:2]
    if stage.geometry is None:
        layer: Any = QuantLinear(fan_in, out, **options)
    else:
        channels = fan_in * stage.geometry["groups"]
        height, width = stage.weight.shape[2:]
        layer = QuantConv2d(channels, out, (height, width), **stage.geometry, **options)
    bits = layer.weight_bits
    weights = [of_rows(w, gain) for w in (stage.weight, stage.recurrent) if w is not None]
    # Both kinds of weights are scaled alike, so that one threshold serves; each has a shift of its own.
    clips = [best_clip(w, bits, profile.weight.narrow) for w in weights]
    threshold = None if neuron.surrogate is None else neuron.threshold
    where = f"convert: layer {stage.neuron_name!r}"
    scale = scale_of(where, profile, layer.reach, clips[0], threshold, membrane_peak(membranes))
    _load(layer, weights[0], clips[0], scale.factor)
    modules[stage.name] = layer
    if stage.steps is not None:
        modules[stage.repeat_name] = Repeat(stage.steps)
    neurons = _neurons(where, stage, profile, scale.factor, surrogate, last)
    if stage.recurrent is not None:
        neurons = Recurrent(neurons, out, weight_bits=bits)
        _load(neurons.linear, weights[1], clips[1], scale.factor)
    modules[stage.neuron_name] = neurons
    return scale


def _load(layer: Any, weight: Tensor, clip: float, factor: float) -> None:
    with torch.no_grad():
        layer.weight.copy_(weight.clamp(-clip, clip) * factor)
        if layer.profile.weight.rounding == "floor":
            # Weights that are on the grid already are not moved down by it.
            unit = layer.quant_weight().scale
            layer.weight.copy_((layer.weight / unit).round() * unit)


def _neurons(
    where: str, stage: Stage, profile: Profile, factor: float, surrogate: Surrogate | LUTSurrogate | None, last: bool
) -> Any:
    """The chip's neurons for those of `stage`, of the `last` one its output neurons."""
    neuron = stage.neuron
    assert neuron is not None  # a complete stage
    bias = _membrane_bias(stage, neuron, profile)
    if bias is not None and profile.bias is None and bool((bias == 0).all()):
        bias = None
    if bias is not None and profile.bias is None:
        allowed = f"must have no bias, which {profile.name} has not; use an input that is always on"
        raise ValueError(f"convert: layer {stage.name!r}: {allowed}, got one of up to {float(bias.abs().max()):g}")
    options: dict[str, Any] = {"beta": neuron.beta, "bias": None if bias is None else len(bias)}
    if neuron.alpha is not None:
        options["alpha"] = neuron.alpha
    if neuron.surrogate is None:
        made: Any = LI(profile, **options)
    else:
        curve = neuron.surrogate.analytic if isinstance(neuron.surrogate, LUTSurrogate) else neuron.surrogate
        slope = surrogate or LUTSurrogate(curve, profile, saturate=True)
        options |= {"threshold": neuron.threshold * factor, "reset": _reset(stage, neuron, profile)}
        options["max_spikes"] = _max_spikes(stage, neuron, profile, last)
        made = (LIF if neuron.alpha is None else CubaLIF)(profile, slope, **options)
    if bias is not None:
        with torch.no_grad():
            made.bias.copy_(bias * factor)
        if beyond := clipped_biases(made.bias, profile):
            stage.changes.append(f"{beyond} of {len(bias)} biases are clipped to the largest that {profile.name} has")
    return made


def _require_own(where: str, neuron: FloatLIF, profile: Profile) -> None:
    """ValueError for values of each neuron's own where the chip has one for a layer."""
    groups = {"beta": profile.decay, "alpha": profile.current_decay, "threshold": profile.threshold}
    for name, group in groups.items():
        value = getattr(neuron, name)
        if isinstance(value, Tensor) and not (group is not None and group.per_neuron):
            got = f"{len(value)} in {float(value.min()):g}..{float(value.max()):g}"
            raise ValueError(f"{where}: {name} must be one number for the layer on {profile.name}, got {got}")


def _membrane_bias(stage: Stage, neuron: FloatLIF, profile: Profile) -> Tensor | None:
    """What is added to the membranes in every step, on a chip that adds a bias there; None for nothing."""
    gain = 1 / input_share(profile.decay, neuron.beta)
    parts = [] if neuron.bias is None else [neuron.bias.detach().cpu().to(torch.float64) * gain]
    if stage.bias is not None:
        decays = neuron.alpha is not None and bool((torch.as_tensor(neuron.alpha) < 1).any())
        to_current = decays and bool((stage.bias != 0).any())
        if to_current:
            stage.changes.append("the bias goes to the membrane, as much as the current comes to that it went to")
        parts.append(
            stage.bias * (gain / (1 - (0.0 if neuron.alpha is None else neuron.alpha)) if to_current else gain)
        )
    return sum(parts[1:], parts[0]) if parts else None


def _reset(stage: Stage, neuron: FloatLIF, profile: Profile) -> str:
    """The reset on the chip; what is different there is noted."""
    step = profile.step
    if step is None:
        raise ValueError(f"convert: profile must have neuron arithmetic, got {profile.name}, which has none")
    reset: str = neuron.reset if neuron.reset in step.resets else step.resets[0]
    if reset != neuron.reset:
        stage.changes.append(f"reset {neuron.reset} became {reset}, the one {profile.name} has")
    if reset == neuron.reset == "subtract" and step.order != neuron.order:
        stage.changes.append(f"the threshold is subtracted in the order {step.order}, not {neuron.order}")
    return reset


def _max_spikes(stage: Stage, neuron: FloatLIF, profile: Profile, last: bool) -> int:
    """How often the chip's neurons spike in a step; what is different there is noted."""
    assert profile.step is not None  # as `_reset` required
    step = profile.step
    most = step.output_spikes if last else step.max_spikes
    if most != step.max_spikes:
        stage.changes.append(f"up to {most} spikes in a step, as outputs of {profile.name} have, not {step.max_spikes}")
    elif most != neuron.max_spikes:
        stage.changes.append(f"up to {most} spikes in a step, not {neuron.max_spikes}")
    return most
