"""Arrays of a network in C: members of its state, constants, and values on their way from layer to layer."""

from dataclasses import dataclass
from math import prod
from typing import Any

from numpy.typing import NDArray

from spikelut.quant.network.signal import Signal

BYTES = {"uint8_t": 1, "int8_t": 1, "uint16_t": 2, "int16_t": 2, "int32_t": 4, "int64_t": 8}


def c_type(low: int, high: int, where: str = "numbers") -> str:
    """The smallest C type of 32 bits at most that holds `low`..`high`; ValueError, which says `where`, if none does."""
    for name, size in [(name, size) for name, size in BYTES.items() if size <= 4]:
        least, most = (0, 2 ** (8 * size) - 1) if name[0] == "u" else (-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1)
        if least <= low and high <= most:
            return name
    raise ValueError(f"to_c: {where} must fit 32 bits, got {low}..{high}")


@dataclass(frozen=True)
class Member:
    """An array in the state; `key`: what it is called in files of the form step, nothing for scratch.

    The spikes of a layer that is not recurrent are scratch: a step overwrites them before it reads them.
    """

    name: str
    c_type: str
    count: int
    about: str
    key: str = ""
    scratch: bool = False

    @property
    def size(self) -> int:
        """In bytes."""
        return BYTES[self.c_type] * self.count


@dataclass(frozen=True, eq=False)
class Constant:
    """A constant array."""

    name: str
    values: NDArray[Any]

    @property
    def c_type(self) -> str:
        return c_type(int(self.values.min(initial=0)), int(self.values.max(initial=0)))


@dataclass(frozen=True)
class Values:
    """Values on their way: C for the array they are in, its type, and what they are; all sizes are known."""

    text: str
    c_type: str
    signal: Signal

    @property
    def shape(self) -> tuple[int, ...]:
        return self.signal.shape

    @property
    def count(self) -> int:
        return prod(self.shape)

    @property
    def is_argument(self) -> bool:
        """Whether they are in an array that is given to the step, not in the state."""
        return not self.text.startswith("state->")
