"""The benchmark of `fit` runs."""

from training_overhead import measured


def test_the_benchmark_runs() -> None:
    found = measured((12, 6, 3), 4, updates=5)
    assert found["bare"] > 0
    assert found["fit"] > 0
    assert abs(1 + found["overhead"] - found["fit"] / found["bare"]) < 0.01
