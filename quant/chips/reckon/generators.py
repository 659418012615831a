"""The chip's random numbers: shift registers with feedback, unfolded so that a call gives many bits at once."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require_int

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Generator:
    """A sequence of bits z[m] = z[m - near] xor z[m - length]; call c gives the `bits` bits from z[c * bits] on.

    Of these bits, the lowest first, each of `lanes` numbers takes as many; the first number the first. The state is
    what the next bits depend on: the last `length` bits, the oldest first. Every bit to come is a sum of these without
    carries, so a call is a matrix of zeros and ones, `outputs`, times the state, and so is the state after it, `after`.
    ChFrenkel/ReckOn 5e5c0bea src/lfsr.
    """

    length: int
    near: int
    bits: int
    lanes: int = 1

    @property
    def width(self) -> int:
        """The bits of a number."""
        return self.bits // self.lanes

    def _unfolded(self, bits: int) -> NDArray[np.uint8]:
        """Which bits of the state are in each of these and of the next `bits` ones, [length + bits, length]."""
        rows = np.zeros((self.length + bits, self.length), np.uint8)
        rows[: self.length] = np.eye(self.length, dtype=np.uint8)
        for m in range(self.length, len(rows)):
            rows[m] = rows[m - self.near] ^ rows[m - self.length]
        return rows

    @cached_property
    def outputs(self) -> NDArray[np.uint8]:
        """The bits of a call, [bits, length] of the state's."""
        return self._unfolded(self.bits)[self.length :]

    @cached_property
    def after(self) -> NDArray[np.uint8]:
        """The state after a call, [length, length] of the one before."""
        return self._unfolded(self.bits)[self.bits :]

    @cached_property
    def given(self) -> Ints:
        """What each bit of the state gives to the numbers of a call, [length, lanes]: these are added bitwise."""
        bits = self.outputs.reshape(self.lanes, self.width, self.length).astype(np.int64)
        return np.asarray(np.einsum("lwn,w->nl", bits, 1 << np.arange(self.width)))

    def start(self, seed: int) -> Ints:
        """The state that a seed register of `length` bits sets.

        The register is what the circuit holds in its flip-flops: the first `near` bits to come, and of the others the
        last before them; where a call gives fewer bits than that, in the order in which the unfolded circuit has them.
        """
        require_int("Generator", "seed", seed, 0, 2**self.length - 1)
        n, k = self.length, self.near
        flops = [seed >> j & 1 for j in range(n)]
        z = {}
        if self.bits < n // 2 + 1:  # two rounds of flip-flops: bits 2i - 1 and 2i are a call apart
            z[0] = flops[0]
            for i in range(1, self.bits + 1):
                z[i - 1 - 2 * self.bits], z[i - 1 - self.bits] = flops[2 * i - 1], flops[2 * i]
        else:
            z = {j if j < k else j - n: flop for j, flop in enumerate(flops)}
        # What is before the first bits follows from them.
        z |= {j - n: z[j] ^ z[j - k] for j in range(k)}
        return np.array([z[m] for m in range(-n, 0)], np.int64)

    def draw(self, state: Ints, calls: int) -> tuple[Ints, Ints]:
        """The numbers of so many calls, [calls, lanes], and the state after them."""
        states = (powers(self, 1 << calls.bit_length())[: calls + 1] @ state.astype(np.float32)).astype(np.int64) & 1
        return np.bitwise_xor.reduce(states[:-1, :, None] * self.given, axis=1), states[-1]


@lru_cache(maxsize=64)
def powers(generator: Generator, calls: int) -> NDArray[np.float32]:
    """The states before each of the first `calls` calls, a power of two, [calls, length, length] of the first."""
    found, after = np.eye(generator.length, dtype=np.float32)[None], generator.after.astype(np.float32)
    while len(found) < calls:
        # Sums of zeros and ones that a float holds.
        found, after = np.concatenate((found, after @ found % 2)), after @ after % 2
    return found


NEURONS = Generator(15, 1, 15)
"""For membranes and for traces of inputs and recurrent neurons; even and odd neurons have one each."""
OUTPUTS = Generator(15, 1, 7)
"""For potentials of outputs and for their traces."""
WEIGHTS = Generator(25, 3, 512, 16)
"""For updates of input and recurrent weights: a row of sixteen a call."""
OUTPUT_WEIGHTS = Generator(22, 1, 448, 16)
NOISE = Generator(17, 3, 32, 2)
"""For the noise of a pair of neurons."""

ALL: dict[str, tuple[Generator, str, int]] = {
    "even": (NEURONS, "seed_strnd_neur", 0),
    "odd": (NEURONS, "seed_strnd_neur", 15),
    "tinp_even": (NEURONS, "seed_strnd_tinp", 0),
    "tinp_odd": (NEURONS, "seed_strnd_tinp", 15),
    "trec_even": (NEURONS, "seed_strnd_trec", 0),
    "trec_odd": (NEURONS, "seed_strnd_trec", 15),
    "tout_even": (OUTPUTS, "seed_strnd_tout", 0),
    "tout_odd": (OUTPUTS, "seed_strnd_tout", 15),
    "outputs": (OUTPUTS, "seed_strnd_oneur", 0),
    "w_inp": (WEIGHTS, "seed_inp", 0),
    "w_rec": (WEIGHTS, "seed_rec", 0),
    "w_out": (OUTPUT_WEIGHTS, "seed_out", 0),
    "noise": (NOISE, "seed_noise_neur", 0),
}
"""The chip's generators, with the register that seeds each, and from which of its bits on."""


def seeded(registers: Any) -> dict[str, Ints]:
    """The states of all generators as the seeds in `registers` set them."""
    return {
        name: kind.start(getattr(registers, register) >> first & (2**kind.length - 1))
        for name, (kind, register, first) in ALL.items()
    }
