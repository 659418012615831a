"""Derivatives of a table by place."""

import torch
from torch import Tensor

PAIRED = 2**16
"""Places from which on two of a byte each are looked up at once."""


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
