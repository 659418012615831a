"""The surrogate table's part of a profile: what the hardware reads, what is written into it, and in which integers."""

from dataclasses import dataclass
from typing import Literal

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._format import Overflow, Rounding
from spikelut.hw_profiles._group import Group

ReadPoint = Literal["before_leak", "after_leak", "after_reset"]
TableKind = Literal["uniform", "segments"]
IndexMap = Literal["shift", "ratio"]
Interpolation = Literal["none", "linear", "linear_complement"]
End = Literal["hold", "extra_entry"]
OutOfRange = Literal["clamp", "zero"]
EntryOrder = Literal["natural", "twos_complement"]
Sampling = Literal["left", "centre", "midpoint_corrected"]
Fit = Literal["minimax", "least_squares"]
Arithmetic = Literal["float64", "float32"]
Negative = Literal["refuse", "offset", "signed"]

MAX_REACH = 2.0**40
"""The largest magnitude of a tabulated range."""


@dataclass(frozen=True, kw_only=True, repr=False)
class TableShape(Group):
    """The shape of the chip's lookup table for the surrogate derivative over x = membrane - threshold.

    - `read`: the point of the time step at which the membrane is read. Left out for a profile without neuron
      arithmetic.
    - `kind`: `uniform` (cells of equal width) or `segments` (compares with breakpoints).
    - `entries`: how many values the table holds.

    `uniform` only:
    - `index`: how a code becomes an index: by a `shift` (a cell is a power of two of codes wide) or by a `ratio` (code
      * cells / range).
    - `index_rounding`: how this division is rounded. Segments have no such rounding.
    - `symmetric`: if the curve is even, only entries for abs(x) are stored. Other curves are stored in full, in cells
      twice as wide.
    - `out_of_range`: what x outside of the range gives: the nearest entry (`clamp`), or `zero`.
    - `order`: the order in which entries are stored: `natural`, or `twos_complement` (index 0 first, the negative ones
      at the end).
    - `interpolation`: `none`; `linear`, y0 + round((y1 - y0) * f / 2**n) in the width of the entries; or
      `linear_complement`, round((y0 * (2**n - 1 - f) + y1 * f) / 2**n). Here f is the code's position in its cell, n is
      `interpolation_bits`, and round is `interpolation_rounding`.
    - `end`, of an interpolated table: with `hold`, the last cell returns the last entry; with `extra_entry`, the table
      holds one entry more than it has cells.

    `segments` only: `breakpoint_bits`, signed.

    ```pycon
    >>> shape = hw_profiles.load("tflm_int16").table
    >>> shape.kind, shape.entries, shape.interpolation
    ('uniform', 513, 'linear')
    >>> hw_profiles.load("reckon").table.kind
    'segments'
    ```
    """

    read: ReadPoint | None = None
    kind: TableKind
    entries: int
    index: IndexMap = "shift"
    index_rounding: Rounding = "floor"
    symmetric: bool = False
    out_of_range: OutOfRange = "clamp"
    order: EntryOrder = "natural"
    interpolation: Interpolation = "none"
    interpolation_bits: int = 0
    interpolation_rounding: Rounding = "floor"
    end: End = "hold"
    breakpoint_bits: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, allowed in (
            ("read", ReadPoint),
            ("kind", TableKind),
            ("index", IndexMap),
            ("index_rounding", Rounding),
            ("out_of_range", OutOfRange),
            ("order", EntryOrder),
            ("interpolation", Interpolation),
            ("interpolation_rounding", Rounding),
            ("end", End),
        ):
            if name != "read" or self.read is not None:
                require_one_of(self, name, getattr(self, name), allowed)
        for name in ("index_rounding", "interpolation_rounding"):
            require(getattr(self, name) != "stochastic", self, f"{name} must be deterministic", "stochastic")
        self._require_bool("symmetric")
        require_int(self, "breakpoint_bits", self.breakpoint_bits, 2, 32)
        if self.kind == "segments":
            require_int(self, "entries", self.entries, 2, 64)
            plain = self.interpolation == "none" and not self.symmetric and self.order == "natural"
            require(plain, self, "interpolation, symmetric and order are for kind 'uniform' only", self.kind)
        else:
            self._check_uniform()

    def _check_uniform(self) -> None:
        require_int(self, "entries", self.entries, 2, 65536)
        power = self.cells & (self.cells - 1) == 0
        twos = self.order == "twos_complement"
        require(power or not twos, self, "entries must be a power of two in two's complement order", self.entries)
        require(not (twos and self.symmetric), self, "order must be 'natural' where symmetric", self.order)
        if self.interpolation == "none":
            require(self.interpolation_bits == 0, self, "interpolation_bits must be 0", self.interpolation_bits)
            require(self.end == "hold", self, "end must be 'hold' without interpolation", self.end)
            return
        require_int(self, "interpolation_bits", self.interpolation_bits, 1, 30)
        require(self.index == "shift", self, "index must be 'shift' with interpolation", self.index)
        require(self.index_rounding == "floor", self, "index_rounding must be 'floor' with interpolation", self.index)
        require(not twos, self, "order must be 'natural' with interpolation", self.order)

    @property
    def cells(self) -> int:
        """The cells that a uniform table divides its range into."""
        return self.entries - (self.end == "extra_entry")


@dataclass(frozen=True, kw_only=True, repr=False)
class TableFill(Group):
    """What is written into the lookup table: the tabulated range, and where in its cell the curve is sampled.

    - `low`, `high`: the tabulated range of x, in units of the real threshold. In `uniform` tables, low is a multiple of
      a cell, and a `symmetric` table holds 0..high. For `segments`, it is the range of the fit.
    - `sampling`, for `uniform`: where in a cell the curve is sampled: at its grid point (`left`), or in the `centre` of
      its codes. `midpoint_corrected` samples at the grid points and subtracts half the error that interpolation makes
      in the middle.
    - `fit`, for `segments`: `minimax` or `least_squares`.
    - `arithmetic`: the arithmetic in which the vendor's generator computes the entries.

    ```pycon
    >>> fill = hw_profiles.load("loihi2").table_fill
    >>> fill.low, fill.high, fill.sampling
    (-4.0, 4.0, 'centre')
    ```
    """

    low: float
    high: float
    sampling: Sampling = "centre"
    fit: Fit = "minimax"
    arithmetic: Arithmetic = "float64"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "sampling", self.sampling, Sampling)
        require_one_of(self, "fit", self.fit, Fit)
        require_one_of(self, "arithmetic", self.arithmetic, Arithmetic)
        apart = -MAX_REACH <= self.low < self.high <= MAX_REACH and self.high - self.low >= 2.0**-20
        require(apart, self, "low must be below high, by 2**-20 or more, and both within ±2**40", (self.low, self.high))


@dataclass(frozen=True, kw_only=True, repr=False)
class TableValue(Group):
    """The fixed-point format of a surrogate table's entries.

    - `frac`: the fraction bits of the entries. If left out, as many are used as the peak of the curve allows.
    - `rounding`, `overflow`: how real values become entries.
    - `negative`: what an unsigned table does with a curve that has negative parts. `refuse` it; store it with an
      `offset` (a zero point that the learning rule subtracts); or use a `signed` table of the same width.

    ```pycon
    >>> value = hw_profiles.load("reckon").table_value
    >>> value.bits, value.signed, value.negative
    (5, True, 'refuse')
    ```
    """

    bits: int
    signed: bool
    frac: int | None = None
    rounding: Rounding = "half_even"
    overflow: Overflow = "saturate"
    negative: Negative = "refuse"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 1, 32)
        self._require_bool("signed")
        if self.frac is not None:
            require_int(self, "frac", self.frac, -64, 64)
        require_one_of(self, "rounding", self.rounding, Rounding)
        require(self.rounding != "stochastic", self, "rounding must be a deterministic mode", self.rounding)
        require_one_of(self, "overflow", self.overflow, Overflow)
        require_one_of(self, "negative", self.negative, Negative)
        unsigned = not self.signed or self.negative == "refuse"
        require(unsigned, self, "negative must be 'refuse' in a signed table, which holds them anyway", self.negative)


@dataclass(frozen=True, kw_only=True, repr=False)
class Memory(Group):
    """How many bits of memory a surrogate table may take on the chip; a larger one is refused.

    ```pycon
    >>> [name for name in hw_profiles.names() if hw_profiles.load(name).memory][:3]
    ['akida2', 'brainscales2', 'cortexm_q15']
    ```
    """

    table_bits: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "table_bits", self.table_bits, 1, 2**40)
