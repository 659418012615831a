"""A layer's integers one step at a time in the compiled kernels, as `eager/reference.py` to the last bit.

For what `integer_lif.py` and `fed_back.py` do not take: learned decay factors, and few or very many recurrent weights.
"""

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.spike_products import product
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Forward, Inputs, LayerSpec, Saved, Upstream, largest_magnitude
from spikelut.quant.backends.eager.reference import recurrent_gradients, summed
from spikelut.quant.backends.native import integer_lif as whole
from spikelut.quant.tables.lut_surrogate import LUTSurrogate

EXACT = 2.0**24
"""Up to here float32 holds all whole numbers."""


def takes(layer: LayerSpec, x: Inputs) -> "whole.Kernels | None":
    """The kernels of a layer with recurrent weights or a learned decay factor; None where there are none."""
    if is_unbranched() or len(x.current) == 0 or (x.weight is None and x.beta is None) or layer.kernel is not None:
        return None
    if x.bias is not None and x.bias.dtype is not torch.float32:
        return None  # it may have more bits
    if x.beta is not None and not _is_learnable(layer):
        return None  # what a decay factor multiplies is another state than the membrane before the step
    if not whole.has_places(layer) or not all(_is_exact(state.register) for state in layer.kind.states):
        return None
    given = (x.current, *x.states, *(v.detach() for v in (x.weight, x.last) if v is not None))
    return whole.kernels_for(layer) if all(native.usable(v.contiguous()) for v in given) else None


def _is_learnable(layer: LayerSpec) -> bool:
    """Whether in every step the decay factor multiplies the membrane before it, and nothing else."""
    always = "refractory" not in layer.kind.parts
    return layer.spec.leak.kind == "multiply" and layer.spec.leak_first and always


def _is_exact(register: Any) -> bool:
    return bool(max(abs(register.min_code), abs(register.max_code)) <= EXACT)


def run_forward(layer: LayerSpec, x: Inputs, kernels: "whole.Kernels") -> Forward | None:
    """Spikes, or membranes, the last states, and what the way back needs.

    Codes are carried in float32. None where a sum of them may not fit, or a state is outside its register.
    """
    scale, current = 2.0**layer.spec.membrane.frac, x.current.detach().contiguous()
    drive = (current * scale).round_()
    weight = None if x.weight is None else (x.weight.detach().T * scale).contiguous()
    if not _fits(layer, drive, weight, x.last):
        return None
    slope, shape, steps = layer.slope, current.shape[1:], len(current)
    out, kind = torch.empty_like(current), whole.read_dtype(layer)
    read = current.new_empty(current.shape if slope is not None else (0,), dtype=kind)
    states = [[(state.detach() * scale).contiguous() for state in x.states], [torch.empty_like(s) for s in x.states]]
    leaking = current.new_empty(current.shape if x.beta is not None else (0,))
    run, noted = _step(layer, x, kernels, shape), whole.noted_by(layer, current)
    arriving, last, flags = current.new_empty(shape), x.last, current.new_empty(0, dtype=torch.uint8)
    for t in range(steps):
        now, then = states[t & 1], states[1 - (t & 1)]
        if len(leaking):
            leaking[t] = now[0]
        given = drive[t]
        if weight is not None and last is not None:
            given = torch.addmm(given, last, weight, out=arriving)
        note = noted[0][t].data_ptr() if noted else None
        cut = run(given, now, then, out[t], read[t].data_ptr() if slope is not None else None, note)
        if cut is None:
            return None
        if len(cut):
            flags = flags if len(flags) else current.new_zeros(current.shape, dtype=torch.uint8)
            flags[t] = cut[0]
        last = out[t]
    unit = layer.spec.membrane.step
    if layer.kind.output.kind == "membranes":
        out *= unit
    ended = tuple(codes * unit for codes in states[steps & 1])
    return Forward(out, ended, Saved(out, read, flags, leaking, noted))


def _fits(layer: LayerSpec, drive: Tensor, weight: Tensor | None, last: Tensor | None) -> bool:
    """Whether every sum of currents and fed-back ones is a whole number that float32 holds."""
    most = largest_magnitude(drive)
    if weight is not None:
        spikes = max(layer.spec.max_spikes, 0.0 if last is None else largest_magnitude(last))
        most += float(weight.abs().sum(0).max()) * spikes
        whole_numbers = bool((weight == weight.round()).all()) and (last is None or bool((last == last.round()).all()))
        return whole_numbers and most < EXACT
    return most < EXACT


def _step(layer: LayerSpec, x: Inputs, kernels: "whole.Kernels", shape: torch.Size) -> Callable[..., Tensor | None]:
    """Runs a time step in codes: a real unit is one code."""
    numbers = native.NativeNumbers.from_buffer_copy(kernels.numbers)
    numbers.scale = numbers.step = 1.0
    slope = layer.slope
    table = slope.native_rule if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
    scale = 2.0**layer.spec.membrane.frac
    bias = None if x.bias is None else (x.bias.detach() * scale).expand(shape).contiguous()
    own, extent = whole.own_numbers(layer.kind, shape), (1, shape.numel(), torch.get_num_threads())
    forward, one = native.library().spikelut_integer_forward, torch.Size((1, *shape))
    table_at, numbers_at = None if table is None else ctypes.byref(table), ctypes.byref(numbers)

    def run(
        current: Tensor, before: list[Tensor], after: list[Tensor], out: Tensor, read: int | None, noted: int | None
    ) -> Tensor | None:
        flags = ctypes.c_void_p()
        failed = forward(
            kernels.step,
            numbers_at,
            table_at,
            current.data_ptr(),
            native.pointer(bias),
            native.pointer(own),
            native.pointers(before),
            native.pointers(after),
            out.data_ptr(),
            read,
            noted,
            ctypes.addressof(flags),
            *extent,
        )
        cut = whole.flags_of(flags, one)
        if failed == whole.NO_MEMORY:
            raise MemoryError("LIF: no memory for the flags of registers that saturated")
        return None if failed else cut

    return run


def takes_back(layer: LayerSpec, saved: Saved, up: Upstream) -> "tuple[whole.Kernels, list[Tensor]] | None":
    """The kernels and the gradients in one piece, where there are kernels for the derivative; None elsewhere."""
    learns = bool(up.wanted.beta) and len(saved.leaking) > 0
    if (up.weight is None and not learns) or up.passes is not None or up.wanted.threshold:
        return None
    if learns and not _is_learnable(layer):
        return None  # the gradient of the membrane before the step is another than that of what the leak gave
    if not saved.is_as_kernels_read or any(kind is not torch.float32 for kind in up.kinds):
        return None
    rest = up.out.new_zeros(up.out.shape[1:])
    grads = [up.out.contiguous(), *(rest if grad is None else grad.contiguous() for grad in up.states)]
    weights = [] if up.weight is None else [up.weight.detach().contiguous()]
    kernels = None
    if all(native.usable(v) for v in (*grads, *weights)) and whole.has_places(layer):
        kernels = whole.kernels_for(layer)
    return None if kernels is None else (kernels, grads)


def run_backward(layer: LayerSpec, saved: Saved, up: Upstream, taken: "tuple[whole.Kernels, list[Tensor]]") -> Inputs:
    """The gradients of the inputs."""
    kernels, (grad_out, *given) = taken
    shape, learns = grad_out.shape[1:], bool(up.wanted.beta)
    out, states = torch.empty_like(grad_out), [grad.clone() for grad in given]
    bias = grad_out.new_zeros(shape) if up.wanted.bias else None
    arriving, fed_back, weight = grad_out.new_empty(shape), grad_out.new_zeros(shape), up.weight
    own, amount, unit = whole.own_factors(layer.kind, shape), layer.spec.leak.amount, layer.spec.membrane.step
    factor = layer.spec.leak.beta if own is None else own[0].clone()
    grad_beta: Any = 0
    run = _step_back(layer, saved, kernels, Back(states, bias, own), learns=learns)
    for t in range(len(grad_out) - 1, -1, -1):
        run(t, grad_out[t] if weight is None else torch.add(grad_out[t], fed_back, out=arriving), out[t])
        if learns:  # what came out is the gradient of what the leak gave
            grad_beta = grad_beta + summed(states[0] * saved.leaking[t], amount) * unit
            states[0].mul_(factor)
        if weight is not None:
            product(out[t], weight, fed_back)
        if layer.truncate and t % layer.truncate == 0:
            for grad in (*states, fed_back):
                grad.zero_()
    of_weight, of_last = recurrent_gradients(
        saved.spikes, weight, up.last, out, fed_back, int(layer.kind.output.largest)
    )
    return Inputs(out, cast(Any, tuple(states)), of_weight, of_last, bias, grad_beta if learns else None)


class Back(NamedTuple):
    """What changes on the way back: gradients of the states and of a bias; factors of the leaks, if they differ."""

    states: list[Tensor]
    bias: Tensor | None
    own: Tensor | None


def _step_back(
    layer: LayerSpec, saved: Saved, kernels: "whole.Kernels", back: Back, *, learns: bool
) -> Callable[[int, Tensor, Tensor], None]:
    """Runs the way back through step t; where a factor is learned, all but the multiplication by it."""
    slope, read = whole.Slope.of(layer, saved.read), saved.read
    numbers = native.NativeNumbers.from_buffer_copy(kernels.numbers)
    if learns:
        numbers.betas[0] = 1.0
        if back.own is not None:
            back.own[0] = 1.0
    backward, extent = native.library().spikelut_integer_backward, (1, back.states[0].numel(), torch.get_num_threads())
    numbers_at, states_at = ctypes.byref(numbers), native.pointers(back.states)
    spikes, flags, number = saved.spikes, saved.flags, len(back.states)
    noted = saved.noted[0] if saved.noted else None

    def at(rows: Tensor | None, t: int) -> int | None:
        return None if rows is None or not len(rows) else rows.data_ptr() + t * rows.stride(0) * rows.itemsize

    def run(t: int, grad: Tensor, out: Tensor) -> None:
        backward(
            kernels.back,
            numbers_at,
            0,
            *slope.arguments(at(read, t), read.itemsize, at(slope.slopes, t)),
            at(spikes, t),
            *whole.NOT_TOLD,
            grad.data_ptr(),
            at(flags, t),
            states_at,
            number,
            out.data_ptr(),
            native.pointer(back.bias),
            at(noted, t),
            native.pointer(back.own),
            *extent,
        )

    return run
