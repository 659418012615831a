"""The C that finds the place of a code in a table; `native/src/table.c` runs these functions on rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from spikelut.hw_profiles import Rounding
from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.codegen.operators import INT32
from spikelut.quant.tables.native_rule import LARGEST_CUT, ROUNDINGS
from spikelut.quant.tables.segments import segment_of
from spikelut.quant.tables.uniform_cells import place_of

SEGMENTS = (4, 8, 16, 32)
"""Numbers of breakpoints; what is left of the next larger one are breakpoints that no code reaches."""


@dataclass(frozen=True, eq=False)
class _Cells:
    """The numbers of `Cells` that are known when a table is."""

    shift: Any
    rounding: Rounding
    folded: bool
    first: Any
    count: Any


def functions() -> Iterator[tuple[str, str]]:
    """Names and texts: for all kinds of cells, and numbers of segments, in the order that `table.c` counts in."""
    for rounding, folded, twos, beyond in product(ROUNDINGS, (False, True), (False, True), (False, True)):
        words = ["cells", rounding, *["folded"] * folded, *["twos"] * twos, *["beyond"] * beyond]
        yield _function("_".join(words), *_cells(rounding, folded, twos, beyond))
    for count in SEGMENTS:
        yield _function(f"segments_{count}", *_segments(count))


def _number(home: Recording, name: str, low: int, high: int) -> Expression:
    return home.input(f"table->{name}", low, high, shared=True)


def _code(home: Recording) -> Expression:
    """A code, cut to where places no longer change."""
    low, high = (
        home.input(f"(int32_t)table->{end}", -LARGEST_CUT, LARGEST_CUT, shared=True) for end in ("low", "high")
    )
    return ExpressionOps.clip(home.input("code", *INT32), low, high)


def _cells(rounding: Rounding, folded: bool, twos: bool, beyond: bool) -> tuple[Recording, Expression]:
    home = Recording("kernels")
    # Without a shift nothing is rounded.
    shift = _number(home, "shift", 0 if rounding == "floor" else 1, LARGEST_CUT.bit_length() - 1)
    first = _number(home, "first", 1 - LARGEST_CUT, LARGEST_CUT - 1)
    cells = _Cells(shift, rounding, folded, first, _number(home, "count", 1, LARGEST_CUT))
    outside: Any = _number(home, "beyond", 0, LARGEST_CUT) if beyond else None
    return home, place_of(ExpressionOps, cells, twos, outside, _code(home))


def _segments(count: int) -> tuple[Recording, Expression]:
    home = Recording("kernels")
    edges = [_number(home, f"breakpoints[{k}]", *INT32) for k in range(count)]
    return home, segment_of(edges, _code(home))


def _function(name: str, home: Recording, place: Expression) -> tuple[str, str]:
    made = write(home, [place])
    lines = [
        f"INLINE int32_t {name}(const Table *table, int32_t code)",
        "{",
        *(f"    {line}" for line in (*made.shared, *made.lines)),
        f"    return {made.texts[0]};",
        "}",
    ]
    return name, "\n".join(lines) + "\n"
