"""What the numbers of a data set are, as the options of commands say it, and their axes as networks take them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.training.data import reading
from spikelut.training.data.reading import EVENTS as EVENTS
from spikelut.training.data.reading import IMAGES as IMAGES
from spikelut.training.data.reading import Meaning, Words, whole

MOST_COUNT = 255
"""What the integer dialect, which every run exports, holds as a count."""
OPTIONS = Words("--events", "--images")


def meaning(name: str, x: NDArray[Any], events: bool | None) -> Meaning:
    """What `x` is; see `spikelut.training.data.reading.meaning`."""
    return reading.meaning(name, x, events, OPTIONS)


def event_counts(name: str, x: NDArray[Any], *, convolved: bool) -> NDArray[np.uint8]:
    """Events [N, T, ...] as counts [T, N, F], or [T, N, C, H, W] for convolutions. Raises ValueError."""
    require(whole(x), name, "x must be whole numbers to be event counts; images are --images", "others")
    largest = int(x.max())
    require(largest <= MOST_COUNT, name, f"x must be event counts of at most {MOST_COUNT} in a step", largest)
    message = f"x must be events [N, T, C, H, W] or images {IMAGES} (--images) for convolutions"
    require(not convolved or x.ndim == 5, name, message, x.shape)
    counts = np.moveaxis(x, 0, 1).astype(np.uint8)
    return np.ascontiguousarray(counts if convolved else counts.reshape(*counts.shape[:2], -1))


def images(name: str, x: NDArray[Any], *, convolved: bool) -> tuple[int, ...]:
    """What follows time and samples in the events that images become, C, H, W or one number. Raises ValueError."""
    require(not convolved or x.ndim > 2, name, f"x must be images {IMAGES} for convolutions", x.shape)
    if not convolved:
        return (int(np.prod(x.shape[1:])),)
    return (1, *x.shape[1:]) if x.ndim == 3 else x.shape[1:]
