"""What is written for a chip: SPI words, events, what the chip must answer, and what they are."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

WHO = "to_chip"
FORMAT = "spikelut program 1"
MOST_LINES = 2**24
"""Of a file: the number of a line and an address have 32 bits together."""
Word = tuple[int, int]
"""A transaction: address and data."""


@dataclass(frozen=True)
class Target:
    """A chip whose RTL is open: where it is, and how it is driven.

    - `bits`: of an SPI address, and of the data behind it.
    - `driver`: gives the text that tells how, for the README of a folder.
    """

    name: str
    title: str
    repository: str
    commit: str
    top: str
    bits: int
    driver: Callable[["Target"], str]


@dataclass(frozen=True)
class Register:
    """A configuration register by the name that the chip's documentation gives it."""

    name: str
    address: int
    value: int


@dataclass(frozen=True, eq=False)
class Image:
    """The content of a folder.

    - `spi`: the transactions that load the network, `reset` those before every sample.
    - `events`: commands, 8 bits of a code and 24 of a number, that the host carries out one after the other.
    - `expected`: what comes out of the chip, `states` what it then holds; words of so many bits.
    - `about`: what stands where, for `program.json`.
    """

    target: Target
    spi: Sequence[Word]
    reset: Sequence[Word]
    registers: Sequence[Register]
    events: Sequence[int]
    expected: Sequence[int]
    expected_bits: int
    states: Sequence[int]
    state_bits: int
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """The text of each file by its name."""
        bits = self.target.bits
        found = {
            "spi.hex": _lines((address << bits | data for address, data in self.spi), 2 * bits),
            "reset.hex": _lines((address << bits | data for address, data in self.reset), 2 * bits),
            "events.hex": _lines(self.events, 32),
            "expected.hex": _lines(self.expected, self.expected_bits),
            "states.hex": _lines(self.states, self.state_bits),
        }
        found["program.json"] = json.dumps(self._described(found), indent=1) + "\n"
        found["README.md"] = self.target.driver(self.target)
        return found

    def _described(self, files: dict[str, str]) -> dict[str, Any]:
        target = self.target
        return {
            "format": FORMAT,
            "chip": target.name,
            "title": target.title,
            "rtl": {"repository": target.repository, "commit": target.commit, "top": target.top},
            "spi": {"address_bits": target.bits, "data_bits": target.bits, "order": "address, data; highest bit first"},
            "lines": {name: text.count("\n") for name, text in files.items()},
            **self.about,
            "registers": [vars(register) for register in self.registers],
        }


def _lines(words: Iterable[int], bits: int) -> str:
    """A word in each line, in hexadecimal, as Verilog's $readmemh reads it."""
    digits, mask = -(-bits // 4), (1 << bits) - 1
    return "".join(f"{int(word) & mask:0{digits}x}\n" for word in words)
