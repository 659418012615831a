"""ReckOn: up to 256 inputs, 256 recurrent LIF neurons, 16 outputs; all that is not inference is off.

Source: ChFrenkel/ReckOn 5e5c0bea doc/README.md (1 memories, 2 interfaces, 3 registers), confirmed by its RTL.
"""

import numpy as np

from spikelut._checks import require
from spikelut.export.program.chain import each
from spikelut.export.program.driver import reckon_driver
from spikelut.export.program.image import WHO, Image, Register, Target, Word
from spikelut.export.program.recurrent import Layout, Ticked, laid_out, pairs_of, ticked
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import Ints
from spikelut.quant.tables.segments import SegmentTable

TARGET = Target(
    "reckon",
    "ReckOn",
    "ChFrenkel/ReckOn",
    "5e5c0bea",
    "reckon",
    32,
    reckon_driver,
)
REGISTER, NEURON, INPUT, RECURRENT, OUTPUT = 0, 1, 3, 4, 5
"""What an address leads to."""
CONFIGURE = 0
"""The register that lets SPI reach the memories."""
COUNTING = 128
"""A kappa of 1: an output that does not leak counts spikes."""


def write_address(memory: int, place: int) -> int:
    """A write of one word: {0, memory 3, number of words 12, place 16}."""
    return memory << 28 | 1 << 16 | place


def registers(layout: Layout, alphas: Ints) -> list[Register]:
    """The configuration: inference alone, potentials of outputs sent in every tick."""
    wide = sum(int(alpha >> 12 == 8) << pair for pair, alpha in enumerate(alphas))
    (inputs, neurons), outputs = layout.inputs.shape, layout.outputs.shape[1]
    plain = {
        "SPI_EN_CONF": (CONFIGURE, 1),
        "SPI_RO_STAGE_SEL": (1, 0),
        "SPI_GET_CLKINT_OUT": (2, 0),
        "SPI_GET_TAR_REQ_OUT": (3, 0),
        "SPI_RST_MODE": (8, int(layout.places[0].layer.spec.reset == "zero")),
        "SPI_DO_EPROP": (9, 0),
        "SPI_LOCAL_TICK": (10, 0),
        "SPI_ERROR_HALT": (11, 1),
        "SPI_FP_LOC_WINP": (12, layout.shifts[0]),
        "SPI_FP_LOC_WREC": (13, layout.shifts[1]),
        "SPI_FP_LOC_WOUT": (14, layout.shifts[2]),
        "SPI_REGUL_MODE": (19, 0),
        "SPI_EN_STOCH_ROUND": (21, 0),
        "SPI_SRAM_SPEEDMODE": (22, 0),
        "SPI_TIMING_MODE": (23, 0),
        "SPI_REGRESSION": (25, 1),
        "SPI_SINGLE_LABEL": (26, 1),
        "SPI_NO_OUT_ACT": (27, 0),
        "SPI_SEND_PER_TIMESTEP": (30, 1),
        "SPI_SEND_LABEL_ONLY": (31, 0),
        "SPI_NOISE_EN": (32, 0),
        "SPI_FORCE_TRACES": (33, 0),
        **{f"SPI_ALPHA_CONF<{32 * i + 31}:{32 * i}>": (65 + i, wide >> 32 * i & 0xFFFFFFFF) for i in range(4)},
        "SPI_KAPPA": (69, kappa_of(layout)),
        **segments(layout),
        "SPI_NUM_INP_NEUR": (94, inputs - 1),
        "SPI_NUM_REC_NEUR": (95, neurons - 1),
        "SPI_NUM_OUT_NEUR": (96, outputs - 1),
    }
    return [Register(name, place, value) for name, (place, value) in plain.items()]


def kappa_of(layout: Layout) -> int:
    """The leak of the outputs; ValueError where a read-out has several."""
    if layout.readout is None:
        return COUNTING
    amounts = each(layout.readout.spec.leak.amount, layout.outputs.shape[1])
    require(len(set(amounts.tolist())) == 1, WHO, "a read-out must have one beta, as the chip has", amounts.tolist())
    return int(amounts[0])


def segments(layout: Layout) -> dict[str, tuple[int, int]]:
    """The table that the layers were trained with, in the chip's registers: breakpoints and values.

    They take no part in inference, and stay 0 where layers have several tables or thresholds, or other ones.
    """
    found = {_segments(place.layer.table, place.layer.spec.threshold) for place in layout.places}
    breaks, values = found.pop() if len(found) == 1 else ((0,) * 4, (0,) * 5)
    names = {f"SPI_THR_H_{i}": (70 + i, value & 0xFFFF) for i, value in enumerate(breaks)}
    return names | {f"SPI_H_{i}": (74 + i, value & 0x1F) for i, value in enumerate(values)}


def _segments(table: object, threshold: object) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Breakpoints above the threshold and values; zeros unless they fit the chip."""
    none = (0,) * 4, (0,) * 5
    if not isinstance(table, SegmentTable) or not isinstance(threshold, int):
        return none
    breaks = tuple(int(b) + threshold for b in table.breakpoints)
    values = tuple(int(code) - table.value.zero_point for code in table.codes)
    fits = len(breaks) == 4 and all(-(2**15) <= b < 2**15 for b in breaks) and all(-16 <= v < 16 for v in values)
    return (breaks, values) if fits else none


def neuron_words(alphas: Ints, thresholds: Ints) -> list[Word]:
    """128 bits for two neurons, {alpha 12, threshold 16, traces and membranes 100}, the low part first."""
    words = [(int(a) & 0xFFF) << 116 | int(t) << 100 for a, t in zip(alphas, thresholds, strict=True)]
    return [
        (write_address(NEURON, 4 * pair + part), word >> 32 * part & 0xFFFFFFFF)
        for pair, word in enumerate(words)
        for part in range(4)
    ]


def weight_words(memory: int, weights: Ints, row: int) -> list[Word]:
    """Weights [source, target]: four in a word, the first lowest, and `row` words from one source to the next."""
    padded = np.pad(weights, ((0, 0), (0, -weights.shape[1] % 4))) & 0xFF
    packed = (padded.reshape(len(weights), -1, 4) << np.array([0, 8, 16, 24])).sum(2)
    return [
        (write_address(memory, source * row + column), int(word))
        for source, words in enumerate(packed)
        for column, word in enumerate(words)
    ]


def image(network: IntegerNetwork, events: Ints) -> Image:
    """The words and events of a network on ReckOn; ValueError for one that it does not hold."""
    layout = laid_out(network)
    alphas, thresholds = pairs_of(layout)
    settings = registers(layout, alphas)
    spi = [(write_address(REGISTER, one.address), one.value) for one in settings]
    spi += neuron_words(alphas, thresholds)
    spi += weight_words(INPUT, layout.inputs, 64)
    spi += weight_words(RECURRENT, layout.recurrent, 64)
    spi += weight_words(OUTPUT, layout.outputs, 4)
    spi.append((write_address(REGISTER, CONFIGURE), 0))
    done = ticked(layout, events)
    held = (done.spikes << 16) | (done.mems & 0xFFFF)
    return Image(
        TARGET,
        spi,
        [],
        settings,
        done.commands,
        done.outputs.ravel().tolist(),
        16,
        held.ravel().tolist(),
        17,
        described(layout, done, events),
    )


def described(layout: Layout, done: Ticked, events: Ints) -> dict[str, object]:
    """What stands where, for `program.json`."""
    readout = None if layout.readout is None else layout.readout.name
    return {
        "samples": int(events.shape[1]),
        "steps": len(events),
        "ticks": int(done.mems.shape[1]) + 1,
        "neurons": [{"layer": p.layer.name, "first": p.first, "count": p.count} for p in layout.places],
        "outputs": {
            "layer": readout or layout.places[-1].layer.name,
            "count": int(layout.outputs.shape[1]),
            "are": "potentials" if readout else "spikes so far",
        },
        "sent": {"events": done.events, "spikes_expected": int(done.spikes.sum())},
    }
