"""The scale that brings a float layer onto the grid of a chip."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.leak import input_share
from spikelut.quant.dynamics.spec import thresholds
from spikelut.quant.neurons.float_lif import FloatLIF

PEAK_QUANTILE = 0.999
"""This share of membranes must fit the register; the rest saturates."""

CLIPS = 48
LOWEST_CLIP = 0.2


@dataclass(frozen=True)
class Scale:
    """Real weights, biases and thresholds are multiplied by `factor`; weights are first clipped to +-`clip`."""

    factor: float
    clip: float


def best_clip(weights: Tensor, bits: int, narrow: bool) -> float:
    """The magnitude beyond which weights are clipped: where their rounding to `bits` bits has the least squared error.

    Of 48 even steps from a fifth of the largest weight up to it; one code is clip / 2**(bits - 1).
    """
    flat = weights.reshape(-1).to(torch.float64)
    peak = float(flat.abs().max())
    if peak == 0:
        return 0.0
    low, high = -(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1
    best, least = peak, math.inf
    for k in range(CLIPS):
        clip = peak * (1 - (1 - LOWEST_CLIP) * k / (CLIPS - 1))
        unit = clip / 2 ** (bits - 1)
        error = float(((flat / unit).round().clamp(low, high) * unit - flat).square().sum())
        if error < least:
            best, least = clip, error
    return best


def membrane_peak(membranes: Tensor) -> float:
    """The magnitude that `PEAK_QUANTILE` of the membranes do not exceed."""
    flat = membranes.detach().abs().reshape(-1).to(torch.float32)
    if not flat.numel():
        return 0.0
    rank = min(len(flat), max(1, math.ceil(PEAK_QUANTILE * len(flat))))
    return float(flat.kthvalue(rank).values)


@dataclass(frozen=True, eq=False)
class Peak:
    """How far membranes reach: `whole`, all of them; `rows`: by a dimension after time and batch, each on it [N]."""

    whole: float
    rows: Mapping[int, Tensor] = field(default_factory=dict)

    def of(self, axis: int | None, factors: Tensor | None) -> float:
        """The same where membranes are multiplied by factors [N] along a dimension."""
        if factors is None:
            return self.whole
        rows = self.rows.get(-1 if axis is None else axis)
        return float((factors * (self.whole if rows is None else rows)).max())

    @classmethod
    def found(cls, membranes: Tensor, *, each: bool) -> "Peak":
        """Those of membranes [T, B, ...]; `each`: also of the first and the last dimension after these."""
        axes = {0, membranes.ndim - 3} if each and membranes.ndim > 2 else set()
        rows = {a: torch.tensor([membrane_peak(x) for x in membranes.movedim(2 + a, 0)]).double() for a in axes}
        return cls(membrane_peak(membranes), rows)


def scale_of(
    where: str,
    profile: Profile,
    reach: tuple[int, int],
    clip: float,
    threshold: Any,
    peak: float,
    unweighted: float | None = None,
) -> Scale:
    """The scale that brings `clip` to a power of two the chip's weights reach, as near to 1 as possible.

    `reach`: the exponents of those powers. With it, `threshold` must be one the chip has (None: there is none), and
    `peak` must fit the membrane. If every power is too large for that, the weights use part of their codes: the factor
    is then the largest with which `peak` and `threshold` fit. `unweighted`, which events without weights are worth, is
    with the factor a power of two in membrane codes. Raises ValueError if none does.
    """
    register = profile.membrane_format
    largest = register.max_code * profile.state_step / peak if peak > 0 else math.inf
    smallest = 0.0
    if threshold is not None:
        low, high = thresholds(profile)
        least, most = (float(end) for end in torch.as_tensor(threshold, dtype=torch.float64).aminmax())
        smallest, largest = low / least, min(largest, high / most)
        threshold = most if least == most else f"{least:g}..{most:g}"
    message = f"no scale of {profile.name} holds the threshold {threshold} and membranes of"
    require(smallest <= largest, where, message, peak)
    factors = [2.0**k / clip for k in range(reach[0], reach[1] + 1)] if clip > 0 else []
    if unweighted is not None:
        highest = min(largest, factors[-1]) if factors else largest
        powers = [2.0**k * profile.current_step / unweighted for k in range(31)]
        fitting = [f for f in powers if smallest <= f <= highest]
        message = f"no power of two in membranes of {profile.name} holds spikes without weights, which are worth"
        require(bool(fitting), where, f"{message} (put a layer of weights before these neurons)", unweighted)
        return Scale(min(fitting, key=lambda f: abs(math.log2(f))), clip)
    if factors:
        fitting = [f for f in factors if smallest <= f <= largest]
        if fitting:
            return Scale(min(fitting, key=lambda f: abs(math.log2(f))), clip)
        if factors[-1] < smallest:
            return Scale(smallest, clip)
    return Scale(min(1.0, largest) if clip == 0 else largest, clip)


def input_gain(neuron: FloatLIF, profile: Profile) -> Any:
    """What weights are multiplied by because the chip's neuron divides its input by it: a number, or [N]."""
    gain = 1 / input_share(profile.decay, neuron.beta)
    if neuron.alpha is not None and profile.current is not None and profile.current.input_first:
        gain = gain / (neuron.alpha if isinstance(neuron.alpha, Tensor) else neuron.alpha or 1.0)
    return gain


def of_rows(weight: Tensor, gain: Any) -> Tensor:
    """Weights, outputs first, times a number or one for each output."""
    return weight * (gain if isinstance(gain, float | int) else gain.reshape(-1, *[1] * (weight.ndim - 1)))
