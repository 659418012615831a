"""What else a chip has: learning, and functions it computes from tables of the vendor."""

from dataclasses import dataclass
from typing import Literal

from spikelut._checks import require, require_int, require_one_of
from spikelut.hw_profiles._format import Rounding
from spikelut.hw_profiles._group import Group

LearningRule = Literal[
    "none", "sum_of_products", "e_prop", "vector_processor", "processor", "stdp", "sdsp", "binary_last_layer"
]


@dataclass(frozen=True, kw_only=True, repr=False)
class Learning(Group):
    """What the chip can learn by itself.

    - `rule`: `none`; `sum_of_products` of traces; `e_prop`; a program on a `vector_processor` or a `processor`; `stdp`;
      `sdsp` (spike-driven, +-1); or `binary_last_layer`.
    - `weight_bits`: the width of the weights that are learned; `trace_bits`: of the traces that they are learned from.
      Left out where the width is not fixed.
    - `trace_frac`: fraction bits of a trace. One event adds 2**trace_frac to it. A trace is unsigned and saturates.
    - `rounding`: of the weight update.
    - `formats`: the further integers involved, in words.

    ```pycon
    >>> hw_profiles.load("reckon").learning.rule, hw_profiles.load("xylo").learning.rule
    ('e_prop', 'none')
    ```
    """

    rule: LearningRule
    weight_bits: int | None = None
    trace_bits: int | None = None
    trace_frac: int | None = None
    rounding: Rounding | None = None
    formats: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_one_of(self, "rule", self.rule, LearningRule)
        for name in ("weight_bits", "trace_bits"):
            if getattr(self, name) is not None:
                require_int(self, name, getattr(self, name), 1, 64)
        if self.trace_frac is not None:
            require_int(self, "trace_frac", self.trace_frac, 0, 31)
            require(self.trace_bits is not None, self, "trace_frac needs trace_bits", self.trace_frac)
        if self.rounding is not None:
            require_one_of(self, "rounding", self.rounding, Rounding)
        require(isinstance(self.formats, str), self, "formats must be a text", self.formats)


@dataclass(frozen=True, kw_only=True, repr=False)
class Logistic(Group):
    """The vendor's table of the logistic function: round(2**frac / (1 + exp(-i / per_unit))) for i in 0..entries-1.

    `one_more` lists the entries that the vendor has one higher than that. `quant.tflm` computes with it.

    ```pycon
    >>> table = hw_profiles.load("tflm_int16").logistic
    >>> table.frac, table.entries, table.per_unit
    (16, 256, 24)
    ```
    """

    entries: int
    per_unit: int
    frac: int
    one_more: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "entries", self.entries, 2, 4096)
        require_int(self, "per_unit", self.per_unit, 1, 4096)
        require_int(self, "frac", self.frac, 1, 30)
        inside = all(0 <= i < self.entries for i in self.one_more)
        require(inside, self, f"one_more must hold indices in 0..{self.entries - 1}", self.one_more)


@dataclass(frozen=True, kw_only=True, repr=False)
class Exponential(Group):
    """The constants of the vendor's exp: a table of whole powers, a table of sixteenths, and a series for the rest.

    - `low`, `high`: input codes below which the result is 0, above which it saturates.
    - `first_power`: the smallest whole power of e in the table; `powers`: how many there are.
    - `series`: the 0.32 coefficients of the series.

    `quant.spinnaker` computes with them.

    ```pycon
    >>> constants = hw_profiles.load("spinnaker1").exponential
    >>> constants.first_power, constants.powers
    (-13, 26)
    ```
    """

    low: int
    high: int
    first_power: int
    powers: int
    series: tuple[int, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        require_int(self, "low", self.low, -(2**31), 0)
        require_int(self, "high", self.high, 0, 2**31)
        require_int(self, "first_power", self.first_power, -64, 0)
        require_int(self, "powers", self.powers, 1, 64)
        fits = len(self.series) == 3 and all(0 <= c < 2**32 for c in self.series)
        require(fits, self, "series must be three numbers of 32 bits", self.series)
