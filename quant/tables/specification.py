"""What a table returns for one membrane code, in plain integers: the specification of the lookup.

Written from the generators and kernels that the profiles name (TFLite Micro's LUTLookup, CMSIS-DSP's linear
interpolation, hls4ml's index, ReckOn's comparisons); it reads a table's integers and shares none of its arithmetic.
"""

from fractions import Fraction

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.specification import in_register, rounded
from spikelut.quant.tables.segments import SegmentTable
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable


def entry_of(table: Table, x: int) -> int:
    """The value code that `table` returns for membrane code `x`, counted from the lowest code that spikes."""
    if isinstance(table, UniformTable):
        return uniform_entry(table, x)
    if isinstance(table, SegmentTable):
        return segment_entry(table, x)
    raise TypeError(f"entry_of: table must be a UniformTable or a SegmentTable, got {type(table).__name__}")


def slope_of(table: Table, x: int) -> Fraction:
    """The derivative that the entry stands for, exactly: (entry - zero point) * step."""
    return (entry_of(table, x) - table.value.zero_point) * Fraction(table.value.step)


def segment_entry(table: SegmentTable, x: int) -> int:
    """ReckOn: the first value if x < the first breakpoint, else the second if x < the second, ...; the last if none."""
    values = table.codes.tolist()
    for value, breakpoint_code in zip(values, table.breakpoints, strict=False):
        if x < breakpoint_code:
            return int(value)
    return int(values[-1])


def cell_of(table: UniformTable, x: int) -> int:
    """The cell that `x` lies in, the first being 0; beyond the table a negative number, or the number of cells.

    Of a table that holds one half of an even curve it is that of abs(x).
    """
    cells = table.cells
    position = abs(x) if cells.folded else x
    return rounded(position / cells.width, cells.rounding) - cells.first


def uniform_entry(table: UniformTable, x: int) -> int:
    """The entry of the cell; beyond the table that of its end, or the code that stands for zero."""
    cell, cells, shape = cell_of(table, x), table.cells, table.shape
    if shape.out_of_range == "zero" and not 0 <= cell < cells.count:
        return table.value.zero_point
    if shape.interpolation != "none":
        return interpolated_entry(table, x)
    cell = min(max(cell, 0), cells.count - 1)
    entries = table.codes.tolist()
    if shape.order == "twos_complement":
        # Stored by the low bits of the signed cell: that of x = 0 is entry 0, the negative ones stand behind.
        return int(entries[(cell + cells.first) % cells.count])
    return int(entries[cell])


def interpolated_entry(table: UniformTable, x: int) -> int:
    """Between the entries at the two ends of the cell; `f` is the position in it, of 2**interpolation_bits.

    `linear` (TFLite Micro): y0 + round((y1 - y0) * f / 2**n), difference and result in the width of the entries.
    `linear_complement` (CMSIS-DSP): round((y0 * (2**n - 1 - f) + y1 * f) / 2**n). The last cell has an end of its own,
    or holds its entry. Below the table it is the first entry, above it what the last code of the last cell gives.
    """
    cells, shape = table.cells, table.shape
    entries: list[int] = table.codes.tolist()
    cell = cell_of(table, x)
    if cell < 0:
        return entries[0]
    width = int(cells.width)
    inside = (abs(x) if cells.folded else x) - (cells.first + cell) * width
    if cell >= cells.count:
        cell, inside = cells.count - 1, width - 1
    if shape.end == "hold" and cell == cells.count - 1:
        return entries[cell]
    y0, y1, whole = entries[cell], entries[cell + 1], 2**shape.interpolation_bits
    f = inside * whole // width
    if shape.interpolation == "linear":
        register = NumberFormat(table.value.bits, 0, table.value.signed, overflow="wrap")
        difference = in_register(y1 - y0, register)
        return in_register(y0 + rounded(Fraction(difference * f, whole), shape.interpolation_rounding), register)
    return rounded(Fraction(y0 * (whole - 1 - f) + y1 * f, whole), shape.interpolation_rounding)
