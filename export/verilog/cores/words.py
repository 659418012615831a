"""Memories of a network in Verilog: what they hold from the start, in files, and their modules."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.verilog.cores.expression_writer import Word

WHO = "to_verilog"
MOST = 2**24
"""Words of a memory: more is no on-chip memory, and no file that a simulator reads in passing."""


def places(count: int) -> int:
    """The bits of an address of so many words."""
    return max(1, (count - 1).bit_length())


@dataclass(frozen=True, eq=False)
class Table:
    """A memory that is read alone: weights, biases, thresholds, places. `name`: of its file and its instance."""

    name: str
    values: NDArray[np.int64]

    @property
    def low(self) -> int:
        return int(self.values.min(initial=0))

    @property
    def high(self) -> int:
        return int(self.values.max(initial=0))

    @property
    def word(self) -> Word:
        return Word.of(self.low, self.high)

    @property
    def count(self) -> int:
        return int(self.values.size)

    @property
    def bits(self) -> int:
        """Of all words."""
        return self.count * self.word.bits

    @property
    def text(self) -> str:
        """As `$readmemh` reads it."""
        return hexadecimal(self.values, self.word)


def hexadecimal(values: NDArray[np.int64], word: Word) -> str:
    """Numbers as `$readmemh` reads them, a line each."""
    return "".join(f"{word.hexadecimal(value)}\n" for value in values.ravel().tolist())


def require_words(where: str, what: str, count: int) -> None:
    """ValueError unless a memory can have so many words."""
    instead = "take fewer neurons, or smaller images"
    require(0 < count <= MOST, WHO, f"{where}: {what} must be at most {MOST} words ({instead})", count)


def ram(name: str) -> str:
    """The module `NAME_ram`."""
    return f"""`default_nettype none

// A memory: one word is written and one is read in each clock; what is read is there one clock later.
module {name}_ram #(
    parameter BITS = 8,
    parameter WORDS = 2,
    parameter PLACES = 1
) (
    input  wire              clk,
    input  wire              write,
    input  wire [PLACES-1:0] write_at,
    input  wire [BITS-1:0]   value,
    input  wire [PLACES-1:0] read_at,
    output reg  [BITS-1:0]   found
);
    reg [BITS-1:0] words [0:WORDS-1];

    always @(posedge clk) begin
        if (write) words[write_at] <= value;
        found <= words[read_at];
    end
endmodule

`default_nettype wire
"""


def rom(name: str) -> str:
    """The module `NAME_rom`."""
    return f"""`default_nettype none

// A memory that FILE fills and that is read alone; what is read is there one clock later.
module {name}_rom #(
    parameter FILE = "",
    parameter BITS = 8,
    parameter WORDS = 2,
    parameter PLACES = 1
) (
    input  wire              clk,
    input  wire [PLACES-1:0] read_at,
    output reg  [BITS-1:0]   found
);
    reg [BITS-1:0] words [0:WORDS-1];

    initial $readmemh(FILE, words);

    always @(posedge clk) found <= words[read_at];
endmodule

`default_nettype wire
"""
