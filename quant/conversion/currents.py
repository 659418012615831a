"""What reaches neurons: currents of weights, which merge and are rearranged, and what is added to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor

from spikelut._checks import require
from spikelut.quant.conversion.weight_values import Weights
from spikelut.quant.wiring.graph_module import computed

Shape = tuple[int, ...]
ROUNDING = 1e-12
"""What sums of float64 in another order may differ by, as a share of the largest."""


@dataclass(frozen=True, eq=False)
class Tree:
    """Currents of a `shape` after time and batch, without what is added to them. `where`: its place in the model."""

    name: str
    where: str
    shape: Shape


@dataclass(frozen=True, eq=False)
class Weighted(Tree):
    """Weights of the events `given`. `changes`: what was folded into them, in words."""

    weights: Weights
    given: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Unweighted(Tree):
    """The events `given` as currents, each of a `factor`."""

    given: str
    factor: float


@dataclass(frozen=True, eq=False)
class Joined(Tree):
    """What an operation makes of currents."""

    op: str
    parts: tuple[Tree, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Currents:
    """A tree, and what is added to it in every step, of its shape, float64; None: nothing is."""

    tree: Tree
    bias: Tensor | None = None

    @property
    def shape(self) -> Shape:
        """After time and batch."""
        return self.tree.shape


def leaves_of(tree: Tree) -> Iterator[Weighted | Unweighted]:
    """The weights, and the events without them, that a tree is of."""
    if isinstance(tree, Joined):
        for part in tree.parts:
            yield from leaves_of(part)
    else:
        assert isinstance(tree, Weighted | Unweighted)  # there are no others
        yield tree


def times(where: str, tree: Tree, gain: Any) -> Tree:
    """The tree multiplied by a number, or by one for each of its values [*shape].

    ValueError where weights before it cannot hold them.
    """
    if not isinstance(gain, Tensor) and gain == 1:
        return tree
    if isinstance(tree, Weighted):
        if isinstance(gain, Tensor):
            gain = along(where, gain, tree.weights.axis(len(tree.shape)))
        return replace(tree, weights=tree.weights.times(gain))
    if isinstance(tree, Unweighted):
        one = not isinstance(gain, Tensor) or bool((gain == gain.flatten()[0]).all())
        require(one, where, "spikes without weights have one factor for all: put a layer of weights before", "several")
        return replace(tree, factor=tree.factor * float(gain.flatten()[0] if isinstance(gain, Tensor) else gain))
    assert isinstance(tree, Joined)  # there are no others
    gains: Sequence[Any] = [gain] * len(tree.parts)
    if tree.op in ("max_pool", "sum_pool"):
        lowest = float(gain.min()) if isinstance(gain, Tensor) else gain
        message = "what follows max pooling of currents must multiply by more than 0; pool after the neurons"
        require(tree.op != "max_pool" or lowest > 0, where, message, lowest)
    if isinstance(gain, Tensor) and tree.op not in ("add", "repeat", "reverse"):
        gains = _before(where, tree, gain)
    return replace(tree, parts=tuple(times(where, part, g) for part, g in zip(tree.parts, gains, strict=True)))


def along(where: str, values: Tensor, axis: int) -> Tensor:
    """Values [*shape] that depend on one dimension only, of that [n]; ValueError if they depend on others."""
    line = line_of(values, axis)
    if line is None:
        message = "what is added and multiplied must be one number for each channel"
        raise ValueError(f"{where}: {message}, got others within a channel")
    return line


def line_of(values: Tensor, axis: int) -> Tensor | None:
    """Values that depend on one dimension only, but for rounding of float64, of that [n]; None if on others."""
    line = values.movedim(axis, 0).reshape(values.shape[axis], -1)
    apart = (line - line[:, :1]).abs().max() if line.numel() else 0.0
    return line[:, 0] if float(apart) <= ROUNDING * float(values.abs().max()) else None


def _before(where: str, tree: Joined, gain: Tensor) -> list[Tensor]:
    """The factors of what an operation takes, by those of what it gives."""
    if tree.op in ("max_pool", "sum_pool"):
        each = along(where, gain, 0)
        (part,) = tree.parts
        return [each.reshape(-1, *[1] * (len(part.shape) - 1)).expand(part.shape)]
    # What only rearranges is tried on numbers of the places; zeros come from nowhere.
    sizes = [torch.Size(part.shape).numel() for part in tree.parts]
    starts = [sum(sizes[:i]) + 1 for i in range(len(sizes))]
    places = [
        torch.arange(start, start + size).reshape(1, 1, *part.shape)
        for start, size, part in zip(starts, sizes, tree.parts, strict=True)
    ]
    came = computed(tree.op, tree.arguments, places).flatten()
    found = torch.ones(sum(sizes) + 1, dtype=torch.float64)
    wanted = gain.expand(tree.shape).flatten()
    found[came] = wanted
    fits = bool(((found[came] == wanted) | (came == 0)).all())
    require(fits, where, "what multiplies must be one number for all that is made of one current", "several")
    return [
        found[start : start + size].reshape(part.shape)
        for start, size, part in zip(starts, sizes, tree.parts, strict=True)
    ]


def joined(
    name: str, where: str, op: str, arguments: Mapping[str, Any], shape: Shape, parts: Sequence[Currents]
) -> Currents:
    """Currents after an operation, which is done to what is added to them as well."""
    tree = Joined(name, where, shape, op, tuple(part.tree for part in parts), arguments)
    if all(part.bias is None for part in parts):
        return Currents(tree)
    biases = [
        torch.zeros(part.shape, dtype=torch.float64) if part.bias is None else part.bias.expand(part.shape)
        for part in parts
    ]
    if op in ("repeat", "reverse"):
        return Currents(tree, biases[0])
    if op == "max_pool":
        # The largest of what has one number added is that of what has not.
        each = along(where, biases[0], 0)
        return Currents(tree, each.reshape(-1, *[1] * (len(shape) - 1)).expand(shape))
    return Currents(tree, computed(op, arguments, [bias[None, None] for bias in biases])[0, 0])


def normed(where: str, name: str, given: Currents, gain: Tensor, offset: Tensor) -> Currents:
    """Currents after batch norm, which is folded into the weights before it."""
    first = given.shape[0] if given.shape else 0
    message = f"must have {first} features, as the weights before it"
    require(len(gain) == first, where, message, len(gain))
    spread = [-1, *[1] * (len(given.shape) - 1)]
    gains = gain.reshape(spread).expand(given.shape)
    tree = noted(times(where, given.tree, gains), f"batch norm {name!r} folded into the weights")
    bias = offset.reshape(spread).expand(given.shape)
    return Currents(tree, bias if given.bias is None else given.bias * gains + bias)


def noted(tree: Tree, change: str) -> Tree:
    """The tree, in which all weights say that something was folded into them."""
    if isinstance(tree, Joined):
        return replace(tree, parts=tuple(noted(part, change) for part in tree.parts))
    return replace(tree, changes=(*tree.changes, change)) if isinstance(tree, Weighted) else tree
