"""ODIN: 256 LIF neurons of 8 bits, weights of 3 bits whose sign is that of their row.

Source: ChFrenkel/ODIN 17819318 doc/README.md (2.1 SPI, 2.2 AER, 3 memories, 4 registers), confirmed by its RTL.
"""

import numpy as np

from spikelut.export.program import crossbar as bar
from spikelut.export.program import crossbar_image as img
from spikelut.export.program.driver import crossbar_driver
from spikelut.export.program.image import Image, Register, Target, Word
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import Ints

TARGET = Target(
    "odin",
    "ODIN",
    "ChFrenkel/ODIN",
    "17819318",
    "ODIN",
    20,
    crossbar_driver(17, "512", "bits 77 to 70 of the words of the neuron memory"),
)
MASKS = ((8, 0x3F), (9, 0xC0))
"""Bytes of a neuron with its membrane, bits 77..70, and masks (a 1 keeps a bit): what sets it to 0."""
LEAK = 0x7F
"""The address event that makes all neurons leak."""
SPIKE = 0x07
"""The low byte of an event of a row, whose number is above it."""
SIGNS = 2
"""The first of 16 registers with 16 signs each."""
BYTES = 16
"""Of a neuron."""
IDLE = {0: 0x01, 2: 0x00, 15: 0x80}
"""Bytes of a neuron that is not used: LIF, does not learn, disabled."""


def registers(signs: list[int]) -> list[Register]:
    """The configuration of a network whose rows have these signs; all weights pass, none is learned."""
    words = [0] * 16
    for row, sign in enumerate(signs):
        words[row // 16] |= (sign < 0) << row % 16
    return [
        Register("SPI_GATE_ACTIVITY", img.GATE, 1),
        Register("SPI_OPEN_LOOP", 1, 1),
        *(Register(f"SPI_SYN_SIGN<{16 * i + 15}:{16 * i}>", SIGNS + i, word) for i, word in enumerate(words)),
        Register("SPI_BURST_TIMEREF", 18, 0),
        Register("SPI_AER_SRC_CTRL_nNEUR", 19, 0),
        Register("SPI_OUT_AER_MONITOR_EN", 20, 0),
        Register("SPI_MONITOR_NEUR_ADDR", 21, 0),
        Register("SPI_MONITOR_SYN_ADDR", 22, 0),
        Register("SPI_UPDATE_UNMAPPED_SYN", 23, 0),
        Register("SPI_PROPAGATE_UNMAPPED_SYN", 24, 1),
        Register("SPI_SDSP_ON_SYN_STIM", 25, 0),
    ]


def neuron_word(threshold: int, leak: int) -> int:
    """The 128 bits of a LIF neuron at rest that does not learn: threshold 16..9, leak enabled 8, leak 7..1, LIF 0."""
    return threshold << 9 | (leak > 0) << 8 | leak << 1 | 1


def neuron_words(words: list[int]) -> list[Word]:
    """Writes of 16 bytes to each neuron, and of the bytes that keep all others still."""
    used = [(neuron, byte, word >> 8 * byte & 0xFF) for neuron, word in enumerate(words) for byte in range(BYTES)]
    idle = [(neuron, byte, value) for neuron in range(len(words), bar.SIZE) for byte, value in IDLE.items()]
    return [(img.neuron_address(neuron, byte), value) for neuron, byte, value in used + idle]


def image(network: IntegerNetwork, events: Ints) -> Image:
    """The words and events of a network on ODIN; ValueError for one that it does not hold."""
    found = bar.placed(network, TARGET.name, signs_apart=True)
    words = [neuron_word(int(t), int(k)) for t, k in zip(found.thresholds, found.leaks, strict=True)]
    addresses = [row << 8 | SPIKE for row in range(len(found.rows))]
    done = bar.played(found, events, addresses, LEAK)
    codes, settings = np.abs(found.weights), registers([row.sign for row in found.rows])
    return img.image(TARGET, found, done, events, codes, settings, neuron_words(words), MASKS)
