"""Data sets as events: scikit-learn's digits, folders of IDX files, or a user's .npz file."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.cli.data.coding import constant_code, latency_code, rate_code
from spikelut.cli.data.idx import FASHION_MNIST, is_idx_folder, read_idx_folder
from spikelut.cli.data.npz import read_npz
from spikelut.cli.shared.architecture import Conv, parse_layers
from spikelut.cli.shared.reading import EVENTS, IMAGES, event_counts, images, meaning
from spikelut.cli.shared.recipe import Recipe

TEST_SHARE = 0.2
DEFAULT_STEPS = 16


@dataclass(frozen=True, eq=False)
class Dataset:
    """Events and labels.

    - `spikes` (uint8): counts [T, N, F], or [T, N, C, H, W] for convolutions; T is 1 where they are the same in each of
      `steps` time steps. One event stands for `input_step`; there are at most `largest` of an input in a step.
    - `labels` [N] in 0..classes-1; `test` [N]: which samples are the test split.
    - `read_as`: what the numbers of the file were taken for, for people.
    """

    name: str
    spikes: NDArray[np.uint8]
    labels: NDArray[np.int64]
    test: NDArray[np.bool_]
    classes: int
    steps: int
    input_step: float = 1.0
    largest: int = 1
    read_as: str = "events"

    @property
    def digest(self) -> str:
        """A hash of all that is trained on."""
        found = hashlib.sha256(f"{self.classes} {self.steps} {self.input_step}".encode())
        for array in (self.spikes, self.labels, self.test):
            found.update(f"{array.shape} {array.dtype}".encode())
            found.update(array.tobytes())
        return found.hexdigest()


def with_always_on(data: Dataset) -> Dataset:
    """`data` with one more input, a real 1 in every step or the nearest: what replaces a bias on a chip without one."""
    spikes = data.spikes
    count = max(1, round(1 / data.input_step) - 1)
    column = np.full((*spikes.shape[:2], 1), count, np.uint8)
    return replace(data, spikes=np.concatenate([spikes, column], axis=2))


def load_dataset(name: str, recipe: Recipe, events: bool | None = None, *, images: bool = False) -> Dataset:
    """The data set `name`: `digits`, `fashion-mnist`, a folder of IDX files, or the path of an .npz file.

    `events`: whether an .npz file holds event counts, or images; None: by `meaning`. The others are images. `images`:
    leave images as they are, whatever the first layer of the recipe takes.

    Raises ValueError for an unknown name or bad content, OSError if a file cannot be read.
    """
    if name == "digits":
        from sklearn.datasets import load_digits

        x, labels = load_digits(return_X_y=True)
        kept = _convolved(recipe) or images
        return _dataset(
            name, x.reshape(-1, 8, 8), labels.astype(np.int64), None, recipe, _only_images(name, events), kept
        )
    if name == "fashion-mnist":
        found = FASHION_MNIST.is_dir()
        require(found, name, f"must be in {FASHION_MNIST} (apt-get install dataset-fashion-mnist)", "no such folder")
    path = FASHION_MNIST if name == "fashion-mnist" else Path(name)
    if name and is_idx_folder(path):
        return _dataset(name, *read_idx_folder(path), recipe, _only_images(name, events), _convolved(recipe) or images)
    if path.suffix != ".npz":
        allowed = "'digits', 'fashion-mnist', a folder of IDX files or the path of an .npz file"
        raise ValueError(f"data must be {allowed}, got {name!r}")
    arrays = read_npz(path, ("x", "y"), ("test", "shape"))
    x = _unpacked(path, arrays)
    kept = _convolved(recipe) or images
    return _dataset(path.name, x, arrays["y"], arrays.get("test"), recipe, events, kept)


def _only_images(name: str, events: bool | None) -> bool:
    require(not events, name, "events must be in an .npz file; this holds images", "--events")
    return False


def _unpacked(path: Path, arrays: dict[str, NDArray[Any]]) -> NDArray[Any]:
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


def _convolved(recipe: Recipe) -> bool:
    """Whether the first layer of a recipe takes images."""
    return isinstance(parse_layers(recipe.layers)[0], Conv)


def _dataset(
    name: str,
    x: NDArray[Any],
    y: NDArray[Any],
    test: NDArray[Any] | None,
    recipe: Recipe,
    events: bool | None,
    convolved: bool,
) -> Dataset:
    _check_x(name, x)
    labels, classes = _labels(name, y, len(x))
    mask = _split(labels) if test is None else _test_mask(name, test, labels)
    if meaning(name, x, events) == "events":
        message = f"x holds events with {x.shape[1]} steps of their own; leave steps out"
        require(recipe.steps in (None, x.shape[1]), name, message, recipe.steps)
        spikes = event_counts(name, x, convolved=convolved and (x.ndim == 5 or _convolved(recipe)))
        largest, axes = max(1, int(spikes.max())), "[N, T, F]" if x.ndim == 3 else "[N, T, C, H, W]"
        shown = f"events {axes}, counts 0..{largest}"
        return Dataset(name, spikes, labels, mask, classes, len(spikes), largest=largest, read_as=shown)
    shape = images(name, x, convolved=convolved)
    steps = DEFAULT_STEPS if recipe.steps is None else recipe.steps
    intensity, brightest = _intensities(name, x, mask)
    step, largest = 1.0, 1
    if recipe.coding == "constant":
        spikes, step = constant_code(intensity, recipe.input_bits), 2.0**-recipe.input_bits
        largest = 2**recipe.input_bits - 1
    else:
        spikes = (rate_code if recipe.coding == "rate" else latency_code)(intensity, steps)
    spikes = spikes.reshape(*spikes.shape[:2], *shape)
    axes = {2: "intensities [N, F]", 3: "images [N, H, W]", 4: "images [N, C, H, W]"}[x.ndim]
    shown = f"{axes}, 1 = {brightest:g}, {recipe.coding} coding"
    return Dataset(name, spikes, labels, mask, classes, steps, step, largest, shown)


def _check_x(name: str, x: NDArray[Any]) -> None:
    numeric = x.dtype.kind in "buif"
    require(numeric, name, "x must be an array of numbers", str(x.dtype))
    shaped = x.ndim in (2, 3, 4, 5) and x.size > 0
    wanted = f"x must be events {EVENTS}, intensities [N, F] or images {IMAGES}, not empty"
    require(shaped, name, wanted, x.shape)
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


def _intensities(name: str, x: NDArray[Any], test: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """`x` flattened to [N, F] and divided by the largest training value, and that; test values beyond are cut to 1."""
    flat = x.reshape(len(x), -1).astype(np.float64)
    largest = float(flat[~test].max())
    require(largest > 0, name, "x must not be zero everywhere in the training split", largest)
    return np.minimum(flat / largest, 1.0), largest
