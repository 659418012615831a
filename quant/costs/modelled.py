"""Energy, modelled: counts times constants that were published."""

from dataclasses import dataclass
from typing import Any

from spikelut._text import Brief
from spikelut.hw_profiles import Energy
from spikelut.quant.costs.flows import Flows
from spikelut.quant.costs.layers import LayerCost
from spikelut.quant.costs.placing import Placement
from spikelut.quant.costs.populations import Population
from spikelut.quant.costs.synaptic import carried, counted
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import IntegerConv2d


@dataclass(frozen=True, repr=False)
class ModelledEnergy(Brief):
    """Energy in picojoules over all steps and samples, modelled from published constants, not measured.

    `synaptic_events`, `neurons` (each in each step, and more if it has something to do), `spikes` and `messages`
    (events that are sent to cores: `sent` of them). `source`: who published the constants.

    ```pycon
    >>> energy = quant.ModelledEnergy(12.0, 6.0, 2.0, 0.0, 0, "a paper")
    >>> energy.total
    20.0
    ```
    """

    synaptic_events: float
    neurons: float
    spikes: float
    messages: float
    sent: int
    source: str

    @property
    def total(self) -> float:
        """All of it."""
        return self.synaptic_events + self.neurons + self.spikes + self.messages

    def as_dict(self) -> dict[str, Any]:
        """Plain data, whose names say that it is modelled."""
        parts = {f"modelled_{name}_pj": value for name, value in vars(self).items() if isinstance(value, float)}
        return {"modelled_total_pj": self.total, **parts, "messages": self.sent, "source": self.source}


def modelled(
    network: IntegerNetwork,
    layers: tuple[LayerCost, ...],
    found: Flows,
    constants: Energy,
    groups: list[Population],
    placement: Placement | None,
) -> ModelledEnergy:
    """What `constants` say of the counts of a network with known sizes.

    An event is one message to each core of the layers that it leads to; where the number of cores is not known, one to
    each layer.
    """
    did = [layer for layer in layers if layer.updates is not None]
    updates = sum(layer.updates or 0 for layer in did)
    active, spikes = sum(layer.active or 0 for layer in did), sum(layer.spikes or 0 for layer in did)
    synaptic = _swept(network, found, constants) if constants.sweep else _synaptic(network, found, constants)
    sent = _messages(network, found, groups, placement) if constants.message else 0
    neurons = constants.neuron * updates + constants.update * active
    return ModelledEnergy(synaptic, neurons, constants.spike * spikes, constants.message * sent, sent, constants.source)


def _synaptic(network: IntegerNetwork, found: Flows, constants: Energy) -> float:
    total = 0.0
    for node in network.nodes:
        weights = node.layer.weights if isinstance(node.layer, IntegerEventLIF) else node.layer
        kernel = isinstance(weights, IntegerConv2d) and constants.convolution_event is not None
        each = constants.convolution_event if kernel else constants.synaptic_event
        total += sum(one.synaptic for _, one in counted(network, node, found)) * (each or 0.0)
    return total


def _swept(network: IntegerNetwork, found: Flows, constants: Energy) -> float:
    """An event passes the same synapses whatever layers its source leads to."""
    events: dict[str, int] = {}
    for node in network.nodes:
        back = isinstance(node.layer, IntegerLIF) and not isinstance(node.layer, IntegerEventLIF)
        source = node.layer.name if back else node.inputs[0]
        for _, one in counted(network, node, found):
            events[source] = max(events.get(source, 0), one.events)
    return sum(events.values()) * constants.sweep * constants.synaptic_event


def _messages(network: IntegerNetwork, found: Flows, groups: list[Population], placement: Placement | None) -> int:
    cores = {} if placement is None else placement.cores
    total = 0
    for name in [one.name for one in network.inputs] + [one.name for one in groups]:
        signal = network.signals[name]
        if signal.kind != "events":
            continue
        reached = sum(cores.get(one.name) or 1 for one in groups if any(name in feed.origins for feed in one.feeds))
        total += int(found.by_name[name].arriving(carried(signal, network.profile)).sum()) * reached
    return total
