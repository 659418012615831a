"""The time step of neurons as one compiled kernel: the same integers, without a pass over memory for each operation."""

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from spikelut.quant.dynamics import LIFSpec, lif_step
from spikelut.quant.neurons import Neuron
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


def compile_neurons(model: nn.Module) -> nn.Module:
    """Have every layer of neurons in `model` run its time step as one kernel of `torch.compile`; returns `model`.

    Integers, spikes and gradients stay the same to the last bit. Layers of tens of thousands of neurons run several
    times faster; the first call takes some ten seconds and needs a C++ compiler. Layers that learn their decay or their
    threshold are left as they are: their integers change.
    """
    for module in model.modules():
        if isinstance(module, Neuron):
            module.compiled = module.raw_beta is None and module.raw_threshold is None
    return model
