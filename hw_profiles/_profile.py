"""A whole profile and what must hold between its tables."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, Literal

from spikelut._checks import require, require_one_of, shown
from spikelut._notebook import Table, fragment
from spikelut._text import Brief
from spikelut.hw_profiles._adaptation import Adaptation
from spikelut.hw_profiles._capacity import Capacity, Energy
from spikelut.hw_profiles._chip import Exponential, Learning, Logistic
from spikelut.hw_profiles._delay import Delay
from spikelut.hw_profiles._event_order import EventOrder
from spikelut.hw_profiles._format import NumberFormat, Rounding
from spikelut.hw_profiles._graded import Graded
from spikelut.hw_profiles._group import Group
from spikelut.hw_profiles._neuron import Bias, Current, Decay, Grid, Register, Step, Threshold, Weight
from spikelut.hw_profiles._precision import groups_of
from spikelut.hw_profiles._refractory import Refractory
from spikelut.hw_profiles._table import Memory, TableFill, TableShape, TableValue

Kind = Literal["neuromorphic", "mcu", "fpga"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Profile(Brief):
    """The number formats, neuron arithmetic and surrogate table of one chip; see the classes of its fields.

    A profile without `current`, `decay`, `threshold` and `step` has no neuron arithmetic of its own: it makes tables,
    but no layers. Where another group is left out, its facts are not known, or the chip has no such part.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> profile.title, profile.kind, profile.step.order
    ('ReckOn', 'neuromorphic', 'input-compare-leak-reset')
    >>> profile.with_table(entries=3).table.entries
    3
    ```
    """

    name: str
    title: str
    vendor: str
    kind: Kind
    weight: Weight
    current: Current | None = None
    current_decay: Decay | None = None
    membrane: Register
    grid: Grid
    decay: Decay | None = None
    readout_decay: Decay | None = None
    adaptation: Adaptation | None = None
    refractory: Refractory | None = None
    bias: Bias | None = None
    threshold: Threshold | None = None
    step: Step | None = None
    events: EventOrder | None = None
    delay: Delay | None = None
    table: TableShape
    table_fill: TableFill
    table_value: TableValue
    memory: Memory | None = None
    learning: Learning
    logistic: Logistic | None = None
    exponential: Exponential | None = None
    graded: Graded | None = None
    capacity: Capacity | None = None
    energy: Energy | None = None

    def __post_init__(self) -> None:
        for name in ("name", "title", "vendor"):
            value = getattr(self, name)
            require(isinstance(value, str) and bool(value.strip()), self, f"{name} must be a text", value)
        require_one_of(self, "kind", self.kind, Kind)
        self._check_table()
        one = 2**self.grid.frac
        room = one <= self.membrane_format.max_code
        require(room, self, "grid.frac must leave room for 1.0 in the membrane", one)
        self._check_neuron(one)
        needed, memory = self.table_bits, self.memory
        fits = memory is None or needed <= memory.table_bits
        message = f"the table must fit memory.table_bits, {memory.table_bits if memory else 0} bits"
        require(fits, self, message, needed)

    def _parts(self) -> Iterator[str]:
        yield f"{self.name!r}: {self.title}"
        yield self.kind
        yield f"weights of {self.weight.bits} bits"
        yield f"membranes of {self.membrane.bits}"
        yield f"table {self.table.entries} x {self.table_value.bits} bits"
        if self.step is None:
            yield "no neurons"

    def _repr_html_(self) -> str | None:
        groups = ((f.name, getattr(self, f.name)) for f in fields(self))
        rows = [(name, ", ".join(g._parts()), f"{g.status}: {g.source}") for name, g in groups if isinstance(g, Group)]
        lead = f"{self.name}, {self.vendor}, {self.kind}"
        return fragment(self.title, lead=lead, tables=[Table(("group", "numbers, others by default", "source"), rows)])

    def _check_neuron(self, one: int) -> None:
        given = [group is not None for group in (self.current, self.decay, self.threshold, self.step)]
        message = "current, decay, threshold and step must all be given, or none of them"
        require(all(given) or not any(given), self, message, given)
        if self.threshold is None or self.step is None:
            require(self.table.read is None, self, "table.read needs a step to read in", self.table.read)
            return
        require(self.table.read is not None, self, "table.read must be given where there is a step", None)
        if self.weight.frac is not None:
            room = self.current_frac - self.weight.frac
            fits = self.weight.exponent_min <= room <= self.weight.exponent_max
            low, high = self.weight.exponent_min, self.weight.exponent_max
            require(fits, self, f"weight.frac must leave {low} to {high} bits to those of sums", self.weight.frac)
        leaks_last = self.step.order == "input-compare-leak-reset"
        valid = leaks_last or self.table.read != "before_leak"
        message = "table.read 'before_leak' needs step.order 'input-compare-leak-reset'"
        require(valid, self, message, self.step.order)
        valid = self.table.read != "after_leak" or not self.step.leak_or_reset
        require(valid, self, "table.read must not be 'after_leak' where step.leak_or_reset", self.table.read)
        only = self.step.max_spikes == 1 or self.step.resets == ("subtract",)
        require(only, self, "step.max_spikes above 1 needs resets of 'subtract' alone", self.step.resets)
        shrinks = leaks_last and self.decay is not None and self.decay.kind != "none"
        # One spike leaves the register in its own way, reset_overflow; of several there is none.
        valid = self.step.max_spikes == 1 or self.membrane.signed or not shrinks
        message = "step.max_spikes above 1 needs a signed membrane where it leaks after the comparison"
        require(valid, self, message, self.step.max_spikes)
        each = self.step.order == "event-compare-reset"
        message = "step.order must not be 'event-compare-reset' where a current decays"
        require(not each or self.current_decay is None, self, message, self.step.order)
        top = self.threshold.max_code
        finer = self.current_frac - self.grid.frac
        require(0 <= finer <= 31, self, "current.frac must be grid.frac to 31 more", self.current_frac)
        decays = finer and self.current_decay is not None
        require(not decays, self, "current.frac must be left out where a current decays", self.current_frac)
        reachable = one % 2**self.threshold.shift == 0 and one <= top
        require(reachable, self, f"a threshold of 1.0 (2**grid.frac) must fit, at most {top}", one)

    def _check_table(self) -> None:
        if self.table.kind == "segments":
            return
        cell = self.cell
        low = Fraction(self.table_fill.low)
        message = f"table_fill.low must be a multiple of (high - low) / cells = {float(cell):g}"
        require(low % cell == 0, self, message, self.table_fill.low)
        if self.table.index == "shift":
            codes = cell / Fraction(self.state_step)
            power = codes.denominator == 1 and codes.numerator & (codes.numerator - 1) == 0
            message = "a cell of the table must be a power of two of membrane codes wide where index is 'shift'"
            require(power, self, message, float(codes))
        if self.table.symmetric:
            even = self.table_fill.low == -self.table_fill.high
            require(even, self, "table_fill.low must be -high where table.symmetric", self.table_fill.low)

    @property
    def cell(self) -> Fraction:
        """The width of a cell of a uniform table in x, exactly."""
        return (Fraction(self.table_fill.high) - Fraction(self.table_fill.low)) / self.table.cells

    @property
    def table_bits(self) -> int:
        """The memory that a table takes in bits: its entries, and for segments the breakpoints."""
        breakpoints = (self.table.entries - 1) * self.table.breakpoint_bits if self.table.kind == "segments" else 0
        return self.table.entries * self.table_value.bits + breakpoints

    def with_grid(self, frac: int) -> "Profile":
        """The same chip with 2**`frac` membrane codes for a threshold of 1.0; ValueError if its registers do not fit.

        A coarser or finer grid is a choice, not a fact: it trades head room of the membrane for resolution of weights.
        """
        grid = replace(self.grid, frac=frac, source=f"{self.grid.source}; set to {frac} by the user", status="derived")
        return replace(self, grid=grid)

    def with_membrane(self, bits: int) -> "Profile":
        """The same chip with membranes of `bits`, for what narrower registers would do; ValueError out of range."""
        source = f"{self.membrane.source}; set to {bits} bits by the user"
        return replace(self, membrane=replace(self.membrane, bits=bits, source=source, status="derived"))

    def with_precision(
        self,
        *,
        membrane: Any = None,
        weight: Any = None,
        bias: Any = None,
        beta: Any = None,
        threshold: Any = None,
        inputs: Any = None,
    ) -> "Profile":
        """The same profile with other fixed-point types, as high-level synthesis is given them; what is None stays.

        A type is (width, integer bits), a text such as `ap_fixed<18,8,RND,SAT>`, or an `ApFixed`. `weight`, `bias`,
        `membrane`, `beta` and `threshold` are hls4ml's `Precision` of these names. Products, sums and differences are
        brought to the membrane in the membrane's modes of rounding and overflow. Layers then choose no scale of
        weights. Biases and thresholds are multiples of the membrane's step, even where their own types are finer.

        `inputs`: the type of the first layer's inputs, if they are not spikes. The `input_step` of that layer is then
        2**-(fraction bits). Its sums have as many fraction bits as weights and inputs have together, and are rounded to
        the membrane's.

        Raises ValueError for a profile whose neurons are not a product, a sum and a comparison of types that the user
        chooses. Also for types that it cannot express: for any of them, the modes RND_ZERO and RND_MIN_INF; for biases,
        decays and thresholds, modes other than TRN and RND_CONV.

        ```pycon
        >>> profile = hw_profiles.load("hls4ml").with_precision(membrane=(18, 8), beta="ap_fixed<12,2>")
        >>> profile.membrane.bits, profile.grid.frac, profile.decay.frac
        (18, 10, 10)
        >>> hw_profiles.load("hls4ml").with_precision(membrane="ap_fixed<12,4,RND,SAT>").current.frac  # as weights have
        10
        ```
        """
        given = {"weight": weight, "bias": bias, "membrane": membrane, "beta": beta, "threshold": threshold}
        changes = groups_of(self, {**given, "inputs": inputs})
        return replace(self, **changes)

    def with_table(
        self, *, entries: int | None = None, value_bits: int | None = None, rounding: Rounding | None = None
    ) -> "Profile":
        """The same chip with another table: what is None stays; ValueError for a table it cannot have.

        `entries` counts the entries that are stored, or the segments. `rounding` is that of the values. If the values
        get another width, they also get as many fraction bits as the peak of the curve allows, because those of the
        chip's own format would not fit it.
        """
        shape, value = self.table, self.table_value
        if entries is not None and entries != shape.entries:
            source = f"{shape.source}; set to {entries} entries by the user"
            shape = replace(shape, entries=entries, source=source, status="derived")
        changes: dict[str, Any] = {}
        if value_bits is not None and value_bits != value.bits:
            changes |= {"bits": value_bits, "frac": None}
        if rounding is not None and rounding != value.rounding:
            changes["rounding"] = rounding
        if changes:
            words = " and ".join(f"{key} {changes[key]}" for key in ("bits", "rounding") if key in changes)
            changes |= {"source": f"{value.source}; set to {words} by the user", "status": "derived"}
            value = replace(value, **changes)
        return replace(self, table=shape, table_value=value)

    @property
    def software(self) -> bool:
        """Whether programs or logic of the user's compute the layers, as on `mcu` and `fpga`, and no chip of events.

        On such a target, inputs may be signed, pooling may take the largest sum, and spikes may be multiplied.
        """
        return self.kind != "neuromorphic"

    @property
    def state_step(self) -> float:
        """The real value of one membrane code."""
        return 2.0**-self.grid.frac

    @property
    def current_frac(self) -> int:
        """The fraction bits of a step's synaptic sums: the membrane's, where they do not have more."""
        return self.grid.frac if self.current is None or self.current.frac is None else self.current.frac

    @property
    def finer(self) -> bool:
        """Whether synaptic sums have more fraction bits than the membrane."""
        return self.current_frac > self.grid.frac

    @property
    def current_step(self) -> float:
        """The real value of one code of synaptic sums."""
        return 2.0**-self.current_frac

    @property
    def membrane_format(self) -> NumberFormat:
        return self.membrane.format(self.grid.frac)


def require_profile(who: object, profile: object) -> None:
    """Raise TypeError, in the name of `who`, a name or an instance, for what is no `Profile`, as its name is."""
    if not isinstance(profile, Profile):
        name = who if isinstance(who, str) else type(who).__name__
        raise TypeError(f"{name}: profile must be a Profile, as hw_profiles.load gives, got {shown(profile)}")
