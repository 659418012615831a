"""Derivatives of a table by place."""

import torch
from torch import Tensor

PAIRED = 2**16
"""Places from which on two of a byte each are looked up at once."""
PIECE = 2**14
"""Places of a layer that are looked up at a time where there is no memory to spare, or several steps make as many."""


def selected(values: Tensor, places: Tensor) -> Tensor:
    """`values[places]`; a lookup with 32 bits takes a part of the memory and of the time."""
    return values.index_select(0, places.reshape(-1).to(torch.int32)).reshape(places.shape)


def paired(values: Tensor) -> Tensor:
    """On the CPU, the two float32 `values`, as one int64, of every two places of a byte, read as one number."""
    padded = values.new_zeros(2**8)
    padded[: len(values)] = values
    both = torch.arange(2**16, dtype=torch.int32, device=values.device).to(torch.uint16).view(torch.uint8)
    return padded.index_select(0, both.to(torch.int32)).view(torch.int64)


def write_selected(values: Tensor, pairs: Tensor | None, grad: Tensor, places: Tensor, out: Tensor) -> None:
    """On the CPU, set `out`, in one piece as `places`, to `grad * values[places]`; `pairs` are those of `values`."""
    found, read = out.view(-1), places.view(-1)
    if pairs is not None and len(read) & 1:
        found[-1:] = values[read[-1:].to(torch.int32)]
        found, read = found[:-1], read[:-1]
    if pairs is not None:
        values, found, read = pairs, found.view(torch.int64), read.view(torch.uint16)
    torch.index_select(values, 0, read.to(torch.int32), out=found)
    out.mul_(grad)


class LayerLookup:
    """`grad * values[places]` of a layer on the CPU, [T, ...] in one piece, step by step from the last to the first.

    Small steps are looked up several at once. `pairs` are those of `values`, where places are taken in twos.
    """

    def __init__(self, values: Tensor, pairs: Tensor | None, places: Tensor, grad: Tensor) -> None:
        steps, neurons = len(grad), grad.numel() // len(grad)
        self._grad, self._places = grad.view(steps, neurons), places.view(steps, neurons)
        self._values, self._found = values, values.dtype
        if pairs is not None and not neurons & 1:
            self._values, self._found, self._places = pairs, pairs.dtype, self._places.view(torch.uint16)
        self._together = min(steps, max(1, PIECE // neurons))
        self._index = grad.new_empty(self._together * self._places.shape[1], dtype=torch.int32)
        self._start, self._block = steps, grad.new_empty((self._together if self._together > 1 else 0, neurons))

    def add_to(self, row: Tensor, t: int, spare: Tensor | None) -> None:
        """Add that of step `t`, one less than the last time, to `row`, in one piece; a `spare` one is overwritten."""
        row, places, grad = row.view(-1), self._places[t], self._grad[t]
        if self._together > 1:
            if t < self._start:
                self._start = max(0, t + 1 - self._together)
                at = slice(self._start, t + 1)
                self._write(self._places[at].view(-1), self._grad[at], self._block[: t + 1 - self._start])
            row.add_(self._block[t - self._start])
        elif spare is not None:
            row.add_(self._write(places, grad, spare.view(-1)))
        else:
            size = PIECE * len(places) // len(row)
            parts = zip(torch.split(places, size), torch.split(grad, PIECE), torch.split(row, PIECE), strict=True)
            for some, arriving, part in parts:
                part.add_(self._write(some, arriving, torch.empty_like(part)))

    def _write(self, places: Tensor, grad: Tensor, out: Tensor) -> Tensor:
        index = self._index[: len(places)].copy_(places)
        torch.index_select(self._values, 0, index, out=out.view(-1).view(self._found))
        return out.mul_(grad)
