"""Exported files give the spikes of the torch model and of its integers, and hold nothing they should not."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import pytest
import torch
from lif_profiles import with_lif
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.file import Dialect, to_onnx
from spikelut.hw_profiles import Profile
from spikelut.quant.dynamics.spec import neuron_of
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan, PiecewiseQuadratic, Sigmoid

PROFILES = with_lif()
# Weights of more than 8 bits are stored and multiplied in another way.
GENERIC = hw_profiles.load("generic8")
WIDE = replace(GENERIC, weight=replace(GENERIC.weight, bits=12))
each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
CURVES = (Arctan(2.0), Sigmoid(3.0), PiecewiseQuadratic(1.0))
DIALECTS: tuple[Dialect, ...] = ("integer", "functions")
tabulated_slope = cache(quant.LUTSurrogate)
both_dialects = pytest.mark.parametrize("dialect", DIALECTS)


def spiking(profile: Profile, random: np.random.Generator, tabulated: bool) -> quant.LIF:
    index, (_, decay, _, step) = int(random.integers(len(CURVES))), neuron_of(profile)
    integer = int(random.integers(decay.min, decay.max + 1))
    beta = 1 - 2.0**-integer if decay.kind == "shift" else integer * 2.0**-decay.frac
    slope = tabulated_slope(CURVES[index], profile) if tabulated else CURVES[index]
    reset = cast(Any, str(random.choice(step.resets)))
    return quant.LIF(profile, slope, beta=beta, threshold=random.uniform(0.1, 2), reset=reset)


def network(profile: Profile, seed: int = 0, tabulated: bool | None = None) -> nn.Sequential:
    """1 to 3 spiking layers with random weights, parameters and widths; a third of the weights at their extremes."""
    random = np.random.default_rng(seed)
    widths = random.integers(1, 10, random.integers(2, 5))
    modules: list[nn.Module] = [nn.Identity()]
    for fan_in, fan_out in pairwise(widths.tolist()):
        bits = int(random.integers(2, profile.weight.bits + 1))
        linear = QuantLinear(fan_in, fan_out, profile=profile, weight_bits=bits)
        weight = random.normal(0.2, 0.7, (fan_out, fan_in))
        if random.random() < 1 / 3:
            weight = random.choice([-100.0, 0.0, 100.0], (fan_out, fan_in))
        linear.weight.data.copy_(torch.from_numpy(weight))
        lut = bool(random.random() < 0.5) if tabulated is None else tabulated
        modules += [linear, spiking(profile, random, lut), nn.Dropout(0.5)]
    return nn.Sequential(*modules).eval()


def inputs(model: nn.Module, steps: int, batch: int, seed: int = 0) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, 2, (steps, batch, quant.integer(model).in_features))


def exported(model: nn.Module, path: Path, dialect: Dialect) -> onnx.ModelProto:
    return to_onnx(model, torch.zeros(2, 1, quant.integer(model).in_features), path, dialect, hidden_spikes=True)


def all_runs(model: nn.Module, x: NDArray[np.int64], folder: Path) -> dict[str, dict[str, Any]]:
    """The spike trains of the integers, of torch, and of both files."""
    runs: dict[str, dict[str, Any]] = {"integers": quant.integer(model).run(x)}
    runs["torch"] = quant.spike_trains(model, torch.from_numpy(x).float())
    for dialect in DIALECTS:
        exported(model, folder / "x.onnx", dialect)
        runs[dialect] = export.run_onnx(folder / "x.onnx", x)
    return runs


@pytest.mark.parametrize("profile", [*PROFILES, WIDE], ids=lambda p: f"{p.name}-{p.weight.bits}")
def test_all_runs_give_the_same_spikes(profile: Profile, tmp_path: Path) -> None:
    spikes, compared = 0, 0
    for seed in range(6):
        model = network(profile, seed)
        runs = all_runs(model, inputs(model, 1 + seed % 6, 1 + seed % 4, seed), tmp_path)
        spikes += sum(int(train.sum()) for train in runs["integers"].values())
        compared += sum(int(train.size) for train in runs["integers"].values())
        for name, trains in runs.items():
            assert export.count_differences(runs["integers"], trains).different == 0, f"{name}, seed {seed}"
    assert 0.1 < spikes / compared < 0.9


@each_profile
def test_exactly_at_the_threshold(profile: Profile, tmp_path: Path) -> None:
    linear = QuantLinear(3, 1, profile=profile)
    linear.weight.data.copy_(torch.tensor([[0.375, 0.25, 0.125]]))
    # A membrane that relaxes takes the whole input only if it keeps nothing.
    beta = 0.0 if neuron_of(profile)[1].kind == "relax" else 0.95
    at = neuron_of(profile)[2].comparison == ">="
    model = nn.Sequential(linear, quant.LIF(profile, CURVES[0], beta=beta, threshold=0.375))
    x = np.array([[[1, 0, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1]]])
    for name, trains in all_runs(model, x, tmp_path).items():
        assert np.asarray(trains["1"]).ravel().tolist() == [at, at, False, True], name


def test_a_layer_used_twice_runs_twice(tmp_path: Path) -> None:
    linear, lif = QuantLinear(4, 4, profile=PROFILES[0]), quant.LIF(PROFILES[0], Sigmoid())
    linear.weight.data.copy_(torch.eye(4).roll(1, 0) * 1.2)
    x = inputs(nn.Sequential(linear, lif), 6, 3)
    model = nn.Sequential(linear, lif, linear, lif)
    expected = model(torch.from_numpy(x).float()).detach().numpy()
    for trains in all_runs(model, x, tmp_path).values():
        assert np.array_equal(trains["3"], expected)
        assert not np.array_equal(trains["1"], expected)


@each_profile
@both_dialects
@pytest.mark.parametrize("tabulated", [True, False])
def test_the_reference_evaluator_agrees(profile: Profile, dialect: Dialect, tabulated: bool, tmp_path: Path) -> None:
    model = network(profile, 4, tabulated)
    x = inputs(model, 5, 3)
    evaluator = ReferenceEvaluator(exported(model, tmp_path / "x.onnx", dialect))
    arrays = evaluator.run(None, {"input": x.astype(np.uint8 if dialect == "integer" else np.float32)})
    expected = quant.integer(model).run(x)
    assert any(train.any() for train in expected.values())
    for train, array in zip(expected.values(), cast(list[Any], arrays), strict=True):
        assert np.array_equal(train, array)


@both_dialects
def test_steps_and_batch_are_free(dialect: Dialect, tmp_path: Path) -> None:
    model = network(PROFILES[0], 1)
    exported(model, tmp_path / "x.onnx", dialect)
    for steps, batch in ((1, 1), (9, 1), (1, 7), (3, 0), (4, 5)):
        x = inputs(model, steps, batch)
        expected = quant.integer(model).run(x)
        assert export.count_differences(expected, export.run_onnx(tmp_path / "x.onnx", x)).different == 0
    assert len(expected) > 1
    to_onnx(model, torch.from_numpy(x), tmp_path / "x.onnx", dialect)
    # Without hidden spikes the last layer alone is an output.
    last = dict(list(expected.items())[-1:])
    assert export.count_differences(last, export.run_onnx(tmp_path / "x.onnx", x)).different == 0


@each_profile
@both_dialects
def test_files_are_valid_and_reproducible(profile: Profile, dialect: Dialect, tmp_path: Path) -> None:
    model = network(profile, 2)
    proto = exported(model, tmp_path / "a.onnx", dialect)
    exported(model, tmp_path / "b.onnx", dialect)
    content = (tmp_path / "a.onnx").read_bytes()
    assert content == (tmp_path / "b.onnx").read_bytes()
    assert onnx.load_from_string(content) == proto
    onnx.checker.check_model(proto, full_check=True)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    assert proto.ir_version == helper.find_min_ir_version_for(list(proto.opset_import), ignore_unknown=True)
    for place in (tmp_path, Path.cwd(), Path.home(), Path(export.__file__).parent):
        assert str(place).encode() not in content


@each_profile
def test_the_integer_dialect_is_standard_integers(profile: Profile, tmp_path: Path) -> None:
    proto = exported(network(profile, 2), tmp_path / "x.onnx", "integer")
    assert [entry.domain for entry in proto.opset_import] == [""]
    assert not proto.functions
    inferred = onnx.shape_inference.infer_shapes(proto, strict_mode=True)
    types: set[int] = set()
    bodies = [a.g for node in inferred.graph.node for a in node.attribute if a.HasField("g")]
    assert bodies
    for graph in (inferred.graph, *bodies):
        assert {node.domain for node in graph.node} == {""}
        types |= {v.type.tensor_type.elem_type for v in (*graph.input, *graph.output, *graph.value_info)}
        types |= {constant.data_type for constant in graph.initializer}
        types |= {a.t.data_type for node in graph.node for a in node.attribute if a.HasField("t")}
        types |= {a.i for node in graph.node if node.op_type == "Cast" for a in node.attribute}
    t = onnx.TensorProto
    assert {t.UINT8, t.INT32} <= types <= {t.UINT8, t.INT8, t.INT16, t.INT32, t.INT64, t.BOOL}


@each_profile
@pytest.mark.parametrize("tabulated", [True, False])
def test_spike_nodes_describe_their_gradient(profile: Profile, tabulated: bool, tmp_path: Path) -> None:
    by_type = {Arctan: "arctan", Sigmoid: "sigmoid", PiecewiseQuadratic: "piecewise_quadratic"}
    model = network(profile, 5, tabulated)
    proto = exported(model, tmp_path / "x.onnx", "functions")
    assert {(f.domain, f.name) for f in proto.functions} == {("org.spikelut", "Spike"), ("org.spikelut", "FakeQuant")}
    layers = {name: module for name, module in model.named_children() if isinstance(module, quant.LIF)}
    scans = [node for node in proto.graph.node if node.op_type == "Scan"]
    assert [scan.output[1] for scan in scans] == [f"spikes.{name}" for name in layers]
    for scan, lif in zip(scans, layers.values(), strict=True):
        body = next(a.g for a in scan.attribute if a.name == "body")
        (spike,) = [node for node in body.node if node.domain == "org.spikelut"]
        attributes = {a.name: helper.get_attribute_value(a) for a in spike.attribute}
        (table,) = [constant for constant in body.initializer if constant.name in spike.input[1:]]
        lut = lif.surrogate if isinstance(lif.surrogate, quant.LUTSurrogate) else None
        curve = CURVES[CURVES.index(cast(Any, lut.analytic if lut else lif.surrogate))]
        assert attributes["surrogate"].decode() == by_type[type(curve)]
        assert attributes["parameter_names"] == [b"alpha"]
        assert attributes["parameter_values"] == [curve.alpha]
        assert table.dims == ([len(lut.table.codes)] if lut else [0])
        if lut:
            assert json.loads(attributes["table_format"]) == lut.table.rule()
            assert numpy_helper.to_array(table).tolist() == lut.table.codes.tolist()


def refused() -> Iterator[tuple[nn.Module, str]]:
    a, b = PROFILES[:2]
    linear, other, lif = QuantLinear(3, 3, profile=a), QuantLinear(3, 3, profile=a), quant.LIF(a, Sigmoid())
    yield (
        nn.Sequential(linear, nn.ReLU()),
        "layer '1': must be a QuantLinear, QuantConv2d, LIF, IF, CubaLIF, Recurrent, LI, "
        "SumPool2d, Flatten, Repeat, Dropout or Identity, got",
    )
    yield nn.Sequential(linear, other, lif), "layer '1': weights and neurons must alternate, neurons or Repeat are next"
    yield nn.Sequential(lif), "layer '0': weights and neurons must alternate, weights, SumPool2d or Flatten are next"
    yield nn.Sequential(), "model must end with a LIF"
    yield nn.Sequential(linear, quant.LIF(b, Sigmoid())), f"layer '1': must be neurons of {b.name}, as the weights"
    wide = QuantLinear(20_000, 2, profile=hw_profiles.load("loihi2"))
    nn.init.constant_(wide.weight, 100)
    yield nn.Sequential(wide, lif), "layer '0': synaptic sums must be at most 1073741760 membrane codes"


def test_models_that_cannot_be_exported(tmp_path: Path) -> None:
    for model, message in refused():
        with pytest.raises(ValueError, match=r"^integer: ") as error:
            to_onnx(model, torch.zeros(2, 1, 3), tmp_path / "x.onnx")
        assert message in str(error.value)
    assert not list(tmp_path.iterdir())


def test_wrong_arguments_leave_nothing_behind(tmp_path: Path) -> None:
    model = network(PROFILES[0])
    fan_in = quant.integer(model).in_features
    with pytest.raises(ValueError, match=r"dialect must be one of functions, flat, .*, table, got 'onnx'"):
        to_onnx(model, torch.zeros(2, 1, fan_in), tmp_path / "x.onnx", cast(Dialect, "onnx"))
    for shape in ((2, fan_in), (2, 1, fan_in + 1), (fan_in,), (2, 1, 1, fan_in)):
        with pytest.raises(ValueError, match=rf"example_input must be \[T, B, {fan_in}\], got \({shape[0]}, ?"):
            to_onnx(model, torch.zeros(shape), tmp_path / "x.onnx")
    (tmp_path / "folder").mkdir()
    for name in ("missing/x.onnx", "folder"):
        with pytest.raises(OSError, match=r"missing|folder"):
            to_onnx(model, torch.zeros(2, 1, fan_in), tmp_path / name)
    assert [p.name for p in tmp_path.rglob("*")] == ["folder"]


def test_write_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file.txt"
    export.write_whole(target, "first")
    export.write_whole(str(target), b"second")
    assert target.read_bytes() == b"second"
    monkeypatch.setattr(os, "fsync", lambda handle: os.fstat(-1))
    with pytest.raises(OSError, match="Bad file descriptor"):
        export.write_whole(target, "third")
    assert target.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [target]


class Unused(nn.Module):
    """A layer of neurons beside the one whose spikes come out."""

    def __init__(self) -> None:
        super().__init__()
        profile = hw_profiles.load("loihi2")
        self.first, self.beside = (quant.QuantLinear(4, 3, profile=profile) for _ in range(2))
        self.neurons, self.others = (quant.LIF(profile, Arctan()) for _ in range(2))
        for weights in (self.first, self.beside):
            nn.init.constant_(weights.weight, 0.4)

    def forward(self, x: torch.Tensor) -> Any:
        self.others(self.beside(x))
        return self.neurons(self.first(x))


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("form", ["scan", "unrolled", "step"])
def test_a_file_is_read_back_where_nothing_takes_what_a_layer_gives(form: Any, hidden: bool, tmp_path: Path) -> None:
    """Its weights are not in the file, unless its spikes, or its states, come out."""
    model, x = Unused(), (torch.rand(5, 2, 4, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    wanted = quant.integer(model).run(x.numpy())["neurons"]
    assert wanted.any()
    path = tmp_path / "x.onnx"
    export.to_onnx(model, x, path, "integer", form=form, hidden_spikes=hidden)
    export.to_c(path, tmp_path, "net")
    if form != "step":
        found = export.run_onnx(path, x.numpy())
        assert np.array_equal(found["neurons"], wanted)
        assert ("others" in found) == hidden
        export.to_onnx(model, x, path, form=form, hidden_spikes=hidden)
        assert np.array_equal(quant.integer(export.load(path)).run(x.numpy())["neurons"], wanted)
