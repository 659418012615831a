"""Where the counts of a data set lie, and that they are counts."""

import copy
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import require
from spikelut.training.data.files.file_array import FileArray

Rows = FileArray | NDArray[Any]
"""What is not in memory, or not to be: only rows of it are taken."""

CHUNK = 2**22
"""Bytes that are looked at at once."""
MOST = 2**24
"""The largest count that a float32 holds, as all below it."""


class Counts:
    """Counts [N, T, ...] in a tensor, or in a file or memory map, of which rows are gathered. Values are known to be
    whole numbers from 0: those of a tensor when it is made, others when they are read."""

    def __init__(self, who: str, stored: Rows | Tensor, lengths: Tensor | None) -> None:
        self.who, self.lengths, self.device = who, lengths, torch.device("cpu")
        self.shape: tuple[int, ...] = tuple(stored.shape)
        self.rows: Rows | None = None
        self.tensor = torch.empty(0, device="cpu")
        self._largest: int | None = None
        if isinstance(stored, Tensor):
            self.tensor = self._compact(_wider(stored))
            self.device = self.tensor.device
        else:
            self.rows = stored

    @property
    def largest(self) -> int:
        """The largest count; of a file all of it is read once."""
        if self._largest is None:
            highest = 0
            for first, part in self._parts(self.tensor if self.rows is None else self.rows):
                self.check(part, torch.arange(first, first + len(part), device="cpu"))
                highest = max(highest, int(part.max()))
            self._largest = highest
        return self._largest

    def gather(self, indices: Tensor) -> Tensor:
        """The counts of these samples [B, T, ...], of whatever type they have."""
        if self.rows is None:
            return self.tensor.index_select(0, indices.to(self.device))
        rows = indices.numpy()
        found = self.rows.take(rows) if isinstance(self.rows, FileArray) else self.rows[rows]
        part = as_tensor(found)
        if part.dtype != torch.uint8:
            self.check(part, indices)
        elif self.lengths is not None:
            self._check_ends(part, indices)
        return part.to(self.device, non_blocking=True)

    def taken(self, indices: Tensor, lengths: Tensor | None) -> "Counts":
        """These samples in memory; the largest count stays that of all."""
        part = copy.copy(self)
        part.tensor, part.rows, part.lengths = self.gather(indices), None, lengths
        part.shape = (len(indices), *self.shape[1:])
        return part

    def moved(self, device: torch.device) -> None:
        """Have batches on a device, and the counts too if they are in memory."""
        self.tensor, self.device = self.tensor.to(device), device

    def check(self, part: Tensor, indices: Tensor) -> None:
        """Raise ValueError, which names a sample, unless these are whole numbers from 0, and 0 after the sample."""
        allowed = "x must be counts, whole numbers from 0"
        if part.dtype.is_floating_point:
            self._require(part.isfinite(), f"{allowed}; it must be finite", part, indices)
            real = "; real inputs are counts times input_step, or a data set of torch of (x, y)"
            self._require(part == part.round(), f"{allowed}{real}", part, indices)
        if part.dtype != torch.bool:
            self._require(part >= 0, allowed, part, indices)
            if part.dtype.is_floating_point or torch.iinfo(part.dtype).max > MOST:
                self._require(part <= MOST, f"{allowed} to {MOST}", part, indices)
        if self.lengths is not None:
            self._check_ends(part, indices)

    def _check_ends(self, part: Tensor, indices: Tensor) -> None:
        assert self.lengths is not None
        lengths = self.lengths.to(part.device)[indices.to(part.device)]
        after = torch.arange(part.shape[1], device=part.device) >= lengths[:, None]
        inside = (part == 0).flatten(2).all(2) | ~after
        self._require(inside, "x must be 0 from lengths on", inside, indices)

    def _require(self, fine: Tensor, message: str, part: Tensor, indices: Tensor) -> None:
        if not bool(fine.all()):
            place = (~fine).nonzero()[0]
            value = part[tuple(place)].item()
            got = "another" if part.dtype == torch.bool else value
            raise ValueError(
                f"{self.who}: {message}, got {got} in sample {int(indices[place[0]])}, step {int(place[1])}"
            )

    def _compact(self, x: Tensor) -> Tensor:
        """Checked counts in as few bytes as hold them."""
        self.tensor = x
        highest = self.largest
        fitting = torch.uint8 if highest < 2**8 else torch.int16 if highest < 2**15 else torch.int32
        return x.to(fitting).contiguous()

    def _parts(self, x: Tensor | Rows) -> Iterator[tuple[int, Tensor]]:
        """All samples, as many at a time as fit into a chunk, with the number of the first."""
        size = x.element_size() if isinstance(x, Tensor) else x.dtype.itemsize
        many = max(1, CHUNK // (size * int(np.prod(self.shape[1:]))))
        for first in range(0, self.shape[0], many):
            part = x[first : first + many]
            yield first, part if isinstance(part, Tensor) else as_tensor(part)


def stored(who: str, x: Any) -> Rows | Tensor:
    """Counts [N, T, ...]: a tensor for what is in memory; what is not, by rows. Raises ValueError for other axes."""
    found = x.detach() if isinstance(x, Tensor) else _by_rows(who, x)
    real = not found.is_complex() if isinstance(found, Tensor) else found.dtype.kind in "buif"
    require(real, who, "x must be an array of numbers", str(found.dtype).removeprefix("torch."))
    require(found.ndim >= 3, who, "x must be counts [N, T, ...]", tuple(found.shape))
    require(0 not in found.shape, who, "x must hold a sample, a step and an input", tuple(found.shape))
    return found


def _by_rows(who: str, x: Any) -> Rows | Tensor:
    if isinstance(x, str | os.PathLike):
        return FileArray.open(x)
    if isinstance(x, FileArray):
        return x
    try:
        array = x if isinstance(x, np.ndarray) else np.asarray(x)
    except ValueError as error:  # nested lists of several lengths
        raise ValueError(f"{who}: x must be an array of numbers: {' '.join(str(error).split())}") from None
    if isinstance(array, np.memmap):
        return FileArray.of_map(array) or array
    return as_tensor(array) if array.dtype.kind in "buif" else array


def as_tensor(found: NDArray[Any]) -> Tensor:
    """An array as a tensor of a type that torch computes with; a copy only where it must be one."""
    kind = found.dtype.newbyteorder("=") if found.dtype.itemsize <= 8 else np.dtype(np.float64)
    fine = found.dtype == kind and found.flags.writeable and all(stride >= 0 for stride in found.strides)
    return _wider(torch.from_numpy(found if fine else np.array(found, kind)))


def _wider(x: Tensor) -> Tensor:
    """`x` in a type that holds its values and can be compared with integers."""
    if x.dtype == torch.uint64:
        return torch.from_numpy(np.minimum(x.cpu().numpy(), MOST + 1).astype(np.int64)).to(x.device)
    return x.to(WIDER.get(x.dtype, x.dtype))


WIDER = {
    torch.uint16: torch.int32,
    torch.uint32: torch.int64,
    torch.float16: torch.float32,
    torch.bfloat16: torch.float32,
}
"""Torch computes with few unsigned integers but bytes, and compares no half with 2**24."""
