"""Tables of equal cells: read by an index, plain or interpolated."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut._defaults import as_tensor, made_on_cpu
from spikelut.hw_profiles import Profile, TableShape
from spikelut.quant.arithmetic.affine import ValueFormat
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.tables.entry_format import TableSpec, value_format
from spikelut.quant.tables.interpolation import interpolated
from spikelut.quant.tables.sampling import in_arithmetic, is_even, midpoint_corrected, sampled
from spikelut.quant.tables.table import Table, wide_enough
from spikelut.quant.tables.uniform_cells import IndexCells, place_of
from spikelut.surrogates import Surrogate


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class UniformTable(Table, kind="uniform"):
    """A lookup table with one entry for each of equally wide cells of x, with or without interpolation.

    `shape` says which entry belongs to a membrane code and what is read beyond the ends, see `hw_profiles.TableShape`.
    `cells` are the cells in membrane codes.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Sigmoid(), hw_profiles.load("generic8"))
    >>> type(table).__name__, len(table.codes), table.cells.width
    ('UniformTable', 256, Fraction(128, 1))
    ```
    """

    cells: IndexCells
    shape: TableShape

    @staticmethod
    def build(
        surrogate: Surrogate,
        spec: TableSpec,
        step: float,
        value: ValueFormat | float | Literal["auto"] | None,
        saturate: bool,
        histogram: tuple[Tensor, Tensor] | None,
    ) -> "UniformTable":
        """See `Table.from_surrogate`."""
        require(histogram is None, "Table", f"histogram is for segments, {spec.name} has cells", "a histogram")
        shape, fill = spec.shape, spec.fill
        cells = IndexCells.of(spec, step, shape.symmetric and is_even(surrogate, fill.high))
        first, last = cells.span
        require(first <= last, "Table", f"state_step must leave a code in {fill.low:g}..{fill.high:g}", step)
        points = cells.centres() if fill.sampling == "centre" else cells.grid_points(shape.entries)
        if fill.sampling == "centre" and shape.end == "extra_entry":
            points = torch.cat([points, 2 * points[-1:] - points[-2:-1]])
        x = in_arithmetic(points * step, fill.arithmetic)
        fmt = value_format(surrogate, spec, x, value, saturate)
        if fill.sampling == "midpoint_corrected":
            codes = midpoint_corrected(surrogate, fmt, cells, step)
        else:
            codes = sampled(surrogate, fmt, x, fill.arithmetic)
        stored = codes.roll(cells.first) if shape.order == "twos_complement" else codes
        return UniformTable._of(surrogate, spec, step, cells, fmt, stored)

    @staticmethod
    def from_codes(
        codes: Tensor,
        profile: Profile,
        value: ValueFormat,
        state_step: float | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
    ) -> "UniformTable":
        """A table read as `profile` reads its own, with given entries, as stored, and any number of them.

        For tables made elsewhere; their curve is not known. `low` and `high` are the range, if not the profile's.
        """
        step = profile.state_step if state_step is None else state_step
        valid = codes.ndim == 1 and not codes.is_floating_point()
        require(valid, "Table", "codes must be integers in one dimension", f"{codes.dtype} {tuple(codes.shape)}")
        inside = bool(((codes >= value.min_code) & (codes <= value.max_code)).all())
        require(inside, "Table", f"codes must be in {value.min_code}..{value.max_code}", "others")
        spec = TableSpec.of(profile, len(codes), low, high)
        cells = IndexCells.of(spec, step, spec.shape.symmetric)
        return UniformTable._of(Surrogate(), spec, step, cells, value, codes.to(torch.int64))

    @staticmethod
    def _of(
        surrogate: Surrogate, spec: TableSpec, step: float, cells: IndexCells, value: ValueFormat, codes: Tensor
    ) -> "UniformTable":
        return UniformTable(
            surrogate=surrogate,
            state_step=step,
            first_code=spec.first_code,
            last_code=spec.last_code,
            value=value,
            codes=codes,
            cells=cells,
            shape=spec.shape,
        )

    def rule(self) -> dict[str, Any]:
        cells, shape = self.cells, self.shape
        return {
            **super().rule(),
            "codes_per_cell": [cells.width.numerator, cells.width.denominator],
            "cells": cells.count,
            "first_cell": cells.first,
            "symmetric": cells.folded,
            "index_rounding": cells.rounding,
            "out_of_range": shape.out_of_range,
            "order": shape.order,
            "interpolation": shape.interpolation,
            "interpolation_bits": shape.interpolation_bits,
            "interpolation_rounding": shape.interpolation_rounding,
            "end": shape.end,
        }

    @property
    def interpolated(self) -> bool:
        return self.shape.interpolation != "none"

    @property
    def tabulated(self) -> tuple[int, int]:
        return self.cells.span

    @property
    def bits(self) -> int:
        return len(self.codes) * self.value.bits

    def index(self, x: Tensor) -> Tensor:
        """The stored place, int64, of the entry read for membrane codes `x`; of two, the first."""
        return as_tensor(self._place(TorchOps, self._wide_enough(x), None))

    def _wide_enough(self, x: Tensor) -> Tensor:
        return wide_enough(x) if self.cells.shifts else x.to(torch.int64)

    def _place(self, ops: Any, x: Any, beyond: int | None) -> Any:
        return place_of(ops, self.cells, self.shape.order == "twos_complement", beyond, x)

    def gather(self, entries: Tensor, x: Tensor) -> Tensor:
        value = self._interpolate(entries, x) if self.interpolated else _take(entries, self.index(x))
        return self._outside(x, value, self.value.zero_point)

    def derivative(self, entries: Tensor, x: Tensor, dtype: torch.dtype) -> Tensor:
        if self.interpolated:
            return super().derivative(entries, x, dtype)
        # The few entries are decoded rather than the many looked up.
        x = wide_enough(x)
        return self._outside(x, _take(self.value.decode(entries, dtype), self.index(x)), 0)

    def _outside(self, x: Tensor, value: Tensor, zero: int) -> Tensor:
        if self.shape.out_of_range == "clamp":
            return value
        cell = self.cells.locate(x)
        return torch.where((cell >= 0) & (cell < self.cells.count), value, zero)

    def _interpolate(self, entries: Tensor, x: Tensor) -> Tensor:
        def read(index: Tensor) -> Tensor:
            return _take(entries, index)

        value = interpolated(TorchOps, self.cells, self.shape, self.value, read, entries[0], x.to(torch.int64))
        return as_tensor(value)

    @cached_property
    @made_on_cpu
    def place_dtype(self) -> torch.dtype | None:
        return None if self.interpolated else super().place_dtype

    def place(self, x: Tensor) -> Tensor:
        return as_tensor(self.place_by(TorchOps, self._wide_enough(x)))

    def place_by(self, ops: Any, x: Any) -> Any:
        # What is returned beyond the table stands after its entries.
        return self._place(ops, x, None if self.shape.out_of_range == "clamp" else len(self.codes))

    def place_values(self, entries: Tensor, dtype: torch.dtype) -> Tensor:
        values = self.value.decode(entries, dtype)
        return values if self.shape.out_of_range == "clamp" else torch.cat([values, values.new_zeros(1)])

    def intervals(self) -> tuple[Tensor, Tensor, Tensor]:
        low, high = self.tabulated
        tails = torch.tensor([[self.first_code, low - 1], [high + 1, self.last_code]], device="cpu")
        if self.interpolated:
            first, last = tails.T
        else:
            edges = self.cells.edges()
            first, last = edges[:-1], edges[1:] - 1
            if self.cells.folded:
                first, last = torch.cat([first, -last]), torch.cat([last, -first])
            first, last = torch.cat([first, tails[:, 0]]), torch.cat([last, tails[:, 1]])
        first, last = first.clamp(min=self.first_code), last.clamp(max=self.last_code)
        kept = first <= last
        return first[kept], last[kept], self.lookup_codes(first[kept])


def _take(entries: Tensor, index: Tensor) -> Tensor:
    wide = index if index.dtype == torch.int64 else index.to(torch.int32)
    return entries.index_select(0, wide.reshape(-1)).reshape(index.shape)
