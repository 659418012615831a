"""The grids of converted weights, which do not become coarser in training."""

from typing import Any

import torch
from torch import Tensor, nn


def is_converted(model: nn.Module) -> bool:
    """Whether `quant.convert` made any of it."""
    return any(hasattr(module, "converted_scale") for module in model.modules())


class Grids:
    """Keeps the weights that `quant.convert` made within the codes they were given.

    The scale of weights is the smallest power of two that holds the largest one, and `convert` brings the largest onto
    such a power: one update that made it larger would double the scale, and leave half of the codes to all others.
    """

    def __init__(self, model: nn.Module) -> None:
        converted: list[Any] = [module for module in model.modules() if hasattr(module, "converted_scale")]
        # Layers of weights have limits; their class would load Brevitas, which a float network does without.
        self._held: list[tuple[Tensor, Tensor]] = [
            (layer.weight, layer.limits()) for layer in converted if hasattr(layer, "limits")
        ]

    @torch.no_grad()
    def hold(self) -> None:
        """Bring back what an update has put beyond them."""
        for weight, most in self._held:
            weight.clamp_(-most, most)
