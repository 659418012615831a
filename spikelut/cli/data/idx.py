"""Folders of IDX files as commands read them: see `spikelut.training.data.files.idx`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spikelut.training.data.files import idx
from spikelut.training.data.files.idx import FASHION_MNIST as FASHION_MNIST
from spikelut.training.data.files.idx import is_idx_folder as is_idx_folder

MAX_BYTES = idx.MAX_BYTES


def read_idx_folder(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """Images [N, H, W], labels [N] and which are test images, of files of at most `MAX_BYTES`."""
    return idx.read_idx_folder(folder, MAX_BYTES)
