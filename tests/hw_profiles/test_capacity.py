"""What profiles say of the size of chips and of energy: read, refused, and from where."""

from typing import Any

import pytest
from packages import ROOT

from spikelut import hw_profiles
from spikelut.hw_profiles import Capacity, Energy

FOLDER = ROOT / "hw_profiles"
BARE = (FOLDER / "generic8.toml").read_text(encoding="utf-8")
ABOUT: dict[str, Any] = {"source": "test", "status": "derived"}


def parsed(lines: str) -> hw_profiles.Profile:
    return hw_profiles.parse(f'{BARE}\n{lines}\nsource = "test"\nstatus = "derived"\n'.encode(), "mine.toml")


def test_both_may_be_left_out() -> None:
    profile = hw_profiles.load("generic8")
    assert (profile.capacity, profile.energy) == (None, None)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("[capacity]\ncores = 0", "[capacity]: Capacity: cores must be an integer in 1..1099511627776, got 0"),
        ("[capacity]\ncores = 1.5", "capacity.cores must be an integer, got 1.5"),
        ("[capacity]\ncores = true", "capacity.cores must be an integer, got True"),
        ("[capacity]\nneurons = 256", "capacity.neurons must be a list, got 256"),
        ("[capacity]\nneurons = [-1]", "[capacity]: Capacity: neurons must be an integer in 1.."),
        (
            "[capacity]\nneurons = [1, 2]",
            "[capacity]: Capacity: neurons must be one number for all cores, or for each of",
        ),
        (
            "[capacity]\ncores = 2\nneurons = [1, 2]",
            "[capacity]: Capacity: cores must be alike unless whole_layers, got (1, 2)",
        ),
        ("[capacity]\nsynapses = [4]\npadded = 1", "capacity.padded must be true or false, got 1"),
        ("[capacity]\nlist_bits = -1", "[capacity]: Capacity: list_bits must be an integer in 0.."),
        ("[capacity]\nlist_word = 0", "[capacity]: Capacity: list_word must be an integer in 1.."),
        (
            '[capacity]\nconvolutions = "both"',
            "[capacity]: Capacity: convolutions must be one of shared, expanded, got 'both'",
        ),
        ("[capacity]\nsomas = 3", "[capacity]: unknown key 'somas'; expected source, status, cores, "),
        ("[energy]\nsynaptic_event = -1.0", "[energy]: Energy: synaptic_event must be a number in 0..1e12, got -1.0"),
        ("[energy]\nspike = nan", "[energy]: Energy: spike must be a number in 0..1e12, got nan"),
        ("[energy]\nspike = inf", "[energy]: Energy: spike must be a number in 0..1e12, got inf"),
        ("[energy]\nsweep = -1\nspike = 1.0", "[energy]: Energy: sweep must be an integer in 0.."),
        ("[energy]\nsweep = 4", "[energy]: Energy: some constant must be above 0, got {"),
        ('[energy]\nspike = "1"', "energy.spike must be a number, got '1'"),
    ],
)
def test_mistakes(lines: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is compared
        parsed(lines)
    assert str(caught.value).startswith(f"mine.toml: {message}")


def test_what_is_given_is_kept() -> None:
    profile = parsed('[capacity]\ncores = 3\nneurons = [1, 2, 3]\nwhole_layers = true\nconvolutions = "shared"')
    assert profile.capacity == Capacity(cores=3, neurons=(1, 2, 3), whole_layers=True, convolutions="shared", **ABOUT)
    assert parsed("[energy]\nspike = 3").energy == Energy(spike=3.0, **ABOUT)


# Written down once more from the chips' documents.
FACTS: dict[str, dict[str, Any]] = {
    "odin": {"cores": 1, "neurons": (256,), "axons_in": 256, "synapses": (256 * 256,), "signs_apart": True},
    "tinyodin": {"cores": 1, "neurons": (256,), "axons_in": 256, "synapses": (256 * 256,), "signs_apart": False},
    "reckon": {"cores": 1, "inputs": 256, "neurons": (256,), "outputs": 16},
    "xylo": {"inputs": 16, "neurons": (1000,), "outputs": 8, "fan_out": 64},
    "sne": {"cores": 2, "neurons": (16 * 64,)},
    "speck2f": {"cores": 9, "padded": True, "whole_layers": True},
    "brainscales2": {"neurons": (512,), "synapses": (131072 // 2,), "fan_in": 256 // 2},
    "spinnaker1": {"cores": 18 - 1, "neurons": (255,), "state_bits": 8 * 2**16, "chip_bits": 8 * 123469792},
    "spinnaker2": {"cores": 152, "memory_bits": 8 * 128 * 1024},
    "loihi2": {"cores": 128, "chip_neurons": 10**6, "chip_synapses": 120 * 10**6, "neurons": ()},
}
ENERGY = {"odin": (12.7, 256), "reckon": (5.3, 0), "sne": (0.221, 0)}


@pytest.mark.parametrize("name", hw_profiles.names())
def test_facts(name: str) -> None:
    profile = hw_profiles.load(name)
    facts, capacity, energy = FACTS.get(name), profile.capacity, profile.energy
    assert (capacity is None, energy is None) == (facts is None, name not in ENERGY)
    assert {key: getattr(capacity, key) for key in facts or {}} == (facts or {})
    if energy is not None:
        assert (energy.synaptic_event, energy.sweep) == ENERGY[name]


def test_words_of_speck_are_in_kibi() -> None:
    capacity = hw_profiles.load("speck2f").capacity
    assert capacity is not None
    assert [n // 1024 for n in capacity.neurons] == [64, 64, 64, 32, 32, 16, 16, 16, 16]
    assert [n // 1024 for n in capacity.synapses] == [16, 16, 16, 32, 32, 64, 64, 16, 16]


def test_loihi_1_is_an_example() -> None:
    first, second = hw_profiles.load(ROOT / "examples" / "loihi1.toml"), hw_profiles.load("loihi2")
    for name in (
        "weight",
        "current",
        "current_decay",
        "membrane",
        "grid",
        "decay",
        "bias",
        "threshold",
        "step",
        "refractory",
    ):
        assert getattr(first, name) == getattr(second, name)
    assert (first.graded, first.adaptation) == (None, None)
    assert first.capacity is not None
    assert first.energy is not None
    assert (first.capacity.neurons, first.capacity.synapse_bits) == ((1024,), 128 * 1024 * 8)
