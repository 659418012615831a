"""Layers that do not branch on values, so that what they compute can be recorded as a graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor

_ENTERED = ContextVar("spikelut.unbranched", default=False)


@contextmanager
def unbranched() -> Iterator[None]:
    """While entered, neurons look at no value: they check none, save no work where none saturates, write in no place.

    For recorders such as `torch.fx`, which run layers on tensors without values. The results are the same.
    """
    token = _ENTERED.set(True)
    try:
        yield
    finally:
        _ENTERED.reset(token)


def is_unbranched() -> bool:
    """Whether `unbranched` is entered."""
    return _ENTERED.get()


class Rows:
    """A tensor [T, ...] that is filled row by row: in place, or, where that cannot be recorded, stacked at the end."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.rows: dict[int, Tensor] | None = {} if is_unbranched() else None

    def put(self, t: int, row: Tensor) -> Tensor:
        """Set row `t`, and return it in the tensor's type."""
        if self.rows is not None:
            self.rows[t] = row.to(self.tensor.dtype)
            return self.rows[t]
        self.tensor[t] = row
        return self.tensor[t]

    def whole(self) -> Tensor:
        """The tensor."""
        return torch.stack([self.rows[t] for t in sorted(self.rows)]) if self.rows else self.tensor
