"""What each layer of a network costs, in numbers: sizes, and what was counted on data."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from spikelut._text import Brief
from spikelut.quant.costs.flows import Flows
from spikelut.quant.costs.sizes import Footprint, footprint_of, synapses_of
from spikelut.quant.costs.synaptic import SynapticEvents, counted
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.merges import IntegerMatMul, IntegerProduct
from spikelut.quant.network.network import IntegerNetwork, Node


@dataclass(frozen=True, repr=False)
class LayerCost(Brief):
    """A layer of a network: what it holds, and what it did on data, over all steps and samples.

    Layers of weights have `synapses` (including those of weight 0), `weights` (one that synapses share, as in a kernel,
    counts once), `word` (the bits of a weight), `fan_in` (the most synapses of a neuron), `fan_out` (the most of a
    source), and `did` (what they did on data).

    Layers of neurons have `neurons`, `states` (the registers of each), `spikes` (a graded spike counts as one), and
    `updates`, one for each neuron and step. `active` of these had something to do: a state other than zero before the
    update, a bias, or an event that came in. `products`: in layers that multiply signals, how many pairs had no zero.

    Without data, what is counted on data is None.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> [(layer.kind, layer.neurons, layer.synapses) for layer in quant.cost(quant.integer(model)).layers]
    [('linear', 0, 32), ('neurons', 4, 0)]
    ```
    """

    name: str
    kind: str
    footprint: Footprint
    neurons: int = 0
    states: int = 0
    synapses: int = 0
    weights: int = 0
    word: int = 0
    fan_in: int = 0
    fan_out: int = 0
    did: SynapticEvents | None = None
    spikes: int | None = None
    updates: int | None = None
    active: int | None = None
    products: int | None = None

    @property
    def weight_reads(self) -> int | None:
        """One for each synaptic event."""
        return None if self.did is None else self.did.synaptic

    @property
    def sum_accesses(self) -> int | None:
        """Reads and writes of the sum, or of the membrane, that a synaptic event is added to: two for each."""
        return None if self.did is None else 2 * self.did.synaptic

    @property
    def state_accesses(self) -> int | None:
        """Reads and writes of states: each once in an update."""
        return None if self.updates is None else 2 * self.states * self.updates

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        did = self.did
        counts = {name: getattr(did, name, None) for name in ("events", "synaptic", "nonzero", "operations")}
        own = ("neurons", "states", "synapses", "weights", "word", "fan_in", "fan_out")
        more = ("spikes", "updates", "active", "products", "weight_reads", "sum_accesses", "state_accesses")
        named = {"events": "events", "synaptic": "synaptic_events", "nonzero": "nonzero_synaptic_events"}
        return {
            "name": self.name,
            "kind": self.kind,
            **{name: getattr(self, name) for name in own},
            **{named.get(name, name): value for name, value in counts.items()},
            **{name: getattr(self, name) for name in more},
            "bits": vars(self.footprint) | {"total": self.footprint.total},
        }


KINDS = {
    "IntegerLinear": "linear",
    "IntegerDelayedLinear": "linear, delays",
    "IntegerConv2d": "convolution",
    "IntegerScale": "one to one",
    "IntegerLIF": "neurons",
    "IntegerEventLIF": "event after event",
    "IntegerDelay": "delays",
}


def layer_costs(network: IntegerNetwork, found: Flows | None) -> Iterator[LayerCost]:
    """All layers of a network with known sizes that hold or do something, recurrent weights after their neurons."""
    for node in network.nodes:
        did = {} if found is None else dict(counted(network, node, found))
        layer, name = node.layer, node.layer.name
        kind = KINDS.get(type(layer).__name__, "")
        if isinstance(layer, IntegerProduct | IntegerMatMul):
            yield LayerCost(name, "product", Footprint(), products=_products(node, found))
        elif isinstance(layer, IntegerLIF):
            yield from _neurons(network, node, found, did, kind)
        elif kind:
            sizes: dict[str, Any] = {}
            for synapses in synapses_of(network, node):
                sizes = _sizes(synapses)
            yield LayerCost(name, kind, footprint_of(network, node), did=did.get(name), **sizes)


def _sizes(synapses: Any) -> dict[str, Any]:
    names = {"synapses": "count", "weights": "weights", "word": "word", "fan_in": "fan_in", "fan_out": "fan_out"}
    return {name: getattr(synapses, key) for name, key in names.items()}


def _neurons(
    network: IntegerNetwork, node: Node, found: Flows | None, did: dict[str, SynapticEvents], kind: str
) -> Iterator[LayerCost]:
    layer: Any = node.layer
    signal, bits = network.signals[layer.name], footprint_of(network, node)
    neurons: dict[str, Any] = {"neurons": signal.count, "states": len(layer.kind.states)}
    if found is not None:
        flow = found.by_name[layer.name]
        neurons["spikes"] = 0 if layer.reads_out else int(flow.arriving(signal.least < 0).sum())
        neurons["updates"] = signal.count * found.steps * found.samples
        if found.active:
            neurons["active"] = found.active[layer.name]
    own = list(synapses_of(network, node))
    if isinstance(layer, IntegerEventLIF):
        yield LayerCost(layer.name, kind, bits, did=did.get(layer.name), **neurons, **_sizes(own[0]))
        return
    back = [Footprint(weights=s.weights * s.word) for s in own]
    rest = Footprint(0, bits.biases, bits.delays, bits.lines, bits.states, bits.numbers)
    yield LayerCost(layer.name, kind, rest, **neurons)
    for synapses, weights in zip(own, back, strict=True):
        yield LayerCost(synapses.name, "recurrent", weights, did=did.get(synapses.name), **_sizes(synapses))


def _products(node: Node, found: Flows | None) -> int | None:
    """Not known from what flowed in all: pairs meet within a step."""
    return None if found is None else found.products[node.layer.name]
