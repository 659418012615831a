"""The events of a time step in the compiled kernel, where every register saturates."""

import ctypes
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from spikelut import native
from spikelut.quant.arithmetic.per_neuron import is_each
from spikelut.quant.backends.contract import LayerSpec
from spikelut.quant.dynamics.event_lif import EventDynamics, Windows
from spikelut.quant.tables.lut_surrogate import LUTSurrogate


class Events(NamedTuple):
    """What the events of a step did: the state they went to, and, where each is compared, as in `compared_step`."""

    state: Tensor
    spikes: Tensor | None
    x: Tensor | None
    passes: Tensor | None


class Kernel:
    """The events of a layer; made anew where weights change."""

    def __init__(self, events: EventDynamics, windows: Windows | None, weights: Tensor, shape: torch.Size) -> None:
        spec, register = events.spec, events.kind.states[-1].register
        self.windows, self.each = windows, events.each
        out, inputs = int(weights.shape[0]), int(weights.shape[1])
        tall, wide = (1, 1) if windows is None else (int(n) for n in weights.shape[2:])
        groups = 1 if windows is None else windows.groups
        # [out, in / groups, kh, kw] to [groups, sources, out / groups]
        self.weights = weights.reshape(groups, out // groups, -1).transpose(1, 2).to(torch.int32).contiguous()
        (rows, columns) = (1, 1) if windows is None else shape[-2:]
        (down, right), (apart, aside) = ((1, 1), (1, 1)) if windows is None else (windows.stride, windows.dilation)
        zero = spec.reset == "zero"
        self.geometry = native.NativeEventGeometry(
            *(inputs * groups, 1, 1, out, rows, columns, groups, tall, wide, down, right, apart, aside),
            *(register.min_code, register.max_code, spec.spike_at, 0 if zero else spec.threshold, events.each),
        )

    def run(self, state: Tensor, counts: Tensor) -> Events:
        """The events of `counts` [B, ...], int32, from a state [B, ...] in codes, int32."""
        if self.windows is not None:
            up, left = self.windows.padding
            counts = nn.functional.pad(counts, (left, left, up, up))
            self.geometry.height, self.geometry.width = counts.shape[-2:]
        counts, after = counts.contiguous(), state.clone(memory_format=torch.contiguous_format)
        made = [torch.empty_like(after) if self.each else None for _ in range(3)]
        native.library().spikelut_events(
            ctypes.byref(self.geometry),
            *(native.pointer(t) for t in (self.weights, counts, after, *made)),
            *(len(after), torch.get_num_threads()),
        )
        spikes, x, passes = made
        return Events(after, spikes, x, None if passes is None else passes != 0)


def kernel_of(
    events: EventDynamics, windows: Windows | None, weights: Tensor, current: Tensor, layer: LayerSpec
) -> Kernel | None:
    """The kernel for a layer of these weights, out first, in membrane codes; None where torch has to run it."""
    spec, register = events.spec, events.kind.states[-1].register
    plain = register.overflow == "saturate" and not spec.wide and register.bits <= 24
    plain = plain and not is_each(spec.threshold) and (spec.max_spikes == 1 or not events.each)
    if not (plain and native.usable(current) and weights.numel()):
        return None
    # An event passes the register of sums, which its weight must fit, before the membrane; 255 are added at once.
    reach = int(weights.abs().max())
    fits = reach <= spec.current.max_code and reach < 2**22
    positive = events.each is False or int(spec.threshold) > 0
    return Kernel(events, windows, weights, current.shape[1:]) if fits and positive else None


def places_of(layer: LayerSpec) -> Callable[[Tensor], Tensor] | None:
    """What finds the places in the layer's table of codes x, int32; None where the kernels do not have its rule."""
    slope = layer.slope
    if not (isinstance(slope, LUTSurrogate) and slope.table.place_dtype) or slope.native_rule is None:
        return None
    rule, kind = slope.native_rule, slope.table.place_dtype

    def found(x: Tensor) -> Tensor:
        codes, places = x.contiguous(), x.new_empty(x.shape, dtype=kind)
        at = (ctypes.byref(rule), codes.data_ptr(), places.data_ptr())
        native.library().spikelut_places(*at, x.numel(), torch.get_num_threads())
        return places

    return found
