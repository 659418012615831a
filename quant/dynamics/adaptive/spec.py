"""The integers of neurons whose threshold adapts, on a profile."""

from dataclasses import dataclass, replace
from typing import Any

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import NumberFormat, Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.per_neuron import (
    ByValue,
    Reals,
    is_each,
    read_only,
    reals_of,
    require_each,
    require_per_neuron,
    whole,
    within,
)
from spikelut.quant.dynamics.leak import Leak, amount_of
from spikelut.quant.dynamics.spec import LIFSpec, neuron_of


@dataclass(frozen=True, eq=False, repr=False)
class AdaptationSpec(ByValue, Brief):
    """The integers of an adaptive threshold and a refractory state.

    - `threshold_leak`: of what the threshold has risen. `refractory_leak`: of the refractory state.
    - `threshold_step`: what a spike adds to the threshold; an integer, or an array of one for each neuron.
    - `register`: of both states.
    """

    threshold_leak: Leak
    refractory_leak: Leak
    threshold_step: Any
    register: NumberFormat

    @classmethod
    def from_profile(
        cls, profile: Profile, threshold_beta: Reals, refractory_beta: Reals, threshold_step: Reals, who: str
    ) -> "AdaptationSpec":
        """The integers nearest to real decay factors and to a real step on `profile`.

        ValueError, in the name of `who`, if the chip has no such neurons, or not these numbers.
        """
        require_profile(who, profile)
        chip = profile.adaptation
        if chip is None:
            raise ValueError(
                f"{who}: profile must have neurons that adapt, got {profile.name}, which has none; use LIF"
            )
        order = neuron_of(profile, who)[3].order
        leaks_first = order == "leak-input-compare-reset"
        require(leaks_first, who, "step.order must be leak-input-compare-reset where neurons adapt", order)
        register = chip.format(profile.grid.frac)
        slow, tired = reals_of(who, "threshold_beta", threshold_beta), reals_of(who, "refractory_beta", refractory_beta)
        return cls(
            Leak.nearest(who, profile.name, chip, slow, register, "threshold_beta"),
            Leak.nearest(who, profile.name, chip, tired, register, "refractory_beta"),
            _step_code(profile, reals_of(who, "threshold_step", threshold_step), who),
            register,
        )

    def usual(self, profile: Profile, spec: LIFSpec, where: str) -> "AdaptationSpec":
        """The same numbers in the formats of `profile`; ValueError for a number that the chip does not have."""
        chip = profile.adaptation
        if chip is None:
            raise ValueError(f"{where} must not be given, as {profile.name} has no neurons that adapt")
        amounts = [amount_of(leak, chip, where) for leak in (self.threshold_leak, self.refractory_leak)]
        unit, most = _step_unit(profile), _most_step(profile)
        fits = within(self.threshold_step, 0, most, chip.per_neuron, unit)
        require(fits, where, f"threshold_step must be a multiple of {unit} in 0..{most}", self.threshold_step)
        usual = AdaptationSpec.from_profile(profile, 0.5, 0.5, 0.0, where)
        slow, tired = (
            replace(leak, amount=amount)
            for leak, amount in zip((usual.threshold_leak, usual.refractory_leak), amounts, strict=True)
        )
        return replace(usual, threshold_leak=slow, refractory_leak=tired, threshold_step=self.threshold_step)

    def membrane(self, profile: Profile, spec: LIFSpec) -> LIFSpec:
        """The integers of the membrane of neurons that adapt, for those of others."""
        assert profile.adaptation is not None  # it was made for this profile
        return replace(spec, reset="none", strict=profile.adaptation.comparison == ">", read="after_leak", max_spikes=1)

    @property
    def options(self) -> dict[str, Any]:
        """The arguments with which `AdaptiveLIF` has these integers."""
        return {
            "threshold_beta": self.threshold_leak.beta,
            "refractory_beta": self.refractory_leak.beta,
            "threshold_step": self.threshold_step * self.register.step,
        }


def _step_unit(profile: Profile) -> int:
    """Of what the codes of a threshold are multiples."""
    return 1 << neuron_of(profile)[2].shift


def _most_step(profile: Profile) -> int:
    """The largest step of a threshold: what thresholds and the register of the adaptation hold."""
    assert profile.adaptation is not None  # the callers' case
    unit, most = _step_unit(profile), min(neuron_of(profile)[2].max_code, profile.adaptation.format(0).max_code)
    return most // unit * unit


def _step_code(profile: Profile, step: Any, who: str) -> Any:
    """The code nearest to a real step of the threshold, one for each neuron where `step` is."""
    assert profile.adaptation is not None  # the caller's case
    unit, grid = _step_unit(profile), 2.0**profile.grid.frac
    high = _most_step(profile) / grid
    require_per_neuron(who, "threshold_step", step, profile.adaptation.per_neuron, profile.name)
    message = f"must be in 0..{high:.6g} on {profile.name}"
    require_each(who, "threshold_step", step, lambda s: 0 <= s <= high, message)
    codes = whole(step * grid / unit) * unit
    return read_only(codes) if is_each(codes) else codes
