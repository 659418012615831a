"""From plain integers back to layers that train."""

import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from spikelut._checks import require_type
from spikelut._defaults import with_usual_defaults
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerBias, IntegerDelay, IntegerDelayedLinear, IntegerLIF
from spikelut.quant.network.merges import IntegerAdd, IntegerConcat, IntegerMatMul, IntegerProduct
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.shapes.order import (
    IntegerFlatten,
    IntegerRepeat,
    IntegerReshape,
    IntegerReverse,
    IntegerTake,
    IntegerTranspose,
)
from spikelut.quant.network.shapes.pooling import (
    IntegerMaxPool2d,
    IntegerSpread,
    IntegerSumPool2d,
    IntegerTotal,
    IntegerUpsample,
    pair,
)
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerScale, IntegerWeights
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.event_lif import EventConv2d, EventLIF
from spikelut.quant.neurons.graded import Delta, graded_layer
from spikelut.quant.neurons.layer_kinds import BY_PART
from spikelut.quant.neurons.lif import LI, LIF, CubaLIF
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.reading.assemble import first_weights
from spikelut.quant.reading.from_model import integer
from spikelut.quant.reading.same_integers import check_same
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import TableWarning
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.input_events import input_range
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.quant.wiring.call import Call
from spikelut.quant.wiring.graph_module import GraphModule, module_of
from spikelut.surrogates import Surrogate


@with_usual_defaults
def from_integer(network: IntegerNetwork) -> nn.Sequential | GraphModule:
    """A trainable model with the integers of `network`, with the same layer names.

    A chain becomes a `torch.nn.Sequential`. Other networks, and those whose inputs and outputs are stated, become a
    `GraphModule`, which takes inputs in their order or by name; it gives its output or, if there are several, all of
    them by the names of their layers.

    `quant.integer` of it is the same network. Weights and biases are the real values of the integers, so that training
    goes on from there. Decays and thresholds are fixed. A `largest_input` other than `input_step` says is that of the
    first layers. Raises ValueError for integers that no layers of their profile have.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = torch.nn.init.constant_(model[0].weight, 0.25)
    >>> again = quant.from_integer(quant.integer(model))
    >>> x = (torch.rand(10, 2, 8) < 0.5).float()
    >>> bool(model(x).any()), torch.equal(again(x), model(x))
    (True, True)
    ```
    """
    require_type("from_integer", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    stated = network.wiring or network.given or network.returned or network.profiles
    chain = not stated and all(isinstance(layer, IN_CHAINS) for layer in network.layers)
    calls = [_call(node, network.signals) for node in network.nodes]
    model: nn.Sequential | GraphModule
    if chain:
        model = nn.Sequential(OrderedDict((call.name, cast(nn.Module, call.module)) for call in calls))
    else:
        single = len(network.outputs) == 1
        outputs = {"output" if single else name: name for name in network.outputs}
        model = GraphModule(calls, {one.name: one.shape for one in network.inputs}, outputs)
    _state_largest(network, calls)
    check_same(network, integer(model))
    return model


def _state_largest(network: IntegerNetwork, calls: list[Call]) -> None:
    """Note the most events of each input, where they are not the usual ones, in the weights that take it first."""
    for one in network.inputs:
        signed = one.least < 0
        usual = input_range(one.step, None, signed)
        weights = list(first_weights(calls, one.name))
        for call in calls:
            if call.op == "currents" and call.inputs == (one.name,) and not weights:
                stated = None if (one.least, one.largest) == usual else one.largest
                call.arguments.update(largest_input=stated, signed_input=signed)
        for call in [call for call in weights if call.inputs == (one.name,)] or weights:
            module: Any = call.module
            if isinstance(module, Delta):
                module.signed_input = signed
            else:
                # On a chip of events those with a sign are graded spikes.
                if signed and not module.profile.software:
                    module.graded_input = True
                module.signed_input = signed and module.profile.software
            module.largest_input = None if (one.least, one.largest) == usual else one.largest


IN_CHAINS = (
    IntegerLinear,
    IntegerConv2d,
    IntegerDelayedLinear,
    IntegerDelay,
    IntegerSumPool2d,
    IntegerMaxPool2d,
    IntegerFlatten,
    IntegerRepeat,
    IntegerLIF,
)
OPS: dict[type, str] = {
    IntegerSumPool2d: "sum_pool",
    IntegerMaxPool2d: "max_pool",
    IntegerTotal: "total",
    IntegerUpsample: "upsample",
    IntegerSpread: "spread",
    IntegerReshape: "reshape",
    IntegerReverse: "reverse",
    IntegerTranspose: "transpose",
    IntegerTake: "take",
    IntegerRepeat: "repeat",
    IntegerDelay: "delay",
    IntegerAdd: "add",
    IntegerConcat: "cat",
    IntegerProduct: "product",
    IntegerMatMul: "matmul",
}
"""By the kind of a layer, the operation that a call of it is; its numbers are the arguments."""


def _call(node: Node, signals: Mapping[str, Signal]) -> Call:
    """What makes a layer's signal of those that it takes."""
    layer, given = node.layer, signals[node.inputs[0]]
    op, module, arguments = "module", None, {}
    if isinstance(layer, IntegerWeights):
        module = _weights(layer, node.profile, given.step)
        if given.graded:
            module.graded_input = True
    elif isinstance(layer, IntegerEventLIF):
        module = _event_layer(layer, node.profile)
    elif isinstance(layer, IntegerLIF):
        module = _spiking(layer, node.profile)
    elif isinstance(layer, IntegerScale):
        factor = 2.0**layer.left_shift * node.profile.current_step / given.step
        op, arguments = "currents", {"factor": factor, "profile": node.profile}
    elif isinstance(layer, IntegerFlatten):
        op, module = "flatten", nn.Flatten(2)
    else:
        op, arguments = OPS[type(layer)], {f.name: getattr(layer, f.name) for f in fields(layer)[1:]}
        if isinstance(layer, IntegerDelay):
            arguments["profile"] = node.profile
        if isinstance(layer, IntegerSumPool2d):
            arguments = {name: pair(getattr(layer, name)) for name in arguments}
        module = None if op == "reshape" else module_of(op, arguments, len(given.shape))
    shape = signals[layer.name].shape
    return Call(layer.name, op, node.inputs, shape, layer.name, module, arguments)


def _spiking(layer: IntegerLIF, profile: Profile) -> nn.Module:
    neuron = _neurons(layer, profile)
    if layer.recurrent is None:
        return neuron
    recurrent = Recurrent(neuron, len(layer.recurrent.codes), weight_bits=layer.recurrent.bits)
    recurrent.linear = _weights(layer.recurrent, profile, 1.0)
    return recurrent


def _event_layer(layer: IntegerEventLIF, profile: Profile) -> EventLIF | EventConv2d:
    """Weights and neurons in one."""
    found, weights = layer.weights, _weights(layer.weights, profile, 1.0)
    options: dict[str, Any] = _spiking_options(layer, profile) | {"weight_bits": found.bits, "profile": profile}
    options |= {"bias": layer.bias is not None, "ticks": layer.ticks}
    options |= {} if layer.synapse is None else {"alpha": _beta(layer.synapse.leak)}
    made: EventLIF | EventConv2d
    if isinstance(found, IntegerConv2d):
        places = {name: getattr(found, name) for name in ("stride", "padding", "dilation", "groups")}
        kernel = (int(found.codes.shape[2]), int(found.codes.shape[3]))
        made = EventConv2d(found.in_channels, len(found.codes), kernel, **places, **options)
        made.conv = weights
    else:
        made = EventLIF(found.codes.shape[1], len(found.codes), **options)
        made.linear = weights
    if layer.bias is not None and made.bias is not None:
        made.bias.data = _bias(layer.bias, profile)
    return made


def _spiking_options(layer: IntegerLIF, profile: Profile) -> dict[str, Any]:
    """The arguments of layers that spike: surrogate, decay, threshold, reset."""
    spec, curve = layer.spec, layer.surrogate
    assert curve is not None  # those that spike have one
    slope = curve if layer.table is None else _lut(curve, profile, layer.table.state_step)
    options = {"surrogate": slope, "beta": _beta(spec.leak), "threshold": spec.threshold * spec.membrane.step}
    return options | {"reset": spec.reset, "max_spikes": spec.max_spikes}


def _weights(layer: IntegerWeights, profile: Profile, step: float) -> Any:
    options: dict[str, Any] = {"profile": profile, "weight_bits": layer.bits, "input_step": step}
    options["per_channel"] = bool(layer.channels)
    made: Any
    if isinstance(layer, IntegerConv2d):
        options |= {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups}
        options["dilation"] = layer.dilation
        kernel = (int(layer.codes.shape[2]), int(layer.codes.shape[3]))
        made = QuantConv2d(layer.in_channels, len(layer.codes), kernel, **options)
    elif isinstance(layer, IntegerDelayedLinear):
        delay = torch.from_numpy(layer.delays)
        made = DelayedLinear(layer.codes.shape[1], len(layer.codes), delay=delay, **options)
    else:
        made = QuantLinear(layer.codes.shape[1], len(layer.codes), **options)
    real = layer.codes.astype(np.float64)
    for scaled in real if layer.channels else [real]:
        _keep_scale(scaled, 2.0 ** (layer.bits - 2), floors=profile.weight.rounding == "floor")
    units = layer.factors(real.ndim) * (profile.current_step / step)
    made.weight.data.copy_(torch.from_numpy(real * units))
    return made


def _keep_scale(codes: Any, half: float, floors: bool) -> None:
    """Move the largest of `codes`, in place, beyond `half` the reach of its scale, where it would fit a smaller one.

    By a quarter, which rounding takes back: of a negative code only where that is not always downwards.
    """
    if abs(codes).max(initial=0) != half:
        return
    for largest, away in ((half, 0.25), (-half, 0.0 if floors else -0.25)):
        codes[codes == largest] += away


def _neurons(layer: IntegerLIF, profile: Profile) -> Neuron:
    if "graded" in layer.others:
        return _graded(layer, profile)
    spec, own = layer.spec, [BY_PART[name] for name in layer.others if name in BY_PART]
    bias = None if layer.bias is None else len(layer.bias.mantissa)
    alpha = None if layer.synapse is None else _beta(layer.synapse.leak)
    options: dict[str, Any] = {"beta": _beta(spec.leak), "bias": bias}
    for part in layer.others.values():
        options |= part.options
    made: Any = own[0] if own else LI if layer.reads_out else LIF if alpha is None else CubaLIF
    options |= {} if made is LIF else {"alpha": alpha}
    if spec.threshold is not None:
        options["threshold"] = spec.threshold * spec.membrane.step
        options |= {} if own else {"reset": spec.reset, "max_spikes": spec.max_spikes}
    if layer.surrogate is not None:
        curve = layer.surrogate
        options["surrogate"] = curve if layer.table is None else _lut(curve, profile, layer.table.state_step)
    neuron: Neuron = made(profile, **options)
    if layer.bias is not None and neuron.bias is not None:
        neuron.bias.data = _bias(layer.bias, profile)
    return neuron


def _graded(layer: IntegerLIF, profile: Profile) -> Neuron:
    """The layer of neurons with graded spikes."""
    bias = layer.bias
    neuron = graded_layer(profile, layer.spec, layer.others["graded"], None if bias is None else len(bias.mantissa))
    if bias is not None and neuron.bias is not None:
        neuron.bias.data = torch.from_numpy(bias.codes(2) * layer.spec.membrane.step).float()
    return neuron


def _lut(curve: Surrogate, profile: Profile, step: float) -> LUTSurrogate:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)  # said when the table was first built
        return LUTSurrogate(curve, profile, step, saturate=True)


def _bias(bias: IntegerBias, profile: Profile) -> torch.Tensor:
    """The real bias; in float64 where float32 does not hold it."""
    assert profile.bias is not None  # the layer was made
    mantissa = bias.mantissa.astype(np.float64)
    lowest = -(2 ** (profile.bias.bits - 1)) / 2
    chosen = bias.exponent > profile.bias.exponent_min and profile.bias.rounding != "floor"
    if chosen and mantissa.max(initial=0) < -lowest and mantissa.min(initial=0) == lowest:
        # The most negative mantissa of the next smaller exponent: it would be taken.
        mantissa[mantissa == lowest] -= 0.375
    real = torch.from_numpy(mantissa * (2.0**bias.exponent * profile.state_step))
    return real.float() if torch.equal(real.float().double(), real) else real


def _beta(leak: Leak) -> Any:
    """The real decay factor, or factors, rounded to `leak`; of a constant loss what is left of 1.0."""
    beta = 1 - leak.amount * leak.register.step if leak.kind == "linear" else leak.beta
    return beta if is_each(beta) else float(beta)
