"""Inputs that make every layer spike, and the states of the reference on them."""

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from graph_models import GRAPHS, graph
from mutants import mutants
from runtime_files import NETWORKS, SHAPES

from spikelut import quant
from spikelut.quant.network.layers import IntegerLIF, IntegerLinear
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import reference_states
from spikelut.quant.network.stimuli import reached, stimuli

NAMES = list(NETWORKS)


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_spikes_and_most_weights_are_seen(name: str) -> None:
    network, shape = NETWORKS[name](), SHAPES[name][2:]
    found = stimuli(network, shape)
    network.run(found.events)  # takes them
    assert found.events.shape == (1 if name == "images" else 32, 8, *shape)
    hidden = [x.name for x in network.layers if isinstance(x, IntegerLIF) and not x.reads_out]
    assert list(found.spiking) == hidden
    assert not found.silent
    # What silent neurons give reaches nobody.
    assert min(found.spiking.values()) > (0.4 if name == "images" else 0.8)
    assert found.exercised[network.first.name] > 0.8
    again = stimuli(network, shape)
    np.testing.assert_array_equal(found.events, again.events)
    assert found.spiking == reached(network, found.events).spiking == again.spiking


def test_samples_that_are_given_come_first() -> None:
    network = NETWORKS["plain"]()
    neurons = network.layers[1]
    assert isinstance(neurons, IntegerLIF)
    network = replace(network, layers=(network.layers[0], replace(neurons, bias=None), *network.layers[2:]))
    given = np.zeros((6, 3, 5), np.int64)
    assert reached(network, given).silent == ("1",)
    found = stimuli(network, given=given, samples=5)
    np.testing.assert_array_equal(found.events[:, :3], given)
    assert found.events.shape == (6, 5, 5)
    assert not found.silent
    assert stimuli(network, given=given, samples=2, steps=6).silent == ("1",)
    given[0, :, 0] = 1
    longer = stimuli(network, given=given, samples=5, steps=9).events
    np.testing.assert_array_equal(longer[:6, :3], given)
    assert not longer[6:, :3].any()


def test_a_layer_that_cannot_spike_is_said_and_time_is_doubled_for_one_that_needs_it() -> None:
    network = NETWORKS["plain"]()
    weights, neurons = network.layers[0], network.layers[1]
    assert isinstance(weights, IntegerLinear)
    assert isinstance(neurons, IntegerLIF)
    dead = replace(network, layers=(replace(weights, codes=weights.codes * 0), replace(neurons, bias=None)))
    found = stimuli(dead, samples=1)
    assert found.silent == ("1",)
    assert len(found.events) == 32  # nothing would wake it
    # The largest sum is 5 codes a step, and there is no leak.
    still = replace(neurons.spec, leak=replace(neurons.spec.leak, kind="none"), threshold=300)
    ones = replace(weights, codes=weights.codes * 0 + 1, exponent=0, lsb=1, shift=0)
    slow = replace(network, layers=(ones, replace(neurons, bias=None, spec=still)))
    found = stimuli(slow, samples=1)
    assert not found.silent
    assert len(found.events) in (64, 128)


@pytest.mark.parametrize("name", NAMES)
def test_weights_that_are_seen_are_those_that_change_a_state_when_negated(name: str) -> None:
    network = NETWORKS[name]()
    found = stimuli(network, SHAPES[name][2:])
    states, changing = reference_states(network, found.events), dict.fromkeys(found.exercised, 0)
    every = list(mutants(network))
    for mutant in every:
        others = reference_states(mutant.network(network), found.events)
        changing[mutant.layer] += any((states[key] != others[key]).any() for key in states)
    assert changing.keys() == found.exercised.keys()
    for layer, share in found.exercised.items():
        of_layer = sum(mutant.layer == layer for mutant in every)
        # Seen where a state could show another sum; a negated weight may also prevent a reset.
        assert share <= changing[layer] / of_layer <= share + 0.2


def test_weights_of_neurons_that_always_spike_are_not_seen_where_a_spike_resets_to_zero() -> None:
    network = NETWORKS["plain"]()
    weights, neurons = network.layers[0], network.layers[1]
    assert isinstance(weights, IntegerLinear)
    assert isinstance(neurons, IntegerLIF)
    ones = replace(weights, codes=weights.codes * 0 + 1)
    for reset, share in (("zero", 0.0), ("subtract", 1.0)):
        spec = replace(neurons.spec, threshold=1, reset=cast(Any, reset))
        always = replace(network, layers=(ones, replace(neurons, bias=None, spec=spec)))
        found = reached(always, np.ones((6, 2, 5), np.int64))
        assert (found.spiking["1"], found.exercised["0"]) == (1.0, share)


@pytest.mark.parametrize("name", NAMES)
def test_states_are_those_of_the_reference(name: str) -> None:
    network: IntegerNetwork = NETWORKS[name]()
    events = stimuli(network, SHAPES[name][2:], samples=2).events
    states, trains = reference_states(network, events), network.run(events)
    for layer in network.layers:
        if isinstance(layer, IntegerLIF):
            out = states[f"{'membrane' if layer.reads_out else 'spikes'}.{layer.name}"]
            np.testing.assert_array_equal(out, trains[layer.name])
            assert states[f"{layer.name}.mem"].any()
            assert (f"{layer.name}.last" in states) == (layer.recurrent is not None)
    with pytest.raises(ValueError, match="spikes must be"):
        reference_states(network, np.concatenate([events, events + network.largest_input + 1], 1))


def test_wrong_arguments() -> None:
    network = NETWORKS["images"]()
    for arguments, message in (
        ({}, r"shape must be \[1, H, W\], in numbers, got \[1, 'H', 'W'\]"),
        ({"shape": (2, 6, 6)}, r"shape must be \[1, H, W\]"),
        ({"shape": (1, 6, 6), "samples": 0}, "samples"),
        ({"given": np.full((1, 1, 1, 6, 6), 99)}, "spikes must be"),
        ({"given": np.zeros((2, 1, 1, 6, 6)), "steps": 1}, r"given must be \[1, B, 1, 6, 6\]"),
    ):
        with pytest.raises(ValueError, match=message):
            stimuli(network, **arguments)


@pytest.mark.parametrize("name", GRAPHS)
def test_layers_of_branching_networks_are_woken(name: str) -> None:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs if len(inputs) > 1 else inputs[0])
    found = stimuli(network, samples=4, steps=6)
    assert found.silent == ()
    assert found.steps == 6
    assert found.exercised
    arrays = network.checked(found.events)
    assert [array.shape for array in arrays.values()] == [(6, 4, *one.shape) for one in network.inputs]
    assert reached(network, found.events).spiking == found.spiking


def test_several_inputs_are_given_by_name() -> None:
    model, inputs = graph("two inputs")
    network = quant.integer(model, example=inputs)
    given = {one.name: x.numpy() for one, x in zip(network.inputs, inputs, strict=True)}
    found = stimuli(network, given=given, samples=5).events
    for name, array in given.items():
        assert np.array_equal(found[name][:5, :3], array)
        assert found[name].shape == (5, 5, array.shape[2])
    with pytest.raises(ValueError, match=r"inputs must be audio, video, got \['audio'\]"):
        stimuli(network, given={"audio": given["audio"]})


def test_signed_inputs_have_both_signs() -> None:
    model, inputs = graph("gated")
    network = quant.integer(model, example=inputs[0])
    signed = replace(network, given=(replace(network.inputs[0], least=-4, largest=3),))
    found = stimuli(signed, samples=8, steps=6)
    assert found.silent == ()
    assert -4 <= found.events.min() < 0 < found.events.max() <= 3
