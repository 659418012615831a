"""Data sets and loaders of other people, as they are; and what is wrong with them."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset, random_split

from spikelut.training import Batch, SpikeDataset, collate, evaluate, fit
from spikelut.training.data import foreign
from spikelut.training.data.foreign import LoaderBatches, MapSamples

X = torch.rand(30, 5, 3, generator=torch.Generator().manual_seed(0)) + 0.1
Y = torch.arange(30) % 3
EVERY = list(range(30))
as_data: Callable[..., Any] = foreign.as_data


class Made(Dataset[Any]):
    """Samples that a function makes, and a number of them that can be changed."""

    def __init__(self, sample: Callable[[int], Any], samples: int = 30) -> None:
        self.sample, self.samples = sample, samples

    def __len__(self) -> int:
        return self.samples

    def __getitem__(self, index: int) -> Any:
        return self.sample(index)


def plain(index: int) -> tuple[Tensor, int]:
    return X[index], int(Y[index])


class Lists:
    """Batches that are given again and again."""

    def __init__(self, *batches: Any) -> None:
        self.batches = batches

    def __iter__(self) -> Iterator[Any]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


def test_samples_by_index() -> None:
    kinds: tuple[Any, ...] = (TensorDataset(X, Y), Made(plain), [plain(i) for i in EVERY])
    others = (Made(lambda i: (X[i].double().numpy(), np.int16(Y[i]))), Made(lambda i: [X[i].tolist(), Y[i]]))
    for kind in (*kinds, *others):
        data = as_data(kind, "train")
        assert isinstance(data, MapSamples)
        batch = data.batch(torch.tensor([4, 2]))
        assert batch.x.dtype == torch.float32
        torch.testing.assert_close(batch.x, X[[4, 2]].transpose(0, 1), rtol=1e-6, atol=0)  # lists hold doubles
        assert batch.y.tolist() == [1, 2]
        assert batch.mask is None
        assert (len(data), data.classes, data.labels.tolist()) == (30, 3, Y.tolist())
        assert data[4][0].shape == (5, 3)
    ours = SpikeDataset(X.round(), Y)
    assert as_data(ours, "train") is ours


def test_parts_by_torch_of_ours_are_as_fast_as_ours() -> None:
    whole = SpikeDataset(X.round(), Y)
    (first, second) = random_split(whole, [0.5, 0.5], torch.Generator().manual_seed(0))
    whole.batch = Mock(side_effect=whole.batch)  # type: ignore[method-assign]
    batch = as_data(second, "d").batch([3, 0])
    whole.batch.assert_called_once_with([second.indices[3], second.indices[0]])
    assert torch.equal(batch.x, X.round()[[second.indices[3], second.indices[0]]].transpose(0, 1))
    assert as_data(first, "d").labels.tolist() == Y[list(first.indices)].tolist()


def test_sparse_tensors_become_dense() -> None:
    data = as_data(Made(lambda i: (X[i].to_sparse(), int(Y[i]))), "d")
    assert torch.equal(data.batch([4, 2]).x, X[[4, 2]].transpose(0, 1))
    (batch,) = as_data(Lists((X.transpose(0, 1).to_sparse(), Y)), "d")
    assert torch.equal(batch.x, X.transpose(0, 1))


def test_labels_are_those_a_data_set_tells_without_reading_samples() -> None:
    def never(index: int) -> Any:
        raise AssertionError(index)

    for attribute, told in (("targets", Y), ("labels", Y.tolist()), ("targets", np.asarray(Y, np.int32))):
        made = Made(never)
        setattr(made, attribute, told)
        assert MapSamples(made, "d").labels.tolist() == Y.tolist()
    # What is no integer for each sample is something else.
    for other in (Y.float(), Y[:3], [f"{y}" for y in Y], lambda: Y, None):
        made = Made(plain)
        made.targets = other  # type: ignore[attr-defined]  # as data sets have it
        assert MapSamples(made, "d").labels.tolist() == Y.tolist()


def test_samples_of_several_lengths_are_padded() -> None:
    data = as_data(Made(lambda i: (X[i, : i % 5 + 1], 0)), "train")
    assert isinstance(data, MapSamples)
    batch = data.batch([1, 3])
    assert batch.mask is not None
    assert batch.mask.T.int().tolist() == [[1, 1, 0, 0], [1, 1, 1, 1]]
    assert torch.equal(batch.x[:2, 0], X[1, :2])
    assert torch.equal(batch.x[:, 1], X[3, :4])
    assert not batch.x[2:, 0].any()
    assert data.batch([1, 6]).mask is None


def test_loaders() -> None:
    masks = torch.ones(30, 5, dtype=torch.bool)
    masks[3, 2:] = False
    loaders: list[Iterable[Any]] = [
        DataLoader(TensorDataset(X, Y), 8),  # torch's collation stacks samples first
        DataLoader(TensorDataset(X, Y, masks), 8),
        DataLoader(TensorDataset(X, Y), 8, collate_fn=collate),
        DataLoader(Made(lambda i: (X[8 * i : 8 * i + 8].transpose(0, 1), Y[8 * i : 8 * i + 8]), 4), batch_size=None),
        Lists(*[(X[i : i + 8].transpose(0, 1), Y[i : i + 8].to(torch.uint8)) for i in range(0, 30, 8)]),
        Lists(*[Batch(X[i : i + 8].transpose(0, 1), Y[i : i + 8]) for i in range(0, 30, 8)]),
    ]
    for loader in loaders:
        data = as_data(loader, "train")
        assert isinstance(data, LoaderBatches)
        for _ in range(2):
            batches = list(data)
            assert torch.equal(torch.cat([b.x for b in batches], 1), X.transpose(0, 1))
            assert torch.equal(torch.cat([b.y for b in batches]), Y)
            assert [b.x.shape for b in batches] == [(5, 8, 3)] * 3 + [(5, 6, 3)]
        assert data.samples == 30
    with_masks = list(as_data(loaders[1], "train"))
    assert torch.equal(torch.cat([b.mask for b in with_masks], 1), masks.T)


def test_a_collation_that_says_batch_first() -> None:
    class Pad:
        batch_first = True

        def __call__(self, samples: list[Any]) -> Any:
            return torch.stack([x for x, _ in samples]), torch.tensor([int(y) for _, y in samples])

    # As many samples as steps, so that shapes tell nothing.
    (batch, *_) = as_data(DataLoader(TensorDataset(X, Y), 5, collate_fn=Pad()), "train")
    assert torch.equal(batch.x, X[:5].transpose(0, 1))


def test_batches_of_workers_are_pinned_and_moved_as_batches() -> None:
    batch = Batch(X.transpose(0, 1), Y, torch.ones(5, 30, dtype=torch.bool)).to("cpu")
    assert isinstance(batch, Batch)
    loader = DataLoader(TensorDataset(X, Y), 8, collate_fn=collate, num_workers=1)
    assert torch.equal(torch.cat([b.x for b in as_data(loader, "d")], 1), X.transpose(0, 1))


def fail(index: int) -> Any:
    if index == 7:
        raise KeyError("first line\nlast line")
    return plain(index)


SAMPLES: dict[str, tuple[Callable[[int], Any], str]] = {
    "raises": (fail, "d: sample 7: cannot be read: KeyError: "),
    "ends early": ([plain(0)].__getitem__, "d: sample 1: cannot be read: IndexError: list index out of range"),
    "shapes differ": (lambda i: (X[i, :, : 2 + (i < 5)], 0), "d: sample 5: x must be [T, 3] as others, got (5, 2)"),
    "axes differ": (
        lambda i: (X[i] if i < 5 else X[i, None], 0),
        "d: sample 5: x must be [T, 3] as others, got (1, 5, 3)",
    ),
    "NaN": (
        lambda i: (X[i] / (0 if i == 9 else 1) * (i != 9), 0),
        "d: sample 9: x must be finite, got 'NaN or infinity'",
    ),
    "float label": (lambda i: (X[i], 0.0), "d: sample 0: y must be an integer, the label, got 0.0"),
    "label in a row": (
        lambda i: (X[i], torch.tensor([1])),
        "d: sample 0: y must be an integer, the label, got tensor([1])",
    ),
    "bool label": (lambda i: (X[i], True), "d: sample 0: y must be an integer, the label, got True"),
    "text label": (lambda i: (X[i], "cat"), "d: sample 0: y must be an integer, the label, got 'cat'"),
    "negative label": (lambda i: (X[i], -i), "d: sample 1: y must be a label 0..2, got -1"),
    "label out of range": (lambda i: (X[i], i), "d: sample 3: y must be a label 0..2, got 3"),
    "no pair": (lambda i: X[i], "d: sample 0: must be a pair (x [T, ...], y), got 'Tensor'"),
    "three": (lambda i: (X[i], 0, 0), "d: sample 0: must be a pair (x [T, ...], y), got 'tuple of 3'"),
    "no time": (lambda i: (X[i, 0], 0), "d: sample 0: x must be [T, ...], events or currents in time, got (3,)"),
    "empty": (lambda i: (X[i, :0], 0), "d: sample 0: x must be [T, ...], events or currents in time, got (0, 3)"),
    "ragged": (lambda _: ([[1], [2, 3]], 0), "d: sample 0: x must be an array of numbers: "),
    "objects": (lambda _: (np.array([[object()]]), 0), "d: sample 0: x must be an array of numbers, got 'object'"),
    "complex": (lambda i: (X[i].to(torch.complex64), 0), "d: sample 0: x must hold real numbers, got 'complex64'"),
}


@pytest.mark.parametrize("case", SAMPLES)
def test_hostile_samples(case: str) -> None:
    make, message = SAMPLES[case]
    data = as_data(Made(make), "d", classes=3)
    assert isinstance(data, MapSamples)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as caught:
        data.batch(EVERY)
    assert "\n" not in str(caught.value)
    sample = int(message.split()[2].rstrip(":"))
    if "as others" not in message:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
            data[sample]


def test_lengths_of_data_sets_that_change() -> None:
    made = Made(plain)
    data = as_data(made, "d")
    made.samples = 20
    with pytest.raises(ValueError, match=r"^d: must keep its length, 30 samples, got 20"):
        data.batch([1])
    made.samples = 30
    batches = as_data(DataLoader(made, 4, collate_fn=collate), "d")
    assert len(list(batches)) == 8
    made.samples = 20
    again = as_data(DataLoader(made, 4, collate_fn=collate), "d")
    again.samples = batches.samples
    with pytest.raises(ValueError, match=r"^d: must keep its length, 30 samples in an epoch, got 20"):
        list(again)


XB, YB, MB = X[:4].transpose(0, 1), torch.tensor([0, 1, 2, 0]), torch.ones(5, 4, dtype=torch.bool)
NONE = MB.clone()
NONE[:, 2] = False
BATCHES: dict[str, tuple[tuple[Any, ...], str]] = {
    "mask in floats": (((XB, YB, MB.float()),), "batch 0: mask must be bool, got 'float32'"),
    "mask turned": (((XB, YB, MB.T),), "batch 0: mask must be [T, B], [5, 4], got (4, 5)"),
    "mask of samples": (((XB, YB, MB[0]),), "batch 0: mask must be [T, B], [5, 4], got (4,)"),
    "no step counts": (
        ((XB, YB, NONE),),
        "batch 0: mask must leave each sample a step that counts, got 'none for [2] of",
    ),
    "few labels": (((XB, YB[:3]),), "batch 0: y must be [4], a label for each sample of x [T, B, ...], got (3,)"),
    "samples first": (
        ((X[:4], YB),),
        "batch 0: y must be [5], a label for each sample of x [T, B, ...]; x begins with B: ",
    ),
    "labels out of range": (((XB, YB + 1),), "batch 0: y must be labels 0..2, got 3"),
    "negative labels": (((XB, YB - 1),), "batch 0: y must be labels from 0, got -1"),
    "float labels": (((XB, YB.float()),), "batch 0: y must hold integers, labels from 0, got 'float32'"),
    "labels in rows": (
        ((XB, YB[:, None]),),
        "batch 0: y must be [4], a label for each sample of x [T, B, ...], got (4, 1)",
    ),
    "inputs alone": (((XB,),), "batch 0: must be tensors (x, y) or (x, y, mask), got ['Tensor']"),
    "a tensor": ((XB,), "batch 0: must be tensors (x, y) or (x, y, mask), got 'Tensor'"),
    "a dict": (({"x": XB, "y": YB},), "batch 0: must be tensors (x, y) or (x, y, mask), got 'dict'"),
    "arrays": (((XB, YB.numpy()),), "batch 0: must be tensors (x, y) or (x, y, mask), got ['Tensor', 'ndarray']"),
    "shapes differ": (((XB, YB), (XB[..., :2], YB)), "batch 1: x must be [T, B, 3] as others, got (5, 4, 2)"),
    "no inputs": (((XB[0], YB),), "batch 0: x must be [T, B, ...], got (4, 3)"),
    "empty": (((XB[:, :0], YB[:0]),), "batch 0: x must not be empty, got (5, 0, 3)"),
    "infinity": (((XB, YB), (XB / 0, YB)), "batch 1: x must be finite, got 'NaN or infinity'"),
    "complex": (((XB.to(torch.complex64), YB),), "batch 0: x must hold real numbers, got 'complex64'"),
    "none": ((), "must give a batch, got 'none'"),
}


@pytest.mark.parametrize("case", BATCHES)
def test_hostile_batches(case: str) -> None:
    given, message = BATCHES[case]
    with pytest.raises(ValueError, match=f"^d: {re.escape(message)}") as caught:
        list(as_data(Lists(*given), "d", 3))
    assert "\n" not in str(caught.value)


def test_a_loader_that_raises() -> None:
    data = as_data(DataLoader(Made(fail), 4, collate_fn=collate), "d")
    with pytest.raises(ValueError, match=r"^d: batch 1: cannot be read: KeyError: ") as caught:
        list(data)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value.__cause__, KeyError)


def test_what_a_worker_raises_is_told_by_its_last_line() -> None:
    def late() -> Iterator[Any]:
        yield XB, YB
        raise OSError(
            "Caught OSError in DataLoader worker process 0.\nOriginal Traceback:\n  File\nOSError: no such disk\n"
        )

    class Loader:
        def __iter__(self) -> Iterator[Any]:
            return late()

    with pytest.raises(ValueError, match=r"^d: batch 1: cannot be read: OSError: no such disk$"):
        list(as_data(Loader(), "d"))


class Stream(IterableDataset[Any]):
    def __iter__(self) -> Iterator[Any]:
        return iter([plain(0), plain(1)])


def test_streams_need_a_loader() -> None:
    with pytest.raises(
        ValueError, match=r"^d: must be a data set .*; give an IterableDataset as DataLoader.*, got 'Stream'"
    ):
        as_data(Stream(), "d")
    (batch,) = as_data(DataLoader(Stream(), 2, collate_fn=collate), "d")
    assert torch.equal(batch.x, X[:2].transpose(0, 1))


@pytest.mark.parametrize("given", [iter([1]), "data.npz", X, {"x": X}, 7, None, [], TensorDataset(X[:0], Y[:0])])
def test_what_is_no_data(given: Any) -> None:
    with pytest.raises(ValueError, match=r"^d: must (be a data set of \(x \[T, \.\.\.\], y\), or a|hold a sample)"):
        as_data(given, "d")


def test_memory_that_is_not_enough_stays_what_it_is() -> None:
    def large(_: int) -> Any:
        raise MemoryError

    with pytest.raises(MemoryError):
        as_data(Made(large), "d").batch([0])


def test_fit_takes_them_as_they_are() -> None:
    counts = (X * 3).round()
    losses = []
    loaders = [DataLoader(TensorDataset(counts, Y), 8), DataLoader(TensorDataset(counts, Y), 8, collate_fn=collate)]
    for data in (*loaders, Lists(*as_data(loaders[1], "d"))):
        torch.manual_seed(0)
        model = nn.Linear(3, 3)
        losses.append(fit(model, data, epochs=2).history[-1].loss)
        # In order, as the loaders have it, the evaluation of what other people hold is that of ours.
        found = [evaluate(model, d).loss for d in (data, TensorDataset(counts, Y), SpikeDataset(counts, Y))]
        # Batches of other sizes add up in another order.
        assert found == pytest.approx([found[0]] * 3, rel=1e-5)
    assert losses == [losses[0]] * 3
    with pytest.raises(ValueError, match=r"^fit: train: sample 7: cannot be read: KeyError: "):
        fit(nn.Linear(3, 3), Made(fail), epochs=1)
    with pytest.raises(ValueError, match=r"^fit: val: batch 0: y must be labels from 0, got -1"):
        fit(nn.Linear(3, 3), loaders[0], val=Lists((XB, YB - 1)), epochs=1)
