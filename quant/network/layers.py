"""The neurons of a deployed network as plain integers, with a NumPy reference; and all its layers by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut._text import Brief
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.arithmetic.per_neuron import is_each, shown_values
from spikelut.quant.dynamics.kind import Dynamics, StepResult
from spikelut.quant.dynamics.kinds import dynamics_of, shown_numbers, title_of
from spikelut.quant.dynamics.spec import MAX_CURRENT, LIFSpec, SynapseSpec
from spikelut.quant.network.delays.axons import IntegerDelay as IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear as IntegerDelayedLinear
from spikelut.quant.network.merges import IntegerAdd as IntegerAdd
from spikelut.quant.network.merges import IntegerConcat as IntegerConcat
from spikelut.quant.network.merges import IntegerMatMul as IntegerMatMul
from spikelut.quant.network.merges import IntegerProduct as IntegerProduct
from spikelut.quant.network.shapes.order import IntegerFlatten as IntegerFlatten
from spikelut.quant.network.shapes.order import IntegerRepeat as IntegerRepeat
from spikelut.quant.network.shapes.order import IntegerReshape as IntegerReshape
from spikelut.quant.network.shapes.order import IntegerReverse as IntegerReverse
from spikelut.quant.network.shapes.order import IntegerTake as IntegerTake
from spikelut.quant.network.shapes.order import IntegerTranspose as IntegerTranspose
from spikelut.quant.network.shapes.pooling import IntegerMaxPool2d as IntegerMaxPool2d
from spikelut.quant.network.shapes.pooling import IntegerSpread as IntegerSpread
from spikelut.quant.network.shapes.pooling import IntegerSumPool2d as IntegerSumPool2d
from spikelut.quant.network.shapes.pooling import IntegerTotal as IntegerTotal
from spikelut.quant.network.shapes.pooling import IntegerUpsample as IntegerUpsample
from spikelut.quant.network.signal import Signal, need, row_of
from spikelut.quant.network.synapses import IntegerConv2d as IntegerConv2d
from spikelut.quant.network.synapses import IntegerLinear as IntegerLinear
from spikelut.quant.network.synapses import IntegerScale as IntegerScale
from spikelut.quant.network.synapses import IntegerWeights, Ints
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

ENCODES = "an encoder (Delta) takes inputs or spikes; SigmaDelta takes sums of weights"
BEFORE_NEURONS = (
    "weights and neurons must alternate, weights, SumPool2d or Flatten are next; multiply spikes that go to neurons "
    "without weights by a power of two"
)


@dataclass(frozen=True, eq=False, repr=False)
class IntegerBias(Brief):
    """The bias of a deployed layer of neurons: mantissa * 2**exponent membrane codes, added in every step.

    `mantissa` is one integer for each neuron, or for each channel of a convolution.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerBias(np.array([3, -1]), 4).codes(2)
    array([ 48, -16])
    ```
    """

    mantissa: Ints
    exponent: int

    def _parts(self) -> Iterator[str]:
        yield f"{shown_values(self.mantissa, 'd')} << {self.exponent}"

    def codes(self, dimensions: int) -> Ints:
        """Membrane codes, to be added to a state [B, N, ...] of so many `dimensions`."""
        return (self.mantissa << self.exponent).reshape(-1, *[1] * (dimensions - 2))


@dataclass(frozen=True, eq=False, repr=False)
class IntegerLIF(Brief):
    """A layer of neurons of a deployed network as integers.

    `surrogate` is the curve that it was trained with, and `table` the lookup table, if it was trained with one. A
    read-out has no curve. A recurrent layer has weights from its own spikes of the step before. `run` is the reference
    in NumPy: what an exported file or a chip must give.

    ```pycon
    >>> import numpy as np
    >>> spec = quant.LIFSpec.from_profile(hw_profiles.load("loihi2"), beta=0.9, threshold=1.0, reset="zero")
    >>> neurons = quant.IntegerLIF("lif", spec, surrogates.Arctan(), None)
    >>> spikes, mem = neurons.run(np.full((4, 1, 1), 100_000))
    >>> spikes.ravel(), mem.ravel()
    (array([0, 0, 1, 0]), array([100000, 189990,      0, 100000]))
    ```
    """

    name: str
    spec: LIFSpec
    surrogate: Surrogate | None
    table: Table | None
    synapse: SynapseSpec | None = None
    bias: IntegerBias | None = None
    recurrent: IntegerLinear | None = None
    others: Mapping[str, Any] = field(default_factory=dict)
    """Further parts of the neuron kind, by name; see `dynamics.kinds.PARTS`."""

    def _parts(self) -> Iterator[str]:
        yield repr(self.name)
        yield title_of(self.kind)
        yield from shown_numbers(self.kind)
        yield f"bias [{len(self.bias.mantissa)}]" if self.bias is not None else ""
        yield f"recurrent {list(self.recurrent.codes.shape)}" if self.recurrent is not None else ""
        yield "" if self.surrogate is None else repr(self.surrogate)

    @property
    def kind(self) -> Dynamics:
        """The neuron kind, with its integers."""
        return dynamics_of(self.spec, self.synapse, **self.others)

    @property
    def reads_out(self) -> bool:
        """Whether the layer gives its membrane, and never spikes."""
        return self.spec.threshold is None

    def signal(self, given: Signal, *, profile: Profile) -> Signal:
        """Spikes, or the membranes of a read-out, of the shape of the sums that come in."""
        where, kind = f"layer {self.name!r}", self.kind
        need(where, kind.takes, given, BEFORE_NEURONS if kind.takes == "sums" else ENCODES)
        if kind.takes == "events":
            worth = 2.0**-kind.arriving_frac
            require(given.step == worth, where, f"input_step must be {given.step:g}, as what comes in is worth", worth)
        elif not kind.wide:
            most = f"sums must be at most {MAX_CURRENT} membrane codes, but of neurons with 32-bit states"
            require(given.reach <= MAX_CURRENT, where, most, given.reach)
        message = f"must be neurons of {profile.name}, as the weights before them"
        require(given.profile in (None, profile), where, message, given.profile and given.profile.name)
        sizes = [] if self.bias is None else [len(self.bias.mantissa)]
        sizes += [] if self.recurrent is None else [len(self.recurrent.codes)]
        sizes += [len(values) for values in kind.amounts if is_each(values)]
        first = row_of(where, given)[0]
        fits = not isinstance(first, int) or set(sizes) <= {first}
        require(
            fits, where, "neurons must fit the weights, bias, recurrent weights and values of their own have", sizes
        )
        flat = self.recurrent is None or len(given.shape) == 1
        require(flat, where, "recurrent neurons must be in a row: flatten what comes in", list(given.shape))
        out = kind.given(given.least, given.largest)
        reads_out = out.kind == "membranes"
        chip, graded = profile if reads_out else None, not reads_out and out.least < 0
        return Signal(out.kind, out.least, out.largest, given.shape, out.step, given.steps, chip, graded)

    def run(self, current: Ints) -> tuple[Ints, Ints]:
        """Spikes (of a read-out, membranes) and the first state [T, B, ...] for synaptic sums [T, B, ...], from rest.

        An encoder takes inputs, in whole numbers of its `input_step`, instead of sums.
        """
        trace, first = self.trace(current), self.kind.states[0].name
        return trace[first if self.reads_out else "spikes"], trace[first]

    def states(self, current: Ints, mem: Ints | None = None, syn: Ints | None = None) -> tuple[Ints, Ints, Ints]:
        """Spikes, membranes and synaptic currents [T, B, ...] for synaptic sums `current` of that shape.

        `mem` and `syn` [B, ...] are the states before the first step, by default zero. Neurons without a synaptic
        current give the sums that came in instead.
        """
        trace = self.trace(current, mem=mem, syn=syn)
        return trace["spikes"], trace["mem"], trace.get("syn", trace["arriving"])

    def trace(self, current: Ints, **before: Ints | None) -> dict[str, Ints]:
        """What the layer does in each step, [T, B, ...], for synaptic sums of that shape, from rest or given states.

        By name: `spikes`, zero for a read-out; every state after the step; and `arriving`, the sums that came in, with
        those from the layer's own last spikes.
        """
        names = ("spikes", "arriving", *(state.name for state in self.kind.states))
        trace = {name: np.zeros_like(current) for name in names}
        for t, (step, arriving) in enumerate(self.steps(current, **before)):
            found = (0 if self.reads_out else step.spikes, arriving, *step.states)
            for name, value in zip(names, found, strict=True):
                trace[name][t] = value
        return trace

    def saturated(self, current: Ints) -> float:
        """The share of neuron steps in which a register saturated, for synaptic sums [T, B, ...] from rest."""
        shape, kind = current.shape[1:], self.kind
        at = [kind.registers.index(name) for name in kind.saturating]
        kept = (np.broadcast_to(reduce(and_, [s.passes[i] for i in at], True), shape) for s, _ in self.steps(current))
        return 1 - float(np.mean([passes.mean() for passes in kept]))

    def steps(self, current: Ints, **before: Ints | None) -> Iterator[tuple[StepResult, Ints]]:
        """Each time step in turn, with the synaptic sums that came in, recurrent ones included."""
        kind, spikes, count = self.kind.spread(current.ndim - 1), None, self.kind.count
        fits = count is None or (current.ndim >= 3 and current.shape[2] == count)
        require(
            fits, "IntegerLIF", f"current must be [T, B, {count}, ...], as decays and thresholds are", current.shape
        )
        given = (before.get(state.name) for state in kind.states)
        states = tuple(np.zeros(current.shape[1:], np.int64) if state is None else state for state in given)
        bias = 0 if self.bias is None else self.bias.codes(current.ndim - 1)
        for arriving in current:
            if self.recurrent and spikes is not None:
                arriving = arriving + self.recurrent.run(spikes)
            step = kind.step(NumpyOps, states, arriving, bias)
            states, spikes = step.states, step.spikes
            yield step, arriving


Weighted = IntegerLinear | IntegerConv2d | IntegerDelayedLinear
Shaping = (
    IntegerSumPool2d
    | IntegerMaxPool2d
    | IntegerTotal
    | IntegerUpsample
    | IntegerSpread
    | IntegerFlatten
    | IntegerReshape
    | IntegerReverse
    | IntegerTranspose
    | IntegerTake
)
Merging = IntegerAdd | IntegerConcat | IntegerProduct | IntegerMatMul
IntegerLayer = Weighted | IntegerScale | Shaping | Merging | IntegerRepeat | IntegerDelay | IntegerLIF


def weights_of(layer: IntegerLayer) -> Iterator[IntegerWeights]:
    """The weights that a layer has: its own, those before neurons that are one layer with them, recurrent ones."""
    for part in (layer, getattr(layer, "weights", None), getattr(layer, "recurrent", None)):
        if isinstance(part, IntegerWeights):
            yield part
