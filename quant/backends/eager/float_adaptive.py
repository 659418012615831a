"""Float neurons whose threshold adapts over all time steps, recurrent or not, and their derivative, in torch."""

from typing import Any, cast

import torch
from torch import Tensor

from spikelut.quant.backends.eager.reference import recurrent_gradients
from spikelut.quant.dynamics.adaptive.float_neurons import FloatAdaptiveDynamics
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


def run_adaptive(
    neurons: FloatAdaptiveDynamics,
    surrogate: Surrogate | LUTSurrogate,
    current: Tensor,
    bias: Tensor | None,
    weight: Tensor | None,
) -> Tensor:
    """Spikes [T, B, ...] of currents of that shape, from rest, for a bias that broadcasts with [B, ...].

    `weight` [N, N]: of the layer's own last spikes. Differentiated once; there is no second derivative.
    """
    return cast(Tensor, _Sequence.apply(neurons, surrogate, current, bias, weight))  # type: ignore[no-untyped-call]  # torch's


class _Floats:
    """The operations of a step: a spike is 1.0 or 0.0."""

    @staticmethod
    def spike(x: Tensor) -> Tensor:
        """Where x is at least 0."""
        return (x >= 0).to(x.dtype)

    @staticmethod
    def real(x: Any) -> Any:
        """A spike as it is."""
        return x


class _Sequence(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        neurons: FloatAdaptiveDynamics,
        surrogate: Surrogate | LUTSurrogate,
        current: Tensor,
        bias: Tensor | None,
        weight: Tensor | None,
    ) -> Tensor:
        out, read, noted = (torch.empty_like(current) for _ in range(3))
        states: tuple[Any, ...] = (torch.zeros_like(current[0]),) * len(neurons.states) if len(current) else ()
        for t, arriving in enumerate(current):
            if weight is not None and t:
                arriving = torch.addmm(arriving, out[t - 1], weight.T)
            step = neurons.step(_Floats, states, arriving, bias)
            states = step.states
            out[t], read[t], noted[t] = step.spikes, step.x, step.noted[0]
        ctx.save_for_backward(out, read, noted, weight)
        ctx.neurons, ctx.surrogate, ctx.bias = neurons, surrogate, None if bias is None else bias.shape
        return out

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Any, ...]:
        (out, read, noted, weight), neurons = ctx.saved_tensors, ctx.neurons
        slopes, grad_current = ctx.surrogate.surrogate_grad(read), torch.empty_like(read)
        grads = (torch.zeros_like(out[0]),) * len(neurons.states) if len(out) else ()
        of_bias = torch.zeros_like(out[:1].sum(0)) if ctx.needs_input_grad[3] else None
        fed_back: Any = None
        for t in range(len(out) - 1, -1, -1):
            given = grad_out[t] if fed_back is None else grad_out[t] + fed_back
            through = (given + neurons.to_spikes(grads, noted[t])) * slopes[t]
            back = neurons.backward(grads, through, out[t])
            grads, grad_current[t] = back.states, back.arriving
            if of_bias is not None:
                of_bias = of_bias + back.bias
            if weight is not None:
                fed_back = back.arriving @ weight
        grad_weight = None if weight is None else recurrent_gradients(out, weight, None, grad_current, 0)[0]
        bias = None if of_bias is None else of_bias.sum_to_size(ctx.bias)
        return None, None, grad_current, bias, grad_weight
