"""Brevitas layers whose weights lie on the grid of a hardware profile."""

from typing import Any

import torch
from brevitas.nn import QuantConv1d as BrevitasConv1d
from brevitas.nn import QuantConv2d as BrevitasConv2d
from brevitas.nn import QuantConvTranspose1d as BrevitasConvTranspose1d
from brevitas.nn import QuantConvTranspose2d as BrevitasConvTranspose2d
from brevitas.nn import QuantLinear as BrevitasLinear
from torch import Tensor

from spikelut._checks import require, require_flags, require_int
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.full_precision import exact_dtype, full_precision, weighted
from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.quant.weights.convolution import Convolution, Transposed
from spikelut.quant.weights.on_grid import OnGrid, unbiased
from spikelut.quant.weights.spike_sums import spike_sums
from spikelut.quant.weights.wide_sums import narrowed


class QuantLinear(OnGrid, BrevitasLinear):  # type: ignore[misc]  # Brevitas publishes no types
    """Linear layer with quantised weights in the chip's format, with a power-of-two scale.

    weight = code * scale. The scale is the smallest power of two with which 2**(weight_bits-1) codes reach the largest
    weight, within the shifts that the chip offers. Weights beyond the codes are clipped; a positive weight of exactly
    that power is clipped by one code. Input [..., in_features], output [..., out_features] in real units. Weights are
    rounded as in the chip's tools, and the gradient passes straight through (Brevitas). There is no bias, because chips
    add it in the neuron: see `LIF`.

    - `weight_bits`: from 2 to the profile's width, which is the default. With fewer bits, the codes lie in the chip's
      weight where the scale puts them, with zeros below and copies of the sign above.
    - `input_step`: the real value of one event, a power of two. It is 1 for spikes, and 2**-k for event counts or
      graded spikes that stand for multiples of 2**-k.
    - `per_channel`: a scale for each neuron instead of one for the layer, on a chip that can shift each neuron
      differently.
    - `largest_input`: for a first layer, the largest number of events of an input in a step, see `quant.integer`; None:
      what `quant.integer` says.

    - `signed_input`: inputs start at -`largest_input` instead of 0, in software only. If `largest_input` is None and
      `input_step` is 2**-k, `quant.integer` takes codes -2**k..2**k - 1: int8 for k = 7.
    - `graded_input`: inputs are graded spikes, from `Delta` and `SigmaDelta` or from outside: multiples of `input_step`
      of either sign, at most as large as a message of the profile, or -`largest_input`..`largest_input` of them. Sums
      that float32 could round are computed in float64.
    - `batch_norm`: add a batch norm that is folded into the weights, as on the chip, see `FoldedBatchNorm`. Give the
      layer to the neurons after it, as `LIF(..., bias=layer)`. The input is then [T, B, in_features].

    Inputs that need no gradient come from outside. They must be multiples of `input_step`, from 0 to `largest_input`
    (or 65535) times; otherwise a ValueError says what to do. Integers and booleans are taken as numbers.

    The weights are quantised once per call, so pass whole sequences [T, B, in_features]. If float32 could round sums of
    spikes (with 16-bit weights and more than 512 inputs), they are computed in float64, and a current that float32
    cannot hold gives a ValueError. For event counts, `integer` checks this.

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
        signed_input: bool = False,
        graded_input: bool = False,
        batch_norm: bool = False,
    ) -> None:
        require_int("QuantLinear", "in_features", in_features, 1, 2**31)
        require_int("QuantLinear", "out_features", out_features, 1, 2**31)
        quantiser = self._place(
            profile, weight_bits, input_step, per_channel, largest_input, signed_input, graded_input, in_features
        )
        super().__init__(in_features, out_features, bias=False, weight_quant=quantiser)
        require_flags(type(self).__name__, batch_norm=batch_norm)
        self.set_batch_norm(FoldedBatchNorm(out_features) if batch_norm else None)

    def forward(self, x: Any) -> Any:
        """Currents [..., out_features] for events [..., in_features]."""
        x = self._taken(x)
        fits = self.batch_norm is None or x.ndim == 3
        require(fits, "QuantLinear", f"input must be [T, B, {self.in_features}] with batch_norm", tuple(x.shape))
        return self._normed(x, self._currents)

    def _currents(self, x: Any) -> Any:
        grid = self._grid() if type(x) is Tensor and self._is_plain() else None
        if grid is None:
            return super().forward(x)
        weight, modules = self._arranged(), self.weight_quant.tensor_quant
        apart = self._is_wide(x) or grid.bits > self.weight_bits
        made = None if apart else spike_sums(x, weight, grid, self.input_step, modules)
        if made is not None:
            return made
        snapped = self._snapped_to(grid, weight)
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
        if not self._is_wide(x):
            return weighted(x, weight)
        return narrowed(weighted(x, weight.to(torch.float64)), exact_dtype(x, weight), "QuantLinear")

    def _is_plain(self) -> bool:
        """Whether Brevitas has nothing to do but the weights; exchanged modules are told by `_is_as_made`."""
        return not (self.return_quant_tensor or self.bias is not None)

    def extra_repr(self) -> str:
        return f"{unbiased(super().extra_repr())}, {self._described()}"


class QuantConv2d(Convolution, BrevitasConv2d):  # type: ignore[misc]  # as above
    """2-D convolution with quantised weights in the chip's format, with a power-of-two scale.

    Input [T, B, C, H, W], output [T, B, C', H', W']; weights and their codes are [out, in / groups, height, width];
    otherwise as `QuantLinear`. `stride`, `padding`, `dilation` and `groups` are those of `torch.nn.Conv2d`, a number or
    one for each dimension, with zeros around; `groups=in_channels` is depthwise. Sums of weights are exact, whatever
    algorithm torch chooses: they are rounded to the weights' grid.

    `padding="same"`, with a stride of 1, is resolved to numbers; `pads` has those before and behind each dimension. For
    an even kernel, there is one more behind than before; only then does the attribute `padding` remain "same".

    ```pycon
    >>> layer = quant.QuantConv2d(2, 3, (3, 2), profile=hw_profiles.load("loihi2"), padding="same", dilation=(2, 1))
    >>> layer((torch.rand(4, 1, 2, 8, 8) < 0.2).float()).shape, layer.pads
    (torch.Size([4, 1, 3, 8, 8]), ((2, 2), (0, 1)))
    ```
    """

    _arguments = Convolution._arguments  # of this constructor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        profile: Profile,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
        signed_input: bool = False,
        graded_input: bool = False,
        batch_norm: bool = False,
    ) -> None:
        grid = _grid(profile, weight_bits, input_step, per_channel, largest_input, signed_input, graded_input)
        places = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        self._convolve(2, (in_channels, out_channels, groups), batch_norm, grid, **places)


class QuantConv1d(Convolution, BrevitasConv1d):  # type: ignore[misc]  # as above
    """1-D convolution with quantised weights in the chip's format, with a power-of-two scale.

    Input [T, B, C, L], output [T, B, C', L'], over L, not over time; weights are [out, in / groups, length]; otherwise
    as `QuantConv2d`.

    ```pycon
    >>> layer = quant.QuantConv1d(2, 3, 5, profile=hw_profiles.load("loihi2"), stride=2)
    >>> layer((torch.rand(4, 1, 2, 16) < 0.2).float()).shape
    torch.Size([4, 1, 3, 6])
    ```
    """

    _arguments = Convolution._arguments  # of this constructor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        *,
        profile: Profile,
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] | str = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
        signed_input: bool = False,
        graded_input: bool = False,
        batch_norm: bool = False,
    ) -> None:
        grid = _grid(profile, weight_bits, input_step, per_channel, largest_input, signed_input, graded_input)
        places = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        self._convolve(1, (in_channels, out_channels, groups), batch_norm, grid, **places)


class QuantConvTranspose2d(Transposed, BrevitasConvTranspose2d):  # type: ignore[misc]  # as above
    """2-D transposed convolution with quantised weights in the chip's format, with a power-of-two scale.

    Input [T, B, C, H, W], output [T, B, C', H', W'] with H' = (H - 1) * stride - 2 * padding + dilation * (kernel - 1)
    + output_padding + 1. The arguments are those of `torch.nn.ConvTranspose2d`, and so is the order of the weights and
    their codes: inputs first, [in, out / groups, height, width]; `outputs_first` puts them as those of a convolution.
    With `per_channel` each of the `out_channels` has a scale, whatever its group. Otherwise as `QuantConv2d`.

    ```pycon
    >>> layer = quant.QuantConvTranspose2d(2, 3, 4, profile=hw_profiles.load("loihi2"), stride=2, padding=1)
    >>> layer((torch.rand(4, 1, 2, 8, 6) < 0.2).float()).shape
    torch.Size([4, 1, 3, 16, 12])
    ```
    """

    _arguments = Transposed._arguments  # of this constructor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        *,
        profile: Profile,
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        output_padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
        signed_input: bool = False,
        graded_input: bool = False,
        batch_norm: bool = False,
    ) -> None:
        grid = _grid(profile, weight_bits, input_step, per_channel, largest_input, signed_input, graded_input)
        places = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        self._convolve(
            2, (in_channels, out_channels, groups), batch_norm, grid, **places, output_padding=output_padding
        )


class QuantConvTranspose1d(Transposed, BrevitasConvTranspose1d):  # type: ignore[misc]  # as above
    """1-D transposed convolution with quantised weights in the chip's format, with a power-of-two scale.

    Input [T, B, C, L], output [T, B, C', L']; weights are [in, out / groups, length]; otherwise as
    `QuantConvTranspose2d`.

    ```pycon
    >>> layer = quant.QuantConvTranspose1d(2, 3, 4, profile=hw_profiles.load("loihi2"), stride=2, padding=1)
    >>> layer((torch.rand(4, 1, 2, 8) < 0.2).float()).shape
    torch.Size([4, 1, 3, 16])
    ```
    """

    _arguments = Transposed._arguments  # of this constructor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int],
        *,
        profile: Profile,
        stride: int | tuple[int] = 1,
        padding: int | tuple[int] = 0,
        output_padding: int | tuple[int] = 0,
        dilation: int | tuple[int] = 1,
        groups: int = 1,
        weight_bits: int | None = None,
        input_step: float = 1.0,
        per_channel: bool = False,
        largest_input: int | None = None,
        signed_input: bool = False,
        graded_input: bool = False,
        batch_norm: bool = False,
    ) -> None:
        grid = _grid(profile, weight_bits, input_step, per_channel, largest_input, signed_input, graded_input)
        places = {"kernel_size": kernel_size, "stride": stride, "padding": padding, "dilation": dilation}
        self._convolve(
            1, (in_channels, out_channels, groups), batch_norm, grid, **places, output_padding=output_padding
        )


def _grid(
    profile: Profile,
    weight_bits: int | None,
    input_step: float,
    per_channel: bool,
    largest_input: int | None,
    signed_input: bool,
    graded_input: bool,
) -> dict[str, Any]:
    """The arguments that say the format of the weights, by name."""
    return dict(locals())
