"""The weights of float layers as they are in force: in one order, with their geometry; what batch norm multiplies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut._checks import require
from spikelut.quant.weights.convolution import swapped

GEOMETRY = ("stride", "padding", "dilation", "groups")


@dataclass(frozen=True, eq=False)
class Weights:
    """Weights [out, in] or [out, in / groups, ...], float64, outputs first also of transposed convolutions.

    `geometry`: the arguments of a convolution by name; None for a dense layer, which takes the last dimension.
    """

    weight: Tensor
    geometry: dict[str, Any] | None = None
    transposed: bool = False

    @property
    def dims(self) -> int:
        """How many dimensions are convolved over."""
        return self.weight.ndim - 2

    @property
    def inputs(self) -> int:
        """Features, or channels, that come in."""
        return int(self.weight.shape[1]) * (1 if self.geometry is None else int(self.geometry["groups"]))

    def axis(self, rank: int) -> int:
        """The dimension of outputs, in signals of a rank after time and batch."""
        return rank - 1 if self.geometry is None else 0

    def times(self, gain: Any) -> Weights:
        """Multiplied by a number, or by one for each output [out]."""
        if isinstance(gain, Tensor):
            gain = gain.reshape(-1, *[1] * (self.weight.ndim - 1))
        return replace(self, weight=self.weight * gain)

    def run(self, x: Tensor) -> Tensor:
        """Currents [T, B, ...] of events [T, B, ...], in the type of these."""
        weight = self.weight.to(x.dtype)
        if self.geometry is None:
            return functional.linear(x, weight)
        flat, geometry = x.flatten(0, 1), dict(self.geometry)
        if self.transposed:
            weight = swapped(weight, geometry["groups"])
            convolve: Any = (functional.conv_transpose1d, functional.conv_transpose2d)[self.dims - 1]
        else:
            convolve = (functional.conv1d, functional.conv2d)[self.dims - 1]
        found: Tensor = convolve(flat, weight, **geometry)
        return found.reshape(*x.shape[:2], *found.shape[1:])


def on_off(where: str, weights: Weights) -> Weights:
    """The weights of the two lines of events of each signed input: what is above zero, and what is below."""
    if weights.geometry is None:
        return replace(weights, weight=torch.cat([weights.weight, -weights.weight], 1))
    require(not weights.transposed, where, "must not be transposed, with on_off=True", "a transposed convolution")
    whole = _ungrouped(weights)
    return Weights(torch.cat([whole, -whole], 1), {**weights.geometry, "groups": 1})


def weights_in(where: str, module: Any) -> tuple[Weights, Tensor | None]:
    """What a layer multiplies by and what it adds [out], float64; ValueError for what is not read."""
    weight, bias = (None if v is None else v.detach().cpu().to(torch.float64) for v in values_of(where, module))
    assert weight is not None  # all of these have weights
    finite = bool(weight.isfinite().all()) and (bias is None or bool(bias.isfinite().all()))
    require(finite, where, "weights and biases must be finite", "NaN or infinity")
    if not hasattr(module, "kernel_size"):
        return Weights(weight), bias
    require(module.padding_mode == "zeros", where, "must have padding with zeros", module.padding_mode)
    geometry = {name: getattr(module, name) for name in GEOMETRY}
    if not module.transposed:
        return Weights(weight, geometry), bias
    geometry["output_padding"] = module.output_padding
    return Weights(swapped(weight, module.groups), geometry, transposed=True), bias


def values_of(where: str, module: Any) -> tuple[Tensor, Tensor | None]:
    """Weights and bias as `forward` multiplies and adds them: of Brevitas' layers the quantised ones."""
    weight, bias = module.weight, module.bias
    plain = getattr(module, "batch_norm", None) is None
    require(plain, where, "must have no folded batch norm: put nn.BatchNorm behind it", type(module).__name__)
    if hasattr(module, "quant_weight"):
        plain = not (module.input_quant.is_quant_enabled or module.output_quant.is_quant_enabled)
        plain = plain and not module.return_quant_tensor and not module.export_mode
        message = "must quantise nothing but weights and bias: no input_quant, output_quant or return_quant_tensor"
        require(plain, where, message, type(module).__name__)
        weight = module.quant_weight()
        if bias is not None and module.bias_quant.is_quant_enabled:
            free = not module.bias_quant.requires_input_scale
            require(free, where, "must have a bias_quant with a scale of its own", type(module).__name__)
            bias = module.bias_quant(bias, torch.zeros(()), weight)
        weight, bias = getattr(weight, "value", weight), getattr(bias, "value", bias)
    for value in (weight, bias):
        known = value is None or type(value) in (Tensor, nn.Parameter)
        require(known, where, "weights and biases must be plain tensors", type(value).__name__)
    return weight, bias


def norm_in(where: str, module: Any) -> tuple[Tensor, Tensor]:
    """What batch norm multiplies each feature by, and what it then adds [features], float64."""
    require(module.running_mean is not None, where, "must have running statistics", "track_running_stats=False")
    gain = (module.running_var.detach().cpu().double() + module.eps).rsqrt()
    if module.weight is not None:
        gain = gain * module.weight.detach().cpu().double()
    offset = -module.running_mean.detach().cpu().double() * gain
    if module.bias is not None:
        offset = offset + module.bias.detach().cpu().double()
    return gain, offset


def folded(first: Weights, second: Weights) -> Weights | None:
    """One layer that does what two do, one after the other without neurons; None where there is none.

    Two dense layers; a convolution and one of 1 x 1 after it, as depthwise and pointwise.
    """
    if first.geometry is None or second.geometry is None:
        return Weights(second.weight @ first.weight) if first.geometry is second.geometry else None
    ones, geometry = (1,) * second.dims, second.geometry
    point = tuple(second.weight.shape[2:]) == ones and tuple(geometry["stride"]) == ones and not second.transposed
    still = geometry["padding"] in ("same", "valid", (0,) * second.dims)
    if not point or not still or first.transposed or second.dims != first.dims:
        return None
    # [out, mid / groups] and [mid, in / groups, ...], both as if they had one group.
    mixed = _ungrouped(second).flatten(1)
    weight = torch.einsum("om,mi...->oi...", mixed, _ungrouped(first))
    return Weights(weight, {**first.geometry, "groups": 1})


def _ungrouped(weights: Weights) -> Tensor:
    """The weights [out, in, ...] with zeros between groups."""
    assert weights.geometry is not None  # a convolution
    groups, (out, each) = weights.geometry["groups"], weights.weight.shape[:2]
    whole = weights.weight.new_zeros(out, each * groups, *weights.weight.shape[2:])
    step = out // groups
    for g in range(groups):
        rows = slice(g * step, (g + 1) * step)
        whole[rows, g * each : (g + 1) * each] = weights.weight[rows]
    return whole


def with_windows(weights: Weights, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Weights | None:
    """The convolution that does what a convolution and sums of its windows do; None where there is none."""
    geometry = weights.geometry
    if geometry is None or weights.transposed or isinstance(geometry["padding"], str):
        return None
    if any(d != 1 for d in geometry["dilation"]) or weights.dims != len(kernel):
        return None
    apart = geometry["stride"]
    sizes = [(n - 1) * s + k for n, s, k in zip(kernel, apart, weights.weight.shape[2:], strict=True)]
    whole = weights.weight.new_zeros(*weights.weight.shape[:2], *sizes)
    for place in torch.cartesian_prod(*(torch.arange(n) for n in kernel)).reshape(-1, len(kernel)).tolist():
        window = tuple(slice(p * s, p * s + k) for p, s, k in zip(place, apart, weights.weight.shape[2:], strict=True))
        whole[(slice(None), slice(None), *window)] += weights.weight
    steps = tuple(a * s for a, s in zip(apart, stride, strict=True))
    return Weights(whole, {**geometry, "stride": steps})
