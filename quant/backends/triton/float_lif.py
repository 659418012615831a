"""Layers of neurons in floats as Triton kernels."""

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.arithmetic.full_precision import exact_dtype, spikes_dtype
from spikelut.quant.backends.float_spec import FloatCell
from spikelut.quant.backends.triton.codegen import jit_function
from spikelut.quant.backends.triton.layer import Layer, slope_function
from spikelut.quant.backends.triton.run import run_layer
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate


def run_floats(
    cell: FloatCell,
    current: Tensor,
    mem: Tensor | None = None,
    syn: Tensor | None = None,
    bias: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Spikes, or membranes of a read-out, [T, B, ...] for currents [T, B, ...], and the last membrane and current.

    `mem` and `syn` [B, ...] are the first ones, zero if not given; `bias` broadcasts with them. Currents and spikes are
    stored in the type of `current`, of 16 or 32 bits; states are float32, in which the kernels compute.
    """
    layer = float_layer(cell, current.dtype, bias is not None)
    given = exact_dtype(current) if cell.spike is None else spikes_dtype(current, cell.max_spikes)
    return run_layer(layer, None, cell.truncate, given, current, mem, syn, bias)


def run_float_layer(layer: Any, current: Tensor) -> Tensor:
    """`FloatLIF.forward` of `layer`."""
    bias = None if layer.bias is None else layer.bias.reshape(-1, *[1] * (current.ndim - 3))
    return run_floats(FloatCell.of(layer), current, bias=bias)[0]


@lru_cache(maxsize=256)
def float_layer(cell: FloatCell, stored: torch.dtype, bias: bool) -> Layer:
    """What the kernels need; `stored`: the type of currents and, of curves, of what is saved. Raises Untranslatable."""
    spike = cell.spike
    read = (spike.place_dtype or torch.int64) if isinstance(spike, Table) else stored
    slope = None if spike is None else slope_function(spike, read, lambda x: x)
    # A code of a table, or a potential in half precision's few bits, may have been rounded up to the threshold.
    knows = isinstance(spike, Surrogate) and cell.reset == "zero" and stored != torch.float16
    itself = jit_function(lambda state: state, {"state": torch.float32})
    return Layer(
        enter=itself,
        leave=itself,
        step=_step(cell, bias, read),
        slope=slope,
        fired=jit_function(lambda where: where.to(torch.float32) >= 0, {"where": read}) if knows else None,
        read=read,
        table=spike if isinstance(spike, Table) else None,
        beta=cell.beta,
        alpha=cell.alpha or 0.0,
        share=None,
        zero=spike is not None and cell.reset == "zero",
        leak_first=True,
        synapse=0 if cell.alpha is None else 1,
    )


def _step(cell: FloatCell, has_bias: bool, read: torch.dtype) -> Any:
    def step(mem: Tensor, syn: Tensor, current: Tensor, bias: Tensor) -> tuple[Tensor, ...]:
        if cell.alpha is not None:
            current = syn = cell.alpha * syn + current
        mem = cell.beta * mem + (current + bias if has_bias else current)
        flags = torch.zeros_like(mem, dtype=torch.uint8)
        if cell.spike is None:
            return mem, syn, mem, mem, flags
        spikes, x = _fire(cell, mem)
        if cell.reset == "zero":
            after = mem * (1 - spikes)
        else:
            late = cell.late and cell.beta > 0
            after = mem - spikes * (cell.threshold / cell.beta if late else cell.threshold)
        return after, syn, spikes, _read(cell.spike, x).to(read), flags

    names = ("mem", "syn", "current", "bias")
    return jit_function(step, dict.fromkeys(names, torch.float32))


def _fire(cell: FloatCell, mem: Tensor) -> tuple[Tensor, Tensor]:
    """Spikes, and the membrane above the threshold, of several the nearest."""
    if cell.max_spikes == 1:
        x = mem - cell.threshold
        return (x >= 0).to(mem.dtype), x
    count = (mem / cell.threshold).floor().clamp(0, cell.max_spikes)
    nearest = (mem / cell.threshold).round().clamp(1, cell.max_spikes)
    return count, mem - nearest * cell.threshold


def _read(spike: Surrogate | Table, x: Tensor) -> Tensor:
    if isinstance(spike, Surrogate):
        return x
    codes = spike.encode_x(x)
    return spike.place(codes) if spike.place_dtype else codes
