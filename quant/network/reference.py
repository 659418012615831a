"""Every state of every layer at every step of the integer reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from spikelut.quant.network.layers import IntegerConv2d, IntegerLIF, IntegerLinear, Ints
from spikelut.quant.network.network import IntegerNetwork


@dataclass(frozen=True, eq=False)
class LayerStates:
    """What a layer of neurons took and held on given inputs, from rest.

    - `weights`: the layer before it, and `events` [T, B, ...] what that took (of a repeated input one step).
    - `spikes` [T, B, ...], zero in a read-out; `states`, by name, after each step.
    """

    layer: IntegerLIF
    weights: IntegerLinear | IntegerConv2d
    events: Ints
    spikes: Ints
    states: dict[str, Ints]

    @property
    def named(self) -> dict[str, Ints]:
        """What the layer gives and holds, by the names that exported files use."""
        name, layer = self.layer.name, self.layer
        found = {f"membrane.{name}": self.states["mem"]} if layer.reads_out else {f"spikes.{name}": self.spikes}
        found |= {f"{name}.{state}": codes for state, codes in self.states.items()}
        return found | ({f"{name}.last": self.spikes} if layer.recurrent else {})


def stages(network: IntegerNetwork, events: NDArray[Any]) -> Iterator[LayerStates]:
    """The layers of neurons one after the other, on event counts [T, B, ...], each a whole number that it takes."""
    signal: Ints = events.astype("int64")
    weights, given = network.first, signal
    for layer in network.layers:
        if isinstance(layer, IntegerLIF):
            trace = layer.trace(signal)
            states = {state.name: trace[state.name] for state in layer.kind.states}
            yield LayerStates(layer, weights, given, trace["spikes"], states)
            signal = trace["mem" if layer.reads_out else "spikes"]
            continue
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            weights, given = layer, signal
        signal = layer.run(signal)


def reference_states(network: IntegerNetwork, events: NDArray[Any]) -> dict[str, Ints]:
    """All that the layers of neurons give and hold after every step, [T, B, ...], for event counts [T, B, ...].

    By the names of exported files: `spikes.LAYER`, or `membrane.LAYER` of a read-out; `LAYER.mem` and the other states
    of its neurons, as `LAYER.syn` of a current that decays; `LAYER.last` of a recurrent layer. All are codes.

    Raises ValueError for inputs that the network does not take.
    """
    network.run(events)  # says what is wrong with them
    return {name: array for stage in stages(network, events) for name, array in stage.named.items()}
