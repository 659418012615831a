"""Weights and neurons in one as C: a loop over the sources, and in it one over the neurons that see them."""

from collections.abc import Callable
from typing import Any

from spikelut.export.c.arrays import Constant, c_type
from spikelut.export.c.blocks import block, loop
from spikelut.export.c.parts import Neurons, Synapses
from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.dynamics.event_lif import add_event, compared_event, tick
from spikelut.quant.network.events.layer import IntegerEventLIF

Results = list[tuple[str, str]]
Stores = list[tuple[str, str, Any]]
"""C for a place, its type, and what goes there."""


class Step:
    """The arithmetic of one neuron at `place`, of channel `channel`, recorded and written as C."""

    def __init__(self, part: Neurons, layer: IntegerEventLIF, place: str, channel: str) -> None:
        self.part, self.layer, self.place, self.channel = part, layer, place, channel
        self.home = Recording("to_c")
        kind = layer.kind.mapped(lambda name, value: self._number(part.own.get(name, value)))
        self.kind = kind
        self.names = [f"state->{state.name}_{part.suffix}" for state in kind.states]
        self.ranges = [(state.register.min_code, state.register.max_code) for state in kind.states]
        inputs = zip(self.names, self.ranges, strict=True)
        self.states = tuple(self.home.input(f"{name}[{place}]", *ends) for name, ends in inputs)

    def _number(self, value: Any) -> Any:
        if not isinstance(value, Constant):
            return value
        return self.home.input(f"{value.name}[{self.channel}]", int(value.values.min()), int(value.values.max()))

    @property
    def bias(self) -> Any:
        """What is added to the membrane in every step."""
        return self._number(self.part.bias)

    def weight(self, feed: Synapses) -> Expression:
        """What an event adds, of output `o` of the weights, in membrane codes."""
        codes, shift = feed.weight.values, feed.shift
        low, high = int(codes.min(initial=0)), int(codes.max(initial=0))
        if shift is None:
            return self.home.input("weights[o]", low, high) << feed.layer.left_shift
        text, most = _shift_text(feed), int(shift.values.max())
        return self.home.input(f"weights[o] * {text}", low << most, high << most)

    def event(self, feed: Synapses, result: str) -> list[str]:
        """One event of a chip that compares after each; its spikes are counted in `result`."""
        done = compared_event(ExpressionOps, self.kind.spec, self.states[0], self.weight(feed))
        return self._written([(self.names[0], c_type(*self.ranges[0]), done.mem), (result, "", done.spikes)])

    def addition(self, feed: Synapses, largest: int) -> list[str]:
        """All events of a source, added in the register that they go to."""
        count = self.home.input("count", 0, largest) if largest > 1 else 1
        register = self.kind.states[-1].register
        added = add_event(ExpressionOps, register, self.states[-1], self.weight(feed), count)
        return self._written([(self.names[-1], c_type(*self.ranges[-1]), added)])

    def end(self, results: Results) -> list[str]:
        """What ends a step of a chip that compares once in it; `results`: where its spikes go."""
        step = self.kind.step(ExpressionOps, self.states, self.states[0] * 0, self.bias)
        stores: Stores = [
            (name, c_type(*ends), after) for name, ends, after in zip(self.names, self.ranges, step.states, strict=True)
        ]
        return self._written(stores + [(name, kind, step.spikes) for name, kind in results])

    def tick(self, result: str) -> list[str]:
        """The leak and the bias of a chip that compares after each event, and after them."""
        done = tick(ExpressionOps, self.kind.spec, self.states[0], self.bias)
        return self._written([(self.names[0], c_type(*self.ranges[0]), done.mem), (result, "", done.spikes)])

    def _written(self, stores: Stores) -> list[str]:
        """Lines that store the results; where no type is given they are added to what is there."""
        made = write(self.home, [result for _, _, result in stores])
        lines = [*made.shared, *made.lines]
        for (name, kind, _), text in zip(stores, made.texts, strict=True):
            lines.append(f"{name}[{self.place}] = ({kind})({text});" if kind else f"{name} += {text};")
        return lines


def _shift_text(feed: Synapses) -> str:
    assert feed.shift is not None  # the caller's case
    return f"((int32_t)1 << {feed.shift.name}[o])"


Visit = Callable[[list[str]], list[str]]
"""Lines for every source that neurons see: `count` is how often it came, `weights` those to the outputs `o`."""


def event_steps(
    part: Neurons, feed: Synapses, results: Results, sources: Visit, first: str
) -> Callable[[str], list[str]]:
    """The step of all outputs `o` of one place, as a function of that place.

    `first`: of a source's outputs, what comes before `o` among all. `results`: where spikes go, and their types.
    """
    layer, largest = part.layer, feed.given.signal.largest
    assert isinstance(layer, IntegerEventLIF)  # the caller's
    met = "o" if not first else f"({first}o)"
    where = met if feed.places == 1 else f"{met} * {feed.places} + place"
    reached, turn = feed.weight.values.shape[-1], Step(part, layer, where, met)

    def summed(place: str) -> list[str]:
        each = loop("o", reached, turn.addition(feed, largest))
        return [*sources(each), *loop("o", feed.outputs, Step(part, layer, place, "o").end(results))]

    def compared(place: str) -> list[str]:
        each = loop("o", reached, turn.event(feed, f"{feed.sums}[{first}o]"))
        if largest > 1:
            each = block("for (int32_t number = 0; number < count; ++number)", each)
        ended = Step(part, layer, place, "o").tick(f"{feed.sums}[o]") if layer.ticks else []
        kept = [f"{name}[{place}] = ({kind}){feed.sums}[o];" for name, kind in results]
        clears = loop("o", feed.outputs, [f"{feed.sums}[o] = 0;"])
        return [*clears, *sources(each), *loop("o", feed.outputs, [*ended, *kept])]

    return compared if layer.each else summed
