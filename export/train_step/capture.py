"""Recording a training step of a torch model, backward pass and update included, as a graph of torch's operations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import get_proxy_mode, make_fx
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv, StatelessSymbolicContext

from spikelut._checks import require
from spikelut._text import printable
from spikelut._torch import decompositions
from spikelut.export.train_step.free_batch import FreeBatch
from spikelut.export.train_step.named_tensors import by_name, call, put_back
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.weights.module_reading import make_weights

HINT = 9973
"""The batch while a free one is recorded: a prime above other sizes, so that its multiples are those of the batch."""

_ATEN = torch.ops.aten
SIMPLIFIED = (
    _ATEN.native_batch_norm, _ATEN._native_batch_norm_legit, _ATEN.native_batch_norm_backward,
    _ATEN.native_layer_norm, _ATEN.native_layer_norm_backward,
    _ATEN.native_group_norm, _ATEN.native_group_norm_backward,
    _ATEN.lerp, _ATEN.addcmul, _ATEN.addcdiv, _ATEN.logsumexp, _ATEN.baddbmm,
    _ATEN.leaky_relu, _ATEN.leaky_relu_backward, _ATEN.elu, _ATEN.elu_backward, _ATEN.softplus, _ATEN.softplus_backward,
    _ATEN.hardtanh, _ATEN.hardtanh_backward, _ATEN.threshold_backward, _ATEN.sigmoid_backward, _ATEN.tanh_backward,
    _ATEN.smooth_l1_loss, _ATEN.smooth_l1_loss_backward, _ATEN.huber_loss, _ATEN.huber_loss_backward,
    _ATEN.binary_cross_entropy, _ATEN.binary_cross_entropy_backward, _ATEN.binary_cross_entropy_with_logits,
    _ATEN.pixel_shuffle, _ATEN.pixel_unshuffle, _ATEN.repeat,
)  # fmt: skip
"""Operations that are recorded as the simpler ones that torch itself makes of them."""

Loss = Callable[[Any, Tensor], Tensor]
"""From what the model gives and the target to a number."""


@dataclass(frozen=True)
class Step:
    """What a step is made of.

    `x`: a tensor, or several in a tuple or a dict. `rate`: None makes it an input. `free`: the batch is.
    """

    model: nn.Module
    loss: Loss
    x: Any
    target: Tensor
    rate: float | None
    free: bool
    functions: bool


class _Run(nn.Module):
    """Loss, new parameters and output; the model's tensors are replaced around it, forward and backward."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.model, self.step = step.model, step

    def forward(self, x: list[Tensor], y: Tensor, rate: Tensor | None, trained: Sequence[Tensor]) -> list[Tensor]:
        out = call(self.model, put_back(self.step.x, x))
        loss = self.step.loss(out, y)
        gradients = torch.autograd.grad(loss, trained, allow_unused=True, materialize_grads=True)
        factor: Any = self.step.rate if rate is None else rate
        # As torch.optim.SGD has it: p.add_(grad, alpha=-lr).
        new = [p.detach() - factor * g for p, g in zip(trained, gradients, strict=True)]
        return [loss.detach(), *new, *(part.detach() for part in by_name("output", out).values())]


def record(step: Step, trained: Sequence[str]) -> fx.GraphModule:
    """A step as operations on: inputs, target, the learning rate if it is one, `trained` parameters, other tensors.

    Those of the forward pass have the layer in their `meta["place"]`. It gives the loss, the new parameters, and what
    the model gave. Where the batch is free, it is the second dimension of inputs and the first of the target. Raises
    ValueError for a layer that decides by values, which no graph can, or that fixes the batch.
    """
    model, xs = step.model, list(by_name("input", step.x).values())
    tensors, homes = {**dict(model.named_parameters()), **dict(model.named_buffers())}, _homes(model)
    names = [*trained, *(name for name in tensors if name not in trained)]
    whole, running = _Run(step), ["-"]

    def run(*arguments: Tensor) -> list[Tensor]:
        x, (y, *rest) = arguments[: len(xs)], arguments[len(xs) :]
        given, values = (None, rest) if step.rate is not None else (rest[0], rest[1:])
        leaves = [v.detach().requires_grad_(name in trained) for name, v in zip(names, values, strict=True)]
        leaf = dict(zip(names, leaves, strict=True))
        replaced = {f"model.{place}": leaf[name] for place, name in homes.items()}
        with torch.enable_grad(), FreeBatch(running):
            # Ties are in `homes`: of a module that is used twice torch would restore but one.
            out: list[Tensor] = functional_call(
                whole, replaced, (x, y, given, leaves[: len(trained)]), tie_weights=False
            )
        return out

    fake = _fake_mode(ShapeEnv())
    arguments = [_stand_in(fake, x, 1 if step.free else None) for x in xs]
    arguments += [_stand_in(fake, step.target, 0 if step.free else None)]
    arguments += [_stand_in(fake, torch.zeros(()), None)] if step.rate is None else []
    arguments += [_stand_in(fake, tensors[name].detach(), None) for name in names]
    batch: Any = arguments[0].shape[1] if step.free else None
    fixed = []

    def left(layer: str) -> None:
        if batch is not None and (isinstance(batch, int) or batch.node.expr.is_number):
            fixed.append(layer)

    try:
        with _noting(model, running, left), unbranched(), fake:
            try:
                graph = make_fx(run, decomposition_table=decompositions(SIMPLIFIED))(*arguments)
            except ValueError:
                raise
            except Exception as error:
                message = f"layer {running[-1]}: must decide nothing by the values of tensors, which a graph cannot do"
                batch_too = " nor by the batch (or give dynamic_batch=False)" if step.free else ""
                got = f"{type(error).__name__}: {str(error).splitlines()[0]}"
                raise ValueError(printable(f"to_train_step: {message}{batch_too}, got {got}")) from error
    finally:
        # Weights that torch's hooks make were made of tensors without values.
        for module in model.modules():
            make_weights(module, grad=True)
    left("the loss")
    message = "model must not fix the batch with dynamic_batch=True; export with dynamic_batch=False"
    require(not fixed, "to_train_step", message, fixed[0] if fixed else "")
    graph.graph.eliminate_dead_code()
    return graph


def _fake_mode(shapes: ShapeEnv) -> Any:
    """A mode in which tensors have no values, with free sizes in `shapes`.

    Its class has no public name; `make_fx` makes one in its mode for free sizes, and the tensors it gives know theirs.
    """
    modes: list[Any] = []

    def look(x: Any) -> Any:
        modes.append(x.fake_mode)
        return x

    make_fx(look, tracing_mode="symbolic")(torch.zeros(2))
    # Tensors that a model has beside its parameters and buffers are constants.
    return type(modes[0])(shape_env=shapes, allow_non_fake_inputs=True)


def _homes(model: nn.Module) -> dict[str, str]:
    """Where each tensor is, once for each module that has it, and its name in the model."""
    names = {id(tensor): name for name, tensor in (*model.named_parameters(), *model.named_buffers())}
    homes = {}
    for path, module in model.named_modules():
        own = (
            *module.named_parameters(recurse=False, remove_duplicate=False),
            *module.named_buffers(recurse=False, remove_duplicate=False),
        )
        homes.update({f"{path}.{name}" if path else name: names[id(tensor)] for name, tensor in own})
    return homes


def _stand_in(fake: Any, tensor: Tensor, batch: int | None) -> Tensor:
    """A tensor without values; its dimension `batch` is free."""
    if batch is not None:
        # Never written, so that it takes no memory.
        tensor = torch.empty([HINT if i == batch else n for i, n in enumerate(tensor.shape)], dtype=tensor.dtype)
    sizes = [DimDynamic.DYNAMIC if i == batch else DimDynamic.STATIC for i in range(tensor.ndim)]
    stand_in: Tensor = fake.from_tensor(tensor, symbolic_context=StatelessSymbolicContext(dynamic_sizes=sizes))
    return stand_in


@contextmanager
def _noting(model: nn.Module, running: list[str], left: Callable[[str], None]) -> Iterator[None]:
    """Note the layer that runs in the `meta` of each operation.

    `running`: the layers that run now, the innermost last. `left` is called with each that was left.
    """
    noted: list[fx.Node] = []

    def note() -> None:
        mode = get_proxy_mode()
        nodes = reversed(mode.tracer.graph.nodes) if mode else ()
        new = list(takewhile(lambda node: node not in noted[-1:], nodes))
        for node in new:
            node.meta["place"] = running[-1]
        noted.extend(new[:1])

    def enter(layer: str) -> Callable[..., None]:
        def hook(*_: Any) -> None:
            note()
            running.append(layer)

        return hook

    def leave(*_: Any) -> None:
        note()
        left(running.pop())

    hooks = []
    for path, module in model.named_modules():
        layer = f"{path!r} ({type(module).__name__})"
        hooks += [module.register_forward_pre_hook(enter(layer)), module.register_forward_hook(leave)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
