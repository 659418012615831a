"""The deployed network as plain integers: what the chip holds, and a NumPy reference that runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import MAX_CURRENT
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerFlatten,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerWeights,
    Ints,
)
from spikelut.quant.weights.input_events import check_events
from spikelut.quant.weights.wide_sums import EXACT_FLOAT32, needs_float64

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """A deployed network as plain integers: layers in the order they run, on one profile, with the NumPy reference.

    Inputs are event counts, or graded spikes, up to `largest_input`; one stood for a real `input_step` in training.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = torch.nn.init.constant_(model[0].weight, 0.25)
    >>> network = quant.integer(model)
    >>> events = (torch.rand(10, 2, 8) < 0.5).numpy()
    >>> (spikes,) = network.run(events).values()
    >>> bool(spikes.any()), bool((torch.tensor(spikes) == model(torch.tensor(events))).all())
    (True, True)
    ```
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
