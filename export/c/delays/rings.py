"""Layers that look back in time in C: rings of events, and of sums that are due."""

from spikelut.export.c.arrays import BYTES
from spikelut.export.c.blocks import block, loop
from spikelut.export.c.parts import Delayed
from spikelut.quant.network.layers import IntegerDelayedLinear


def about_delayed(part: Delayed) -> str:
    """What a layer does, in words."""
    where, longest = f"Layer {part.layer.name!r}", part.layer.length
    if isinstance(part.layer, IntegerDelayedLinear):
        return f"{where}: {part.given.count} inputs, {part.into.count} sums, each synapse up to {longest} steps later."
    return f"{where}: {part.given.count} events, up to {longest} steps later."


def delayed(part: Delayed, events: str, into: str) -> list[str]:
    """The C of a layer, from the array `events` into another; `now` is where this step is in its ring."""
    now = f"state->now_{part.suffix}[0]"
    body = _sums(part, events, into) if isinstance(part.layer, IntegerDelayedLinear) else _events(part, events, into)
    step = f"{now} = (uint8_t)(now + 1 < {part.slots} ? now + 1 : 0);"
    return [f"const int32_t now = {now};", *body, step]


def _slot(delay: str, slots: int, sign: str) -> list[str]:
    """The place in the ring of a step before or after this one."""
    over = f"slot < 0 ? slot + {slots} : slot" if sign == "-" else f"slot >= {slots} ? slot - {slots} : slot"
    return [f"const int32_t slot = now {sign} {delay};", f"const int32_t at = {over};"]


def _events(part: Delayed, events: str, into: str) -> list[str]:
    """This step's events go into the ring, and those come out that have waited."""
    ring, count = f"state->ring_{part.suffix}", part.given.count
    size = count * BYTES[part.given.c_type]
    keep = f"memcpy({ring} + now * {count}, {events}, {size});"
    if part.delay is None:
        body = loop("i", count, [f"{into}[i] = ({part.into.c_type}){ring}[at * {count} + i];"])
        return [keep, *_slot(str(part.layer.length), part.slots, "-"), *body]
    channels = len(part.delay.values)
    places = count // channels
    head = _slot(f"{part.delay.name}[c]", part.slots, "-")
    place = "c" if places == 1 else f"c * {places} + i"
    body = [f"{into}[{place}] = ({part.into.c_type}){ring}[at * {count} + {place}];"]
    return [keep, *loop("c", channels, [*head, *(body if places == 1 else loop("i", places, body))])]


def _sums(part: Delayed, events: str, into: str) -> list[str]:
    """Each event is added to what is due in the steps where its weights arrive; then this step's sums are taken."""
    weight, delay, outputs = part.weight, part.delay, part.into.count
    assert weight is not None  # of such a layer both are there
    assert delay is not None
    ring = f"state->ring_{part.suffix}"
    added = loop(
        "o", outputs, [*_slot("steps[o]", part.slots, "+"), f"{ring}[at * {outputs} + o] += count * weights[o];"]
    )
    rows = [
        f"const {weight.c_type} *const weights = {weight.name}[i];",
        f"const {delay.c_type} *const steps = {delay.name}[i];",
        *added,
    ]
    body = [f"const int32_t count = {events}[i];", *block("if (count != 0)", rows)]
    shift = part.layer.left_shift if isinstance(part.layer, IntegerDelayedLinear) else 0
    factor = f" * ((int32_t)1 << {part.shift.name}[o])" if part.shift else f" * {1 << shift}" if shift else ""
    place = f"now * {outputs} + o"
    taken = [f"{into}[o] = ({part.into.c_type})({ring}[{place}]{factor});", f"{ring}[{place}] = 0;"]
    return [*loop("i", part.given.count, body), *loop("o", outputs, taken)]
