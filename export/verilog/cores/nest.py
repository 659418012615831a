"""Counters that go through the outputs of a layer, and for each of them through its sources."""

from dataclasses import dataclass
from math import prod

from spikelut.export.verilog.cores.expression_writer import unsigned
from spikelut.export.verilog.cores.words import places
from spikelut.quant.codegen.expression import Expression, Recording


@dataclass(frozen=True)
class Loop:
    """A counter from 0 to before `count`."""

    name: str
    count: int

    @property
    def bits(self) -> int:
        return places(self.count)

    @property
    def last(self) -> str:
        """Whether it is at its end."""
        return f"{self.name} == {unsigned(self.count - 1, self.bits)}"


@dataclass(frozen=True)
class Nest:
    """The loops of a core, the slowest first: over outputs, over the sources of one, then over `again`, its own spikes.

    Loops of one are left out, and are the number 0.
    """

    outer: tuple[Loop, ...]
    inner: tuple[Loop, ...]
    again: int = 0

    @property
    def outputs(self) -> int:
        return prod(loop.count for loop in self.outer)

    @property
    def sources(self) -> int:
        return prod(loop.count for loop in self.inner)

    @property
    def clocks(self) -> int:
        """Of a step, until the last output is written."""
        return self.outputs * (self.sources + self.again) + 3

    def counters(self, home: Recording) -> dict[str, Expression]:
        """All of them by name, as numbers of `home`; `at` is the place of the output."""
        loops = (*self.outer, *self.inner, Loop("at", self.outputs))
        return {loop.name: home.input(loop.name, 0, loop.count - 1) for loop in loops}

    @property
    def declarations(self) -> list[str]:
        """The registers, and `last`, with the last source of an output, and `finished`, with that of the last."""
        kept = [loop for loop in (*self.outer, *self.inner) if loop.count > 1]
        lines = [f"reg [{loop.bits - 1}:0] {loop.name};" for loop in kept]
        inner = [loop for loop in self.inner if loop.count > 1]
        outer = [loop for loop in self.outer if loop.count > 1]
        lines.append(f"wire seen = {_all([loop.last for loop in inner])};")
        if self.again:
            lines += ["reg again;", f"reg [{places(self.again) - 1}:0] own;"]
            lines.append(f"wire last = again && {Loop('own', self.again).last};")
        else:
            lines.append("wire last = seen;")
        lines.append(f"wire finished = {_all(['last', *(loop.last for loop in outer)])};")
        place = f"[{places(self.outputs) - 1}:0] at"
        lines.append(f"wire {place} = {outer[0].name};" if len(outer) == 1 else f"reg {place};")
        return lines

    @property
    def start(self) -> list[str]:
        """What is done before the first source."""
        kept = [loop for loop in (*self.outer, *self.inner) if loop.count > 1]
        own = ["again <= 1'b0;", f"own <= {unsigned(0, places(self.again))};"] if self.again else []
        return [
            *(f"{loop.name} <= {unsigned(0, loop.bits)};" for loop in kept),
            *own,
            *([] if self._counts_outputs else [f"at <= {unsigned(0, places(self.outputs))};"]),
        ]

    @property
    def _counts_outputs(self) -> bool:
        """Whether one counter is the place of the output."""
        return sum(loop.count > 1 for loop in self.outer) == 1

    @property
    def step(self) -> list[str]:
        """What is done in each clock: to the next source."""
        bits = places(self.outputs)
        onward = _advance(self.outer)
        if not self._counts_outputs:
            onward.append(f"at <= finished ? {unsigned(0, bits)} : at + {unsigned(1, bits)};")
        lines = _advance(self.inner)
        if self.again:
            size = places(self.again)
            lines = _if("!again", lines)
            lines.append(f"if (again) own <= last ? {unsigned(0, size)} : own + {unsigned(1, size)};")
            lines.append("again <= again ? !last : seen;")
        return [*lines, *_if("last", onward)]


def _advance(loops: tuple[Loop, ...]) -> list[str]:
    """To the next of the places, the first after the last."""
    lines: list[str] = []
    for loop in [loop for loop in loops if loop.count > 1]:
        ahead = f"{loop.name} <= {loop.last} ? {unsigned(0, loop.bits)} : {loop.name} + {unsigned(1, loop.bits)};"
        faster = loops[loops.index(loop) + 1 :]
        ends = [other.last for other in faster if other.count > 1]
        lines.append(f"if ({_all(ends)}) {ahead}" if ends else ahead)
    return lines


def _all(conditions: list[str]) -> str:
    return " && ".join(conditions) or "1'b1"


def _if(condition: str, lines: list[str]) -> list[str]:
    return [f"if ({condition}) begin", *(f"    {line}" for line in lines), "end"] if lines else []
