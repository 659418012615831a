"""Graphs of torch's operations as ONNX nodes that runtimes and compilers to C share.

`Translation` walks a graph; the operations themselves are in the files `aten_*.py` beside it.
Integers are shifted and masked by `Mod` and `Div`, as everywhere in these exports. What depends on no input is computed
here, by torch; equal nodes are made once.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from onnx import TensorProto
from torch import Tensor, fx

from spikelut._checks import require
from spikelut.export.onnx_graph.graph import FLOAT, INT64, Graph, Var
from spikelut.export.train_step.capture import HINT
from spikelut.export.train_step.lut_node import Tables
from spikelut.export.train_step.recorded import (
    SAME,
    Batch,
    Size,
    in_place,
    is_view,
    operation,
    place_of,
    refused,
    shape_of,
    size,
    unknown,
)

DTYPES: dict[torch.dtype, int] = {
    torch.float32: TensorProto.FLOAT,
    torch.float64: TensorProto.DOUBLE,
    torch.bool: TensorProto.BOOL,
    torch.uint8: TensorProto.UINT8,
    torch.int8: TensorProto.INT8,
    torch.int16: TensorProto.INT16,
    torch.int32: TensorProto.INT32,
    torch.int64: TensorProto.INT64,
}


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor of the graph: a node's output, or a constant.

    `shape` is what is stored, which broadcasts to the shape that torch means. `rows`: what it was stacked from.
    """

    data: Var | Tensor
    shape: tuple[Size, ...]
    rows: tuple["Value", ...] = ()

    @property
    def constant(self) -> Tensor | None:
        """The tensor, if it is a constant."""
        return self.data if isinstance(self.data, Tensor) else None


def constant(tensor: Tensor) -> Value:
    """A constant."""
    return Value(tensor, tuple(tensor.shape))


@dataclass
class SharedGraph(Graph):
    """A `Graph` that makes equal nodes and equal constants once."""

    shared: dict[Any, Var] = field(default_factory=dict)

    def node(self, op: str, inputs: list[Var], dtype: int, *, domain: str = "", **attributes: Any) -> Var:
        key = (op, domain, *(v.name for v in inputs), repr(sorted(attributes.items(), key=lambda item: item[0])), dtype)
        if key not in self.shared:
            self.shared[key] = super().node(op, inputs, dtype, domain=domain, **attributes)
        return self.shared[key]

    def constant(self, value: ArrayLike, dtype: int, name: str = "") -> Var:
        array = np.asarray(value)
        key = (array.shape, array.dtype.str, array.tobytes(), dtype, name)
        if key not in self.shared:
            self.shared[key] = super().constant(value, dtype, name)
        return self.shared[key]


class _Unknown(Exception):
    """Not a constant."""


Handler = Callable[["Translation", fx.Node], Any]
_ON_SIZES: dict[Any, str] = {operator.add: "Add", operator.sub: "Sub", operator.mul: "Mul", operator.truediv: "Div"}
HANDLERS: dict[str, Handler] = {}
"""By torch's name of the operation."""


def translates(*names: str) -> Callable[[Handler], Handler]:
    """Register a function for these operations of `torch.ops.aten`."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


@dataclass
class Translation:
    """One graph on its way. `source`: an input whose second dimension is the batch."""

    graph: SharedGraph
    source: Var
    tables: Tables
    values: dict[fx.Node, Any] = field(default_factory=dict)
    same: dict[fx.Node, fx.Node] = field(default_factory=dict)
    viewed: set[fx.Node] = field(default_factory=set)
    states: list[fx.Node] = field(default_factory=list)

    def run(
        self, recorded: fx.GraphModule, inputs: Sequence[Value], states: Sequence[int] = ()
    ) -> list[tuple[Var, tuple[Size, ...]]]:
        """The outputs of what `record` gave, then those of its inputs that are `states` after it, and their shapes.

        ValueError for an operation without a translation.
        """
        given = iter(inputs)
        placeholders = [node for node in recorded.graph.nodes if node.op == "placeholder"]
        self.states = [placeholders[i] for i in states]
        for node in recorded.graph.nodes:
            if node.op == "placeholder":
                self.values[node] = next(given)
            elif node.op == "get_attr":
                self.values[node] = constant(_without_fake(getattr(recorded, str(node.target))))
            elif node.op == "output":
                return [(self.full(out), shape_of(out)) for out in (*node.args[0], *self.states)]
            elif node.users or in_place(node):
                self._call(node)
        raise AssertionError("a graph has an output")

    def _call(self, node: fx.Node) -> None:
        value, name = node.meta.get("val"), operation(node)
        if node.target is operator.getitem:
            made = self.values[self.root(node.args[0])][node.args[1]]
        elif isinstance(value, int | torch.SymInt | float | torch.SymFloat):
            made = None  # sizes are read where they are used
        elif name in SAME:
            self.same[node] = self.root(node.args[0])
            return
        else:
            if in_place(node):
                self._check_whole(node)
            handler = HANDLERS.get(name)
            if handler is None:
                raise unknown(node)
            made = handler(self, node)
        if in_place(node):
            # Who reads the tensor from here on reads this.
            self.same[node] = root = self.root(node.args[0])
            self.values[root] = made
        else:
            self.values[node] = made
        if is_view(node):
            self.viewed.add(self.root(node.args[0]))

    def _check_whole(self, node: fx.Node) -> None:
        """ValueError if what is changed in place is seen by others, too."""
        root = self.root(node.args[0])
        own = root.op == "call_function" or root in self.states
        whole = own and not is_view(root) and root not in self.viewed
        message = "operations in place must not be on parts, views or inputs"
        instead = "use torch.stack or torch.cat of a list, or x = x + y for x += y"
        require(whole, "to_train_step", f"{message}; {instead}", place_of(node, "_"))

    def root(self, node: Any) -> fx.Node:
        """The node whose tensor `node` is."""
        found: fx.Node = self.same.get(node, node)
        return found

    def value(self, argument: Any) -> Value:
        """What an argument stands for: a node, a number, or a size."""
        if isinstance(argument, fx.Node):
            meta = argument.meta.get("val")
            if isinstance(meta, int | float | torch.SymInt | torch.SymFloat):
                return self._of_sizes(argument)
            found: Value = self.values[self.root(argument)]
            return found
        return constant(torch.tensor(argument))

    def folded(self, node: fx.Node, whole: bool = False) -> Value | None:
        """The outcome if all arguments are constants; of `whole` ones, where the operation needs their shape."""

        def known(argument: fx.Node) -> Tensor:
            value = self.value(argument)
            if value.constant is None:
                raise _Unknown
            meta = argument.meta["val"]
            if not whole or not isinstance(meta, Tensor):
                return value.constant.clone() if in_place(node) else value.constant
            shape = shape_of(argument)
            if value.shape != shape and not all(isinstance(n, int) for n in shape):
                raise _Unknown
            return value.constant.expand([n for n in shape if isinstance(n, int)]).clone()

        try:
            arguments = fx.map_arg(node.args, known), fx.map_arg(node.kwargs, known)
        except _Unknown:
            return None
        assert callable(node.target)
        return constant(node.target(*arguments[0], **arguments[1]))

    def size(self, wanted: Size) -> Value:
        """A size as a number, int64."""
        if isinstance(wanted, int):
            return constant(torch.tensor(wanted))
        shape = self.graph.node("Shape", [self.source], INT64)
        batch = self.graph.node("Gather", [shape, self.graph.constant(1, INT64)], INT64, axis=0)
        return Value(batch * wanted.times, ())

    def _of_sizes(self, node: fx.Node) -> Value:
        """A number that is reckoned from sizes: int64, or float64 of a quotient."""
        meta: Any = node.meta["val"]
        if isinstance(meta, int | float):
            return constant(torch.tensor(meta, dtype=torch.float64 if isinstance(meta, float) else torch.int64))
        if isinstance(meta, torch.SymInt) and meta.node.hint % HINT == 0:
            return self.size(size(meta))
        if node.target is torch.sym_float:
            return Value(self.var(node.args[0], torch.float64), ())
        op = _ON_SIZES.get(node.target)
        if op is None:
            raise refused(node, "what is reckoned from the batch must be sums, products, quotients", "or fix the batch")
        kind = torch.float64 if isinstance(meta, torch.SymFloat) else torch.int64
        a, b = (self.var(argument, kind) for argument in node.args)
        return Value(self.graph.node(op, [a, b], a.dtype), ())

    def count(self, shape: tuple[Size, ...]) -> Var:
        """How many elements there are, float32."""
        elements = self.graph.constant(prod(n for n in shape if isinstance(n, int)), INT64)
        for n in shape:
            elements = elements if isinstance(n, int) else elements * self.stored(self.size(n))
        return elements.cast(FLOAT)

    def var(self, argument: Any, dtype: torch.dtype | None = None) -> Var:
        """An argument in the graph, in `dtype`; of a shape that broadcasts to its own."""
        return self.stored(self.value(argument), dtype)

    def stored(self, value: Value, dtype: torch.dtype | None = None) -> Var:
        """A value in the graph, as it is stored."""
        known = value.constant
        if known is not None:
            made = known if dtype is None else known.to(dtype)
            return self.graph.constant(made.numpy(), DTYPES[made.dtype])
        assert isinstance(value.data, Var)
        return value.data if dtype is None else value.data.cast(DTYPES[dtype])

    def full(self, argument: fx.Node, dtype: torch.dtype | None = None) -> Var:
        """An argument in the graph, in its whole shape."""
        return self.expanded(self.value(argument), shape_of(argument), dtype)

    def expanded(self, value: Value, shape: tuple[Size, ...], dtype: torch.dtype | None = None) -> Var:
        """A value in the whole `shape`."""
        if value.shape == shape:
            return self.stored(value, dtype)
        known = value.constant
        if known is not None and all(isinstance(n, int) for n in shape):
            return self.stored(constant(known.expand([n for n in shape if isinstance(n, int)])), dtype)
        return self.graph.node("Expand", [self.stored(value, dtype), self.shape(shape)], self._dtype(value, dtype))

    def _dtype(self, value: Value, dtype: torch.dtype | None) -> int:
        return DTYPES[dtype] if dtype is not None else self.stored(value).dtype

    def shape(self, wanted: tuple[Size, ...]) -> Var:
        """A shape as a vector, int64."""
        if all(isinstance(n, int) for n in wanted):
            return self.graph.constant([n for n in wanted if isinstance(n, int)], INT64)
        parts = []
        for n in wanted:
            part = self.stored(self.size(n))
            parts.append(self.graph.node("Reshape", [part, self.graph.constant([1], INT64)], INT64))
        return self.graph.node("Concat", parts, INT64, axis=0)

    def reshaped(self, x: Var, shape: tuple[Size, ...]) -> Var:
        """`x` in another shape of as many elements."""
        free = [n for n in shape if isinstance(n, Batch)]
        if len(free) > 1:
            return self.graph.node("Reshape", [x, self.shape(shape)], x.dtype)
        target = self.graph.constant([n if isinstance(n, int) else -1 for n in shape], INT64)
        return self.graph.node("Reshape", [x, target], x.dtype)


def _without_fake(tensor: Tensor) -> Tensor:
    known = getattr(tensor, "constant", None)
    return tensor if known is None else known
