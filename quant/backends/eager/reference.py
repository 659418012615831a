"""Neurons over all time steps in torch, one operation after the other, and their straight-through derivative."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from spikelut._defaults import as_tensor
from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.arithmetic.full_precision import full_precision
from spikelut.quant.arithmetic.per_neuron import is_each, spread
from spikelut.quant.arithmetic.spike_products import met
from spikelut.quant.arithmetic.traceable import Rows, is_unbranched
from spikelut.quant.backends.contract import Forward, Inputs, LayerSpec, Saved, Upstream, to_codes, with_spikes
from spikelut.quant.dynamics.kind import Dynamics, Gradients, StepResult
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.slope_lookup import selected
from spikelut.surrogates import Surrogate


def takes(layer: LayerSpec, x: Inputs) -> bool:
    """Whether it runs the layer: it runs all."""
    return True


def run_forward(layer: LayerSpec, x: Inputs, taken: bool) -> Forward:
    """Spikes, the last states, and what the way back needs, one operation of torch after the other."""
    spec, wide, given, frac = layer.spec, layer.wide, layer.kind.output, layer.kind.arriving_frac
    states = tuple(to_codes(state, spec, wide) for state in x.states)
    kind = of_tensors(layer.kind, states[0])
    # A graph takes in all steps at once; otherwise codes of all of them would only be more memory to go through.
    drive = to_codes(x.current, spec, wide, frac) if is_unbranched() else None
    bias = 0 if x.bias is None else to_codes(x.bias, spec, wide)
    if layer.kernel and x.bias is not None:
        bias = as_tensor(bias).expand(states[0].shape).contiguous()
    recorder = Recorder(layer, states[0].expand(x.current.shape), x.beta is not None)
    rows, last = Rows(torch.empty_like(x.current)), x.last
    for t in range(len(x.current)):
        arriving = to_codes(x.current[t], spec, wide, frac) if drive is None else drive[t]
        if x.weight is not None and last is not None:
            arriving = arriving + to_codes(_fed_back(last, x.weight), spec, wide, frac)
        if layer.kernel:
            states, spikes, read, flags = layer.kernel(states, arriving, bias)
            recorder.note(t, read, flags)
        else:
            step = kind.step(TorchOps, states, arriving, bias)
            recorder.put(t, step)
            states, spikes = step.states, step.spikes
        real = states[0] if given.kind == "membranes" else spikes
        last = rows.put(t, real if given.step == 1 else real.to(x.current.dtype) * given.step)
    out, unit = rows.whole(), spec.membrane.step
    ended = tuple(codes.to(state.dtype) * unit for codes, state in zip(states, x.states, strict=True))
    return Forward(out, ended, recorder.saved(out), recorder.passes)


def of_tensors(kind: Dynamics, state: Tensor) -> Dynamics:
    """The kind with the numbers of each neuron in the type and the shape of a state."""

    def tensor(_: str, values: Any) -> Any:
        if not is_each(values):
            return values
        each = spread(values, state.ndim)
        return (each if isinstance(each, Tensor) else torch.tensor(each)).to(state)

    return kind if kind.count is None else kind.mapped(tensor)


def _fed_back(last: Tensor, weight: Tensor) -> Tensor:
    """The currents of a step's spikes; of weights in float64, whose sums float32 may not hold, in that."""
    kind = torch.promote_types(last.dtype, weight.dtype)
    return last.to(kind) @ weight.T.to(kind)


class Recorder:
    """Collects what is saved step by step."""

    def __init__(self, layer: LayerSpec, drive: Tensor, want_leaking: bool) -> None:
        self.layer, self.want_leaking = layer, want_leaking
        table = layer.slope.table if isinstance(layer.slope, LUTSurrogate) else None
        self.place: Callable[[Any], Any] | None = table.place if table is not None and table.place_dtype else None
        kind = table.place_dtype if table is not None and table.place_dtype else drive.dtype
        # A graph has no use for narrow places, only more casts.
        kind = torch.int32 if self.place and is_unbranched() else kind
        empty = torch.empty(drive.shape if layer.slope is not None else (0,), dtype=kind, device=drive.device)
        self.read = Rows(empty)
        self.passes: dict[tuple[int, int], Tensor] | None = {} if is_unbranched() else None
        self.flags = torch.empty(0, dtype=torch.uint8, device=drive.device)
        self.shape = drive.shape
        empty = torch.empty(drive.shape if want_leaking else (0,), dtype=drive.dtype, device=drive.device)
        self.leaking = Rows(empty)
        self.noted = [Rows(torch.empty_like(drive)) for _ in layer.kind.notes]

    def put(self, t: int, step: StepResult) -> None:
        """Note step `t`."""
        self.note(t, self.place(step.x) if self.place and self.layer.slope is not None else step.x, None)
        for register, passes in enumerate(step.passes):
            self._block(t, register, passes)
        if self.want_leaking:
            self.leaking.put(t, step.leaking)
        for rows, codes in zip(self.noted, step.noted, strict=True):
            rows.put(t, codes)

    def note(self, t: int, read: Any, flags: Tensor | None) -> None:
        """Note where the surrogate is read in step `t`, and the `flags` if they are known."""
        if self.layer.slope is not None:
            self.read.put(t, read)
        if flags is not None and bool(flags.any()):
            self._flags()[t] += flags

    def _block(self, t: int, register: int, passes: Any) -> None:
        if passes is True:
            return
        if self.passes is not None:
            self.passes[t, register] = passes
        elif not bool(passes.all()):
            self._flags()[t] += (~passes).to(torch.uint8) << register

    def _flags(self) -> Tensor:
        # Registers seldom saturate: as long as none does, no byte per neuron and step is spent on it.
        if not len(self.flags):
            self.flags = torch.zeros(self.shape, dtype=torch.uint8, device=self.flags.device)
        return self.flags

    def saved(self, spikes: Tensor) -> Saved:
        """What was noted."""
        noted = tuple(rows.whole() for rows in self.noted)
        return Saved(spikes, self.read.whole(), self.flags, self.leaking.whole(), noted)


def takes_back(layer: LayerSpec, saved: Saved, up: Upstream) -> bool:
    """Whether it finds the derivative: it finds all."""
    return True


def run_backward(layer: LayerSpec, saved: Saved, up: Upstream, taken: bool) -> Inputs:
    """The gradients of the inputs, before those of broadcast ones are summed."""
    rest = zip(up.states, up.kinds, strict=True)
    states = tuple(up.out.new_zeros(up.out.shape[1:], dtype=kind) if grad is None else grad for grad, kind in rest)
    back = Backward(layer, saved, up.weight, up.last, bool(up.wanted.bias), bool(up.wanted.threshold), up.passes)
    with full_precision(up.out):
        return back.run(up.out, states)


class Backward:
    """The straight-through derivative of what was saved, step by step back; that of a step is `kind.backward`."""

    def __init__(
        self,
        layer: LayerSpec,
        saved: Saved,
        weight: Tensor | None = None,
        last: Tensor | None = None,
        want_bias: bool = False,
        want_threshold: bool = False,
        passes: dict[tuple[int, int], Tensor] | None = None,
    ) -> None:
        self.passes = passes
        self.layer, self.saved, self.weight, self.last = layer, saved, weight, last
        self.want_bias, self.want_threshold = want_bias, want_threshold

    def run(self, grad_out: Tensor, grad_states: tuple[Tensor, ...]) -> Inputs:
        """The gradients of the inputs, before those of broadcast ones are summed."""
        layer, dtype = self.layer, grad_out.dtype
        self.saved = with_spikes(layer, self.saved, dtype)
        kind = of_tensors(layer.kind, grad_out.new_empty(grad_out.shape[1:], dtype=torch.int64))
        slope = None if layer.slope is None else self.slopes(dtype)
        amount, threshold = layer.spec.leak.amount, layer.spec.threshold
        none, each = grad_out.new_zeros(()), grad_out.new_zeros(grad_out.shape[1:])
        self.grad_beta, self.grad_threshold = (each if is_each(v) else none for v in (amount, threshold))
        self.grad_bias: Any = torch.zeros_like(grad_out[:1].sum(0)) if self.want_bias else None
        rows = Rows(torch.empty_like(grad_out))
        grads = tuple(grad.to(dtype) for grad in grad_states)
        fed_back: Any = 0
        for t in range(len(grad_out) - 1, -1, -1):
            passes = self._passes(t)
            through = None
            if slope is not None:
                through = self._to_spikes(t, kind, grads, grad_out[t] + fed_back, passes) * slope(t)
            if through is not None and self.want_threshold:
                self._threshold(t, grads, through, passes)
            spikes = self.saved.spikes[t] if len(self.saved.spikes) else None
            back = kind.backward(grads, through, grad_out[t], spikes, passes)
            self._learned(t, back)
            rows.put(t, back.arriving)
            grads = back.states
            if self.weight is not None:
                fed_back = back.arriving @ self.weight.to(dtype)
            if layer.truncate and t % layer.truncate == 0:
                grads = tuple(map(torch.zeros_like, grads))
                fed_back = 0 if self.weight is None else torch.zeros_like(fed_back)
        grad_current = rows.whole()
        grad_weight, grad_last = recurrent_gradients(
            self.saved.spikes, self.weight, self.last, grad_current, fed_back, int(layer.kind.output.largest)
        )
        states = tuple(grad.to(given.dtype) for grad, given in zip(grads, grad_states, strict=True))
        return Inputs(grad_current, states, grad_weight, grad_last, self.grad_bias, self.grad_beta, self.grad_threshold)

    def slopes(self, dtype: torch.dtype) -> Callable[[int], Tensor]:
        """The surrogate's slopes in a step; looked up step by step, where each hangs on its own membrane alone."""
        slope, read = self.layer.slope, self.saved.read
        if has_entries(slope):
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
        slope = self.layer.slope
        assert slope is not None  # the callers' case
        return slope.surrogate_grad(read.to(dtype) * self.layer.spec.membrane.step)

    def _passes(self, t: int) -> tuple[Any, ...]:
        """Where the registers of step `t` kept their values."""
        registers = range(len(self.layer.kind.registers))
        if self.passes is not None:
            return tuple(self.passes.get((t, register), True) for register in registers)
        flags = self.saved.flags
        return tuple((flags[t] & (1 << r)) == 0 for r in registers) if len(flags) else (True,) * len(registers)

    def _to_spikes(self, t: int, kind: Dynamics, grads: tuple[Any, ...], given: Any, passes: tuple[Any, ...]) -> Any:
        """The gradient of the spikes of a step: that of what the neurons give, and what states hand back to them."""
        step, dtype = self.layer.spec.membrane.step, grads[0].dtype
        noted = tuple(codes[t].to(dtype) * step for codes in self.saved.noted)
        more = kind.to_spikes(grads, noted, passes)
        return given if more is None else given + more

    def _threshold(self, t: int, grads: tuple[Any, ...], through: Tensor, passes: tuple[Any, ...]) -> None:
        """Add the gradient of a learned threshold."""
        for taken in self.layer.kind.of_threshold(grads, through, self.saved.spikes[t], passes):
            self.grad_threshold = self.grad_threshold - summed(taken, self.layer.spec.threshold)

    def _learned(self, t: int, back: Gradients) -> None:
        """Add the gradients of a bias and of a learned decay factor."""
        leaking = self.saved.leaking
        if self.want_bias:
            self.grad_bias = self.grad_bias + back.bias
        if len(leaking):
            found = summed(back.leaked * leaking[t], self.layer.spec.leak.amount)
            self.grad_beta = self.grad_beta + found * self.layer.spec.membrane.step


def recurrent_gradients(
    spikes: Tensor, weight: Tensor | None, last: Tensor | None, grad_current: Tensor, fed_back: Any, most: int = 0
) -> tuple[Tensor | None, Tensor | None]:
    """The gradients of the recurrent weights and of the spikes before the first step.

    `most`: the most spikes of a neuron in a step, where it is known.
    """
    if weight is None:
        return None, None
    given, fed = grad_current[1:].flatten(0, 1), spikes[:-1].flatten(0, 1)
    with full_precision(grad_current):
        grad = met(given, fed) if most == 1 else given.T @ fed
        if last is None or not len(grad_current):
            return grad.to(weight.dtype), None
        grad = grad + grad_current[0].T @ last.to(grad.dtype)
    return grad.to(weight.dtype), as_tensor(fed_back).to(last.dtype)


def summed(grads: Tensor, values: Any) -> Any:
    """The gradients by each neuron of a batch as that of one number for all, or as they are for one of each."""
    return grads if is_each(values) else grads.sum()


def has_entries(slope: Any) -> bool:
    return isinstance(slope, LUTSurrogate) and slope.table.place_dtype is not None


def _is_pointwise(slope: Any) -> bool:
    return isinstance(slope, Surrogate) and slope.shipped_as is not None
