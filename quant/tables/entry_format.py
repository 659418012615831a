"""From a curve's real values to a format of table entries that holds them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Literal

import torch
from torch import Tensor

from spikelut._checks import is_finite, require
from spikelut.hw_profiles import Profile, TableFill, TableShape, TableValue
from spikelut.quant.arithmetic.affine import Affine, ValueFormat, is_power_of_two
from spikelut.quant.arithmetic.fixed_point import FixedPoint
from spikelut.quant.arithmetic.rounding import round_real
from spikelut.surrogates import Surrogate


@dataclass(frozen=True)
class TableSpec:
    """What a table is built from: the parts of a profile, or variations of them.

    - `name` of the profile; `shape`, `fill`, `value`: its groups. `first_code`, `last_code`: what a membrane can reach
      above threshold, whatever the threshold.
    """

    name: str
    shape: TableShape
    fill: TableFill
    value: TableValue
    first_code: int
    last_code: int

    @classmethod
    def of(
        cls, profile: Profile, entries: int | None = None, low: float | None = None, high: float | None = None
    ) -> "TableSpec":
        """The spec of `profile`, with another number of entries or another range where given."""
        shape, fill, membrane = profile.table, profile.table_fill, profile.membrane_format
        if entries is not None:
            shape = replace(shape, entries=entries)
            needed, memory = entries * profile.table_value.bits, profile.memory
            room = memory.table_bits if memory else needed
            require(needed <= room, "Table", f"entries must fit the {room} bits that {profile.name} has", entries)
        fill = replace(fill, low=fill.low if low is None else low, high=fill.high if high is None else high)
        first, last = membrane.min_code - membrane.max_code - 1, membrane.max_code
        return cls(profile.name, shape, fill, profile.table_value, first, last)


@dataclass(frozen=True)
class Function(Surrogate):
    """Any function in the place of a surrogate derivative."""

    function: Callable[[Tensor], Tensor]

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return self.function(x)

    def __repr__(self) -> str:
        return getattr(self.function, "__name__", "function")


def curve_at(surrogate: Surrogate, x: Tensor) -> Tensor:
    """The surrogate derivative at real float64 `x`, float64.

    Raises ValueError if the curve raises, is not finite or has another shape.
    """
    try:
        y = surrogate.surrogate_grad(x)
    except Exception as error:
        raise ValueError(f"{surrogate}: surrogate_grad raised {type(error).__name__}: {error}") from error
    require(isinstance(y, Tensor), f"{surrogate}", "surrogate_grad must return a tensor", type(y).__name__)
    require(y.shape == x.shape, f"{surrogate}", "surrogate_grad must return the shape of its input", tuple(y.shape))
    y = y.detach().to(torch.float64)
    require(bool(y.isfinite().all()), f"{surrogate}", "surrogate_grad must be finite", "NaN or infinity")
    return y


def value_format(
    surrogate: Surrogate,
    spec: TableSpec,
    x: Tensor,
    value: ValueFormat | float | Literal["auto"] | None,
    saturate: bool,
) -> ValueFormat:
    """The format of the entries that hold the curve at the real points `x`; see `Table.from_surrogate`."""
    y = curve_at(surrogate, x)
    peak, low = float(y.abs().max()), float(y.min())
    message = f"its peak on {spec.name}'s table range must be in 2**-60..2**60"
    require(2.0**-60 < peak < 2.0**60, f"{surrogate}", message, peak)
    given = isinstance(value, FixedPoint | Affine)
    fmt = value if isinstance(value, FixedPoint | Affine) else _format_of(surrogate, spec, y, value, saturate)
    # A format that was asked for by name, and wraps, wraps.
    if not _holds(fmt, y) and not (given and fmt.overflow == "wrap" and not saturate):
        if not saturate:
            raise ValueError(_too_large(surrogate, spec, x, fmt, y))
        fmt = replace(fmt, overflow="saturate")
    message = f"the derivative must be >= 0, {spec.name}'s table is unsigned; saturate=True stores 0 instead"
    positive = low >= 0 or fmt.min_code < 0 or fmt.zero_point > 0 or saturate
    require(positive, f"{surrogate}", message, low)
    return fmt


def _format_of(
    surrogate: Surrogate, spec: TableSpec, y: Tensor, scale: float | Literal["auto"] | None, saturate: bool
) -> ValueFormat:
    entry = spec.value
    negative = bool((y < 0).any())
    signed = entry.signed or (negative and entry.negative == "signed")
    offset = negative and not signed and entry.negative == "offset"
    if scale is None and entry.frac is not None:
        scale = 2.0**-entry.frac
    if scale is None or scale == "auto":
        # Of an unsigned table without an offset only the positive part counts.
        held = y if signed or offset else y.clamp(min=0)
        return _finest(entry, signed, offset, held if bool((held > 0).any()) else y.abs())
    valid = not isinstance(scale, str) and is_finite(scale) and 2.0**-64 <= scale <= 2.0**64
    require(valid, "Table", "scale must be 'auto' or in 2**-64..2**64", scale)
    if offset:
        zero = int(round_real(-y.min() / scale, "half_even"))
        top = 2**entry.bits - 1
        require(
            zero <= top or saturate, f"{surrogate}", f"the zero point must be at most {top} in {entry.bits} bits", zero
        )
        return Affine(entry.bits, float(scale), min(zero, top), signed, entry.rounding, entry.overflow)
    if is_power_of_two(scale):
        return FixedPoint(entry.bits, -round(math.log2(scale)), signed, entry.rounding, entry.overflow)
    return Affine(entry.bits, float(scale), 0, signed, entry.rounding, entry.overflow)


def _finest(spec: TableValue, signed: bool, offset: bool, y: Tensor) -> ValueFormat:
    """The format with the most fraction bits that holds `y`."""
    bits = spec.bits
    span = float(y.max() - y.min()) if offset else float(y.abs().max())

    def form(frac: int) -> ValueFormat:
        if offset:
            zero = max(0, int(round_real(-y.min() * 2.0**frac, "half_even")))
            return Affine(bits, 2.0**-frac, min(zero, 2**bits - 1), signed, spec.rounding, spec.overflow)
        return FixedPoint(bits, frac, signed, spec.rounding, spec.overflow)

    # The largest exponent at which the rounded values are codes; one too many is tried first.
    frac = math.floor(math.log2(max(2 ** (bits - signed) - 1, 1) / span)) + 1
    while not _holds(form(frac), y):
        frac -= 1
    return form(frac)


def _holds(fmt: ValueFormat, y: Tensor) -> bool:
    """Whether the rounded `y` are codes of `fmt`, without overflow; what an unsigned one cuts at zero is left aside."""
    codes = round_real(y / fmt.step, fmt.rounding) + fmt.zero_point
    low = fmt.min_code if fmt.min_code < 0 or fmt.zero_point > 0 else -math.inf
    return bool(((codes >= low) & (codes <= fmt.max_code)).all())


def _too_large(surrogate: Surrogate, spec: TableSpec, x: Tensor, fmt: ValueFormat, y: Tensor) -> str:
    """What is wrong with a peak that does not fit, and the parameter that would."""
    top = float(fmt.decode(torch.tensor(fmt.max_code, device="cpu")))
    text = f"{surrogate}: its peak must fit {fmt.short_name} on {spec.name}, at most {top:g}"
    limits = [limit for f in fields(surrogate) if (limit := _limit(surrogate, f.name, x, fmt)) is not None]
    advice = f" ({' or '.join(limits)} fits, or pass saturate=True)" if limits else " (or pass saturate=True)"
    return f"{text}{advice}, got {float(y[y.abs().argmax()]):g}"


def _limit(surrogate: Surrogate, name: str, x: Tensor, fmt: ValueFormat) -> str | None:
    """`alpha <= 7.99`: the value of one parameter nearest to the present one with which the curve fits; or None."""
    start = getattr(surrogate, name)
    if not isinstance(start, float) or start <= 0:
        return None

    def fits(candidate: float) -> bool:
        try:
            return _holds(fmt, curve_at(replace(surrogate, **{name: candidate}), x))
        except ValueError:
            return False

    for towards, sign in ((0.5, "<="), (2.0, ">=")):
        bad, good = start, start
        for _ in range(40):
            good *= towards
            if fits(good):
                break
            bad = good
        else:
            continue
        for _ in range(50):
            middle = math.sqrt(good * bad)
            good, bad = (middle, bad) if fits(middle) else (good, middle)
        digits = 10.0 ** (math.floor(math.log10(good)) - 3)
        rounded = (math.floor if sign == "<=" else math.ceil)(good / digits) * digits
        return f"{name} {sign} {rounded:.4g}"
    return None
