"""A spike function whose gradient is the chip's table."""

import ctypes
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import require
from spikelut.hw_profiles import Profile
from spikelut.quant.native_table import native_table
from spikelut.quant.table import Table
from spikelut.surrogates import CrossingSurrogate, Surrogate, crossing, spike
from spikelut.surrogates._eager import heaviside, in_chunks


class LUTSurrogate(nn.Module):
    """Heaviside step forward, table lookup backward.

    `lut(x)` gives spikes for x = membrane - threshold, any shape and floating dtype; the gradient is `lut.table` at the
    nearest membrane code. Of a two-input surrogate it is `lut(x_new, x_old)`, with the table of its one-input curve.
    `lut.analytic` is the curve the table was made from; keyword arguments are those of `Table.from_surrogate`.

    The table is rebuilt from curve and profile, so it is not part of the `state_dict`; it follows `.to(device)`. What
    is kept for the backward pass is the place in the table, a byte or two for each x.
    """

    codes: Tensor

    def __init__(self, surrogate: Surrogate, profile: Profile, state_step: float | None = None, **options: Any) -> None:
        super().__init__()
        self.analytic = surrogate
        self.table = Table.from_surrogate(surrogate, profile, state_step, **options)
        self.register_buffer("codes", self.table.codes.clone(), persistent=False)
        self._decoded: dict[torch.dtype, tuple[Tensor | None, int, Tensor]] = {}

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The table's derivative at `x`, same shape and dtype."""
        return self.table.derivative(self.codes, self.table.encode_x(x), x.dtype)

    @cached_property
    def compiled(self) -> native.Table | None:
        """The table as the compiled kernels read it; None if they do not."""
        return native_table(self.table)

    def values(self, dtype: torch.dtype) -> Tensor:
        """The derivatives that a place selects, in `dtype`; decoded anew only where `codes` has changed."""
        known, version, values = self._decoded.get(dtype, (None, 0, self.codes))
        if known is not self.codes or version != self.codes._version:
            values = self.table.place_values(self.codes, dtype)
            self._decoded[dtype] = self.codes, self.codes._version, values
        return values

    def place(self, x: Tensor) -> Tensor:
        """The place in the table for each real `x`."""
        return self.table.place(self.table.encode_x(x))

    def slopes(self, x: Tensor) -> Tensor:
        """`surrogate_grad(x)`, without temporaries of that size."""
        return in_chunks(self.surrogate_grad, torch.empty_like(x), x)

    def fire(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Spikes, and what `through` needs of `x`: places in the table or, where it interpolates, x itself."""
        dtype, rule = self.table.place_dtype, self.compiled
        if dtype is None:
            return heaviside(x), x
        if rule is None or not native.in_memory(x):
            places = torch.empty(x.shape, dtype=dtype, device=x.device)
            return heaviside(x), in_chunks(self.place, places, x)
        out, places = torch.empty_like(x), torch.empty(x.shape, dtype=dtype)
        at = (ctypes.byref(rule), x.data_ptr(), out.data_ptr(), places.data_ptr())
        native.library().spikelut_spike_table(*at, x.numel(), torch.get_num_threads())
        return out, places

    def through(self, grad: Tensor, kept: Tensor) -> Tensor:
        """`grad` times the derivative at what `fire` kept."""
        if self.table.place_dtype is None:
            return grad * self.surrogate_grad(kept)
        values = self.values(grad.dtype)
        if torch.is_grad_enabled() or not native.is_eager(grad):
            return grad * self._selected(values, kept)
        if not (native.in_memory(grad) and native.in_memory(values)):
            return in_chunks(lambda g, p: g * self._selected(values, p), torch.empty_like(grad), grad, kept)
        out = torch.empty_like(grad)
        at = (kept.data_ptr(), values.data_ptr(), grad.data_ptr(), out.data_ptr())
        native.library().spikelut_table_backward(kept.itemsize, *at, grad.numel(), torch.get_num_threads())
        return out

    @staticmethod
    def _selected(values: Tensor, places: Tensor) -> Tensor:
        return values.index_select(0, places.reshape(-1).to(torch.int32)).reshape(places.shape)

    def forward(self, x: Tensor, x_old: Tensor | None = None) -> Tensor:
        two = isinstance(self.analytic, CrossingSurrogate)
        message = f"{self.analytic} needs {'x_new and x_old' if two else 'one input'}"
        require((x_old is not None) == two, "LUTSurrogate", message, 1 if x_old is None else 2)
        return spike(x, self) if x_old is None else crossing(x, x_old, self)

    def extra_repr(self) -> str:
        return f"{self.analytic}, {type(self.table).__name__} of {len(self.codes)} x {self.table.value.short_name}"
