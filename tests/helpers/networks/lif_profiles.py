"""The shipped profiles whose neuron `quant.LIF` computes, and what some of them lack."""

from contextlib import suppress
from typing import Any

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant import LIF, Recurrent
from spikelut.surrogates import Sigmoid


def fed_back(neurons: Any, features: int, **options: Any) -> Any:
    """`Recurrent` layers of these neurons; the neurons themselves where the chip's feedback is not theirs."""
    step = neurons.profile.step
    return Recurrent(neurons, features, **options) if step is not None and step.feedback == 1 else neurons


def taken(profile: Profile, largest: int) -> int:
    """`largest` events of an input in a step, or as many as the chip takes."""
    return min(largest, (profile.current and profile.current.max_events) or largest)


def with_lif() -> list[Profile]:
    """Sorted by name, as `hw_profiles.names()`."""
    found = []
    for profile in map(hw_profiles.load, hw_profiles.names()):
        with suppress(ValueError):
            LIF(profile, Sigmoid())
            found.append(profile)
    return found
