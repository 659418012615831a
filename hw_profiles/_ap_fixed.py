"""Types of high-level synthesis, `ap_fixed<W,I,Q,O>`, as hls4ml's configurations write them."""

import re
from dataclasses import dataclass
from typing import Any, Literal, cast

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._format import NumberFormat, Overflow, Rounding

Quantisation = Literal["TRN", "TRN_ZERO", "RND", "RND_CONV", "RND_ZERO", "RND_INF", "RND_MIN_INF"]
Saturation = Literal["WRAP", "SAT", "SAT_SYM"]

ROUNDINGS: dict[str, Rounding] = {
    "TRN": "floor",
    "TRN_ZERO": "trunc0",
    "RND": "half_up",
    "RND_CONV": "half_even",
    "RND_INF": "half_away",
}
"""Those of profiles. None rounds halves toward zero, as RND_ZERO, or down, as RND_MIN_INF."""

_TEXT = re.compile(r"(?:ap_)?fixed<([^<>]*)>")


@dataclass(frozen=True)
class ApFixed:
    """A signed fixed-point type of `width` bits, `integer` of them before the point: value = raw / 2**frac.

    - `integer` counts the sign.
    - `quantisation`: what happens to fraction bits that do not fit: `TRN` floor, `TRN_ZERO` toward zero, `RND` nearest,
      halves up, `RND_CONV` halves to even, `RND_ZERO` halves toward zero, `RND_INF` halves away from zero,
      `RND_MIN_INF` halves down.
    - `saturation`: what happens beyond the range: `WRAP`, `SAT`, or `SAT_SYM` without the lowest value.

    AMD UG1399, "Arbitrary Precision Fixed-Point Data Types". Raises ValueError for a type that cannot be.

    ```pycon
    >>> t = hw_profiles.ApFixed.of("ap_fixed<12,4,AP_RND,AP_SAT>")
    >>> t == hw_profiles.ApFixed(12, 4, "RND", "SAT"), t.frac, str(t)
    (True, 8, 'ap_fixed<12,4,RND,SAT>')
    ```
    """

    width: int
    integer: int
    quantisation: Quantisation = "TRN"
    saturation: Saturation = "WRAP"

    def __post_init__(self) -> None:
        require_int(self, "width", self.width, 1, 64)
        require_int(self, "integer", self.integer, -64, 64)
        require_one_of(self, "quantisation", self.quantisation, Quantisation)
        require_one_of(self, "saturation", self.saturation, Saturation)

    @classmethod
    def of(cls, value: Any) -> "ApFixed":
        """From a pair (width, integer) or a text such as `ap_fixed<16,6>` or `fixed<18,8,RND,SAT>`."""
        if isinstance(value, ApFixed):
            return value
        if isinstance(value, tuple | list):
            require(len(value) == 2, cls.__name__, "a type must be (width, integer bits)", value)
            return cls(*value)
        found = _TEXT.fullmatch(value.replace(" ", "")) if isinstance(value, str) else None
        parts = found[1].split(",") if found else []
        whole = [part.removeprefix("-").isdecimal() for part in parts[:2]]
        message = "a type must be (width, integer bits) or a text such as 'ap_fixed<16,6,RND,SAT>'"
        # A fifth number, of bits that saturate where others wrap, is taken where it says none.
        fits = whole == [True, True] and len(parts) <= 5 and parts[4:] in ([], ["0"])
        require(fits and max(map(len, parts[:2])) <= 4, cls.__name__, message, value)
        modes = [part.removeprefix("AP_") for part in parts[2:4]]
        return cls(int(parts[0]), int(parts[1]), *cast("list[Any]", modes))

    @classmethod
    def named(cls, bits: int, frac: int, rounding: Rounding, overflow: Overflow, narrow: bool) -> "ApFixed":
        """The type of a register, in the words of profiles; ValueError for a rounding that types do not have."""
        modes: dict[Any, Any] = {mode: name for name, mode in ROUNDINGS.items()}
        require(rounding in modes, cls.__name__, f"rounding must be one of {', '.join(modes)}", rounding)
        return cls(bits, bits - frac, modes[rounding], "WRAP" if overflow == "wrap" else "SAT_SYM" if narrow else "SAT")

    @property
    def frac(self) -> int:
        """The bits behind the point."""
        return self.width - self.integer

    @property
    def rounding(self) -> Rounding:
        """Its quantisation as profiles call it; ValueError for those that they do not have."""
        allowed = ", ".join(ROUNDINGS)
        require(self.quantisation in ROUNDINGS, self, f"quantisation must be one of {allowed} here", self.quantisation)
        return ROUNDINGS[self.quantisation]

    @property
    def overflow(self) -> Overflow:
        """Its saturation as profiles call it."""
        return "wrap" if self.saturation == "WRAP" else "saturate"

    @property
    def narrow(self) -> bool:
        """Whether it leaves out its lowest value."""
        return self.saturation == "SAT_SYM"

    def format(self) -> NumberFormat:
        """The same as a number format of at most 32 bits."""
        return NumberFormat(self.width, self.frac, True, self.rounding, self.overflow, self.narrow)

    def __str__(self) -> str:
        parts = [self.width, self.integer]
        modes = [self.quantisation, self.saturation]
        return f"ap_fixed<{','.join(map(str, [*parts, *(modes if modes != ['TRN', 'WRAP'] else [])]))}>"
