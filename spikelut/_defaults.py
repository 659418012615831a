"""What torch makes where it is not told of which type and where: ours, whatever the caller has set."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

from spikelut._checks import require

P = ParamSpec("P")
R = TypeVar("R")
HALVES = (torch.float16, torch.bfloat16)

_lock = Lock()
_inside = 0
_before = torch.float32


@contextmanager
def _float32() -> Iterator[None]:
    # The type is that of the whole process: the first of several threads sets it, the last one sets it back.
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = torch.get_default_dtype()
            torch.set_default_dtype(torch.float32)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                torch.set_default_dtype(_before)


@contextmanager
def on_cpu() -> Iterator[None]:
    """While entered, torch makes tensors on the CPU where it is not told where."""
    if torch.compiler.is_compiling() or torch.get_default_device().type == "cpu":
        yield
        return
    with torch.device("cpu"):
        yield


@contextmanager
def usual_defaults() -> Iterator[None]:
    """While entered, torch makes float32 on the CPU where it is not told what to make, and multiplies without autocast.

    For layers that are made here and integers that are searched for: those of half precision would be other ones.
    """
    with ExitStack() as stack:
        stack.enter_context(on_cpu())
        if _inside or torch.get_default_dtype() is not torch.float32:
            stack.enter_context(_float32())
        if torch.is_autocast_enabled("cpu"):
            stack.enter_context(torch.autocast("cpu", enabled=False))
        yield


def _within(surroundings: Callable[[], AbstractContextManager[None]], function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with surroundings():
            return function(*args, **kwargs)

    return run


def with_usual_defaults(function: Callable[P, R]) -> Callable[P, R]:
    """`function` as it is outside of autocast, with the types and devices that torch has by default."""
    return _within(usual_defaults, function)


def made_on_cpu(function: Callable[P, R]) -> Callable[P, R]:
    """`function` while torch makes tensors on the CPU where it is not told where."""
    return _within(on_cpu, function)


def require_held(who: str, x: Tensor, counts: Tensor, step: float = 1.0) -> None:
    """ValueError unless `counts`, times `step`, can be told apart in `x`, which holds them in torch's default type."""
    if x.dtype not in HALVES:
        return
    wrong = (x.double() / step).round() != counts
    if bool(wrong.any()):
        kind = str(x.dtype).removeprefix("torch.")
        message = f"x must hold counts that torch's default type, {kind}, tells apart; set it to float32"
        require(False, who, message, counts[wrong][0].item())


def as_tensor(x: Any) -> Tensor:
    """`x`, which is a tensor already or a number; `torch.as_tensor` would move tensors to where torch makes them."""
    return x if isinstance(x, Tensor) else torch.as_tensor(x, device="cpu")
