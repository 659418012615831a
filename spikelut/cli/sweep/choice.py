"""Which configurations of a sweep become networks, and which one is recommended."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from spikelut.cli.sweep.results import Curve, Result
from spikelut.cli.train.twins_statistics import Interval

ACCURATE = "its mean test accuracy is at most {loss:g} points below that with the analytic gradient, same seeds"
"""When a trained table is as good as the curve."""


def choose(curves: Sequence[Curve], rule: str, keep: float, seeds: int, most: int) -> list[tuple[Curve, Result]]:
    """What to train, of at most `most` networks with tables.

    - `rule`: `none`; `all`; shapes as `64x5,128x7`; or `pareto`: of the best in error against memory the cheapest that
      keeps `keep`, and others evenly spread, as many for each curve as `most` allows.

    Raises ValueError for another rule, for a shape that is not on the grid, or if `most` is too few.
    """
    if rule == "none" or not curves:
        return []
    if rule == "pareto":
        each = most // (len(curves) * seeds)
        if each < 1:
            needed = len(curves) * seeds
            raise ValueError(f"max-networks must be at least {needed}, a table for each curve and seed, got {most}")
        return [(curve, result) for curve in curves for result in _spread(curve, keep, each)]
    chosen = [(curve, result) for curve in curves for result in _named(curve, rule)]
    if len(chosen) * seeds > most:
        count = f"{len(chosen)} tables with {seeds} seeds"
        raise ValueError(f"max-networks must be at least {len(chosen) * seeds} for {count}, got {most}")
    if not chosen:
        raise ValueError(f"train must be pareto, all, none or shapes of the grid as 64x5, got {rule!r}")
    return chosen


def _named(curve: Curve, rule: str) -> list[Result]:
    shapes = {part.strip() for part in rule.split(",")}
    return [result for result in curve.results if rule == "all" or result.configuration.shape in shapes]


def _spread(curve: Curve, keep: float, count: int) -> list[Result]:
    """`count` of the front, evenly spread, the cheapest that keeps `keep` among them."""
    best = curve.error_front
    if len(best) <= count:
        return best
    first = next((i for i, result in enumerate(best) if result.kept >= keep), len(best) - 1)
    if count == 1:
        return [best[first]]
    places = [round(i * (len(best) - 1) / (count - 1)) for i in range(count)]
    nearest = min(range(count), key=lambda i: (abs(places[i] - first), i in (0, count - 1)))
    places[nearest] = first
    return [best[place] for place in sorted(set(places))]


def recommend(curve: Curve, keep: float, loss: float) -> dict[str, Any]:
    """The cheapest table that keeps `keep` of the gradient, else the one that keeps most, and its accuracy; the
    cheapest trained one within `loss` points of the analytic gradient under `trained`. Plain data."""
    best = curve.error_front
    found = next((result for result in best if result.kept >= keep), best[-1])
    accurate = [r for r in curve.trained if (d := curve.difference(r)) is not None and d.mean >= -loss / 100 - 1e-12]
    smallest = min(accurate, key=lambda result: (result.bits, -result.kept), default=None)
    return {
        "profile": curve.profile,
        "surrogate": curve.surrogate,
        "reached": found.kept >= keep,
        **described(curve, found),
        "text": _sentence(curve, found, keep),
        "trained": None if smallest is None else described(curve, smallest),
        "smallest": None if curve.smallest is None else curve.smallest.as_data(),
    }


def described(curve: Curve, result: Result) -> dict[str, Any]:
    """A table of a curve and what was found about it, plain data."""
    configuration = result.configuration
    return {
        "entries": configuration.entries,
        "value_bits": configuration.value_bits,
        "rounding": configuration.rounding,
        "kind": configuration.varied.table.kind,
        "bits": result.bits,
        "kept": result.kept,
        "cosine": result.measures["cosine"],
        "accuracy": interval_data(result.mean),
        "minus_analytic": interval_data(curve.difference(result)),
        "work": result.work,
    }


def interval_data(found: Interval | None) -> dict[str, Any] | None:
    """A mean as plain data."""
    return None if found is None else asdict(found)


def named(result: Result) -> str:
    """`64 entries of 5 bits`."""
    kind = "segments" if result.configuration.varied.table.kind == "segments" else "entries"
    return f"{result.configuration.entries} {kind} of {result.configuration.value_bits} bits"


def percent(share: float) -> str:
    """A share as percent, cut so that 99.996 % is not shown as all of it."""
    return f"{math.floor(share * 1e4) / 100:g} %"


def _sentence(curve: Curve, result: Result, keep: float) -> str:
    where = f"{curve.surrogate} on {curve.title}"
    if result.kept >= keep:
        return f"{where}: {named(result)} keep {percent(result.kept)} of the gradient"
    most = f"the most, {percent(result.kept)}, is kept by {named(result)}"
    return f"{where}: nothing on the grid keeps {percent(keep)} of the gradient; {most}"
