"""Entries of a uniform table weighted by where a code lies between them, in the arithmetic of the device."""

from collections.abc import Callable
from typing import Any

from spikelut.hw_profiles import TableShape
from spikelut.quant.arithmetic.affine import ValueFormat, plain
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.rounding import round_shift
from spikelut.quant.tables.uniform_cells import IndexCells, cell_of


def interpolated(
    ops: Any, cells: IndexCells, shape: TableShape, value: ValueFormat, read: Callable[[Any], Any], first: Any, x: Any
) -> Any:
    """The value for codes `x`, wide enough for products of entries: of two entries that `read` gives by their index.

    With f = the part of a cell that `x` lies beyond its first code, in `interpolation_bits` bits:

        linear:  register(y0 + round(register(y1 - y0) * f / 2**bits))
        else:    round((y0 * (2**bits - 1 - f) + y1 * f) / 2**bits)

    `first`: the first entry, which is that of what lies below the table.
    """
    # Interpolated tables are indexed by a shift, from the floor.
    width, bits = cells.width.numerator.bit_length() - 1, shape.interpolation_bits
    magnitude = ops.absolute(x) if cells.folded else x
    offset = ops.clip(magnitude - (cells.first << width), 0, (cells.count << width) - 1)
    index, inner = offset >> width, offset & ((1 << width) - 1)
    f = inner << (bits - width) if bits >= width else inner >> (width - bits)
    held = index if shape.end == "extra_entry" else ops.clip(index, 0, cells.count - 2)
    y0, y1 = read(held), read(held + 1)
    if shape.interpolation == "linear":
        wrap = plain(value)
        slope = apply_overflow(ops, y1 - y0, wrap)
        part = round_shift(ops, slope * f, bits, shape.interpolation_rounding)
        result = apply_overflow(ops, y0 + part, wrap)
    else:
        result = round_shift(ops, y0 * ((1 << bits) - 1 - f) + y1 * f, bits, shape.interpolation_rounding)
    result = ops.where(index == held, result, y1)
    # Below the table the first entry itself, which complementary weights do not give.
    return ops.where(cell_of(ops, cells, x) < 0, first, result)
