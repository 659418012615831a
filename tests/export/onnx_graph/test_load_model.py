"""ONNX files that are damaged, something else, or made to do harm: one line, and nothing else happens."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from broken_models import MESSAGE, model, written
from onnx import TensorProto, helper, numpy_helper
from sample_networks import dense

from spikelut import export, hw_profiles
from spikelut.export.onnx_graph.safe_load import MAX_VALUES, load_model


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "x.onnx"
    export.to_onnx(dense(hw_profiles.load("generic8"), False, 0), (3, 2, 5), path, "functions")
    return path.read_bytes()


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
