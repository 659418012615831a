"""What of a network is trained: the neurons' thresholds and biases, while weights stay on their codes."""

from typing import Any

import torch
from torch import nn

from spikelut._checks import require, require_type
from spikelut._extras import names_extra
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.own_values import give_bias, learn_threshold


@names_extra
def learn_neurons(model: nn.Module) -> list[str]:
    """Freeze the weights and let neurons' thresholds and biases be learned; returns the names of what is learned.

    This is for fine-tuning at few bits. An update that brings one weight over the edge to its next code changes that
    weight by a large share, while thresholds and biases have fine steps on most chips. A threshold is learned for each
    neuron, or channel, on a chip that has such thresholds; otherwise one for the layer. A bias is learned for each
    where the chip has one. Neither changes by this call alone. Values that are one number for a layer become one for
    each neuron or channel where the layer's size is known: in a recurrent layer, in one with a bias, or after weights.
    Decay factors stay. The model is changed in place. `fit` then trains only what is named, and `quant.integer` takes
    the nearest integers. `model.requires_grad_()` lets weights be trained again.

    Raises ValueError for a model without layers of neurons on a chip's integers.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan()))
    >>> converted = quant.convert(floats, hw_profiles.load("loihi2"), (torch.rand(9, 16, 8) < 0.5).float())
    >>> training.learn_neurons(converted.model)
    ['1.raw_threshold', '1.bias']
    ```
    """
    require_type("learn_neurons", "model", model, nn.Module, "a torch.nn.Module")
    from spikelut.quant.neurons.recurrent import Recurrent  # which needs Brevitas

    some = any(isinstance(module, Neuron) for module in model.modules())
    require(some, "learn_neurons", "model must have neurons on a chip, as `convert` makes them", "none")
    inside = {m.neuron: m.linear.in_features for m in model.modules() if isinstance(m, Recurrent)}
    found: list[str] = []
    size: int | None = None
    model.requires_grad_(False)
    for name, module in model.named_modules():
        if isinstance(module, Neuron):
            count = inside.get(module, size) if module.bias is None else len(module.bias)
            found += [f"{name}.{value}" for value in _learned(module, count)]
            size = None
        else:
            size = getattr(module, "out_features", getattr(module, "out_channels", size))
    return found


def _learned(neuron: Any, count: int | None) -> list[str]:
    """Make values of these neurons parameters; their names."""
    found, profile = [], neuron.profile
    if neuron._spec.threshold is not None:
        values = torch.as_tensor(neuron.threshold).numel()
        each = profile.threshold is not None and profile.threshold.per_neuron
        learn_threshold(neuron, count if each and values == 1 else None)
        found.append("raw_threshold")
    if profile.bias is not None and (neuron.bias is not None or count is not None):
        give_bias(neuron, count or 1).requires_grad_(True)
        found.append("bias")
    return found
