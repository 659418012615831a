"""Writing a training step as an ONNX file: a device trains a network with nothing but a runtime."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import onnx
import torch
from onnx import helper
from torch import Tensor, nn
from torch.nn import functional

# The operations register themselves.
from spikelut._checks import is_finite, require, require_one_of
from spikelut._files import write_whole
from spikelut.export.onnx_graph.graph import Var
from spikelut.export.onnx_graph.model import in_smallest_opset
from spikelut.export.train_step import aten_elementwise as _aten_elementwise  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_integers as _aten_integers  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_layers as _aten_layers  # noqa: F401  # which adds its operators
from spikelut.export.train_step import aten_shapes as _aten_shapes  # noqa: F401  # which adds its operators
from spikelut.export.train_step.capture import Loss, record
from spikelut.export.train_step.lut_node import Tables
from spikelut.export.train_step.translate import DTYPES, Batch, SharedGraph, Size, Translation, Value, constant
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.neurons.base import Neuron, SpikingLayer

LossName = Literal["cross_entropy", "mse"]

MAX_UNROLLED = 1024
"""Steps times layers of neurons: each adds about 40 nodes to the file and 0.05 seconds to the export."""


@dataclass(frozen=True)
class _Step:
    """What a step is made of; `free`: the batch is."""

    model: nn.Module
    loss: Loss
    x: Tensor
    target: Tensor
    rate: float | None
    free: bool
    functions: bool


def to_train_step(
    model: nn.Module,
    example_input: Tensor | tuple[int, ...],
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
    name in the model. Outputs are `loss`, `NAME.new` = NAME - learning_rate * gradient, to be fed back in, and
    `output`, what the model gave, [T, B, ...], before the step: a rate of zero evaluates. The forward pass is the
    chip's integers, the gradient torch's own backward pass through them, surrogate table included, unrolled over the T
    steps of the example: train in short windows. Floats are those of torch, to the last bit where float32 holds every
    sum exactly; elsewhere sums are made in another order. The graph holds standard operators only, so that runtimes and
    compilers to C take it; the tables are integers in it.

    - `example_input`: [T, B, ...], or its shape.
    - `loss`: of the scores [B, K], the number of each output's spikes or, of a read-out, its mean membrane:
      `cross_entropy` with classes, `mse` with scores; or a function of the model's output and the target.
    - `example_target`: its shape and type. None takes a class for each sample, int64 [B], or scores, float32 [B, K].
    - `learning_rate`: None makes it an input, a float32 number.
    - `dynamic_batch`: the second dimension of `input`, and the first of `target`, may be any; else the example's.
    - `functions`: derivatives are read by `org.spikelut::LutSurrogate`, which carries curve and table and has a body in
      standard operators, instead of by Gather.

    Parameters that need no gradient, and buffers, are constants. The model is recorded in the mode it is in. The same
    model gives the same bytes. The file appears whole or not at all.

    Raises ValueError for a model on another device or in other floats than float32, without a parameter to train,
    with active dropout, with a learned decay or threshold, or too long (T times the layers of neurons); a layer that
    decides by values, or that has an operation without a counterpart, by its name; an example, target or rate that
    does not fit; OSError if the file cannot be written.

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
    _check_model(model)
    x = example_input if isinstance(example_input, Tensor) else torch.zeros(example_input)
    fits = x.dtype == torch.float32 and x.ndim >= 2 and min(x.shape[:2]) > 0
    message = "example_input must be float32 [T, B, ...] with a step and a sample"
    require(fits, who, message, f"{x.dtype} {tuple(x.shape)}")
    valid = learning_rate is None or (is_finite(learning_rate) and learning_rate > 0)
    require(valid, who, "learning_rate must be > 0, or None for an input", learning_rate)
    if not callable(loss):
        require_one_of(who, "loss", loss, LossName)
    chosen = loss if callable(loss) else _named(model, loss, x)
    target = _rehearse(model, chosen, x, example_target, not callable(loss))
    proto = _build(_Step(model, chosen, x, target, learning_rate, dynamic_batch, functions))
    helper.set_model_props(proto, _described(model))
    write_whole(path, proto.SerializeToString(deterministic=True))
    return proto


def _check_model(model: nn.Module) -> None:
    """ValueError for what cannot become a step, and is told by looking at the modules."""
    who = "to_train_step"
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        place = f"{name} must be on the CPU"
        require(tensor.device.type == "cpu", who, place, str(tensor.device))
        require(
            not tensor.is_floating_point() or tensor.dtype == torch.float32,
            who,
            f"{name} must be float32",
            str(tensor.dtype),
        )
    require(bool(_trained(model)), who, "model must have a parameter to train", "none")
    for path, module in model.named_modules():
        layer = f"layer {path!r}"
        if isinstance(module, nn.modules.dropout._DropoutNd):
            active = module.training and module.p > 0
            require(not active, who, f"{layer}: dropout must be inactive (model.eval(), or p=0)", f"p={module.p:g}")
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            message = f"{layer}: batch normalisation must be folded into the weights (quant.convert does)"
            require(False, who, message, type(module).__name__)
        if isinstance(module, Neuron):
            learned = [n for n in ("raw_beta", "raw_threshold") if getattr(module, n) is not None]
            message = f"{layer}: decay and threshold must be fixed, they are integers of the graph"
            require(not learned, who, message, ", ".join(n.replace("raw_", "learned ") for n in learned))


def _trained(model: nn.Module) -> list[str]:
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def _neurons(model: nn.Module) -> list[Neuron]:
    return [module for module in model.modules() if isinstance(module, Neuron)]


def _named(model: nn.Module, name: LossName, x: Tensor | None = None) -> Loss:
    """A loss by its name, of what the last layer of neurons gives, of both kinds the one that runs last for `x`."""
    neurons = _neurons(model)
    require(bool(neurons), "to_train_step", f"model must have neurons for loss {name!r}", "none")
    kinds = {neuron.surrogate is None for neuron in neurons}
    both = x is not None and len(kinds) == 2
    reads_out = _ends_in_readout(model, x) if both else neurons[-1].surrogate is None

    def cross_entropy(out: Tensor, target: Tensor) -> Tensor:
        return functional.cross_entropy(out.mean(0) if reads_out else out.sum(0), target)

    def mse(out: Tensor, target: Tensor) -> Tensor:
        return functional.mse_loss(out.mean(0) if reads_out else out.sum(0), target)

    return cross_entropy if name == "cross_entropy" else mse


def _ends_in_readout(model: nn.Module, x: Tensor | None) -> bool:
    """Whether the layer of neurons that runs last, in the model's own `forward`, is a read-out."""
    ran: list[nn.Module] = []
    layers = [module for module in model.modules() if isinstance(module, SpikingLayer)]
    hooks = [layer.register_forward_hook(lambda layer, *_: ran.append(layer)) for layer in layers]
    try:
        with torch.no_grad(), unbranched():
            model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return bool(ran) and isinstance(ran[-1], Neuron) and ran[-1].surrogate is None


def _rehearse(model: nn.Module, loss: Loss, x: Tensor, target: Tensor | None, named: bool) -> Tensor:
    """The target, after the model and the loss ran once on the examples: their own errors come as they are."""
    steps: list[int] = []
    layers = [module for module in model.modules() if isinstance(module, SpikingLayer)]
    hooks = [layer.register_forward_pre_hook(lambda _, given: steps.append(len(given[0]))) for layer in layers]
    try:
        with torch.no_grad(), unbranched():
            out: Any = model(x)
            require(isinstance(out, Tensor), "to_train_step", "model must give one tensor", type(out).__name__)
            if target is None:
                scores = named and loss.__name__ == "mse"
                target = torch.zeros(out.shape[1:]) if scores else torch.zeros(x.shape[1], dtype=torch.int64)
            fits = target.ndim > 0 and len(target) == x.shape[1] and target.dtype in DTYPES
            shown = f"{target.dtype} {tuple(target.shape)}"
            require(fits, "to_train_step", f"example_target must be [{x.shape[1]}, ...]", shown)
            value = loss(out, target)
            fits = value.ndim == 0 and value.dtype == torch.float32
            require(fits, "to_train_step", "loss must give one float32 number", f"{value.dtype} {tuple(value.shape)}")
    finally:
        for hook in hooks:
            hook.remove()
    unrolled = max(steps, default=0) * len(_neurons(model))
    message = f"steps times layers of neurons must be at most {MAX_UNROLLED} (each adds some 40 nodes and 0.05 seconds)"
    require(unrolled <= MAX_UNROLLED, "to_train_step", f"{message}, so train in shorter windows", unrolled)
    return target


def _build(step: "_Step") -> onnx.ModelProto:
    """The model of a step whose arguments were checked."""
    model, graph, trained = step.model, SharedGraph(), _trained(step.model)
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    given = {"input": step.x, "target": step.target}
    given |= {"learning_rate": torch.zeros(())} if step.rate is None else {}
    taken = [name for name in trained if name in (*given, "loss", "output")]
    require(not taken, "to_train_step", "parameters must not be named as other inputs or outputs are", taken)
    given |= {name: tensors[name] for name in trained}
    inputs = [_input(graph, name, tensor, step.free) for name, tensor in given.items()]
    constants = [constant(tensor.detach()) for name, tensor in tensors.items() if name not in trained]
    recorded = record(model, step.loss, step.x, step.target, step.rate, trained, step.free)
    translation = Translation(
        graph, Var(graph, "input", DTYPES[torch.float32]), Tables.of(model, graph, step.functions)
    )
    with torch.no_grad():
        made = translation.run(recorded, [*inputs, *constants])
    outputs = dict(zip(["loss", *(f"{name}.new" for name in trained), "output"], made, strict=True))
    graph.prune([var for var, _ in made])
    ends = [helper.make_node("Identity", [var.name], [name], name=name) for name, (var, _) in outputs.items()]
    proto = helper.make_graph(
        [*graph.nodes, *ends],
        "spikelut_train_step",
        [_info(value.data.name, value.data.dtype, value.shape) for value in inputs if isinstance(value.data, Var)],
        [_info(name, var.dtype, shape) for name, (var, shape) in outputs.items()],
        initializer=list(graph.constants.values()),
    )
    return in_smallest_opset(proto)


def _input(graph: SharedGraph, name: str, tensor: Tensor, free: bool) -> Value:
    batch = {"input": 1, "target": 0}.get(name) if free else None
    shape = tuple(Batch(1) if i == batch else n for i, n in enumerate(tensor.shape))
    return Value(Var(graph, name, DTYPES[tensor.dtype]), shape)


def _info(name: str, dtype: int, shape: tuple[Size, ...]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, ["B" if isinstance(n, Batch) else n for n in shape])


def _described(model: nn.Module) -> dict[str, str]:
    """The metadata of the file."""
    texts = {"spikelut.dialect": "train-step", "spikelut.form": "train-step"}
    profiles = [m.profile for m in model.modules() if isinstance(getattr(m, "profile", None), Profile)]
    if profiles:
        texts["spikelut.profile"] = json.dumps(asdict(cast(Profile, profiles[0])), sort_keys=True)
    return texts
