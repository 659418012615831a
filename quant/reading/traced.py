"""Tensors without values that a model's forward is run on, so that what it does is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, Protocol

import torch
from torch import Tensor

from spikelut._torch import without_functions

Layout = Literal["sequence", "merged", "step", "ended"]
"""[T, B, ...]; [T * B, ...]; [B, ...] of one time step; what is left where time was summed, at the end."""


@dataclass(frozen=True)
class Value:
    """What a traced tensor is: the signal that the call of a name gives, in a layout; of a `step` also which one.

    `state`: the name of a state of the call, where it is that and no signal.
    """

    call: str
    layout: Layout
    t: int = 0
    state: str = ""

    @property
    def leading(self) -> int:
        """How many dimensions come before those of the signal."""
        return 2 if self.layout == "sequence" else 1


class Writes(Protocol):
    """What writes calls down; see `Trace`."""

    batch: int
    lengths: dict[str, int]
    ends: list[str]
    fixed: set[str]

    @property
    def place(self) -> str:
        """The module whose forward runs, for messages."""

    def add(self, op: str, given: Sequence[Value], features: Sequence[int], **arguments: Any) -> Value:
        """A call of signals; what it gives."""

    def tensor(self, value: Value, features: Sequence[int]) -> Traced:
        """What a call gives, as the forward sees it."""


class Traced(torch.Tensor):
    """A tensor on the device `meta` with a `Value`; what is done to it goes to the trace that made it."""

    value: Value
    trace: Any

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in LOOKS:
            with without_functions():
                return func(*args, **kwargs)
        trace = next(t.trace for t in _flat((args, kwargs)) if isinstance(t, Traced))
        return trace.operation(func, args, kwargs)


LOOKS: set[Any] = {
    *(
        getattr(Tensor, name).__get__
        for name in ("shape", "ndim", "dtype", "device", "layout", "requires_grad", "is_cuda", "is_meta", "is_sparse")
    ),
    *(
        getattr(Tensor, name)
        for name in ("size", "dim", "ndimension", "numel", "nelement", "is_floating_point", "is_complex", "stride")
    ),
    *(getattr(Tensor, name) for name in ("is_contiguous", "element_size", "__len__", "__hash__")),
    Tensor.is_quantized.__get__,  # type: ignore[attr-defined]  # torch's stubs leave it out
}
"""What looks at a tensor without its values."""


def made(trace: Any, value: Value, shape: tuple[int, ...], dtype: torch.dtype = torch.float32) -> Traced:
    """A traced tensor."""
    tensor = torch.empty(shape, device="meta", dtype=dtype).as_subclass(Traced)
    tensor.value, tensor.trace = value, trace
    return tensor


def plain(x: Any) -> Any:
    """The same arguments with tensors of the device meta for traced ones, to see which shape comes out."""
    return _mapped(x, lambda t: t.as_subclass(Tensor) if isinstance(t, Traced) else t.to("meta"))


def _mapped(x: Any, change: Callable[[Tensor], Any]) -> Any:
    if isinstance(x, Tensor):
        with without_functions():
            return change(x)
    if isinstance(x, list | tuple) and not isinstance(x, torch.Size):
        return type(x)(_mapped(part, change) for part in x)
    return {key: _mapped(part, change) for key, part in x.items()} if isinstance(x, dict) else x


def _flat(x: Any) -> list[Any]:
    if isinstance(x, list | tuple):
        return [leaf for part in x for leaf in _flat(part)]
    return [leaf for part in x.values() for leaf in _flat(part)] if isinstance(x, dict) else [x]


def traced_in(x: Any) -> list[Traced]:
    """The traced tensors among arguments."""
    return [leaf for leaf in _flat(x) if isinstance(leaf, Traced)]


class Refusal(ValueError):
    """That a model does what is not read."""


def refuse(where: str, message: str) -> NoReturn:
    """Say what is not read, and what to do instead."""
    raise Refusal(f"{where}: {message}")
