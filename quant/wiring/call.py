"""One thing that a network does to signals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import nn


@dataclass(frozen=True, eq=False)
class Call:
    """One thing that a forward does to signals: `op` is `module`, or an operation with its `arguments`.

    - `inputs`: the names of the calls, or inputs, whose signals it takes. `shape`: of its signal, after time and batch.
    - `where`: the module for messages, or the one whose forward does it.
    - `steps`: how many time steps its signal has.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    where: str
    module: nn.Module | None = None
    arguments: dict[str, Any] = field(default_factory=dict)
    steps: int = 1
