"""The time step of neurons as one compiled kernel: the same integers, without a pass over memory for each operation."""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.dynamics import LIFSpec, lif_step
from spikelut.quant.ops import TorchOps
from spikelut.quant.table import Table

Kernel = Callable[[Tensor, Tensor, Any], tuple[Tensor, Tensor | None, Tensor | None, Tensor, Tensor]]
"""From membrane, input and bias to membrane, spikes, where the surrogate is read, and where two registers kept."""


@cache
def step_kernel(spec: LIFSpec, table: Table | None) -> Kernel:
    """`lif_step`, and the place in `table` if there is one, compiled; a kernel for each layer's integers."""

    def step(mem: Tensor, arriving: Tensor, bias: Any) -> Any:
        done = lif_step(TorchOps, spec, mem, arriving, bias)
        read = done.x if table is None else table.place(done.x).to(table.place_dtype)
        whole = torch.ones_like(mem, dtype=torch.bool)
        return done.mem, done.spikes, read, whole & done.mem_passes, whole & done.current_passes

    return torch.compile(step, dynamic=True)
