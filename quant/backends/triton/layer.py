"""What a layer of neurons gives the Triton kernels: the functions of a step, and the numbers of its derivative."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.arithmetic.array_ops import TorchOps
from spikelut.quant.backends.contract import LayerSpec, to_codes
from spikelut.quant.backends.triton.codegen import Untranslatable, jit_function
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

Spike = Surrogate | Table | None
"""The derivative of the spike: a curve, or a table; None for a read-out."""


@dataclass(frozen=True)
class Layer:
    """A layer as the kernels take it.

    - `enter`, `leave`: from a real value to a state, and back.
    - `step`: from membrane, synaptic current, input, bias to membrane, synaptic current, output, where the surrogate is
      read, and flags. `slope`: the derivative there, from that and the table; None for a read-out. `fired`: whether
      there was a spike, from that alone; None if it does not say.
    - `read`: the type of what is saved for `slope`. `table`: that of the surrogate, if it is one.
    - `beta`, `alpha`: the decay factors. `share`: what of its input a relaxing membrane takes in; None if it does not.
    - `zero`: reset to zero. `leak_first`: as in `LIFSpec`. `synapse`: 0 without a synaptic current, 1 with one that
      decays before its input is added, 2 after.
    """

    enter: Any
    leave: Any
    step: Any
    slope: Any
    fired: Any
    read: torch.dtype
    table: Table | None
    beta: float
    alpha: float
    share: float | None
    zero: bool
    leak_first: bool
    synapse: int


def spike_of(slope: Any) -> Spike:
    """What the derivative of the spike is; Untranslatable for a module of another kind."""
    if isinstance(slope, LUTSurrogate):
        return slope.table
    if slope is not None and not isinstance(slope, Surrogate):
        raise Untranslatable(f"{type(slope).__name__} is neither a LUTSurrogate nor a Surrogate")
    return slope


def integer_layer(cell: LayerSpec, bias: bool) -> Layer:
    """The layer of `cell`, with a bias or without; Untranslatable if that cannot be."""
    if not all(isinstance(amount, int) for amount in cell.kind.amounts):
        raise Untranslatable("neurons with a threshold or a decay each have no kernel")
    return _integer_layer(cell.kind, spike_of(cell.slope), bias)


@lru_cache(maxsize=256)
def _integer_layer(kind: Dynamics, spike: Spike, bias: bool) -> Layer:
    spec, synapse = kind.spec, kind.synapse
    state = torch.int64 if spec.wide else torch.int32
    read = (spike.place_dtype if isinstance(spike, Table) else None) or state
    return Layer(
        enter=jit_function(lambda real: to_codes(real, spec), {"real": torch.float32}),
        leave=jit_function(lambda codes: codes.to(torch.float32) * spec.membrane.step, {"codes": state}),
        step=_integer_step(kind, spike, bias, state, read),
        slope=None if spike is None else slope_function(spike, read, lambda codes: codes * spec.membrane.step),
        fired=_fired(spec, spike, read),
        read=read,
        table=spike if isinstance(spike, Table) else None,
        beta=float(spec.beta),
        alpha=0.0 if synapse is None else float(synapse.leak.beta),
        share=1 - float(spec.beta) if spec.leak.kind == "relax" else None,
        zero=spike is not None and spec.reset == "zero",
        leak_first=spec.leak_first,
        synapse=0 if synapse is None else 1 + synapse.input_first,
    )


def _integer_step(kind: Dynamics, spike: Spike, has_bias: bool, state: torch.dtype, read: torch.dtype) -> Any:
    def step(mem: Tensor, syn: Tensor, current: Tensor, bias: Tensor) -> tuple[Tensor, ...]:
        spec, states = kind.spec, (mem, syn)[: len(kind.states)]
        done = kind.step(TorchOps, states, to_codes(current, spec), bias if has_bias else 0)
        syn = (*done.states, syn)[1]
        flags = torch.zeros_like(mem, dtype=torch.uint8)
        for register, passed in enumerate(done.passes):
            if passed is not True:
                flags = flags + (~passed).to(torch.uint8) * (1 << register)
        if spike is None:
            return done.mem, syn, done.mem.to(torch.float32) * spec.membrane.step, done.mem, flags
        where = spike.place(done.x) if isinstance(spike, Table) and spike.place_dtype else done.x
        return done.mem, syn, done.spikes.to(torch.float32), where.to(read), flags

    return jit_function(step, {"mem": state, "syn": state, "current": torch.float32, "bias": state})


def _fired(spec: LIFSpec, spike: Spike, read: torch.dtype) -> Any:
    """Whether a neuron fired, from where its surrogate was read, for a reset to zero; None if that does not say."""
    compared = spec.read == "before_leak" or (spec.read == "after_leak" and spec.leak_first)
    if spike is None or spec.reset != "zero" or not compared:
        return None
    lowest = 0
    if isinstance(spike, Table) and spike.place_dtype:
        first, last, _ = spike.intervals()
        places, fires = spike.place(first), first >= 0
        # One interval below the threshold and one above may have the same place, or one reach over it.
        split = bool(fires.any()) and not bool(((first < 0) & (last >= 0)).any())
        lowest = int(places[fires].min())
        if not split or int(places[~fires].max()) >= lowest:
            return None
    return jit_function(lambda where: where >= lowest, {"where": read})


def slope_function(spike: Surrogate | Table, read: torch.dtype, to_x: Callable[[Tensor], Tensor]) -> Any:
    """The derivative of the spike from what was `read`: a place, a code, or, after `to_x`, a potential."""
    values = torch.zeros(1) if isinstance(spike, Surrogate) else table_values(spike, torch.device("cpu"))

    def slope(where: Tensor, values: Tensor) -> Tensor:
        if isinstance(spike, Surrogate):
            return spike.surrogate_grad(to_x(where.to(torch.float32)))
        if spike.place_dtype:
            return values.index_select(0, where.to(torch.int32))
        return spike.derivative(values, where, torch.float32)

    return jit_function(slope, {"where": read}, {"values": values})


@lru_cache(maxsize=256)
def table_values(table: Table, device: torch.device) -> Tensor:
    """What the `values` of a slope point to: derivatives by place, or of an interpolated table its entries."""
    entries = table.codes.to(device)
    return table.place_values(entries, torch.float32) if table.place_dtype else entries
