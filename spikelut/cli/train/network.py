"""Building the networks of `spikelut train`: in a chip's integers, or the same in floats."""

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from spikelut.cli.networks.layers import parse_bits as parse_bits
from spikelut.cli.networks.layers import recurs
from spikelut.cli.networks.shape import Shape as Shape
from spikelut.cli.shared.architecture import ADAPTIVE, PLAIN, Conv, Dense, LayerSettings, Pool, parse_layers
from spikelut.cli.shared.recipe import Recipe
from spikelut.hw_profiles import Profile
from spikelut.quant import (
    LI,
    LIF,
    AdaptiveLIF,
    CubaLIF,
    Delay,
    DelayedLinear,
    FloatAdaptiveLIF,
    FloatLIF,
    FloatRecurrent,
    LUTSurrogate,
    Repeat,
    SumPool2d,
    TimeDistributed,
)
from spikelut.quant.conversion.convert import Conversion
from spikelut.quant.dynamics.leak import input_share
from spikelut.quant.dynamics.spec import always_decays
from spikelut.quant.neurons.base import SpikingLayer
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantConv2d, QuantLinear
from spikelut.quant.weights.on_grid import OnGrid
from spikelut.surrogates import Surrogate

ALPHA = 0.5
"""Decay of the synaptic current on a chip that always has one."""

READOUT_GAIN = 0.3
"""Of the first weights before a read-out, whose membranes would else begin at the ends of a narrow register."""

RECURRENT_GAIN = 0.1
"""Of the standard deviation 1 / sqrt(inputs): larger recurrent weights make gradients explode over a hundred steps."""


@dataclass(frozen=True)
class Builder:
    """Makes the modules of one kind of network; `weight_bits` None: float ones; `layer_bits`: of layers by name."""

    recipe: Recipe
    profile: Profile
    slope: LUTSurrogate | Surrogate
    weight_bits: int | None
    layer_bits: dict[str, int] = field(default_factory=dict)

    @property
    def bias(self) -> bool:
        """Whether neurons have one: where it is wanted, and the chip has it."""
        return self.recipe.bias and self.profile.bias is not None

    @property
    def gain(self) -> float:
        """How much larger weights and biases are on a chip whose membranes relax towards their input."""
        return self.gain_of(PLAIN)

    def gain_of(self, own: LayerSettings) -> float:
        """That of a layer with settings of its own."""
        beta = self.recipe.beta if own.beta is None else own.beta
        return 1.0 if self.weight_bits is None else 1 / input_share(self.profile.decay, beta)

    @property
    def alpha(self) -> float | None:
        """The decay factor of a synaptic current, or None for none."""
        return ALPHA if self.recipe.alpha is None and always_decays(self.profile) else self.recipe.alpha

    def alpha_of(self, own: LayerSettings) -> float | None:
        """That of a layer with settings of its own."""
        if own.neuron == "lif":
            return None
        alpha = self.alpha if own.alpha is None else own.alpha
        return ALPHA if alpha is None and own.neuron == "cuba" else alpha

    @property
    def normalises(self) -> bool:
        """Whether there is batch norm before hidden neurons."""
        return self.recipe.batch_norm and self.weight_bits is None

    def dense(
        self,
        name: str,
        fan_in: int,
        fan_out: int,
        step: float = 1.0,
        *,
        last: bool = False,
        own: LayerSettings = PLAIN,
    ) -> Any:
        """Weights from every input to every neuron."""
        if self.weight_bits is None:
            layer: Any = nn.Linear(fan_in, fan_out, bias=self._weights_bias(last, own))
        elif own.delays == "synapses":
            layer = DelayedLinear(fan_in, fan_out, **self._weights(name, step), **self._delayed(own, fan_out, fan_in))
        else:
            layer = QuantLinear(fan_in, fan_out, **self._weights(name, step))
        return self._initialised(layer, own)

    def convolution(self, name: str, channels: int, layer: Conv, step: float) -> Any:
        """Weights of a convolution."""
        if self.weight_bits is None:
            made = nn.Conv2d(channels, layer.size, layer.kernel, bias=self._weights_bias(False, layer.own))
            return TimeDistributed(self._initialised(made, layer.own))
        made = QuantConv2d(channels, layer.size, layer.kernel, **self._weights(name, step))
        return self._initialised(made, layer.own)

    def norm(self, size: int, *, images: bool) -> nn.Module:
        """Batch norm of so many features or channels, over samples and time steps."""
        return TimeDistributed(nn.BatchNorm2d(size) if images else nn.BatchNorm1d(size))

    def neurons(self, size: int, *, last: bool = False, own: LayerSettings = PLAIN) -> Any:
        """Spiking neurons for so many features or channels; the `last` ones are the chip's outputs."""
        alpha, recipe, step = self.alpha_of(own), self.recipe, self.profile.step
        values: dict[str, Any] = {
            "beta": recipe.beta if own.beta is None else own.beta,
            "threshold": own.threshold or 1.0,
        }
        adapting = {name: value for name, value in own.given.items() if name in ADAPTIVE}
        several = 1 if step is None else step.output_spikes if last else step.max_spikes
        if self.weight_bits is None:
            assert isinstance(self.slope, Surrogate)  # a float network has no table
            bias = self._own_bias(size, own)
            if own.neuron == "adaptive":
                return FloatAdaptiveLIF(self.slope, alpha=alpha, bias=bias, **values, **adapting)
            reset = own.reset or self.reset
            return FloatLIF(self.slope, alpha=alpha, bias=bias, reset=reset, max_spikes=several, **values)
        options: dict[str, Any] = {**values, "bias": size if self.bias else None}
        options |= {"learn_beta": own.learn_beta, "learn_threshold": own.learn_threshold}
        if own.neuron == "adaptive":
            return AdaptiveLIF(self.profile, self.slope, alpha=alpha, **options, **adapting)
        options |= {"reset": own.reset or recipe.reset, "max_spikes": several, "refractory": own.refractory or 0}
        if alpha is None:
            return LIF(self.profile, self.slope, **options)
        return CubaLIF(self.profile, self.slope, alpha=alpha, **options)

    def recurrent(self, name: str, size: int, own: LayerSettings = PLAIN) -> Any:
        """Spiking neurons that feed back into their layer."""
        layer: Any
        if self.weight_bits is None:
            layer = FloatRecurrent(self.neurons(size, own=own), size)
        else:
            bits = self.layer_bits.get(name, self.weight_bits)
            layer = Recurrent(self.neurons(size, own=own), size, weight_bits=bits)
        nn.init.normal_(layer.linear.weight, 0.0, RECURRENT_GAIN / math.sqrt(size))
        return layer

    def delay(self, size: int, own: LayerSettings) -> Delay:
        """Delays of so many axons, before the weights that they lead to."""
        profile = None if self.weight_bits is None else self.profile
        return Delay(profile=profile, **self._delayed(own, size))

    def readout(self, classes: int) -> nn.Module:
        """A leaky integrator for each class."""
        beta = self.recipe.readout_beta
        if self.weight_bits is None:
            return FloatLIF(None, beta=beta, alpha=self.alpha, bias=self._own_bias(classes))
        return LI(self.profile, alpha=self.alpha, beta=beta, bias=classes if self.bias else None)

    def _delayed(self, own: LayerSettings, *shape: int) -> dict[str, Any]:
        """Delays that are given, or those that training begins with: drawn anew for each axon or synapse."""
        if not own.learn_delay:
            return {"delay": own.delay or 0}
        most = own.max_delay or 0
        return {"delay": torch.rand(shape) * most, "learn_delay": True, "max_delay": most}

    def _weights(self, name: str, step: float) -> dict[str, Any]:
        """How weights are quantised."""
        bits, channels = self.layer_bits.get(name, self.weight_bits), self.recipe.per_channel
        return {"profile": self.profile, "weight_bits": bits, "input_step": step, "per_channel": channels}

    def _initialised(self, layer: Any, own: LayerSettings) -> Any:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="linear")
        layer.weight.data *= self.gain_of(own)
        if isinstance(layer.bias, nn.Parameter):
            nn.init.zeros_(layer.bias)
        return layer

    def _weights_bias(self, last: bool, own: LayerSettings) -> bool:
        # What batch norm would take away again is left out.
        return self.bias and self.alpha_of(own) is None and (last or not self.normalises)

    def _own_bias(self, size: int, own: LayerSettings = PLAIN) -> int | None:
        # Without a current of its own a neuron's bias is that of its weights.
        return size if self.bias and self.alpha_of(own) is not None else None

    @property
    def reset(self) -> str:
        """The reset in force, by name."""
        step = self.profile.step
        return self.recipe.reset or (step.resets[0] if step else "subtract")


def build_network(builder: Builder, shape: Shape) -> nn.Sequential:
    """The layers of a recipe, named, dropout between; weights drawn from torch's seed, the same for every slope."""
    modules: OrderedDict[str, nn.Module] = OrderedDict()
    recipe, inputs, step, number = builder.recipe, shape.inputs, shape.input_step, 0
    hidden = parse_layers(recipe.layers)
    weighted = sum(not isinstance(layer, Pool) for layer in hidden)
    for layer in (*hidden, Dense(shape.classes)):
        if isinstance(layer, Pool):
            inputs = (inputs[0], *_windows(inputs[1:], layer.kernel, layer.kernel))
            modules[f"pool{len(modules)}"] = SumPool2d(layer.kernel)
            continue
        if number and recipe.dropout:
            modules[f"dropout{number}"] = nn.Dropout(recipe.dropout)
        number += 1
        last, own = number > weighted, layer.own
        if len(inputs) == 3 and isinstance(layer, Dense):
            modules[f"flatten{number}"] = nn.Flatten(2)
            inputs = (math.prod(inputs),)
        if own.delays == "axons":
            modules[f"delay{number}"] = builder.delay(inputs[0], own)
        if isinstance(layer, Conv):
            name = f"conv{number}"
            weights = builder.convolution(name, inputs[0], layer, step)
            inputs = (layer.size, *_windows(inputs[1:], layer.kernel, 1))
        else:
            name = f"linear{number}"
            weights = builder.dense(name, inputs[0], layer.size, step, last=last, own=own)
            inputs = (layer.size,)
        modules[name] = weights
        if builder.normalises and not last:
            modules[f"norm{number}"] = builder.norm(layer.size, images=isinstance(layer, Conv))
        if number == 1 and shape.steps is not None:
            modules["repeat"] = Repeat(shape.steps)
        step = 1.0
        if last and recipe.readout == "membrane":
            weights.weight.data *= READOUT_GAIN
            modules["readout"] = builder.readout(shape.classes)
        elif not last and recurs(layer, recipe):
            modules[f"lif{number}"] = builder.recurrent(f"lif{number}", layer.size, own)
        else:
            modules[f"lif{number}"] = builder.neurons(layer.size, last=last, own=own)
    return nn.Sequential(modules)


def bits_by_layer(network: nn.Module, builder: Builder) -> dict[str, int]:
    """The weight bits of all layers that have weights; ValueError for names that none has, and too many bits."""
    top, names = builder.profile.weight.bits, [name for name, _ in network.named_children()]
    layers = [name for name in names if name.startswith(("conv", "linear"))]
    layers += [name for name, layer in network.named_children() if isinstance(layer, Recurrent | FloatRecurrent)]
    unknown = sorted(builder.layer_bits.keys() - set(layers))
    if unknown:
        raise ValueError(f"weight-bits must be of layers {', '.join(layers)}, got {', '.join(unknown)}")
    found = {name: builder.layer_bits.get(name, builder.weight_bits or top) for name in layers}
    wrong = {name: bits for name, bits in found.items() if not 2 <= bits <= top}
    if wrong:
        raise ValueError(f"--weight-bits must be in 2..{top} on {builder.profile.name}, got {wrong}")
    return found


def load_converted(network: nn.Module, found: Conversion) -> None:
    """Put the layers that a float network was converted to in the place of a network's own: the very same integers.

    Its dropout stays, what has nothing to be converted, and delays that are learned, which begin as the converted ones.
    """
    made = dict(found.model.named_children())
    for name, module in list(network.named_children()):
        converted = made.pop(name, None)
        if isinstance(module, Delay):
            assert converted is not None  # it has numbers
            module.load_state_dict(converted.state_dict())
        elif isinstance(module, OnGrid | SpikingLayer):
            assert converted is not None  # likewise
            setattr(network, name, converted)
    left = [name for name, module in made.items() if isinstance(module, OnGrid | SpikingLayer)]
    assert not left, left


def _windows(size: tuple[int, ...], kernel: int, stride: int) -> tuple[int, ...]:
    """Height and width of what windows of `kernel` by `kernel` give."""
    if min(size) < kernel:
        raise ValueError(f"layers must have windows of at most {min(size)} there, got {kernel}")
    return tuple((n - kernel) // stride + 1 for n in size)
