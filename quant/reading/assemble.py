"""From what was read of a model to its integer network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spikelut._checks import require, require_int
from spikelut.hw_profiles import Profile
from spikelut.quant.network.network import INPUT, IntegerNetwork, NetworkInput
from spikelut.quant.neurons.graded import Delta
from spikelut.quant.reading.build import Build
from spikelut.quant.reading.chains import Read
from spikelut.quant.reading.integers import profile_of
from spikelut.quant.reading.qat_layers import SPIKING, TAKING
from spikelut.quant.weights.input_events import MOST_EVENTS, input_range
from spikelut.quant.wiring.call import Call


def assembled(who: str, read: Read, largest_input: int | Mapping[str, int] | None) -> IntegerNetwork:
    """The integers of what was read."""
    build = Build(who, inputs_of(who, read, largest_input), profile_in(who, read))
    for call in read.calls:
        build.call(call)
    return build.network(read.outputs, read.stated)


def check_largest(who: str, largest_input: int | Mapping[str, int] | None) -> None:
    """ValueError, in the name of `who`, for what cannot be the most events of an input, or of each by name."""
    for name, most in (largest_input if isinstance(largest_input, Mapping) else {INPUT: largest_input}).items():
        if most is not None:
            called = "largest_input" if name == INPUT else f"largest_input of {name!r}"
            require_int(who, called, most, 1, MOST_EVENTS)


def inputs_of(who: str, read: Read, largest_input: int | Mapping[str, int] | None) -> dict[str, NetworkInput]:
    """The inputs with what may come in, by name."""
    wanted: dict[str, Any] = dict(largest_input) if isinstance(largest_input, Mapping) else {}
    unknown = sorted(wanted.keys() - read.inputs.keys())
    require(not unknown, who, f"largest_input must be of {', '.join(read.inputs)}", unknown)
    found = {}
    for name, shape in read.inputs.items():
        most = wanted.get(name) if isinstance(largest_input, Mapping) else largest_input
        found[name] = _input(who, read, name, shape, most)
    return found


def profile_in(who: str, read: Read) -> Profile:
    """The chip of the first layer that has one."""
    modules = [call.module for call in read.calls if isinstance(call.module, (*TAKING, *SPIKING))]
    require(bool(modules), who, "model must have layers of neurons", [call.op for call in read.calls])
    return profile_of(modules[0])


def first_weights(calls: Sequence[Call], name: str) -> Iterator[Call]:
    """The layers of weights, or the encoders, that take an input, or what was made of it without weights."""
    reached = {name}
    for call in calls:
        if not reached.intersection(call.inputs):
            continue
        if isinstance(call.module, (*TAKING, Delta)):
            yield call
        elif not isinstance(call.module, SPIKING):
            reached.add(call.name)


def _input(who: str, read: Read, name: str, shape: tuple[Any, ...], largest: int | None) -> NetworkInput:
    weights: list[Any] = list(first_weights(read.calls, name))
    step, signed = 1.0, False
    if weights:
        step = weights[0].module.input_step
        stated = {c.module.largest_input for c in weights if c.module.largest_input is not None}
        where = f"{who}: layer {weights[-1].where!r}"
        require(len(stated) <= 1, where, f"largest_input must be one for all that take input {name!r}", sorted(stated))
        signs = {c.module.signed_input or getattr(c.module, "graded_input", False) for c in weights}
        require(len(signs) == 1, where, f"signed_input must be one for all that take input {name!r}", sorted(signs))
        largest, signed = largest or next(iter(stated), None), signs.pop()
    for call in read.calls:
        if call.op == "currents" and call.inputs == (name,) and not weights:
            # Neurons take it as it is; what makes such calls of integers says what may come.
            largest = largest or call.arguments.get("largest_input")
            signed = call.arguments.get("signed_input", False)
    least, most = input_range(step, largest, signed)
    repeats = any(call.op == "repeat" for call in read.calls)
    steps = read.steps if read.stated else 1 if repeats else None
    return NetworkInput(name, shape, most, least, step, steps)
