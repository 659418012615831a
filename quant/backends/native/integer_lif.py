"""A layer's integers over all time steps in the compiled kernels: the same as `sequence.py`, to the last bit."""

import ctypes
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Cell, Inputs, Trace
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE, LIFSpec, SynapseSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.native_rule import ROUNDINGS
from spikelut.surrogates import Surrogate
from spikelut.surrogates._eager import in_chunks

_KINDS = ("none", "linear", "shift", "multiply", "relax")
_READS = ("before_leak", "after_leak", "after_reset")


def fits(cell: Cell, x: Inputs) -> bool:
    """Whether there is a kernel for it: not for recurrent weights, learned decays, values of each neuron's own.

    Without a time step there is nothing to compute.
    """
    spec, decay = cell.spec, cell.synapse.leak.amount if cell.synapse else 0
    if is_unbranched() or len(x.current) == 0 or x.weight is not None or x.beta is not None or not _has_places(cell):
        return False
    if x.bias is not None and x.bias.dtype is not torch.float32:
        return False  # it may have more bits
    whole = all(isinstance(v, int) for v in (spec.threshold or 0, spec.leak.amount, decay))
    return whole and all(native.usable(v) for v in (x.current, x.mem, x.syn))


def _has_places(cell: Cell) -> bool:
    """Whether the kernels find places in the table, where places are kept."""
    slope = cell.slope
    return not isinstance(slope, LUTSurrogate) or slope.table.place_dtype is None or slope.compiled is not None


def run_forward(cell: Cell, x: Inputs) -> tuple[Tensor, Tensor, Tensor, Trace, None]:
    """Spikes, or of a read-out membranes, [T, B, ...], the last states, and what the way back needs."""
    slope, spec = cell.slope, _spec(cell)
    table = slope.compiled if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
    kind = slope.table.place_dtype if isinstance(slope, LUTSurrogate) else None
    kind = kind or (torch.int64 if cell.spec.wide else torch.int32)
    out, mem, syn = (torch.empty_like(v) for v in (x.current, x.mem, x.syn))
    read = torch.empty(x.current.shape if slope is not None else (0,), dtype=kind)
    shape = x.current.shape[1:]
    bias = None if x.bias is None else x.bias.detach().to(torch.float32).expand(shape).contiguous()
    flags = ctypes.c_void_p()
    failed = native.library().spikelut_integer_forward(
        ctypes.byref(spec),
        None if table is None else ctypes.byref(table),
        *(native.pointer(v) for v in (x.current, x.mem, x.syn, bias, out, mem, syn)),
        None if slope is None else read.data_ptr(),
        ctypes.addressof(flags),
        *native.extent(x.current),
    )
    if failed:
        raise MemoryError("LIF: no memory for the flags of registers that saturated")
    leaking = torch.empty(0, dtype=torch.int32)
    return out, mem, syn, Trace(out, read, _taken(flags, out.shape), leaking), None


def _taken(flags: ctypes.c_void_p, shape: torch.Size) -> Tensor:
    """The flags as a tensor, empty if no register was cut; their memory is freed."""
    if not flags.value:
        return torch.empty(0, dtype=torch.uint8)
    raw = (ctypes.c_uint8 * shape.numel()).from_address(flags.value)
    taken = torch.frombuffer(raw, dtype=torch.uint8).clone().reshape(shape)
    native.library().spikelut_free(flags.value)
    return taken


def run_backward(
    cell: Cell,
    trace: Trace,
    want_bias: bool,
    spent: bool,
    grad_out: Tensor,
    grad_mem: Tensor | None,
    grad_syn: Tensor | None,
) -> Inputs | None:
    """The gradients of the inputs, or None where there is no kernel; of a state None is zero, and not wanted.

    Of a `spent` trace the codes that a curve reads may give their place to the gradients.
    """
    grad_out = grad_out.contiguous()
    states = [None if g is None else g.contiguous() for g in (grad_mem, grad_syn)]
    usable = all(native.usable(v) for v in (grad_out, *states) if v is not None)
    if not usable or not trace.read.is_contiguous() or len(trace.leaking) or not _has_places(cell):
        return None
    slope = cell.slope
    curve = slope.compiled[1] if isinstance(slope, Surrogate) else None
    values = slope.values(torch.float32) if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
    slopes = _slopes(slope, trace.read, cell.spec.membrane.step) if slope and curve is None and values is None else None
    takes_place = spent and curve is not None and trace.read.itemsize == grad_out.itemsize
    out = trace.read.detach().view(grad_out.dtype) if takes_place else torch.empty_like(grad_out)
    mem, syn = (None if g is None else g.clone() for g in states)
    bias = torch.zeros(out.shape[1:]) if want_bias else None
    native.library().spikelut_integer_backward(
        ctypes.byref(_spec(cell)),
        None if curve is None else ctypes.byref(curve),
        native.pointer(trace.read),
        native.pointer(values),
        0 if values is None else len(values),
        native.pointer(slopes),
        trace.read.itemsize,
        native.pointer(trace.spikes),
        grad_out.data_ptr(),
        trace.flags.data_ptr() if len(trace.flags) else None,
        *(native.pointer(v) for v in (mem, syn, out, bias)),
        *native.extent(grad_out),
    )
    return Inputs(out, cast(Any, mem), cast(Any, syn), bias=bias)


def _slopes(slope: Any, read: Tensor, step: float) -> Tensor:
    out = torch.empty(read.shape)
    # What a user wrote with nothing but `surrogate_grad` has no kernel.
    if isinstance(slope, LUTSurrogate) or getattr(slope, "compiled", (False, None))[0]:
        return in_chunks(lambda codes: slope.surrogate_grad(codes.to(torch.float32) * step), out, read)
    return out.copy_(slope.surrogate_grad(read.to(torch.float32) * step))


def _spec(cell: Cell) -> native.NeuronSpec:
    return _spec_of(cell.spec, cell.synapse, cell.truncate or 0, cell.slope is None)


@lru_cache(maxsize=256)
def _spec_of(spec: LIFSpec, synapse: SynapseSpec | None, truncate: int, readout: bool) -> native.NeuronSpec:
    membrane, wide = spec.membrane, spec.wide
    still = Leak("none", 0, 0, "floor", membrane)
    return native.NeuronSpec(
        current=_format(spec.current, wide),
        membrane=_format(membrane, wide),
        wrapped=_format(NumberFormat(membrane.bits, overflow="wrap"), wide),
        after=_format(spec.reset_format, wide),
        synapse=_format(synapse.register if synapse else membrane, wide),
        leak=_leak(spec.leak, wide),
        decay=_leak(synapse.leak if synapse else still, wide),
        threshold=spec.threshold or 0,
        spike_at=0 if spec.threshold is None else spec.spike_at,
        truncate=truncate,
        scale=2.0**membrane.frac,
        step=membrane.step,
        limit=float(MAX_WIDE if wide else MAX_CURRENT),
        share=1 - spec.beta,
        strict=spec.strict,
        max_spikes=spec.max_spikes,
        read=_READS.index(spec.read),
        leak_first=spec.leak_first,
        to_zero=spec.reset == "zero",
        change_saturates=spec.change_saturates,
        readout=readout,
        has_synapse=synapse is not None,
        input_first=synapse is not None and synapse.input_first,
        wide=wide,
    )


def _format(fmt: NumberFormat, wide: bool) -> native.Format:
    """Codes cut to low..high, of a saturating register; or reduced by a mask, of one that wraps."""
    if fmt.overflow == "saturate":
        return native.Format(fmt.min_code, fmt.max_code, 0, -1)
    most = 2 ** (63 if wide else 31)
    return native.Format(-most, most - 1, fmt.min_code, 2**fmt.bits - 1)


def _leak(leak: Leak, wide: bool) -> native.LeakSpec:
    return native.LeakSpec(
        register_=_format(leak.register, wide),
        amount=leak.amount,
        kind=_KINDS.index(leak.kind),
        frac=leak.frac,
        rounding=ROUNDINGS.index(leak.rounding),
        minimum_step=leak.minimum_step,
        grows=leak.kind in ("multiply", "relax") and leak.amount > 2**leak.frac,
        beta=leak.beta,
    )
