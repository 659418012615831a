"""Layers that cannot spike are found without data, and no other is."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from runtime_files import NETWORKS, images
from sample_networks import CURVE, KINDS, dense, neurons, weights
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant import IntegerLIF, IntegerNetwork, SilentLayerWarning
from spikelut.quant.network.reference import reference_states
from spikelut.quant.network.silence import cannot_spike
from spikelut.quant.network.stimuli import stimuli
from spikelut.quant.weights.layers import QuantLinear

GENERIC = hw_profiles.load("generic8")


def quiet(model: nn.Sequential, **options: Any) -> IntegerNetwork:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SilentLayerWarning)
        return quant.integer(model, **options)


def silent(network: IntegerNetwork) -> tuple[str, ...]:
    return cannot_spike(network.layers, network.largest_input)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_that_spike_are_not_named(name: str) -> None:
    assert silent(NETWORKS[name]()) == ()


def two_inputs(weight: float, bias: float | None = None, recurrent: bool = False) -> nn.Sequential:
    """Two inputs to three neurons with a threshold of 1 and a decay of 15/16, which spike for sums of 1/16 and more."""
    spike = quant.LUTSurrogate(CURVE, GENERIC)
    neuron: Any = quant.LIF(GENERIC, spike, beta=15 / 16, bias=None if bias is None else 3)
    if bias is not None:
        nn.init.constant_(neuron.bias, bias)
    linear = QuantLinear(2, 3, profile=GENERIC)
    nn.init.constant_(linear.weight, weight)
    if not recurrent:
        return nn.Sequential(linear, neuron)
    layer = quant.Recurrent(neuron, 3)
    nn.init.constant_(layer.linear.weight, 1.0)
    return nn.Sequential(linear, layer)


@pytest.mark.parametrize("recurrent", [False, True])
@pytest.mark.parametrize(
    ("weight", "bias", "largest", "expected"),
    [
        (0.0, None, 1, True),  # weights of zero
        (-0.5, None, 1, True),  # inhibition alone
        (0.01, None, 1, True),  # 2 * 0.01 * 16 < 1
        (0.05, None, 1, False),  # 2 * 0.05 * 16 > 1, after many steps
        (0.01, None, 8, False),  # graded inputs are larger
        (0.5, None, 1, False),  # at once
        (0.0, 0.05, 1, True),
        (0.0, 0.1, 1, False),  # the bias alone
        (0.03, 0.05, 1, False),
        (-0.5, 0.5, 1, False),
    ],
)
def test_what_two_inputs_can_do(
    weight: float, bias: float | None, largest: int, expected: bool, recurrent: bool
) -> None:
    network = quiet(two_inputs(weight, bias, recurrent), largest_input=largest)
    assert silent(network) == (("1",) if expected else ())
    found = stimuli(network, samples=2, steps=200)
    assert found.silent == silent(network)


def test_neurons_behind_silent_ones_get_nothing() -> None:
    torch.manual_seed(0)
    model: Any = nn.Sequential(
        *two_inputs(-0.5), weights(QuantLinear(3, 4, profile=GENERIC), 1.0), neurons(GENERIC, False, 4)
    )
    model[3].bias = None
    assert silent(quiet(model)) == ("1", "3")
    made: Any = images()
    nn.init.constant_(made[0].weight, -0.1)
    made[2].bias = None
    network = quiet(made)
    assert silent(network)[:1] == ("2",)
    assert not reference_states(network, stimuli(network, (1, 6, 6)).events)["spikes.2"].any()


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 10**6),
    gain=st.sampled_from([1e-3, 1e-2, 0.05, 0.2, 0.4]),
    bits=st.integers(0, 4),
)
def test_a_layer_that_is_named_never_spikes(kind: Any, seed: int, gain: float, bits: int) -> None:
    profile, cuba = kind
    network = quiet(dense(profile, cuba, seed, gain, 2.0**-bits))
    named = silent(network)
    draw = np.random.default_rng(seed)
    events = draw.integers(0, network.largest_input + 1, (60, 12, network.in_features))
    events[:, :4] = network.largest_input * (draw.random((4, network.in_features)) < 0.7)
    states = reference_states(network, events)
    for layer in network.layers:
        if isinstance(layer, IntegerLIF) and not layer.reads_out:
            assert not (layer.name in named and states[f"spikes.{layer.name}"].any())


@pytest.mark.parametrize(("weight", "named"), [(-0.2, ("1",)), (-0.5, ())])
def test_inhibition_makes_neurons_spike_where_their_register_wraps(weight: float, named: tuple[str, ...]) -> None:
    network = quiet(two_inputs(weight))
    neuron = network.layers[1]
    assert isinstance(neuron, IntegerLIF)
    spec = replace(neuron.spec, membrane=replace(neuron.spec.membrane, overflow="wrap"))
    layers = (network.layers[0], replace(neuron, spec=spec))
    assert cannot_spike(layers, 1) == named
    spikes = reference_states(replace(network, layers=layers), np.ones((60, 1, 2), np.int64))["spikes.1"]
    assert spikes.any() == (not named)


def test_integer_warns() -> None:
    message = "integer: layer '1' can never spike: the largest inputs do not bring a neuron to its threshold"
    with pytest.warns(SilentLayerWarning, match=message) as found:
        quant.integer(two_inputs(-0.5))
    assert found[0].filename == __file__  # where the user's call stands
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quant.integer(two_inputs(0.5))


def test_a_bias_for_each_place_of_flattened_channels() -> None:
    """A convolution before Flatten has bounds for channels, its neurons a bias for each place: one may spike."""
    first, lif = quant.QuantConv2d(1, 2, 2, profile=GENERIC), quant.LIF(GENERIC, CURVE, bias=18)
    model = nn.Sequential(first, nn.Flatten(2), lif)
    assert lif.bias is not None
    with torch.no_grad():
        first.weight.zero_()
        lif.bias.zero_()
        assert silent(quiet(model, example=(3, 1, 1, 4, 4))) == ("2",)
        lif.bias[11] = 1.5
        network = quiet(model, example=(3, 1, 1, 4, 4))
    assert silent(network) == ()
    assert network.run(np.zeros((3, 1, 1, 4, 4), np.int64))["2"].sum() > 0


@pytest.mark.parametrize(("name", "state"), [("loihi2", "syn"), ("hls4ml", "window"), ("generic8", "refractory")])
def test_a_bias_of_channels_of_neurons_with_several_states_behind_a_convolution_of_one_dimension(
    name: str, state: str
) -> None:
    """Its sums are reshaped, so that one bound stands for all channels, and each has a bias."""
    profile = hw_profiles.load(name)
    options: dict[str, Any] = {"beta": 0.5, "bias": 3}
    lif: Any
    if state == "syn":
        lif = quant.CubaLIF(profile, CURVE, **options)
    else:
        own: dict[str, Any] = {"window": {"window_size": 2}, "refractory": {"refractory": 2}}[state]
        lif = quant.LIF(profile, CURVE, **options, **own)
    convolution = quant.QuantConv1d(2, 3, 2, profile=profile)
    model = nn.Sequential(convolution, lif)
    with torch.no_grad():
        convolution.weight.zero_()
    # Steps of a window are counted on and on, of which nothing is said.
    assert silent(quiet(model, example=(4, 1, 2, 5))) == (() if state == "window" else ("1",))
    with torch.no_grad():
        lif.bias[1] = 1.0
    network = quiet(model, example=(4, 1, 2, 5))
    assert silent(network) == ()
    found = network.run(np.ones((4, 1, 2, 5), np.int64))["1"]
    assert found[:, :, 1].sum() > 0 == found[:, :, [0, 2]].sum()
    assert np.array_equal(model(torch.ones(4, 1, 2, 5)).detach().numpy(), found)
