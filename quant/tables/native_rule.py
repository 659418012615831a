"""Tables as the compiled kernels read them."""

import math

from spikelut import native
from spikelut.hw_profiles import Rounding
from spikelut.quant.tables.float_index import QuickPlaces
from spikelut.quant.tables.segments import SegmentTable
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable

ROUNDINGS: tuple[Rounding, ...] = ("floor", "trunc0", "half_up", "half_away", "half_even", "dpu")
"""In the order of `common.h`."""

EXACT_FLOAT32 = 2**24

LARGEST_CUT = 2**30
"""The largest magnitude of codes whose places are still told apart."""


def native_table(table: Table, quick: QuickPlaces | None) -> native.NativeTable | None:
    """The rule of `table.place` for the kernels, with its `quick` places if there are any.

    None if they do not have it: interpolation, cells of uneven width.
    """
    if table.place_dtype is None:
        return None
    if isinstance(table, SegmentTable):
        if len(table.breakpoints) > 32:
            return None
        reach = max(abs(b) for b in table.breakpoints) + 1
        made = native.NativeTable(breaks=len(table.breakpoints))
        made.breakpoints[:] = [*table.breakpoints, *[2**31 - 1] * (32 - len(table.breakpoints))]
    elif isinstance(table, UniformTable) and table.cells.shifts:
        cells, shape = table.cells, table.shape
        reach = max(map(abs, cells.span)) + 2 * cells.width.numerator
        made = native.NativeTable(
            shift=cells.width.numerator.bit_length() - 1,
            rounding=ROUNDINGS.index(cells.rounding),
            folded=cells.folded,
            first=cells.first,
            count=cells.count,
            twos=shape.order == "twos_complement",
            beyond=-1 if shape.out_of_range == "clamp" else len(table.codes),
        )
    else:
        return None
    # Codes are cut where the place no longer changes: at a power of two, which a float32 holds.
    cut = 2 ** math.ceil(math.log2(reach))
    # `encode_x` cuts at the reach of the membrane, which counts if it lies inside the table.
    low, high = max(-cut, table.first_code), min(cut, table.last_code)
    if cut > LARGEST_CUT or any(abs(end) > EXACT_FLOAT32 and abs(end) != cut for end in (low, high)):
        return None
    made.low, made.high, made.step, made.width = low, high, table.state_step, table.place_dtype.itemsize
    if quick is not None:
        made.scale, made.quick = quick.scale, 1 if quick.offset is None else 2
        made.offset = 0.0 if quick.offset is None else float(quick.offset)
    return made
