"""Whole numbers in float32 nodes, without comparisons: for runtimes that have neither integers nor truth values.

float32 holds every whole number up to 2**24. Each value that is written has a range, and `check_exact` refuses a graph
in which one could leave what is exact: what is built is exact. A truth value is 0 or 1.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from spikelut._checks import require
from spikelut.export.onnx_graph.expression_writer import EXACT, NodeWriter
from spikelut.export.onnx_graph.graph import FLOAT, Graph, Var
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.codegen.expression_ops import ExpressionOps

LIMIT = EXACT


def check_exact(graph: Graph) -> None:
    """ValueError if a whole number that the graph still computes could be one that float32 rounds."""
    largest = max((graph.reach.get(name, 0) for node in graph.nodes for name in node.output), default=0)
    require(
        largest <= LIMIT, "to_onnx", "codes must be at most 2**24 in dialect arith, to be exact in float32", largest
    )


class ArithmeticWriter(NodeWriter):
    """Writes expressions as sums, products, maxima, minima and floors of quotients, in float32."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph, FLOAT)

    @property
    def ops(self) -> type[ExpressionOps]:
        return ExpressionOps  # quotients are as exact as all else

    def input(self, var: Var, low: int, high: int, *, shared: bool = False) -> Expression:
        self.graph.reach[var.name] = max(-low, high)
        return super().input(var, low, high, shared=shared)

    def write(self, *results: Expression) -> list[Var]:
        made: dict[int, Expression] = {}
        for part in self.home.needed(*results):
            args = [made[arg.index] for arg in part.args]
            made[part.index] = _RULES.get(part.op, _same)(part, *args)
        return super().write(*(made[result.index] for result in results))

    def _made(self, x: Expression) -> Var:
        made = super()._made(x)
        self.graph.reach[made.name] = max(-x.low, x.high)
        return made

    def _floor(self, a: Expression, by: Any) -> Var:
        # Below 2**24 a quotient is never rounded up to the next whole number. A power of two is multiplied by its
        # inverse, which is exact: ncnn divides by approximate reciprocals.
        op, value = ("Mul", 1 / by) if not np.any(by & (by - 1)) else ("Div", by)
        part = self.graph.node(op, [self._var(a), self.graph.constant(value, FLOAT)], FLOAT)
        return self.graph.node("Floor", [part], FLOAT)


def _same(x: Expression, *args: Expression) -> Expression:
    """The operator itself, of what its arguments have become; of a number less something, without a number first."""
    if x.is_constant:
        return x.home.constant(x.low)
    if x.op == "subtract" and args[0].is_constant:
        return args[1] * -1 + args[0]
    return x.home.made(x.op, args, "int", x.low, x.high) if args else x


def _reached(x: Expression) -> Expression:
    """Whether it is 1 or more."""
    return ExpressionOps.clip(x, 0, 1)


def _not(x: Expression) -> Expression:
    return x * -1 + 1


def _equal(x: Expression, a: Expression, b: Expression) -> Expression:
    more, less = a - b, b - a
    return _not(_reached(x.home.made("maximum", (more, less), "int", 0, max(more.high, less.high))))


def _select(x: Expression, condition: Expression, a: Expression, b: Expression) -> Expression:
    # Each product is one of its factors or zero, so that nothing beyond both ranges comes up on the way.
    return _within(condition * a + _not(condition) * b, x.low, x.high)


def _low_bits(x: Expression, a: Expression, mask: Expression) -> Expression:
    shift = mask.low.bit_length()
    return _within(a - ((a >> shift) << shift), x.low, x.high)


def _within(x: Expression, low: int, high: int) -> Expression:
    """What is known to have a narrower range than its arguments show."""
    return x if x.op != "add" and x.op != "subtract" else x.home.made(x.op, x.args, x.kind, low, high)


_RULES: dict[str, Callable[..., Expression]] = {
    "less": lambda x, a, b: _reached(b - a),
    "less_equal": lambda x, a, b: _reached(b - a + 1),
    "equal": _equal,
    "and": lambda x, a, b: a * b,
    "or": lambda x, a, b: x.home.made("maximum", (a, b), "int", x.low, x.high),
    "not": lambda x, a: _not(a),
    "number": lambda x, a: a,
    "select": _select,
    "low_bits": _low_bits,
}
"""What stands for an operator, by its own range and what its arguments have become."""
