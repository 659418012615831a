"""What convolutions on a profile's grid have in common: geometry, exact sums, and where outputs lie in the weights."""

import math
from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_flags, require_int
from spikelut.quant.arithmetic.full_precision import Geometry, exact_dtype, weighted
from spikelut.quant.weights.batch_norm import FoldedBatchNorm
from spikelut.quant.weights.on_grid import OnGrid, unbiased
from spikelut.quant.weights.wide_sums import narrowed

Places = int | tuple[int, ...]
"""A number for every dimension, or one for each."""


class Convolution(OnGrid):
    """A convolution over one or two dimensions, [T, B, C, L] or [T, B, C, H, W]."""

    in_channels: int
    out_channels: int
    groups: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...]
    transposed: bool
    pads: tuple[tuple[int, int], ...]
    """The zeros before and behind each dimension; alike but for `padding="same"` and an even kernel."""

    def _convolve(
        self, dims: int, channels: tuple[int, int, int], batch_norm: bool, grid: dict[str, Any], **places: Any
    ) -> None:
        """Construct the layer of `dims` dimensions; `channels` are those in, those out, and groups.

        `grid` are the arguments that say the format of its weights.
        """
        who, (in_channels, out_channels, groups) = type(self).__name__, channels
        require_int(who, "in_channels", in_channels, 1, 2**31)
        require_int(who, "out_channels", out_channels, 1, 2**31)
        require_int(who, "groups", groups, 1, in_channels)
        require_flags(who, batch_norm=batch_norm)
        divides = in_channels % groups == 0 and out_channels % groups == 0
        require(divides, who, "groups must divide in_channels and out_channels", groups)
        given = places.get("padding")
        same = given == "same"
        if isinstance(given, str):
            require(given in ("same", "valid"), who, "padding must be a number of zeros, 'same' or 'valid'", given)
            places["padding"] = 0
        each = {name: _each(who, name, value, dims) for name, value in places.items()}
        pads = tuple((p, p) for p in each["padding"])
        if same:
            one = all(s == 1 for s in each["stride"])
            require(one, who, "stride must be 1 with padding='same'", places["stride"])
            missing = [d * (k - 1) for d, k in zip(each["dilation"], each["kernel_size"], strict=True)]
            # An odd zero stands behind, as torch has it.
            pads = tuple((m // 2, m - m // 2) for m in missing)
        options: dict[str, Any] = dict(each)
        options["padding"] = tuple(before for before, _ in pads) if all(a == b for a, b in pads) else "same"
        taps = _taps(each, transposed="output_padding" in each)
        further = each.get("output_padding", ())
        small = all(f < max(s, d) for f, s, d in zip(further, each["stride"], each["dilation"], strict=False))
        require(small, who, "output_padding must be smaller than stride or dilation", places.get("output_padding"))
        quantiser = self._place(**grid, fan_in=in_channels // groups * taps)
        made: Any = super().__init__
        made(in_channels, out_channels, groups=groups, bias=False, weight_quant=quantiser, **options)
        self.pads = pads
        self.set_batch_norm(FoldedBatchNorm(out_channels) if batch_norm else None)

    def _arguments(self) -> dict[str, Any]:
        names = ["in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"]
        names += ["output_padding"] if self.transposed else []
        return {name: getattr(self, name) for name in names} | self._format()

    def forward(self, x: Tensor) -> Tensor:
        """Currents [T, B, out_channels, ...] for spikes [T, B, in_channels, ...]."""
        dims = len(self.kernel_size)
        fits = x.ndim == dims + 3 and x.shape[2] == self.in_channels
        shape = f"[T, B, {self.in_channels}, {'H, W' if dims == 2 else 'L'}]"
        require(fits, type(self).__name__, f"input must be {shape}", tuple(x.shape))
        return cast(Tensor, self._normed(self._taken(x), self._currents))

    def _currents(self, x: Tensor) -> Tensor:
        dims = len(self.kernel_size)
        quantised: Any = self.quant_weight()
        wide = self._is_wide(x)
        weight = quantised.value.to(torch.float64) if wide else quantised.value
        flat, padding = x.flatten(0, 1), self.padding
        if isinstance(padding, str):
            flat = nn.functional.pad(flat, [zeros for pair in reversed(self.pads) for zeros in pair])
            padding = (0,) * dims
        geometry = Geometry(self.stride, padding, self.dilation, self.groups, self.transposed, self.output_padding)
        flat = weighted(flat, weight, geometry)
        # Fast algorithms for convolutions leave errors far below the grid; the gradient is not concerned.
        unit = self._by_output(quantised.scale.detach()) * self.input_step
        unit = unit.reshape(-1, *[1] * dims)
        with torch.no_grad():
            flat.div_(unit).round_().mul_(unit)
        if wide:
            flat = narrowed(flat, exact_dtype(x, quantised.value), type(self).__name__)
        return flat.reshape(*x.shape[:2], *flat.shape[1:])

    def extra_repr(self) -> str:
        base: Any = super()
        return f"{unbiased(base.extra_repr())}, {self._described()}"


class Transposed(Convolution):
    """A transposed convolution, whose weights are stored inputs first, [in, out / groups, ...]."""

    def outputs_first(self, weight: Tensor) -> Tensor:
        """Weights, or their codes, [in, out / groups, ...] as [out, in / groups, ...], as convolutions have them.

        A transposed convolution is the convolution with these kernels, each turned around, of its input with
        `stride` - 1 zeros between its places.

        ```pycon
        >>> layer = quant.QuantConvTranspose1d(6, 4, 3, profile=hw_profiles.load("generic8"), groups=2)
        >>> layer.weight.shape, layer.outputs_first(layer.weight).shape
        (torch.Size([6, 2, 3]), torch.Size([4, 3, 3]))
        ```
        """
        return swapped(weight, self.groups)

    def _is_arranged(self) -> bool:
        return True

    def _outputs_first(self, weight: Tensor) -> Tensor:
        return self.outputs_first(weight)

    def _in_order(self, weight: Tensor) -> Tensor:
        return swapped(weight, self.groups)

    def _as_stored(self, quantised: Any) -> Any:
        if isinstance(quantised, Tensor) and not hasattr(quantised, "scale"):  # a quantiser that is turned off
            return swapped(quantised, self.groups)
        scale = quantised.scale
        if self.per_channel:
            scale = swapped(scale.expand(-1, self.in_channels // self.groups, *scale.shape[2:]), self.groups)
        return quantised._replace(value=swapped(quantised.value, self.groups), scale=scale)

    def _by_output(self, scale: Tensor) -> Tensor:
        return self.outputs_first(scale)[:, 0].reshape(-1) if self.per_channel else super()._by_output(scale)


def _each(who: str, name: str, value: Any, dims: int) -> tuple[int, ...]:
    """One integer for each dimension."""
    least = 0 if name.endswith("padding") else 1
    each = value if isinstance(value, tuple) else (value,) * dims
    fits = len(each) == dims and all(type(v) is int and v >= least for v in each)
    require(fits, who, f"{name} must be an integer >= {least}{', or two' if dims == 2 else ''}", value)
    return each


def swapped(weight: Tensor, groups: int) -> Tensor:
    """Weights with inputs first as those with outputs first, and back: in every group the first two are swapped."""
    apart = weight.reshape(groups, -1, *weight.shape[1:])
    return apart.transpose(1, 2).reshape(-1, apart.shape[1], *weight.shape[2:])


def _taps(each: dict[str, tuple[int, ...]], transposed: bool) -> int:
    """The most places of a kernel that add to one output."""
    if not transposed:
        return math.prod(each["kernel_size"])
    # Those whose distance is a multiple of the stride.
    steps = zip(each["kernel_size"], each["stride"], each["dilation"], strict=True)
    return math.prod(-(-kernel // (stride // math.gcd(stride, dilation))) for kernel, stride, dilation in steps)
