"""Files of training steps hold nothing they should not; the model stays as it was; what would be wrong is refused."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from torch import Tensor, nn
from train_step_models import (
    CURVE,
    INPUTS,
    RATE,
    Stepper,
    batches,
    convolutional,
    dense,
    difference,
)

from spikelut import export, hw_profiles, quant
from spikelut.export.train_step.write import to_train_step
from spikelut.quant.weights.layers import QuantLinear


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
    yield nn.Sequential(nn.Dropout(0.5), *model), example, "layer '0': dropout must be inactive (model.eval(), or p=0)"
    normalised = nn.Sequential(quant.TimeDistributed(nn.BatchNorm1d(INPUTS, momentum=None)), *model)
    message = "layer '0.module': momentum must be a number, as a graph does not count batches; use momentum=0.1, got"
    yield normalised, example, message
    folded = QuantLinear(INPUTS, 4, profile=profile, batch_norm=True)
    norm = nn.Sequential(folded, quant.LIF(profile, slope, bias=folded))
    message = (
        "layer '0.batch_norm': folded batch norm must keep its statistics; use freeze() of it, or model.eval(), got"
    )
    yield norm, example, message
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
    in_place = "operations in place must not be on parts, views or inputs; use torch.stack or torch.cat of a list"
    yield counting, example, f"{in_place}, or x = x + y for x += y, got \"add.Tensor_ in layer '2'"
    yield model, {"example_input": {"x": torch.zeros(2, 2, INPUTS)}}, "example_input must be what forward takes"
    taken = nn.Sequential(Fn(lambda x: x.mul_(2)), *model)
    yield taken, example, "or x = x + y for x += y, got \"mul.Tensor_ in layer '0' (Fn)"
    sizes = {"example_input": ((2, 2, INPUTS), (2, 3, INPUTS))}
    yield model, {**example, **sizes}, "example_input must be tensors of one batch, got [2, 3]"
    several = nn.Sequential(*model, Fn(lambda x: {"a": x, "b": x}))
    message = "loss must be a function of all that the model gives (output.a, output.b), got 'cross_entropy'"
    yield several, example, message
    nothing = nn.Sequential(*model, Fn(lambda x: (x, None)))
    yield nothing, example, "model must give a tensor, or several in a tuple or dict, got ['NoneType']"
    yield nn.Sequential(*model, Fn(lambda x: x.topk(2, 2).values)), example, '(Fn)": use max, or torch.where'
    image, whole = {"example_input": (2, 2, 1, 4, 4)}, (nn.Flatten(2), nn.Linear(64, 3), quant.LI(profile))
    smooth = nn.Sequential(quant.TimeDistributed(nn.Upsample(scale_factor=2, mode="bilinear")), *whole)
    message = "layer '0.module' (Upsample): upsampling must be nearest, which moves spikes as they are; use mode="
    yield smooth, image, f"{message}'nearest', got 'bilinear'"
    unpooled = quant.TimeDistributed(Fn(lambda x: nn.functional.max_pool2d(x, 2, return_indices=True)[1].float()))
    indices = nn.Sequential(unpooled, nn.Flatten(2), nn.Linear(4, 3), quant.LI(profile))
    yield indices, image, "max pooling must not give its indices; use return_indices=False and nn.Upsample, got"
    fixed = nn.Sequential(Fn(lambda x: x + torch.zeros(2, 2, 1)), *model)
    message = "which a graph cannot do nor by the batch (or give dynamic_batch=False), got RuntimeError: The size of"
    yield fixed, example, message
    counted = nn.Sequential(Fn(lambda x: x * int(x.shape[1])), *model)
    message = "model must not fix the batch with dynamic_batch=True; export with dynamic_batch=False, got \"'0' (Fn)"
    yield counted, example, message


class Fn(nn.Module):
    """A function as a module."""

    def __init__(self, function: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Any:
        return self.function(x)


class Counting(nn.Module):
    """Changes a part of a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("count", torch.zeros(2))

    def forward(self, x: Tensor) -> Tensor:
        count = cast(Tensor, self.count)
        count[0] += 1
        return x * count[0]


def test_what_cannot_be_exported(tmp_path: Path) -> None:
    for model, arguments, message in refused():
        with pytest.raises(ValueError, match=r"^to_train_step: ") as error:
            to_train_step(model, path=tmp_path / "x.onnx", **arguments)
        assert message in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=re.escape("missing")):
        to_train_step(dense("loihi2"), (1, 1, INPUTS), tmp_path / "missing" / "x.onnx")
