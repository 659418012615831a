"""Tables of a few segments: a value chosen by comparing the membrane with breakpoints."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.affine import ValueFormat
from spikelut.quant.tables.entry_format import TableSpec, curve_at, value_format
from spikelut.quant.tables.segments_fit import fit_least_squares, fit_minimax
from spikelut.quant.tables.table import Table, wide_enough
from spikelut.surrogates import Surrogate

MAX_FIT_POINTS = 65536
"""Codes of a fit; of a longer range every second, third, ... code is taken."""


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class SegmentTable(Table, kind="segments"):
    """A piecewise constant derivative: the membrane code is compared with breakpoints, without a memory.

    The entry is codes[k] for the first k with x < breakpoints[k]. The last value is returned where no comparison holds.
    On the chip the layer's threshold is added to the breakpoints.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> table.breakpoints, table.codes
    ((-862, -325, 326, 863), tensor([0, 2, 6, 2, 0]))
    ```
    """

    breakpoints: tuple[int, ...]
    breakpoint_bits: int
    fitted: tuple[int, int] | None = None
    """First and last code of the fit; None for a table made elsewhere."""

    @staticmethod
    def build(
        surrogate: Surrogate,
        spec: TableSpec,
        step: float,
        value: ValueFormat | float | Literal["auto"] | None,
        saturate: bool,
        histogram: tuple[Tensor, Tensor] | None,
    ) -> "SegmentTable":
        """See `Table.from_surrogate`."""
        shape, fill = spec.shape, spec.fill
        low, high = math.ceil(fill.low / step), math.ceil(fill.high / step)
        message = f"state_step must leave {shape.entries} to 2**32 codes in {fill.low:g}..{fill.high:g}"
        require(shape.entries <= high - low <= 2**32, "Table", message, step)
        stride = -(-(high - low) // MAX_FIT_POINTS)
        x = torch.arange(low, high, stride, device="cpu").to(torch.float64) * step
        fmt = value_format(surrogate, spec, x, value, saturate)
        curve = curve_at(surrogate, x)
        # Affine entries stand for code - zero_point steps.
        limits = (fmt.min_code - fmt.zero_point, fmt.max_code - fmt.zero_point)
        if histogram is None and fill.fit == "minimax":
            breaks, codes = fit_minimax(curve.numpy(), shape.entries, fmt.step, limits)
        else:
            weights = _weights(histogram, low, stride, len(x))
            breaks, codes = fit_least_squares(curve.numpy(), weights, shape.entries, fmt.step, limits)
        breakpoints = tuple(low + stride * b for b in breaks)
        register = NumberFormat(shape.breakpoint_bits)
        fits = register.min_code <= breakpoints[0] and breakpoints[-1] <= register.max_code
        require(fits, "Table", f"breakpoints must fit {shape.breakpoint_bits} bits", breakpoints)
        return SegmentTable(
            surrogate=surrogate,
            state_step=step,
            first_code=spec.first_code,
            last_code=spec.last_code,
            value=fmt,
            codes=torch.tensor(codes, device="cpu") + fmt.zero_point,
            breakpoints=breakpoints,
            breakpoint_bits=shape.breakpoint_bits,
            fitted=(low, high - 1),
        )

    @property
    def tabulated(self) -> tuple[int, int]:
        return self.fitted or (self.breakpoints[0], self.breakpoints[-1] - 1)

    @property
    def tail_tolerance(self) -> float:
        # A fit leaves its error at the ends as well, where it goes on.
        low, high = self.tabulated
        first, last, _ = self.intervals()
        codes = torch.cat([first, last, self._turning_codes()]).clamp(low, high)
        return max(self.value.step, self._error_at(codes))

    def rule(self) -> dict[str, Any]:
        return {**super().rule(), "breakpoints": list(self.breakpoints), "breakpoint_bits": self.breakpoint_bits}

    def gather(self, entries: Tensor, x: Tensor) -> Tensor:
        values = entries[-1].expand(x.shape)
        for k in range(len(self.breakpoints) - 1, -1, -1):
            values = torch.where(x < self.breakpoints[k], entries[k], values)
        return values

    def derivative(self, entries: Tensor, x: Tensor, dtype: torch.dtype) -> Tensor:
        # The few entries are decoded rather than the many looked up.
        return self.gather(self.value.decode(entries, dtype), wide_enough(x))

    def place(self, x: Tensor) -> Tensor:
        # The same as `segment_of` by a search.
        x = wide_enough(x)
        edges = torch.tensor(self.breakpoints, dtype=x.dtype, device=x.device)
        return torch.bucketize(x, edges, right=True, out_int32=True)

    def place_by(self, ops: Any, x: Any) -> Any:
        return segment_of(self.breakpoints, x)

    def place_values(self, entries: Tensor, dtype: torch.dtype) -> Tensor:
        return self.value.decode(entries, dtype)

    def intervals(self) -> tuple[Tensor, Tensor, Tensor]:
        edges = torch.tensor(self.breakpoints, device="cpu")
        first = torch.cat([torch.tensor([self.first_code], device="cpu"), edges])
        last = torch.cat([edges - 1, torch.tensor([self.last_code], device="cpu")])
        kept = first <= last
        return first[kept], last[kept], self.codes[kept]

    @property
    def bits(self) -> int:
        return len(self.codes) * self.value.bits + len(self.breakpoints) * self.breakpoint_bits


def segment_of(breakpoints: Sequence[Any], x: Any) -> Any:
    """The place of the value that is read for code `x`: how many of the rising breakpoints it has reached."""
    return sum((x >= edge) * 1 for edge in breakpoints)


def _weights(histogram: tuple[Tensor, Tensor] | None, low: int, stride: int, count: int) -> NDArray[np.float64]:
    """The weight of each fitted code: how often the histogram saw it, or 1."""
    if histogram is None:
        return np.ones(count)
    codes, seen = histogram
    fits = codes.ndim == 1 and codes.shape == seen.shape and not codes.is_floating_point()
    require(fits, "Table", "histogram must be integer codes and as many counts", tuple(codes.shape))
    counts = seen.to(torch.float64)
    valid = bool((counts >= 0).all()) and bool(counts.isfinite().all())
    require(valid, "Table", "histogram counts must be >= 0 and finite", "others")
    place = (codes.to(torch.int64) - low).div(stride, rounding_mode="floor")
    inside = (place >= 0) & (place < count)
    require(bool((counts[inside] > 0).any()), "Table", "histogram must have counts in the fitted range", "none")
    weights: NDArray[np.float64] = np.zeros(count)
    np.add.at(weights, place[inside].numpy(), counts[inside].numpy())
    return weights
