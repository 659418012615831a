"""Running a file over samples and time steps, whatever its form."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.runtimes._description import INPUT, NEXT, Description, Port
from spikelut.export.runtimes._runtime import Arrays

Outputs = dict[str, NDArray[Any]]


def replay(session: Callable[[Arrays], Outputs], file: Description, events: NDArray[Any], repeated: int = 1) -> Outputs:
    """Every output [T, B, ...] for `events` [T, B, ...] of the type the file takes; states by their names as inputs.

    A file of one step is run step by step from states of zero; one for a fixed number of samples is run as often as
    that takes. `repeated`: how often each step of `events` counts in a network that repeats its input.

    Raises ValueError for events that do not fit the file, and whatever the runtime raises.
    """
    port = file.events
    require(port is not None, "replay", f"the file must have an input named {INPUT!r}", [p.name for p in file.inputs])
    assert port is not None  # as was just required
    given = {INPUT, *(state.name for state in file.states)}
    unknown = [p.name for p in file.inputs if p.name not in given]
    require(not unknown, "replay", "inputs must be events, or states with an output NAME.next", unknown)
    single = file.form == "step" or bool(file.states)
    shape = port.shape if single else port.shape[1:]
    _check(events, port, shape, single)
    if not len(events):
        # onnxruntime's Scan wants a step; what it gives has the shapes.
        one = np.zeros((1, *events.shape[1:]), events.dtype)
        return {name: train[:0] for name, train in replay(session, file, one, repeated).items()}
    at_once = shape[0] if shape and isinstance(shape[0], int) else events.shape[1]
    parts = []
    # Of no samples, too, a run gives the shapes.
    for first in range(0, max(1, events.shape[1]), max(1, at_once)):
        part = events[:, first : first + at_once]
        missing = at_once - part.shape[1]
        part = np.pad(part, [(0, 0), (0, missing), *[(0, 0)] * (part.ndim - 2)])
        outputs = _steps(session, file, np.repeat(part, repeated, 0)) if single else session({INPUT: part})
        parts.append({name: train[:, : at_once - missing] for name, train in outputs.items()})
    return {name: np.concatenate([part[name] for part in parts], 1) for name in parts[0]}


def _check(events: NDArray[Any], port: Port, shape: tuple[int | str, ...], single: bool) -> None:
    require(events.dtype == port.dtype, "replay", f"events must be {port.dtype}", events.dtype)
    rank = len(shape) + 1
    fits = events.ndim == rank and all(
        isinstance(a, str) or a == b for a, b in zip(shape[1:], events.shape[2:], strict=True)
    )
    steps = "T" if single else port.shape[0]
    fits = fits and (isinstance(steps, str) or steps == events.shape[0])
    wanted = ", ".join(map(str, (steps, *shape)))
    require(fits, "replay", f"events must be [{wanted}]", events.shape)


def _steps(session: Callable[[Arrays], Outputs], file: Description, events: NDArray[Any]) -> Outputs:
    """The outputs of all steps, and the states after each; these go on to the next."""
    states = file.at_rest(events[0])
    trains: dict[str, list[NDArray[Any]]] = {port.name: [] for port in (*file.results, *file.states)}
    for now in events:
        outputs = session({INPUT: np.ascontiguousarray(now), **states})
        states = {name: outputs[name + NEXT] for name in states}
        for name, train in trains.items():
            train.append(states[name] if name in states else outputs[name])
    return {name: np.stack(train) for name, train in trains.items()}
