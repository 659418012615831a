"""tinyODIN: 256 LIF neurons of 12 bits, 4-bit signed weights.

Source: ChFrenkel/tinyODIN 18656534 doc/README.md (2.1 SPI, 2.2 AER, 3 memories, 4 registers), confirmed by its RTL.
"""

from spikelut.export.program import crossbar as bar
from spikelut.export.program import crossbar_image as img
from spikelut.export.program.driver import crossbar_driver
from spikelut.export.program.image import Image, Register, Target, Word
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import Ints

TARGET = Target(
    "tinyodin",
    "tinyODIN",
    "ChFrenkel/tinyODIN",
    "18656534",
    "tinyODIN",
    20,
    crossbar_driver(
        10,
        "twice as many as there are neurons",
        "bits 11 to 0 of the words of the neuron memory",
    ),
)
MASKS = ((0, 0x00), (1, 0xF0))
"""Bytes of a neuron with its membrane, bits 11..0, and masks (a 1 keeps a bit): what sets it to 0."""
LEAK = 0x1FF
"""The address event that makes all neurons leak."""


def registers(used: int) -> list[Register]:
    """The configuration of a network with so many neurons; GATE is opened again after the memories are written."""
    return [
        Register("SPI_GATE_ACTIVITY", img.GATE, 1),
        Register("SPI_OPEN_LOOP", 1, 1),
        Register("SPI_AER_SRC_CTRL_nNEUR", 2, 0),
        Register("SPI_MAX_NEUR", 3, used - 1),
    ]


def neuron_word(threshold: int, leak: int) -> int:
    """The 32 bits of a neuron at rest: {disable, leak 7, threshold 12, membrane 12}."""
    return leak << 24 | threshold << 12


def neuron_words(words: list[int]) -> list[Word]:
    """Writes of 4 bytes to each neuron."""
    return [
        (img.neuron_address(neuron, byte), word >> 8 * byte & 0xFF)
        for neuron, word in enumerate(words)
        for byte in range(4)
    ]


def image(network: IntegerNetwork, events: Ints) -> Image:
    """The words and events of a network on tinyODIN; ValueError for one that it does not hold."""
    found = bar.placed(network, TARGET.name, signs_apart=False)
    words = [neuron_word(int(t), int(k)) for t, k in zip(found.thresholds, found.leaks, strict=True)]
    addresses = list(range(len(found.rows)))
    done = bar.played(found, events, addresses, LEAK)
    codes, settings = found.weights & 0xF, registers(found.weights.shape[1])
    return img.image(TARGET, found, done, events, codes, settings, neuron_words(words), MASKS)
