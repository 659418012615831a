"""Neurons over all time steps in torch, one operation after the other, and their straight-through derivative."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.arithmetic.traceable import Rows, is_unbranched
from spikelut.quant.backends.contract import CURRENT, MEMBRANE, SYNAPSE, Cell, Inputs, Trace, to_codes
from spikelut.quant.dynamics.derivative import lif_backward, synapse_backward
from spikelut.quant.dynamics.step import Step, lif_step, synapse_step
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.slope_lookup import selected
from spikelut.surrogates import Surrogate


def run_steps(cell: Cell, x: Inputs) -> tuple[Tensor, Tensor, Tensor, Trace, Any]:
    """Spikes, the last states, and what the way back needs, one operation of torch after the other."""
    spec, synapse = cell.spec, cell.synapse
    state, held = to_codes(x.mem, spec), to_codes(x.syn, spec)
    # A graph takes in all steps at once; otherwise codes of all of them would only be more memory to go through.
    drive = to_codes(x.current, spec) if is_unbranched() else None
    bias = 0 if x.bias is None else to_codes(x.bias, spec)
    if cell.kernel and x.bias is not None:
        bias = torch.as_tensor(bias).expand(state.shape).contiguous()
    recorder = Recorder(cell, state.expand(x.current.shape), x.beta is not None)
    rows, last = Rows(torch.empty_like(x.current)), x.last
    for t in range(len(x.current)):
        arriving = to_codes(x.current[t], spec) if drive is None else drive[t]
        passes = None
        if x.weight is not None and last is not None:
            arriving = arriving + to_codes(_fed_back(last, x.weight), spec)
        if synapse:
            held, passes = synapse_step(TorchOps, synapse, held, arriving)
            arriving = held
        if cell.kernel:
            mem, spikes, read, flags = cell.kernel(state, arriving, bias)
            recorder.note(t, read, flags, passes)
        else:
            step = lif_step(TorchOps, spec, state, arriving, bias)
            recorder.put(t, step, passes, state, (arriving, bias))
            mem, spikes = step.mem, step.spikes
        state = mem
        real = spikes if cell.slope is not None else state.to(x.current.dtype) * spec.membrane.step
        last = rows.put(t, real)
    out = rows.whole()
    unit = spec.membrane.step
    return out, state.to(x.mem.dtype) * unit, held.to(x.syn.dtype) * unit, recorder.trace(out), recorder.passes


def _fed_back(last: Tensor, weight: Tensor) -> Tensor:
    """The currents of a step's spikes; of weights in float64, whose sums float32 may not hold, in that."""
    kind = torch.promote_types(last.dtype, weight.dtype)
    return last.to(kind) @ weight.T.to(kind)


class Recorder:
    """Collects a `Trace` step by step."""

    def __init__(self, cell: Cell, drive: Tensor, want_leaking: bool) -> None:
        self.cell, self.want_leaking = cell, want_leaking
        table = cell.slope.table if isinstance(cell.slope, LUTSurrogate) else None
        self.place = table.place if table is not None and table.place_dtype else None
        kind = table.place_dtype if table is not None and table.place_dtype else drive.dtype
        # A graph has no use for narrow places, only more casts.
        kind = torch.int32 if self.place and is_unbranched() else kind
        empty = torch.empty(drive.shape if cell.slope is not None else (0,), dtype=kind, device=drive.device)
        self.read = Rows(empty)
        self.passes: dict[tuple[int, int], Tensor] | None = {} if is_unbranched() else None
        self.flags = torch.empty(0, dtype=torch.uint8, device=drive.device)
        self.shape = drive.shape
        empty = torch.empty(drive.shape if want_leaking else (0,), dtype=drive.dtype, device=drive.device)
        self.leaking = Rows(empty)

    def put(self, t: int, step: Step, synapse_passes: Tensor | None, state: Any, taken: Any) -> None:
        """Note step `t`, which began with the membrane `state` and took in the synaptic sum and the bias `taken`."""
        read = self.place(step.x) if self.place and self.cell.slope is not None else step.x
        self.note(t, read, None, synapse_passes)
        self._block(t, MEMBRANE, step.mem_passes)
        self._block(t, CURRENT, step.current_passes)
        if self.want_leaking:
            spec = self.cell.spec
            before = state
            if spec.leak.kind == "relax":
                arriving, bias = taken
                before = state - apply_overflow(TorchOps, arriving, spec.current) - bias
            self.leaking.put(t, before if spec.leak_first else step.full)

    def note(self, t: int, read: Any, flags: Tensor | None, synapse_passes: Tensor | None) -> None:
        """Note where the surrogate is read in step `t`, the `flags` if they are known, and the synapse's register."""
        if self.cell.slope is not None:
            self.read.put(t, read)
        if flags is not None and bool(flags.any()):
            self._flags()[t] += flags
        self._block(t, SYNAPSE, synapse_passes)

    def _block(self, t: int, register: int, passes: Any) -> None:
        if passes is None or passes is True:
            return
        if self.passes is not None:
            self.passes[t, register] = passes
        elif not bool(passes.all()):
            self._flags()[t] += (~passes).to(torch.uint8) * register

    def _flags(self) -> Tensor:
        # Registers seldom saturate: as long as none does, no byte per neuron and step is spent on it.
        if not len(self.flags):
            self.flags = torch.zeros(self.shape, dtype=torch.uint8, device=self.flags.device)
        return self.flags

    def trace(self, spikes: Tensor) -> Trace:
        """What was noted."""
        return Trace(spikes, self.read.whole(), self.flags, self.leaking.whole())


class Backward:
    """The straight-through derivative of a `Trace`, step by step back; see `derivative`."""

    def __init__(
        self,
        cell: Cell,
        trace: Trace,
        weight: Tensor | None = None,
        last: Tensor | None = None,
        want_bias: bool = False,
        want_threshold: bool = False,
        passes: dict[tuple[int, int], Tensor] | None = None,
    ) -> None:
        self.passes = passes
        self.cell, self.trace, self.weight, self.last = cell, trace, weight, last
        self.want_bias, self.want_threshold = want_bias, want_threshold

    def run(self, grad_out: Tensor, grad_mem: Tensor, grad_syn: Tensor) -> Inputs:
        """The gradients of the inputs, before those of broadcast ones are summed."""
        cell, dtype = self.cell, grad_out.dtype
        slope = None if cell.slope is None else self.slopes(dtype)
        self.grad_beta, self.grad_threshold = grad_out.new_zeros(()), grad_out.new_zeros(())
        self.grad_bias: Any = torch.zeros_like(grad_out[:1].sum(0)) if self.want_bias else None
        rows = Rows(torch.empty_like(grad_out))
        grad, held = grad_mem.to(dtype), grad_syn.to(dtype)
        fed_back: Any = 0
        for t in range(len(grad_out) - 1, -1, -1):
            output = grad_out[t] if slope is None else (grad_out[t] + fed_back) * slope(t)
            grad, arriving = self._membrane(t, grad, output)
            held, arriving = self._synapse(t, held, arriving)
            rows.put(t, arriving)
            if self.weight is not None:
                fed_back = arriving @ self.weight.to(dtype)
            if cell.truncate and t % cell.truncate == 0:
                grad, held, fed_back = torch.zeros_like(grad), torch.zeros_like(held), fed_back * 0
        grad_current = rows.whole()
        grad_weight, grad_last = self._recurrent(grad_current, fed_back)
        beta, threshold = self.grad_beta, self.grad_threshold
        states = grad.to(grad_mem.dtype), held.to(grad_syn.dtype)
        return Inputs(grad_current, *states, grad_weight, grad_last, self.grad_bias, beta, threshold)

    def slopes(self, dtype: torch.dtype) -> Callable[[int], Tensor]:
        """The surrogate's slopes in a step; looked up step by step, where each hangs on its own membrane alone."""
        slope, read = self.cell.slope, self.trace.read
        if _has_places(slope):
            values = cast(LUTSurrogate, slope).values(dtype)
            if self.passes is None:
                return lambda t: selected(values, read[t])
            whole = selected(values, read)
        elif self.passes is None and (isinstance(slope, LUTSurrogate) or _is_pointwise(slope)):
            return lambda t: self._analytic(read[t], dtype)
        else:
            whole = self._analytic(read, dtype)
        return lambda t: whole[t]

    def _analytic(self, read: Tensor, dtype: torch.dtype) -> Tensor:
        slope = self.cell.slope
        assert slope is not None  # the callers' case
        return slope.surrogate_grad(read.to(dtype) * self.cell.spec.membrane.step)

    def _passes(self, t: int, register: int) -> Any:
        """Where a register that may have saturated in step `t` passes gradients; True: everywhere."""
        if self.passes is not None:
            return self.passes.get((t, register), True)
        return (self.trace.flags[t] & register) == 0 if len(self.trace.flags) else True

    def _membrane(self, t: int, grad: Tensor, output: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of the membrane before step `t`, and of the sum, for that of the membrane after it."""
        spec, trace = self.cell.spec, self.trace
        spikes = trace.spikes[t] if len(trace.spikes) else None
        if self.want_threshold and spikes is not None:
            subtracted = (grad * spikes).sum() if spec.reset == "subtract" else 0
            self.grad_threshold = self.grad_threshold - output.sum() - subtracted
        registers = (self._passes(t, register) for register in (MEMBRANE, CURRENT))
        back = lif_backward(spec, float(spec.beta), grad, output, spikes, *registers)
        if self.want_bias:
            self.grad_bias = self.grad_bias + back.bias
        if len(trace.leaking):
            self.grad_beta = self.grad_beta + (back.leaked * trace.leaking[t]).sum() * spec.membrane.step
        return back.mem, back.current

    def _synapse(self, t: int, held: Tensor, arriving: Tensor) -> tuple[Tensor, Tensor]:
        """The gradients of the synaptic current before step `t` and of its input."""
        synapse = self.cell.synapse
        if synapse is None:
            return held, arriving
        return synapse_backward(synapse, synapse.leak.beta, held, arriving, self._passes(t, SYNAPSE))

    def _recurrent(self, grad_current: Tensor, fed_back: Any) -> tuple[Tensor | None, Tensor | None]:
        """The gradients of the recurrent weights and of the spikes before the first step."""
        if self.weight is None:
            return None, None
        spikes = self.trace.spikes
        grad = grad_current[1:].flatten(0, 1).T @ spikes[:-1].flatten(0, 1)
        if self.last is None or not len(grad_current):
            return grad.to(self.weight.dtype), None
        grad = grad + grad_current[0].T @ self.last.to(grad.dtype)
        return grad.to(self.weight.dtype), torch.as_tensor(fed_back).to(self.last.dtype)


def _has_places(slope: Any) -> bool:
    return isinstance(slope, LUTSurrogate) and slope.table.place_dtype is not None


def _is_pointwise(slope: Any) -> bool:
    return isinstance(slope, Surrogate) and slope.shipped_as is not None
