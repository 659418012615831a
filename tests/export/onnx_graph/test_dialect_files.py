"""What exported files hold and say in every dialect, what is read back from them, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from dialect_files import ALL_KINDS, FORMS, GENERIC, PAIRS, dense_events, images, write
from onnx import helper, numpy_helper
from sample_networks import convolutional, dense
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.functions import all_nodes
from spikelut.export.onnx_graph.model import OPSETS, in_smallest_opset
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Sigmoid, Surrogate


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_files(dialect: str, form: str, tmp_path: Path) -> None:
    network = quant.integer(dense(GENERIC, False, 1))
    proto = write(network, (3, 1, 5), tmp_path / "a.onnx", dialect, form)
    write(quant.integer(dense(GENERIC, False, 1)), (3, 9, 5), tmp_path / "b.onnx", dialect, form)
    content = (tmp_path / "a.onnx").read_bytes()
    assert content == (tmp_path / "b.onnx").read_bytes()
    assert onnx.load_from_string(content) == proto
    onnx.checker.check_model(proto, full_check=True)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    for place in (tmp_path, Path.cwd(), Path.home(), Path(export.__file__).parent):
        assert str(place).encode() not in content
    inputs = {i.name for i in proto.graph.input}
    assert not inputs & {c.name for c in proto.graph.initializer}
    states = {"3.mem", "3.last", "1.mem", "5.mem"} if form == "step" else set()
    assert inputs == {"input"} | states
    texts = {entry.key: entry.value for entry in proto.metadata_props}
    assert (texts["spikelut.dialect"], texts["spikelut.form"]) == (dialect, form)
    domains = {node.domain for node in all_nodes(proto.graph)}
    own = {"functions": {"", "org.spikelut"}, "qonnx": {"", "qonnx.custom_op.general"}}.get(dialect, {""})
    assert domains == own
    assert {entry.domain for entry in proto.opset_import} == own
    assert {f.domain for f in proto.functions} == own - {""}


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_opsets_are_the_smallest(dialect: str, form: str, tmp_path: Path) -> None:
    proto = write(dense(GENERIC, False, 1), (3, 1, 5), tmp_path / "x.onnx", dialect, form)
    version = proto.opset_import[0].version
    opsets = list(proto.opset_import)
    assert proto.ir_version == helper.find_min_ir_version_for(opsets, ignore_unknown=True)
    if proto.functions:
        # That of the bodies, which CastLike needs.
        assert version == max(entry.version for f in proto.functions for entry in f.opset_import) == 15
        return
    if version == OPSETS[0]:
        return
    proto.opset_import[0].version = version - 1
    with pytest.raises((onnx.checker.ValidationError, onnx.shape_inference.InferenceError)):
        onnx.checker.check_model(proto, full_check=True)


def test_a_graph_that_no_opset_can_say() -> None:
    info = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("NoSuchOperator", ["x"], ["y"])], "g", [info], [out])
    with pytest.raises(onnx.checker.ValidationError, match="NoSuchOperator"):
        in_smallest_opset(graph)


@pytest.mark.parametrize("form", ["step", "unrolled"])
def test_arithmetic_only(form: str, tmp_path: Path) -> None:
    proto = write(dense(GENERIC, False, 1), (3, 1, 5), tmp_path / "x.onnx", "arith", form)
    shapes = {"Gather", "Unsqueeze", "Concat", "Identity"}
    allowed = {"MatMul", "Add", "Sub", "Mul", "Div", "Floor", "Max", "Min"} | (
        shapes if form == "unrolled" else {"Identity"}
    )
    assert {node.op_type for node in proto.graph.node} <= allowed
    kinds = {i.type.tensor_type.elem_type for i in (*proto.graph.input, *proto.graph.output)}
    assert kinds == {onnx.TensorProto.FLOAT}


def test_arithmetic_that_floats_cannot_do(tmp_path: Path) -> None:
    # 16-bit factors: products of more than 24 bits.
    with pytest.raises(ValueError, match=r"^to_onnx: codes must be at most 2\*\*24 in dialect arith.* got \d{8,}$"):
        write(dense(hw_profiles.load("reckon"), False, 1), (3, 1, 5), tmp_path / "x.onnx", "arith", "step")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("profile", "cuba"), ALL_KINDS, ids=lambda v: getattr(v, "name", str(v)))
@pytest.mark.parametrize("convolves", [False, True])
def test_loading_gives_the_same_network(
    profile: Profile, cuba: bool, form: str, convolves: bool, tmp_path: Path
) -> None:
    model, x = (convolutional(profile, cuba, 3), images()) if convolves else (dense(profile, cuba, 3), dense_events())
    write(model, x.shape, tmp_path / "a.onnx", "functions", form)
    loaded = export.load(tmp_path / "a.onnx")
    write(loaded, x.shape, tmp_path / "b.onnx", "functions", form)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
    real = torch.from_numpy(x).float() * quant.integer(model).input_step
    assert torch.equal(loaded(real), model(real))


class Mine(Surrogate):
    def surrogate_grad(self, x: torch.Tensor) -> torch.Tensor:
        return 1 / (1 + x * x)


def test_files_that_cannot_be_loaded(tmp_path: Path) -> None:
    model = dense(GENERIC, False, 1)
    write(model, (3, 1, 5), tmp_path / "flat.onnx", "flat", "scan")
    with pytest.raises(ValueError, match=r"^load: flat.onnx must be of the dialect functions, got 'flat'"):
        export.load(tmp_path / "flat.onnx")
    own = nn.Sequential(QuantLinear(5, 2, profile=GENERIC), quant.LIF(GENERIC, Mine()))
    write(own, (3, 1, 5), tmp_path / "own.onnx", "functions", "scan")
    with pytest.raises(ValueError, match=r"^load: surrogates and tables of own.onnx must be spikelut's"):
        export.load(tmp_path / "own.onnx")
    proto = write(model, (3, 1, 5), tmp_path / "x.onnx", "functions", "scan")
    (weight,) = [c for c in proto.graph.initializer if c.name == "weight.0"]
    weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight) + np.float32(0.001), "weight.0"))
    onnx.save(proto, tmp_path / "x.onnx")
    with pytest.raises(
        ValueError, match=r"^x.onnx: not an integer network: load: weights of layer '0' must be multipl"
    ):
        export.load(tmp_path / "x.onnx")
    proto = write(model, (3, 1, 5), tmp_path / "x.onnx", "functions", "scan")
    next(e for e in proto.opset_import if e.domain).version = 2
    onnx.save(proto, tmp_path / "x.onnx")
    with pytest.raises(
        ValueError, match=r"^x.onnx: not a valid ONNX model: version of org.spikelut: must be 1..1, got 2"
    ):
        export.load(tmp_path / "x.onnx")


def test_wrong_choices(tmp_path: Path) -> None:
    model = dense(GENERIC, False, 1)
    wrong: list[tuple[tuple[str, str, dict[str, Any]], str]] = [
        (("integer", "loop", {}), "form must be one of scan, step, unrolled, got 'loop'"),
        (("arith", "scan", {}), "form must be step or unrolled in arith, whose runtimes know no Scan, got 'scan'"),
        (("flat", "scan", {"packed": True}), "packed must be False but in integer and qcdq, got True"),
        (("flat", "scan", {"spike_node": "BipolarQuant"}), "spike_node must be standard in flat, got 'BipolarQuant'"),
        (("qonnx", "scan", {"spike_node": "x"}), "spike_node must be standard or MultiThreshold or BipolarQuant in"),
    ]
    for (dialect, form, options), message in wrong:
        with pytest.raises(ValueError, match=r"^to_onnx: ") as error:
            write(model, (3, 1, 5), tmp_path / "x.onnx", dialect, form, **options)
        assert message in str(error.value)
    with pytest.raises(ValueError, match=r"^to_onnx: steps of the example must be an integer in 1\.\.1024, got 1025"):
        write(model, (1025, 1, 5), tmp_path / "x.onnx", "integer", "unrolled")
    with pytest.raises(ValueError, match=r"^to_onnx: images must be large enough for layer '4', got 1"):
        write(convolutional(GENERIC, False, 0), (1, 1, 2, 2, 2), tmp_path / "x.onnx", "integer", "step")
    with pytest.raises(ValueError, match=r"layers must share one surrogate table in the dialect table, got '0 tables'"):
        write(
            nn.Sequential(QuantLinear(5, 2, profile=GENERIC), quant.LI(GENERIC)),
            (3, 1, 5),
            tmp_path / "x",
            "table",
            "step",
        )
    assert list(tmp_path.iterdir()) == []


def test_the_table_of_a_network(tmp_path: Path) -> None:
    write(dense(GENERIC, False, 1), (3, 1, 5), tmp_path / "a.onnx", "table", "step")
    export.save_table(quant.Table.from_surrogate(Sigmoid(alpha=3.0), GENERIC), tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_codes_that_may_stand_in_another_place() -> None:
    # 64 codes: with the next smaller scale they would be 128, one code too many.
    step = 8 * GENERIC.state_step
    for weight, per_channel in (([[64.2, 3.0]], False), ([[64.2, 3.0], [-8.0, 8.1]], True)):
        linear = QuantLinear(2, len(weight), profile=GENERIC, per_channel=per_channel)
        linear.weight.data.copy_(torch.tensor(weight) * step)
        network = quant.integer(nn.Sequential(linear, quant.LIF(GENERIC, Sigmoid())))
        assert network.first.codes.max() == 64 or per_channel
        again = quant.integer(quant.from_integer(network)).first
        assert np.array_equal(again.codes * again.factors(2), network.first.codes * network.first.factors(2))


def test_shifts_of_channels_count_in_what_floats_can_hold(tmp_path: Path) -> None:
    linear = QuantLinear(8, 2, profile=GENERIC, per_channel=True)
    linear.weight.data.copy_(torch.tensor([[0.01], [900.0]]).expand(2, 8))
    network = quant.integer(nn.Sequential(linear, quant.LIF(GENERIC, Sigmoid())))
    assert network.first.largest_sum > 2**24 > int(network.first.codes.max()) * 8
    with pytest.raises(ValueError, match=r"codes must be at most 2\*\*24 in dialect arith"):
        write(network, (3, 1, 8), tmp_path / "x.onnx", "arith", "step")
