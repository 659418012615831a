"""Whether networks fit chips, beside calculations by hand."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from packages import ROOT
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.hw_profiles import Capacity, Profile
from spikelut.quant.costs.populations import stored_bits
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")
FIRST = hw_profiles.load(ROOT / "examples" / "loihi1.toml")
PROFILES = [*map(hw_profiles.load, hw_profiles.names()), FIRST]


def dense(*sizes: int, profile: Profile = LOIHI, **options: Any) -> quant.IntegerNetwork:
    """Neurons behind dense weights of both signs."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [quant.QuantLinear(before, after, profile=profile, **options), quant.LIF(profile, Arctan())]
    return quant.integer(nn.Sequential(*layers))


def images(*channels: int, side: int = 28, profile: Profile = LOIHI) -> quant.IntegerNetwork:
    """Convolutions of 3 x 3 with padding, of images of a known size."""
    layers: list[nn.Module] = []
    for before, after in pairwise(channels):
        layers += [quant.QuantConv2d(before, after, 3, padding=1, profile=profile), quant.LIF(profile, Arctan())]
    network = quant.integer(nn.Sequential(*layers))
    return replace(network, given=(quant.NetworkInput("input", (channels[0], side, side)),))


def limits(found: quant.Cost) -> dict[str, tuple[int, int]]:
    """Those of the whole network by name; of layers by name and layer."""
    return {one.name + (f" {one.layer}" if one.layer else ""): (one.need, one.most) for one in found.fit.limits}


def chip(**capacity: Any) -> Profile:
    """A chip of so much."""
    return replace(LOIHI, name="chip", capacity=Capacity(source="test", status="derived", **capacity), energy=None)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_every_profile_says_whether_it_fits(profile: Profile) -> None:
    """A small network, one that no chip holds, and no answer where nothing is known."""
    small, large = dense(10, 6, 4, weight_bits=4), dense(30_000, 3, 20_000, weight_bits=4)
    for network in (small, large):
        found = quant.cost(network, profile=profile)
        fit = found.fit
        json.dumps(found.as_dict())
        assert fit.verdict
        if profile.capacity is None:
            assert (fit.limits, fit.total_cores) == ((), None)
            assert fit.fits is (False if profile.step is None else None)
            assert fit.unknown
            continue
        broken = bool(fit.refused) or any(limit.broken for limit in fit.limits)
        assert fit.fits is (False if broken else None if fit.unknown else True)
        assert fit.first is None or fit.first.share == max(limit.share for limit in fit.limits)
        assert fit.verdict.startswith("does not fit") == broken
    fits = quant.cost(small, profile=profile).fit.fits
    assert fits is not False or profile.step is None
    held = quant.cost(large, profile=profile).fit.fits
    assert held is not True


def test_odin() -> None:
    """256 neurons, and 256 rows for inputs and neurons; one of both signs takes two, as do hidden neurons."""
    profile = hw_profiles.load("odin")
    codes = np.array([[1, -1, 2, 0], [1, 3, 2, 0], [-1, 1, 1, 0]], np.int8)
    layer = quant.EventLIF(4, 3, profile=profile, surrogate=Arctan())
    last = quant.EventLIF(3, 2, profile=profile, surrogate=Arctan())
    network = quant.integer(nn.Sequential(layer, last))
    first, second = network.layers
    assert isinstance(first, quant.IntegerEventLIF)
    assert isinstance(second, quant.IntegerEventLIF)
    back = np.array([[1, -1, 0], [1, 1, 0]], np.int8)
    network = replace(
        network,
        layers=(
            replace(first, weights=replace(first.weights, codes=codes)),
            replace(second, weights=replace(second.weights, codes=back)),
        ),
    )
    # Sources: 4 inputs, of which the first two have both signs; 3 hidden neurons, of which the second has.
    assert limits(quant.cost(network)) == {
        "neurons": (5 + 1, 256),
        "sources": (4 + 2 + 3 + 1, 256),
        "weights": (18, 65536),
    }
    tiny = limits(quant.cost(network, profile=hw_profiles.load("tinyodin")))
    assert tiny == {"neurons": (5, 256), "sources": (7, 256), "weights": (18, 65536)}
    found = quant.cost(dense(200, 60, 10, weight_bits=4), profile=hw_profiles.load("tinyodin"))
    assert found.fit.verdict == "does not fit: 260 sources, there are 256"


def test_reckon_and_xylo() -> None:
    """Inputs, hidden neurons and outputs are numbered apart; Xylo's fan-out is that to hidden neurons."""
    reckon = limits(quant.cost(dense(200, 100, 150, 16), profile=hw_profiles.load("reckon")))
    assert reckon == {"neurons": (250, 256), "outputs": (16, 16), "inputs": (200, 256)}
    found = quant.cost(dense(16, 30, 65, 8), profile=hw_profiles.load("xylo"))
    expected = {"neurons": (95, 1000), "outputs": (8, 8), "inputs": (16, 16), "fan-out 1": (65, 64)}
    assert limits(found) == expected
    assert found.fit.verdict == "does not fit: 65 fan-out of 1, there are 64"
    assert found.fit.unknown == ("memory of weights",)
    assert quant.cost(dense(16, 30, 64, 8), profile=hw_profiles.load("xylo")).fit.fits is None


def test_speck() -> None:
    """A layer on each core, whose memories differ; kernels are padded to powers of two."""
    profile = hw_profiles.load("speck2f")
    # The example of sinabs' documentation: 16 x 32 x 3 x 3 are 8 Ki words, 64 x 64 x 32 neurons 128 Ki.
    found = quant.cost(images(16, 32, side=64), profile=profile)
    expected = {"neurons of a core 1": (131072, 65536), "weights of a core 1": (8192, 65536), "cores": (1, 9)}
    assert limits(found) == expected
    assert found.fit.fits is False
    # 16 Ki neurons with 36 Ki weights: only cores 5 and 6 have the room.
    layers = images(64, 16, side=32), images(48, 48, 48, 48, 48, side=16)
    first, four = (quant.cost(one, profile=profile) for one in layers)
    assert limits(first)["neurons of a core 1"] == (16384, 65536)
    assert limits(first)["weights of a core 1"] == (64 * 16 * 16, 65536)
    assert limits(four)["cores with room for a layer each"] == (4, 2)
    assert limits(four)["weights of a core 1"] == (48 * 64 * 16, 65536)
    assert four.fit.verdict == "does not fit: 4 cores with room for a layer each, there are 2"
    assert quant.cost(dense(20, 30, 10), profile=profile).fit.fits is True
    assert limits(quant.cost(dense(*[8] * 11), profile=profile))["cores"] == (10, 9)


def test_loihi_splits_dense_layers_by_neurons() -> None:
    """2500 neurons are three cores; 600 sources with lists of 834 8-bit weights, 64 in 66 words of 8 bytes each."""
    found = quant.cost(dense(100, 2500, 10), profile=FIRST)
    assert found.fit.cores == {"1": 3, "3": 1}
    assert found.fit.bound == {"1": "neurons of a core"}
    # 834 weights are 13 lists of 64, of 64 * 8 + 10 bits in 9 words, and one of 2 in one word.
    bits = 100 * (13 * 9 * 64 + 64)
    last = 2500 * 2 * 64  # one list of 10 weights: 90 bits in two words
    name = "memory of weights of a core, bits"
    assert limits(found)[f"{name} 1"] == (bits, 1048576)
    assert limits(found)[f"{name} 3"] == (last, 1048576)
    assert limits(found)["axons out of a core 1"] == (834, 4096)
    assert limits(found)["cores"] == (4, 128)
    assert found.fit.total_cores == 4
    wide = quant.cost(dense(2000, 1000), profile=FIRST)
    # 2000 lists: 64 weights take 576 bits, so that a core's 1048576 bits are 524 for each source: 48 weights or 49.
    assert wide.fit.bound == {"1": "memory of weights of a core, bits"}
    part = -(-1000 // wide.fit.cores["1"])  # type: ignore[operator]
    assert stored_bits(2000 * part, 2000, 8, FIRST.capacity) <= 1048576  # type: ignore[arg-type]
    fewer = -(-1000 // (wide.fit.cores["1"] - 1))  # type: ignore[operator]
    assert stored_bits(2000 * fewer, 2000, 8, FIRST.capacity) > 1048576  # type: ignore[arg-type]
    many = quant.cost(dense(5000, 10), profile=FIRST)
    assert many.fit.verdict == "does not fit: 5,000 axons into a core of 1, there are 4,096"


def test_axons_out_split_a_layer_further() -> None:
    """Each neuron of 8 goes to 4 cores: with 8 axons a core may hold two of them."""
    profile = chip(cores=64, neurons=(8,), axons_in=1000, axons_out=8)
    found = quant.cost(dense(4, 8, 32), profile=profile)
    assert found.fit.cores == {"1": 4, "3": 4}
    assert found.fit.bound == {"1": "axons out of a core", "3": "neurons of a core"}
    assert limits(found)["axons out of a core 1"] == (8, 8)


def test_images_are_split_by_rows_and_then_by_channels() -> None:
    """28 rows of 28 x 8 neurons: four rows are 896, which need 6 of the rows before; 84 x 84 x 16 needs channels."""
    found = quant.cost(images(2, 8), profile=FIRST)
    assert found.fit.cores == {"1": 7}
    assert limits(found)["neurons of a core 1"] == (896, 1024)
    assert limits(found)["axons into a core 1"] == (2 * 6 * 28, 4096)
    large = quant.cost(images(1, 16, side=84), profile=FIRST)
    assert limits(large)["neurons of a core 1"] == (8 * 84, 1024)
    assert large.fit.cores == {"1": 168}
    assert (large.fit.total_cores, large.fit.chips, large.fit.fits) == (168, 2, False)
    assert large.fit.verdict == "does not fit: 168 cores, there are 128"


def test_kernels_are_stored_once_or_for_each_synapse() -> None:
    shared = quant.cost(images(2, 8, side=6), profile=chip(cores=4, synapses=(1000,), convolutions="shared"))
    assert limits(shared)["weights of a core 1"] == (8 * 18, 1000)
    expanded = quant.cost(images(2, 8, side=6), profile=chip(cores=4, synapses=(2000,), convolutions="expanded"))
    # 288 neurons of 18 weights: in three parts of two rows, 96 neurons each.
    assert limits(expanded)["weights of a core 1"] == (96 * 18, 2000)
    assert expanded.fit.cores == {"1": 3}


def test_memory_of_states_and_of_everything() -> None:
    """Of 24 bits a neuron; with weights of 8 bits from 10 sources, 104."""
    states = quant.cost(dense(10, 100), profile=chip(cores=9, neurons=(99,), state_bits=600))
    assert limits(states)["memory of states of a core, bits 1"] == (600, 600)
    assert states.fit.cores == {"1": 4}
    everything = quant.cost(dense(10, 100), profile=chip(cores=9, memory_bits=104 * 20))
    assert everything.fit.cores == {"1": 5}
    assert limits(everything)["memory of a core 1"] == (104 * 20, 104 * 20)


def test_limits_of_neurons_and_of_the_chip() -> None:
    profile = chip(cores=4, neurons=(50,), fan_in=20, chip_neurons=30, chip_synapses=500, chip_bits=4096)
    found = quant.cost(dense(20, 21, 10), profile=profile)
    expected = {"fan-in 1": (20, 20), "fan-in 3": (21, 20), "neurons of the chip": (31, 30)}
    assert {name: pair for name, pair in limits(found).items() if name in expected} == expected
    assert limits(found)["synapses of the chip"] == (20 * 21 + 210, 500)
    assert limits(found)["memory of weights, bits"] == (630 * 8, 4096)
    assert found.fit.first == quant.Limit("synapses of the chip", "", 630, 500)


def test_what_a_chip_does_not_compute() -> None:
    """Of a network that was made for another one."""
    p = LOIHI
    deep = nn.Sequential(
        quant.Delay(9, profile=p), quant.QuantLinear(4, 3, profile=p), quant.LIF(p, Arctan(), refractory=2)
    )
    refused = {
        name: quant.cost(quant.integer(deep), profile=hw_profiles.load(name)).fit.refused
        for name in hw_profiles.names()
    }
    assert refused["loihi2"] == refused["generic8"] == ()
    assert refused["reckon"] == ("reckon has no such delays as '0'", "reckon has no refractory period")
    assert "weights of 8 bits, tinyodin has 4" in refused["tinyodin"]
    assert refused["akida2"][-1] == "akida2 has no neurons of its own"
    graded = nn.Sequential(
        quant.Delta(p, 0.5), quant.QuantLinear(1, 2, profile=p, graded_input=True, input_step=2.0**-6), quant.Sigma(p)
    )
    found = quant.cost(quant.integer(graded), profile=hw_profiles.load("xylo"))
    assert "xylo has no graded spikes" in found.fit.refused
    assert found.fit.fits is False
    adaptive = nn.Sequential(quant.QuantLinear(4, 3, profile=p), quant.AdaptiveLIF(p, Arctan(), bias=3))
    found = quant.cost(quant.integer(adaptive), profile=hw_profiles.load("speck2f"))
    assert "speck2f has no threshold that adapts" in found.fit.refused
    current = nn.Sequential(quant.QuantLinear(4, 3, profile=p), quant.CubaLIF(p, Arctan()))
    found = quant.cost(quant.integer(current), profile=hw_profiles.load("cortexm_q15"))
    assert found.fit.refused == ("cortexm_q15 has no synaptic current that decays",)


def test_sums_without_neurons_are_held_as_neurons_are() -> None:
    p = hw_profiles.load("generic16")
    model = nn.Sequential(
        quant.QuantLinear(6, 5, profile=p), quant.LIF(p, Arctan()), quant.QuantLinear(5, 3, profile=p)
    )
    found = quant.cost(quant.integer(model), profile=chip(cores=9, neurons=(4,)))
    assert found.fit.cores == {"1": 2, "2": 1}


def test_delays() -> None:
    """A delay of 9 steps, of 62 and of 15."""
    delayed = nn.Sequential(
        quant.Delay(9, profile=LOIHI), quant.QuantLinear(4, 3, profile=LOIHI), quant.LIF(LOIHI, Arctan())
    )
    network = quant.integer(delayed)
    assert limits(quant.cost(network))["steps of delay 0"] == (9, 62)
    late = quant.cost(network, profile=hw_profiles.load("spinnaker1"))
    assert limits(late)["steps of delay 0"] == (9, hw_profiles.load("spinnaker1").delay.most)  # type: ignore[union-attr]


class Branches(nn.Module):
    """Four neurons that lead to three hidden ones and to five more, and these eight to two."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.left, self.right, self.last = (
            nn.Sequential(quant.QuantLinear(before, after, profile=LOIHI), quant.LIF(LOIHI, Arctan()))
            for before, after in ((6, 4), (4, 3), (4, 5), (8, 2))
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = self.first(x)
        found: torch.Tensor = self.last(torch.cat([self.left(first), self.right(first)], 2))
        return found


def test_fan_out_to_several_layers_adds_up() -> None:
    torch.manual_seed(0)
    network = quant.integer(Branches(), example=torch.zeros(2, 1, 6))
    found = limits(quant.cost(network, profile=chip(cores=9, neurons=(99,), fan_out=7, axons_out=99)))
    assert {name: pair for name, pair in found.items() if "fan-out" in name} == {"fan-out first_1": (8, 7)}
    assert found["axons out of a core first_1"] == (4 * 2, 99)
