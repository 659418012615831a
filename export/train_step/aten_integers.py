"""Torch's operations on whole numbers, and its roundings, as ONNX nodes."""

from typing import Any

import torch
from torch import fx

from spikelut._checks import require
from spikelut.export.onnx_graph.graph import Var
from spikelut.export.train_step.aten_elementwise import elementwise, number, operands
from spikelut.export.train_step.recorded import dtype_of, refused
from spikelut.export.train_step.translate import DTYPES, Translation


@elementwise("div.Tensor_mode", "div.Scalar_mode", "floor_divide.default")
def _div_mode(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    mode = node.kwargs.get("rounding_mode", "floor")
    if dtype_of(node).is_floating_point:
        return _rounded(t.graph.node("Div", [a, b], a.dtype), str(mode))
    return a.floor_quotient(b) if mode == "floor" else t.graph.node("Div", [a, b], a.dtype)


@elementwise("remainder.Scalar", "remainder.Tensor")
def _remainder(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    if dtype_of(node).is_floating_point:
        return a - _rounded(t.graph.node("Div", [a, b], a.dtype), "floor") * b
    return a.remainder(b)


def _rounded(x: Var, mode: str) -> Var:
    if mode == "floor":
        return x.graph.node("Floor", [x], x.dtype)
    ceil = x.graph.node("Ceil", [x], x.dtype)
    return x.graph.node("Where", [x < 0, ceil, _rounded(x, "floor")], x.dtype)


@elementwise("trunc.default")
def _trunc(t: Translation, node: fx.Node) -> Var:
    return _rounded(t.var(node.args[0]), "trunc")


@elementwise("__rshift__.Scalar", "bitwise_right_shift.Tensor_Scalar")
def _right(t: Translation, node: fx.Node) -> Var:
    shift = node.args[1]
    assert isinstance(shift, int)  # torch's signature
    x = t.var(node.args[0])
    return x.floor_quotient(1 << shift) if shift else x


def _power(t: Translation, shift: Any, dtype: torch.dtype) -> Var:
    """2**shift for a tensor of shifts."""
    powers = t.graph.constant([1 << n for n in range(torch.iinfo(dtype).bits - 1)], DTYPES[dtype])
    return t.graph.node("Gather", [powers, t.var(shift, torch.int64)], powers.dtype, axis=0)


@elementwise("__rshift__.Tensor", "bitwise_right_shift.Tensor")
def _right_by(t: Translation, node: fx.Node) -> Var:
    return t.var(node.args[0], dtype_of(node)).floor_quotient(_power(t, node.args[1], dtype_of(node)))


@elementwise("__lshift__.Tensor", "bitwise_left_shift.Tensor", "bitwise_left_shift.Scalar_Tensor")
def _left_by(t: Translation, node: fx.Node) -> Var:
    return t.var(node.args[0], dtype_of(node)) * _power(t, node.args[1], dtype_of(node))


@elementwise("__lshift__.Scalar", "bitwise_left_shift.Tensor_Scalar")
def _left(t: Translation, node: fx.Node) -> Var:
    shift = node.args[1]
    assert isinstance(shift, int)  # torch's signature
    return t.var(node.args[0]).scaled(1 << shift)


@elementwise("bitwise_and.Scalar", "bitwise_and.Tensor", "logical_and.default", "__and__.Tensor", "__and__.Scalar")
def _and(t: Translation, node: fx.Node) -> Var:
    a, b = node.args[:2]
    if dtype_of(node) == torch.bool:
        return t.var(a, torch.bool) & t.var(b, torch.bool)
    mask = number(t, b)
    require(mask is not None, "to_train_step", "integers must be masked by constants", "others")
    size = int(mask or 0) + 1
    require(size & (size - 1) == 0, "to_train_step", "integers must be masked by constants 2**n - 1", mask)
    return t.var(a).remainder(size)


@elementwise("bitwise_or.Tensor", "logical_or.default", "__or__.Tensor")
def _or(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node, torch.bool)
    return a | b


@elementwise("bitwise_not.default", "logical_not.default")
def _not(t: Translation, node: fx.Node) -> Var:
    return ~t.var(node.args[0], torch.bool)


@elementwise("bucketize.Tensor")
def _bucketize(t: Translation, node: fx.Node) -> Var:
    x, edges = t.var(node.args[0]), t.value(node.args[1]).constant
    if edges is None:
        raise refused(node, "bucketize must have constant edges", "register them as a buffer")
    right = node.kwargs.get("right", False)
    entry: Var | None = None
    for edge in edges.tolist():
        passed = x >= edge if right else x > edge
        count = passed.cast(t.var(0, dtype_of(node)).dtype)
        entry = count if entry is None else entry + count
    assert entry is not None  # an edge at least
    return entry
