"""The layers of a deployed network as plain integers, each with a NumPy reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.kind import Dynamics, StepResult
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

Ints = NDArray[np.int64]
WINDOWS_AT_ONCE = 2**24


@dataclass(frozen=True, eq=False)
class IntegerWeights:
    """Weights as integers: an event adds code * lsb * 2**(exponent + shift) membrane codes.

    `codes` is int8 or int16, out first, and has `bits` bits; `lsb` a power of two; `exponent` the layer's shift;
    `shift` the chip's. `channels`: a further left shift of each output; empty where there is none.
    """

    name: str
    codes: NDArray[Any]
    lsb: int
    exponent: int
    shift: int
    bits: int
    channels: tuple[int, ...] = ()

    @property
    def weight(self) -> Ints:
        """The weights as the chip stores them, code * lsb."""
        return self.codes.astype(np.int64) * self.lsb

    @property
    def left_shift(self) -> int:
        """log2 of the membrane codes that one weight code adds, but for the shift of its channel."""
        return self.lsb.bit_length() - 1 + self.exponent + self.shift

    def factors(self, rank: int) -> Ints:
        """The membrane codes that one code adds, by output, or of all, for arrays of a `rank` with outputs first."""
        each = np.int64(1) << np.array(self.channels or (0,), np.int64) + self.left_shift
        return each.reshape(-1, *[1] * (rank - 1))

    @property
    def fan_in(self) -> int:
        """The number of inputs of a neuron."""
        return int(np.prod(self.codes.shape[1:]))

    @property
    def largest_sum(self) -> int:
        """The largest magnitude of any synaptic sum of 0/1 spikes, in membrane codes."""
        codes = self.codes.astype(np.int64).reshape(len(self.codes), -1)
        reach = np.maximum(np.where(codes > 0, codes, 0).sum(1), -np.where(codes < 0, codes, 0).sum(1))
        return int((reach * self.factors(1)).max(initial=0))


@dataclass(frozen=True, eq=False)
class IntegerLinear(IntegerWeights):
    """A fully connected layer of a deployed network as integers; `codes` is [out, in].

    Synaptic sums, in membrane codes, are events @ (code * lsb * 2**(exponent + shift)).T.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> layer = quant.integer(model).layers[0]
    >>> layer.codes.shape, layer.codes.dtype, layer.lsb, bool((layer.weight % 2 == 0).all())
    ((4, 8), dtype('int8'), 2, True)
    ```
    """

    def run(self, spikes: Ints) -> Ints:
        """Synaptic sums [T, B, out] of event counts [T, B, in]."""
        return _product(spikes, self.codes.T) * self.factors(1)


@dataclass(frozen=True, eq=False)
class IntegerConv2d(IntegerWeights):
    """A convolution of a deployed network as integers; `codes` is [out, in / groups, kernel height, kernel width].

    Zeros are around. What a code is worth is that of `IntegerLinear`.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> convolution = quant.QuantConv2d(2, 3, 5, profile=profile)
    >>> quant.integer(torch.nn.Sequential(convolution, quant.LIF(profile, surrogates.Arctan()))).layers[0].codes.shape
    (3, 2, 5, 5)
    ```
    """

    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    groups: int = 1

    @property
    def in_channels(self) -> int:
        return int(self.codes.shape[1]) * self.groups

    def run(self, spikes: Ints) -> Ints:
        """Synaptic sums [T, B, out, H', W'] of event counts [T, B, in, H, W]."""
        (up, left), (down, right) = self.padding, self.stride
        padded = np.pad(spikes, ((0, 0), (0, 0), (0, 0), (up, up), (left, left))).reshape(
            -1, *_padded(spikes, up, left)
        )
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.codes.shape[2:], (2, 3))
        windows = windows[:, :, ::down, ::right]
        height, width = windows.shape[2:4]
        sums = np.empty((len(padded), len(self.codes), height, width), np.int64)
        at_once = max(1, WINDOWS_AT_ONCE // max(1, int(np.prod(windows.shape[1:]))))
        for first in range(0, len(padded), at_once):
            part = windows[first : first + at_once]
            for inputs, outputs in _groups(self.in_channels, len(self.codes), self.groups):
                # [n, C, H, W, kh, kw] to [n, H, W, C * kh * kw]
                patches = part[:, inputs].transpose(0, 2, 3, 1, 4, 5).reshape(len(part), height, width, self.fan_in)
                kernel = self.codes[outputs].reshape(-1, self.fan_in).T
                sums[first : first + at_once, outputs] = _product(patches, kernel).transpose(0, 3, 1, 2)
        return sums.reshape(*spikes.shape[:2], *sums.shape[1:]) * self.factors(3)


def _padded(spikes: Ints, up: int, left: int) -> tuple[int, int, int]:
    return spikes.shape[2], spikes.shape[3] + 2 * up, spikes.shape[4] + 2 * left


def _groups(inputs: int, outputs: int, groups: int) -> list[tuple[slice, slice]]:
    i, o = inputs // groups, outputs // groups
    return [(slice(g * i, (g + 1) * i), slice(g * o, (g + 1) * o)) for g in range(groups)]


def _product(a: NDArray[Any], b: NDArray[Any]) -> Ints:
    # Sums are far below 2**53, so float64 holds them exactly, and its products are many times faster than integers'.
    product: Ints = (a.astype(np.float64) @ b.astype(np.float64)).astype(np.int64)
    return product


@dataclass(frozen=True, eq=False)
class IntegerSumPool2d:
    """Sum pooling of a deployed network: the number of events in each window.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerSumPool2d("pool", 2, 2).run(np.ones((1, 1, 1, 4, 4), np.int64)).ravel()
    array([4, 4, 4, 4])
    ```
    """

    name: str
    kernel_size: int
    stride: int

    def run(self, spikes: Ints) -> Ints:
        """Event counts [T, B, C, H', W'] of event counts [T, B, C, H, W]."""
        size = (self.kernel_size, self.kernel_size)
        windows = np.lib.stride_tricks.sliding_window_view(spikes, size, (3, 4))
        counts: Ints = windows[:, :, :, :: self.stride, :: self.stride].sum((5, 6))
        return counts


@dataclass(frozen=True, eq=False)
class IntegerFlatten:
    """Flattening of a deployed network: all that follows time and batch in one dimension.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerFlatten("flat").run(np.ones((5, 2, 3, 4, 4), np.int64)).shape
    (5, 2, 48)
    ```
    """

    name: str

    def run(self, spikes: Ints) -> Ints:
        """Event counts [T, B, N] of event counts [T, B, ...]."""
        return spikes.reshape(*spikes.shape[:2], -1)


@dataclass(frozen=True, eq=False)
class IntegerRepeat:
    """A constant input of a deployed network: the same synaptic sums in each of `steps` time steps.

    ```pycon
    >>> import numpy as np
    >>> quant.IntegerRepeat("repeat", 3).run(np.array([[[7]]])).ravel()
    array([7, 7, 7])
    ```
    """

    name: str
    steps: int

    def run(self, current: Ints) -> Ints:
        """Synaptic sums [steps, B, ...] of synaptic sums [1, B, ...]."""
        return np.repeat(current, self.steps, 0)


@dataclass(frozen=True, eq=False)
class IntegerBias:
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

    def codes(self, dimensions: int) -> Ints:
        """Membrane codes, to be added to a state [B, N, ...] of so many `dimensions`."""
        return (self.mantissa << self.exponent).reshape(-1, *[1] * (dimensions - 2))


@dataclass(frozen=True, eq=False)
class IntegerLIF:
    """A layer of neurons of a deployed network as integers.

    `surrogate` is the curve it was trained with, `table` the table if that was one. A read-out has no curve; a
    recurrent layer has weights from its own last spikes. `run` is the reference in NumPy: what an exported file or a
    chip must give.

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

    @property
    def kind(self) -> Dynamics:
        """The neuron kind, with its integers."""
        return dynamics_of(self.spec, self.synapse)

    @property
    def reads_out(self) -> bool:
        """Whether the layer gives its membrane, and never spikes."""
        return self.spec.threshold is None

    def run(self, current: Ints) -> tuple[Ints, Ints]:
        """Spikes (of a read-out, membranes) and membranes [T, B, ...] for synaptic sums [T, B, ...], from rest."""
        trace = self.trace(current)
        return trace["mem" if self.reads_out else "spikes"], trace["mem"]

    def states(self, current: Ints, mem: Ints | None = None, syn: Ints | None = None) -> tuple[Ints, Ints, Ints]:
        """Spikes, membranes and synaptic currents [T, B, ...] for synaptic sums `current` of that shape.

        `mem` and `syn` [B, ...] are the states before the first step, by default zero. Neurons without a synaptic
        current give the sums that came in for it.
        """
        trace = self.trace(current, mem=mem, syn=syn)
        return trace["spikes"], trace["mem"], trace.get("syn", trace["arriving"])

    def trace(self, current: Ints, **before: Ints | None) -> dict[str, Ints]:
        """What the layer does in each step, [T, B, ...], for synaptic sums of that shape, from rest or given states.

        `spikes`, zero of a read-out; every state after the step by its name; `arriving`, the sums with those of the
        layer's own last spikes.
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
        shape = current.shape[1:]
        kept = (np.broadcast_to(reduce(and_, s.passes), shape) for s, _ in self.steps(current))
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


IntegerLayer = IntegerLinear | IntegerConv2d | IntegerSumPool2d | IntegerFlatten | IntegerRepeat | IntegerLIF
