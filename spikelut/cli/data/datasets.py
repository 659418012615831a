"""Data sets as events: scikit-learn's digits, folders of IDX files, or a user's .npz file."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.cli.data.coding import constant_code, latency_code, rate_code
from spikelut.cli.shared.architecture import Conv, parse_layers
from spikelut.cli.shared.reading import EVENTS, event_counts, images, meaning
from spikelut.cli.shared.recipe import Recipe
from spikelut.training import load
from spikelut.training.data.foreign import Samples
from spikelut.training.data.own_data import is_callable
from spikelut.training.data.raw import Raw, check_numbers, complete_labels, intensities, read_raw, test_part, val_part

DEFAULT_STEPS = 16
READ_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Dataset:
    """Events and labels.

    - `spikes` (uint8): counts [T, N, F], or [T, N, C, H, W] for convolutions; T is 1 where they are the same in each of
      `steps` time steps. One event stands for `input_step`; there are at most `largest` of an input in a step.
    - `labels` [N] in 0..classes-1; `test`, `val` [N]: which samples are for the test, and validate if the data say so.
    - `groups` [N]: which samples stay on one side where some are held out, if the data say so.
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
    val: NDArray[np.bool_] | None = None
    groups: NDArray[Any] | None = None

    @property
    def digest(self) -> str:
        """A hash of all that is trained on."""
        found = hashlib.sha256(f"{self.classes} {self.steps} {self.input_step}".encode())
        for array in (self.spikes, self.labels, self.test, *(() if self.val is None else (self.val,))):
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
    """The data set `name`: `digits`, `fashion-mnist`, a folder of IDX files, an .npz file, or MODULE:CALLABLE.

    `events`: whether an .npz file holds event counts, or images; None: by `meaning`. The others are images. `images`:
    leave images as they are, whatever the first layer of the recipe takes.

    Raises ValueError for an unknown name or bad content, OSError if a file cannot be read.
    """
    if is_callable(name):
        require(events is not False, name, "events or images must not be said of data in time steps", "--images")
        return own_dataset(name, recipe)
    raw = read_raw(name)
    if raw.images:
        require(not events, raw.name, "events must be in an .npz file; this holds images", "--events")
        events = False
    return _dataset(raw, recipe, events, _convolved(recipe) or images)


def own_dataset(text: str, recipe: Recipe) -> Dataset:
    """The data sets that a callable of the user's own gives, read once, into memory. Raises ValueError."""
    parts = {part: data for part, data in load(text, steps=recipe.steps)._asdict().items() if data is not None}
    read = {part: _read(data, f"{text}, {part}") for part, data in parts.items()}
    step = {float(getattr(data, "input_step", 1.0)) for data in parts.values()}
    require(len(step) == 1, text, "input_step must be one number for all parts", sorted(step))
    shapes = {part: (x.shape[:1] + x.shape[2:]) for part, (x, _) in read.items()}
    require(len(set(shapes.values())) == 1, text, "x must be of one shape in all parts, [T, ...]", shapes)
    x = np.concatenate([x for x, _ in read.values()], axis=1) / step.copy().pop()
    y = np.concatenate([y for _, y in read.values()])
    of = np.repeat(list(read), [len(labels) for _, labels in read.values()])
    labels, classes = complete_labels(text, y, x.shape[1])
    require(x.ndim in (3, 5), text, f"x must be [T, F] or [T, C, H, W] for each sample, {EVENTS} together", x.shape)
    check_numbers(text, x)
    counts = event_counts(text, np.moveaxis(x, 1, 0), convolved=_convolved(recipe))
    mask = test_part(text, of == "test" if "test" in read else None, labels)
    val = of == "val" if "val" in read else None
    largest = max(1, int(counts.max()))
    shown = f"events {'[N, T, F]' if x.ndim == 3 else '[N, T, C, H, W]'}, counts 0..{largest}"
    return Dataset(text, counts, labels, mask, classes, len(counts), step.pop(), largest, shown, val)


def _read(data: Any, who: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """All of a data set: x [T, N, ...] and labels."""
    again = "a DataLoader, whose order and changes would be those of one epoch; or call spikelut.training.fit"
    require(isinstance(data, Samples), who, "must be a data set, which is read once, into memory", again)
    batches = [data.batch(index) for index in torch.split(torch.arange(len(data)), READ_AT_ONCE)]
    steps = {len(batch.x) for batch in batches}
    padded = len(steps) > 1 or any(batch.mask is not None for batch in batches)
    require(not padded, who, "samples must all have as many time steps; pad them with zeros", "several lengths")
    x = torch.cat([batch.x.cpu() for batch in batches], 1).double().numpy()
    return x, torch.cat([batch.y.cpu() for batch in batches]).numpy()


def _convolved(recipe: Recipe) -> bool:
    """Whether the first layer of a recipe takes images."""
    return isinstance(parse_layers(recipe.layers)[0], Conv)


def _dataset(raw: Raw, recipe: Recipe, events: bool | None, convolved: bool) -> Dataset:
    name, x = raw.name, raw.x
    check_numbers(name, x)
    labels, classes = complete_labels(name, raw.y, len(x))
    mask = test_part(name, raw.test, labels)
    val = None if raw.val is None else val_part(name, raw.val, labels, mask)
    groups = raw.groups
    fits = groups is None or groups.shape == labels.shape
    require(fits, name, f"groups must be [{len(labels)}], one per sample", None if groups is None else groups.shape)
    if raw.lengths is not None:
        message = "lengths must be those of x: samples of several lengths need spikelut.training.fit, which masks them"
        require(x.ndim > 1 and bool(np.all(raw.lengths == x.shape[1])), name, message, raw.lengths)
    if meaning(name, x, events) == "events":
        message = f"x holds events with {x.shape[1]} steps of their own; leave steps out"
        require(recipe.steps in (None, x.shape[1]), name, message, recipe.steps)
        spikes = event_counts(name, x, convolved=convolved and (x.ndim == 5 or _convolved(recipe)))
        largest, axes = max(1, int(spikes.max())), "[N, T, F]" if x.ndim == 3 else "[N, T, C, H, W]"
        shown = f"events {axes}, counts 0..{largest}"
        more: dict[str, Any] = {"largest": largest, "read_as": shown, "val": val, "groups": groups}
        return Dataset(name, spikes, labels, mask, classes, len(spikes), **more)
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
    return Dataset(name, spikes, labels, mask, classes, steps, step, largest, shown, val, groups)
