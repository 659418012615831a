"""What layers hold and do, beside what is counted one by one."""

import json
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from counted_synapses import by_hand, signals, synapses
from event_networks import CHIPS, events, mixed
from graded_networks import MODELS, values_for
from graph_models import GRAPHS, graph
from sample_networks import dense
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant import IntegerEventLIF, IntegerLIF
from spikelut.quant.costs.sizes import synapses_of
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")


def networks() -> dict[str, tuple[quant.IntegerNetwork, Any]]:
    """A network of every kind, and its inputs."""
    found: dict[str, tuple[quant.IntegerNetwork, Any]] = {}
    for name in GRAPHS:
        model, inputs = graph(name)
        network = quant.integer(model, example=inputs)
        arrays = [x.numpy() for x in inputs]
        names = [one.name for one in network.inputs]
        found[name] = network, arrays[0] if len(arrays) == 1 else dict(zip(names, arrays, strict=True))
    for name in MODELS:
        network = quant.integer(MODELS[name]())
        found[f"graded {name}"] = network, values_for(name, network)
    for chip in CHIPS:
        profile = hw_profiles.load(chip)
        most = 1 if profile.current is None or profile.current.max_events == 1 else 3
        network = quant.integer(mixed(chip), largest_input=most)
        found[chip] = network, events((6, 2, 2, 7, 6), largest=most).numpy()
    x = (np.random.default_rng(0).random((9, 3, 5)) < 0.5).astype(np.int64)
    for chip in ("loihi2", "xylo", "generic8"):
        found[f"recurrent {chip}"] = quant.integer(dense(hw_profiles.load(chip), chip == "xylo", 0, 2.0)), x
    model = nn.Sequential(quant.QuantLinear(5, 6, profile=LOIHI), quant.AdaptiveLIF(LOIHI, Arctan()))
    found["adaptive"] = quant.integer(model), x
    return found


NETWORKS = networks()
every_network = pytest.mark.parametrize("name", NETWORKS)


@every_network
def test_what_layers_did(name: str) -> None:
    network, x = NETWORKS[name]
    chip = network.profile if network.profiles else None
    found = quant.cost(network, x, profile=chip)
    values, wanted = signals(network, x), by_hand(network, x)
    counted = {one.name: one.did for one in found.layers if one.did is not None}
    assert {n: (d.events, d.synaptic, d.nonzero, d.operations) for n, d in counted.items()} == wanted
    assert found.synaptic_events == sum(counts[1] for counts in wanted.values()) > 0
    for layer in (one for one in network.layers if isinstance(one, IntegerLIF)):
        one = next(c for c in found.layers if c.name == layer.name)
        out = values[layer.name]
        spikes = np.count_nonzero(out) if network.signals[layer.name].least < 0 else out.sum()
        assert one.spikes == (0 if layer.reads_out else spikes)
        assert (one.neurons, one.updates) == (prod(out.shape[2:]), out.size)
        assert one.active == active(network, layer, values)
        assert one.state_accesses == 2 * len(layer.kind.states) * out.size


def active(network: quant.IntegerNetwork, layer: IntegerLIF, values: dict[str, Any]) -> int:
    """In how many updates a neuron had something to do, update by update."""
    node = next(node for node in network.nodes if node.layer is layer)
    trace = layer.trace(values[node.inputs[0]])
    came = arrived(network, layer.name, values)
    states = [trace[state.name] for state in layer.kind.states]
    bias = None if layer.bias is None else np.broadcast_to(layer.bias.codes(came.ndim - 1), came.shape[1:])
    found = 0
    for place in np.ndindex(came.shape):
        t, b, *neuron = place
        busy = bool(came[place]) or (bias is not None and bias[(b, *neuron)] != 0)
        busy |= t > 0 and any(state[(t - 1, b, *neuron)] for state in states)
        if layer.recurrent is not None and t > 0 and not layer.reads_out:
            busy |= bool(trace["spikes"][t - 1, b].any())  # each comes to all
        found += busy
    return found


def arrived(network: quant.IntegerNetwork, name: str, values: dict[str, Any]) -> Any:
    """Where events come to a layer: the sums that it would get if every synapse added one for each event."""
    nodes = {node.layer.name: node for node in network.nodes}
    node = nodes[name]
    layer: Any = node.layer.weights if isinstance(node.layer, IntegerEventLIF) else node.layer
    if isinstance(layer, IntegerLIF):
        given = node.inputs[0]
        return arrived(network, given, values) if layer.kind.takes == "sums" else values[given] != 0
    if hasattr(layer, "codes"):
        ones = replace(layer, codes=np.ones_like(layer.codes), lsb=1, exponent=0, shift=0, channels=())
        return ones.run(np.abs(values[node.inputs[0]])) > 0
    if type(layer).__name__ == "IntegerScale":
        return values[node.inputs[0]] != 0
    return layer.run(*(arrived(network, one, values).astype(np.int64) for one in node.inputs)) > 0


@every_network
def test_what_layers_hold(name: str) -> None:
    network, x = NETWORKS[name]
    found = quant.cost(network, x, profile=network.profile)
    sizes = {one.name: one for one in found.layers}
    shapes = {n: array.shape[2:] for n, array in signals(network, x).items()}
    known = replace(network, given=tuple(replace(one, shape=shapes[one.name]) for one in network.inputs))
    checked = 0
    for node in known.nodes:
        for one in synapses_of(known, node):
            met = [len(list(synapses(one.layer, place, one.shape))) for place in np.ndindex(*one.shape)]
            assert (sizes[one.name].synapses, sizes[one.name].fan_out) == (sum(met), max(met))
            assert one.fan_outs.ravel().tolist() == met
            assert one.fan_ins.sum() == sum(met)
            assert sizes[one.name].fan_in == one.fan_ins.max() > 0
            checked += 1
    assert checked
    bits = found.footprint
    states = sum(n * len(s) for n, s in ((c.neurons, [0] * c.states) for c in found.layers))
    assert bits.total == bits.weights + bits.biases + bits.delays + bits.lines + bits.states + bits.numbers
    assert (bits.states > 0) == (states > 0)
    assert bits.weights == sum(one.weights * one.word for one in found.layers)


def test_a_footprint_by_hand() -> None:
    """Weights of 4 bits, biases of 13, states of 24, decays of each neuron in 12, a threshold of each in 17."""
    neurons = quant.CubaLIF(LOIHI, Arctan(), alpha=[0.5, 0.25, 0.75], beta=0.5, threshold=[1.0, 2.0, 1.5], bias=3)
    early = quant.Delay([0, 3], profile=LOIHI)
    model = nn.Sequential(early, quant.QuantLinear(2, 3, profile=LOIHI, weight_bits=4), neurons)
    assert neurons.bias is not None
    torch.nn.init.constant_(neurons.bias, 0.5)
    found = quant.cost(quant.integer(model))
    # 0.75 is 3072 of 4096: 12 bits.
    expected = quant.Footprint(weights=24, biases=39, delays=16, lines=3, states=3 * 48, numbers=3 * 12 + 3 * 17)
    assert found.footprint == expected
    assert found.footprint.neurobench_bytes == (24 + 39 + 16) / 8
    assert found.as_dict()["bits"]["total"] == expected.total


def test_without_data() -> None:
    network, x = NETWORKS["recurrent loihi2"]
    found = quant.cost(network)
    assert (found.samples, found.steps, found.synaptic_events, found.spikes, found.energy) == (0, 0, None, None, None)
    assert all(one.did is None and one.updates is None for one in found.layers)
    whole = quant.cost(network, x)
    assert [(c.name, c.synapses, c.neurons) for c in found.layers] == [
        (c.name, c.synapses, c.neurons) for c in whole.layers
    ]
    assert found.fit == whole.fit


@pytest.mark.parametrize("name", ["two inputs", "spikformer", "delayed", "graded images", "odin", "adaptive"])
def test_all_of_it_is_plain_data(name: str, tmp_path: Path) -> None:
    network, x = NETWORKS[name]
    found = quant.cost(network, x, profile=network.profile)
    told = json.loads(json.dumps(found.as_dict()))
    assert told["synaptic_events_per_sample"] * found.samples == pytest.approx(found.synaptic_events)
    assert ("modelled_total_pj" in (told["modelled_energy"] or {})) == (found.energy is not None)
    found.to_html(tmp_path / "cost.html")
    page = (tmp_path / "cost.html").read_text(encoding="utf-8")
    assert f"{found.synapses:,}" in page
    assert ("modelled" in page.lower()) or found.energy is None
    assert "http" not in page.replace("http://www.w3.org", "").replace("https://", "")


def test_energy_of_a_crossbar() -> None:
    """An event passes a whole row, and once, whatever its source leads to."""
    profile = hw_profiles.load("odin")
    model = nn.Sequential(quant.EventLIF(40, 30, profile=profile, surrogate=Arctan()))
    network = quant.integer(model)
    x = (np.random.default_rng(0).random((7, 2, 40)) < 0.3).astype(np.int64)
    found = quant.cost(network, x)
    assert found.energy is not None
    assert found.energy.total == pytest.approx(x.sum() * 256 * 12.7)
    plain = hw_profiles.load("reckon")
    linear = nn.Sequential(quant.QuantLinear(40, 16, profile=plain), quant.LIF(plain, Arctan(), beta=0.95))
    other = quant.cost(quant.integer(linear), x)
    assert other.energy is not None
    assert other.energy.total == pytest.approx(x.sum() * 16 * 5.3)
    assert quant.cost(quant.integer(linear), x, profile=LOIHI).energy is None  # nobody published any


def test_wrong_arguments() -> None:
    network, x = NETWORKS["nested"]
    with pytest.raises(
        TypeError, match=r"cost: network must be an IntegerNetwork, as quant.integer makes, got Sequential"
    ):
        quant.cost(nn.Sequential())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"cost: events must be given, as they tell the sizes of images, got None"):
        quant.cost(free_network())
    two, y = NETWORKS["two chips"]
    with pytest.raises(ValueError, match=r"cost: profile must be given for a network on several chips, got \['gener"):
        quant.cost(two, y)
    with pytest.raises(ValueError, match=r"IntegerNetwork: spikes must be \[T, B, 2, 8, 8\]"):
        quant.cost(network, x[:, :, :1])
    with pytest.raises(ValueError, match="spikes must be 0 or 1"):
        quant.cost(network, x + 0.5)


def free_network() -> quant.IntegerNetwork:
    """A convolution of images of any size."""
    conv = quant.QuantConv2d(2, 3, 3, profile=LOIHI)
    return quant.integer(nn.Sequential(conv, quant.LIF(LOIHI, Arctan())))


def test_events_tell_the_sizes_of_images() -> None:
    network = free_network()
    small, large = (quant.cost(network, np.ones((2, 1, 2, n, n), np.int64)) for n in (5, 9))
    assert (small.neurons, large.neurons) == (27, 147)
    assert (small.synapses, large.synapses) == (27 * 18, 147 * 18)


def test_a_profile_from_a_file_of_before_is_the_chip_we_know() -> None:
    bare = replace(LOIHI, capacity=None, energy=None)
    model = nn.Sequential(quant.QuantLinear(4, 3, profile=bare), quant.LIF(bare, Arctan()))
    network = quant.integer(model)
    assert quant.cost(network).fit.limits == quant.cost(network, profile=LOIHI).fit.limits != ()
    other = replace(bare, name="mine")
    assert quant.cost(network, profile=other).fit.unknown == ("how large a network it holds",)
    narrow = bare.with_membrane(23)
    assert quant.cost(network, profile=narrow).fit.limits == ()


def test_an_event_that_comes_back_is_something_to_do() -> None:
    """A neuron spikes, and is at zero as the others are; its event comes to all in the step after, weights of 0."""
    spec = quant.LIFSpec.from_profile(LOIHI, beta=0.5, threshold=0.5, reset="zero")
    first = quant.IntegerLinear("in", np.array([[100], [0], [0]], np.int8), 2, 4, 6, 8)
    back = quant.IntegerLinear("back", np.zeros((3, 3), np.int8), 2, 0, 6, 8)
    network = quant.IntegerNetwork(LOIHI, (first, quant.IntegerLIF("n", spec, Arctan(), None, recurrent=back)))
    x = np.array([1, 0, 0, 0]).reshape(4, 1, 1)
    found = {layer.name: layer for layer in quant.cost(network, x).layers}
    assert (found["n"].spikes, found["n"].updates, found["n"].active) == (1, 12, 3 + 3)
    assert found["back"].did == quant.SynapticEvents(1, 3, 0, 0)
