"""Reading ONNX files that may come from anywhere: a file is checked before anything runs it."""

import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnx
from onnx.checker import ValidationError
from onnx.shape_inference import InferenceError

from spikelut._checks import require
from spikelut._files import read_file
from spikelut.export.onnx_graph.functions import DOMAIN, VERSION

MAX_BYTES = 2**31 - 1
"""The most a protobuf message can have."""
MAX_VALUES = 2**28
"""Of one tensor of known shape: what a small machine can hold."""
MAX_NODES = 2**20
"""Of a graph whose calls of functions are replaced by what they call: far more than any network of ours has."""
MAX_DEPTH = 64
"""Of functions that call functions."""
STANDARD = ("", "ai.onnx")
# The newest versions of the other domains that our files use. QONNX's operators run in qonnx; those of any other domain
# have their bodies in the file.
QONNX = "qonnx.custom_op.general"
NEWEST = {DOMAIN: VERSION, QONNX: 2}


def load_model(path: str | os.PathLike[str]) -> onnx.ModelProto:
    """The model in the ONNX file `path`, whole and valid. Executes nothing and reads no other file.

    Raises ValueError, in one line, for anything but a complete ONNX model that holds all its data, whose operators the
    installed onnx, QONNX or the file itself defines, whose functions call each other at most 64 deep and unfold to at
    most 2**20 nodes, and whose tensors of known shape have at most 2**28 values; OSError if the file cannot be read.
    A graph that was loaded may still run for ever: what runs it has to see to that.
    """
    content = read_file(path, "load_model", MAX_BYTES)
    try:
        return _parse(content)
    except ValueError as error:
        raise ValueError(f"{Path(path).name}: not a valid ONNX model: {_line(error)}") from None


def _line(error: BaseException) -> str:
    """The message of an error in one line of limited length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:297]}..."


def _parse(content: bytes) -> onnx.ModelProto:
    from google.protobuf.message import DecodeError

    model = onnx.ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        raise ValueError("the file is damaged, or something else") from None
    # A file that was cut between two fields, or holds another kind of message, can be read but lacks some of these.
    if not (model.ir_version and model.opset_import and model.graph.output):
        raise ValueError("versions or outputs are missing; the file is damaged, or something else")
    _check_versions(model)
    _check_operators(model)
    _check_calls(model)
    _check_own_data(model)
    try:
        onnx.checker.check_model(model, full_check=True)
        # Without data propagation, which makes the tensors, at 80 bytes a value.
        _check_sizes(onnx.shape_inference.infer_shapes(model))
    except (ValidationError, InferenceError, RuntimeError) as error:
        raise ValueError(_line(error)) from None
    return model


def inside(message: Any, kind: type) -> Iterator[Any]:
    """Every message of a kind that `message` holds, at any depth; a protobuf is at most 100 deep."""
    if isinstance(message, kind):
        yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in [value] if hasattr(value, "ListFields") else value:
                yield from inside(part, kind)


def _check_versions(model: onnx.ModelProto) -> None:
    newest = onnx.defs.onnx_opset_version()
    require(model.ir_version <= onnx.IR_VERSION, "IR version", f"must be at most {onnx.IR_VERSION}", model.ir_version)
    for entry in [*model.opset_import, *(e for f in model.functions for e in f.opset_import)]:
        most = newest if entry.domain in STANDARD else NEWEST.get(entry.domain)
        who = f"version of {entry.domain or 'the standard operators'}"
        require(most is None or 1 <= entry.version <= most, who, f"must be 1..{most}", entry.version)


def _check_operators(model: onnx.ModelProto) -> None:
    """ValueError for an operator that nothing defines; onnx's own checker sees to the standard ones."""
    bodies = {(function.domain, function.name) for function in model.functions}
    for node in inside(model, onnx.NodeProto):
        known = node.domain in (*STANDARD, QONNX) or (node.domain, node.op_type) in bodies
        operator = f"{node.domain}::{node.op_type}"
        require(known or onnx.defs.has(node.op_type, node.domain), "operator", "must have a body in the file", operator)


def _check_calls(model: onnx.ModelProto) -> None:
    """ValueError for functions that unfold to too much; the checker itself would unfold them, for ever if need be."""
    bodies = {_key(function): function for function in model.functions}
    sizes: dict[tuple[str, ...], tuple[int, int]] = {}

    def size(message: Any, above: tuple[tuple[str, ...], ...]) -> tuple[int, int]:
        """The nodes and the bytes of a graph or function, unfolded."""
        require(len(above) <= MAX_DEPTH, "functions", f"must be at most {MAX_DEPTH} deep", "more")
        nodes, weight = 0, message.ByteSize()
        for node in inside(message, onnx.NodeProto):
            key, more = _key(node), (0, 0)
            if key in bodies:
                require(key not in above, "functions", "must not be recursive", "::".join(key[:2]))
                if key not in sizes:
                    sizes[key] = size(bodies[key], (*above, key))
                more = sizes[key]
            nodes, weight = nodes + 1 + more[0], weight + more[1]
        return nodes, weight

    # Those that nothing calls are checked too.
    for nodes, weight in (size(model.graph, ()), *(size(body, (key,)) for key, body in bodies.items())):
        require(nodes <= MAX_NODES, "functions", f"must unfold to at most {MAX_NODES} nodes", nodes)
        require(weight <= MAX_BYTES, "functions", f"must unfold to at most {MAX_BYTES} bytes", weight)


def _key(item: Any) -> tuple[str, ...]:
    """What a function is called by: domain, name and, of late, the variant."""
    name = item.op_type if isinstance(item, onnx.NodeProto) else item.name
    return "" if item.domain in STANDARD else item.domain, name, getattr(item, "overload", "")


def _check_own_data(model: onnx.ModelProto) -> None:
    """ValueError for a constant that lies in another file, inside or outside of the folder."""
    for tensor in inside(model, onnx.TensorProto):
        outside = tensor.data_location == onnx.TensorProto.EXTERNAL or len(tensor.external_data) > 0
        where = {entry.key: entry.value for entry in tensor.external_data}.get("location", "")
        require(not outside, f"tensor {tensor.name!r}", "data must lie in the file itself, not in another", where)


def _check_sizes(inferred: onnx.ModelProto) -> None:
    """ValueError for a shape with too many values; free dimensions count as 1."""
    for kind in inside(inferred, onnx.TypeProto.Tensor):
        shape = [dim.dim_value if dim.HasField("dim_value") else 1 for dim in kind.shape.dim]
        require(min(shape, default=0) >= 0, "shape", "must not be negative", shape)
        require(math.prod(shape) <= MAX_VALUES, "shape", f"must have at most {MAX_VALUES} values", shape)
