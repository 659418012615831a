"""Firing rates of layers: of each neuron, the silent and the busy ones, and how far two networks are apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spikelut._checks import require
from spikelut._text import brief
from spikelut.quant.conversion.result.rates import rate_distance as rate_distance  # which reports of conversions have


@dataclass(frozen=True, eq=False)
class LayerActivity:
    """How active the neurons of a layer are.

    - `rates` [N]: the spikes a step of each neuron, as the mean over samples and the steps that count. `rate`: their
      mean.
    - `dead`: the share of neurons that never spike; `saturated`: of those that spike in every step of every sample.

    ```pycon
    >>> rates = training.FiringRates()
    >>> rates.update({"1": torch.tensor([[[1.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]])})
    >>> rates.compute()["1"]
    LayerActivity(3 neurons: rate 0.5, dead 33.3%, saturated 33.3%)
    ```
    """

    rates: NDArray[np.float64]
    dead: float
    saturated: float

    @property
    def rate(self) -> float:
        """Spikes of a neuron in a step, the mean over all."""
        return float(self.rates.mean())

    def __repr__(self) -> str:
        shares = f"dead {self.dead:.1%}, saturated {self.saturated:.1%}"
        return f"LayerActivity({len(self.rates)} neurons: rate {self.rate:.3g}, {shares})"


class FiringRates:
    """Measures how active layers are, over batches, in float networks, in quantised ones and in `IntegerNetwork.run`.

    `update` takes the spikes [T, B, ...] of layers by name, as tensors or arrays, and the steps that count, bool [T,
    B], or None for all. Every value of a sample and step is one of a neuron. `compute` gives a `LayerActivity` for each
    layer. Raises ValueError for other shapes, negative spikes, and layers that have another number of neurons than
    before.

    ```pycon
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan()))
    >>> rates = training.FiringRates()
    >>> rates.update(quant.spike_trains(model, torch.rand(10, 2, 8)))
    >>> rates.compute()["1"].rates.shape
    (4,)
    ```
    """

    def __init__(self) -> None:
        self._layers: dict[str, tuple[NDArray[np.float64], NDArray[np.int64], int]] = {}

    def __repr__(self) -> str:
        return brief(self, *(repr(name) for name in self._layers))

    def update(
        self, spikes: Mapping[str, Tensor | NDArray[Any]], mask: Tensor | NDArray[np.bool_] | None = None
    ) -> None:
        """Take a batch in."""
        counts = None if mask is None else _array(mask)
        for name, train in spikes.items():
            found = _counted(f"FiringRates: layer {name!r}", _array(train), counts)
            before = self._layers.get(name, (np.zeros_like(found[0]), np.zeros_like(found[1]), 0))
            same, known = before[0].shape == found[0].shape, len(before[0])
            require(same, f"FiringRates: layer {name!r}", f"must have {known} neurons, as before", len(found[0]))
            self._layers[name] = (before[0] + found[0], before[1] + found[1], before[2] + found[2])

    def compute(self) -> dict[str, LayerActivity]:
        """The `LayerActivity` of each layer over all batches since `reset`, by name."""
        return {
            name: LayerActivity(total / steps, float((spiked == 0).mean()), float((spiked == steps).mean()))
            for name, (total, spiked, steps) in self._layers.items()
        }

    def reset(self) -> None:
        """Forget all batches."""
        self._layers = {}


def _counted(
    who: str, spikes: NDArray[Any], mask: NDArray[Any] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64], int]:
    """Spikes of each neuron, the steps in which it spiked, and the steps that counted."""
    require(spikes.ndim >= 2 and spikes.size > 0, who, "spikes must be [T, B, ...]", list(spikes.shape))
    steps = spikes.reshape(spikes.shape[0] * spikes.shape[1], -1)
    if mask is not None:
        fits = mask.dtype == np.bool_ and mask.shape == spikes.shape[:2] and mask.any()
        wanted = f"mask must be bool {list(spikes.shape[:2])}, with a step that counts"
        require(bool(fits), who, wanted, f"{mask.dtype} {list(mask.shape)}")
        steps = steps[mask.reshape(-1)]
    require(bool((steps >= 0).all()), who, "spikes must be counts, 0 or more, without read-outs", float(steps.min()))
    return steps.sum(0, dtype=np.float64), (steps > 0).sum(0), len(steps)


def _array(x: Tensor | NDArray[Any]) -> NDArray[Any]:
    return np.asarray(x.detach().cpu().float() if isinstance(x, Tensor) and x.is_floating_point() else x)
