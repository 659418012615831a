"""From a float network to a chip's integers."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from spikelut._checks import is_finite, require, require_flags, require_type
from spikelut._defaults import made_on_cpu, usual_defaults
from spikelut._gradients import with_gradients
from spikelut.hw_profiles import Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.calibration.settings import Calibration
from spikelut.quant.calibration.steps import ConversionStep
from spikelut.quant.conversion.calibrated import Calibrating
from spikelut.quant.conversion.float_trace import traced
from spikelut.quant.conversion.making.assembled import quantised
from spikelut.quant.conversion.module_kinds import Kinds
from spikelut.quant.conversion.nearest.always_on import with_lines
from spikelut.quant.conversion.nearest.leaks import replaced_on
from spikelut.quant.conversion.own_forward import checked, detached_copy, own_outputs
from spikelut.quant.conversion.plan import Plan
from spikelut.quant.conversion.planned import plan_of
from spikelut.quant.conversion.result.conversion import Conversion as Conversion
from spikelut.quant.conversion.result.report import LayerReport, measured
from spikelut.quant.conversion.result.stretched import scale_surrogates
from spikelut.quant.conversion.wanted import Wanted
from spikelut.quant.conversion.widths.asked import Asked, asked_of
from spikelut.quant.conversion.widths.trials import found_widths, with_sensitivity
from spikelut.quant.network.network import INPUT
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.weights.input_events import MOST_EVENTS, check_events
from spikelut.quant.weights.module_reading import as_evaluated
from spikelut.quant.weights.pooling import OnOff
from spikelut.surrogates import Surrogate


@made_on_cpu
@with_gradients  # which calibration follows
@torch.random.fork_rng(devices=[])  # layers are made with random weights, which are then set
def convert(
    model: nn.Module,
    profile: Profile | Mapping[str, Profile],
    events: Tensor | Mapping[str, Tensor],
    *,
    surrogate: Surrogate | LUTSurrogate | Literal["scaled"] | None = None,
    weight_bits: int | Mapping[str, int] | str | None = None,
    input_step: float = 1.0,
    per_channel: bool = False,
    largest_input: int | None = None,
    signed_input: bool = False,
    on_off: bool = False,
    substitute: bool = False,
    calibrate: Literal["nearest", "spikes"] | Calibration = "nearest",
    labels: Tensor | None = None,
) -> Conversion:
    """Post-training quantisation of a float network onto a chip: the quantised model, and what was changed.

    `model` is any `nn.Module`. Its forward takes sequences [T, B, ...], loops over their steps, or computes one step,
    in the style of snnTorch and SpikingJelly. A `torch.nn.Sequential` may mix modules for [B, ...] with those for
    sequences. These are read:

    - weights: Linear, convolutions of one and two dimensions and transposed ones. BatchNorm and constant factors are
      folded into the weights before or after them;
    - neurons: `FloatLIF`, `FloatRecurrent`; snnTorch's Leaky, Synaptic, RLeaky and RSynaptic; SpikingJelly's IFNode,
      LIFNode and ParametricLIFNode;
    - what is between them, by running the model: pooling, upsampling, adding, joining, multiplying spikes, rearranging.

    If the last layer has weights and no neurons, its sums are the output. `events` [T, B, ...], or a dictionary by the
    names of forward's arguments, set the scales. The result consists of `QuantLinear`, `LIF` and so on, in a
    `torch.nn.Sequential` or, if it branches, a `GraphModule`. Deploy it with `integer`, or train it further.

    The rule for each layer: weights are clipped so that rounding to `weight_bits` has the least squared error. Then
    weights, bias and threshold are multiplied by one factor, which changes no spike. The factor makes the clipping
    point a power of two that the chip's weights reach. Of such factors, it is the one nearest to 1 with which the chip
    can hold the threshold and 99.9 % of the membranes on `events`. Layers whose currents are added have the same
    factor. Decay factors are rounded to the chip's. Everything is computed on the CPU; the result is on the device of
    the model's parameters.

    The report compares with the model's own forward, in evaluation mode and from rest, on a copy. It calls
    `model(events)`, or `model(events[t])` for a model of one step. A model that takes images and makes the time steps
    itself is called as `model(events[0])`; its `events` are [1, B, ...]. A model that cannot be run in this way,
    because its batch norm would need a `TimeDistributed`, is run module by module. The model and the random generators
    are not changed.

    - `surrogate`: for further training. Default: the table of each layer's own curve, or of Arctan. "scaled" adapts the
      curve g(x) to the factor s of its layer, as g(x / s) / s. Gradients are then those of the float network even if s
      is far from 1. A curve without parameters for this, or wider than the table, is not changed. Calibration uses the
      curve as it is.
    - `profile`, `weight_bits`: one for all layers, or a dictionary by names of layers or of modules that contain them.
      Layers on different chips exchange spikes.
    - `weight_bits` can also be found for each layer. "auto:3.5": with a mean over all weights of at most 3.5.
      "auto:agreement>=0.98": the fewest with which so many of the float network's answers stay. "auto:accuracy>=0.9":
      the fewest with which so many answers are right on `events`, whose classes are `labels` [B]. For this, networks
      are made, rounded to nearest, in which one layer alone has so few bits. The error of their outputs, summed over
      time, is the sensitivity of that layer. Of all allocations, the one with the least sum of squared sensitivities is
      chosen. Reports have bits and sensitivity.
    - `input_step`, `per_channel`, `largest_input`, `signed_input`: see `QuantLinear`; `events` must be such inputs.
    - `on_off`: for signed `events` on a chip that takes no signed events. The result then has two lines of events for
      each input, as `quant.OnOff()(events)` makes them.
    - `substitute`: neurons that the chip lacks become the nearest ones that it has, and the report says what changed.
      The leaks of a synaptic current and of the membrane become one leak (on Xylo, one leak becomes two). The new
      neuron answers an input with the same sum of membranes at the same mean delay, and weights are multiplied
      accordingly. A decay factor out of reach becomes the one next to it. On a chip without biases, those between dense
      layers become weights of an input that is always on. The result then takes `quant.AlwaysOn()(events)`, and a layer
      before another one with a bias has one more neuron, which spikes in every step. Even without `substitute`, resets
      are those of the chip, and so is how often neurons spike in a step.
    - `calibrate`: "nearest" rounds as above. "spikes" then chooses factors of rows, clips, thresholds, biases and the
      rounding of weights by the spikes that layers give on `events`. A `quant.Calibration` chooses what its fields say.
      `steps` of the result has what each step won. Calibration takes minutes of one core; 100 samples and more are
      better than few.

    Raises ValueError for `events` that no layer would take. Also for a module, by its name, that cannot be read, or
    that computes anything of its own (a subclass with its own `forward` or other functions of its class, a forward
    hook). Also if a layer's forward gives other spikes than what was read of the layer, beyond rounding (1e-4 of its
    largest membrane) and beyond changes that the report tells. Also for a neuron that the chip does not have, and for
    weights that are not finite.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> converted = quant.convert(floats, hw_profiles.load("loihi2"), events)
    >>> [layer.neurons for layer in converted.layers], converted.model(events).shape
    (['1'], torch.Size([20, 16, 4]))
    ```
    """
    require(isinstance(model, nn.Module), "convert", "model must be a torch.nn.Module", type(model).__name__)
    chips = list(profile.values()) if isinstance(profile, Mapping) else [profile]
    for chip in chips:
        require_profile("convert", chip)
    require(is_finite(input_step) and input_step > 0, "convert", "input_step must be > 0", input_step)
    known = surrogate is None or isinstance(surrogate, Surrogate | LUTSurrogate) or str(surrogate) == "scaled"
    require(known, "convert", "surrogate must be a Surrogate, a LUTSurrogate or scaled", surrogate)
    given = _inputs(events)
    require_flags("convert", per_channel=per_channel, signed_input=signed_input, on_off=on_off, substitute=substitute)
    asked = asked_of(weight_bits) if isinstance(weight_bits, str) else None
    _check_labels(labels, asked, given)
    device = next((p.device for p in model.parameters()), next(iter(given.values())).device)
    floats, kinds = detached_copy(model), Kinds.now()
    with as_evaluated(floats):
        read = traced(floats, {name: tuple(x.shape) for name, x in given.items()}, kinds)
        plan = plan_of(read, kinds, replaced_on(profile) if substitute else None)
    require(not (signed_input and on_off), "convert", "signed_input must be False with on_off, which has lines", True)
    events_only = next((p.name for p in chips if not p.software), None)
    message = "signed_input must be False on a chip of events; on_off=True makes two lines of each input"
    require(not signed_input or events_only is None, "convert", message, events_only)
    most = largest_input or MOST_EVENTS
    for name, x in given.items():
        called = "events" if name == INPUT else f"events of {name!r}"
        check_events("convert", called, x, input_step, most, -most if signed_input or on_off else 0)
    given = {name: x.to("cpu", torch.float32) for name, x in given.items()}
    own = own_outputs(floats, read, given, kinds, set(plan.own.values()))
    settings = _calibration(calibrate)
    peaks, misreads = checked(plan, given, own, each=settings is not None)
    if on_off:
        given = {name: OnOff(dim)(given[name]) for name, dim in plan.split_inputs().items()}
    lines = with_lines(plan, profile, given, own.layers, peaks) if substitute else []
    # The user's functions have run; what follows makes layers and integers.
    with usual_defaults():
        bits: Any = None if asked is not None else weight_bits
        slope = None if isinstance(surrogate, str) else surrogate
        wanted = Wanted(profile, bits, slope, input_step, per_channel, largest_input, signed_input)
        found = None if asked is None else found_widths(plan, peaks, wanted, own.layers, given, asked, labels)
        wanted = wanted if found is None else replace(wanted, weight_bits=found.bits)
        started = time.perf_counter()
        result, made = quantised(plan, peaks, wanted)

        def reported(model: nn.Module) -> tuple[tuple[LayerReport, ...], Any]:
            said, rates = measured(plan, model, made, own.layers, given)
            pairs = zip(said, plan.reported, strict=True)
            return tuple(replace(layer, misread=misreads[part.name]) for layer, part in pairs), rates

        layers, rates = reported(result)
        seconds = (time.perf_counter() - started) / len(layers)
        steps = tuple(
            ConversionStep("nearest", r.neurons, 0.0, r.differing or r.membrane_error, seconds) for r in layers
        )
        if settings is not None:
            result, won = Calibrating(plan, peaks, wanted, made, own.layers, given, settings).run()
            (layers, rates), steps = reported(result), steps + won
        if surrogate == "scaled":
            scale_surrogates(result)
        notes = _notes(plan, on_off, lines)
        if found is not None:
            layers, notes = with_sensitivity(layers, found), (*notes, *found.lines(str(weight_bits)))
    return Conversion(result.to(device), layers, own.how, notes, steps, rates)


def _check_labels(labels: Any, asked: Asked | None, events: Mapping[str, Tensor]) -> None:
    """ValueError for labels that nothing asks for, or that are not one class for each sample."""
    if labels is None:
        return
    needed = asked is not None and asked.bound == "accuracy"
    require(needed, "convert", "labels are for weight_bits='auto:accuracy>=...' alone", "them")
    count = next(iter(events.values())).shape[1]
    fits = isinstance(labels, Tensor) and labels.shape == (count,) and not labels.is_floating_point()
    got = list(labels.shape) if isinstance(labels, Tensor) else type(labels).__name__
    require(fits, "convert", f"labels must be integers [{count}], a class for each sample", got)


def _calibration(calibrate: Any) -> Calibration | None:
    """What is to be searched for; None for nothing."""
    if isinstance(calibrate, Calibration):
        return calibrate
    require(
        isinstance(calibrate, str) and calibrate in ("nearest", "spikes"),
        "convert",
        "calibrate must be nearest, spikes or a Calibration",
        calibrate,
    )
    return Calibration() if calibrate == "spikes" else None


def _inputs(events: Tensor | Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The events by name; ValueError for what no network takes."""
    given = dict(events) if isinstance(events, Mapping) else {INPUT: events}
    for name, x in given.items():
        called = "events" if name == INPUT else f"events of {name!r}"
        require_type("convert", called, x, Tensor, "a tensor [T, B, ...]")
        require(x.ndim >= 2 and x.numel() > 0, "convert", f"{called} must be [T, B, ...], not empty", x.shape)
        require(bool(x.isfinite().all()), "convert", f"{called} must be finite", "NaN or infinity")
    leading = {tuple(x.shape[:2]) for x in given.values()}
    require(len(leading) == 1, "convert", "events must be given, of as many steps and samples", sorted(leading))
    return given


def _notes(plan: Plan, on_off: bool, lines: list[str]) -> tuple[str, ...]:
    """What the model gives and the result does not, in words."""
    notes = [f"left out: {what}" for what in plan.left_out]
    for key, (_, factor) in plan.outputs.items():
        if factor != 1:
            notes.append(f"output {key!r} is that of the float network divided by {factor:g}")
    if on_off:
        notes.append("inputs are two lines of events for each of the float network: quant.OnOff()(events)")
    for name in lines:
        notes.append(f"{name!r} has one line more, for biases, which is 1 in every step: quant.AlwaysOn()(events)")
    return tuple(notes)
