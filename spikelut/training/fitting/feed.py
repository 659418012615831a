"""Batches of a data set or of a loader, in an order that can be taken up again in its middle."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor
from torch.utils.data import DistributedSampler

from spikelut._checks import require
from spikelut.training.data.batch import Batch
from spikelut.training.data.foreign import LoaderBatches, Samples, as_data
from spikelut.training.fitting.checkpoints.random_states import Stream


class Shard(NamedTuple):
    """Of so many `processes` the one that is number `rank`; `agree` gives all of them what the first one has."""

    rank: int = 0
    processes: int = 1
    agree: Callable[[Any], Any] = lambda value: value


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
    samples: int | None
    """In all, where it is known before an epoch has ended."""

    def epoch(self, number: int, shard: Shard, done: int = 0) -> Iterator[Piece]:
        """The batches of an epoch of training, without the first ones, that are `done`.

        Whether they are or not, what is drawn at random for the batches comes to the same, if the generators of torch
        are where they were when the epoch began.
        """

    def once(self, shard: Shard) -> Iterator[Piece]:
        """All batches in the order of the samples, as far as that is ours to choose."""

    def generators(self) -> list[torch.Generator]:
        """Generators of its own that an epoch draws from."""


def feed_of(data: Any, batch_size: int, who: str) -> Feed:
    """The feed of `data`; ValueError, which names `who`, for what is no source of samples."""
    found = as_data(data, who)
    return LoaderFeed(found) if isinstance(found, LoaderBatches) else SamplesFeed(found, batch_size)


class SamplesFeed:
    """Batches of samples that can be fetched by index."""

    def __init__(self, data: Samples, batch_size: int) -> None:
        self.data, self.size = data, batch_size
        self.samples: int | None = len(data)
        self.batches: int | None = -(-len(data) // batch_size)

    def epoch(self, number: int, shard: Shard, done: int = 0) -> Iterator[Piece]:
        """In an order that is drawn from torch's generator of the CPU, so that it is the same on every device."""
        return self._pieces(shard.agree(torch.randperm(len(self.data), device="cpu")), shard, done)

    def once(self, shard: Shard) -> Iterator[Piece]:
        return self._pieces(torch.arange(len(self.data), device="cpu"), shard, 0)

    def generators(self) -> list[torch.Generator]:
        return []

    def _pieces(self, order: Tensor, shard: Shard, done: int) -> Iterator[Piece]:
        for indices in torch.split(order, self.size)[done:]:
            part = indices[shard.rank :: shard.processes]
            share = len(part) * shard.processes / len(indices)
            # A process that a short batch leaves without samples takes one that does not count.
            yield Piece(self.data.batch(part if len(part) else indices[:1]), len(indices), share)


class LoaderFeed:
    """Batches of a loader, in its order.

    What loader, sampler and data set draw at random comes from a stream of its own, which begins with a number drawn
    when the epoch begins: so batches that were done are made again, to the same, without what training drew between.
    """

    def __init__(self, data: LoaderBatches) -> None:
        self.data = data
        self.samples: int | None = None
        try:
            self.batches: int | None = len(data)
        except TypeError:  # an IterableDataset that has no length
            self.batches = None

    def epoch(self, number: int, shard: Shard, done: int = 0) -> Iterator[Piece]:
        shared = shard.processes > 1 and any(isinstance(s, DistributedSampler) for s in self._samplers())
        message = "train must have no DistributedSampler: each batch is shared among the processes"
        require(not shared, "fit", message, "one")
        for sampler in self._samplers():
            if callable(getattr(sampler, "set_epoch", None)):
                sampler.set_epoch(number)
        return self._pieces(Stream(shard.agree(int(torch.randint(2**31, (), device="cpu")))), shard, done)

    def once(self, shard: Shard) -> Iterator[Piece]:
        return self._pieces(Stream(0), shard, 0)

    def generators(self) -> list[torch.Generator]:
        holders = [self.data.loader, *self._samplers()]
        found = [getattr(holder, "generator", None) for holder in holders]
        return list(dict.fromkeys(g for g in found if isinstance(g, torch.Generator)))

    def _samplers(self) -> list[Any]:
        loader: Any = self.data.loader
        batches = getattr(loader, "batch_sampler", None)
        found = [getattr(loader, "sampler", None), batches, getattr(batches, "sampler", None)]
        return [sampler for sampler in dict.fromkeys(found) if sampler is not None]

    def _pieces(self, stream: Stream, shard: Shard, done: int) -> Iterator[Piece]:
        batches = iter(self.data)
        while True:
            with stream.active():
                batch = next(batches, None)
            if batch is None:
                return
            if done:
                done -= 1
                continue
            yield _part(batch, shard)


def _part(batch: Batch, shard: Shard) -> Piece:
    """This process's part of a batch that all processes have."""
    samples = len(batch.y)
    if shard.processes == 1:
        return Piece(batch, samples)
    index = torch.arange(samples, device="cpu")[shard.rank :: shard.processes]
    share = len(index) * shard.processes / samples
    index = index if len(index) else torch.zeros(1, dtype=torch.int64, device="cpu")
    mask = None if batch.mask is None else batch.mask[:, index]
    return Piece(Batch(batch.x[:, index], batch.y[index], mask), samples, share)
