"""Batches of a data set or of a loader, as training and evaluation take them."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor

from spikelut._checks import require, shown
from spikelut.training.data.batch import Batch
from spikelut.training.data.foreign import LoaderBatches, Samples, as_data


class Shard(NamedTuple):
    """Of `processes` processes the one that is number `rank`."""

    rank: int = 0
    processes: int = 1


class Piece(NamedTuple):
    """This process's part of a batch of so many `samples` in all.

    `share`: what its mean counts for in the mean of all processes; 1 where there is one.
    """

    batch: Batch
    samples: int
    share: float = 1.0


class Feed(Protocol):
    """Where batches come from."""

    batches: int | None
    """In an epoch; None if it is not known."""

    def epoch(self, shuffled: bool, shard: Shard) -> Iterator[Piece]:
        """All batches once; in a random order, if it is ours to choose."""


def feed_of(data: Any, batch_size: int, name: str) -> Feed:
    """The feed of `data`, an argument called `name`; ValueError for what is no source of samples."""
    found = as_data(data, f"fit: {name}")
    return LoaderFeed(found) if isinstance(found, LoaderBatches) else DatasetFeed(found, batch_size, name)


class DatasetFeed:
    """Batches of a data set."""

    def __init__(self, data: Samples, batch_size: int, name: str) -> None:
        self.data, self.size, self.name = data, batch_size, name
        self.batches: int | None = -(-len(data) // batch_size)

    def epoch(self, shuffled: bool, shard: Shard) -> Iterator[Piece]:
        """All samples once, in their order or in one drawn from torch's generator of the CPU."""
        order = torch.randperm(len(self.data)) if shuffled else torch.arange(len(self.data))
        for number, indices in enumerate(torch.split(order, self.size), start=1):
            part = indices[shard.rank :: shard.processes]
            share = len(part) * shard.processes / len(indices)
            # A process that a short batch leaves without samples takes one that does not count.
            batch = self.data.batch(part if len(part) else indices[:1])
            yield Piece(checked(batch, self.name, number), len(indices), share)


class LoaderFeed:
    """Batches of a loader, in its order."""

    def __init__(self, data: LoaderBatches) -> None:
        self.data = data
        try:
            self.batches: int | None = len(data)
        except TypeError:  # of an IterableDataset that has no length
            self.batches = None

    def epoch(self, shuffled: bool, shard: Shard) -> Iterator[Piece]:
        """What the loader gives, in its order."""
        for batch in self.data:
            yield Piece(batch, len(batch.y))


def checked(batch: Batch, name: str, number: int) -> Batch:
    """`batch` if its shapes fit; ValueError that says which one it is if not."""
    x, y, mask = batch
    where = f"batch {number} of {name}"
    require(isinstance(x, Tensor) and x.ndim >= 3, "fit", f"{where}: x must be [T, B, ...]", _shape(x))
    fits = isinstance(y, Tensor) and y.shape == x.shape[1:2] and not y.is_floating_point()
    require(fits, "fit", f"{where}: y must be integers [{x.shape[1]}]", _shape(y))
    if mask is not None:
        fits = isinstance(mask, Tensor) and mask.dtype is torch.bool and mask.shape == x.shape[:2]
        require(fits, "fit", f"{where}: mask must be truth values {list(x.shape[:2])}", _shape(mask))
    return batch


def _shape(value: object) -> str:
    return f"{value.dtype} {list(value.shape)}" if isinstance(value, Tensor) else shown(value)
