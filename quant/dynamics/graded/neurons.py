"""Sigma, delta and sigma-delta neurons as kinds.

The arithmetic is that of Lava's fixed-point processes (lava-nc/lava 174f46da src/lava/proc/sdn/models.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.graded.encoder import encode, encoder_backward
from spikelut.quant.dynamics.graded.spec import GradedSpec
from spikelut.quant.dynamics.kind import Dynamics, Gradients, State, StepResult, passed
from spikelut.quant.dynamics.spec import LIFSpec


@dataclass(frozen=True)
class GradedDynamics(Dynamics):
    """What neurons with graded spikes have in common: integers of their own beside those of their states."""

    graded: GradedSpec

    @classmethod
    def of(cls, kind: Dynamics, graded: GradedSpec) -> "GradedDynamics":
        """The kind with the integers of `kind` and these."""
        return KINDS[graded.kind](kind.spec, graded)

    @property
    def parts(self) -> dict[str, Any]:
        return {"spec": self.spec, "graded": self.graded}

    @property
    def registers(self) -> tuple[str, ...]:
        return ()

    @property
    def amounts(self) -> tuple[Any, ...]:
        return () if self.reads_out else (self.spec.threshold,)

    def mapped(self, change: Callable[[str, Any], Any]) -> Dynamics:
        if self.reads_out:
            return self
        return self.with_spec(replace(self.spec, threshold=change("threshold", self.spec.threshold)))

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return replace(self, spec=spec)

    def _states(self, *names: tuple[str, str]) -> tuple[State, ...]:
        return tuple(State(name, meaning, self.spec.membrane) for name, meaning in names)

    def _encoder_states(self) -> tuple[State, ...]:
        error = (("error", "change that has accumulated"),) if self.graded.cumulative else ()
        return self._states(("act", "value encoded last"), ("residue", "change not sent yet"), *error)

    def _arrived(self, arriving: Any) -> Any:
        """Synaptic sums in codes of a state."""
        return arriving >> self.graded.drop_in if self.graded.drop_in else arriving


@dataclass(frozen=True)
class SigmaDynamics(GradedDynamics):
    """A decoder, which adds up what comes in: sigma = register(sigma + floor(arriving / 2**drop_in)), its output."""

    @property
    def states(self) -> tuple[State, ...]:
        return self._states(("sigma", "sum of what came in"))

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        sigma = apply_overflow(ops, states[0] + self._arrived(arriving) + bias, self.spec.membrane)
        return StepResult((sigma,), None, None, (), sigma, sigma)

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        sigma = grads[0] + out
        return Gradients((sigma,), sigma, sigma, sigma)


@dataclass(frozen=True)
class DeltaDynamics(GradedDynamics):
    """An encoder, which sends what of its input has changed; see `encode`. x = floor(arriving / 2**drop_in)."""

    @property
    def states(self) -> tuple[State, ...]:
        return self._encoder_states()

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        x = apply_overflow(ops, self._arrived(arriving) + bias, self.spec.membrane)
        message, after = encode(ops, self.spec, self.graded, x, states)
        return StepResult(after, message, None, (), x, x)

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        x = grads[0] + out
        return Gradients(encoder_backward(self.graded, out), x, x, x)


@dataclass(frozen=True)
class SigmaDeltaDynamics(GradedDynamics):
    """A decoder, an activation and an encoder.

    sigma = register(sigma + floor(arriving / 2**drop_in)), x = register(sigma + bias), or 0 where that is more and the
    activation is ReLU; `encode` sends what of x has changed.
    """

    @property
    def states(self) -> tuple[State, ...]:
        return (*self._states(("sigma", "sum of what came in")), *self._encoder_states())

    @property
    def registers(self) -> tuple[str, ...]:
        """The activation: ReLU passes what is above zero."""
        return ("activation",)

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        register = self.spec.membrane
        sigma = apply_overflow(ops, states[0] + self._arrived(arriving), register)
        x = apply_overflow(ops, sigma + bias, register)
        passes: Any = True
        if self.graded.relu:
            passes = x > 0
            x = ops.clip(x, 0, register.max_code)
        message, after = encode(ops, self.spec, self.graded, x, states[1:])
        return StepResult((sigma, *after), message, None, (passes,), x, x)

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        x = passed(grads[1] + out, passes[0])
        sigma = grads[0] + x
        return Gradients((sigma, *encoder_backward(self.graded, out)), sigma, x, sigma)


KINDS: dict[str, type[GradedDynamics]] = {
    "sigma": SigmaDynamics,
    "delta": DeltaDynamics,
    "sigma_delta": SigmaDeltaDynamics,
}
