"""Many tables compared with their curves at once."""

import os
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut.hw_profiles import Profile
from spikelut.quant.comparison.comparison import MEASURES, Comparison, compare_one, describe
from spikelut.quant.tables.table import Table, TableWarning
from spikelut.surrogates import Surrogate

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame


@dataclass(frozen=True, eq=False)
class Comparisons(Sequence[Comparison]):
    """What `compare` gives for several curves or sources, curve by curve.

    - `refused`: of the pairs that cannot be, surrogate and profile, the reason. A table far off its curve beyond its
      range, of which `Table.from_surrogate` warns, shows in the numbers instead.
    """

    items: tuple[Comparison, ...]
    refused: dict[tuple[str, str], str]

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
