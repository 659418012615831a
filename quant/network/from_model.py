"""The integer network of a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from spikelut._checks import require, require_int
from spikelut._extras import names_extra
from spikelut._torch import children
from spikelut.hw_profiles import Profile
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
from spikelut.quant.network.silence import warn_of_silence
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.lif import IF, LI, LIF, CubaLIF
from spikelut.quant.tables.lut_surrogate import LUTSurrogate, require_table_of
from spikelut.quant.weights.input_events import MOST_EVENTS
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, as_evaluated, kind_of, require_plain
from spikelut.quant.weights.pooling import Repeat, SumPool2d

if TYPE_CHECKING:
    from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.quant.network.network import IntegerNetwork, check_outputs, check_sums


@dataclass
class _Build:
    """The network so far, and what comes out of its last layer: `events` up to `largest`, or sums.

    `largest_input` and `input_step` are those of the network, known once it has weights.
    """

    layers: list[IntegerLayer]
    profile: Profile | None
    events: bool
    largest: int
    largest_input: int | None
    input_step: float = 1.0
    first: bool = True


@names_extra
def integer(model: nn.Module, *, largest_input: int | None = None) -> IntegerNetwork:
    """The integers of a trained `torch.nn.Sequential`, to be deployed: weight codes, decays, thresholds, tables.

    The model is made of `QuantLinear` or `QuantConv2d`, each followed by `LIF`, `IF`, `CubaLIF` or `Recurrent`, or at
    the end by `LI`; of `SumPool2d` and `nn.Flatten(2)` before weights, and `Repeat` between weights and neurons.
    Dropout and identity layers fall away. The result computes what the model does, spike by spike, in NumPy.

    `largest_input`: the most events of one input in a step; by default what the first layer says or, if that is None, 1
    or, where its `input_step` is 2**-k, 2**k - 1.

    Layers are read by their attributes, in evaluation mode: pruned and parametrized weights as they are in force.

    Raises ValueError for other modules or another order, for a module that computes anything of its own (a subclass
    with its own `forward` or other functions of its class, a forward hook), for layers of different profiles, an
    `input_step` after the first layer, last neurons that spike more often in a step than the chip's outputs
    (`max_spikes`), or synaptic sums that could leave the chip's accumulator, 30 bits or what float32 holds exactly.
    Warns (`SilentLayerWarning`) of layers that cannot spike, whatever comes in.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> [type(layer).__name__ for layer in quant.integer(model).layers]
    ['IntegerLinear', 'IntegerLIF']
    ```
    """
    require_sequential("integer", model)
    if largest_input is not None:
        require_int("integer", "largest_input", largest_input, 1, MOST_EVENTS)
    build = _Build([], None, True, 0, largest_input)
    with as_evaluated(model):
        for name, module in children(model).items():
            _add(build, f"integer: layer {name!r}", name, module)
    complete = build.profile is not None and isinstance(build.layers[-1], IntegerLIF)
    kinds = [type(m).__name__ for m in model.children()]
    require(complete, "integer", "model must end with a LIF or another layer of neurons", kinds)
    assert build.profile is not None  # as was just required
    check_outputs(build.layers, build.profile, "integer")
    most = build.profile.current.max_events if build.profile.current else None
    message = f"largest_input must be at most {most}, the events of an input that {build.profile.name} takes in a step"
    largest = build.largest_input
    assert largest is not None  # set with the first weights
    require(most is None or largest <= most, "integer", message, largest)
    warn_of_silence("integer", build.layers, largest)
    return IntegerNetwork(build.profile, tuple(build.layers), largest, build.input_step)


def require_sequential(who: str, model: Any) -> None:
    """ValueError unless `model` runs one module after the other, and nothing else."""
    require(isinstance(model, nn.Sequential), who, "model must be a torch.nn.Sequential", type(model).__name__)
    require_plain(f"{who}: model", model, nn.Sequential, "write it as a torch.nn.Sequential of layers")


FALLS_AWAY = (nn.Dropout, nn.Identity)


"""Modules that do nothing in evaluation mode."""


def neuron_kinds() -> tuple[type, ...]:
    """The layers of neurons that are read."""
    from spikelut.quant.neurons.recurrent import Recurrent

    return LIF, IF, CubaLIF, LI, Recurrent


def layer_kinds() -> tuple[type, ...]:
    """All layers that are read."""
    from spikelut.quant.weights.layers import QuantConv2d, QuantLinear  # Brevitas is heavy and optional

    return QuantLinear, QuantConv2d, *neuron_kinds(), SumPool2d, nn.Flatten, Repeat, *FALLS_AWAY


def _add(build: _Build, where: str, name: str, module: Any) -> None:
    """Append the integers of `module` to the network."""
    from spikelut.quant.neurons.recurrent import Recurrent
    from spikelut.quant.weights.layers import QuantConv2d, QuantLinear

    kind, found = type(module).__name__, kind_of(module, layer_kinds())
    names = "QuantLinear, QuantConv2d, LIF, IF, CubaLIF, Recurrent, LI, SumPool2d, Flatten, Repeat, Dropout or Identity"
    require(found is not None, where, f"must be a {names}", kind)
    assert found is not None  # as was just required
    require_plain(where, module, found, WEIGHTS if found in (QuantLinear, QuantConv2d) else LAYERS)
    if found in FALLS_AWAY:
        return
    neurons = found in neuron_kinds()
    after_weights = neurons or found is Repeat
    wanted = "weights, SumPool2d or Flatten are next" if build.events else "neurons or Repeat are next"
    require(after_weights != build.events, where, f"weights and neurons must alternate, {wanted}", kind)
    if neurons:
        build.layers.append(integer_neurons(name, module, where))
        build.events = not isinstance(module, LI)
        neuron = module.neuron if isinstance(module, Recurrent) else module
        build.largest, profile = neuron.in_force().max_spikes, neuron.profile
    elif isinstance(module, QuantLinear | QuantConv2d):
        fits = build.first or module.input_step == 1
        require(fits, where, "input_step must be 1 after the first layer", module.input_step)
        fits = build.first or module.largest_input is None
        require(fits, where, "largest_input must be None after the first layer", module.largest_input)
        if build.first:
            build.input_step = module.input_step
            stated = build.largest_input or module.largest_input
            build.largest = stated or max(1, round(1 / module.input_step) - 1)
            build.largest_input = build.largest
        build.layers.append(_weights(name, module, build.largest, where))
        build.events, build.first, profile = False, False, module.profile
    else:
        _add_shape(build, where, name, module)
        return
    build.profile = build.profile or profile
    require(profile == build.profile, where, f"profile must be {build.profile.name}", profile.name)


def _add_shape(build: _Build, where: str, name: str, module: SumPool2d | nn.Flatten | Repeat) -> None:
    if isinstance(module, SumPool2d):
        require(not build.first, where, "must not be the first layer: pool the data instead", "SumPool2d")
        size, stride = module.kernel_size, module.stride
        square = isinstance(size, int) and isinstance(stride, int) and not any(module.window.padding)
        require(square, where, "must have square windows and no padding", module.window)
        build.layers.append(IntegerSumPool2d(name, size, stride))
        build.largest *= size**2
    elif isinstance(module, Repeat):
        build.layers.append(IntegerRepeat(name, module.steps))
    else:
        require(not build.first, where, "must not be the first layer: flatten the data instead", "Flatten")
        dimensions = (module.start_dim, module.end_dim)
        require(dimensions == (2, -1), where, "must be nn.Flatten(2), which leaves time and batch", dimensions)
        build.layers.append(IntegerFlatten(name))


def _weights(name: str, module: QuantLinear | QuantConv2d, events: int, where: str) -> IntegerLinear | IntegerConv2d:
    """The integers of a layer whose inputs are at most `events` each in a step."""
    from spikelut.quant.weights.layers import QuantConv2d

    codes, found = module.integer_weight()
    plain = module.bias is None and not (module.input_quant.is_quant_enabled or module.output_quant.is_quant_enabled)
    message = "must have no bias (neurons have) and no quantisers of activations"
    require(plain and not module.return_quant_tensor, where, message, type(module).__name__)
    exponents = found if module.per_channel else [found]
    exponent = min(exponents)
    array: NDArray[Any] = codes.cpu().numpy().astype(np.int8 if module.weight_bits <= 8 else np.int16)
    # Codes that stand lower in the chip's weight than its smallest shift would put them.
    lower = max(0, module.profile.weight.exponent_min - exponent)
    chip = module.profile.weight
    common: dict[str, Any] = {
        "name": name,
        "codes": array,
        "lsb": module.weight_lsb >> lower,
        "exponent": exponent + lower,
        "shift": chip.shift,
        "bits": module.weight_bits,
        "channels": tuple(e - exponent for e in exponents) if module.per_channel else (),
    }
    if isinstance(module, QuantConv2d):
        alike = not isinstance(module.padding, str)
        fits = module.padding_mode == "zeros" and alike and tuple(module.dilation) == (1, 1)
        given = (module.padding_mode, module.dilation) if alike else module.pads
        require(fits, where, "must have zero padding, alike on both sides, and no dilation", given)
        geometry: dict[str, Any] = {
            "stride": tuple(module.stride),
            "padding": tuple(module.padding),
            "groups": module.groups,
        }
        layer: IntegerLinear | IntegerConv2d = IntegerConv2d(**common, **geometry)
    else:
        layer = IntegerLinear(**common)
    check_sums(layer, events, module.profile, where)
    return layer


def _require_linear(where: str, module: Any) -> None:
    """ValueError unless the recurrent weights are those of a plain `QuantLinear`."""
    from spikelut.quant.weights.layers import QuantLinear

    require(isinstance(module, QuantLinear), where, "linear must be a QuantLinear", type(module).__name__)
    require_plain(f"{where}: linear", module, QuantLinear, WEIGHTS)


def integer_neurons(name: str, module: Any, where: str) -> IntegerLIF:
    """The integers of a layer of neurons, recurrent or not."""
    from spikelut.quant.neurons.recurrent import Recurrent

    recurrent, neuron = None, module
    if isinstance(module, Recurrent):
        neuron = module.neuron
        kind = kind_of(neuron, neuron_kinds())
        require(kind in (LIF, IF, CubaLIF), where, "neuron must be a LIF or a CubaLIF", type(neuron).__name__)
        require_plain(f"{where}: neuron", neuron, kind or LIF, LAYERS)
        _require_linear(where, module.linear)
        weights = _weights(f"{name}.linear", module.linear, neuron.in_force().max_spikes, where)
        assert isinstance(weights, IntegerLinear)  # a Recurrent has a QuantLinear
        recurrent = weights
    assert isinstance(neuron, Neuron)  # the caller's case
    slope, found = neuron.surrogate, neuron.integer_bias()
    if isinstance(slope, LUTSurrogate):
        require_plain(f"{where}: surrogate", slope, LUTSurrogate, "give the curve, a Surrogate, what it adds")
        require_table_of(where, slope, neuron.profile)
    bias = None if found is None else IntegerBias(found[0].cpu().numpy(), found[1])
    table = slope.table if isinstance(slope, LUTSurrogate) else None
    curve = slope.analytic if isinstance(slope, LUTSurrogate) else slope
    return IntegerLIF(name, neuron.in_force(), curve, table, neuron.synapse, bias, recurrent)
