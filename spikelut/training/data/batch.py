"""Samples on their way through a network."""

from typing import NamedTuple

import torch
from torch import Tensor


class Batch(NamedTuple):
    """Inputs x [T, B, ...], labels y [B], and which steps count, mask [T, B] of truth values; None: all of them."""

    x: Tensor
    y: Tensor
    mask: Tensor | None = None

    def to(self, device: torch.device | str) -> "Batch":
        """The same on a device."""
        mask = None if self.mask is None else self.mask.to(device)
        return Batch(self.x.to(device), self.y.to(device), mask)
