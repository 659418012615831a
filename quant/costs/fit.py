"""Whether a network fits a chip: yes, no, or not known."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from spikelut._text import Brief, number_of
from spikelut.hw_profiles import Capacity, Profile
from spikelut.quant.costs.placing import Limit, Placement, placed
from spikelut.quant.costs.populations import Population
from spikelut.quant.network.delays.axons import IntegerDelay
from spikelut.quant.network.delays.synapses import IntegerDelayedLinear
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.merges import IntegerMatMul
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.synapses import IntegerWeights


@dataclass(frozen=True, repr=False)
class ChipFit(Brief):
    """Whether a network fits a chip, as far as its limits were published.

    - `fits`: True, False, or None where nothing that is known forbids it and something is not known.
    - `cores`: how many cores each layer of neurons takes, None where that is not known. `bound`: for a layer that is
      split, what makes it take so many. `chips`: how many chips have all these cores.
    - `limits`: the limits that are known, each with what the network needs of it. `unknown`: the limits that nobody
      published. `refused`: what the chip cannot compute at all.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> found = quant.cost(quant.integer(model)).fit
    >>> found.fits is None, found.unknown[0], found.first.name
    (True, 'neurons of a core', 'neurons of the chip')
    ```
    """

    fits: bool | None
    cores: dict[str, int | None]
    bound: dict[str, str]
    total_cores: int | None
    chips: int | None
    limits: tuple[Limit, ...]
    unknown: tuple[str, ...]
    refused: tuple[str, ...]

    def _parts(self) -> Iterator[str]:
        yield self.verdict
        if self.total_cores is not None:
            yield number_of(self.total_cores, "core")
        if self.unknown:
            yield f"not published: {', '.join(self.unknown)}"

    @property
    def first(self) -> Limit | None:
        """The limit of which the network needs the largest share: the first to be broken if it grows."""
        return max(self.limits, key=lambda limit: limit.share, default=None)

    @property
    def verdict(self) -> str:
        """The answer in words."""
        broken = [limit for limit in self.limits if limit.broken]
        reasons = list(self.refused[:1])
        if broken:
            worst = max(broken, key=lambda limit: limit.share)
            reasons.append(f"{worst.need:,} {worst.name}{_of(worst)}, there are {worst.most:,}")
        if reasons:
            return f"does not fit: {'; '.join(reasons)}"
        if not self.limits:
            return "not known: no limit was published"
        return "fits" if self.fits else "fits as far as is known"

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        limits = [{**vars(limit), "share": limit.share, "broken": limit.broken} for limit in self.limits]
        return {
            "fits": self.fits,
            "verdict": self.verdict,
            "cores": self.cores,
            "bound": self.bound,
            "total_cores": self.total_cores,
            "chips": self.chips,
            "first": None if self.first is None else self.first.name,
            "limits": limits,
            "unknown": list(self.unknown),
            "refused": list(self.refused),
        }


def _of(limit: Limit) -> str:
    return f" of {limit.layer}" if limit.layer else ""


def fit(network: IntegerNetwork, groups: list[Population], chip: Profile) -> tuple[ChipFit, Placement | None]:
    """Whether a network with known sizes fits, and where its layers lie if something is known of that."""
    refused = tuple(dict.fromkeys(text for node in network.nodes for text in _refused(node, chip)))
    capacity, more = chip.capacity, tuple(_of_profile(network, chip))
    if capacity is None:
        nothing = ("how large a network it holds",)
        return ChipFit(False if refused else None, {}, {}, None, None, more, nothing, refused), None
    inputs = {one.name: one.signal.count for one in network.inputs}
    found = placed(groups, inputs, capacity)
    unknown = tuple(_unknown(capacity))
    total = found.total if capacity.cores != 1 else 1
    chips = None if total is None or capacity.cores is None else ceil(total / capacity.cores)
    limits = (*found.limits, *more)
    broken = bool(refused) or any(limit.broken for limit in limits)
    fits = False if broken else None if unknown else True
    return ChipFit(fits, found.cores, found.bound, total, chips, limits, unknown, refused), found


def _of_profile(network: IntegerNetwork, chip: Profile) -> Iterator[Limit]:
    """Limits that other groups of a profile have: steps of delays. That tables fit is checked where they are made."""
    for layer in (node.layer for node in network.nodes):
        if isinstance(layer, IntegerDelay | IntegerDelayedLinear) and layer.length and chip.delay is not None:
            yield Limit("steps of delay", layer.name, layer.length, chip.delay.most)


def _unknown(capacity: Capacity) -> Iterator[str]:
    """What of a chip nobody published that could forbid a network."""
    whole, everything = capacity.cores == 1, capacity.memory_bits is not None
    core = "" if whole else " of a core"
    if capacity.cores is None:
        yield "cores"
    if not capacity.neurons:
        yield f"neurons{core}"
    weights = capacity.synapses or capacity.synapse_bits or capacity.chip_bits or everything
    # A crossbar has a synapse of each source with each neuron.
    crossbar = whole and capacity.neurons and (capacity.inputs or capacity.axons_in) and capacity.fan_out is None
    if not (weights or crossbar):
        yield f"memory of weights{core}"
    if not whole and not (capacity.whole_layers or capacity.axons_in):
        yield "axons into a core"
    if not whole and not (capacity.whole_layers or capacity.axons_out):
        yield "axons out of a core"


def _refused(node: Node, chip: Profile) -> Iterator[str]:
    """What a chip does not compute of a layer that was made for another."""
    layer, own = node.layer, node.profile
    if chip.name == own.name:
        return
    weights = layer.weights if isinstance(layer, IntegerEventLIF) else layer
    if isinstance(weights, IntegerWeights) and weights.bits > chip.weight.bits:
        yield f"weights of {weights.bits} bits, {chip.name} has {chip.weight.bits}"
    if isinstance(layer, IntegerDelay | IntegerDelayedLinear) and layer.length:
        if chip.delay is None or (isinstance(layer, IntegerDelayedLinear) and not chip.delay.per_synapse):
            yield f"{chip.name} has no such delays as {layer.name!r}"
        elif layer.length > chip.delay.most:
            yield f"delays of {layer.length} steps, {chip.name} has at most {chip.delay.most}"
    if isinstance(layer, IntegerMatMul) and not chip.software:
        yield f"{chip.name} multiplies no matrices of spikes"
    if isinstance(layer, IntegerLIF):
        yield from _refused_neurons(layer, chip)


def _refused_neurons(layer: IntegerLIF, chip: Profile) -> Iterator[str]:
    if chip.step is None:
        yield f"{chip.name} has no neurons of its own"
        return
    groups = {"adaptation": "threshold that adapts", "refractory": "refractory period", "graded": "graded spikes"}
    for name, what in groups.items():
        if name in layer.others and getattr(chip, name) is None:
            yield f"{chip.name} has no {what}"
    if layer.synapse is not None and chip.current_decay is None:
        yield f"{chip.name} has no synaptic current that decays"
    if layer.bias is not None and chip.bias is None:
        yield f"{chip.name} has no bias"
    if layer.recurrent is not None and layer.recurrent.bits > chip.weight.bits:
        yield f"weights of {layer.recurrent.bits} bits, {chip.name} has {chip.weight.bits}"
