"""Recorded arithmetic as ONNX nodes in integers of one type; `arithmetic_only` has the same in floats.

    writer = NodeWriter(graph, INT32)
    x = writer.input(var, low, high)
    (quarter,) = writer.write(round_shift(writer.ops, x, 2, "half_even"))

What `spikelut.quant` computes is recorded as expressions, which know their ranges; here each becomes a few nodes.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.onnx_graph.graph import BOOL, INT32, INT64, Graph, Var
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.codegen.operators import fits32

EXACT = 2**24
"""Up to here Div and Mod are those of integers everywhere: OpenVINO makes them, of int32 too, in float32."""

_NODES = {
    "subtract": "Sub",
    "multiply": "Mul",
    "maximum": "Max",
    "minimum": "Min",
    "equal": "Equal",
    "and": "And",
    "or": "Or",
    "not": "Not",
    "select": "Where",
}


class GraphOps(ExpressionOps):
    """The arithmetic of graphs: products are made so that what is divided or masked is at most `EXACT`."""

    EXACT = EXACT


class SpikeOps(GraphOps):
    """The same, with comparisons with a threshold kept apart, for nodes of their own."""

    @staticmethod
    def spike(x: Expression) -> Expression:
        """Whether `x >= 0`."""
        return x.home.made("spike", (x,), "truth", 0, 1)


class NodeWriter:
    """Writes expressions as nodes of `graph`, each once, in integers of type `dtype`.

    Of 32 bits, operations whose operands or outcome could need more are made in 64. `spike` makes the node of a
    comparison with a threshold from a membrane above it, and is None for a plain one.
    """

    def __init__(self, graph: Graph, dtype: int, spike: Callable[[Var], Var] | None = None) -> None:
        self.graph, self.dtype, self.spike = graph, dtype, spike
        self.home = Recording("to_onnx", EXACT)
        self._vars: dict[int, Var] = {}
        self._casts: dict[tuple[int, int], Var] = {}
        self._remainders: dict[tuple[int, Any], Var] = {}
        self._known: dict[int, NDArray[Any]] = {}  # what constant tensors hold
        self._kind = dtype  # of the operation that is being written

    @property
    def ops(self) -> type[ExpressionOps]:
        """What the arithmetic needs besides the operators."""
        return SpikeOps if self.spike else GraphOps

    def input(self, var: Var, low: int, high: int, *, shared: bool = False) -> Expression:
        """A value of the graph in `low`..`high`; `shared`: the same for the whole batch.

        It stays a value where that is one number: files say what their bias is by a tensor.
        """
        made = self.home.input(var.name, low, max(high, low + 1), shared=shared)
        self.bind(made, var)
        return made

    def constants(self, name: str, values: NDArray[Any]) -> Expression:
        """A constant tensor called `name`, the same for the whole batch."""
        made = self.graph.once(name, lambda: self.graph.constant(values, self.dtype, name))
        known = self.input(made, int(values.min()), int(values.max()), shared=True)
        self._known[known.index] = values
        return known

    def bind(self, x: Expression, var: Var) -> None:
        """What an input is: a value of the graph, in an integer type that holds it."""
        self._vars[x.index] = var

    def batched(self, x: Expression, like: Var) -> Var:
        """The value of `x` for each of a batch, also where it is the same for all, as a spike that never comes."""
        (value,) = self.write(x)
        return like * 0 + value.cast(like.dtype) if x.shared else value

    def write(self, *results: Expression) -> list[Var]:
        """The values of `results`, of integers in `dtype`, or in 64 bits where they could need them."""
        for part in self.home.needed(*results):
            if part.index not in self._vars and not part.is_constant:
                self._kind = self._type_of(part)
                self._vars[part.index] = self._made(part)
        return [self._result(result) for result in results]

    def _result(self, x: Expression) -> Var:
        self._kind = INT64 if self.dtype == INT32 and x.wide else self.dtype
        return self._var(x)

    def _type_of(self, x: Expression) -> int:
        ends = [(part.low, part.high) for part in (x, *x.args)]
        if x.op in _DIVISORS:
            by = int(np.max(self._divisor(x.op, *x.args)))
            # The multiple on the way may be below the range.
            ends.append((x.args[0].low // by * by, by))
        return INT64 if self.dtype == INT32 and not all(fits32(*pair) for pair in ends) else self.dtype

    def _var(self, x: Expression) -> Var:
        """A value, or a number, in the type of the operation."""
        if x.is_constant:
            return self.graph.constant(x.low, BOOL if x.kind == "truth" else self._kind)
        var, key = self._vars[x.index], (x.index, self._kind)
        if x.kind == "truth" or var.dtype == self._kind:
            return var
        if key not in self._casts:
            self._casts[key] = var.cast(self._kind)
        return self._casts[key]

    def _made(self, x: Expression) -> Var:
        if x.op in _NODES:
            return self._node(_NODES[x.op], *x.args, truth=x.kind == "truth")
        made: Var = getattr(self, f"_{x.op}")(*x.args)
        return made

    def _node(self, op: str, *args: Expression, truth: bool = False) -> Var:
        return self.graph.node(op, [self._var(arg) for arg in args], BOOL if truth else self._kind)

    def _add(self, a: Expression, b: Expression) -> Var:
        less = b.is_constant and -(2**31) < b.low < 0
        return self._node("Sub", a, b.home.constant(-b.low)) if less else self._node("Add", a, b)

    def _less(self, a: Expression, b: Expression) -> Var:
        # The number, if one is, comes second.
        return self._node("Greater", b, a, truth=True) if a.is_constant else self._node("Less", a, b, truth=True)

    def _less_equal(self, a: Expression, b: Expression) -> Var:
        return self._node("GreaterOrEqual", b, a, truth=True)

    def _spike(self, x: Expression) -> Var:
        assert self.spike is not None  # without it none is recorded
        return self.spike(self._var(x))

    def _number(self, x: Expression) -> Var:
        return self._var(x).cast(self._kind)

    def _shift(self, a: Expression, b: Expression) -> Var:
        return self._floor(a, self._divisor("shift", a, b))

    def _quotient(self, a: Expression, b: Expression) -> Var:
        return self._floor(a, self._divisor("quotient", a, b))

    def _divisor(self, op: str, a: Expression, b: Expression) -> Any:
        """What an operator divides `a` by: a number, or an array of one for each neuron."""
        return _DIVISORS[op](a, self._known.get(b.index, b.low))

    def _floor(self, a: Expression, by: Any) -> Var:
        return self._var(a).floor_quotient(self._number_of(by), self._remainder(a, by).cast(self._kind))

    def _number_of(self, by: Any) -> Any:
        """A number as it is; an array as a constant tensor in the type of the operation."""
        if isinstance(by, int):
            return by
        kind, key = self._kind, f"divisor {by.tolist()} {self._kind}"
        return self.graph.once(key, lambda: self.graph.constant(by, kind))

    def _low_bits(self, a: Expression, mask: Expression) -> Var:
        return self._remainder(a, self._divisor("low_bits", a, mask))

    def _remainder(self, a: Expression, by: Any) -> Var:
        key = (a.index, by if isinstance(by, int) else by.tobytes())
        if key not in self._remainders:
            self._remainders[key] = self._var(a).remainder(self._number_of(by))
        return self._remainders[key]


def _power(a: Expression, shift: Any) -> Any:
    # By more bits than it has is by all of them.
    most = max(a.high, -a.low - 1).bit_length()
    return 1 << (min(shift, most) if isinstance(shift, int) else np.minimum(shift, most))


_DIVISORS: dict[str, Callable[[Expression, Any], Any]] = {
    "shift": _power,
    "quotient": lambda a, b: b,
    "low_bits": lambda a, b: b + 1,
}
"""What is divided by, or what is left is taken of."""
