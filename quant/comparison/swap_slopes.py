"""Networks in which other slopes stand in for their tables for a while, and tables that are wrong on purpose."""

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from spikelut._checks import require_int, require_type
from spikelut._torch import children
from spikelut.quant.backends.contract import LayerSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable
from spikelut.quant.weights.module_reading import require_plain
from spikelut.surrogates import crossing, spike


@dataclass(frozen=True, eq=False)
class TableReader:
    """Where a network reads a table: the module `holder` holds `lut` as `key`, and in `specs`; `name` is the layer's.

    Layers may share a `LUTSurrogate`; each still is a place of its own.
    """

    name: str
    holder: nn.Module
    key: str
    lut: LUTSurrogate
    specs: dict[str, LayerSpec]

    def put(self, slope: nn.Module) -> None:
        """Have the layer read `slope`; `put(lut)` restores the very objects that were there."""
        setattr(self.holder, self.key, slope)
        for name, spec in self.specs.items():
            self.holder.__dict__[name] = spec if slope is self.lut else replace(spec, slope=slope)  # type: ignore[arg-type]  # a module with surrogate_grad


def table_readers(model: nn.Module) -> list[TableReader]:
    """Every reader in `model` that reads the table of a `LUTSurrogate`.

    ValueError for one that computes anything of its own, which what stands in for it would not.
    """
    found = []
    for parent, holder in model.named_modules():
        for key, lut in children(holder).items():
            if isinstance(lut, LUTSurrogate):
                held = ((n, spec) for n, spec in vars(holder).items() if isinstance(spec, LayerSpec))
                specs = {n: spec for n, spec in held if spec.slope is lut}
                name = ".".join(filter(None, (parent, key)))
                require_plain(f"layer {name!r}", lut, LUTSurrogate, "give the curve, a Surrogate, what it adds")
                found.append(TableReader(name.removesuffix(".surrogate"), holder, key, lut, specs))
    return found


class AnalyticSpike(nn.Module):
    """The spike of a `LUTSurrogate` with the slope of its curve; `on_read` is shown every x the slope is asked for."""

    def __init__(self, lut: LUTSurrogate, on_read: Callable[[Tensor], None] | None = None) -> None:
        super().__init__()
        self.analytic, self.table, self.on_read = lut.analytic, lut.table, on_read

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The curve's derivative at `x`, same shape and dtype."""
        if self.on_read is not None:
            self.on_read(x)
        return self.analytic.surrogate_grad(x)

    def forward(self, x: Tensor, x_old: Tensor | None = None) -> Tensor:
        return spike(x, self) if x_old is None else crossing(x, x_old, self)


@contextmanager
def exchanged(readers: Iterable[TableReader], make: Callable[[TableReader], nn.Module] | None = None) -> Iterator[None]:
    """Inside the block every one of `readers` reads what `make` gives for it; None: its analytic curve.

    Afterwards, whatever happened, the network holds the objects it held before.
    """
    pairs = [(reader, AnalyticSpike(reader.lut) if make is None else make(reader)) for reader in readers]
    try:
        for reader, slope in pairs:
            reader.put(slope.train(reader.lut.training))
        yield
    finally:
        for reader, _ in pairs:
            reader.put(reader.lut)


def shifted(table: Table, cells: int) -> Table:
    """A deliberately wrong table, the control of a comparison: its index is off by `cells`.

    Each cell, or segment, returns the entry `cells` further up; at the ends the outermost entry is held. Raises
    ValueError unless -entries < cells < entries.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> table.codes.tolist(), quant.shifted(table, 1).codes.tolist()
    ([0, 2, 6, 2, 0], [2, 6, 2, 0, 0])
    ```
    """
    require_type("shifted", "table", table, Table, "a Table")
    count = len(table.codes)
    require_int("shifted", "cells", cells, 1 - count, count - 1)
    # Tables in two's complement begin with the cell at the threshold.
    turned = table.cells.first if isinstance(table, UniformTable) and table.shape.order == "twos_complement" else 0
    moved = table.codes.roll(-turned)[(torch.arange(count) + cells).clamp(0, count - 1)]
    return replace(table, codes=moved.roll(turned))


def shifted_surrogate(lut: LUTSurrogate, cells: int) -> LUTSurrogate:
    """A copy of `lut` with a deliberately wrong table, `shifted(lut.table, cells)`; errors are those of `shifted`.

    ```pycon
    >>> lut = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> quant.shifted_surrogate(lut, 1).table.codes.tolist()
    [2, 6, 2, 0, 0]
    ```
    """
    require_type("shifted_surrogate", "lut", lut, LUTSurrogate, "a LUTSurrogate")
    wrong = copy.deepcopy(lut)
    wrong.table = shifted(lut.table, cells)
    wrong.codes = wrong.table.codes.to(lut.codes.device)
    return wrong
