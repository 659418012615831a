"""What happens over time in layers: spikes and membranes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut._text import label
from spikelut.plot.arrays import array_of, axes_of, of_sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DRAWN_ONE_BY_ONE = 2000
"""Up to so many events are drawn as shapes, more of them as a picture, of which pages load faster."""
NEURONS = 4
"""Membranes that are drawn unless others are named."""


@names_extra
def raster(spikes: Any, *, sample: int | None = 0, title: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """Draw the spikes of a layer for one sample: a dot for each neuron, from below, and step in which it spiked.

    `spikes` are [T, B, ...], 0/1, counts, or graded: the larger, the larger the dot, and negative ones are red.
    Tensors, arrays and what `run` and `sequence` of a layer give will do; with `sample=None` they are of one sample,
    [T, ...]. Neurons are numbered through channels, rows and columns. Returns the axes, `ax` or those of a new figure.
    Raises ValueError for other shapes.

    ```pycon
    >>> spikes = torch.rand(20, 8, 30) < 0.1
    >>> axes = plot.raster(spikes, sample=3)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('step', 'neuron')
    ```
    """
    found = of_sample("raster", spikes, sample)
    axes = axes_of(ax)
    t, n = np.nonzero(found)
    values = found[t, n].astype(np.float64)
    # A dot is as high as its neuron has room for, within what can be seen.
    height = min(24.0, max(3.0, 1500 / found.shape[1]))
    sizes = height * np.sqrt(np.abs(values) / max(1e-300, np.abs(values).max(initial=1)))
    colours = np.where(values < 0, "C3", "C0")
    picture = len(t) > DRAWN_ONE_BY_ONE
    axes.scatter(t, n, s=sizes, c=colours, linewidths=0, rasterized=picture)
    _ends(axes, len(found), found.shape[1])
    axes.set_title(label(title) if title is not None else "", fontsize="small")
    return axes


def _ends(axes: "Axes", steps: int, neurons: int) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set(xlabel="step", ylabel="neuron", xlim=(-0.5, steps - 0.5), ylim=(-0.5, neurons - 0.5))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.grid(visible=False)


@names_extra
def rasters(layers: Mapping[str, Any], *, sample: int | None = 0) -> "Figure":
    """A figure of the spikes of several layers for one sample, one below the other, over the same steps.

    `layers`: what layers give, [T, B, ...], by name, as `IntegerNetwork.run`, `quant.spike_trains` and
    `training.recorded_spikes` have it; each is drawn as by `raster`. ValueError for none.

    ```pycon
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan()))
    >>> figure = plot.rasters(quant.spike_trains(model, torch.rand(10, 2, 8) * 3))
    >>> [axes.get_title() for axes in figure.axes]
    ['1']
    ```
    """
    from matplotlib.figure import Figure

    require(isinstance(layers, Mapping) and bool(layers), "rasters", "layers must be what layers give, by name", layers)
    heights = [min(3, 1 + of_sample("rasters", out, sample).shape[1] / 60) for out in layers.values()]
    figure = Figure(figsize=(6, 0.6 + 1.2 * sum(heights)), layout="constrained")
    panels = figure.subplots(len(layers), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights})
    for axes, (name, out) in zip(panels[:, 0], layers.items(), strict=True):
        raster(out, sample=sample, title=name, ax=axes)
        axes.set_xlabel("step" if axes is panels[-1, 0] else "")
    return figure


@names_extra
def membranes(
    mem: Any,
    *,
    threshold: ArrayLike | None = None,
    spikes: Any = None,
    sample: int | None = 0,
    neurons: Sequence[int] | None = None,
    title: str | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw the membranes of some neurons of a layer for one sample, with the threshold and where they spiked.

    - `mem` [T, B, ...]: membranes after each step, in any unit; with `sample=None` of one sample, [T, ...].
    - `threshold`, in the same unit: a number, one for each neuron [N], or for each step and neuron [T, N].
    - `spikes`, of the shape of `mem`: where they are not zero, a mark is drawn at the threshold or, for a read-out, at
      the membrane.
    - `neurons`: which are drawn; None for the four that spike most, or rise highest.

    Returns the axes, `ax` or those of a new figure. Raises ValueError for other shapes, and for neurons that do not
    exist.

    ```pycon
    >>> axes = plot.membranes(torch.randn(20, 8, 30).cumsum(0), threshold=4.0, neurons=[0, 7])
    >>> [line.get_label() for line in axes.get_lines()]
    ['neuron 0', 'neuron 7', 'threshold']
    ```
    """
    found = of_sample("membranes", mem, sample).astype(np.float64)
    steps, count = found.shape
    fired = None if spikes is None else of_sample("membranes", spikes, sample)
    message = f"spikes must be as many as membranes, [{steps}, {count}] of a sample"
    require(fired is None or fired.shape == found.shape, "membranes", message, fired is not None and fired.shape)
    chosen = _chosen(found, fired) if neurons is None else [int(n) for n in neurons]
    inside = bool(chosen) and all(0 <= n < count for n in chosen)
    require(inside, "membranes", f"neurons must be in 0..{count - 1}", chosen)
    level = None if threshold is None else array_of(threshold).astype(np.float64)
    if level is not None:
        fits = level.shape in ((), (count,), (steps, count))
        require(fits, "membranes", f"threshold must be a number, [{count}] or [{steps}, {count}]", list(level.shape))
        level = np.broadcast_to(level, found.shape)
    axes = axes_of(ax)
    _draw(axes, found, chosen, level, fired)
    axes.set_title(label(title) if title is not None else "", fontsize="small")
    return axes


def _chosen(found: NDArray[Any], fired: NDArray[Any] | None) -> list[int]:
    """The neurons that spike most, of as many spikes those that rise highest, in their order."""
    counts = np.zeros(found.shape[1]) if fired is None else (fired != 0).sum(0)
    return sorted(np.lexsort((-found.max(0), -counts))[:NEURONS].tolist())


def _draw(
    axes: "Axes", found: NDArray[Any], chosen: list[int], level: NDArray[Any] | None, fired: NDArray[Any] | None
) -> None:
    from matplotlib.ticker import MaxNLocator

    times = np.arange(len(found))
    same = level is not None and bool((level[:, chosen] == level[0, chosen[0]]).all())
    for place, n in enumerate(chosen):
        colour = f"C{place % 10}"
        axes.plot(times, found[:, n], color=colour, linewidth=1, label=f"neuron {n}")
        if level is not None and not same:
            axes.plot(times, level[:, n], color=colour, linewidth=0.8, linestyle=":", label=f"threshold of {n}")
        if fired is not None and (at := np.flatnonzero(fired[:, n])).size:
            heights = (found if level is None else level)[at, n]
            axes.plot(at, heights, color=colour, linestyle="none", marker="|", markersize=7)
    if level is not None and same:
        axes.axhline(level[0, chosen[0]], color="0.5", linewidth=0.8, linestyle=":", label="threshold")
    axes.set(xlabel="step", ylabel="membrane", xlim=(-0.5, len(found) - 0.5))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
