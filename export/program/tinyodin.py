"""tinyODIN: 256 LIF neurons of 12 bits, 4-bit signed weights.

Source: ChFrenkel/tinyODIN 18656534 doc/README.md (2.1 SPI, 2.2 AER, 3 memories, 4 registers), confirmed by its RTL.
"""

import numpy as np

from spikelut.export.program import crossbar as bar
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
        "tinyODIN",
        "ChFrenkel/tinyODIN",
        "18656534",
        10,
        "twice as many as there are neurons",
        "bits 11 to 0 of the words of the neuron memory",
    ),
)
NEURON, SYNAPSE = 1, 2
BYTE_OF_NEURON, BYTE_OF_SYNAPSE = 8, 13
"""Where the number of the byte stands in an address."""
LEAK = 0x1FF
"""The address event that makes all neurons leak."""
GATE = 0
"""The register that lets SPI reach the memories while events wait."""


def registers(used: int) -> list[Register]:
    """The configuration of a network with so many neurons; GATE is opened again after the memories are written."""
    return [
        Register("SPI_GATE_ACTIVITY", GATE, 1),
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
        (bar.write_address(NEURON, BYTE_OF_NEURON, neuron, byte), word >> 8 * byte & 0xFF)
        for neuron, word in enumerate(words)
        for byte in range(4)
    ]


def reset_words(used: int) -> list[Word]:
    """Zero membranes: bits 11..0, of the second byte the low half (a 1 in the mask keeps a bit)."""
    masks = ((0, 0x00), (1, 0xF0))
    return [
        (bar.write_address(NEURON, BYTE_OF_NEURON, neuron, byte), mask << 8)
        for neuron in range(used)
        for byte, mask in masks
    ]


def image(network: IntegerNetwork, events: Ints) -> Image:
    """The words and events of a network on tinyODIN; ValueError for one that it does not hold."""
    found = bar.placed(network, TARGET.name, signs_apart=False)
    used = found.weights.shape[1]
    settings = registers(used)
    words = [neuron_word(int(t), int(k)) for t, k in zip(found.thresholds, found.leaks, strict=True)]
    synapses = [
        (bar.write_address(SYNAPSE, BYTE_OF_SYNAPSE, word, byte), value)
        for word, byte, value in bar.synapse_bytes(found.weights & 0xF)
    ]
    written = [(one.address, one.value) for one in settings]
    done = bar.played(found, events, list(range(len(found.rows))), LEAK)
    return Image(
        TARGET,
        [*written, *neuron_words(words), *synapses, (GATE, 0)],
        [(GATE, 1), *reset_words(used), (GATE, 0)],
        settings,
        done.commands,
        done.spikes,
        32,
        np.concatenate(done.states).tolist() if done.states else [],
        16,
        bar.described(found, done, events),
    )
