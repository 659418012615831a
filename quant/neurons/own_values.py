"""Thresholds and biases that layers of neurons are given after they were made: to be learned, and then fixed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from spikelut.quant.dynamics.spec import thresholds
from spikelut.quant.neurons.base import Neuron


def learn_threshold(neuron: Neuron, count: int | None) -> nn.Parameter:
    """Learn the threshold from what it is: one for the layer, or with `count` one for each neuron or channel."""
    value = torch.as_tensor(neuron.threshold, dtype=torch.float32)
    value = value.expand(count).clone() if count is not None else value
    neuron.raw_threshold = nn.Parameter(value)
    return neuron.raw_threshold


def fix_threshold(neuron: Neuron) -> None:
    """The learned threshold, as it is in force, is the threshold from now on."""
    neuron._spec = neuron.in_force()
    neuron.raw_threshold = None


def set_threshold(neuron: Neuron, value: Any) -> None:
    """A threshold, or one for each neuron, brought into what the chip offers."""
    low, high = thresholds(neuron.profile)
    neuron.raw_threshold = nn.Parameter(torch.as_tensor(value).detach().float().clamp(low, high))
    fix_threshold(neuron)


def give_bias(neuron: Neuron, count: int) -> Tensor:
    """The bias, one of zeros for so many neurons or channels if there was none."""
    if neuron.bias is None:
        neuron.bias = nn.Parameter(torch.zeros(count))
    return neuron.bias
