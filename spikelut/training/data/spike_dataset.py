"""Event counts of samples as a data set of torch."""

import copy
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from spikelut._checks import is_finite, require, require_type, shown
from spikelut._defaults import require_held
from spikelut.training.data.batch import Batch
from spikelut.training.data.counts import Counts, as_tensor, stored
from spikelut.training.data.labels import checked_labels

Indices = Tensor | Sequence[int] | np.ndarray[Any, Any]


class SpikeDataset(Dataset[tuple[Tensor, Tensor]]):
    """Event counts of samples with labels: a data set of torch that gives whole batches at once.

    - `x` [N, T, ...]: counts, whole numbers from 0, as a NumPy array, a tensor on any device, a memory map, a
      `FileArray` or the path of an .npy file. What is in memory is checked at once and held in as few bytes as its
      counts need; what is in a file stays there, and each batch of it is checked when it is read.
    - `y` [N]: labels, integers 0..K-1. `classes`: K; None: the highest label + 1.
    - `lengths` [N]: how many steps each sample has, 1..T, after which its counts are 0; None: T.
    - `input_step`: what one event stands for; real inputs are counts times it.
    - `name`: what errors call the data.

    `[i]` is (x [T_i, ...], y), floats without padding, for any `DataLoader` with `collate`. `batch(indices)` is the
    fast way, and what `fit` takes. Raises ValueError, which names the data and the sample, for counts other than whole
    numbers from 0 to 2**24, and for labels and lengths that do not fit.

    ```pycon
    >>> data = training.SpikeDataset(torch.ones(6, 5, 3, dtype=torch.uint8), [0, 1, 2, 0, 1, 2])
    >>> batch = data.batch([4, 0])
    >>> batch.x.shape, batch.x.dtype, batch.y
    (torch.Size([5, 2, 3]), torch.float32, tensor([1, 0]))
    ```
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        *,
        lengths: Any = None,
        input_step: float = 1.0,
        classes: int | None = None,
        name: str = "SpikeDataset",
    ) -> None:
        require(is_finite(input_step) and input_step > 0, name, "input_step must be > 0", input_step)
        require_type("SpikeDataset", "name", name, str, "a text")
        self.name, self.input_step = name, float(input_step)
        found = stored(name, x)
        samples, steps = found.shape[:2]
        self.lengths = None if lengths is None else checked_lengths(name, lengths, samples, steps)
        self._counts = Counts(name, found, self.lengths)
        self.labels, self.classes = checked_labels(name, y, samples, classes)
        self.labels = self.labels.to(self.device)

    @property
    def device(self) -> torch.device:
        """Where batches are."""
        return self._counts.device

    @property
    def steps(self) -> int:
        """T, the number of time steps of the longest sample."""
        return self._counts.shape[1]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the input in a time step: what follows time and batch."""
        return self._counts.shape[2:]

    @property
    def largest(self) -> int:
        """The largest count in a step; of a file all of it is read once."""
        return self._counts.largest

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
        found = self._counts.gather(index).transpose(0, 1)
        # One pass converts and turns; contiguous, as the kernels want it.
        x = found.to(torch.get_default_dtype(), memory_format=torch.contiguous_format)
        x = x if self.input_step == 1 else x.mul_(self.input_step)
        require_held(self.name, x, found, self.input_step)
        y = self.labels.index_select(0, index.to(self.device))
        return Batch(x, y, None if self.lengths is None else self._mask(index))

    def _mask(self, index: Tensor) -> Tensor:
        assert self.lengths is not None
        return (torch.arange(self.steps, device="cpu")[:, None] < self.lengths[index]).to(self.device)

    def to(self, device: torch.device | str) -> Self:
        """The same data with batches on a device; counts and labels move there, but for counts in a file."""
        moved = copy.copy(self)
        moved._counts = copy.copy(self._counts)
        moved._counts.moved(torch.device(device))
        moved.labels = self.labels.to(device)
        return moved

    @property
    def in_memory(self) -> bool:
        """Whether the counts are in memory, on whatever device, and not in a file."""
        return self._counts.rows is None

    def taken(self, indices: Indices) -> Self:
        """A data set of a copy of these samples, in memory."""
        index = checked_indices(self.name, indices, len(self))
        part = copy.copy(self)
        part.lengths = None if self.lengths is None else self.lengths[index]
        part._counts = self._counts.taken(index, part.lengths)
        part.labels = self.labels.index_select(0, index.to(self.device))
        return part

    def __repr__(self) -> str:
        axes = ", ".join(map(str, (len(self), self.steps, *self.shape)))
        return f"SpikeDataset([{axes}], {self.classes} classes{'' if self.lengths is None else ', lengths'})"


def checked_indices(who: str, indices: Indices, samples: int) -> Tensor:
    """Indices of samples on the CPU. Raises ValueError unless they are integers 0..N-1 in one dimension."""
    try:
        index = torch.as_tensor(_native(indices), device="cpu")
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"{who}: indices must be integers [B], B > 0, got {shown(indices)}") from None
    whole = index.ndim == 1 and not index.dtype.is_floating_point and index.dtype != torch.bool
    require(whole and len(index) > 0, who, "indices must be integers [B], B > 0", tuple(index.shape))
    index = index.long()
    low, high = (int(end) for end in index.aminmax())
    require(low >= 0 and high < samples, who, f"indices must be in 0..{samples - 1}", low if low < 0 else high)
    return index


def _native(given: Any) -> Any:
    """An array as torch takes it, whatever its order of bytes and the signs of its strides."""
    if isinstance(given, np.ndarray) and given.dtype.kind in "iuf":
        return as_tensor(given)
    return given


def checked_lengths(name: str, lengths: Any, samples: int, steps: int) -> Tensor | None:
    """Lengths of samples as int64, None if all are the longest there can be."""
    if not isinstance(lengths, Tensor):
        lengths = np.asarray(lengths)
        require(lengths.dtype.kind in "buif", name, "lengths must be integers", str(lengths.dtype))
        lengths = torch.as_tensor(_native(lengths), device="cpu")
    found = lengths.detach().cpu()
    whole = not found.dtype.is_floating_point and found.dtype != torch.bool
    require(whole, name, "lengths must be integers", str(found.dtype).removeprefix("torch."))
    require(found.shape == (samples,), name, f"lengths must be [{samples}], one per sample", tuple(found.shape))
    found = found.long()
    wrong = ((found < 1) | (found > steps)).nonzero().flatten()
    if len(wrong):
        first = int(wrong[0])
        raise ValueError(f"{name}: lengths must be in 1..{steps}, got {int(found[first])} for sample {first}")
    return None if bool((found == steps).all()) else found
