"""The shapes of signals in NIR graphs of other libraries, and the layers that change them."""

from typing import Any

import nir
import numpy as np
import torch
from torch import nn

from spikelut._checks import require
from spikelut.export.nir.foreign_weights import Weights, array_of, one_of, whole_numbers
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.weights.pooling import SumPool2d

Shape = tuple[int, ...]
ROUNDING = 1e-4
"""Of a number of steps, in seconds of float32."""
KINDS = (
    "Linear, Affine, Conv1d, Conv2d, IF, LIF, CubaLIF, I, LI, CubaLI, Threshold, Scale, Delay, SumPool2d, AvgPool2d, "
    "Flatten"
)


def windows(where: str, weights: Weights, shape: Shape) -> Shape:
    """The shape that weights give for one; ValueError if they do not take it."""
    out, fan_in = weights.weight.shape[:2]
    if weights.geometry is None:
        require(shape == (fan_in,), where, f"must be given [{fan_in}]", list(shape))
        return (out,)
    rank, geometry = weights.weight.ndim - 2, weights.geometry
    channels = fan_in * geometry["groups"]
    sizes = "H, W" if rank == 2 else "L"
    require(len(shape) == rank + 1 and shape[0] == channels, where, f"must be given [{channels}, {sizes}]", list(shape))
    numbers = zip(
        shape[1:], weights.weight.shape[2:], geometry["stride"], geometry["padding"], geometry["dilation"], strict=True
    )
    found = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in numbers)
    require(min(found) >= 1, where, "images must be large enough for its windows", list(shape))
    return (out, *found)


def flattened(where: str, node: Any, shape: Shape) -> tuple[nn.Module | None, Shape]:
    """The layer of a Flatten, none of what is in a row, and the shape it gives."""
    start, end = (int(one_of(where, node, name)) for name in ("start_dim", "end_dim"))
    whole = start == 0 and end in (-1, len(shape) - 1)
    message = "must flatten all dimensions, from start_dim 0 to end_dim -1"
    require(whole or len(shape) == 1, where, message, (start, end))
    return None if len(shape) == 1 else nn.Flatten(2), (int(np.prod(shape)),)


def pooled(where: str, node: Any, shape: Shape) -> tuple[nn.Module, Shape]:
    """The layer of a pooling node and the shape it gives; ValueError for a node of another kind."""
    known = isinstance(node, nir.SumPool2d | nir.AvgPool2d)
    require(known, where, f"must be one of {KINDS}", type(node).__name__)
    kernel, stride = (whole_numbers(where, node, name, 1) for name in ("kernel_size", "stride"))
    padding = whole_numbers(where, node, "padding", 0)
    numbers = zip(shape[1:], kernel, stride, padding, strict=False)
    found = tuple((n + 2 * p - k) // s + 1 for n, k, s, p in numbers)
    fits = len(shape) == 3 and min(found) >= 1
    require(fits, where, f"must be given images [C, H, W], at least {kernel} high and wide", list(shape))
    if isinstance(node, nir.SumPool2d):
        return SumPool2d(*(_pair(n) for n in (kernel, stride, padding))), (shape[0], *found)
    averages = nn.AvgPool2d(_pair(kernel), _pair(stride), _pair(padding))
    return TimeDistributed(averages), (shape[0], *found)


def _pair(values: tuple[int, ...]) -> Any:
    """One number where both are the same."""
    return values[0] if values[0] == values[1] else values


def delays_in(where: str, node: Any, shape: Shape, dt: float) -> torch.Tensor:
    """The steps of a Delay in seconds, one for each feature or channel; ValueError for others than whole steps."""
    delay = array_of(where, node, "delay")
    fits = delay.size == 1 or delay.shape == shape
    require(fits, where, f"delay must be one number, or {list(shape)}", delay.shape)
    steps = np.round(delay / dt)
    whole = bool((delay >= 0).all() and (np.abs(delay / dt - steps) <= ROUNDING * np.maximum(steps, 1)).all())
    require(whole, where, f"delay must be whole steps of dt, {dt:g} s", delay.flat[0] if delay.size == 1 else "others")
    rows = np.broadcast_to(steps.reshape(-1)[0], shape) if delay.size == 1 else steps
    rows = rows.reshape(shape[0], -1)
    own = bool((rows == rows[:, :1]).all())
    message = "delay must be one for all places of a channel: flatten before, or give places their own channels"
    require(own, where, message, list(shape))
    found = torch.from_numpy(rows[:, 0].astype(np.float32))
    return found[0] if bool((found == found[0]).all()) else found


def scale_of(where: str, node: Any, shape: Shape) -> Any:
    """The numbers of a Scale, one for each place of a signal."""
    scale = array_of(where, node, "scale")
    fits = scale.size == 1 or scale.shape == shape
    require(fits, where, f"scale must be one number, or {list(shape)}", scale.shape)
    return np.broadcast_to(scale.reshape(-1)[0], shape).copy() if scale.size == 1 else scale
