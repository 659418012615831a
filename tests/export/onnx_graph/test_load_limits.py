"""ONNX files that unfold, loop or grow without end: one line, and the process that reads them lives on."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from broken_models import MESSAGE, model, written
from onnx import TensorProto, helper, numpy_helper

from spikelut import export
from spikelut.cli._app import run
from spikelut.export.onnx_graph.safe_load import MAX_DEPTH, MAX_NODES, load_model
from spikelut.export.runtimes import by_name


def nested(depth: int, calls: int, end: str = "Abs") -> onnx.ModelProto:
    """Functions each of which calls the one below so often; `end` is what the last one calls."""
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("com.example", 1)]
    bodies = []
    for level in range(depth):
        below, domain = (f"F{level - 1}", "com.example") if level else (end, "" if end == "Abs" else "com.example")
        names = ["x", *(f"t{i}" for i in range(1, calls)), "y"]
        nodes = [helper.make_node(below, [a], [b], domain=domain) for a, b in pairwise(names)]
        bodies.append(helper.make_function("com.example", f"F{level}", ["x"], ["y"], nodes, imports))
    proto = model(helper.make_node(f"F{depth - 1}", ["x"], ["y"], domain="com.example"))
    proto.opset_import.append(imports[1])
    proto.functions.extend(bodies)
    return proto


def in_a_branch(inner: onnx.ModelProto) -> onnx.ModelProto:
    """The calls of the graph, in both branches of an `If` instead."""
    ends = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N"])]
    branches = [helper.make_graph(inner.graph.node, name, [], ends) for name in ("then", "else")]
    node = helper.make_node("If", ["c"], ["y"], then_branch=branches[0], else_branch=branches[1])
    constant = numpy_helper.from_array(np.array(True), "c")
    proto = model(node, constants=(constant,))
    proto.opset_import.append(inner.opset_import[1])
    proto.functions.extend(inner.functions)
    return proto


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nested(30, 2), f"functions: must unfold to at most {MAX_NODES} nodes, got 2147483647"),
        (lambda: nested(8, 9), f"functions: must unfold to at most {MAX_NODES} nodes"),
        (lambda: in_a_branch(nested(19, 2)), f"functions: must unfold to at most {MAX_NODES} nodes, got 2097"),
        (lambda: nested(MAX_DEPTH + 1, 1), f"functions: must be at most {MAX_DEPTH} deep"),
        (lambda: nested(5000, 1), f"functions: must be at most {MAX_DEPTH} deep"),
        (lambda: nested(3, 2, end="F2"), "functions: must not be recursive, got 'com.example::F"),
    ],
)
def test_functions_that_unfold_to_too_much(
    make: Callable[[], onnx.ModelProto], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Before the checker, which would unfold them itself.
    monkeypatch.setattr(onnx.checker, "check_model", lambda *_, **__: pytest.fail("too late"))
    path = written(make().SerializeToString(), tmp_path)
    for read in (load_model, export.load, lambda file: export.run_onnx(file, np.zeros((1, 1), np.float32))):
        with pytest.raises(ValueError, match=MESSAGE) as caught:
            read(path)
        assert message in str(caught.value)


def test_functions_within_bounds(tmp_path: Path) -> None:
    for proto in (nested(10, 2), nested(MAX_DEPTH - 1, 1), in_a_branch(nested(5, 3))):
        assert load_model(written(proto.SerializeToString(), tmp_path)) == proto


def endless() -> onnx.ModelProto:
    """A network by its names whose graph counts to 2**62."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Neg", ["a"], ["b"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("a", TensorProto.FLOAT, ["T", "B", 2]),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, ["T", "B", 2]),
        ],
    )
    nodes = [helper.make_node("Loop", ["n", "c", "input"], ["spikes.0"], body=body)]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["T", "B", 2]) for n in ("input", "spikes.0")]
    constants = [numpy_helper.from_array(np.array(2**62), "n"), numpy_helper.from_array(np.array(True), "c")]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], initializer=constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_a_graph_that_never_ends_is_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(endless().SerializeToString(), tmp_path)
    with pytest.raises(RuntimeError, match="no answer within 2 s"):
        export.run_onnx(path, np.zeros((1, 1, 2)), time_limit=2)
    assert run(["verify", str(path), "--runtimes", "onnxruntime", "--time-limit", "1"]) == 2
    error = capsys.readouterr().err
    assert "x.onnx: the network is not beside it, and onnxruntime fails: no answer within 1 s" in error
    assert error.count("\n") == 1
    for name in ("reference", "openvino", "c"):
        runtime = by_name(name)
        if not runtime.missing():
            runtime.patience = 1
            with runtime.session(path) as session, pytest.raises(Exception) as caught:  # noqa: PT011  # of a dozen kinds
                session({"input": np.zeros((1, 1, 2), np.float32)})
            assert str(caught.value)


def test_a_graph_that_takes_all_memory_fails_alone(tmp_path: Path) -> None:
    """As many repetitions of 2**16 values as the input says."""
    nodes = [
        helper.make_node("Reshape", ["input", "flat"], ["one"]),
        helper.make_node("Cast", ["one"], ["times"], to=TensorProto.INT64),
        helper.make_node("Tile", ["values", "times"], ["much"]),
        helper.make_node("ReduceSum", ["much"], ["sum"], keepdims=1),
        helper.make_node("Add", ["input", "sum"], ["spikes.0"]),
    ]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["T", "B", "N"]) for n in ("input", "spikes.0")]
    constants = [
        numpy_helper.from_array(np.array([1]), "flat"),
        numpy_helper.from_array(np.ones(2**16, np.float32), "values"),
    ]
    graph = helper.make_graph(nodes, "g", ends[:1], ends[1:], initializer=constants)
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    path = written(proto.SerializeToString(), tmp_path)
    assert export.run_onnx(path, np.full((1, 1, 1), 2.0), time_limit=60)["0"].item() == 2 + 2**17
    for name in ("onnxruntime", "reference"):
        with by_name(name).session(path) as session, pytest.raises(RuntimeError, match=r"alloc|bytes|ended with"):
            session({"input": np.full((1, 1, 1), 2.0**26, np.float32)})
