"""One configuration of a sweep compared with its curve, point by point."""

import math
import warnings
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from spikelut import __version__
from spikelut.cli.shared.option_values import parse_surrogate
from spikelut.cli.sweep.store import key_of, numbers_of
from spikelut.hw_profiles import Profile
from spikelut.quant import Comparison, TableWarning, compare
from spikelut.surrogates import Surrogate, name_of

KEPT = "1 − Σ(table − curve)² / Σ curve², over the membrane codes of the table's range and half as much on each side"
"""What `kept` is: the share of the gradient a table keeps. 1 for the curve itself, 0 for a table of zeros."""


@dataclass(frozen=True)
class Pointwise:
    """The comparison of one table with its curve. `surrogate` as it was written, `profile` with the table."""

    surrogate: str
    profile: Profile

    @property
    def key(self) -> str:
        """The name of its result."""
        about = {"what": "pointwise", "spikelut": __version__, "profile": numbers_of(self.profile)}
        return key_of({**about, "surrogate": identity(parse_surrogate(self.surrogate))})

    def run(self) -> dict[str, Any]:
        """The measures by name, or why there is no such table under `refused`."""
        ignore_table_warnings()
        try:
            comparison = compare(parse_surrogate(self.surrogate), self.profile)
            return {name: _plain(value) for name, value in measures(comparison).items()}
        except ValueError as error:
            return {"refused": " ".join(str(error).split())}


def ignore_table_warnings() -> None:
    """For good, as other threads of a worker may run others: what such a warning tells of is among the measures."""
    warnings.filterwarnings("ignore", category=TableWarning)


def measures(comparison: Comparison) -> dict[str, float | str]:
    """All that is measured of a table: its own numbers, what it `kept` of the gradient, and its value format."""
    error, curve = comparison.error, comparison.analytic
    kept = 1 - float(error @ error) / float(np.dot(curve, curve))
    return {"value_format": comparison.source.value.short_name, **comparison.measures(), "kept": kept}


def identity(surrogate: Surrogate) -> list[Any]:
    """Name and parameters of a curve, as plain data."""
    return [name_of(type(surrogate)), asdict(surrogate)]


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
