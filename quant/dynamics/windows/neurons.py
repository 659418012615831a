"""Neurons whose states are cleared after every so many steps: hls4ml's `window_size`.

A state more, `window`, counts the steps of the window that are over. Spiking neurons are cleared at the end of the last
step, as the library's are. A read-out gives its membrane, so that it is cleared at the start of the next step: the
membrane of the last step is the one to decide by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from spikelut.quant.dynamics.kind import Dynamics, Gradients, Output, State, StepResult, passed
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.dynamics.windows.spec import WindowSpec


@dataclass(frozen=True)
class WindowDynamics(Dynamics):
    """Neurons of another kind, `neurons`, with windows.

    spiking: states = step(states); window = window + 1; where window = size all states, and it, become 0
    read-out: where window = size all states, and it, become 0; states = step(states); window = window + 1
    """

    neurons: Dynamics
    window: WindowSpec

    @classmethod
    def of(cls, neurons: Dynamics, window: WindowSpec) -> "WindowDynamics":
        """That kind with windows."""
        return cls(neurons.spec, neurons, window)

    @property
    def output(self) -> Output:
        return self.neurons.output

    @property
    def reads_spikes(self) -> bool:
        return self.neurons.reads_spikes

    @property
    def notes(self) -> tuple[str, ...]:
        return self.neurons.notes

    @property
    def states(self) -> tuple[State, ...]:
        return (*self.neurons.states, State("window", "steps of the window", self.window.register))

    @property
    def driven(self) -> tuple[str, ...]:
        return self.neurons.driven

    @property
    def registers(self) -> tuple[str, ...]:
        return (*self.neurons.registers, "window")

    @property
    def saturating(self) -> tuple[str, ...]:
        return self.neurons.saturating

    @property
    def parts(self) -> dict[str, Any]:
        return {**self.neurons.parts, "window": self.window}

    @property
    def synapse(self) -> SynapseSpec | None:
        return self.neurons.synapse

    @property
    def amounts(self) -> tuple[Any, ...]:
        return self.neurons.amounts

    def with_spec(self, spec: LIFSpec) -> Dynamics:
        return WindowDynamics.of(self.neurons.with_spec(spec), self.window)

    def mapped(self, change: Callable[[str, Any], Any]) -> Dynamics:
        return WindowDynamics.of(self.neurons.mapped(change), self.window)

    def with_leaks(self, change: Callable[[str, Leak], Leak]) -> Dynamics:
        return WindowDynamics.of(self.neurons.with_leaks(change), self.window)

    def step(self, ops: Any, states: tuple[Any, ...], arriving: Any, bias: Any = 0) -> StepResult:
        *inner, count = states
        if self.reads_out:
            goes_on = count < self.window.size
            *inner, count = (ops.where(goes_on, state, 0) for state in states)
            done = self.neurons.step(ops, tuple(inner), arriving, bias)
            after = (*done.states, count + 1)
        else:
            done = self.neurons.step(ops, tuple(inner), arriving, bias)
            count = count + 1
            goes_on = count < self.window.size
            after = tuple(ops.where(goes_on, state, 0) for state in (*done.states, count))
        return done._replace(states=after, passes=(*done.passes, goes_on))

    def backward(
        self, grads: tuple[Any, ...], through: Any, out: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> Gradients:
        """Nothing goes back over the end of a window, and nothing hangs on the count."""
        back = self.neurons.backward(self._before(grads, passes), through, out, spikes, passes[:-1])
        states = back.states
        if self.reads_out:
            states = tuple(passed(grad, passes[-1]) for grad in states)
        return back._replace(states=(*states, grads[-1] * 0))

    def to_spikes(self, grads: tuple[Any, ...], noted: tuple[Any, ...], passes: tuple[Any, ...]) -> Any:
        return self.neurons.to_spikes(self._before(grads, passes), noted, passes[:-1])

    def of_threshold(
        self, grads: tuple[Any, ...], through: Any, spikes: Any, passes: tuple[Any, ...]
    ) -> tuple[Any, ...]:
        return self.neurons.of_threshold(self._before(grads, passes), through, spikes, passes[:-1])

    def _before(self, grads: tuple[Any, ...], passes: tuple[Any, ...]) -> tuple[Any, ...]:
        """The gradients of the neurons' states before they were cleared."""
        return grads[:-1] if self.reads_out else tuple(passed(grad, passes[-1]) for grad in grads[:-1])
