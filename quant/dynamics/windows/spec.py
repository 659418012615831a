"""The length of the window after which neurons are cleared, on a profile."""

from dataclasses import dataclass
from typing import Any

from spikelut._checks import require, require_int
from spikelut._text import Brief
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.dynamics.spec import LIFSpec, neuron_of

MOST_STEPS = 2**16
"""Of a window."""


@dataclass(frozen=True, repr=False)
class WindowSpec(Brief):
    """The number of steps, `size`, after which all states of a layer are cleared; `register` counts them."""

    size: int
    register: NumberFormat

    @classmethod
    def from_profile(cls, profile: Profile, size: Any, who: str) -> "WindowSpec":
        """ValueError, in the name of `who`, if the chip has no windows, or none of that size."""
        windows = neuron_of(profile, who)[3].windows
        require(windows, who, f"{profile.name} clears no membranes, so window_size must be None", size)
        require_int(who, "window_size", size, 1, MOST_STEPS)
        return cls(size, NumberFormat(size.bit_length(), profile.grid.frac, signed=False))

    def usual(self, profile: Profile, spec: LIFSpec, where: str) -> "WindowSpec":
        """The same in the formats of `profile`; ValueError if the chip has no such window."""
        return WindowSpec.from_profile(profile, self.size, where)

    def membrane(self, profile: Profile, spec: LIFSpec) -> LIFSpec:
        """The integers of the membrane, which are those of any neurons."""
        return spec

    @property
    def options(self) -> dict[str, Any]:
        """The arguments with which a layer has these integers."""
        return {"window_size": self.size}


def window_of(profile: Profile, size: int | None, who: str) -> dict[str, WindowSpec | None]:
    """The part of a neuron kind that a window of `size` steps is; without one where that is None."""
    return {"window": None if size is None else WindowSpec.from_profile(profile, size, who)}
