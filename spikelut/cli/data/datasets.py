"""Data sets as events: scikit-learn's digits, folders of IDX files, or a user's .npz file."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.cli.data.coding import constant_code, latency_code, rate_code
from spikelut.cli.shared.architecture import Conv, parse_layers
from spikelut.cli.shared.reading import event_counts, images, meaning
from spikelut.cli.shared.recipe import Recipe
from spikelut.training.data.raw import Raw, check_numbers, complete_labels, intensities, read_raw, test_part

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
    raw = read_raw(name)
    if raw.images:
        require(not events, raw.name, "events must be in an .npz file; this holds images", "--events")
        events = False
    return _dataset(raw, recipe, events, _convolved(recipe) or images)


def _convolved(recipe: Recipe) -> bool:
    """Whether the first layer of a recipe takes images."""
    return isinstance(parse_layers(recipe.layers)[0], Conv)


def _dataset(raw: Raw, recipe: Recipe, events: bool | None, convolved: bool) -> Dataset:
    name, x = raw.name, raw.x
    check_numbers(name, x)
    labels, classes = complete_labels(name, raw.y, len(x))
    mask = test_part(name, raw.test, labels)
    if meaning(name, x, events) == "events":
        message = f"x holds events with {x.shape[1]} steps of their own; leave steps out"
        require(recipe.steps in (None, x.shape[1]), name, message, recipe.steps)
        spikes = event_counts(name, x, convolved=convolved and (x.ndim == 5 or _convolved(recipe)))
        largest, axes = max(1, int(spikes.max())), "[N, T, F]" if x.ndim == 3 else "[N, T, C, H, W]"
        shown = f"events {axes}, counts 0..{largest}"
        return Dataset(name, spikes, labels, mask, classes, len(spikes), largest=largest, read_as=shown)
    shape = images(name, x, convolved=convolved)
    steps = DEFAULT_STEPS if recipe.steps is None else recipe.steps
    intensity, brightest = intensities(name, x.reshape(len(x), -1), mask)
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
