"""Layers of plain neurons in torch's operations: their integers held in floats that are exact, in few buffers.

The forward pass is `lif_step`, behind a synaptic current or not, where a step is leak, add, compare, reset, with values
for the whole layer: integers in float32, or where products need more bits in float64, rounded by one operation each. A
step goes through memory some ten times, instead of forty.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import (
    Forward,
    Inputs,
    LayerSpec,
    Saved,
    Upstream,
    flag,
    largest_magnitude,
    to_codes,
)
from spikelut.quant.backends.eager.exact_states import (
    Decaying,
    back_of,
    bits,
    current_of,
    is_exact,
    is_exact_synapse,
    membrane_of,
    most,
)
from spikelut.quant.backends.eager.reference import Backward, has_entries
from spikelut.quant.dynamics.lif import LIFDynamics
from spikelut.quant.dynamics.read_out import ReadOutDynamics
from spikelut.quant.dynamics.spec import MAX_CURRENT, LIFSpec
from spikelut.quant.tables.float_index import QuickPlaces
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.uniform import UniformTable
from spikelut.surrogates._eager import operand

BLOCK = 2**16
"""Elements of the steps that share an operation where that is possible: they and their results stay in the cache."""


def takes(layer: LayerSpec, x: Inputs) -> "_Sizes | None":
    """What `run_forward` needs; None where it does not compute it.

    It does without learned values, with no current beyond its register.
    """
    spec, current = layer.spec, x.current
    if is_unbranched() or layer.kernel or not len(current) or not is_lean(layer):
        return None
    if any(v is not None for v in (x.weight, x.beta, x.threshold)) or current.dtype not in _BITS:
        return None
    if (
        not native.is_eager(current)
        or not current.is_cpu
        or not current.numel()
        or layer.wide
        or spec.read == "after_reset"
    ):
        return None
    known = isinstance(spec.threshold, int | None) and is_exact(spec.leak)
    return _Sizes.of(layer, x) if known and is_exact_synapse(layer.kind.synapse, spec.current) else None


def is_lean(layer: LayerSpec) -> bool:
    """Whether its steps are leak, add, compare, reset, with one spike at most."""
    spec = layer.spec
    plain_kind = type(membrane_of(layer.kind)) in (LIFDynamics, ReadOutDynamics)
    if not plain_kind or spec.finer or spec.bias_with_sum:
        return False
    plain = spec.leak_first and not spec.change_saturates and spec.max_spikes == 1
    return plain and spec.leak.kind in ("none", "shift", "multiply")


_BITS = {torch.float32: 24, torch.float64: 53}


class _Sizes:
    """How large the integers get: a float type that holds them all, a membrane at the start, a current, a bias."""

    def __init__(self, dtype: torch.dtype, start: float, arriving: float, bias: float) -> None:
        self.dtype, self.start, self.arriving, self.bias = dtype, start, arriving, bias

    @classmethod
    def of(cls, layer: LayerSpec, x: Inputs) -> "_Sizes | None":
        """None where a current or a state leaves its register before the first step."""
        spec, synapse, unit = layer.spec, layer.kind.synapse, 2.0**layer.spec.membrane.frac
        largest = largest_magnitude(x.current) if layer.largest is None else layer.largest
        arriving, start = largest * unit + 1, largest_magnitude(x.states[0]) * unit + 1
        bias = 0.0 if x.bias is None else float(to_codes(x.bias, spec).abs().max())
        held = MAX_CURRENT if synapse else most(spec.current)
        if arriving > min(MAX_CURRENT, held) or start > most(spec.membrane):
            return None
        if synapse and largest_magnitude(x.states[-1]) * unit + 1 > most(synapse.register):
            return None
        added = (2 ** (synapse.register.bits - 1) if synapse else arriving) + bias
        # The membrane above the first code of the table, too.
        above = 2 ** (spec.membrane.bits - 1) + _first(layer)
        needed = max(bits(spec.membrane, spec.leak, added), above.bit_length())
        needed = max(needed, bits(synapse.register, synapse.leak, arriving)) if synapse else needed
        fitting = [d for d, exact in _BITS.items() if needed <= exact and exact >= _BITS[x.current.dtype]]
        return cls(fitting[0], start, arriving, bias) if fitting else None


def _first(layer: LayerSpec) -> int:
    """The magnitude of the first membrane code of the table, or of the smallest that spikes."""
    spec, table = layer.spec, _uniform(layer)
    if spec.threshold is None:
        return 0
    return int(spec.spike_at) + (0 if table is None else abs(table.cells.first * table.cells.width.numerator))


def _uniform(layer: LayerSpec) -> UniformTable | None:
    """The table, if a place in it is a shift and a cut."""
    table = layer.slope.table if isinstance(layer.slope, LUTSurrogate) else None
    if not isinstance(table, UniformTable) or table.place_dtype is None or table.shape.out_of_range != "clamp":
        return None
    cells = table.cells
    return table if cells.shifts and cells.rounding == "floor" and not cells.folded else None


def run_forward(layer: LayerSpec, x: Inputs, sizes: "_Sizes") -> Forward:
    """Spikes, or of a read-out membranes, [T, B, ...], the last states, and what the way back needs."""
    spec = layer.spec
    out = torch.empty(x.current.shape, dtype=x.current.dtype, device=x.current.device)
    table = layer.slope.table if isinstance(layer.slope, LUTSurrogate) else None
    kind = (table.place_dtype if table is not None else None) or torch.int32
    read = torch.empty(out.shape if layer.slope is not None else (0,), dtype=kind, device=out.device)
    flags = torch.empty(0, dtype=torch.uint8, device=out.device)
    bias = None if x.bias is None else to_codes(x.bias, spec).to(sizes.dtype)
    codes, current = to_codes(x.states[0], spec).to(sizes.dtype), current_of(layer.kind, x.states[-1], sizes.dtype)
    mem, steps = (
        Decaying(layer.kind, "mem", spec.membrane, spec.leak, codes, sizes.start),
        max(1, BLOCK // codes.numel()),
    )
    buffer = torch.empty((min(steps, len(out)), *codes.shape), dtype=sizes.dtype, device=out.device)
    spike_at = operand(0 if spec.threshold is None else spec.spike_at, codes)
    for start in range(0, len(out), steps):
        drive = _codes(x.current[start : start + steps], spec, None if current else bias, buffer)
        for t, (full, fired) in enumerate(zip(drive, out[start : start + steps], strict=True), start):
            added = sizes.arriving + sizes.bias
            if current:
                flags = current.take(full, sizes.arriving, t, flags, out.shape)
                added = current.reach + sizes.bias
                if bias is not None:
                    full.add_(bias)
            full.add_(mem.leaked())
            flags = mem.bring_in(full, added, t, flags, out.shape)
            _fire(full, codes, fired, spec, spike_at)
        if layer.slope is not None:
            _note(layer, drive, read[start : start + steps])
    # A sum with zero has no negative zero, as integers have none.
    states = (codes,) if current is None else (codes, current.codes)
    ended = tuple((v + 0.0).to(x.states[0].dtype) * spec.membrane.step for v in states)
    leaking = torch.empty(0, dtype=torch.int32, device=out.device)
    return Forward(out, ended, Saved(out, read, flags, leaking))


def _codes(current: Tensor, spec: LIFSpec, bias: Tensor | None, buffer: Tensor) -> Tensor:
    """Membrane codes of the currents and the bias, in the buffer."""
    drive, unit = buffer[: len(current)], 2.0**spec.membrane.frac
    drive = torch.mul(current, unit, out=drive) if current.dtype == drive.dtype else drive.copy_(current).mul_(unit)
    drive.round_()
    return drive if bias is None else drive.add_(bias)


def _fire(full: Tensor, mem: Tensor, fired: Tensor, spec: LIFSpec, spike_at: Any) -> None:
    """The spikes of membranes, or these in real units, and the membranes after the reset."""
    if spec.threshold is None:
        torch.mul(full, spec.membrane.step, out=fired)
        mem.copy_(full)
        return
    torch.ge(full, spike_at, out=fired)
    if spec.reset == "zero":
        torch.lt(full, spike_at, out=mem).mul_(full)
    else:
        torch.sub(full, fired, alpha=spec.threshold, out=mem)


def _note(layer: LayerSpec, full: Tensor, read: Tensor) -> None:
    """Set `read` to the places in the table, or to the membrane codes above threshold, and use up `full`."""
    spec, table = layer.spec, _uniform(layer)
    if table is not None:
        cells, width = table.cells, table.cells.width.numerator
        offset, twos = full.new_tensor(-spec.spike_at / width), table.shape.order == "twos_complement"
        quick = QuickPlaces(1 / width, offset, cells.first, cells.count, twos)
        quick.find(full, full)
        quick.store(full, read)
        return
    codes = full.to(torch.int32) - spec.spike_at
    known = isinstance(layer.slope, LUTSurrogate) and layer.slope.table.place_dtype
    read.copy_(cast(LUTSurrogate, layer.slope).table.place(codes) if known else codes)


def takes_back(layer: LayerSpec, saved: Saved, up: Upstream) -> bool:
    """Whether `run_backward` computes the derivative."""
    eager = up.plain and native.is_eager(up.out) and up.out.is_cpu and bool(up.out.numel())
    known = isinstance(layer.spec.leak.amount, int) and is_exact_synapse(layer.kind.synapse, layer.spec.current)
    return eager and is_lean(layer) and known and not len(saved.leaking)


def run_backward(layer: LayerSpec, saved: Saved, up: Upstream, taken: bool) -> Inputs:
    """The gradients of the inputs.

    What goes back to a step is kept in the row of its result, so that there is no buffer of that size besides.
    """
    grad_out, grad_mem, want_bias = up.out, up.states[0], bool(up.wanted.bias)
    known = layer.slope is None or has_entries(layer.slope)
    slopes = None if known else Backward(layer, saved).slopes(grad_out.dtype)
    spec, steps = layer.spec, len(grad_out)
    out = torch.empty(grad_out.shape, dtype=grad_out.dtype, device=grad_out.device)
    first = torch.empty_like(out[0]) if grad_mem is not None else None
    bias = torch.zeros_like(out[0]) if want_bias else None
    through = _through(layer, saved, slopes, grad_out)
    zero, beta = operand(0, out), operand(float(spec.beta), out)
    current = back_of(layer.kind, up.states, out[0])
    if grad_mem is None:
        out[-1].zero_()
    else:
        out[-1].copy_(grad_mem)
    for t in range(steps - 1, -1, -1):
        row, before = out[t], out[t - 1] if t else first
        if layer.slope is not None and spec.reset == "zero":
            row.mul_(torch.eq(saved.spikes[t], zero, out=torch.empty_like(row) if before is None else before))
        through(row, t, before)
        _pass(row, saved.flags, t, flag(layer.kind, "mem"))
        if bias is not None:
            bias.add_(row)
        if before is not None and layer.truncate and t % layer.truncate == 0:
            before.zero_()
        elif before is not None:
            torch.mul(row, beta, out=before)
        _pass(row, saved.flags, t, flag(layer.kind, "current"))
        if current is not None:
            row.add_(current.grad)
            _pass(row, saved.flags, t, current.bit)
            if layer.truncate and t % layer.truncate == 0:
                current.grad.zero_()
            else:
                torch.mul(row, current.alpha, out=current.grad)
    states = (first,) if current is None else (first, current.grad if current.wanted else None)
    return Inputs(out, cast(Any, states), bias=bias)


def _through(
    layer: LayerSpec, saved: Saved, slopes: Callable[[int], Tensor] | None, grad_out: Tensor
) -> Callable[[Tensor, int, Tensor | None], Any]:
    """What adds to a row of gradients those through the spikes of its step; a spare row may be overwritten."""
    if isinstance(layer.slope, LUTSurrogate) and layer.slope.table.place_dtype:
        return layer.slope.of_layer(saved.read, grad_out).add_to
    if slopes is None:
        return lambda row, t, spare: row.add_(grad_out[t])
    return lambda row, t, spare: row.add_(torch.mul(slopes(t), grad_out[t], out=spare))


def _pass(row: Tensor, flags: Tensor, t: int, register: int) -> None:
    if len(flags):
        row.mul_((flags[t] & register) == 0)
