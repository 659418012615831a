"""Float neurons in the operations of torch, in few buffers."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate
from spikelut.surrogates._eager import operand
from spikelut.surrogates._passes import Passes


def takes(spec: FloatSpec, current: Tensor, bias: Tensor | None) -> bool:
    """Whether it runs the layer: it runs all."""
    return True


def run_forward(spec: FloatSpec, current: Tensor, bias: Tensor | None, kept: Tensor, out: Tensor) -> None:
    """Set `out` to spikes, or membranes of a read-out, and `kept` to what the way back reads, if it has rows."""
    if not len(current):
        return
    mem, held = torch.zeros_like(current[0]), torch.empty(0, dtype=current.dtype, device=current.device)
    syn = mem if spec.alpha is None else torch.zeros_like(mem)
    surrogate, keeps = spec.surrogate, kept.dim() == current.dim()
    places = keeps and kept.dtype != mem.dtype
    quick = cast(LUTSurrogate, surrogate).quick if places and mem.dtype == torch.float32 and mem.is_cpu else None
    alpha, beta, threshold, zero, one = (operand(v, mem) for v in (spec.alpha or 0, spec.beta, spec.threshold, 0, 1))
    for arriving, row, fired in zip(current, kept if keeps else current, out, strict=True):
        if spec.alpha is not None:
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
        if spec.drop is None:
            mem.mul_(torch.sub(one, fired, out=held))
        else:
            mem.sub_(fired if spec.drop == 1 else torch.mul(fired, spec.drop, out=held))


def takes_back(spec: FloatSpec, kept: Tensor, spikes: Tensor | None, grad_out: Tensor) -> bool:
    """Whether it finds the derivative: it finds all."""
    return True


def run_backward(
    spec: FloatSpec, kept: Tensor, spikes: Tensor | None, grad_out: Tensor, bias: Tensor | None, may_reuse: bool
) -> Tensor:
    """The gradients of the currents, in the place of `kept` if that may be; those of a bias are added to `bias`."""
    if may_reuse and kept.is_contiguous() and _writes_slopes(spec, grad_out) and native.is_eager(grad_out):
        out = kept.detach()
        _backward_in_place(spec, spikes, grad_out, out, bias)
    else:
        out = torch.empty_like(grad_out)
        _backward(spec, kept, spikes, grad_out, out, bias)
    return out


def _backward(
    spec: FloatSpec, kept: Tensor, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    if not grad_out.numel():
        return
    # Without a synapse, what goes back to a step is kept in the row of its result. Until then that row can be used.
    mem = syn = out[-1].zero_()
    if spec.alpha is not None:
        mem, syn = torch.zeros_like(mem), torch.zeros_like(mem)
    add = _product(spec, kept, grad_out)
    alpha, beta, one = (operand(v, mem) for v in (spec.alpha or 0, spec.beta, 1))
    for t in range(len(grad_out) - 1, -1, -1):
        spare = out[t - 1] if t else None
        if spikes is not None:
            mem.mul_(torch.sub(one, spikes[t], out=spare))
        add(mem, t, spare)
        if bias is not None:
            bias.add_(mem)
        if spec.alpha is not None:
            torch.add(syn, mem, out=out[t])
            torch.mul(out[t], alpha, out=syn)
            mem.mul_(beta)
        elif t:
            mem = torch.mul(mem, beta, out=out[t - 1])


def _writes_slopes(spec: FloatSpec, grad: Tensor) -> bool:
    """Whether the slopes are those of a curve that is written in few passes."""
    plain = grad.is_cpu and grad.dtype == torch.float32
    return plain and isinstance(spec.surrogate, Surrogate) and spec.surrogate.passes is not None


def _backward_in_place(
    spec: FloatSpec, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    """`_backward` of a curve with x in `out`, where the gradients go."""
    if not grad_out.numel():
        return
    mem, held = torch.zeros_like(grad_out[0]), torch.empty_like(grad_out[0])
    syn = mem if spec.alpha is None else torch.zeros_like(mem)
    alpha, beta, one = (operand(v, mem) for v in (spec.alpha or 0, spec.beta, 1))
    write = cast(Passes, cast(Surrogate, spec.surrogate).passes).write
    for t in range(len(grad_out) - 1, -1, -1):
        row = out[t]
        if spikes is not None:
            mem.mul_(torch.sub(one, spikes[t], out=held))
        op, value = write(row, held)
        op(mem, grad_out[t], held, value=value, out=row)
        if bias is not None:
            bias.add_(row)
        torch.mul(row, beta, out=mem)
        if spec.alpha is not None:
            torch.mul(row.add_(syn), alpha, out=syn)


def _product(spec: FloatSpec, kept: Tensor, grad: Tensor) -> Callable[[Tensor, int, Tensor | None], Any]:
    """What adds to a row `grad` times the derivative in its step, the last first; a spare row may be overwritten."""
    surrogate: Any = spec.surrogate
    if surrogate is None:
        return lambda row, t, spare: row.add_(grad[t])
    if isinstance(surrogate, LUTSurrogate) and spec.places:
        if grad.is_cpu:
            return surrogate.of_layer(kept, grad).add_to
        values = surrogate.values(grad.dtype)
        return lambda row, t, spare: row.add_(torch.mul(grad[t], values[kept[t].to(torch.int32)], out=spare))
    if _writes_slopes(spec, grad):

        def add(row: Tensor, t: int, spare: Tensor | None) -> None:
            held = torch.empty_like(row) if spare is None else spare
            op, value = surrogate.passes.write(kept[t], held)
            op(row, grad[t], held, value=value, out=row)

        return add
    return lambda row, t, spare: row.add_(surrogate.through(grad[t], kept[t]))
