"""ONNX graphs under construction, and handles of their values, whose operators make nodes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import helper, numpy_helper

INT4, INT8, INT16, INT32, INT64, FLOAT, DOUBLE, BOOL, UINT8 = (
    onnx.TensorProto.INT4,
    onnx.TensorProto.INT8,
    onnx.TensorProto.INT16,
    onnx.TensorProto.INT32,
    onnx.TensorProto.INT64,
    onnx.TensorProto.FLOAT,
    onnx.TensorProto.DOUBLE,
    onnx.TensorProto.BOOL,
    onnx.TensorProto.UINT8,
)


@dataclass
class Graph:
    """Nodes and constants of a graph under construction, with unique names that start with `prefix`.

    `reach`: the largest magnitude of values for which it is known. `taken`: names that are no more free.
    """

    prefix: str = ""
    taken: frozenset[str] = frozenset()
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)
    reach: dict[str, int] = field(default_factory=dict)
    made: dict[str, "Var"] = field(default_factory=dict)
    count: int = 0

    def fresh(self, stem: str) -> str:
        """A name not used before."""
        self.count += 1
        name = f"{self.prefix}{stem}_{self.count}"
        return self.fresh(stem) if name in self.taken else name

    def node(self, op: str, inputs: list["Var"], dtype: int, *, domain: str = "", **attributes: Any) -> "Var":
        """The output of a new node; attributes are values, or protos where a value does not tell its type."""
        name = self.fresh(op)
        names = [v.name for v in inputs]
        made = {k: v for k, v in attributes.items() if isinstance(v, onnx.AttributeProto)}
        plain = {k: v for k, v in attributes.items() if k not in made}
        node = helper.make_node(op, names, [name], name=name, domain=domain, **plain)
        node.attribute.extend(made.values())
        self.nodes.append(node)
        return Var(self, name, dtype)

    def constant(self, value: ArrayLike, dtype: int, name: str = "") -> "Var":
        """A constant tensor; numbers that are equal, and tensors of one `name`, are stored once."""
        array = np.asarray(value, helper.tensor_dtype_to_np_dtype(dtype))
        if not name and array.ndim == 0:
            kind = helper.tensor_dtype_to_string(dtype).removeprefix("TensorProto.").lower()
            name = f"{self.prefix}{kind}_{array.item()}".replace("-", "minus_")
        name = name or self.fresh("tensor")
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(array, name)
        return Var(self, name, dtype)

    def named(self, var: "Var", name: str) -> "Var":
        """The same value under a second name, that of an output."""
        self.nodes.append(helper.make_node("Identity", [var.name], [name], name=f"output.{name}"))
        return Var(self, name, var.dtype)

    def rename(self, names: Mapping[str, str]) -> None:
        """Give values other names; a `Var` made before keeps the old one."""
        for node in self.nodes:
            for ends in (node.input, node.output):
                ends[:] = [names.get(name, name) for name in ends]
        self.reach = {names.get(name, name): reach for name, reach in self.reach.items()}

    def once(self, key: str, make: Callable[[], "Var"]) -> "Var":
        """What `make` gave when `key` was first asked for."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def prune(self, outputs: list["Var"]) -> None:
        """Drop nodes and constants that no output needs."""
        needed = {v.name for v in outputs}
        kept = []
        for node in reversed(self.nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                for attribute in node.attribute:
                    for inner in attribute.g.node:
                        needed.update(inner.input)
                kept.append(node)
        self.nodes = kept[::-1]
        self.constants = {name: c for name, c in self.constants.items() if name in needed}


@dataclass(frozen=True, eq=False)
class Var:
    """A value in a graph: an integer, float or bool, of a shape that only the graph knows.

    Each operator is the node of that name, whatever the operands. What `spikelut.quant` states in integers is recorded
    as expressions, which know ranges; see `expression_writer`.
    """

    graph: Graph
    name: str
    dtype: int

    def _binary(self, op: str, other: "Var | float", dtype: int | None = None) -> "Var":
        operand = other if isinstance(other, Var) else self.graph.constant(other, self.dtype)
        return self.graph.node(op, [self, operand], self.dtype if dtype is None else dtype)

    def __add__(self, other: "Var | float") -> "Var":
        return self._binary("Add", other)

    def __sub__(self, other: "Var | float") -> "Var":
        return self._binary("Sub", other)

    def __mul__(self, other: "Var | float") -> "Var":
        return self._binary("Mul", other)

    def __truediv__(self, other: "Var | float") -> "Var":
        return self._binary("Div", other)

    def __and__(self, other: "Var") -> "Var":
        return self._binary("And", other)

    def __or__(self, other: "Var") -> "Var":
        return self._binary("Or", other)

    def __invert__(self) -> "Var":
        return self.graph.node("Not", [self], BOOL)

    def __lt__(self, other: "Var | float") -> "Var":
        return self._binary("Less", other, BOOL)

    def __gt__(self, other: "Var | float") -> "Var":
        return self._binary("Greater", other, BOOL)

    def __ge__(self, other: "Var | float") -> "Var":
        return self._binary("GreaterOrEqual", other, BOOL)

    # Element by element, as in NumPy and torch; such values are no dictionary keys.
    def __eq__(self, other: "Var | float") -> "Var":  # type: ignore[override]  # array semantics
        return self._binary("Equal", other, BOOL)

    __hash__ = None  # type: ignore[assignment]  # as above

    def scaled(self, factor: int) -> "Var":
        """The value times a whole number; itself for one."""
        return self if factor == 1 else self * factor

    def remainder(self, by: "Var | int") -> "Var":
        """What is left of a quotient of integers, with the sign of the divisor: its low bits, of a power of two."""
        return self._binary("Mod", by)  # fmod=0

    def floor_quotient(self, by: "Var | int", rest: "Var | None" = None) -> "Var":
        """The floor of a quotient of integers; `rest` is the remainder, where there is one already."""
        # Div truncates, so the remainder goes first; ONNX's own BitShift is for unsigned integers.
        return (self - (self.remainder(by) if rest is None else rest)) / by

    def cast(self, dtype: int) -> "Var":
        """The same values in another type."""
        return self if self.dtype == dtype else self.graph.node("Cast", [self], dtype, to=dtype)
