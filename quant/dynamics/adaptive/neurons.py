"""Neurons whose threshold rises with each of their spikes, and that are refractory after it: Lava's ATRLIF.

Where Lava holds theta, `adaptation` is theta - threshold, so that all states are 0 at rest; `refractory` is its r.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.kind import Dynamics, Gradients, State, StepResult, kept, passed
from spikelut.quant.dynamics.leak import Leak, leak_step
from spikelut.quant.dynamics.lif import lif_backward
from spikelut.quant.dynamics.membrane import integrate
from spikelut.quant.dynamics.spec import LIFSpec


@dataclass(frozen=True)
class AdaptiveDynamics(Dynamics):
    """Leaky integrate-and-fire with an adaptive threshold and a refractory state, and without a reset of the membrane.

    mem = integrate(mem, ...); raised = leak(adaptation), theta = threshold + raised; tired = leak(refractory)

    spike where mem - tired >= theta (or > where strict)

    adaptation = register(raised + threshold_step * spike); refractory = register(tired + 2 * theta * spike)
    """

    adaptation: AdaptationSpec

    @classmethod
    def of(cls, membrane: Dynamics, adaptation: AdaptationSpec) -> "AdaptiveDynamics":
        """Neurons with the membrane of others."""
        return cls(membrane.spec, adaptation)

    @property
    def states(self) -> tuple[State, ...]:
        register = self.adaptation.register
        return (
            *super().states,
            State("adaptation", "rise of the threshold", register),
            State("refractory", "refractory state", register),
        )

    @property
    def driven(self) -> tuple[str, ...]:
        return ("mem",)

    @property
    def registers(self) -> tuple[str, ...]:
        return (*super().registers, "adaptation", "refractory")

    @property
    def parts(self) -> dict[str, Any]:
        return {**super().parts, "adaptation": self.adaptation}

    @property
    def reads_spikes(self) -> bool:
        return True

    @property
    def tells_spikes(self) -> bool:
        return True

    @property
    def notes(self) -> tuple[str, ...]:
        return ("theta",)

    @property
    def amounts(self) -> tuple[Any, ...]:
        own = self.adaptation
        return (*super().amounts, own.threshold_leak.amount, own.refractory_leak.amount, own.threshold_step)

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return AdaptiveDynamics(spec, self.adaptation)

    def mapped(self, change: Callable[[str, Any], Any]) -> Dynamics:
        spec, own = super().mapped(change).spec, self.adaptation
        slow = replace(own.threshold_leak, amount=change("threshold_beta", own.threshold_leak.amount))
        tired = replace(own.refractory_leak, amount=change("refractory_beta", own.refractory_leak.amount))
        step = change("threshold_step", own.threshold_step)
        return AdaptiveDynamics(spec, replace(own, threshold_leak=slow, refractory_leak=tired, threshold_step=step))

    def with_leaks(self, change: Callable[[str, Leak], Leak]) -> Dynamics:
        spec, own = super().with_leaks(change).spec, self.adaptation
        slow = change("threshold_beta", own.threshold_leak)
        tired = change("refractory_beta", own.refractory_leak)
        return AdaptiveDynamics(spec, replace(own, threshold_leak=slow, refractory_leak=tired))

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        mem, adaptation, refractory = states
        own = self.adaptation
        full, after, passes, leaking = integrate(ops, self.spec, mem, arriving, bias)
        raised = leak_step(ops, own.threshold_leak, adaptation)
        tired = leak_step(ops, own.refractory_leak, refractory)
        x = full - tired - raised - self.spec.spike_at
        spikes, theta = ops.spike(x), raised + self.spec.threshold
        risen = ops.where(spikes, raised + own.threshold_step, raised)
        more = ops.where(spikes, tired + 2 * theta, tired)
        adaptation, refractory = (apply_overflow(ops, state, own.register) for state in (risen, more))
        cut = kept(risen, adaptation, own.register), kept(more, refractory, own.register)
        return StepResult((after, adaptation, refractory), spikes, x, (*passes, *cut), full, leaking, (theta,))

    def to_spikes(self, grads: tuple[Any, ...], noted: tuple[Any, ...], passes: tuple[Any, ...]) -> Any:
        _, adaptation, refractory = grads
        step = self.adaptation.threshold_step * self.adaptation.register.step
        return passed(adaptation, passes[2]) * step + passed(refractory, passes[3]) * (2 * noted[0])

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        mem, adaptation, refractory = grads
        back = lif_backward(self.spec, self.spec.beta, mem, through, spikes, passes[0], passes[1])
        more = passed(refractory, passes[3])
        raised = passed(adaptation, passes[2]) + 2 * (more * spikes) - through
        tired = more - through
        before = raised * self.adaptation.threshold_leak.beta, tired * self.adaptation.refractory_leak.beta
        return Gradients((back.mem, *before), back.current, back.bias, back.leaked)

    def of_threshold(
        self, grads: tuple[Any, ...], through: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        return through, -2 * (passed(grads[2], passes[3]) * spikes)
