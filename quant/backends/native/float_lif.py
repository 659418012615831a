"""Float neurons in the compiled kernels."""

import ctypes

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.surrogates import Surrogate


def takes(spec: FloatSpec, current: Tensor, bias: Tensor | None) -> bool:
    """Whether there is a kernel for the layer: with a curve, or a table whose rule kernels have."""
    usable = native.usable(current) and (bias is None or native.usable(bias))
    return usable and bool(spec.places) == bool(_rule(spec))


def _rule(spec: FloatSpec) -> native.NativeTable | None:
    """The table as the kernels read it, where places are kept."""
    table = isinstance(spec.surrogate, LUTSurrogate) and spec.places is not None
    return spec.surrogate.native_rule if table else None  # type: ignore[union-attr]  # what `table` says


def run_forward(spec: FloatSpec, current: Tensor, bias: Tensor | None, kept: Tensor, out: Tensor) -> None:
    """Set `out` to spikes, or membranes of a read-out, and `kept` to what the way back reads, if it has rows."""
    table = _rule(spec)
    keeps = None if kept.dim() != current.dim() else kept
    native.library().spikelut_float_forward(
        ctypes.byref(spec.numbers()),
        None if table is None else ctypes.byref(table),
        native.pointer(current),
        native.pointer(bias),
        native.pointer(out),
        native.pointer(keeps if table is None else None),
        native.pointer(None if table is None else keeps),
        *native.extent(current),
    )


def takes_back(spec: FloatSpec, kept: Tensor, spikes: Tensor | None, grad_out: Tensor) -> bool:
    """Whether there is a kernel for the derivative."""
    together = kept.is_contiguous() and (spikes is None or spikes.is_contiguous())
    return together and native.usable(grad_out)


def run_backward(
    spec: FloatSpec, kept: Tensor, spikes: Tensor | None, grad_out: Tensor, bias: Tensor | None, may_reuse: bool
) -> Tensor:
    """The gradients of the currents; those of a bias are added to `bias`.

    A curve reads the x of a neuron and step for the last time when the gradient there is found: where `may_reuse` says
    so, that takes its place in `kept`.
    """
    surrogate, curve, values = spec.surrogate, None, None
    out = kept.detach() if may_reuse and spec.curve is not None else torch.empty_like(grad_out)
    if isinstance(surrogate, LUTSurrogate) and spec.places:
        values = surrogate.values(torch.float32)
    elif isinstance(surrogate, Surrogate | LUTSurrogate):
        curve = spec.curve
        if curve is None:
            kept = surrogate.slopes(kept)
    native.library().spikelut_float_backward(
        ctypes.byref(spec.numbers()),
        None if curve is None else ctypes.byref(curve),
        native.pointer(kept if values is None else None),
        native.pointer(None if values is None else kept),
        native.pointer(values),
        0 if values is None else len(values),
        kept.itemsize,
        native.pointer(spikes),
        native.pointer(grad_out),
        native.pointer(out),
        native.pointer(bias),
        *native.extent(grad_out),
    )
    return out
