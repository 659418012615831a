"""A layer of float neurons over all time steps: the loop of `FloatLIF.run` and its derivative, in few buffers."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate
from spikelut.surrogates._eager import operand


@dataclass(frozen=True, eq=False)
class FloatCell:
    """What a layer computes besides its tensors; a spike subtracts `drop`, or, of None, sets the membrane to zero."""

    surrogate: Surrogate | LUTSurrogate | None
    beta: float
    alpha: float | None
    threshold: float
    drop: float | None

    @property
    def places(self) -> torch.dtype | None:
        """The type of the places in the table, which are kept instead of x; None without one."""
        return self.surrogate.table.place_dtype if isinstance(self.surrogate, LUTSurrogate) else None

    @property
    def curve(self) -> native.Curve | None:
        """The kernel of the surrogate; None if it has none."""
        return self.surrogate.compiled[1] if isinstance(self.surrogate, Surrogate) else None

    def spec(self) -> native.FloatSpec:
        """The same for the compiled kernels."""
        return native.FloatSpec(
            alpha=self.alpha or 0.0,
            beta=self.beta,
            threshold=self.threshold,
            drop=self.drop or 0.0,
            cuba=self.alpha is not None,
            to_zero=self.drop is None,
            readout=self.surrogate is None,
        )


class FloatSequence(torch.autograd.Function):
    """Spikes, or of a read-out membranes, [T, B, ...] for currents of that shape and a bias [B, ...] or None."""

    @staticmethod
    def forward(ctx: Any, cell: FloatCell, current: Tensor, bias: Tensor | None) -> Tensor:
        kept = current.new_empty((0,))
        if cell.surrogate is not None and any(ctx.needs_input_grad):
            kept = torch.empty(current.shape, dtype=cell.places or current.dtype, device=current.device)
        out = torch.empty_like(current)
        table = cell.surrogate.compiled if isinstance(cell.surrogate, LUTSurrogate) and cell.places else None
        fits = native.usable(current) and (bias is None or native.usable(bias)) and bool(cell.places) == bool(table)
        (_forward_compiled if fits else _forward)(cell, current, bias, kept, out)
        ctx.cell, ctx.alone = cell, native.saves_alone()
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
        writes = cell.curve is not None if fits else _writes(cell, grad_out) and native.is_eager(grad_out)
        takes_place = whole and writes and ctx.alone and native.saves_no_longer()
        out = kept.detach() if takes_place else torch.empty_like(grad_out)
        if takes_place and not fits:
            _backward_in_place(cell, spikes, grad_out, out, bias)
        else:
            (_backward_compiled if fits else _backward)(cell, kept, spikes, grad_out, out, bias)
        return None, out, bias


def float_sequence(cell: FloatCell, current: Tensor, bias: Tensor | None) -> Tensor:
    """See `FloatSequence`; the bias, if any, is expanded to [B, ...]."""
    return cast(Tensor, FloatSequence.apply(cell, current, bias))  # type: ignore[no-untyped-call]  # torch's


def _forward(cell: FloatCell, current: Tensor, bias: Tensor | None, kept: Tensor, out: Tensor) -> None:
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


def _backward(
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


def _writes(cell: FloatCell, grad: Tensor) -> bool:
    """Whether the slopes are those of a curve that writes them in few passes."""
    plain = grad.is_cpu and grad.dtype == torch.float32
    return plain and isinstance(cell.surrogate, Surrogate) and cell.surrogate.writes


def _backward_in_place(
    cell: FloatCell, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    """`_backward` of a curve with x in `out`, where the gradients go."""
    if not grad_out.numel():
        return
    mem, held = torch.zeros_like(grad_out[0]), torch.empty_like(grad_out[0])
    syn = mem if cell.alpha is None else torch.zeros_like(mem)
    alpha, beta, one = (operand(v, mem) for v in (cell.alpha or 0, cell.beta, 1))
    for t in range(len(grad_out) - 1, -1, -1):
        row = out[t]
        if spikes is not None:
            mem.mul_(torch.sub(one, spikes[t], out=held))
        op, value = cast(Surrogate, cell.surrogate).write_slope(row, held)
        op(mem, grad_out[t], held, value=value, out=row)
        if bias is not None:
            bias.add_(row)
        torch.mul(row, beta, out=mem)
        if cell.alpha is not None:
            torch.mul(row.add_(syn), alpha, out=syn)


def _forward_compiled(cell: FloatCell, current: Tensor, bias: Tensor | None, kept: Tensor, out: Tensor) -> None:
    surrogate = cell.surrogate
    table = surrogate.compiled if isinstance(surrogate, LUTSurrogate) and cell.places else None
    keeps = None if kept.dim() != current.dim() else kept
    native.library().spikelut_float_forward(
        ctypes.byref(cell.spec()),
        None if table is None else ctypes.byref(table),
        native.pointer(current),
        native.pointer(bias),
        native.pointer(out),
        native.pointer(keeps if table is None else None),
        native.pointer(None if table is None else keeps),
        *native.extent(current),
    )


def _backward_compiled(
    cell: FloatCell, kept: Tensor, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    surrogate, curve, values = cell.surrogate, None, None
    if isinstance(surrogate, LUTSurrogate) and cell.places:
        values = surrogate.values(torch.float32)
    elif surrogate is not None:
        curve = cell.curve
        if curve is None:
            kept = surrogate.slopes(kept)
    native.library().spikelut_float_backward(
        ctypes.byref(cell.spec()),
        None if curve is None else ctypes.byref(curve),
        native.pointer(kept if values is None else None),
        native.pointer(None if values is None else kept),
        native.pointer(values),
        0 if values is None else len(values),
        kept.itemsize,
        native.pointer(spikes),
        native.pointer(grad_out),
        native.pointer(out),
        native.pointer(bias),
        *native.extent(grad_out),
    )


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
    if _writes(cell, grad):

        def add(row: Tensor, t: int, spare: Tensor | None) -> None:
            held = torch.empty_like(row) if spare is None else spare
            op, value = surrogate.write_slope(kept[t], held)
            op(row, grad[t], held, value=value, out=row)

        return add
    return lambda row, t, spare: row.add_(surrogate.through(grad[t], kept[t]))
