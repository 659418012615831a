"""Reading the nodes of a recorded step: operations, shapes of which the batch is free, what shares memory."""

import operator
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx

from spikelut._checks import require, shown
from spikelut._text import printable
from spikelut.export.train_step.capture import HINT

VIEWS = {"view", "select", "slice", "expand", "t", "transpose", "permute", "unsqueeze", "squeeze", "split", "unbind"}
"""Operations whose outcome shares its memory with the first argument."""

SAME = ("detach.default", "alias.default", "lift_fresh_copy.default", "lift_fresh.default")
"""Operations whose outcome is the first argument."""


@dataclass(frozen=True)
class Batch:
    """`times` the batch, as a size of a tensor."""

    times: int


Size = int | Batch


def refused(node: fx.Node, message: str, instead: str) -> ValueError:
    """What is raised for an operation in a form that no graph of this export has, with what to do `instead`."""
    return ValueError(printable(f"to_train_step: {message}; {instead}, got {shown(place_of(node))}"))


_INSTEAD = {
    "upsample": "use nn.Upsample(mode='nearest')",
    "adaptive_max": "use nn.MaxPool2d",
    "max_pool3d": "use nn.MaxPool2d",
    "max_unpool": "use nn.Upsample(mode='nearest')",
    "sort": "use max, or torch.where",
    "topk": "use max, or torch.where",
}
"""What to do instead of operations whose names hold these."""


def unknown(node: fx.Node) -> ValueError:
    """What is raised for an operation that this export does not know."""
    message = f"operations must be ones this export knows, got {shown(place_of(node))}"
    instead = next((text for part, text in _INSTEAD.items() if part in operation(node)), None)
    listed = "docs/on-device-learning.md lists them"
    return ValueError(printable(f"to_train_step: {message}: {instead or listed}"))


def place_of(node: fx.Node, mark: str = "") -> str:
    """An operation and the layer it is in."""
    layer = node.meta.get("place", "-")
    return f"{operation(node)}{mark} in {'the loss or a derivative' if layer == '-' else f'layer {layer}'}"


def operation(node: fx.Node) -> str:
    """The name of an operation, without the underscore of one that works in place."""
    packet, _, overload = str(node.target).removeprefix("aten.").partition(".")
    return f"{packet if packet.startswith('_') or not packet.endswith('_') else packet[:-1]}.{overload}"


def is_view(node: fx.Node) -> bool:
    """Whether the outcome shares its memory with the first argument."""
    if node.target is operator.getitem and isinstance(node.args[0], fx.Node):
        return is_view(node.args[0])
    return operation(node).partition(".")[0] in VIEWS


def in_place(node: fx.Node) -> bool:
    """Whether an operation changes its first argument."""
    packet = str(node.target).removeprefix("aten.").partition(".")[0]
    return node.op == "call_function" and packet.endswith("_") and not packet.endswith("__")


def changed_inputs(recorded: fx.GraphModule) -> list[int]:
    """Which of the inputs of what `record` gave are changed in place."""
    same: dict[Any, Any] = {}
    changed, inputs = [], [node for node in recorded.graph.nodes if node.op == "placeholder"]
    for node in recorded.graph.nodes:
        if node.op == "call_function" and (in_place(node) or operation(node) in SAME):
            same[node] = same.get(node.args[0], node.args[0])
            changed += [same[node]] if in_place(node) else []
    return [i for i, node in enumerate(inputs) if node in changed]


def size(n: Any) -> Size:
    """A size of torch's."""
    if isinstance(n, int):
        return n
    times, rest = divmod(n.node.hint, HINT)
    require(rest == 0, "to_train_step", "sizes must be multiples of the batch with dynamic_batch=True", str(n))
    return Batch(times)


def sizes_of(tensor: Any) -> tuple[Size, ...]:
    """The shape of a tensor without values."""
    return tuple(size(n) for n in tensor.shape)


def shape_of(node: Any) -> tuple[Size, ...]:
    """The shape that torch means."""
    return sizes_of(node.meta["val"])


def dtype_of(node: Any) -> torch.dtype:
    """The type that torch means."""
    dtype: torch.dtype = node.meta["val"].dtype
    return dtype


def broadcast(*shapes: tuple[Size, ...]) -> tuple[Size, ...]:
    """The shape that these broadcast to."""
    rank = max(map(len, shapes), default=0)
    padded = [(1,) * (rank - len(s)) + s for s in shapes]
    return tuple(next((n for n in column if n != 1), 1) for column in zip(*padded, strict=True))
