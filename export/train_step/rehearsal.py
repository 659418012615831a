"""Looking at a model, and running it once, before its training step is recorded: what would be refused is told here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut._checks import require
from spikelut.export.train_step.capture import Loss
from spikelut.export.train_step.named_tensors import by_name, call
from spikelut.export.train_step.translate import DTYPES
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.neurons.base import Neuron, SpikingLayer
from spikelut.quant.weights.batch_norm import FoldedBatchNorm

LossName = Literal["cross_entropy", "mse"]

MAX_UNROLLED = 1024
"""Steps times layers of neurons: each adds about 40 nodes to the file and 0.05 seconds to the export."""


def check_model(model: nn.Module) -> None:
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
    require(bool(trained_parameters(model)), who, "model must have a parameter to train", "none")
    for path, module in model.named_modules():
        layer = f"layer {path!r}"
        if isinstance(module, nn.modules.dropout._DropoutNd):
            active = module.training and module.p > 0
            require(not active, who, f"{layer}: dropout must be inactive (model.eval(), or p=0)", f"p={module.p:g}")
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.training and module.track_running_stats:
            message = f"{layer}: momentum must be a number, as a graph does not count batches; use momentum=0.1"
            require(module.momentum is not None, who, message, None)
        if isinstance(module, FoldedBatchNorm):
            updates = module.training and not module.frozen
            message = f"{layer}: folded batch norm must keep its statistics; use freeze() of it, or model.eval()"
            require(not updates, who, message, "statistics that every batch changes")


def trained_parameters(model: nn.Module) -> list[str]:
    """The names of the parameters that are trained."""
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def _neurons(model: nn.Module) -> list[Neuron]:
    return [module for module in model.modules() if isinstance(module, Neuron)]


def loss_by_name(model: nn.Module, name: LossName, x: Any = None) -> Loss:
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


def _ends_in_readout(model: nn.Module, x: Any) -> bool:
    """Whether the layer of neurons that runs last, in the model's own `forward`, is a read-out."""
    ran: list[nn.Module] = []
    layers = [module for module in model.modules() if isinstance(module, SpikingLayer)]
    hooks = [layer.register_forward_hook(lambda layer, *_: ran.append(layer)) for layer in layers]
    try:
        with torch.no_grad(), unbranched(), _buffers_kept(model):
            call(model, x)
    finally:
        for hook in hooks:
            hook.remove()
    return bool(ran) and isinstance(ran[-1], Neuron) and ran[-1].surrogate is None


def rehearse(
    model: nn.Module, loss: Loss, x: Any, target: Tensor | None, named: LossName | None
) -> tuple[Tensor, list[str]]:
    """The target and the names of outputs, after the model and the loss ran once on the examples.

    Their own errors come as they are. `named`: the name of the loss, if it has one.
    """
    who, steps = "to_train_step", []
    first = next(iter(by_name("input", x).values()))
    batch = first.shape[1]
    layers = [module for module in model.modules() if isinstance(module, SpikingLayer)]
    hooks = [layer.register_forward_pre_hook(lambda _, given: steps.append(len(given[0]))) for layer in layers]
    try:
        with torch.no_grad(), unbranched(), _buffers_kept(model):
            out: Any = call(model, x)
            parts = by_name("output", out)
            kinds = [type(part).__name__ for part in parts.values() if not isinstance(part, Tensor)]
            require(not kinds and bool(parts), who, "model must give a tensor, or several in a tuple or dict", kinds)
            if named is not None and not isinstance(out, Tensor):
                message = f"loss must be a function of all that the model gives ({', '.join(parts)})"
                require(False, who, message, named)
            if target is None:
                target = torch.zeros(out.shape[1:]) if named == "mse" else torch.zeros(batch, dtype=torch.int64)
            fits = target.ndim > 0 and len(target) == batch and target.dtype in DTYPES
            shown = f"{target.dtype} {tuple(target.shape)}"
            require(fits, who, f"example_target must be [{batch}, ...]", shown)
            value = loss(out, target)
            fits = value.ndim == 0 and value.dtype == torch.float32
            require(fits, who, "loss must give one float32 number", f"{value.dtype} {tuple(value.shape)}")
    finally:
        for hook in hooks:
            hook.remove()
    # Of neurons that are run step by step, in a loop, no hook knows.
    unrolled = max(steps, default=len(first)) * len(_neurons(model))
    message = f"steps times layers of neurons must be at most {MAX_UNROLLED} (each adds some 40 nodes and 0.05 seconds)"
    require(unrolled <= MAX_UNROLLED, who, f"{message}, so train in shorter windows", unrolled)
    return target, list(parts)


@contextmanager
def _buffers_kept(model: nn.Module) -> Iterator[None]:
    """Give buffers their values back: those of a batch normalisation change whenever it runs."""
    kept = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    try:
        yield
    finally:
        for buffer, value in kept:
            if not torch.equal(buffer, value):
                buffer.copy_(value)
