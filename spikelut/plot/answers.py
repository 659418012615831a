"""What a classifier answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut._text import label
from spikelut.plot.arrays import array_of, axes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WRITTEN = 20
"""Up to so many classes the counts are written into their cells."""
STRONGEST = 0.6
"""How much of the colour the largest share has, so that counts can be read on it, on light and dark pages."""


@names_extra
def confusion(
    matrix: Any, *, names: Sequence[str] | None = None, title: str | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw a confusion matrix: a row for each class, with the count of each answer and, as colour, its share.

    `matrix` [K, K] has the counts, with a row for each class, as those of `training.ConfusionMatrix` and of
    torchmetrics. `names`: the names of the classes. Right answers are blue, wrong ones red. Returns the axes, `ax` or
    those of a new figure. Raises ValueError for other shapes.

    ```pycon
    >>> axes = plot.confusion([[9, 1], [2, 8]], names=["cat", "dog"])
    >>> [text.get_text() for text in axes.texts]
    ['9', '1', '2', '8']
    ```
    """
    counts = array_of(matrix)
    square = counts.ndim == 2 and counts.shape[0] == counts.shape[1] > 0 and counts.dtype.kind in "biu"
    require(square and bool((counts >= 0).all()), "confusion", "matrix must be counts [K, K]", counts)
    classes = len(counts)
    message = f"names must be those of {classes} classes"
    require(names is None or len(names) == classes, "confusion", message, names)
    axes = axes_of(ax)
    shares = counts / np.maximum(1, counts.sum(1, keepdims=True))
    from matplotlib.colors import to_rgb

    cells = np.where(np.eye(classes, dtype=bool)[..., None], to_rgb("C0"), to_rgb("C3"))
    # Wrong answers are few: the root makes them seen.
    axes.imshow(np.concatenate([cells, STRONGEST * np.sqrt(shares)[..., None]], 2), aspect="equal")
    if classes <= WRITTEN:
        for (row, column), count in np.ndenumerate(counts):
            if count:
                axes.text(column, row, str(count), ha="center", va="center", fontsize="x-small")
        shown = [label(name) for name in names] if names is not None else [str(k) for k in range(classes)]
        axes.set_xticks(range(classes), shown, rotation=90 if max(map(len, shown)) > 3 else 0)
        axes.set_yticks(range(classes), shown)
    axes.set(xlabel="answer", ylabel="class")
    axes.grid(visible=False)
    axes.set_title(label(title) if title is not None else "", fontsize="small")
    return axes
