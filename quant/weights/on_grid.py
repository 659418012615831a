"""Layers whose weights lie on a profile's grid: Brevitas' quantiser for them, and what it computes in one step."""

import math
from collections.abc import Callable
from typing import Any, cast

import torch
from brevitas.core.restrict_val import FloatRestrictValue
from brevitas.function.ops_ste import ceil_ste
from brevitas.inject.enum import ScalingPerOutputType
from brevitas.quant import Int8WeightPerTensorFixedPoint
from brevitas.quant_tensor import IntQuantTensor
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import is_finite, require, require_flags, require_int
from spikelut._defaults import on_cpu
from spikelut._text import BriefModule
from spikelut.hw_profiles import Profile, Rounding
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.arithmetic.full_precision import exact, exact_dtype
from spikelut.quant.arithmetic.rounding import round_real
from spikelut.quant.arithmetic.straight_through import straight_through
from spikelut.quant.arithmetic.traceable import is_unbranched, refuse_transforms
from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.quant.weights.grid import WeightGrid, codes_of, to_grid, weight_grid
from spikelut.quant.weights.input_events import MOST_EVENTS, as_real, check_first
from spikelut.quant.weights.pickled import Remade
from spikelut.quant.weights.wide_sums import EXACT_FLOAT32, needs_float64


class _ExponentInReach(nn.Module):
    """The next power of two above the largest weight, kept among the exponents the chip can shift by."""

    def __init__(self, exponent_min: int, exponent_max: int) -> None:
        super().__init__()
        self.exponent_min, self.exponent_max = exponent_min, exponent_max

    def forward(self, x: Tensor) -> Tensor:
        exponent: Tensor = ceil_ste(x)
        # At a bound, which is in reach, the gradient passes; through torch's clamp it no longer does in 2.15.
        held = exponent.detach().clamp(self.exponent_min, self.exponent_max)
        return torch.where(exponent == held, exponent, held)


class _Round(nn.Module):
    """Rounding as the chip's tools do it, and to zero of what is below it where no codes are, straight through."""

    def __init__(self, weight_rounding: Rounding, weight_signed: bool) -> None:
        super().__init__()
        self.mode, self.signed = weight_rounding, weight_signed

    def forward(self, x: Tensor) -> Tensor:
        codes = round_real(x.detach(), self.mode)
        return straight_through(x, codes if self.signed else codes.clamp_min(0.0))


class OnGrid(BriefModule, Remade):
    """What the layers share: the weights' place on the grid of membrane codes."""

    weight_quant: Any
    batch_norm: FoldedBatchNorm | None
    wide: bool
    """Whether sums are made in float64."""
    reach: tuple[int, int]
    """The smallest and the largest k of 2**k, the magnitude that the codes of the largest weights can stand for."""

    def _place(
        self,
        profile: Profile,
        weight_bits: int | None,
        input_step: float,
        per_channel: bool,
        largest_input: int | None,
        signed_input: bool,
        graded_input: bool,
        fan_in: int,
    ) -> type:
        """Check the arguments, note what the weights mean, and make the Brevitas quantiser for them."""
        who = type(self).__name__
        require_profile(who, profile)
        spec = profile.weight
        bits = spec.bits if weight_bits is None else weight_bits
        require_int(who, "weight_bits", bits, 2, spec.bits)
        require_flags(who, per_channel=per_channel, signed_input=signed_input, graded_input=graded_input)
        power = is_finite(input_step) and 2.0**-24 <= input_step <= 2.0**24 and math.frexp(input_step)[0] == 0.5
        require(power, who, "input_step must be a power of two", input_step)
        fits = spec.per_channel or not per_channel
        require(fits, who, f"{profile.name} has one scale for a layer, so per_channel must be False", per_channel)
        if largest_input is not None:
            most = (profile.current and profile.current.max_events) or MOST_EVENTS
            require_int(who, "largest_input", largest_input, 1, most)
        message = f"{profile.name} takes events, so signed_input must be False; use quant.OnOff() before"
        require(profile.software or not signed_input, who, message, signed_input)
        message = f"{profile.name} has no graded spikes, so graded_input must be False"
        require(profile.graded is not None or not graded_input, who, message, graded_input)
        require(not (signed_input and graded_input), who, "graded_input has signs: signed_input must be False", True)
        self.signed_input, self.graded_input = signed_input, graded_input
        self.profile, self.weight_bits, self.input_step = profile, bits, float(input_step)
        self.largest_input = largest_input
        self.per_channel, self.wide, self.fan_in = per_channel, needs_float64(fan_in, bits, profile.finer), fan_in
        # One weight code is lsb * 2**(exponent + shift) membrane codes; shifts that would lose bits are left out.
        lsb = spec.step * 2 ** (spec.bits - bits)
        self.weight_lsb = lsb
        least, most = self._exponents()
        lowest = min(max(least - (spec.bits - bits), -round(math.log2(lsb))), most)
        # Brevitas asks for the power of two that holds the largest weight: 2**(bits-1) codes.
        base = round(math.log2(self._unit(0))) + bits - 1
        self.reach = reach = (base + lowest, base + most)
        width, scaling = bits, ScalingPerOutputType.CHANNEL if per_channel else ScalingPerOutputType.TENSOR

        class WeightQuant(Int8WeightPerTensorFixedPoint):  # type: ignore[misc]  # Brevitas publishes no types
            bit_width = width
            scaling_per_output_type = scaling
            output_channel_dim = 0  # as `_arranged` gives them
            narrow_range = spec.narrow
            exponent_min, exponent_max = reach
            weight_rounding = spec.rounding
            weight_signed = spec.signed
            float_to_int_impl = _Round
            restrict_value_float_to_int_impl = _ExponentInReach
            restrict_threshold_impl = FloatRestrictValue  # else the 2**(bits-1) codes would be limited too

        return WeightQuant

    def _exponents(self) -> tuple[int, int]:
        """The least and the largest exponent: of weights of a fixed type the one that gives it."""
        spec, profile = self.profile.weight, self.profile
        if spec.frac is None:
            return spec.exponent_min, spec.exponent_max
        inputs = -round(math.log2(self.input_step))
        found = profile.current_frac - spec.frac - inputs
        held = f"sums on {profile.name} have {profile.current_frac} fraction bits, weights {spec.frac}"
        message = f"input_step must be at least {2.0 ** (spec.frac - profile.current_frac):g}: {held}"
        require(found >= 0, type(self).__name__, f"{message}; with_precision(inputs=) gives more", self.input_step)
        fits = found <= spec.exponent_max
        most = 2.0 ** (spec.exponent_max - profile.current_frac + spec.frac)
        require(fits, type(self).__name__, f"input_step must be at most {most:g}", self.input_step)
        return found, found

    def quant_weight(self, quant_input: Any = None, subtensor_slice_list: Any = None) -> Any:
        """The weights on the grid, as Brevitas gives them; by its own modules if any was changed."""
        refuse_transforms(type(self).__name__)
        snapped = self._snapped() if subtensor_slice_list is None else None
        if snapped is None:
            return self._by_brevitas(quant_input, subtensor_slice_list)
        modules, (value, scale) = self.weight_quant.tensor_quant, snapped
        zero, bits = modules.zero_point_impl(value, scale, None), modules.msb_clamp_bit_width_impl()
        return self._as_stored(IntQuantTensor(value, scale, zero, bits, True, self.training))

    def _by_brevitas(self, quant_input: Any, subtensor_slice_list: Any) -> Any:
        base: Any = super()
        as_it_is = self.weight.dtype is exact_dtype(self.weight) or not self.weight_quant.is_quant_enabled
        if as_it_is and not self._is_arranged():
            return base.quant_weight(quant_input, subtensor_slice_list)
        whole = subtensor_slice_list is None
        require(whole, type(self).__name__, "weights must be float32 to be quantised in parts", self.weight.dtype)
        return self._as_stored(self.weight_quant(self._arranged()))

    def folded_bias(self) -> Tensor:
        """What neurons add behind these weights, real numbers [out]: `batch_norm.shift()`; ValueError without one."""
        require(self.batch_norm is not None, type(self).__name__, "batch_norm must be True to have a bias", None)
        return cast(FoldedBatchNorm, self.batch_norm).shift()

    def set_batch_norm(self, norm: FoldedBatchNorm | None) -> None:
        """Fold `norm` into the weights, or none; constructors call it at their end, when the layer is a module."""
        self.batch_norm = norm
        self._note_quantisers()

    def _normed(self, x: Any, currents: Callable[[Any], Any]) -> Any:
        """The `currents` of `x`; with batch norm its statistics are then updated by them."""
        norm = self.batch_norm
        if norm is None:
            return currents(x)
        message = "batch_norm=True needs neurons that add what it shifts: LIF(..., bias=layer)"
        require(norm.has_neurons, type(self).__name__, message, "no neurons with this layer as bias")
        updates = norm.hold(x)
        out = currents(x)
        return currents(x) if updates and norm.observe(out) else out

    def _is_arranged(self) -> bool:
        """Whether what is quantised is another tensor than the layer's `weight`."""
        return self.batch_norm is not None

    def _arranged(self) -> Tensor:
        """The weights that are quantised, outputs first."""
        weight = self._outputs_first(exact(self.weight))
        if self.batch_norm is not None:
            weight = weight * self.batch_norm.factor().reshape(-1, *[1] * (weight.ndim - 1))
        return weight.contiguous()

    def real_weight(self) -> Tensor:
        """The weights before they are brought to the grid, in the order of `weight`: with batch norm, times factor."""
        return self.weight if self.batch_norm is None else self._in_order(self._arranged())

    def limits(self) -> Tensor:
        """The magnitude that the codes reach now, as `weight`: a larger one of these would double the scale.

        Infinite of weights that are all zero, whose scale says nothing.
        """
        with torch.no_grad():
            first = self._outputs_first(exact(self.weight))
            rows = first.abs().flatten(1).amax(1)
            silent = (rows if self.per_channel else rows.max()) == 0
            scale = self._by_output(self.quant_weight().scale) * 2.0 ** (self.weight_bits - 1)
            most = scale.masked_fill(silent, math.inf).reshape(-1, *[1] * (first.ndim - 1))
            return self._in_order(most.expand_as(first)).to(self.weight).clone()

    def _outputs_first(self, weight: Tensor) -> Tensor:
        return weight

    def _in_order(self, weight: Tensor) -> Tensor:
        """Weights with outputs first in the order of `weight`."""
        return weight

    def _as_stored(self, quantised: Any) -> Any:
        """Quantised weights, outputs first, in the order of `weight`."""
        return quantised

    def _by_output(self, scale: Tensor) -> Tensor:
        """The scale of quantised weights as they are stored: one [1], or one for each output [out]."""
        return scale.reshape(-1)

    def _snapped(self) -> tuple[Tensor, Tensor] | None:
        """The weights on the grid and their scale in one step; None where Brevitas' modules are asked."""
        grid = self._grid()
        return None if grid is None else self._snapped_to(grid, self._arranged())

    def _snapped_to(self, grid: WeightGrid, weight: Tensor) -> tuple[Tensor, Tensor] | None:
        """The same of the `weight` that is quantised; None where it is not finite."""
        sizes = grid.sizes(weight.detach())
        if not (is_unbranched() or bool(sizes.isfinite().all())):
            return None
        return to_grid(weight, grid, sizes, self.weight_quant.tensor_quant)

    def _grid(self) -> WeightGrid | None:
        """What the modules of the quantiser compute, in one step; None where they are not as they were made."""
        proxy = self.weight_quant
        # On a GPU it would have to wait for what it looks at.
        if not native.is_eager(self.weight) or not self.weight.is_cpu:
            return None
        if not self._is_as_made() or not proxy.is_quant_enabled or proxy.export_mode:
            return None
        modules = proxy.tensor_quant
        apart = proxy.skip_create_quant_tensor or proxy.cache_inference_quant_weight or modules.observer_only
        if apart or len(proxy.tracked_module_list) > 1:
            return None
        rounding = modules.int_quant
        reach = modules.scaling_impl.stats_scaling_impl.restrict_clamp_scaling.restrict_value_impl.float_to_int_impl
        bits, made_by = int(modules.msb_clamp_bit_width_impl()), rounding.float_to_int_impl
        half = 2 ** (bits - 1)
        codes = (rounding.narrow_range - half if made_by.signed else 0, half - 1)
        return weight_grid(bits, codes, (reach.exponent_min, reach.exponent_max), made_by.mode, self.per_channel)

    def _unit(self, exponent: int) -> float:
        """The real value of one weight code."""
        profile = self.profile
        scale = 2.0 ** (exponent + profile.weight.shift)
        return float(self.weight_lsb * scale * profile.current_step / self.input_step)

    def integer_weight(self) -> tuple[Tensor, Any]:
        """Codes in the order of `weight`, and exponent: an event adds code * weight_lsb * 2**(exponent + shift).

        That many membrane codes. The exponent is an int; with `per_channel` a list of one for each output. Of fewer
        bits than the chip's, an exponent below its smallest means that codes stand so many bits lower in the weight.
        """
        finite = bool(self.weight.isfinite().all())
        require(finite, type(self).__name__, "weights must be finite", "NaN or infinity")
        with torch.no_grad():
            with on_cpu():  # of Brevitas' constants
                quantised: Any = self.quant_weight()
            codes = codes_of(type(self).__name__, quantised)
            scales = self._by_output(quantised.scale).tolist()
        exponents = [round(math.log2(scale / self._unit(0))) for scale in scales]
        return codes, exponents if self.per_channel else exponents[0]

    def _described(self) -> str:
        step = f", input_step={self.input_step:g}" if self.input_step != 1 else ""
        channels = ", per_channel=True" if self.per_channel else ""
        largest = "" if self.largest_input is None else f", largest_input={self.largest_input}"
        signed = ", signed_input=True" if self.signed_input else ""
        graded = ", graded_input=True" if self.graded_input else ""
        return f"{self.profile.name}, weight_bits={self.weight_bits}{step}{channels}{largest}{signed}{graded}"

    def _also(self) -> tuple[str, ...]:
        return () if self.batch_norm is None else (repr(self.batch_norm),)

    def _taken(self, x: Any) -> Any:
        """The input in real numbers; ValueError for one that comes from outside and is none of events."""
        x = as_real(type(self).__name__, x, exact_dtype(self.weight))
        if isinstance(x, Tensor):
            largest, signed = self.largest_input, self.signed_input or self.graded_input
            if largest is None and self.graded_input and self.profile.graded is not None:
                largest = 2 ** (self.profile.graded.message_bits - 1)
            check_first(type(self).__name__, x, self.input_step, largest, signed)
        return x

    def _is_wide(self, x: Tensor) -> bool:
        """Whether sums of `x` are made in float64: always, or because graded spikes are large."""
        if self.wide or not self.graded_input:
            return self.wide
        if is_unbranched() or x.is_meta or not x.numel():
            return True
        least, most = (float(v) for v in x.detach().aminmax())
        codes = max(-least, most) / self.input_step * 2 ** (self.weight_bits - 1)
        return not codes * self.fan_in <= EXACT_FLOAT32


def unbiased(shown: str) -> str:
    """What torch shows of a layer, without the bias that no layer of these has."""
    return shown.replace(", bias=False", "")
