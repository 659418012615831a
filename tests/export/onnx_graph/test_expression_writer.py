"""Recorded arithmetic as ONNX nodes is that of Python's integers: in 32 and 64 bits, in floats, and in OpenVINO."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper
from operations import OPERATIONS, RANGES, Numbers, values

from spikelut.export.onnx_graph.arithmetic_only import LIMIT, ArithmeticWriter
from spikelut.export.onnx_graph.expression_writer import EXACT, NodeWriter
from spikelut.export.onnx_graph.graph import FLOAT, INT32, INT64, Graph, Var
from spikelut.export.onnx_graph.model import in_smallest_opset
from spikelut.export.runtimes import by_name
from spikelut.quant.codegen.expression import Expression

Maker = Callable[[Graph], NodeWriter]
Taken = Callable[[NodeWriter, Expression], bool]
DIVIDES = ("shift", "quotient", "low_bits")


def in_32_bits(graph: Graph) -> NodeWriter:
    return NodeWriter(graph, INT32)


def in_64_bits(graph: Graph) -> NodeWriter:
    return NodeWriter(graph, INT64)


def divides_exactly(writer: NodeWriter, result: Expression) -> bool:
    """Whether all that is divided or masked is as small as every runtime takes it, and nothing needs 64 bits."""
    needed = writer.home.needed(result)
    parts = [part.args[0] for part in needed if part.op in DIVIDES]
    return all(max(-part.low, part.high) <= EXACT for part in parts) and not any(part.wide for part in needed)


def exact(writer: NodeWriter, result: Expression) -> bool:
    """Whether floats hold all that has just been written."""
    reach = writer.graph.reach
    largest = max(reach.get(node.output[0], 0) for node in writer.graph.nodes)
    reach.clear()
    return largest <= LIMIT


def model_of(make: Maker, ends: tuple[int, int], takes: Taken) -> tuple[onnx.ModelProto, list[str]]:
    """A graph of x and y [N], int64, with the outcome of each operation that `takes` does as an output; their names."""
    graph = Graph()
    x, y = Var(graph, "x", INT64), Var(graph, "y", INT64)
    names = []
    for name, operation in OPERATIONS.items():
        writer = make(graph)
        result: Expression = operation(writer.ops, *(writer.input(v.cast(writer.dtype), *ends) for v in (x, y)))
        out = writer.batched(result, x.cast(writer.dtype))
        if takes(writer, result):
            graph.named(out.cast(INT64), name)
            names.append(name)
    graph.prune([Var(graph, name, INT64) for name in names])
    infos = [helper.make_tensor_value_info(name, INT64, ["N"]) for name in ("x", "y", *names)]
    constants = list(graph.constants.values())
    return in_smallest_opset(helper.make_graph(graph.nodes, "operations", infos[:2], infos[2:], constants)), names


def compare(runtime: str, model: onnx.ModelProto, names: list[str], ends: tuple[int, int], path: Path) -> None:
    """Every outcome for pairs of numbers in the range; each operation has more than one."""
    x, y = np.array(list(product(values(*ends), repeat=2)), np.int64).T
    onnx.save(model, path)
    with by_name(runtime).session(path) as session:
        found: dict[str, NDArray[Any]] = session({"x": x, "y": y})
    for name in names:
        wanted = [int(OPERATIONS[name](Numbers, int(a), int(b))) for a, b in zip(x, y, strict=True)]
        assert found[name].tolist() == wanted, name
        assert len(set(wanted)) > 1 or name in ("equal", "shift by all bits", "divided by 1024", "several thresholds")


@pytest.mark.parametrize("ends", RANGES, ids=str)
@pytest.mark.parametrize("make", [in_32_bits, in_64_bits])
def test_integers(make: Maker, ends: tuple[int, int], tmp_path: Path) -> None:
    model, names = model_of(make, ends, lambda *_: True)
    assert names == list(OPERATIONS)
    compare("onnxruntime", model, names, ends, tmp_path / "x.onnx")


@pytest.mark.parametrize("ends", RANGES[:-1], ids=str)
def test_floats(ends: tuple[int, int], tmp_path: Path) -> None:
    model, names = model_of(ArithmeticWriter, ends, exact)
    operators = {node.op_type for node in model.graph.node}
    assert operators <= {"Cast", "Identity", "Add", "Sub", "Mul", "Div", "Floor", "Max", "Min"}
    assert {"clipped", "shift", "divided by 7", "low bits", "equal" if ends[1] < LIMIT - 1 else "shift"} <= set(names)
    assert len(names) > (20 if ends[1] < 2**15 else 8)
    compare("onnxruntime", model, names, ends, tmp_path / "x.onnx")


@pytest.mark.parametrize("ends", RANGES[:-1], ids=str)
def test_quotients_that_a_runtime_makes_in_float32(ends: tuple[int, int], tmp_path: Path) -> None:
    if by_name("openvino").missing():
        pytest.skip("needs openvino")
    model, names = model_of(in_32_bits, ends, divides_exactly)
    assert {name for name in OPERATIONS if name.startswith("multiply_shift")} <= set(names)
    compare("openvino", model, names, ends, tmp_path / "x.onnx")


def test_equal_parts_are_one_node() -> None:
    graph = Graph()
    writer = NodeWriter(graph, INT32)
    x = writer.input(Var(graph, "x", INT32), -1000, 1000)
    writer.write((x >> 3) + (x & 7) * 5, (x >> 3) + 1)
    assert [node.op_type for node in graph.nodes] == ["Mod", "Sub", "Div", "Mul", "Add", "Add"]


def test_64_bits_only_where_32_do_not_suffice() -> None:
    def types(of: Callable[[Expression], Expression], low: int, high: int) -> set[int]:
        graph = Graph()
        writer = NodeWriter(graph, INT32)
        (out,) = writer.write(of(writer.input(Var(graph, "x", INT32), low, high)))
        casts = {attribute.i for node in graph.nodes for attribute in node.attribute}
        return casts | {out.dtype} | {constant.data_type for constant in graph.constants.values()}

    assert types(lambda x: x + (2**30 - 1), -(2**30), 2**30) == {INT32}
    assert types(lambda x: x + 2**30, -(2**30), 2**30) == {INT64}
    assert types(lambda x: ((x * 3) >> 2) + 1, -(2**30), 2**30) == {INT32, INT64}
    assert types(lambda x: x & (2**31 - 1), -(2**30), 2**30) == {INT32, INT64}
    assert types(lambda x: x // 7, -(2**31) + 2, 0) == types(lambda x: x // 8, -(2**31), 0) == {INT32}
    assert types(lambda x: x // 7, -(2**31), 0) == {INT32, INT64}


def test_what_is_the_same_for_a_whole_batch(tmp_path: Path) -> None:
    graph = Graph()
    like = Var(graph, "x", INT64)
    writer = NodeWriter(graph, INT64)
    x, bias = writer.input(like, -3, 3), writer.input(graph.constant([7, 8], INT64, "codes"), 7, 8, shared=True)
    for name, result in {"never": x > 3, "always": x < 9, "number": x * 0 + 5, "bias": bias * 2, "own": x + 1}.items():
        graph.named(writer.batched(result, like).cast(FLOAT), name)
    names = ["never", "always", "number", "bias", "own"]
    infos = [helper.make_tensor_value_info(name, INT64 if name == "x" else FLOAT, ["B", 2]) for name in ("x", *names)]
    proto = helper.make_graph(graph.nodes, "batch", infos[:1], infos[1:], list(graph.constants.values()))
    onnx.save(in_smallest_opset(proto), tmp_path / "x.onnx")
    given = np.array([[-3, 3], [0, 1], [2, -2]])
    with by_name("onnxruntime").session(tmp_path / "x.onnx") as session:
        found = session({"x": given})
    wanted = [given * 0, given * 0 + 1, given * 0 + 5, given * 0 + [14, 16], given + 1]
    assert [found[name].tolist() for name in names] == [array.tolist() for array in wanted]
