"""What a hardware profile says: frozen dataclasses, one per table of the TOML file.

Every table carries `source` (the document, or repository file and identifier, it was read in) and `status`:
`documented` if the numbers were read there, `derived` if the chip leaves them open and spikelut chose them.
"""

from dataclasses import dataclass
from math import log2
from typing import Literal

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._format import NumberFormat, Overflow, Rounding

Kind = Literal["neuromorphic", "mcu", "fpga"]
Status = Literal["documented", "derived"]
DecayKind = Literal["multiply", "shift"]
Comparison = Literal[">=", ">"]
Order = Literal["leak-input-compare-reset", "input-compare-leak-reset"]
Reset = Literal["zero", "subtract"]
ReadPoint = Literal["before_leak", "after_leak", "after_reset"]
TableKind = Literal["uniform", "segments"]
Sampling = Literal["left", "centre"]
OutOfRange = Literal["clamp", "zero"]
EntryOrder = Literal["natural", "twos_complement"]
Fit = Literal["minimax", "least_squares"]


@dataclass(frozen=True, kw_only=True)
class Group:
    """A table of the profile with its provenance."""

    source: str
    status: Status

    def __post_init__(self) -> None:
        require(isinstance(self.source, str) and bool(self.source.strip()), self, "source must be a text", self.source)
        require_one_of(self, "status", self.status, Status)


@dataclass(frozen=True, kw_only=True)
class Weight(Group):
    """Weights: code * step * 2**(exponent + shift) membrane codes for each spike.

    - `bits`: two's complement width of the code.
    - `step`: power of two; the grid of the stored integer (Loihi's mixed-sign weights are even: 2).
    - `exponent_min`, `exponent_max`: the left shift a layer may choose.
    - `shift`: a further left shift that is always there.
    """

    bits: int
    step: int = 1
    exponent_min: int
    exponent_max: int
    shift: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 2, 16)
        require(self.step in (1, 2, 4, 8, 16), self, "step must be a power of two in 1..16", self.step)
        require_int(self, "exponent_min", self.exponent_min, -31, 31)
        require_int(self, "exponent_max", self.exponent_max, self.exponent_min, 31)
        require_int(self, "shift", self.shift, 0, 31)


@dataclass(frozen=True, kw_only=True)
class Register(Group):
    """An integer register: its width in bits, what happens on overflow, and whether its range is symmetric."""

    bits: int
    overflow: Overflow
    narrow: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.format(0)

    def format(self, frac: int) -> NumberFormat:
        """The register as a fixed-point format with `frac` fraction bits."""
        return NumberFormat(self.bits, frac, True, "half_even", self.overflow, self.narrow)


@dataclass(frozen=True, kw_only=True)
class Current(Register):
    """The register of a step's synaptic sum.

    `event_by_event`: the chip adds spike by spike to the membrane itself and saturates each time, so that the order of
    events can matter; a layer's sum is then the chip's as long as no partial sum leaves the register.
    """

    event_by_event: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            isinstance(self.event_by_event, bool), self, "event_by_event must be true or false", self.event_by_event
        )


@dataclass(frozen=True, kw_only=True)
class Grid(Group):
    """The real value of one membrane code: 2**-frac, where a threshold of 1.0 is 2**frac codes."""

    frac: int

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "frac", self.frac, 0, 30)


@dataclass(frozen=True, kw_only=True)
class Decay(Group):
    """The leak of the membrane in one step.

    - `multiply`: round(v * factor / 2**frac), the integer factor in `min`..`max`; a factor above one can `overflow`.
    - `shift`: v - round(v / 2**k), the shift k in `min`..`max`.
    """

    kind: DecayKind
    frac: int = 0
    min: int
    max: int
    rounding: Rounding
    overflow: Overflow = "saturate"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "kind", self.kind, DecayKind)
        require_one_of(self, "overflow", self.overflow, Overflow)
        require_one_of(self, "rounding", self.rounding, Rounding)
        require(self.rounding != "stochastic", self, "rounding must be a deterministic mode", self.rounding)
        if self.kind == "multiply":
            require_int(self, "frac", self.frac, 1, 15)
            require_int(self, "min", self.min, 0, 2 ** (self.frac + 1))
            require_int(self, "max", self.max, self.min, 2 ** (self.frac + 1))
        else:
            require(self.frac == 0, self, "frac is for kind 'multiply' only", self.frac)
            require_int(self, "min", self.min, 1, 31)
            require_int(self, "max", self.max, self.min, 31)


@dataclass(frozen=True, kw_only=True)
class Threshold(Group):
    """The threshold register: mantissa * 2**shift membrane codes, and how the membrane is compared with it."""

    bits: int
    signed: bool
    shift: int = 0
    comparison: Comparison

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 2, 32)
        require(isinstance(self.signed, bool), self, "signed must be true or false", self.signed)
        require_int(self, "shift", self.shift, 0, 31)
        require_one_of(self, "comparison", self.comparison, Comparison)


@dataclass(frozen=True, kw_only=True)
class Step(Group):
    """The order of a time step, the resets the chip offers (the first is the default) and their overflow."""

    order: Order
    resets: tuple[Reset, ...]
    reset_overflow: Overflow = "saturate"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "order", self.order, Order)
        require(len(self.resets) > 0, self, "resets must name at least one reset", self.resets)
        for reset in self.resets:
            require_one_of(self, "resets", reset, Reset)
        require(len(set(self.resets)) == len(self.resets), self, "resets must differ", self.resets)
        require_one_of(self, "reset_overflow", self.reset_overflow, Overflow)


@dataclass(frozen=True, kw_only=True)
class TableValue(Group):
    """The integers a surrogate table holds; their fraction bits are chosen to use the range."""

    bits: int
    signed: bool
    rounding: Rounding = "half_even"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "bits", self.bits, 1, 32)
        require(isinstance(self.signed, bool), self, "signed must be true or false", self.signed)
        require_one_of(self, "rounding", self.rounding, Rounding)
        require(self.rounding != "stochastic", self, "rounding must be a deterministic mode", self.rounding)


@dataclass(frozen=True, kw_only=True)
class TableShape(Group):
    """The hardware's table of the surrogate derivative over x = membrane - threshold.

    - `read`: the point of the time step at which the membrane is read.
    - `kind`: `uniform` (entries indexed by a shift of the code) or `segments` (compares with breakpoints).
    - `entries`: values held; a power of two for `uniform`.
    - `uniform` only: `index_rounding` of the shift, what is returned `out_of_range` (the nearest entry, or zero), and
      the `order` in which entries are stored.
    - `segments` only: `breakpoint_bits`, signed.
    """

    read: ReadPoint
    kind: TableKind
    entries: int
    index_rounding: Rounding = "floor"
    out_of_range: OutOfRange = "clamp"
    order: EntryOrder = "natural"
    breakpoint_bits: int = 16

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "read", self.read, ReadPoint)
        require_one_of(self, "kind", self.kind, TableKind)
        require_one_of(self, "index_rounding", self.index_rounding, Rounding)
        require_one_of(self, "out_of_range", self.out_of_range, OutOfRange)
        require_one_of(self, "order", self.order, EntryOrder)
        require(self.index_rounding != "stochastic", self, "index_rounding must be deterministic", self.index_rounding)
        if self.kind == "uniform":
            require_int(self, "entries", self.entries, 2, 65536)
            require(self.entries & (self.entries - 1) == 0, self, "entries must be a power of two", self.entries)
        else:
            require_int(self, "entries", self.entries, 2, 64)
            require_int(self, "breakpoint_bits", self.breakpoint_bits, 2, 32)


@dataclass(frozen=True, kw_only=True)
class TableFill(Group):
    """What is written into the table.

    - `low`, `high`: the tabulated range of x, in units of the real threshold. For `uniform` tables high - low is a
      power of two and low a multiple of (high - low) / entries; for `segments` it is the range of the fit.
    - `sampling` of a cell, for `uniform`: at its grid point (`left`) or in the `centre` of its codes.
    - `fit`, for `segments`: `minimax` or `least_squares`.
    """

    low: float
    high: float
    sampling: Sampling = "centre"
    fit: Fit = "minimax"

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "sampling", self.sampling, Sampling)
        require_one_of(self, "fit", self.fit, Fit)
        apart = -(2.0**20) <= self.low < self.high <= 2.0**20 and self.high - self.low >= 2.0**-20
        require(apart, self, "low must be below high, by 2**-20 or more, and both within ±2**20", (self.low, self.high))


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The number formats, neuron arithmetic and surrogate table of one chip. See the fields' classes."""

    name: str
    title: str
    vendor: str
    kind: Kind
    weight: Weight
    current: Current
    membrane: Register
    grid: Grid
    decay: Decay
    threshold: Threshold
    step: Step
    table: TableShape
    table_fill: TableFill
    table_value: TableValue

    def __post_init__(self) -> None:
        for name in ("name", "title", "vendor"):
            value = getattr(self, name)
            require(isinstance(value, str) and bool(value.strip()), self, f"{name} must be a text", value)
        require_one_of(self, "kind", self.kind, Kind)
        self._check_table()
        leak_first = self.step.order == "leak-input-compare-reset"
        no_read_before_leak = not (leak_first and self.table.read == "before_leak")
        message = "table.read 'before_leak' needs step.order 'input-compare-leak-reset'"
        require(no_read_before_leak, self, message, self.step.order)
        one = 2**self.grid.frac
        reachable = one % 2**self.threshold.shift == 0
        top = (2 ** (self.threshold.bits - self.threshold.signed) - 1) << self.threshold.shift
        require(reachable and one <= top, self, f"a threshold of 1.0 (2**grid.frac) must fit, at most {top}", one)
        require(one < 2 ** (self.membrane.bits - 1), self, "grid.frac must leave room for 1.0 in the membrane", one)

    def _check_table(self) -> None:
        if self.table.kind == "segments":
            return
        span = self.table_fill.high - self.table_fill.low
        require(2.0 ** round(log2(span)) == span, self, "table_fill.high - low must be a power of two", span)
        cell = span / self.table.entries
        low = self.table_fill.low
        require(low % cell == 0, self, f"table_fill.low must be a multiple of (high - low) / entries = {cell:g}", low)

    @property
    def state_step(self) -> float:
        """The real value of one membrane code."""
        return 2.0**-self.grid.frac

    @property
    def membrane_format(self) -> NumberFormat:
        return self.membrane.format(self.grid.frac)
