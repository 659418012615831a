"""Every state of every layer at every step of the integer reference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.merges import IntegerAdd
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.shapes.order import IntegerRepeat
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, Ints

Feed = tuple[IntegerLinear | IntegerConv2d, Ints]


@dataclass(frozen=True, eq=False)
class LayerStates:
    """What a layer of neurons took and held on given inputs, from rest.

    - `feeds`: the layers of weights whose sums it takes as they are, or added up, each with the events [T, B, ...] that
      came to it (of a repeated input one step).
    - `spikes` [T, B, ...], zero in a read-out; `states`, by name, after each step.
    """

    layer: IntegerLIF
    feeds: tuple[Feed, ...]
    spikes: Ints
    states: dict[str, Ints]

    @property
    def named(self) -> dict[str, Ints]:
        """What the layer gives and holds, by the names that exported files use."""
        name, layer = self.layer.name, self.layer
        found = (
            {f"membrane.{name}": self.states[layer.kind.states[0].name]}
            if layer.reads_out
            else {f"spikes.{name}": self.spikes}
        )
        found |= {f"{name}.{state}": codes for state, codes in self.states.items()}
        return found | ({f"{name}.last": self.spikes} if layer.recurrent else {})


Inputs = NDArray[Any] | Mapping[str, NDArray[Any]]


def stages(network: IntegerNetwork, events: Inputs) -> Iterator[LayerStates]:
    """The layers of neurons one after the other, on event counts [T, B, ...], or these by the names of inputs."""
    nodes = {node.layer.name: node for node in network.nodes}
    values: dict[str, Ints] = network.checked(events)

    def feeds(name: str) -> Iterator[Feed]:
        node = nodes.get(name)
        if node is not None and isinstance(node.layer, IntegerLinear | IntegerConv2d):
            yield node.layer, values[node.inputs[0]]
        elif node is not None and isinstance(node.layer, IntegerAdd | IntegerRepeat):
            for given in node.inputs:
                yield from feeds(given)

    for node in network.nodes:
        layer, taken = node.layer, [values[name] for name in node.inputs]
        if not isinstance(layer, IntegerLIF):
            values[layer.name] = layer.run(*taken)
            continue
        trace, met = layer.trace(taken[0]), feeds(node.inputs[0])
        if isinstance(layer, IntegerEventLIF):
            met = iter([(layer.weights, taken[0])])
        states = {state.name: trace[state.name] for state in layer.kind.states}
        values[layer.name] = trace[layer.kind.states[0].name if layer.reads_out else "spikes"]
        yield LayerStates(layer, tuple(met), trace["spikes"], states)


def reference_states(network: IntegerNetwork, events: Inputs) -> dict[str, Ints]:
    """All that the layers of neurons give and hold after every step, [T, B, ...], for event counts [T, B, ...].

    By the names of exported files: `spikes.LAYER`, or `membrane.LAYER` of a read-out; `LAYER.mem` and the other states
    of its neurons, as `LAYER.syn` of a current that decays; `LAYER.last` of a recurrent layer; and of outputs that are
    no neurons' `spikes.LAYER` or `sums.LAYER`; and of delays `LAYER.line`, the events of the last steps [T, B, steps,
    ...], the newest first. All are codes.

    Raises ValueError for inputs that the network does not take.
    """
    found = {name: array for stage in stages(network, events) for name, array in stage.named.items()}
    lacking = {network.named(name): name for name in network.outputs if network.named(name) not in found}
    if lacking:
        values = network.run(events, keep=tuple(lacking.values()))
        found |= {output: values[name] for output, name in lacking.items()}
    return found | _lines(network, events)


def _lines(network: IntegerNetwork, events: Inputs) -> dict[str, Ints]:
    """What layers with delays keep of the events they take."""
    layers = [(node.layer, node.inputs[0]) for node in network.nodes]
    found = [(layer, given) for layer, given in layers if isinstance(layer, IntegerDelay | IntegerDelayedLinear)]
    if not found:
        return {}
    values = network.checked(events)
    values |= network.run(events, keep=tuple({given for _, given in found} - values.keys()))
    return {f"{layer.name}.line": layer.line(values[given]) for layer, given in found if layer.length}
