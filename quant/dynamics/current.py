"""Neurons behind a synaptic current that decays by itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.kind import Dynamics, Gradients, Output, State, StepResult, kept, passed
from spikelut.quant.dynamics.leak import Leak, leak_step
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


def synapse_step(ops: Any, spec: SynapseSpec, syn: Any, arriving: Any) -> tuple[Any, Any]:
    """The current after a step in which `arriving` came in, and where its register kept its value.

    syn = register(leak(syn) + arriving), or where the input comes first leak(register(syn + arriving))
    """
    if spec.input_first:
        exact = syn + arriving
        full = apply_overflow(ops, exact, spec.register)
        return leak_step(ops, spec.leak, full), kept(exact, full, spec.register)
    exact = leak_step(ops, spec.leak, syn) + arriving
    full = apply_overflow(ops, exact, spec.register)
    return full, kept(exact, full, spec.register)


def synapse_backward(spec: SynapseSpec, alpha: Any, syn: Any, drive: Any, passes: Any) -> tuple[Any, Any]:
    """The gradients of the current before `synapse_step` and of what arrived in it.

    `syn` is that of the current after the step, `drive` that of what the membrane took in; `alpha`: of the leak.
    """
    held = passed(syn + drive, passes)
    if spec.input_first:
        held = held * alpha
        return held, held
    return held * alpha, held


@dataclass(frozen=True)
class CurrentDynamics(Dynamics):
    """Neurons of another kind, `membrane`, driven by a synaptic current: a second register, `syn`, kept by itself."""

    membrane: Dynamics
    current: SynapseSpec

    @classmethod
    def of(cls, membrane: Dynamics, current: SynapseSpec) -> "CurrentDynamics":
        """That kind behind a current."""
        return cls(membrane.spec, membrane, current)

    @property
    def output(self) -> Output:
        return self.membrane.output

    @property
    def reads_spikes(self) -> bool:
        return self.membrane.reads_spikes

    @property
    def tells_spikes(self) -> bool:
        return self.membrane.tells_spikes

    @property
    def notes(self) -> tuple[str, ...]:
        return self.membrane.notes

    @property
    def states(self) -> tuple[State, ...]:
        return (*self.membrane.states, State("syn", "synaptic current", self.current.register))

    @property
    def driven(self) -> tuple[str, ...]:
        return (*self.membrane.driven, "syn")

    @property
    def registers(self) -> tuple[str, ...]:
        return (*self.membrane.registers, "syn")

    @property
    def parts(self) -> dict[str, Any]:
        return {**self.membrane.parts, "synapse": self.current}

    @property
    def synapse(self) -> SynapseSpec:
        return self.current

    @property
    def amounts(self) -> tuple[Any, ...]:
        return (*self.membrane.amounts, self.current.leak.amount)

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return CurrentDynamics.of(self.membrane.with_spec(spec), self.current)

    def mapped(self, change: Callable[[str, Any], Any]) -> Dynamics:
        membrane = self.membrane.mapped(change)
        leak = replace(self.current.leak, amount=change("alpha", self.current.leak.amount))
        return CurrentDynamics.of(membrane, replace(self.current, leak=leak))

    def with_leaks(self, change: Callable[[str, Leak], Leak]) -> Dynamics:
        membrane = self.membrane.with_leaks(change)
        return CurrentDynamics.of(membrane, replace(self.current, leak=change("alpha", self.current.leak)))

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        syn, passes = synapse_step(ops, self.current, states[-1], arriving)
        done = self.membrane.step(ops, states[:-1], syn, bias)
        return done._replace(states=(*done.states, syn), passes=(*done.passes, passes))

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        back = self.membrane.backward(grads[:-1], through, out, spikes, passes[:-1])
        syn, arriving = synapse_backward(self.current, self.current.leak.beta, grads[-1], back.arriving, passes[-1])
        return back._replace(states=(*back.states, syn), arriving=arriving)

    def to_spikes(self, grads: tuple[Any, ...], noted: tuple[Any, ...], passes: tuple[Any, ...]) -> Any:
        return self.membrane.to_spikes(grads[:-1], noted, passes[:-1])

    def of_threshold(
        self, grads: tuple[Any, ...], through: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        return self.membrane.of_threshold(grads[:-1], through, spikes, passes[:-1])
