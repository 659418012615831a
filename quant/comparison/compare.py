"""Tables compared with the curves they stand in for: one, or every pair of several."""

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from spikelut._checks import require, require_type
from spikelut._extras import names_extra
from spikelut._notebook import Table as Columns
from spikelut._notebook import fragment
from spikelut._text import Brief, number_of
from spikelut.hw_profiles import Profile
from spikelut.quant.comparison.comparison import MEASURES, Comparison, compare_table, describe
from spikelut.quant.tables.table import Table, TableWarning
from spikelut.surrogates import Surrogate

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

Source = Profile | Table


@dataclass(frozen=True, eq=False, repr=False)
class Comparisons(Brief, Sequence[Comparison]):
    """The table of comparisons that `compare` gives for several curves or sources, curve by curve.

    - `refused`: the reason for each pair (surrogate, profile) that has no table. There is no `TableWarning` here: a
      table that is far off its curve shows in the numbers.

    ```pycon
    >>> curves = [surrogates.Arctan(alpha=2.0), surrogates.Sigmoid(alpha=4.0)]
    >>> found = quant.compare(curves, [hw_profiles.load("loihi2"), hw_profiles.load("reckon")])
    >>> [(type(c.surrogate).__name__, c.profile) for c in found]
    [('Arctan', 'loihi2'), ('Arctan', 'reckon'), ('Sigmoid', 'loihi2'), ('Sigmoid', 'reckon')]
    ```
    """

    items: tuple[Comparison, ...]
    refused: dict[tuple[str, str], str]

    def _parts(self) -> Iterator[str]:
        curves, profiles = ({getattr(item, name) for item in self.items} for name in ("surrogate", "profile"))
        yield number_of(len(self.items), "pair")
        yield f"of {number_of(len(curves), 'curve')} and {number_of(len(profiles), 'profile')}"
        yield f"{len(self.refused)} refused"

    @staticmethod
    def of(curves: Sequence[Surrogate], sources: Sequence[Profile | Table], state_step: float | None) -> "Comparisons":
        """Every pair; see `compare`."""
        items, refused = [], {}
        for curve in curves:
            for source in sources:
                try:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", TableWarning)
                        items.append(compare_one(curve, source, state_step))
                except ValueError as error:
                    refused[str(curve), getattr(source, "name", "table")] = str(error)
        return Comparisons(tuple(items), refused)

    def _repr_html_(self) -> str | None:
        names = ("entries", "value_format", "bits", "max_relative_error", "max_error_steps", "rmse", "cosine")
        rows = [
            (row["surrogate"], row["profile"], *(f"{v:.4g}" if isinstance(v := row[n], float) else v for n in names))
            for row in self.rows()
        ]
        right = [name.replace("_", " ") for name in names]
        notes = [f"{curve} on {profile} is refused: {reason}" for (curve, profile), reason in self.refused.items()]
        tables = [Columns(("surrogate", "profile", *right), rows, right)]
        return fragment("Tables and curves compared", tables=tables, notes=notes)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.items)

    def rows(self) -> list[dict[str, Any]]:
        """Plain data, a row for each pair: surrogate, profile, entries, value_format and all measures."""
        return [describe(item) for item in self.items]

    @names_extra
    def to_frame(self) -> "DataFrame":
        """The rows as a pandas DataFrame. Needs pandas."""
        import pandas

        return pandas.DataFrame(self.rows())

    @names_extra
    def plot(self, measure: str = "max_relative_error") -> "Figure":
        """A figure of one measure, surrogates down and profiles across. Needs matplotlib.

        Raises ValueError for an unknown measure.
        """
        from spikelut.quant.comparison.page import plot_matrix

        require(measure in MEASURES, "Comparisons.plot", f"measure must be one of {', '.join(MEASURES)}", measure)
        return plot_matrix(self.items, measure)

    @names_extra
    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write numbers and figures as one page. Needs matplotlib and jinja2; OSError if it cannot be written."""
        from spikelut.quant.comparison.page import write_page

        write_page(self.items, self.rows(), self.refused, path)


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
    """The error of a lookup table against its curve: the table that a profile would hold, or one that exists.

    - `surrogate`: the curve, or several. `source`: a profile, a table, or several of these. If there are several, every
      pair is compared. A curve that a profile cannot hold is kept with the reason in `Comparisons.refused`.
    - `state_step`: the real value of one membrane code. None takes the profile's; a table has its own.

    Raises what `Table.from_surrogate` raises. Raises ValueError if there is no curve or no source, and TypeError for
    other things.

    ```pycon
    >>> found = quant.compare(surrogates.Arctan(alpha=2.0), hw_profiles.load("loihi2"))
    >>> found.max_abs_error <= found.source.error_bound
    True
    >>> round(found.rmse, 4), round(found.cosine, 5)
    (0.0056, 0.99951)
    ```
    """
    if isinstance(surrogate, Surrogate) and isinstance(source, Profile | Table):
        return compare_one(surrogate, source, state_step)
    for name, given in (("surrogate", surrogate), ("source", source)):
        require_type("compare", name, given, (Surrogate, Profile, Table, Iterable), "one, or several in a list")
    curves = [surrogate] if isinstance(surrogate, Surrogate) else list(surrogate)
    sources = [source] if isinstance(source, Profile | Table) else list(source)
    require(bool(curves) and bool(sources), "compare", "give one surrogate and one source or more", (curves, sources))
    return Comparisons.of(curves, sources, state_step)


def compare_one(surrogate: Surrogate, source: Profile | Table, state_step: float | None = None) -> Comparison:
    """One curve and one profile, or table; see `compare`."""
    if not isinstance(surrogate, Surrogate) or not isinstance(source, Profile | Table):
        wanted = "a Surrogate and a Profile or Table"
        raise TypeError(f"compare: give {wanted}, got {type(surrogate).__name__} and {type(source).__name__}")
    if isinstance(source, Profile):
        return compare_table(Table.from_surrogate(surrogate, source, state_step), source.name)
    require(state_step is None, "compare", "state_step must be None, a table has its own", state_step)
    return compare_table(source, "", surrogate)
