"""Operators that are not ONNX's own, each with a body in standard operators, so that any runtime can run them."""

from collections.abc import Iterator
from typing import Any

import onnx
from onnx import helper

DOMAIN, VERSION = "org.spikelut", 1
QONNX_DOMAIN, QONNX_VERSION = "qonnx.custom_op.general", 2

SPIKE = ("surrogate", "parameter_names", "parameter_values", "table_format")
FAKE_QUANT = ("format", "step", "min_code", "max_code")
QUANT = ("signed", "narrow", "rounding_mode")
MULTI_THRESHOLD = ("out_dtype",)
BODY_OPSET = 15
"""CastLike came with it."""


def _attribute(name: str, kind: str) -> onnx.NodeProto:
    """A constant of what the attribute `name` of the calling node says."""
    node = helper.make_node("Constant", [], [f"{name}_value"], name="")
    reference = node.attribute.add()
    reference.name, reference.ref_attr_name = f"value_{kind}", name
    reference.type = {"float": onnx.AttributeProto.FLOAT, "int": onnx.AttributeProto.INT}[kind]
    return node


def _function(
    domain: str, name: str, inputs: list[str], nodes: list[Any], attributes: tuple[str, ...]
) -> onnx.FunctionProto:
    # Attributes without defaults: those came with IR version 9 only.
    made = [n if isinstance(n, onnx.NodeProto) else helper.make_node(*n) for n in nodes]
    opsets = [helper.make_opsetid("", BODY_OPSET)]
    made_function: onnx.FunctionProto = helper.make_function(
        domain, name, inputs, ["out"], made, opsets, attributes=list(attributes)
    )
    return made_function


def spike() -> onnx.FunctionProto:
    """`Spike(x, table) = x >= 0` in the type of x; the table and the attributes describe its gradient and are not used.

    The table is empty where the gradient is the analytic curve's. (Leaving the input out is legal, but onnx's reference
    evaluator does not take it.)
    A runtime with a kernel of its own for `org.spikelut::Spike` runs that instead.
    """
    nodes = [
        helper.make_node("Constant", [], ["zero_float"], value_float=0.0),
        ("CastLike", ["zero_float", "x"], ["zero"]),
        ("GreaterOrEqual", ["x", "zero"], ["reached"]),
        ("CastLike", ["reached", "x"], ["out"]),
    ]
    return _function(DOMAIN, "Spike", ["x", "table"], nodes, SPIKE)


def fake_quant() -> onnx.FunctionProto:
    """`FakeQuant(x) = clip(round(x / step), min_code, max_code) * step`; its gradient goes straight through."""
    nodes = [
        *(_attribute(name, "float") for name in FAKE_QUANT[1:]),
        ("Div", ["x", "step_value"], ["scaled"]),
        ("Round", ["scaled"], ["whole"]),
        ("Max", ["whole", "min_code_value"], ["at_least"]),
        ("Min", ["at_least", "max_code_value"], ["code"]),
        ("Mul", ["code", "step_value"], ["out"]),
    ]
    return _function(DOMAIN, "FakeQuant", ["x"], nodes, FAKE_QUANT)


def lut_surrogate() -> onnx.FunctionProto:
    """`LutSurrogate(entry, values) = values[entry]`: the derivative at an entry of the table, as its float value."""
    return _function(DOMAIN, "LutSurrogate", ["entry", "values"], [("Gather", ["values", "entry"], ["out"])], SPIKE)


def quant() -> onnx.FunctionProto:
    """QONNX's `Quant` with rounding mode ROUND, for runtimes that do not know it."""
    half, top = ("bits_less", "sign", "one"), ("span", "one", "most")
    nodes = [
        _attribute("signed", "int"),
        _attribute("narrow", "int"),
        helper.make_node("Constant", [], ["one"], value_float=1.0),
        helper.make_node("Constant", [], ["two"], value_float=2.0),
        ("CastLike", ["signed_value", "one"], ["sign"]),
        ("CastLike", ["narrow_value", "one"], ["less"]),
        ("Sub", ["bitwidth", "sign"], [half[0]]),
        ("Pow", ["two", half[0]], [top[0]]),
        ("Sub", list(top[:2]), [top[2]]),
        # Signed codes begin at -2**(bits-1), unsigned ones at 0; `narrow` leaves out one.
        ("Mul", ["sign", top[0]], ["down"]),
        ("Sub", ["less", "down"], ["signed_low"]),
        ("Mul", ["signed_low", "sign"], ["least"]),
        ("Div", ["x", "scale"], ["scaled"]),
        ("Add", ["scaled", "zeropt"], ["moved"]),
        ("Round", ["moved"], ["whole"]),
        ("Max", ["whole", "least"], ["at_least"]),
        ("Min", ["at_least", top[2]], ["code"]),
        ("Sub", ["code", "zeropt"], ["back"]),
        ("Mul", ["back", "scale"], ["out"]),
    ]
    return _function(QONNX_DOMAIN, "Quant", ["x", "scale", "zeropt", "bitwidth"], nodes, QUANT)


def multi_threshold() -> onnx.FunctionProto:
    """QONNX's `MultiThreshold` with one threshold, 0 and 1 coming out."""
    nodes = [
        helper.make_node("Constant", [], ["flat"], value_ints=[-1]),
        helper.make_node("Constant", [], ["first"], value_int=0),
        ("Reshape", ["thresholds", "flat"], ["listed"]),
        ("Gather", ["listed", "first"], ["threshold"]),
        ("GreaterOrEqual", ["x", "threshold"], ["reached"]),
        ("CastLike", ["reached", "x"], ["out"]),
    ]
    return _function(QONNX_DOMAIN, "MultiThreshold", ["x", "thresholds"], nodes, MULTI_THRESHOLD)


def bipolar_quant() -> onnx.FunctionProto:
    """QONNX's `BipolarQuant`: `scale` where x >= 0, -`scale` elsewhere."""
    nodes = [
        helper.make_node("Constant", [], ["zero"], value_float=0.0),
        ("GreaterOrEqual", ["x", "zero"], ["reached"]),
        ("Neg", ["scale"], ["negative"]),
        ("Where", ["reached", "scale", "negative"], ["out"]),
    ]
    return _function(QONNX_DOMAIN, "BipolarQuant", ["x", "scale"], nodes, ())


ALL = (spike, fake_quant, lut_surrogate, quant, multi_threshold, bipolar_quant)


def all_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """The nodes of a graph and of the graphs in them."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from all_nodes(attribute.g)


def functions_of(graph: onnx.GraphProto) -> list[onnx.FunctionProto]:
    """The functions that nodes of `graph` call."""
    called = {(node.domain, node.op_type) for node in all_nodes(graph)}
    return [f for f in (make() for make in ALL) if (f.domain, f.name) in called]


def opsets_of(functions: list[onnx.FunctionProto]) -> list[onnx.OperatorSetIdProto]:
    """The domains of `functions`, in their versions."""
    versions = {DOMAIN: VERSION, QONNX_DOMAIN: QONNX_VERSION}
    return [helper.make_opsetid(d, versions[d]) for d in dict.fromkeys(f.domain for f in functions)]
