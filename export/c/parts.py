"""What a step of a network does in C, part by part, with its arrays: layers without weights, sums, neurons."""

from dataclasses import dataclass
from math import prod

from spikelut.export.c.arrays import Constant, Values
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerDelay,
    IntegerDelayedLinear,
    IntegerLayer,
    IntegerLIF,
    IntegerLinear,
)
from spikelut.quant.network.signal import Signal


@dataclass(frozen=True, eq=False)
class Shaping:
    """A layer without weights and neurons: from the arrays `given` into another one; None for a copy of an output.

    `index`: the places that are taken, where they are not evenly apart.
    """

    layer: IntegerLayer | None
    suffix: str
    given: tuple[Values, ...]
    into: Values
    index: Constant | None = None


@dataclass(frozen=True, eq=False)
class Delayed:
    """A layer that looks back in time: from one array into another one, with a ring of `slots` steps in the state.

    Delays of axons keep events in it, and `delay` has those of channels, unless there is one for all; weights keep what
    is due in each of the next steps, and `weight` and `delay` are [in, out].
    """

    layer: IntegerDelay | IntegerDelayedLinear
    suffix: str
    given: Values
    into: Values
    delay: Constant | None
    weight: Constant | None = None
    shift: Constant | None = None

    @property
    def slots(self) -> int:
        """Steps: this one, and as many as the longest delay."""
        return self.layer.length + 1


@dataclass(frozen=True, eq=False)
class Synapses:
    """Weights in the order they are read: of each input (channel, and place in the kernel) those to all outputs.

    `sums`: C for the array where those of one place add up. `gives`: all of them, in membrane codes; no array.
    """

    layer: IntegerLinear | IntegerConv2d
    given: Values
    sums: str
    weight: Constant
    shift: Constant | None
    reach: int
    gives: Signal

    @property
    def is_wide(self) -> bool:
        """Whether sums add up in 64 bits."""
        return self.sums == "state->wide"

    @property
    def outputs(self) -> int:
        """Of each place: neurons, or channels of these."""
        return len(self.layer.codes)

    @property
    def places(self) -> int:
        """How many there are: of an image, or rows of inputs of their own."""
        return prod(self.gives.shape) // self.outputs


@dataclass(frozen=True, eq=False)
class Sums:
    """Weights whose sums, in membrane codes, are kept in an array."""

    suffix: str
    feed: Synapses
    into: Values


@dataclass(frozen=True, eq=False)
class Neurons:
    """A layer of neurons with the weights before it, or the sums it takes, and weights from its own last spikes.

    `own`: of decays and thresholds those that are one for each neuron or channel, by `Dynamics.mapped`'s names.
    `stored`: the arrays where what it gives is written; `out` is where others read it.
    """

    layer: IntegerLIF
    suffix: str
    shape: tuple[int, ...]
    feed: Synapses | Values
    back: Synapses | None
    bias: Constant | int
    own: dict[str, Constant | int]
    out: Values
    stored: tuple[Values, ...]

    @property
    def outputs(self) -> int:
        """Neurons, or channels of these."""
        return self.shape[0]

    @property
    def places(self) -> int:
        """Of each channel."""
        return prod(self.shape[1:])

    @property
    def given(self) -> Values:
        """What comes in."""
        return self.feed if isinstance(self.feed, Values) else self.feed.given


Part = Shaping | Sums | Delayed | Neurons
