"""The grid of a sweep: which tables a profile may have, and which of those asked for it cannot have."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import get_args

from spikelut.hw_profiles import Profile, Rounding
from spikelut.surrogates import Surrogate, name_of

MAX_CONFIGURATIONS = 100_000


@dataclass(frozen=True)
class Configuration:
    """One table: a curve on a profile that was given other entries, value bits or rounding.

    - `profile`: as it was named; `surrogate`: as it was written. `varied`: the profile with this table.
    """

    profile: str
    surrogate: str
    varied: Profile

    @property
    def entries(self) -> int:
        return self.varied.table.entries

    @property
    def value_bits(self) -> int:
        return self.varied.table_value.bits

    @property
    def rounding(self) -> Rounding:
        return self.varied.table_value.rounding

    @property
    def shape(self) -> str:
        """Entries and bits, as `64x5`."""
        return f"{self.entries}x{self.value_bits}"

    @property
    def curve(self) -> tuple[str, str]:
        """What is compared among each other: the profile and the surrogate."""
        return self.profile, self.surrogate


@dataclass(frozen=True)
class Axes:
    """What is varied; an empty axis leaves what the profile has. `entries` are for tables of cells."""

    entries: tuple[int, ...]
    segments: tuple[int, ...]
    value_bits: tuple[int, ...]
    rounding: tuple[str, ...]

    def of(self, profile: Profile) -> list[tuple[int | None, int | None, str | None]]:
        """Every combination for `profile`; of a table with an extra entry the entries stand for cells."""
        segments = profile.table.kind == "segments"
        extra = profile.table.entries - profile.table.cells
        sizes = self.segments if segments else tuple(n + extra for n in self.entries)
        return list(product(sizes or (None,), self.value_bits or (None,), self.rounding or (None,)))


def parse_integers(name: str, text: str, *, doubling: bool = False) -> tuple[int, ...]:
    """`64`, `8,64` or `8..1024`, which counts by one or, `doubling`, takes 8, 16, ... 1024; sorted, each once.

    Raises ValueError for anything else, and for a range that doubling does not end.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = re.fullmatch(r"(\d{1,9})(?:\.\.(\d{1,9}))?", part)
        if match is None:
            raise ValueError(f"{name} must be integers and ranges, as 8,64 or 8..1024, got {part!r}")
        low, high = int(match[1]), int(match[2] or match[1])
        if not 0 <= low <= high or (high - low > MAX_CONFIGURATIONS and not doubling):
            raise ValueError(f"{name} must have ranges that go up, got {part!r}")
        found |= _doubled(name, low, high, part) if doubling else set(range(low, high + 1))
    return tuple(sorted(found))


def _doubled(name: str, low: int, high: int, part: str) -> set[int]:
    values = [low]
    while low and values[-1] < high:
        values.append(2 * values[-1])
    if values[-1] != high:
        raise ValueError(f"{name} must end where doubling {low} leads, as {low or 8}..{(low or 8) * 8}, got {part!r}")
    return set(values)


def parse_roundings(text: str) -> tuple[str, ...]:
    """Names of rounding modes; those a table can have."""
    names = tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))
    allowed = [mode for mode in get_args(Rounding) if mode != "stochastic"]
    for name in names:
        if name not in allowed:
            raise ValueError(f"rounding must be of {', '.join(allowed)}, got {name!r}")
    return names


def written(surrogate: Surrogate) -> str:
    """A curve as options have it: `arctan`, with the parameters that are not the defaults as `sigmoid:alpha=2.5`."""
    plain, given = vars(type(surrogate)()), vars(surrogate)
    changed = ",".join(f"{name}={value}" for name, value in given.items() if value != plain[name])
    return name_of(type(surrogate)) + (f":{changed}" if changed else "")


def grid(
    profiles: dict[str, Profile], surrogates: Sequence[str], axes: Axes
) -> tuple[list[Configuration], Counter[tuple[str, str]]]:
    """Every configuration there can be; and how many there cannot, by profile and reason."""
    found: dict[Configuration, None] = {}
    left_out: Counter[tuple[str, str]] = Counter()
    if sum(len(axes.of(profile)) for profile in profiles.values()) * len(surrogates) > MAX_CONFIGURATIONS:
        raise ValueError(f"entries, value-bits and rounding must make at most {MAX_CONFIGURATIONS} tables, got more")
    for name, profile in profiles.items():
        for entries, bits, rounding in axes.of(profile):
            try:
                varied = profile.with_table(entries=entries, value_bits=bits, rounding=rounding)  # type: ignore[arg-type]  # checked there
            except ValueError as error:
                left_out[name, reason(str(error))] += len(surrogates)
                continue
            found |= {Configuration(name, surrogate, varied): None for surrogate in surrogates}
    return list(found), left_out


def reason(message: str) -> str:
    """A message without the value that came, so that the same reasons are counted together."""
    return message.rpartition(", got ")[0] or message
