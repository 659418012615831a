"""Weights of lava-dl, whole numbers that Loihi's synapses hold, as codes of the profile, and back."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.network.synapses import IntegerWeights

RANGES = "weights must be even numbers in -256..254, or whole ones in -128..127, as 8-bit synapses of both signs are"


def codes_of(values: NDArray[np.int64], profile: Profile, where: str) -> dict[str, Any]:
    """The fields of `IntegerWeights` but for the name.

    netx shifts small weights to the left as far as they fit (`optimize_weight_bits`), and their sums back, so that odd
    ones are exact, too; exponent -1 is that shift. Raises ValueError for others, which netx would cut.
    """
    even = _are_even(values, where)
    codes = (values // 2 if even else values).astype(np.int8)
    return {"codes": codes, "lsb": profile.weight.step, "exponent": 0 if even else -1, "shift": 6, "bits": 8}


def whole_weights(layer: IntegerWeights, where: str) -> NDArray[np.int64]:
    """The whole numbers that a file has for weights; ValueError for those that it cannot hold."""
    require(not layer.channels, where, "weights must have one scale, not one for each channel", layer.channels)
    left = layer.left_shift - layer.shift
    codes = layer.codes.astype(np.int64)
    whole = left >= 0 or not (codes % (1 << -left)).any()
    require(whole, where, "weights must be whole numbers after their shift", f"exponent {layer.exponent}")
    values = codes << left if left >= 0 else codes >> -left
    _are_even(values, where)
    return values


def _are_even(values: NDArray[np.int64], where: str) -> bool:
    """Whether all are even; ValueError unless synapses hold them."""
    low, high = int(values.min()), int(values.max())
    even = not (values % 2).any() and low >= -256 and high <= 254
    got = f"{low}..{high}{', some odd' if (values % 2).any() else ''}"
    require(even or (low >= -128 and high <= 127), where, RANGES, got)
    return even
