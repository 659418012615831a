"""Recorded arithmetic as ONNX nodes in integers of one type; `arithmetic_only` has the same in floats.

    writer = NodeWriter(graph, INT32)
    x = writer.input(var, low, high)
    (quarter,) = writer.write(round_shift(writer.ops, x, 2, "half_even"))

What `spikelut.quant` computes is recorded as expressions, which know their ranges; here each becomes a few nodes.
"""

from collections.abc import Callable

from spikelut._checks import require
from spikelut.export.onnx_graph.graph import BOOL, INT32, Graph, Var
from spikelut.quant.codegen.expression import Expression, ExpressionOps, Recording, fits32

EXACT = 2**24
"""Up to here Div and Mod are those of integers everywhere: OpenVINO makes them, of int32 too, in float32."""

_NODES = {
    "add": "Add",
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

    `spike` makes the node of a comparison with a threshold from a membrane above it, and is None for a plain one.
    """

    def __init__(self, graph: Graph, dtype: int, spike: Callable[[Var], Var] | None = None) -> None:
        self.graph, self.dtype, self.spike = graph, dtype, spike
        self.home = Recording("to_onnx", EXACT)
        self._vars: dict[int, Var] = {}
        self._remainders: dict[tuple[int, int], Var] = {}

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

    def bind(self, x: Expression, var: Var) -> None:
        """What an input is: a value of the graph, of the writer's type."""
        self._vars[x.index] = var

    def batched(self, x: Expression, like: Var) -> Var:
        """The value of `x` for each of a batch, also where it is the same for all, as a spike that never comes."""
        (value,) = self.write(x)
        return like * 0 + value.cast(like.dtype) if x.shared else value

    def write(self, *results: Expression) -> list[Var]:
        """The values of `results`; of a number a constant."""
        for part in self.home.needed(*results):
            if part.index not in self._vars and not part.is_constant:
                self._check(part.low, part.high)
                self._vars[part.index] = self._made(part)
        return [self._var(result) for result in results]

    def _check(self, low: int, high: int) -> None:
        """ValueError if numbers may come up that 32 bits do not hold, where there are no more."""
        fits = self.dtype != INT32 or fits32(low, high)
        require(fits, "to_onnx", "numbers must fit 32 bits, in which they are computed", (low, high))

    def _var(self, x: Expression) -> Var:
        if not x.is_constant:
            return self._vars[x.index]
        return self.graph.constant(x.low, BOOL) if x.kind == "truth" else self._constant(x.low)

    def _constant(self, number: int) -> Var:
        self._check(number, number)
        return self.graph.constant(number, self.dtype)

    def _made(self, x: Expression) -> Var:
        if x.op in _NODES:
            return self._node(_NODES[x.op], *x.args, truth=x.kind == "truth")
        made: Var = getattr(self, f"_{x.op}")(*x.args)
        return made

    def _node(self, op: str, *args: Expression, truth: bool = False) -> Var:
        return self.graph.node(op, [self._var(arg) for arg in args], BOOL if truth else self.dtype)

    def _less(self, a: Expression, b: Expression) -> Var:
        # The number, if one is, comes second.
        return self._node("Greater", b, a, truth=True) if a.is_constant else self._node("Less", a, b, truth=True)

    def _less_equal(self, a: Expression, b: Expression) -> Var:
        return self._node("GreaterOrEqual", b, a, truth=True)

    def _spike(self, x: Expression) -> Var:
        assert self.spike is not None  # without it none is recorded
        return self.spike(self._var(x))

    def _number(self, x: Expression) -> Var:
        return self._var(x).cast(self.dtype)

    def _shift(self, a: Expression, b: Expression) -> Var:
        # By more bits than it has is by all of them.
        return self._floor(a, 1 << min(b.low, max(a.high, -a.low - 1).bit_length()))

    def _quotient(self, a: Expression, b: Expression) -> Var:
        return self._floor(a, b.low)

    def _floor(self, a: Expression, by: int) -> Var:
        # The multiple on the way may be below the range.
        self._check(a.low // by * by, a.high)
        return self._var(a).floor_quotient(self._constant(by), self._remainder(a, by))

    def _low_bits(self, a: Expression, mask: Expression) -> Var:
        return self._remainder(a, mask.low + 1)

    def _remainder(self, a: Expression, by: int) -> Var:
        key = (a.index, by)
        if key not in self._remainders:
            self._remainders[key] = self._var(a).remainder(self._constant(by))
        return self._remainders[key]
