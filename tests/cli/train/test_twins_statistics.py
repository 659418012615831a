"""The statistics of twin runs."""

import math

import numpy as np
import pytest

from spikelut.cli.train.loop import Epoch
from spikelut.cli.train.twins_report import plot_twins
from spikelut.cli.train.twins_statistics import Interval, Twin, intervals, summary

VARIANTS = ("table", "analytic", "control")


def test_intervals_are_those_of_student() -> None:
    # t(0.975; 1) = 12.7062, t(0.975; 2) = 4.30265: any table of the distribution, to its six digits.
    assert Interval.of([1.0, 2.0]).half == pytest.approx(12.7062 * math.sqrt(0.5) / math.sqrt(2), rel=1e-5)
    found = Interval.of([1.0, 2.0, 6.0])
    assert found.mean == 3.0
    assert found.half == pytest.approx(4.30265 * math.sqrt(7) / math.sqrt(3), rel=1e-5)
    assert Interval.of([0.25]) == Interval(0.25, None)
    assert Interval(0.25, None).text() == "25.00"
    assert Interval(0.25, 0.012).text(1, 3) == "0.250 ± 0.012"
    mean, half = intervals(np.array([[1.0, 5.0], [2.0, 5.0]]))
    assert mean.tolist() == [1.5, 5.0]
    assert half is not None
    assert half[1] == 0.0


def made(seed: int, variant: str, accuracy: float, cosine: float) -> Twin:
    layers = [("a", 1.0), ("b", cosine)]
    gradients = [
        {"epoch": e, "layer": name, "cosine": c * e / 2, "norm_ratio": None, "sign_agreement": 0.5}
        for e in (1, 2)
        for name, c in layers
    ]
    epochs = [Epoch(2.0, 0.5, 0.1), Epoch(1.0 + seed, 0.5, accuracy)]
    return Twin(
        seed, variant, epochs, [] if variant == "analytic" else gradients, 1.0, {"synaptic_events": 10.0 + seed}
    )


def test_a_summary_of_twins() -> None:
    numbers = {"table": ((0.90, 0.99), (0.94, 0.98)), "analytic": ((0.91, 0), (0.95, 0)), "control": ((0.5, 0.2),) * 2}
    twins = [made(seed, v, *numbers[v][seed]) for v in reversed(VARIANTS) for seed in (1, 0)]
    found = summary(twins)
    assert found["seeds"] == [0, 1]
    assert found["accuracy"]["table"]["values"] == [0.90, 0.94]
    assert found["loss"]["control"]["mean"] == 1.5
    difference = found["accuracy_difference"]["table - analytic"]
    assert difference["mean"] == pytest.approx(-0.01, abs=1e-15)
    assert difference["half"] == pytest.approx(0, abs=1e-15)  # paired: what the seeds have in common is no spread
    assert found["lowest_cosine"]["table"]["mean"] == pytest.approx(0.985, abs=1e-15)
    assert found["gradients"]["table"]["a"]["cosine"] == {"mean": 1.0, "half": 0.0}
    assert found["gradients"]["table"]["a"]["norm_ratio"] is None
    # Around differences of -0.42 and -0.785 the intervals are 12.7 * 0.02 and 12.7 * 0.005 wide on either side.
    assert found["noticed"] == {"cosine": True, "accuracy": True}
    figure = plot_twins(twins)
    lines = [[line.get_ydata() for line in axes.get_lines()] for axes in figure.axes]
    assert [len(found) for found in lines] == [3, 3, 2]
    assert np.asarray(lines[1][0]) == pytest.approx([10.0, 92.0])
    assert [len(axes.collections) for axes in figure.axes] == [3, 3, 2]


@pytest.mark.parametrize(("low", "high", "noticed"), [(0.5, 0.9, False), (0.95, 0.95, False), (0.4, 0.41, True)])
def test_a_control_is_noticed_if_it_differs_beyond_chance(low: float, high: float, noticed: bool) -> None:
    twins = [made(seed, v, 0.93, 0.99) for v in ("table", "analytic") for seed in (0, 1)]
    twins += [made(0, "control", low, low), made(1, "control", high, high)]
    assert summary(twins)["noticed"]["accuracy"] is noticed


def test_one_seed_has_no_interval() -> None:
    found = summary([made(0, v, a, a) for v, a in zip(VARIANTS, (0.9, 0.9, 0.4), strict=True)])
    assert found["accuracy"]["table"]["half"] is None
    assert found["noticed"] == {"cosine": True, "accuracy": True}
