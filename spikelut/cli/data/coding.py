"""Intensities in 0..1 as events."""

import numpy as np
from numpy.typing import NDArray


def rate_code(intensity: NDArray[np.float64], steps: int) -> NDArray[np.uint8]:
    """Evenly spaced spikes [T, N, F]: an intensity p gives round(p * T) of them, the same every time.

    The spike count up to step t is floor(p * t + 1/2).
    """
    spikes = np.empty((steps, *intensity.shape), np.uint8)
    before = np.zeros_like(intensity)
    for t in range(steps):
        count = np.floor(intensity * (t + 1) + 0.5)
        spikes[t], before = count - before, count
    return spikes


def constant_code(intensity: NDArray[np.float64], bits: int) -> NDArray[np.uint8]:
    """The same graded spike, or number of spikes, in every step, [1, N, F]: round(p * (2**bits - 1))."""
    counts: NDArray[np.uint8] = np.rint(intensity[None] * (2**bits - 1)).astype(np.uint8)
    return counts


def latency_code(intensity: NDArray[np.float64], steps: int) -> NDArray[np.uint8]:
    """One spike [T, N, F] each, in step round((1 - p) * (T - 1)): the larger, the earlier."""
    when = np.rint((1 - intensity) * (steps - 1)).astype(np.int64)
    spikes: NDArray[np.uint8] = (np.arange(steps)[:, None, None] == when).astype(np.uint8)
    return spikes
