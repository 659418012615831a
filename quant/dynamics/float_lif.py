"""Leaky integrate-and-fire neurons in floats: one time step, and its derivative.

    syn = alpha * syn + arriving                where there is a synaptic current
    full = beta * mem + (syn + bias)
    spikes = full >= threshold                  x = full - threshold, where the surrogate is read
    mem = full * (1 - spikes), or full - spikes * drop

`quant.FloatLIF` and the Triton kernels run these functions, each with its own `ops` and arrays. Operation by operation
in this order, so that all agree to the last bit.
"""

from dataclasses import dataclass
from typing import Any

from spikelut.quant.dynamics.kind import Gradients, StepResult


@dataclass(frozen=True)
class FloatLIFDynamics:
    """A layer of such neurons.

    - `beta`: the decay factor of the membrane. `alpha`: that of the synaptic current; None without one.
    - `threshold`: None for a read-out, which gives its membrane and never spikes.
    - `drop`: what a spike subtracts; None: it sets the membrane to zero.
    - `max_spikes`: in one step; each subtracts.
    """

    beta: Any
    threshold: Any
    drop: Any
    alpha: Any = None
    max_spikes: int = 1

    @classmethod
    def of(cls, beta: Any, threshold: Any, reset: str, alpha: Any, late: bool, max_spikes: int) -> "FloatLIFDynamics":
        """The neurons of `FloatLIF`; `late`: the leak comes before the reset, so that beta * mem - threshold is left.

        As the leak here is that of the next step, what a spike subtracts is then threshold / beta. Values of each
        neuron are tensors that broadcast with a state.
        """
        drop = threshold if reset == "subtract" else None
        if drop is not None and late:
            if isinstance(beta, float | int):
                drop = drop / beta if beta > 0 else drop
            else:
                drop = drop / (beta + (beta == 0) * 1.0)
        return cls(beta, threshold, drop, alpha, max_spikes)

    @property
    def states(self) -> tuple[str, ...]:
        """The names of what is kept from step to step."""
        return ("mem",) if self.alpha is None else ("mem", "syn")

    @property
    def registers(self) -> tuple[str, ...]:
        """None saturates."""
        return ()

    @property
    def reads_out(self) -> bool:
        """Whether it gives its membrane."""
        return self.threshold is None

    def integrate(self, states: tuple[Any, ...], arriving: Any, bias: Any = None) -> tuple[Any, ...]:
        """The states with the input of a step; the membrane before it is compared."""
        mem, *syn = states
        if self.alpha is not None:
            syn = [self.alpha * syn[0] + arriving]
            arriving = syn[0]
        return self.beta * mem + (arriving if bias is None else arriving + bias), *syn

    def several(self, ops: Any, full: Any) -> tuple[Any, Any]:
        """Of a step with up to `max_spikes`: how many there are, and which multiple of the threshold is nearest.

        Halfway between two the even one counts.
        """
        held = full / self.threshold
        return ops.clip(ops.floor(held), 0, self.max_spikes), ops.clip(ops.round(held), 1, self.max_spikes)

    def fire(self, ops: Any, full: Any) -> tuple[Any, Any]:
        """Spikes, and the membrane above the threshold, of several the nearest."""
        if self.max_spikes == 1:
            x = full - self.threshold
            return ops.real(ops.spike(x)), x
        spikes, nearest = self.several(ops, full)
        return spikes, full - nearest * self.threshold

    def reset(self, full: Any, spikes: Any) -> Any:
        """The membrane after its spikes."""
        return full * (1 - spikes) if self.drop is None else full - spikes * self.drop

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = None) -> StepResult:
        """One step, as a neuron kind has it; no register is there to saturate."""
        full, *syn = self.integrate(states, arriving, bias)
        if self.reads_out:
            return StepResult((full, *syn), None, None, (), full, states[0])
        spikes, x = self.fire(ops, full)
        return StepResult((self.reset(full, spikes), *syn), spikes, x, (), full, states[0])

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...] = ()
    ) -> Gradients:
        """What goes back through a step, straight through: a spike is its surrogate, a reset a constant.

        `grads`: of the states after it. `through`: the gradient of the spikes times the surrogate's slope; None of a
        read-out, whose membranes have the gradient `out`. `spikes`: of the step; not needed where they are subtracted.
        """
        mem, *syn = grads
        if self.drop is None and not self.reads_out:
            mem = mem * (spikes == 0)
        mem = mem + (out if self.reads_out else through)
        arriving = mem
        if self.alpha is not None:
            arriving = syn[0] + mem
            syn = [arriving * self.alpha]
        return Gradients((mem * self.beta, *syn), arriving, mem, mem)
