"""Brevitas layers whose weights lie on the grid of a hardware profile. The one place that imports Brevitas."""

import math
from typing import Any

import torch
from brevitas.core.restrict_val import FloatRestrictValue
from brevitas.function.ops_ste import ceil_ste
from brevitas.nn import QuantLinear as BrevitasLinear
from brevitas.quant import Int8WeightPerTensorFixedPoint
from torch import Tensor, nn

from spikelut._checks import require, require_int
from spikelut.hw_profiles import Profile

EXACT_FLOAT32 = 2**24
"""Integers up to this magnitude are exact in float32, so that sums of weights are."""


class _ExponentInReach(nn.Module):
    """The next power of two above the largest weight, kept among the exponents the chip can shift by."""

    def __init__(self, exponent_min: int, exponent_max: int) -> None:
        super().__init__()
        self.exponent_min, self.exponent_max = exponent_min, exponent_max

    def forward(self, x: Tensor) -> Tensor:
        exponent: Tensor = ceil_ste(x)
        return exponent.clamp(self.exponent_min, self.exponent_max)


class QuantLinear(BrevitasLinear):  # type: ignore[misc]  # Brevitas publishes no types
    """Linear layer with the weight format of a hardware profile, per tensor, with a power-of-two scale.

    Input [..., in_features], output [..., out_features] in real units. The scale is the smallest power of two with
    which 2**(weight_bits-1) codes reach the largest weight, within the shifts the chip offers; weights beyond the codes
    are clipped, as a positive one of exactly that power is, by one code. Weights are rounded half to even. Brevitas'
    quantiser passes gradients straight through. There is no bias.

    - `weight_bits`: 2 up to the profile's width, which is the default; fewer bits leave the low ones zero.

    The weights are quantised once per call, so pass whole sequences [T, B, in_features].
    """

    def __init__(
        self, in_features: int, out_features: int, *, profile: Profile, weight_bits: int | None = None
    ) -> None:
        spec = profile.weight
        bits = spec.bits if weight_bits is None else weight_bits
        require_int("QuantLinear", "weight_bits", bits, 2, spec.bits)
        require_int("QuantLinear", "in_features", in_features, 1, EXACT_FLOAT32 >> (bits - 1))
        require_int("QuantLinear", "out_features", out_features, 1, 2**31)
        self.profile, self.weight_bits = profile, bits
        # One weight code is lsb * 2**(exponent + shift) membrane codes; shifts that would lose bits are left out.
        lsb = spec.step * 2 ** (spec.bits - bits)
        self.weight_lsb = lsb
        lowest = max(spec.exponent_min, -round(math.log2(lsb)))
        unit = lsb * 2.0**spec.shift * profile.state_step
        # Brevitas asks for the power of two that holds the largest weight: 2**(bits-1) codes.
        reach = [round(math.log2(unit)) + e + bits - 1 for e in (lowest, spec.exponent_max)]
        width = bits

        class WeightQuant(Int8WeightPerTensorFixedPoint):  # type: ignore[misc]  # as above
            bit_width = width
            narrow_range = spec.narrow
            exponent_min, exponent_max = reach
            restrict_value_float_to_int_impl = _ExponentInReach
            restrict_threshold_impl = FloatRestrictValue  # else the 2**(bits-1) codes would be limited too

        super().__init__(in_features, out_features, bias=False, weight_quant=WeightQuant)

    def integer_weight(self) -> tuple[Tensor, int]:
        """Codes [out, in] and the exponent: weight = code * weight_lsb * 2**(exponent + shift) membrane codes."""
        require(bool(self.weight.isfinite().all()), "QuantLinear", "weights must be finite", "NaN or infinity")
        with torch.no_grad():
            quantised: Any = self.quant_weight()
            codes: Tensor = quantised.int(float_datatype=False)
            scale = float(quantised.scale)
        unit = self.weight_lsb * 2.0**self.profile.weight.shift * self.profile.state_step
        return codes, round(math.log2(scale / unit))

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, {self.profile.name}, weight_bits={self.weight_bits}"
