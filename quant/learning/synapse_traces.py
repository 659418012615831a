"""Eligibility traces of every synapse, carried forward through the derivative of a neuron kind's step."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from spikelut._defaults import as_tensor
from spikelut.quant.dynamics.kind import Dynamics, Gradients, StepResult


@dataclass(eq=False)
class SynapseTraces:
    """What each synapse did to the states of its neuron, and so to what the neuron gives now.

    With s the states of neuron j and x_i what axon i gave, all in the step's straight-through derivative,

        given_ji = sum over s of d out_j / d s_before * trace_ji[s] + d out_j / d arriving_j * x_i
        trace_ji[s'] = sum over s of d s'_after / d s_before * trace_ji[s] + d s'_after / d arriving_j * x_i

    Both derivatives are those of `kind.backward`, which is what backpropagation through time goes back with: the sum
    over time of gradient times `given` is the same number, found forwards. A trace is [B, neurons, axons] for each
    state.
    """

    kind: Dynamics
    states: list[Tensor] | None = None
    """[B, neurons, axons] of each state; None before the first step."""
    biases: list[Tensor] | None = None
    """[B, neurons] of each state: the traces of what is added to the membrane in every step."""
    _unit: Tensor = field(default_factory=lambda: torch.empty(0, device="cpu"))

    def step(self, x: Tensor, step: StepResult, slope: Tensor | None) -> tuple[Tensor, Tensor]:
        """What synapses [B, neurons, axons] and biases [B, neurons] did to what comes out, after a step.

        `x` [B, axons] came in. `slope`: the surrogate's in this step, [B, neurons]; None of a read-out.
        """
        mem = step.states[0]
        self._unit = x.new_ones(mem.shape) if self._unit.shape != mem.shape else self._unit
        zero = torch.zeros_like(self._unit)
        count = len(self.kind.states)
        spikes = None if slope is None else as_tensor(step.spikes).to(x.dtype)
        # Of a read-out the membrane comes out, of the others the spike, by its surrogate.
        out = self._unit if slope is None else zero
        given = self.kind.backward((zero,) * count, slope, out, spikes, step.passes)
        noted = tuple(as_tensor(codes).to(x.dtype) * self.kind.spec.membrane.step for codes in step.noted)
        rows = []
        for changed in range(count):
            grads = tuple(self._unit if state == changed else zero for state in range(count))
            # A state that rises with the spike goes by the surrogate, too.
            risen = None if slope is None else self.kind.to_spikes(grads, noted, step.passes)
            through = None if slope is None else zero if risen is None else risen * slope
            rows.append(self.kind.backward(grads, through, zero, spikes, step.passes))
        done = self._carried(given, x)
        after = [self._carried(row, x) for row in rows]
        self.states, self.biases = [trace for trace, _ in after], [trace for _, trace in after]
        return done

    def _carried(self, back: Gradients, x: Tensor) -> tuple[Tensor, Tensor]:
        """One derivative times the traces, and times what comes in."""
        arriving = self._of_each(back.arriving, x)
        trace = arriving.unsqueeze(2) * x.unsqueeze(1)
        bias = self._of_each(back.bias, x)
        if self.states is None or self.biases is None:
            return trace, bias
        for grad, before, before_bias in zip(back.states, self.states, self.biases, strict=True):
            factor = self._of_each(grad, x)
            trace = torch.addcmul(trace, factor.unsqueeze(2), before)
            bias = torch.addcmul(bias, factor, before_bias)
        return trace, bias

    def _of_each(self, grad: Any, x: Tensor) -> Tensor:
        return as_tensor(grad).to(x.dtype).expand(self._unit.shape)
