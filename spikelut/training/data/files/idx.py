"""Folders of IDX files, the format of MNIST and its relatives."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._files import open_file

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
"""Where the Debian package dataset-fashion-mnist puts it."""

PARTS = ("train", "t10k")
MAX_BYTES = 2**30


def is_idx_folder(path: Path) -> bool:
    """Whether `path` is a folder with training images in it."""
    return any((path / f"train-images-idx3-ubyte{suffix}").is_file() for suffix in ("", ".gz"))


def read_idx_folder(
    folder: Path, most: int = MAX_BYTES
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """Images [N, H, W], labels [N] and which are test images, of the four files, plain or gzipped.

    Of each at most `most` bytes are read, unpacked. Raises ValueError for a file of another content, OSError for one
    that is not there.
    """
    images, labels = [], []
    for part in PARTS:
        images.append(_read(folder, f"{part}-images-idx3-ubyte", 3, most))
        labels.append(_read(folder, f"{part}-labels-idx1-ubyte", 1, most))
        fits = len(images[-1]) == len(labels[-1])
        require(fits, f"{folder / part}", "must have one label per image", (len(images[-1]), len(labels[-1])))
    same = images[0].shape[1:] == images[1].shape[1:]
    require(same, str(folder), "images must have one size", [i.shape[1:] for i in images])
    test = np.arange(len(images[0]) + len(images[1])) >= len(images[0])
    return np.concatenate(images), np.concatenate(labels).astype(np.int64), test


def _read(folder: Path, name: str, dimensions: int, most: int) -> NDArray[Any]:
    """The bytes of an IDX file as an array."""
    packed = folder / f"{name}.gz"
    path = packed if packed.exists() else folder / name
    try:
        with open_file(path, str(folder)) as plain, gzip.open(plain) if path is packed else plain as file:
            content = file.read(most + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: not a gzip file: {error}") from None
    head = 4 + 4 * dimensions
    valid = len(content) >= head and content[:4] == bytes([0, 0, 8, dimensions])
    require(valid, str(path), f"must be an IDX file of bytes in {dimensions} dimensions", content[:4])
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions)]
    size = int(np.prod(shape, dtype=object))
    require(size > 0 and len(content) - head == size, str(path), f"must hold {size} bytes of data", len(content) - head)
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)
