"""Leaky integrators that are read out: neurons without comparison and reset."""

from dataclasses import dataclass
from typing import Any

from spikelut.quant.dynamics.kind import Dynamics, Gradients, StepResult
from spikelut.quant.dynamics.lif import lif_backward
from spikelut.quant.dynamics.membrane import integrate
from spikelut.quant.dynamics.spec import LIFSpec


@dataclass(frozen=True)
class ReadOutDynamics(Dynamics):
    """A membrane that takes in and leaks, and is given as it is after each step: mem = leaked, see `integrate`."""

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return ReadOutDynamics(spec)

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        done = integrate(ops, self.spec, states[0], arriving, bias)
        return StepResult((done.leaked,), None, None, done.passes, done.full, done.leaking)

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        back = lif_backward(self.spec, self.spec.beta, grads[0], out, None, *passes)
        return Gradients((back.mem,), back.current, back.bias, back.leaked)
