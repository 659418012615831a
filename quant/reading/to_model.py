"""From plain integers back to layers that train."""

import warnings
from collections import OrderedDict
from typing import Any

import numpy as np
import torch
from torch import nn

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.network.layers import (
    IntegerBias,
    IntegerConv2d,
    IntegerFlatten,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerSumPool2d,
)
from spikelut.quant.network.network import IntegerNetwork, check_chain
from spikelut.quant.network.synapses import IntegerWeights
from spikelut.quant.neurons.lif import LI, LIF, CubaLIF
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.reading.from_model import integer
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import TableWarning
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.quant.weights.pooling import Repeat, SumPool2d
from spikelut.surrogates import Surrogate


def from_integer(network: IntegerNetwork) -> nn.Sequential:
    """A trainable `torch.nn.Sequential` with the integers of `network`, with the same layer names.

    `quant.integer` of it is the same network. Weights and biases are the real values of the integers, so that training
    goes on from there. Decays and thresholds are fixed. A `largest_input` other than `input_step` says is that of the
    first layer. Raises ValueError for integers that no layers of `network.profile` have.

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
    check_chain(network, "from_integer")
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    step = network.input_step
    for layer in network.layers:
        modules[layer.name] = _module(layer, network.profile, step)
        step = 1.0 if isinstance(layer, IntegerWeights) else step
    model = nn.Sequential(modules)
    first: Any = modules[network.first.name]
    usual = max(1, round(1 / network.input_step) - 1)
    first.largest_input = None if network.largest_input == usual else network.largest_input
    again = integer(model)
    for one, other in zip(network.layers, again.layers, strict=True):
        message = f"layer {one.name!r} must be one of {network.profile.name}"
        require(_same(one, other), "from_integer", message, "other integers")
    return model


def _module(layer: IntegerLayer, profile: Profile, step: float) -> nn.Module:
    if isinstance(layer, IntegerWeights):
        weights: nn.Module = _weights(layer, profile, step)
        return weights
    if isinstance(layer, IntegerSumPool2d):
        assert isinstance(layer.kernel_size, int)  # of a chain
        assert isinstance(layer.stride, int)
        return SumPool2d(layer.kernel_size, layer.stride)
    if isinstance(layer, IntegerFlatten):
        return nn.Flatten(2)
    if isinstance(layer, IntegerRepeat):
        return Repeat(layer.steps)
    assert isinstance(layer, IntegerLIF)  # of a chain
    neuron = _neurons(layer, profile)
    if layer.recurrent is None:
        return neuron
    assert isinstance(neuron, LIF | CubaLIF)  # a read-out has no recurrent weights
    recurrent = Recurrent(neuron, len(layer.recurrent.codes), weight_bits=layer.recurrent.bits)
    recurrent.linear = _weights(layer.recurrent, profile, 1.0)
    return recurrent


def _weights(layer: IntegerWeights, profile: Profile, step: float) -> Any:
    options: dict[str, Any] = {"profile": profile, "weight_bits": layer.bits, "input_step": step}
    options["per_channel"] = bool(layer.channels)
    made: Any
    if isinstance(layer, IntegerConv2d):
        options |= {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups}
        kernel = (int(layer.codes.shape[2]), int(layer.codes.shape[3]))
        made = QuantConv2d(layer.in_channels, len(layer.codes), kernel, **options)
    else:
        made = QuantLinear(layer.codes.shape[1], len(layer.codes), **options)
    real = layer.codes.astype(np.float64)
    for scaled in real if layer.channels else [real]:
        _keep_scale(scaled, 2.0 ** (layer.bits - 2), floors=profile.weight.rounding == "floor")
    units = layer.factors(real.ndim) * (profile.state_step / step)
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


def _neurons(layer: IntegerLIF, profile: Profile) -> LIF | CubaLIF | LI:
    spec = layer.spec
    bias = None if layer.bias is None else len(layer.bias.mantissa)
    alpha = None if layer.synapse is None else _beta(layer.synapse.leak)
    options: dict[str, Any] = {"beta": _beta(spec.leak), "bias": bias}
    neuron: LIF | CubaLIF | LI
    if layer.surrogate is None:
        neuron = LI(profile, alpha=alpha, **options)
    else:
        curve = layer.surrogate
        slope = curve if layer.table is None else _lut(curve, profile, layer.table.state_step)
        options |= {"threshold": spec.threshold * spec.membrane.step, "reset": spec.reset}
        options["max_spikes"] = spec.max_spikes
        neuron = LIF(profile, slope, **options) if alpha is None else CubaLIF(profile, slope, alpha=alpha, **options)
    if layer.bias is not None and neuron.bias is not None:
        neuron.bias.data = _bias(layer.bias, profile)
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
    if bias.exponent and mantissa.max(initial=0) < -lowest and mantissa.min(initial=0) == lowest:
        # The most negative mantissa of the next smaller exponent: it would be taken.
        mantissa[mantissa == lowest] -= 0.375
    real = torch.from_numpy(mantissa * (2.0**bias.exponent * profile.state_step))
    return real.float() if torch.equal(real.float().double(), real) else real


def _beta(leak: Leak) -> Any:
    """The real decay factor, or factors, rounded to `leak`; of a constant loss what is left of 1.0."""
    beta = 1 - leak.amount * leak.register.step if leak.kind == "linear" else leak.beta
    return beta if is_each(beta) else float(beta)


def _same(one: IntegerLayer, other: IntegerLayer) -> bool:
    """Whether two layers compute the same."""
    if isinstance(one, IntegerWeights) and isinstance(other, IntegerWeights):
        return np.array_equal(_units(one), _units(other))
    if not isinstance(one, IntegerLIF) or not isinstance(other, IntegerLIF):
        return one == other or isinstance(one, IntegerSumPool2d | IntegerFlatten | IntegerRepeat)
    integers = (one.spec, one.synapse, one.surrogate) == (other.spec, other.synapse, other.surrogate)
    (bias, fed_back), (other_bias, other_fed_back) = _constants(one), _constants(other)
    return integers and np.array_equal(bias, other_bias) and np.array_equal(fed_back, other_fed_back)


def _constants(layer: IntegerLIF) -> tuple[Any, Any]:
    """Bias and recurrent weights in membrane codes, empty where there are none."""
    none = np.zeros(0, np.int64)
    bias = none if layer.bias is None else layer.bias.codes(2)
    return bias, none if layer.recurrent is None else _units(layer.recurrent)


def _units(layer: IntegerWeights) -> Any:
    """Weights in membrane codes."""
    assert isinstance(layer, IntegerLinear | IntegerConv2d)
    return layer.codes.astype(np.int64) * layer.factors(layer.codes.ndim)
