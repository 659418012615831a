"""The cells of a uniform table: which membrane codes share an entry, and where the curve is sampled for it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut._defaults import as_tensor
from spikelut.hw_profiles import Rounding
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.rounding import round_ratio, round_shift
from spikelut.quant.tables.entry_format import TableSpec

LARGEST_RATIO = 2**29
"""Numerator and denominator of codes per cell; their products with 33-bit codes stay within 64 bits."""


@dataclass(frozen=True)
class IndexCells:
    """`count` cells, each `width` membrane codes wide: code x lies in cell round(x / width) - first.

    `folded`: of abs(x) instead.
    """

    width: Fraction
    first: int
    count: int
    rounding: Rounding
    folded: bool

    @classmethod
    def of(cls, spec: TableSpec, step: float, folded: bool) -> "IndexCells":
        """The cells of `spec` for membrane codes of `step`; ValueError if its index cannot make them."""
        shape, fill = spec.shape, spec.fill
        low, high = Fraction(0) if folded else Fraction(fill.low), Fraction(fill.high)
        width = (high - low) / shape.cells
        codes = width / Fraction(step)
        if shape.index == "shift":
            fits = codes.denominator == 1 and codes.numerator & (codes.numerator - 1) == 0 and codes <= 2**30
            allowed = "the table's cell divided by a power of two, 2**30 at most"
        else:
            fits = max(codes.numerator, codes.denominator) <= LARGEST_RATIO
            allowed = "in a ratio of integers up to 2**29 to the table's cell"
        require(fits, "Table", f"state_step must be {allowed}, {float(width):g} on {spec.name}", step)
        first = low / width
        require(first.denominator == 1, "Table", f"table_fill.low must be a multiple of {float(width):g}", fill.low)
        return cls(codes, int(first), shape.cells, shape.index_rounding, folded)

    @property
    def shifts(self) -> bool:
        """Whether a cell is found by a shift, which needs no more bits than the code has."""
        return self.width.denominator == 1 and self.width.numerator & (self.width.numerator - 1) == 0

    @property
    def shift(self) -> int | None:
        """That shift, None where a cell is not found by one."""
        return self.width.numerator.bit_length() - 1 if self.shifts else None

    def locate(self, x: Tensor) -> Tensor:
        """The cell of each membrane code; negative or `count` and above beyond the table."""
        return as_tensor(cell_of(TorchOps, self, x if self.shifts else x.to(torch.int64)))

    def edges(self) -> Tensor:
        """The first code of each cell, and one past the last cell's: the smallest codes that are located there."""
        index = torch.arange(self.count + 1, device="cpu")
        codes_per, per_codes = self.width.numerator, self.width.denominator
        place = index + self.first
        below = ((place - 1) * codes_per).div(per_codes, rounding_mode="floor") - 1
        at_least = ((place + 1) * codes_per).div(per_codes, rounding_mode="floor") + 1
        unfolded = IndexCells(self.width, self.first, self.count, self.rounding, False)
        while bool((at_least - below > 1).any()):
            middle = (below + at_least) >> 1
            reached = unfolded.locate(middle) >= index
            below, at_least = torch.where(reached, below, middle), torch.where(reached, middle, at_least)
        return at_least.clamp(min=0) if self.folded else at_least

    def grid_points(self, count: int) -> Tensor:
        """The (fractional) codes at which cells begin but for rounding, float64."""
        place = torch.arange(self.first, self.first + count, dtype=torch.float64, device="cpu")
        return place * self.width.numerator / self.width.denominator

    def centres(self) -> Tensor:
        """The middle of the codes of each cell, float64."""
        edges = self.edges().to(torch.float64)
        return (edges[:-1] + edges[1:] - 1) / 2

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last membrane code that lie in a cell."""
        edges = self.edges()
        last = int(edges[-1]) - 1
        return (-last if self.folded else int(edges[0])), last


def cell_of(ops: Any, cells: Any, x: Any) -> Any:
    """The cell of `IndexCells` that code `x` lies in; negative or `count` and above beyond the table."""
    x = ops.absolute(x) if cells.folded else x
    if cells.shift is None:
        index = round_ratio(ops, x, cells.width.denominator, cells.width.numerator, cells.rounding)
    else:
        index = round_shift(ops, x, cells.shift, cells.rounding)
    return index - cells.first


def place_of(ops: Any, cells: Any, twos: bool, beyond: int | None, x: Any) -> Any:
    """Where the entry stands that is read for code `x`, in the natural order of cells or in that of two's complement.

    `beyond`: the place of what lies beyond the table; None: that of the nearest cell.
    """
    cell = cell_of(ops, cells, x)
    place = ops.clip(cell, 0, cells.count - 1)
    place = (place + cells.first) & (cells.count - 1) if twos else place
    return place if beyond is None else ops.where((cell >= 0) & (cell < cells.count), place, beyond)
