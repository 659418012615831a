"""The chip's memories: what is programmed into it, what a sample changes, and what learning changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spikelut._checks import require, require_int
from spikelut._text import brief
from spikelut.quant.chips.reckon.generators import seeded
from spikelut.quant.chips.reckon.registers import Registers

Ints = NDArray[np.int64]
ALPHA = (28672, 36863)
"""The decay factors there are: the top four of their sixteen bits are 7 or 8."""


CURVE_FRAC = 6
"""The most fraction bits of a curve's slopes."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A pseudo-derivative that the chip does not have, for comparison: a slope for each 16-bit membrane.

    `slopes` [65536], of membranes -32768 on; they have `frac` bits of fraction, up to 6, and are below 16 like the
    chip's.

    ```pycon
    >>> import numpy as np
    >>> step = np.where(np.arange(-32768, 32768) < 205, 0, 1)
    >>> quant.reckon.Curve(step).frac
    0
    ```
    """

    slopes: Ints
    frac: int = 0

    def __post_init__(self) -> None:
        require_int(self, "frac", self.frac, 0, CURVE_FRAC)
        most = 16 << self.frac
        object.__setattr__(self, "slopes", _integers("slopes", self.slopes, (2**16,), -most, most - 1))


@dataclass(repr=False)
class Chip:
    """ReckOn as it is programmed, and what its learning has made of it.

    - `registers`: its configuration.
    - `alpha`, `threshold`: decay factor, unsigned 1.15 in 28672..36863, and signed 16-bit threshold of each pair of
      neurons; a number is that of all. There are as many pairs as the most of inputs, neurons and outputs needs: traces
      of inputs decay by the factor of the neuron with their number. Places that are no neuron must not spike.
    - `w_inp` [inputs, neurons], `w_rec` [neurons, neurons], `w_out` [neurons, outputs]: 8-bit weights. They are copied,
      and change as the chip learns.
    - `generators`: the states of its random generators; from the seeds, where they are left out.
    - `calls`: how often the generators of the three kinds of weights were called.
    - `curve`: a pseudo-derivative in place of that of the registers; then it is not the chip any more.

    Raises ValueError for weights of another shape or beyond 8 bits, other factors, and places without a neuron that
    would spike by themselves. Source: ChFrenkel/ReckOn 5e5c0bea doc/README.md 1, src/srnn.v.

    ```pycon
    >>> import numpy as np
    >>> registers = quant.reckon.Registers(num_inp_neur=3, num_rec_neur=1, num_out_neur=1, fp_loc_winp=3)
    >>> weights = np.full((4, 2), 60), np.zeros((2, 2), int), np.array([[9, 0], [0, 9]])
    >>> chip = quant.reckon.Chip(registers, 32000, 400, *weights)
    >>> sample = quant.reckon.run(chip, np.ones((6, 4)), 1, target_from=3, learn=True)
    >>> sample.spikes[:, 0].tolist(), sample.prediction, chip.w_out.tolist()
    ([0, 1, 1, 1, 1, 1], 0, [[9, 0], [0, 9]])
    ```
    """

    registers: Registers
    alpha: Any
    threshold: Any
    w_inp: Any
    w_rec: Any
    w_out: Any
    generators: dict[str, Ints] = field(default_factory=dict)
    calls: Ints = field(default_factory=lambda: np.zeros(3, np.int64))
    curve: Curve | None = None

    def __post_init__(self) -> None:
        reg = self.registers
        self.alpha = self._per_pair("alpha", self.alpha, *ALPHA, self.alpha)
        self.threshold = self._per_pair("threshold", self.threshold, -(2**15), 2**15 - 1, 2**15 - 1)
        unused = self.threshold[reg.neurons // 2 :]
        message = "thresholds of places without a neuron must be > 0, as these would spike"
        require(bool((unused > 0).all()), self, message, unused.tolist())
        shapes = (reg.inputs, reg.neurons), (reg.neurons, reg.neurons), (reg.neurons, reg.outputs)
        for name, shape in zip(("w_inp", "w_rec", "w_out"), shapes, strict=True):
            setattr(self, name, _integers(name, getattr(self, name), shape, -128, 127))
        self.generators = {k: np.array(v, np.int64) for k, v in (self.generators or seeded(reg)).items()}
        self.calls = np.array(self.calls, np.int64)

    def __repr__(self) -> str:
        return brief(self, *(f"{n} {what}" for n, what in self._sizes()))

    def _sizes(self) -> list[tuple[int, str]]:
        reg = self.registers
        return [(reg.inputs, "inputs"), (reg.neurons, "neurons"), (reg.outputs, "outputs")]

    @property
    def weights(self) -> tuple[Ints, Ints, Ints]:
        """Of inputs, recurrent ones, and of outputs."""
        return self.w_inp, self.w_rec, self.w_out

    def copy(self) -> "Chip":
        """Another one in the same state."""
        generators, calls = dict(self.generators), self.calls
        return Chip(self.registers, self.alpha, self.threshold, *self.weights, generators, calls, self.curve)

    def _per_pair(self, name: str, value: ArrayLike, low: int, high: int, unused: Any) -> Ints:
        reg = self.registers
        if np.ndim(value) == 0:
            value = np.array([value] * (reg.neurons // 2) + [unused] * (reg.pairs - reg.neurons // 2))
        return _integers(name, value, (reg.pairs,), low, high)


@dataclass
class State:
    """What lasts for a sample: membranes, traces, outputs, and votes; zero at its start.

    `spike`: of the last step. There is a trace of inputs and of neurons for each place that has such, and one of
    neurons for the weights of outputs.
    """

    u: Ints
    spike: Ints
    trace_inp: Ints
    trace_rec: Ints
    trace_out: Ints
    outputs: Ints
    votes: Ints

    @classmethod
    def rest(cls, registers: Registers) -> "State":
        """At the start of a sample."""
        sizes = *[registers.neurons] * 2, registers.inputs, *[registers.neurons] * 2, *[registers.outputs] * 2
        return cls(*(np.zeros(size, np.int64) for size in sizes))


def from_arrays(values: Mapping[str, Any]) -> Chip:
    """A chip from arrays named as its registers, with `alpha`, `threshold`, and `w_inp`, `w_rec`, `w_out`."""
    weights = (values[name] for name in ("w_inp", "w_rec", "w_out"))
    return Chip(Registers.of(values), values["alpha"], values["threshold"], *weights)


def _integers(name: str, value: Any, shape: tuple[int, ...], low: int, high: int) -> Ints:
    """A copy of an array of integers of this shape and range, int64."""
    found = np.asarray(value)
    require(found.shape == shape, "Chip", f"{name} must be {list(shape)}", list(found.shape))
    whole = found.dtype.kind in "biu" or (found.dtype.kind == "f" and bool((found == np.floor(found)).all()))
    require(whole, "Chip", f"{name} must hold integers", found.dtype)
    ends = (int(found.min()), int(found.max())) if found.size else (low, high)
    require(low <= ends[0] and ends[1] <= high, "Chip", f"{name} must be in {low}..{high}", ends)
    return found.astype(np.int64)
