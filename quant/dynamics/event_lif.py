"""Neurons of chips that add their inputs event by event, and saturate, or even compare, after each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.kind import Dynamics, StepResult
from spikelut.quant.dynamics.lif import MembraneStep, lif_step
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec

Arrivals = Iterable[tuple[Any, Any]]
"""Source after source, its weights and how often it came; both are broadcast with the states."""


def add_event(ops: Any, register: NumberFormat, state: Any, weight: Any, count: Any) -> Any:
    """`state` after one source came `count` times, brought into `register`.

    Its events have one sign, so that adding them at once saturates, or wraps, as adding them one by one does.
    """
    return apply_overflow(ops, state + weight * count, register)


def add_events(ops: Any, register: NumberFormat, state: Any, weights: Any, counts: Any) -> Any:
    """`state` [..., N] after events source by source, each brought into `register` before the next.

    `weights` [sources, N] in codes of the state, `counts` [..., sources] how often each source came.
    """
    return _added(ops, register, state, dense(weights, counts))


def _added(ops: Any, register: NumberFormat, state: Any, arrivals: Arrivals) -> Any:
    for weight, count in arrivals:
        state = add_event(ops, register, state, weight, count)
    return state


def dense(weights: Any, counts: Any) -> Arrivals:
    """The arrivals of `counts` [..., sources] through `weights` [sources, N]."""
    return [(weights[source], counts[..., source, None]) for source in range(len(weights))]


@dataclass(frozen=True)
class Windows:
    """Where a convolution sees its sources: numbers for rows and columns, and groups of channels."""

    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int

    def arrivals(self, weights: Any, padded: Any, repeat: Callable[[Any, int], Any]) -> Arrivals:
        """The arrivals of images `padded` [B, C, H, W], zeros around included, through [out, C / groups, kh, kw].

        The places of the kernel come in their order, each at once for all windows: a neuron's own sources come in the
        order of the image (channel, row, column) then, as it sees only those of its window. `repeat` repeats channels.
        """
        out, each, *kernel = weights.shape
        reach = [(k - 1) * d + 1 for k, d in zip(kernel, self.dilation, strict=True)]
        sizes = [(n - r) // s + 1 for n, r, s in zip(padded.shape[2:], reach, self.stride, strict=True)]

        def seen(axis: int, place: int) -> slice:
            first, step = place * self.dilation[axis], self.stride[axis]
            return slice(first, first + (sizes[axis] - 1) * step + 1, step)

        for channel in range(each):
            images = padded[:, channel::each]
            images = images if self.groups == 1 else repeat(images, out // self.groups)
            for row in range(kernel[0]):
                for column in range(kernel[1]):
                    weight = weights[:, channel, row, column, None, None]
                    yield weight, images[:, :, seen(0, row), seen(1, column)]


def compared_event(ops: Any, spec: LIFSpec, mem: Any, weight: Any) -> MembraneStep:
    """One event of a chip that compares after each: its weight is added, and a spike resets; nothing leaks."""
    return lif_step(ops, _without_leak(spec), mem, weight)


def tick(ops: Any, spec: LIFSpec, mem: Any, bias: Any = 0) -> MembraneStep:
    """What ends a step on such a chip: the leak and a bias are an event too, and compared."""
    return lif_step(ops, replace(spec, leak_first=True, read="after_leak"), mem, mem * 0, bias)


def _without_leak(spec: LIFSpec) -> LIFSpec:
    return replace(spec, leak=replace(spec.leak, kind="none"), leak_first=True, read="after_leak")


def event_step(ops: Any, spec: LIFSpec, mem: Any, weights: Any, counts: Any) -> MembraneStep:
    """A time step of a chip that compares after every event: the sources in order, then the leak.

    `weights` [sources, N], `counts` [..., sources]: a source that comes n times is n events, one after the other.
    Spikes are counted; x is the largest of the step.
    """
    return compared_step(ops, spec, mem, dense(weights, counts), 0, True)


def compared_step(ops: Any, spec: LIFSpec, mem: Any, arrivals: Arrivals, bias: Any, ticks: bool) -> MembraneStep:
    """`event_step` for any arrivals. Without `ticks` nothing ends the step: a neuron waits for its next event.

    x is the largest potential above threshold that a source met or left: after an event and before the reset, or, of a
    source that did not come, the membrane as it stood. A reset leaves less than it met, so that this is the largest
    after the events, and the membrane before them where the first source did not come.
    """
    spikes, x, passes = mem * 0, None, True
    for weight, count in arrivals:
        if x is None:
            x = ops.where(count > 0, spec.membrane.min_code, mem) - spec.spike_at
        # A chip compares where something comes.
        for number in range(_most(count)):
            happened = count > number
            step = compared_event(ops, spec, mem, weight * happened)
            spikes = spikes + step.spikes * happened
            x = ops.where(happened & (step.x > x), step.x, x)
            passes = passes & (step.mem_passes | ~happened)
            mem = ops.where(happened, step.mem, mem)
    return ended(ops, spec, MembraneStep(mem, spikes, x, passes, True, mem, mem), bias, ticks)


def ended(ops: Any, spec: LIFSpec, events: MembraneStep, bias: Any, ticks: bool) -> MembraneStep:
    """A step after its `events`, which a tick ends or nothing."""
    if not ticks:
        return events
    end = tick(ops, spec, events.mem, bias)
    return end._replace(spikes=events.spikes + end.spikes * 1, x=events.x, mem_passes=events.mem_passes)


def _most(count: Any) -> int:
    """How often a source comes anywhere."""
    return 0 if 0 in count.shape else int(count.max())


@dataclass(frozen=True)
class EventDynamics:
    """Neurons of a kind whose inputs arrive event by event, through weights, source after source.

    `each`: the membrane is compared after every event, not once per step; `ticks`: then a leak, a bias and a
    comparison end every step, see `compared_step`. Events go to the synaptic current of a kind that has one, or else to
    the membrane itself. The derivative is that of `kind` with the inputs of a step summed.
    """

    kind: Dynamics
    each: bool
    ticks: bool = True

    @property
    def spec(self) -> LIFSpec:
        """The integers of the membrane."""
        return self.kind.spec

    @property
    def synapse(self) -> SynapseSpec | None:
        """The integers of the synaptic current; None without one."""
        return self.kind.synapse

    def step(self, ops: Any, states: tuple[Any, ...], arrivals: Arrivals, bias: Any = 0) -> StepResult:
        """One step for the `arrivals`, in membrane codes, and a `bias` of the membrane."""
        kind, last = self.kind, self.kind.states[-1]
        if self.each:
            return self.compared(compared_step(ops, kind.spec, states[0], arrivals, bias, self.ticks))
        return self.added(ops, (*states[:-1], _added(ops, last.register, states[-1], arrivals)), bias)

    def compared(self, done: MembraneStep) -> StepResult:
        """A step whose events were each compared."""
        return StepResult((done.mem,), done.spikes, done.x, (done.mem_passes, True), *done[5:])

    def added(self, ops: Any, states: tuple[Any, ...], bias: Any) -> StepResult:
        """A step of a chip that compares once in it, from states to which its events have been added."""
        result = self.kind.step(ops, states, states[-1] * 0, bias)
        return result._replace(passes=(result.passes[0], *[True] * (len(result.passes) - 1)))

    def steps(self, ops: Any, weights: Any, counts: Any, rest: Any) -> Iterator[StepResult]:
        """Every time step for `counts` [T, ..., sources], from states that are all `rest`."""
        states = (rest,) * len(self.kind.states)
        for arriving in counts:
            result = self.step(ops, states, dense(weights, arriving))
            states = result.states
            yield result
