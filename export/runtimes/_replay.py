"""Running a file over samples and time steps, whatever its form."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.runtimes._description import INPUT, NEXT, Description, Port
from spikelut.export.runtimes._runtime import Arrays

Outputs = dict[str, NDArray[Any]]


def replay(
    session: Callable[[Arrays], Outputs],
    file: Description,
    events: NDArray[Any] | Mapping[str, NDArray[Any]],
    repeated: int = 1,
) -> Outputs:
    """Every output [T, B, ...] for `events` [T, B, ...] of the type the file takes; states by their names as inputs.

    Of several inputs `events` has one array for each, by name. A file of one step is run step by step from states of
    zero; one for a fixed number of samples is run as often as that takes. `repeated`: how often each step of `events`
    counts in a network that repeats its input; of several inputs, of those that have the fewest steps.

    Raises ValueError for events that do not fit the file, and whatever the runtime raises.
    """
    ports = {port.name: port for port in file.entries}
    require(bool(ports), "replay", f"the file must have an input named {INPUT!r}", [p.name for p in file.inputs])
    given = {*ports, *(state.name for state in file.states)}
    unknown = [p.name for p in file.inputs if p.name not in given]
    require(not unknown, "replay", "inputs must be events, or states with an output NAME.next", unknown)
    arrays = dict(events) if isinstance(events, Mapping) else dict.fromkeys(list(ports)[:1], events)
    require(arrays.keys() == ports.keys(), "replay", f"events must be of {', '.join(ports)}", sorted(arrays))
    single = file.form == "step" or bool(file.states)
    for name, port in ports.items():
        _check(arrays[name], port, single, name if len(ports) > 1 else "events")
    batch = _same("samples", {array.shape[1] for array in arrays.values()})
    if single:
        fewest = min(map(len, arrays.values()))
        arrays = {n: np.repeat(a, repeated, 0) if len(a) == fewest else a for n, a in arrays.items()}
    free = [name for name, port in ports.items() if single or isinstance(port.shape[0], str)]
    steps = _same("steps", {len(arrays[name]) for name in free}) if free else 1
    if not steps:
        # onnxruntime's Scan wants a step; what it gives has the shapes.
        one = {n: np.zeros((1, *a.shape[1:]), a.dtype) if n in free else a for n, a in arrays.items()}
        return {name: train[:0] for name, train in replay(session, file, one).items()}
    first_port = next(iter(ports.values()))
    most = (first_port.shape if single else first_port.shape[1:])[:1]
    at_once = most[0] if most and isinstance(most[0], int) else batch
    parts = []
    # Of no samples, too, a run gives the shapes.
    for first in range(0, max(1, batch), max(1, at_once)):
        missing = max(0, at_once - (batch - first))
        part = {n: _filled(a[:, first : first + at_once], missing) for n, a in arrays.items()}
        outputs = _steps(session, file, part) if single else session(part)
        parts.append({name: train[:, : at_once - missing] for name, train in outputs.items()})
    return {name: np.concatenate([part[name] for part in parts], 1) for name in parts[0]}


def _same(what: str, numbers: set[int]) -> int:
    require(len(numbers) == 1, "replay", f"events must have as many {what} in all inputs", sorted(numbers))
    return numbers.pop()


def _filled(part: NDArray[Any], missing: int) -> NDArray[Any]:
    return np.pad(part, [(0, 0), (0, missing), *[(0, 0)] * (part.ndim - 2)])


def _check(events: NDArray[Any], port: Port, single: bool, name: str) -> None:
    require(events.dtype == port.dtype, "replay", f"{name} must be {port.dtype}", events.dtype)
    steps, *shape = ("T", *port.shape) if single else port.shape
    rank = len(shape) + 1
    fits = events.ndim == rank and all(
        isinstance(a, str) or a == b for a, b in zip(shape[1:], events.shape[2:], strict=True)
    )
    fits = fits and (isinstance(steps, str) or steps == events.shape[0])
    wanted = ", ".join(map(str, (steps, *shape)))
    require(fits, "replay", f"{name} must be [{wanted}]", events.shape)


def _steps(session: Callable[[Arrays], Outputs], file: Description, events: Mapping[str, NDArray[Any]]) -> Outputs:
    """The outputs of all steps, and the states after each; these go on to the next."""
    states = file.at_rest({name: array[0] for name, array in events.items()})
    trains: dict[str, list[NDArray[Any]]] = {port.name: [] for port in (*file.results, *file.states)}
    for t in range(len(next(iter(events.values())))):
        outputs = session({**{name: np.ascontiguousarray(array[t]) for name, array in events.items()}, **states})
        states = {name: outputs[name + NEXT] for name in states}
        for name, train in trains.items():
            train.append(states[name] if name in states else outputs[name])
    return {name: np.stack(train) for name, train in trains.items()}
