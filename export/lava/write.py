"""From an integer network to the layers of a file of lava-dl: what `read` makes such a network of."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.export.lava.neuron_fields import fields_of
from spikelut.export.lava.neurons import BIAS_EXPONENT
from spikelut.export.lava.weights import whole_weights
from spikelut.hw_profiles import Profile
from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes.order import IntegerFlatten
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerScale

Group = dict[str, Any]
"""Datasets, and groups in it, by their names."""
WHO = "to_lava"


class Writer:
    """The layers written so far, of a network that is gone through layer by layer."""

    def __init__(self, network: IntegerNetwork, profile: Profile, transform: tuple[int, int] | None) -> None:
        self.network, self.transform = network, transform
        require(network.is_chain, WHO, "network must be a chain of layers, with one input", list(network.wiring))
        others = [p.name for p in (network.profile, *network.profiles.values()) if p != profile]
        require(not others, WHO, f"network must be of the profile {profile.name}", others)
        self.layers: Sequence[IntegerLayer] = network.layers
        self.groups: list[Group] = []
        self.steps: list[bool] = []
        """Of each layer with weights, whether its events take a step."""

    def write(self) -> list[Group]:
        """All layers; ValueError, in one line with the layer, for what the layout cannot say."""
        place = self._input()
        while place < len(self.layers):
            place = self._next(place)
        alike = len(set(self.steps)) <= 1
        message = "all weights must come after a delay of one step, or none (netx gives all of them one)"
        require(alike, WHO, message, self.steps)
        return self.groups

    def _input(self) -> int:
        """The layer of the input; how many layers of the network that is."""
        first, shape = self.layers[0], self.network.inputs[0].shape
        sizes = all(isinstance(n, int) for n in shape)
        require(sizes, WHO, "height and width of the input must be known", list(shape))
        group: Group = {"type": "input", "shape": shape}
        scaled = isinstance(first, IntegerScale)
        encodes = isinstance(first, IntegerLIF) and first.kind.takes == "events"
        if scaled or encodes:
            neurons = self.layers[int(scaled)]
            where = f"{WHO}: layer {first.name!r}"
            if isinstance(first, IntegerScale):
                left = first.left_shift
                require(left == BIAS_EXPONENT, where, f"left_shift must be {BIAS_EXPONENT}, as of a bias", left)
            assert isinstance(neurons, IntegerLIF)  # a sum goes to nothing else
            plain = neurons.synapse is None and neurons.bias is None
            where = f"{WHO}: layer {neurons.name!r}"
            require(plain, where, "neurons that take the input must have no bias, nor a current that decays", "one")
            group["neuron"] = fields_of(neurons, where)
            if self.transform is not None:
                group |= dict(zip(("weight", "bias"), map(np.float32, self.transform), strict=True))
        else:
            require(self.transform is None, WHO, "transform must be None for an input without neurons", self.transform)
            step = self.network.inputs[0].step
            require(step == 1, WHO, "input_step must be 1", step)
        if scaled or encodes or len(shape) > 1:  # weights of features in a row say how many they take
            self.groups.append(group)
        return 2 if scaled else 1 if encodes else 0

    def _next(self, place: int) -> int:
        """A layer of the file that begins at a layer of the network; where the next one begins."""
        layer = self.layers[place]
        if isinstance(layer, IntegerFlatten):
            shape = self.network.signals[layer.name].shape
            self.groups.append({"type": "flatten", "shape": (*shape, 1, 1)})
            return place + 1
        delays = []
        while isinstance(layer, IntegerDelay):
            delays.append(layer)
            place += 1
            layer = self.layers[place] if place < len(self.layers) else layer
            require(layer is not delays[-1], f"{WHO}: layer {layer.name!r}", "delays must come before weights", "none")
        where, name = f"{WHO}: layer {layer.name!r}", type(layer).__name__
        known = isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear)
        message = "must be weights, delays before them, neurons behind them, or Flatten: netx knows no other layers"
        require(known, where, message, name)
        neurons = self.layers[place + 1] if place + 1 < len(self.layers) else None
        require(isinstance(neurons, IntegerLIF), where, "must come before neurons", type(neurons).__name__)
        assert isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear)  # as required
        assert isinstance(neurons, IntegerLIF)
        self._weights(layer, neurons, delays)
        return place + 2

    def _weights(
        self,
        layer: IntegerLinear | IntegerConv2d | IntegerDelayedLinear,
        neurons: IntegerLIF,
        delays: list[IntegerDelay],
    ) -> None:
        where, own = f"{WHO}: layer {layer.name!r}", f"{WHO}: layer {neurons.name!r}"
        values, shape = whole_weights(layer, where), self.network.signals[neurons.name].shape
        self.steps.append(bool(delays) and delays[0].delays == (1,))
        axons = delays[1:] if self.steps[-1] else delays
        group: Group = {"type": "dense", "shape": shape, "weight": values.astype(np.float32)}
        if isinstance(layer, IntegerConv2d):
            require(not axons, where, "axons before a convolution must have no delays", [d.name for d in axons])
            geometry: Group = {"kernelSize": values.shape[2:], "stride": layer.stride, "padding": layer.padding}
            geometry |= {"dilation": layer.dilation, "groups": layer.groups}
            sizes = {"inChannels": layer.in_channels, "outChannels": len(values)}
            group |= {"type": "conv", **sizes, **geometry}
        else:
            require(len(shape) == 1, where, "features must be in a row: flatten what comes in", list(shape))
            group |= {"inFeatures": values.shape[1], "outFeatures": len(values)}
            group |= _delay(layer, axons, where)
        if neurons.recurrent is not None:
            require("delay" not in group, where, "recurrent layers must have no delays", "some")
            fed_back = whole_weights(neurons.recurrent, own)
            group |= {"type": "dense_rec", "weight_rec": fed_back.astype(np.float32)}
        neuron = fields_of(neurons, own)
        group |= {"neuron": neuron} if neuron else {}
        self.groups.append(group | _bias(neurons, own))


def _delay(layer: IntegerLinear | IntegerDelayedLinear, axons: list[IntegerDelay], where: str) -> Group:
    """Delays of dense weights: of synapses [out, in], or of axons, whose rows are all alike."""
    shape = layer.codes.shape
    require(len(axons) <= 1, where, "axons must be delayed once", [d.name for d in axons])
    if isinstance(layer, IntegerDelayedLinear):
        require(not axons, where, "synapses must not be delayed behind delays of axons", [d.name for d in axons])
        found = layer.delays.astype(np.int64)
        alike = (found == found[0]).all()
        require(not alike, where, "delays that all neurons have must be those of axons (quant.Delay)", "of synapses")
        return {"delay": found[:, 0] if (found == found[:, :1]).all() else found}
    return {"delay": np.broadcast_to(np.array(axons[0].delays), shape)} if axons else {}


def _bias(neurons: IntegerLIF, where: str) -> Group:
    """The mantissas of a bias, of which netx says the exponent."""
    if neurons.bias is None:
        return {}
    # Those of sigma-delta neurons are shifted twice as far, once by the exponent of their messages.
    unit = BIAS_EXPONENT * (2 if "graded" in neurons.others else 1)
    codes = neurons.bias.mantissa << neurons.bias.exponent
    whole = not (codes % (1 << unit)).any()
    require(whole, where, f"bias must be multiples of {1 << unit} membrane codes", neurons.bias.exponent)
    return {"bias": (codes >> unit).astype(np.float32)}
