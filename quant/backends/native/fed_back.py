"""A recurrent layer's integers over all time steps in one call, where a neuron spikes once a step at most.

The spikes of a step are gone through, and the weights of those neurons are added to the currents of the next one; on
the way back the gradients of a step's currents are multiplied by the weights. A sample feeds back into itself alone, so
that threads take samples and not steps, and results do not depend on how many there are.
"""

import ctypes
from typing import Any, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Forward, Inputs, LayerSpec, Saved, Upstream, largest_magnitude
from spikelut.quant.backends.eager.reference import recurrent_gradients
from spikelut.quant.backends.native import integer_lif as whole
from spikelut.quant.backends.native import step_by_step
from spikelut.quant.dynamics.kind import Output
from spikelut.quant.tables.lut_surrogate import LUTSurrogate

BLOCK, FILL, WIDEST = 4096, 32, 32
"""As in `common.h`, the most neurons of a sample; in `spike_loops.h`; and in `product.h`."""

MOST_FEATURES, LEAST_PRODUCTS = 1024, 2**16
"""On the way back: the weights of more features would be gone through for too few samples at a time; what a step
multiplies at least: of smaller ones the gradients are those of torch to the last bit."""

MOST_CODE = 2**11
"""Of a weight, in the smallest unit that all are multiples of: sums of a few codes stay within 16 bits."""


def takes(layer: LayerSpec, x: Inputs) -> "whole.Kernels | None":
    """The kernels of a layer whose spikes are fed back, [T, B, features]; None where there are none."""
    if x.weight is None or x.beta is not None or x.current.ndim != 3 or is_unbranched():
        return None
    if not _is_plain(layer, x.current.shape) or not x.current.numel():
        return None
    return step_by_step.takes(layer, x) if native.usable(x.current) else None


def _is_plain(layer: LayerSpec, shape: torch.Size) -> bool:
    """Whether neurons spike once a step at most, and those of a sample fit a block."""
    return layer.kind.output == Output("events", 0, 1) and shape[2] <= BLOCK


def run_forward(layer: LayerSpec, x: Inputs, kernels: "whole.Kernels") -> Forward | None:
    """Spikes, the last states, and what the way back needs.

    None where a sum may not fit, a value is not finite, a state is outside its register, or spikes before the first
    step are others than 0 and 1.
    """
    scale, current, weight = 2.0**layer.spec.membrane.frac, x.current.detach(), cast(Tensor, x.weight).detach()
    coded = _codes(weight, scale)
    if coded is None:
        return None
    codes, unit, largest = coded
    limit = step_by_step.EXACT - 1 - float(weight.abs().sum(1).max()) * scale
    slope, shape = layer.slope, current.shape[1:]
    table = slope.native_rule if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
    numbers = native.NativeNumbers.from_buffer_copy(kernels.numbers)
    numbers.scale = numbers.step = 1.0
    out, noted = torch.empty_like(current), whole.noted_by(layer, current)
    read = current.new_empty(current.shape if slope is not None else (0,), dtype=whole.read_dtype(layer))
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
        limit,
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
    return Forward(out, states, Saved(out, read, cut, out.new_empty(0), noted))


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
    codes = real.new_empty(features, -(-features // FILL) * FILL, dtype=torch.int16)
    units = real.new_tensor([unit])
    at = (real.data_ptr(), units.data_ptr(), 0, max(largest, 1), codes.data_ptr())
    failed = native.library().spikelut_sums_codes(*at, features, features, torch.get_num_threads())
    return None if failed else (codes, unit, max(largest, 1))


def takes_back(layer: LayerSpec, saved: Saved, up: Upstream) -> Any:
    """The kernels and the gradients in one piece, for what `takes` has them for; None elsewhere."""
    if up.weight is None or up.out.ndim != 3 or not up.out.numel() or not _is_plain(layer, up.out.shape):
        return None
    weight = up.weight.detach()
    if len(weight) > MOST_FEATURES or up.out.shape[1] * weight.numel() < LEAST_PRODUCTS or not native.usable(weight):
        return None
    if any(kind is not torch.float32 for kind in up.kinds):
        return None
    return whole.takes_back(layer, saved, up._replace(weight=None))


def run_backward(layer: LayerSpec, saved: Saved, up: Upstream, taken: tuple[Any, ...]) -> Inputs:
    """The gradients of the inputs."""
    weight, shape = cast(Tensor, up.weight).detach(), up.out.shape[1:]
    features = len(weight)
    panels, of_last = weight.new_empty(features * -(-features // WIDEST) * WIDEST), weight.new_empty(shape)
    more = (weight.data_ptr(), panels.data_ptr(), of_last.data_ptr(), features)
    found = whole.run_backward(layer, saved, up, taken, "integer_fed_backward", more)
    if not up.wanted.weight:
        return found._replace(last=None if up.last is None else of_last)
    most = int(layer.kind.output.largest)
    by_weight, by_last = recurrent_gradients(saved.spikes, weight, up.last, found.current, of_last, most)
    return found._replace(weight=by_weight, last=by_last)
