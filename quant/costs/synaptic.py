"""Synaptic events: how often an event meets a synapse. The one statement of how they are counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikelut._checks import require_type
from spikelut.hw_profiles import Profile
from spikelut.quant.costs.flows import Flows, Inputs, flows, with_ones
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.signal import Signal
from spikelut.quant.network.synapses import IntegerLinear, IntegerScale, IntegerWeights, Ints


@dataclass(frozen=True)
class SynapticEvents:
    """What the synapses of a layer of weights did on data, over all steps and samples.

    - `events`: how many events came in. A count of n is n events. A graded spike is one event, and so is a value of a
      constant input, and any value on a processor, which multiplies. Spikes of the last step come back to a recurrent
      layer in no step, so they do not count there.
    - `synaptic`: each event times the synapses that it meets: sum over inputs i of events[i] * fan_out[i]. Synapses of
      weight 0 count. At the borders of a convolution, an input meets fewer synapses. If synapses have delays, an event
      counts when it is sent, because the chip reads the weights then.
    - `nonzero`: those of `synaptic` whose weight is not 0.
    - `operations`: how often a synapse with a weight other than 0 met a value other than 0 in a step. NeuroBench calls
      these effective synaptic operations.

    ```pycon
    >>> from spikelut.quant import SynapticEvents
    >>> SynapticEvents(events=3, synaptic=12, nonzero=9, operations=9).synaptic
    12
    ```
    """

    events: int
    synaptic: int
    nonzero: int
    operations: int


def synaptic_events(network: IntegerNetwork, events: Inputs) -> dict[str, SynapticEvents]:
    """The synaptic events of each layer with weights, by its name, on event counts [T, B, ...], from the reference.

    Recurrent weights have the name that they have in the network. The weights of a layer that takes event after event
    have the name of the layer. Raises ValueError for inputs that the network does not take.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> events = (torch.rand(10, 2, 8) < 0.5).numpy()
    >>> found = quant.synaptic_events(quant.integer(model), events)["0"]
    >>> bool(found.events == events.sum()), found.synaptic == 4 * found.events
    (True, True)
    ```
    """
    require_type("synaptic_events", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    found = flows(network, events)
    return {name: one for node in network.nodes for name, one in counted(network, node, found)}


def counted(network: IntegerNetwork, node: Node, found: Flows) -> Iterator[tuple[str, SynapticEvents]]:
    """The layers of weights in a layer of the network, each with its counts on what flowed."""
    layer = node.layer
    if isinstance(layer, IntegerEventLIF):
        came = found.by_name[node.inputs[0]]
        yield layer.name, _met(layer.weights, came.units, came.values)
    elif isinstance(layer, IntegerLIF):
        if layer.recurrent is not None and not layer.reads_out:
            came, by_value = found.by_name[layer.name], carried(network.signals[layer.name], node.profile)
            yield layer.recurrent.name, _met(layer.recurrent, came.fed_back(by_value), came.fed_back(True))
    elif isinstance(layer, IntegerWeights | IntegerScale):
        came, by_value = found.by_name[node.inputs[0]], carried(network.signals[node.inputs[0]], node.profile)
        yield layer.name, _met(layer, came.arriving(by_value), came.values)


def carried(signal: Signal, profile: Profile) -> bool:
    """Whether a value of `signal` is one event that carries its number, and no number of single events."""
    return signal.least < 0 or signal.steps == 1 or profile.software


def _met(layer: IntegerWeights | IntegerScale, events: Ints, values: Ints) -> SynapticEvents:
    """The counts of weights for events, and values other than 0, of each input."""
    total = int(events.sum())
    if isinstance(layer, IntegerScale):  # one synapse each, between neurons; NeuroBench sees no weights there
        return SynapticEvents(total, total, total, 0)
    there = layer.codes != 0
    sums = (
        synapses_met(layer, np.ones_like(there), events),
        *(synapses_met(layer, there, x) for x in (events, values)),
    )
    return SynapticEvents(total, *(int(one.sum()) for one in sums))


def synapses_met(layer: IntegerWeights, there: Any, events: Ints) -> Ints:
    """How often each neuron's synapses of `there`, 0 or 1 in the shape of the codes, are met by `events` [...]."""
    codes = there.astype(np.int8)
    # When an event arrives makes no difference.
    late = isinstance(layer, IntegerDelayedLinear)
    ones: Any = IntegerLinear(layer.name, codes, 1, 0, 0, 2) if late else with_ones(layer, codes)
    found: Ints = ones.run(events[None, None])[0, 0]
    return found
