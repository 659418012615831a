"""A small network of each neuron kind on each profile that has it; and many networks as one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from event_networks import CHIPS
from event_networks import dense as event_dense
from lif_profiles import fed_back, taken, with_lif
from numpy.typing import NDArray
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Profile
from spikelut.quant import IntegerNetwork
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.surrogates import Arctan

INPUTS, NEURONS = 4, 3
CURVE = Arctan()
ADAPTIVE = {"threshold_step": 0.25, "threshold_beta": 0.75, "refractory_beta": 0.5}


def layers(profile: Profile) -> Iterator[tuple[str, Any]]:
    """The layers of neurons that a profile has, by what they are."""
    step = profile.step
    assert step is not None  # of those with neurons
    for reset in step.resets:
        yield f"LIF, {reset}", quant.LIF(profile, CURVE, reset=reset, bias=NEURONS if profile.bias else None)
    yield "recurrent", fed_back(quant.LIF(profile, CURVE), NEURONS)
    yield "LI", quant.LI(profile, bias=NEURONS if profile.bias else None)
    makers: dict[str, Any] = {
        "IF": lambda: quant.IF(profile, CURVE),
        "CubaLIF": lambda: quant.CubaLIF(profile, CURVE),
        "of each neuron": lambda: quant.LIF(profile, CURVE, beta=[0.5, 0.75, 0.875], threshold=[0.5, 1.0, 0.75]),
        "AdaptiveLIF": lambda: quant.AdaptiveLIF(profile, CURVE),
        "refractory": lambda: quant.LIF(profile, CURVE, refractory=2),
        "windows": lambda: quant.LIF(profile, CURVE, window_size=3),
    }
    for name, make in makers.items():
        try:
            yield name, make()
        except ValueError:  # a profile without it
            continue


def graded(profile: Profile) -> nn.Sequential:
    """An encoder, a hidden layer and a decoder of graded spikes."""
    options: dict[str, Any] = {"profile": profile, "input_step": 2.0**-6, "graded_input": True}
    first, second = quant.QuantLinear(INPUTS, NEURONS, **options), quant.QuantLinear(NEURONS, 2, **options)
    for layer in (first, second):
        nn.init.uniform_(layer.weight, -1.5, 1.5)
    encoder = quant.Delta(profile, 0.25, largest_input=100, cum_error=True, message_step=2.0**-6)
    return nn.Sequential(encoder, first, quant.SigmaDelta(profile, 0.25, bias=NEURONS), second, quant.Sigma(profile))


def every_kind(profile: Profile) -> dict[str, IntegerNetwork]:
    """A network of each kind on a profile with neurons, by what it is."""
    torch.manual_seed(2)
    found = {}
    for name, neurons in layers(profile):
        step = 0.5 if taken(profile, 2) > 1 else 1.0
        weights = quant.QuantLinear(INPUTS, NEURONS, profile=profile, input_step=step)
        weights.largest_input = taken(profile, 2)
        # What relaxes takes in a part of its input.
        relaxes = profile.decay is not None and profile.decay.kind == "relax"
        nn.init.normal_(weights.weight, 0.3, 24.0 if relaxes else 1.0)
        if isinstance(neurons, Recurrent):
            nn.init.normal_(neurons.linear.weight, 0.0, 0.5)
        bias = getattr(neurons, "bias", None)
        if bias is not None:
            nn.init.normal_(bias, 0.05, 0.2)
        found[name] = quant.integer(nn.Sequential(weights, neurons))
    return found


def all_kinds() -> dict[str, IntegerNetwork]:
    """Of all profiles, by profile and kind."""
    found = {f"{p.name}, {kind}": net for p in with_lif() for kind, net in every_kind(p).items()}
    for name in CHIPS:
        found[f"{name}, events"] = quant.integer(nn.Sequential(event_dense(name, INPUTS, NEURONS, 1.0)))
    for name in hw_profiles.names():
        profile = hw_profiles.load(name)
        if profile.graded is not None:
            found[f"{name}, graded"] = quant.integer(graded(profile))
    return found


def joined(networks: Mapping[str, IntegerNetwork]) -> IntegerNetwork:
    """Networks side by side as one: `KEY_NAME` are its layers, inputs and outputs."""
    layers: list[Any] = []
    wiring, given, returned = list[tuple[str, ...]](), list[Any](), list[str]()
    profiles: dict[str, Profile] = {}
    for number, network in enumerate(networks.values()):
        for node in network.nodes:
            name = f"n{number}_{node.layer.name}"
            layers.append(replace(node.layer, name=name))
            wiring.append(tuple(f"n{number}_{n}" for n in node.inputs))
            profiles[name] = node.profile
        given += [replace(one, name=f"n{number}_{one.name}") for one in network.inputs]
        returned += [f"n{number}_{name}" for name in network.outputs]
    first = next(iter(networks.values())).profile
    return IntegerNetwork(
        first, tuple(layers), wiring=tuple(wiring), given=tuple(given), returned=tuple(returned), profiles=profiles
    )


def events_for(network: IntegerNetwork, steps: int, samples: int, seed: int = 0) -> dict[str, NDArray[np.int64]]:
    """Sparse numbers in the range of each input, one sample with all at their largest."""
    draw, found = np.random.default_rng(seed), {}
    for one in network.inputs:
        shape = (one.steps or steps, samples, *one.shape)
        array = draw.integers(one.least, one.largest + 1, shape) * (draw.random(shape) < 0.6)
        array[:, 0] = one.largest
        found[one.name] = array
    return found
