"""Exported training steps do what torch does, in every runtime, and hold nothing they should not."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
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
    convolutional,
    dense,
    descend,
    difference,
    parameters,
)

from spikelut import export, hw_profiles, quant
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


def test_files_are_valid_and_reproducible(tmp_path: Path) -> None:
    contents, model = [], dense("loihi2")
    for _ in range(2):
        proto = to_train_step(model, torch.zeros(2, 5, INPUTS), tmp_path / "x.onnx")
        contents.append((tmp_path / "x.onnx").read_bytes())
    assert contents[0] == contents[1]
    assert onnx.load_from_string(contents[0]) == proto
    onnx.checker.check_model(proto, full_check=True)
    onnx.shape_inference.infer_shapes(proto, check_type=True, strict_mode=True, data_prop=True)
    assert [(entry.domain, entry.version) for entry in proto.opset_import] == [("", 18)]
    assert proto.ir_version == helper.find_min_ir_version_for(list(proto.opset_import))
    for place in (tmp_path, Path.cwd(), Path.home(), Path(export.__file__).parent, torch.__path__[0], "torch", "aten"):
        assert str(place).encode() not in contents[0], place
    unportable = {"BitShift", "BitwiseAnd", "BitwiseOr", "Scan", "Loop", "If"}
    assert not {node.op_type for node in proto.graph.node} & unportable
    names = [f"{i}.{p}" for i in range(4) for p in (("weight",) if i % 2 == 0 else ("bias",))]
    assert [value.name for value in proto.graph.input] == ["input", "target", "learning_rate", *names]
    assert [value.name for value in proto.graph.output] == ["loss", *(f"{name}.new" for name in names), "output"]
    assert not {value.name for value in proto.graph.input} & {c.name for c in proto.graph.initializer}
    dims = [d.dim_param or d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim]
    assert dims == [2, "B", INPUTS]
    texts = {entry.key: entry.value for entry in proto.metadata_props}
    assert texts.pop("spikelut.profile") == json.dumps(asdict(hw_profiles.load("loihi2")), sort_keys=True)
    assert texts == {"spikelut.dialect": "train-step", "spikelut.form": "train-step"}


def test_a_fixed_batch_a_given_rate_and_frozen_parameters(tmp_path: Path) -> None:
    model = dense("loihi2")
    model[0].weight.requires_grad_(False)
    path = tmp_path / "x.onnx"
    proto = to_train_step(model, (2, 5, INPUTS), path, dynamic_batch=False, learning_rate=RATE)
    names = [value.name for value in proto.graph.input]
    assert names == ["input", "target", "1.bias", "2.weight", "3.bias"]
    assert [d.dim_value for d in proto.graph.input[0].type.tensor_type.shape.dim] == [2, 5, INPUTS]
    fixed = Stepper(path, model)
    fixed.parameters.pop("0.weight")
    to_train_step(model, (2, 2, INPUTS), path)
    free = Stepper(path, model, learning_rate=np.array(RATE, np.float32))
    free.parameters.pop("0.weight")
    for x, y in batches((2, INPUTS), 5, (5,)):
        assert fixed(x, y) == free(x, y)
    assert difference(fixed.parameters, free.parameters) == 0


def test_the_model_is_left_as_it_was(tmp_path: Path) -> None:
    model = convolutional("generic8").train()
    tensors = {id(t): t.detach().clone() for t in (*model.parameters(), *model.buffers())}
    to_train_step(model, (1, 2, 2, 13, 11), tmp_path / "x.onnx")
    assert {id(t) for t in (*model.parameters(), *model.buffers())} == set(tensors)
    for tensor in (*model.parameters(), *model.buffers()):
        assert type(tensor) in (Tensor, nn.Parameter)
        assert torch.equal(tensor, tensors[id(tensor)])
        assert tensor.grad is None
    assert all(module.training for module in model)
    assert not any(module._forward_pre_hooks or module._forward_hooks for module in model.modules())


def refused() -> Iterator[tuple[nn.Module, dict[str, Any], str]]:
    model, profile = dense("loihi2"), hw_profiles.load("loihi2")
    example: dict[str, Any] = {"example_input": (2, 2, INPUTS)}
    shape = "example_input must be float32 [T, B, ...] with a step and a sample, got "
    yield model, {"example_input": (INPUTS,)}, f"{shape}'torch.float32 (6,)'"
    yield model, {"example_input": (0, 2, INPUTS)}, f"{shape}'torch.float32 (0, 2, 6)'"
    yield model, {"example_input": torch.zeros(2, 2, INPUTS).double()}, f"{shape}'torch.float64 (2, 2, 6)'"
    for rate in (0.0, -1.0, float("nan"), "0.1"):
        message = f"learning_rate must be > 0, or None for an input, got {rate!r}"
        yield model, {**example, "learning_rate": rate}, message
    yield model, {**example, "loss": "hinge"}, "loss must be one of cross_entropy, mse, got 'hinge'"
    yield (
        model,
        {**example, "loss": lambda out, _: out.sum((0, 1))},
        "loss must give one float32 number, got 'torch.float32 (3,)'",
    )
    target = {"example_target": torch.zeros(3, dtype=torch.int64)}
    yield model, {**example, **target}, "example_target must be [2, ...], got 'torch.int64 (3,)'"
    long = "steps times layers of neurons must be at most 1024"
    yield model, {"example_input": (513, 1, INPUTS)}, long
    slope = quant.LUTSurrogate(CURVE, profile)
    learned = nn.Sequential(quant.LIF(profile, slope, learn_beta=True), nn.Linear(INPUTS, 3))
    yield learned, example, "layer '0': decay and threshold must be fixed, they are integers of the graph, got 'learned"
    yield nn.Sequential(nn.Dropout(0.5), *model), example, "layer '0': dropout must be inactive (model.eval(), or p=0)"
    normalised = nn.Sequential(nn.Flatten(1), nn.BatchNorm1d(2 * INPUTS), *model)
    yield (
        normalised,
        example,
        "layer '1': batch normalisation must be folded into the weights (quant.convert does), got",
    )
    yield dense("loihi2").double(), example, "0.weight must be float32, got 'torch.float64'"
    yield dense("loihi2").to("meta"), example, "0.weight must be on the CPU, got 'meta'"
    yield quant.LIF(profile, slope), example, "model must have a parameter to train, got 'none'"
    yield nn.Linear(INPUTS, 3), example, "model must have neurons for loss 'cross_entropy', got 'none'"
    names = nn.Sequential()
    names.register_parameter("target", nn.Parameter(torch.ones(())))
    names.extend(model)
    yield names, example, "parameters must not be named as other inputs or outputs are, got ['target']"
    unknown = nn.Sequential(nn.Sequential(nn.Linear(INPUTS, 4), nn.GELU()), quant.LIF(profile, CURVE))
    yield unknown, example, """operations must be ones this export knows, got "gelu.default in layer '0.1' (GELU)\""""
    events = quant.EventLIF(INPUTS, 3, profile=hw_profiles.load("reckon"), surrogate=CURVE)
    wrapped = nn.Sequential(nn.Identity(), events, quant.LI(hw_profiles.load("reckon")))
    yield wrapped, example, "layer '1' (EventLIF): must decide nothing by the values of tensors"
    counting = nn.Sequential(nn.Flatten(2), nn.Linear(INPUTS, 4), Counting(), quant.LIF(profile, CURVE))
    in_place = "operations in place must not be on parts, views or buffers, got "
    yield counting, example, f"{in_place}\"add.Tensor_ in layer '2'"


class Counting(nn.Module):
    """Changes a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        count = cast(Tensor, self.count)
        count += 1
        return x * count


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    for model, arguments, message in refused():
        with pytest.raises(ValueError, match=r"^to_train_step: ") as error:
            to_train_step(model, path=tmp_path / "x.onnx", **arguments)
        assert message in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=re.escape("missing")):
        to_train_step(dense("loihi2"), (1, 1, INPUTS), tmp_path / "missing" / "x.onnx")
