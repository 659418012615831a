"""Sparse events of samples as a data set of torch: what comes when, binned into time steps as a batch is made."""

import copy
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from spikelut._checks import is_finite, require, require_flags, require_int, require_type
from spikelut._defaults import require_held
from spikelut.training.data.batch import Batch
from spikelut.training.data.events import DOUBLE, Events, rounding_of
from spikelut.training.data.files.event_file import read_events, write_events
from spikelut.training.data.labels import checked_labels
from spikelut.training.data.spike_dataset import Indices, checked_indices, checked_lengths

MOST_STEPS = 2**20


class EventDataset(Dataset[tuple[Tensor, Tensor]]):
    """Samples with labels as lists of events, from which batches [T, B, ...] of counts are made.

    - `t` [E]: times since the beginning of the sample, integers or floats from 0, in any order.
    - `unit` [E]: which input each event came from, 0..U-1. `shape`: the shape of the input in a time step, such as (2,
      34, 34). It has U elements in all, and its last axis counts fastest.
    - `offsets` [N + 1]: sample i has the events offsets[i]..offsets[i+1] - 1. `y` [N]: labels 0..K-1. `classes`: K.
    - `count` [E]: how many events each entry stands for, 1..255; None: 1.
    - `step`: the length of a time step, in the unit of `t`. An event is in step floor(t / step). A float within
      rounding of an edge is taken for the edge, as 0.6 / 0.1 is a little below 6.
    - `steps`: T. None: as many as the longest sample needs. `crop`: events after T steps are left out; without it, they
      are an error.
    - `durations` [N]: how long each sample is. Steps after ceil(duration / step) are then masked. None: all T steps
      count.
    - `input_step`: what one event stands for. `name`: what error messages call the data.

    Arrays are NumPy's, tensors, memory maps or `FileArray`, which stay in their file. All values are looked at once,
    when the data set is made. Raises ValueError, which names the data and the sample, for what does not fit.

    ```pycon
    >>> t, unit = torch.tensor([0, 3, 12, 5]), torch.tensor([0, 0, 2, 1])
    >>> data = training.EventDataset(t, unit, [0, 3, 4], [1, 0], shape=(3,), step=5)
    >>> data.batch([0]).x[:, 0].tolist()
    [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    ```
    """

    def __init__(
        self,
        t: Any,
        unit: Any,
        offsets: Any,
        y: Any,
        *,
        shape: Iterable[int],
        step: float,
        count: Any = None,
        steps: int | None = None,
        crop: bool = False,
        durations: Any = None,
        input_step: float = 1.0,
        classes: int | None = None,
        name: str = "EventDataset",
    ) -> None:
        require_type("EventDataset", "name", name, str, "a text")
        require(is_finite(step) and step > 0, name, "step must be > 0", step)
        require_flags(name, crop=crop)
        require(is_finite(input_step) and input_step > 0, name, "input_step must be > 0", input_step)
        self.name, self.step, self.input_step, self.crop = name, step, float(input_step), crop
        require_type(name, "shape", shape, Iterable, "positive integers")
        self.shape = tuple(shape)
        whole = all(isinstance(n, int) and n > 0 for n in self.shape) and len(self.shape) > 0
        require(whole, name, "shape must be positive integers", self.shape)
        if steps is not None:
            require_int(name, "steps", steps, 1, MOST_STEPS)
        self._events = Events(name, t, unit, offsets, count, int(np.prod(self.shape, dtype=object)), step)
        samples = self._events.samples
        self.labels, self.classes = checked_labels(name, y, samples, classes)
        self.lengths = None if durations is None else self._lengths(durations)
        longest = self._events.longest if self.lengths is None else int(self.lengths.max())
        self.steps = max(1, longest) if steps is None else steps
        require_int(name, "steps, from the last event and step,", self.steps, 1, MOST_STEPS)
        if not crop:
            last = self._events.last
            self._require(
                last < self.steps, f"t must be less than steps * step, {self.steps * step:g}, without crop", last
            )
        if self.lengths is not None:
            self.lengths = self.lengths.clamp(max=self.steps)
        self.labels = self.labels.to(self.device)
        self._largest: int | None = None

    @classmethod
    def from_coordinates(
        cls,
        t: Any,
        x: Any,
        y: Any,
        polarity: Any,
        offsets: Any,
        labels: Any,
        *,
        shape: tuple[int, int, int],
        **settings: Any,
    ) -> "EventDataset":
        """Events of a sensor: column `x`, row `y` and `polarity` [E] of `shape` (polarities, height, width).

        The unit is (polarity * height + y) * width + x; `settings` are those of an `EventDataset`. Raises ValueError
        for coordinates outside of the shape.
        """
        name = settings.get("name", "EventDataset")
        unit = np.zeros(len(t), np.int64)
        for axis, given, size in (("polarity", polarity, shape[0]), ("y", y, shape[1]), ("x", x, shape[2])):
            at = np.asarray(given)
            fits = at.shape == unit.shape and at.dtype.kind in "iub"
            require(fits, name, f"{axis} must be integers [{len(unit)}], one per event", f"{at.dtype} {at.shape}")
            outside = at[(at < 0) | (at >= size)]
            require(not len(outside), name, f"{axis} must be in 0..{size - 1}", int(outside[0]) if len(outside) else 0)
            unit = unit * size + at
        return cls(t, unit, offsets, labels, shape=shape, **settings)

    @classmethod
    def from_samples(cls, samples: Iterable[Any], *, shape: tuple[int, ...], **settings: Any) -> "EventDataset":
        """Events of samples (events, label), as tonic's data sets give them.

        `events` are structured arrays with the fields t, x, y and p. Without y there is one row; without p, one
        polarity. `shape` is (polarities, height, width), while tonic's `sensor_size` is (width, height, polarities).
        `settings` are those of an `EventDataset`. Raises ValueError, which names the sample, for other fields.
        """
        name = settings.get("name", "EventDataset")
        require(len(shape) == 3, name, "shape must be (polarities, height, width)", shape)
        found: dict[str, list[NDArray[Any]]] = {"t": [], "x": [], "y": [], "p": []}
        labels, offsets = [], [0]
        for i, (events, label) in enumerate(samples):
            fields = getattr(getattr(events, "dtype", None), "names", None) or ()
            fits = {"t", "x"} <= set(fields)
            require(
                fits, name, f"sample {i} must be a structured array with the fields t, x and, maybe, y and p", fields
            )
            for field, parts in found.items():
                parts.append(events[field] if field in fields else np.zeros(len(events), np.int8))
            labels.append(label)
            offsets.append(offsets[-1] + len(events))
        require(len(labels) > 0, name, "samples must not be empty", "none")
        t, x, y, p = (np.concatenate(parts) for parts in found.values())
        sized = (shape[0], shape[1], shape[2])
        return cls.from_coordinates(t, x, y, p, offsets, labels, shape=sized, **settings)

    @property
    def device(self) -> torch.device:
        """Where batches are."""
        return self._events.device

    @property
    def largest(self) -> int:
        """The largest count of an input in a step; all samples are binned once."""
        if self._largest is None:
            parts = torch.split(torch.arange(len(self), device="cpu"), 64)
            self._largest = max(int(self._binned(part).max()) for part in parts)
        return self._largest

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"{self.name}: index must be in 0..{len(self) - 1}, got {index}")
        index %= len(self)
        x, y, _ = self.batch([index])
        return x[: None if self.lengths is None else int(self.lengths[index]), 0], y[0]

    def batch(self, indices: Indices) -> Batch:
        """These samples [B] at once; on the device of the data. Raises ValueError for indices that are none."""
        index = checked_indices(self.name, indices, len(self))
        counts = self._binned(index)
        x = counts.to(torch.get_default_dtype())
        x = x if self.input_step == 1 else x.mul_(self.input_step)
        require_held(self.name, x, counts, self.input_step)
        mask = None
        if self.lengths is not None:
            mask = (torch.arange(self.steps, device="cpu")[:, None] < self.lengths[index]).to(self.device)
        return Batch(x, self.labels.index_select(0, index.to(self.device)), mask)

    def _binned(self, index: Tensor) -> Tensor:
        """Counts [T, B, ...] as floats."""
        at, unit, sample, count = self._events.of(index, self.steps)
        size = int(np.prod(self.shape))
        # Half precision would lose events of many.
        kind = torch.promote_types(torch.get_default_dtype(), torch.float32)
        x = torch.zeros(self.steps * len(index) * size, device=self.device, dtype=kind)
        x.index_add_(0, (at * len(index) + sample) * size + unit, count.to(x.dtype))
        return x.reshape(self.steps, len(index), *self.shape)

    def to(self, device: torch.device | str) -> Self:
        """The same data with batches on a device; events and labels move there, but for events in a file."""
        moved = copy.copy(self)
        moved._events = self._events.moved(torch.device(device))
        moved.labels = self.labels.to(device)
        return moved

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an .npz file, not compressed, from which `load` reads the same data set. Raises OSError."""
        arrays: dict[str, Any] = {**self._events.arrays(), "y": self.labels.cpu().numpy()}
        if self.lengths is not None:
            arrays["lengths"] = self.lengths.numpy()
        numbers = {"step": self.step, "steps": self.steps, "input_step": self.input_step, "classes": self.classes}
        write_events(Path(path), arrays, {**numbers, "shape": self.shape, "crop": self.crop})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, in_memory: bool | None = None) -> "EventDataset":
        """What `save` wrote. `in_memory` False: events stay in the file; None: if there are 256 MiB of them or more.

        Raises ValueError for another file or a damaged one, OSError if it cannot be read.
        """
        arrays = read_events(Path(path), in_memory)
        lengths = arrays.pop("lengths", None)
        data = cls(**arrays, name=str(path))
        if lengths is not None:
            found = checked_lengths(data.name, lengths, len(data), data.steps)
            data.lengths = torch.full((len(data),), data.steps, device="cpu") if found is None else found
            if not data.crop:
                data._require(data._events.last < data.lengths, "t must be less than the duration", data._events.last)
        return data

    def _lengths(self, durations: Any) -> Tensor:
        """Numbers of steps by durations, which no event is after."""
        found = np.asarray(durations.cpu() if isinstance(durations, Tensor) else durations)
        samples = self._events.samples
        fits = found.dtype.kind in "iuf" and found.shape == (samples,)
        require(fits, self.name, f"durations must be [{samples}], one per sample", f"{found.dtype} {found.shape}")
        fine = torch.from_numpy(np.isfinite(found) & (found > 0))
        self._require(fine, "durations must be > 0", torch.from_numpy(found.astype(np.float64)))
        eps = float(np.finfo(found.dtype).eps) if found.dtype.kind == "f" else DOUBLE
        passed = torch.from_numpy(found.astype(np.float64) / self.step)
        lengths = torch.ceil(passed - rounding_of(passed, eps)).long().clamp_min(1)
        self._require(self._events.last < lengths, "t must be less than the duration", self._events.last)
        return lengths

    def _require(self, fine: Tensor, message: str, values: Tensor) -> None:
        if not bool(fine.all()):
            sample = int((~fine).nonzero()[0])
            what = "its last event in step " if "t must" in message else ""
            raise ValueError(f"{self.name}: {message}, got {what}{values[sample].item():g} for sample {sample}")

    def __repr__(self) -> str:
        axes = ", ".join(map(str, (len(self), self.steps, *self.shape)))
        return f"EventDataset([{axes}], {self.classes} classes, {self._events.total} events)"
