"""The shipped profiles whose neuron `quant.LIF` computes."""

from contextlib import suppress

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant import LIF
from spikelut.surrogates import Sigmoid


def with_lif(wide: bool = False) -> list[Profile]:
    """Sorted by name, as `hw_profiles.names()`; those of 32-bit membranes, which no graph computes, if asked for."""
    found = []
    for profile in map(hw_profiles.load, hw_profiles.names()):
        with suppress(ValueError):
            if wide or not LIF(profile, Sigmoid()).spec.wide:
                found.append(profile)
    return found
