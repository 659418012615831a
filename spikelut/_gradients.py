"""Functions that need gradients, whatever mode of torch they are called in."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor, nn

from spikelut._checks import require

P = ParamSpec("P")
R = TypeVar("R")


def with_gradients(function: Callable[P, R]) -> Callable[P, R]:
    """`function` as it is outside of torch.no_grad() and torch.inference_mode()."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if torch.is_grad_enabled() and not torch.is_inference_mode_enabled():
            return function(*args, **kwargs)
        with torch.inference_mode(False), torch.enable_grad():
            given: Any = [_ordinary(value) for value in args]
            named: Any = {name: _ordinary(value) for name, value in kwargs.items()}
            return function(*given, **named)

    return run


def require_ordinary(who: str, model: nn.Module) -> None:
    """ValueError for a module whose parameters torch gives no gradients."""
    made = any(value.is_inference() for value in (*model.parameters(), *model.buffers()))
    require(not made, who, "model must be made outside of torch.inference_mode(), for gradients", "parameters of it")


def _ordinary(value: Any) -> Any:
    """A tensor of inference mode, or each of a mapping, as one that gradients can pass."""
    if isinstance(value, Mapping):
        return {name: _ordinary(part) for name, part in value.items()}
    return value.clone() if isinstance(value, Tensor) and value.is_inference() else value
