"""Every dialect and form of an exported network computes its integers; its files are valid and hold nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import onnx_forms
import pytest
import torch
from dialect_files import ALL_KINDS, FORMS, GENERIC, PAIRS, Ints, dense_events, images, write
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from onnx import numpy_helper
from sample_networks import KINDS, convolutional, dense
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.functions import all_nodes
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan, LeakyRelu, MultiGaussianGrad, Sigmoid, Surrogate


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


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_exactly_at_the_threshold(dialect: str, form: str, tmp_path: Path) -> None:
    linear = QuantLinear(3, 1, profile=GENERIC)
    linear.weight.data.copy_(torch.tensor([[0.375, 0.25, 0.125]]))
    network = quant.integer(nn.Sequential(linear, quant.LIF(GENERIC, Sigmoid(), threshold=0.375)))
    x = np.array([[[1, 0, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1]]])
    write(network, x.shape, tmp_path / "x.onnx", dialect, form)
    assert network.run(x)["1"].ravel().tolist() == [1, 1, 0, 1]
    assert different(network, tmp_path / "x.onnx", x, dialect, form) == 0
