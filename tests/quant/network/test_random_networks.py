"""A few of the random networks of `make test-random`: torch on both backends, NumPy, onnxruntime and C agree."""

from pathlib import Path

import pytest
from random_comparison import NAMES, compared


@pytest.mark.parametrize("first", range(len(NAMES)), ids=NAMES)
def test_random_networks(first: int, tmp_path: Path) -> None:
    total = nonzero = 0
    for seed in range(first, 10 * len(NAMES), len(NAMES)):
        count = compared(seed, tmp_path, others=seed == first)
        assert count.wrong == 0, (seed, count.different)
        total, nonzero = total + count.compared, nonzero + count.nonzero
    assert nonzero > 0.01 * total > 0
