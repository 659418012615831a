"""The integers of a refractory period on a profile."""

from dataclasses import dataclass
from typing import Any

from spikelut._checks import require, require_int
from spikelut._text import Brief
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.quant.arithmetic.per_neuron import ByValue
from spikelut.quant.dynamics.spec import LIFSpec, neuron_of


@dataclass(frozen=True, eq=False, repr=False)
class RefractorySpec(ByValue, Brief):
    """For how many `steps` after a spike a membrane is left as it is; `register`: of the counter."""

    steps: Any
    register: NumberFormat

    @classmethod
    def from_profile(cls, profile: Profile, steps: int, who: str) -> "RefractorySpec | None":
        """That of a period of so many steps on `profile`; None of none.

        ValueError, in the name of `who`, for a period that the chip does not have, or where it spikes several times in
        a step; TypeError for one that is no integer.
        """
        if steps == 0 and type(steps) is int:
            return None
        chip = profile.refractory
        if chip is None:
            raise ValueError(
                f"{who}: refractory must be 0 on {profile.name}, which has no refractory period, got {steps}"
            )
        require_int(who, "refractory", steps, 0, chip.max_steps)
        several = neuron_of(profile, who)[3].max_spikes
        require(several == 1, who, "a refractory period needs one spike a step at most", several)
        frac = profile.grid.frac
        return cls(steps, NumberFormat(chip.max_steps.bit_length(), frac, signed=False))

    def usual(self, profile: Profile, spec: LIFSpec, where: str) -> "RefractorySpec":
        """The same period as `profile` has it; ValueError for one that it has not."""
        require(spec.threshold is not None, where, "must not be given of a read-out", self.steps)
        made = RefractorySpec.from_profile(profile, self.steps, where)
        if made is None:
            raise ValueError(f"{where}: steps must be at least 1, got 0")
        return made

    def membrane(self, profile: Profile, spec: LIFSpec) -> LIFSpec:
        """The integers of the membrane, which are those of neurons without a period."""
        return spec

    @property
    def options(self) -> dict[str, Any]:
        """The argument with which `LIF` has this period."""
        return {"refractory": self.steps}
