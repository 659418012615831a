"""From the layers of a file of lava-dl to an integer network."""

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.lava.fields import MOST, Entry
from spikelut.export.lava.neurons import BIAS_EXPONENT, Place, neurons_of, read_out
from spikelut.export.lava.weights import codes_of
from spikelut.hw_profiles import Profile
from spikelut.quant.network.check import check_network
from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF
from spikelut.quant.network.network import INPUT, IntegerNetwork, NetworkInput
from spikelut.quant.network.shapes.order import IntegerFlatten
from spikelut.quant.network.signal import window_count
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerScale
from spikelut.surrogates import Surrogate

INSTEAD = {
    "average": "netx does not run it either: leave it, and what follows, out with num_layers=",
    "convT": "netx does not run it either",
    "unpool": "netx does not run it either",
    "concat": "netx does not run it either",
    "dense_comp": "complex weights have no counterpart",
}
"""What to say of layers that are not read."""
COMMON = ("type", "shape", "neuron", "weight", "bias", "delay")
DENSE = (*COMMON, "weight_rec", "inFeatures", "outFeatures")
WINDOWS = ("kernelSize", "stride", "padding", "dilation")
CONV = (*COMMON, "inChannels", "outChannels", "groups", *WINDOWS)
MOST_DELAY = 62
MOST_WEIGHTS = 2**28
"""That a file makes of fewer."""


class Reader:
    """The layers read so far, and the `shape` of what the last one gives; None before it is known."""

    def __init__(
        self, profile: Profile, surrogate: Surrogate, layer_delays: bool, given: tuple[int, ...] | None
    ) -> None:
        self.profile, self.surrogate, self.layer_delays = profile, surrogate, layer_delays
        self.layers: list[IntegerLayer] = []
        self.shape = self.given = given
        self.transform: tuple[int, int] | None = None

    def network(self, largest_input: int | None) -> IntegerNetwork:
        """The whole. Inputs are 0 or 1, or where neurons take them what an image in -1..1 gives."""
        neurons = [layer for layer in self.layers if isinstance(layer, IntegerLIF)]
        require(bool(neurons), "layer", "must have neurons", [type(layer).__name__ for layer in self.layers])
        usual = 1 if self.transform is None else max(1, sum(map(abs, self.transform)))
        largest = usual if largest_input is None else largest_input
        least = 0 if self.transform is None else -largest
        assert self.given is not None  # the first weights have said it, if no input did
        one = NetworkInput(INPUT, self.given, largest, least)
        network = IntegerNetwork(self.profile, tuple(self.layers), largest, 1.0, given=(one,))
        check_network(network, "from_lava")
        return network

    def layer(self, number: int, entry: Entry) -> None:
        """Append what a layer of the file is."""
        kind, name = entry.text("type"), f"layer{number}"
        made = {"input": self.input, "conv": self.conv, "pool": self.pool, "flatten": self.flatten}
        made |= {"dense": self.dense, "dense_rec": self.dense}
        known = ", ".join(made)
        why = f" ({INSTEAD[kind]})" if kind in INSTEAD else ""
        require(kind in made, entry.where, f"type must be one of {known}{why}", kind)
        made[kind](name, entry)

    def input(self, name: str, entry: Entry) -> None:
        """An input of a shape; with neurons, an image drives them as their bias, or is encoded as changes."""
        entry.only(*COMMON)
        require(not self.layers, entry.where, "an input must be the first layer", [x.name for x in self.layers])
        shape, stated = _shape(entry), self.given
        require(stated in (None, shape), entry.where, f"input_shape must be {shape}, as the file says", stated)
        self.shape = self.given = shape
        if "neuron" not in entry:
            return
        place = self._place(name, self.shape[0], first=True)
        neurons = neurons_of(entry.group("neuron"), place, None, None)
        self.transform = transform_of(entry)
        if "graded" not in neurons.others:
            self.layers.append(IntegerScale(f"{name}_scale", BIAS_EXPONENT))
        self.layers.append(neurons)

    def flatten(self, name: str, entry: Entry) -> None:
        """Channels, rows and columns in a row, in this order."""
        entry.only("type", "shape")
        shape = self._known(entry)
        self.shape = (prod(shape),)
        if "shape" in entry:
            entry.expect("shape", self.shape[0], prod(entry.sizes("shape")))
        self.layers.append(IntegerFlatten(name))

    def conv(self, name: str, entry: Entry) -> None:
        """A convolution; the file's kernels are those of a cross-correlation, [out, in / groups, height, width]."""
        entry.only(*CONV)
        weights = _kernels(entry)
        groups = entry.whole("groups", 1, MOST, 1)
        require(len(weights) % groups == 0, entry.where, f"groups must divide {len(weights)}", groups)
        entry.expect("inChannels", weights.shape[1] * groups, _count(entry, "inChannels"))
        entry.expect("outChannels", len(weights), _count(entry, "outChannels"))
        self._windows(name, entry, weights, groups, (1, 1))

    def pool(self, name: str, entry: Entry) -> None:
        """Sums of windows of each channel by itself, all with the same weights."""
        entry.only(*(key for key in (*COMMON, *WINDOWS) if key != "bias"))
        weights, shape = _kernels(entry), self._known(entry)
        require(weights.shape[:2] == (1, 1), entry.where, "weight must be [1, 1, height, width]", weights.shape)
        whole = len(shape) == 3 and not any(n % k for n, k in zip(shape[1:], weights.shape[2:], strict=True))
        message = f"images must be whole numbers of windows of {weights.shape[2]} x {weights.shape[3]} to be pooled"
        require(whole, entry.where, message, list(shape))
        count = shape[0] * weights.size
        require(count <= MOST_WEIGHTS, entry.where, f"channels times windows must be at most {MOST_WEIGHTS}", count)
        each = np.repeat(weights, shape[0], 0)
        self._windows(name, entry, each, shape[0], (weights.shape[2], weights.shape[3]))

    def dense(self, name: str, entry: Entry) -> None:
        """Weights of everything, [out, in], and of the layer's own last spikes where it is recurrent."""
        entry.only(*DENSE)
        recurrent = entry.text("type") == "dense_rec"
        out = prod(entry.sizes("shape"))
        weights = _matrix(entry, "weight", out)
        inputs = weights.shape[1]
        entry.expect("inFeatures", inputs, _count(entry, "inFeatures"))
        entry.expect("outFeatures", out, _count(entry, "outFeatures"))
        self._flat(entry, inputs)
        self._layer_delay(name)
        fields = codes_of(weights, self.profile, entry.where)
        delays = self._delays(name, entry, weights.shape)
        if delays is not None and delays.any():
            require(not recurrent, entry.where, "recurrent layers must have no delay", "some")
            self.layers.append(IntegerDelayedLinear(f"{name}_weights", **fields, delays=delays.astype(np.uint8)))
        else:
            self.layers.append(IntegerLinear(f"{name}_weights", **fields))
        self.shape = (out,)
        fed_back = None
        if recurrent:
            own = _matrix(entry, "weight_rec", out)
            require(own.shape == (out, out), entry.where, f"weight_rec must be [{out}, {out}]", own.shape)
            fed_back = IntegerLinear(f"{name}.linear", **codes_of(own, self.profile, f"{entry.where}: weight_rec"))
        self._neurons(name, entry, out, fed_back)

    def _windows(
        self, name: str, entry: Entry, weights: NDArray[np.int64], groups: int, stride: tuple[int, int]
    ) -> None:
        where = entry.where
        shape, (tall, wide) = self._known(entry), weights.shape[2:]
        fits = len(shape) == 3 and shape[0] == weights.shape[1] * groups
        require(fits, where, f"must be given images of {weights.shape[1] * groups} channels", list(shape))
        entry.expect("kernelSize", (tall, wide), entry.pair("kernelSize", 1, 1))
        if "stride" in entry:
            stride = entry.pair("stride", 1, 1)
        padding, dilation = entry.pair("padding", 0, 0), entry.pair("dilation", 1, 1)
        sizes = [
            window_count(n, k, s, 2 * p, d)
            for n, k, s, p, d in zip(shape[1:], (tall, wide), stride, padding, dilation, strict=True)
        ]
        require(min(sizes) >= 1, where, "images must be large enough for its windows", list(shape))
        self.shape = (len(weights), *sizes)
        entry.expect("shape", self.shape, entry.sizes("shape"))
        message = "a convolution must have no delay: lava-dl trains with it, netx leaves it out"
        require("delay" not in entry or not entry.wholes("delay").any(), where, message, "some")
        self._layer_delay(name)
        fields = codes_of(weights, self.profile, where)
        geometry: dict[str, Any] = {"stride": stride, "padding": padding, "groups": groups, "dilation": dilation}
        self.layers.append(IntegerConv2d(f"{name}_weights", **fields, **geometry))
        self._neurons(name, entry, len(weights), None)

    def _neurons(self, name: str, entry: Entry, count: int, recurrent: IntegerLinear | None) -> None:
        bias = None
        if "bias" in entry:
            found = entry.wholes("bias").ravel()
            require(found.size == count, entry.where, f"bias must be {count} numbers", found.size)
            bias = found
        if "neuron" in entry:
            self.layers.append(neurons_of(entry.group("neuron"), self._place(name, count), bias, recurrent))
            return
        require(recurrent is None, entry.where, "a recurrent layer must have neurons", "none")
        require(bias is None, entry.where, "bias must not be given without neurons", "some")
        self.layers.append(read_out(name, self.profile))

    def _place(self, name: str, count: int, first: bool = False) -> Place:
        return Place(name, count, first, self.profile, self.surrogate)

    def _layer_delay(self, name: str) -> None:
        """The step that a layer's events take to the next."""
        if self.layer_delays:
            self.layers.append(IntegerDelay(f"{name}_step", (1,)))

    def _delays(self, name: str, entry: Entry, shape: tuple[int, ...]) -> NDArray[np.int64] | None:
        """Those of synapses, [out, in]; what is one for each input, or for all, is a layer before the weights."""
        if "delay" not in entry:
            return None
        found = entry.wholes("delay")
        most = int(found.max())
        message = f"delay must be in 0..{MOST_DELAY} (netx cuts what is more)"
        require(found.min() >= 0 and most <= MOST_DELAY, entry.where, message, [int(found.min()), most])
        out, inputs = shape
        if found.ndim == 0:
            found = np.broadcast_to(found, (inputs,))
        elif found.ndim == 1 and found.size == out:  # where both are as many, netx takes them for these
            found = np.repeat(found[:, None], inputs, 1)
        fits = found.shape in ((inputs,), (out, inputs))
        require(fits, entry.where, f"delay must be [{out}], [{inputs}] or [{out}, {inputs}]", found.shape)
        if found.ndim == 2 and not (found == found[0]).all():
            return found
        one = tuple(int(n) for n in (found if found.ndim == 1 else found[0]))
        if any(one):
            self.layers.append(IntegerDelay(f"{name}_axons", one[:1] if len(set(one)) == 1 else one))
        return None

    def _flat(self, entry: Entry, inputs: int) -> None:
        """ValueError unless so many features come, in a row; an input that only has a shape lies in a row itself."""
        raw = not self.layers
        if self.shape is None or (raw and prod(self.shape) == inputs):
            self.shape = self.given = (inputs,)
        message = f"must be given {inputs} features in a row (flatten images before)"
        require(self.shape == (inputs,), entry.where, message, list(self.shape))

    def _known(self, entry: Entry) -> tuple[int, ...]:
        if self.shape is None:
            raise ValueError(f"{entry.where}: the shape of the input must be known, give input_shape=, got none")
        return self.shape


def transform_of(entry: Entry) -> tuple[int, int]:
    """The weight and the bias of an image; where a file says nothing what netx takes."""
    return entry.whole("weight", -MOST, MOST, 64), entry.whole("bias", -MOST, MOST, 0)


def _shape(entry: Entry) -> tuple[int, ...]:
    shape = entry.sizes("shape")
    require(len(shape) in (1, 3), entry.where, "shape must be [features] or [channels, height, width]", list(shape))
    return shape


def _kernels(entry: Entry) -> NDArray[np.int64]:
    """[out, in / groups, height, width]; a fifth dimension of one is that of time."""
    found = entry.wholes("weight")
    fits = found.ndim == 4 or (found.ndim == 5 and found.shape[4] == 1)
    require(fits, entry.where, "weight must be [out, in, height, width]", found.shape)
    return found.reshape(found.shape[:4])


def _matrix(entry: Entry, key: str, out: int) -> NDArray[np.int64]:
    """[out, in]; one row after the other may be in a row."""
    require(not isinstance(entry.value(key), dict), entry.where, "weights must not be complex", "real and imag")
    found = entry.wholes(key)
    rows = found.shape[0] == out if found.ndim > 1 else found.size % out == 0
    flat = found.ndim <= 2 or found.shape[2:] == (1,) * (found.ndim - 2)
    require(bool(found.ndim) and rows and flat, entry.where, f"{key} must be [{out}, in]", found.shape)
    return found.reshape(out, -1)


def _count(entry: Entry, key: str) -> int:
    return entry.whole(key, 1, MOST, 1)
