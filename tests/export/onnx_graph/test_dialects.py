"""Every dialect and form of an exported network computes its integers; its files are valid and hold nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import onnx_forms
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lif_profiles import with_lif
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from sample_networks import CUBA, KINDS, convolutional, dense
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.functions import all_nodes
from spikelut.export.onnx_graph.model import DIALECTS, OPSETS, in_smallest_opset
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan, LeakyRelu, MultiGaussianGrad, Sigmoid, Surrogate

FORMS = ("scan", "step", "unrolled")
PAIRS = [(d, f) for d in DIALECTS for f in FORMS if (d, f) != ("arith", "scan")]
ALL_KINDS = [(p, False) for p in with_lif()] + [(p, True) for p in CUBA]
GENERIC = hw_profiles.load("generic8")
Ints = NDArray[np.int64]


def dense_events(steps: int = 5, batch: int = 3, seed: int = 0, largest: int = 1) -> Ints:
    return np.random.default_rng(seed).integers(0, largest + 1, (steps, batch, 5))


def images(batch: int = 2) -> Ints:
    return np.random.default_rng(0).integers(0, 4, (1, batch, 2, 6, 7))


def different(network: quant.IntegerNetwork, file: Path, x: Ints, dialect: str, form: str, repeats: int = 1) -> int:
    """How many integers of a file differ from the reference."""
    given = np.repeat(x, repeats if form == "step" else 1, 0)
    found = onnx_forms.run(file, given if dialect == "integer" else given * network.input_step, form)
    last = cast(quant.IntegerLIF, network.layers[-1])
    if dialect != "integer" and last.reads_out:
        found[last.name] = found[last.name].astype(np.float64) / network.profile.state_step
    expected = network.run(x)
    assert any(train.any() for train in expected.values())
    count = export.count_differences(expected, found)
    assert count.compared == sum(train.size for train in expected.values())
    return count.different


def write(network: Any, shape: tuple[int, ...], file: Path, dialect: str, form: str, **options: Any) -> Any:
    return export.to_onnx(network, shape, file, cast(Any, dialect), form=cast(Any, form), hidden_spikes=True, **options)


# Small currents, so that float32 holds all sums (arith), on profiles whose factors have few bits.
SMALL = [(GENERIC, False), (hw_profiles.load("hls4ml"), False), (hw_profiles.load("xylo"), True)]


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
@pytest.mark.parametrize(("profile", "cuba"), SMALL, ids=lambda v: getattr(v, "name", ""))
def test_all_dialects_and_forms(profile: Profile, cuba: bool, dialect: str, form: str, tmp_path: Path) -> None:
    network, x = quant.integer(dense(profile, cuba, 1)), dense_events()
    write(network, x.shape, tmp_path / "x.onnx", dialect, form)
    assert different(network, tmp_path / "x.onnx", x, dialect, form) == 0


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
@pytest.mark.parametrize(("profile", "cuba"), SMALL[::2], ids=lambda v: getattr(v, "name", ""))
def test_convolutions(profile: Profile, cuba: bool, dialect: str, form: str, tmp_path: Path) -> None:
    network, x = quant.integer(convolutional(profile, cuba, 0)), images()
    write(network, x.shape, tmp_path / "x.onnx", dialect, form)
    assert different(network, tmp_path / "x.onnx", x, dialect, form, repeats=6) == 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("profile", "cuba"), ALL_KINDS, ids=lambda v: getattr(v, "name", str(v)))
def test_integers_of_all_profiles(profile: Profile, cuba: bool, form: str, tmp_path: Path) -> None:
    network, x = quant.integer(dense(profile, cuba, 2, gain=2.0)), dense_events(seed=1)
    write(network, x.shape, tmp_path / "x.onnx", "integer", form)
    assert different(network, tmp_path / "x.onnx", x, "integer", form) == 0


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(KINDS),
    pair=st.sampled_from([p for p in PAIRS if p[0] != "arith"]),
    seed=st.integers(0, 10**6),
    gain=st.sampled_from([0.1, 0.5, 2.0, 50.0]),
    shape=st.tuples(st.integers(1, 6), st.integers(1, 3)),
    bits=st.integers(0, 4),
)
# A product with several spikes that onnxruntime by default computes in 8 bits.
@example(kind=(hw_profiles.load("xylo"), True), pair=("qcdq", "scan"), seed=199, gain=2.0, shape=(1, 2), bits=0)
def test_any_network(
    kind: tuple[Profile, bool],
    pair: tuple[str, str],
    seed: int,
    gain: float,
    shape: tuple[int, int],
    bits: int,
    tmp_path: Path,
) -> None:
    network = quant.integer(dense(*kind, seed, gain, 2.0**-bits))
    x = np.random.default_rng(seed).integers(0, network.largest_input + 1, (*shape, 5))
    x[0, 0, 0] = 1
    write(network, x.shape, tmp_path / "x.onnx", *pair)
    last = list(network.run(x).values())[-1]
    if not last.any():
        return
    assert different(network, tmp_path / "x.onnx", x, *pair) == 0


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_the_batch_is_free(dialect: str, form: str, tmp_path: Path) -> None:
    network = quant.integer(dense(GENERIC, False, 1))
    write(network, (4, 1, 5), tmp_path / "x.onnx", dialect, form)
    for batch in (1, 2, 7):
        assert different(network, tmp_path / "x.onnx", dense_events(4, batch), dialect, form) == 0


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


@pytest.mark.parametrize("dialect", ["integer", "qcdq"])
def test_weights_in_four_bits(dialect: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    linear = QuantLinear(40, 30, profile=GENERIC, weight_bits=4)
    network = quant.integer(nn.Sequential(linear, quant.LIF(GENERIC, Sigmoid())))
    x = np.random.default_rng(0).integers(0, 2, (6, 3, 40))
    sizes = {}
    for packed in (False, True):
        file = tmp_path / f"{packed}.onnx"
        proto = write(network, x.shape, file, dialect, "step", packed=packed)
        (weight,) = [c for c in proto.graph.initializer if c.name == "weight.0"]
        sizes[packed] = len(weight.raw_data)
        assert (weight.data_type == onnx.TensorProto.INT4) == packed
        assert np.array_equal(numpy_helper.to_array(weight).astype(np.int64).T, network.first.codes)
        assert different(network, file, x, dialect, "step") == 0
        assert (proto.opset_import[0].version == 21) == packed
    assert sizes == {False: 1200, True: 600}


def test_weights_of_sixteen_bits(tmp_path: Path) -> None:
    wide = replace(GENERIC, weight=replace(GENERIC.weight, bits=12))
    for model, x in ((dense(wide, False, 1), dense_events()), (convolutional(wide, False, 0), images())):
        network = quant.integer(model)
        for dialect in ("integer", "qcdq", "qonnx", "functions"):
            write(network, x.shape, tmp_path / "x.onnx", dialect, "unrolled")
            assert different(network, tmp_path / "x.onnx", x, dialect, "unrolled") == 0


@pytest.mark.parametrize("node", ["MultiThreshold", "BipolarQuant"])
@pytest.mark.parametrize("form", FORMS)
def test_spikes_as_qonnx_has_them(node: str, form: str, tmp_path: Path) -> None:
    network, x = quant.integer(dense(GENERIC, False, 1)), dense_events()
    proto = write(network, x.shape, tmp_path / "x.onnx", "qonnx", form, spike_node=node)
    called = {n.op_type for n in all_nodes(proto.graph) if n.domain}
    assert called == {"Quant", node}
    assert different(network, tmp_path / "x.onnx", x, "qonnx", form) == 0


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


@pytest.mark.parametrize("name", hw_profiles.names())
@pytest.mark.parametrize("curve", [Arctan(1.3), LeakyRelu(), MultiGaussianGrad()], ids=lambda c: type(c).__name__)
@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
def test_tables(name: str, curve: Surrogate, tmp_path: Path) -> None:
    table = quant.Table.from_surrogate(curve, hw_profiles.load(name))
    export.save_table(table, tmp_path / "t.onnx")
    low, high = table.tabulated
    inside = np.arange(low - 99, high + 100, 1 + (high - low) // 2**16)
    beyond = np.linspace(table.first_code, table.last_code, 4999).astype(np.int64)
    codes = np.concatenate([inside, beyond]).clip(table.first_code, table.last_code)
    # Beyond 2**24 float32 holds some codes only: those are asked for.
    real = (codes * table.state_step).astype(np.float32)
    found = onnx_forms.run_one(tmp_path / "t.onnx", {"x": real})
    assert (found != table.lookup(torch.from_numpy(real)).numpy()).sum() == 0
    assert len(np.unique(found)) > 1


def test_the_table_of_a_network(tmp_path: Path) -> None:
    write(dense(GENERIC, False, 1), (3, 1, 5), tmp_path / "a.onnx", "table", "step")
    export.save_table(quant.Table.from_surrogate(Sigmoid(alpha=3.0), GENERIC), tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_exactly_at_the_threshold(dialect: str, form: str, tmp_path: Path) -> None:
    linear = QuantLinear(3, 1, profile=GENERIC)
    linear.weight.data.copy_(torch.tensor([[0.375, 0.25, 0.125]]))
    network = quant.integer(nn.Sequential(linear, quant.LIF(GENERIC, Sigmoid(), threshold=0.375)))
    x = np.array([[[1, 0, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1]]])
    write(network, x.shape, tmp_path / "x.onnx", dialect, form)
    assert network.run(x)["1"].ravel().tolist() == [1, 1, 0, 1]
    assert different(network, tmp_path / "x.onnx", x, dialect, form) == 0


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
