"""A table as a notebook shows it: its numbers, and its curve where matplotlib is there."""

from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from spikelut._notebook import Card, fragment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spikelut.quant.arithmetic.affine import ValueFormat
    from spikelut.surrogates import Surrogate

POINTS = 2000
"""Codes that are drawn at most."""


class TableLike(Protocol):
    """What is shown of a table; see `Table`."""

    surrogate: "Surrogate"
    state_step: float
    first_code: int
    last_code: int
    value: "ValueFormat"
    codes: Tensor

    @property
    def bits(self) -> int: ...
    @property
    def error_bound(self) -> float: ...
    @property
    def tabulated(self) -> tuple[int, int]: ...
    def lookup_codes(self, x: Tensor) -> Tensor: ...
    def curve(self, codes: Tensor) -> Tensor: ...


def page_of(table: Any) -> str | None:
    """The table as HTML; None without jinja2."""
    low, high = (code * table.state_step for code in table.tabulated)
    cards = [
        Card(f"{len(table.codes)} × {table.value.short_name}", "entries"),
        Card(f"{table.bits:,} bits", "memory"),
        Card(f"{low:.4g} … {high:.4g}", "range of x = membrane − threshold"),
        *_bound(table),
    ]
    kind = type(table).__name__
    return fragment(f"{kind} of {table.surrogate}", cards=cards, figures={"table": lambda axes: draw(axes, table)})


def _bound(table: TableLike) -> list[Card]:
    try:
        return [Card(f"{table.error_bound:.4g}", "proven bound of its error")]
    except ValueError:  # of a curve that does not say where it turns
        return []


def draw(axes: "Axes", table: TableLike) -> None:
    """The entries beside the curve, over the tabulated range and a quarter of it on each side."""
    low, high = table.tabulated
    margin = (high + 1 - low) // 4
    first, last = max(table.first_code, low - margin), min(table.last_code, high + margin)
    codes = torch.arange(first, last + 1, max(1, (last - first) // POINTS), device="cpu")
    x = codes * table.state_step
    axes.plot(x, table.curve(codes), color="C1", linewidth=1.5, label="curve")
    axes.plot(x, table.value.decode(table.lookup_codes(codes)), color="C0", linewidth=1.2, label="table")
    axes.set(xlabel="membrane − threshold", ylabel="derivative")
    axes.legend(frameon=False, fontsize="small", loc="upper right")
