"""ONNX files that are damaged, something else, or made to do harm: one line, and nothing else happens."""

import os
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from sample_networks import dense

from spikelut import export, hw_profiles
from spikelut.cli._app import run
from spikelut.export.onnx_graph.safe_load import MAX_DEPTH, MAX_NODES, MAX_VALUES, load_model
from spikelut.export.runtimes import by_name

MESSAGE = r"^x\.onnx: not a valid ONNX model: [^\n]+$"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "x.onnx"
    export.to_onnx(dense(hw_profiles.load("generic8"), False, 0), (3, 2, 5), path, "functions")
    return path.read_bytes()


def written(content: bytes, folder: Path) -> Path:
    (folder / "x.onnx").write_bytes(content)
    return folder / "x.onnx"


def test_our_own_files(good: bytes, tmp_path: Path) -> None:
    assert load_model(written(good, tmp_path)) == onnx.load_from_string(good)
    assert load_model(str(tmp_path / "x.onnx")).SerializeToString(deterministic=True) == good


def test_a_file_that_was_cut(good: bytes, tmp_path: Path) -> None:
    # A cut between fields after the graph leaves a valid model only if what follows is metadata.
    end = good.index(b"spikelut.dialect") - 8
    for length in [*range(0, end, 97), 0, 1, 2, 16]:
        with pytest.raises(ValueError, match=MESSAGE):
            load_model(written(good[:length], tmp_path))


def test_a_flipped_bit_is_refused_or_harmless(good: bytes, tmp_path: Path) -> None:
    source, messages = random.Random(0), []
    for _ in range(150):
        content = bytearray(good)
        content[source.randrange(len(good))] ^= 1 << source.randrange(8)
        try:
            load_model(written(bytes(content), tmp_path))
        except ValueError as error:
            messages.append(str(error))
    assert len(messages) > 15
    assert all("\n" not in message and len(message) < 400 for message in messages)
    assert [path.name for path in tmp_path.iterdir()] == ["x.onnx"]


OTHERS = [
    b"",
    b"\x00" * 64,
    b"\xff" * 64,
    b"{}",
    b"PK\x03\x04" + b"x" * 99,
    b"\x80\x04\x95cos\nsystem\n",
    b"ir_version: 8",
]


@pytest.mark.parametrize("content", OTHERS, ids=repr)
def test_files_that_are_something_else(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=MESSAGE):
        load_model(written(content, tmp_path))


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        load_model(tmp_path / "absent.onnx")
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match=r"^load_model: path must be a file, got"):
            load_model(path)
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(2**31)  # of holes
    with pytest.raises(ValueError, match=r"^load_model: huge must have at most 2147483647 bytes, got 2147483648"):
        load_model(tmp_path / "huge")


def model(*nodes: onnx.NodeProto, constants: tuple[TensorProto, ...] = (), opset: int = 18) -> onnx.ModelProto:
    """A model of `x` [N] that gives `y` [N]."""
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N"]) for name in "xy"]
    graph = helper.make_graph(list(nodes), "g", ends[:1], ends[1:], initializer=list(constants))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


ADD = helper.make_node("Add", ["x", "w"], ["y"])


def weight(*dims: int) -> TensorProto:
    """Four numbers that claim to have another shape."""
    tensor = numpy_helper.from_array(np.ones(4, np.float32), "w")
    tensor.dims[:] = dims or [4]
    return tensor


def outside(location: str, node: bool) -> onnx.ModelProto:
    tensor = weight()
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    if node:
        return model(helper.make_node("Constant", [], ["w"], value=tensor), ADD)
    return model(ADD, constants=(tensor,))


def made(size: int) -> onnx.ModelProto:
    """A small file of a large tensor."""
    nodes = (
        helper.make_node("Constant", [], ["n"], value_ints=[size]),
        helper.make_node("ConstantOfShape", ["n"], ["w"]),
    )
    return model(*nodes, ADD)


def with_function(domain: str, body: str, version: int = 1) -> onnx.ModelProto:
    node = helper.make_node("Thing", ["x"], ["y"], domain=domain)
    inner = helper.make_node(body, ["x"], ["y"], domain=domain if body == "Thing" else "")
    imports = [helper.make_opsetid("", 18), helper.make_opsetid(domain, version)]
    proto = model(node)
    proto.opset_import.append(imports[1])
    proto.functions.append(helper.make_function(domain, "Thing", ["x"], ["y"], [inner], imports))
    return proto


def without_function() -> onnx.ModelProto:
    proto = with_function("com.example", "Abs")
    del proto.functions[:]
    return proto


def newer() -> onnx.ModelProto:
    proto = model(ADD, constants=(weight(),))
    proto.ir_version = onnx.IR_VERSION + 1
    return proto


def wide() -> onnx.ModelProto:
    proto = model(helper.make_node("Abs", ["x"], ["y"]))
    for value in (*proto.graph.input, *proto.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = 2**40
    return proto


BROKEN: list[tuple[Callable[[], onnx.ModelProto], str]] = [
    (
        lambda: outside("../../etc/passwd", False),
        "data must lie in the file itself, not in another, got '../../etc/passwd'",
    ),
    (lambda: outside("weights.bin", True), "data must lie in the file itself, not in another, got 'weights.bin'"),
    (lambda: model(ADD, constants=(weight(2**40),)), "is too small for the declared shape | must have at most"),
    (lambda: model(ADD, constants=(weight(-4),)), "Negative dimension | must not be negative"),
    (lambda: made(MAX_VALUES + 1), f"shape: must have at most {MAX_VALUES} values, got [{MAX_VALUES + 1}]"),
    (wide, f"shape: must have at most {MAX_VALUES} values, got [{2**40}]"),
    (lambda: model(helper.make_node("Evil", ["x"], ["y"])), "No Op registered for Evil"),
    (without_function, "operator: must have a body in the file, got 'com.example::Thing'"),
    (lambda: with_function("com.example", "Thing"), "recursive"),
    (lambda: with_function("org.spikelut", "Abs", 2), "version of org.spikelut: must be 1..1, got 2"),
    (lambda: model(ADD, constants=(weight(),), opset=999), "version of the standard operators: must be 1.."),
    (newer, f"IR version: must be at most {onnx.IR_VERSION}"),
    (lambda: model(ADD), "'w'"),
]


@pytest.mark.parametrize("number", range(len(BROKEN)))
def test_files_made_to_do_harm(number: int, tmp_path: Path) -> None:
    make, message = BROKEN[number]
    with pytest.raises(ValueError, match=MESSAGE) as caught:
        load_model(written(make().SerializeToString(), tmp_path))
    # Of what this onnx finds, older ones leave some to us.
    assert any(text in str(caught.value) for text in message.split(" | "))
    assert [path.name for path in tmp_path.iterdir()] == ["x.onnx"]


def test_those_without_the_mistake_are_fine(tmp_path: Path) -> None:
    for proto in (model(ADD, constants=(weight(),)), made(4), with_function("com.example", "Abs")):
        assert load_model(written(proto.SerializeToString(), tmp_path)) == proto
    # Data beside the file is refused even where it exists.
    (tmp_path / "weights.bin").write_bytes(np.ones(4, np.float32).tobytes())
    with pytest.raises(ValueError, match="data must lie in the file itself"):
        load_model(written(outside("weights.bin", False).SerializeToString(), tmp_path))


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
    with pytest.raises(RuntimeError, match="no answer within 3 s"):
        export.run_onnx(path, np.zeros((1, 1, 2)), time_limit=3)
    assert run(["verify", str(path), "--runtimes", "onnxruntime", "--time-limit", "3"]) == 2
    error = capsys.readouterr().err
    assert "x.onnx: the network is not beside it, and onnxruntime fails: no answer within 3 s" in error
    assert error.count("\n") == 1
    for name in ("reference", "openvino", "c"):
        runtime = by_name(name)
        if not runtime.missing():
            runtime.patience = 3
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
