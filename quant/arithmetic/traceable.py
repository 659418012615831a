"""Layers that do not branch on values, so that what they compute can be recorded as a graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor

from spikelut._torch import break_graph, is_tracing, is_transformed

_ENTERED = ContextVar("spikelut.unbranched", default=False)


@contextmanager
def unbranched() -> Iterator[None]:
    """While entered, neurons look at no value: they check none, save no work where none saturates, write in no place.

    For recorders such as `torch.fx`, which run layers on tensors without values. The results are the same. Those of
    torch (`torch.export`, `torch.jit.trace`) need no such block.
    """
    token = _ENTERED.set(True)
    try:
        yield
    finally:
        _ENTERED.reset(token)


BETWEEN_GRAPHS = (
    "spikelut's layers of integers run between the graphs of torch.compile, in kernels of their own: leave "
    "fullgraph=True out, or use torch.export.export"
)


def is_unbranched() -> bool:
    """Whether `unbranched` is entered, or `torch.export` or `torch.jit.trace` record.

    `torch.compile` does not record layers that ask: it would unroll every step.
    """
    if torch.compiler.is_exporting():
        return True
    break_compiled()
    return _ENTERED.get() or is_tracing()


def break_compiled() -> None:
    """Have `torch.compile` not record what follows; where it must it fails, and says what to do."""
    if torch.compiler.is_dynamo_compiling() and not torch.compiler.is_exporting():
        break_graph(BETWEEN_GRAPHS)


def refuse_transforms(who: str) -> None:
    """ValueError within a transform of `torch.func`, which the integers of a layer do not go through."""
    if is_transformed():
        message = "torch.func's grad, vmap and jvp must not go through layers of integers"
        instead = "use loss.backward() or torch.autograd.grad, with functional_call for other weights"
        raise ValueError(f"{who}: {message}; {instead}, got a transform")


def refuse_recording(who: str, instead: str) -> None:
    """ValueError while a graph is recorded that would hold what is a number now, with what to do `instead`."""
    if torch.compiler.is_exporting() or is_tracing():
        raise ValueError(f"{who}: must not be recorded, as it looks at values; {instead}, got a recorder of graphs")


def steps_as_recorded(x: Tensor) -> Tensor:
    """`x` [T, ...]; a trace of `torch.jit`, which holds so many steps and no more, takes no other T afterwards."""
    return x.reshape(int(x.shape[0]), *x.shape[1:]) if is_tracing() else x


class Rows:
    """A tensor [T, ...] that is filled row by row: in place, or, where that cannot be recorded, stacked at the end."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.rows: dict[int, Tensor] | None = {} if is_unbranched() else None

    def put(self, t: int, row: Tensor) -> Tensor:
        """Set row `t`, and return it in the tensor's type."""
        if self.rows is not None:
            self.rows[t] = row.to(self.tensor.dtype)
            return self.rows[t]
        self.tensor[t] = row
        return self.tensor[t]

    def whole(self) -> Tensor:
        """The tensor."""
        return torch.stack([self.rows[t] for t in sorted(self.rows)]) if self.rows else self.tensor
