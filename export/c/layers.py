"""The layers of a network as C functions."""

from collections.abc import Iterator
from typing import Any

from spikelut.export.c.names import comment
from spikelut.export.c.plan import Constant, Neurons, Plan, Pool, Synapses, c_type
from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.network.layers import IntegerConv2d
from spikelut.quant.network.shapes import pair


def function_of(plan: Plan, part: Pool | Neurons) -> list[str]:
    """The function of a layer, `NAME_layer_SUFFIX(state, events)`, and `output` of the last."""
    given = part.given if isinstance(part, Pool) else part.feed.given
    last = isinstance(part, Neurons) and part.last
    result = f", {plan.out.c_type} *output" if last else ""
    body = _pool(part) if isinstance(part, Pool) else _neurons(part)
    return [
        f"/* {comment(_about(part))} */",
        f"static void {plan.name}_layer_{part.suffix}({plan.name}_state *state, const {given.c_type} *events{result})",
        "{",
        *(f"    {line}" if line else "" for line in body),
        "}",
        "",
    ]


def call_of(plan: Plan, part: Pool | Neurons) -> str:
    """The call of that function in a step."""
    given = part.given if isinstance(part, Pool) else part.feed.given
    output = ", output" if isinstance(part, Neurons) and part.last else ""
    return f"{plan.name}_layer_{part.suffix}(state, {given.text}{output});"


def _about(part: Pool | Neurons) -> str:
    if isinstance(part, Pool):
        return f"Layer {part.layer.name!r}: event counts of windows of {part.layer.kernel_size}."
    sizes = f"{part.feed.given.count} inputs, {part.outputs * part.places} neurons"
    return f"Layers {part.feed.layer.name!r} and {part.layer.name!r}: {sizes}."


def _block(head: str, body: list[str]) -> list[str]:
    return [f"{head} {{", *(f"    {line}" for line in body), "}"]


def _loop(index: str, count: int, body: list[str]) -> list[str]:
    """`body` for each index; once where there is one only."""
    if count == 1:
        return ["{", f"    const int32_t {index} = 0;", *(f"    {line}" for line in body), "}"]
    return _block(f"for (int32_t {index} = 0; {index} < {count}; ++{index})", body)


def _pool(part: Pool) -> list[str]:
    (_, height, width), (channels, rows, columns) = part.given.shape, part.into.shape
    size, stride = pair(part.layer.kernel_size)[0], pair(part.layer.stride)[0]
    inner = [f"sum += events[(c * {height} + y * {stride} + i) * {width} + x * {stride} + j];"]
    place = f"(c * {rows} + y) * {columns} + x"
    body = [
        "int32_t sum = 0;",
        *_loop("i", size, _loop("j", size, inner)),
        f"{part.into.text}[{place}] = ({part.into.c_type})sum;",
    ]
    return _loop("c", channels, _loop("y", rows, _loop("x", columns, body)))


def _neurons(part: Neurons) -> list[str]:
    """Sums, then a step of each neuron; of a convolution for the channels of one place after the other."""
    back, outputs = part.back, part.outputs
    clears = [f"{name}[o] = 0;" for name in sorted({s.sums for s in (part.feed, back) if s})]
    feed = list(_added(part.feed, "events", _scale(part, part.feed)))
    body = [*_loop("o", outputs, clears), *feed]
    if back is not None:
        body += _added(back, back.given.text, _scale(part, back))
    body += _loop("o", outputs, _step(part, "o" if part.places == 1 else f"o * {part.places} + place"))
    if isinstance(part.feed.layer, IntegerConv2d):
        rows, columns = part.shape[1:]
        head = [] if part.places == 1 else [f"const int32_t place = y * {columns} + x;"]
        return _loop("y", rows, _loop("x", columns, head + body))
    return body


def _shift(part: Neurons) -> int:
    """log2 of the membrane codes that the sums count in, unless channels have their own."""
    shifts = [s.layer.left_shift for s in (part.feed, part.back) if s]
    return min(shifts)


def _scale(part: Neurons, synapses: Synapses) -> int:
    """What an event counts in the sums of its layer."""
    shared = part.back is not None and part.back.sums == part.feed.sums
    return 1 << synapses.layer.left_shift - _shift(part) if shared else 1


def _added(synapses: Synapses, events: str, scale: int) -> Iterator[str]:
    """Adds the weights of every event to the sums; where nothing comes in nothing is done."""
    given, layer = synapses.given, synapses.layer
    weight, kind = synapses.weight, synapses.weight.c_type
    place, index, first = "i", "[i]", ""
    if isinstance(layer, IntegerConv2d):
        place, index = _place(synapses), "[i][row][column]"
        first = "" if layer.groups == 1 else f"{_group(layer)} * {weight.values.shape[-1]} + "
    several = given.largest > 1 or scale > 1
    count = f"{events}[{place}]" + (f" * {scale}" if scale > 1 else "")
    each = "weights[o]" if not several else "count * weights[o]"
    sums = _loop("o", weight.values.shape[-1], [f"{synapses.sums}[{first}o] += {each};"])
    rows = [f"const {kind} *const weights = {weight.name}{index};", *sums]
    body = (
        [f"const int32_t count = {count};", *_block("if (count != 0)", rows)]
        if several
        else _block(f"if ({count} != 0)", rows)
    )
    if isinstance(layer, IntegerConv2d):
        body = _window(layer, given.shape, body)
    yield from _loop("i", given.shape[0], body)


def _group(layer: IntegerConv2d) -> str:
    each = layer.in_channels // layer.groups
    return "i" if each == 1 else f"i / {each}"


def _place(synapses: Synapses) -> str:
    (_, height, width) = synapses.given.shape
    return f"(i * {height} + line) * {width} + at"


def _window(layer: IntegerConv2d, shape: tuple[int, ...], body: list[str]) -> list[str]:
    """`body` for each place of the kernel that lies on the image."""
    for index, name, variable, axis in (("column", "at", "x", 1), ("row", "line", "y", 0)):
        kernel, stride, padding = layer.codes.shape[2 + axis], layer.stride[axis], layer.padding[axis]
        moved = f"{variable} * {stride}" if stride > 1 else variable
        text = f"{moved} + {index}" + (f" - {padding}" if padding else "")
        inside = f"if ({name} >= 0 && {name} < {shape[1 + axis]})"
        # Without padding every window lies on the image.
        body = _loop(index, kernel, [f"const int32_t {name} = {text};", *(_block(inside, body) if padding else body)])
    return body


def _step(part: Neurons, place: str) -> list[str]:
    """The time step of the neuron at `place`, of channel `o`."""
    layer, home = part.layer, Recording("to_c")
    kind, suffix = layer.kind, part.suffix
    names = [f"state->{state.name}_{suffix}" for state in kind.states]
    ranges = [(state.register.min_code, state.register.max_code) for state in kind.states]
    states = tuple(home.input(f"{name}[{place}]", *ends) for name, ends in zip(names, ranges, strict=True))

    def number(value: Any) -> Any:
        if not isinstance(value, Constant):
            return value
        return home.input(f"{value.name}[o]", int(value.values.min()), int(value.values.max()))

    own = kind.mapped(lambda name, value: number(part.own.get(name, value)))
    step = own.step(ExpressionOps, states, _arriving(part, home), number(part.bias))
    # Every step leaves a state in its register, though the ranges of its parts do not show it for all of them.
    stores = [(name, c_type(*ends), after) for name, ends, after in zip(names, ranges, step.states, strict=True)]
    result = step.mem if layer.reads_out else step.spikes
    if part.last:
        stores.append(("output", part.out.c_type, result))
    if layer.recurrent or not part.last:
        stores.append((f"state->spikes_{suffix}", part.out.c_type, result))
    made = write(home, [result for _, _, result in stores])
    texts = zip(stores, made.texts, strict=True)
    return [*made.shared, *made.lines, *(f"{name}[{place}] = ({c}){text};" for (name, c, _), text in texts)]


def _arriving(part: Neurons, home: Recording) -> Expression:
    """The synaptic sum of channel `o` in membrane codes."""
    feed, back = part.feed, part.back
    if back is not None and back.sums == feed.sums:
        shift = _shift(part)
        reach = feed.reach + back.reach >> shift
        return home.input(f"{feed.sums}[o]", -reach, reach) << shift
    arriving = _sum(home, feed)
    return arriving if back is None else arriving + _sum(home, back)


def _sum(home: Recording, synapses: Synapses) -> Expression:
    text, shift = f"{synapses.sums}[o]", synapses.shift
    if shift is None:
        reach = synapses.reach >> synapses.layer.left_shift
        return home.input(text, -reach, reach) << synapses.layer.left_shift
    factor = f"((int32_t)1 << {shift.name}[o])"
    return home.input(f"{text} * {factor}", -synapses.reach, synapses.reach)
