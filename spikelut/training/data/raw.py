"""What a source of data holds, before it is made into events: numbers, labels, and what is for the test."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut.training.data.files.idx import FASHION_MNIST, is_idx_folder, read_idx_folder
from spikelut.training.data.files.npz import read_npz
from spikelut.training.data.reading import EVENTS, IMAGES

TEST_SHARE = 0.2
"""Of the samples of a source that does not say which are for the test."""
SOURCES = "'digits', 'fashion-mnist', a folder of IDX files or the path of an .npz file"


@dataclass(frozen=True)
class Raw:
    """Numbers `x` [N, ...] and labels `y` [N].

    `test`, `val` [N]: which samples are for the test and validate, None if it is not said. `images`: whether they can
    only be images. `groups` [N]: which samples belong together where samples are held out. `lengths` [N]: their steps.
    """

    name: str
    x: NDArray[Any]
    y: NDArray[Any]
    test: NDArray[Any] | None = None
    images: bool = False
    val: NDArray[Any] | None = None
    groups: NDArray[Any] | None = None
    lengths: NDArray[Any] | None = None


@names_extra
def read_raw(source: str) -> Raw:
    """The arrays of `digits`, `fashion-mnist`, a folder of IDX files or an .npz file with x, y, maybe test and val.

    Raises ValueError for an unknown name or a damaged file, OSError if a file cannot be read.
    """
    if source == "digits":
        from sklearn.datasets import load_digits

        x, labels = load_digits(return_X_y=True)
        return Raw(source, x.reshape(-1, 8, 8), labels.astype(np.int64), images=True)
    if source == "fashion-mnist":
        found = FASHION_MNIST.is_dir()
        require(found, source, f"must be in {FASHION_MNIST} (apt-get install dataset-fashion-mnist)", "no such folder")
    path = FASHION_MNIST if source == "fashion-mnist" else Path(source)
    if source and is_idx_folder(path):
        return Raw(source, *read_idx_folder(path), images=True)
    if path.suffix != ".npz":
        raise ValueError(f"data must be {SOURCES}, got {source!r}")
    arrays = read_npz(path, ("x", "y"), ("test", "val", "shape", "groups", "lengths"))
    more: dict[str, Any] = {key: arrays.get(key) for key in ("val", "groups", "lengths")}
    return Raw(path.name, unpacked(path, arrays), arrays["y"], arrays.get("test"), **more)


def unpacked(path: Path, arrays: dict[str, NDArray[Any]]) -> NDArray[Any]:
    """`x`, whose bits are packed along the last axis if a `shape` is there."""
    x, shape = arrays["x"], arrays.get("shape")
    if shape is None:
        return x
    valid = shape.ndim == 1 and shape.dtype.kind in "iu" and len(shape) == 3 and bool((shape > 0).all())
    require(valid, str(path), "shape must be three positive integers N, T, F", shape)
    samples, steps, features = (int(n) for n in shape)
    packed = -(-steps * features // 8)
    fits = x.dtype == np.uint8 and x.shape == (samples, packed)
    require(fits, str(path), f"x must be packed bits [{samples}, {packed}], uint8", f"{x.shape} {x.dtype}")
    return np.unpackbits(x, axis=1)[:, : steps * features].reshape(samples, steps, features)


def check_numbers(name: str, x: NDArray[Any]) -> None:
    """Raise ValueError unless `x` holds finite numbers from 0 on, of axes that data can have."""
    numeric = x.dtype.kind in "buif"
    require(numeric, name, "x must be an array of numbers", str(x.dtype))
    shaped = x.ndim in (2, 3, 4, 5) and x.size > 0
    wanted = f"x must be events {EVENTS}, intensities [N, F] or images {IMAGES}, not empty"
    require(shaped, name, wanted, x.shape)
    require(bool(np.isfinite(x).all()), name, "x must be finite", "NaN or infinity")
    require(bool(x.min() >= 0), name, "x must be >= 0", x.min())


def complete_labels(name: str, y: NDArray[Any], samples: int) -> tuple[NDArray[np.int64], int]:
    """Labels 0..K-1, each of which is there, and K. Raises ValueError for others."""
    require(y.dtype.kind in "iu", name, "y must hold integers", str(y.dtype))
    require(y.shape == (samples,), name, f"y must be [{samples}], one label per sample", y.shape)
    labels = y.astype(np.int64)
    present = np.unique(labels)
    complete = len(present) >= 2 and present[0] == 0 and present[-1] == len(present) - 1
    message = "y must hold the labels 0..K-1, K >= 2, each at least once"
    require(complete, name, message, f"{len(present)} labels from {present[0]} to {present[-1]}")
    return labels, len(present)


def test_part(name: str, test: NDArray[Any] | None, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which samples are for the test: those of the source, or a fixed, stratified fifth, the same for every seed."""
    if test is None:
        from sklearn.model_selection import train_test_split

        indices = np.arange(len(labels))
        _, held = train_test_split(indices, test_size=TEST_SHARE, stratify=labels, random_state=0)
        return np.isin(indices, held)
    fits = test.dtype == np.bool_ and test.shape == labels.shape
    require(fits, name, f"test must be a boolean mask [{len(labels)}]", f"{test.dtype} {test.shape}")
    both = bool(test.any()) and not bool(test.all())
    require(both, name, "test must leave samples on both sides", f"{int(test.sum())} of {len(test)} True")
    return test.astype(np.bool_)


def val_part(name: str, val: NDArray[Any], labels: NDArray[np.int64], test: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which samples validate. Raises ValueError unless they are some that are not for the test, and leave others."""
    fits = val.dtype == np.bool_ and val.shape == labels.shape
    require(fits, name, f"val must be a boolean mask [{len(labels)}]", f"{val.dtype} {val.shape}")
    apart = bool(val.any()) and not bool((val & test).any()) and not bool((val | test).all())
    require(apart, name, "val must hold samples that are not of the test, and leave some", int(val.sum()))
    return val.astype(np.bool_)


def intensities(name: str, x: NDArray[Any], test: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """`x` divided by its largest training value, and that; test values beyond are cut to 1."""
    values = x.astype(np.float64)
    largest = float(values[~test].max())
    require(largest > 0, name, "x must not be zero everywhere in the training split", largest)
    return np.minimum(values / largest, 1.0), largest
