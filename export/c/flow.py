"""Who computes in a step in C, whose array each layer reads, and which arrays share memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spikelut._checks import require
from spikelut.export.c.arrays import Member, c_type
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerFlatten,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerReshape,
    IntegerReverse,
    IntegerSumPool2d,
)
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.signal import Signal

NO_SIZE = "size must be None where no convolution comes first"
ALIASES = (IntegerFlatten, IntegerReshape, IntegerRepeat, IntegerReverse)
"""Layers that leave values where they are: an input to be repeated is given in every step, one step has no order."""


@dataclass(frozen=True, eq=False)
class Flow:
    """The layers of a network as one step of it computes them.

    - `nodes`: those that compute, in their order; weights that are made where their neurons are stepped are not among
      them, but in `feeds`, by the names of the neurons.
    - `roots`: of each layer or input the one in whose array its values are.
    - `shown`: of each of these the outputs of the network that are in its array.
    """

    nodes: tuple[Node, ...]
    feeds: Mapping[str, Node]
    roots: Mapping[str, str]
    shown: Mapping[str, tuple[str, ...]]

    def given(self, node: Node) -> tuple[str, ...]:
        """Whose arrays a node reads; of neurons those that the weights before them do."""
        inputs = self.feeds[node.layer.name].inputs if node.layer.name in self.feeds else node.inputs
        return tuple(self.roots[name] for name in inputs)


def sized(network: IntegerNetwork, size: Sequence[int] | None, who: str = "to_c") -> IntegerNetwork:
    """The network with inputs of known sizes; ValueError unless `size` says those that are free, and no others."""
    free = [n for one in network.inputs for n in one.shape if not isinstance(n, int)]
    if not free:
        known = network.inputs[0].shape[1:]
        fits = size is None or (bool(known) and tuple(size) == known)
        required = f"size must be that of the network, {known}" if known else NO_SIZE
        require(fits, who, required, size)
        return network
    require(size is not None, who, f"size must be given for images, {_axes(free)}", size)
    assert size is not None  # as was just required
    numbers = {1: "one number", 2: "two numbers"}.get(len(free), f"{len(free)} numbers")
    fits = len(size) == len(free) and all(type(n) is int and n > 0 for n in size)
    require(fits, who, f"size must be {numbers} > 0", size)
    left, given = iter(size), []
    for one in network.inputs:
        shape = tuple(n if isinstance(n, int) else next(left) for n in one.shape)
        given.append(replace(one, shape=shape))
    return replace(network, given=tuple(given))


def _axes(free: Sequence[Any]) -> str:
    return "height and width" if len(free) == 2 else ", ".join(map(str, free))


def flow_of(network: IntegerNetwork, who: str = "to_c") -> Flow:
    """Who computes, and in whose array values are."""
    nodes = {node.layer.name: node for node in network.nodes}
    roots = {one.name: one.name for one in network.inputs}
    for name, node in nodes.items():
        _check(node, network, who)
        roots[name] = roots[node.inputs[0]] if isinstance(node.layer, ALIASES) else name
    readers = Counter(
        roots[name] for node in nodes.values() if not isinstance(node.layer, ALIASES) for name in node.inputs
    )
    shown: dict[str, tuple[str, ...]] = {}
    for name in network.outputs:
        shown[roots[name]] = (*shown.get(roots[name], ()), name)
    feeds = {}
    for name, node in nodes.items():
        if isinstance(node.layer, IntegerLIF):
            before = nodes.get(roots[node.inputs[0]])
            alone = readers[roots[node.inputs[0]]] == 1 and roots[node.inputs[0]] not in shown
            if before is not None and alone and _feeds(before, node.layer, network.signals):
                feeds[name] = before
    made = {node.layer.name for node in feeds.values()}
    kept = (node for name, node in nodes.items() if name not in made and not isinstance(node.layer, ALIASES))
    return Flow(tuple(kept), feeds, roots, shown)


def _feeds(before: Node, neurons: IntegerLIF, signals: Mapping[str, Signal]) -> bool:
    """Whether sums can be made where the neurons are stepped: for recurrent ones they must all be there before."""
    if not isinstance(before.layer, IntegerLinear | IntegerConv2d):
        return False
    row = isinstance(before.layer, IntegerLinear) and len(signals[before.layer.name].shape) == 1
    return neurons.recurrent is None or row


def _check(node: Node, network: IntegerNetwork, who: str) -> None:
    """ValueError for what one step cannot say."""
    layer, where = node.layer, f"layer {node.layer.name!r}"
    backwards = isinstance(layer, IntegerReverse) and network.signals[layer.name].steps != 1
    message = f"{where} must not reverse time, which one step cannot say; run the reversed part on a reversed input"
    require(not backwards, who, message, type(layer).__name__)
    repeats = any(isinstance(other, IntegerRepeat) for other in network.layers)
    once = repeats and isinstance(layer, IntegerLIF) and network.signals[node.inputs[0]].steps == 1
    require(not once, who, f"{where} must come after Repeat, as all neurons have a step in every step", "before it")


@dataclass
class _Slot:
    c_type: str
    count: int = 0
    names: tuple[str, ...] = ()
    free: bool = True


def shared(flow: Flow, signals: Mapping[str, Signal]) -> tuple[dict[str, str], list[Member]]:
    """Places of values that are no neurons' and no outputs: C for each, and the members of the state they share.

    A place is used again, for values of its type, once the last who reads them has run.
    """
    last = {root: index for index, node in enumerate(flow.nodes) for root in flow.given(node)}
    slots: list[_Slot] = []
    places: dict[str, int] = {}
    for index, node in enumerate(flow.nodes):
        name = node.layer.name
        if name not in flow.shown and not isinstance(node.layer, IntegerLIF | IntegerSumPool2d):
            signal = signals[name]
            kind = c_type(signal.least, signal.largest, f"what layer {name!r} gives")
            free = [i for i, slot in enumerate(slots) if slot.free and slot.c_type == kind]
            if not free:
                slots.append(_Slot(kind))
                free = [len(slots) - 1]
            place = min(free, key=lambda i: abs(slots[i].count - signal.count))
            slot = slots[place]
            slot.count, slot.names, slot.free = max(slot.count, signal.count), (*slot.names, name), False
            places[name] = place
        for root in (*flow.given(node), name):
            if root in places and last.get(root, index) <= index:
                slots[places[root]].free = True
    texts = {name: f"state->work_{place + 1}" for name, place in places.items()}
    members = [
        Member(f"work_{i + 1}", slot.c_type, slot.count, f"of {_named(slot.names)}", scratch=True)
        for i, slot in enumerate(slots)
    ]
    return texts, members


def _named(names: Sequence[str]) -> str:
    if len(names) > 4:
        return f"{len(names)} layers, from {names[0]!r} to {names[-1]!r}"
    return f"layer{'s' if len(names) > 1 else ''} {', '.join(map(repr, names))}"
