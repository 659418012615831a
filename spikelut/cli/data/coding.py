"""The codes of `spikelut.training` as commands call them, with time first."""

import numpy as np
from numpy.typing import NDArray

from spikelut.training.data.encoders import constant, latency, rate


def rate_code(intensity: NDArray[np.float64], steps: int) -> NDArray[np.uint8]:
    """`rate` [T, N, F]."""
    return rate(intensity, steps, axis=0)


def constant_code(intensity: NDArray[np.float64], bits: int) -> NDArray[np.uint8]:
    """`constant` [1, N, F]."""
    return constant(intensity, bits, axis=0)


def latency_code(intensity: NDArray[np.float64], steps: int) -> NDArray[np.uint8]:
    """`latency` [T, N, F]."""
    return latency(intensity, steps, axis=0)
