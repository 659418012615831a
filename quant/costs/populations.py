"""The layers of a network as chips hold them: neurons with all synapses that come to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, prod

from spikelut.hw_profiles import Capacity
from spikelut.quant.costs.sizes import Footprint, Synapses, footprint_of, image_of, synapses_of
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import IntegerConv2d


@dataclass(frozen=True, eq=False)
class Feed:
    """Synapses that come to neurons, with the names of inputs and populations whose events they take."""

    synapses: Synapses
    origins: frozenset[str]


@dataclass(frozen=True, eq=False)
class Part:
    """What a core has of a population that is split: `channels` of some `rows` of its images, or that many neurons."""

    channels: int
    rows: int
    columns: int
    cores: int

    @property
    def neurons(self) -> int:
        return self.channels * self.rows * self.columns


@dataclass(frozen=True, eq=False)
class Population:
    """A layer of neurons, or of sums that no neurons take, of `image` channels, rows and columns, with its synapses.

    `bits`: of what its neurons keep, lines of events that come to them included. `last`: whether nothing takes what it
    gives.
    """

    name: str
    image: tuple[int, int, int]
    feeds: tuple[Feed, ...]
    bits: Footprint
    last: bool

    @property
    def neurons(self) -> int:
        return prod(self.image)

    @property
    def synapses(self) -> int:
        """All that come to its neurons."""
        return sum(feed.synapses.count for feed in self.feeds)

    @property
    def fan_in(self) -> int:
        """The most synapses of a neuron."""
        return sum(feed.synapses.fan_in for feed in self.feeds)

    def split(self, cores: int) -> Part:
        """The largest part where it is split over so many cores at least: by rows of images first, then by channels."""
        channels, rows, columns = self.image
        some = ceil(rows / min(cores, rows))
        few = ceil(channels / min(channels, max(1, ceil(cores / rows))))
        return Part(few, some, columns, ceil(rows / some) * ceil(channels / few))

    def words(self, part: Part, expanded: bool) -> Iterator[tuple[Synapses, int]]:
        """How many weights a part stores of each feed: those of a kernel once, or of each synapse."""
        for feed in self.feeds:
            layer, fan_in = feed.synapses.layer, feed.synapses.fan_in
            alone = isinstance(layer, IntegerConv2d) and not expanded
            yield feed.synapses, (part.channels if alone else part.neurons) * fan_in

    def sources(self, part: Part, signs_apart: bool) -> int:
        """How many sources have synapses in a part."""
        return sum(_sources(feed.synapses, part, signs_apart) for feed in self.feeds)


def _sources(synapses: Synapses, part: Part, signs_apart: bool) -> int:
    total = synapses.sources + (synapses.mixed if signs_apart else 0)
    layer = synapses.layer
    if not isinstance(layer, IntegerConv2d):
        return total
    inputs, height, _ = synapses.shape
    seen = min(height, (part.rows - 1) * layer.stride[0] + (layer.codes.shape[2] - 1) * layer.dilation[0] + 1)
    each = len(layer.codes) // layer.groups
    groups = min(layer.groups, ceil(part.channels / each) + (part.channels % each > 0 and layer.groups > 1))
    return ceil(total * seen * groups / (height * layer.groups)) if inputs else 0


def stored_bits(words: int, sources: int, word: int, capacity: Capacity) -> int:
    """The memory of so many weights of `word` bits that come from `sources`, each with lists of its own."""
    if capacity.list_synapses is None or not sources:
        return words * word
    whole, rest = divmod(ceil(words / sources), capacity.list_synapses)
    return sources * (whole * _list_bits(capacity.list_synapses, word, capacity) + _list_bits(rest, word, capacity))


def _list_bits(weights: int, word: int, capacity: Capacity) -> int:
    unit = capacity.list_word
    return ceil((weights * word + capacity.list_bits) / unit) * unit if weights else 0


def populations(network: IntegerNetwork) -> list[Population]:
    """Those of a network with known sizes, in the order in which they run."""
    sums: dict[str, tuple[Feed, ...]] = {}
    origins = {one.name: frozenset([one.name]) for one in network.inputs}
    lines: dict[str, Footprint] = {}
    found: list[tuple[str, tuple[Feed, ...], Footprint]] = []
    for node in network.nodes:
        layer, name, given = node.layer, node.layer.name, node.inputs
        came = frozenset[str]().union(*(origins.get(one, frozenset()) for one in given))
        kept = sum((lines.get(one, Footprint()) for one in given), Footprint())
        own = tuple(Feed(s, came) for s in synapses_of(network, node))
        bits = footprint_of(network, node)
        if isinstance(layer, IntegerLIF):
            before = own if isinstance(layer, IntegerEventLIF) else sums.get(given[0], ())
            back = () if isinstance(layer, IntegerEventLIF) else tuple(Feed(f.synapses, frozenset([name])) for f in own)
            found.append((name, (*before, *back), bits + kept))
            origins[name] = frozenset([name])
        elif network.signals[name].kind == "sums":
            sums[name] = own or tuple(feed for one in given for feed in sums.get(one, ()))
            lines[name] = kept + Footprint(lines=bits.lines)
        else:
            origins[name] = came
            lines[name] = kept + Footprint(lines=bits.lines)
    claimed = {feed.synapses.name for _, feeds, _ in found for feed in feeds}
    alone = [feed for feeds in sums.values() for feed in feeds if feed.synapses.name not in claimed]
    found += [(feed.synapses.name, (feed,), Footprint()) for feed in dict.fromkeys(alone)]
    taken = frozenset[str]().union(*(feed.origins for _, feeds, _ in found for feed in feeds))
    return [Population(name, _image(network, name, f), f, bits, name not in taken) for name, f, bits in found]


def _image(network: IntegerNetwork, name: str, feeds: tuple[Feed, ...]) -> tuple[int, int, int]:
    shape = network.signals[name].shape
    convolved = [image_of(f.synapses) for f in feeds if isinstance(f.synapses.layer, IntegerConv2d)]
    return convolved[0] if convolved and convolved[0] == shape else (prod(shape), 1, 1)
