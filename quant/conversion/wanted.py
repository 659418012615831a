"""What `convert` was asked for, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.conversion.plan import Part, Plan
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


@dataclass(frozen=True)
class Wanted:
    """What `convert` was asked for, by layer: `profile` and `weight_bits` are one for all, or by names of layers."""

    profile: Profile | Mapping[str, Profile]
    weight_bits: int | Mapping[str, int] | None
    surrogate: Surrogate | LUTSurrogate | None
    input_step: float
    per_channel: bool
    largest_input: int | None
    signed: bool = False

    def bits(self, part: Part) -> int | None:
        """Of the weights of a layer."""
        if not isinstance(self.weight_bits, Mapping):
            return self.weight_bits
        found: int | None = named(self.weight_bits, part.title)
        return found

    def chip(self, parts: list[Part]) -> Profile:
        """Of layers whose currents meet."""
        if not isinstance(self.profile, Mapping):
            return self.profile
        found = {p.title: profile for p in parts if (profile := named(self.profile, p.title)) is not None}
        where, names = f"convert: layer {parts[-1].title!r}", sorted({profile.name for profile in found.values()})
        message = (
            f"profile must be given, and be one, for {', '.join(part.title for part in parts)}, whose currents meet"
        )
        require(len(names) == 1, where, message, names)
        chosen: Profile = next(iter(found.values()))
        return chosen

    def check_names(self, plan: Plan) -> None:
        """ValueError for names of layers that there are not."""
        for argument, value in (("weight_bits", self.weight_bits), ("profile", self.profile)):
            if isinstance(value, Mapping):
                titles = [part.title for part in plan.parts if part.weights is not None or part.found is not None]
                unknown = [name for name in value if not any(_covers(name, title) for title in titles)]
                require(not unknown, "convert", f"{argument} must be of layers {', '.join(titles)}", unknown)


def named(values: Mapping[str, Any], title: str) -> Any:
    """The value for a layer: that of its name, or of the module it stands in."""
    covering = [name for name in values if _covers(name, title)]
    return values[max(covering, key=len)] if covering else None


def _covers(name: str, title: str) -> bool:
    return title == name or title.startswith(f"{name}.") or title.replace(".", "_") == name
