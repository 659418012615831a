"""A layer of a deployed network that takes its events one after the other: weights and neurons in one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.event_lif import Arrivals, EventDynamics, Windows, dense
from spikelut.quant.dynamics.kind import StepResult
from spikelut.quant.network.events.limits import most_spikes
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.signal import Signal, need
from spikelut.quant.network.synapses import AFTER_NEURONS, IntegerConv2d, IntegerLinear, Ints


@dataclass(frozen=True, eq=False, repr=False)
class IntegerEventLIF(IntegerLIF):
    """Weights and neurons of a chip that takes event after event, as integers.

    In a step the events of the sources come in the order of their numbers, of images by channel, row and column; one
    that comes n times is n events, one after the other. Each adds its weight, and the register saturates.

    - `weights`: a linear layer of a row of inputs, or a convolution.
    - `each`: the membrane is compared, and reset, after every event (ODIN, Speck), not once per step (ReckOn, Xylo).
    - `ticks`: then a leak, a bias and one more comparison end every step.

    `run` is the reference in NumPy, for event counts [T, B, ...]; the rest is as in `IntegerLIF`.

    ```pycon
    >>> layer = quant.EventLIF(6, 3, profile=hw_profiles.load("odin"), surrogate=surrogates.Arctan())
    >>> neurons = quant.integer(torch.nn.Sequential(layer)).layers[0]
    >>> type(neurons).__name__, neurons.weights.codes.shape, neurons.each
    ('IntegerEventLIF', (3, 6), True)
    ```
    """

    weights: IntegerLinear | IntegerConv2d = field(kw_only=True)
    each: bool = field(kw_only=True)
    ticks: bool = field(default=True, kw_only=True)

    def _parts(self) -> Iterator[str]:
        yield from super()._parts()
        yield f"weights {list(self.weights.codes.shape)}"
        yield "each event compared" if self.each else "compared once a step"

    @property
    def events(self) -> EventDynamics:
        """The neuron kind behind weights whose events come one after the other."""
        return EventDynamics(self.kind, self.each, self.ticks)

    @property
    def summed(self) -> IntegerLIF:
        """The same layer with neurons that add all events of a step at once, for a bound on what events can cause.

        Before a spike, no membrane of this layer rises above one of those. A bias that lowers membranes is left out,
        because events are compared before it is added.
        """
        bias = self.bias and replace(self.bias, mantissa=np.maximum(self.bias.mantissa, 0))
        return IntegerLIF(self.name, self.spec, self.surrogate, self.table, self.synapse, bias)

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Spikes; of a chip that compares after every event as many in a step as the events can cause."""
        where = f"layer {self.name!r}"
        need(where, "events", given, AFTER_NEURONS)
        counts = given.least >= 0 and not given.graded
        require(counts, where, "events must be counts, from 0 on, and not graded spikes", given.least)
        require(not self.others, where, "neurons that take event after event have no further parts", [*self.others])
        convolves = isinstance(self.weights, IntegerConv2d)
        row = len(given.shape) == 1
        require(convolves or row, where, "must be given a row of inputs: flatten what comes in", list(given.shape))
        shape = self.weights.signal(given, profile=profile).shape
        sizes = [len(values) for values in (self.bias.mantissa,)] if self.bias is not None else []
        sizes += [self.kind.count] if self.kind.count is not None else []
        fits = set(sizes) <= {len(self.weights.codes)}
        require(fits, where, "neurons must fit the weights, bias and values of their own have", sizes)
        most = self.spec.max_spikes
        if self.each:
            bias = 0 if self.bias is None else self.bias.codes(2)
            most = most_spikes(self.weights, self.spec, bias, self.ticks, given.largest)
        return Signal("events", 0, most, shape, steps=given.steps)

    def arrivals(self, counts: Ints) -> Arrivals:
        """What comes in a step, source after source, of event counts [B, ...]."""
        layer, codes = self.weights, self.weights.codes.astype(np.int64)
        weights = codes * layer.factors(codes.ndim)
        if not isinstance(layer, IntegerConv2d):
            return dense(weights.T, counts)
        padded = np.pad(counts, ((0, 0), (0, 0), *((p, p) for p in layer.padding)))
        windows = Windows(layer.stride, layer.padding, layer.dilation, layer.groups)
        return windows.arrivals(weights, padded, lambda images, times: np.repeat(images, times, 1))

    def saturated(self, current: Ints) -> float:
        """ValueError: a register may saturate at any of a step's events, and only its last state is noted."""
        message = "saturated must be asked of neurons that add once a step; see the membranes of trace"
        raise ValueError(f"layer {self.name!r}: {message}, got neurons that take event after event")

    def steps(self, current: Ints, **before: Ints | None) -> Iterator[tuple[StepResult, Ints]]:
        """Each time step in turn for event counts [T, B, ...], with the sums of what came in."""
        sums, events = self.weights.run(current), self.events
        kind = self.kind.spread(sums.ndim - 1)
        spread = EventDynamics(kind, events.each, events.ticks)
        given = (before.get(state.name) for state in kind.states)
        states = tuple(np.zeros(sums.shape[1:], np.int64) if state is None else state for state in given)
        bias = 0 if self.bias is None else self.bias.codes(sums.ndim - 1)
        for counts, arriving in zip(current, sums, strict=True):
            step = spread.step(NumpyOps, states, self.arrivals(counts), bias)
            states = step.states
            yield step, arriving

    def trace(self, current: Ints, **before: Ints | None) -> dict[str, Ints]:
        """What the layer does in each step, [T, B, ...], for event counts of its inputs; see `IntegerLIF.trace`."""
        shape = self.weights.run(current[:1]).shape[1:] if len(current) else self.weights.run(current).shape[1:]
        names = ("spikes", "arriving", *(state.name for state in self.kind.states))
        trace = {name: np.zeros((len(current), *shape), np.int64) for name in names}
        for t, (step, arriving) in enumerate(self.steps(current, **before)):
            for name, value in zip(names, (step.spikes, arriving, *step.states), strict=True):
                trace[name][t] = value
        return trace
