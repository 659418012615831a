"""Which entries of a table a network reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._defaults import made_on_cpu
from spikelut._text import Brief
from spikelut.quant.tables.table import Table

MAX_SAMPLED = 2**16
"""Codes at which the x of the entries is looked for."""


@dataclass(frozen=True, eq=False, repr=False)
class TableUse(Brief):
    """A histogram of the table entries that a layer read: one count for every neuron, sample and step.

    - `codes`, int64 [N]: the membrane codes above threshold that came up, ascending; `seen`, int64 [N]: how often. The
      two are what `Table.from_surrogate` and `Comparison.rmse_under` take as `histogram`.

    `compare_gradients(..., count_reads=True)` gives one for each layer, as `tables`.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> use = quant.TableUse("lif", table, codes=torch.tensor([-900, 0]), seen=torch.tensor([3, 1]))
    >>> use.reads, use.counts, use.used
    (4, array([3, 0, 1, 0, 0]), 0.4)
    ```
    """

    layer: str
    table: Table
    codes: Tensor
    seen: Tensor

    def _parts(self) -> Iterator[str]:
        yield repr(self.layer)
        yield f"{self.reads:,} reads"
        yield f"{self.used:.1%} of {len(self.table.codes)} entries used"

    @property
    def reads(self) -> int:
        """The number of lookups."""
        return int(self.seen.sum())

    @cached_property
    @made_on_cpu
    def counts(self) -> NDArray[np.int64]:
        """Lookups of each entry, in the order they are stored; of two that are interpolated, the first.

        What is out of the range of a table that returns zero there counts for no entry.
        """
        return self._count(self.codes, self.seen)

    @cached_property
    @made_on_cpu
    def inside(self) -> NDArray[np.int64]:
        """`counts` of the lookups within the tabulated range alone."""
        low, high = self.table.tabulated
        kept = (self.codes >= low) & (self.codes <= high)
        return self._count(self.codes[kept], self.seen[kept])

    @property
    def clamped(self) -> float:
        """The share of lookups beyond the tabulated range, where the outermost entry is held, or zero returned."""
        return 1 - int(self.inside.sum()) / self.reads if self.reads else 0.0

    @property
    def used(self) -> float:
        """The share of entries that were read at least once."""
        return float(np.mean(self.counts > 0))

    @cached_property
    @made_on_cpu
    def entry_x(self) -> NDArray[np.float64]:
        """The real x in the middle of what reads each entry, within the tabulated range; of |x| where it is folded."""
        low, high = self.table.tabulated
        low = max(low, 0) if self.table.rule().get("symmetric", False) else low
        codes = torch.arange(low, high + 1, max(1, (high + 1 - low) // MAX_SAMPLED), device="cpu")
        place, entries = self.table.place(codes).to(torch.int64), len(self.table.codes)
        sums = torch.zeros(entries + 1, dtype=torch.float64, device="cpu")
        total, number = (sums.index_add(0, place, v.to(torch.float64)) for v in (codes, torch.ones_like(codes)))
        # An entry of its own beyond the last cell is never the first of two.
        centres: NDArray[np.float64] = (total / number)[:entries].nan_to_num(nan=float(high)).numpy()
        return centres * self.table.state_step

    def as_dict(self) -> dict[str, Any]:
        """Plain data: layer, reads, clamped, used, counts."""
        numbers = {"reads": self.reads, "clamped": self.clamped, "used": self.used}
        return {"layer": self.layer, **numbers, "counts": self.counts.tolist()}

    def _count(self, codes: Tensor, seen: Tensor) -> NDArray[np.int64]:
        entries = len(self.table.codes)
        place = self.table.place(codes).to(torch.int64)
        counts: NDArray[np.int64] = (
            torch.zeros(entries + 1, dtype=torch.int64, device="cpu").index_add(0, place, seen).numpy()
        )
        return counts[:entries]


class Tally:
    """Counts the membrane codes at which a layer reads its table."""

    def __init__(self, layer: str, table: Table) -> None:
        self.layer, self.table = layer, table
        self.codes = self.seen = torch.zeros(0, dtype=torch.int64, device="cpu")

    def add(self, x: Tensor) -> None:
        """Count every element of real `x`."""
        unique: Any = torch.unique  # untyped
        codes, seen = unique(self.table.encode_x(x.detach()), return_counts=True)
        codes, seen = torch.cat([self.codes, codes.cpu()]), torch.cat([self.seen, seen.cpu()])
        self.codes, place = unique(codes, return_inverse=True)
        self.seen = torch.zeros_like(self.codes).index_add(0, place, seen)

    @property
    def use(self) -> TableUse:
        """What was counted so far."""
        return TableUse(self.layer, self.table, self.codes, self.seen)
