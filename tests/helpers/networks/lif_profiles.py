"""The shipped profiles whose neuron `quant.LIF` computes."""

from contextlib import suppress

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant import LIF
from spikelut.surrogates import Sigmoid


def with_lif() -> list[Profile]:
    """Sorted by name, as `hw_profiles.names()`."""
    found = []
    for profile in map(hw_profiles.load, hw_profiles.names()):
        with suppress(ValueError):
            LIF(profile, Sigmoid())
            found.append(profile)
    return found
