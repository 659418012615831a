"""Places in a table by a few operations on floats, for the tables where these are proven to give the same."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from spikelut._defaults import made_on_cpu
from spikelut.quant.arithmetic.affine import is_power_of_two
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable
from spikelut.surrogates._eager import ZERO

MIDDLE = 2**7
"""What a signed byte lacks to be an unsigned one."""
_MIDDLE = torch.tensor(MIDDLE, dtype=torch.uint8)


@dataclass(frozen=True, eq=False)
class QuickPlaces:
    """The place of each real x on the CPU in a table of `count` cells, that of NaN the first's.

    The cell is `floor(x * scale + offset)`, or `round(x * scale)` where `offset` is None, cut to those there are from
    `first` on. They are stored in this order, or in that of two's complement (`twos`).
    """

    scale: float
    offset: Tensor | None
    first: int
    count: int
    twos: bool

    @cached_property
    @made_on_cpu
    def _scale(self) -> Tensor:
        return torch.tensor(self.scale, dtype=torch.float32, device="cpu")

    def fire(self, x: Tensor, places: Tensor, out: Tensor) -> None:
        """Set `places` to those of `x`, and `out` to the spikes."""
        self.write(x, out, places)
        torch.ge(x, ZERO, out=out)

    def write(self, x: Tensor, held: Tensor, places: Tensor) -> None:
        """Set `places` to those of `x`; `held`, like x, is overwritten."""
        self.find(x, held)
        self.store(held.nan_to_num_(nan=self.first), places)

    def find(self, x: Tensor, held: Tensor) -> None:
        """Set `held` to the cells before they are cut to those there are; that of NaN is NaN."""
        if self.offset is None:
            torch.mul(x, self._scale, out=held).round_()
        else:
            torch.add(self.offset, x, alpha=self.scale, out=held).floor_()

    def store(self, held: Tensor, places: Tensor) -> None:
        """Set `places` to those of the cells in `held`, which is overwritten."""
        held.clamp_(self.first, self.first + self.count - 1)
        # Floats become signed bytes in a third of the time that unsigned ones take.
        byte = places.dtype is torch.uint8
        signed, middle = (places.view(torch.int8), MIDDLE) if byte else (places, 0)
        if self.twos:
            signed.copy_(held)
            if not byte or self.count < 2**8:
                places.bitwise_and_(self.count - 1)
            return
        if self.first + middle:
            held.sub_(self.first + middle)
        signed.copy_(held)
        if byte:
            places.add_(_MIDDLE)


def quick_places(table: Table) -> QuickPlaces | None:
    """The quick places of `table`; None if they are not those of `table.place` for every x.

    Up to the order in which cells are stored, both only rise with x, as the product with a power of two is exact, and
    those of the table where a cell begins. So they are the same everywhere if they are at these x and next to them.
    """
    if not isinstance(table, UniformTable) or table.place_dtype not in (torch.uint8, torch.int16):
        return None
    cells, shape = table.cells, table.shape
    plain = shape.out_of_range == "clamp" and not cells.folded and cells.count > 1
    if not plain or not cells.shifts or not is_power_of_two(table.state_step):
        return None
    scale = 1 / (cells.width.numerator * table.state_step)
    # Half a code before the first code of a cell.
    edges = ((cells.edges()[1:-1].double() - 0.5) * table.state_step).float()
    middle = cells.count // 2
    for offset in (cells.first + middle - edges[middle - 1] * scale, None):
        quick = QuickPlaces(scale, offset, cells.first, cells.count, shape.order == "twos_complement")
        if _same(quick, table, edges):
            return quick
    return None


def _same(quick: QuickPlaces, table: UniformTable, edges: Tensor) -> bool:
    """Whether `quick` gives the places of `table` at and around the `edges`, where the next cell begins."""
    infinity = torch.full_like(edges, torch.inf)
    below, above = torch.nextafter(edges, -infinity), torch.nextafter(edges, infinity)
    x = torch.cat([below, edges, above, edges.new_tensor([torch.nan, torch.inf, -torch.inf])])
    places = x.new_empty(x.shape, dtype=table.place_dtype)
    quick.write(x, torch.empty_like(x), places)
    return torch.equal(places.to(torch.int64), table.place(table.encode_x(x)).to(torch.int64))
