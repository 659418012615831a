"""Parts of a data set: for validation, and for folds of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils import data as torch_data

from spikelut._checks import is_finite, require, require_int, require_type
from spikelut._extras import names_extra
from spikelut._text import brief
from spikelut.training.data.batch import Batch
from spikelut.training.data.foreign import LoaderBatches, as_data
from spikelut.training.data.labels import checked_labels
from spikelut.training.data.spike_dataset import Indices, SpikeDataset, checked_indices

DRAWS = 32
"""Of groups, of which the one is taken whose classes are nearest to their shares."""

OF_THE_WHOLE = ("classes", "steps", "shape", "largest", "input_step", "device")
"""What is the same for all parts."""


class Data(NamedTuple):
    """The data sets `train`, `val`, which chooses epochs and settings, and `test`; None for one that is not there.

    ```pycon
    >>> data = training.load("digits", val=0.1)
    >>> len(data.train), len(data.val), len(data.test)
    (1293, 144, 360)
    ```
    """

    train: Any
    val: Any = None
    test: Any = None

    def __repr__(self) -> str:
        sizes = {
            name: f"{len(part)} samples" if hasattr(part, "__len__") else part for name, part in self._asdict().items()
        }
        return brief(self, *(f"{name}: {size}" for name, size in sizes.items()))


class Subset(torch_data.Subset[tuple[Tensor, Any]]):
    """Samples of a data set, by their `indices`, as torch's `Subset` and with `batch`; nothing is copied.

    `dataset` is a data set of ours, or one of torch of (x [T, ...], y). `labels` are those of these samples;
    `classes`, `steps`, `shape`, `largest`, `input_step` and `device` are those of the whole.

    ```pycon
    >>> whole = training.SpikeDataset(torch.ones(6, 5, 3, dtype=torch.uint8), [0, 1, 2, 0, 1, 2])
    >>> part = training.Subset(whole, [5, 1])
    >>> len(part), part.labels.tolist(), part.batch([0]).y.tolist(), part.classes
    (2, [2, 1], [2], 3)
    ```
    """

    def __init__(self, dataset: Any, indices: Indices, name: str = "Subset") -> None:
        require_type("Subset", "name", name, str, "a text")
        found = as_data(dataset, name)
        require(not isinstance(found, LoaderBatches), name, "dataset must give samples by index", "a DataLoader")
        self._index = checked_indices(name, indices, len(found))
        self.name = name
        self.whole: Any = found
        super().__init__(found, self._index.tolist())  # type: ignore[arg-type]  # has what a data set of torch has

    def batch(self, indices: Indices) -> Batch:
        """These of its samples at once."""
        batch: Batch = self.whole.batch(self._index[checked_indices(self.name, indices, len(self))])
        return batch

    @property
    def labels(self) -> Tensor:
        """Labels [N] of its samples."""
        labels: Tensor = self.whole.labels
        return labels[self._index.to(labels.device)]

    def to(self, device: torch.device | str) -> "Subset | SpikeDataset":
        """The same samples with batches on a device; of counts in memory only these move there."""
        if isinstance(self.whole, SpikeDataset) and self.whole.in_memory:
            return self.whole.taken(self._index).to(device)
        return Subset(self.whole.to(device), self._index, self.name)

    def __getattr__(self, name: str) -> Any:
        if name not in OF_THE_WHOLE:
            raise AttributeError(f"Subset has no {name}")
        return getattr(self.dataset, name)

    def __repr__(self) -> str:
        return f"Subset({len(self)} of {self.dataset!r})"


@names_extra
def split(dataset: Any, share: float, seed: int = 0, groups: Any = None) -> tuple[Subset, Subset]:
    """Hold out a `share` of the samples of every class: the pair (train, validation).

    The same labels, share and `seed` give the same samples. `groups` [N], integers or texts: samples of a group, such
    as the recordings of one speaker, stay on one side. `share` is then that of the groups, and of 32 draws the one is
    taken in which the classes are nearest to their shares. Raises ValueError unless 0 < share < 1 leaves a sample of
    each class on both sides (with groups: a group).

    Source: `train_test_split` and `GroupShuffleSplit` of scikit-learn.

    ```pycon
    >>> whole = training.SpikeDataset(torch.ones(40, 5, 3, dtype=torch.uint8), [0, 1] * 20)
    >>> train, validation = training.split(whole, 0.1)
    >>> len(train), validation.labels.sort().values.tolist()
    (36, [0, 0, 1, 1])
    ```
    """
    from sklearn.model_selection import GroupShuffleSplit, train_test_split

    require(is_finite(share) and 0 < share < 1, "split", "share must be between 0 and 1", share)
    require_int("split", "seed", seed, 0, 2**32 - 1)
    whole, labels = _whole(dataset, "split")
    everything = np.arange(len(labels))
    if groups is not None:
        of = _groups("split", groups, labels)
        several = len(np.unique(of)) >= 2
        require(several, "split", "groups must be two or more", len(np.unique(of)))
        draws = GroupShuffleSplit(DRAWS, test_size=share, random_state=seed).split(everything, labels, of)
        rest, held = min(draws, key=lambda draw: _distance(labels, draw[1], share))
        return Subset(whole, rest), Subset(whole, held)
    counts = np.bincount(labels)
    fewest, present = int(counts[counts > 0].min()), int((counts > 0).sum())
    require(fewest >= 2, "split", "y must have two samples or more of each class that is there", fewest)
    both = min(np.ceil(share * len(labels)), len(labels) - np.ceil(share * len(labels))) >= present
    message = f"share must leave {present} samples or more, one of each class, on both sides of {len(labels)}"
    require(bool(both), "split", message, share)
    rest, held = train_test_split(everything, test_size=share, stratify=labels, random_state=seed)
    return Subset(whole, np.sort(rest)), Subset(whole, np.sort(held))


@names_extra
def folds(dataset: Any, k: int, seed: int = 0, groups: Any = None) -> list[tuple[Subset, Subset]]:
    """The pairs (train, validation) of k-fold cross-validation: each sample validates once, classes alike in each fold.

    The same for the same labels, k and `seed`. `groups` [N], integers or texts: those of a group stay in one fold.
    Raises ValueError for fewer than k samples of a class, or fewer than k groups.

    Source: `StratifiedKFold` and `StratifiedGroupKFold` of scikit-learn.

    ```pycon
    >>> whole = training.SpikeDataset(torch.ones(40, 5, 3, dtype=torch.uint8), [0, 1] * 20)
    >>> [(len(train), len(validation)) for train, validation in training.folds(whole, 4)]
    [(30, 10), (30, 10), (30, 10), (30, 10)]
    ```
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    whole, labels = _whole(dataset, "folds")
    require_int("folds", "k", k, 2, len(labels))
    require_int("folds", "seed", seed, 0, 2**32 - 1)
    everything = np.arange(len(labels))
    if groups is not None:
        of = _groups("folds", groups, labels)
        enough = len(np.unique(of)) >= k
        require(enough, "folds", f"groups must be {k} or more, one for each fold", len(np.unique(of)))
        parts = StratifiedGroupKFold(k, shuffle=True, random_state=seed).split(everything, labels, of)
    else:
        counts = np.bincount(labels)
        fewest = int(counts[counts > 0].min())
        require(fewest >= k, "folds", f"y must have {k} samples or more of each class that is there", fewest)
        parts = StratifiedKFold(k, shuffle=True, random_state=seed).split(everything, labels)
    pairs = [(np.asarray(rest), np.asarray(held)) for rest, held in parts]
    empty = any(len(held) == 0 for _, held in pairs)
    require(not empty, "folds", f"groups must fill {k} folds", "an empty fold")
    return [(Subset(whole, rest), Subset(whole, held)) for rest, held in pairs]


def _whole(dataset: Any, who: str) -> tuple[Any, NDArray[np.int64]]:
    """A data set of samples by index, and its labels."""
    found: Any = as_data(dataset, who)
    by_index = not isinstance(found, LoaderBatches) and hasattr(found, "labels")
    require(by_index, who, "dataset must give samples by index, and labels", type(dataset).__name__)
    labels, _ = checked_labels(who, found.labels, len(found))
    return found, labels.cpu().numpy()


def _groups(who: str, groups: Any, labels: NDArray[np.int64]) -> NDArray[Any]:
    """The number of each sample's group."""
    found = groups.cpu().numpy() if isinstance(groups, Tensor) else np.asarray(groups)
    named = found.dtype.kind in "iuUS" and found.shape == labels.shape
    message = f"groups must be [{len(labels)}], integers or texts, one per sample"
    require(named, who, message, f"{found.dtype} {found.shape}")
    return np.unique(found, return_inverse=True)[1]


def _distance(labels: NDArray[np.int64], held: Sequence[int] | NDArray[np.int64], share: float) -> float:
    """How far the numbers of samples of each class that are held out are from their shares."""
    counts = np.bincount(labels)
    return float(np.abs(np.bincount(labels[held], minlength=len(counts)) - share * counts).sum())
