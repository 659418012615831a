"""A layer of neurons over all time steps: the chip's integers forward, their straight-through derivative backward."""

from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.full_precision import full_precision
from spikelut.quant.backends.contract import Cell, Inputs, Trace
from spikelut.quant.backends.eager import exact_floats as lean_sequence
from spikelut.quant.backends.eager.reference import Backward, _has_places, run_steps
from spikelut.quant.backends.native.integer_lif import fits, run_backward, run_forward


class Sequence(torch.autograd.Function):
    """All time steps at once. Returns spikes, or membranes, [T, B, ...] and the last membrane and current [B, ...]."""

    @staticmethod
    def forward(ctx: Any, cell: Cell, *tensors: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        x = Inputs(*tensors)  # type: ignore[arg-type]  # the first three are always there
        ctx.set_materialize_grads(False)
        done = run_forward(cell, x) if fits(cell, x) else None
        if done is not None:
            out, mem, syn, trace, passes = done
        elif sizes := lean_sequence.fits(cell, x):
            out, mem, syn, trace, passes = lean_sequence.run_forward(cell, x, sizes)
        else:
            out, mem, syn, trace, passes = run_steps(cell, x)
        # Where spikes are only subtracted, nothing on the way back depends on them.
        needed = cell.spec.reset == "zero" or x.threshold is not None or x.weight is not None
        if cell.slope is None or not needed:
            trace = trace._replace(spikes=out.new_empty(0))
        ctx.save_for_backward(*trace, x.weight, x.last)
        ctx.cell, ctx.passes, ctx.shapes = cell, passes, [None if v is None else v.shape for v in x]
        ctx.alone = native.saves_alone()
        ctx.like = x.current.new_empty(()), x.mem.dtype, x.syn.dtype
        return out, mem, syn

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(
        ctx: Any, grad_out: Tensor | None, grad_mem: Tensor | None, grad_syn: Tensor | None
    ) -> tuple[Any, ...]:
        *saved, weight, last = ctx.saved_tensors
        wanted, trace, cell = Inputs(*ctx.needs_input_grad[1:]), Trace(*saved), ctx.cell
        like, *kinds = ctx.like
        if grad_out is None:
            grad_out = like.new_zeros(ctx.shapes[0])
        plain = weight is None and ctx.passes is None and not (wanted.beta or wanted.threshold)

        def state(grad: Tensor | None, kind: torch.dtype, is_wanted: Any) -> Tensor | None:
            return like.new_zeros(ctx.shapes[1], dtype=kind) if grad is None and is_wanted else grad

        grad_mem, grad_syn = state(grad_mem, kinds[0], wanted.mem), state(grad_syn, kinds[1], wanted.syn)
        spent = ctx.alone and native.saves_no_longer()
        grads = run_backward(cell, trace, bool(wanted.bias), spent, grad_out, grad_mem, grad_syn) if plain else None
        if grads is None and plain and lean_sequence.takes_back(cell, trace, grad_out):
            slopes = None if cell.slope is None or _has_places(cell.slope) else Backward(cell, trace).slopes(like.dtype)
            grads = lean_sequence.run_backward(cell, trace, slopes, bool(wanted.bias), grad_out, grad_mem)
            grads = grads._replace(syn=cast(Any, grad_syn))
        if grads is None:
            states = [cast(Tensor, state(g, kind, True)) for g, kind in zip((grad_mem, grad_syn), kinds, strict=True)]
            back = Backward(cell, trace, weight, last, bool(wanted.bias), bool(wanted.threshold), ctx.passes)
            with full_precision(grad_out):
                grads = back.run(grad_out, *states)
        pairs = zip(grads, ctx.shapes, strict=True)
        fitted = (None if g is None or shape is None else g.sum_to_size(shape) for g, shape in pairs)
        return (None, *fitted)
