"""Torch's pointwise operators in Triton's language."""

import math
from collections.abc import Callable
from typing import Any

import torch

TYPES: dict[torch.dtype, str] = {
    torch.float64: "tl.float64",
    torch.float32: "tl.float32",
    torch.bfloat16: "tl.bfloat16",
    torch.float16: "tl.float16",
    torch.int64: "tl.int64",
    torch.int32: "tl.int32",
    torch.int16: "tl.int16",
    torch.int8: "tl.int8",
    torch.uint8: "tl.uint8",
    torch.bool: "tl.int1",
}

Emit = Callable[..., str]
"""From the type in which an operator computes and its operands, as text, to an expression."""

SAME_TYPE: dict[str, Emit] = {}
"""Operators whose operands and result have one type, by torch's name."""

COMPARISONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}

EXACT = {"add", "sub", "rsub", "mul", "neg", "abs", "div", "maximum", "minimum"}
"""Operators that are written for float64 too."""

OF_INTEGERS = {"floor_divide", "remainder"}
"""Operators that are written for integers only."""

IDENTITIES = {"alias", "clone", "contiguous", "detach", "expand", "lift_fresh", "lift_fresh_copy", "reshape", "view"}
"""Operators that give what they take: all tensors here have one dimension, or none."""


def emits(*names: str) -> Callable[[Emit], Emit]:
    """Register what writes the operators `names` of `torch.ops.aten`."""

    def register(emit: Emit) -> Emit:
        SAME_TYPE.update(dict.fromkeys(names, emit))
        return emit

    return register


def literal(value: Any, dtype: torch.dtype) -> str:
    """A number of type `dtype`."""
    if not dtype.is_floating_point:
        return str(int(value))
    number = float(value)
    return repr(number) if math.isfinite(number) else f"float('{number}')"


def extreme(which: str, dtype: torch.dtype, a: str, b: str) -> str:
    """The smaller or the larger of two; as in torch, NaN if one of them is."""
    nan = ", propagate_nan=tl.PropagateNan.ALL" if dtype.is_floating_point else ""
    return f"tl.{which}imum({a}, {b}{nan})"


for _names, _text in {
    ("add",): "({0} + {1})",
    ("sub",): "({0} - {1})",
    ("rsub",): "({1} - {0})",
    ("mul",): "({0} * {1})",
    ("neg",): "(-{0})",
    ("bitwise_and", "__and__", "logical_and"): "({0} & {1})",
    ("bitwise_or", "__or__", "logical_or"): "({0} | {1})",
    ("bitwise_xor", "__xor__", "logical_xor"): "({0} ^ {1})",
    ("bitwise_right_shift", "__rshift__"): "({0} >> {1})",
    ("bitwise_left_shift", "__lshift__"): "({0} << {1})",
    ("floor_divide",): "floor_divide({0}, {1})",
    ("remainder",): "({0} - floor_divide({0}, {1}) * {1})",
    ("abs",): "tl.abs({0})",
    ("exp",): "tl.exp({0})",
    ("log",): "tl.log({0})",
    ("log1p",): "log1p({0})",
    ("cos",): "tl.cos({0})",
    ("sin",): "tl.sin({0})",
    ("erf",): "tl.erf({0})",
    ("sigmoid",): "sigmoid({0})",
    ("tanh",): "(2.0 * sigmoid(2.0 * {0}) - 1.0)",
    ("floor",): "tl.floor({0})",
    ("ceil",): "tl.ceil({0})",
    ("round",): "round_half_even({0})",
}.items():
    emits(*_names)(lambda _dtype, *operands, text=_text: text.format(*operands))


@emits("div")
def _div(dtype: torch.dtype, a: str, b: str) -> str:
    # Triton's `/` of float32 is not rounded correctly.
    return f"tl.div_rn({a}, {b})" if dtype == torch.float32 else f"({a} / {b})"


@emits("reciprocal")
def _reciprocal(dtype: torch.dtype, a: str) -> str:
    return _div(dtype, "1.0", a)


@emits("sqrt")
def _sqrt(dtype: torch.dtype, a: str) -> str:
    return f"tl.sqrt_rn({a})" if dtype == torch.float32 else f"tl.sqrt({a})"


@emits("maximum")
def _maximum(dtype: torch.dtype, a: str, b: str) -> str:
    return extreme("max", dtype, a, b)


@emits("minimum")
def _minimum(dtype: torch.dtype, a: str, b: str) -> str:
    return extreme("min", dtype, a, b)


@emits("relu")
def _relu(dtype: torch.dtype, a: str) -> str:
    return extreme("max", dtype, a, literal(0, dtype))


@emits("sign")
def _sign(dtype: torch.dtype, a: str) -> str:
    one, zero = literal(1, dtype), literal(0, dtype)
    return f"tl.where({a} > 0, {one}, tl.where({a} < 0, -{one}, {zero}))"
