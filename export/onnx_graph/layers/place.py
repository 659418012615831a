"""A layer among the others of a network, as whoever writes it into a graph sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spikelut.export.onnx_graph.dialects import Floats, Integers
from spikelut.export.onnx_graph.graph import INT64, Var
from spikelut.quant.network.signal import Signal, Sizes


@dataclass(frozen=True)
class Place:
    """A layer that is written in a dialect: it takes what `given` says and gives what `signal` says."""

    layer: Any
    dialect: Integers | Floats
    given: tuple[Signal, ...]
    signal: Signal

    @property
    def lead(self) -> int:
        """The dimensions before those of a signal: time and batch, or batch alone."""
        return 2 if self.dialect.timed else 1

    def axes(self, axes: Sequence[int]) -> list[int]:
        """Dimensions of the graph's values, from those after time and batch."""
        return [axis + self.lead for axis in axes]

    def stored(self, x: Var) -> Var:
        """Whole numbers in the type in which what the layer gives is handed on."""
        return x.cast(self.dialect.type_of(self.signal))

    def shaped(self, x: Var, sizes: Sizes, like: Var | None = None, times: Sequence[int] = ()) -> Var:
        """`x` in another shape after time and batch.

        Where a size is free, the shape is that of `like`, of which the last dimensions are as many `times` as large.
        """
        graph = x.graph
        if like is None or all(isinstance(n, int) for n in sizes):
            shape = graph.constant([*[0] * self.lead, *sizes], INT64)
        else:
            rank = self.lead + len(sizes)
            whole = graph.node("Shape", [like], INT64)
            shape = whole * graph.constant([*[1] * (rank - len(times)), *times], INT64)
        return graph.node("Reshape", [x, shape], x.dtype)
