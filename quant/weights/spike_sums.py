"""Sums of weight codes over spikes in the compiled kernels: the same floats as a product of matrices, in less time.

What an input of zero adds is left out. A sum is a whole number of units that float32 holds, so it is exact in any
order; the gradient of the weights, of the gradients in the rows where an input spiked, is added up in blocks.
"""

from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.full_precision import exact_dtype, full_precision
from spikelut.quant.arithmetic.spike_products import is_large, met, product
from spikelut.quant.arithmetic.traceable import is_unbranched

FILL, MOST_INPUTS = 32, 32768
"""As in `spike_sums.c`: the outputs of a row of codes are filled up to a multiple of this; the most inputs."""

MOST_BITS = 12
"""Of weights: sums of a few codes stay within 16 bits."""


def spike_sums(x: Tensor, weight: Tensor, scale: Tensor, bits: int, step: float) -> Tensor | None:
    """Sums [..., out] of spikes [..., in], each 0 or `step`, by weights [out, in] on the grid of `scale`.

    `scale` is one for all or [out, 1], the codes have `bits`, and every sum of codes is at most 2**24. None where
    kernels do not take them: of inputs with other values, of spikes at more than half of all places, of few rows, and
    where nothing is compiled.
    """
    inputs = weight.shape[1]
    rows = x.numel() // inputs if inputs else 0
    if not is_large(rows, inputs, len(weight)):
        return None
    if inputs > MOST_INPUTS or bits > MOST_BITS or is_unbranched():
        return None
    x = x.to(exact_dtype(x)).contiguous()
    if x.shape[-1] != inputs or not (native.usable(x) and native.in_memory(weight)):
        return None
    out = _forward(x.detach(), weight.detach(), scale.detach(), bits, step)
    if out is None or not (torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad)):
        return out
    return cast(Tensor, _SpikeSums.apply(x, weight, [out], step))  # type: ignore[no-untyped-call]  # torch's


def _forward(x: Tensor, weight: Tensor, scale: Tensor, bits: int, step: float) -> Tensor | None:
    outputs, inputs = weight.shape
    codes = torch.empty(inputs, -(-outputs // FILL) * FILL, dtype=torch.int16)
    units, apart, high = scale.contiguous(), int(scale.numel() > 1), 2 ** (bits - 1)
    threads, library = torch.get_num_threads(), native.library()
    at = (weight.data_ptr(), units.data_ptr(), apart, high, codes.data_ptr())
    if units.dtype is not torch.float32 or library.spikelut_sums_codes(*at, outputs, inputs, threads):
        return None
    each, rows = (units * step).reshape(-1).expand(outputs).contiguous(), x.numel() // inputs
    out = x.new_empty(*x.shape[:-1], outputs)
    places = (x.data_ptr(), step, codes.data_ptr(), each.data_ptr(), (2**15 - 1) // high, out.data_ptr())
    return None if library.spikelut_sums_forward(*places, rows, inputs, outputs, threads) else out


class _SpikeSums(torch.autograd.Function):
    """The sums, which are `made` already, and their derivatives."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, made: list[Tensor], step: float) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.step = step
        return made.pop()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        (x, weight), (grad,) = ctx.saved_tensors, grads
        of_x, of_weight, *_ = ctx.needs_input_grad
        with full_precision(grad):
            by_weight = (
                met(grad.reshape(-1, len(weight)), x.reshape(-1, weight.shape[1]), ctx.step) if of_weight else None
            )
            return product(grad, weight) if of_x else None, by_weight, None, None
