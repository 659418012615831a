"""Firing rates of neurons, and how far two networks' are apart."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from spikelut._checks import require, shown


def rate_distance(rates: ArrayLike, others: ArrayLike) -> float:
    """The Earth Mover's distance of two distributions of firing rates, in spikes a step.

    The integral over r of |F(r) - G(r)|, where F(r) and G(r) are the shares of neurons whose rate is at most r: by how
    much a neuron's rate has to change, on average, for the two to be the same. If both have the same number of neurons,
    it is the mean difference of their sorted rates. It can tell a quantised network from the one in floats even if
    their accuracies are equal (Smith, Whitehill and Ganji, arXiv 2604.14487). `rates` [N] and `others` [M] are those of
    the neurons of a layer. Raises ValueError for another shape, no neurons, or NaN.

    ```pycon
    >>> training.rate_distance([0.0, 0.5, 1.0], [1.0, 0.5, 0.5])
    0.16666666666666666
    ```
    """
    try:
        found = [np.asarray(given, np.float64) for given in (rates, others)]
    except (TypeError, ValueError):
        raise ValueError(f"rate_distance: rates must be numbers [N], got {shown(rates)} and {shown(others)}") from None
    for name, given in zip(("rates", "others"), found, strict=True):
        fits = given.ndim == 1 and given.size > 0 and bool(np.isfinite(given).all())
        require(fits, "rate_distance", f"{name} must be numbers [N]", given.shape if given.ndim != 1 else given)
    ordered = np.sort(np.concatenate(found))
    shares = [np.searchsorted(np.sort(given), ordered[:-1], side="right") / given.size for given in found]
    return float(np.abs(shares[0] - shares[1]) @ np.diff(ordered))


def rates_of(spikes: Tensor) -> NDArray[np.float64]:
    """Spikes a step of each neuron [N], of spikes [T, B, ...]."""
    steps = spikes.shape[0] * spikes.shape[1]
    found: NDArray[np.float64] = spikes.sum((0, 1)).flatten().double().cpu().numpy() / steps
    return found
