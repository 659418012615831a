"""Sums of weight codes over spikes in the compiled kernels: the same floats as a product of matrices, in less time.

What an input of zero adds is left out, and what one of several events adds is added as often. A sum is a whole number
of units that float32 holds, so it is exact in any order. The gradient of the weights, of the gradients in the rows
where an input spiked, is added up in blocks.
"""

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut._torch import plain_apply
from spikelut.quant.arithmetic.full_precision import exact_dtype, full_precision
from spikelut.quant.arithmetic.spike_products import met, met_counts, product
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.weights.grid import WeightGrid, differentiable

FILL, MOST_INPUTS = 32, 32768
"""As in `spike_sums.c`: the outputs of a row of codes are filled up to a multiple of this; the most inputs."""

MOST_BITS = 12
"""Of weights: sums of a few codes stay within 16 bits."""

LEAST_ROWS = 24
"""With fewer rows bringing weights into their order takes longer than multiplying."""

NEAR_POWER, COUNTS = 3, 3
"""As in `grid_sums.c`: kernels cannot tell the exponent, as torch's logarithm must; and in `spike_sums.c`: some inputs
had several events."""

Modules = Callable[[Tensor], Any]


class OnGrid(NamedTuple):
    """What is known of weights on a grid besides themselves: float32 [out], and scale and exponent [1] or [out]."""

    sizes: Tensor
    exponent: Tensor
    scale: Tensor


class Made(NamedTuple):
    """Sums, what is known of their weights, and whether an input has several events in a step."""

    out: Tensor
    on_grid: OnGrid
    counts: bool


def spike_sums(x: Tensor, weight: Tensor, grid: WeightGrid, step: float, modules: Modules) -> Tensor | None:
    """Sums [..., out] of events [..., in], each a count of `step`, by real weights [out, in] brought to `grid`.

    Every sum of codes is at most 2**24. `modules` compute the same weights, each with its own derivative; second
    derivatives are theirs. None where kernels do not take them: of inputs with other values, of more events than
    half of all places, of few rows, of weights that are not finite, and where nothing is compiled.
    """
    outputs, inputs = weight.shape
    rows = x.numel() // inputs if inputs else 0
    if rows < LEAST_ROWS or not outputs or inputs > MOST_INPUTS or grid.bits > MOST_BITS or is_unbranched():
        return None
    x = x.to(exact_dtype(x)).contiguous()
    if x.shape[-1] != inputs or not (native.usable(x) and native.in_memory(weight)) or grid.native is None:
        return None
    made = _forward(x, weight, grid, step, rows)
    if made is None or not (torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad)):
        return None if made is None else made.out
    return cast(Tensor, plain_apply(_SpikeSums)(x, weight, [made], grid, step, modules))


def _forward(x: Tensor, weight: Tensor, grid: WeightGrid, step: float, rows: int) -> Made | None:
    (outputs, inputs), library, threads = weight.shape, native.library(), torch.get_num_threads()
    if library.spikelut_sums_look(x.data_ptr(), step, rows, inputs):
        return None
    found = _codes(weight.detach(), grid)
    if found is None:
        return None
    codes, on_grid = found
    units = (on_grid.scale * step).expand(outputs).contiguous()
    out = x.new_empty(*x.shape[:-1], outputs)
    places = (x.data_ptr(), step, codes.data_ptr(), units.data_ptr(), (2**15 - 1) // 2 ** (grid.bits - 1))
    failed = library.spikelut_sums_forward(*places, out.data_ptr(), rows, inputs, outputs, threads)
    return Made(out, on_grid, failed == COUNTS) if failed in (0, COUNTS) else None


def _codes(weight: Tensor, grid: WeightGrid) -> tuple[Tensor, OnGrid] | None:
    """The codes of weights as int16 [in, width], and what else is known of them; None where kernels make none."""
    outputs, inputs = weight.shape
    codes = weight.new_empty(inputs, -(-outputs // FILL) * FILL, dtype=torch.int16)
    scales = outputs if grid.per_channel else 1
    known = OnGrid(*(weight.new_empty(count) for count in (outputs, scales, scales)))
    of_grid, threads = ctypes.byref(cast(Any, grid.native)), torch.get_num_threads()
    at = (*(v.data_ptr() for v in known), codes.data_ptr(), outputs, inputs, threads)
    failed = native.library().spikelut_sums_on_grid(weight.data_ptr(), of_grid, 0, *at)
    if failed == NEAR_POWER:
        known.exponent.copy_(grid.exponent(known.sizes, weight).reshape(-1))
        failed = native.library().spikelut_sums_on_grid(weight.data_ptr(), of_grid, 1, *at)
    return None if failed else (codes, known)


class _SpikeSums(torch.autograd.Function):
    """The sums, which are `made` already, and their derivatives: those of the weights as in `grid.py`."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, made: list[Any], grid: WeightGrid, step: float, modules: Modules
    ) -> Tensor:
        out, on_grid, ctx.counts = made.pop()
        ctx.save_for_backward(x, weight, *on_grid)
        ctx.grid, ctx.step, ctx.modules = grid, step, modules
        return cast(Tensor, out)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None, None, None, None]:
        (x, weight, *known), (grad,), step = ctx.saved_tensors, grads, ctx.step
        of_x, of_weight, *_ = ctx.needs_input_grad
        on_grid, grid, by_x, by_weight = OnGrid(*known), ctx.grid, None, None
        recorded = torch.is_grad_enabled()
        with full_precision(grad):
            if of_x:
                by_x = product(grad, ctx.modules(weight)[0] if recorded else _points(weight, grid, on_grid))
            if of_weight:
                given, taken = grad.reshape(-1, len(weight)), x.reshape(-1, weight.shape[1])
                by_weight = (met_counts if ctx.counts else met)(given, taken, step)
        if by_weight is not None and recorded:
            by_weight = differentiable(ctx.modules, weight, by_weight, None)
        elif by_weight is not None:
            _move_largest(by_weight, weight, grid, on_grid)
        return by_x, by_weight, None, None, None, None


def _points(weight: Tensor, grid: WeightGrid, known: OnGrid) -> Tensor:
    """The weights on the grid."""
    out = torch.empty_like(weight)
    at = (weight.data_ptr(), ctypes.byref(cast(Any, grid.native)), known.scale.data_ptr(), out.data_ptr())
    native.library().spikelut_grid_points(*at, *native.extent(weight))
    return out


def _move_largest(grad: Tensor, weight: Tensor, grid: WeightGrid, known: OnGrid) -> None:
    """Add to the gradient of weights what their scale gives the largest of them."""
    outputs, inputs = weight.shape
    sums = weight.new_empty(outputs, dtype=torch.float64)
    library, of_grid, real = native.library(), ctypes.byref(cast(Any, grid.native)), weight.data_ptr()
    at = (real, of_grid, known.scale.data_ptr(), grad.data_ptr(), sums.data_ptr())
    if library.spikelut_grid_moved(*at, *native.extent(weight)):
        raise MemoryError("QuantLinear: no memory for a row of weights")
    total = 0.0 if grid.per_channel else float(sums.sum())
    scales = (*(v.data_ptr() for v in known), sums.data_ptr(), total)
    library.spikelut_grid_spread(real, of_grid, *scales, grad.data_ptr(), outputs, inputs)
