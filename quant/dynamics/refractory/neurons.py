"""Neurons with a refractory period: for some steps after a spike their membrane is left as the reset left it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from spikelut.quant.dynamics.kind import Dynamics, Gradients, Output, State, StepResult, passed
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.refractory.spec import RefractorySpec
from spikelut.quant.dynamics.spec import LIFSpec


@dataclass(frozen=True)
class RefractoryDynamics(Dynamics):
    """Neurons of another kind, `inner`, which for `period.steps` steps after a spike take in nothing and do not spike.

    In a step that begins with wait > 0 the states of `inner` stay as they are, and wait = wait - 1. Otherwise it is a
    step of `inner`; a spike sets wait = steps. A synaptic current goes on in both.
    """

    inner: Dynamics
    period: RefractorySpec

    @classmethod
    def of(cls, inner: Dynamics, period: RefractorySpec) -> "RefractoryDynamics":
        """That kind with a period."""
        return cls(inner.spec, inner, period)

    @property
    def states(self) -> tuple[State, ...]:
        return (*self.inner.states, State("wait", "steps left of the refractory period", self.period.register))

    @property
    def driven(self) -> tuple[str, ...]:
        return self.inner.driven

    @property
    def registers(self) -> tuple[str, ...]:
        return (*self.inner.registers, "wait")

    @property
    def parts(self) -> dict[str, Any]:
        return {**self.inner.parts, "refractory": self.period}

    @property
    def output(self) -> Output:
        return self.inner.output

    @property
    def reads_spikes(self) -> bool:
        return self.inner.reads_spikes

    @property
    def tells_spikes(self) -> bool:
        return self.inner.tells_spikes

    @property
    def notes(self) -> tuple[str, ...]:
        return self.inner.notes

    @property
    def amounts(self) -> tuple[Any, ...]:
        return (*self.inner.amounts, self.period.steps)

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return RefractoryDynamics.of(self.inner.with_spec(spec), self.period)

    def mapped(self, change: Callable[[str, Any], Any]) -> Dynamics:
        inner = self.inner.mapped(change)
        return RefractoryDynamics.of(inner, replace(self.period, steps=change("refractory", self.period.steps)))

    def with_leaks(self, change: Callable[[str, Leak], Leak]) -> Dynamics:
        return RefractoryDynamics.of(self.inner.with_leaks(change), self.period)

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        *before, wait = states
        done = self.inner.step(ops, tuple(before), arriving, bias)
        free = wait == 0
        kept = tuple(ops.where(free, after, held) for after, held in zip(done.states, before, strict=True))
        spikes = free & done.spikes
        left = ops.clip(wait - 1, 0, self.period.register.max_code)
        waits = ops.where(spikes, self.period.steps, left)
        return done._replace(states=(*kept, waits), spikes=spikes, passes=(*done.passes, free))

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        *of_inner, of_wait = grads
        free = passes[-1]
        back = self.inner.backward(tuple(of_inner), through, out, spikes, passes[:-1])
        if free is True:
            return back._replace(states=(*back.states, of_wait * 0))
        # Where the neuron waited its states passed unchanged, and nothing came in.
        states = tuple(
            passed(taken, free) + passed(held, ~free) for taken, held in zip(back.states, of_inner, strict=True)
        )
        arriving, bias, leaked = (passed(grad, free) for grad in back[1:])
        return Gradients((*states, of_wait * 0), arriving, bias, leaked)

    def to_spikes(self, grads: tuple[Any, ...], noted: tuple[Any, ...], passes: tuple[Any, ...]) -> Any:
        return self.inner.to_spikes(grads[:-1], noted, passes[:-1])

    def of_threshold(
        self, grads: tuple[Any, ...], through: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        return self.inner.of_threshold(grads[:-1], passed(through, passes[-1]), spikes, passes[:-1])
