"""Exported training steps do what torch does, in every runtime."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional
from train_step_models import (
    CURVE,
    HIDDEN,
    INPUTS,
    MODELS,
    RATE,
    SLACK,
    Stepper,
    batches,
    dense,
    descend,
    difference,
    parameters,
)

from spikelut import hw_profiles, quant
from spikelut.export import runtimes
from spikelut.export.train_step.write import to_train_step
from spikelut.quant.dynamics.leak import input_share
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import ALL, ReluGrad


@pytest.mark.parametrize("name", MODELS)
def test_forty_steps_are_torch_s(name: str, tmp_path: Path) -> None:
    make, shape, loss = MODELS[name]
    model = make()
    path = tmp_path / "x.onnx"
    # A batch of the size of other dimensions, which must not be taken for it.
    proto = to_train_step(model, (shape[0], HIDDEN, *shape[1:]), path, learning_rate=RATE)
    before, stepper = parameters(model), Stepper(path, model)
    for x, y in batches(shape, 40):
        expected = model(x).detach().numpy()
        assert stepper(x, y) == pytest.approx(descend(model, loss, x, y), rel=1e-5, abs=SLACK)
        assert np.array_equal(stepper.output, expected)
    after = parameters(model)
    assert all(not np.array_equal(before[key], after[key]) for key in before)
    assert difference(before, after) > 0.01
    assert difference(stepper.parameters, after) < SLACK
    types = {a.i for node in proto.graph.node if node.op_type == "Cast" for a in node.attribute}
    assert TensorProto.INT64 in types or name != "spinnaker1"
    # torch decodes what it interpolated in float64.
    assert (TensorProto.DOUBLE in types) == (name == "tflm_int16")


def in_few_bits() -> nn.Sequential:
    """A network whose gradients are multiples of a coarse grid, so that float32 holds every sum, whatever its order.

    Membranes of 4 fractional bits, a decay of a half, a piecewise linear curve, and a fixed scale of the weights.
    """
    torch.manual_seed(0)
    profile = hw_profiles.load("hls4ml").with_grid(4)
    slope = quant.LUTSurrogate(ReluGrad(alpha=1.0, width=1.0), profile)
    model = nn.Sequential(
        QuantLinear(8, 16, profile=profile),
        quant.LIF(profile, slope, beta=0.5, bias=16),
        QuantLinear(16, 4, profile=profile),
        quant.LI(profile, beta=0.5, bias=4),
    )
    for layer in (model[0], model[2]):
        cast(Any, layer).weight.data *= 2.5 / input_share(profile.decay, 0.5)
    return model


# Each has its own order of sums, and its own exponential.
@pytest.mark.parametrize("name", ["onnxruntime", "reference", "openvino", "c"])
def test_steps_are_identical_where_sums_are_exact(name: str, tmp_path: Path) -> None:
    runtime = runtimes.by_name(name)
    if runtime.missing():
        pytest.skip(runtime.missing())
    steps, batch, rate = 4, 8, 0.0625
    model, random = in_few_bits(), torch.Generator().manual_seed(1)
    example = {"example_input": (steps, batch, 8), "example_target": torch.zeros(batch, 4)}
    path = tmp_path / "x.onnx"
    to_train_step(model, path=path, loss="mse", learning_rate=rate, dynamic_batch=False, **cast(Any, example))
    optimiser, before, found = torch.optim.SGD(model.parameters(), lr=rate), parameters(model), parameters(model)
    with runtime.session(path) as session:
        for _ in range(40):
            x = (torch.rand(steps, batch, 8, generator=random) < 0.4).float()
            y = torch.randint(-8, 8, (batch, 4), generator=random) / 8
            out = session({"input": x.numpy(), "target": y.numpy(), **found})
            found = {key: out[f"{key}.new"] for key in found}
            loss = functional.mse_loss(model(x).mean(0), y)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            optimiser.step()
            assert float(out["loss"]) == float(loss.detach())
            assert difference(found, parameters(model)) == 0
    assert all(np.abs(found[key] - before[key]).max() > 0.05 for key in before)


def test_the_table_is_an_integer_constant_that_the_gradient_reads(tmp_path: Path) -> None:
    for name in ("loihi2", "tflm_int16"):
        model = dense(name)
        proto = to_train_step(model, (2, 2, INPUTS), tmp_path / "x.onnx", learning_rate=RATE)
        (stored,) = [c for c in proto.graph.initializer if c.name == "table.1"]
        lut = cast(Any, model[1]).surrogate
        assert numpy_helper.to_array(stored).tolist() == lut.codes.tolist()
        assert stored.data_type == {"loihi2": TensorProto.UINT8, "tflm_int16": TensorProto.INT16}[name]
        ((x, y),) = batches((2, INPUTS), 1)
        runs = []
        for content in (numpy_helper.to_array(stored), np.zeros_like(numpy_helper.to_array(stored))):
            stored.CopyFrom(numpy_helper.from_array(content, "table.1"))
            onnx.save(proto, tmp_path / "x.onnx")
            stepper = Stepper(tmp_path / "x.onnx", model)
            stepper(x, y)
            runs.append(stepper.parameters)
        # Without a slope nothing comes through to the first layer, and nothing else changes.
        assert np.array_equal(runs[1]["0.weight"], parameters(model)["0.weight"])
        assert not np.array_equal(runs[0]["0.weight"], runs[1]["0.weight"])
        assert np.array_equal(runs[0]["2.weight"], runs[1]["2.weight"])


def test_lookups_as_nodes_with_a_body(tmp_path: Path) -> None:
    model, runs = dense("loihi2"), []
    for functions in (False, True):
        path = tmp_path / f"{functions}.onnx"
        proto = to_train_step(model, (2, 5, INPUTS), path, learning_rate=RATE, functions=functions)
        stepper = Stepper(path, model)
        for x, y in batches((2, INPUTS), 3):
            stepper(x, y)
        runs.append(stepper.parameters)
    assert difference(*runs) == 0
    found = parameters(model)
    with runtimes.by_name("reference").session(path) as session:
        for x, y in batches((2, INPUTS), 3):
            out = session({"input": x.numpy(), "target": y.numpy(), **found})
            found = {key: out[f"{key}.new"] for key in found}
    assert difference(runs[1], found) < SLACK
    assert [(f.domain, f.name) for f in proto.functions] == [("org.spikelut", "LutSurrogate")]
    (node,) = [n for n in proto.graph.node if n.domain]
    assert node.op_type == "LutSurrogate"
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    assert attributes["surrogate"] == b"arctan"
    assert attributes["parameter_values"] == [CURVE.alpha]
    lut = cast(Any, model[1]).surrogate
    assert json.loads(attributes["table_format"]) == lut.table.rule()


class Parallel(nn.Module):
    """Neurons of every surrogate, side by side."""

    def __init__(self) -> None:
        super().__init__()
        profile = hw_profiles.load("generic16")
        self.layers = nn.ModuleList(quant.LIF(profile, curve()) for curve in ALL)

    def forward(self, current: Tensor) -> Tensor:
        return torch.stack([layer(current[:, :, i : i + 1]) for i, layer in enumerate(self.layers)]).sum(0)


def test_every_curve(tmp_path: Path) -> None:
    torch.manual_seed(0)
    profile = hw_profiles.load("generic16")
    model = nn.Sequential(QuantLinear(2, len(ALL), profile=profile), Parallel())
    x, y = torch.tensor([[[1.0, 0.0], [1.0, 1.0]]]), torch.tensor([[1.0], [0.0]])
    to_train_step(model, x, tmp_path / "x.onnx", loss="mse", learning_rate=RATE)
    before, stepper = parameters(model), Stepper(tmp_path / "x.onnx", model)
    for _ in range(3):
        stepper(x, y)
        descend(model, lambda out, target: functional.mse_loss(out.sum(0), target), x, y)
    moved = (before["0.weight"] != cast(Any, model[0]).weight.detach().numpy()).any(1)
    assert moved.sum() >= len(ALL) - 2  # some end before the membrane does
    # Curves such as exp are a few units in the last place apart.
    assert difference(stepper.parameters, parameters(model)) < SLACK


@pytest.mark.parametrize("name", ["reckon", "convolutional"])
def test_compiled_to_c(name: str, tmp_path: Path) -> None:
    runtime = runtimes.by_name("c")
    if runtime.missing():
        pytest.skip(runtime.missing())
    make, shape, _ = MODELS[name]
    model = make()
    to_train_step(model, (shape[0], 2, *shape[1:]), tmp_path / "x.onnx", learning_rate=RATE)
    stepper, found = Stepper(tmp_path / "x.onnx", model), parameters(model)
    with runtime.session(tmp_path / "x.onnx") as session:
        for x, y in batches(shape, 40, (3,)):
            out = session({"input": x.numpy(), "target": y.numpy(), **found})
            found = {key: out[f"{key}.new"] for key in found}
            assert float(out["loss"]) == pytest.approx(stepper(x, y), rel=1e-5, abs=SLACK)
    assert difference(parameters(model), found) > 0.01
    assert difference(found, stepper.parameters) < SLACK
