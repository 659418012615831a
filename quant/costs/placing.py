"""How many cores a network takes, and which of a chip's limits it meets first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from spikelut._text import Brief
from spikelut.hw_profiles import Capacity
from spikelut.quant.costs.populations import Part, Population, stored_bits
from spikelut.quant.network.synapses import IntegerConv2d

MOST_CORES = 2**20
"""More than any population is split over."""


@dataclass(frozen=True, repr=False)
class Limit(Brief):
    """A limit of a chip, and what a network needs of it.

    The network needs `need` of what `name` says, and there are at most `most`. `layer` is empty if this is a limit for
    the whole network.

    ```pycon
    >>> quant.Limit("neurons", "", 300, 256).broken
    True
    ```
    """

    name: str
    layer: str
    need: int
    most: int

    @property
    def broken(self) -> bool:
        """Whether the network needs more than there is."""
        return self.need > self.most

    @property
    def share(self) -> float:
        """`need` / `most`."""
        return self.need / self.most


@dataclass(frozen=True)
class Placement:
    """On how many cores each population lies, None where that is not known, and what this meets.

    `bound`: of each population that is split what makes it so many cores.
    """

    cores: dict[str, int | None]
    bound: dict[str, str]
    limits: tuple[Limit, ...]

    @property
    def total(self) -> int | None:
        """All cores; None where those of some layer are not known."""
        known = [n for n in self.cores.values() if n is not None]
        return sum(known) if len(known) == len(self.cores) else None


def placed(layers: Sequence[Population], inputs: dict[str, int], capacity: Capacity) -> Placement:
    """The populations of a network whose inputs are so many lines, on a chip."""
    if capacity.cores == 1:
        return _on_one(layers, inputs, capacity)
    found = _each_on_one(layers, capacity) if capacity.whole_layers else _split(layers, capacity)
    total = found.total
    chip = () if total is None or capacity.cores is None else (Limit("cores", "", total, capacity.cores),)
    return Placement(found.cores, found.bound, (*found.limits, *chip, *_of_all(layers, capacity)))


def _of_all(layers: Sequence[Population], capacity: Capacity) -> Iterator[Limit]:
    """Limits of neurons, and of the chip in all, on however many cores."""
    expanded = capacity.convolutions == "expanded"
    for layer in layers:
        if capacity.fan_in is not None:
            yield Limit("fan-in", layer.name, layer.fan_in, capacity.fan_in)
    if capacity.fan_out is not None:
        inner = {one.name: 0 for one in layers}
        for layer in (one for one in layers if not one.last):
            for feed in layer.feeds:
                for name in feed.origins & inner.keys():
                    inner[name] += feed.synapses.fan_out
        yield from (Limit("fan-out", name, need, capacity.fan_out) for name, need in inner.items() if need)
    if capacity.chip_neurons is not None:
        yield Limit("neurons of the chip", "", sum(one.neurons for one in layers), capacity.chip_neurons)
    if capacity.chip_synapses is not None:
        yield Limit("synapses of the chip", "", sum(one.synapses for one in layers), capacity.chip_synapses)
    if capacity.chip_bits is not None:
        bits = sum(words * s.word for one in layers for s, words in one.words(one.split(1), expanded))
        yield Limit("memory of weights, bits", "", bits, capacity.chip_bits)


def _on_one(layers: Sequence[Population], inputs: dict[str, int], capacity: Capacity) -> Placement:
    """All on the only core of a chip; its outputs apart where it has these."""
    apart = capacity.outputs is not None
    hidden = [one for one in layers if not (apart and one.last)]
    mixed = _mixed(layers) if capacity.signs_apart else {}
    limits: list[Limit] = []
    if capacity.neurons:
        # A neuron whose weights have both signs is two, one for each.
        need = sum(one.neurons + mixed.get(one.name, 0) for one in hidden)
        limits.append(Limit("neurons", "", need, capacity.neurons[0]))
    if capacity.outputs is not None:
        limits.append(Limit("outputs", "", sum(one.neurons for one in layers if one.last), capacity.outputs))
    if capacity.inputs is not None:
        limits.append(Limit("inputs", "", sum(inputs.values()), capacity.inputs))
    if capacity.axons_in is not None:
        fed = {name for one in layers for feed in one.feeds for name in feed.origins}
        sizes = inputs | {one.name: one.neurons for one in layers}
        need = sum(sizes[name] + mixed.get(name, 0) for name in fed)
        limits.append(Limit("sources", "", need, capacity.axons_in))
    expanded = capacity.convolutions != "shared"
    if capacity.synapses:
        need = sum(words for one in layers for _, words in one.words(one.split(1), expanded))
        limits.append(Limit("weights", "", need, capacity.synapses[0]))
    return Placement({one.name: 1 for one in layers}, {}, (*limits, *_of_all(layers, capacity)))


def _mixed(layers: Sequence[Population]) -> dict[str, int]:
    """Of each input and population how many have weights of both signs, in some layer that it leads to."""
    found: dict[str, int] = {}
    for feed in (feed for one in layers for feed in one.feeds):
        for name in feed.origins:
            found[name] = max(found.get(name, 0), feed.synapses.mixed)
    return found


def _each_on_one(layers: Sequence[Population], capacity: Capacity) -> Placement:
    """Each layer on a core that has room for it, as many of them as can be."""
    cores = capacity.cores or 0
    neurons, weights = (each * (cores if len(each) == 1 else 1) for each in (capacity.neurons, capacity.synapses))
    needs = [(one.neurons, _kernel_words(one, capacity)) for one in layers]
    limits = []
    for one, (n, w) in zip(layers, needs, strict=True):
        if neurons:
            limits.append(Limit("neurons of a core", one.name, n, max(neurons)))
        if weights:
            # Of the cores that have room for its neurons.
            room = [most for i, most in enumerate(weights) if not neurons or n <= neurons[i]] or [max(weights)]
            limits.append(Limit("weights of a core", one.name, w, max(room)))
    rooms = [
        [i for i in range(cores) if (not neurons or n <= neurons[i]) and (not weights or w <= weights[i])]
        for n, w in needs
    ]
    held = _matched(rooms)
    if not any(limit.broken for limit in limits) and held < min(cores, len(layers)):
        limits.append(Limit("cores with room for a layer each", "", len(layers), max(1, held)))
    return Placement({one.name: 1 for one in layers}, {}, tuple(limits))


def _matched(rooms: Sequence[Sequence[int]]) -> int:
    """How many can have one of their rooms each: augmenting paths."""
    taken: dict[int, int] = {}

    def settle(guest: int, seen: set[int]) -> bool:
        for room in rooms[guest]:
            if room not in seen:
                seen.add(room)
                if room not in taken or settle(taken[room], seen):
                    taken[room] = guest
                    return True
        return False

    return sum(settle(guest, set()) for guest in range(len(rooms)))


def _kernel_words(layer: Population, capacity: Capacity) -> int:
    """The words of weights of a layer on one core."""
    if not capacity.padded:
        return sum(words for _, words in layer.words(layer.split(1), capacity.convolutions == "expanded"))
    total = 0
    for codes in (s.layer.codes for s in (feed.synapses for feed in layer.feeds) if hasattr(s.layer, "codes")):
        kernel = codes[0, 0].size if codes.ndim == 4 else 1
        total += codes.shape[1] * _power(kernel) * _power(len(codes))
    return total


def _power(n: int) -> int:
    """The power of two at or above it."""
    return 1 << (n - 1).bit_length()


Need = Callable[[Part], int]


def _split(layers: Sequence[Population], capacity: Capacity) -> Placement:
    """Each layer on cores of its own, as few as the limits of a core let it be."""
    cores: dict[str, int | None] = {}
    bound: dict[str, str] = {}
    limits: list[Limit] = []
    for layer in reversed(layers):  # what a layer sends depends on the cores of those it leads to
        needs = list(_needs(layer, capacity))
        wanted = [(_fewest(layer, need, most), name) for name, need, most in needs]
        if not any(name in ("neurons of a core", "weights of a core", "memory of a core") for _, name in wanted):
            cores[layer.name] = None
            continue
        fewest, why = max(wanted)
        part = layer.split(fewest)
        if capacity.axons_out is not None:
            part = _with_axons(layer, part, layers, cores, capacity.axons_out)
            why = "axons out of a core" if part.cores > layer.split(fewest).cores else why
            reached = part.neurons * _reached(layer, part, layers, cores)
            limits.append(Limit("axons out of a core", layer.name, reached, capacity.axons_out))
        cores[layer.name] = part.cores
        if part.cores > 1:
            bound[layer.name] = why
        limits += [Limit(name, layer.name, need(part), most) for name, need, most in needs]
    order = [one.name for one in layers]
    limits.sort(key=lambda limit: order.index(limit.layer))
    return Placement({name: cores[name] for name in order}, bound, tuple(limits))


def _needs(layer: Population, capacity: Capacity) -> Iterator[tuple[str, Need, int]]:
    """What a part of a layer needs of each limit of a core."""
    expanded = capacity.convolutions == "expanded"
    kept = layer.bits.biases + layer.bits.numbers + layer.bits.states + layer.bits.lines

    def words(part: Part) -> int:
        return sum(n for _, n in layer.words(part, expanded))

    def bits(part: Part) -> int:
        found = 0
        for synapses, n in layer.words(part, expanded):
            alone = isinstance(synapses.layer, IntegerConv2d) and not expanded
            lists = synapses.layer.codes[0].size if alone else synapses.sources  # type: ignore[union-attr]
            found += stored_bits(n, lists, synapses.word, capacity)
        return found

    def states(part: Part) -> int:
        return ceil(kept * part.neurons / max(1, layer.neurons))

    def everything(part: Part) -> int:
        return bits(part) + states(part) + sum(feed.synapses.delay_bits for feed in layer.feeds)

    if capacity.neurons:
        yield "neurons of a core", lambda part: part.neurons, capacity.neurons[0]
    if capacity.synapses:
        yield "weights of a core", words, capacity.synapses[0]
    for name, need, most in (
        ("memory of weights of a core, bits", bits, capacity.synapse_bits),
        ("memory of states of a core, bits", states, capacity.state_bits),
        ("memory of a core", everything, capacity.memory_bits),
        ("axons into a core", lambda part: layer.sources(part, capacity.signs_apart), capacity.axons_in),
    ):
        if most is not None:
            yield name, need, most


def _fewest(layer: Population, need: Need, most: int) -> int:
    """Over how many cores a layer is split so that a part needs no more; the most where none helps."""
    low, high = 1, max(1, min(MOST_CORES, layer.image[0] * layer.image[1]))
    if need(layer.split(high)) > most:
        # What splitting does not help is no reason for more cores.
        return low if need(layer.split(low)) == need(layer.split(high)) else high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if need(layer.split(middle)) <= most else (middle + 1, high)
    return layer.split(low).cores


def _reached(layer: Population, part: Part, layers: Sequence[Population], cores: dict[str, int | None]) -> int:
    """To how many cores, at most, a neuron's events go: all of those of the layers that it leads to."""
    known = {**cores, layer.name: part.cores}
    return sum(known.get(one.name) or 0 for one in layers if any(layer.name in feed.origins for feed in one.feeds))


def _with_axons(
    layer: Population, part: Part, layers: Sequence[Population], cores: dict[str, int | None], most: int
) -> Part:
    """The layer split further until its parts send to no more than `most`, or as far as it can be."""
    for cores_wanted in range(part.cores + 1, min(MOST_CORES, layer.image[0] * layer.image[1]) + 1):
        if part.neurons * _reached(layer, part, layers, cores) <= most:
            break
        part = layer.split(cores_wanted)
    return part
