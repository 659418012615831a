"""Integer tables that stand in for a surrogate's derivative on a chip."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from spikelut._checks import is_finite, require
from spikelut.hw_profiles import NumberFormat, Profile, Rounding
from spikelut.quant.fixed_point import FixedPoint
from spikelut.quant.ops import TorchOps
from spikelut.quant.rounding import round_shift
from spikelut.quant.segment_fit import fit_least_squares, fit_minimax
from spikelut.surrogates import Surrogate

MAX_FIT_POINTS = 65536
CODES_AT_ONCE = 2**20


@dataclass(frozen=True, eq=False, kw_only=True)
class Table(ABC):
    """Integers that return the surrogate derivative for a membrane code above threshold.

    - `surrogate`: the curve; `state_step`: the real x of one code, so x = code * state_step.
    - `first_code`, `last_code`: the codes a membrane can reach.
    - `value`: format of the entries. `codes`: the entries as stored, int64, one-dimensional.
    """

    surrogate: Surrogate
    state_step: float
    first_code: int
    last_code: int
    value: FixedPoint
    codes: Tensor

    @staticmethod
    def from_surrogate(surrogate: Surrogate, profile: Profile, state_step: float | None = None) -> "Table":
        """The table `profile` would hold for `surrogate`.

        `state_step` is the real value of one membrane code, a power of two; None takes the profile's. The fraction bits
        of the entries are as many as the peak of the curve allows. Raises ValueError for a curve that is negative where
        entries are unsigned, that is zero or not finite, or for a step that leaves no code per entry.
        """
        step = profile.state_step if state_step is None else state_step
        valid = is_finite(step) and 2.0**-64 <= step <= 2.0**64 and math.frexp(step)[0] == 0.5
        require(valid, "Table", "state_step must be a power of two in 2**-64..2**64", state_step)
        build = UniformTable.build if profile.table.kind == "uniform" else SegmentTable.build
        return build(surrogate, profile, float(step))

    @abstractmethod
    def gather(self, codes: Tensor, x: Tensor) -> Tensor:
        """The entries among `codes` (this table's, on any device) for membrane codes `x`."""

    @abstractmethod
    def cells(self) -> tuple[Tensor, Tensor, Tensor]:
        """First code, last code and returned value code of every interval on which the lookup is constant."""

    @property
    @abstractmethod
    def bits(self) -> int:
        """Memory of the table in bits."""

    def lookup_codes(self, x: Tensor) -> Tensor:
        """Value codes, int64, for integer membrane codes `x` (membrane minus the lowest code that spikes)."""
        if x.is_floating_point():
            raise TypeError(f"Table.lookup_codes: x must hold integer codes, got {x.dtype}")
        return self.gather(self.codes.to(x.device), x)

    def lookup(self, x: Tensor) -> Tensor:
        """The derivative for real `x`, in its dtype; `x` off the grid of codes is rounded half to even."""
        return self.value.decode(self.lookup_codes(self.encode_x(x)), x.dtype)

    def encode_x(self, x: Tensor) -> Tensor:
        """Membrane codes of real `x`, half to even off the grid; NaN, which does not spike, is the lowest code."""
        codes = torch.round(x / self.state_step).clamp(self.first_code, self.last_code)
        return codes.nan_to_num(nan=self.first_code).to(torch.int64)

    def curve(self, codes: Tensor) -> Tensor:
        """The analytic derivative at (possibly fractional) codes, float64."""
        return curve_at(self.surrogate, codes, self.state_step)

    @cached_property
    def error_bound(self) -> float:
        """The largest |table - derivative| over every code the membrane can reach.

        Between its turning points the derivative is monotone, so on an interval of codes its distance from a constant
        is largest at the ends of the interval or at the codes around a turning point. All of these are evaluated. Of a
        curve that does not know its turning points, every code is.
        """
        points = self.surrogate.turning_points()
        if points is None:
            return self._largest_error()
        first, last, value = self.cells()
        around = [math.floor(p / self.state_step) + d for p in points for d in (-1, 0, 1, 2)]
        worst = 0.0
        for codes in (first, last, *(torch.full_like(first, point) for point in around)):
            inside = (first <= codes) & (codes <= last)
            error = (self.value.decode(value) - self.curve(codes)).abs()
            worst = max(worst, float(error[inside].max()) if bool(inside.any()) else 0.0)
        return worst

    def _largest_error(self) -> float:
        worst = 0.0
        for start in range(self.first_code, self.last_code + 1, CODES_AT_ONCE):
            codes = torch.arange(start, min(start + CODES_AT_ONCE, self.last_code + 1))
            worst = max(worst, float((self.value.decode(self.lookup_codes(codes)) - self.curve(codes)).abs().max()))
        return worst


@dataclass(frozen=True, eq=False, kw_only=True)
class UniformTable(Table):
    """Entries indexed by a shift of the code: entry round(x / 2**shift) - low_index.

    `clamp`: beyond the ends the nearest entry is returned, otherwise zero. `twos_complement`: stored from index zero
    upwards, the negative indices behind.
    """

    shift: int
    low_index: int
    index_rounding: Rounding
    clamp: bool
    twos_complement: bool

    @staticmethod
    def build(surrogate: Surrogate, profile: Profile, step: float) -> "UniformTable":
        """See `Table.from_surrogate`."""
        shape, fill = profile.table, profile.table_fill
        cell = (fill.high - fill.low) / shape.entries
        shift = round(math.log2(cell / step))
        message = f"state_step must be in {cell * 2.0**-30:g}..{cell:g}, the table's cell, on {profile.name}"
        require(0 <= shift <= 30, "Table", message, step)
        low_index = round(fill.low / cell)
        edges = _cell_edges(low_index, shape.entries, shift, shape.index_rounding)
        if fill.sampling == "left":
            points = torch.arange(low_index, low_index + shape.entries, dtype=torch.float64) * 2**shift
        else:
            points = (edges[:-1] + edges[1:] - 1).to(torch.float64) / 2
        value = _value_format(surrogate, profile, step, points)
        codes = value.encode(curve_at(surrogate, points, step))
        stored = codes.roll(low_index) if shape.order == "twos_complement" else codes
        first, last = _reach(profile.membrane_format)
        return UniformTable(
            surrogate=surrogate,
            state_step=step,
            first_code=first,
            last_code=last,
            value=value,
            codes=stored,
            shift=shift,
            low_index=low_index,
            index_rounding=shape.index_rounding,
            clamp=shape.out_of_range == "clamp",
            twos_complement=shape.order == "twos_complement",
        )

    @property
    def entries(self) -> int:
        return len(self.codes)

    def gather(self, codes: Tensor, x: Tensor) -> Tensor:
        index = round_shift(TorchOps, x, self.shift, self.index_rounding) - self.low_index
        inside = index.clamp(0, self.entries - 1)
        stored = (inside + self.low_index) & (self.entries - 1) if self.twos_complement else inside
        values = codes.index_select(0, stored.reshape(-1).to(torch.int64)).reshape(x.shape)
        return values if self.clamp else torch.where(index == inside, values, 0)

    def cells(self) -> tuple[Tensor, Tensor, Tensor]:
        edges = _cell_edges(self.low_index, self.entries, self.shift, self.index_rounding)
        first = torch.cat([torch.tensor([self.first_code]), edges])
        last = torch.cat([edges - 1, torch.tensor([self.last_code])])
        kept = first <= last
        return first[kept], last[kept], self.lookup_codes(first[kept])

    @property
    def bits(self) -> int:
        return self.entries * self.value.bits


@dataclass(frozen=True, eq=False, kw_only=True)
class SegmentTable(Table):
    """Values chosen by comparing the code with breakpoints: codes[k] for the first k with x < breakpoints[k].

    The last value is returned where no comparison holds. On the chip the layer's threshold is added to the breakpoints.
    """

    breakpoints: tuple[int, ...]
    breakpoint_bits: int

    @staticmethod
    def build(surrogate: Surrogate, profile: Profile, step: float) -> "SegmentTable":
        """See `Table.from_surrogate`."""
        shape, fill = profile.table, profile.table_fill
        low, high = math.ceil(fill.low / step), math.ceil(fill.high / step)
        message = f"state_step must leave {shape.entries} codes or more in {fill.low:g}..{fill.high:g}"
        require(high - low >= shape.entries, "Table", message, step)
        stride = -(-(high - low) // MAX_FIT_POINTS)
        grid = torch.arange(low, high, stride)
        value = _value_format(surrogate, profile, step, grid.to(torch.float64))
        curve = curve_at(surrogate, grid, step).numpy()
        limits = (value.min_code, value.max_code)
        if fill.fit == "minimax":
            breaks, codes = fit_minimax(curve, shape.entries, value.step, limits)
        else:
            breaks, codes = fit_least_squares(curve, curve * 0 + 1, shape.entries, value.step, limits)
        breakpoints = tuple(low + stride * b for b in breaks)
        register = NumberFormat(shape.breakpoint_bits)
        fits = register.min_code <= breakpoints[0] and breakpoints[-1] <= register.max_code
        require(fits, "Table", f"breakpoints must fit {shape.breakpoint_bits} bits", breakpoints)
        first, last = _reach(profile.membrane_format)
        return SegmentTable(
            surrogate=surrogate,
            state_step=step,
            first_code=first,
            last_code=last,
            value=value,
            codes=torch.tensor(codes),
            breakpoints=breakpoints,
            breakpoint_bits=shape.breakpoint_bits,
        )

    def gather(self, codes: Tensor, x: Tensor) -> Tensor:
        values = codes[-1].expand(x.shape)
        for k in range(len(self.breakpoints) - 1, -1, -1):
            values = torch.where(x < self.breakpoints[k], codes[k], values)
        return values

    def cells(self) -> tuple[Tensor, Tensor, Tensor]:
        edges = torch.tensor(self.breakpoints)
        first = torch.cat([torch.tensor([self.first_code]), edges])
        last = torch.cat([edges - 1, torch.tensor([self.last_code])])
        kept = first <= last
        return first[kept], last[kept], self.codes[kept]

    @property
    def bits(self) -> int:
        return len(self.codes) * self.value.bits + len(self.breakpoints) * self.breakpoint_bits


def curve_at(surrogate: Surrogate, codes: Tensor, step: float) -> Tensor:
    """The surrogate derivative at `codes * step`, float64; ValueError if it is not finite or has another shape."""
    x = codes.to(torch.float64) * step
    y = surrogate.surrogate_grad(x)
    require(y.shape == x.shape, f"{surrogate}", "surrogate_grad must return the shape of its input", tuple(y.shape))
    require(bool(y.isfinite().all()), f"{surrogate}", "surrogate_grad must be finite", "NaN or infinity")
    return y


def _value_format(surrogate: Surrogate, profile: Profile, step: float, points: Tensor) -> FixedPoint:
    """The entry format with the most fraction bits that hold the curve at `points`."""
    spec, y = profile.table_value, curve_at(surrogate, points, step)
    peak = float(y.abs().max())
    usable = 2.0**-60 < peak < 2.0**60
    require(usable, f"{surrogate}", f"its peak on {profile.name}'s table range must be in 2**-60..2**60", peak)
    if not spec.signed:
        low = float(y.min())
        require(low >= 0, f"{surrogate}", f"the derivative must be >= 0, {profile.name}'s table is unsigned", low)

    def form(frac: int) -> FixedPoint:
        return FixedPoint(spec.bits, frac, spec.signed, spec.rounding)

    # The largest exponent at which the rounded peak is a code; one too many is tried first.
    frac = math.floor(math.log2(max(form(0).max_code, 1) / peak)) + 1
    while round(peak * 2.0**frac) > form(0).max_code:
        frac -= 1
    return form(frac)


def _reach(membrane: NumberFormat) -> tuple[int, int]:
    """The codes above threshold that a membrane can take, whatever its threshold."""
    return membrane.min_code - membrane.max_code - 1, membrane.max_code


def _cell_edges(low_index: int, entries: int, shift: int, mode: Rounding) -> Tensor:
    """The first code of each cell, and one past the last cell: the smallest codes with round(code / 2**shift) >= i."""
    index = torch.arange(low_index, low_index + entries + 1)
    cell = 1 << shift
    below, at_least = (index - 1) * cell - 1, (index + 1) * cell
    while bool((at_least - below > 1).any()):
        middle = (below + at_least) >> 1
        reached = round_shift(TorchOps, middle, shift, mode) >= index
        below, at_least = torch.where(reached, below, middle), torch.where(reached, middle, at_least)
    return at_least
