"""The networks of the sequence benchmark: inputs, one recurrent hidden layer, a read-out; in integers or in floats."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import quant, surrogates
from spikelut.hw_profiles import Profile

RECURRENT_GAIN = 0.1
"""Of the standard deviation 1 / sqrt(inputs): larger recurrent weights make gradients explode over many steps."""
READOUT_GAIN = 0.3


def decays_of(value: float | list[float], size: int, *, each: bool) -> float | Tensor:
    """One decay factor, as float64 [size] if `each` neuron has its own.

    Of two, the time constants -1 / log(decay) of the neurons are drawn between theirs, evenly in the logarithm.
    """
    if isinstance(value, list):
        shortest, longest = (-1 / math.log(decay) for decay in value)
        return torch.exp(-1 / (shortest * (longest / shortest) ** torch.rand(size, dtype=torch.float64)))
    return torch.full((size,), value, dtype=torch.float64) if each else value


def weights(inputs: int, outputs: int, gain: float, profile: Profile | None, bits: int, step: float = 1.0) -> nn.Module:
    """Weights of every input to every neuron; in floats without a profile."""
    layer: Any
    if profile is None:
        layer = nn.Linear(inputs, outputs, bias=False)
    else:
        layer = quant.QuantLinear(inputs, outputs, profile=profile, weight_bits=bits, input_step=step)
    nn.init.kaiming_uniform_(layer.weight, nonlinearity="linear")
    layer.weight.data *= gain
    made: nn.Module = layer
    return made


def hidden(settings: dict[str, Any], profile: Profile | None) -> nn.Module:
    """The recurrent layer: neurons with the cell's `beta` and, if it has one, `alpha`."""
    cell, size = settings["cell"], settings["hidden"]
    learn = bool(cell.get("learn_beta"))
    beta = decays_of(cell["beta"], size, each=learn)
    alpha = decays_of(cell["alpha"], size, each=False) if "alpha" in cell else None
    curve = surrogates.ReluGrad(alpha=settings["slope"])
    neuron: Any
    layer: Any
    if profile is None:
        neuron = quant.FloatLIF(curve, beta=beta, alpha=alpha, reset="zero")
        if learn:
            neuron.beta = nn.Parameter(neuron.beta.float())
        layer = quant.FloatRecurrent(neuron, size)
    else:
        table = quant.LUTSurrogate(curve, profile)
        if alpha is None:
            neuron = quant.LIF(profile, table, beta=beta, learn_beta=learn)
        else:
            neuron = quant.CubaLIF(profile, table, alpha=alpha, beta=beta, learn_beta=learn)
        layer = quant.Recurrent(neuron, size, weight_bits=settings["weight_bits"])
    nn.init.normal_(layer.linear.weight, 0.0, RECURRENT_GAIN / math.sqrt(size))
    made: nn.Module = layer
    return made


def build(settings: dict[str, Any], inputs: int, classes: int, step: float, profile: Profile | None) -> nn.Sequential:
    """The network of these settings, drawn from torch's seed."""
    size, bits, beta = settings["hidden"], settings["weight_bits"], settings["readout_beta"]
    return nn.Sequential(
        weights(inputs, size, settings["input_gain"], profile, bits, step),
        hidden(settings, profile),
        nn.Dropout(settings["dropout"]),
        weights(size, classes, READOUT_GAIN, profile, bits),
        quant.FloatLIF(None, beta=beta) if profile is None else quant.LI(profile, beta=beta),
    )


def learned_decays(model: nn.Module) -> list[nn.Parameter]:
    """The decay factors that are trained."""
    return [value for name, value in model.named_parameters() if name.rpartition(".")[2] in ("beta", "raw_beta")]
