"""Networks that hls4ml can be given, of every kind of layer and type; the same each time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant import LI, LIF, MaxPool2d, QuantConv2d, QuantLinear, Repeat, SumPool2d
from spikelut.surrogates import Arctan

P, CURVE, STEPS, SAMPLES = hw_profiles.load("hls4ml"), Arctan(), 12, 3


def dense_membranes() -> nn.Module:
    """4-bit weights, biases, and a read-out of membranes."""
    first = QuantLinear(16, 12, profile=P, weight_bits=4)
    return nn.Sequential(
        first, LIF(P, CURVE, beta=0.9, bias=12), QuantLinear(12, 5, profile=P), LI(P, beta=0.95, bias=5)
    )


def narrow_types() -> nn.Module:
    """Graded inputs; membranes that are rounded and saturate; a reset to zero."""
    types: dict[str, Any] = {"membrane": "ap_fixed<12,4,RND,SAT>", "beta": (10, 2), "weight": (8, 1)}
    graded, spiked = P.with_precision(**types, inputs=(8, 1)), P.with_precision(**types)
    first = QuantLinear(16, 12, profile=graded, input_step=2**-7, signed_input=True)
    last = LIF(spiked, CURVE, beta=0.95, reset="zero")
    return nn.Sequential(first, LIF(graded, CURVE, beta=0.9), QuantLinear(12, 5, profile=spiked), last)


def each_its_own() -> nn.Module:
    """A leak and a threshold for each neuron, neurons that do not leak, and a constant input."""
    own = LIF(P, CURVE, beta=np.linspace(0.5, 0.9, 12), threshold=np.linspace(0.75, 1.5, 12))
    first = QuantLinear(16, 12, profile=P, input_step=2**-4, largest_input=15)
    return nn.Sequential(first, Repeat(STEPS), own, QuantLinear(12, 5, profile=P), LIF(P, CURVE, beta=1.0))


def images() -> nn.Module:
    """Convolutions, pooling, and neurons with a leak for each channel."""
    first: list[nn.Module] = [QuantConv2d(2, 3, 3, profile=P, padding=1), LIF(P, CURVE, beta=0.9, bias=3), SumPool2d(2)]
    second: list[nn.Module] = [
        QuantConv2d(3, 4, 3, profile=P),
        LIF(P, CURVE, beta=[0.8, 0.9, 0.7, 0.5]),
        MaxPool2d(2),
        nn.Flatten(2),
    ]
    last: list[nn.Module] = [QuantLinear(4, 5, profile=P), LIF(P, CURVE, beta=0.95, bias=5)]
    return nn.Sequential(*first, *second, *last)


def strided() -> nn.Module:
    """A convolution with a stride, whose neurons are the last."""
    return nn.Sequential(QuantConv2d(1, 4, (3, 2), profile=P, stride=(2, 1)), LIF(P, CURVE, beta=0.75, reset="zero"))


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "dense_membranes": (dense_membranes, (16,)),
    "narrow_types": (narrow_types, (16,)),
    "each_its_own": (each_its_own, (16,)),
    "images": (images, (2, 8, 8)),
    "strided": (strided, (1, 7, 6)),
}


def network(name: str) -> quant.IntegerNetwork:
    """The integers of a model, whose weights wake every layer."""
    make, shape = MODELS[name]
    model, generator = make().eval(), torch.Generator().manual_seed(0)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            scale, mean = (0.5, 0.2) if key.endswith("weight") else (0.1, 0.0)
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale + mean)
    return quant.integer(model, example=(STEPS if not repeats(name) else 1, SAMPLES, *shape))


def repeats(name: str) -> bool:
    return name == "each_its_own"


def events(name: str, seed: int = 0) -> NDArray[np.int64]:
    """Inputs [T, B, ...] over all of their range."""
    one = network(name).inputs[0]
    shape = (1 if repeats(name) else STEPS, SAMPLES, *MODELS[name][1])
    return np.random.default_rng(seed).integers(one.least, one.largest + 1, shape)
