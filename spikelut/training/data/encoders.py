"""Encoders: intensities and signals as event counts in time."""

from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import is_finite, require, require_int

Array = TypeVar("Array", NDArray[Any], Tensor)

MOST_STEPS = 2**16
MOST_EVENTS = 255
"""Of an input in a step, that a byte holds."""


def rate(x: Array, steps: int, *, axis: int = 1) -> Array:
    """Rate code: an intensity p in 0..1 becomes round(p T) evenly spaced spikes, without randomness.

    The number of spikes up to and including step t = 1..T is floor(p t + 1/2), which is at most half a spike away from
    p t. `x` [N, ...] becomes bytes [N, T, ...] for `axis=1`, [T, N, ...] for `axis=0`; tensors become tensors on their
    device. A sample [...] becomes [T, ...] with `axis=0`: `functools.partial(rate, steps=16, axis=0)` is a transform
    for the data sets of torch and tonic. Raises ValueError for values outside 0..1, and for T outside 1..65536.

    Source: error diffusion in one dimension, that is a first-order sigma-delta modulator of a constant; the spike
    counts are those of Rueckauer et al., Frontiers in Neuroscience 11:682 (2017), for neurons that subtract.

    ```pycon
    >>> training.rate(torch.tensor([[0.0, 0.25, 0.5, 1.0]]), 4)[0].T.tolist()
    [[0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]]
    ```
    """
    p: NDArray[np.float64] = _intensities("rate", x, axis)
    require_int("rate", "steps", steps, 1, MOST_STEPS)
    spikes = np.empty((steps, *p.shape), np.uint8)
    before = np.zeros_like(p)
    for t in range(steps):
        count = np.floor(p * (t + 1) + 0.5)
        spikes[t] = count - before
        before = count
    return _like(x, spikes, axis)


def latency(x: Array, steps: int, *, threshold: float = 0.0, axis: int = 1) -> Array:
    """Latency code: an intensity p in 0..1 becomes one spike in step round((1 - p) (T - 1)), counted from 0.

    Larger intensities spike earlier; halves go to the even step. Intensities below `threshold` do not spike. By
    default, even p = 0 spikes, in the last step. Axes, types and errors are those of `rate`.

    Source: Thorpe, Delorme and Van Rullen, Neural Networks 14:715 (2001), with a linear latency.

    ```pycon
    >>> training.latency(torch.tensor([[0.0, 0.5, 1.0]]), 3)[0].T.tolist()
    [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    ```
    """
    p = _intensities("latency", x, axis)
    require_int("latency", "steps", steps, 1, MOST_STEPS)
    require(is_finite(threshold) and 0 <= threshold <= 1, "latency", "threshold must be in 0..1", threshold)
    when = np.where(p >= threshold, np.rint((1 - p) * (steps - 1)), -1).astype(np.int64)
    spikes = np.arange(steps).reshape(-1, *[1] * p.ndim) == when
    return _like(x, spikes.astype(np.uint8), axis)


def constant(x: Array, bits: int, *, axis: int = 1) -> Array:
    """Constant code: in each step an intensity p in 0..1 is round(p (2^b - 1)) events, or a graded spike as large.

    All steps are the same, so only one is returned: `x` [N, ...] becomes [N, 1, ...] for `axis=1`. Halves go to the
    even count. With `input_step` 2^-b, the counts stand for p times 1 - 2^-b. Axes, types and errors are those of
    `rate`; b is in 1..8.

    Source: "direct" or "constant current" coding, Rueckauer et al., Frontiers in Neuroscience 11:682 (2017).

    ```pycon
    >>> training.constant(torch.tensor([[0.0, 0.5, 1.0]]), 4).tolist()
    [[[0, 8, 15]]]
    ```
    """
    p = _intensities("constant", x, axis)
    require_int("constant", "bits", bits, 1, 8)
    return _like(x, np.rint(p[None] * (2**bits - 1)).astype(np.uint8), axis)


def delta(
    x: Array, threshold: float, *, start: float | None = None, largest: int = MOST_EVENTS, axis: int = 1
) -> Array:
    """Delta code: a signal x_t sends an event up, or down, for each time it moves by the threshold θ.

    Step t sends n_t = trunc((x_t - x̂_{t-1}) / θ) events, at most `largest`, and then x̂_t = x̂_{t-1} + n_t θ. So the
    receiver's x̂ is less than θ away from the signal, unless `largest` cut n_t, which later steps make up for. x̂
    starts at `start` or, by default, at the first value, which then sends nothing. `x` [N, T, ...] becomes bytes [N, T,
    2, ...] with up and down. A sample [T, ...] becomes [T, 2, ...] with `axis=0`, the axis of time. For dense layers,
    `.reshape(N, T, -1)` makes one row of inputs. Tensors become tensors on their device. Raises ValueError unless all
    are finite and θ > 0.

    Source: send-on-delta sampling, Miskowicz, Sensors 6:49 (2006); the pixel of a dynamic vision sensor, Lichtsteiner
    et al., IEEE J. Solid-State Circuits 43:566 (2008). With `largest=1` it is the step-forward code of Petro, Kasabov
    and Kiss, IEEE Trans. Neural Networks and Learning Systems 31:358 (2020).

    ```pycon
    >>> signal = torch.tensor([[0.0, 0.4, 1.1, 1.0, -1.2]])
    >>> training.delta(signal, 0.5)[0].T.tolist()
    [[0, 0, 2, 0, 0], [0, 0, 0, 0, 4]]
    ```
    """
    found = _reals("delta", x, axis)
    timed = found.ndim > axis and found.shape[axis] > 0
    require(timed, "delta", f"x must have time as axis {axis}, a step or more", found.shape)
    signal = np.moveaxis(found, axis, 0)
    require(is_finite(threshold) and threshold > 0, "delta", "threshold must be > 0", threshold)
    require(bool(np.isfinite(found).all()), "delta", "x must be finite", _first(found[~np.isfinite(found)]))
    require(start is None or is_finite(start), "delta", "start must be finite or None", start)
    require_int("delta", "largest", largest, 1, MOST_EVENTS)
    with np.errstate(over="ignore"):
        levels: NDArray[np.float64] = (signal - (signal[0] if start is None else start)) / threshold
    require(bool(np.isfinite(levels).all()), "delta", "threshold must be large enough for x", threshold)
    events = np.empty((len(levels), 2, *levels.shape[1:]), np.uint8)
    sent = np.zeros(levels.shape[1:])
    for t, level in enumerate(levels):
        count = np.clip(np.trunc(level - sent), -largest, largest)
        sent += count
        events[t] = np.maximum(count, 0), np.maximum(-count, 0)
    # Samples before time, and the two directions after it.
    return _like(x, np.moveaxis(events, 2, 0) if axis else events, 0)


def _reals(who: str, x: Any, axis: int) -> NDArray[np.float64]:
    """`x` in doubles. Raises ValueError for what is no array of numbers."""
    require_int(who, "axis", axis, 0, 1)
    require(isinstance(x, Tensor | np.ndarray), who, "x must be a tensor or a NumPy array", type(x).__name__)
    array = x.detach().cpu().double().numpy() if isinstance(x, Tensor) and not x.is_complex() else np.asarray(x)
    require(array.dtype.kind in "buif", who, "x must hold real numbers", str(array.dtype))
    require(array.ndim >= 1, who, "x must be an array", "a single number")
    return array.astype(np.float64)


def _intensities(who: str, x: Any, axis: int) -> NDArray[np.float64]:
    array = _reals(who, x, axis)
    outside = array[~((array >= 0) & (array <= 1))]
    require(not len(outside), who, "x must be intensities in 0..1", _first(outside))
    return array


def _first(values: NDArray[np.float64]) -> float | None:
    return float(values[0]) if len(values) else None


def _like(x: Array, events: NDArray[np.uint8], axis: int) -> Array:
    """Events [T, ...] with time at `axis`, of the kind and on the device of `x`."""
    turned = np.ascontiguousarray(np.moveaxis(events, 0, axis))
    return torch.from_numpy(turned).to(x.device) if isinstance(x, Tensor) else turned
