"""Neurons that feed their spikes back into their own layer."""

from collections.abc import Mapping

import torch
from torch import Tensor

from spikelut._checks import require, require_type
from spikelut.quant.dynamics.spec import neuron_of
from spikelut.quant.neurons.base import LayerOutput, Neuron, SpikingLayer
from spikelut.quant.neurons.layer_kinds import SPIKING
from spikelut.quant.weights.layers import QuantLinear
from spikelut.quant.weights.module_reading import make_weights


class Recurrent(SpikingLayer):
    """A recurrent layer: `LIF` or `CubaLIF` neurons that receive their layer's last spikes through weights.

    The neurons receive current[t] + weight @ spikes[t-1], with weights on the profile's grid and a scale of their own.
    Before the first step there were no spikes, or those given as `last`. Currents and spikes are [T, B, features].
    `recurrent.neuron` are the neurons, `recurrent.linear` the weights: a `QuantLinear` of `features` by `features`,
    quantised once per sequence.

    The weights have no bias; that of `neuron` is added to the membrane in every step, the first one as well. Where
    another library has one (snnTorch's RLeaky adds it in the first step too; norse's recurrent cells have none),
    `quant.convert` and `export.from_nir` add it to the bias of the weights before the layer, with the same result.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> layer = quant.Recurrent(quant.LIF(profile, surrogates.Arctan()), 4)
    >>> layer(torch.rand(10, 2, 4)).shape
    torch.Size([10, 2, 4])
    ```
    """

    def __init__(self, neuron: Neuron, features: int, *, weight_bits: int | None = None) -> None:
        super().__init__()
        require_type("Recurrent", "neuron", neuron, SPIKING, "a LIF or a CubaLIF")
        name, after = neuron.profile.name, neuron_of(neuron.profile, "Recurrent")[3].feedback
        message = f"profile must be one that feeds spikes back after 1 step, as {name} does after {after}"
        require(after == 1, "Recurrent", message, name)
        window = neuron.others.get("window")
        message = "neuron must have no window_size, as the last spikes of a window would come into the next"
        require(window is None, "Recurrent", message, window and window.size)
        self.neuron, self.features = neuron, features
        self.linear = QuantLinear(features, features, profile=neuron.profile, weight_bits=weight_bits)

    def forward(self, current: Tensor) -> Tensor:
        """Spikes [T, B, features], from rest."""
        return self.sequence(current).out

    def sequence(
        self,
        current: Tensor,
        mem: Tensor | None = None,
        syn: Tensor | None = None,
        last: Tensor | None = None,
        *,
        states: Mapping[str, Tensor | None] | None = None,
    ) -> LayerOutput:
        """Spikes and the final states; the spikes `last` of the step before the first one are fed back into it.

        `states`: by name, as those that come out have them, where the neurons have more than `mem` and `syn`.
        """
        fits = current.ndim == 3 and current.shape[2] == self.features
        require(fits, "Recurrent", f"current must be [T, B, {self.features}]", tuple(current.shape))
        fits = last is None or last.shape == current.shape[1:]
        require(
            fits, "Recurrent", f"last must be {tuple(current.shape[1:])}", None if last is None else tuple(last.shape)
        )
        message = "linear must be a QuantLinear (recurrent synapses have no delay but their step)"
        require(isinstance(self.linear, QuantLinear), "Recurrent", message, type(self.linear).__name__)
        make_weights(self.linear, grad=True)  # its own forward, before which torch would do it, does not run
        weight: Tensor = self.linear.quant_weight().value
        if self.linear.wide:
            weight = weight.to(torch.float64)
        return self.neuron.run(current, mem, syn, weight, last, states=states)
