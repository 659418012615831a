"""The time step of neurons as one compiled kernel: the same integers, without a pass over memory for each operation."""

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from types import FunctionType
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.tables.table import Table

Kernel = Callable[[tuple[Tensor, ...], Tensor, Any], tuple[Any, ...]]
"""From states, input and bias, 0 or of the same shape, to states, spikes, place of the surrogate, and flags."""

_numbers = count()


@lru_cache(maxsize=64)
def step_kernel(kind: Dynamics, table: Table | None) -> Kernel:
    """`kind.step`, and the place in `table` if there is one, compiled; one kernel for the same integers."""

    def step(states: tuple[Tensor, ...], arriving: Tensor, bias: Any) -> Any:
        done = kind.step(TorchOps, states, arriving, bias)
        read = done.x if table is None else table.place(done.x).to(table.place_dtype)
        # Bytes and floats, because truth values are not vectorised.
        flags = torch.zeros_like(states[0], dtype=torch.uint8)
        for register, passes in enumerate(done.passes):
            if passes is not True:
                flags = flags + ((~passes).to(torch.uint8) << register)
        return done.states, None if done.spikes is None else done.spikes.to(torch.float32), read, flags

    # Kernels are kept by code object, eight at most for each: every layer gets its own.
    code = step.__code__.replace(co_name=f"step_{next(_numbers)}")
    compiled = torch.compile(FunctionType(code, step.__globals__, code.co_name, None, step.__closure__), dynamic=True)

    def flat(states: tuple[Tensor, ...], arriving: Tensor, bias: Any) -> tuple[Any, ...]:
        # In one dimension the kernel needs no index arithmetic, and is vectorised.
        shape, row = arriving.shape, (bias if isinstance(bias, int) else bias.reshape(-1))
        after, *others = compiled(tuple(state.reshape(-1) for state in states), arriving.reshape(-1), row)
        return tuple(x.reshape(shape) for x in after), *(None if x is None else x.reshape(shape) for x in others)

    return flat
