"""The deployed network as plain integers: what the chip holds, and a NumPy reference that runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from spikelut._checks import require, require_int
from spikelut._extras import names_extra
from spikelut._torch import children
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.step import MAX_CURRENT
from spikelut.quant.network.layers import (
    IntegerBias,
    IntegerConv2d,
    IntegerFlatten,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerSumPool2d,
    IntegerWeights,
    Ints,
)
from spikelut.quant.network.silence import warn_of_silence
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.lif import IF, LI, LIF, CubaLIF
from spikelut.quant.tables.lut_surrogate import LUTSurrogate, require_table_of
from spikelut.quant.weights.input_events import MOST_EVENTS, check_events
from spikelut.quant.weights.module_reading import LAYERS, WEIGHTS, as_evaluated, kind_of, require_plain
from spikelut.quant.weights.pooling import Repeat, SumPool2d
from spikelut.quant.weights.wide_sums import EXACT_FLOAT32, needs_float64

if TYPE_CHECKING:
    from spikelut.quant.weights.layers import QuantConv2d, QuantLinear


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """Layers in the order they run, on one profile.

    Inputs are event counts, or graded spikes, up to `largest_input`; one stood for a real `input_step` in training.
    """

    profile: Profile
    layers: tuple[IntegerLayer, ...]
    largest_input: int = 1
    input_step: float = 1.0

    @property
    def in_features(self) -> int:
        """The inputs, or input channels, of the first layer with weights."""
        first = self.first
        return first.in_channels if isinstance(first, IntegerConv2d) else int(first.codes.shape[1])

    @property
    def first(self) -> IntegerLinear | IntegerConv2d:
        """The first layer with weights; AttributeError of a network that has none."""
        for layer in self.layers:
            if isinstance(layer, IntegerLinear | IntegerConv2d):
                return layer
        raise AttributeError("the network has no layer with weights")

    @property
    def input_shape(self) -> list[Any]:
        """What follows time and batch in the input; height and width are free."""
        return [self.in_features, "H", "W"] if isinstance(self.first, IntegerConv2d) else [self.in_features]

    def run(self, spikes: NDArray[Any]) -> dict[str, Ints]:
        """What every layer of neurons gives, by name, for input events: spikes, or of a read-out membrane codes.

        `spikes` are counts [T, B, in], or [T, B, C, H, W] where a convolution comes first, 0 to `largest_input` each.
        Raises ValueError for another shape or other values.
        """
        shape = self.input_shape
        fits = spikes.ndim == 2 + len(shape) and spikes.shape[2] == shape[0]
        require(fits, "IntegerNetwork", f"spikes must be [T, B, {', '.join(map(str, shape))}]", spikes.shape)
        check_events("IntegerNetwork", "spikes", spikes, 1.0, self.largest_input)
        signal, traces = spikes.astype(np.int64), {}
        for layer in self.layers:
            if isinstance(layer, IntegerLIF):
                signal, _ = layer.run(signal)
                traces[layer.name] = signal
            else:
                signal = layer.run(signal)
        return traces


def check_order(layers: tuple[IntegerLayer, ...], who: str) -> None:
    """ValueError unless weights and neurons alternate, layers fit each other, and neurons come last."""
    events, width = True, None
    for layer in layers:
        name = type(layer).__name__
        after_weights = isinstance(layer, IntegerLIF | IntegerRepeat)
        require(after_weights != events, who, f"weights and neurons must alternate, {layer.name!r} does not", name)
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            inputs = layer.in_channels if isinstance(layer, IntegerConv2d) else layer.codes.shape[1]
            require(width in (None, inputs), who, f"layers must fit each other, {layer.name!r} has inputs", inputs)
            events, width = False, len(layer.codes)
        elif isinstance(layer, IntegerLIF):
            events = not layer.reads_out
            sizes = {len(layer.recurrent.codes)} if layer.recurrent else set()
            sizes |= {len(layer.bias.mantissa)} if layer.bias else set()
            require(sizes <= {width}, who, f"neurons must fit the weights, {layer.name!r} has", sorted(sizes))
        elif isinstance(layer, IntegerFlatten):
            width = None  # height and width are free
    complete = bool(layers) and isinstance(layers[-1], IntegerLIF)
    require(complete, who, "neurons must come last", [type(layer).__name__ for layer in layers])


def check_outputs(layers: Sequence[IntegerLayer], profile: Profile, who: str) -> None:
    """ValueError if the last neurons can spike more often in a step than the outputs of the chip.

    A single layer of neurons may: it takes the input lines, which on such a chip lead to hidden neurons (xylosim 0.1.3
    XyloLayer.cpp deliver_spikes).
    """
    neurons = [layer for layer in layers if isinstance(layer, IntegerLIF)]
    if len(neurons) > 1 and not neurons[-1].reads_out and profile.step is not None:
        most, several = profile.step.output_spikes, neurons[-1].spec.max_spikes
        message = (
            f"outputs of {profile.name} spike at most {most} times in a step, so the last neurons need max_spikes="
        )
        require(several <= most, f"{who}: layer {neurons[-1].name!r}", f"{message}{most}", several)


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
    """The integers of a trained `torch.nn.Sequential`.

    It is made of `QuantLinear` or `QuantConv2d`, each followed by `LIF`, `IF`, `CubaLIF` or `Recurrent`, or at the end
    by `LI`; of `SumPool2d` and `nn.Flatten(2)` before weights, and `Repeat` between weights and neurons. Dropout and
    identity layers fall away.

    `largest_input`: the most events of one input in a step; by default what the first layer says or, if that is None, 1
    or, where its `input_step` is 2**-k, 2**k - 1.

    Layers are read by their attributes, in evaluation mode: pruned and parametrized weights as they are in force.

    Raises ValueError for other modules or another order, for a module that computes anything of its own (a subclass
    with its own `forward` or other functions of its class, a forward hook), for layers of different profiles, an
    `input_step` after the first layer, last neurons that spike more often in a step than the chip's outputs
    (`max_spikes`), or synaptic sums that could leave the chip's accumulator, 30 bits or what float32 holds exactly.
    Warns (`SilentLayerWarning`) of layers that cannot spike, whatever comes in.
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
        build.layers.append(IntegerSumPool2d(name, module.kernel_size, module.stride))
        build.largest *= module.kernel_size**2
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
        fits = module.padding_mode == "zeros" and tuple(module.dilation) == (1, 1)
        require(fits, where, "must have zero padding and no dilation", (module.padding_mode, module.dilation))
        geometry = {"stride": tuple(module.stride), "padding": tuple(module.padding), "groups": module.groups}
        layer: IntegerLinear | IntegerConv2d = IntegerConv2d(**common, **geometry)
    else:
        layer = IntegerLinear(**common)
    check_sums(layer, events, module.profile, where)
    return layer


def check_sums(layer: IntegerWeights, events: int, profile: Profile, where: str) -> None:
    largest, fan_in = layer.largest_sum * events, layer.fan_in
    message = f"synaptic sums must be at most {MAX_CURRENT} membrane codes, fan-in {fan_in}"
    require(largest <= MAX_CURRENT, where, message, largest)
    exact = f"sums of weight codes must be at most 2**24 to be exact in float32, fan-in {fan_in}"
    codes = replace(layer, channels=()).largest_sum * events >> layer.left_shift
    # Wider layers make their sums in float64.
    wide = needs_float64(fan_in, layer.bits)
    require(wide or codes <= EXACT_FLOAT32, where, exact, codes)
    bits = profile.current.accumulator_bits if profile.current else None
    if bits is not None:
        limit = 2 ** (bits - 1) - 1
        message = (
            f"synaptic sums must be at most {limit} in the {bits}-bit accumulator of {profile.name}, fan-in {fan_in}"
        )
        require(largest <= limit, where, message, largest)


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
