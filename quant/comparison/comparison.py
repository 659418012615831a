"""How far a table is from the curve it stands in for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import require
from spikelut._defaults import as_tensor, made_on_cpu
from spikelut._extras import names_extra
from spikelut._notebook import Card, fragment
from spikelut._notebook import Table as Columns
from spikelut._text import Brief
from spikelut.quant.tables.entry_format import curve_at
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

MAX_POINTS = 2**20


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Brief):
    """A table's derivative beside the analytic one, code by code, and measures of its error.

    The codes are those of the tabulated range and half as much on each side, thinned out where there are many.

    - `surrogate`: the curve; `source`: the table; `profile`: the name of the profile it is for, if known.
    - `codes`: membrane codes above threshold; `x`: their real values.
    - `table`, `analytic`: the two derivatives there; `error` = table - analytic.

    ```pycon
    >>> found = quant.compare(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> len(found.codes), round(found.max_abs_error, 3), round(abs(found.error).max(), 3)
    (32769, 0.25, np.float64(0.25))
    ```
    """

    surrogate: Surrogate
    source: Table
    profile: str
    codes: Tensor

    def _parts(self) -> Iterator[str]:
        yield f"{self.surrogate} on {self.profile or 'a table'}"
        yield f"{len(self.source.codes)} x {self.source.value.short_name}"
        yield f"largest error {self.max_relative_error:.2%} of peak"
        yield f"cosine {self.cosine:.5f}"

    def _repr_html_(self) -> str | None:
        cards = [
            Card(f"{len(self.source.codes)} × {self.source.value.short_name}", f"{self.bits:,} bits of memory"),
            Card(f"{self.max_relative_error:.1%}", "largest error, of the peak"),
            Card(f"{self.max_error_steps:.2f}", "largest error, in entry steps"),
            Card(f"{self.cosine:.4f}", "cosine with the curve"),
        ]
        rows = [(name.replace("_", " "), f"{value:.6g}") for name, value in self.measures().items()]
        title = f"{self.surrogate} on {self.profile or 'a table'}"
        tables = [Columns(("measure", "value"), rows, ("value",))]
        figures = {"curve": self._draw_curve, "error": self._draw_error}
        return fragment(title, cards=cards, figures=figures, tables=tables)

    def _draw_curve(self, axes: "Axes") -> None:
        from spikelut.quant.comparison.page import draw_curves

        draw_curves(axes, self)

    def _draw_error(self, axes: "Axes") -> None:
        from spikelut.quant.comparison.page import draw_error

        draw_error(axes, self)

    @property
    def x(self) -> NDArray[np.float64]:
        return self._real(self.codes.to(torch.float64) * self.source.state_step)

    @cached_property
    def table(self) -> NDArray[np.float64]:
        return self._real(self.source.value.decode(self.source.lookup_codes(self.codes)))

    @cached_property
    def analytic(self) -> NDArray[np.float64]:
        return self._real(self._curve(self.codes))

    @cached_property
    def error(self) -> NDArray[np.float64]:
        return self.table - self.analytic

    @property
    def value_step(self) -> float:
        """The real value of one step of the table's entries."""
        return self.source.value.step

    @property
    def peak(self) -> float:
        """The largest magnitude of the analytic derivative."""
        return float(np.abs(self.analytic).max())

    @property
    def max_abs_error(self) -> float:
        return float(np.abs(self.error).max())

    @property
    def mean_abs_error(self) -> float:
        return float(np.abs(self.error).mean())

    @property
    def max_relative_error(self) -> float:
        """The largest error as a share of the peak."""
        return self._share(self.max_abs_error)

    @property
    def mean_relative_error(self) -> float:
        """The mean error as a share of the peak."""
        return self._share(self.mean_abs_error)

    @property
    def max_error_steps(self) -> float:
        """The largest error in steps of the table's entries."""
        return self.max_abs_error / self.value_step

    @property
    def mean_error_steps(self) -> float:
        """The mean error in steps of the table's entries."""
        return self.mean_abs_error / self.value_step

    @property
    def rmse(self) -> float:
        """The root mean squared error if all codes are equally likely."""
        return float(np.sqrt(np.mean(self.error**2)))

    def rmse_under(self, histogram: tuple[Tensor, Tensor]) -> float:
        """The root mean squared error if codes are as likely as in `histogram`, a pair of codes and their counts.

        Raises ValueError for codes that are no integers or counts that are negative, all zero, or of another length.
        """
        who = "Comparison.rmse_under"
        codes, counts = (as_tensor(part) for part in histogram)
        integers = not codes.is_floating_point() and codes.ndim == 1
        require(integers, who, "codes must be integers [N]", f"{codes.dtype} {tuple(codes.shape)}")
        require(counts.shape == codes.shape, who, f"counts must be {tuple(codes.shape)}", tuple(counts.shape))
        weights = counts.to(torch.float64)
        valid = bool((weights >= 0).all()) and 0 < float(weights.sum()) < float("inf")
        require(valid, who, "counts must be >= 0 and not all 0", "others")
        reached = codes.to(torch.int64).clamp(self.source.first_code, self.source.last_code)
        return float(((self._error_at(reached) ** 2 * weights).sum() / weights.sum()).sqrt())

    @property
    def bound(self) -> float:
        """The proven bound over every code the membrane can reach; see `Table.error_bound`. NaN for another curve."""
        return self.source.error_bound if self.surrogate == self.source.surrogate else float("nan")

    @property
    def cosine(self) -> float:
        """Cosine similarity of the two curves."""
        norms = np.linalg.norm(self.table) * np.linalg.norm(self.analytic)
        return float(self.table @ self.analytic / norms) if norms > 0 else 0.0

    @property
    def area_ratio(self) -> float:
        """Gradient mass: the area under the table over the area under the curve; NaN for an area of zero."""
        area = float(self.analytic.sum())
        return float(self.table.sum()) / area if area else float("nan")

    @property
    def dead_zone(self) -> float:
        """The share of codes where the table is zero and the curve is at least one entry step."""
        return float(np.mean((self.table == 0) & (np.abs(self.analytic) >= self.value_step)))

    @property
    def saturated(self) -> float:
        """The share of codes where the curve is beyond what an entry can hold."""
        value = self.source.value
        low, high = (float(value.decode(torch.tensor(code))) for code in (value.min_code, value.max_code))
        rounded = self.value_step / 2
        return float(np.mean((self.analytic < low - rounded) | (self.analytic > high + rounded)))

    @cached_property
    def asymmetry(self) -> float:
        """The largest difference between the errors at x and -x, as a share of the peak: what the table adds itself."""
        mirrored = self.codes[(-self.codes >= self.codes[0]) & (-self.codes <= self.codes[-1])]
        if len(mirrored) == 0:
            return 0.0
        places = mirrored - self.codes[0]
        step = int(self.codes[1] - self.codes[0]) if len(self.codes) > 1 else 1
        other = self._error_at(-mirrored).numpy() if step > 1 else self.error[(-mirrored - self.codes[0]).numpy()]
        return self._share(float(np.abs(self.error[(places // step).numpy()] - other).max()))

    @property
    def bits(self) -> int:
        """Memory of the table in bits."""
        return self.source.bits

    def measures(self) -> dict[str, float]:
        """All numbers above by name, but those that need a histogram."""
        return {name: getattr(self, name) for name in MEASURES}

    @names_extra
    def to_frame(self) -> "DataFrame":
        """The curves as a pandas DataFrame, a row for each code: code, x, table, analytic, error. Needs pandas."""
        import pandas

        columns = {"code": self.codes.numpy(), "x": self.x, "table": self.table, "analytic": self.analytic}
        return pandas.DataFrame({**columns, "error": self.error})

    @names_extra
    def plot(self) -> "Figure":
        """A figure of both curves and, below, their difference in entry steps. Needs matplotlib."""
        from spikelut.quant.comparison.page import plot_curves

        return plot_curves(self)

    @names_extra
    def to_html(self, path: "str | os.PathLike[str]") -> None:
        """Write the numbers and figures as one page. Needs matplotlib and jinja2; OSError if it cannot be written."""
        from spikelut.quant.comparison.page import write_page

        write_page([self], [describe(self)], {}, path)

    def _share(self, error: float) -> float:
        """Of the peak; of a curve that is zero all over infinitely much, or nothing."""
        return error / self.peak if self.peak else float("inf") if error else 0.0

    def _curve(self, codes: Tensor) -> Tensor:
        return curve_at(self.surrogate, codes.to(torch.float64) * self.source.state_step)

    def _error_at(self, codes: Tensor) -> Tensor:
        return self.source.value.decode(self.source.lookup_codes(codes)) - self._curve(codes)

    @staticmethod
    def _real(values: Tensor) -> NDArray[np.float64]:
        found: NDArray[np.float64] = values.to(torch.float64).numpy()
        return found


MEASURES = (
    "max_abs_error",
    "mean_abs_error",
    "max_relative_error",
    "mean_relative_error",
    "max_error_steps",
    "mean_error_steps",
    "bound",
    "rmse",
    "cosine",
    "area_ratio",
    "dead_zone",
    "saturated",
    "asymmetry",
    "bits",
)
"""The numbers of a comparison, in the order they are shown."""


@made_on_cpu
def compare_table(table: Table, profile: str = "", surrogate: Surrogate | None = None) -> Comparison:
    """An existing `table`, compared with its curve or with another one."""
    low, high = table.tabulated
    margin = (high + 1 - low) // 2
    first, last = max(table.first_code, low - margin), min(table.last_code, high + 1 + margin)
    codes = torch.arange(first, last + 1, max(1, -(-(last - first) // MAX_POINTS)))
    return Comparison(table.surrogate if surrogate is None else surrogate, table, profile, codes)


def describe(comparison: Comparison) -> dict[str, Any]:
    """What was compared, and all measures: plain data."""
    table = comparison.source
    about = {"surrogate": str(comparison.surrogate), "profile": comparison.profile}
    return {**about, "entries": len(table.codes), "value_format": table.value.short_name, **comparison.measures()}
