"""Masks of sequences that differ in length: bool [T, B], true in the steps that count."""

import torch
from torch import Tensor

from spikelut._checks import require


def check_mask(who: str, mask: Tensor, shape: torch.Size) -> None:
    """ValueError unless `mask` is bool [T, B], as `shape` begins, and each sample has a step that counts."""
    require(mask.dtype == torch.bool, who, "mask must be bool", str(mask.dtype))
    require(mask.shape == shape[:2], who, f"mask must be {list(shape[:2])}, as [T, B] are", list(mask.shape))
    empty = (~mask.any(0)).nonzero().flatten()
    require(not len(empty), who, "mask must have a step of every sample; without one is sample", _first(empty))


def counted(x: Tensor, mask: Tensor | None) -> Tensor:
    """`x` [T, B, ...] with zero in all steps that do not count, whatever is there, NaN as well; so are gradients."""
    return x if mask is None else torch.where(_spread(mask, x), x, torch.zeros((), dtype=x.dtype, device=x.device))


def below(x: Tensor, mask: Tensor | None) -> Tensor:
    """`x` [T, B, ...] with minus infinity in all steps that do not count."""
    return x if mask is None else x.masked_fill(~_spread(mask, x), -torch.inf)


def steps_of(x: Tensor, mask: Tensor | None) -> Tensor:
    """How many steps of each sample count, [B], in the type of `x` [T, B, ...]."""
    return torch.full_like(x[0, :, 0], len(x)) if mask is None else mask.sum(0).to(x.dtype)


def _spread(mask: Tensor, x: Tensor) -> Tensor:
    return mask.reshape(*mask.shape, *[1] * (x.ndim - 2))


def _first(places: Tensor) -> int | None:
    return int(places[0]) if len(places) else None
