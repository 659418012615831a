"""A neuron kind of three states, which the library does not have."""

from dataclasses import dataclass
from typing import Any

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.kind import Dynamics, Gradients, State, StepResult, kept, passed
from spikelut.quant.dynamics.leak import leak_step

WIDE = NumberFormat(20, 12)
JUMP = 1000
"""What a spike adds to the adaptation."""


@dataclass(frozen=True)
class Adaptive(Dynamics):
    """A membrane with a slow second compartment, and a threshold that rises by JUMP with each spike and falls again.

    full = register(leak(mem) + current + bias + slow / 4),  slow = register(leak(slow) + full / 8)
    spike where full >= threshold + rise,  mem = 0 after a spike,  rise = leak(rise) + JUMP * spike
    """

    @property
    def states(self) -> tuple[State, ...]:
        return (*super().states, State("slow", "slow compartment", WIDE), State("rise", "rise of the threshold", WIDE))

    @property
    def registers(self) -> tuple[str, ...]:
        return ("mem", "slow")

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        mem, slow, rise = states
        leak, register = self.spec.leak, self.spec.membrane
        exact = leak_step(ops, leak, mem) + arriving + bias + (slow >> 2)
        full = apply_overflow(ops, exact, register)
        more = leak_step(ops, leak, slow) + (full >> 3)
        slow_after = apply_overflow(ops, more, WIDE)
        x = full - rise - self.spec.spike_at
        spikes = ops.spike(x)
        states = ops.where(spikes, 0, full), slow_after, leak_step(ops, leak, rise) + ops.where(spikes, JUMP, 0)
        return StepResult(states, spikes, x, (kept(exact, full, register), kept(more, slow_after, WIDE)), full, mem)

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        mem, slow, rise = grads
        beta = self.spec.beta
        more = passed(slow, passes[1])
        full = passed(mem * (spikes == 0) + through + more / 8, passes[0])
        return Gradients((full * beta, more * beta + full / 4, rise * beta - through), full, full, full)
