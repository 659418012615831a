"""The layers of a network as C functions: weights and neurons."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from spikelut.export.c.arrays import Constant, Values, c_type
from spikelut.export.c.blocks import block, loop
from spikelut.export.c.delays.rings import about_delayed, delayed
from spikelut.export.c.events.steps import event_steps
from spikelut.export.c.names import comment
from spikelut.export.c.parts import Delayed, Neurons, Part, Shaping, Sums, Synapses
from spikelut.export.c.plan import Plan
from spikelut.export.c.shaping import about_shaping, shaping
from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerConv2d, IntegerLinear


def function_of(plan: Plan, part: Part) -> list[str]:
    """The function of a layer, `NAME_layer_SUFFIX(state, events)`, and `output` where that is one of the step's."""
    body = _body(part)
    given = [f"const {values.c_type} *{name}" for values, name in zip(_given(part), _names(part), strict=True)]
    state = [f"{plan.name}_state *state"] if _uses_state(body) else []
    results = [f"{values.c_type} *output" for values in _into(part)]
    # Where all sums are zero nothing depends on them.
    unused = [f"(void){name};" for name in _names(part) if not any(re.search(rf"\b{name}\b", line) for line in body)]
    return [
        f"/* {comment(_about(part))} */",
        f"static void {plan.name}_layer_{part.suffix}({', '.join([*state, *given, *results])})",
        "{",
        *(f"    {line}" for line in [*unused, *body]),
        "}",
        "",
    ]


def call_of(plan: Plan, part: Part) -> str:
    """The call of that function in a step."""
    state = ["state"] if _uses_state(_body(part)) else []
    words = [*state, *(values.text for values in (*_given(part), *_into(part)))]
    return f"{plan.name}_layer_{part.suffix}({', '.join(words)});"


def _uses_state(body: list[str]) -> bool:
    return any("state->" in line for line in body)


def _given(part: Part) -> tuple[Values, ...]:
    if isinstance(part, Shaping):
        return part.given
    if isinstance(part, Delayed):
        return (part.given,)
    return (part.given if isinstance(part, Neurons) else part.feed.given,)


def _names(part: Part) -> list[str]:
    """What the arrays that a function is given are called in it."""
    given = _given(part)
    names = [values.signal.kind for values in given]
    return [*names] if len(names) == 1 else [f"{name}_{i}" for i, name in enumerate(names)]


def _into(part: Part) -> list[Values]:
    """The arguments of the step that a part writes to; there is one at most."""
    stored = part.stored if isinstance(part, Neurons) else (part.into,)
    return [values for values in stored if values.is_argument]


def _local(values: Values) -> str:
    """C for an array that is written to in the function of its layer."""
    return "output" if values.is_argument else values.text


def _body(part: Part) -> list[str]:
    if isinstance(part, Shaping):
        return shaping(part, _names(part), _local(part.into))
    if isinstance(part, Delayed):
        return delayed(part, _names(part)[0], _local(part.into))
    return _sums(part) if isinstance(part, Sums) else _neurons(part)


def _about(part: Part) -> str:
    if isinstance(part, Shaping):
        return about_shaping(part)
    if isinstance(part, Delayed):
        return about_delayed(part)
    if isinstance(part, Sums):
        return f"Layer {part.feed.layer.name!r}: {part.feed.given.count} inputs, {part.into.count} sums."
    count = part.outputs * part.places
    if isinstance(part.feed, Values):
        return f"Layer {part.layer.name!r}: {count} neurons."
    sizes = f"{part.feed.given.count} inputs, {count} neurons"
    return f"Layers {part.feed.layer.name!r} and {part.layer.name!r}: {sizes}."


def _sums(part: Sums) -> list[str]:
    """Sums of one place after the other."""
    feed, into = part.feed, part.into
    shift = feed.layer.left_shift
    factor = f" * ((int32_t)1 << {feed.shift.name}[o])" if feed.shift else f" * {1 << shift}" if shift else ""

    def kept(place: str) -> list[str]:
        return [f"{_local(into)}[{place}] = ({into.c_type})({feed.sums}[o]{factor});"]

    added = [*loop("o", feed.outputs, [f"{feed.sums}[o] = 0;"]), *_added(feed, "events", 1)]
    return _everywhere(feed, lambda place: [*added, *loop("o", feed.outputs, kept(place))])


def _everywhere(feed: Synapses, body: Callable[[str], list[str]]) -> list[str]:
    """`body` for the outputs `o` of one place after the other, for which it is given their place in the array."""
    if isinstance(feed.layer, IntegerConv2d):
        rows, columns = feed.gives.shape[1:]
        head = [] if feed.places == 1 else [f"const int32_t place = y * {columns} + x;"]
        inner = body("o" if feed.places == 1 else f"o * {feed.places} + place")
        return loop("y", rows, loop("x", columns, head + inner))
    if feed.places == 1:
        return body("o")
    return loop("n", feed.places, body(f"n * {feed.outputs} + o"))


def _neurons(part: Neurons) -> list[str]:
    """Sums, then a step of each neuron; of a convolution for the channels of one place after the other."""
    feed, back = part.feed, part.back
    if isinstance(feed, Values):
        return _neurons_alone(part)
    if isinstance(part.layer, IntegerEventLIF):
        results = [(_local(values), values.c_type) for values in part.stored]
        return _everywhere(
            feed, event_steps(part, feed, results, lambda each: [*_sources(feed, "events", 1, each)], _first(feed))
        )
    clears = [f"{name}[o] = 0;" for name in sorted({s.sums for s in (feed, back) if s})]
    body = [*loop("o", feed.outputs, clears), *_added(feed, "events", _scale(part, feed))]
    if back is not None:
        body += _added(back, back.given.text, _scale(part, back))
    return _everywhere(
        feed, lambda place: [*body, *loop("o", feed.outputs, _step(part, place, _channel(part, feed, place)))]
    )


def _channel(part: Neurons, feed: Synapses, place: str) -> str:
    """Whose bias, decay and threshold the neuron at a place has: its place in the first dimension."""
    rows = isinstance(feed.layer, IntegerLinear) and len(feed.gives.shape) > 1
    if part.outputs == feed.outputs and not rows:
        return "o"
    return place if part.places == 1 else f"({place}) / {part.places}"


def _neurons_alone(part: Neurons) -> list[str]:
    """A step of each neuron, whose sums are in an array."""
    back = part.back
    if back is not None:
        clears = loop("o", part.outputs, [f"{back.sums}[o] = 0;"])
        return [*clears, *_added(back, back.given.text, 1), *loop("o", part.outputs, _step(part, "o", "o"))]
    if part.places == 1 or not any(isinstance(value, Constant) for value in (part.bias, *part.own.values())):
        return loop("i", part.outputs * part.places, _step(part, "i", "i"))
    step = _step(part, f"o * {part.places} + place", "o")
    return loop("o", part.outputs, loop("place", part.places, step))


def _shift(part: Neurons) -> int:
    """log2 of the membrane codes that the sums count in, unless channels have their own."""
    shifts = [s.layer.left_shift for s in (part.feed, part.back) if isinstance(s, Synapses)]
    return min(shifts)


def _scale(part: Neurons, synapses: Synapses) -> int:
    """What an event counts in the sums of its layer."""
    return 1 << synapses.layer.left_shift - _shift(part) if _share(part) else 1


def _share(part: Neurons) -> bool:
    """Whether the weights before and those from a layer's own spikes add up in one array."""
    return isinstance(part.feed, Synapses) and part.back is not None and part.back.sums == part.feed.sums


def _added(synapses: Synapses, events: str, scale: int) -> Iterator[str]:
    """Adds the weights of every event to the sums; where nothing comes in nothing is done."""
    signal = synapses.given.signal
    wide = "(int64_t)" if synapses.layer.code_sums(signal.least, signal.largest) * scale >= 2**31 else ""
    each = f"{wide}count * weights[o]" if _is_several(synapses) or scale > 1 else "weights[o]"
    line = f"{synapses.sums}[{_first(synapses)}o] += {each};"
    yield from _sources(synapses, events, scale, loop("o", synapses.weight.values.shape[-1], [line]))


def _is_several(synapses: Synapses) -> bool:
    """Whether an input can come more often than once, or less than never."""
    signal = synapses.given.signal
    return signal.least < 0 or signal.largest > 1


def _first(synapses: Synapses) -> str:
    """What comes before the outputs `o` of an input among all outputs: those of other groups."""
    layer = synapses.layer
    grouped = isinstance(layer, IntegerConv2d) and layer.groups > 1
    return f"{_group(layer)} * {synapses.weight.values.shape[-1]} + " if grouped else ""


def _sources(synapses: Synapses, events: str, scale: int, body: list[str]) -> Iterator[str]:
    """`body` for every input that came, with its `weights`, and its `count` where that can be another than 1."""
    given, layer = synapses.given, synapses.layer
    weight, kind = synapses.weight, synapses.weight.c_type
    inputs = given.shape[-1]
    place, index = "i" if synapses.places == 1 else f"n * {inputs} + i", "[i]"
    if isinstance(layer, IntegerConv2d):
        inputs, place, index = given.shape[0], _place(synapses), "[i][row][column]"
    several = _is_several(synapses) or scale > 1
    count = f"{events}[{place}]" + (f" * {scale}" if scale > 1 else "")
    # Of weights that are all zero a step may need none; a compiler would warn.
    named = [f"const {kind} *const weights = {weight.name}{index};"] if any("weights" in line for line in body) else []
    rows = [*named, *body]
    body = (
        [f"const int32_t count = {count};", *block("if (count != 0)", rows)]
        if several
        else block(f"if ({count} != 0)", rows)
    )
    if isinstance(layer, IntegerConv2d):
        body = _window(layer, given.shape, body)
    yield from loop("i", inputs, body)


def _group(layer: Any) -> str:
    each = layer.in_channels // layer.groups
    return "i" if each == 1 else f"i / {each}"


def _place(synapses: Synapses) -> str:
    (_, height, width) = synapses.given.shape
    return f"(i * {height} + line) * {width} + at"


def _window(layer: IntegerConv2d, shape: tuple[int, ...], body: list[str]) -> list[str]:
    """`body` for each place of the kernel that lies on the image."""
    for index, name, variable, axis in (("column", "at", "x", 1), ("row", "line", "y", 0)):
        kernel, stride, padding = layer.codes.shape[2 + axis], layer.stride[axis], layer.padding[axis]
        dilation = layer.dilation[axis]
        moved = f"{variable} * {stride}" if stride > 1 else variable
        reached = f"{index} * {dilation}" if dilation > 1 else index
        text = f"{moved} + {reached}" + (f" - {padding}" if padding else "")
        inside = f"if ({name} >= 0 && {name} < {shape[1 + axis]})"
        # Without padding every window lies on the image.
        body = loop(index, kernel, [f"const int32_t {name} = {text};", *(block(inside, body) if padding else body)])
    return body


def _step(part: Neurons, place: str, channel: str) -> list[str]:
    """The time step of the neuron at `place`, of channel `channel`."""
    layer, home = part.layer, Recording("to_c")
    kind, suffix = layer.kind, part.suffix
    names = [f"state->{state.name}_{suffix}" for state in kind.states]
    ranges = [(state.register.min_code, state.register.max_code) for state in kind.states]
    states = tuple(home.input(f"{name}[{place}]", *ends) for name, ends in zip(names, ranges, strict=True))

    def number(value: Any) -> Any:
        if not isinstance(value, Constant):
            return value
        return home.input(f"{value.name}[{channel}]", int(value.values.min()), int(value.values.max()))

    bias, own = number(part.bias), kind.mapped(lambda name, value: number(part.own.get(name, value)))
    step = own.step(ExpressionOps, states, _arriving(part, home, place), bias)
    # Every step leaves a state in its register, though the ranges of its parts do not show it for all of them.
    stores = [(name, c_type(*ends), after) for name, ends, after in zip(names, ranges, step.states, strict=True)]
    result = step.mem if layer.reads_out else step.spikes
    stores += [(_local(values), values.c_type, result) for values in part.stored]
    made = write(home, [result for _, _, result in stores])
    texts = zip(stores, made.texts, strict=True)
    return [*made.shared, *made.lines, *(f"{name}[{place}] = ({c}){text};" for (name, c, _), text in texts)]


def _arriving(part: Neurons, home: Recording, place: str) -> Expression:
    """The synaptic sum of the neuron at `place` in membrane codes, of output `o` of the weights."""
    feed, back = part.feed, part.back
    if isinstance(feed, Values):
        arriving = home.input(f"{feed.signal.kind}[{place}]", feed.signal.least, feed.signal.largest)
    elif _share(part):
        assert back is not None  # what is shared is both's
        shift = _shift(part)
        reach = feed.reach + back.reach >> shift
        return home.input(f"{feed.sums}[o]", -reach, reach) << shift
    else:
        arriving = _sum(home, feed)
    return arriving if back is None else arriving + _sum(home, back)


def _sum(home: Recording, synapses: Synapses) -> Expression:
    text, shift = f"{synapses.sums}[o]", synapses.shift
    if shift is None:
        reach = synapses.reach >> synapses.layer.left_shift
        return home.input(text, -reach, reach) << synapses.layer.left_shift
    factor = f"((int{64 if synapses.reach >= 2**31 else 32}_t)1 << {shift.name}[o])"
    return home.input(f"{text} * {factor}", -synapses.reach, synapses.reach)
