"""What flows through a deployed network on data, added up over steps and samples."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.merges import IntegerMatMul, IntegerProduct
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.shapes.order import IntegerRepeat
from spikelut.quant.network.synapses import IntegerScale, IntegerWeights, Ints

Inputs = NDArray[Any] | Mapping[str, NDArray[Any]]
SAMPLES_AT_ONCE = 64
VALUES_AT_ONCE = 2**23


@dataclass(frozen=True, eq=False)
class Flow:
    """What an input or a layer gave, [...] after time and batch, summed over all steps and samples.

    - `units`: the magnitudes, which of counts are the events themselves; `values`: how often it was not zero.
    - `last_units`, `last_values`: those of the last step alone, which no step of a recurrent layer takes.
    """

    units: Ints
    values: Ints
    last_units: Ints
    last_values: Ints

    @classmethod
    def of(cls, signal: Ints) -> "Flow":
        """That of a signal [T, B, ...]."""
        units, values = np.abs(signal), (signal != 0).astype(np.int64)
        last = (units[-1:], values[-1:])
        return cls(*(part.sum((0, 1), dtype=np.int64) for part in (units, values, *last)))

    def __add__(self, other: "Flow") -> "Flow":
        mine, others = vars(self).values(), vars(other).values()
        return Flow(*(a + b for a, b in zip(mine, others, strict=True)))

    def arriving(self, by_value: bool) -> Ints:
        """The events: one for each value other than zero, or as many as the value says."""
        return self.values if by_value else self.units

    def fed_back(self, by_value: bool) -> Ints:
        """Those that come back to the layer itself in the step after."""
        return self.values - self.last_values if by_value else self.units - self.last_units


@dataclass(frozen=True, eq=False)
class Flows:
    """Those of all inputs and layers of a network by name, with what was run: `steps` of each of `samples`.

    `active`: of each layer of neurons in how many of its updates there was something to do: a state other than zero
    before it, a bias, or an event that came; empty where nobody asked. `products`: of each layer that multiplies
    signals the pairs of values other than zero.
    """

    steps: int
    samples: int
    by_name: dict[str, Flow]
    active: dict[str, int]
    products: dict[str, int]


class Passed(NamedTuple):
    """What an input or a layer gives for some samples."""

    name: str
    signal: Ints
    active: int | None
    products: int | None = None


def sized(network: IntegerNetwork, events: Inputs | None) -> IntegerNetwork:
    """The network with all sizes known: those of its inputs that are free are the events'."""
    if all(one.signal.known for one in network.inputs):
        return network
    if events is None:
        raise ValueError("cost: events must be given, as they tell the sizes of images, got None")
    arrays = network.checked(events)
    return replace(network, given=tuple(replace(one, shape=arrays[one.name].shape[2:]) for one in network.inputs))


def flows(
    network: IntegerNetwork, events: Inputs, progress: Callable[[int, int], None] | None = None, *, watch: bool = False
) -> Flows:
    """What flows in `network` on event counts [T, B, ...], or these by the names of inputs; ValueError for others.

    `progress` is told after some samples how many were run, and of how many. `watch`: whether neurons are watched for
    `active`, which takes about twice as long.
    """
    given, network = network.checked(events), sized(network, events)
    sizes = {name: array.shape[:2] for name, array in given.items()}
    require(all(all(size) for size in sizes.values()), "IntegerNetwork", "inputs must have steps and samples", sizes)
    samples = next(iter(sizes.values()))[1]
    repeated = [layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)]
    steps = max([size[0] for size in sizes.values()] + repeated)
    largest = max(signal.count for signal in network.signals.values())
    at_once = max(1, min(SAMPLES_AT_ONCE, VALUES_AT_ONCE // (steps * largest)))
    found: dict[str, Flow] = {}
    active: Counter[str] = Counter()
    products: Counter[str] = Counter()
    for first in range(0, samples, at_once):
        part = {name: array[:, first : first + at_once] for name, array in given.items()}
        for name, signal, busy, pairs in _passed(network, part, watch):
            flow = Flow.of(signal)
            found[name] = found[name] + flow if name in found else flow
            active.update({} if busy is None else {name: busy})
            products.update({} if pairs is None else {name: pairs})
        if progress is not None:
            progress(min(samples, first + at_once), samples)
    return Flows(steps, samples, found, dict(active), dict(products))


def _passed(network: IntegerNetwork, part: dict[str, Ints], watch: bool) -> Iterator[Passed]:
    """The inputs and then each layer, for some samples."""
    yield from (Passed(name, signal, None) for name, signal in part.items())
    values, met = dict(part), {name: signal != 0 for name, signal in part.items()} if watch else {}
    uses = Counter(name for node in network.nodes for name in node.inputs)
    for node in network.nodes:
        layer, taken, busy = node.layer, [values[name] for name in node.inputs], None
        if isinstance(layer, IntegerLIF):
            trace = layer.trace(*taken)
            signal = trace[layer.kind.states[0].name if layer.reads_out else "spikes"]
            if watch:
                came = (
                    weights_met(layer.weights, taken[0]) if isinstance(layer, IntegerEventLIF) else met[node.inputs[0]]
                )
                busy = _active(layer, trace, came)
                met[layer.name] = signal != 0
        else:
            signal = layer.run(*taken)
            if watch:
                met[layer.name] = _met(node, network, values, met)
        values[layer.name] = signal
        yield Passed(layer.name, signal, busy, _pairs(layer, taken))
        for name in node.inputs:  # what is not needed again
            uses[name] -= 1
            if not uses[name]:
                values.pop(name, None)
                met.pop(name, None)


def _pairs(layer: Any, taken: list[Ints]) -> int | None:
    """How many pairs of values other than zero a layer multiplies, if it does."""
    if not isinstance(layer, IntegerProduct | IntegerMatMul):
        return None
    return int(layer.run(*((x != 0).astype(np.int64) for x in taken)).sum())


def _met(node: Node, network: IntegerNetwork, values: dict[str, Ints], met: dict[str, Any]) -> Any:
    """Where, [T, B, ...], some event came into what a layer without neurons gives."""
    layer: Any = node.layer
    if isinstance(layer, IntegerWeights):
        return weights_met(layer, values[node.inputs[0]])
    if isinstance(layer, IntegerScale) or network.signals[layer.name].kind == "events":
        return layer.run(*(values[name] for name in node.inputs)) != 0
    return layer.run(*(met[name].astype(np.int64) for name in node.inputs)) != 0


def _active(layer: IntegerLIF, trace: dict[str, Ints], came: Any) -> int:
    """In how many updates there was something to do; `came`: where an event did."""
    busy = came.copy()
    for state in layer.kind.states:
        busy[1:] |= trace[state.name][:-1] != 0
    if layer.recurrent is not None and not layer.reads_out:
        busy[1:] |= weights_met(layer.recurrent, trace["spikes"][:-1])
    if layer.bias is not None:
        busy |= layer.bias.codes(busy.ndim - 1) != 0
    return int(np.count_nonzero(busy))


def weights_met(layer: IntegerWeights, events: Ints) -> Any:
    """Where, [T, B, ...], an event comes through a synapse, be its weight 0."""
    ones: Any = with_ones(layer, np.ones(layer.codes.shape, np.int8))
    return ones.run(np.abs(events)) != 0


def with_ones(layer: IntegerWeights, codes: NDArray[Any]) -> IntegerWeights:
    """The same synapses with these codes, each worth one."""
    return replace(layer, codes=codes, lsb=1, exponent=0, shift=0, channels=())
