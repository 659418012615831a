"""The nearest of some levels: by the bucket that a number falls in and one comparison, where this is the same."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from spikelut._checks import require
from spikelut._torch import version
from spikelut.surrogates._eager import write_in_chunks

BUCKETS = 2**12


@dataclass(frozen=True, eq=False)
class LevelSearch:
    """Which of the `values` from `low` to `high` is nearest: they meet at `middles`, each of which belongs above.

    In each of the equally wide buckets from the first middle to the last there is one middle at most. `bounds` has it,
    or infinity, and `choices` the values below and above. Both are None where buckets are not used.
    """

    values: Tensor
    middles: Tensor
    low: float
    high: float
    scale: float
    bounds: Tensor | None
    choices: Tensor | None

    def nearest(self, x: Tensor) -> Tensor:
        """The nearest value to each `x`, none of which is NaN."""
        if self.bounds is None:
            return self.values[torch.bucketize(x.contiguous(), self.middles, right=True)]
        return write_in_chunks(self._write, torch.empty_like(x, memory_format=torch.contiguous_format), x)

    def _write(self, x: Tensor, out: Tensor) -> None:
        assert self.bounds is not None
        assert self.choices is not None
        # Few buffers: the result's holds what lies between, and memory is a good part of the time.
        x, held = x.reshape(-1), out.view(-1)
        bucket = _buckets(x, self.middles, self.scale, held)
        torch.index_select(self.bounds, 0, bucket, out=held)
        choice = torch.ge(x, held, out=torch.empty_like(bucket)).add_(bucket, alpha=2)
        torch.index_select(self.choices, 0, choice, out=held)


def _buckets(x: Tensor, middles: Tensor, scale: float, held: Tensor) -> Tensor:
    """The bucket of each `x`, int32; rises with x. `held`, like x, is overwritten."""
    return torch.sub(x, middles[0], out=held).mul_(scale).clamp_(0, BUCKETS - 1).to(torch.int32)


def _made(levels: Tensor, dtype: torch.dtype, device: torch.device) -> LevelSearch:
    ascend = levels.ndim == 1 and len(levels) >= 2 and bool((levels.diff() > 0).all())
    require(ascend, "quantize_state", "levels must be two or more ascending numbers", tuple(levels.shape))
    grid = levels.detach().to(device, torch.float64)
    values, middles = grid.to(dtype), ((grid[1:] + grid[:-1]) / 2).to(dtype)
    plain = (values, middles, float(grid[0]), float(grid[-1]))
    span = float(middles[-1]) - float(middles[0])
    scale = BUCKETS / span if 0 < span < math.inf else math.inf
    fast = device.type == "cpu" and dtype in (torch.float32, torch.float64)  # which hold the number of each bucket
    if not fast or not math.isfinite(float(torch.tensor(scale, dtype=dtype))):
        return LevelSearch(*plain, math.inf, None, None)
    bucket = _buckets(middles, middles, scale, torch.empty_like(middles)).to(torch.int64)
    if not bool((bucket.diff() > 0).all()):
        return LevelSearch(*plain, math.inf, None, None)
    bounds = middles.new_full((BUCKETS,), torch.inf).index_copy(0, bucket, middles)
    below = torch.searchsorted(bucket, torch.arange(BUCKETS, device=device))
    choices = values[torch.stack([below, (below + 1).clamp(max=len(values) - 1)], 1)].reshape(-1)
    return LevelSearch(*plain, scale, bounds, choices)


_known: Any = WeakTensorKeyDictionary()
"""By levels: their version and what was made of them, by dtype and device."""


def level_search(levels: Tensor, dtype: torch.dtype, device: torch.device) -> LevelSearch:
    """The search for `levels` among numbers of `dtype`; ValueError if they do not ascend."""
    if levels.is_inference():  # whose changes are not counted
        return _made(levels, dtype, device)
    known, made = _known.get(levels, (-1, {}))
    if known != (now := version(levels)) or now is None:
        known, made = _known[levels] = now, {}
    if (dtype, device) not in made:
        made[dtype, device] = _made(levels, dtype, device)
    found: LevelSearch = made[dtype, device]
    return found
