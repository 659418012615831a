"""How far a table is from the curve it stands in for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikelut.hw_profiles import Profile
from spikelut.quant.table import Table
from spikelut.surrogates import Surrogate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_POINTS = 2**20


@dataclass(frozen=True, eq=False)
class Comparison:
    """Table against analytic derivative, on the membrane codes of the tabulated range and as much again on each side.

    - `x`: real membrane minus threshold; `table`, `analytic`: the two derivatives there.
    - `value_step`: the real value of one step of the table's entries.
    """

    source: Table
    x: NDArray[np.float64]
    table: NDArray[np.float64]
    analytic: NDArray[np.float64]

    @property
    def value_step(self) -> float:
        return self.source.value.step

    @property
    def error(self) -> NDArray[np.float64]:
        """table - analytic."""
        return self.table - self.analytic

    @property
    def max_abs_error(self) -> float:
        return float(np.abs(self.error).max())

    @property
    def max_error_steps(self) -> float:
        """The largest error in steps of the table's entries."""
        return self.max_abs_error / self.value_step

    @property
    def rmse(self) -> float:
        return float(np.sqrt(np.mean(self.error**2)))

    @property
    def bound(self) -> float:
        """The proven bound over every code the membrane can reach; see `Table.error_bound`."""
        return self.source.error_bound

    @property
    def cosine(self) -> float:
        """Cosine similarity of the two curves on the grid."""
        norms = np.linalg.norm(self.table) * np.linalg.norm(self.analytic)
        return float(self.table @ self.analytic / norms) if norms > 0 else 0.0

    @property
    def dead_zone(self) -> float:
        """The share of the grid where the table is zero and the curve is at least one entry step."""
        return float(np.mean((self.table == 0) & (self.analytic >= self.value_step)))

    def plot(self) -> "Figure":
        """A figure of both curves and, below, their difference in entry steps. Needs matplotlib."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 4.6), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
        above.plot(self.x, self.analytic, label=f"analytic: {self.source.surrogate}", color="C1", linewidth=1.5)
        above.plot(self.x, self.table, label="table", color="C0", linewidth=1.2)
        above.set_ylabel("derivative")
        above.legend(frameon=False, fontsize="small")
        below.plot(self.x, self.error / self.value_step, color="C3", linewidth=0.8)
        below.set_ylabel("error, code steps")
        below.set_xlabel("membrane − threshold")
        return figure


def compare(surrogate: Surrogate, profile: Profile, state_step: float | None = None) -> Comparison:
    """The table `profile` would hold for `surrogate`, compared with the curve itself."""
    return compare_table(Table.from_surrogate(surrogate, profile, state_step))


def compare_table(table: Table) -> Comparison:
    """An existing `table`, compared with its curve."""
    low, high = table.tabulated
    margin = (high + 1 - low) // 2
    first, last = max(table.first_code, low - margin), min(table.last_code, high + 1 + margin)
    codes = torch.arange(first, last + 1, max(1, -(-(last - first) // MAX_POINTS)))
    columns: list[Any] = [
        codes.to(torch.float64) * table.state_step,
        table.value.decode(table.lookup_codes(codes)),
        table.curve(codes),
    ]
    return Comparison(table, *(c.numpy() for c in columns))
