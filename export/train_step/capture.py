"""Recording a training step of a torch model, backward pass and update included, as a graph of torch's operations."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.func import functional_call
from torch.fx.experimental.proxy_tensor import get_proxy_mode, make_fx
from torch.fx.experimental.symbolic_shapes import DimDynamic, ShapeEnv, StatelessSymbolicContext

from spikelut._checks import require
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.weights.module_reading import make_weights

HINT = 9973
"""The batch while a free one is recorded: a prime above other sizes, so that its multiples are those of the batch."""

Loss = Callable[[Tensor, Tensor], Tensor]
"""From the model's output and the target to a number."""


class _Step(nn.Module):
    """Loss, new parameters and output; the model's tensors are replaced around it, forward and backward."""

    def __init__(self, model: nn.Module, loss: Loss, rate: float | None) -> None:
        super().__init__()
        self.model, self.loss, self.rate = model, loss, rate

    def forward(self, x: Tensor, y: Tensor, rate: Tensor | None, trained: Sequence[Tensor]) -> list[Tensor]:
        out = self.model(x)
        loss = self.loss(out, y)
        gradients = torch.autograd.grad(loss, trained, allow_unused=True, materialize_grads=True)
        factor: Any = self.rate if rate is None else rate
        # As torch.optim.SGD has it: p.add_(grad, alpha=-lr).
        new = [p.detach() - factor * g for p, g in zip(trained, gradients, strict=True)]
        return [loss.detach(), *new, out.detach()]


def record(
    model: nn.Module, loss: Loss, x: Tensor, y: Tensor, rate: float | None, trained: Sequence[str], free: bool
) -> fx.GraphModule:
    """A step as operations on: x, y, the learning rate if `rate` is None, the `trained` parameters, all other tensors.

    Those of the forward pass have the layer in their `meta["place"]`.

    `free`: the second dimension of `x` and the first of `y` stand for any batch. Raises ValueError for a layer that
    decides by values, which no graph can, or that fixes the batch.
    """
    tensors, homes = {**dict(model.named_parameters()), **dict(model.named_buffers())}, _homes(model)
    names = [*trained, *(name for name in tensors if name not in trained)]
    step = _Step(model, loss, rate)

    def run(x: Tensor, y: Tensor, *rest: Tensor) -> list[Tensor]:
        given, values = (None, rest) if rate is not None else (rest[0], rest[1:])
        leaves = [v.detach().requires_grad_(name in trained) for name, v in zip(names, values, strict=True)]
        leaf = dict(zip(names, leaves, strict=True))
        replaced = {f"model.{place}": leaf[name] for place, name in homes.items()}
        with torch.enable_grad():
            # Ties are in `homes`: of a module that is used twice torch would restore but one.
            out: list[Tensor] = functional_call(
                step, replaced, (x, y, given, leaves[: len(trained)]), tie_weights=False
            )
        return out

    fake = _fake_mode(ShapeEnv())
    arguments = [_stand_in(fake, x, 1 if free else None), _stand_in(fake, y, 0 if free else None)]
    arguments += [_stand_in(fake, torch.zeros(()), None)] if rate is None else []
    arguments += [_stand_in(fake, tensors[name].detach(), None) for name in names]
    try:
        with _noting(model) as running, unbranched(), fake:
            try:
                graph = make_fx(run)(*arguments)
            except ValueError:
                raise
            except Exception as error:
                message = f"layer {running[-1]}: must decide nothing by the values of tensors, which a graph cannot do"
                raise ValueError(f"to_train_step: {message}, got {type(error).__name__}: {error}") from error
    finally:
        # Weights that torch's hooks make were made of tensors without values.
        for module in model.modules():
            make_weights(module, grad=True)
    batch: Any = arguments[0].shape[1] if free else None
    fixed = batch is not None and (isinstance(batch, int) or batch.node.expr.is_number)
    require(not fixed, "to_train_step", "model must not fix the batch with dynamic_batch=True", "one that does")
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
    return type(modes[0])(shape_env=shapes)


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
def _noting(model: nn.Module) -> Iterator[list[str]]:
    """Note the layer that runs in the `meta` of each operation; yields the layers that run now, the innermost last."""
    running = ["-"]
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
        running.pop()

    hooks = []
    for path, module in model.named_modules():
        layer = f"{path!r} ({type(module).__name__})"
        hooks += [module.register_forward_pre_hook(enter(layer)), module.register_forward_hook(leave)]
    try:
        yield running
    finally:
        for hook in hooks:
            hook.remove()
