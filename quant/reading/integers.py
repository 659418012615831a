"""The integers of layers that train: weights and neurons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerBias, IntegerDelayedLinear, IntegerLayer, IntegerLIF, Weighted
from spikelut.quant.network.shapes.order import IntegerReshape
from spikelut.quant.network.shapes.pooling import IntegerSpread
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, check_sums
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.layer_kinds import LAYERS as NEURON_LAYERS
from spikelut.quant.neurons.layer_kinds import SPIKING
from spikelut.quant.tables.lut_surrogate import LUTSurrogate, require_table_of
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, kind_of, require_plain


def weights_of(name: str, module: Any, where: str) -> Weighted:
    """The integers of a layer of weights; of a convolution as it is stored, without its geometry."""
    from spikelut.quant.weights.delayed_linear import DelayedLinear  # Brevitas is heavy and optional
    from spikelut.quant.weights.layers import QuantLinear

    codes, found = module.integer_weight()
    plain = module.bias is None and not (module.input_quant.is_quant_enabled or module.output_quant.is_quant_enabled)
    message = "must have no bias (neurons have) and no quantisers of activations"
    require(plain and not module.return_quant_tensor, where, message, type(module).__name__)
    chip = module.profile.weight
    exponents = _without_large(codes, found if module.per_channel else [found], module.weight_lsb, chip.shift)
    exponent = min(exponents)
    array: NDArray[Any] = codes.cpu().numpy().astype(np.int8 if module.weight_bits <= 8 else np.int16)
    # Codes that stand lower in the chip's weight than its smallest shift would put them.
    lower = max(0, chip.exponent_min - exponent)
    common: dict[str, Any] = {
        "name": name,
        "lsb": module.weight_lsb >> lower,
        "exponent": exponent + lower,
        "shift": chip.shift,
        "bits": module.weight_bits,
        "channels": tuple(e - exponent for e in exponents) if module.per_channel else (),
    }
    if isinstance(module, QuantLinear):
        return IntegerLinear(codes=array, **common)
    if isinstance(module, DelayedLinear):
        return IntegerDelayedLinear(codes=array, **common, delays=module.delays.cpu().numpy().astype(np.uint8))
    if module.transposed:
        array = np.flip(module.outputs_first(codes).cpu().numpy().astype(array.dtype), (2, 3)[: array.ndim - 2])
    return IntegerConv2d(codes=array, **common)


def _without_large(codes: Tensor, exponents: list[int], lsb: int, shift: int) -> list[int]:
    """The exponents; where all codes are 0, none by which a code would add more than sums can hold.

    Unsigned codes are 0 for negative weights, whose size still chooses the exponent.
    """
    most = 30 - shift - (lsb.bit_length() - 1)
    if max(exponents) <= most:
        return exponents
    empty = ~codes.reshape(len(exponents), -1).bool().any(1)
    return [min(e, most) if zero else e for e, zero in zip(exponents, empty.tolist(), strict=True)]


def conv2d_of(module: Any, layer: IntegerConv2d) -> tuple[list[IntegerLayer], IntegerConv2d, list[IntegerLayer]]:
    """A convolution with its geometry; what comes before and after it, where it is transposed, of sequences, or uneven.

    A transposed convolution is the convolution, with its kernels turned around, of inputs that zeros set apart.
    """
    name, pads, kernel = layer.name, module.pads, module.kernel_size
    stride, dilation, ones = tuple(module.stride), tuple(module.dilation), (1,) * len(kernel)
    spread, padding = None, tuple(before for before, _ in pads)
    if module.transposed:
        around = [d * (k - 1) - p for d, k, (p, _) in zip(dilation, kernel, pads, strict=True)]
        after = tuple(n + more for n, more in zip(around, module.output_padding, strict=True))
        spread = IntegerSpread(f"{name}_spread", stride, tuple(around), after)
        stride, padding = ones, (0,) * len(kernel)
    elif any(before != after for before, after in pads):
        spread = IntegerSpread(f"{name}_pad", ones, padding, tuple(after for _, after in pads))
        padding = (0,) * len(kernel)
    before: list[IntegerLayer] = [] if spread is None else [spread]
    behind: list[IntegerLayer] = []
    if len(kernel) == 1:
        before.append(IntegerReshape(f"{name}_in", (module.in_channels, -1, 1)))
        behind.append(IntegerReshape(f"{name}_out", (module.out_channels, -1)))
        layer = replace(layer, codes=layer.codes[..., None])
        stride, padding, dilation = (*stride, 1), (*padding, 0), (*dilation, 1)
    pair: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation}
    found = replace(layer, **pair, groups=module.groups)
    return before, replace(found, codes=np.ascontiguousarray(found.codes)), behind


PASS_SHIFTS = ("add", "max_pool", "repeat", "upsample", "reverse")
"""What may be done to sums before what batch norm shifts is added: it comes to the same, for each channel."""


def shifts_after(call: Any, given: list[tuple[Any, ...]], where: str) -> tuple[Any, ...]:
    """The layers with batch norm whose shifts are still to be added to what a call gives, after those of its inputs.

    ValueError where neurons add other shifts than those of the layers before them, or something else comes first.
    """
    open_ones, module = tuple(layer for layers in given for layer in layers), call.module
    neuron = getattr(module, "neuron", module)
    if isinstance(neuron, Neuron):
        added = {id(layer) for layer in neuron.bias_layers}
        same = added == {id(layer) for layer in open_ones} and len(neuron.bias_layers) == len(open_ones)
        message = "bias must be the layers with batch_norm=True before these neurons, where they have it, and no others"
        require(same, where, message, [type(layer).__name__ for layer in neuron.bias_layers])
        return ()
    if call.op == "module":
        return (module,) if getattr(module, "batch_norm", None) is not None else ()
    passes = not open_ones or call.op in PASS_SHIFTS
    message = "sums of a layer with batch_norm=True go to neurons that add what it shifts (bias=layer)"
    require(passes, where, f"{message}, pooled by their largest, repeated or enlarged at most", call.op)
    return open_ones


def profile_of(module: Any) -> Profile:
    """The chip of a layer of neurons, recurrent or not."""
    profile: Profile = getattr(module, "neuron", module).profile
    return profile


def _recurrent_weights(name: str, module: Any, where: str) -> IntegerLinear:
    """The recurrent weights; ValueError unless they are those of a plain `QuantLinear`."""
    from spikelut.quant.weights.layers import QuantLinear

    linear = module.linear
    require(isinstance(linear, QuantLinear), where, "linear must be a QuantLinear", type(linear).__name__)
    require_plain(f"{where}: linear", linear, QuantLinear, WEIGHTS)
    weights = weights_of(f"{name}.linear", linear, where)
    check_sums(weights, module.neuron.in_force().max_spikes, module.neuron.profile, where)
    assert isinstance(weights, IntegerLinear)  # a Recurrent has a QuantLinear
    return weights


def integer_events(name: str, module: Any, where: str) -> IntegerEventLIF:
    """The integers of weights and neurons in one."""
    inner = module.weights
    require_plain(f"{where}: weights", inner, type(inner), WEIGHTS)
    weights: Any = weights_of(f"{name}.weights", inner, where)
    if isinstance(weights, IntegerConv2d):
        _, weights, _ = conv2d_of(inner, weights)  # with nothing before or behind, as its padding is even
    curve, table = _curve_of(module.surrogate, module.profile, where)
    found, events = module.integer_bias(), module.events
    bias = None if found is None else IntegerBias(found[0].cpu().numpy(), found[1])
    own: dict[str, Any] = {"weights": weights, "each": events.each, "ticks": events.ticks}
    return IntegerEventLIF(name, events.spec, curve, table, events.synapse, bias, **own)


def _curve_of(slope: Any, profile: Profile, where: str) -> tuple[Any, Any]:
    """The curve that neurons were trained with, and its table; None for what there is not."""
    if not isinstance(slope, LUTSurrogate):
        return slope, None
    require_plain(f"{where}: surrogate", slope, LUTSurrogate, "give the curve, a Surrogate, what it adds")
    require_table_of(where, slope, profile)
    return slope.analytic, slope.table


def integer_neurons(name: str, module: Any, where: str) -> IntegerLIF:
    """The integers of a layer of neurons, recurrent or not."""
    from spikelut.quant.neurons.recurrent import Recurrent

    recurrent, neuron = None, module
    if isinstance(module, Recurrent):
        neuron = module.neuron
        kind = kind_of(neuron, NEURON_LAYERS)
        require(kind in SPIKING, where, "neuron must be a LIF or a CubaLIF", type(neuron).__name__)
        require_plain(f"{where}: neuron", neuron, kind or Neuron, LAYERS)
        recurrent = _recurrent_weights(name, module, where)
    assert isinstance(neuron, Neuron)  # the caller's case
    found, (curve, table) = neuron.integer_bias(), _curve_of(neuron.surrogate, neuron.profile, where)
    bias = None if found is None else IntegerBias(found[0].cpu().numpy(), found[1])
    return IntegerLIF(name, neuron.in_force(), curve, table, neuron.synapse, bias, recurrent, neuron.others)
