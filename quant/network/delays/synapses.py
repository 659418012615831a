"""Weights of a deployed network whose synapses each have a delay."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.network.delays.axons import check_delays, check_steps, last_steps
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerLinear, IntegerWeights, Ints, product_of


def delayed_sums(weight: Ints, delays: NDArray[Any], events: Ints, exponent: int) -> Ints:
    """Sums [T, B, out] of events [T, B, in] that each synapse delays: `weight` and `delays` are [out, in].

    sums[t, j] = sum over d of (sum over the k with delays[j, k] = d of weight[j, k] * events[t - d, k]) << exponent.
    A negative exponent shifts to the right and drops bits: of the sum of each delay, before these are added, as the
    chip adds them to what is due at a step one after the other (lava-nc 0.10.0, DelayDense).
    """
    out = np.zeros((*events.shape[:-1], len(weight)), np.int64)
    for delay in np.unique(delays).tolist():
        kept = max(0, len(events) - delay)
        part = product_of(events[:kept], np.where(delays == delay, weight, 0).T)
        out[len(events) - kept :] += part << exponent if exponent >= 0 else part >> -exponent
    return out


def taps_of(delays: NDArray[Any]) -> dict[int, list[int]]:
    """By each delay of synapses [out, in] the inputs that have it."""
    return {d: np.flatnonzero((delays == d).any(0)).tolist() for d in np.unique(delays).tolist()}


def from_taps(wide: NDArray[Any], delays: NDArray[Any]) -> NDArray[Any]:
    """Weights [out, in] of those of the events that `taps_of` lists, [out, taps]: the inverse of `undelayed`."""
    found, first = np.zeros(delays.shape, wide.dtype), 0
    for delay, inputs in taps_of(delays).items():
        part = wide[:, first : first + len(inputs)]
        found[:, inputs] = np.where(delays[:, inputs] == delay, part, found[:, inputs])
        first += len(inputs)
    return found


@dataclass(frozen=True, eq=False, repr=False)
class IntegerDelayedLinear(IntegerWeights):
    """A fully connected layer of a deployed network whose synapses each have a delay, in time steps.

    `codes` and `delays`, uint8, are [out, in]; what a code is worth is that of `IntegerLinear`. See `delayed_sums`.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> linear = quant.DelayedLinear(8, 4, profile=profile, delay=torch.randint(0, 9, (4, 8)))
    >>> layer = quant.integer(torch.nn.Sequential(linear, quant.LIF(profile, surrogates.Arctan()))).layers[0]
    >>> layer.codes.shape, layer.delays.shape, layer.delays.dtype
    ((4, 8), (4, 8), dtype('uint8'))
    ```
    """

    delays: NDArray[np.uint8] = field(kw_only=True)

    @property
    def length(self) -> int:
        """The steps that the longest delay waits."""
        return int(self.delays.max(initial=0))

    @property
    def taps(self) -> dict[int, list[int]]:
        """By each delay in use the inputs that some synapse delays so long."""
        return taps_of(self.delays)

    @property
    def undelayed(self) -> IntegerLinear:
        """The same weights of the events that `taps` lists, in its order: each sum is that of one product."""
        parts = [np.where(self.delays[:, i] == d, self.codes[:, i], 0) for d, i in self.taps.items()]
        codes = np.concatenate(parts, 1).astype(self.codes.dtype)
        return IntegerLinear(self.name, codes, self.lsb, self.exponent, self.shift, self.bits, self.channels)

    def run(self, events: Ints) -> Ints:
        """Synaptic sums [T, B, out] of event counts [T, B, in]."""
        sums = delayed_sums(self.weight, self.delays, events, self.exponent)
        return sums << (np.array(self.channels or (0,), np.int64) + self.shift)

    def line(self, events: Ints) -> Ints:
        """The events of the last steps after each step, the newest first, [T, B, length, in]."""
        return last_steps(events, self.length)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Sums of events in a row."""
        where, inputs = f"layer {self.name!r}", int(self.codes.shape[1])
        require(self.delays.shape == self.codes.shape, where, "delays must be [out, in], as weights", self.delays.shape)
        fits = len(given.shape) == 1 and (not isinstance(given.shape[0], int) or given.shape[0] == inputs)
        require(fits, where, f"must be given [{inputs}], features in a row", list(given.shape))
        whole = (self.lsb << max(self.exponent, 0)) % (1 << max(-self.exponent, 0)) == 0
        require(whole, where, "weights must be whole numbers after their shift", (self.lsb, self.exponent))
        check_steps(where, given)
        check_delays(where, self.delays, profile, per_synapse=True)
        # In exports they are made in 32 bits, also of graded spikes.
        return replace(self.sums(given, (len(self.codes),), profile), graded=False)
