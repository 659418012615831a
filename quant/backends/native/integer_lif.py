"""A layer's integers over all time steps in the compiled kernels: the same as `eager/reference.py`, to the last bit."""

import ctypes
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.arithmetic.per_neuron import spread
from spikelut.quant.arithmetic.traceable import is_unbranched
from spikelut.quant.backends.contract import Forward, Inputs, LayerSpec, Saved, Upstream, told_by
from spikelut.quant.codegen.structures import MOST_NUMBERS, structure_of
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate
from spikelut.surrogates._eager import in_chunks

NO_MEMORY = 1
"""As in `integer_lif.c`."""

NOT_TOLD = (0, -1)
"""For kernels of the way back: what was read does not tell spikes, or they are there."""


def takes(layer: LayerSpec, x: Inputs) -> "Kernels | None":
    """Its kernels; None where there are none, and for recurrent weights and learned decays: see `step_by_step.py`.

    Without a time step there is nothing to compute.
    """
    if is_unbranched() or len(x.current) == 0 or x.weight is not None or x.beta is not None or not has_places(layer):
        return None
    if x.bias is not None and x.bias.dtype is not torch.float32:
        return None  # it may have more bits
    usable = all(native.usable(v) for v in (x.current, *x.states))
    return kernels_for(layer) if usable else None


def own_numbers(kind: Dynamics, shape: torch.Size) -> Tensor | None:
    """Numbers and thresholds of each neuron of `shape`, int32 [MOST_NUMBERS + 1, ...]; None if none differ."""
    if kind.count is None:
        return None
    values = kind.numbers
    own = torch.zeros(MOST_NUMBERS + 1, *shape, dtype=torch.int32, device="cpu")
    own[-1] = own.new_tensor(spread(values.pop("threshold", 0), len(shape)))
    for k, value in enumerate(values.values()):
        own[k] = own.new_tensor(spread(value, len(shape)))
    return own


def own_factors(kind: Dynamics, shape: torch.Size) -> Tensor | None:
    """What the derivative multiplies by for each neuron in the same way, float32 [MOST_NUMBERS, ...]."""
    if kind.count is None:
        return None
    own = torch.zeros(MOST_NUMBERS, *shape, dtype=torch.float32, device="cpu")
    for k, (_, factor) in enumerate(_factors(kind)):
        own[k] = own.new_tensor(spread(factor, len(shape)))
    return own


def _factors(kind: Dynamics) -> list[tuple[Any, Any]]:
    """Of each number but the threshold, itself and what the derivative multiplies by: a decay factor, or its value."""
    leaks, step = kind.leaks, kind.spec.membrane.step
    values = {name: value for name, value in kind.numbers.items() if name != "threshold"}
    return [(value, leaks[name].beta if name in leaks else value * step) for name, value in values.items()]


def noted_by(layer: LayerSpec, current: Tensor) -> tuple[Tensor, ...]:
    """Where a kind notes what its derivative needs; kernels are made for one such thing."""
    return tuple(current.new_empty(current.shape, dtype=torch.int32) for _ in layer.kind.notes)


def has_places(layer: LayerSpec) -> bool:
    """Whether the kernels find places in the table, where places are kept."""
    slope = layer.slope
    return not isinstance(slope, LUTSurrogate) or slope.table.place_dtype is None or slope.native_rule is not None


def run_forward(layer: LayerSpec, x: Inputs, kernels: "Kernels") -> Forward | None:
    """Spikes, or of a read-out membranes, [T, B, ...], the last states, and what the way back needs.

    None where a state is outside its register before the first step.
    """
    slope = layer.slope
    table = slope.native_rule if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
    out, *ended = (torch.empty_like(v) for v in (x.current, *x.states))
    read = out.new_empty(out.shape if slope is not None else (0,), dtype=read_dtype(layer))
    shape = x.current.shape[1:]
    bias = None if x.bias is None else x.bias.detach().to(torch.float32).expand(shape).contiguous()
    own, flags, noted = own_numbers(layer.kind, shape), ctypes.c_void_p(), noted_by(layer, x.current)
    failed = native.library().spikelut_integer_forward(
        kernels.step,
        ctypes.byref(kernels.numbers),
        None if table is None else ctypes.byref(table),
        *(native.pointer(v) for v in (x.current, bias, own)),
        *(native.pointers(v) for v in (x.states, ended)),
        native.pointer(out),
        None if slope is None else read.data_ptr(),
        native.pointer(noted[0]) if noted else None,
        ctypes.addressof(flags),
        *native.extent(x.current),
    )
    cut = flags_of(flags, out.shape)
    if failed == NO_MEMORY:
        raise MemoryError("LIF: no memory for the flags of registers that saturated")
    if failed:
        return None
    told = x.threshold is None and told_by(layer) is not None
    spikes = out.new_empty(0) if told else out
    return Forward(out, tuple(ended), Saved(spikes, read, cut, out.new_empty(0, dtype=torch.int32), noted))


def read_dtype(layer: LayerSpec) -> torch.dtype:
    """The type of what is kept of where the surrogate is read: places in a table, or codes."""
    kind = layer.slope.table.place_dtype if isinstance(layer.slope, LUTSurrogate) else None
    return kind or (torch.int64 if layer.spec.wide else torch.int32)


def flags_of(flags: ctypes.c_void_p, shape: torch.Size) -> Tensor:
    """The flags as a tensor, empty if no register was cut; their memory is freed."""
    if not flags.value:
        return torch.empty(0, dtype=torch.uint8, device="cpu")
    raw = (ctypes.c_uint8 * shape.numel()).from_address(flags.value)
    taken = torch.frombuffer(raw, dtype=torch.uint8).clone().reshape(shape)
    native.library().spikelut_free(flags.value)
    return taken


def takes_back(layer: LayerSpec, saved: Saved, up: Upstream) -> Any:
    """The kernels and the gradients in one piece, where there are kernels for the derivative; None elsewhere."""
    if not up.plain or not saved.is_as_kernels_read or len(saved.leaking):
        return None
    whole = [None if grad is None else grad.contiguous() for grad in (up.out, *up.states)]
    usable = all(native.usable(grad) for grad in whole if grad is not None)
    # Asked for last: where nothing is usable there may be no library.
    kernels = kernels_for(layer) if usable and has_places(layer) else None
    return None if kernels is None else (kernels, *whole)


def run_backward(
    layer: LayerSpec,
    saved: Saved,
    up: Upstream,
    taken: tuple[Any, ...],
    kernel: str = "integer_backward",
    more: tuple[Any, ...] = (),
) -> Inputs:
    """The gradients of the inputs, by a `kernel` of the library, which may take `more` before its sizes.

    Of what is read for the last time the codes that a curve reads may give their place to the gradients.
    """
    kernels, grad_out, *grads = taken
    slope, read = Slope.of(layer, saved.read), saved.read
    takes_place = up.may_reuse_saved and slope.curve is not None and read.itemsize == grad_out.itemsize
    out = read.detach().view(grad_out.dtype) if takes_place else torch.empty_like(grad_out)
    states = tuple(None if grad is None else grad.clone() for grad in grads)
    bias = out.new_zeros(out.shape[1:]) if up.wanted.bias else None
    own = own_factors(layer.kind, out.shape[1:])
    getattr(native.library(), f"spikelut_{kernel}")(
        kernels.back,
        ctypes.byref(kernels.numbers),
        layer.truncate or 0,
        *slope.arguments(read.data_ptr(), read.itemsize),
        native.pointer(saved.spikes),
        *(NOT_TOLD if len(saved.spikes) or not layer.kind.reads_spikes else told_by(layer) or NOT_TOLD),
        grad_out.data_ptr(),
        saved.flags.data_ptr() if len(saved.flags) else None,
        native.pointers(states),
        len(states),
        *(native.pointer(v) for v in (out, bias, saved.noted[0] if saved.noted else None, own)),
        *more,
        *native.extent(grad_out),
    )
    return Inputs(out, cast(Any, states), bias=bias)


class Slope(NamedTuple):
    """By what kernels find a surrogate's slopes: its curve, the values of its table, or the slopes themselves."""

    curve: native.NativeCurve | None
    values: Tensor | None
    slopes: Tensor | None

    @classmethod
    def of(cls, layer: LayerSpec, read: Tensor) -> "Slope":
        """Of a layer, where it was `read`; none of a read-out."""
        slope = layer.slope
        if slope is None:
            return cls(None, None, None)
        curve = slope.native_curve if isinstance(slope, Surrogate) else None
        values = slope.values(torch.float32) if isinstance(slope, LUTSurrogate) and slope.table.place_dtype else None
        known = curve is not None or values is not None
        return cls(curve, values, None if known else slopes_of(slope, read, layer.spec.membrane.step))

    def arguments(self, read: int | None, width: int, slopes: int | None = None) -> tuple[Any, ...]:
        """As kernels take them, for places or codes at `read` of so many bytes; `slopes` where these are not all."""
        curve = None if self.curve is None else ctypes.byref(self.curve)
        count = 0 if self.values is None else len(self.values)
        return (curve, read, native.pointer(self.values), count, slopes or native.pointer(self.slopes), width)


def slopes_of(slope: Any, read: Tensor, step: float) -> Tensor:
    out = torch.empty(read.shape, dtype=torch.float32, device="cpu")
    # A formula of the user's own may look at more than each x alone.
    if isinstance(slope, LUTSurrogate) or getattr(slope, "shipped_as", None):
        return in_chunks(lambda codes: slope.surrogate_grad(codes.to(torch.float32) * step), out, read)
    return out.copy_(slope.surrogate_grad(read.to(torch.float32) * step))


@dataclass(frozen=True)
class Kernels:
    """Those of a layer's time step and of the way back through it, and its numbers."""

    step: int
    back: int
    numbers: native.NativeNumbers


def kernels_for(layer: LayerSpec) -> Kernels | None:
    """Those of its kind, which is looked up once for each `layer` and library."""
    library, kernels = layer.known.get("kernels", (None, None))
    if library is not native.library():
        kernels = kernels_of(layer.kind)
        layer.known["kernels"] = native.library(), kernels
    return cast(Kernels | None, kernels)


@lru_cache(maxsize=256)
def kernels_of(kind: Dynamics) -> Kernels | None:
    """The kernels of a layer; None if its structure has none."""
    made = structure_of(kind)
    if made is None:
        return None
    structure, numbers = made
    step = native.kernels("step").get(structure.key)
    back = native.kernels("back").get(structure.back_key)
    if step is None or back is None:
        return None
    spec = kind.spec
    filled = native.NativeNumbers(threshold=numbers.threshold, most=numbers.most)
    filled.scale, filled.step = 2.0**spec.membrane.frac, spec.membrane.step
    for k, (value, factor) in enumerate(_factors(kind) if kind.count is None else []):
        filled.amounts[k], filled.betas[k] = value, factor
    return Kernels(step, back, filled)
