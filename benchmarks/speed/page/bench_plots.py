"""Outcomes as pictures."""

import io
import math
from typing import Any

from bench_case import Case
from bench_measure import Measured, Outcome
from bench_tables import contenders, grid

COLUMNS = 3


def exponent(sizes: list[float], values: list[float]) -> float:
    """The slope of the straight line through logarithms, least squares, of the three largest sizes: 1 is linear."""
    x, y = [math.log(v) for v in sizes[-3:]], [math.log(v) for v in values[-3:]]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return above / sum((a - mean_x) ** 2 for a in x)


def _svg(figure: Any) -> str:
    """The same bytes for the same picture."""
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "spikelut", "svg.fonttype": "none"}):
        held = io.StringIO()
        figure.savefig(held, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in held.getvalue().splitlines()) + "\n"


def _plain(axis: Any) -> None:
    """Ticks of a logarithmic axis at ones, twos and fives, as plain numbers."""
    from matplotlib.ticker import LogLocator, NullLocator

    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter("{x:g}")


def bars(case: Case, outcome: Outcome) -> str:
    """The fastest time of each contender in each setting."""
    from matplotlib.figure import Figure

    rows = grid(case, outcome)
    names = contenders(outcome)
    height = 0.6 + 0.22 * len(names)
    lines = math.ceil(len(rows) / COLUMNS)
    figure = Figure(figsize=(4.2 * min(COLUMNS, len(rows)), (height + 0.5) * lines), layout="constrained")
    axes = list(figure.subplots(lines, min(COLUMNS, len(rows)), squeeze=False).flat)
    for axis, (setting, found) in zip(axes, rows.items(), strict=False):
        here = [name for name in names if name in found]
        values = [1000 * found[name][0].best for name in here]
        colours = ["C0" if found[name][0].backend else "0.7" for name in here]
        axis.barh(here, values, color=colours)
        axis.invert_yaxis()
        axis.set_xscale("log")
        axis.set_xlim(left=min(values) / 2)
        _plain(axis.xaxis)
        axis.set_title(", ".join(f"{key} {value}" for key, value in setting), fontsize=9)
        axis.set_xlabel("ms", fontsize=8)
        axis.tick_params(labelsize=8)
    for axis in axes[len(rows) :]:
        axis.set_visible(False)
    return _svg(figure)


def curves(outcome: Outcome) -> str:
    """Nanoseconds an element of every curve, at a million elements in float32 with two threads."""
    from matplotlib.figure import Figure

    chosen = {"elements": 10**6, "dtype": "float32", "threads": 2}
    found = [one for one in outcome.measured if chosen.items() <= one.setting.items()]
    names = [n for n in contenders(outcome) if any(one.key == n for one in found)]
    every = list(dict.fromkeys(str(one.setting["curve"]) for one in found))
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    axis = figure.subplots()
    for place, name in enumerate(names):
        taken = {str(one.setting["curve"]): 1e9 * one.best / 10**6 for one in found if one.key == name}
        x = [every.index(curve) + (place + 0.5) / len(names) * 0.8 - 0.4 for curve in taken]
        axis.bar(x, list(taken.values()), width=0.8 / len(names), label=name)
    axis.set_xticks(range(len(every)), every, rotation=45, ha="right", fontsize=8)
    axis.set_ylabel("ns an element")
    axis.set_yscale("log")
    figure.legend(fontsize=8, ncols=len(names), loc="outside upper center")
    return _svg(figure)


def against(case: Case, outcome: Outcome) -> str:
    """The fastest times of each contender against a size, both from zero; what else differs is in rows of panels."""
    from matplotlib.figure import Figure

    names = contenders(outcome)
    rows = list(dict.fromkeys(_others(case, one) for one in outcome.measured))
    figure = Figure(figsize=(3.2 * len(names), 2.8 * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), len(names), squeeze=False)
    for places, row in zip(panels, rows, strict=True):
        for axis, name in zip(places, names, strict=True):
            found = [one for one in outcome.measured if one.key == name and _others(case, one) == row]
            sizes = [float(one.setting[case.against]) for one in found]
            axis.plot(sizes, [_milliseconds(one) for one in found], "o-", markersize=4)
            axis.set_xlim(0, 1.05 * max(sizes))
            axis.set_ylim(0, 1.05 * max(map(_milliseconds, found)))
            axis.set_title(f"{name}, {row}", fontsize=9)
            axis.set_xlabel(f"{case.against}, %", fontsize=8)
            axis.set_ylabel("ms", fontsize=8)
            axis.tick_params(labelsize=8)
    return _svg(figure)


def _others(case: Case, one: Measured) -> str:
    """The sizes of a setting besides the one that times are against, of those that are numbers."""
    sizes = {key: value for key, value in one.setting.items() if isinstance(value, int) and key != "threads"}
    return ", ".join(f"{key} {value}" for key, value in sizes.items() if key != case.against)


def lines(outcome: Outcome) -> str:
    """Time, and below it the peak of memory, against what grows."""
    from matplotlib.figure import Figure

    sweeps = list(dict.fromkeys(str(one.setting["grows"]) for one in outcome.measured))
    figure = Figure(figsize=(4.2 * len(sweeps), 6.4), layout="constrained")
    axes = figure.subplots(2, len(sweeps), squeeze=False)
    for column, key in enumerate(sweeps):
        for row, (label, of) in enumerate((("ms", _milliseconds), ("peak, MiB", _mebibytes))):
            axis = axes[row][column]
            for name in contenders(outcome):
                sizes, values = series(outcome, key, name, of)
                if len(sizes) > 1:
                    axis.loglog(sizes, values, "o-", markersize=3, label=f"{name}: {exponent(sizes, values):.2f}")
            if max(sizes_of(outcome, key)) < 100 * min(sizes_of(outcome, key)):
                _plain(axis.xaxis)
            axis.set_xlabel(key)
            axis.set_ylabel(label)
            axis.legend(fontsize=7, title="exponent", title_fontsize=7)
    return _svg(figure)


def series(outcome: Outcome, key: str, name: str, of: Any) -> tuple[list[float], list[float]]:
    """The sizes of what grows, and the figure at each."""
    found = [one for one in outcome.measured if one.setting["grows"] == key and one.key == name]
    return [float(one.setting[key]) for one in found], [of(one) for one in found]


def sizes_of(outcome: Outcome, key: str) -> list[float]:
    """All sizes of what grows."""
    return [float(one.setting[key]) for one in outcome.measured if one.setting["grows"] == key]


def _milliseconds(one: Measured) -> float:
    return 1000 * one.best


def _mebibytes(one: Measured) -> float:
    elements = int(one.setting["T"]) * int(one.setting["batch"]) * int(one.setting["width"])
    return (one.peak or 0.0) * elements / 2**20


def exponents(outcome: Outcome) -> list[list[str]]:
    """Rows: what grows, contender, exponent of time, exponent of memory."""
    rows = []
    for key in dict.fromkeys(str(one.setting["grows"]) for one in outcome.measured):
        for name in contenders(outcome):
            of_time, of_memory = (series(outcome, key, name, of) for of in (_milliseconds, _mebibytes))
            if len(of_time[0]) > 1:
                rows.append([key, name, f"{exponent(*of_time):.2f}", f"{exponent(*of_memory):.2f}"])
    return rows
