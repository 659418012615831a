"""Weights and fields of NIR nodes that other libraries wrote, in float64, and modules with them."""

from typing import Any, NamedTuple

import nir
import numpy as np
import torch
from torch import nn

from spikelut._checks import require
from spikelut.export.nir.pieces import uneven
from spikelut.quant.neurons.float_lif import TimeDistributed


class Weights(NamedTuple):
    """Weights whose neurons are not known yet: `weight` and `bias` in float64; `geometry` of a convolution."""

    name: str
    weight: Any
    bias: Any
    geometry: dict[str, Any] | None

    def scaled(self, rows: Any) -> "Weights":
        """The same with each output multiplied by a number."""
        weight = self.weight * np.reshape(rows, (-1, *[1] * (self.weight.ndim - 1)))
        return self._replace(weight=weight, bias=None if self.bias is None else self.bias * rows)

    def columns(self, where: str, scale: Any) -> "Weights":
        """The same for inputs that are multiplied by numbers: one for each, or for each channel of a convolution."""
        if self.geometry is None:
            return self._replace(weight=self.weight * scale)
        channels = _of_channels(where, scale)
        single = self.geometry["groups"] == 1 or np.unique(channels).size == 1
        require(single, where, "a Scale before a convolution in groups must be one number", channels[:4].tolist())
        factor = channels if self.geometry["groups"] == 1 else channels[:1]
        return self._replace(weight=self.weight * factor.reshape(1, -1, *[1] * (self.weight.ndim - 2)))

    def places(self, where: str, scale: Any) -> "Weights":
        """The same with what they give multiplied by numbers, one for each place; of channels by one."""
        return self.scaled(scale if self.geometry is None else _of_channels(where, scale))

    def after(self, where: str, first: "Weights") -> "Weights":
        """Both in a row as one: W2 W1 x + W2 b1 + b2."""
        dense = self.geometry is None and first.geometry is None
        require(dense, where, "weights in a row must be Linear or Affine: put neurons between convolutions", first.name)
        bias = None if first.bias is None else self.weight @ first.bias
        bias = self.bias if bias is None else bias if self.bias is None else bias + self.bias
        return self._replace(weight=self.weight @ first.weight, bias=bias)

    def plus(self, bias: Any) -> "Weights":
        """The same with a further bias."""
        return self._replace(bias=bias if self.bias is None else self.bias + bias)

    def module(self) -> nn.Module:
        """The layer of torch, over [T, B, ...]."""
        out, fan_in = self.weight.shape[:2]
        options: dict[str, Any] = {"bias": self.bias is not None}
        if self.geometry is None:
            made: Any = nn.Linear(fan_in, out, **options)
        else:
            channels = fan_in * self.geometry["groups"]
            kind = nn.Conv2d if self.weight.ndim == 4 else nn.Conv1d
            made = kind(channels, out, self.weight.shape[2:], **self.geometry, **options)
        with torch.no_grad():
            made.weight.copy_(torch.from_numpy(self.weight))
            if self.bias is not None:
                made.bias.copy_(torch.from_numpy(self.bias))
        return made if self.geometry is None else TimeDistributed(made)


def _of_channels(where: str, scale: Any) -> Any:
    rows = np.reshape(scale, (len(scale), -1))
    require(bool((rows == rows[:, :1]).all()), where, "scale must be one number for each channel", "several")
    return rows[:, 0]


def unit_weights(name: str, shape: tuple[int, ...], scale: Any) -> Weights:
    """Weights of 0 and 1, or a `scale`, through which events come to neurons that had none."""
    if len(shape) == 1:
        return Weights(name, np.eye(shape[0]) * (1.0 if scale is None else scale), None, None)
    ones = (1,) * (len(shape) - 1)
    geometry = {"stride": ones, "padding": tuple(0 for _ in ones), "dilation": ones, "groups": shape[0]}
    made = Weights(name, np.ones((shape[0], 1, *ones)), None, geometry)
    return made if scale is None else made.places(name, scale)


def array_of(where: str, node: Any, name: str) -> Any:
    """A field of a node as float64, finite."""
    value = getattr(node, name)
    array = np.asarray(value.detach().cpu() if isinstance(value, torch.Tensor) else value)
    require(array.dtype.kind in "biuf" and array.size > 0, where, f"{name} must be numbers", value)
    array = array.astype(np.float64)
    require(bool(np.isfinite(array).all()), where, f"{name} must be finite", "NaN or infinity")
    return array


def one_of(where: str, node: Any, name: str) -> float:
    """A field that is one number."""
    values = array_of(where, node, name)
    # Files hold float32.
    same = np.allclose(values, values.flat[0], rtol=1e-6, atol=0)
    require(same, where, f"{name} must be one number for the layer", f"{values.min():g}..{values.max():g}")
    return float(values.flat[0])


def rows_of(where: str, node: Any, name: str, out: int) -> Any:
    """A field as one number for each of `out` neurons or channels."""
    values = array_of(where, node, name)
    if values.size == 1:
        return np.full(out, values.flat[0])
    fits = values.ndim >= 1 and len(values) == out
    require(fits, where, f"{name} must be one number, or [{out}, ...] as the weights before it", values.shape)
    rows = values.reshape(out, -1)
    alike = np.allclose(rows, rows[:, :1], rtol=1e-6, atol=0)
    require(alike, where, f"{name} must be one number for each channel", "several")
    return rows[:, 0]


def whole_numbers(where: str, node: Any, name: str, least: int, count: int = 2) -> tuple[int, ...]:
    """A field that is an integer, or one for each dimension."""
    values = np.atleast_1d(array_of(where, node, name)).ravel()
    fits = (values >= least) & (values <= 2**16) & (values == values.round())
    whole = values.size in (1, count) and bool(fits.all())
    several = "" if count == 1 else ", or two"
    require(whole, where, f"{name} must be an integer >= {least}{several}", values[:4].tolist())
    return tuple(int(n) for n in np.resize(values, count))


def weights_of(where: str, name: str, node: Any, any_same: bool = False) -> Weights:
    """The weights of a node; `any_same`: with every padding 'same', by zeros in the kernel where it is uneven."""
    weight = array_of(where, node, "weight")
    rank = 4 if isinstance(node, nir.Conv2d) else 3 if isinstance(node, nir.Conv1d) else 2
    require(weight.ndim == rank, where, f"weight must have {rank} dimensions", weight.shape)
    bias = None
    if not isinstance(node, nir.Linear) and node.bias is not None:
        bias = array_of(where, node, "bias")
        require(bias.shape == weight.shape[:1], where, f"bias must be [{len(weight)}]", bias.shape)
        bias = bias if bias.any() else None
    if rank == 2:
        return Weights(name, weight, bias, None)
    weight, geometry = _geometry(where, node, weight, any_same)
    return Weights(name, weight, bias, geometry)


def _geometry(where: str, node: Any, weight: Any, any_same: bool) -> tuple[Any, dict[str, Any]]:
    rank = weight.ndim - 2
    geometry: dict[str, Any] = {
        "stride": whole_numbers(where, node, "stride", 1, rank),
        "dilation": whole_numbers(where, node, "dilation", 1, rank),
    }
    groups, out, ones = whole_numbers(where, node, "groups", 1)[0], len(weight), (1,) * rank
    require(out % groups == 0, where, f"groups must divide {out}", groups)
    kernel = tuple(int(n) for n in np.shape(weight)[2:])
    if not isinstance(node.padding, str):
        padding = whole_numbers(where, node, "padding", 0, rank)
    elif any_same and node.padding == "same" and geometry["stride"] == ones:
        total = [d * (k - 1) for k, d in zip(kernel, geometry["dilation"], strict=True)]
        before, behind = tuple(n // 2 for n in total), tuple(n - n // 2 for n in total)
        weight, padding = uneven(where, weight, before, behind, (0,) * rank, geometry["dilation"])
    else:
        same = {"valid": (0,) * rank, "same": tuple(k // 2 for k in kernel)}
        plain = node.padding == "valid" or (
            geometry["stride"] == geometry["dilation"] == ones and all(k % 2 for k in kernel)
        )
        message = "padding must be numbers, 'valid', or 'same' with an odd kernel and no stride"
        require(node.padding in same and plain, where, message, node.padding)
        padding = same[node.padding]
    return weight, {**geometry, "padding": padding, "groups": groups}
