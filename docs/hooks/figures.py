"""The figures of the pages, drawn by the library from its own tables."""

import io
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import matplotlib as mpl
import torch
from matplotlib.figure import Figure

from spikelut import hw_profiles, quant, surrogates
from spikelut.hw_profiles._table import OutOfRange

SCHEMES = {
    "light": {"text": "#1f2328", "grid": "#d0d7de", "curve": "#b35900", "table": "#0550ae", "mark": "#8250df"},
    "dark": {"text": "#e2e4e9", "grid": "#4a5068", "curve": "#ffa657", "table": "#79c0ff", "mark": "#d2a8ff"},
}
WIDTH = 5.0
"""Inches: narrow, so that the text of a figure can still be read on a phone."""

CURVE = surrogates.Arctan(alpha=2.0)


def _panels(rows: int, height: float, **options: Any) -> tuple[Figure, Any]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, 1, **options)


def _small(entries: int) -> hw_profiles.Profile:
    """`loihi2` with fewer entries, so that they can be seen."""
    profile = hw_profiles.load("loihi2")
    return replace(profile, table=replace(profile.table, entries=entries))


def _codes(table: quant.Table, low: float, high: float) -> tuple[Any, Any, Any]:
    """Real x of up to 4000 codes, the table's derivative and the curve's there."""
    first, last = round(low / table.state_step), round(high / table.state_step)
    codes = torch.arange(first, last + 1, max(1, (last - first) // 4000))
    return codes * table.state_step, table.value.decode(table.lookup_codes(codes)), table.curve(codes)


def _draw(axes: Any, table: quant.Table, low: float, high: float, colours: dict[str, str]) -> None:
    x, held, curve = _codes(table, low, high)
    axes.plot(x, curve, color=colours["curve"], linewidth=1.6, label="curve")
    axes.plot(x, held, color=colours["table"], linewidth=1.2, label="table")
    axes.set_ylabel("derivative")


def uniform(colours: dict[str, str]) -> Figure:
    """A table of 16 cells."""
    profile = _small(16)
    table = quant.Table.from_surrogate(CURVE, profile)
    figure, axes = _panels(1, 2.9)
    _draw(axes, table, -5, 5, colours)
    width = float(profile.cell)
    centres = profile.table_fill.low + width * (torch.arange(16) + 0.5)
    axes.plot(centres, table.lookup(centres), "o", color=colours["mark"], markersize=3.5, label="entries")
    axes.set_xlabel("x = membrane − threshold")
    axes.legend(frameon=False)
    return figure


def segments(colours: dict[str, str]) -> Figure:
    """ReckOn's five values."""
    table = quant.Table.from_surrogate(CURVE, hw_profiles.load("reckon"))
    assert isinstance(table, quant.SegmentTable)
    figure, axes = _panels(1, 2.9)
    _draw(axes, table, -3, 3, colours)
    for breakpoint in table.breakpoints:
        axes.axvline(breakpoint * table.state_step, color=colours["mark"], linewidth=0.8, linestyle=":")
    axes.plot([], [], color=colours["mark"], linewidth=0.8, linestyle=":", label="breakpoints")
    axes.set_xlabel("x = membrane − threshold")
    axes.legend(frameon=False)
    return figure


def tails(colours: dict[str, str]) -> Figure:
    """What is returned beyond the range: the last entry, or zero."""
    curve = surrogates.QPseudoSpike(alpha=2.0)
    figure, axes = _panels(2, 3.8, sharex=True, sharey=True)
    ends: tuple[OutOfRange, ...] = get_args(OutOfRange)
    for panel, beyond in zip(axes, ends, strict=True):
        profile = hw_profiles.load("generic8")
        profile = replace(profile, table=replace(profile.table, out_of_range=beyond))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", quant.TableWarning)  # what it warns of is what is shown
            table = quant.Table.from_surrogate(curve, profile)
        _draw(panel, table, -7.5, 7.5, colours)
        for end in table.tabulated:
            panel.axvline(end * table.state_step, color=colours["mark"], linewidth=0.8, linestyle=":")
        share = table.tail_error / table.peak
        panel.set_title(f'out_of_range = "{beyond}": off by up to {share:.1%} of the peak', fontsize="medium")
    axes[0].legend(frameon=False)
    axes[1].set_xlabel("x = membrane − threshold")
    return figure


def sizes(colours: dict[str, str]) -> Figure:
    """The error bound by the number of entries, for entries of 4, 7 and 12 bits."""
    figure, axes = _panels(1, 2.9)
    counts = [2**k for k in range(3, 13)]
    for bits, style in ((4, ":"), (7, "--"), (12, "-")):
        bounds = []
        for count in counts:
            profile = _small(count)
            profile = replace(profile, table_value=replace(profile.table_value, bits=bits))
            bounds.append(quant.Table.from_surrogate(CURVE, profile).error_bound)
        axes.loglog(counts, bounds, style, color=colours["table"], marker="o", markersize=3, label=f"{bits} bits")
    axes.set_xscale("log", base=2)
    axes.set_xlabel("entries")
    axes.set_ylabel("error bound")
    axes.legend(frameon=False)
    return figure


def membrane(colours: dict[str, str]) -> Figure:
    """A neuron's membrane, and what its table returns in each step."""
    profile = hw_profiles.load("generic8")
    spike = quant.LUTSurrogate(CURVE, profile)
    neuron = quant.LIF(profile, spike, beta=0.875)
    current = 0.6 * torch.rand(40, 1, 1, generator=torch.Generator().manual_seed(3))
    mem, before, fired = None, [], []
    for step in current:
        spikes, mem = neuron.step(step, mem)
        fired.append(float(spikes))
        before.append(float(mem) + neuron.threshold * fired[-1])  # what was compared: the reset subtracts
    x = torch.tensor(before) - neuron.threshold
    figure, (above, below) = _panels(2, 4.0, sharex=True)
    above.plot(before, color=colours["table"], marker="o", markersize=2.5, linewidth=1)
    above.axhline(neuron.threshold, color=colours["curve"], linewidth=1, linestyle="--", label="threshold")
    steps = [t for t, f in enumerate(fired) if f]
    above.plot(steps, [before[t] for t in steps], "o", color=colours["mark"], markersize=5, label="spikes")
    above.set_ylabel("membrane")
    figure.legend(*above.get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
    below.step(range(len(before)), spike.table.lookup(x), where="mid", color=colours["table"], linewidth=1.2)
    below.set_ylabel("table")
    below.set_xlabel("time step")
    return figure


FIGURES: dict[str, Callable[[dict[str, str]], Figure]] = {
    "uniform": uniform,
    "segments": segments,
    "tails": tails,
    "sizes": sizes,
    "membrane": membrane,
}


def svg(name: str, scheme: str) -> str:
    """The figure as SVG in the colours of a scheme; the same text every time."""
    colours = SCHEMES[scheme]
    style: Any = {
        "text.color": colours["text"],
        "axes.edgecolor": colours["text"],
        "axes.labelcolor": colours["text"],
        "xtick.color": colours["text"],
        "ytick.color": colours["text"],
        "axes.grid": True,
        "grid.color": colours["grid"],
        "grid.linewidth": 0.5,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "font.size": 9,
        "svg.hashsalt": name,
    }
    with mpl.rc_context(style):
        buffer = io.StringIO()
        FIGURES[name](colours).savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()
