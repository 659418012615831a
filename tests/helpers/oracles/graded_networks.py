"""Networks with graded spikes, their inputs, and what the scalar specification says of every state."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant.dynamics.graded.specification import graded_steps

Ints = NDArray[np.int64]
STEPS, SAMPLES = 12, 3
STEP = 2.0**-6


def _filled(*layers: nn.Module) -> nn.Sequential:
    torch.manual_seed(0)
    model = nn.Sequential(*layers)
    for layer in model:
        weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
        if weight is not None:
            nn.init.uniform_(weight, -1.5, 1.5)
        if bias is not None:
            nn.init.uniform_(bias, -1.0, 1.0)
    return model


def plain() -> nn.Sequential:
    """Thresholds of each neuron, accumulated errors, ReLU and unit."""
    p = hw_profiles.load("loihi2")
    options: dict[str, Any] = {"input_step": STEP, "graded_input": True}
    return _filled(
        quant.Delta(p, 0.25, largest_input=100, cum_error=True),
        quant.QuantLinear(5, 6, profile=p, **options),
        quant.SigmaDelta(p, [0.0, 0.0625, 0.25, 0.5, 0.5, 1.0], bias=6),
        quant.QuantLinear(6, 4, profile=p, weight_bits=4, **options),
        quant.SigmaDelta(p, 0.25, activation="unit", cum_error=True, message_step=2.0**-8),
        quant.QuantLinear(4, 3, profile=p, input_step=2.0**-8, graded_input=True),
        quant.Sigma(p),
    )


def images() -> nn.Sequential:
    """Convolutions, sums of windows, messages whose sums need 64 bits."""
    p = hw_profiles.load("loihi2")
    options: dict[str, Any] = {"input_step": STEP, "graded_input": True}
    return _filled(
        quant.Delta(p, 0.0625, largest_input=255, signed_input=False),
        quant.QuantConv2d(2, 4, 3, profile=p, padding=1, **options),
        quant.SigmaDelta(p, 1.5, bias=4, message_bits=18),
        quant.SumPool2d(2),
        nn.Flatten(2),
        quant.QuantLinear(16, 40, profile=p, **options),
        quant.SigmaDelta(p, 4.0, message_bits=20),
        quant.QuantLinear(40, 3, profile=p, **options),
        quant.Sigma(p),
    )


def software() -> nn.Sequential:
    """16-bit weights of a processor, inputs finer than one, messages that fill."""
    p = hw_profiles.load("generic16")
    return _filled(
        quant.Delta(p, 0.5, input_step=2.0**-3, message_step=2.0**-5, largest_input=60, message_bits=10),
        quant.QuantLinear(5, 6, profile=p, input_step=2.0**-5, graded_input=True),
        quant.SigmaDelta(p, 0.5, bias=6, message_bits=9),
        quant.QuantLinear(6, 3, profile=p, input_step=STEP, graded_input=True),
        quant.Sigma(p),
    )


def large() -> nn.Sequential:
    """Sums of weight codes that need 64 bits, in states that wrap."""
    p = hw_profiles.load("loihi2")
    options: dict[str, Any] = {"profile": p, "input_step": STEP, "graded_input": True}
    first, second = quant.QuantLinear(4, 120, **options), quant.QuantLinear(120, 3, **options)
    hidden = quant.SigmaDelta(p, 0.0, activation="unit", message_bits=20)
    model = nn.Sequential(quant.Delta(p, 0.0, largest_input=127), first, hidden, second, quant.Sigma(p))
    torch.manual_seed(0)
    nn.init.uniform_(first.weight, 450.0, 500.0)
    nn.init.uniform_(second.weight, 1.7, 1.98)
    return model


MODELS: dict[str, Callable[[], nn.Sequential]] = {
    "plain": plain,
    "images": images,
    "software": software,
    "large": large,
}
SIZES = {"plain": (5,), "images": (2, 4, 4), "software": (5,), "large": (4,)}


def values_for(name: str, network: quant.IntegerNetwork) -> Ints:
    """Inputs [T, B, ...] that change a little in most steps, and jump in some."""
    one, random = network.inputs[0], np.random.default_rng(4)
    size = (STEPS, SAMPLES, *SIZES[name])
    walk = np.cumsum(random.integers(-9, 10, size), 0) + one.largest // 3
    jumps = random.random(size) < 0.1
    made: Ints = np.where(jumps, random.integers(one.least, one.largest + 1, size), walk)
    if name == "large":
        made[2], made[3] = one.largest, one.least
    return made.clip(one.least, one.largest)


def specified(network: quant.IntegerNetwork, x: Ints) -> dict[str, Ints]:
    """What each layer of neurons gives and holds after every step, as exported files name it."""
    found: dict[str, Ints] = {}
    signal = x
    for layer in network.layers:
        if not isinstance(layer, quant.IntegerLIF):
            signal = cast(Any, layer).run(signal)
            continue
        shape = signal.shape
        count = layer.kind.count or (len(layer.bias.mantissa) if layer.bias else 1)
        each = (
            np.repeat(np.arange(count), np.prod(shape[2:]) // count) if count > 1 else np.zeros(np.prod(shape[2:]), int)
        )
        bias = np.zeros(count, np.int64) if layer.bias is None else layer.bias.codes(2)
        made = []
        for i, arriving in enumerate(signal.reshape(len(x), -1).T.tolist()):
            channel = int(each[i % len(each)])
            kind: Any = layer.kind.neuron(channel)
            made.append(graded_steps(kind.spec, kind.graded, arriving, int(bias[channel])))
        for name in (*(state.name for state in layer.kind.states), "output"):
            values = np.array([[getattr(step, name) for step in steps] for steps in made]).T.reshape(shape)
            kind_name = "membrane" if layer.reads_out else "spikes"
            found[f"{kind_name}.{layer.name}" if name == "output" else f"{layer.name}.{name}"] = values
        signal = found[f"{'membrane' if layer.reads_out else 'spikes'}.{layer.name}"]
    for name, array in found.items():
        # With a threshold of zero nothing is left unsent.
        everything = "residue" in name and cast(Any, network.layers[0]).spec.threshold == 0
        assert np.count_nonzero(array) > 0.1 * array.size or everything, name
    return found
