"""The memories of a crossbar chip, ODIN or tinyODIN, as SPI words: what both have alike."""

from collections.abc import Iterator, Sequence

import numpy as np

from spikelut.export.program.crossbar import Crossbar, Played
from spikelut.export.program.image import Image, Register, Target, Word
from spikelut.quant.network.synapses import Ints

GATE = 0
"""The register that lets SPI reach the memories while events wait."""
NEURON, SYNAPSE = 1, 2
"""Memories."""
BYTE_OF_NEURON, BYTE_OF_SYNAPSE = 8, 13
"""Where the number of the byte stands in an address."""


def image(
    target: Target,
    crossbar: Crossbar,
    done: Played,
    events: Ints,
    codes: Ints,
    settings: Sequence[Register],
    neurons: Sequence[Word],
    masks: Sequence[tuple[int, int]],
) -> Image:
    """The words and events of a placed network: weights `codes` of four bits, and of each neuron its bytes.

    Before a sample the bytes of `masks` are written with zeros in all neurons; a 1 in a mask keeps a bit.
    """
    synapses = [
        (write_address(SYNAPSE, BYTE_OF_SYNAPSE, word, byte), value) for word, byte, value in synapse_bytes(codes)
    ]
    zero = [(neuron_address(n, byte), mask << 8) for n in range(crossbar.weights.shape[1]) for byte, mask in masks]
    return Image(
        target,
        [*((one.address, one.value) for one in settings), *neurons, *synapses, (GATE, 0)],
        [(GATE, 1), *zero, (GATE, 0)],
        settings,
        done.commands,
        done.spikes,
        32,
        np.concatenate(done.states).tolist() if done.states else [],
        16,
        described(crossbar, done, events),
    )


def neuron_address(neuron: int, byte: int) -> int:
    """The address of a write to a byte of a neuron."""
    return write_address(NEURON, BYTE_OF_NEURON, neuron, byte)


def described(crossbar: Crossbar, done: Played, events: Ints) -> dict[str, object]:
    """What stands where, for `program.json`."""
    return {
        "samples": int(events.shape[1]),
        "steps": len(events),
        "neurons": [
            {"layer": block.layer.name, "first": block.first, "count": block.count} for block in crossbar.blocks
        ],
        "rows": [vars(row) for row in crossbar.rows],
        "sent": {"events": done.events, "spikes_sent_on": done.inner, "spikes_expected": len(done.spikes)},
    }


def synapse_bytes(nibbles: Ints) -> Iterator[tuple[int, int, int]]:
    """The bytes of the synapse memory that are used: word, byte of it and value, for 4 bits a synapse [row, column].

    Word {row, column 7..3}, byte column 2..1; an even column is the low half of its byte (doc/README.md 3.1, 3.2).
    """
    rows, columns = nibbles.shape
    for row in range(rows):
        for column in range(0, columns, 2):
            high = int(nibbles[row, column + 1]) if column + 1 < columns else 0
            yield row << 5 | column >> 3, column >> 1 & 3, high << 4 | int(nibbles[row, column])


def write_address(memory: int, byte_shift: int, word: int, byte: int) -> int:
    """The 20-bit address of a write: {0, 1, memory, address}; 1 is the neuron memory, 2 that of synapses."""
    return 1 << 18 | memory << 16 | byte << byte_shift | word
