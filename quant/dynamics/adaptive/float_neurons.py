"""Neurons whose threshold adapts, in floats: one time step, and its derivative.

syn = alpha * syn + arriving                                    where there is a synaptic current
mem = beta * mem + (syn + bias)
raised = threshold_beta * adaptation;   tired = refractory_beta * refractory
theta = threshold + raised
spikes = mem - tired - theta >= 0                               x, where the surrogate is read
adaptation = raised + threshold_step * spikes;   refractory = tired + 2 * theta * spikes
"""

from dataclasses import dataclass
from typing import Any

from spikelut.quant.dynamics.kind import Gradients, StepResult


@dataclass(frozen=True)
class FloatAdaptiveDynamics:
    """A layer of such neurons; numbers are floats, or tensors that broadcast with a state.

    States are the membrane, the rise of the threshold, the refractory state, and the synaptic current where `alpha` is
    not None.
    """

    beta: Any
    threshold: Any
    threshold_step: Any
    threshold_beta: Any
    refractory_beta: Any
    alpha: Any = None

    @property
    def states(self) -> tuple[str, ...]:
        """The names of what is kept from step to step."""
        return ("mem", "adaptation", "refractory", *([] if self.alpha is None else ["syn"]))

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = None) -> StepResult:
        """One step, as a neuron kind has it; no register is there to saturate."""
        mem, adaptation, refractory, *syn = states
        if self.alpha is not None:
            syn = [self.alpha * syn[0] + arriving]
            arriving = syn[0]
        full = self.beta * mem + (arriving if bias is None else arriving + bias)
        raised, tired = self.threshold_beta * adaptation, self.refractory_beta * refractory
        theta = self.threshold + raised
        x = full - tired - theta
        spikes = ops.real(ops.spike(x))
        after = raised + self.threshold_step * spikes, tired + 2 * theta * spikes
        return StepResult((full, *after, *syn), spikes, x, (), full, mem, (theta,))

    def to_spikes(self, grads: tuple[Any, ...], theta: Any) -> Any:
        """The gradient that the states after a step give its spikes."""
        return grads[1] * self.threshold_step + grads[2] * (2 * theta)

    def backward(self, grads: tuple[Any, ...], through: Any, spikes: Any) -> Gradients:
        """What goes back through a step; `through`: the gradient of its spikes times the surrogate's slope."""
        mem, adaptation, refractory, *syn = grads
        full = mem + through
        raised = adaptation + 2 * (refractory * spikes) - through
        tired = refractory - through
        arriving = full
        if self.alpha is not None:
            arriving = syn[0] + full
            syn = [arriving * self.alpha]
        before = full * self.beta, raised * self.threshold_beta, tired * self.refractory_beta
        return Gradients((*before, *syn), arriving, full, full)
