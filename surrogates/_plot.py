"""Figures of surrogates."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

import torch

from spikelut._checks import require, require_type
from spikelut._extras import names_extra
from spikelut._text import label
from spikelut.surrogates._base import Surrogate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = 6


@names_extra
def plot(*surrogates: Surrogate, low: float = -3.0, high: float = 3.0) -> Figure:
    """A figure with a panel for each surrogate: spike H(x), primitive and derivative over x in `low`..`high`.

    A surrogate without a primitive is drawn without. Needs matplotlib. Raises ValueError for no surrogate or a range
    that is empty.
    """
    from matplotlib.figure import Figure

    require(bool(surrogates), "plot", "give one surrogate or more", surrogates)
    require(math.isfinite(low) and math.isfinite(high) and low < high, "plot", "low must be below high", (low, high))
    for surrogate in surrogates:
        require_type("plot", "surrogates", surrogate, Surrogate, "instances of Surrogate")
    columns = min(COLUMNS, len(surrogates))
    rows = -(-len(surrogates) // columns)
    figure = Figure(figsize=(max(2.3 * columns, 4), 1.9 * rows + 0.5), layout="constrained")
    x = torch.linspace(low, high, 601, dtype=torch.float64, device="cpu")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, surrogate in zip(panels, surrogates, strict=False):
        axes.plot(x, (x >= 0).to(x.dtype), color="0.75", linewidth=1, label="spike H(x)")
        with suppress(NotImplementedError):
            axes.plot(x, surrogate.surrogate_fun(x), color="C0", linewidth=1.2, label="primitive")
        axes.plot(x, surrogate.surrogate_grad(x), color="C1", linewidth=1.2, label="derivative")
        axes.set_title(_title(surrogate), fontsize="x-small")
        axes.tick_params(labelsize="xx-small")
        axes.grid(alpha=0.3)
    for axes in panels[len(surrogates) :]:
        axes.set_visible(False)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def _title(surrogate: Surrogate) -> str:
    """The surrogate's repr, its parameters on a second line."""
    name, _, parameters = repr(surrogate).partition("(")
    return f"{label(name)}\n{label(parameters.removesuffix(')'))}"
