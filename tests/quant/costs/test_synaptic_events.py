"""Synaptic events are those that a loop over every event and synapse counts, for every kind of layer."""

from dataclasses import astuple
from typing import Any

import numpy as np
import pytest
import torch
from counted_synapses import by_hand
from event_networks import CHIPS, events, mixed
from graded_networks import MODELS, values_for
from graph_models import GRAPHS, graph
from random_graphs import random_graph
from sample_networks import convolutional, dense

from spikelut import hw_profiles, quant
from spikelut.quant.costs import flows as flows_module


def same(network: quant.IntegerNetwork, inputs: Any, alive: float = 1.0) -> dict[str, quant.SynapticEvents]:
    """What is counted, equal to what is counted by hand, in a share of the layers not of silence."""
    found, wanted = quant.synaptic_events(network, inputs), by_hand(network, inputs)
    assert {name: astuple(one) for name, one in found.items()} == wanted
    assert np.mean([one.events > 0 and one.synaptic >= one.nonzero > 0 for one in found.values()]) >= alive
    return found


def given(network: quant.IntegerNetwork, inputs: tuple[torch.Tensor, ...]) -> Any:
    """The inputs as the network takes them."""
    arrays = [x.numpy() for x in inputs]
    return arrays[0] if len(arrays) == 1 else dict(zip((one.name for one in network.inputs), arrays, strict=True))


@pytest.mark.parametrize("name", GRAPHS)
def test_branching_networks(name: str) -> None:
    model, inputs = graph(name)
    network = quant.integer(model, example=inputs)
    same(network, given(network, inputs))


@pytest.mark.parametrize("seed", [1, 3, 4, 5, 7])
def test_random_networks(seed: int) -> None:
    model, x = random_graph(seed)
    same(quant.integer(model, example=x), x.numpy(), 0.5)


@pytest.mark.parametrize("chip", CHIPS)
def test_chips_of_events(chip: str) -> None:
    """A count of n is n events, each of which meets its synapses."""
    profile = hw_profiles.load(chip)
    most = 1 if profile.current is None or profile.current.max_events == 1 else 3
    network, x = quant.integer(mixed(chip), largest_input=most), events((6, 2, 2, 7, 6), largest=most).numpy()
    found = same(network, x)
    first = found[network.layers[0].name]
    assert first.events == x.sum()
    assert (first.nonzero > first.operations) == bool((x > 1).any())


@pytest.mark.parametrize("name", MODELS)
def test_graded_spikes_are_one_event_each(name: str) -> None:
    network = quant.integer(MODELS[name]())
    found = same(network, values_for(name, network))
    assert all(one.nonzero == one.operations for one in found.values())


def test_a_constant_input_is_one_event_for_each_value() -> None:
    """The sums are made once, whatever the number; the neurons' spikes are counted in every step."""
    model = convolutional(hw_profiles.load("loihi2"), False, 0)
    network = quant.integer(model, largest_input=7)
    x = np.random.default_rng(0).integers(0, 8, (1, 2, 2, 6, 7))
    found = same(network, x)
    assert found[network.layers[0].name].events == np.count_nonzero(x) < x.sum()


@pytest.mark.parametrize("chip", ["loihi2", "xylo", "generic8"])
def test_spikes_come_back_in_the_step_after(chip: str) -> None:
    """Those of the last step come back in none."""
    network = quant.integer(dense(hw_profiles.load(chip), chip == "xylo", 0, 6.0))
    layer = next(one for one in network.layers if isinstance(one, quant.IntegerLIF) and one.recurrent is not None)
    x = (np.random.default_rng(0).random((12, 3, 5)) < 0.5).astype(np.int64)
    found, spikes = same(network, x), network.run(x)[layer.name]
    assert spikes[-1].any()
    assert layer.recurrent is not None
    assert found[layer.recurrent.name].events == spikes[:-1].sum()


def test_parts_of_samples_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    model, inputs = graph("two inputs")
    network = quant.integer(model, example=inputs)
    whole = quant.synaptic_events(network, given(network, inputs))
    monkeypatch.setattr(flows_module, "SAMPLES_AT_ONCE", 2)  # of three
    told: list[tuple[int, int]] = []
    flows_module.flows(network, given(network, inputs), lambda *done: told.append(done))
    assert (told, quant.synaptic_events(network, given(network, inputs))) == ([(2, 3), (3, 3)], whole)


def test_silence() -> None:
    model, inputs = graph("nested")
    first, *_ = quant.synaptic_events(quant.integer(model, example=inputs), np.zeros((5, 2, 2, 8, 8))).values()
    assert astuple(first) == (0, 0, 0, 0)


def test_inputs_that_the_network_does_not_take() -> None:
    network = quant.integer(dense(hw_profiles.load("loihi2"), False, 0, 1.0))
    with pytest.raises(ValueError, match=r"IntegerNetwork: spikes must be \[T, B, 5\]"):
        quant.synaptic_events(network, np.zeros((4, 2, 6)))
    for shape in ((0, 2, 5), (4, 0, 5)):
        with pytest.raises(ValueError, match="IntegerNetwork: inputs must have steps and samples"):
            quant.synaptic_events(network, np.zeros(shape))
    with pytest.raises(ValueError, match="spikes"):
        quant.synaptic_events(network, np.full((4, 2, 5), np.nan))
