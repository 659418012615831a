"""Reading the recorded vectors in golden/."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@cache
def vectors(name: str) -> dict[str, Ints]:
    """All arrays of numbers of a file as int64."""
    with np.load(Path(__file__).parents[2] / "golden" / f"{name}.npz") as file:
        return {key: file[key].astype(np.int64) for key in file.files if file[key].dtype.kind in "biu"}


def numbered(name: str, count: str, letter: str) -> Iterator[dict[str, Ints]]:
    """The arrays of each configuration of a file, by their names without the number."""
    data = vectors(name)
    assert data[count] > 0
    for i in range(int(data[count])):
        prefix = f"{letter}{i}_"
        yield {key.removeprefix(prefix): a for key, a in data.items() if key.startswith(prefix)}


def scale_of(bits: Ints) -> float:
    """A float32 from its bit pattern."""
    return float(bits.astype(np.int32).view(np.float32))


COUNTS: dict[str, list[int]] = {}
"""Per file, how many values were compared with recorded ones, how many of these are not zero, and how many differed."""


def count(name: str, compared: int, nonzero: int, wrong: int) -> None:
    """Add to what the summary says of a file."""
    COUNTS[name] = [a + b for a, b in zip(COUNTS.get(name, [0, 0, 0]), (compared, nonzero, wrong), strict=True)]


def different(name: str, actual: object, expected: Ints) -> int:
    """How many values differ from those recorded in a file; counted for the summary. Both have the same shape."""
    found = np.asarray(actual)
    assert found.shape == np.shape(expected)
    wrong = int((found != expected).sum())
    count(name, int(np.size(expected)), int(np.count_nonzero(expected)), wrong)
    return wrong
