"""Sigma, delta and sigma-delta neurons as kinds.

The arithmetic is that of Lava's fixed-point processes (lava-nc/lava 174f46da src/lava/proc/sdn/models.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.graded.encoder import encode, encoder_backward
from spikelut.quant.dynamics.graded.spec import GradedSpec
from spikelut.quant.dynamics.kind import Dynamics, Gradients, Output, State, StepResult, passed
from spikelut.quant.dynamics.leak import Leak
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
    def saturating(self) -> tuple[str, ...]:
        return ()  # states wrap, and what a message does not hold is kept

    @property
    def arriving_frac(self) -> int:
        return self.spec.membrane.frac + self.graded.drop_in

    @property
    def output(self) -> Output:
        """Messages, each worth as much as a state's code and the bits that are dropped."""
        if self.reads_out:
            return super().output
        message = self.graded.message
        return Output("events", message.min_code, message.max_code, message.step)

    @property
    def reads_spikes(self) -> bool:
        return False

    @property
    def amounts(self) -> tuple[Any, ...]:
        return () if self.reads_out else (self.spec.threshold,)

    def mapped(self, change: Callable[[str, Any], Any]) -> Dynamics:
        if self.reads_out:
            return self
        return self.with_spec(replace(self.spec, threshold=change("threshold", self.spec.threshold)))

    def with_leaks(self, change: Callable[[str, Leak], Leak]) -> Dynamics:
        return self  # nothing leaks

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return replace(self, spec=spec)

    def _states(self, *names: tuple[str, str]) -> tuple[State, ...]:
        return tuple(State(name, meaning, self.spec.membrane) for name, meaning in names)

    def _encoder_states(self) -> tuple[State, ...]:
        error = (("error", "change that has accumulated"),) if self.graded.cumulative else ()
        return self._states(("act", "value encoded last"), ("residue", "change not sent yet"), *error)

    def _arrived(self, arriving: Any) -> Any:
        """What comes in, in codes of a state."""
        finer = self.graded.drop_in
        return arriving >> finer if finer > 0 else arriving << -finer if finer else arriving


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
    """An encoder, which sends what of its input has changed; see `encode`. x = register(arriving << -drop_in)."""

    @property
    def takes(self) -> Literal["sums", "events"]:
        return "events"

    def given(self, least: int, largest: int) -> Output:
        """A change is no larger than the way between the least and the largest that can come in, or zero."""
        finer, drop, out = -self.graded.drop_in, self.graded.drop, self.output
        way = (max(largest, 0) - min(least, 0)) << finer
        return out._replace(least=max(out.least, -way >> drop), largest=min(out.largest, way >> drop))

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
