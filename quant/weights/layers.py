"""Brevitas layers whose weights lie on the grid of a hardware profile."""

import math
from typing import Any

import torch
from brevitas.nn import QuantConv2d as BrevitasConv2d
from brevitas.nn import QuantLinear as BrevitasLinear
from torch import Tensor

from spikelut._checks import require, require_int
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.full_precision import exact_dtype, full_precision, weighted
from spikelut.quant.weights.on_grid import OnGrid
from spikelut.quant.weights.wide_sums import narrowed


class QuantLinear(OnGrid, BrevitasLinear):  # type: ignore[misc]  # Brevitas publishes no types
    """Linear layer with quantised weights in the chip's format, with a power-of-two scale.

    weight = code * scale, with the smallest power of two as scale with which 2**(weight_bits-1) codes reach the largest
    weight, within the shifts the chip offers; weights beyond the codes are clipped, as a positive one of exactly that
    power is, by one code. Input [..., in_features], output [..., out_features] in real units. Weights are rounded as
    the chip's tools do, and the gradient passes straight through (Brevitas). There is no bias: chips add it in the
    neuron, see `LIF`.

    - `weight_bits`: 2 up to the profile's width, which is the default; of fewer, the codes stand in the
      chip's weight where the scale wants them: zeros below, the sign repeated above.
    - `input_step`: a power of two, the real value of one event: 1 for spikes; 2**-k where inputs are event counts, or
      graded spikes, that stand for multiples of it.
    - `per_channel`: a scale for each neuron instead of one for the layer, on a chip that shifts neurons apart.
    - `largest_input`: of a first layer, the most events of an input in a step, as `quant.integer` takes it; None leaves
      it to that.

    Inputs from outside, through which no gradient goes back, must be multiples of `input_step`, from 0 to
    `largest_input` (else 65535) of them: ValueError says what to do. Integers and truth values are taken as numbers.

    The weights are quantised once per call, so pass whole sequences [T, B, in_features]. Where float32 could round sums
    of spikes (16-bit weights and more than 512 inputs) they are made in float64, and a current that float32 does not
    hold is a ValueError; those of event counts are checked by `integer`.

    ```pycon
    >>> layer = quant.QuantLinear(2, 1, profile=hw_profiles.load("loihi2"), weight_bits=4)
    >>> with torch.no_grad():
    ...     _ = layer.weight.copy_(torch.tensor([[0.3, -0.9]]))
    >>> layer(torch.eye(2)).flatten().tolist()  # multiples of 1/8
    [0.25, -0.875]
    ```
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        profile: Profile,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
    ) -> None:
        require_int("QuantLinear", "in_features", in_features, 1, 2**31)
        require_int("QuantLinear", "out_features", out_features, 1, 2**31)
        quantiser = self._place(profile, weight_bits, input_step, per_channel, largest_input, in_features)
        super().__init__(in_features, out_features, bias=False, weight_quant=quantiser)
        self._note_quantisers()

    def forward(self, x: Any) -> Any:
        """Currents [..., out_features] for events [..., in_features]."""
        x = self._taken(x)
        snapped = self._snapped() if type(x) is Tensor and self._is_plain() else None
        return super().forward(x) if snapped is None else self._sums(x, snapped[0])

    def inner_forward_impl(self, x: Any, quant_weight: Any, quant_bias: Any) -> Any:
        """The sums that Brevitas' `forward` asks for."""
        if isinstance(x, Tensor) and quant_bias is None:
            return self._sums(x, getattr(quant_weight, "value", quant_weight))
        with full_precision(self.weight):
            return super().inner_forward_impl(x, quant_weight, quant_bias)

    def _arguments(self) -> dict[str, Any]:
        return {"in_features": self.in_features, "out_features": self.out_features, **self._format()}

    def _sums(self, x: Tensor, weight: Tensor) -> Tensor:
        if not self.wide:
            return weighted(x, weight)
        return narrowed(weighted(x, weight.to(torch.float64)), exact_dtype(x, weight), "QuantLinear")

    def _is_plain(self) -> bool:
        """Whether Brevitas has nothing to do but the weights; exchanged modules are told by `_is_as_made`."""
        return not (self.return_quant_tensor or self.bias is not None)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, {self._described()}"


class QuantConv2d(OnGrid, BrevitasConv2d):  # type: ignore[misc]  # as above
    """2-D convolution with quantised weights in the chip's format, with a power-of-two scale.

    Input [T, B, C, H, W], output [T, B, C', H', W']; otherwise as `QuantLinear`. `stride`, `padding` and `groups` are
    those of `torch.nn.Conv2d`, with zeros around; `groups=in_channels` is depthwise. Sums of weights are exact,
    whatever algorithm torch chooses: they are rounded to the weights' grid.

    ```pycon
    >>> layer = quant.QuantConv2d(2, 3, 3, profile=hw_profiles.load("loihi2"), padding=1)
    >>> layer((torch.rand(4, 1, 2, 8, 8) < 0.2).float()).shape
    torch.Size([4, 1, 3, 8, 8])
    ```
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        profile: Profile,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        groups: int = 1,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
    ) -> None:
        who = "QuantConv2d"
        require_int(who, "in_channels", in_channels, 1, 2**31)
        require_int(who, "out_channels", out_channels, 1, 2**31)
        require_int(who, "groups", groups, 1, in_channels)
        divides = in_channels % groups == 0 and out_channels % groups == 0
        require(divides, who, "groups must divide in_channels and out_channels", groups)
        pairs = {}
        for name, value, least in (("kernel_size", kernel_size, 1), ("stride", stride, 1), ("padding", padding, 0)):
            pairs[name] = value if isinstance(value, tuple) else (value, value)
            fits = len(pairs[name]) == 2 and all(type(v) is int and v >= least for v in pairs[name])
            require(fits, who, f"{name} must be an integer >= {least}, or two", value)
        fan_in = in_channels // groups * math.prod(pairs["kernel_size"])
        quantiser = self._place(profile, weight_bits, input_step, per_channel, largest_input, fan_in)
        super().__init__(in_channels, out_channels, groups=groups, bias=False, weight_quant=quantiser, **pairs)
        self._note_quantisers()

    def _arguments(self) -> dict[str, Any]:
        geometry = {"stride": tuple(self.stride), "padding": tuple(self.padding), "groups": self.groups}
        sizes = {"in_channels": self.in_channels, "out_channels": self.out_channels, "kernel_size": self.kernel_size}
        return {**sizes, **geometry, **self._format()}

    def forward(self, x: Tensor) -> Tensor:
        """Currents [T, B, out_channels, H', W'] for spikes [T, B, in_channels, H, W]."""
        fits = x.ndim == 5 and x.shape[2] == self.in_channels
        require(fits, "QuantConv2d", f"input must be [T, B, {self.in_channels}, H, W]", tuple(x.shape))
        x = self._taken(x)
        quantised: Any = self.quant_weight()
        geometry = self.stride, self.padding, self.dilation, self.groups
        weight = quantised.value.to(torch.float64) if self.wide else quantised.value
        flat = weighted(x.flatten(0, 1), weight, geometry)
        # Fast algorithms for convolutions leave errors far below the grid; the gradient is not concerned.
        unit = quantised.scale.detach() * self.input_step
        unit = unit.reshape(-1, 1, 1) if self.per_channel else unit
        with torch.no_grad():
            flat.div_(unit).round_().mul_(unit)
        if self.wide:
            flat = narrowed(flat, exact_dtype(x, quantised.value), "QuantConv2d")
        return flat.reshape(*x.shape[:2], *flat.shape[1:])

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, {self._described()}"
