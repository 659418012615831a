"""Histograms of firing rates."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut._text import label
from spikelut.plot.arrays import array_of, axes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 24
FILLED = 2
"""Up to so many networks are filled in; of more the areas would hide each other."""


@names_extra
def firing_rates(rates: Any, *, title: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw a histogram of the firing rates of a layer's neurons; of several networks, one over the other.

    `rates` are those of the neurons of a layer, [N], or a `training.LayerActivity`; or several of these by label. All
    have the same bins, from 0 to the highest rate. Returns the axes, `ax` or those of a new figure. Raises ValueError
    for rates that are not finite numbers, 0 or more.

    ```pycon
    >>> axes = plot.firing_rates({"float": [0.0, 0.1, 0.3], "4 bits": [0.0, 0.2, 0.25]})
    >>> axes.get_ylabel()
    'neurons'
    ```
    """
    named = rates if isinstance(rates, Mapping) else {"": rates}
    found = {name: array_of(getattr(one, "rates", one)) for name, one in named.items()}
    require(bool(found), "firing_rates", "there must be rates", named)
    for name, one in found.items():
        fits = (
            one.ndim == 1 and one.size > 0 and one.dtype.kind in "biuf" and bool((np.isfinite(one) & (one >= 0)).all())
        )
        require(fits, "firing_rates", f"rates{f' of {name}' if name else ''} must be numbers [N], 0 or more", one)
    top = max(float(one.max()) for one in found.values()) or 1.0
    edges = np.linspace(0, top, BINS + 1)
    axes = axes_of(ax)
    from matplotlib.ticker import MaxNLocator

    for place, (name, one) in enumerate(found.items()):
        counts, _ = np.histogram(one, edges)
        colour = f"C{place % 10}"
        if len(found) <= FILLED:
            axes.stairs(counts, edges, color=colour, fill=True, alpha=0.25)
        axes.stairs(counts, edges, color=colour, linewidth=1.2, label=label(name) or None)
    axes.set(xlabel="spikes a step", ylabel="neurons", xlim=(0, top))
    axes.set_title(label(title) if title is not None else "", fontsize="small")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    if len(found) > 1:
        axes.legend(fontsize="small")
    return axes
