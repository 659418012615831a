"""What a layer of neurons gives the Triton kernels: the functions of a step and of its derivative."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.triton.jit import compiled
from spikelut.quant.backends.triton.operators import TYPES
from spikelut.quant.backends.triton.slopes import Untranslatable, slope_function
from spikelut.quant.codegen import triton_kernels
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import is_of_these, is_plain
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate

Spike = Surrogate | Table | None
"""The derivative of the spike: a curve, or a table; None for a read-out."""

MOST_REGISTERS = 8
"""Flags have a bit for each."""


@dataclass(frozen=True)
class KernelLayer:
    """A layer as the kernels take it.

    - `kind`: the neurons. `enter`, `leave`: from a real value to a state, and back.
    - `step`: from states, input, bias to states, output, where the surrogate is read, and flags.
    - `slope`: the derivative of the spike, from what was read and the table; None for a read-out.
    - `fired`: the lowest of what is read where there is a spike; None if that does not say.
    - `read`: the type of what is saved for `slope`. `table`: that of the surrogate, if it is one.
    """

    kind: Dynamics | FloatLIFDynamics
    enter: Any
    leave: Any
    step: Any
    slope: Any
    fired: int | None
    read: torch.dtype
    table: Table | None

    def back(self, stops: bool) -> tuple[Any, tuple[float, ...]]:
        """The derivative of a step, and the numbers it takes; `stops`: nothing passes where registers saturated."""
        made = _back(self.kind, stops)
        return compiled(made.text), made.numbers

    def to_spikes(self, stops: bool) -> tuple[Any, tuple[float, ...]]:
        """What states hand back to the spikes of a step, and the numbers it takes; None of kinds that note nothing."""
        if isinstance(self.kind, FloatLIFDynamics) or not self.kind.notes:
            return None, ()
        made = triton_kernels.to_spikes_function(self.kind, stops)
        return compiled(made.text), made.numbers

    @property
    def notes(self) -> bool:
        """Whether a step notes what its derivative needs besides."""
        return not isinstance(self.kind, FloatLIFDynamics) and bool(self.kind.notes)

    @property
    def needs_spikes(self) -> bool:
        """Whether the derivative depends on where there were spikes."""
        return _back(self.kind, False).reads_spikes


@lru_cache(maxsize=256)
def _back(kind: Dynamics | FloatLIFDynamics, stops: bool) -> triton_kernels.BackFunction:
    return triton_kernels.back_function(kind, stops)


def spike_of(slope: Any) -> Spike:
    """What the derivative of the spike is; Untranslatable for a module of another kind."""
    if isinstance(slope, LUTSurrogate):
        return slope.table
    if slope is not None and not isinstance(slope, Surrogate):
        raise Untranslatable(f"{type(slope).__name__} is neither a LUTSurrogate nor a Surrogate")
    return slope


def integer_layer(neurons: LayerSpec, x: Inputs) -> KernelLayer:
    """The layer of `neurons` for such inputs; Untranslatable if that cannot be."""
    if not all(isinstance(amount, int) for amount in neurons.kind.amounts):
        raise Untranslatable("neurons with a threshold or a decay each have no kernel")
    return _integer_layer(neurons.kind, spike_of(neurons.slope), x.bias is not None, at_rest(x.states))


def at_rest(states: tuple[Tensor | None, ...]) -> bool:
    """Whether all states are zero before the first step."""
    return all(state is None for state in states)


@lru_cache(maxsize=256)
def _integer_layer(kind: Dynamics, spike: Spike, bias: bool, rests: bool) -> KernelLayer:
    spec, known = kind.spec, is_of_these(kind)
    if len(kind.registers) > MOST_REGISTERS:
        raise Untranslatable(f"kernels note {MOST_REGISTERS} registers at most, {type(kind).__name__} has more")
    if kind.wide != spec.wide or len(kind.notes) > 1:
        raise Untranslatable(f"kernels have states of one width and note one thing at most, not {type(kind).__name__}")
    places = isinstance(spike, Table) and spike.place_dtype
    read = places or (torch.int64 if spec.wide else torch.int32)
    table = spike if isinstance(spike, Table) and places else None
    try:
        step = triton_kernels.integer_step_function(kind, table, TYPES[read], bias, rests and known)
        triton_kernels.back_function(kind, True)
    except (ValueError, TypeError, AttributeError) as error:  # what cannot be recorded
        raise Untranslatable(str(error)) from error
    return KernelLayer(
        kind=kind,
        enter=compiled(triton_kernels.enter_function(spec)),
        leave=compiled(triton_kernels.leave_function(spec)),
        step=compiled(step),
        slope=None if spike is None else slope_function(spike, read, lambda codes: codes * spec.membrane.step),
        fired=_fired(spec, spike) if is_plain(kind) else None,
        read=read,
        table=spike if isinstance(spike, Table) else None,
    )


def _fired(spec: LIFSpec, spike: Spike) -> int | None:
    """From where on what is read says that a neuron fired, for a reset to zero; None if it does not say."""
    compared = spec.read == "before_leak" or (spec.read == "after_leak" and spec.leak_first)
    if spike is None or spec.reset != "zero" or not compared:
        return None
    if not isinstance(spike, Table) or not spike.place_dtype:
        return 0
    first, last, _ = spike.intervals()
    places, fires = spike.place(first), first >= 0
    # One interval below the threshold and one above may have the same place, or one reach over it.
    split = bool(fires.any()) and not bool(((first < 0) & (last >= 0)).any())
    lowest = int(places[fires].min()) if split else 0
    return lowest if split and int(places[~fires].max()) < lowest else None


@lru_cache(maxsize=256)
def table_values(table: Table, device: torch.device) -> Tensor:
    """What the `values` of a slope point to: derivatives by place, or of an interpolated table its entries."""
    entries = table.codes.to(device)
    return table.place_values(entries, torch.float32) if table.place_dtype else entries
