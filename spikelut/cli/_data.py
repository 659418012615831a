"""Data sets as spike trains: scikit-learn's digits, or a user's .npz file."""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require

TEST_SHARE = 0.2
DEFAULT_STEPS = 16
MAX_UNPACKED_BYTES = 4 * 2**30


@dataclass(frozen=True, eq=False)
class Dataset:
    """Spikes [T, N, F] of 0 and 1 (uint8), labels [N] in 0..classes-1, and which samples are the test split."""

    name: str
    spikes: NDArray[np.uint8]
    labels: NDArray[np.int64]
    test: NDArray[np.bool_]
    classes: int


def load_dataset(name: str, steps: int | None) -> Dataset:
    """The data set `name`: `digits`, or the path of an .npz file.

    `steps` is the number of time steps intensities are spread over (default 16); spike data has its own. Raises
    ValueError for an unknown name or bad content, OSError if the file cannot be read.
    """
    if name == "digits":
        from sklearn.datasets import load_digits

        x, labels = load_digits(return_X_y=True)
        return _dataset(name, x, labels.astype(np.int64), None, steps)
    path = Path(name)
    if path.suffix != ".npz":
        raise ValueError(f"data must be 'digits' or the path of an .npz file, got {name!r}")
    arrays = _read_npz(path)
    return _dataset(path.name, arrays["x"], arrays["y"], arrays.get("test"), steps)


def _read_npz(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays x, y and, if there, test. Nothing is unpickled."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        require(size <= MAX_UNPACKED_BYTES, str(path), f"must unpack to at most {MAX_UNPACKED_BYTES} bytes", size)
        with np.load(path, allow_pickle=False) as file:
            missing = [key for key in ("x", "y") if key not in file.files]
            require(not missing, str(path), f"must hold x and y; {' and '.join(missing)} missing", sorted(file.files))
            return {key: file[key] for key in ("x", "y", "test") if key in file.files}
    except zipfile.BadZipFile:
        raise ValueError(f"{path}: not an .npz file (a zip archive of arrays)") from None
    except (ValueError, EOFError) as error:
        if "allow_pickle" in str(error):
            raise ValueError(f"{path}: x, y and test must be arrays of plain numbers, got pickled objects") from None
        raise


def _dataset(name: str, x: NDArray[Any], y: NDArray[Any], test: NDArray[Any] | None, steps: int | None) -> Dataset:
    _check_x(name, x)
    labels, classes = _labels(name, y, len(x))
    mask = _split(labels) if test is None else _test_mask(name, test, labels)
    if x.ndim == 3 and bool(((x == 0) | (x == 1)).all()):
        message = f"x holds spikes [N, T, F] with {x.shape[1]} steps of their own; leave steps out"
        require(steps is None or steps == x.shape[1], name, message, steps)
        spikes = np.ascontiguousarray(x.transpose(1, 0, 2).astype(np.uint8))
    else:
        spikes = rate_code(_intensities(name, x, mask), DEFAULT_STEPS if steps is None else steps)
    return Dataset(name, spikes, labels, mask, classes)


def rate_code(intensity: NDArray[np.float64], steps: int) -> NDArray[np.uint8]:
    """Evenly spaced spikes [T, N, F]: an intensity p in 0..1 gives round(p * T) of them, the same every time.

    The spike count up to step t is floor(p * t + 1/2).
    """
    spikes = np.empty((steps, *intensity.shape), np.uint8)
    before = np.zeros_like(intensity)
    for t in range(steps):
        count = np.floor(intensity * (t + 1) + 0.5)
        spikes[t], before = count - before, count
    return spikes


def _check_x(name: str, x: NDArray[Any]) -> None:
    numeric = x.dtype.kind in "buif"
    require(numeric, name, "x must be an array of numbers", str(x.dtype))
    shaped = x.ndim in (2, 3) and x.size > 0
    require(shaped, name, "x must be spikes [N, T, F] or intensities [N, F] or [N, H, W], not empty", x.shape)
    require(bool(np.isfinite(x).all()), name, "x must be finite", "NaN or infinity")
    require(bool(x.min() >= 0), name, "x must be >= 0", x.min())


def _labels(name: str, y: NDArray[Any], samples: int) -> tuple[NDArray[np.int64], int]:
    require(y.dtype.kind in "iu", name, "y must hold integers", str(y.dtype))
    require(y.shape == (samples,), name, f"y must be [{samples}], one label per sample", y.shape)
    labels = y.astype(np.int64)
    present = np.unique(labels)
    complete = len(present) >= 2 and present[0] == 0 and present[-1] == len(present) - 1
    message = "y must hold the labels 0..K-1, K >= 2, each at least once"
    require(complete, name, message, f"{len(present)} labels from {present[0]} to {present[-1]}")
    return labels, len(present)


def _test_mask(name: str, test: NDArray[Any], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    fits = test.dtype == np.bool_ and test.shape == labels.shape
    require(fits, name, f"test must be a boolean mask [{len(labels)}]", f"{test.dtype} {test.shape}")
    both = bool(test.any()) and not bool(test.all())
    require(both, name, "test must leave samples on both sides", f"{int(test.sum())} of {len(test)} True")
    return test.astype(np.bool_)


def _split(labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The fixed, stratified test split; the same for every seed."""
    from sklearn.model_selection import train_test_split

    indices = np.arange(len(labels))
    _, test = train_test_split(indices, test_size=TEST_SHARE, stratify=labels, random_state=0)
    return np.isin(indices, test)


def _intensities(name: str, x: NDArray[Any], test: NDArray[np.bool_]) -> NDArray[np.float64]:
    """`x` flattened to [N, F] and divided by the largest training value; test values beyond are cut to 1."""
    flat = x.reshape(len(x), -1).astype(np.float64)
    largest = float(flat[~test].max())
    require(largest > 0, name, "x must not be zero everywhere in the training split", largest)
    return np.minimum(flat / largest, 1.0)
