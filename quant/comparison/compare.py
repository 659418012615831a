"""Comparing tables with the curves they stand in for."""

from collections.abc import Sequence
from typing import overload

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.comparison.comparison import Comparison, compare_one
from spikelut.quant.comparison.comparisons import Comparisons
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

Source = Profile | Table


@overload
def compare(surrogate: Surrogate, source: Source, state_step: float | None = None) -> Comparison: ...
@overload
def compare(
    surrogate: Sequence[Surrogate], source: Source | Sequence[Source], state_step: float | None = None
) -> Comparisons: ...
@overload
def compare(surrogate: Surrogate, source: Sequence[Source], state_step: float | None = None) -> Comparisons: ...
def compare(
    surrogate: Surrogate | Sequence[Surrogate], source: Source | Sequence[Source], state_step: float | None = None
) -> Comparison | Comparisons:
    """The table a profile would hold for a surrogate, or a table that is there, compared with the curve itself.

    - `surrogate`: the curve, or several; `source`: a profile, a table, or several of these. Of several, every pair is
      compared, and a curve that a profile cannot hold is kept with the reason in `Comparisons.refused`.
    - `state_step`: the real value of one membrane code; None takes the profile's. A table has its own.

    Raises what `Table.from_surrogate` does; ValueError for no curve or no source, TypeError for other things.
    """
    if isinstance(surrogate, Surrogate) and isinstance(source, Profile | Table):
        return compare_one(surrogate, source, state_step)
    curves = [surrogate] if isinstance(surrogate, Surrogate) else list(surrogate)
    sources = [source] if isinstance(source, Profile | Table) else list(source)
    require(bool(curves) and bool(sources), "compare", "give one surrogate and one source or more", (curves, sources))
    return Comparisons.of(curves, sources, state_step)
