"""What a core of a network does, before it is written as Verilog."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from spikelut.export.verilog.cores.core_text import Read
from spikelut.export.verilog.cores.nest import Nest
from spikelut.export.verilog.cores.words import Table
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF

Counters = dict[str, Expression]
Address = Callable[[Counters], Expression]
"""A place, or whether something holds, by the counters of the nest."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights in a table, in the order of outputs and of their sources.

    `left_shift`: of their sums, and `shift`, a table of one more for each channel. `reach`: of the sums in membrane
    codes, `code_reach` of those of weight codes. `address`: of a weight; None where they are read in order.
    """

    table: Table
    left_shift: int
    shift: Table | None
    reach: int
    code_reach: int
    address: Address | None = None


@dataclass(frozen=True, eq=False)
class Neurons:
    """Neurons behind the sums: `numbers` of their own in tables, a `bias` where it is one for all, weights of their own
    last spikes.
    """

    layer: IntegerLIF
    numbers: dict[str, Table]
    bias: int
    back: Weights | None


@dataclass(frozen=True, eq=False)
class Job:
    """What a core does: the `nest` it goes through, and at which `address` it reads its arrays.

    - `inside`: whether a source is inside an image; outside there is nothing.
    - `combine`: what becomes of the sources of an output: their `sum`, the `largest`; or the `product` of two arrays.
    - `operands`: which of the arrays, one more than once, are added or multiplied.
    - `channel`: the address of numbers that an output has of its own.
    - `left_shift`: of what comes out, without weights.
    """

    suffix: str
    about: str
    nest: Nest
    reads: tuple[Read, ...]
    address: tuple[Address, ...]
    root: str
    out: tuple[int, int]
    inside: Address | None = None
    combine: Literal["sum", "largest", "product"] = "sum"
    operands: tuple[int, ...] = (0,)
    weights: Weights | None = None
    neurons: Neurons | None = None
    channel: Address | None = None
    left_shift: int = 0
    numbers: dict[str, Table] = field(init=False)
    """All tables that have a number for each channel."""

    def __post_init__(self) -> None:
        found = {} if self.neurons is None else dict(self.neurons.numbers)
        back = None if self.neurons is None else self.neurons.back
        for name, weights in (("shift", self.weights), ("back_shift", back)):
            if weights is not None and weights.shift is not None:
                found[name] = weights.shift
        object.__setattr__(self, "numbers", found)

    @property
    def takes_events(self) -> bool:
        """Whether events come to its neurons one after the other."""
        return self.neurons is not None and isinstance(self.neurons.layer, IntegerEventLIF)

    @property
    def channels(self) -> int:
        """Of its numbers."""
        return max(table.count for table in self.numbers.values())
