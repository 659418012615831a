"""Float neurons in the operations of torch, in few buffers."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from spikelut.quant.backends.contract import FloatCell
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate
from spikelut.surrogates._eager import operand
from spikelut.surrogates._passes import Passes


def run_forward(cell: FloatCell, current: Tensor, bias: Tensor | None, kept: Tensor, out: Tensor) -> None:
    if not len(current):
        return
    mem, held = torch.zeros_like(current[0]), torch.empty(0, dtype=current.dtype, device=current.device)
    syn = mem if cell.alpha is None else torch.zeros_like(mem)
    surrogate, keeps = cell.surrogate, kept.dim() == current.dim()
    places = keeps and kept.dtype != mem.dtype
    quick = cast(LUTSurrogate, surrogate).quick if places and mem.dtype == torch.float32 and mem.is_cpu else None
    alpha, beta, threshold, zero, one = (operand(v, mem) for v in (cell.alpha or 0, cell.beta, cell.threshold, 0, 1))
    for arriving, row, fired in zip(current, kept if keeps else current, out, strict=True):
        if cell.alpha is not None:
            arriving = syn.mul_(alpha).add_(arriving)
        if bias is not None:
            arriving = torch.add(arriving, bias, out=held)
        mem.mul_(beta).add_(arriving)
        if surrogate is None:
            fired.copy_(mem)
            continue
        x = torch.sub(mem, threshold, out=row if keeps and not places else held)
        torch.ge(x, zero, out=fired)
        if quick is not None:
            quick.write(x, held, row)
        elif places:
            row.copy_(cast(LUTSurrogate, surrogate).place(x))
        if cell.drop is None:
            mem.mul_(torch.sub(one, fired, out=held))
        else:
            mem.sub_(fired if cell.drop == 1 else torch.mul(fired, cell.drop, out=held))


def run_backward(
    cell: FloatCell, kept: Tensor, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    if not grad_out.numel():
        return
    # Without a synapse, what goes back to a step is kept in the row of its result. Until then that row can be used.
    mem = syn = out[-1].zero_()
    if cell.alpha is not None:
        mem, syn = torch.zeros_like(mem), torch.zeros_like(mem)
    add = _product(cell, kept, grad_out)
    alpha, beta, one = (operand(v, mem) for v in (cell.alpha or 0, cell.beta, 1))
    for t in range(len(grad_out) - 1, -1, -1):
        spare = out[t - 1] if t else None
        if spikes is not None:
            mem.mul_(torch.sub(one, spikes[t], out=spare))
        add(mem, t, spare)
        if bias is not None:
            bias.add_(mem)
        if cell.alpha is not None:
            torch.add(syn, mem, out=out[t])
            torch.mul(out[t], alpha, out=syn)
            mem.mul_(beta)
        elif t:
            mem = torch.mul(mem, beta, out=out[t - 1])


def writes_slopes(cell: FloatCell, grad: Tensor) -> bool:
    """Whether the slopes are those of a curve that is written in few passes."""
    plain = grad.is_cpu and grad.dtype == torch.float32
    return plain and isinstance(cell.surrogate, Surrogate) and cell.surrogate.passes is not None


def run_backward_in_place(
    cell: FloatCell, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    """`run_backward` of a curve with x in `out`, where the gradients go."""
    if not grad_out.numel():
        return
    mem, held = torch.zeros_like(grad_out[0]), torch.empty_like(grad_out[0])
    syn = mem if cell.alpha is None else torch.zeros_like(mem)
    alpha, beta, one = (operand(v, mem) for v in (cell.alpha or 0, cell.beta, 1))
    write = cast(Passes, cast(Surrogate, cell.surrogate).passes).write
    for t in range(len(grad_out) - 1, -1, -1):
        row = out[t]
        if spikes is not None:
            mem.mul_(torch.sub(one, spikes[t], out=held))
        op, value = write(row, held)
        op(mem, grad_out[t], held, value=value, out=row)
        if bias is not None:
            bias.add_(row)
        torch.mul(row, beta, out=mem)
        if cell.alpha is not None:
            torch.mul(row.add_(syn), alpha, out=syn)


def _product(cell: FloatCell, kept: Tensor, grad: Tensor) -> Callable[[Tensor, int, Tensor | None], Any]:
    """What adds to a row `grad` times the derivative in its step, the last first; a spare row may be overwritten."""
    surrogate: Any = cell.surrogate
    if surrogate is None:
        return lambda row, t, spare: row.add_(grad[t])
    if isinstance(surrogate, LUTSurrogate) and cell.places:
        if grad.is_cpu:
            return surrogate.of_layer(kept, grad).add_to
        values = surrogate.values(grad.dtype)
        return lambda row, t, spare: row.add_(torch.mul(grad[t], values[kept[t].to(torch.int32)], out=spare))
    if writes_slopes(cell, grad):

        def add(row: Tensor, t: int, spare: Tensor | None) -> None:
            held = torch.empty_like(row) if spare is None else spare
            op, value = surrogate.passes.write(kept[t], held)
            op(row, grad[t], held, value=value, out=row)

        return add
    return lambda row, t, spare: row.add_(surrogate.through(grad[t], kept[t]))
