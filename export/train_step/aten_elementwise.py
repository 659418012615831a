"""Torch's operations on single elements as ONNX nodes."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import fx

from spikelut.export.onnx_graph.graph import BOOL, Var
from spikelut.export.train_step.recorded import broadcast, dtype_of
from spikelut.export.train_step.translate import HANDLERS, Translation, Value, constant, translates

Make = Callable[[Translation, fx.Node], Var]


def elementwise(*names: str) -> Callable[[Make], Make]:
    """Register a function for operations whose elements depend on the arguments' elements in the same place."""

    def register(make: Make) -> Make:
        def handler(t: Translation, node: fx.Node) -> Value:
            folded = t.folded(node)
            if folded is not None:
                return folded
            operands = [*node.args, *node.kwargs.values()]
            tensors = [a for a in operands if isinstance(a, fx.Node) and isinstance(a.meta["val"], torch.Tensor)]
            return Value(make(t, node), broadcast(*(t.value(a).shape for a in tensors)))

        HANDLERS.update(dict.fromkeys(names, handler))
        return make

    return register


def operands(t: Translation, node: fx.Node, dtype: torch.dtype | None = None) -> list[Var]:
    """The first two arguments in the type of the outcome."""
    return [t.var(a, dtype or dtype_of(node)) for a in node.args[:2]]


def number(t: Translation, argument: Any) -> float | None:
    """An argument that is the same number everywhere."""
    known = t.value(argument).constant
    return float(known) if known is not None and known.numel() == 1 else None


def _unless_trivial(neutral: float, *names: str) -> Callable[[Make], Make]:
    """As `elementwise`, for operations that a `neutral` number, on either side if they commute, makes needless."""

    def register(make: Make) -> Make:
        elementwise(*names)(make)
        handler = HANDLERS[names[0]]

        def shortened(t: Translation, node: fx.Node) -> Value:
            a, b = node.args[:2]
            pairs = [(a, b)] if names[0].startswith("sub") else [(a, b), (b, a)]
            for kept, other in pairs:
                if not isinstance(kept, fx.Node) or not isinstance(kept.meta["val"], torch.Tensor):
                    continue
                value, known = t.value(kept), number(t, other)
                scaled = node.kwargs.get("alpha", 1) != 1
                if known == neutral and not scaled and value.constant is None:
                    if len(t.value(other).shape) > len(value.shape):
                        continue
                    return Value(t.stored(value, dtype_of(node)), value.shape)
                # Truth values are finite, so that nothing times them is nothing.
                if neutral == 1 and known == 0 and dtype_of(kept) == torch.bool:
                    return constant(torch.zeros((), dtype=dtype_of(node)))
            return handler(t, node)  # type: ignore[no-any-return]  # one of `elementwise`'s

        HANDLERS.update(dict.fromkeys(names, shortened))
        return make

    return register


def _scaled(node: fx.Node, b: Var) -> Var:
    alpha = node.kwargs.get("alpha", 1)
    assert isinstance(alpha, int | float)  # torch's signature
    return b if alpha == 1 else b * alpha


@_unless_trivial(0, "add.Tensor", "add.Scalar")
def _add(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    return a + _scaled(node, b)


@_unless_trivial(0, "sub.Tensor", "sub.Scalar")
def _sub(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    return a - _scaled(node, b)


@elementwise("rsub.Scalar", "rsub.Tensor")
def _rsub(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    return b - a


@_unless_trivial(1, "mul.Tensor", "mul.Scalar")
def _mul(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    return a * b


@elementwise("div.Tensor", "div.Scalar")
def _div(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    return t.graph.node("Div", [a, b], a.dtype)


@elementwise("clamp.default", "clamp_min.default", "clamp_max.default", "clamp.Tensor")
def _clamp(t: Translation, node: fx.Node) -> Var:
    x, dtype = t.var(node.args[0], dtype_of(node)), dtype_of(node)
    bounds = [*node.args[1:], None, None]
    kind = str(node.target)
    low = None if "clamp_max" in kind else bounds[0]
    high = bounds[0] if "clamp_max" in kind else node.kwargs.get("max", bounds[1])
    x = x if low is None else t.graph.node("Max", [x, t.var(low, dtype)], x.dtype)
    return x if high is None else t.graph.node("Min", [x, t.var(high, dtype)], x.dtype)


@elementwise("where.self", "where.ScalarSelf", "where.ScalarOther", "where.Scalar")
def _where(t: Translation, node: fx.Node) -> Var:
    condition, dtype = t.var(node.args[0]), dtype_of(node)
    a, b = (t.var(x, dtype) for x in node.args[1:])
    return t.graph.node("Where", [condition, a, b], a.dtype)


@elementwise("masked_fill.Scalar", "masked_fill.Tensor")
def _masked(t: Translation, node: fx.Node) -> Var:
    dtype = dtype_of(node)
    x, condition, value = t.var(node.args[0], dtype), t.var(node.args[1]), t.var(node.args[2], dtype)
    return t.graph.node("Where", [condition, value, x], x.dtype)


@elementwise("_to_copy.default", "clone.default")
def _copy(t: Translation, node: fx.Node) -> Var:
    return t.var(node.args[0], dtype_of(node))


@elementwise("copy.default")
def _overwrite(t: Translation, node: fx.Node) -> Var:
    return t.var(node.args[1], dtype_of(node))


@elementwise("log2.default")
def _log2(t: Translation, node: fx.Node) -> Var:
    x, graph = t.var(node.args[0]), t.graph
    near = graph.node("Log", [x], x.dtype) * (1 / math.log(2))
    whole = graph.node("Round", [near], x.dtype)
    # Of a power of two the exponent itself, as torch has it: it may be what is rounded up next.
    power = graph.node("Pow", [t.var(2.0, dtype_of(node)), whole], x.dtype)
    return graph.node("Where", [power == x, whole, near], x.dtype)


@elementwise("log1p.default")
def _log1p(t: Translation, node: fx.Node) -> Var:
    return t.graph.node("Log", [t.var(node.args[0]) + 1], t.var(node.args[0]).dtype)


@elementwise("pow.Scalar", "pow.Tensor_Scalar", "pow.Tensor_Tensor")
def _pow(t: Translation, node: fx.Node) -> Var:
    a, b = operands(t, node)
    return a * a if number(t, node.args[1]) == 2 else t.graph.node("Pow", [a, b], a.dtype)


@elementwise("isnan.default")
def _isnan(t: Translation, node: fx.Node) -> Var:
    x = t.var(node.args[0])
    return ~(x == x)


@elementwise("nan_to_num.default")
def _nan_to_num(t: Translation, node: fx.Node) -> Var:
    x, value = t.var(node.args[0]), [*node.args[1:], node.kwargs.get("nan", 0.0)][0]
    return t.graph.node("Where", [x == x, x, t.var(value, dtype_of(node))], x.dtype)


@elementwise("rsqrt.default")
def _rsqrt(t: Translation, node: fx.Node) -> Var:
    x = t.var(node.args[0])
    return x.graph.node("Reciprocal", [x.graph.node("Sqrt", [x], x.dtype)], x.dtype)


@elementwise("square.default")
def _square(t: Translation, node: fx.Node) -> Var:
    x = t.var(node.args[0])
    return x * x


def _plain(op: str, *names: str) -> None:
    """Operations that ONNX has as they are."""

    def make(t: Translation, node: fx.Node) -> Var:
        inputs = [t.var(a, dtype_of(node)) for a in node.args[: 2 if op in ("Max", "Min") else 1]]
        return t.graph.node(op, inputs, inputs[0].dtype)

    elementwise(*names)(make)


def _comparison(compare: Callable[[Var, Var], Var], name: str) -> None:
    def make(t: Translation, node: fx.Node) -> Var:
        a, b = node.args[:2]
        kinds: list[Any] = [x.meta["val"] if isinstance(x, fx.Node) else x for x in (a, b)]
        common = torch.result_type(*kinds)
        made = compare(t.var(a, common), t.var(b, common))
        assert made.dtype == BOOL
        return made

    elementwise(f"{name}.Scalar", f"{name}.Tensor")(make)


for _name, _op in {
    "Neg": "neg", "Abs": "abs", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Sigmoid": "sigmoid", "Tanh": "tanh",
    "Erf": "erf", "Cos": "cos", "Sin": "sin", "Atan": "atan", "Floor": "floor", "Ceil": "ceil", "Round": "round",
    "Reciprocal": "reciprocal", "Relu": "relu", "Max": "maximum", "Min": "minimum",
}.items():  # fmt: skip
    _plain(_name, f"{_op}.default")
_plain("Sign", "sign.default", "sgn.default")

for _name, _compare in {
    "lt": lambda a, b: a < b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "eq": lambda a, b: a == b,
    "le": lambda a, b: a.graph.node("LessOrEqual", [a, b], BOOL), "ne": lambda a, b: ~(a == b),
}.items():  # fmt: skip
    _comparison(_compare, _name)


@translates(
    "zeros.default", "zeros_like.default", "new_zeros.default", "ones.default", "ones_like.default", "full.default",
    "full_like.default", "new_full.default", "new_ones.default", "scalar_tensor.default", "empty.memory_format",
    "empty_like.default", "new_empty.default",
)  # fmt: skip
def _filled(t: Translation, node: fx.Node) -> Value:
    name = str(node.target)
    at = 0 if "scalar_tensor" in name else 2 if "new_full" in name else 1 if "full" in name else None
    number: Any = int("ones" in name) if at is None else node.args[at]
    value = t.value(number)
    if value.constant is None:
        return Value(t.stored(value, dtype_of(node)), ())
    return constant(value.constant.to(dtype_of(node)))
