"""Whether an integer network is one that its profile could make: for what comes from a file."""

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from spikelut._checks import require, require_int
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.arithmetic.per_neuron import same_values, within
from spikelut.quant.dynamics.graded.spec import GradedSpec, graded_of, largest_threshold, state_format, states_spec
from spikelut.quant.dynamics.kinds import PARTS
from spikelut.quant.dynamics.leak import amount_of, betas
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, always_decays, neuron_of, thresholds
from spikelut.quant.network.check_shapes import check_input, check_shape, require_whole
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerBias, IntegerLIF, Weighted
from spikelut.quant.network.network import IntegerNetwork, check_graph, check_outputs
from spikelut.quant.network.shapes.order import IntegerFlatten
from spikelut.quant.network.shapes.pooling import IntegerSumPool2d
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerWeights, check_sums


def check_network(network: IntegerNetwork, who: str) -> None:
    """ValueError, with layer and field, unless `quant.integer` makes such a network of layers of its profile.

    Registers, order and rounding must be the profile's; what a layer chooses (codes, exponents, geometry, decay,
    threshold, reset, spikes in a step, bias) must be in the range that the chip offers; and sums must fit it.
    """
    kinds = [type(layer).__name__ for layer in network.layers]
    require(any(isinstance(layer, IntegerLIF) for layer in network.layers), who, "neurons must come last", kinds)
    for one in network.inputs:
        check_input(one, who)
        check_inputs(one.largest, one.step, network.profile, who)
        signed = type(one.least) is int and -(2**16) < one.least <= 0
        numbers = network.profile.software or network.profile.graded is not None
        message = "least input must be 0, or in software below, or of graded spikes"
        require(signed and (numbers or not one.least), who, message, one.least)
    for layer in network.layers:
        check_shape(layer, f"{who}: layer {layer.name!r}")
    check_graph(network, who)
    _check_profiles(network, who)
    for node in network.nodes:
        layer, profile = node.layer, node.profile
        where = f"{who}: layer {layer.name!r}"
        if isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear):
            given = network.signals[node.inputs[0]]
            _check_weights(layer, profile, where, given.step)
            check_sums(layer, given.largest, profile, where, given.least, given.graded)
        elif isinstance(layer, IntegerLIF):
            if isinstance(layer, IntegerEventLIF):
                _check_events(layer, profile, where)
            _check_neurons(layer, profile, where)
        else:
            raw = {one.name for one in network.inputs}.intersection(node.inputs)
            first = isinstance(layer, IntegerSumPool2d | IntegerFlatten) and bool(raw) and not network.given
            require(not first, where, "must not come before the first weights", type(layer).__name__)
    check_outputs(network, who)


def _check_profiles(network: IntegerNetwork, who: str) -> None:
    """ValueError unless the profiles that are stated are those of layers, and other ones than the network's."""
    names = {layer.name for layer in network.layers}
    others = [name for name, profile in network.profiles.items() if name not in names or profile == network.profile]
    require(not others, who, "profiles must be other ones, of layers", others)


def check_inputs(largest: object, step: object, profile: Profile, who: str) -> None:
    """ValueError unless inputs may be up to `largest` events, each worth a real `step`."""
    most = (profile.current and profile.current.max_events) or 2**16 - 1
    require_int(who, "largest_input", largest, 1, most)
    power = isinstance(step, float) and 2.0**-24 <= step <= 2.0**24 and math.frexp(step)[0] == 0.5
    require(power, who, "input_step must be a power of two", step)


def _check_weights(layer: Weighted, profile: Profile, where: str, step: float = 1.0) -> None:
    chip = profile.weight
    require_int(where, "bits", layer.bits, 2, chip.bits)
    kind = np.int8 if layer.bits <= 8 else np.int16
    require(layer.codes.dtype == kind, where, f"codes must be {kind.__name__}", str(layer.codes.dtype))
    low, high = chip.codes(layer.bits)
    inside = bool(layer.codes.size) and low <= int(layer.codes.min()) and int(layer.codes.max()) <= high
    require(inside, where, f"codes must be in {low}..{high}", "others")
    _check_shifts(layer, profile, where, step)
    if isinstance(layer, IntegerDelayedLinear):
        bytes_ = layer.delays.dtype == np.uint8
        require(bytes_, where, "delays must be uint8", str(layer.delays.dtype))
    if isinstance(layer, IntegerConv2d):
        for name, least in (("stride", 1), ("padding", 0), ("dilation", 1)):
            require_whole(where, name, getattr(layer, name), least, 2)
        require_int(where, "groups", layer.groups, 1, len(layer.codes))
        require(len(layer.codes) % layer.groups == 0, where, f"groups must divide {len(layer.codes)}", layer.groups)


def _check_shifts(layer: IntegerWeights, profile: Profile, where: str, step: float) -> None:
    chip, channels = profile.weight, layer.channels
    require(type(layer.shift) is int and layer.shift == chip.shift, where, f"shift must be {chip.shift}", layer.shift)
    require_int(where, "exponent", layer.exponent, chip.exponent_min, chip.exponent_max)
    # Of fewer bits than the chip's, codes may stand lower in the weight than its smallest shift puts them.
    highest = chip.step * 2 ** (chip.bits - layer.bits)
    lowest = highest if layer.exponent > chip.exponent_min else max(1, highest >> (chip.bits - layer.bits))
    power = type(layer.lsb) is int and lowest <= layer.lsb <= highest and layer.lsb & (layer.lsb - 1) == 0
    require(power, where, f"lsb must be a power of two in {lowest}..{highest}", layer.lsb)
    if chip.frac is not None:
        fixed = profile.current_frac - chip.frac + round(math.log2(step))
        least = fixed - (chip.bits - layer.bits)
        placed = layer.exponent + layer.lsb.bit_length() - highest.bit_length()
        message = f"exponent must be {least} to {fixed}, as weights have {chip.frac} fraction bits"
        require(least <= placed <= fixed, where, message, placed)
    if not channels:
        require(channels == (), where, "channels must be a list of numbers", channels)
        return
    require(chip.per_channel, where, f"{profile.name} has one scale for a layer, so channels must be empty", channels)
    # The smallest exponent is the layer's, before codes were moved down.
    most = chip.exponent_max - layer.exponent + (highest.bit_length() - layer.lsb.bit_length())
    fits = len(channels) == len(layer.codes) and all(type(n) is int and 0 <= n <= most for n in channels)
    require(fits and min(channels) == 0, where, f"channels must be shifts of each output, 0 to {most}", channels)


def _check_neurons(layer: IntegerLIF, profile: Profile, where: str) -> None:
    if "graded" in layer.others:
        _check_graded(layer, profile, where)
        return
    profile = _without_nearness(profile)
    _, decay, _, step = neuron_of(profile, where)
    each = step.order == "event-compare-reset" and not isinstance(layer, IntegerEventLIF)
    require(not each, where, f"{profile.name} compares after every event, so it has no such neurons", step.order)
    spec, reads_out, resets = layer.spec, layer.spec.threshold is None, tuple[str, ...](step.resets)
    for name, part in layer.others.items():
        require(name in PARTS, where, f"parts must be of {', '.join(PARTS)}", name)
        integers = PARTS[name].integers
        require(isinstance(part, integers), where, f"{name} must be a {integers.__name__}", type(part).__name__)
        _check_fields(part, part.usual(profile, spec, f"{where}: {name}"), f"{where}: {name}")
    if reads_out and profile.readout_decay is not None:
        decay = profile.readout_decay
    usual = LIFSpec.from_profile(profile, betas(decay, spec.membrane)[1], None if reads_out else 1.0, None, where)
    usual = replace(usual, leak=replace(usual.leak, amount=amount_of(spec.leak, decay, f"{where}: spec.leak")))
    for part in layer.others.values():
        usual = part.membrane(profile, usual)
        resets = ("none",) if usual.reset == "none" else resets
    if not reads_out:
        low, high = (round(t * 2**profile.grid.frac) for t in thresholds(profile))
        own, message = neuron_of(profile)[2].per_neuron, f"spec.threshold must be a multiple of {low} in {low}..{high}"
        require(within(spec.threshold, low, high, own, low), where, message, spec.threshold)
        allowed = ", ".join(resets)
        require(spec.reset in resets, where, f"spec.reset must be one of {allowed}", spec.reset)
        require_int(where, "spec.max_spikes", spec.max_spikes, 1, 1 if resets == ("none",) else step.max_spikes)
        usual = replace(usual, threshold=spec.threshold, reset=spec.reset, max_spikes=spec.max_spikes)
    _check_fields(spec, usual, f"{where}: spec")
    none = layer.synapse is None
    require(not (none and always_decays(profile)), where, f"synapse must be given on {profile.name}", None)
    if layer.synapse is not None:
        fading = profile.current_decay
        if fading is None:
            raise ValueError(f"{where}: {profile.name} has no current that decays, so synapse must not be given")
        alpha = betas(fading, layer.synapse.register)[1]
        held = SynapseSpec.from_profile(profile, alpha, where)
        amount = amount_of(layer.synapse.leak, fading, f"{where}: synapse.leak")
        _check_fields(layer.synapse, replace(held, leak=replace(held.leak, amount=amount)), f"{where}: synapse")
    if layer.bias is not None:
        _check_bias(layer.bias, profile, where)
    if layer.recurrent is not None:
        require(not reads_out, where, "a read-out must have no recurrent weights", layer.recurrent.name)
        message = f"{profile.name} feeds spikes back after {step.feedback} steps, so recurrent must not be given"
        require(step.feedback == 1, where, message, layer.recurrent.name)
        require(layer.recurrent.codes.ndim == 2, where, "recurrent weights must be linear", layer.recurrent.codes.ndim)
        named = layer.recurrent.name == f"{layer.name}.linear"
        require(named, where, f"recurrent name must be '{layer.name}.linear'", layer.recurrent.name)
        _check_weights(layer.recurrent, profile, f"{where}: recurrent")
        check_sums(layer.recurrent, spec.max_spikes, profile, f"{where}: recurrent")


def _without_nearness(profile: Profile) -> Profile:
    """The profile whose decays take no factor near 1 as 1, which may be one that they do not have themselves."""
    decays = {name: getattr(profile, name) for name in ("decay", "readout_decay", "current_decay")}
    near = {name: decay for name, decay in decays.items() if decay is not None and decay.one_within}
    return (
        replace(profile, **{name: replace(decay, one_within=0.0) for name, decay in near.items()}) if near else profile
    )


def _check_events(layer: IntegerEventLIF, profile: Profile, where: str) -> None:
    """ValueError unless weights and neurons in one are those of a chip that adds event by event."""
    current, _, _, step = neuron_of(profile, where)
    require(current.event_by_event, where, f"{profile.name} adds events at once, so it has no such neurons", layer.name)
    require(not layer.reads_out, where, "must have a threshold", None)
    require(layer.recurrent is None, where, "recurrent must be None", "weights")
    each = step.order == "event-compare-reset"
    require(layer.each is each, where, f"each must be {each} on {profile.name}", layer.each)
    idle = each and layer.bias is None and (layer.spec.leak.kind == "none" or layer.spec.leak.amount == 0)
    ticks = type(layer.ticks) is bool and (layer.ticks or idle)
    require(ticks, where, "ticks must be True where a leak or a bias is added, or the chip compares once", layer.ticks)
    named = layer.weights.name == f"{layer.name}.weights"
    require(named, where, f"weights must be called '{layer.name}.weights'", layer.weights.name)
    _check_weights(layer.weights, profile, f"{where}: weights")


def _check_graded(layer: IntegerLIF, profile: Profile, where: str) -> None:
    spec, graded = layer.spec, layer.others["graded"]
    require(isinstance(graded, GradedSpec), where, "graded must be a GradedSpec", type(graded).__name__)
    _check_fields(graded, graded.usual(profile, spec, f"{where}: graded"), f"{where}: graded")
    decodes = graded.kind == "sigma"
    if not decodes:
        unit, high = 2**graded.drop, largest_threshold(profile, graded.drop, where)
        message = f"spec.threshold must be a multiple of {unit} in 0..{high}"
        require(within(spec.threshold, 0, high, True, unit), where, message, spec.threshold)
    usual = states_spec(state_format(profile, where), None if decodes else spec.threshold)
    _check_fields(spec, usual, f"{where}: spec")
    alone = layer.synapse is None and layer.recurrent is None and layer.surrogate is None and len(layer.others) == 1
    message = "neurons with graded spikes must have no synapse, surrogate, recurrent weights or further parts"
    require(alone, where, message, ", ".join(layer.others))
    if layer.bias is not None:
        require(graded.kind == "sigma_delta", where, f"a {graded.kind} must have no bias", "one")
        require(layer.bias.exponent == graded.drop, where, f"bias exponent must be {graded.drop}", layer.bias.exponent)
        _check_mantissas(layer.bias, NumberFormat(graded_of(profile, where).bias_bits), where)


def _check_fields(found: Any, usual: Any, where: str) -> None:
    """ValueError for the first field in which a specification is not the `usual` one."""
    for field in fields(usual):
        name = f"{where}.{field.name}"
        value, wanted = getattr(found, field.name), getattr(usual, field.name)
        if is_dataclass(wanted):
            require(type(value) is type(wanted), name, f"must be a {type(wanted).__name__}", value)
            _check_fields(value, wanted, name)
        else:
            same = type(value) is type(wanted) and same_values(value, wanted)
            require(same, name, f"must be {wanted!r}, as the profile says", value)


def _check_bias(bias: IntegerBias, profile: Profile, where: str) -> None:
    chip = profile.bias
    if chip is None:
        raise ValueError(f"{where}: {profile.name} has no bias, so it must not be given")
    require_int(where, "bias exponent", bias.exponent, chip.exponent_min, chip.exponent_max)
    _check_mantissas(bias, NumberFormat(chip.bits, narrow=chip.narrow), where)


def _check_mantissas(bias: IntegerBias, fmt: NumberFormat, where: str) -> None:
    low, high = fmt.min_code, fmt.max_code
    flat = bias.mantissa.ndim == 1 and bias.mantissa.dtype == np.int64 and bias.mantissa.size > 0
    require(flat, where, "bias must be int64 [N]", f"{bias.mantissa.dtype} {bias.mantissa.shape}")
    inside = low <= int(bias.mantissa.min()) and int(bias.mantissa.max()) <= high
    require(inside, where, f"bias mantissas must be in {low}..{high}", "others")
