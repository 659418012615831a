"""A training step as exported, in onnxruntime, beside torch's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from spikelut.export.train_step.write import to_train_step

RATE = 0.125


@dataclass(frozen=True)
class Compared:
    """The largest differences of a step, and how much of what was compared was not zero.

    `loss`, `output`, `weights`, `states`: differences. `active`: the least share of an output that is not zero.
    `moved`: the share of weights that changed. `nodes`, `names`: of the file.
    """

    loss: float
    output: float
    weights: float
    states: float
    active: float
    moved: float
    nodes: int
    names: tuple[str, ...]


def named(stem: str, given: Any) -> dict[str, Tensor]:
    """Tensors by the names that files give them."""
    if isinstance(given, Tensor):
        return {stem: given}
    pairs = given.items() if isinstance(given, Mapping) else enumerate(given)
    return {f"{stem}.{name}": tensor for name, tensor in pairs}


def fed(model: nn.Module, x: Any, y: Tensor) -> dict[str, Any]:
    """What a file may be given: inputs, the target, and copies of parameters and buffers."""
    tensors = {**named("input", x), "target": y, **dict(model.named_parameters()), **dict(model.named_buffers())}
    return {name: tensor.detach().numpy().copy() for name, tensor in tensors.items()}


def compare(
    model: nn.Module,
    x: Any,
    y: Tensor,
    loss: Callable[[Any, Tensor], Tensor],
    folder: Path,
    batch: int | None = None,
    **options: Any,
) -> Compared:
    """One step of a file that was exported for a `batch` of its own, and the same step in torch."""
    example = x
    if batch is not None:  # of another size
        assert isinstance(x, Tensor)
        example = (x.shape[0], batch, *x.shape[2:])
        options["example_target"] = torch.zeros(batch, *y.shape[1:], dtype=y.dtype)
    else:
        options["example_target"] = y
    proto = to_train_step(model, example, folder / "x.onnx", loss=loss, learning_rate=RATE, **options)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(str(folder / "x.onnx"), settings, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    fed_back = [name.removesuffix(".new") for name in names if name.endswith(".new")]
    before = {name: tensors[name].detach().numpy().copy() for name in fed_back}
    wanted = {value.name for value in session.get_inputs()}
    given = {name: array for name, array in fed(model, x, y).items() if name in wanted}
    found = dict(zip(names, session.run(None, given), strict=True))
    out: Any = model(x) if isinstance(x, Tensor) else model(**x) if isinstance(x, Mapping) else model(*x)
    value = loss(out, y)
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    grads = torch.autograd.grad(value, list(trained.values()), allow_unused=True, materialize_grads=True)
    stepped = {n: (p - RATE * g).detach().numpy() for (n, p), g in zip(trained.items(), grads, strict=True)}
    states = {name: tensors[name].detach().numpy() for name in fed_back if name not in trained}
    outputs = {name: tensor.detach().numpy() for name, tensor in named("output", out).items()}

    def apart(expected: Mapping[str, Any], suffix: str = "") -> float:
        gaps = [np.abs(found[f"{name}{suffix}"] - value).max() for name, value in expected.items()]
        assert all(found[f"{name}{suffix}"].shape == value.shape for name, value in expected.items())
        return float(max(gaps, default=0.0))

    changed = [(stepped[name] != before[name]).ravel() for name in stepped]
    assert all((states[name] != before[name]).any() for name in states)
    return Compared(
        loss=abs(float(found["loss"]) - float(value.detach())),
        output=apart(outputs),
        weights=apart(stepped, ".new"),
        states=apart(states, ".new"),
        active=min(float((value != 0).mean()) for value in outputs.values()),
        moved=float(np.concatenate(changed).mean()),
        nodes=len(proto.graph.node),
        names=tuple(names),
    )
