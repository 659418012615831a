"""A recurrent layer's integers over all time steps in one call, where a neuron spikes once a step at most.

The spikes of a step are gone through, and the weights of those neurons are added to the currents of the next one. A
sample feeds back into itself alone, so that threads take samples and not steps.
"""

import ctypes

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Forward, Inputs, LayerSpec, Saved, largest_magnitude
from spikelut.quant.backends.native import integer_lif as whole
from spikelut.quant.backends.native import step_by_step
from spikelut.quant.dynamics.kind import Output
from spikelut.quant.tables.lut_surrogate import LUTSurrogate

BLOCK, FILL = 4096, 32
"""As in `common.h`, the most neurons of a sample; and in `spike_loops.h`."""

MOST_CODE = 2**11
"""Of a weight, in the smallest unit that all are multiples of: sums of a few codes stay within 16 bits."""


def takes(layer: LayerSpec, x: Inputs) -> "whole.Kernels | None":
    """The kernels of a layer whose spikes are fed back, [T, B, features]; None where there are none."""
    if x.weight is None or x.beta is not None or x.current.ndim != 3 or is_unbranched():
        return None
    if layer.kind.output != Output("events", 0, 1) or x.current.shape[2] > BLOCK or not x.current.numel():
        return None
    return step_by_step.takes(layer, x) if native.usable(x.current) else None


def run_forward(layer: LayerSpec, x: Inputs, kernels: "whole.Kernels") -> Forward | None:
    """Spikes, the last states, and what the way back needs.

    None where a sum may not fit, a state is outside its register, or spikes before the first step are others than 0
    and 1.
    """
    scale, current = 2.0**layer.spec.membrane.frac, x.current.detach()
    coded = None if x.weight is None else _codes(x.weight.detach(), scale)
    if coded is None or not _fits(current, x.weight, scale):
        return None
    codes, unit, largest = coded
    slope, shape = layer.slope, current.shape[1:]
    table = slope.native_rule if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
    numbers = native.NativeNumbers.from_buffer_copy(kernels.numbers)
    numbers.scale = numbers.step = 1.0
    out, noted = torch.empty_like(current), whole.noted_by(layer, current)
    read = torch.empty(current.shape if slope is not None else (0,), dtype=whole.read_dtype(layer))
    first = [(state.detach() * scale).contiguous() for state in x.states]
    ended = [torch.empty_like(state) for state in first]
    bias = None if x.bias is None else (x.bias.detach() * scale).expand(shape).contiguous()
    own, last, flags = whole.own_numbers(layer.kind, shape), x.last, ctypes.c_void_p()
    before = None if last is None else last.detach().contiguous()
    failed = native.library().spikelut_integer_fed(
        kernels.step,
        ctypes.byref(numbers),
        None if table is None else ctypes.byref(table),
        *(native.pointer(v) for v in (current, bias, own)),
        *(native.pointers(v) for v in (first, ended)),
        out.data_ptr(),
        None if slope is None else read.data_ptr(),
        native.pointer(noted[0]) if noted else None,
        ctypes.addressof(flags),
        codes.data_ptr(),
        unit,
        scale,
        (2**15 - 1) // largest,
        current.shape[2],
        native.pointer(before),
        *native.extent(current),
    )
    cut = whole.flags_of(flags, out.shape)
    if failed == whole.NO_MEMORY:
        raise MemoryError("LIF: no memory for the flags of registers that saturated")
    if failed:
        return None
    step = layer.spec.membrane.step
    states = tuple(after * step for after in ended)
    return Forward(out, states, Saved(out, read, cut, torch.empty(0), noted))


def _codes(weight: Tensor, scale: float) -> tuple[Tensor, float, int] | None:
    """Codes int16 [features, width] of real weights, the membrane codes of one of them, and the largest.

    None where they have too many bits, or are no whole membrane codes.
    """
    real = (weight * scale).contiguous()
    if not largest_magnitude(real) < step_by_step.EXACT:
        return None
    whole_codes = real.to(torch.int32)
    bits = whole_codes & -whole_codes
    unit = float(bits.masked_fill(bits == 0, 2**24).min()) if bool(bits.any()) else 1.0
    largest, features = int(largest_magnitude(real) / unit), len(weight)
    if largest > MOST_CODE:
        return None
    codes, units = torch.empty(features, -(-features // FILL) * FILL, dtype=torch.int16), torch.tensor([unit])
    at = (real.data_ptr(), units.data_ptr(), 0, max(largest, 1), codes.data_ptr())
    failed = native.library().spikelut_sums_codes(*at, features, features, torch.get_num_threads())
    return None if failed else (codes, unit, max(largest, 1))


def _fits(current: Tensor, weight: Tensor | None, scale: float) -> bool:
    """Whether every sum of currents and fed-back ones is a whole number that float32 holds."""
    fed = 0.0 if weight is None else float(weight.detach().abs().sum(1).max())
    return bool((largest_magnitude(current) + fed) * scale + 1 < step_by_step.EXACT)
