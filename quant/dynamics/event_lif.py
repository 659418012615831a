"""Neurons of chips that add their inputs event by event, and saturate, or even compare, after each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.kind import Dynamics, StepResult
from spikelut.quant.dynamics.lif import MembraneStep, lif_step
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


def add_events(ops: Any, register: NumberFormat, state: Any, weights: Any, counts: Any) -> Any:
    """`state` [..., N] after events source by source, each brought into `register` before the next.

    `weights` [sources, N] in codes of the state, `counts` [..., sources] how often each source came. Events of one
    source have one sign, so that adding them at once saturates, or wraps, as adding them one by one does.
    """
    for source in range(len(weights)):
        state = apply_overflow(ops, state + weights[source] * counts[..., source, None], register)
    return state


def event_step(ops: Any, spec: LIFSpec, mem: Any, weights: Any, counts: Any) -> MembraneStep:
    """A time step of a chip that compares after every event: the sources in order, then the leak.

    `weights` [sources, N], `counts` [..., sources]: a source that comes n times is n events, one after the other.
    Spikes are counted; x is the largest of the step.
    """
    still = replace(spec, leak=replace(spec.leak, kind="none"), leak_first=True, read="after_leak")
    spikes, x, passes = 0, None, True
    for source, number in _events(counts):
        # Without an event nothing is compared.
        happened = counts[..., source, None] > number
        step = lif_step(ops, still, mem, weights[source] * happened)
        mem = ops.where(happened, step.mem, mem)
        spikes = spikes + step.spikes * happened
        x = step.x if x is None else ops.where(step.x > x, step.x, x)
        passes = passes & step.mem_passes
    end = lif_step(ops, replace(spec, leak_first=True, read="after_leak"), mem, mem * 0)
    return end._replace(spikes=spikes + end.spikes * 1, x=x, mem_passes=passes)


def _events(counts: Any) -> Iterator[tuple[int, int]]:
    """Every source, and which of its events, as often as it comes anywhere; of a source that does not come, one."""
    for source in range(counts.shape[-1]):
        most = 0 if 0 in counts.shape else int(counts[..., source].max())
        yield from ((source, number) for number in range(max(1, most)))


@dataclass(frozen=True)
class EventDynamics:
    """Neurons of a kind whose inputs arrive event by event, through weights, source after source.

    `each`: the membrane is compared after every event, not once per step. Events go to the synaptic current of a kind
    that has one, or else to the membrane itself. The derivative is that of `kind` with the inputs of a step summed.
    """

    kind: Dynamics
    each: bool

    @property
    def spec(self) -> LIFSpec:
        """The integers of the membrane."""
        return self.kind.spec

    @property
    def synapse(self) -> SynapseSpec | None:
        """The integers of the synaptic current; None without one."""
        return self.kind.synapse

    def step(self, ops: Any, states: tuple[Any, ...], weights: Any, counts: Any) -> StepResult:
        """One step for `counts` [..., sources] and `weights` [sources, N] in membrane codes."""
        kind, first = self.kind, self.kind.states[-1]
        if self.each:
            done = event_step(ops, kind.spec, states[0], weights, counts)
            return StepResult((done.mem,), done.spikes, done.x, (done.mem_passes, True), *done[5:])
        added = add_events(ops, first.register, states[-1], weights, counts)
        result = kind.step(ops, (*states[:-1], added), added * 0)
        return result._replace(passes=(result.passes[0], *[True] * (len(result.passes) - 1)))

    def steps(self, ops: Any, weights: Any, counts: Any, rest: Any) -> Iterator[StepResult]:
        """Every time step for `counts` [T, ..., sources], from states that are all `rest`."""
        states = (rest,) * len(self.kind.states)
        for arriving in counts:
            result = self.step(ops, states, weights, arriving)
            states = result.states
            yield result
