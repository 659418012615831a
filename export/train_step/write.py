"""Writing a training step as an ONNX file: a device trains a network with nothing but a runtime."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import cast

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from spikelut._checks import is_finite, require, require_flags, require_one_of, require_type

# The operations register themselves.
from spikelut._defaults import with_usual_defaults
from spikelut._files import write_whole
from spikelut._gradients import require_ordinary, with_gradients
from spikelut.export.onnx_graph.graph import Var
from spikelut.export.onnx_graph.model import in_smallest_opset
from spikelut.export.train_step import aten_elementwise as _aten_elementwise  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_indexing as _aten_indexing  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_integers as _aten_integers  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_layers as _aten_layers  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_shapes as _aten_shapes  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_windows as _aten_windows  # noqa: F401  # which adds its operators
from spikelut.export.train_step.capture import Loss, Step, record
from spikelut.export.train_step.lut_node import Tables
from spikelut.export.train_step.named_tensors import Examples, by_name, check_inputs, zeros_of
from spikelut.export.train_step.recorded import Batch, Size, changed_inputs
from spikelut.export.train_step.rehearsal import LossName, check_model, loss_by_name, rehearse, trained_parameters
from spikelut.export.train_step.translate import DTYPES, SharedGraph, Translation, Value, constant
from spikelut.hw_profiles import Profile


@with_gradients
@with_usual_defaults
def to_train_step(
    model: nn.Module,
    example_input: Examples,
    path: str | os.PathLike[str],
    *,
    loss: LossName | Loss = "cross_entropy",
    example_target: Tensor | None = None,
    learning_rate: float | None = None,
    dynamic_batch: bool = True,
    functions: bool = False,
) -> onnx.ModelProto:
    """Export a step of stochastic gradient descent as an ONNX graph, for learning on the device; returns the model.

    Weights go in, the loss and new weights come out: NAME.new = NAME - learning_rate * gradient.

    Inputs are `input` [T, B, ...], `target`, `learning_rate` unless it is given, and every trained parameter by its
    name in the model. Outputs are `loss`, every NAME.new, to be fed back in, and `output`, which is what the model gave
    before the step: with a rate of zero, the graph evaluates. Several inputs and outputs are named `input.0` or
    `input.NAME`, `output.0` or `output.NAME`. Buffers that a step changes, such as the running statistics of a batch
    norm in training mode, are inputs by their names, and outputs `NAME.new` too.

    The forward pass computes the chip's integers. The gradient is torch's own backward pass through them, surrogate
    table included, unrolled over the T steps of the example: train in short windows. Floats are those of torch, to the
    last bit where float32 holds every sum exactly; elsewhere, sums are made in another order. The graph holds standard
    operators only, and tables as integers, so that runtimes and compilers to C take it.

    - `example_input`: [T, B, ...], or its shape. For a model with several inputs: a tuple of these in the order of its
      `forward`, or a dict by the names there.
    - `loss`: `cross_entropy` with classes, or `mse` with scores. Either takes scores [B, K]: the number of spikes of
      each output or, for a read-out, its mean membrane. Or a function of what the model gives, unchanged, and of the
      target.
    - `example_target`: a tensor with the shape and type of the target. None takes a class for each sample, int64 [B],
      or scores, float32 [B, K].
    - `learning_rate`: None makes it an input, a float32 number.
    - `dynamic_batch`: the second dimension of `input`, and the first of `target`, may have any size; otherwise they
      have that of the example.
    - `functions`: derivatives are read by `org.spikelut::LutSurrogate` instead of by Gather. This function carries
      curve and table, and has a body in standard operators.

    Parameters that need no gradient, and other buffers, are constants. The model is recorded in the mode it is in. The
    same model gives the same bytes. The file appears whole or not at all.

    Raises ValueError for a model on another device, in other floats than float32, or without a parameter to train. Also
    for active dropout, a batch norm that counts batches, folded batch norm that is not frozen, and a model that is too
    long (T times the layers of neurons). Also for a layer that decides by values, or has an operation without a
    counterpart; the message has its name and what to do instead. Also for an example, target or rate that does not fit.
    Raises OSError if the file cannot be written.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> lut = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, lut))
    >>> graph = export.to_train_step(model, (3, 1, 8), "learn.onnx").graph
    >>> [value.name for value in graph.input], [value.name for value in graph.output]
    (['input', 'target', 'learning_rate', '0.weight'], ['loss', '0.weight.new', 'output'])
    ```
    """
    who = "to_train_step"
    require_type(who, "model", model, nn.Module, "a torch.nn.Module")
    check_model(model)
    require_ordinary(who, model)
    require_flags(who, dynamic_batch=dynamic_batch, functions=functions)
    kinds = (Tensor, Mapping, tuple, list)
    require_type(who, "example_input", example_input, kinds, "a tensor or a shape [T, B, ...]")
    require_type(who, "example_target", example_target, (Tensor, type(None)), "a tensor, or None")
    x = zeros_of(example_input)
    check_inputs(model, x)
    valid = learning_rate is None or (is_finite(learning_rate) and learning_rate > 0)
    require(valid, who, "learning_rate must be > 0, or None for an input", learning_rate)
    if not callable(loss):
        require_one_of(who, "loss", loss, LossName)
    chosen = loss if callable(loss) else loss_by_name(model, loss, x)
    target, parts = rehearse(model, chosen, x, example_target, None if callable(loss) else loss)
    proto = _build(Step(model, chosen, x, target, learning_rate, dynamic_batch, functions), parts)
    helper.set_model_props(proto, _described(model))
    write_whole(path, proto.SerializeToString(deterministic=True))
    return proto


def _build(step: Step, parts: list[str]) -> onnx.ModelProto:
    """The model of a step whose arguments were checked; `parts`: the names of what the model gives."""
    model, graph, trained = step.model, SharedGraph(), trained_parameters(step.model)
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    given = {**by_name("input", step.x), "target": step.target}
    given |= {"learning_rate": torch.zeros(())} if step.rate is None else {}
    recorded = record(step, trained)
    # In the order in which they were recorded.
    names = [*given, *trained, *(name for name in tensors if name not in trained)]
    states = [names[i] for i in changed_inputs(recorded) if names[i] not in (*given, *trained)]
    taken = [name for name in (*trained, *states) if name in (*given, "loss", *parts)]
    require(not taken, "to_train_step", "parameters must not be named as other inputs or outputs are", taken)
    free = {name: 0 if name == "target" else 1 for name in given if name != "learning_rate"} if step.free else {}
    given |= {name: tensors[name] for name in (*trained, *states)}
    inputs = {name: Var(graph, name, DTYPES[tensor.dtype]) for name, tensor in given.items()}
    shapes = {name: _shape(tensor, free.get(name)) for name, tensor in given.items()}
    values = {name: Value(var, shapes[name]) for name, var in inputs.items()}
    values |= {name: constant(tensors[name].detach()) for name in names if name not in inputs}
    translation = Translation(graph, next(iter(inputs.values())), Tables.of(model, graph, step.functions))
    with torch.no_grad():
        made = translation.run(recorded, [values[name] for name in names], [names.index(name) for name in states])
    new = [f"{name}.new" for name in (*trained, *states)]
    found = dict(zip(["loss", *new[: len(trained)], *parts, *new[len(trained) :]], made, strict=True))
    outputs = {name: found[name] for name in ("loss", *new, *parts)}
    graph.prune([var for var, _ in made])
    ends = [helper.make_node("Identity", [var.name], [name], name=name) for name, (var, _) in outputs.items()]
    proto = helper.make_graph(
        [*graph.nodes, *ends],
        "spikelut_train_step",
        [_info(name, var.dtype, shapes[name]) for name, var in inputs.items()],
        [_info(name, var.dtype, shape) for name, (var, shape) in outputs.items()],
        initializer=list(graph.constants.values()),
    )
    return in_smallest_opset(proto)


def _shape(tensor: Tensor, batch: int | None) -> tuple[Size, ...]:
    return tuple(Batch(1) if i == batch else n for i, n in enumerate(tensor.shape))


def _info(name: str, dtype: int, shape: tuple[Size, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, ["B" if isinstance(n, Batch) else n for n in shape])


def _described(model: nn.Module) -> dict[str, str]:
    """The metadata of the file."""
    texts = {"spikelut.dialect": "train-step", "spikelut.form": "train-step"}
    profiles = [m.profile for m in model.modules() if isinstance(getattr(m, "profile", None), Profile)]
    if profiles:
        texts["spikelut.profile"] = json.dumps(asdict(cast(Profile, profiles[0])), sort_keys=True)
    return texts
