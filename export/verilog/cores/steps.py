"""The arithmetic of one neuron as modules without a clock: a step, and of chips that add event by event an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spikelut.export.verilog.cores.expression_writer import UNUSED, VerilogText, Word
from spikelut.export.verilog.cores.words import WHO, Table
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.dynamics.event_lif import add_event, compared_event, tick
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF

EXACT = 2**62
"""Products up to here are made at once: a multiplier has as many bits as it needs."""


@dataclass(frozen=True)
class Port:
    """A port of a module."""

    name: str
    word: Word
    out: bool = False


@dataclass(frozen=True)
class Module:
    """A module without a clock."""

    name: str
    about: str
    ports: tuple[Port, ...]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its file."""
        kinds = [("output" if port.out else "input ") + f" wire{port.word.declared}" for port in self.ports]
        width = max(map(len, kinds))
        ports = [f"    {kind:<{width}} {port.name}" for kind, port in zip(kinds, self.ports, strict=True)]
        body = "\n".join(f"    {line}" for line in self.lines)
        head = ",\n".join(ports)
        return (
            f"`default_nettype none\n\n// {self.about}\nmodule {self.name} (\n{head}\n);\n{body}\nendmodule\n\n"
            "`default_nettype wire\n"
        )


def unused_line(names: Sequence[str]) -> list[str]:
    """What says of nets that nobody reads them."""
    return [f"wire {UNUSED} = &{{1'b0, {', '.join(names)}}};"] if names else []


class Arithmetic:
    """The inputs of a layer's neuron, as expressions, and what is made of them.

    `numbers`: of those that are one for each neuron the tables, by `Dynamics.mapped`'s names, and the bias.
    """

    def __init__(self, layer: IntegerLIF, numbers: dict[str, Table], bias: int) -> None:
        self.layer, self.home = layer, Recording(WHO, EXACT)
        self._numbers, self._same = numbers, bias
        self.kind: Dynamics = layer.kind.mapped(self._number)
        registers = [(state.name, state.register.min_code, state.register.max_code) for state in layer.kind.states]
        self.states = tuple(self.home.input(f"state_{name}", low, high) for name, low, high in registers)
        self.words = {name: Word.of(low, high) for name, low, high in registers}

    def _number(self, name: str, value: Any) -> Any:
        table = self._numbers.get(name)
        if table is not None:
            return self.home.input(name, table.low, table.high)
        return value if isinstance(value, int) else int(value[0])

    @property
    def bias(self) -> Any:
        """What is added to the membrane in every step."""
        table = self._numbers.get("bias")
        return self._same if table is None else self.home.input("bias", table.low, table.high)

    def module(self, name: str, about: str, given: dict[str, Word], results: dict[str, tuple[Word, Any]]) -> Module:
        """A module that computes `results`; its inputs are those that they need of what is `given`, states, numbers."""
        text = VerilogText(self.home)
        for target, (word, x) in results.items():
            text.store(target, word, x if isinstance(x, Expression) else self.home.constant(int(x)))
        states = {f"state_{state}": word for state, word in self.words.items()}
        numbers = {key: table.word for key, table in self._numbers.items()}
        inputs = {**states, **given, **numbers}
        read = {part.name for part in self.home.needed(*(x for _, x in results.values() if isinstance(x, Expression)))}
        ports = [Port(key, word) for key, word in inputs.items() if key in read]
        ports += [Port(target, word, out=True) for target, (word, _) in results.items()]
        lines = [*text.lines, *unused_line(text.unused())]
        return Module(name, about, tuple(ports), tuple(lines))


def step_module(
    name: str, layer: IntegerLIF, numbers: dict[str, Table], bias: int, arriving: tuple[int, int], out: Word
) -> Module:
    """A time step of a neuron for a synaptic sum in the range `arriving`; `out`: the word of its spikes."""
    made = Arithmetic(layer, numbers, bias)
    step = made.kind.step(ExpressionOps, made.states, made.home.input("arriving", *arriving), made.bias)
    results = {f"next_{state}": (word, x) for (state, word), x in zip(made.words.items(), step.states, strict=True)}
    if not layer.reads_out:
        results["spikes"] = (out, step.spikes)
    about = f"A time step of a neuron of layer {layer.name!r}."
    return made.module(name, about, {"arriving": Word.of(*arriving)}, results)


def addition_module(
    name: str, layer: IntegerEventLIF, numbers: dict[str, Table], weight: tuple[int, int], largest: int
) -> Module:
    """The events of one source, `count` of them, added in the register that they go to."""
    made = Arithmetic(layer, numbers, 0)
    state, register = list(made.words)[-1], made.kind.states[-1].register
    count = made.home.input("count", 0, largest)
    added = add_event(ExpressionOps, register, made.states[-1], made.home.input("weight", *weight), count)
    given = {"weight": Word.of(*weight), "count": Word.of(0, largest)}
    about = f"The events of one source at a neuron of layer {layer.name!r}."
    return made.module(name, about, given, {f"next_{state}": (made.words[state], added)})


def end_module(name: str, layer: IntegerEventLIF, numbers: dict[str, Table], bias: int, out: Word) -> Module:
    """What ends a step of a chip that compares once in it, after the events of the step."""
    made = Arithmetic(layer, numbers, bias)
    step = made.kind.step(ExpressionOps, made.states, made.states[0] * 0, made.bias)
    results = {f"next_{state}": (word, x) for (state, word), x in zip(made.words.items(), step.states, strict=True)}
    about = f"The end of a time step of a neuron of layer {layer.name!r}, after its events."
    return made.module(name, about, {}, results | {"spikes": (out, step.spikes)})


def event_module(name: str, layer: IntegerEventLIF, numbers: dict[str, Table], weight: tuple[int, int]) -> Module:
    """One event of a chip that compares after each."""
    made = Arithmetic(layer, numbers, 0)
    done = compared_event(ExpressionOps, made.kind.spec, made.states[0], made.home.input("weight", *weight))
    about = f"One event at a neuron of layer {layer.name!r}."
    results = {"next_mem": (made.words["mem"], done.mem), "spikes": (Word(1, False), done.spikes)}
    return made.module(name, about, {"weight": Word.of(*weight)}, results)


def tick_module(name: str, layer: IntegerEventLIF, numbers: dict[str, Table], bias: int) -> Module:
    """The leak and the bias of a chip that compares after each event, and after them."""
    made = Arithmetic(layer, numbers, bias)
    done = tick(ExpressionOps, made.kind.spec, made.states[0], made.bias)
    about = f"The end of a time step of a neuron of layer {layer.name!r}: leak, bias, and one more comparison."
    results = {"next_mem": (made.words["mem"], done.mem), "spikes": (Word(1, False), done.spikes)}
    return made.module(name, about, {}, results)
