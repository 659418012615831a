"""Bits of layers, so that few bits do little harm: the best allocations of all sizes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

MOST = 4096
"""Allocations that are kept while layers are added; of more, the best of each of so many sizes."""


class Unit(NamedTuple):
    """Weights that have one width: the name of their layer, how many there are, and the widths they can have."""

    name: str
    weights: int
    widths: tuple[int, ...]


class Allocation(NamedTuple):
    """Bits of all weights together, the harm that is expected, and the width of each unit."""

    size: int
    harm: float
    widths: tuple[int, ...]


def front(units: Sequence[Unit], sensitivity: Mapping[str, Mapping[int, float]]) -> list[Allocation]:
    """The allocations that none of as few bits surpasses, by size.

    The harm is the sum over units of the squared `sensitivity` of their widths: what the output is off by if that unit
    alone has so few bits. Errors of different layers are taken as independent.
    """
    found = [Allocation(0, 0.0, ())]
    for unit in units:
        harms = sensitivity[unit.name]
        longer = [
            Allocation(one.size + unit.weights * bits, one.harm + harms[bits] ** 2, (*one.widths, bits))
            for one in found
            for bits in unit.widths
            if harms[bits] != float("inf")
        ]
        found = _pruned(longer)
    return found


def _pruned(allocations: list[Allocation]) -> list[Allocation]:
    best: list[Allocation] = []
    for one in sorted(allocations):
        if not best or one.harm < best[-1].harm:
            best.append(one)
    if len(best) <= MOST:
        return best
    # The last of each size class does the least harm there; the smallest of all stays.
    step = (best[-1].size - best[0].size) / MOST
    classes = {int((one.size - best[0].size) / step): one for one in best}
    return [best[0], *(one for one in classes.values() if one is not best[0])]
