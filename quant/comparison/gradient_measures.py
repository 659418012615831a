"""How alike two gradients of the same weights are."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import Tensor

from spikelut._text import Brief


@dataclass(frozen=True, repr=False)
class LayerGradient(Brief):
    """The gradient of a layer's weights, g, against that with the analytic curve, h; one number per batch.

    - `cosine`: the cosine similarity g·h / (|g| |h|), in -1..1; 0 if one of the two vanishes, 1 if both do.
    - `norm_ratio`: |g| / |h|, 1 if both vanish, infinity if only h does.
    - `sign_agreement`: the share of weights whose two gradients have the same sign. Weights with two zeros are not
      counted, and a zero beside another value counts as another sign. 1 if no weights are left.

    ```pycon
    >>> quant.LayerGradient("0", cosine=[0.99, 0.97], norm_ratio=[1.1, 0.9], sign_agreement=[1.0, 0.9]).mean()
    {'cosine': 0.98, 'norm_ratio': 1.0, 'sign_agreement': 0.95}
    ```
    """

    layer: str
    cosine: list[float]
    norm_ratio: list[float]
    sign_agreement: list[float]

    def _parts(self) -> Iterator[str]:
        yield repr(self.layer)
        yield f"{len(self.cosine)} batch{'es' * (len(self.cosine) != 1)}"
        if self.cosine:
            yield from (f"{name} {value:.4g}" for name, value in self.mean().items())

    def mean(self) -> dict[str, float]:
        """The mean over the batches of each measure."""
        return {name: sum(values) / len(values) for name, values in self.measures().items()}

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: layer, the measures, and under `mean` their means; an infinite ratio is None."""
        finite = {name: [v if math.isfinite(v) else None for v in values] for name, values in self.measures().items()}
        mean = {name: value if math.isfinite(value) else None for name, value in self.mean().items()}
        return {"layer": self.layer, **finite, "mean": mean}

    def measures(self) -> dict[str, list[float]]:
        """The numbers per batch by name."""
        return {name: getattr(self, name) for name in MEASURES}


MEASURES = tuple(field.name for field in fields(LayerGradient) if field.name != "layer")
"""The measures by name, in the order they are shown."""


def gradient_measures(g: Tensor, h: Tensor) -> tuple[float, float, float]:
    """Cosine, norm ratio and sign agreement of two gradients of the same weights, as `LayerGradient` has them."""
    g, h = (v.detach().reshape(-1).to(torch.float64) for v in (g, h))
    a, b = float(g.norm()), float(h.norm())
    both_vanish = a == b == 0
    cosine = min(1.0, max(-1.0, float((g / a) @ (h / b)))) if a > 0 and b > 0 else float(both_vanish)
    ratio = a / b if b > 0 else 1.0 if both_vanish else math.inf
    counted = (g != 0) | (h != 0)
    agree = float((g.sign() == h.sign())[counted].to(torch.float64).mean()) if bool(counted.any()) else 1.0
    return cosine, ratio, agree
