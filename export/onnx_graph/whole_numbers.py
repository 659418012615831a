"""Whole numbers in float32 nodes, without comparisons: for runtimes that have neither integers nor truth values.

float32 holds every whole number up to 2**24. A `Whole` therefore carries the range of its values, and `check_exact`
refuses a graph in which one could leave that range: what is built is exact.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.export.onnx_graph.graph import FLOAT, Graph, Var

LIMIT = 2**24


@dataclass(frozen=True, eq=False)
class Whole(Var):
    """A whole number between `low` and `high`, or a truth value, 0 or 1, in float32."""

    low: int = 0
    high: int = 1

    @classmethod
    def of(cls, var: Var, low: int, high: int) -> "Whole":
        """A value of a graph whose range is known."""
        var.graph.reach[var.name] = max(-int(low), int(high))
        return cls(var.graph, var.name, FLOAT, int(low), int(high))

    def _operand(self, value: Any) -> "Whole":
        if isinstance(value, Whole):
            return value
        array = np.asarray(value)
        return Whole.of(self.graph.constant(array, FLOAT), array.min(initial=0), array.max(initial=0))

    def _made(self, op: str, others: list[Any], low: int, high: int) -> "Whole":
        inputs: list[Var] = [self, *(v if isinstance(v, Var) else self.graph.constant(v, FLOAT) for v in others)]
        return Whole.of(self.graph.node(op, inputs, FLOAT), low, high)

    def __add__(self, other: Any) -> "Whole":
        if isinstance(other, int) and other == 0:
            return self
        b = self._operand(other)
        return self._made("Add", [b], self.low + b.low, self.high + b.high)

    def __sub__(self, other: Any) -> "Whole":
        if isinstance(other, int) and other == 0:
            return self
        b = self._operand(other)
        return self._made("Sub", [b], self.low - b.high, self.high - b.low)

    def __mul__(self, other: Any) -> "Whole":
        if isinstance(other, int) and other == 1:
            return self
        b = self._operand(other)
        ends = [x * y for x in (self.low, self.high) for y in (b.low, b.high)]
        return self._made("Mul", [b], min(ends), max(ends))

    __rmul__ = __mul__

    def __floordiv__(self, by: int) -> "Whole":
        # Below 2**24 a quotient is never rounded up to the next whole number. A power of two is multiplied by its
        # inverse, which is exact: ncnn divides by approximate reciprocals.
        op, value = ("Mul", 1 / by) if by & (by - 1) == 0 else ("Div", by)
        part = self.graph.node(op, [self, self.graph.constant(value, FLOAT)], FLOAT)
        return Whole.of(self.graph.node("Floor", [part], FLOAT), self.low // by, self.high // by)

    def __rshift__(self, shift: int) -> "Whole":
        return self // (1 << shift) if shift else self

    def __lshift__(self, shift: int) -> "Whole":
        return self * (1 << shift)

    def __and__(self, other: Any) -> "Whole":
        if isinstance(other, Whole):
            return self * other
        if other & (other + 1):
            raise TypeError("whole numbers are masked by constants 2**n - 1 only")
        size = other + 1
        low_bits = self - (self // size) * size
        return Whole.of(low_bits, 0, other)

    def __or__(self, other: Any) -> "Whole":
        b = self._operand(other)
        return self._made("Max", [b], max(self.low, b.low), max(self.high, b.high))

    def __invert__(self) -> "Whole":
        return self * -1 + 1

    def _reached(self) -> "Whole":
        """Whether it is 1 or more."""
        return self._made("Max", [0], 0, max(self.high, 0))._made("Min", [1], 0, 1)

    def __gt__(self, other: Any) -> "Whole":
        return (self - self._operand(other))._reached()

    def __ge__(self, other: Any) -> "Whole":
        return (self - self._operand(other) + 1)._reached()

    def __lt__(self, other: Any) -> "Whole":
        return self._operand(other) > self

    def __eq__(self, other: object) -> "Whole":  # type: ignore[override]  # array semantics
        return (self >= other) & ~(self > other)

    __hash__ = None

    def cast(self, dtype: int) -> "Whole":
        """The same: there is one type only."""
        return self


def check_exact(graph: Graph) -> None:
    """ValueError if a whole number that the graph still computes could be one that float32 rounds."""
    largest = max((graph.reach.get(name, 0) for node in graph.nodes for name in node.output), default=0)
    require(
        largest <= LIMIT, "to_onnx", "codes must be at most 2**24 in dialect arith, to be exact in float32", largest
    )


class WholeOps:
    """What the arithmetic of neurons needs besides the operators, for `Whole` numbers."""

    @staticmethod
    def where(condition: Whole, a: Any, b: Any) -> Whole:
        """`a` where the condition holds, `b` elsewhere."""
        x, y = condition._operand(a), condition._operand(b)
        # Each product is one of its factors or zero, so that nothing beyond both ranges comes up on the way.
        chosen = condition * x + ~condition * y
        return Whole.of(chosen, min(x.low, y.low), max(x.high, y.high))

    @staticmethod
    def clip(x: Whole, low: int, high: int) -> Whole:
        """`x` limited to `low`..`high`."""
        at_least = x._made("Max", [low], max(x.low, low), max(x.high, low))
        return at_least._made("Min", [high], min(at_least.low, high), min(at_least.high, high))

    @staticmethod
    def divide(x: Whole, by: int) -> Whole:
        """The floor of x / by, for `by` > 0."""
        return x // by

    @staticmethod
    def spike(x: Whole) -> Whole:
        """Whether `x >= 0`."""
        return x >= 0
