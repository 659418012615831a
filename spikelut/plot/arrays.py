"""What is drawn, as arrays: of tensors, arrays, and what layers give."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, require_int

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def of_sample(who: str, given: Any, sample: int | None) -> NDArray[Any]:
    """What neurons gave in every step for a sample, [T, N], of [T, B, ...], or with `sample` None of [T, ...].

    `given` is a tensor, an array, or what `run` and `sequence` of a layer give.
    """
    found = array_of(getattr(given, "out", given))
    least = 1 if sample is None else 2
    shape = "[T, ...], with sample=None," if sample is None else "[T, B, ...]"
    fits = found.ndim >= least and found.dtype.kind in "biuf" and found.size > 0
    require(fits, who, f"it must be numbers {shape}", f"{found.dtype} {list(found.shape)}")
    if sample is not None:
        require_int(who, "sample", sample, 0, found.shape[1] - 1)
        found = found[:, sample]
    return found.reshape(len(found), -1)


def array_of(given: Any) -> NDArray[Any]:
    """A tensor, of any device and with gradients, or what NumPy takes."""
    if hasattr(given, "detach"):
        given = given.detach().cpu().resolve_conj().resolve_neg()
        given = given.float() if given.is_floating_point() and given.dtype.itemsize < 4 else given
    return np.asarray(given)


def axes_of(ax: "Axes | None") -> "Axes":
    """Those given, or of a new figure of pyplot, which notebooks show by themselves."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    axes: Axes = pyplot.subplots(layout="constrained")[1]
    return axes
