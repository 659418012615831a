"""Data sets and loaders of other people, taken as they are."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, default_collate

from spikelut._checks import require
from spikelut.training.data.batch import INTEGERS, Batch, checked_batch, checked_sample, collated, listed
from spikelut.training.data.labels import checked_labels
from spikelut.training.data.spike_dataset import Indices, checked_indices


@runtime_checkable
class Samples(Protocol):
    """What gives a batch of any of its samples: what training takes."""

    def __len__(self) -> int: ...

    def batch(self, indices: Indices) -> Batch:
        """These samples at once."""
        ...


def as_data(data: Any, name: str, classes: int | None = None) -> "Samples | LoaderBatches":
    """`data` as samples by index, or as batches one after the other.

    - What has `batch(indices)` and a length is taken as it is: data sets of ours.
    - A data set of torch, or any sequence, of (x [T, ...], y): `MapSamples`.
    - A `DataLoader`, or what else can be gone through again and again, of batches: `LoaderBatches`.

    Labels are 0..classes-1 if `classes` is given. Raises ValueError, which names the data `name`, for anything else.
    """
    if isinstance(data, Samples | LoaderBatches):
        require(len(data) > 0 if isinstance(data, Samples) else True, name, "must hold a sample", "none")
        return data
    allowed = "must be a data set of (x [T, ...], y), or a DataLoader"
    again = "; give an IterableDataset as DataLoader(data, batch_size=..., collate_fn=spikelut.training.collate)"
    require(not isinstance(data, IterableDataset), name, f"{allowed}{again}", type(data).__name__)
    if isinstance(data, DataLoader) or (isinstance(data, Iterable) and not hasattr(data, "__getitem__")):
        once = isinstance(data, Iterator)
        require(not once, name, f"{allowed}, which can be gone through more than once", type(data).__name__)
        return LoaderBatches(data, name, classes)
    indexed = hasattr(data, "__getitem__") and hasattr(data, "__len__") and not isinstance(data, str | dict | Tensor)
    require(indexed, name, allowed, type(data).__name__)
    return MapSamples(data, name, classes)


@contextmanager
def reading(who: str) -> Iterator[None]:
    """ValueError, one line that names `who`, for whatever is raised by code of other people."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]  # a worker's error ends with the line that says it
        kind, said = type(error).__name__, lines[-1].strip()[:MESSAGE]
        raise ValueError(f"{who}: cannot be read: {kind}: {said.removeprefix(f'{kind}: ')}") from error


MESSAGE = 200
"""Characters of an error of other people."""


class MapSamples(Dataset[tuple[Tensor, int]]):
    """A data set of torch of (x [T, ...], y), whose samples are fetched one by one and checked.

    Raises ValueError, which names the data and the sample, for a sample that cannot be read, is no such pair, is not
    finite, has another shape after T than the first, or a label that is none; and if the number of samples changes.
    """

    def __init__(self, dataset: Any, name: str, classes: int | None = None) -> None:
        self.dataset, self.name, self._classes = dataset, name, classes
        self._length = self._counted()
        require(self._length > 0, name, "must hold a sample", "none")
        self._labels: Tensor | None = None
        self._shape: torch.Size | None = None

    def _counted(self) -> int:
        with reading(self.name):
            return len(self.dataset)

    @property
    def labels(self) -> Tensor:
        """Labels [N]: the data set's `targets` or `labels` if it has them, else of each sample, which is read."""
        if self._labels is None:
            told = (getattr(self.dataset, attribute, None) for attribute in ("targets", "labels"))
            found = next((labels for labels in told if _are_labels(labels, len(self))), None)
            if found is None:
                found = [self._sample(index)[1] for index in range(len(self))]
            self._labels = checked_labels(self.name, found, len(self), self._classes)[0]
        return self._labels

    @property
    def classes(self) -> int:
        """The highest label + 1, unless another number was given."""
        return int(self.labels.max()) + 1 if self._classes is None else self._classes

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        x, y = self._sample(index)
        batch = collated([(x, y)], [f"{self.name}: sample {index}"], self._classes)
        return batch.x[:, 0], int(y)

    def _sample(self, index: int) -> tuple[Tensor, int]:
        who = f"{self.name}: sample {index}"
        with reading(who):
            sample = self.dataset[index]
        x, y = checked_sample(sample, who, self._classes)
        self._shape = x.shape[1:] if self._shape is None else self._shape
        require(x.shape[1:] == self._shape, who, f"x must be [T, {listed(self._shape)}] as others", tuple(x.shape))
        return x, y

    def batch(self, indices: Indices) -> Batch:
        """These samples, padded with zeros and with a mask where their numbers of steps differ."""
        now = self._counted()
        require(now == self._length, self.name, f"must keep its length, {self._length} samples", now)
        index = checked_indices(self.name, indices, self._length).tolist()
        part = self.dataset
        if type(part) is Subset and isinstance(part.dataset, Samples):  # of torch, as its `random_split` gives them
            return part.dataset.batch([part.indices[i] for i in index])
        return collated([self._sample(i) for i in index], [f"{self.name}: sample {i}" for i in index], self._classes)

    def __repr__(self) -> str:
        return f"MapSamples({type(self.dataset).__name__}, {len(self)} samples)"


def _are_labels(found: Any, samples: int) -> bool:
    """Whether an attribute of a data set holds an integer for each sample."""
    if isinstance(found, Tensor):
        return found.dtype in INTEGERS and found.shape == (samples,)
    array = np.asarray(found) if isinstance(found, list | tuple | np.ndarray) and len(found) == samples else np.empty(0)
    return array.dtype.kind in "iu" and array.shape == (samples,)


class LoaderBatches:
    """The batches of a `DataLoader`, each checked.

    They are `Batch`, (x, y) or (x, y, mask) with x [T, B, ...] and mask [T, B]. A loader with torch's own collation, or
    one that says `batch_first`, as tonic's, stacks samples first: there x [B, T, ...] and mask [B, T] are turned.

    Raises ValueError, which names the data and the batch, for one that cannot be read or learned from, and if an epoch
    has another number of samples than the first.
    """

    def __init__(self, loader: Iterable[Any], name: str, classes: int | None = None) -> None:
        self.loader, self.name, self._classes = loader, name, classes
        self.samples: int | None = None
        """Of an epoch; None before the first has ended."""
        collation = getattr(loader, "collate_fn", None)
        stacked = collation is default_collate and getattr(loader, "batch_sampler", None) is not None
        self._turned = stacked or getattr(collation, "batch_first", False) is True

    def __len__(self) -> int:
        """The number of batches. TypeError where the loader does not know."""
        return len(self.loader)  # type: ignore[arg-type]  # not all have a length

    def __iter__(self) -> Iterator[Batch]:
        with reading(self.name):
            found = iter(self.loader)
        samples, shape = 0, None
        for number in range(2**62):
            who = f"{self.name}: batch {number}"
            with reading(who):
                item = next(found, None)
            if item is None:
                break
            batch = checked_batch(self._batch(item, who), who, self._classes)
            shape = batch.x.shape[2:] if shape is None else shape
            fits = batch.x.shape[2:] == shape
            require(fits, who, f"x must be [T, B, {listed(shape)}] as others", tuple(batch.x.shape))
            samples += len(batch.y)
            yield batch
        require(samples > 0, self.name, "must give a batch", "none")
        self.samples = self.samples or samples
        message = f"must keep its length, {self.samples} samples in an epoch"
        require(samples == self.samples, self.name, message, samples)

    def _batch(self, item: Any, who: str) -> Batch:
        parts = isinstance(item, tuple | list) and len(item) in (2, 3) and all(isinstance(p, Tensor) for p in item[:2])
        parts = parts and (len(item) == 2 or item[2] is None or isinstance(item[2], Tensor))
        kinds = [type(part).__name__ for part in item] if isinstance(item, tuple | list) else type(item).__name__
        require(parts, who, "must be tensors (x, y) or (x, y, mask)", kinds)
        x, y, mask = item if len(item) == 3 else (*item, None)
        if self._turned and x.ndim > 1:
            x, mask = x.transpose(0, 1).contiguous(), mask if mask is None or mask.ndim < 2 else mask.transpose(0, 1)
        return Batch(x, y, mask)

    def __repr__(self) -> str:
        return f"LoaderBatches({type(self.loader).__name__})"
