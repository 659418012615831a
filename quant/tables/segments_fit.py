"""Optimal staircases: a curve on a grid of codes replaced by a few constant pieces with integer values."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fit_minimax(curve: Floats, pieces: int, value_step: float, codes: tuple[int, int]) -> tuple[list[int], list[int]]:
    """Breakpoints and values with the smallest maximum error.

    `curve[i]` is replaced by `values[j] * value_step` for `breakpoints[j-1] <= i < breakpoints[j]`; the values are
    integers in `codes` (lowest, highest). Returns `pieces - 1` ascending breakpoints and `pieces` values. No other
    choice of integers has a smaller maximum error: an error is reachable if and only if the pieces that are each as
    long as it allows reach the end, and the smallest reachable one is found by bisection.
    """
    # Any code is within this distance of any point of the curve.
    low, high = 0.0, float(np.abs(curve).max()) + value_step * (1 + max(map(abs, codes)))
    for _ in range(60):
        middle = (low + high) / 2
        reached = _longest_pieces(curve, pieces, value_step, codes, middle) is not None
        low, high = (low, middle) if reached else (middle, high)
    ends = _longest_pieces(curve, pieces, value_step, codes, high)
    if ends is None:
        raise AssertionError("the bisection keeps its upper end reachable")
    # A curve that needs fewer pieces leaves empty ones at the end.
    breakpoints = [*ends[:-1], *[len(curve)] * (pieces - len(ends))]
    edges = [0, *breakpoints, len(curve)]
    values: list[int] = []
    for a, b in pairwise(edges):
        if a < b:
            middle = (curve[a:b].max() + curve[a:b].min()) / 2
            values.append(int(np.clip(np.rint(middle / value_step), *codes)))
        else:
            values.append(values[-1])
    return breakpoints, values


def _longest_pieces(
    curve: Floats, pieces: int, value_step: float, codes: tuple[int, int], error: float
) -> list[int] | None:
    """The ends of pieces each as long as the maximum `error` allows, or None if they do not reach the end."""
    ends: list[int] = []
    start = 0
    while start < len(curve):
        if len(ends) == pieces:
            return None
        lowest = np.ceil((np.maximum.accumulate(curve[start:]) - error) / value_step - 1e-9)
        highest = np.floor((np.minimum.accumulate(curve[start:]) + error) / value_step + 1e-9)
        fits = np.maximum(lowest, codes[0]) <= np.minimum(highest, codes[1])
        length = len(fits) if fits.all() else int(np.argmin(fits))
        if length == 0:
            return None
        start += length
        ends.append(start)
    return ends


def fit_least_squares(
    curve: Floats, weights: Floats, pieces: int, value_step: float, codes: tuple[int, int]
) -> tuple[list[int], list[int]]:
    """Breakpoints and values with the smallest weighted sum of squared errors; same results as `fit_minimax`.

    Dynamic programming over at most 513 candidate breakpoints, then each breakpoint is moved while that lowers the
    error, until no neighbouring breakpoint is better.
    """
    sums = [np.concatenate([[0.0], np.cumsum(weights * curve**k)]) for k in range(3)]

    def value(a: NDArray[np.int64] | int, b: NDArray[np.int64] | int) -> Floats:
        weight = np.maximum(sums[0][b] - sums[0][a], 1e-300)
        return np.asarray(np.clip(np.rint((sums[1][b] - sums[1][a]) / weight / value_step), *codes))

    def cost(a: NDArray[np.int64] | int, b: NDArray[np.int64] | int) -> Floats:
        v = value(a, b) * value_step
        moments = [s[b] - s[a] for s in sums]
        return np.asarray(moments[2] - 2 * v * moments[1] + v * v * moments[0])

    candidates = _candidates(curve)
    a, b = np.meshgrid(candidates, candidates, indexing="ij")
    table = np.where(a <= b, cost(np.minimum(a, b), b), np.inf)
    best, back = table[0], []
    for _ in range(pieces - 1):
        total = best[:, None] + table
        back.append(total.argmin(axis=0))
        best = total.min(axis=0)
    position, edges = len(candidates) - 1, [len(curve)]
    for choice in reversed(back):
        position = int(choice[position])
        edges.insert(0, int(candidates[position]))
    edges.insert(0, 0)
    w, wy, wyy = (s.tolist() for s in sums)

    def scalar_cost(a: int, b: int) -> float:
        # As `cost`, for one piece; NumPy's overhead on scalars would be most of the time.
        weight = max(w[b] - w[a], 1e-300)
        v = min(max(round((wy[b] - wy[a]) / weight / value_step), codes[0]), codes[1]) * value_step
        return float(wyy[b] - wyy[a] - 2 * v * (wy[b] - wy[a]) + v * v * (w[b] - w[a]))

    _polish(edges, scalar_cost)
    return edges[1:-1], [int(value(a, b)) for a, b in pairwise(edges)]


def _candidates(curve: Floats) -> NDArray[np.int64]:
    """Every place up to 512; of more a half evenly spaced, a half where the curve has changed by equal amounts."""
    if len(curve) <= 512:
        return np.arange(len(curve) + 1)
    change = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(curve)))])
    even, changing = np.linspace(0, len(curve), 257), np.linspace(0, change[-1], 256)
    return np.unique(np.concatenate([even, np.searchsorted(change, changing)]).astype(np.int64))


def _polish(edges: list[int], cost: Callable[[int, int], float]) -> None:
    """Move the inner `edges`, in place, by single codes and longer strides while the cost falls."""
    stride = max(1, edges[-1] // 512)
    while stride:
        moved = False
        for j in range(1, len(edges) - 1):
            left, right = edges[j - 1], edges[j + 1]
            here = cost(left, edges[j]) + cost(edges[j], right)
            for candidate in (edges[j] - stride, edges[j] + stride):
                if left <= candidate <= right and cost(left, candidate) + cost(candidate, right) < here:
                    edges[j], moved = candidate, True
                    break
        if not moved:
            stride //= 2
