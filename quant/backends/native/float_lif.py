"""Float neurons in the compiled kernels."""

import ctypes

import torch
from torch import Tensor

from spikelut import native
from spikelut.quant.backends.contract import FloatCell
from spikelut.quant.tables.lut_surrogate import LUTSurrogate


def run_forward(cell: FloatCell, current: Tensor, bias: Tensor | None, kept: Tensor, out: Tensor) -> None:
    surrogate = cell.surrogate
    table = surrogate.native_rule if isinstance(surrogate, LUTSurrogate) and cell.places else None
    keeps = None if kept.dim() != current.dim() else kept
    native.library().spikelut_float_forward(
        ctypes.byref(cell.spec()),
        None if table is None else ctypes.byref(table),
        native.pointer(current),
        native.pointer(bias),
        native.pointer(out),
        native.pointer(keeps if table is None else None),
        native.pointer(None if table is None else keeps),
        *native.extent(current),
    )


def run_backward(
    cell: FloatCell, kept: Tensor, spikes: Tensor | None, grad_out: Tensor, out: Tensor, bias: Tensor | None
) -> None:
    surrogate, curve, values = cell.surrogate, None, None
    if isinstance(surrogate, LUTSurrogate) and cell.places:
        values = surrogate.values(torch.float32)
    elif surrogate is not None:
        curve = cell.curve
        if curve is None:
            kept = surrogate.slopes(kept)
    native.library().spikelut_float_backward(
        ctypes.byref(cell.spec()),
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
