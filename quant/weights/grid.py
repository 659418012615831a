"""Weights on a grid of powers of two as one step of autograd: what Brevitas' modules compute for `QuantLinear`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut._checks import require
from spikelut.hw_profiles import Rounding
from spikelut.quant.arithmetic.rounding import round_real

SMALLEST = 1e-10
"""The smallest magnitude that Brevitas takes a logarithm of, and the smallest power of two that it scales by."""


KERNEL_BITS = 16
"""Bits up to which the kernel rounds as torch does."""

NEVER, ABOVE_MINUS_HALF = 2.0, -0.49999997
"""No part of a number behind its point; the next float32 above -0.5."""

STEPS = {
    "floor": (NEVER, 0.0),
    "trunc0": (NEVER, -NEVER),
    "half_up": (0.5, -0.5),
    "half_away": (0.5, ABOVE_MINUS_HALF),
}
"""What is behind the point, of the sign of the number, from which one is added to what is before, and below which one
is taken from it; the modes that kernels have besides `half_even`. None is a denormal: processors may be told to take
these for zero, as `torch.set_flush_denormal` does."""


@dataclass(frozen=True)
class WeightGrid:
    """A grid of `codes`, the smallest and the largest of `bits` bits, that reaches to 2**k, k in `reach`."""

    bits: int
    codes: tuple[int, int]
    reach: tuple[int, int]
    rounding: Rounding
    per_channel: bool

    @cached_property
    def native(self) -> native.NativeGrid | None:
        """The grid as the kernels of sums over spikes take it; None where they do not round as it does."""
        steps = STEPS.get(self.rounding)
        if self.bits > KERNEL_BITS or (steps is None and self.rounding != "half_even"):
            return None
        even, (up, down) = steps is None, steps or (NEVER, -NEVER)
        return native.NativeGrid(*self.codes, up, down, even, self.bits, *self.reach, self.per_channel)

    def sizes(self, weight: Tensor) -> Tensor:
        """The largest magnitude of each output, [out]."""
        if native.in_memory(weight):
            found = weight.new_empty(len(weight))
            native.library().spikelut_grid_sizes(weight.data_ptr(), found.data_ptr(), *native.extent(weight))
            return found
        rows = weight.flatten(1)
        # Several times faster than an `aminmax` of rows.
        return torch.maximum(rows.amax(1), rows.amin(1).neg_())

    def largest(self, sizes: Tensor, weight: Tensor) -> Tensor:
        """What sets the scale: of all weights [], or of each output [out, 1, ...]."""
        return sizes.reshape(-1, *[1] * (weight.ndim - 1)) if self.per_channel else sizes.max()

    def exponent(self, sizes: Tensor, weight: Tensor) -> Tensor:
        """That of the power of two above what sets the scale, before it is cut to those in reach."""
        return self.largest(sizes, weight).clamp_min(SMALLEST).log2_().ceil_()

    def snap(self, weight: Tensor, scale: Tensor) -> Tensor:
        """The points of the grid, `scale` apart, that weights are rounded to."""
        low, high = self.codes
        if native.in_memory(weight) and self.rounding == "half_even" and self.bits <= KERNEL_BITS:
            out, apart = torch.empty_like(weight), int(self.per_channel)
            at = (weight.data_ptr(), scale.data_ptr(), apart, low, high, out.data_ptr())
            native.library().spikelut_grid_snap(*at, *native.extent(weight))
            return out
        codes = weight / scale
        codes = codes.round_() if self.rounding == "half_even" else round_real(codes, self.rounding)
        # Adding zero makes zero of a negative one, as Brevitas' offset does.
        return codes.clamp_(low, high).mul_(scale).add_(0.0)


weight_grid = lru_cache(WeightGrid)
"""The grid of these fields, the same one for the same."""


def codes_of(who: str, quantised: Any) -> Tensor:
    """The codes of quantised weights; ValueError where someone changed these, so that no codes of the chip are they."""
    try:
        codes: Tensor = quantised.int(float_datatype=False)
        exact = torch.equal(codes * quantised.scale, quantised.value)
    except (RuntimeError, AttributeError, TypeError):  # Brevitas' own doubts, and what is no quantised tensor at all
        exact = False
    message = "weights must be codes of the chip times their scale"
    require(exact, who, message, "others, as of a weight_quant that is hooked or turned off")
    return codes


def to_grid(weight: Tensor, grid: WeightGrid, sizes: Tensor, modules: Callable[[Tensor], Any]) -> tuple[Tensor, Tensor]:
    """The `weight`, whose `sizes` are finite, on `grid`; and the scale.

    `modules` compute the same, each with its own derivative; second derivatives are theirs.
    """
    pair = _ToGrid.apply(weight, grid, sizes, modules)  # type: ignore[no-untyped-call]  # torch's
    return cast("tuple[Tensor, Tensor]", pair)


class _ToGrid(torch.autograd.Function):
    """Straight through, for rounded and for clipped weights; the largest weight also moves the scale.

    With w = code * scale at the grid, d scale = sum(g * (w - weight)) / scale.
    """

    @staticmethod
    def forward(
        ctx: Any, weight: Tensor, grid: WeightGrid, sizes: Tensor, modules: Callable[[Tensor], Any]
    ) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        exponent = grid.exponent(sizes, weight)
        power = torch.pow(2.0, exponent.clamp(*grid.reach)).clamp_min_(SMALLEST)
        scale = power / 2.0 ** (grid.bits - 1)
        value = grid.snap(weight, scale)
        ctx.save_for_backward(weight, value, scale, sizes, exponent)
        ctx.grid, ctx.modules = grid, modules
        return value, scale

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None, grad_scale: Tensor | None) -> tuple[Tensor | None, None, None, None]:
        weight, value, scale, sizes, exponent = ctx.saved_tensors
        grid: WeightGrid = ctx.grid
        if torch.is_grad_enabled():
            return differentiable(ctx.modules, weight, grad, grad_scale), None, None, None
        through = (torch.zeros_like if grad is None else torch.empty_like)(
            weight, memory_format=torch.contiguous_format
        )
        total = torch.zeros_like(scale) if grad_scale is None else grad_scale
        if grad is not None:
            total = total + _pass(grad, weight, value, through, grid.per_channel) / scale
        low, high = grid.reach
        size = grid.largest(sizes, weight)
        # Through the logarithm and the power: d scale / d largest is scale / largest, zero beyond the exponents.
        reached = (exponent >= low) & (exponent <= high)
        moved = torch.where(reached, total * scale / size.clamp_min(SMALLEST), 0.0)
        _spread(through.flatten(1), weight.flatten(1), sizes, moved, grid.per_channel)
        return through, None, None, None


def _pass(grad: Tensor, weight: Tensor, value: Tensor, through: Tensor, per_channel: bool) -> Tensor:
    """Set `through` to `grad`; the sum of grad * (value - weight), or those of the outputs [out, 1, ...]."""
    if native.in_memory(weight) and native.in_memory(grad):
        sums = weight.new_empty(len(weight), dtype=torch.float64)
        at = (t.data_ptr() for t in (weight, value, grad, through, sums))
        native.library().spikelut_grid_backward(*at, *native.extent(weight))
        return sums.float().reshape(-1, *[1] * (grad.ndim - 1)) if per_channel else sums.sum().float()
    error = torch.sub(value, weight, out=through)
    if per_channel:
        total = error.mul_(grad).flatten(1).sum(1).reshape(-1, *[1] * (grad.ndim - 1))
    else:
        total = torch.dot(grad.reshape(-1), error.view(-1))
    through.copy_(grad)
    return total


def _spread(grad: Tensor, weight: Tensor, sizes: Tensor, moved: Tensor, per_channel: bool) -> None:
    """Add to `grad` what `moved` the largest magnitudes: at one place of each output, or shared by all that are it."""
    if per_channel:
        at = weight.abs().max(1, keepdim=True).indices
        grad.scatter_add_(1, at, moved.reshape(-1, 1) * weight.gather(1, at).sign())
        return
    largest = sizes.max()
    (rows,) = (sizes == largest).nonzero(as_tuple=True)
    held = weight[rows]
    at_largest = held.abs() == largest
    grad[rows] += moved / at_largest.sum() * at_largest * held.sign()


def differentiable(
    modules: Callable[[Tensor], Any], weight: Tensor, grad: Tensor | None, grad_scale: Tensor | None
) -> Tensor | None:
    value, scale, *_ = modules(weight)
    pairs = [(out, g) for out, g in ((value, grad), (scale, grad_scale)) if g is not None]
    if not pairs:
        return None
    outs, grads = zip(*pairs, strict=True)
    return torch.autograd.grad(outs, weight, grads, create_graph=True)[0]
