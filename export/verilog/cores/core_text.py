"""The text of a core: a module with a clock that goes through its outputs, and what it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from spikelut.export.verilog.cores.expression_writer import Word
from spikelut.export.verilog.cores.steps import Module, unused_line
from spikelut.export.verilog.cores.words import Table, places

CORE = "@"
"""Stands for a core's instance where a test bench looks into it."""


@dataclass(frozen=True)
class Read:
    """An array that a core reads: `PORT_at` goes out, `PORT` comes a clock later."""

    port: str
    root: str
    low: int
    high: int
    count: int

    @property
    def word(self) -> Word:
        return Word.of(self.low, self.high)


@dataclass(frozen=True)
class Kept:
    """What a core keeps from step to step: its name in the reference, and where word `i` of it is; see `CORE`."""

    key: str
    place: str
    word: Word
    count: int


@dataclass(frozen=True)
class Core:
    """A core as it is written: its module, the arrays it reads, and the one it writes."""

    name: str
    suffix: str
    about: str
    reads: tuple[Read, ...]
    root: str
    word: Word
    count: int
    text: str
    clocks: int
    rests: bool = False
    tables: tuple[Table, ...] = ()
    modules: tuple[Module, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass
class CoreText:
    """Lines of a core of the network `top` that reads `reads` and gives words of its output."""

    top: str
    reads: tuple[Read, ...]
    word: Word
    count: int
    rests: bool = False
    declared: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def reg(self, name: str, word: Word) -> None:
        """A register."""
        self.declared.append(f"reg{word.declared} {name};")

    def wire(self, name: str, word: Word) -> None:
        """A net that something else drives."""
        self.declared.append(f"wire{word.declared} {name};")

    def always(self, lines: Iterable[str]) -> None:
        """What happens at each edge of the clock."""
        self.lines += ["always @(posedge clk) begin", *(f"    {line}" for line in lines), "end"]

    def turns(self, start: Iterable[str], step: Iterable[str]) -> None:
        """What happens in the clock of `start`, and in each after it until `finished`, while `busy` is 1."""
        self.always(
            [
                "if (rst) busy <= 1'b0;",
                "else if (start) busy <= 1'b1;",
                "else if (busy && finished) busy <= 1'b0;",
                "if (start) begin",
                *(f"    {line}" for line in start),
                "end else if (busy) begin",
                *(f"    {line}" for line in step),
                "end",
            ]
        )

    def rom(self, name: str, table: Table, read_at: str) -> None:
        """A table in a memory called `table_NAME`; the net `name` has the word at `read_at` of the clock before."""
        word = table.word
        self.wire(name, word)
        self.tables.append(table)
        numbers = (
            f'.FILE("{table.name}.hex"), .BITS({word.bits}), .WORDS({table.count}), .PLACES({places(table.count)})'
        )
        self.lines.append(f"{self.top}_rom #({numbers})")
        self.lines.append(f"    table_{name} (.clk(clk), .read_at({read_at}), .found({name}));")

    def ram(self, name: str, word: Word, count: int, ports: dict[str, str]) -> None:
        """A memory called `name`; the net `found_NAME` has what it finds."""
        self.wire(f"found_{name}", word)
        numbers = f".BITS({word.bits}), .WORDS({count}), .PLACES({places(count)})"
        connected = ", ".join(f".{port}({net})" for port, net in {"clk": "clk", **ports}.items())
        self.lines.append(f"{self.top}_ram #({numbers}) {name} (")
        self.lines += [f"    {connected},", f"    .found(found_{name})", ");"]

    def instance(self, module: Module, name: str, nets: dict[str, str]) -> None:
        """`module` with these nets at its ports; those that it has no port for nobody reads."""
        known = {port.name for port in module.ports}
        ports = [f"    .{port.name}({nets[port.name]})," for port in module.ports]
        self.lines += [f"{module.name} {name} (", *ports[:-1], ports[-1][:-1], ");"]
        self.unread += [net for port, net in nets.items() if port not in known and net.isidentifier()]

    def module(self, name: str, about: str) -> str:
        """The whole file."""
        ports = ["input  wire clk", "input  wire rst", "input  wire start"]
        ports += ["input  wire rest"] if self.rests else []
        for read in self.reads:
            ports.append(f"output wire{Word(places(read.count), False).declared} {read.port}_at")
            ports.append(f"input  wire{read.word.declared} {read.port}")
        ports += ["output wire put", f"output wire{Word(places(self.count), False).declared} put_at"]
        ports += [f"output wire{self.word.declared} put_value", "output wire done"]
        body = [*self.declared, "", *self.lines, *unused_line(list(dict.fromkeys(self.unread)))]
        return "\n".join(
            [
                "`default_nettype none",
                "",
                f"// {about}",
                f"module {name} (",
                ",\n".join(f"    {port}" for port in ports),
                ");",
                *(f"    {line}" if line else "" for line in body),
                "endmodule",
                "",
                "`default_nettype wire",
                "",
            ]
        )
