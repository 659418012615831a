"""A layer of float neurons over all time steps: the loop of `FloatLIF.run` and its derivative, in few buffers."""

from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.backends.contract import FloatCell
from spikelut.quant.backends.eager import float_lif as eager
from spikelut.quant.backends.native import float_lif as compiled
from spikelut.quant.tables.lut_surrogate import LUTSurrogate


class FloatSequence(torch.autograd.Function):
    """Spikes, or of a read-out membranes, [T, B, ...] for currents of that shape and a bias [B, ...] or None."""

    @staticmethod
    def forward(ctx: Any, cell: FloatCell, current: Tensor, bias: Tensor | None) -> Tensor:
        kept = current.new_empty((0,))
        if cell.surrogate is not None and any(ctx.needs_input_grad):
            kept = torch.empty(current.shape, dtype=cell.places or current.dtype, device=current.device)
        out = torch.empty_like(current)
        table = cell.surrogate.native_rule if isinstance(cell.surrogate, LUTSurrogate) and cell.places else None
        fits = native.usable(current) and (bias is None or native.usable(bias)) and bool(cell.places) == bool(table)
        (compiled.run_forward if fits else eager.run_forward)(cell, current, bias, kept, out)
        ctx.cell, ctx.unseen = cell, native.no_saved_tensor_hooks()
        # The spikes are not needed where they are only subtracted.
        ctx.save_for_backward(kept, out if cell.drop is None and cell.surrogate is not None else None)
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[None, Tensor, Tensor | None]:
        cell, (kept, spikes) = ctx.cell, ctx.saved_tensors
        grad_out = grad_out.contiguous()
        bias = torch.zeros_like(grad_out[0]) if ctx.needs_input_grad[2] else None
        whole = kept.is_contiguous()
        fits = whole and native.usable(grad_out)
        # A curve reads the x of a neuron and step for the last time when the gradient there is found.
        writes = cell.curve is not None if fits else eager.writes_slopes(cell, grad_out) and native.is_eager(grad_out)
        takes_place = whole and writes and ctx.unseen and native.graph_is_freed()
        out = kept.detach() if takes_place else torch.empty_like(grad_out)
        if takes_place and not fits:
            eager.run_backward_in_place(cell, spikes, grad_out, out, bias)
        else:
            (compiled.run_backward if fits else eager.run_backward)(cell, kept, spikes, grad_out, out, bias)
        return None, out, bias


def float_sequence(cell: FloatCell, current: Tensor, bias: Tensor | None) -> Tensor:
    """See `FloatSequence`; the bias, if any, is expanded to [B, ...]."""
    return cast(Tensor, FloatSequence.apply(cell, current, bias))  # type: ignore[no-untyped-call]  # torch's
