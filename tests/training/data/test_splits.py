"""Parts of a data set: held out, and in folds."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from spikelut.training import SpikeDataset, Subset, collate, folds, split

X = np.random.default_rng(0).integers(0, 3, (120, 4, 3), np.uint8)
Y = np.repeat([0, 1, 2], [60, 40, 20])
GROUPS = np.arange(120) % 12 // 2  # six, each with every class
DATA = SpikeDataset(X, Y)
FOREIGN = TensorDataset(torch.tensor(X), torch.tensor(Y))


@pytest.mark.parametrize("data", [DATA, FOREIGN], ids=["ours", "torch"])
def test_a_split_is_stratified_and_the_same_again(data: Any) -> None:
    rest, held = split(data, 0.1, seed=3)
    assert sorted([*rest.indices, *held.indices]) == list(range(120))
    assert np.bincount(held.labels).tolist() == [6, 4, 2]
    assert np.bincount(rest.labels).tolist() == [54, 36, 18]
    assert split(data, 0.1, seed=3)[1].indices == held.indices
    assert split(data, 0.1, seed=4)[1].indices != held.indices
    batch = held.batch([1, 0])
    assert np.array_equal(batch.x, np.moveaxis(X[[held.indices[1], held.indices[0]]], 0, 1))
    assert batch.y.tolist() == Y[[held.indices[1], held.indices[0]]].tolist()
    assert torch.equal(held[1][0], batch.x[:, 0])


@pytest.mark.parametrize("data", [DATA, FOREIGN], ids=["ours", "torch"])
def test_each_sample_validates_once_in_folds(data: Any) -> None:
    pairs = folds(data, 5, seed=1)
    assert sorted(i for _, held in pairs for i in held.indices) == list(range(120))
    for rest, held in pairs:
        assert sorted([*rest.indices, *held.indices]) == list(range(120))
        assert np.bincount(held.labels).tolist() == [12, 8, 4]
    assert [held.indices for _, held in folds(data, 5, seed=1)] == [held.indices for _, held in pairs]
    assert folds(data, 5, seed=2)[0][1].indices != pairs[0][1].indices


@pytest.mark.parametrize(
    "groups", [GROUPS, [f"speaker {g}" for g in GROUPS], torch.tensor(GROUPS)], ids=["a", "b", "c"]
)
def test_groups_stay_together(groups: Any) -> None:
    for pairs, sizes in (([split(DATA, 1 / 3, groups=groups)], [2]), (folds(DATA, 6, groups=groups), [1] * 6)):
        for (rest, held), size in zip(pairs, sizes, strict=True):
            inside, outside = set(GROUPS[held.indices]), set(GROUPS[rest.indices])
            assert len(inside) == size
            assert inside | outside == set(range(6))
            assert not inside & outside


def test_of_draws_of_groups_the_one_is_taken_whose_classes_are_alike() -> None:
    # Of ten speakers five said nothing of class 2: a draw of two mostly has too much or too little of it.
    speakers = np.arange(400) // 40
    y = np.where(speakers % 2 == 0, np.arange(400) % 2, np.arange(400) % 3)
    data = SpikeDataset(np.ones((400, 2, 1), np.uint8), y)
    for seed in range(5):
        held = split(data, 0.2, seed, groups=speakers)[1]
        assert sorted({s % 2 for s in speakers[held.indices]}) == [0, 1]


def test_a_part_of_a_part_and_on_a_device() -> None:
    rest, _ = split(DATA, 0.5)
    inner, _ = split(rest, 0.5)
    assert isinstance(inner, Subset)
    expected = np.moveaxis(X[rest.indices][inner.indices], 0, 1)
    assert np.array_equal(inner.batch(torch.arange(len(inner))).x, expected)
    assert inner.labels.tolist() == Y[rest.indices][inner.indices].tolist()
    assert (inner.classes, inner.steps, inner.shape, inner.largest, inner.input_step) == (3, 4, (3,), 2, 1.0)
    moved = rest.to("cpu")
    assert isinstance(moved, SpikeDataset)
    assert torch.equal(moved.batch([3, 1]).x, rest.batch([3, 1]).x)
    assert (len(moved), moved.classes, moved.largest) == (60, 3, 2)
    (batch,) = DataLoader(inner, len(inner), collate_fn=collate)
    assert np.array_equal(batch.x, expected)
    with pytest.raises(AttributeError, match="Subset has no lengths"):
        _ = rest.lengths


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: split(DATA, 0.0), "split: share must be between 0 and 1, got 0.0"),
        (lambda: split(DATA, 1), "split: share must be between 0 and 1, got 1"),
        (lambda: split(DATA, "a"), "split: share must be between 0 and 1, got 'a'"),  # type: ignore[arg-type]
        (
            lambda: split(DATA, 0.01),
            r"split: share must leave 3 samples or more, one of each class, .* of 120, got 0\.01",
        ),
        (
            lambda: split(DATA, 0.99),
            r"split: share must leave 3 samples or more, one of each class, .* of 120, got 0\.99",
        ),
        (lambda: split(DATA, 0.5, seed=-1), "split: seed must be an integer in 0.*, got -1"),
        (
            lambda: split(Subset(DATA, [0, 60, 61]), 0.5),
            "split: y must have two samples or more of each class .* got 1",
        ),
        (lambda: split(DATA, 0.5, groups=[1] * 120), "split: groups must be two or more, got 1"),
        (
            lambda: split(DATA, 0.5, groups=[1, 2]),
            r"split: groups must be \[120\], integers or texts, one per sample, got",
        ),
        (
            lambda: split(DATA, 0.5, groups=[0.5] * 120),
            r"split: groups must be \[120\], integers or texts, .* 'float64",
        ),
        (
            lambda: split(DataLoader(FOREIGN), 0.5),
            "split: dataset must give samples by index, and labels, got 'DataLoader'",
        ),
        (lambda: folds(DATA, 1), r"folds: k must be an integer in 2\.\.120, got 1"),
        (lambda: folds(DATA, 21), "folds: y must have 21 samples or more of each class that is there, got 20"),
        (lambda: folds(DATA, 7, groups=GROUPS), "folds: groups must be 7 or more, one for each fold, got 6"),
        (lambda: Subset(DATA, [120]), r"Subset: indices must be in 0\.\.119, got 120"),
        (lambda: Subset(DATA, [0]).batch([1]), r"Subset: indices must be in 0\.\.0, got 1"),
        (lambda: Subset(DataLoader(FOREIGN), [0]), "Subset: dataset must give samples by index, got 'a DataLoader'"),
    ],
)
def test_parts_that_cannot_be(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
