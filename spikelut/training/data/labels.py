"""Labels of a whole data set."""

import os
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikelut._checks import require, require_int
from spikelut.training.data.batch import INTEGERS
from spikelut.training.data.files.file_array import FileArray

MOST_CLASSES = 2**20
"""More are taken for something else than labels."""


def checked_labels(who: str, y: Any, samples: int, classes: int | None = None) -> tuple[Tensor, int]:
    """Labels as int64 [N] and the number of classes, K, by default the highest label + 1.

    Raises ValueError, which names `who` and the sample, unless they are integers 0..K-1, one for each sample.
    """
    y = FileArray.open(y) if isinstance(y, str | os.PathLike) else y
    y = y[:] if isinstance(y, FileArray) else y
    if isinstance(y, Tensor):
        labels = y.detach()
        integers, kind = labels.dtype in INTEGERS, str(labels.dtype).removeprefix("torch.")
    else:
        array = np.asarray(y)
        integers, kind = array.dtype.kind in "iu", str(array.dtype)
        # Those beyond int64 become negative, and are refused below.
        labels = torch.from_numpy(array.astype(np.int64)) if integers else torch.empty(0, device="cpu")
    require(integers, who, "y must hold integers", kind)
    require(labels.shape == (samples,), who, f"y must be [{samples}], one label per sample", tuple(labels.shape))
    require(samples > 0, who, "x must hold a sample", "none")
    labels = labels.long()
    if classes is not None:
        require_int(who, "classes", classes, 1, MOST_CLASSES)
    top = MOST_CLASSES if classes is None else classes
    wrong = ((labels < 0) | (labels >= top)).nonzero().flatten()
    if len(wrong):
        first = int(wrong[0])
        allowed = "from 0" if classes is None else f"0..{classes - 1}"
        raise ValueError(f"{who}: y must be labels {allowed}, got {int(labels[first])} for sample {first}")
    return labels, int(labels.max()) + 1 if classes is None else classes
