"""Fixing the free dimensions of a model."""

from collections.abc import Mapping
from typing import Any

import onnx

from spikelut._checks import require


def fixed_shapes(model: onnx.ModelProto, shapes: Mapping[str, tuple[int, ...]]) -> onnx.ModelProto:
    """A copy of `model` in which every input has the shape given for it, and all that follows is inferred.

    Raises ValueError if inputs and names, ranks or known dimensions do not agree.
    """
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    constants = {tensor.name for tensor in fixed.graph.initializer}
    inputs = [value for value in fixed.graph.input if value.name not in constants]
    names = sorted(value.name for value in inputs)
    require(names == sorted(shapes), "fixed_shapes", f"inputs must be {', '.join(names)}", sorted(shapes))
    known: dict[str, int] = {}
    for value in inputs:
        _bind(value, shapes[value.name], known)
    _substitute(fixed.graph, known)
    return onnx.shape_inference.infer_shapes(fixed, data_prop=True)


def _bind(value: onnx.ValueInfoProto, shape: tuple[int, ...], known: dict[str, int]) -> None:
    """Note what the named dimensions of an input are."""
    dims = value.type.tensor_type.shape.dim
    require(len(dims) == len(shape), "fixed_shapes", f"{value.name} must have {len(dims)} dimensions", shape)
    for dim, size in zip(dims, shape, strict=True):
        wanted = dim.dim_value if dim.HasField("dim_value") else known.setdefault(dim.dim_param or "?", size)
        if dim.HasField("dim_value") or dim.dim_param:
            require(wanted == size, "fixed_shapes", f"{value.name} must fit {described(value)}", shape)
        dim.dim_value = size


def described(value: onnx.ValueInfoProto) -> str:
    """The shape of an input or output, for example `[T, B, 64]`."""
    dims: Any = value.type.tensor_type.shape.dim
    return f"[{', '.join(str(d.dim_value) if d.HasField('dim_value') else d.dim_param or '?' for d in dims)}]"


def _substitute(graph: onnx.GraphProto, known: Mapping[str, int]) -> None:
    """Put numbers for names, in a graph and in those within it; what was inferred before is dropped."""
    del graph.value_info[:]
    for value in [*graph.input, *graph.output]:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in known:
                dim.dim_value = known[dim.dim_param]
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                _substitute(inner, known)
