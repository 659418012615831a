"""Regularisers: bounds of firing rates, added to a loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import torch
from torch import Tensor

from spikelut._checks import is_finite, require, require_int, require_one_of
from spikelut.training.objectives.masks import check_mask, counted

Per = Literal["neuron", "layer"]


class Regularizer(Protocol):
    """What is added to a loss: a scalar of the spikes [T, B, ...] of layers, by name, and of the steps that count.

    ```pycon
    >>> def all_spikes(spikes, mask):  # a function will do
    ...     return sum(train.sum() for train in spikes.values())
    >>> float(all_spikes({"1": torch.ones(4, 2, 3)}, None))
    24.0
    ```
    """

    def __call__(self, spikes: Mapping[str, Tensor], mask: Tensor | None, /) -> Tensor:
        """The scalar."""
        ...


@dataclass(frozen=True)
class FiringRate:
    """A regulariser that keeps firing rates between two bounds, in spikes a step.

    rate[n] = the mean over samples b and steps t that count of spikes[t, b, n]; with per="layer" the mean over n of
    these. The regulariser is weight * the sum over layers of the mean over n of max(0, lower - rate[n])**p + max(0,
    rate[n] - upper)**p. A neuron within its bounds has no gradient; outside of them, each spike of the neuron has the
    same gradient. Zenke and Vogels have lower and upper bounds of counts, in L1 and L2 (doi.org/10.1162/neco_a_01367).

    - `lower`, `upper`: >= 0; None for no bound, but one of them must be given.
    - `p`: 1 or 2. `weight`: > 0.
    - `layers`: the names of those that are kept, as `recorded_spikes` has them; None for all.

    It is called with the spikes [T, B, ...] of layers by name, and a mask, bool [T, B], or None. Raises ValueError for
    other shapes, and for layers whose spikes are missing.

    ```pycon
    >>> spikes = {"1": torch.tensor([[[1.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])}  # rates of 1, 0 and 0.5
    >>> training.FiringRate(lower=0.25, upper=0.5)(spikes, None)  # (0.5 + 0.25 + 0) / 3
    tensor(0.2500)
    ```
    """

    lower: float | None = None
    upper: float | None = None
    p: int = 1
    weight: float = 1.0
    per: Per = "neuron"
    layers: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        require(self.lower is not None or self.upper is not None, self, "lower or upper must be given", None)
        for name, bound in (("lower", self.lower), ("upper", self.upper)):
            require(bound is None or (is_finite(bound) and bound >= 0), self, f"{name} must be >= 0", bound)
        if self.lower is not None and self.upper is not None:
            require(self.lower <= self.upper, self, "lower must be at most upper", (self.lower, self.upper))
        require_int(self, "p", self.p, 1, 2)
        require(is_finite(self.weight) and self.weight > 0, self, "weight must be > 0", self.weight)
        require_one_of(self, "per", self.per, Per)
        several = isinstance(self.layers, tuple | list) and all(isinstance(name, str) for name in self.layers)
        named = self.layers is None or (several and len(self.layers) > 0)
        require(named, self, "layers must be names of layers, or None", self.layers)

    def __call__(self, spikes: Mapping[str, Tensor], mask: Tensor | None = None) -> Tensor:
        chosen = tuple(spikes) if self.layers is None else self.layers
        lacking = [name for name in chosen if name not in spikes]
        require(not lacking, self, f"layers must be among {', '.join(spikes) or 'none'}", lacking)
        require(bool(chosen), self, "spikes must be those of a layer or more", dict(spikes))
        return self.weight * torch.stack([self._of(name, spikes[name], mask) for name in chosen]).sum()

    def _of(self, name: str, spikes: Tensor, mask: Tensor | None) -> Tensor:
        rates = firing_rates(f"FiringRate: layer {name!r}", spikes, mask)
        rates = rates.mean().reshape(1) if self.per == "layer" else rates
        zero = torch.zeros((), dtype=rates.dtype, device=rates.device)
        beyond = zero if self.upper is None else (rates - self.upper).clamp(min=0) ** self.p
        below = zero if self.lower is None else (self.lower - rates).clamp(min=0) ** self.p
        return (beyond + below).mean()


def firing_rates(who: str, spikes: Tensor, mask: Tensor | None) -> Tensor:
    """Spikes a step of each neuron, [N], over all samples and the steps that count, of spikes [T, B, ...]."""
    fits = spikes.ndim >= 2 and spikes.is_floating_point() and spikes.numel() > 0
    require(fits, who, "spikes must be floats [T, B, ...]", f"{spikes.dtype} {list(spikes.shape)}")
    if mask is not None:
        check_mask(who, mask, spikes.shape)
    spikes = spikes.float() if spikes.dtype in (torch.float16, torch.bfloat16) else spikes
    steps = spikes.shape[0] * spikes.shape[1] if mask is None else mask.sum()
    return counted(spikes, mask).sum((0, 1)).reshape(-1) / steps
