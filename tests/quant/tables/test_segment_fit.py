"""The staircase fits against brute force over every breakpoint and value, and against single moves on long curves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations_with_replacement, pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from spikelut import hw_profiles
from spikelut.hw_profiles import Fit
from spikelut.quant import SegmentTable, Table
from spikelut.quant.tables.segments_fit import fit_least_squares, fit_minimax
from spikelut.surrogates import Arctan

Floats = NDArray[np.float64]
Codes = tuple[int, int]
# The error of a whole staircase from the errors curve - value of its points.
Objective = Callable[[Floats], float]
# What the sums of squares behind the fits and a bisection may be off by.
SLACK = 1e-9


def largest(error: Floats) -> float:
    return float(np.abs(error).max(initial=0.0))


def weighted(weights: Floats) -> Objective:
    return lambda error: float((weights * error**2).sum())


def staircase(n: int, breakpoints: list[int], values: list[int], value_step: float) -> Floats:
    stairs = np.empty(n)
    for (a, b), v in zip(pairwise([0, *breakpoints, n]), values, strict=True):
        stairs[a:b] = v * value_step
    return stairs


def well_formed(n: int, pieces: int, codes: Codes, breakpoints: list[int], values: list[int]) -> None:
    assert len(breakpoints) == pieces - 1
    assert len(values) == pieces
    assert [0, *breakpoints, n] == sorted([0, *breakpoints, n])
    assert all(type(v) is int and codes[0] <= v <= codes[1] for v in values)


def brute_force(curve: Floats, pieces: int, value_step: float, codes: Codes, weights: Floats | None) -> float:
    """The smallest largest error, or weighted sum of squares, of all staircases."""
    n = len(curve)
    # Pieces do not influence each other, so each takes its best value.
    best = np.zeros((n + 1, n + 1))
    steps = np.arange(codes[0], codes[1] + 1) * value_step
    for a in range(n):
        for b in range(a + 1, n + 1):
            error = curve[a:b] - steps[:, None]
            if weights is None:
                best[a, b] = np.abs(error).max(axis=1).min()
            else:
                best[a, b] = (weights[a:b] * error**2).sum(axis=1).min()
    join = max if weights is None else sum
    return min(
        float(join([best[a, b] for a, b in pairwise([0, *cut, n])]))
        for cut in combinations_with_replacement(range(n + 1), pieces - 1)
    )


@st.composite
def small_problems(draw: st.DrawFn) -> tuple[Floats, Floats, int, float, Codes]:
    """Curve, weights, pieces, value step, codes; multiples of 1/8, so that ties are exact."""
    codes = (draw(st.integers(-4, 0)), draw(st.integers(0, 6)))
    step = draw(st.sampled_from([0.125, 0.5, 1.0, 2.0]))
    # Up to a step beyond the codes, as a rounded peak is.
    reach = round(8 * step * (1 + max(-codes[0], codes[1])))
    curve = draw(st.lists(st.integers(-reach, reach).map(lambda v: v / 8), min_size=1, max_size=9))
    weights = draw(st.lists(st.integers(0, 5), min_size=len(curve), max_size=len(curve)))
    return np.array(curve), np.array(weights, np.float64), draw(st.integers(2, 3)), step, codes


@settings(deadline=None)  # the machine may be busy
@given(small_problems())
def test_minimax_is_the_best_of_all_staircases(problem: tuple[Floats, Floats, int, float, Codes]) -> None:
    curve, _, pieces, value_step, codes = problem
    breakpoints, values = fit_minimax(curve, pieces, value_step, codes)
    well_formed(len(curve), pieces, codes, breakpoints, values)
    error = largest(curve - staircase(len(curve), breakpoints, values, value_step))
    assert error == pytest.approx(brute_force(curve, pieces, value_step, codes, None), abs=SLACK)


@settings(deadline=None)
@given(small_problems())
def test_least_squares_is_the_best_of_all_staircases(problem: tuple[Floats, Floats, int, float, Codes]) -> None:
    curve, weights, pieces, value_step, codes = problem
    breakpoints, values = fit_least_squares(curve, weights, pieces, value_step, codes)
    well_formed(len(curve), pieces, codes, breakpoints, values)
    error = weighted(weights)(curve - staircase(len(curve), breakpoints, values, value_step))
    assert error == pytest.approx(brute_force(curve, pieces, value_step, codes, weights), abs=SLACK)


def long_curves() -> Iterator[tuple[str, Floats, Floats]]:
    """Name, curve, weights; longer than the 512 candidates of the least-squares fit."""
    x = np.linspace(-2, 2, 3001)
    random = np.random.default_rng(5)
    bell, histogram = 1 / (1 + (2 * x) ** 2), np.exp(-((x + 0.3) ** 2))
    yield "bell", bell, np.ones_like(x)
    yield "weighted bell", bell, histogram
    yield "triangle", np.maximum(0, 1 - np.abs(x)), histogram
    yield "box", (np.abs(x) < 0.617).astype(np.float64), np.ones_like(x)
    yield "two signs", np.sin(3 * x) * np.exp(-np.abs(x)), np.ones_like(x)
    yield "noise", np.cumsum(random.normal(size=700)) / 20, random.uniform(size=700)


LONG = [pytest.param(curve, weights, id=name) for name, curve, weights in long_curves()]


def neighbours(
    n: int, codes: Codes, breakpoints: list[int], values: list[int]
) -> Iterator[tuple[list[int], list[int]]]:
    """All staircases with one breakpoint or one value moved by one."""
    for j, step in ((j, step) for j in range(len(breakpoints)) for step in (-1, 1)):
        moved = [*breakpoints[:j], breakpoints[j] + step, *breakpoints[j + 1 :]]
        if [0, *moved, n] == sorted([0, *moved, n]):
            yield moved, values
    for j, step in ((j, step) for j in range(len(values)) for step in (-1, 1)):
        if codes[0] <= values[j] + step <= codes[1]:
            yield breakpoints, [*values[:j], values[j] + step, *values[j + 1 :]]


@pytest.mark.parametrize(("curve", "weights"), LONG)
@pytest.mark.parametrize(
    ("pieces", "value_step", "codes"), [(5, 1 / 8, (-16, 15)), (4, 1 / 64, (0, 127)), (7, 0.3, (-2, 2))]
)
def test_no_single_move_is_better(curve: Floats, weights: Floats, pieces: int, value_step: float, codes: Codes) -> None:
    fits = (
        (fit_minimax(curve, pieces, value_step, codes), largest),
        (fit_least_squares(curve, weights, pieces, value_step, codes), weighted(weights)),
    )
    for (breakpoints, values), objective in fits:
        well_formed(len(curve), pieces, codes, breakpoints, values)
        reached = objective(curve - staircase(len(curve), breakpoints, values, value_step))
        for other in neighbours(len(curve), codes, breakpoints, values):
            assert objective(curve - staircase(len(curve), *other, value_step)) >= reached - SLACK
    # Each is at least as good as the other in what it optimises.
    for (own, objective), (foreign, _) in ((fits[0], fits[1]), (fits[1], fits[0])):
        mine, theirs = (objective(curve - staircase(len(curve), *fit, value_step)) for fit in (own, foreign))
        assert mine <= theirs + SLACK


@pytest.mark.parametrize("value", [0.0, 0.75, -0.5])
@pytest.mark.parametrize("pieces", [2, 5])
def test_constant_curve(value: float, pieces: int) -> None:
    curve = np.full(40, value)
    for breakpoints, values in (
        fit_minimax(curve, pieces, 0.25, (-4, 4)),
        fit_least_squares(curve, np.ones(40), pieces, 0.25, (-4, 4)),
    ):
        well_formed(40, pieces, (-4, 4), breakpoints, values)
        assert (staircase(40, breakpoints, values, 0.25) == value).all()


BEYOND = [([-9.0, -9.0, 0.2, 0.2, 9.0], 1.0, (-2, 3)), ([0.25], 0.125, (0, 0)), ([5.0, 6.0, 5.5], 0.5, (-1, 2))]


@pytest.mark.parametrize(("points", "value_step", "codes"), BEYOND)
def test_curve_beyond_the_codes(points: list[float], value_step: float, codes: Codes) -> None:
    curve, ones = np.array(points), np.ones(len(points))
    fit = fit_least_squares(curve, ones, 3, value_step, codes)
    error = weighted(ones)(curve - staircase(len(curve), *fit, value_step))
    assert error == pytest.approx(brute_force(curve, 3, value_step, codes, ones), abs=SLACK)
    fit = fit_minimax(curve, 3, value_step, codes)
    error = largest(curve - staircase(len(curve), *fit, value_step))
    assert error == pytest.approx(brute_force(curve, 3, value_step, codes, None), abs=SLACK)


@pytest.mark.parametrize("pieces", [3, 4, 9])
def test_more_pieces_than_needed_are_empty(pieces: int) -> None:
    curve = np.repeat([0.0, 1.0, 0.5], [5, 2, 4])
    for breakpoints, values in (
        fit_minimax(curve, pieces, 0.5, (0, 3)),
        fit_least_squares(curve, np.ones(11), pieces, 0.5, (0, 3)),
    ):
        well_formed(11, pieces, (0, 3), breakpoints, values)
        assert (staircase(11, breakpoints, values, 0.5) == curve).all()


def test_more_pieces_than_points() -> None:
    curve = np.array([1.0, 3.0])
    for breakpoints, values in (
        fit_minimax(curve, 5, 1.0, (0, 3)),
        fit_least_squares(curve, np.ones(2), 5, 1.0, (0, 3)),
    ):
        well_formed(2, 5, (0, 3), breakpoints, values)
        assert (staircase(2, breakpoints, values, 1.0) == curve).all()


@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
@pytest.mark.parametrize("fit", ["minimax", "least_squares"])
@pytest.mark.parametrize(("step", "stride"), [(2.0**-11, 1), (2.0**-15, 2)])
def test_segments_of_a_table_are_the_fit(fit: Fit, step: float, stride: int) -> None:
    profile = hw_profiles.load("reckon")
    profile = replace(
        profile,
        memory=None,
        table=replace(profile.table, breakpoint_bits=24),
        table_fill=replace(profile.table_fill, low=-1.0, high=3.0, fit=fit),
    )
    table = Table.from_surrogate(Arctan(alpha=1.3), profile, step)
    assert isinstance(table, SegmentTable)
    # Of more than 65536 codes every second, third, ... is fitted.
    codes = np.arange(-1 / step, 3 / step, stride)
    curve = Arctan(alpha=1.3).surrogate_grad(torch.from_numpy(codes * step)).numpy()
    rest = (profile.table.entries, table.value.step, (table.value.min_code, table.value.max_code))
    breaks, values = fit_minimax(curve, *rest) if fit == "minimax" else fit_least_squares(curve, curve * 0 + 1, *rest)
    assert list(table.breakpoints) == [int(codes[b]) for b in breaks]
    assert table.codes.tolist() == values
