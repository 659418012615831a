"""Nodes of a NIR graph while it is written, and parts of signals that lie in several of them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import nir
import numpy as np

from spikelut._checks import require
from spikelut.quant.network.shapes.pooling import IntegerSpread
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear

Shape = tuple[int, ...]
Places = tuple[tuple[int, ...], tuple[int, ...]]


class Piece(NamedTuple):
    """What a node gives, as a part of a signal: `places` in the node's first dimension, and in the signal's.

    None where it is the whole signal. A signal is the sum of its pieces, with zeros beside them.
    """

    key: str
    places: Places | None = None

    @property
    def whole(self) -> bool:
        """Whether it lies in the signal as it is."""
        return self.places is None

    def taking(self, indices: Sequence[int], size: int) -> "Piece":
        """The same in a signal of some of the values of this one, whose first dimension has a `size`."""
        own, put = self.places or (tuple(range(size)), tuple(range(size)))
        pairs = [(a, j) for j, index in enumerate(indices) for a, b in zip(own, put, strict=True) if b == index]
        return Piece(self.key, (tuple(a for a, _ in pairs), tuple(j for _, j in pairs)))


def moved(piece: Piece, size: int, places: range) -> Piece:
    """A piece of a signal of a `size` that stands at `places` of a larger one."""
    own, put = piece.places or (tuple(range(size)), tuple(range(size)))
    return Piece(piece.key, (own, tuple(places[n] for n in put)))


def put_into(weight: Any, places: Places, size: int) -> Any:
    """Weights [out, in, ...] for a node with `size` values, of those for the signal in which its values have places."""
    found = np.zeros((len(weight), size, *weight.shape[2:]))
    for own, put in zip(*places, strict=True):
        found[:, own] += weight[:, put]
    return found


class Nodes:
    """Nodes by their keys, edges between them, and the shapes that nodes give."""

    def __init__(self) -> None:
        self.nodes: dict[str, Any] = {}
        self.edges: list[tuple[str, str]] = []
        self.shapes: dict[str, Shape] = {}

    def fresh(self, name: str) -> str:
        """A key that no node has yet."""
        clean = re.sub(r"\W", "_", name) or "_"
        return next(k for k in (clean, *(f"{clean}_{i}" for i in range(len(self.nodes) + 1))) if k not in self.nodes)

    def add(self, name: str, node: Any, keys: Sequence[str], after: Shape) -> str:
        """A node that takes the sum of what others give; its key."""
        key = self.fresh(name)
        if not isinstance(node, nir.NIRGraph):
            before = self.shapes[keys[0]]
            node.input_type, node.output_type = {"input": np.array(before)}, {"output": np.array(after)}
        self.nodes[key], self.shapes[key] = node, after
        self.connect(keys, key)
        return key

    def connect(self, keys: Iterable[str], to: str) -> None:
        """Edges to a node; of what is added to itself the second goes through a Scale of 1, as edges differ."""
        shape: Any = None
        for key in keys:
            if (key, to) in self.edges:
                shape = self.shapes[key]
                key = self.add(f"{key}_again", nir.Scale(np.ones(shape)), [key], shape)
            self.edges.append((key, to))

    def delayed(self, name: str, keys: Sequence[str], steps: Sequence[int], dt: float) -> str:
        """A node that delays the sum of others by so many steps of `dt` seconds, one for all or for each channel."""
        shape = self.shapes[keys[0]]
        each = np.array(steps, np.float64).reshape(-1, *[1] * (len(shape) - 1)) * dt
        return self.add(name, nir.Delay(np.broadcast_to(each, shape).copy()), keys, shape)

    def flattened(self, name: str, piece: Piece) -> Piece:
        """A piece with all that follows time and batch in a row."""
        shape = self.shapes[piece.key]
        if len(shape) == 1:
            return piece
        block = int(np.prod(shape[1:]))
        node = nir.Flatten({"input": np.array(shape)}, 0, -1)
        key = self.add(name, node, [piece.key], (shape[0] * block,))
        if piece.places is None:
            return Piece(key)
        own, put = (tuple(n * block + i for n in places for i in range(block)) for places in piece.places)
        return Piece(key, (own, put))

    def summed(self, name: str, piece: Piece, kernel: Shape, stride: Shape, padding: Shape) -> Piece:
        """Sums of windows; of sequences a convolution with ones, as NIR pools images only."""
        shape = self.shapes[piece.key]
        numbers = zip(shape[1:], kernel, stride, padding, strict=False)
        after = (shape[0], *((n + 2 * p - k) // s + 1 for n, k, s, p in numbers))
        if len(shape) == 3:
            node: Any = nir.SumPool2d(*(np.array(n) for n in (kernel, stride, padding)))
        else:
            # Not one group for each channel: NIR's readers take the weights of a group for all of them.
            own = np.repeat(np.eye(shape[0])[..., None], kernel[0], 2)
            node = convolution(shape, own, stride[:1], padding[:1], (1,), 1)
        return piece._replace(key=self.add(name, node, [piece.key], after))

    def weighted(self, layer: Any, weight: Any, keys: Sequence[str], around: IntegerSpread | None) -> str:
        """Weights for the sum of nodes."""
        assert isinstance(layer, IntegerLinear | IntegerConv2d)  # there are no others
        if isinstance(layer, IntegerLinear):
            return self.add(layer.name, nir.Linear(weight.astype(np.float32)), keys, (len(weight),))
        shape = self.shapes[keys[0]]
        rank = len(shape) - 1
        padding, stride, dilation = layer.padding[:rank], layer.stride[:rank], layer.dilation[:rank]
        weight = weight if rank == 2 else weight[..., 0]
        if around is not None:
            before, behind = ((*[0] * (rank - len(n)), *n) for n in (around.before, around.after))
            where = f"to_nir: layer {layer.name!r}"
            weight, padding = uneven(where, weight, before, behind, padding, dilation)
        sizes = zip(shape[1:], weight.shape[2:], stride, padding, dilation, strict=True)
        after = (len(weight), *((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in sizes))
        return self.add(layer.name, convolution(shape, weight, stride, padding, dilation, layer.groups), keys, after)

    def biased(self, key: str, bias: Any) -> None:
        """Give weights a bias."""
        node, bias = self.nodes[key], bias.astype(np.float32)
        if isinstance(node, nir.Linear):
            made = nir.Affine(node.weight, bias)
            made.input_type, made.output_type = node.input_type, node.output_type
            self.nodes[key] = made
        else:
            node.bias = bias

    def constant(self, name: str, key: str, bias: Any) -> str:
        """A node that gives `bias`, whatever the node `key` gives, in the shape of that."""
        shape = self.shapes[key]
        if len(shape) == 1:
            node: Any = nir.Affine(np.zeros((shape[0], shape[0]), np.float32), bias.astype(np.float32))
        else:
            ones = (1,) * (len(shape) - 1)
            node = convolution(shape, np.zeros((shape[0], shape[0], *ones)), ones, tuple(0 for _ in ones), ones, 1)
            node.bias = bias.astype(np.float32)
        return self.add(name, node, [key], shape)


def one_hot(nodes: Nodes, name: str, piece: Piece, size: int) -> str:
    """A node that puts a piece into its places in a signal, by weights of 0 and 1."""
    shape = nodes.shapes[piece.key]
    assert piece.places is not None  # the caller's case
    weight = np.zeros((size, shape[0]), np.float32)
    own, put = (list(n) for n in piece.places)
    weight[put, own] = 1
    after = (size, *shape[1:])
    if len(shape) == 1:
        return nodes.add(name, nir.Linear(weight), [piece.key], after)
    ones = (1,) * (len(shape) - 1)
    kernel = weight.reshape(*weight.shape, *ones)
    return nodes.add(name, convolution(shape, kernel, ones, tuple(0 for _ in ones), ones, 1), [piece.key], after)


def convolution(shape: Shape, weight: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    """A convolution of images, or of sequences, without a bias."""
    zeros, weight = np.zeros(len(weight), np.float32), weight.astype(np.float32)
    if len(shape) == 3:
        return nir.Conv2d(shape[1:], weight, stride, padding, dilation, groups, zeros)
    return nir.Conv1d(shape[1], weight, stride[0], padding[0], dilation[0], groups, zeros)


def uneven(where: str, weight: Any, before: Shape, behind: Shape, padding: Shape, dilation: Shape) -> tuple[Any, Shape]:
    """Kernels with zeros, and an even padding, that compute what an uneven padding does."""
    even = []
    for axis, (b, a, p, d) in enumerate(zip(before, behind, padding, dilation, strict=True), 2):
        b, a = b + p, a + p
        require((a - b) % d == 0, where, "uneven padding must be a multiple of dilation", (b, a))
        more = [(0, 0)] * weight.ndim
        more[axis] = (max(a - b, 0) // d, max(b - a, 0) // d)
        weight = np.pad(weight, more)
        even.append(max(a, b))
    return weight, tuple(even)
