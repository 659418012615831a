"""Samples on their way through a network."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from spikelut._checks import require, require_type
from spikelut._defaults import require_held
from spikelut._text import brief, value_text


class Batch(NamedTuple):
    """Samples for one step of training.

    - `x` [T, B, ...]: real inputs, or counts as floats.
    - `y` [B]: labels, integers from 0.
    - `mask` [T, B], bool: which steps of each sample count, at least one; None: all of them.

    ```pycon
    >>> batch = training.Batch(torch.zeros(5, 2, 3), torch.tensor([1, 0]))
    >>> model_input, labels, mask = batch.to("cpu")
    >>> model_input.shape, labels, mask
    (torch.Size([5, 2, 3]), tensor([1, 0]), None)
    ```
    """

    x: Tensor
    y: Tensor
    mask: Tensor | None = None

    def __repr__(self) -> str:
        return brief(self, *(f"{name}={value_text(value)}" for name, value in self._asdict().items()))

    def to(self, device: torch.device | str) -> "Batch":
        """The same on a device; copies from pinned memory are not waited for."""
        mask = None if self.mask is None else self.mask.to(device, non_blocking=True)
        return Batch(self.x.to(device, non_blocking=True), self.y.to(device, non_blocking=True), mask)

    def pin_memory(self) -> "Batch":
        """The same in pinned memory; what a `DataLoader` calls."""
        return Batch(self.x.pin_memory(), self.y.pin_memory(), None if self.mask is None else self.mask.pin_memory())


def checked_batch(batch: Batch, who: str, classes: int | None = None) -> Batch:
    """`batch` with x as floats and y as int64. Raises ValueError, which names `who`, for what no network can learn."""
    x, y, mask = dense(batch.x), batch.y, batch.mask
    require(x.ndim >= 3, who, "x must be [T, B, ...]", tuple(x.shape))
    require(y.dtype in INTEGERS, who, "y must hold integers, labels from 0", str(y.dtype).removeprefix("torch."))
    turned = x.shape[:1] == y.shape
    hint = "; x begins with B: give the DataLoader collate_fn=spikelut.training.collate" if turned else ""
    same = y.ndim == 1 and y.shape[0] == x.shape[1]
    require(same, who, f"y must be [{x.shape[1]}], a label for each sample of x [T, B, ...]{hint}", tuple(y.shape))
    require(x.numel() > 0, who, "x must not be empty", tuple(x.shape))
    x, y = as_float(x, who), y.long()
    require(bool(x.isfinite().all()), who, "x must be finite", "NaN or infinity")
    low, high = int(y.min()), int(y.max())
    require(low >= 0, who, "y must be labels from 0", low)
    require(classes is None or high < classes, who, f"y must be labels 0..{(classes or 0) - 1}", high)
    if mask is not None:
        require(mask.dtype == torch.bool, who, "mask must be bool", str(mask.dtype).removeprefix("torch."))
        require(mask.shape == x.shape[:2], who, f"mask must be [T, B], {list(x.shape[:2])}", tuple(mask.shape))
        none = (~mask.any(0)).nonzero().flatten().tolist()
        require(not none, who, "mask must leave each sample a step that counts", f"none for {none[:8]} of the batch")
    return Batch(x, y, mask)


INTEGERS = {torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64}


def as_float(x: Tensor, who: str) -> Tensor:
    """`x` in torch's default type. Raises ValueError for complex numbers."""
    require(not x.is_complex(), who, "x must hold real numbers", str(x.dtype).removeprefix("torch."))
    made = x.to(torch.get_default_dtype())
    if not x.is_floating_point():
        require_held(who, made, x)
    return made


def collate(samples: Sequence[tuple[Any, Any]]) -> Batch:
    """A batch of samples (x [T, ...], y), each with T of its own: shorter ones are padded with zeros at their end.

    For torch's `DataLoader(dataset, collate_fn=collate)`. x are tensors, NumPy arrays or nested lists of real numbers
    and become torch's default float type; y are integers. `mask` [T, B] tells the steps that were there; it is None
    where all are of one length. Raises ValueError, which names the sample of the batch, for shapes that differ after T,
    labels that are no integers, and values that are not finite.

    ```pycon
    >>> batch = training.collate([(torch.ones(2, 3), 0), (torch.ones(4, 3), 1)])
    >>> batch.x.shape, batch.y.tolist()
    (torch.Size([4, 2, 3]), [0, 1])
    >>> batch.mask.T.int().tolist()
    [[1, 1, 0, 0], [1, 1, 1, 1]]
    ```
    """
    require_type("collate", "samples", samples, Sequence, "a list of samples (x, y)")
    return collated(samples, [f"collate: sample {i} of the batch" for i in range(len(samples))])


def collated(samples: Sequence[Any], who: Sequence[str], classes: int | None = None) -> Batch:
    """`collate`, whose errors call sample i `who[i]`, and labels are 0..classes-1."""
    require(len(samples) > 0, "collate", "samples must not be empty", "none")
    pairs = [checked_sample(sample, name, classes) for sample, name in zip(samples, who, strict=True)]
    shape = pairs[0][0].shape[1:]
    for (x, _), name in zip(pairs, who, strict=True):
        require(x.shape[1:] == shape, name, f"x must be [T, {listed(shape)}] as the first's", tuple(x.shape))
    lengths = torch.tensor([len(x) for x, _ in pairs], device="cpu")
    steps = int(lengths.max())
    if int(lengths.min()) == steps:
        x, mask = torch.stack([x for x, _ in pairs], 1), None
    else:
        x = torch.zeros(steps, len(pairs), *shape, dtype=pairs[0][0].dtype, device=pairs[0][0].device)
        for i, (one, _) in enumerate(pairs):
            x[: len(one), i] = one
        mask = (torch.arange(steps, device="cpu")[:, None] < lengths).to(x.device)
    if not bool(x.isfinite().all()):
        wrong = int((~x.isfinite()).any(0).flatten(1).any(1).nonzero()[0])
        require(False, who[wrong], "x must be finite", "NaN or infinity")
    return Batch(x, torch.tensor([y for _, y in pairs], device=x.device), mask)


def checked_sample(sample: Any, who: str, classes: int | None = None) -> tuple[Tensor, int]:
    """x [T, ...] as floats, not known to be finite, and the label of a sample (x, y). Raises ValueError, by `who`."""
    pair = isinstance(sample, tuple | list) and len(sample) == 2
    require(pair, who, "must be a pair (x [T, ...], y)", _kind(sample))
    x = as_float(_tensor(sample[0], who), who)
    require(x.ndim >= 2 and x.numel() > 0, who, "x must be [T, ...], events or currents in time", tuple(x.shape))
    return x, checked_label(sample[1], who, classes)


def checked_label(label: Any, who: str, classes: int | None = None) -> int:
    """A label as an int. Raises ValueError for what is no integer in 0..classes-1."""
    if isinstance(label, Tensor | np.ndarray) and label.ndim == 0:
        label = label.item()
    whole = isinstance(label, int | np.integer) and not isinstance(label, bool)
    require(whole, who, "y must be an integer, the label", label)
    allowed = "a label from 0" if classes is None else f"a label 0..{classes - 1}"
    most = 2**63 if classes is None else classes
    require(0 <= label < most, who, f"y must be {allowed}", label)
    return int(label)


def _tensor(x: Any, who: str) -> Tensor:
    if isinstance(x, Tensor):
        return dense(x.detach())
    try:
        array = np.asarray(x)
    except ValueError as error:  # nested lists of several lengths
        raise ValueError(f"{who}: x must be an array of numbers: {' '.join(str(error).split())}") from None
    require(array.dtype.kind in "buif", who, "x must be an array of numbers", str(array.dtype))
    kind = array.dtype.newbyteorder("=") if array.dtype.itemsize <= 8 else np.dtype(np.float64)
    return torch.from_numpy(array.astype(kind))  # a copy, which can be written to


def dense(x: Tensor) -> Tensor:
    """A sparse tensor with all its zeros; others as they are."""
    return x if x.layout is torch.strided else x.to_dense()


def listed(shape: Sequence[int]) -> str:
    """A shape as it stands in messages."""
    return ", ".join(map(str, shape))


def _kind(value: object) -> str:
    many = isinstance(value, tuple | list)
    return f"{type(value).__name__} of {len(value)}" if many else type(value).__name__  # type: ignore[arg-type]  # has a length
