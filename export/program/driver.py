"""The README of a folder: how a test bench drives the chip's own RTL with the files beside it."""

from collections.abc import Callable

from spikelut.export.program.image import Target

FILES = """\
# A network for {title}

`spikelut program` wrote these files for the RTL of {repository} (commit {commit}), top module `{top}`, as it is there.
They are all that a test bench, in any simulator, needs. Each line of a `.hex` file is one word in hexadecimal, as
`$readmemh` reads it; `program.json` has the number of lines, the registers by name, and which neuron stands where.

| file | a line is |
|---|---|
| `spi.hex` | an SPI transaction: {bits} bits of address, then {bits} of data, sent highest bit first |
| `reset.hex` | the same, sent before each sample{reset} |
| `events.hex` | a command: 8 bits of a code, 24 of a number |
| `expected.hex` | {expected} |
| `states.hex` | {states} |
"""

SPI = """
## SPI

MOSI takes a bit while SCK is low, then SCK rises and falls; {count} bits make a transaction. Half a period of SCK must
be longer than two periods of the clock. At the beginning SCK, MOSI, RST and all requests are low; raise RST for 20
cycles (the chip waits for its edge), and wait 20 cycles after it and after `spi.hex`.
"""

CROSSBAR = """
## Commands

- 00: the number is an address event: AERIN_ADDR ({address} bits), AERIN_REQ up, wait for AERIN_ACK, AERIN_REQ down,
  wait for AERIN_ACK to fall. Then wait until the chip has done it: until AEROUT_REQ and AEROUT_ACK have been low for
  {cycles} cycles and 20 more.
- 01: a sample begins: send `reset.hex`, and wait 20 cycles.
- 02: a step has ended: `states.hex` may be compared with {memory}.

The wait after an event matters: the chip puts spikes into a FIFO and lets a time reference, which is an event here too,
overtake them.

## Spikes

At any time AEROUT_REQ rises with the number of a neuron in AEROUT_ADDR: note it, raise AEROUT_ACK, wait for AEROUT_REQ
to fall, lower AEROUT_ACK. A line of `expected.hex` is the number of the command that causes the spike, from 0, and in
its low byte the neuron: they must come in this order, no other, and none may be left.

Layers lie one behind the other in the same crossbar (`neurons` in `program.json`). The chip runs with an open loop:
spikes go out, and `events.hex` has those of a layer as events of the next, which is right as long as the spikes before
were the expected ones. A host with other inputs sends them on itself: the events of a step layer by layer, sources
ascending, a source that came n times n times, each by its `rows` in `program.json`; then the time reference.
"""

RECKON = """
## Commands

- 00: the number is an input event: AERIN_ADDR (8 bits) with AERIN_TAR_EN low, AERIN_REQ up, wait for AERIN_ACK,
  AERIN_REQ down, wait for AERIN_ACK to fall.
- 01: a sample begins: SAMPLE up, and wait 10 cycles.
- 02: a tick: TIME_TICK up for 5 cycles and down; answer OUT_REQ; wait until TIMING_ERROR_RDY is up, and 10 cycles more.
- 03: the last tick of a sample: SAMPLE down, wait 10 cycles, then as 02.

TARGET_VALID, INFER_ACC and CLK_INT_EN stay low. Compile with `EXT_CLK_ONLY` defined: the clock is CLK_EXT.

## Outputs

In each tick but the first of a sample OUT_REQ rises twice for each output, output by output: the low byte of its
potential in OUT_DATA, then the high one. Note it, raise OUT_ACK, wait for OUT_REQ to fall, lower OUT_ACK. A line of
`expected.hex` is such a potential; they must come in this order.

When OUT_REQ rises for the first time in a tick, the membranes in the neuron memory (`srnn_0.neurons`) and the spikes
(`srnn_0.neur_z`) are those in `states.hex`. A membrane whose bit of `srnn_0.neur_dirty` is 0 counts as 0.

Layer n of spiking neurons does step s in tick s + n, counted from 0, and the outputs show it one tick later.
"""


def crossbar_driver(address: int, cycles: str, memory: str) -> Callable[[Target], str]:
    """That of a chip with a crossbar whose address events have so many bits and take so many cycles."""

    def driver(target: Target) -> str:
        head = _files(
            target,
            reset="; it sets the membranes to 0",
            expected="a spike: 24 bits of the number of the command that causes it, 8 of the neuron",
            states="the membrane of a neuron, 16 bits in two's complement: all neurons after each step",
        )
        return head + CROSSBAR.format(address=address, cycles=cycles, memory=memory)

    return driver


def reckon_driver(target: Target) -> str:
    """That of ReckOn."""
    head = _files(
        target,
        reset=" (none: the chip forgets a sample when it ends)",
        expected="the potential of an output, 16 bits in two's complement: all in each tick but a sample's first",
        states="a neuron, its spike in bit 16 and its membrane in 15 to 0: all neurons in the same ticks",
    )
    return head + RECKON


def _files(target: Target, **lines: str) -> str:
    """The files, and SPI, of any chip."""
    return FILES.format(**vars(target), **lines) + SPI.format(count=2 * target.bits)
