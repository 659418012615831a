"""What `fit` is given, looked at before anything is trained."""

import inspect
import math
import os
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from spikelut._checks import is_finite, require, require_flags, require_int, require_shown
from spikelut.training.fitting.callbacks import Callback
from spikelut.training.fitting.feed import Feed


def check_numbers(given: dict[str, Any]) -> None:
    """ValueError for numbers out of range."""
    for name in ("epochs", "batch_size", "accumulate", *(("patience",) if given["patience"] is not None else ())):
        require_int("fit", name, given[name], 1, 2**31)
    for name, optional in (("learning_rate", False), ("clip_norm", True), ("checkpoint_minutes", True)):
        value = given[name]
        valid = (optional and value is None) or (is_finite(value) and value > 0)
        require(valid, "fit", f"{name} must be a number > 0{', or None' if optional else ''}", value)
    if given["seed"] is not None:
        require_int("fit", "seed", given["seed"], 0, 2**62)
    require_flags("fit", resume=given["resume"])
    require_shown("fit", given["progress"])
    for name in ("devices", "num_nodes"):
        require(not isinstance(given[name], bool), "fit", f"{name} must be a number of them", given[name])
    folder = given["folder"]
    path = folder is None or (isinstance(folder, str | os.PathLike) and str(folder) != "")
    require(path, "fit", "folder must be a path, or None", folder)
    message = "folder must be given with resume and checkpoint_minutes"
    needs = given["resume"] or given["checkpoint_minutes"] is not None
    require(not needs or folder is not None, "fit", message, None)
    # Nothing else is done with them, and nobody would notice that they are not there.
    without = given["val"] is not None or not given["metrics"]
    require(without, "fit", "metrics are of the validation, and need val", None)


def check_model(model: nn.Module) -> None:
    """ValueError for a module whose parameters cannot be trained as they are."""
    require(isinstance(model, nn.Module), "fit", "model must be a torch.nn.Module", type(model).__name__)
    for name, parameter in model.named_parameters():
        message = f"model must have its parameters on a device with memory (to_empty), not only as shapes: {name}"
        require(not parameter.is_meta, "fit", message, "meta")
        half = parameter.requires_grad and parameter.dtype in (torch.float16, torch.bfloat16)
        kind = str(parameter.dtype).removeprefix("torch.")
        message = f"model must hold what is trained in float32 (precision='bf16-mixed' computes in half): {name}"
        require(not half, "fit", message, kind)


def check_loss(loss: Any, who: str) -> None:
    """ValueError for what is not a loss with scores."""
    fits = callable(loss) and callable(getattr(loss, "scores", None)) and not isinstance(loss, type)
    message = "loss must be as training.Loss: loss(out, y, mask), and loss.scores(out, mask) [B, K]"
    require(fits, who, message, loss)


def callables(found: Any, name: str) -> tuple[Any, ...]:
    """A list of things to call, as a tuple; ValueError for something else."""
    many = isinstance(found, Iterable) and not isinstance(found, str | dict)
    require(many, "fit", f"{name} must be a list", found)
    parts = tuple(found)
    for part in parts:
        require(callable(part) and not isinstance(part, type), "fit", f"{name} must hold what can be called", part)
    return parts


def listeners(found: Any, name: str) -> tuple[Callback, ...]:
    """A list of callbacks, as a tuple; ValueError for something else."""
    require(isinstance(found, Iterable) and not isinstance(found, str), "fit", f"{name} must be a list", found)
    parts = tuple(found)
    for part in parts:
        require(isinstance(part, Callback), "fit", f"{name} must hold instances of training.Callback", part)
    return parts


def checked_optimizer(optimizer: Any, groups: list[dict[str, Any]], model: nn.Module) -> Any:
    """The optimiser that `optimizer` makes of the groups. ValueError for what `fit` could not train with."""
    allowed = "optimizer must be None, or take parameter groups and give a torch.optim.Optimizer"
    require(callable(optimizer), "fit", allowed, optimizer)
    made = optimizer(groups)
    require(isinstance(made, torch.optim.Optimizer), "fit", allowed, made)
    needed = [p.name for p in inspect.signature(made.step).parameters.values() if p.default is p.empty]
    closure = "optimizer must step without a closure, as it is told one gradient for each update"
    require("closure" not in needed, "fit", closure, type(made).__name__)
    own = set(model.parameters())
    trained = any(parameter in own for group in made.param_groups for parameter in group["params"])
    require(trained, "fit", "optimizer must hold the parameters that it is given, those of the model", "others")
    return made


def checked_schedule(schedule: Any, optimizer: Any, feed: Feed, epochs: int, accumulate: int) -> Any:
    """The schedule of the learning rate, or None."""
    if schedule is None:
        return None
    require(feed.batches is not None, "fit", "schedule must be None for a loader without a length", schedule)
    updates = epochs * math.ceil((feed.batches or 1) / accumulate)
    if schedule == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    require(callable(schedule), "fit", "schedule must be 'cosine', None, or take (optimizer, updates)", schedule)
    made = schedule(optimizer, updates)
    steps = all(callable(getattr(made, part, None)) for part in ("step", "state_dict", "load_state_dict"))
    require(steps, "fit", "schedule must give a schedule of torch, with step and state_dict", made)
    needed = [p.name for p in inspect.signature(made.step).parameters.values() if p.default is p.empty]
    message = "schedule must step without arguments, after each update"
    require(not needed, "fit", message, f"{type(made).__name__}, which wants {', '.join(needed)}")
    return made
