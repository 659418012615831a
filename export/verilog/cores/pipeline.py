"""The first two clocks of every core: where it is, and what it is given there."""

from spikelut.export.verilog.cores.core_text import Core, CoreText
from spikelut.export.verilog.cores.expression_writer import VerilogText, Word, unsigned
from spikelut.export.verilog.cores.job import Job, Weights
from spikelut.export.verilog.cores.steps import EXACT, Module
from spikelut.export.verilog.cores.words import WHO, Table, places
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps

BIT = Word(1, False)


class Stage:
    """Arithmetic between two clocks, whose wires are `prefix` and a number."""

    def __init__(self, text: CoreText, prefix: str) -> None:
        self.text, self.home = text, Recording(WHO, EXACT)
        self._written = VerilogText(self.home, prefix)
        self._named: list[str] = []

    def number(self, name: str, low: int, high: int) -> Expression:
        """A net that has values in `low`..`high`."""
        self._named.append(name)
        return self.home.input(name, low, high)

    def truth(self, name: str) -> Expression:
        """A net of one bit."""
        self._named.append(name)
        return self.home.input(name, 0, 1, kind="truth")

    def store(self, name: str, word: Word, x: Expression | int, *, declare: bool = True) -> None:
        """A new wire, or a port, that has the value."""
        if declare:
            self.text.wire(name, word)
        before = len(self._written.lines)
        self._written.store(name, word, x if isinstance(x, Expression) else self.home.constant(x))
        self.text.lines += self._written.lines[before:]

    def close(self) -> None:
        """Say which nets, or bits of them, nobody reads: those of one value are numbers."""
        known = self._written.names
        self.text.unread += [*(name for name in self._named if name not in known), *self._written.unused()]


class Pipeline:
    """The core of a job of the network `top`, to which more is added."""

    def __init__(self, top: str, job: Job) -> None:
        self.top, self.job, self.modules = top, job, list[Module]()
        self.text = CoreText(top, job.reads, Word.of(*job.out), job.nest.outputs, job.neurons is not None)
        self.size = Word(places(job.nest.outputs), False)
        self.single = job.nest.sources == 1
        self._count()
        self._ask()

    def core(self) -> Core:
        """The core, when all is there."""
        job, text, name = self.job, self.text, f"{self.top}_core_{self.job.suffix}"
        made = text.module(name, job.about)
        return Core(
            name,
            job.suffix,
            job.about,
            job.reads,
            job.root,
            text.word,
            text.count,
            made,
            job.nest.clocks,
            text.rests,
            tuple(text.tables),
            tuple(self.modules),
            tuple(text.kept),
        )

    def _in_order(self) -> list[tuple[str, Table]]:
        """The tables of weights that are read word after word, by the names of their addresses."""
        weights, neurons = self.job.weights, self.job.neurons
        found = [("weight_at", weights.table)] if weights is not None and weights.address is None else []
        return found + ([("back_at", neurons.back.table)] if neurons is not None and neurons.back is not None else [])

    def _count(self) -> None:
        """Clock 0: the counters."""
        text, nest = self.text, self.job.nest
        text.declared += ["// The output, and the source of it, that are asked for.", "reg busy;", *nest.declarations]
        start, step = list(nest.start), list(nest.step)
        if not self.single:
            text.reg("first", BIT)
            start.append("first <= 1'b1;")
            step.append("first <= last;")
        for name, table in self._in_order():
            bits = places(table.count)
            text.reg(name, Word(bits, False))
            start.append(f"{name} <= {unsigned(0, bits)};")
            when = "" if not nest.again else "if (again) " if name == "back_at" else "if (!again) "
            over = f"{name} == {unsigned(table.count - 1, bits)} ? {unsigned(0, bits)} : {name} + {unsigned(1, bits)}"
            step.append(f"{when}{name} <= {over};")
        text.turns(start, step)

    def _ask(self) -> None:
        """The addresses the counters lead to."""
        job, stage = self.job, Stage(self.text, "a")
        counters = job.nest.counters(stage.home)
        for read, address in zip(job.reads, job.address, strict=True):
            stage.store(f"{read.port}_at", Word(places(read.count), False), address(counters), declare=False)
        if job.weights is not None and job.weights.address is not None:
            stage.store("weight_at", Word(places(job.weights.table.count), False), job.weights.address(counters))
        if job.inside is not None:
            stage.store("on_image", BIT, job.inside(counters))
        if job.numbers:
            assert job.channel is not None  # of what has numbers
            stage.store("channel", Word(places(job.channels), False), job.channel(counters))
        stage.close()

    def delay(self, *, numbers_at: str) -> None:
        """Clock 1: what was asked for is there. Tables of numbers are read at `channel`, or at `channel_1` later."""
        text, job = self.text, self.job
        copies = [("last", BIT), ("finished", BIT), ("at", self.size)]
        copies += [] if self.single else [("first", BIT)]
        copies += [] if job.inside is None else [("on_image", BIT)]
        copies += [("again", BIT)] if job.nest.again else []
        if job.numbers and numbers_at == "channel_1":
            copies.append(("channel", Word(places(job.channels), False)))
        text.declared.append("// One clock later: what is given there, and its weight.")
        text.reg("busy_1", BIT)
        for name, word in copies:
            text.reg(f"{name}_1", word)
        text.always(["busy_1 <= !rst && busy;", *(f"{name}_1 <= {name};" for name, _ in copies)])
        if job.weights is not None:
            text.rom("weight", job.weights.table, "weight_at")
        for name, table in job.numbers.items():
            text.rom(name, table, numbers_at)
        text.declared.append("// Two clocks later: all sources of an output are in.")
        text.reg("step", BIT)
        text.reg("finished_2", BIT)
        text.reg("at_2", self.size)
        text.always(["step <= !rst && busy_1 && last_1;", "finished_2 <= finished_1;", "at_2 <= at_1;"])
        text.lines += ["assign put = step;", "assign put_at = at_2;", "assign done = step && finished_2;"]

    def given(self, stage: Stage, index: int = 0) -> Expression:
        """What an array gives; outside of an image nothing."""
        read = self.job.reads[index]
        value = stage.number(read.port, read.low, read.high)
        return value if self.job.inside is None else ExpressionOps.where(stage.truth("on_image_1"), value, 0)


def share(weights: Weights, weight: Expression, count: Expression) -> Expression:
    """What `count` events add to a sum of weight codes."""
    if (count.low, count.high) == (0, 1):
        return ExpressionOps.where(count > 0, weight, 0)
    return weight * count


def shifted(stage: Stage, weights: Weights, x: Expression, shift: str) -> Expression:
    """Weight codes in membrane codes; the net `shift` has that of a channel."""
    x = x << weights.left_shift
    if weights.shift is None:
        return x
    return x * 2 ** stage.number(shift, weights.shift.low, weights.shift.high)
