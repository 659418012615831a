"""The deployed network as plain integers: what the chip holds, and a NumPy reference that runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, require_type
from spikelut._text import Brief, number_of
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLayer, IntegerLIF, Merging, Weighted, weights_of
from spikelut.quant.network.shapes.order import IntegerRepeat
from spikelut.quant.network.signal import PREFIX, Signal, Sizes
from spikelut.quant.network.summary.rows import rows_of
from spikelut.quant.network.summary.summary import NetworkSummary
from spikelut.quant.network.synapses import FEWER_BITS, IntegerConv2d, IntegerLinear, Ints
from spikelut.quant.weights.input_events import check_events
from spikelut.quant.weights.wide_sums import EXACT_FLOAT32

INPUT = "input"
"""The name of the input of a network that has one."""


def name_of_input(layers: Iterable[str]) -> str:
    """The name of the only input of a network: `input`, or where a layer has that name another that none has."""
    taken, name = set(layers), INPUT
    while name in taken:
        name += "_"
    return name


@dataclass(frozen=True, repr=False)
class NetworkInput(Brief):
    """An input of a network: events in `least`..`largest`, each worth a real `step`, of a `shape` after time and batch.

    A size that is free is given as a name. `steps`: the number of time steps if it is fixed, such as 1 for a constant
    input; else None.

    ```pycon
    >>> quant.NetworkInput("audio", (700,), largest=1).shape
    (700,)
    ```
    """

    name: str
    shape: Sizes
    largest: int = 1
    least: int = 0
    step: float = 1.0
    steps: int | None = None

    @property
    def signal(self) -> Signal:
        """What comes in."""
        return Signal("events", self.least, self.largest, self.shape, self.step, self.steps)


@dataclass(frozen=True, repr=False)
class Node(Brief):
    """A layer of a network with the names of the layers, or inputs, whose signals it takes, in this order.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> [(node.layer.name, node.inputs) for node in quant.integer(model).nodes]
    [('0', ('input',)), ('1', ('0',))]
    ```
    """

    layer: IntegerLayer
    inputs: tuple[str, ...]
    profile: Profile

    def _parts(self) -> Iterator[str]:
        yield f"{type(self.layer).__name__} {self.layer.name!r} of {', '.join(map(repr, self.inputs))}"
        yield f"on {self.profile.name}"


@dataclass(frozen=True, eq=False, repr=False)
class IntegerNetwork(Brief):
    """A deployed network as plain integers: a graph of layers, in an order in which they run, with a NumPy reference.

    Inputs are event counts, or graded spikes, up to `largest_input`; one stood for a real `input_step` in training.

    - `wiring`: for each layer, the names of the layers or inputs that it takes. Empty: each layer takes the one before
      it.
    - `given`: the inputs, if there are several, if they are signed, or if no first weights tell their shape; otherwise
      empty.
    - `returned`: the names of the layers whose signals are outputs; empty: the last layer.
    - `profiles`: of layers on another chip than `profile`, by name. Such formats meet at events.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = torch.nn.init.constant_(model[0].weight, 0.25)
    >>> network = quant.integer(model)
    >>> events = (torch.rand(10, 2, 8) < 0.5).numpy()
    >>> (spikes,) = network.run(events).values()
    >>> bool(spikes.any()), bool((torch.tensor(spikes) == model(torch.tensor(events))).all())
    (True, True)
    ```
    """

    profile: Profile
    layers: tuple[IntegerLayer, ...]
    largest_input: int = 1
    input_step: float = 1.0
    wiring: tuple[tuple[str, ...], ...] = ()
    given: tuple[NetworkInput, ...] = ()
    returned: tuple[str, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def _parts(self) -> Iterator[str]:
        weights = sum(part.codes.size for layer in self.layers for part in weights_of(layer))
        yield f"{self.profile.name}: {number_of(len(self.layers), 'layer')}"
        yield number_of(weights, "weight")
        if self.layers:
            yield f"{', '.join(f'{one.name} {list(one.shape)}' for one in self.inputs)} -> {', '.join(self.outputs)}"
        yield from (
            f"{name}={getattr(self, name):g}" for name in ("largest_input", "input_step") if getattr(self, name) != 1
        )

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The layers with what each takes."""
        names = [layer.name for layer in self.layers]
        wiring = self.wiring or tuple((name,) for name in [name_of_input(names), *names][:-1])
        profiles = (self.profiles.get(name, self.profile) for name in names)
        return tuple(Node(*node) for node in zip(self.layers, wiring, profiles, strict=True))

    @property
    def is_chain(self) -> bool:
        """Whether each layer takes what the one before gives, and the last is the only output."""
        names = [layer.name for layer in self.layers]
        chain = tuple((name,) for name in [self.inputs[0].name, *names[:-1]])
        return len(self.inputs) == 1 and self.wiring in ((), chain) and self.outputs == (names[-1],)

    @property
    def inputs(self) -> tuple[NetworkInput, ...]:
        """What comes in, by name; a single input is called `input`."""
        if self.given:
            return self.given
        steps = 1 if any(isinstance(layer, IntegerRepeat) for layer in self.layers) else None
        name = name_of_input(layer.name for layer in self.layers)
        return (NetworkInput(name, tuple(self.input_shape), self.largest_input, 0, self.input_step, steps),)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the layers whose signals come out."""
        return self.returned or tuple(layer.name for layer in self.layers[-1:])

    @cached_property
    def signals(self) -> dict[str, Signal]:
        """What each input and layer gives, by name; ValueError where a layer does not take what it gets."""
        found = {one.name: one.signal for one in self.inputs}
        for node in self.nodes:
            where = f"layer {node.layer.name!r}"
            lacking = [name for name in node.inputs if name not in found]
            require(not lacking, where, "must take what is before it", lacking)
            found[node.layer.name] = node.layer.signal(*(found[name] for name in node.inputs), profile=node.profile)
            check_reach(where, found[node.layer.name], node.profile)
        return found

    def named(self, name: str) -> str:
        """The name that exported files give to the output of a layer: `spikes.NAME`, `membrane.NAME` or `sums.NAME`."""
        return f"{PREFIX[self.signals[name].kind]}.{name}"

    def summary(self) -> NetworkSummary:
        """The layers in numbers: shapes, codes, shifts, decays, thresholds, the reach of sums; it prints as a table."""
        inputs = ", ".join(f"{n.name} {list(n.shape)} in {n.least}..{n.largest}" for n in self.inputs)
        title = f"{self.profile.name}: {inputs} -> {', '.join(self.outputs)}"
        return NetworkSummary(title, tuple(row for node in self.nodes for row in rows_of(node, self.signals)))

    def _repr_html_(self) -> str | None:
        try:
            return self.summary()._repr_html_() if self.layers else None
        except ValueError:  # of layers that do not fit
            return None

    @property
    def in_features(self) -> int:
        """The number of inputs, or input channels, of the first layer with weights."""
        first = self.first
        return first.in_channels if isinstance(first, IntegerConv2d) else int(first.codes.shape[1])

    @property
    def first(self) -> Weighted:
        """The first layer with weights; AttributeError of a network that has none."""
        for layer in self.layers:
            if isinstance(layer, IntegerEventLIF):
                return layer.weights
            if isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear):
                return layer
        raise AttributeError("the network has no layer with weights")

    @property
    def input_shape(self) -> list[Any]:
        """What follows time and batch in the first input; height and width are free where they are names."""
        if self.given:
            return list(self.given[0].shape)
        return [self.in_features, "H", "W"] if isinstance(self.first, IntegerConv2d) else [self.in_features]

    def run(self, spikes: NDArray[Any] | Mapping[str, NDArray[Any]], *, keep: Collection[str] = ()) -> dict[str, Ints]:
        """What every layer of neurons gives, by name, for input events: spikes, or of a read-out membrane codes.

        `spikes` are counts [T, B, in], or [T, B, C, H, W] where a convolution comes first, 0 to `largest_input` each;
        of a network with several inputs one array for each, by name. Outputs that are no neurons' are there too, and
        the layers named in `keep`. Raises ValueError for another shape or other values.
        """
        names = {layer.name for layer in self.layers}
        unknown = sorted(set(keep) - names)
        require(not unknown, "IntegerNetwork", "keep must hold names of layers", unknown)
        kept = {*self.outputs, *keep, *(x.name for x in self.layers if isinstance(x, IntegerLIF))}
        return {name: signal for name, signal in self.passed(spikes) if name in kept}

    def passed(self, spikes: NDArray[Any] | Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, Ints]]:
        """What each layer gives, [T, B, ...], one after the other, for inputs as those of `run`."""
        values = self.checked(spikes)
        uses = Counter(name for node in self.nodes for name in node.inputs)
        for node in self.nodes:
            taken = [values[name] for name in node.inputs]
            found = node.layer.run(*taken)
            values[node.layer.name] = found[0] if isinstance(found, tuple) else found
            yield node.layer.name, values[node.layer.name]
            for name in node.inputs:  # what is not needed again
                uses[name] -= 1
                if not uses[name]:
                    values.pop(name, None)

    def checked(self, spikes: NDArray[Any] | Mapping[str, NDArray[Any]]) -> dict[str, Ints]:
        """The inputs by name, as integers; ValueError for another shape or other values."""
        who, several = "IntegerNetwork", isinstance(spikes, Mapping)
        require(several or len(self.inputs) == 1, who, "spikes must be arrays by name", type(spikes).__name__)
        arrays = dict(spikes) if isinstance(spikes, Mapping) else {self.inputs[0].name: spikes}
        wanted = [one.name for one in self.inputs]
        require(sorted(arrays) == sorted(wanted), who, f"inputs must be {', '.join(wanted)}", sorted(arrays))
        for one in self.inputs:
            array, name = arrays[one.name], one.name if several else "spikes"
            require_type(who, name, array, np.ndarray, "an array of NumPy")
            sizes = [one.steps or "T", "B", *one.shape]
            fits = array.ndim == len(sizes) and all(
                not isinstance(n, int) or n == m for n, m in zip(sizes, array.shape, strict=True)
            )
            require(fits, who, f"{name} must be [{', '.join(map(str, sizes))}]", array.shape)
            check_events(who, name, array, 1.0, one.largest, one.least)
        # NumPy would repeat what has one sample, or one step, as often as the others have.
        batches = {array.shape[1] for array in arrays.values()}
        steps = {len(arrays[one.name]) for one in self.inputs if one.steps is None}
        require(len(batches) == 1, who, "inputs must have as many samples each", sorted(batches))
        require(len(steps) <= 1, who, "inputs must have as many time steps each", sorted(steps))
        return {name: array.astype(np.int64) for name, array in arrays.items()}


def check_graph(network: IntegerNetwork, who: str) -> None:
    """ValueError unless each layer takes what it is given, and outputs and names are right."""
    layers = network.layers
    names = [layer.name for layer in layers]
    kinds = [type(layer).__name__ for layer in layers]
    neurons = any(isinstance(layer, IntegerLIF) for layer in layers)
    require(neurons, who, "neurons must come last", kinds)
    inputs = [one.name for one in network.inputs]
    named = all(isinstance(n, str) and n and "." not in n for n in [*inputs, *names])
    unique = len({*inputs, *names}) == len(inputs) + len(names)
    require(named and unique, who, "layers must have names of their own, without dots", [*inputs, *names])
    require(network.wiring == () or len(network.wiring) == len(layers), who, "each layer must have inputs", names)
    for node in network.nodes:
        several, count = isinstance(node.layer, Merging), len(node.inputs)
        require(several or count == 1, who, f"layer {node.layer.name!r} must take one signal", count)
    ends = list(network.outputs)
    require(set(ends) <= set(names) and len(set(ends)) == len(ends), who, "outputs must be layers, each once", ends)
    try:
        _ = network.signals
    except ValueError as error:
        raise ValueError(f"{who}: {error}") from None


def check_reach(where: str, signal: Signal, profile: Profile) -> None:
    """ValueError if events or sums could be more than every part of the library, or the chip, holds exactly."""
    if signal.kind == "events":
        message = "counts of events must be at most 2**24 to be exact in float32"
        require(signal.reach <= EXACT_FLOAT32, where, message, signal.reach)
    if signal.kind != "sums":
        return
    most = MAX_WIDE if signal.graded else MAX_CURRENT
    message = f"synaptic sums must be at most {most} membrane codes{FEWER_BITS if signal.graded else ''}"
    require(signal.reach <= most, where, message, signal.reach)
    bits = profile.current.accumulator_bits if profile.current else None
    if bits is not None:
        limit = 2 ** (bits - 1) - 1
        message = f"synaptic sums must be at most {limit} in the {bits}-bit accumulator of {profile.name}"
        require(signal.reach <= limit, where, message, signal.reach)


def check_outputs(network: IntegerNetwork, who: str) -> None:
    """ValueError if neurons that are outputs can spike more often in a step than the outputs of the chip.

    A single layer of neurons may: it takes the input lines, which on such a chip lead to hidden neurons (xylosim 0.1.3
    XyloLayer.cpp deliver_spikes).
    """
    neurons = [node for node in network.nodes if isinstance(node.layer, IntegerLIF)]
    for node in neurons:
        layer, profile = node.layer, node.profile
        assert isinstance(layer, IntegerLIF)  # as they were chosen
        if len(neurons) > 1 and layer.name in network.outputs and not layer.reads_out and profile.step is not None:
            most, several = profile.step.output_spikes, layer.spec.max_spikes
            message = (
                f"outputs of {profile.name} spike at most {most} times in a step, so the last neurons need max_spikes="
            )
            require(several <= most, f"{who}: layer {layer.name!r}", f"{message}{most}", several)
