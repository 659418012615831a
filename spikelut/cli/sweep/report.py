"""What a sweep says in the end: sweep.json, sweep.html, and a table on the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from spikelut import __version__
from spikelut._html import render
from spikelut.cli.shared.console import columns, say_written
from spikelut.cli.sweep.choice import ACCURATE, described, interval_data, percent, recommend
from spikelut.cli.sweep.figures import figures
from spikelut.cli.sweep.options import Plan
from spikelut.cli.sweep.pointwise import KEPT
from spikelut.cli.sweep.results import Curve, interval
from spikelut.cli.sweep.smallest import LAYERS_ARE, sentences
from spikelut.export import write_whole


def summary(
    plan: Plan,
    curves: Sequence[Curve],
    left_out: Counter[tuple[str, str]],
    failed: Mapping[str, str],
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """All that sweep.json says, plain data."""
    options = plan.options
    return {
        "command": options.command,
        "spikelut": __version__,
        "kept_is": KEPT,
        "accurate_is": ACCURATE.format(loss=options.loss),
        "keep": options.keep,
        "loss": options.loss,
        "counts": dict(counts),
        "training": {"data": options.data, "seeds": list(plan.seeds), "samples": options.samples, **plan.changes},
        "recommendations": [recommend(curve, options.keep, options.loss) for curve in curves],
        "curves": [_curve_data(curve) for curve in curves],
        "left_out": [{"profile": p, "reason": why, "tables": n} for (p, why), n in sorted(left_out.items())],
        "failed": dict(failed),
    }


def _curve_data(curve: Curve) -> dict[str, Any]:
    """A curve with what was trained of it, by memory."""
    best = {id(result) for result in curve.accuracy_front}
    trained = sorted(curve.trained, key=lambda result: (result.bits, result.kept))
    return {
        "profile": curve.profile,
        "title": curve.title,
        "surrogate": curve.surrogate,
        "tables": len(curve.results),
        "analytic": interval_data(interval(curve.analytic.values())),
        "float": interval_data(interval(curve.floats.values())),
        "trained": [{**described(curve, result), "front": id(result) in best} for result in trained],
    }


def write_report(path: Path, found: dict[str, Any], curves: Sequence[Curve]) -> None:
    """Write the page of a sweep whose sweep.json is `found`."""
    drawn = figures(curves, found["keep"])
    several = len({table["rounding"] for curve in found["curves"] for table in curve["trained"]}) > 1
    searched = sentences(found["recommendations"], found["loss"])
    more = {
        "searched": searched,
        "layers_are": LAYERS_ARE,
        "percent": percent,
        "points": points,
        "several_roundings": several,
    }
    write_whole(path, render("spikelut.cli.sweep", "sweep.html.jinja", sweep=found, figures=drawn, **more))


def print_summary(console: Console, found: dict[str, Any]) -> None:
    """The recommendations, what was left out or failed, and where the report is."""
    title = f"The smallest tables that keep {percent(found['keep'])} of the gradient"
    table = columns(("surrogate", "profile"), ("table", "bits", "kept", "accuracy, %", "minus analytic"), title)
    for entry in found["recommendations"]:
        kept = percent(entry["kept"]) if entry["reached"] else f"only {percent(entry['kept'])}"
        accuracy, difference = points(entry["accuracy"]), points(entry["minus_analytic"], signed=True)
        shape = f"{entry['entries']} x {entry['value_bits']}"
        table.add_row(entry["surrogate"], entry["profile"], shape, f"{entry['bits']:,}", kept, accuracy, difference)
    console.print(table)
    for entry in found["recommendations"]:
        if (small := entry["trained"]) is not None:
            who, loss = (
                f"{entry['surrogate']}, {entry['profile']}",
                f"{found['loss']:g} points of the analytic gradient",
            )
            shape = f"{small['entries']} x {small['value_bits']}, {small['bits']} bits"
            console.print(f"{who}: the smallest trained table within {loss} is {shape}")
    for line in sentences(found["recommendations"], found["loss"]):
        console.print(line, soft_wrap=True)
    for entry in found["left_out"]:
        console.print(f"left out on {entry['profile']}: {entry['tables']} tables, {entry['reason']}")
    for name, why in found["failed"].items():
        console.print(f"failed: {name}: {why}")
    console.print(f"kept: {found['kept_is']}")
    say_written(console, found["files"])


def points(mean: Mapping[str, float | None] | None, *, signed: bool = False) -> str:
    """A mean share in points, with half the width of its interval; a dash of none."""
    if mean is None or mean["mean"] is None:
        return "-"
    value = f"{100 * mean['mean']:{'+' if signed else ''}.2f}"
    return value if mean["half"] is None else f"{value} ± {100 * mean['half']:.2f}"
