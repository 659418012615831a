"""Integer tables that stand in for a surrogate's derivative on a chip."""

import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor

from spikelut._checks import is_finite, require
from spikelut._defaults import made_on_cpu
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.affine import ValueFormat
from spikelut.quant.tables.entry_format import Function, TableSpec, curve_at
from spikelut.quant.tables.shown import page_of
from spikelut.surrogates import Surrogate

CODES_AT_ONCE = 2**20
MAX_ENUMERATED = 2**26
MAX_TURNS = 2**16
TAIL_WARNING = 0.05
"""The error beyond a table's range, as a share of the curve's peak, from which on building it warns."""


class Unknown(ValueError, AttributeError):
    """A number that a table cannot know: to `hasattr`, it has none."""


class TableWarning(UserWarning):
    """The warning that a table is far from its curve: the curve makes little sense on that profile.

    ```pycon
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     table = quant.Table.from_surrogate(surrogates.SquarewaveFourierSeries(), hw_profiles.load("loihi2"))
    >>> str(caught[0].message).split(": ")[1]
    "beyond the table's range the derivative is off by up to 200.0% of its peak"
    ```
    """


def wide_enough(x: Tensor) -> Tensor:
    """Membrane codes in a type that can be compared with those where a table begins and ends."""
    return x.to(torch.int64) if x.element_size() < 4 and not x.is_floating_point() else x


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Table(Brief, ABC):
    """The surrogate derivative as a lookup table of integers, made by `Table.from_surrogate`.

    For a membrane that is c codes above the threshold, x = c * state_step. The derivative there is value.decode(entry),
    where the entry is that of the cell, or segment, in which c lies. `table.error_bound` is a proven bound of its
    distance from the curve, over every code that a membrane can reach within the table's range.

    - `surrogate`: the curve; `state_step`: the real x of one code.
    - `first_code`, `last_code`: the codes a membrane can reach.
    - `value`: format of the entries. `codes`: the entries as stored, int64, one-dimensional.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> table.codes, table.value.short_name, table.bits
    (tensor([0, 2, 6, 2, 0]), 's5.3', 89)
    >>> table.lookup(torch.tensor([-1.0, 0.0, 1.0])), table.error_bound
    (tensor([0.0000, 0.7500, 0.0000]), 0.25)
    ```
    """

    kinds: ClassVar[dict[str, type["Table"]]] = {}
    kind: ClassVar[str]

    surrogate: Surrogate
    state_step: float
    first_code: int
    last_code: int
    value: ValueFormat
    codes: Tensor

    def _parts(self) -> Iterator[str]:
        yield repr(self.surrogate)
        yield f"{len(self.codes)} x {self.value.short_name}"
        yield f"{self.bits} bits"
        low, high = (code * self.state_step for code in self.tabulated)
        yield f"x in {low:.4g}..{high:.4g}"

    def _repr_html_(self) -> str | None:
        return page_of(self)

    def __init_subclass__(cls, *, kind: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Table.kinds[kind], cls.kind = cls, kind

    @staticmethod
    @made_on_cpu
    def from_surrogate(
        surrogate: Surrogate,
        profile: Profile,
        state_step: float | None = None,
        *,
        scale: float | Literal["auto"] | None = None,
        saturate: bool = False,
        histogram: tuple[Tensor, Tensor] | None = None,
    ) -> "Table":
        """The table `profile` would hold for `surrogate`.

        - `state_step`: the real value of one membrane code; None takes the profile's.
        - `scale`: the real value of one step of the entries. `auto` picks the power of two that uses the most of their
          range; None takes what the profile fixes, else `auto`.
        - `saturate`: clip what does not fit the entries instead of refusing it.
        - `histogram`: membrane codes above threshold and how often each was seen; segments are then fitted by least
          squares with these weights.

        Raises ValueError for a curve that is negative where entries are unsigned, or whose peak does not fit (the
        message names the largest parameter that does). Also for a curve that is zero, not finite, raises, or returns
        another shape. Also for a step that leaves no code per entry, and for a table beyond the chip's memory. Warns
        (`TableWarning`) if the table is far off the curve beyond the table's range.
        """
        _require_types(surrogate, profile)
        step = profile.state_step if state_step is None else state_step
        _require_step(step)
        kind = Table.kinds[profile.table.kind]
        table = kind.build(surrogate, TableSpec.of(profile), float(step), scale, saturate, histogram)
        if table.tail_error > max(TAIL_WARNING * table.peak, table.tail_tolerance):
            share = table.tail_error / table.peak if table.peak else math.inf
            message = f"beyond the table's range the derivative is off by up to {share:.1%} of its peak"
            warnings.warn(f"{surrogate} on {profile.name}: {message}", TableWarning, stacklevel=3)
        return table

    @staticmethod
    @made_on_cpu
    def from_function(
        function: Callable[[Tensor], Tensor],
        profile: Profile,
        state_step: float | None = None,
        *,
        entries: int | None = None,
        low: float | None = None,
        high: float | None = None,
        value: ValueFormat | None = None,
        saturate: bool = False,
    ) -> "Table":
        """The table that the generator of `profile` makes of any `function` of a float64 tensor.

        For tables that are not surrogate derivatives, a vendor's own among them. `entries`, the range `low`..`high` and
        the format `value` of the entries are the profile's if not given; what does not fit a `value` that wraps is
        wrapped. Raises what `from_surrogate` does.
        """
        step = profile.state_step if state_step is None else state_step
        _require_step(step)
        kind, spec = Table.kinds[profile.table.kind], TableSpec.of(profile, entries, low, high)
        return kind.build(Function(function), spec, float(step), value, saturate, None)

    @staticmethod
    @abstractmethod
    def build(
        surrogate: Surrogate,
        spec: TableSpec,
        step: float,
        value: "ValueFormat | float | Literal['auto'] | None",
        saturate: bool,
        histogram: tuple[Tensor, Tensor] | None,
    ) -> "Table":
        """See `from_surrogate`; `value` is a format, or the `scale` of one."""

    @abstractmethod
    def gather(self, entries: Tensor, x: Tensor) -> Tensor:
        """Value codes, int64, for membrane codes `x`, from `entries` (this table's codes, on any device)."""

    def derivative(self, entries: Tensor, x: Tensor, dtype: torch.dtype) -> Tensor:
        """The derivative in `dtype` for membrane codes `x`, from `entries` (this table's codes, on any device)."""
        return self.value.decode(self.gather(entries, x), dtype)

    @cached_property
    @made_on_cpu
    def place_dtype(self) -> torch.dtype | None:
        """The smallest type of a `place`; None for interpolated tables, which have none."""
        places = len(self.place_values(self.codes, torch.float32))
        return torch.uint8 if places <= 2**8 else torch.int16 if places <= 2**15 else torch.int32

    @abstractmethod
    def place(self, x: Tensor) -> Tensor:
        """The place in `place_values` of the derivative for membrane codes `x`: a byte or two instead of a float."""

    @abstractmethod
    def place_by(self, ops: Any, x: Any) -> Any:
        """`place` of codes `x` in the arithmetic of `ops`, whose integers hold all products."""

    @abstractmethod
    def place_values(self, entries: Tensor, dtype: torch.dtype) -> Tensor:
        """The derivatives in `dtype` that a `place` selects, from `entries` (this table's codes, on any device)."""

    @abstractmethod
    def intervals(self) -> tuple[Tensor, Tensor, Tensor]:
        """First code, last code and returned value code of the intervals in reach on which the lookup is constant."""

    def rule(self) -> dict[str, Any]:
        """How the table is looked up and its entries decoded, as plain data: value = (entry - zero_point) * step."""
        value = self.value
        entry = {"bits": value.bits, "signed": value.signed, "step": value.step, "zero_point": value.zero_point}
        return {"kind": self.kind, "state_step": self.state_step, "value": entry}

    @property
    @abstractmethod
    def tabulated(self) -> tuple[int, int]:
        """The first and the last membrane code of the tabulated range."""

    @property
    @abstractmethod
    def bits(self) -> int:
        """Memory of the table in bits."""

    def lookup_codes(self, x: Tensor) -> Tensor:
        """Value codes, int64, for integer membrane codes `x` (membrane minus the lowest code that spikes)."""
        if x.is_floating_point():
            raise TypeError(f"Table.lookup_codes: x must hold integer codes, got {x.dtype}")
        return self.gather(self.codes.to(x.device), wide_enough(x))

    def lookup(self, x: Tensor) -> Tensor:
        """The derivative for real `x`, in its dtype; `x` off the grid of codes is rounded half to even."""
        return self.value.decode(self.lookup_codes(self.encode_x(x)), x.dtype)

    def encode_x(self, x: Tensor) -> Tensor:
        """Membrane codes of real `x`, half to even off the grid; NaN, which does not spike, is the lowest code."""
        # Half precision holds neither the largest codes nor all of the others.
        real = x.to(torch.promote_types(x.dtype, torch.float32))
        codes = torch.round(real / self.state_step).clamp(self.first_code, self.last_code)
        return codes.nan_to_num(nan=self.first_code).to(torch.int64)

    def curve(self, codes: Tensor) -> Tensor:
        """The analytic derivative at (possibly fractional) codes, float64."""
        return curve_at(self.surrogate, codes.to(torch.float64) * self.state_step)

    @cached_property
    @made_on_cpu
    def peak(self) -> float:
        """The largest magnitude of the curve on the tabulated range, at up to 4096 of its codes."""
        first, last = self.tabulated
        codes = torch.arange(first, last + 1, max(1, (last + 1 - first) // 4096), device="cpu")
        return float(self.curve(codes).abs().max())

    @cached_property
    @made_on_cpu
    def error_bound(self) -> float:
        """The largest |table - derivative| over every code the membrane can reach, or a little more.

        Between its turning points the derivative is monotone, so on an interval of codes its distance from a constant
        is largest at the ends of the interval or at the codes around a turning point. All of these are evaluated; of a
        periodic curve, beyond the table, the turning points themselves. In an interpolated range, or of a curve that
        does not know its turning points, every code is; ValueError if these are more than 2**26.
        """
        if self._turning_points is None:
            return self._error_of_all(self.first_code, self.last_code)
        first, last, _ = self.intervals()
        worst = max(self._error_at(torch.cat([first, last, self._turning_codes()])), self._error_of_waves())
        # What the intervals leave out is one range of codes at most.
        if int((last - first + 1).sum()) == self.last_code - self.first_code + 1:
            return worst
        low, high = self.tabulated
        return max(worst, self._error_of_all(max(low, self.first_code), min(high, self.last_code)))

    @cached_property
    @made_on_cpu
    def tail_error(self) -> float:
        """The largest |table - derivative| over the codes in reach beyond the tabulated range.

        Of a curve that does not know its turning points it is taken at 64 codes on either side.
        """
        low, high = self.tabulated
        tails = [(a, b) for a, b in ((self.first_code, low - 1), (high + 1, self.last_code)) if a <= b]
        codes = torch.cat([torch.zeros(0, dtype=torch.int64, device="cpu"), *(_spread(a, b) for a, b in tails)])
        turning = self._turning_codes()
        beyond = turning[(turning < low) | (turning > high)]
        return max(self._error_at(torch.cat([codes, beyond])), self._error_of_waves())

    @cached_property
    @made_on_cpu
    def _turning_points(self) -> tuple[float, ...] | None:
        """The turning points; of a periodic curve those of the table and a period beyond. None: unknown or too many."""
        points, period = self.surrogate.turning_points(), self.surrogate.repeats()
        if points is None or period is None:
            return points
        low, high = (code * self.state_step for code in self.tabulated)
        waves = range(math.floor(low / period) - 1, math.ceil(high / period) + 2)
        return tuple(p + k * period for k in waves for p in points) if len(waves) * len(points) <= MAX_TURNS else None

    @property
    def tail_tolerance(self) -> float:
        """The `tail_error` that is no worse than the table itself."""
        return self.value.step

    def _turning_codes(self) -> Tensor:
        """The codes in reach around the turning points."""
        points = self._turning_points or ()
        near = [math.floor(p / self.state_step) for p in points if abs(p) < 2.0**40 * self.state_step]
        codes = (
            torch.tensor(near, dtype=torch.int64, device="cpu")[:, None] + torch.arange(-1, 3, device="cpu")
        ).reshape(-1)
        return codes[(codes >= self.first_code) & (codes <= self.last_code)]

    def _error_of_waves(self) -> float:
        """The largest error of what is returned beyond the table if a periodic curve goes on there."""
        points = self.surrogate.turning_points()
        if points is None or self.surrogate.repeats() is None:
            return 0.0
        extremes = curve_at(self.surrogate, torch.tensor(points, dtype=torch.float64, device="cpu"))
        low, high = self.tabulated
        ends = torch.tensor([end for end in (self.first_code, self.last_code) if not low <= end <= high], device="cpu")
        if len(ends) == 0:
            return 0.0
        held = self.value.decode(self.lookup_codes(ends))
        return float((held[:, None] - extremes).abs().max())

    def _error_at(self, codes: Tensor) -> float:
        if len(codes) == 0:
            return 0.0
        return float((self.value.decode(self.lookup_codes(codes)) - self.curve(codes)).abs().max())

    def _error_of_all(self, first: int, last: int) -> float:
        count = last + 1 - first
        message = "error_bound needs turning_points() of the curve where more than 2**26 codes are in reach"
        if count > MAX_ENUMERATED:
            raise Unknown(f"{self.surrogate}: {message}, got {count}")
        starts = range(first, last + 1, CODES_AT_ONCE)
        return max(self._error_at(torch.arange(s, min(s + CODES_AT_ONCE, last + 1), device="cpu")) for s in starts)


def _require_types(surrogate: object, profile: object) -> None:
    if not isinstance(surrogate, Surrogate):
        raise TypeError(f"Table: surrogate must be an instance of Surrogate, got {surrogate!r}")
    require_profile("Table", profile)


def _require_step(step: float) -> None:
    valid = is_finite(step) and 2.0**-64 <= step <= 2.0**64
    require(valid, "Table", "state_step must be in 2**-64..2**64", step)


def _spread(a: int, b: int) -> Tensor:
    """Up to 64 codes from a to b, denser towards zero."""
    distance = {round((b - a) ** (i / 62)) for i in range(63)} | {0}
    near = a if abs(a) < abs(b) else b
    return torch.tensor([near + (d if near == a else -d) for d in sorted(distance) if d <= b - a], device="cpu")
