"""Layers of neurons in floats as Triton kernels."""

from functools import lru_cache

import torch
from torch import Tensor

from spikelut.quant.arithmetic.full_precision import exact_dtype, spikes_dtype
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.backends.triton.jit import compiled
from spikelut.quant.backends.triton.layer import KernelLayer
from spikelut.quant.backends.triton.operators import TYPES
from spikelut.quant.backends.triton.run import run_layer
from spikelut.quant.backends.triton.slopes import slope_function
from spikelut.quant.codegen.triton_kernels import float_step_function
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

_ITSELF = "def hook(real):\n    return real\n"


def run_floats(
    spec: FloatSpec, current: Tensor, states: tuple[Tensor | None, ...] | None = None, bias: Tensor | None = None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Spikes, or membranes of a read-out, [T, B, ...] for currents [T, B, ...], and the last states.

    `states` [B, ...] are the first ones, zero if not given; `bias` broadcasts with them. Currents and spikes are stored
    in the type of `current`, of 16 or 32 bits; states are float32, in which the kernels compute.
    """
    layer = float_layer(spec.shared, current.dtype, bias is not None)
    given = exact_dtype(current) if spec.spike is None else spikes_dtype(current, spec.max_spikes)
    first = (None,) * len(layer.kind.states) if states is None else states
    return run_layer(layer, None, spec.truncate, given, current, first, bias)


@lru_cache(maxsize=256)
def float_layer(spec: FloatSpec, stored: torch.dtype, bias: bool) -> KernelLayer:
    """What the kernels need; `stored`: the type of currents and, of curves, of what is saved. Raises Untranslatable."""
    spike = spec.spike
    table = spike if isinstance(spike, Table) else None
    read = stored if table is None else table.place_dtype or torch.int64
    # A code of a table, or a potential in half precision's few bits, may have been rounded up to the threshold.
    knows = isinstance(spike, Surrogate) and spec.reset == "zero" and stored != torch.float16
    return KernelLayer(
        kind=spec.dynamics,
        enter=compiled(_ITSELF),
        leave=compiled(_ITSELF),
        step=compiled(float_step_function(spec.dynamics, table, TYPES[read], bias)),
        slope=None if spike is None else slope_function(spike, read, lambda x: x),
        fired=0 if knows else None,
        read=read,
        table=table,
    )
