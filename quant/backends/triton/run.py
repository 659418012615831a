"""Layers of neurons over all time steps in Triton kernels: the results and the derivative of the torch layers."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.backends.contract import Inputs, LayerSpec, given_dtype
from spikelut.quant.backends.triton.kernels import backward_kernel, forward_kernel
from spikelut.quant.backends.triton.launch_sizes import launch_of
from spikelut.quant.backends.triton.layer import KernelLayer, at_rest, integer_layer, table_values

MET, ALL = 1, 2
"""What the forward kernel says of registers that saturated: whether a program met one, or all of them; 0: nothing."""

NOT_FINITE = 8
"""What a program says that met a value that is not finite."""

EXACT: dict[str, Any] = {"enable_fp_fusion": False}
"""A product and a sum are rounded one by one, as on the CPU: else spikes at the threshold could differ."""

Results = tuple[Tensor, tuple[Tensor, ...]]
"""Spikes, or membranes of a read-out, [T, B, ...], and the last states [B, ...]."""


def run_integers(neurons: LayerSpec, x: Inputs, who: str) -> Results:
    """What a layer gives for these inputs, which `support.takes`; states that are None are zero.

    Spikes and states are the same to the last bit, and so in float32 are the gradients of tables. Half precision is how
    currents, spikes and gradients are stored; the kernels compute in float32. Raises ValueError, in the name of `who`,
    for currents or states that are not finite: to look at all of them beforehand would take as long as the kernel.
    While a CUDA graph is captured nothing can be looked at, so that there they are not refused.
    """
    given = given_dtype(neurons, x.current)
    return run_layer(integer_layer(neurons, x), who, neurons.truncate, given, x.current, x.states, x.bias)


def run_layer(
    layer: KernelLayer,
    who: str | None,
    truncate: int | None,
    given: torch.dtype,
    current: Tensor,
    states: Sequence[Tensor | None],
    bias: Tensor | None,
) -> Results:
    """The results for the inputs of `run_integers`, spikes or membranes in the type `given`.

    `who` None: registers do not saturate, and any value is taken.
    """
    out, *last = _Kernels.apply(  # type: ignore[no-untyped-call]  # torch's
        layer, who, truncate, given, current, bias, *states
    )
    return out, tuple(last)


class _Kernels(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        layer: KernelLayer,
        who: str | None,
        truncate: int | None,
        given: torch.dtype,
        current: Tensor,
        bias: Tensor | None,
        *states: Tensor | None,
    ) -> tuple[Tensor, ...]:
        trains = any(ctx.needs_input_grad)
        forward = _Forward(layer, given, current, states, bias, trains)
        if who is None or (current.is_cuda and torch.cuda.is_current_stream_capturing()):
            forward.launch(ALL if who is not None and trains else 0)
        elif met := forward.launch(MET):
            require(met < NOT_FINITE, who, "current and states must be finite", "NaN or infinity")
            if trains:
                # Registers seldom saturate: no byte per neuron and step is spent on it until one does.
                forward.launch(ALL)
        spikes = forward.out if layer.needs_spikes and layer.fired is None else forward.none
        ctx.save_for_backward(forward.read, spikes, forward.flags, forward.noted)
        ctx.layer, ctx.truncate, ctx.kind = layer, truncate, current.dtype
        ctx.like, ctx.bias = torch.empty_like(forward.out, device="meta"), None if bias is None else bias.shape
        ctx.set_materialize_grads(False)
        kinds = (torch.float32 if state is None else exact_dtype(state) for state in states)
        return forward.out, *(last.to(kind) for last, kind in zip(forward.last, kinds, strict=True))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Any, ...]:
        made = zip(_backward(ctx, *grads), ctx.needs_input_grad[4:], strict=True)
        return None, None, None, None, *(grad if wanted else None for grad, wanted in made)


class _Forward:
    """The forward kernel with what it reads and writes."""

    def __init__(
        self,
        layer: KernelLayer,
        given: torch.dtype,
        current: Tensor,
        states: tuple[Tensor | None, ...],
        bias: Tensor | None,
        trains: bool,
    ) -> None:
        self.layer, self.current = layer, current.contiguous()
        shape = current.shape
        self.at_rest = at_rest(states)
        self.first = () if self.at_rest else tuple(self._filled(state, shape[1:]) for state in states)
        self.bias = None if bias is None else bias.to(torch.float32).expand(shape[1:]).contiguous()
        self.out = torch.empty_like(self.current, dtype=given)
        self.last = tuple(self._empty(shape[1:]) for _ in states)
        self.none = self.flags = torch.empty(0, dtype=torch.uint8, device=current.device)
        self.reads = trains and layer.slope is not None
        self.read = torch.empty(shape, dtype=layer.read, device=current.device) if self.reads else self.none
        keeps = self.reads and layer.notes
        self.noted = torch.empty(shape, dtype=torch.int32, device=current.device) if keeps else self.none

    def _filled(self, state: Tensor | None, shape: torch.Size) -> Tensor:
        return self._empty(shape).zero_() if state is None else state.to(torch.float32).contiguous()

    def _empty(self, shape: torch.Size) -> Tensor:
        return torch.empty(shape, dtype=torch.float32, device=self.current.device)

    def launch(self, mode: int) -> int:
        """Runs it; with MET, what was met."""
        size = self.last[0].numel()
        programs, options = launch_of("forward", self.current)
        met = torch.zeros(1 if mode == MET else 0, dtype=torch.int32, device=self.current.device)
        if mode == ALL:
            self.flags = torch.empty(self.current.shape, dtype=torch.uint8, device=self.current.device)
        if not size:
            return 0
        layer, bias = self.layer, self.last[0] if self.bias is None else self.bias
        with torch.cuda.device_of(self.current):  # type: ignore[no-untyped-call]  # torch's
            forward_kernel[(programs,)](
                self.current, bias, self.first, self.out, self.read, self.flags, self.noted, met, self.last,
                len(self.current), size,
                ENTER=layer.enter, STEP=layer.step, LEAVE=layer.leave, STATES=len(self.last), AT_REST=self.at_rest,
                BIAS=self.bias is not None, READ=self.reads, FLAGS=mode, NOTES=layer.notes, **options, **EXACT,
            )  # fmt: skip
        return int(met) if mode == MET else 0


def _backward(ctx: Any, grad_out: Tensor | None, *grad_last: Tensor | None) -> tuple[Tensor | None, ...]:
    """The gradients of the input, of the bias and of the first states."""
    layer: KernelLayer = ctx.layer
    read, spikes, flags, noted = ctx.saved_tensors
    out = torch.zeros_like(ctx.like, device=flags.device) if grad_out is None else grad_out.contiguous()
    shape, size = out.shape[1:], out.shape[1:].numel()
    ended = [grad for grad in grad_last if grad is not None]
    real = out.new_empty(0, dtype=torch.float32)
    rest = real.new_zeros(shape) if 0 < len(ended) < len(grad_last) else out
    last = tuple(rest if grad is None else grad.to(torch.float32).contiguous() for grad in grad_last) if ended else ()
    current, first = torch.empty_like(out, dtype=ctx.kind), tuple(real.new_empty(shape) for _ in grad_last)
    bias = real.new_zeros(shape if ctx.bias is not None else 0)
    (back, numbers), (to_spikes, others) = layer.back(len(flags) > 0), layer.to_spikes(len(flags) > 0)
    values = out if layer.table is None else table_values(layer.table, out.device)
    programs, options = launch_of("backward", out)
    if size:
        with torch.cuda.device_of(out):  # type: ignore[no-untyped-call]  # torch's
            backward_kernel[(programs,)](
                out, read, spikes, flags, noted, values, last, current, first, bias, len(out), size,
                ctx.truncate or 1, numbers, others,
                BACK=back, TO_SPIKES=to_spikes, SLOPE=layer.slope, SPIKES=layer.needs_spikes, FIRED=layer.fired,
                FLAGS=len(flags) > 0, STATES=len(first), FROM_ZERO=not ended, BIAS=ctx.bias is not None,
                TRUNCATE=ctx.truncate is not None, **options, **EXACT,
            )  # fmt: skip
    return current, None if ctx.bias is None else bias.sum_to_size(ctx.bias), *first
