"""A spike function whose gradient is the chip's table."""

import ctypes
from dataclasses import fields
from functools import cached_property, partial
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import require
from spikelut._defaults import made_on_cpu
from spikelut._torch import buffer, version
from spikelut.hw_profiles import Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.tables.float_index import QuickPlaces, quick_places
from spikelut.quant.tables.native_rule import native_table
from spikelut.quant.tables.slope_lookup import PAIRED, LayerLookup, paired, selected, write_selected
from spikelut.quant.tables.table import Table
from spikelut.surrogates import CrossingSurrogate, Surrogate, crossing, spike
from spikelut.surrogates._eager import HALVES, heaviside, in_chunks, write_in_chunks

MOST_CODES = 2**21
"""Between the ends of a table of segments, that are gone through to see whether its places tell spikes."""


class LUTSurrogate(nn.Module):
    """A spike function whose gradient is read from the chip's lookup table: Heaviside step forward, table backward.

    z = H(x) = 1 if x >= 0 else 0, and dL/dx = dL/dz * table[x], for x = membrane - threshold of any shape and floating
    dtype, read at the nearest membrane code. For a two-input surrogate, call `lut(x_new, x_old)`; the table is that of
    its one-input curve. `lut.analytic` is the curve that the table was made from, and `lut.profile` the chip that it is
    for. Keyword arguments and errors are those of `Table.from_surrogate`.

    The table can be rebuilt from curve and profile, so it is not part of the `state_dict`; it follows `.to(device)`.
    The backward pass only keeps the place in the table, one or two bytes for each x.

    ```pycon
    >>> lut = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> x = torch.tensor([-0.5, 0.0, 0.5], requires_grad=True)
    >>> lut(x).sum().backward()
    >>> x.grad, lut.analytic.surrogate_grad(x.detach())
    (tensor([0.2500, 0.7500, 0.2500]), tensor([0.2884, 1.0000, 0.2884]))
    ```
    """

    codes: Tensor

    def __init__(self, surrogate: Surrogate, profile: Profile, state_step: float | None = None, **options: Any) -> None:
        super().__init__()
        self.analytic, self.profile = surrogate, profile
        self.table = Table.from_surrogate(surrogate, profile, state_step, **options)
        _ = self.table.place_dtype  # now, as recorders of graphs do not take the lock of a property that is kept
        codes = self.table.codes.to(torch.get_default_device(), copy=True)
        self.register_buffer("codes", codes, persistent=False)
        self._decoded: dict[tuple[torch.dtype, bool], tuple[Tensor | None, int | None, Tensor]] = {}
        self._paired: tuple[Tensor, Tensor] = (self.codes, self.codes)

    def _apply(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        emptied = self.codes.is_meta or getattr(fn, "__qualname__", "").startswith("Module.to_empty.")
        made = super()._apply(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # torch's
        if emptied and not self.codes.is_meta:
            # `to_empty` leaves whatever the memory held, and no state dict has the codes.
            self.codes.copy_(self.table.codes)
        return made

    def surrogate_grad(self, x: Tensor) -> Tensor:
        """The table's derivative at `x`, same shape and dtype."""
        return self.table.derivative(self.codes, self.table.encode_x(x), x.dtype)

    def __getstate__(self) -> dict[str, Any]:
        # What is only kept for speed is made anew.
        kept = {key: value for key, value in vars(self).items() if key not in ("native_rule", "quick", "spiking")}
        return kept | {"_decoded": {}, "_paired": (self.codes, self.codes)}

    @cached_property
    @made_on_cpu
    def native_rule(self) -> native.NativeTable | None:
        """The table as the compiled kernels read it; None if they do not."""
        return native_table(self.table, self.quick)

    @cached_property
    @made_on_cpu
    def spiking(self) -> tuple[int, int] | None:
        """The first and the last place of codes from 0 on, if none below 0 has one of those between; None otherwise.

        Of a table that kernels read, whose places tell then where neurons spiked.
        """
        rule = self.native_rule
        if rule is None or (rule.breaks and rule.high - rule.low > MOST_CODES):
            return None
        # A code in each half of a cell, and those on either side of zero, where one may be cut in two.
        half = 1 if rule.breaks else max(1, 2**rule.shift // 2)
        above = self.table.place(torch.arange(0, rule.high + 1 + half, half, device="cpu")).to(torch.int64)
        below = self.table.place(torch.arange(-1, rule.low - 1 - half, -half, device="cpu")).to(torch.int64)
        first, last = int(above.min()), int(above.max())
        return None if bool(((below >= first) & (below <= last)).any()) else (first, last)

    @cached_property
    @made_on_cpu
    def quick(self) -> QuickPlaces | None:
        """The places of float32 in few operations, where the table is one that has them."""
        return quick_places(self.table)

    def values(self, dtype: torch.dtype, wide: bool = False) -> Tensor:
        """The derivatives that a place selects, in `dtype`, or, if `wide`, these in float32.

        They are decoded anew only where `codes` has changed.
        """
        codes = buffer(self, "codes")
        now = version(codes)
        known, then, values = self._decoded.get((dtype, wide), (None, 0, codes))
        if known is not codes or then != now or now is None:
            values = self.table.place_values(codes, dtype)
            values = values.float() if wide else values
            self._decoded[dtype, wide] = codes, now, values
        return values

    def place(self, x: Tensor) -> Tensor:
        """The index in `values` of the derivative for each real `x`."""
        return self.table.place(self.table.encode_x(x))

    def slopes(self, x: Tensor) -> Tensor:
        """`surrogate_grad(x)`, without temporaries of that size."""
        return in_chunks(self.surrogate_grad, torch.empty_like(x), x)

    def fire(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Spikes, and what `through` needs for the gradient: places in the table or, if it interpolates, `x`."""
        dtype = self.table.place_dtype
        if dtype is None:
            return heaviside(x), x
        rule = self.native_rule
        if rule is not None and native.spikes(x):
            out, places = torch.empty_like(x), torch.empty_like(x, dtype=dtype)
            at = (ctypes.byref(rule), x.data_ptr(), out.data_ptr(), places.data_ptr())
            half, threads = x.dtype is torch.bfloat16, torch.get_num_threads()
            native.library().spikelut_spike_table(*at, x.numel(), half, threads)
            return out, places
        places = torch.empty_like(x, dtype=dtype, memory_format=torch.contiguous_format)
        if x.dtype in HALVES and x.is_cpu:
            return write_in_chunks(self._fire_half, torch.empty_like(x), x, places), places
        if x.dtype is torch.float32 and x.is_cpu and self.quick is not None:
            return write_in_chunks(self.quick.fire, torch.empty_like(x), x, places), places
        return heaviside(x), in_chunks(self.place, places, x)

    def _fire_half(self, x: Tensor, places: Tensor, out: Tensor) -> None:
        spikes, found = self.fire(x.float())
        places.copy_(found)
        out.copy_(spikes)

    def through(self, grad: Tensor, kept: Tensor) -> Tensor:
        """`grad` times the derivative at what `fire` kept."""
        if self.table.place_dtype is None:
            return grad * self.surrogate_grad(kept)
        if torch.is_grad_enabled() or not native.is_eager(grad):
            return grad * torch.take(self.values(grad.dtype), kept.to(torch.int64))
        half = grad.dtype in HALVES and grad.is_cpu
        values = self.values(grad.dtype, wide=half)
        if not (native.spikes(grad) and values.is_cpu):
            if not half:
                return self._selected(values, kept, grad)
            out = torch.empty_like(grad, memory_format=torch.contiguous_format)
            return in_chunks(lambda g, places: self._selected(values, places, g.float()), out, grad, kept)
        out = torch.empty_like(grad)
        at = (values.data_ptr(), values.numel(), kept.itemsize, kept.data_ptr(), grad.data_ptr(), out.data_ptr())
        native.library().spikelut_table_backward(*at, grad.numel(), half, torch.get_num_threads())
        return out

    def _selected(self, values: Tensor, places: Tensor, grad: Tensor) -> Tensor:
        """`grad * values[places]` where no kernel takes it."""
        if not grad.is_cpu:  # where temporaries count more than calls
            return selected(values, places).mul_(grad)
        if places.numel() < PAIRED:
            return torch.take(values, places.to(torch.int64)).mul_(grad)
        write = partial(write_selected, values, self._pairs(values, places))
        return write_in_chunks(write, torch.empty_like(grad, memory_format=torch.contiguous_format), grad, places)

    def of_layer(self, places: Tensor, grad: Tensor) -> LayerLookup:
        """What `through` would give, step by step, for places and gradients [T, ...] of a layer on the CPU."""
        values = self.values(grad.dtype)
        return LayerLookup(values, self._pairs(values, places), places.contiguous(), grad.contiguous())

    def _pairs(self, values: Tensor, places: Tensor) -> Tensor | None:
        """See `paired`; None where it is not for `places`, which are few or not bytes."""
        if values.dtype is not torch.float32 or places.dtype is not torch.uint8 or places.numel() < PAIRED:
            return None
        known, pairs = self._paired
        if known is not values:
            pairs = paired(values)
            self._paired = values, pairs
        return pairs

    def forward(self, x: Tensor, x_old: Tensor | None = None) -> Tensor:
        two = isinstance(self.analytic, CrossingSurrogate)
        if (x_old is not None) != two:
            message = f"{self.analytic} needs {'x_new and x_old' if two else 'one input'}"
            require(False, "LUTSurrogate", message, 1 if x_old is None else 2)
        return spike(x, self) if x_old is None else crossing(x, x_old, self)

    @property
    def short_name(self) -> str:
        """For example `Arctan(alpha=2.0) as 256 x u7.6`."""
        return f"{self.analytic} as {len(self.codes)} x {self.table.value.short_name}"

    def extra_repr(self) -> str:
        return f"{self.analytic}, {type(self.table).__name__} of {len(self.codes)} x {self.table.value.short_name}"


def require_table_of(who: str, surrogate: object, profile: Profile) -> None:
    """ValueError if `surrogate` is a table for another chip, or on another grid, than layers of `profile`.

    Of the same chip it may be any table: that of `profile.with_table(...)` too.
    """
    require_profile(who, profile)
    if not isinstance(surrogate, LUTSurrogate):
        return
    theirs = surrogate.profile
    others = [f.name for f in fields(profile) if f.name not in ("table", "table_value")]
    others = [name for name in others if getattr(theirs, name) != getattr(profile, name)]
    if others:
        with_other = f" with another {others[0]}" if theirs.name == profile.name else ""
        message = f"surrogate must be a table for {profile.name}, as LUTSurrogate(curve, profile) makes it"
        raise ValueError(f"{who}: {message}, got one for {theirs.name}{with_other}")
    step = surrogate.table.state_step
    require(step == profile.state_step, who, f"the table's state_step must be {profile.state_step:g}", step)
