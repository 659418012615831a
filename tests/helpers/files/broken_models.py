"""ONNX files made by hand, for the tests of what is not loaded."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

MESSAGE = r"^x\.onnx: not a valid ONNX model: [^\n]+$"


def written(content: bytes, folder: Path) -> Path:
    (folder / "x.onnx").write_bytes(content)
    return folder / "x.onnx"


def model(*nodes: onnx.NodeProto, constants: tuple[TensorProto, ...] = (), opset: int = 18) -> onnx.ModelProto:
    """A model of `x` [N] that gives `y` [N]."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N"]) for name in "xy"]
    graph = helper.make_graph(list(nodes), "g", ends[:1], ends[1:], initializer=list(constants))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
