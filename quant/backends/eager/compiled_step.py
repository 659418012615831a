"""The time step of neurons as one compiled kernel: the same integers, without a pass over memory for each operation."""

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from types import FunctionType
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.backends.contract import CURRENT, MEMBRANE
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.dynamics.step import lif_step
from spikelut.quant.tables.table import Table

Kernel = Callable[[Tensor, Tensor, Any], tuple[Any, ...]]
"""From membrane, input and bias, 0 or of the same shape, to membrane, spikes, place of the surrogate, and flags."""

_numbers = count()


@lru_cache(maxsize=64)
def step_kernel(spec: LIFSpec, table: Table | None) -> Kernel:
    """`lif_step`, and the place in `table` if there is one, compiled; one kernel for the same integers."""

    def step(mem: Tensor, arriving: Tensor, bias: Any) -> Any:
        done = lif_step(TorchOps, spec, mem, arriving, bias)
        read = done.x if table is None else table.place(done.x).to(table.place_dtype)
        # Bytes and floats, because truth values are not vectorised.
        flags = torch.zeros_like(mem, dtype=torch.uint8)
        for passes, register in ((done.mem_passes, MEMBRANE), (done.current_passes, CURRENT)):
            if passes is not True:
                flags = flags + (~passes).to(torch.uint8) * register
        return done.mem, None if done.spikes is None else done.spikes.to(torch.float32), read, flags

    # Kernels are kept by code object, eight at most for each: every layer gets its own.
    code = step.__code__.replace(co_name=f"step_{next(_numbers)}")
    compiled = torch.compile(FunctionType(code, step.__globals__, code.co_name, None, step.__closure__), dynamic=True)

    def flat(mem: Tensor, arriving: Tensor, bias: Any) -> tuple[Any, ...]:
        # In one dimension the kernel needs no index arithmetic, and is vectorised.
        made = compiled(mem.reshape(-1), arriving.reshape(-1), bias if isinstance(bias, int) else bias.reshape(-1))
        return tuple(None if x is None else x.reshape(mem.shape) for x in made)

    return flat
