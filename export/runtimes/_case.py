"""A file with inputs and the outputs it must give."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.export.onnx_graph.forms import input_names
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes._description import INPUT, Description, Port, describe
from spikelut.export.runtimes._exposed import exposed
from spikelut.export.runtimes._in_process import OnnxRuntime
from spikelut.export.runtimes._replay import replay
from spikelut.export.runtimes._runtime import Session
from spikelut.quant.network.layers import IntegerLIF, IntegerRepeat
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import Inputs, reference_states

STEPS = 8
"""Time steps of random events, where a file leaves them free."""
TOLERANCE = 1e-5
"""Of floats without a grid, relative to the larger of 1 and their magnitude: what sums in another order may lose."""
REFERENCE, PEER = "integer reference", "onnxruntime"

Outputs = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Inside:
    """A file with what it computes as outputs too: hidden spikes and states; `expected` are those, integers."""

    model: onnx.ModelProto
    file: Description
    expected: Outputs


@dataclass(frozen=True)
class Case:
    """A file, what to give it and what it must give.

    Attributes:
        inputs: the arrays of a single call; of a network those of its events alone, [T, B, ...].
        expected: the outputs by name, and of a file of one step the states after each by their names as inputs.
        oracle: where those are from.
        slack: how far a float may be from what is expected, by name of the output; 0 for integers.
        repeated: how often a network takes each step of its input.
        inside: what else the file computes, if that can be seen.
        silent: the layers that never spike on these inputs, as far as is known.
    """

    path: Path
    file: Description
    samples: int
    inputs: Outputs
    expected: Outputs
    oracle: str
    slack: Mapping[str, NDArray[Any] | float]
    repeated: int = 1
    inside: Inside | None = None
    silent: tuple[str, ...] = ()

    @property
    def steps(self) -> int:
        """Of time, of all inputs."""
        return max(map(len, self.inputs.values())) * self.repeated

    def run(self, session: Session) -> Outputs:
        """The outputs of a runtime."""
        if is_network(self.file):
            return replay(session, self.file, self.inputs, self.repeated)
        return session(self.inputs)

    def run_inside(self, session: Session) -> Outputs:
        """The same of the model `inside`."""
        assert self.inside is not None  # the caller's case
        return replay(session, self.inside.file, self.inputs, self.repeated)


def is_network(file: Description) -> bool:
    """Whether a file takes events and at most states; others are called once."""
    return {port.name for port in file.inputs} == {*file.named, *(state.name for state in file.states)}


def network_case(path: Path, events: Inputs, network: IntegerNetwork) -> Case:
    """A file of `network` for `events` [T, B, ...], whole numbers, by name of several inputs; the integer reference is
    the oracle.

    Raises ValueError if file, network and events do not fit each other, or the file is not valid; OSError if it cannot
    be read.
    """
    model = load_model(path)
    file = describe(model)
    require(is_network(file), path.name, f"inputs must be {INPUT!r} and states", [p.name for p in file.inputs])
    layers = {layer.name: layer for layer in network.layers if isinstance(layer, IntegerLIF)}
    states = reference_states(network, events)
    worth = {f"{node.layer.name}.line": network.signals[node.inputs[0]].step for node in network.nodes}
    expected: Outputs = {}
    slack: dict[str, NDArray[Any] | float] = {}
    for port in (*file.results, *file.states):
        known = f"outputs must be those of the layers {', '.join(layers)}"
        require(port.name in states, path.name, known, port.name)
        expected[port.name], slack[port.name] = states[port.name], 0.0
        if port.name.startswith(("membrane.", "sums.")) and port.dtype.kind == "f":
            step = network.signals[port.name.partition(".")[2]].step
            # Half a code, or what float32 rounds where codes have more than 24 bits.
            slack[port.name] = np.maximum(step / 2, np.abs(expected[port.name]) * step * 2.0**-23)
            expected[port.name] = expected[port.name] * step
        elif port.name.startswith("spikes.") and port.dtype.kind == "f":
            step = network.signals[port.name.partition(".")[2]].step
            expected[port.name] = expected[port.name] if step == 1 else expected[port.name] * step
        elif port.name.endswith(".line") and port.dtype.kind == "f":
            expected[port.name] = expected[port.name] * worth[port.name]
    arrays, names = network.checked(events), input_names(network)
    fits = {names[one.name] for one in network.inputs} == set(file.named)
    require(fits, path.name, f"inputs must be those of the network, {', '.join(names.values())}", file.named)
    given = {names[one.name]: _typed(file, names[one.name], arrays[one.name], one.step) for one in network.inputs}
    repeated = next((x.steps for x in network.layers if isinstance(x, IntegerRepeat)), 1)
    seen, added = exposed(model, file, network, states)
    inside = Inside(seen, describe(seen), added) if added else None
    silent = tuple(name for name, x in layers.items() if not x.reads_out and not states[f"spikes.{name}"].any())
    return Case(path, file, _samples(given), given, expected, REFERENCE, slack, repeated, inside=inside, silent=silent)


def peer_case(path: Path, samples: int, seed: int, events: Inputs | None = None, *, time_limit: float = 600.0) -> Case:
    """A file without its network, with random inputs (or, of a network, `events`); onnxruntime is the oracle, and is
    ended after `time_limit` seconds without an answer.

    Raises ValueError if the file is not valid, leaves more free than steps and samples, or onnxruntime fails; OSError
    if it cannot be read.
    """
    file, random = describe(load_model(path)), np.random.default_rng(seed)
    if is_network(file):
        whole = random_events(file, samples, 1, seed) if events is None else events
        arrays = whole if isinstance(whole, Mapping) else dict.fromkeys(file.named[:1], whole)
        inputs: Outputs = {name: _typed(file, name, array, 1.0) for name, array in arrays.items()}
    else:
        inputs = {port.name: _random(port, samples, random) for port in file.inputs}
    case = Case(path, file, samples, inputs, {}, PEER, {})
    runtime = OnnxRuntime()
    runtime.patience = time_limit
    try:
        with runtime.session(path) as session:
            expected = case.run(session)
    except Exception as error:  # it has a dozen kinds
        text = " ".join(str(error).split())[:300]
        raise ValueError(f"{path.name}: the network is not beside it, and onnxruntime fails: {text}") from error
    slack = {name: _slack(array) for name, array in expected.items()}
    return Case(path, file, samples, inputs, expected, PEER, slack)


def _slack(expected: NDArray[Any]) -> NDArray[Any] | float:
    return np.maximum(1, np.abs(expected)) * TOLERANCE if expected.dtype.kind == "f" else 0.0


def _samples(inputs: Outputs) -> int:
    return int(next(iter(inputs.values())).shape[1])


def _typed(file: Description, name: str, events: NDArray[Any], step: float) -> NDArray[Any]:
    """Event counts as the file takes them in an input: as they are, or real values."""
    port = next(port for port in file.entries if port.name == name)
    whole = port.dtype.kind in "iu"
    return np.ascontiguousarray(events if whole else events * step, dtype=port.dtype)


def random_events(
    file: Description,
    samples: int,
    largest: int,
    seed: int,
    *,
    repeats: bool = False,
    shape: tuple[int, ...] = (),
    steps: int = STEPS,
) -> Any:
    """Whole numbers 0..largest [T, B, ...], by name of several inputs; T is 1 in a network that `repeats` its input.

    `steps`: T, where the file leaves it free. `shape`: what follows time and samples, likewise. Raises ValueError if
    neither tells it.
    """
    random, entries = np.random.default_rng(seed), file.entries
    times = 1 if repeats else steps
    made = {port.name: _counts(file, port, (times, samples, largest), shape, random) for port in entries}
    return made if len(made) > 1 else next(iter(made.values()))


def _counts(
    file: Description,
    port: Port,
    numbers_of: tuple[int, int, int],
    shape: tuple[int, ...],
    random: np.random.Generator,
) -> NDArray[Any]:
    """Events of an input: steps, samples and the largest; and what follows time and samples, where it is free."""
    steps, samples, largest = numbers_of
    single = bool(file.states)
    own = port.shape[1:] if single else port.shape[2:]
    sizes = shape or own
    numbers = [n for n in sizes if isinstance(n, int)]
    known = len(numbers) == len(sizes) == len(own)
    require(known, INPUT, "height and width must be known from the file, a run or data", own)
    fixed = None if single else port.shape[0]
    steps = fixed if isinstance(fixed, int) else steps
    return random.integers(0, largest + 1, (steps, samples, *numbers))


def _random(port: Port, samples: int, random: np.random.Generator) -> NDArray[Any]:
    """Values for an input of unknown meaning: 0 and 1 for integers and events, small floats for others."""
    shape = [n if isinstance(n, int) else STEPS if n == "T" else samples for n in port.shape]
    if port.dtype.kind != "f" or port.name == INPUT:
        return random.integers(0, 2, shape).astype(port.dtype)
    if not shape:  # a learning rate
        return np.array(0.125, port.dtype)
    # Of weights, such that their sums reach thresholds.
    bound = 3 / max(1, int(np.prod(shape[1:]))) ** 0.5
    return random.uniform(-bound, bound, shape).astype(port.dtype)
