"""Tables of equal cells and of segments from the meaning of a profile alone, in Python integers and fractions."""

import math
import warnings
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant import SegmentTable, Table, TableWarning
from spikelut.surrogates import Surrogate

MODES = ("floor", "trunc0", "half_up", "half_away", "half_even", "dpu")


def divide(a: int, b: int, mode: str) -> int:
    """a / b rounded, for b > 0."""
    floor, rest = divmod(a, b)
    if rest == 0 or mode == "floor":
        return floor
    if mode == "trunc0":
        return floor + (a < 0)
    if 2 * rest != b:
        return floor + (2 * rest > b)
    up = {"half_up": True, "half_away": a > 0, "half_even": floor % 2 == 1, "dpu": a < 0 or floor % 2 == 1}
    return floor + up[mode]


def rounded(y: float, step: float, mode: str) -> int:
    """y / step rounded, exactly."""
    q = Fraction(y) / Fraction(step)
    return divide(q.numerator, q.denominator, mode)


def build(curve: Surrogate, profile: Profile, step: float | None = None, **options: Any) -> Table:
    """A table, whatever its tail is like."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)
        return Table.from_surrogate(curve, profile, step, **options)


@cache
def table_of(curve: Surrogate, name: str) -> Table:
    return build(curve, hw_profiles.load(name))


def small(**changes: Any) -> Profile:
    """A profile whose 10-bit membrane and 16 entries can be enumerated; cells of 64 codes."""
    profile = hw_profiles.load("generic8")
    return replace(
        profile,
        membrane=replace(profile.membrane, bits=10),
        grid=replace(profile.grid, frac=8),
        table=replace(profile.table, **{"entries": 16, "order": "natural", **changes}),
        table_fill=replace(profile.table_fill, low=-2.0, high=2.0),
    )


@dataclass(frozen=True)
class IndexCells:
    """What a uniform table of `profile` must hold for `curve`, and return."""

    curve: Surrogate
    profile: Profile
    step: float
    even: bool

    @cached_property
    def folded(self) -> bool:
        return self.profile.table.symmetric and self.even

    @cached_property
    def width(self) -> Fraction:
        fill = self.profile.table_fill
        low = Fraction(0) if self.folded else Fraction(fill.low)
        return (Fraction(fill.high) - low) / self.count / Fraction(self.step)

    @cached_property
    def count(self) -> int:
        shape = self.profile.table
        return shape.entries - 1 if shape.end == "extra_entry" else shape.entries

    @cached_property
    def first(self) -> int:
        fill = self.profile.table_fill
        return 0 if self.folded else int(Fraction(fill.low) / Fraction(self.step) / self.width)

    def place(self, x: int) -> int:
        """The cell of a code, from zero."""
        x = abs(x) if self.folded else x
        a, b = x * self.width.denominator, self.width.numerator
        return divide(a, b, self.profile.table.index_rounding) - self.first

    def first_code(self, cell: int) -> int:
        """The smallest code (of those from zero, where folded) in `cell` or beyond."""
        around = math.floor((cell + self.first) * self.width)
        codes = range(around - math.ceil(self.width) - 2, around + math.ceil(self.width) + 3)
        codes = range(max(codes[0], 0), codes[-1] + 1) if self.folded else codes
        return codes[bisect_left(codes, cell, key=self.place)]

    @cached_property
    def points(self) -> Tensor:
        """The real points at which the curve is sampled."""
        if self.profile.table_fill.sampling == "centre":
            codes = [(self.first_code(i) + self.first_code(i + 1) - 1) / 2 for i in range(self.count)]
        else:
            codes = [float((i + self.first) * self.width) for i in range(self.profile.table.entries)]
        x = torch.tensor(codes, dtype=torch.float64) * self.step
        single = self.profile.table_fill.arithmetic == "float32"
        return x.float().double() if single else x

    @cached_property
    def samples(self) -> list[float]:
        y = self.curve.surrogate_grad(self.points)
        return (y.float() if self.profile.table_fill.arithmetic == "float32" else y).tolist()

    def entries(self, table: Table) -> list[int]:
        """The entries in natural order, given their format."""
        value, mode = table.value, self.profile.table_value.rounding
        if self.profile.table_fill.sampling == "midpoint_corrected":
            return self._corrected(value.step, value.min_code, value.max_code)
        return [
            min(max(rounded(y, value.step, mode) + value.zero_point, value.min_code), value.max_code)
            for y in self.samples
        ]

    def _corrected(self, scale: float, low: int, high: int) -> list[int]:
        """LUTPopulateInt16 as its authors' README of vectors describes it, in NumPy's float32."""
        f32 = np.float32

        def f(x: Any) -> Any:
            y = self.curve.surrogate_grad(torch.from_numpy(np.asarray(x, np.float64)))
            return y.numpy().astype(f32) * gain

        def nearest(x: Any) -> Any:
            return (np.sign(x) * np.floor(np.abs(x) + f32(0.5))).astype(f32)

        codes = self.first * int(self.width), (self.first + self.count) * int(self.width) - 1
        start, end = (f32(self.step) * f32(code) for code in codes)
        width = (end - start) / f32(self.count)
        gain = f32(high - low + 1) / (f32(scale) * f32(high) - f32(scale) * f32(low))
        k = np.arange(self.count, dtype=f32)
        a = nearest(f(start + k * width))
        middle = nearest((f(start + (k + f32(1)) * width) + a) / f32(2))
        error = nearest((middle - nearest(f(start + k * width + width / f32(2)))) / f32(2))
        whole = np.concatenate([a - error, nearest(f(np.array([end])))])
        return [int(v) for v in np.clip(whole, low, high)]

    def lookup(self, table: Table, codes: Iterable[int]) -> list[int]:
        """What the chip returns for every code."""
        shape, value, entries = self.profile.table, table.value, self.entries(table)
        size = 2**value.bits

        def wrap(v: int) -> int:
            return int((v - value.min_code) % size + value.min_code)

        def one(x: int) -> int:
            cell = self.place(x)
            if not 0 <= cell < self.count:
                if shape.out_of_range == "zero":
                    return value.zero_point
                if shape.interpolation == "none" or cell < 0 or shape.end == "hold":
                    return entries[0] if cell < 0 else entries[-1]
                x = (self.first + self.count) * int(self.width) - 1  # the last code of the table
                cell = self.count - 1
            if shape.interpolation == "none" or (shape.end == "hold" and cell == self.count - 1):
                return entries[cell]
            y0, y1, n = entries[cell], entries[cell + 1], shape.interpolation_bits
            inside = (abs(x) if self.folded else x) - (self.first + cell) * int(self.width)
            f = inside * 2**n // int(self.width)
            mode = shape.interpolation_rounding
            if shape.interpolation == "linear":
                return wrap(y0 + divide(wrap(y1 - y0) * f, 2**n, mode))
            return divide(y0 * (2**n - 1 - f) + y1 * f, 2**n, mode)

        return [one(x) for x in codes]


def cells_of(curve: Surrogate, profile: Profile, step: float | None = None) -> IndexCells:
    x = torch.linspace(0, profile.table_fill.high, 99, dtype=torch.float64)
    even = torch.allclose(curve.surrogate_grad(x), curve.surrogate_grad(-x), rtol=1e-11, atol=0)
    return IndexCells(curve, profile, profile.state_step if step is None else step, even)


def expected_lookup(table: Table, profile: Profile, codes: Iterable[int]) -> list[int]:
    """What the chip returns for every code."""
    if isinstance(table, SegmentTable):
        values, breaks = table.codes.tolist(), [*table.breakpoints, math.inf]
        return [values[next(k for k, b in enumerate(breaks) if x < b)] for x in codes]
    return cells_of(table.surrogate, profile, table.state_step).lookup(table, codes)


def reach(table: Table, stride: int = 1) -> Tensor:
    """All codes in reach; of a wide membrane those of the tabulated range with a stride, and some beyond."""
    if table.last_code - table.first_code < 2**17:
        return torch.arange(table.first_code, table.last_code + 1)
    low, high = table.tabulated
    beyond = torch.linspace(table.first_code, table.last_code, 997, dtype=torch.float64).long()
    near = torch.arange(-99, 100)
    inside = torch.arange(low, high + 1, max(stride, (high - low) // 2**20 + 1))
    return torch.cat([inside, near, low + near, high + near, beyond.clamp(table.first_code, table.last_code)])
