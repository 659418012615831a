"""What `spikelut sweep` chooses and recommends: fronts, networks to train, sentences, rows."""

import csv
import io
import math
from typing import Any

import numpy as np
import pytest

from spikelut import hw_profiles
from spikelut.cli.shared.errors import UserError
from spikelut.cli.sweep.choice import choose, percent, recommend
from spikelut.cli.sweep.grid import Configuration
from spikelut.cli.sweep.pointwise import Pointwise, measures
from spikelut.cli.sweep.report import points
from spikelut.cli.sweep.results import Curve, Result, encoded, rows
from spikelut.quant import compare
from spikelut.surrogates import Arctan

LOIHI = hw_profiles.load("loihi2")


def result(entries: int, bits: int, kept: float, *accuracy: float) -> Result:
    """A table of LOIHI that keeps `kept`, and its networks with seeds 0, 1, ..."""
    configuration = Configuration("loihi2", "arctan", LOIHI.with_table(entries=entries, value_bits=bits))
    found = {"bits": entries * bits, "kept": kept, "cosine": 1.0}
    return Result(configuration, found, dict(enumerate(accuracy)))


def curve(*results: Result) -> Curve:
    return Curve("loihi2", "arctan", "Loihi 2", list(results))


def shapes(results: list[Result]) -> list[str]:
    return [r.configuration.shape for r in results]


LADDER = curve(
    result(64, 5, 0.992),  # 320 bits
    result(16, 5, 0.95),  # 80
    result(16, 6, 0.94),  # 96: more memory for less
    result(32, 5, 0.98),  # 160
    result(16, 10, 0.985),  # 160, and better
    result(128, 5, 0.992),  # 640 for nothing
    result(256, 5, 0.999),  # 1280
)


def test_the_front_is_what_nothing_of_as_little_memory_surpasses() -> None:
    assert shapes(LADDER.error_front) == ["16x5", "16x10", "64x5", "256x5"]


def test_the_accuracy_front_is_of_means_over_seeds() -> None:
    trained = curve(
        result(16, 4, 0.9, 0.80, 0.90),
        result(16, 8, 0.9, 0.86, 0.82),
        result(64, 8, 0.9, 0.86, 0.90),
        result(8, 3, 0.5),
    )
    assert shapes(trained.accuracy_front) == ["16x4", "64x8"]
    assert shapes(trained.trained) == ["16x4", "16x8", "64x8"]


def test_kept_is_one_less_the_squared_error_by_the_squared_curve() -> None:
    comparison = compare(Arctan(alpha=2.0), LOIHI)
    found = measures(comparison)
    expected = 1 - np.square(comparison.table - comparison.analytic).sum() / np.square(comparison.analytic).sum()
    assert found["kept"] == pytest.approx(expected, abs=1e-12)  # sums of a million doubles in another order
    # The same, from the numbers every comparison has: the mean squared error by the mean square of the curve.
    assert found["kept"] == pytest.approx(1 - comparison.rmse**2 / np.mean(comparison.analytic**2), abs=1e-12)
    assert comparison.measures().items() <= found.items()
    assert Pointwise("arctan:alpha=2", LOIHI).run()["kept"] == found["kept"]


def test_pointwise_measures_are_plain_data() -> None:
    found = Pointwise("arctan", hw_profiles.load("reckon")).run()
    assert found["bits"] == 89
    assert all(value is None or isinstance(value, int | float | str) for value in found.values())
    assert not any(isinstance(value, float) and math.isnan(value) for value in found.values())


def test_a_curve_that_does_not_fit_is_refused_with_the_reason() -> None:
    profile = hw_profiles.load("spinnaker1")
    found = Pointwise("sigmoid:alpha=100", profile).run()
    assert found.keys() == {"refused"}
    assert "alpha <= 63.99 fits" in found["refused"]


def test_networks_are_spread_over_the_front_with_the_recommended_one() -> None:
    def chosen(rule: str, most: int, keep: float = 0.99, seeds: int = 1) -> list[str]:
        return shapes([r for _, r in choose([LADDER], rule, keep, seeds, most)])

    assert chosen("pareto", 9) == ["16x5", "16x10", "64x5", "256x5"]
    assert chosen("pareto", 2, keep=0.95) == ["16x5", "256x5"]
    assert chosen("pareto", 3) == ["16x5", "64x5", "256x5"]
    assert chosen("pareto", 3, keep=0.985) == ["16x5", "16x10", "256x5"]
    assert chosen("pareto", 5, seeds=5) == ["64x5"]
    assert chosen("pareto", 1, keep=0.99999) == ["256x5"]  # nothing keeps that; this keeps the most
    assert chosen("none", 1) == []
    assert chosen("16x6,64x5", 2) == ["64x5", "16x6"]
    assert len(chosen("all", 21, seeds=3)) == 7


def test_each_curve_has_its_share() -> None:
    assert len(choose([LADDER, LADDER], "pareto", 0.99, 2, 8)) == 4


@pytest.mark.parametrize(
    ("rule", "most", "seeds", "message"),
    [
        ("pareto", 1, 2, "max-networks must be at least 2, a table for each curve and seed, got 1"),
        ("all", 20, 3, "max-networks must be at least 21 for 7 tables with 3 seeds, got 20"),
        ("best", 9, 1, "train must be pareto, all, none or shapes of the grid as 64x5, got 'best'"),
        ("64x6", 9, 1, "train must be"),
    ],
)
def test_choices_that_cannot_be(rule: str, most: int, seeds: int, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        choose([LADDER], rule, 0.99, seeds, most)


def test_recommendation_without_networks() -> None:
    found = recommend(LADDER, 0.99, 0.5)
    assert found["text"] == "arctan on Loihi 2: 64 entries of 5 bits keep 99.2 % of the gradient"
    assert (found["entries"], found["value_bits"], found["bits"], found["reached"]) == (64, 5, 320, True)
    assert found["accuracy"] is found["minus_analytic"] is found["trained"] is None


def test_recommendation_where_nothing_keeps_enough() -> None:
    found = recommend(LADDER, 0.9999, 0.5)
    assert not found["reached"]
    assert found["text"] == (
        "arctan on Loihi 2: nothing on the grid keeps 99.99 % of the gradient; "
        "the most, 99.9 %, is kept by 256 entries of 5 bits"
    )


def test_the_smallest_trained_table_is_compared_seed_by_seed() -> None:
    of = curve(result(64, 5, 0.992, 0.85, 0.87), result(16, 5, 0.95, 0.845, 0.866), result(8, 5, 0.9, 0.70, 0.99))
    assert recommend(of, 0.99, 0.5)["trained"] is None  # no analytic gradient to compare with
    of.analytic = {0: 0.85, 1: 0.87}
    found = recommend(of, 0.99, 0.5)
    # The mean of 16x5 is 0.45 points below; that of 8x5 is 1.5 points below, though one seed is far above.
    assert (found["trained"]["entries"], found["trained"]["value_bits"]) == (16, 5)
    assert found["trained"]["minus_analytic"]["mean"] == pytest.approx(-0.0045, abs=1e-12)
    # Two differences of -0.005 and -0.004: t(0.975; 1) = 12.7062, s / sqrt(2) = 0.0005.
    assert found["trained"]["minus_analytic"]["half"] == pytest.approx(12.7062 * 0.0005, rel=1e-5)
    assert recommend(of, 0.99, 0.44)["trained"]["entries"] == 64
    assert found["accuracy"] == {"mean": pytest.approx(0.86), "half": pytest.approx(12.7062 * 0.01, rel=1e-5)}


def test_percent_never_rounds_up() -> None:
    assert percent(0.99999) == "99.99 %"
    assert percent(1.0) == "100 %"
    assert percent(0.5) == "50 %"
    assert points({"mean": 0.8765, "half": None}) == "87.65"
    assert points({"mean": 0.001, "half": 0.0002}, signed=True) == "+0.10 ± 0.02"
    assert points(None) == "-"


def test_rows() -> None:
    of = curve(result(64, 5, 0.992, 0.85, 0.87), result(8, 5, 0.9))
    of.analytic, of.floats = {0: 0.86, 1: 0.87}, {1: 0.9}
    first, second = rows([of], [0, 1])
    expected: dict[str, Any] = {
        "profile": "loihi2",
        "entries": 64,
        "value_bits": 5,
        "rounding": "half_even",
        "bits": 320,
        "error_front": True,
        "accuracy_front": True,
        "accuracy_seed_1": 0.87,
        "analytic_seed_0": 0.86,
        "float_seed_0": None,
        "float_seed_1": 0.9,
    }
    assert first.items() >= expected.items()
    assert first["accuracy"] == pytest.approx(0.86)
    assert first["minus_analytic"] == pytest.approx(-0.005)
    assert second["accuracy"] is second["accuracy_front"] is second["accuracy_seed_0"] is None
    read = list(csv.DictReader(io.StringIO(encoded([first, second], "a.csv").decode())))
    assert [row["entries"] for row in read] == ["64", "8"]
    assert float(read[0]["accuracy_seed_1"]) == 0.87
    assert read[1]["accuracy"] == ""


def test_parquet() -> None:
    table = rows([curve(result(64, 5, 0.992, 0.85), result(8, 5, 0.9))], [0])
    try:
        import pyarrow.parquet
    except ImportError:
        with pytest.raises(UserError, match=r"^pyarrow is needed for results in \.parquet; run: pip install pyarrow$"):
            encoded(table, "a.parquet")
    else:
        read = pyarrow.parquet.read_table(io.BytesIO(encoded(table, "a.parquet"))).to_pylist()
        assert read == table
